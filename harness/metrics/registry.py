"""Every metric by name, with the languages that it is fit for.

A metric that is unfit for the language of its references has no value and says why: BLEU with an
English tokenizer takes a Chinese sentence for one word, and its 0 would look like a measurement.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from string import ascii_uppercase
from types import MappingProxyType
from typing import Literal

from harness.core import Gold
from harness.errors import InputError, did_you_mean
from harness.metrics.choice import choice, first_capital
from harness.metrics.diversity import distinct, self_repetition
from harness.metrics.matching import compiled, contains, exact, matches, set_f1
from harness.metrics.measure import Measure
from harness.metrics.overlap import (
    BleuTokenizer,
    References,
    RougeKind,
    corpus_bleu,
    corpus_chrf,
    listed,
    rouge_f,
    rouge_signature,
    rouge_tokenizer,
)
from harness.metrics.points import points
from harness.text.language import LANGUAGES, Language, language_of_all
from harness.text.normalize import answer_part, fold, information_length
from harness.text.tokens import TOKENS, tokenize

Rows = Sequence[tuple[str, ...]]
Function = Callable[[Sequence[str], Rows, Language], Measure]
# From answers and references to what each answer is worth, in [0, 1].
Each = Callable[[Sequence[str], Rows], list[float]]

Against = Literal["value", "sentence", "nothing"]
_ANY = frozenset(LANGUAGES)
_CHINESE: frozenset[Language] = frozenset(("zh", "mixed"))
_LATIN: frozenset[Language] = frozenset(("en",))
_IN_WORDS: Mapping[Language, str] = {
    "zh": "Chinese",
    "en": "text in Latin letters",
    "mixed": "text in Chinese and Latin letters",
    "other": "text in other scripts or without letters",
}


class MetricUnfit(InputError):
    """A metric was asked for by name that cannot measure this language."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a whole run.

    Args:
        function: from answers, references (one or several each) and their language to a measure.
        languages: what it is fit for.
        against: what an answer is held against: the right value, a sentence that says it, nothing.
        reads_thinking: whether it reads what `<think>` marks as well.
    """

    function: Function
    languages: frozenset[Language] = _ANY
    against: Against = "value"
    reads_thinking: bool = False

    @property
    def compares(self) -> bool:
        """Whether it needs references."""
        return self.against != "nothing"


def measure(
    name: str,
    predictions: Sequence[str | None],
    references: Sequence[References],
    language: Language | None = None,
) -> Measure:
    """Measure the answers of a run.

    Args:
        name: one of `METRICS`.
        predictions: shape (n,). Thinking is no part of an answer; an empty answer counts; `None`,
            no answer, is left out.
        references: shape (n,), one or several for each; may be empty for a metric that compares
            with nothing.
        language: what the references are in, where their letters cannot tell. A metric that is
            unfit for what they plainly are has no value whatever is said here.

    Returns:
        A measure over the answers that there are. Its note counts what is left out; its value is
        `None` where nothing is left, or where the metric is unfit, and the note says which.

    Raises:
        InputError: there is no such metric.
        ValueError: the lengths differ.
    """
    metric = metric_named(name)
    rows = [listed(each) for each in references] if metric.compares else [()] * len(predictions)
    pairs = [(p, row) for p, row in zip(predictions, rows, strict=True) if p is not None]
    kept = [(p, row) for p, row in pairs if not metric.compares or any(map(fold, row))]
    answers = [p if metric.reads_thinking else answer_part(p) for p, _ in kept]
    wanted = [row for _, row in kept]
    notes = _counted(len(predictions) - len(pairs), "without an answer")
    notes += _counted(len(pairs) - len(kept), "without a reference")
    if not kept:
        return Measure(name, None, 0, note="; ".join(["no answers", *notes]))
    spoken = _spoken(language, [text for row in wanted for text in row] or answers)
    if spoken not in metric.languages:
        return Measure(name, None, len(kept), note="; ".join([_unfit(name, spoken), *notes]))
    result = metric.function(answers, wanted, spoken)
    return replace(result, name=name, note="; ".join(filter(None, [result.note, *notes])))


def _spoken(said: Language | None, texts: Sequence[str]) -> Language:
    """What is said of a language counts, but not against texts that are plainly Chinese."""
    found = language_of_all(texts)
    return found if said is None or found in _CHINESE else said


def metric_named(name: str) -> Metric:
    """Return a metric.

    Raises:
        InputError: there is none of this name; the nearest is told.
    """
    if name not in METRICS:
        raise InputError(f"there is no metric {name!r}{did_you_mean(name, METRICS)}")
    return METRICS[name]


def require_fit(name: str, language: Language) -> None:
    """Refuse a metric that a user asks for by name although it is unfit for their language.

    Raises:
        MetricUnfit: it is; the sentence names the metrics of its sort that are fit.
        InputError: there is no such metric.
    """
    if language not in metric_named(name).languages:
        raise MetricUnfit(_unfit(name, language))


def _unfit(name: str, language: Language) -> str:
    family = name.partition("_")[0]
    fit = [
        other
        for other, metric in METRICS.items()
        if language in metric.languages and other.partition("_")[0] == family
    ] or ["chrf"]
    return f"{name} is unfit for {_IN_WORDS[language]} (fit: {', '.join(fit)})"


def _counted(number: int, what: str) -> list[str]:
    return [f"{number} {what}"] if number else []


# --- the metrics -------------------------------------------------------------------------------


def _mean(values: Sequence[float], signature: str = "", note: str = "") -> Measure:
    """A mean of values in [0, 1], in percent; the sum is exact, so order does not count."""
    value = points(math.fsum(values), len(values)) if values else None
    return Measure("", value, len(values), signature=signature, note=note)


def _each_rouge(kind: RougeKind) -> Each:
    def each(answers: Sequence[str], rows: Rows) -> list[float]:
        chosen = rouge_tokenizer(rows)
        return [
            rouge_f(kind, answer, row, chosen) for answer, row in zip(answers, rows, strict=True)
        ]

    return each


def _rouge(kind: RougeKind) -> Function:
    def function(answers: Sequence[str], rows: Rows, _language: Language) -> Measure:
        return _mean(_each_rouge(kind)(answers, rows), rouge_signature(rouge_tokenizer(rows)))

    return function


def _bleu(tokenizer: BleuTokenizer | None) -> Function:
    def function(answers: Sequence[str], rows: Rows, language: Language) -> Measure:
        chosen = tokenizer or ("13a" if language == "en" else "zh")
        return corpus_bleu(answers, rows, chosen)

    return function


def _chrf(answers: Sequence[str], rows: Rows, _language: Language) -> Measure:
    return corpus_chrf(answers, rows)


def _each_chrf(answers: Sequence[str], rows: Rows) -> list[float]:
    """ChrF of each answer by itself, whose mean is not that of the corpus."""
    found = (corpus_chrf([answer], [row]).value for answer, row in zip(answers, rows, strict=True))
    return [(value or 0.0) / 100 for value in found]


def _each(fits: Callable[[str, tuple[str, ...]], bool]) -> Each:
    def each(answers: Sequence[str], rows: Rows) -> list[float]:
        return [float(fits(answer, row)) for answer, row in zip(answers, rows, strict=True)]

    return each


def _share_of(fits: Callable[[str, tuple[str, ...]], bool]) -> Function:
    def function(answers: Sequence[str], rows: Rows, _language: Language) -> Measure:
        return _mean(_each(fits)(answers, rows))

    return function


def _regex(answers: Sequence[str], rows: Rows, _language: Language) -> Measure:
    """The share of answers in which a pattern is found; what is no pattern is left out."""
    pairs = [(a, row) for a, row in zip(answers, rows, strict=True) if all(map(_is_pattern, row))]
    notes = _counted(len(rows) - len(pairs), "whose reference is no regular expression")
    return _mean([float(matches(a, row)) for a, row in pairs], note="; ".join(notes))


def _is_pattern(text: str) -> bool:
    try:
        compiled(text)
    except InputError:
        return False
    return True


def _set_f1(answers: Sequence[str], rows: Rows, _language: Language) -> Measure:
    pairs = zip(answers, rows, strict=True)
    return _mean([max(set_f1(answer, wanted) for wanted in row) for answer, row in pairs])


def _number(answers: Sequence[str], rows: Rows, _language: Language) -> Measure:
    """The share of right numbers by the checker; what it cannot read is wrong, and counted."""
    from harness.checker.check import check  # its patterns take a second: a rerun does without

    values: list[float] = []
    unreadable = unparsed = 0
    for answer, row in zip(answers, rows, strict=True):
        golds = [gold for text in row if (gold := _gold("number", text)) is not None]
        verdicts = [check(answer, gold).value for gold in golds]
        unreadable += not golds
        unparsed += bool(golds) and all(value is None for value in verdicts)
        if golds:
            values.append(max(value or 0.0 for value in verdicts))
    notes = _counted(unreadable, "whose reference is no number") + _counted(unparsed, "unparsed")
    return _mean(values, note="; ".join(notes))


def _choice(read: Callable[[str, str], str | None]) -> Function:
    """The share of right options; the options are those from A to the last right one."""

    def function(answers: Sequence[str], rows: Rows, _language: Language) -> Measure:
        golds = [_gold("choice", row[0]) for row in rows]
        last = max((str(gold.value) for gold in golds if gold is not None), default="")
        letters = ascii_uppercase[: ascii_uppercase.find(last) + 1]
        pairs = [(a, str(g.value)) for a, g in zip(answers, golds, strict=True) if g is not None]
        said = [read(answer, letters) for answer, _ in pairs]
        right = sum(s == wanted for s, (_, wanted) in zip(said, pairs, strict=True))
        notes = [
            *_counted(len(golds) - len(pairs), "whose reference is no option"),
            *_counted(sum(not s for s in said), "without a choice"),
        ]
        # In this order it prints as the public benchmarks' (harness.metrics.choice.percent).
        value = points(right, len(pairs)) if pairs else None
        return Measure("", value, len(pairs), note="; ".join(notes))

    return function


def _gold(kind: str, text: str) -> Gold | None:
    from harness.checker.gold import gold_from  # as above

    try:
        return gold_from(kind, text)
    except InputError:
        return None


def _share(function: Callable[[Sequence[str], int], float | None], n: int, *, up: bool) -> Function:
    def share(answers: Sequence[str], _rows: Rows, _language: Language) -> Measure:
        value = function(answers, n)
        return Measure(
            "",
            None if value is None else value * 100,
            len(answers),
            better="higher" if up else "lower",
            signature=f"n:{n}|tok:{TOKENS}",
            note="" if value is not None else f"no answer has {n} tokens",
        )

    return share


def _length(length: Callable[[str], int], counted: str) -> Function:
    """The median length of the answers."""

    def function(answers: Sequence[str], _rows: Rows, _language: Language) -> Measure:
        middle = float(median(length(answer_part(answer)) for answer in answers))
        signature = f"median|{counted}"
        return Measure("", middle, len(answers), "neither", signature=signature, scale="number")

    return function


def _tokens(text: str) -> int:
    return len(tokenize(text))


def _first_capital(text: str, _letters: str) -> str:
    return first_capital(text)


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "exact": Metric(_share_of(exact)),
        "contains": Metric(_share_of(contains)),
        "regex": Metric(_regex),
        "set_f1": Metric(_set_f1),
        "number": Metric(_number),
        "choice": Metric(_choice(choice)),
        "first_capital": Metric(_choice(_first_capital), reads_thinking=True),
        "rouge_1": Metric(_rouge("rouge1"), against="sentence"),
        "rouge_2": Metric(_rouge("rouge2"), against="sentence"),
        "rouge_l": Metric(_rouge("rougeL"), against="sentence"),
        "bleu": Metric(_bleu(None), _CHINESE | _LATIN, "sentence"),
        "bleu_zh": Metric(_bleu("zh"), _CHINESE, "sentence"),
        "bleu_13a": Metric(_bleu("13a"), _LATIN, "sentence"),
        "chrf": Metric(_chrf, against="sentence"),
        "distinct_1": Metric(_share(distinct, 1, up=True), against="nothing"),
        "distinct_2": Metric(_share(distinct, 2, up=True), against="nothing"),
        "repetition_3": Metric(_share(self_repetition, 3, up=False), against="nothing"),
        "characters": Metric(_length(information_length, "norm:nfkc"), against="nothing"),
        "tokens": Metric(_length(_tokens, f"tok:{TOKENS}"), against="nothing"),
    }
)

# Metrics that say of each answer by itself what it is worth.
EACH: Mapping[str, Each] = MappingProxyType(
    {
        "exact": _each(exact),
        "contains": _each(contains),
        "regex": _each(matches),
        "rouge_1": _each_rouge("rouge1"),
        "rouge_2": _each_rouge("rouge2"),
        "rouge_l": _each_rouge("rougeL"),
        "chrf": _each_chrf,
    }
)
