from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core import Output, Sample, Suite
from harness.metrics.measure import Graded, Measure
from harness.metrics.summary import scoring
from suites.fewclue import Options, build, grade
from tests.suites.fewclue.made import bustm, ocnli, public, write

Say = Callable[[Sample, int], Output]


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    return Options(folder=public(tmp_path_factory.mktemp("public")), modes=("gen", "ppl"))


@pytest.fixture(scope="module")
def suite(options: Options) -> Suite:
    return build(options)


built = cache(build)


def asking(options: Options, samples: Sequence[Sample]) -> Suite:
    return replace(built(options), test=tuple(samples))


def graded(options: Options, samples: Sequence[Sample], say: Say) -> Graded:
    return grade(
        options, asking(options, samples), [say(s, n) for n, s in enumerate(samples)], None
    )


def measured(found: Graded, name: str, group: str) -> Measure:
    (measure,) = (m for m in found.measures if (m.name, m.group) == (name, group))
    return measure


def family(suite: Suite, name: str) -> list[Sample]:
    return [sample for sample in suite.test if sample.family == name]


def first_right(count: int) -> Say:
    """The first so many answers are right, the others a wrong letter."""

    def say(sample: Sample, number: int) -> Output:
        right = str(sample.gold.value)
        return Output(sample.id, right if number < count else "BA"[right == "B"])

    return say


@pytest.mark.parametrize("mode", ["", "-ppl"])
@pytest.mark.parametrize(
    ("group", "right", "n", "printed"),
    [
        ("ocnli_fc-dev", 101, 160, "63.12"), ("ocnli_fc-dev", 93, 160, "58.13"),
        ("ocnli_fc-test", 1527, 2520, "60.60"), ("ocnli_fc-test", 1463, 2520, "58.06"),
        ("bustm-dev", 0, 160, "0.00"), ("bustm-test", 1772, 1772, "100.00"),
    ],
)  # fmt: skip
def test_accuracies_as_opencompass_prints_them(
    options: Options, suite: Suite, group: str, right: int, n: int, printed: str, mode: str
) -> None:
    samples = family(suite, group + mode)
    found = graded(options, samples, first_right(right))
    accuracy = measured(found, "accuracy", group + mode)
    assert (f"{accuracy.value:.2f}", accuracy.n) == (printed, n)
    assert accuracy.low is not None
    assert accuracy.high is not None
    assert accuracy.low <= 100 * right / n <= accuracy.high
    assert sum(v.value or 0 for v in found.verdicts if v) == right


def test_the_interval_is_wilsons(options: Options, suite: Suite) -> None:
    found = graded(options, family(suite, "ocnli_fc-dev"), first_right(101))
    accuracy = measured(found, "accuracy", "ocnli_fc-dev")
    assert (accuracy.low, accuracy.high) == pytest.approx((55.42, 70.21), abs=0.01)


def test_precision_recall_and_f1_are_means_over_labels(tmp_path: Path) -> None:
    rows = [ocnli(n, label) for n, label in enumerate(("entailment", "neutral", "neutral"))]
    write(tmp_path / "ocnli" / "dev_few_all.json", rows)
    options = Options(folder=tmp_path, tasks=("ocnli_fc",), splits=("dev",))
    found = graded(options, build(options).test, lambda s, n: Output(s.id, "ACA"[n]))
    values = {m.name: m.value for m in found.measures}
    # A: precision 1/2, recall 1; B: none; C: precision 1, recall 1/2.
    assert values["macro_precision"] == 50.0
    assert values["macro_recall"] == 50.0
    assert values["macro_f1"] == 44.44
    (table,) = found.confusions
    assert table.labels == ("A entailment", "B contradiction", "C neutral")
    assert table.counts == ((1, 0, 0, 0), (0, 0, 0, 0), (1, 0, 1, 0))
    note = next(m.note for m in found.measures if m.name == "macro_recall")
    assert "no question's answer is B contradiction" in note


