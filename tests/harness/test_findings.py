from __future__ import annotations

from harness.core import Finding
from harness.findings import by_rule, few, why


def test_few_findings_stay_as_they_are() -> None:
    findings = [Finding("a", "f:1"), Finding("b", "f:2"), Finding("a", "f:3", lost=True)]
    assert few(findings, most=2) == tuple(findings)


def test_of_many_the_first_stay_and_the_others_are_counted() -> None:
    findings = [Finding("a", f"f:{n}", "x", lost=n > 3) for n in range(1, 8)]
    other = Finding("b", "f:9")
    assert few([*findings, other], most=2) == (
        *findings[:2],
        other,
        Finding("a", "", "1 more", lost=False, count=1),
        Finding("a", "", "4 more", lost=True, count=4),
    )


def test_where_nothing_more_is_lost_nothing_says_so() -> None:
    findings = [Finding("a", f"f:{n}", lost=n == 1) for n in range(1, 4)]
    assert few(findings, most=1)[-1] == Finding("a", "", "2 more", lost=False, count=2)
    assert list(by_rule(few(findings, most=1))) == list(by_rule(findings))


def test_a_line_a_rule_says_what_is_left_out() -> None:
    findings = [
        Finding("a", "f:1", "x"), Finding("a", "f:2", lost=True), Finding("a", "f:3", lost=True),
        Finding("b", "f:4", "y", lost=True), Finding("c", "f:5"), Finding("c", "f:6"),
    ]  # fmt: skip
    assert list(by_rule(findings)) == [
        "a: 3, 2 left out, such as f:1 (x)",
        "c: 2, such as f:5",
        "b, left out: f:4 (y)",
    ]


def test_why_names_the_first_row_that_is_left_out() -> None:
    findings = [Finding("a", "f:1"), Finding("b", "f:2", "x", lost=True), Finding("c", "f:3")]
    assert why(findings) == " (f:2: b: x)"
    assert why(findings[:1]) == ""
