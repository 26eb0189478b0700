"""ROUGE, BLEU and chrF are the libraries' own values, and fit for Chinese."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from harness.metrics.overlap import (
    BleuTokenizer,
    corpus_bleu,
    corpus_chrf,
    rouge,
    rouge_f,
    rouge_tokenizer,
)
from harness.metrics.registry import measure
from harness.text.normalize import fold
from harness.text.tokens import tokenize
from tests.harness.checker.forms import UNHURRIED

CHINESE = [
    ("Z152次列车的终到站是广州", "Z152次列车的终到站是北京西"),
    ("Ｋ４２０次停靠３站台", "K420次停靠3站台。"),
    ("请打开Windows设置", "打开Windows的设置"),
]
ENGLISH = [
    ("The cat sat on the mat .", "The cat sat on a mat."),
    ("It leaves at 07:06", "The train leaves at 07:06"),
]
WORDS = st.lists(st.text("abcxyz019", min_size=1, max_size=6), max_size=12).map(" ".join)
TEXTS = st.text(max_size=30)


@pytest.mark.parametrize(("tokenizer", "pairs"), [("zh", CHINESE), ("13a", ENGLISH)])
def test_bleu_is_sacrebleu_s(tokenizer: BleuTokenizer, pairs: list[tuple[str, str]]) -> None:
    theirs = BLEU(tokenize=tokenizer, effective_order=True)
    said = [unicodedata.normalize("NFKC", p) for p, _ in pairs]
    wanted = [unicodedata.normalize("NFKC", r) for _, r in pairs]
    ours = corpus_bleu([p for p, _ in pairs], [r for _, r in pairs])
    assert ours.value == theirs.corpus_score(said, [wanted]).score
    assert ours.signature == f"{theirs.get_signature()}|norm:nfkc"
    for p, s, w in zip((p for p, _ in pairs), said, wanted, strict=True):
        assert corpus_bleu([p], [w], tokenizer).value == theirs.corpus_score([s], [[w]]).score


@pytest.mark.parametrize("tokenizer", ["zh", "13a"])
def test_one_tokenizer_serves_rows_of_all_languages(tokenizer: BleuTokenizer) -> None:
    theirs = BLEU(tokenize=tokenizer, effective_order=True)
    for prediction, reference in (*CHINESE, *ENGLISH):
        said, wanted = (unicodedata.normalize("NFKC", t) for t in (prediction, reference))
        found = corpus_bleu([prediction], [reference], tokenizer).value
        is_fit = tokenizer == "zh" or (prediction, reference) in ENGLISH
        assert found == (theirs.corpus_score([said], [[wanted]]).score if is_fit else None)


def test_chrf_is_sacrebleu_s() -> None:
    pairs = CHINESE + ENGLISH
    said = [unicodedata.normalize("NFKC", p) for p, _ in pairs]
    wanted = [unicodedata.normalize("NFKC", r) for _, r in pairs]
    theirs = CHRF()
    ours = corpus_chrf([p for p, _ in pairs], [r for _, r in pairs])
    assert ours.value == theirs.corpus_score(said, [wanted]).score
    assert ours.signature == f"{theirs.get_signature()}|norm:nfkc"
    first = theirs.corpus_score(said[:1], [wanted[:1]]).score
    assert corpus_chrf([pairs[0][0]], [pairs[0][1]]).value == first


@settings(UNHURRIED, max_examples=60)
@given(WORDS, WORDS)
def test_english_rouge_is_rouge_score_s(prediction: str, reference: str) -> None:
    """With its own tokenizer, but for what it cannot count."""
    assume(tokenize(prediction) != tokenize(reference))
    kinds = ["rouge1", "rouge2", "rougeL"]
    theirs = RougeScorer(kinds).score(reference, prediction)
    ours = rouge(prediction, [reference])
    assert [ours.rouge1, ours.rouge2, ours.rouge_l] == [theirs[kind].fmeasure for kind in kinds]


@pytest.mark.parametrize(
    ("prediction", "reference"),
    [
        ("I don't know, it's 3.5 km", "It's 3.5 km, don't you know?"),
        ("The naïve state-of-the-art café", "A naive state of the art café"),
        ("It leaves at 07:06 on 2025-03-08.", "It left at 07:06, 2025/3/8"),
        ("U.S. trains aren't late", "US trains are not late"),
        ("完全不同", "It leaves at 07:06"),
    ],
)
def test_english_is_measured_as_the_field_does(prediction: str, reference: str) -> None:
    kinds = ["rouge1", "rouge2", "rougeL"]
    theirs = RougeScorer(kinds).score(reference, prediction)
    ours = rouge(prediction, reference, rouge_tokenizer([reference]))
    found = [ours.rouge1, ours.rouge2, ours.rouge_l]
    assert found == pytest.approx([theirs[kind].fmeasure for kind in kinds])


@pytest.mark.parametrize(
    ("references", "tokenizer"),
    [
        (["The train leaves at 07:06", ["A café", "The bar"]], "rouge-score"),
        (["The train leaves at 07:06", "终到站是北京西"], "podium-1"),
        (["Open Windows 设置 in the Windows menu of your computer"], "podium-1"),
        (["поезд"], "podium-1"),
        (["Où est le château de l’évêque, à côté de l’école ?"], "podium-1"),
        (["07:06"], "podium-1"),
    ],
)
def test_a_column_has_one_rouge_tokenizer(references: list[str], tokenizer: str) -> None:
    assert rouge_tokenizer(references) == tokenizer
    texts = [text for each in references for text in ([each] if isinstance(each, str) else each)]
    assert f"tok:{tokenizer}|" in measure("rouge_1", texts, texts).signature


def test_a_corpus_of_short_perfect_answers_is_perfect() -> None:
    """Without effective order sacrebleu says 0."""
    answers = ["好", "北京西", "3站台"]
    assert BLEU(tokenize="zh").corpus_score(answers[:2], [answers[:2]]).score == 0
    assert corpus_bleu(answers, answers).value == pytest.approx(100)


def test_bleu_refuses_what_its_tokenizer_cannot_split() -> None:
    for tokenizer, text in (("13a", "终到站是北京西"), ("13a", "用Python写"), (None, "東京タワー")):
        refused = corpus_bleu([text], [text], tokenizer)  # type: ignore[arg-type]  # by parameter
        assert refused.value is None
        assert refused.note
    assert corpus_bleu([], []).note == "no answers"
    assert corpus_chrf([], []).note == "no answers"


def test_the_best_of_several_references_counts() -> None:
    assert rouge("广州", ["北京西", "广州"]).rouge_l == 1
    assert corpus_bleu(["广州", "好"], [["北京", "广州"], "好"]).value == pytest.approx(100)
    assert corpus_chrf(["广州", "好"], [["北京", "广州"], "好"]).value == pytest.approx(100)
    assert "nrefs:var" in corpus_bleu(["广州", "好"], [["北京", "广州"], "好"]).signature


def test_an_answer_needs_a_reference() -> None:
    with pytest.raises(ValueError, match="no reference"):
        rouge("好", [])
    with pytest.raises(ValueError, match="2 answers, but references of 1"):
        corpus_bleu(["好", "好"], ["好"])
    with pytest.raises(ValueError, match="2 answers, but references of 1"):
        corpus_chrf(["好", "好"], ["好"])


@settings(UNHURRIED, max_examples=60)
@given(TEXTS, TEXTS)
def test_any_two_texts_compare_within_bounds_and_both_ways(first: str, second: str) -> None:
    one, other = rouge(first, [second]), rouge(second, [first])
    for value in (one.rouge1, one.rouge2, one.rouge_l):
        assert 0 <= value <= 1
    assert (one.rouge1, one.rouge2, one.rouge_l) == pytest.approx(
        (other.rouge1, other.rouge2, other.rouge_l)
    )
    assert rouge_f("rougeL", first, second) == one.rouge_l
    assert 0 <= (corpus_chrf([first], [second]).value or 0) <= 100
    assert 0 <= (corpus_bleu([first], [second]).value or 0) <= 100


@settings(UNHURRIED, max_examples=60)
@given(TEXTS)
def test_a_text_is_most_like_itself(text: str) -> None:
    same = rouge(text, [text])
    assert (same.rouge1, same.rouge2, same.rouge_l) == (1, 1, 1)
    if tokenize(text):
        assert corpus_chrf([text], [text]).value == pytest.approx(100)
        assert corpus_bleu([text], [text], "zh").value == pytest.approx(100)


@settings(UNHURRIED, max_examples=150)
@given(TEXTS)
def test_tokens_are_whole_and_stay_tokens(text: str) -> None:
    tokens = tokenize(text)
    assert all(token == token.strip() and token for token in tokens)
    assert tokenize(" ".join(tokens)) == tokens
    assert tokenize(fold(text)) == tokens


def test_metrics_import_no_library() -> None:
    """The command line starts without them; rouge-score is silent when it comes."""
    code = (
        "import sys, harness.metrics.overlap, harness.metrics.registry\n"
        "heavy = {'sacrebleu', 'rouge_score', 'nltk', 'scipy', 'absl'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert harness.metrics.overlap.rouge('好的', ['好']).rouge2 == 0\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
