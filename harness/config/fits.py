"""What fields of a spec cannot mean together with the suite that they are laid over."""

from __future__ import annotations

from collections.abc import Iterator

from harness.config.sections import Dataset, Distill, Latency, ScoreSection
from harness.config.yaml_file import Location
from harness.core import Profile

Problem = tuple[Location, str]


def text_problems(distill: Distill, dataset: Dataset) -> Iterator[Problem]:
    """What a spec asks for that only questions about a table can give."""
    if distill.way in ("reword", "ask") and distill.asks:
        yield (
            ("distill", "way"),
            f"{distill.way} works on questions about a table; the questions of a suite over texts "
            "can be answered: answer",
        )
    if any(dataset.augment.model_dump(exclude={"seed"}).values()):
        yield (("dataset", "augment"), "rows can only be added to questions about a table")


def relative_problems(section: ScoreSection, latency: Latency | None) -> Iterator[Problem]:
    """Times that are to be compared with those of a model that is not named."""
    if section.times == "relative" and (latency is None or latency.reference is None):
        problem = "relative compares with a model that is timed along: name it in latency.reference"
        yield ("score", "times"), problem


def score_problems(section: ScoreSection, profile: Profile, *, timed: bool) -> Iterator[Problem]:
    """What the changes of a spec cannot make of its suite's profile.

    Args:
        section: the changes; what contradicts itself in them is refused already.
        profile: of the suite as it is.
        timed: whether answers are timed.
    """
    t_full = profile.t_full if section.t_full is None else section.t_full
    t_zero = profile.t_zero if section.t_zero is None else section.t_zero
    if t_full >= t_zero and section.t_full is not None:
        problem = f"{t_full:g} must be less than t_zero, which is {t_zero:g} in {profile.id}"
        yield ("score", "t_full"), problem
    elif t_full >= t_zero:
        problem = f"{t_zero:g} must be more than t_full, which is {t_full:g} in {profile.id}"
        yield ("score", "t_zero"), problem
    weights: dict[str, float] = {
        **profile.weights,
        **{str(k): w for k, w in section.weights.items()},
    }
    counting = [part for part, weight in weights.items() if weight > 0]
    if not counting:
        problem = f"are all 0 with those of {profile.id}: a total needs at least one"
        yield ("score", "weights"), problem
    if counting == ["ART"] and not timed:
        yield ("score", "weights"), "only ART counts, and with latency: null nothing is timed"
