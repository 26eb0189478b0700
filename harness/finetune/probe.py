"""The score of a model while it is trained: the same questions again and again, judged as ever.

`probe.json` grows by a column a moment. AS is over the questions of the probe alone, every family
asked about as often as any other; it tells checkpoints of one training apart, coarsely: of 32
questions one answer is worth three points.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core import Output, Sample, Suite
from harness.finetune.asking import Asking
from harness.metrics.measure import Graded
from harness.metrics.points import points
from harness.metrics.score import measure
from harness.store.files import read_json, write_json

log = logging.getLogger("podium")

Grade = Callable[[Suite, Sequence[Output]], Graded]
LEAST_TOKENS = 64  # that an answer may have, however short the references are
NAMED_LOSS = 10.0  # points that a family must lose to be named
_CLEAR = 2  # standard deviations; a loss within them is told to be chance, maybe


@dataclass(frozen=True, slots=True)
class Moment:
    """What one asking gave: the correctness of each question, `None` where nobody could tell."""

    step: int
    epoch: float
    correct: tuple[float | None, ...]

    @property
    def score(self) -> float | None:
        """AS over all questions, 0 to 100; `None` where no answer could be judged."""
        return _mean(self.correct)


@dataclass(frozen=True, slots=True)
class Fall:
    """A family that is answered worse than it was: AS and step, before and now."""

    family: str
    n: int
    step: int
    was: float
    now: float


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked and how it is judged.

    Args:
        suite: its test is what is asked.
        grade: judges all answers to it.
    """

    suite: Suite
    grade: Grade

    def judged(self, outputs: Sequence[Output]) -> tuple[float | None, ...]:
        """The correctness of each answer in [0, 1], `None` where it could not be judged."""
        samples = self.suite.test
        verdicts = self.grade(self.suite, outputs).verdicts
        references = [sample.reference for sample in samples]
        untimed = [False] * len(samples)
        measured = measure(outputs, verdicts, references, self.suite.profile, untimed)
        return tuple(None if math.isnan(c) else round(float(c), 6) for c in measured.values[:, 0])


class Probe:
    """Asks, judges and writes down; a moment that an earlier attempt has written is kept.

    Args:
        questions: what is asked.
        asking: puts them to the network.
        path: of `probe.json`.

    Raises:
        TemplateFailure: the chat template cannot render a question.
    """

    def __init__(self, questions: Questions, asking: Asking, path: Path) -> None:
        self._questions = questions
        self._asking = asking
        self._path = path
        asking.check(questions.suite.test)
        self._most = max(LEAST_TOKENS, 2 * asking.longest_reference(questions.suite.test))
        self.moments = read_moments(path) if path.is_file() else []

    @property
    def n(self) -> int:
        """How many questions it has."""
        return len(self._questions.suite.test)

    @property
    def best(self) -> Moment | None:
        """The highest score after the first step, the later of equal ones."""
        return best_of(self.moments)

    def title(self, family: str) -> str:
        """What people call a family."""
        return self._questions.suite.families.get(family, family)

    def known(self, step: int) -> Moment | None:
        """What was written of that step."""
        return next((moment for moment in self.moments if moment.step == step), None)

    def ask(self, step: int, epoch: float, network: Any) -> Moment:
        """Ask now; nothing is written yet."""
        outputs = self._asking.answers(network, self._questions.suite.test, self._most)
        return Moment(step, round(epoch, 3), self._questions.judged(outputs))

    def add(self, moment: Moment) -> None:
        """Write a moment down."""
        self.moments = [*self.moments, moment]
        self.write(moment.step)

    def write(self, kept: int) -> None:
        """Write `probe.json`; families are held against the step whose adapter is kept."""
        write_json(self._path, told(self._questions.suite.test, self.moments, kept))

    def falls(self, kept: int) -> list[Fall]:
        """Families that are answered worse than before or early on, as of that step."""
        return falls(self._questions.suite.test, self.moments, kept)