@pytest.fixture
def one(tmp_path: Path) -> Options:
    """One bustm question whose right answer is A."""
    write(tmp_path / "bustm" / "dev_few_all.json", [bustm(0, "0")])
    return Options(folder=tmp_path, tasks=("bustm",), splits=("dev",))


@pytest.mark.parametrize(
    ("text", "faithful", "strict"),
    [
        ("A", 1, 1),
        ("A. 无关", 1, 1),
        ("答案是A，因为两句不同。", 1, 1),
        ("AB", 1, 0),  # the first capital, whatever follows
        ("a", 0, 1),  # no capital at all
        ("<think>Okay, B or A?</think>A", 0, 1),  # the O of Okay
        ("根据BUSTM的定义，选A", 0, 1),
        ("Ａ", 1, 1),
        ("B", 0, 0),
        ("Ω不知道", 0, 0),  # a capital of any script
        ("不知道", 0, 0),
        ("", 0, 0),
    ],
)
def test_two_rules(one: Options, text: str, faithful: float, strict: float) -> None:
    # The full-width letter is a capital, but not the letter A to OpenCompass.
    faithful = 0 if text == "Ａ" else faithful
    samples = build(one).test
    for rule, value in (("faithful", faithful), ("strict", strict)):
        found = graded(replace(one, rule=rule), samples, lambda s, _: Output(s.id, text))  # type: ignore[arg-type]  # a rule's name
        (verdict,) = found.verdicts
        assert verdict is not None
        assert verdict.value == value
        assert {s.metric: s.value for s in found.scores} == {
            "first_capital": faithful, "strict_choice": strict
        }  # fmt: skip
        other = "strict_choice" if rule == "faithful" else "first_capital"
        assert measured(found, "accuracy", "bustm-dev").value == 100 * value
        wanted = 100 * (strict if rule == "faithful" else faithful)
        assert measured(found, f"accuracy_{other}", "bustm-dev").value == wanted


def test_signatures_name_version_mode_and_rule(options: Options, suite: Suite) -> None:
    found = graded(options, suite.test, first_right(0))
    signatures = {m.group: m.signature for m in found.measures if m.name == "accuracy"}
    assert signatures == {
        "bustm-dev": "version:5cc669|mode:gen|rule:first-capital",
        "bustm-test": "version:5cc669|mode:gen|rule:first-capital",
        "ocnli_fc-dev": "version:51e956|mode:gen|rule:first-capital",
        "ocnli_fc-test": "version:51e956|mode:gen|rule:first-capital",
        "bustm-dev-ppl": "version:96c0e0|mode:ppl|rule:least-perplexity|turns:chat",
        "bustm-test-ppl": "version:96c0e0|mode:ppl|rule:least-perplexity|turns:chat",
        "ocnli_fc-dev-ppl": "version:98dd6e|mode:ppl|rule:least-perplexity",
        "ocnli_fc-test-ppl": "version:98dd6e|mode:ppl|rule:least-perplexity",
    }


def test_answers_without_a_letter_are_counted_and_wrong(options: Options, suite: Suite) -> None:
    samples = family(suite, "bustm-dev")
    found = graded(options, samples, lambda s, n: Output(s.id, ("", "没有", "O", "A")[n % 4]))
    assert measured(found, "no_letter", "bustm-dev").value == 50.0
    assert measured(found, "accuracy", "bustm-dev").value == 12.5
    notes = [v.note for v in found.verdicts if v is not None][:3]
    assert notes == ["empty", "no letter", "wrong"]
    (table,) = found.confusions
    assert [row[-1] for row in table.counts] == [62, 58]  # neither A nor B


