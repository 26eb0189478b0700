"""All paths to one adapter to one verdict, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from harness.parity.answers import Agreement
from harness.parity.tokens import Effect, Scores, distance, effect

Word = Literal["pass", "fail", "unclear"]
FAIL: Word = "fail"

# The largest part of an adapter's effect that may be missing along a path; docs/parity.md has what
# was measured of honest paths and of faults.
TOLERANCE = 0.15
# Nearer than so many nats a token is the same: weights that are merged are rounded once more. An
# adapter that moves tokens by less does nothing that anybody could see.
LEAST_EFFECT = 0.005
# Two engines that agree on the untuned base are within so many nats of each other, a token.
MOST_NOISE = 0.15
# Answers differ where the exact test says so at this level.
LEVEL = 0.01
# What is so close to the untuned base, as a share of the effect, is the untuned base.
_AS_BASE = 0.1
# An adapter that points this way is the same one, however strong.
_ALIKE = 0.9
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Heard:
    """What one path made of the probe.

    Args:
        name: such as `merged on vllm`.
        scores: of the conversations; `None` where only its answers are judged.
        answers: against the reference's; `None` where it was not asked.
    """

    name: str
    scores: Scores | None
    answers: Agreement | None


@dataclass(frozen=True, slots=True)
class Path:
    """A path with what was found; `fault` is empty where it serves what was trained."""

    name: str
    effect: Effect | None
    answers: Agreement | None
    fault: str

    def as_json(self) -> dict[str, Any]:
        """For `parity.json`."""
        found = self.effect
        told = None if found is None else _rounded({**asdict(found), "share": found.share})
        answers = None if self.answers is None else _rounded(asdict(self.answers))
        return {"path": self.name, "tokens": told, "answers": answers, "fault": self.fault}


@dataclass(frozen=True, slots=True)
class Parity:
    """The verdict over all paths.

    Args:
        verdict: `unclear` where the adapter does less than the engines differ by anyway.
        said: the reason, one sentence.
        questions: how many were asked.
        tokens: how many were scored.
        effect: mean change of a token's log-likelihood by the adapter, nats.
        noise: mean distance of both engines on the untuned base, nats.
        paths: each way to the adapter.
    """

    verdict: Word
    said: str
    questions: int
    tokens: int
    effect: float
    noise: float
    paths: tuple[Path, ...]

    def as_json(self) -> dict[str, Any]:
        """For `parity.json`."""
        return {
            "verdict": self.verdict,
            "said": self.said,
            "questions": self.questions,
            "scored_tokens": self.tokens,
            "effect": round(self.effect, _DIGITS),
            "noise": round(self.noise, _DIGITS),
            "tolerance": TOLERANCE,
            "paths": [path.as_json() for path in self.paths],
        }


def _rounded(found: Mapping[str, Any]) -> dict[str, Any]:
    return {k: round(v, _DIGITS) if isinstance(v, float) else v for k, v in found.items()}


@dataclass(frozen=True, slots=True)
class Base:
    """The untuned base's scores: on transformers, and on the engine that serves."""

    here: Scores
    there: Scores


def judge(base: Base, reference: Scores, heard: Sequence[Heard], questions: int) -> Parity:
    """Say whether every path serves what was trained.

    Args:
        base: the untuned base.
        reference: the adapter beside its base, on transformers.
        heard: the other paths.
        questions: how many were asked.
    """
    own = effect(base.here, reference, reference)
    noise = distance(base.here, base.there)
    paths = tuple(_path(one, base.here, reference) for one in heard)
    word, said = _said(own.effect, noise, paths)
    return Parity(word, said, questions, own.tokens, own.effect, noise, paths)


def _path(heard: Heard, base: Scores, reference: Scores) -> Path:
    found = None if heard.scores is None else effect(base, reference, heard.scores)
    fault = "" if found is None else _of_tokens(found)
    if not fault and heard.answers is not None:
        fault = _of_answers(heard.answers)
    return Path(heard.name, found, heard.answers, fault)


def _of_tokens(found: Effect) -> str:
    """What is wrong by the likelihoods of tokens; empty where nothing is."""
    if found.share <= TOLERANCE or found.distance <= LEAST_EFFECT:
        return ""
    far = f"{found.share:.0%} of what the training changes, limit {TOLERANCE:.0%}"
    if abs(found.strength) < _AS_BASE and found.share < 1 + _AS_BASE:
        return (
            f"it answers as the untuned base ({far}): what was trained is ignored there, or empty"
        )
    if found.likeness > _ALIKE and abs(found.strength - 1) > _AS_BASE:
        return (
            f"the adapter works at {found.strength:.2f} of its strength ({far}): its scale is "
            "wrong there, or some of its layers are missing"
        )
    return f"it is another model than was trained ({far}): another adapter, another base, or damage"


def _of_answers(found: Agreement) -> str:
    """What is wrong by right and wrong answers; empty where nothing is."""
    if found.p >= LEVEL or found.difference is None:
        return ""
    value, low, high = (100 * part for part in found.difference)
    return (
        f"it has {found.second} of {found.judged} answers right where transformers has "
        f"{found.first}: {value:+.0f} points [{low:+.0f}, {high:+.0f}], p = {found.p:.2g}"
    )


def _said(size: float, noise: float, paths: Sequence[Path]) -> tuple[Word, str]:
    if size < LEAST_EFFECT:
        return "fail", (
            f"the training changes nothing: a token is as likely with it as without, within "
            f"{size:.1g} nats; train longer or at a higher rate"
        )
    if noise > MOST_NOISE:
        return "fail", (
            f"the engine and transformers do not agree on the untuned base: {noise:.2g} nats a "
            f"token apart, where {MOST_NOISE} would be much: one of them loads other weights"
        )
    if 2 * noise > TOLERANCE * size:  # a path has the noise of both engines in it, and more
        wrong = next((path for path in paths if path.answers and _of_answers(path.answers)), None)
        if wrong is not None and wrong.answers is not None:
            return "fail", f"{wrong.name}: {_of_answers(wrong.answers)}"
        return "unclear", (
            f"the training changes a token by {size:.2g} nats, and engines differ by {noise:.2g} "
            "on the untuned base: too little to tell whether it is served as trained"
        )
    wrong = next((path for path in paths if path.fault), None)
    if wrong is not None:
        return "fail", f"{wrong.name}: {wrong.fault}"
    return "pass", _alike(paths)


def _alike(paths: Sequence[Path]) -> str:
    shares: Mapping[str, float] = {p.name: p.effect.share for p in paths if p.effect is not None}
    if not shares:
        return "no path had its tokens scored"
    worst = max(shares, key=lambda name: shares[name])
    return (
        f"served as trained: of what the training changes {shares[worst]:.1%} is lost at most "
        f"({worst}), limit {TOLERANCE:.0%}"
    )