def told(samples: Sequence[Sample], moments: Sequence[Moment], kept: int) -> dict[str, Any]:
    """The content of `probe.json`: lists have an item a moment.

    Args:
        samples: the questions, in the order of each moment's answers.
        moments: in the order of their steps.
        kept: the step that `fell` is about.
    """
    best = best_of(moments)
    return {
        "n": len(samples),
        "steps": [moment.step for moment in moments],
        "epochs": [moment.epoch for moment in moments],
        "AS": [rounded(moment.score) for moment in moments],
        "families": {
            family: {
                "n": len(places),
                "AS": [rounded(_of(moment, places)) for moment in moments],
            }
            for family, places in _families(samples).items()
        },
        "best": None if best is None else {"step": best.step, "AS": rounded(best.score)},
        "fell": [
            {"family": fall.family, "n": fall.n, "from": {"step": fall.step, "AS": fall.was},
             "to": {"step": kept, "AS": fall.now}}
            for fall in falls(samples, moments, kept)
        ],
        "correct": {
            sample.id: [moment.correct[place] for moment in moments]
            for place, sample in enumerate(samples)
        },
    }  # fmt: skip


def read_moments(path: Path) -> list[Moment]:
    """The moments of a `probe.json`."""
    data: Mapping[str, Any] = read_json(path)
    return [
        Moment(step, epoch, tuple(values[place] for values in data["correct"].values()))
        for place, (step, epoch) in enumerate(zip(data["steps"], data["epochs"], strict=True))
    ]


def best_of(moments: Sequence[Moment]) -> Moment | None:
    """The highest score after the first step, the later of equal ones; `None` without any."""
    scored = [moment for moment in moments if moment.step and moment.score is not None]
    return max(scored, key=lambda moment: (moment.score, moment.step), default=None)


def without_gain(moments: Sequence[Moment], step: int) -> int:
    """How many scores, up to a step, have come since the first of the highest."""
    scores = [m.score for m in moments if m.step <= step and m.score is not None]
    return len(scores) - 1 - scores.index(max(scores)) if scores else 0


def falls(samples: Sequence[Sample], moments: Sequence[Moment], kept: int) -> list[Fall]:
    """Families with at least ten points less than at the first moment or the second.

    The first is the base before it learned anything, the second an early state. More of them would
    find a higher score by chance alone.
    """
    now = next((moment for moment in moments if moment.step == kept), None)
    early = [moment for moment in moments[:2] if moment.step < kept]
    found = []
    for family, places in _families(samples).items():
        value = None if now is None else _of(now, places)
        before = [(score, m.step) for m in early if (score := _of(m, places)) is not None]
        if value is None or not before:
            continue
        was, step = max(before, key=lambda pair: (pair[0], -pair[1]))
        if was - value >= NAMED_LOSS:
            found.append(Fall(family, len(places), step, round(was, 2), round(value, 2)))
    return found


def in_words(fall: Fall, title: str, kept: int) -> str:
    """A sentence about a family that fell, which owns up to how little it may rest on."""
    lost = (fall.was - fall.now) * fall.n / 100
    share = (fall.was + fall.now) / 200
    spread = math.sqrt(2 * fall.n * share * (1 - share))  # of a difference of two such counts
    chance = ", which may be chance" if lost < _CLEAR * spread else ""
    return (
        f"{title} fell from {fall.was:.1f} at step {fall.step} to {fall.now:.1f} at step {kept} "
        f"on the probe: {lost:.3g} of {fall.n} answers{chance}"
    )


def rounded(score: float | None) -> float | None:
    """A score as it is written."""
    return None if score is None else round(score, 2)


def _families(samples: Sequence[Sample]) -> dict[str, list[int]]:
    """The places of each family's questions."""
    places: dict[str, list[int]] = {}
    for place, sample in enumerate(samples):
        places.setdefault(sample.family, []).append(place)
    return places


def _of(moment: Moment, places: Sequence[int]) -> float | None:
    return _mean([moment.correct[place] for place in places])


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return points(math.fsum(known), len(known)) if known else None
