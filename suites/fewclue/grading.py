"""Answers to letters by two rules, and what a data set's letters are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from harness.checker.verdict import EMPTY, Verdict, correct, wrong
from harness.core import Output, Sample, Score
from harness.metrics.choice import choice, first_capital, percent
from harness.metrics.classification import Classified, auc_macro, classify, measures_of
from harness.metrics.intervals import proportion
from harness.metrics.measure import Graded, Measure
from harness.metrics.score import says_nothing
from suites.fewclue.prompts import TASKS
from suites.fewclue.questions import Way

Rule = Literal["faithful", "strict"]

NO_LETTER = "no letter"
# The names of the rules in scores, measures and signatures.
_NAMES: Mapping[Rule, str] = {"faithful": "first_capital", "strict": "strict_choice"}
_OTHER: Mapping[Rule, Rule] = {"faithful": "strict", "strict": "faithful"}


@dataclass(frozen=True, slots=True)
class Group:
    """The questions of one data set, their answers, and the letter that each was read as.

    A letter is empty where an answer has none, or where there is no answer: neither is right.
    """

    family: str
    way: Way
    samples: Sequence[Sample]
    outputs: Sequence[Output]
    letters: Sequence[str]

    @property
    def gold(self) -> list[str]:
        """The right letters."""
        return [str(sample.gold.value) for sample in self.samples]

    def right(self, letters: Sequence[str]) -> list[float]:
        """1 where a letter is right and 0 where it is not."""
        return [float(letter == gold) for letter, gold in zip(letters, self.gold, strict=True)]


def grade(
    ways: Mapping[str, Way], rule: Rule, samples: Sequence[Sample], outputs: Sequence[Output]
) -> Graded:
    """Judge all answers of a run.

    Args:
        ways: how each family is asked, in the order of the tables.
        rule: which reading of a written answer decides whether it is right.
        samples: the questions.
        outputs: one a question, in their order.
    """
    answered = list(zip(samples, outputs, strict=True))
    letters = [read(ways[s.family], s, o, rule) for s, o in answered]
    groups = [_group(family, way, answered, letters) for family, way in ways.items()]
    groups = [group for group in groups if group.samples]
    tables = [_classified(group) for group in groups]
    return Graded(
        verdicts=[
            _verdict(sample, output, letter)
            for (sample, output), letter in zip(answered, letters, strict=True)
        ],
        scores=[score for group in groups for score in _scores(group, rule)],
        measures=[
            measure
            for group, table in zip(groups, tables, strict=True)
            for measure in _measures(group, table, rule)
        ],
        confusions=[table.confusion for table in tables],
    )


def read(way: Way, sample: Sample, output: Output, rule: Rule) -> str:
    """The letter that an answer says, empty where it says none or never came.

    Where candidates are scored the answer is the label itself, however it is spelt.
    """
    if output.failed or (says_nothing(output) and not sample.candidates):
        return ""
    if sample.candidates:
        return _label(way, sample, output)
    if rule == "faithful":
        return first_capital(output.text)
    said = choice(output.text, TASKS[way.task].options)
    return "" if said is None else said


def _label(way: Way, sample: Sample, output: Output) -> str:
    said = output.text.strip()
    spelt = {letter: letter for letter in way.letters.values()}
    spelt |= way.letters
    spelt |= {frame.answer: way.letters[label] for label, frame in way.frames.items()}
    if said in spelt:
        return spelt[said]
    scored = output.perplexity
    if not scored or any(candidate.label not in scored for candidate in sample.candidates):
        return ""
    # The first of equal ones, in the order of the public prompt file.
    return min(sample.candidates, key=lambda candidate: scored[candidate.label]).label


def _group(
    family: str,
    way: Way,
    answered: Sequence[tuple[Sample, Output]],
    letters: Sequence[str],
) -> Group:
    found = [
        (sample, output, letter)
        for (sample, output), letter in zip(answered, letters, strict=True)
        if sample.family == family
    ]
    return Group(
        family, way, [s for s, _, _ in found], [o for _, o, _ in found], [x for _, _, x in found]
    )


def _verdict(sample: Sample, output: Output, letter: str) -> Verdict | None:
    if output.failed:
        return None
    if not letter:
        return wrong(EMPTY if says_nothing(output) else NO_LETTER)
    return correct((letter,)) if letter == sample.gold.value else wrong(found=(letter,))


def _scores(group: Group, rule: Rule) -> list[Score]:
    """What either rule makes of each written answer, whichever decides."""
    if group.way.mode == "ppl":
        return []
    scores = []
    for name, letters in ((rule, group.letters), (_OTHER[rule], _reread(group, rule))):
        pairs = zip(group.samples, group.right(letters), letters, strict=True)
        scores += [Score(s.id, _NAMES[name], value, letter) for s, value, letter in pairs]
    return scores


def _reread(group: Group, rule: Rule) -> list[str]:
    """The letters by the other rule."""
    pairs = zip(group.samples, group.outputs, strict=True)
    return [read(group.way, sample, output, _OTHER[rule]) for sample, output in pairs]


def _classified(group: Group) -> Classified:
    names = {letter: f"{letter} {label}" for label, letter in group.way.letters.items()}
    return classify(
        [names[letter] for letter in group.gold],
        [names.get(letter, "") for letter in group.letters],
        tuple(names.values()),
        group.family,
    )


def _measures(group: Group, table: Classified, rule: Rule) -> list[Measure]:
    named = "least-perplexity" if group.way.mode == "ppl" else _NAMES[rule].replace("_", "-")
    signature = _signature(group.way, named)
    found = [
        *(_printed(measure, signature) for measure in measures_of(table, group.family)),
        _no_letter(group, signature),
    ]
    if group.way.mode == "ppl":
        return [*found, _auc(group, signature)]
    other = _NAMES[_OTHER[rule]]
    signature = _signature(group.way, other.replace("_", "-"))
    return [*found, _accuracy(group, _reread(group, rule), f"accuracy_{other}", signature)]


def _signature(way: Way, rule: str) -> str:
    dialogue = way.mode == "ppl" and not any(frame.plain for frame in way.frames.values())
    turns = f"|turns:{way.turns}" if dialogue else ""
    return f"version:{way.version}|mode:{way.mode}|rule:{rule}{turns}"


def _accuracy(group: Group, letters: Sequence[str], name: str, signature: str) -> Measure:
    found = proportion(name, int(sum(group.right(letters))), len(letters))
    return _printed(replace(found, group=group.family), signature)


def _printed(measure: Measure, signature: str) -> Measure:
    """A measure as OpenCompass prints it, to two decimals."""
    value, low, high = (
        None if number is None else round(number, 2)
        for number in (measure.value, measure.low, measure.high)
    )
    return replace(measure, value=value, low=low, high=high, signature=signature)


def _no_letter(group: Group, signature: str) -> Measure:
    n = len(group.letters)
    return Measure(
        "no_letter",
        percent(group.letters.count(""), n),
        n,
        better="lower",
        signature=signature,
        group=group.family,
    )


def _auc(group: Group, signature: str) -> Measure:
    """AUC of each label's share of the likelihood of one token: exp(-nll) over their sum."""
    pairs = [
        (gold, shares)
        for gold, output in zip(group.gold, group.outputs, strict=True)
        if (shares := _shares(output.perplexity, tuple(group.way.letters.values())))
    ]
    value = auc_macro(
        [gold for gold, _ in pairs], [shares for _, shares in pairs],
        tuple(group.way.letters.values()),
    )  # fmt: skip
    lacking = len(group.outputs) - len(pairs)
    notes = [f"{lacking} without perplexities"] if lacking and pairs else []
    if value is None:
        notes.append("a label never is right" if pairs else "no perplexities")
    rounded = None if value is None else round(value, 4)
    return Measure(
        "auc", rounded, len(pairs), signature=signature, note="; ".join(notes),
        group=group.family, scale="number",
    )  # fmt: skip


def _shares(perplexity: Mapping[str, float] | None, letters: Sequence[str]) -> dict[str, float]:
    """Each label's share, in [0, 1]; nothing where not all are known."""
    known = perplexity if perplexity is not None else {}
    values = [known.get(letter, math.nan) for letter in letters]
    if any(map(math.isnan, values)) or math.isinf(min(values)):
        return {}
    weights = [math.exp(min(values) - value) for value in values]
    return {letter: w / sum(weights) for letter, w in zip(letters, weights, strict=True)}