def test_what_was_never_answered_is_wrong(options: Options, suite: Suite) -> None:
    samples = family(suite, "bustm-dev")

    def say(sample: Sample, number: int) -> Output:
        failed = "timed out" if number % 2 else None
        return Output(sample.id, str(sample.gold.value), error=failed)

    found = graded(options, samples, say)
    accuracy = measured(found, "accuracy", "bustm-dev")
    assert (accuracy.value, accuracy.n) == (50.0, 160)
    assert measured(found, "no_letter", "bustm-dev").value == 50.0
    assert measured(found, "macro_recall", "bustm-dev").value < 60  # type: ignore[operator] # a number
    assert [v is None for v in found.verdicts[:4]] == [False, True, False, True]
    none = graded(options, samples, lambda s, _: Output(s.id, error="timed out"))
    accuracy = measured(none, "accuracy", "bustm-dev")
    assert (accuracy.value, accuracy.n) == (0.0, 160)


@pytest.mark.parametrize(
    ("text", "letter"),
    [("A", "A"), ("entailment", "A"), ("对", "A"), (" neutral\n", "C"), ("B", "B"), ("Aha", "")],
)
def test_scored_answers_are_the_label_however_spelt(
    options: Options, suite: Suite, text: str, letter: str
) -> None:
    sample = family(suite, "ocnli_fc-dev-ppl")[0]
    (verdict,) = graded(options, [sample], lambda s, _: Output(s.id, text)).verdicts
    assert verdict is not None
    assert "".join(verdict.found) == letter
    assert verdict.value == (letter == sample.gold.value)


def test_the_least_perplexity_is_the_answer_and_the_first_of_equals(
    options: Options, suite: Suite
) -> None:
    sample = family(suite, "ocnli_fc-dev-ppl")[0]  # contradiction comes first there, then A, then C
    for perplexity, letter in (
        ({"A": 1.0, "B": 2.0, "C": 3.0}, "A"),
        ({"A": 1.0, "B": 1.0, "C": 1.0}, "B"),
        ({"A": 2.0, "B": 2.5, "C": 2.0}, "A"),
        ({"A": 2.0}, ""),
    ):
        output = Output(sample.id, perplexity=perplexity)
        (verdict,) = grade(options, asking(options, [sample]), [output], None).verdicts
        assert verdict is not None
        assert "".join(verdict.found) == letter


def test_auc_ranks_the_shares_of_the_labels(options: Options, suite: Suite) -> None:
    samples = family(suite, "bustm-dev-ppl")

    def sure(sample: Sample, number: int) -> Output:
        # The level differs from pair to pair, as sentences do; only the difference tells.
        level, right = float(number), str(sample.gold.value)
        return Output(
            sample.id, "A", perplexity={x: level + (x != right) / (number + 1) for x in "AB"}
        )

    group = "bustm-dev-ppl"
    assert measured(graded(options, samples, sure), "auc", group).value == 1.0
    tied = graded(options, samples, lambda s, _: Output(s.id, "A", perplexity={"A": 2, "B": 2}))
    assert measured(tied, "auc", group).value == 0.5
    missing = measured(graded(options, samples, first_right(0)), "auc", group)
    assert (missing.value, missing.n, missing.note) == (None, 0, "no perplexities")


@given(st.dictionaries(st.sampled_from("ABC"), st.floats()), st.text(max_size=8))
def test_whatever_an_engine_returns_is_judged(
    options: Options, suite: Suite, perplexity: dict[str, float], text: str
) -> None:
    samples = [family(suite, name)[0] for name in ("ocnli_fc-dev", "ocnli_fc-dev-ppl")]
    found = graded(options, samples, lambda s, _: Output(s.id, text, perplexity=perplexity))
    assert all(verdict is not None and verdict.value in (0.0, 1.0) for verdict in found.verdicts)


def test_what_correct_means_is_said(one: Options) -> None:
    faithful, strict = build(one).profile, build(replace(one, rule="strict")).profile
    assert (faithful.id, strict.id) == ("fewclue/2", "fewclue-strict/2")
    assert "first capital letter" in faithful.means
    assert faithful.weights == {"AS": 1.0}


def test_the_formula_has_no_line_for_a_part_without_weight() -> None:
    lines = scoring(build(Options()).profile)["formula"]
    assert [line.split()[0] for line in lines] == ["AS", "c:", "total"]
