"""Added rows on the real suite: right, new, out of no test, and the same every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checker.check import check
from harness.config.sections import Augment
from harness.core import Domain, Gold, Message, Sample
from harness.curate.augment.add import Added, augment
from harness.curate.augment.checks import CONTRADICTS, LEAKS, THERE, WRONG, Gate
from harness.curate.decontaminate import HeldOut
from harness.curate.rows import Row
from harness.text.normalize import fold, prepare
from tests.harness.checker.forms import UNHURRIED
from tests.harness.curate.augment.made import row
from tests.harness.curate.boards import suite

KINDS = ("frames", "synonyms", "typos", "turns")
# Few questions name a value that has another spelling: only those of filters and comparisons.
SHARES = Augment(frames=0.5, synonyms=0.02, typos=1.0, turns=0.5, seed=1)
HELD_OUT = HeldOut(suite().test, 0.9)


@cache
def accepted() -> tuple[Row, ...]:
    """Four of the dozen wordings of each question that a spec takes that says nothing else."""
    few = [s for s in suite().train if int(s.template.rpartition("-")[2]) < 12][::3]
    return tuple(Row(sample, sample.reference) for sample in few)


def add(section: Augment, rows: Sequence[Row]) -> dict[str, Added]:
    return augment(section, rows, suite().domains, HELD_OUT)


@cache
def added() -> Mapping[str, Added]:
    return add(SHARES, accepted())


@cache
def new_rows() -> tuple[Row, ...]:
    return tuple(row for kind in added().values() for row in kind.rows)


def source(new: Row) -> Row:
    assert new.origin is not None
    return {row.sample.id: row for row in accepted()}[new.origin.source]


def digits(text: str) -> str:
    return "".join(c for c in fold(text) if c.isdigit())


def code(text: str) -> str:
    return "".join(prepare(text).split())


def test_each_kind_adds_its_share() -> None:
    assert {name: len(kind.rows) for name, kind in added().items()} == {
        name: round(getattr(SHARES, name) * len(accepted())) for name in KINDS
    }


def test_what_cannot_be_added_is_counted() -> None:
    few = [row for row in accepted() if row.sample.family == "lookup"][:40]
    kinds = add(Augment(synonyms=1.0, frames=10), few)
    assert kinds["synonyms"].summary() == {"asked_for": 40, "added": 0, "refused": {}}
    frames = kinds["frames"].summary()
    assert frames["asked_for"] == 400
    assert 300 < frames["added"] <= 400


def test_rows_that_share_an_id_are_changed_each() -> None:
    base = row("K1几点开？", ["K1"])
    rows = [Row(replace(r.sample, id="same"), r.answer) for r in (base, row("K1何时开？", ["K1"]))]
    made = add(Augment(frames=2.0), rows)["frames"].rows
    assert len({new.sample.id for new in made}) == len(made) == 4
    assert {"几点" in new.sample.question for new in made} == {True, False}


def test_nothing_asked_for_nothing_added() -> None:
    assert add(Augment(), accepted()) == {}


def test_an_added_row_is_right_new_and_out_of_no_test() -> None:
    said = {tuple(row.sample.messages) for row in accepted()}
    ids = {row.sample.id for row in accepted()}
    for new in new_rows():
        was = source(new)
        assert new.origin is not None
        assert new.origin.kind in KINDS
        assert (new.answer, new.sample.gold) == (was.answer, was.sample.gold)
        assert (new.sample.row, new.sample.family) == (was.sample.row, was.sample.family)
        assert tuple(new.sample.messages) not in said
        assert new.sample.id not in ids
        said.add(tuple(new.sample.messages))
        ids.add(new.sample.id)
        domain = suite().domains.get(new.sample.domain, Domain())
        asked = " ".join(m.content for m in new.sample.messages if m.role == "user")
        assert check(new.answer, new.sample.gold, asked, domain).value == 1.0
        assert HELD_OUT.near(new.sample.question, new.sample.named) is None


def test_every_figure_and_code_is_kept() -> None:
    for new in new_rows():
        was = source(new).sample
        asked = " ".join(m.content for m in new.sample.messages if m.role == "user")
        for value in was.named:
            if digits(value):
                assert code(value) in code(asked), (value, asked)
        if new.origin is not None and new.origin.kind != "turns":
            assert digits(new.sample.question) == digits(was.question)


def test_what_a_question_names_stands_in_it() -> None:
    for new in new_rows():
        assert all(value in new.sample.question for value in new.sample.named)


def test_no_two_right_answers_to_what_reads_the_same() -> None:
    golds: dict[str, set[str]] = {}
    for one in (*accepted(), *new_rows()):
        reads = "|".join(code(m.content) for m in one.sample.messages)
        golds.setdefault(reads, set()).add(str(one.sample.gold))
    assert all(len(found) == 1 for found in golds.values())


def test_a_follow_up_is_about_the_row_of_the_first_question() -> None:
    for new in added()["turns"].rows:
        *_, first, answer, second = new.sample.messages
        key = new.sample.row
        assert (first.role, answer.role, second.role) == ("user", "assistant", "user")
        assert key in first.content
        assert key not in second.content
        assert any(r.sample.question == first.content and r.answer == answer.content and
                   r.sample.row == key for r in accepted())  # fmt: skip


def test_missing_times_are_asked_about_in_follow_ups_too() -> None:
    assert any(row.sample.gold.kind == "none" for row in added()["turns"].rows)


def test_the_seed_alone_decides() -> None:
    section = Augment(frames=0.1, typos=0.1, turns=0.1)
    once, again = (questions(add(section, accepted())) for _ in range(2))
    assert once == again
    assert once != questions(add(section.model_copy(update={"seed": 9}), accepted()))


def test_the_seed_decides_which_change_a_row_gets() -> None:
    zero, one = (questions(add(Augment(frames=1.0, seed=seed), accepted())) for seed in (0, 1))
    assert len(zero & one) < 0.2 * len(zero)


@given(st.data())
@settings(UNHURRIED, max_examples=15)
def test_a_row_more_or_less_moves_few_others(data: st.DataObject) -> None:
    section = Augment(frames=0.2, typos=0.2, turns=0.2)
    rows = [row for row in accepted() if row.sample.template.startswith("lookup.g")]
    lost = data.draw(st.integers(0, len(rows) - 1))
    before, after = (
        questions(add(section, rows)),
        questions(add(section, rows[:lost] + rows[lost + 1 :])),
    )
    assert len(before ^ after) <= 0.05 * len(before) + 4


def questions(kinds: Mapping[str, Added]) -> set[tuple[Message, ...]]:
    return {row.sample.messages for kind in kinds.values() for row in kind.rows}


# --- the gate ------------------------------------------------------------------------------------


def gate(*rows: Row) -> Gate:
    return Gate(rows, {}, HeldOut([held_back()], 0.9))


def held_back() -> Sample:
    return row("我想知道K1次列车几点从这里开出", ["K1"]).sample


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        ("K420几点开车呢？", "07:05", None),
        ("K420几点开？", "07:05", THERE),
        ("K421几点开？", "07:05", THERE),
        ("ｋ421 几点开", "07:05", CONTRADICTS),
        ("我想知道K9次列车几点从这里开出呢", "07:05", LEAKS),
        ("K420几点开车呢？", "08:05", WRONG),
        ("K420几点开车呢？", "07:05或08:05", WRONG),
    ],
)
def test_gate(question: str, answer: str, why: str | None) -> None:
    other = row("K421几点开？", ["K421"])
    late = Row(replace(other.sample, gold=Gold("time", "09:00")), "09:00")
    guarded = gate(row("K420几点开？", ["K420"]), late)
    assert guarded.refuses(row(question, ["K420"], answer=answer)) == why


def test_what_was_let_through_is_there() -> None:
    guarded = gate()
    assert guarded.refuses(row("K420几点开？", ["K420"])) is None
    assert guarded.refuses(row("K420几点开？", ["K420"])) == THERE
