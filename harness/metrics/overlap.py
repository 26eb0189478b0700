"""How much of a reference an answer says in the same words: ROUGE, BLEU and chrF.

ROUGE is rouge-score's: with its own tokenizer where the references are English, as the field has
it, and with one that knows Chinese (`harness.text.tokens`) everywhere else. BLEU and chrF are
sacrebleu's on NFKC text. One tokenizer serves a whole column, whatever a single row is in. All of
them reward a templated wrong answer (the right sentence with the wrong station), so they stand
beside correctness and never for it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from itertools import chain
from typing import TYPE_CHECKING, Literal, cast

from harness.metrics.measure import Measure
from harness.text.language import Language, language_of_all
from harness.text.normalize import fold
from harness.text.tokens import TOKENS, Tokenizer, script_of, tokenize

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer
    from rouge_score.tokenizers import DefaultTokenizer
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

Tokens = Callable[[str], list[str]]
#: The reference of one answer, or several of which the nearest counts.
References = str | Sequence[str]
BleuTokenizer = Literal["zh", "13a"]
RougeKind = Literal["rouge1", "rouge2", "rougeL"]
#: rouge-score's own, which keeps a-z and 0-9 alone, or the project's.
RougeTokenizer = Literal["rouge-score", "podium-1"]
_HARDLY = 0.05  # of the letters of English words bear accents: café
_TOKENIZERS: dict[Language, BleuTokenizer] = {"zh": "zh", "mixed": "zh", "en": "13a"}


@dataclass(frozen=True, slots=True)
class Rouge:
    """F-measures in [0, 1] of one answer: single tokens, pairs, longest common subsequence."""

    rouge1: float
    rouge2: float
    rouge_l: float


def rouge_tokenizer(references: Iterable[References]) -> RougeTokenizer:
    """Choose the tokenizer of a column by its references: rouge-score's own for English.

    A column with a Chinese letter, of other scripts, or of a language of many accents needs ours:
    rouge-score's drops what is not a-z or 0-9.
    """
    letters = Counter("".join(chain.from_iterable(map(listed, references))))
    counts = {c: n for c, n in letters.items() if script_of(c) is not None}
    if not counts or any(script_of(c) != "latin" for c in counts):
        return TOKENS
    accented = sum(n for c, n in counts.items() if not c.isascii())
    return "rouge-score" if accented <= _HARDLY * sum(counts.values()) else TOKENS


def rouge(prediction: str, references: References, tokenizer: RougeTokenizer = TOKENS) -> Rouge:
    """Compare an answer with its references; each measure is that of the reference that suits best.

    An answer whose tokens are those of a reference is perfect, even where there are too few of
    them to form a pair (rouge-score says 0 then).

    Args:
        prediction: the answer.
        references: one or several.
        tokenizer: the one of the whole column, as `rouge_tokenizer` chooses it.

    Raises:
        ValueError: there is no reference.
    """
    kinds: tuple[RougeKind, ...] = ("rouge1", "rouge2", "rougeL")
    return Rouge(*_rouge(kinds, prediction, references, tokenizer))


def rouge_f(
    kind: RougeKind, prediction: str, references: References, tokenizer: RougeTokenizer = TOKENS
) -> float:
    """Return one of the F-measures of `rouge` alone, in [0, 1]."""
    return _rouge((kind,), prediction, references, tokenizer)[0]


def rouge_signature(tokenizer: RougeTokenizer) -> str:
    """Return what two ROUGE numbers must share to be comparable."""
    return f"f:best|stem:no|tok:{tokenizer}|rouge-score:{version('rouge-score')}"


def corpus_bleu(
    predictions: Sequence[str],
    references: Sequence[References],
    tokenizer: BleuTokenizer | None = None,
) -> Measure:
    """Return sacrebleu's BLEU of a run, with effective order, on NFKC text.

    Args:
        predictions: shape (n,).
        references: shape (n,), one or several for each.
        tokenizer: `zh` for Chinese and mixed text, `13a` for text in Latin letters; by the
            language of the references where it is not said.

    Returns:
        No value where there is nothing to score, or where the tokenizer is unfit for the
        references.

    Raises:
        ValueError: the lengths differ, or an answer has no reference.
    """
    rows = [listed(each) for each in references]
    n = len(predictions)
    if not n:
        return Measure("bleu", None, 0, note="no answers")
    language = language_of_all(reference for row in rows for reference in row)
    chosen = tokenizer or _TOKENIZERS.get(language)
    if chosen is None:
        note = "BLEU has no tokenizer for these references; chrF needs none"
        return Measure("bleu", None, n, note=note)
    if chosen == "13a" and language in ("zh", "mixed"):
        note = "BLEU with 13a takes a Chinese sentence for one word; use zh"
        return Measure("bleu", None, n, note=note)
    return _of_corpus("bleu", _bleu(chosen), predictions, rows)


def corpus_chrf(predictions: Sequence[str], references: Sequence[References]) -> Measure:
    """Return sacrebleu's chrF2 of a run on NFKC text; it needs no tokenizer.

    Raises:
        ValueError: the lengths differ, or an answer has no reference.
    """
    rows = [listed(each) for each in references]
    if not predictions:
        return Measure("chrf", None, 0, note="no answers")
    return _of_corpus("chrf", _chrf(), predictions, rows)


def _of_corpus(
    name: str, metric: BLEU | CHRF, predictions: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> Measure:
    score = metric.corpus_score([nfkc(text) for text in predictions], _streams(predictions, rows))
    signature = f"{metric.get_signature()}|norm:nfkc"
    return Measure(name, min(100.0, score.score), len(predictions), signature=signature)


def listed(references: References) -> tuple[str, ...]:
    """Return the references of one answer as a tuple.

    Raises:
        ValueError: there are none.
    """
    wanted = (references,) if isinstance(references, str) else tuple(references)
    if not wanted:
        raise ValueError("an answer has no reference to compare with")
    return wanted


def nfkc(text: str) -> str:
    """Return a text with full width folded, which sacrebleu leaves to its callers."""
    return unicodedata.normalize("NFKC", text).strip()


def _rouge(
    kinds: tuple[RougeKind, ...],
    prediction: str,
    references: References,
    tokenizer: RougeTokenizer,
) -> tuple[float, ...]:
    wanted = listed(references)
    tokens = tokens_of(tokenizer)
    if any(_same(prediction, reference, tokens) for reference in wanted):
        return (1.0,) * len(kinds)
    counted = tuple(kind for kind in kinds if kind != "rougeL")
    found = _rouge_scorer(counted, tokenizer).score_multi(wanted, prediction) if counted else {}
    return tuple(
        float(found[kind].fmeasure) if kind in found else _rouge_l(prediction, wanted, tokens)
        for kind in kinds
    )


def tokens_of(tokenizer: RougeTokenizer) -> Tokens:
    """Return the function that splits a text into the tokens that ROUGE counts."""
    if tokenizer == TOKENS:
        return tokenize
    return cast("Tokens", _rouge_score_tokenizer().tokenize)


def _rouge_l(prediction: str, references: Sequence[str], tokens: Tokens) -> float:
    """Return the best F of the longest common subsequence.

    rouge-score fills a table in Python, seconds for two thousand tokens; the values are the same.
    """
    from rapidfuzz.distance import LCSseq

    said = tokens(prediction)
    best = 0.0
    for wanted in map(tokens, references):
        common = LCSseq.similarity(said, wanted)
        if common:
            precision, recall = common / len(said), common / len(wanted)
            best = max(best, 2 * precision * recall / (precision + recall))
    return best


def _same(prediction: str, reference: str, tokens: Tokens) -> bool:
    said = tokens(prediction)
    if not said:
        return fold(prediction) == fold(reference)
    return said == tokens(reference)


def _streams(predictions: Sequence[str], rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Turn references by answer into sacrebleu's streams; where there are fewer, `None`."""
    if len(predictions) != len(rows):
        raise ValueError(f"{len(predictions)} answers, but references of {len(rows)}")
    width = max(map(len, rows))
    streams = [[nfkc(row[i]) if i < len(row) else None for row in rows] for i in range(width)]
    return cast("list[list[str]]", streams)  # its types do not say that None is no reference


@lru_cache(maxsize=1)
def _rouge_score_tokenizer() -> DefaultTokenizer:
    from rouge_score.tokenizers import DefaultTokenizer

    return DefaultTokenizer(use_stemmer=False)


@lru_cache(maxsize=16)
def _rouge_scorer(kinds: tuple[RougeKind, ...], tokenizer: RougeTokenizer) -> RougeScorer:
    from rouge_score.rouge_scorer import RougeScorer

    chosen = Tokenizer() if tokenizer == TOKENS else _rouge_score_tokenizer()
    return RougeScorer(list(kinds), tokenizer=chosen)


@lru_cache(maxsize=2)
def _bleu(tokenizer: BleuTokenizer) -> BLEU:
    from sacrebleu.metrics.bleu import BLEU

    # force: answers may look tokenized, and that is no reason for a warning.
    return BLEU(tokenize=tokenizer, effective_order=True, force=True)


@lru_cache(maxsize=1)
def _chrf() -> CHRF:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()
