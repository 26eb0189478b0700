from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.data.conversation import Conversation, Turn
from harness.data.question_key import question_of
from harness.data.repeats import Counts, Repeats
from tests.harness.data.made import roleplay_rows

CASES = yaml.safe_load((Path(__file__).parent / "cases/repeats.yaml").read_text(encoding="utf-8"))


def _said(*turns: tuple[str, str]) -> Conversation:
    return Conversation(tuple(Turn(role, content) for role, content in turns))  # type: ignore[arg-type] # roles of the cases


def _fed(rows: list[Conversation]) -> Repeats:
    repeats = Repeats()
    for number, conversation in enumerate(rows, start=1):
        repeats.add(str(number), conversation)
    return repeats


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_cases(case: dict[str, Any]) -> None:
    repeats = _fed(
        [_said(*((r, t) for turn in row for r, t in turn.items())) for row in case["rows"]]
    )
    assert repeats.counts() == Counts(rows=len(case["rows"]), **case["counts"])
    found = [[finding.rule, int(finding.where)] for finding in repeats.findings()]
    assert found == case["findings"]


def test_a_role_play_set_says_how_often_it_repeats_itself() -> None:
    rows = [
        _said(("user", row["instruction"]), ("assistant", row["output"])) for row in roleplay_rows()
    ]
    repeats = _fed(rows)
    counts = repeats.counts()
    assert (counts.rows, counts.duplicate_pairs, counts.repeated_instructions) == (3729, 112, 238)
    assert len(list(repeats.findings())) == 112 + 238
    assert "duplicate pairs: 112 (" in counts.as_text()[0]
    assert "replies: 238, in" in counts.as_text()[1]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["1", "2", "2."])), max_size=12))
def test_counts_agree_with_counting_by_hand(pairs: list[tuple[str, str]]) -> None:
    counts = _fed([_said(("user", q), ("assistant", a)) for q, a in pairs]).counts()
    replies = {q: {a for asked, a in pairs if asked == q} for q, _ in pairs}
    repeated = {q for q in replies if len(replies[q]) > 1}
    conflict = {q for q in replies if len({a.rstrip(".") for a in replies[q]}) > 1}
    assert counts == Counts(
        rows=len(pairs),
        duplicate_pairs=len(pairs) - len(set(pairs)),
        asked_again=sum([q for q, _ in pairs].count(q) > 1 for q in replies),
        repeated_instructions=len(repeated),
        repeated_rows=sum(q in repeated for q, _ in pairs),
        conflicting_instructions=len(conflict),
        conflicting_rows=sum(q in conflict for q, _ in pairs),
    )


def test_a_finding_names_a_few_rows_and_counts_the_rest() -> None:
    repeats = _fed([_said(("user", "几点以后开"), ("assistant", f"{n}趟")) for n in range(29)])
    (finding,) = repeats.findings()
    assert finding.where == "1"
    assert "stands in 29 rows with 29 different replies: also 2, 3, 4" in finding.detail
    assert finding.detail.endswith("9 and 20 more")
    assert not finding.lost


def test_half_a_surrogate_pair_is_text_like_any_other() -> None:
    row = _said(("user", "\ud83d"), ("assistant", "\ude00"))
    assert _fed([row, row]).counts().duplicate_pairs == 1


def test_the_question_is_all_that_the_user_says() -> None:
    turns = _said(("system", "s"), ("user", "a"), ("assistant", "b"), ("user", "c")).turns
    assert question_of(turns) == "a\nc"


def test_an_earlier_row_is_named_by_its_place_in_the_file() -> None:
    row, repeats = _said(("user", "几点开"), ("assistant", "七点")), Repeats()
    for where in ("board-220.xlsx: row 17", "board-220.xlsx: row 40"):
        repeats.add(where, row)
    (finding,) = repeats.findings()
    assert finding.where == "board-220.xlsx: row 40"
    assert finding.detail == "equal to board-220.xlsx: row 17 in every turn"
