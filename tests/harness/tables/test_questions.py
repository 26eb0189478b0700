"""From a table to a suite: words, splits, contexts, and that nothing leaks."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.checker.check import check
from harness.core import Domain, Gold, Sample, Suite
from harness.errors import InputError
from harness.tables.definition import SuiteDefinition
from harness.tables.load import load_table
from harness.tables.programs import ask
from harness.tables.questions import Choices, build_suite, choice_problems, say
from harness.tables.suite_file import read_definition
from harness.tables.table import Row, Table
from harness.tables.wordings import wording_findings
from harness.text.normalize import fold
from suites.timetable import HERE, Options

BOARDS = ("board-24", "board-220")
TRACKS = ("closed-book", "open-book")
DEFINITION = read_definition(Options().definition)
PROGRAMS = {p.id: p for family in DEFINITION.families.values() for p in family.programs}


@cache
def table(board: str) -> Table:
    columns = [column.column() for column in DEFINITION.columns]
    return load_table(HERE / "tables" / f"{board}.xlsx", columns, DEFINITION.table_key())


@cache
def suite(board: str, track: str, match: str = "contains") -> Suite:
    return build_suite(DEFINITION, table(board), choices(track=track, match=match))


def choices(**given: Any) -> Choices:
    return Choices(**given)


def every(board: str, track: str) -> Sequence[Sample]:
    made = suite(board, track)
    return (*made.train, *made.held_out)


def definition(**changes: Any) -> SuiteDefinition:
    """Two programs over the small table below."""
    program = {
        "reference": "{key}次{value}开车。",
        "train": ["{key}次几点开车？"],
        "test": ["{key}几时发车？"],
    }
    late = {"delays": [5, 10, 70], "train": ["{key}次{time}开，晚{delay}，几点开？"], "test": []}
    tree = {
        "name": "small",
        "version": "1",
        "profile": {"id": "p/1", "weights": {"AS": 1.0}, "t_full": 0.5, "t_zero": 8.0},
        "key": "车次",
        "columns": [{"name": "车次", "kind": "text"}, {"name": "开点", "kind": "time"}],
        "families": {
            "ask": {
                "title": "查询",
                "programs": [
                    {**program, "id": "ask.time", "op": "lookup", "column": "开点"},
                    {**program, **late, "id": "ask.late", "op": "shift", "column": "开点"},
                ],
            },
            "none": {
                "title": "缺失",
                "programs": [
                    {
                        **program,
                        "id": "none.time",
                        "op": "missing",
                        "column": "开点",
                        "reference": "{key}次没有开点。",
                    }
                ],
            },
        },
    }
    return SuiteDefinition.model_validate({**tree, **changes})


def small(*keys: str) -> Table:
    columns = tuple(column.column() for column in definition().columns)
    rows = (Row(k, {"车次": k, "开点": sum(map(ord, k))}, n + 2) for n, k in enumerate(keys))
    return Table("small", "车次", columns, tuple(rows))


# --- every sample --------------------------------------------------------------------------------


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("board", BOARDS)
def test_ids_are_unique(board: str, track: str) -> None:
    samples = every(board, track)
    assert len({sample.id for sample in samples}) == len(samples)


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize(("board", "step"), [("board-24", 3), ("board-220", 37)])
def test_every_reference_is_right_by_the_answer_checker(board: str, step: int, track: str) -> None:
    domains = suite(board, track).domains
    wrong = [
        (sample.id, sample.reference, verdict)
        for sample in every(board, track)[::step]
        if (
            verdict := check(
                sample.reference,
                sample.gold,
                sample.question,
                domains.get(sample.domain, Domain()),
            )
        ).value
        != 1.0
    ]
    assert wrong == []


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("board", BOARDS)
def test_the_questions_of_train_and_both_wordings_are_apart(board: str, track: str) -> None:
    made = suite(board, track)
    sets: dict[str, set[str]] = {}
    for sample in (*made.train, *made.held_out):
        name = sample.template.partition("/")[2].partition("-")[0]
        sets.setdefault(name, set()).add(fold(sample.question))
    assert set(sets) == {"train", "test", "report"}
    for one, other in itertools.combinations(sets.values(), 2):
        assert not one & other


@pytest.mark.parametrize("board", BOARDS)
def test_no_question_has_two_answers(board: str) -> None:
    answers: dict[str, Gold] = {}
    for sample in every(board, "closed-book"):
        assert answers.setdefault(fold(sample.question), sample.gold) == sample.gold


def test_samples_know_their_clusters() -> None:
    sample = next(
        s for s in suite("board-24", "closed-book").test if s.template == "dwell.minutes/report-0"
    )
    assert sample.id == f"dwell.minutes/report-0/{sample.row}"
    assert table("board-24").row(sample.row).key in sample.question
    assert (sample.family, sample.split, sample.gold.kind) == ("dwell", "test", "duration")


def test_the_wording_of_a_match() -> None:
    for match, words in (("contains", "候车厅包含"), ("equals", "候车厅只有")):
        asked = [s for s in suite("board-24", "closed-book", match).train if s.family == "filter"]
        said = [s for s in asked if s.template.startswith("filter.hall_after")]
        assert said
        assert all(words in s.question for s in said)


def test_a_system_turn_goes_first() -> None:
    made = build_suite(definition(), small("K1"), choices(families=("ask",), system="答得短"))
    assert [m.role for m in made.test[0].messages] == ["system", "user"]
    assert made.test[0].messages[0].content == "答得短"
    assert made.test[0].question == "K1几时发车？"


def test_domains_are_what_names_can_be() -> None:
    domains = suite("board-24", "closed-book").domains
    assert domains["候车厅"].aliases["高架候车北区"] == "高架候车厅北区"
    assert "高架候车厅北区" in domains["候车厅"].values
    assert domains["车次"].values == {row.key for row in table("board-24").rows}
    assert set(domains) == {"车次", "始发站", "终到站", "候车厅", "检票口"}
    named = {s.domain for s in suite("board-24", "closed-book").test}
    assert named - {""} <= set(domains)


# --- wordings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("limit", [None, 7])
def test_both_wordings_ask_the_same_things_and_teach_the_same(track: str, limit: int) -> None:
    one, other = (
        build_suite(
            DEFINITION,
            table("board-24"),
            choices(track=track, wordings=wordings, test_limit=limit),
        )
        for wordings in ("test", "report")
    )
    assert (one.wordings, other.wordings) == ("test", "report")
    assert {s.template.partition("/")[2][:-2] for s in one.test} == {"test"}
    assert {s.template.partition("/")[2][:-2] for s in other.test} == {"report"}
    assert len(one.test) == len(other.test)
    if limit is None:
        golds = [sorted((s.row, str(s.gold)) for s in made.test) for made in (one, other)]
        assert golds[0] == golds[1]
    assert one.train == other.train
    assert one.held_out == other.held_out == (*one.test, *other.test)
    assert {sample.split for sample in one.held_out} == {"test"}
    assert one.findings == other.findings == ()


def worded(**sets: Sequence[str]) -> SuiteDefinition:
    """A suite file whose program has these sets of phrasings."""
    made = definition()
    family = made.families["ask"]
    program = family.programs[0].model_copy(update={"test": (), "report": (), **sets})
    families = {"ask": family.model_copy(update={"programs": (program,)})}
    return made.model_copy(update={"families": families})


@pytest.mark.parametrize(
    ("sets", "wordings", "asked", "said", "rules"),
    [
        (("test", "report"), "test", "K1/test", "test", []),
        (("test", "report"), "report", "K1/report", "report", []),
        (("test",), "test", "K1/test", "test", []),
        (("test",), "report", "K1/test", "test", ["no wordings kept for reporting"]),
        (("report",), "test", "K1/report", "test", ["no wordings to develop on"]),
        (("report",), "report", "K1/report", "test", ["no wordings to develop on"]),
    ],
)
def test_a_number_is_fresh_only_where_both_sets_are_there(
    sets: Sequence[str], wordings: str, asked: str, said: str, rules: Sequence[str]
) -> None:
    made = build_suite(
        worded(**{name: ("{key}/" + name,) for name in sets}),
        small("K1"),
        choices(wordings=wordings),
    )
    assert [sample.question for sample in made.test] == [asked]
    assert made.test[0].template == f"ask.time/{asked[3:]}-0"
    assert made.wordings == said
    assert [finding.rule for finding in made.findings] == rules
    assert all(finding.where == "program ask.time" for finding in made.findings)
    assert len(made.held_out) == (2 if len(sets) == 2 else 0)


def test_only_the_families_that_are_asked_are_told_of() -> None:
    made = worded(test=("{key}/test",))
    whole = {**made.families, "other": DEFINITION.families["lookup"]}
    both = made.model_copy(update={"families": whole})
    assert len(list(wording_findings(both, (), "report"))) == 1
    assert list(wording_findings(both, ("other",), "report")) == []


# --- draws ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("track", TRACKS)
def test_the_same_seed_gives_the_same_suite(track: str) -> None:
    given = choices(track=track, test_limit=7, seed=3)
    assert build_suite(DEFINITION, table("board-24"), given) == build_suite(
        DEFINITION, table("board-24"), given
    )


@pytest.mark.parametrize("track", TRACKS)
def test_another_seed_gives_another(track: str) -> None:
    one, other = (
        build_suite(DEFINITION, table("board-24"), choices(track=track, test_limit=7, seed=seed))
        for seed in (0, 1)
    )
    assert one.test != other.test


def test_a_test_limit_bounds_every_family() -> None:
    made = build_suite(DEFINITION, table("board-220"), choices(test_limit=9))
    counts = [sum(s.family == family for s in made.test) for family in DEFINITION.families]
    assert counts == [9] * 7
    assert made.train == suite("board-220", "closed-book").train


def test_adding_a_row_leaves_the_questions_of_others_alone() -> None:
    few, more = (
        build_suite(definition(), small(*keys), choices(families=("ask",)))
        for keys in (("K1", "K2", "K3"), ("K0", "K1", "K2", "K3"))
    )

    before, after = (
        {s.id: s for s in made.train if s.template.startswith("ask.late")} for made in (few, more)
    )
    assert len(before) == 3
    assert {name: after[name] for name in before} == before


# --- open book -----------------------------------------------------------------------------------


def context(sample: Sample) -> list[list[str]]:
    """Header and rows of the prompt."""
    return list(csv.reader(io.StringIO(sample.question.rpartition("\n")[0])))


@pytest.mark.parametrize("board", BOARDS)
def test_an_open_book_answer_follows_from_the_rows_in_the_prompt(board: str) -> None:
    whole = table(board)
    # One wording of each question will do: they share their rows.
    for sample in (s for s in every(board, "open-book") if s.template.endswith("-0")):
        header, *lines = context(sample)
        assert header == [column.name for column in whole.columns]
        shown = dataclasses.replace(whole, rows=tuple(whole.row(line[0]) for line in lines))
        program = PROGRAMS[sample.template.partition("/")[0]].model_copy(update={"limit": None})
        again = {q.cluster: q.gold for q in ask(program.program("contains"), shown, 0)}
        assert again[sample.row] == sample.gold


@pytest.mark.parametrize("board", BOARDS)
def test_open_book_rows_are_the_tables_cells(board: str) -> None:
    for sample in suite(board, "open-book").test[:40]:
        _, *lines = context(sample)
        numbers = [table(board).row(line[0]).number for line in lines]
        assert numbers == sorted(numbers)
        for key, origin, _, arrival, _, hall, _, platform in lines:
            row = table(board).row(key)
            assert origin == row["始发站"]
            assert (arrival == "") == (row["到点"] is None)
            assert hall == "、".join(str(part) for part in row["候车厅"] or ())  # type: ignore[union-attr] # a list column
            assert platform == str(row["站台"])


@pytest.mark.parametrize("board", BOARDS)
def test_no_unseen_row_occurs_in_training(board: str) -> None:
    made = suite(board, "open-book")
    tested = {line[0] for sample in made.test for line in context(sample)[1:]}
    taught = {line[0] for sample in made.train for line in context(sample)[1:]}
    assert tested
    assert taught
    assert not tested & taught
    assert len(tested) == round(0.2 * len(table(board).rows))
    words = {word for sample in made.train for word in sample.reference.rstrip("次。").split("、")}
    assert not tested & words


def test_a_context_has_as_many_rows_as_asked_for_where_there_are() -> None:
    made = build_suite(DEFINITION, table("board-220"), choices(track="open-book", context_rows=5))
    lookups = [s for s in made.test if s.family == "lookup"]
    assert {len(context(sample)) - 1 for sample in lookups} == {5}
    alone = build_suite(DEFINITION, table("board-220"), choices(track="open-book", context_rows=1))
    assert {len(context(s)) - 1 for s in alone.test if s.family == "lookup"} == {1}


def test_a_cell_with_a_comma_stays_one_cell() -> None:
    made = build_suite(
        definition(), small("K1,2", 'K"3', "K4"), choices(families=("ask",), track="open-book")
    )
    keys = {line[0] for sample in (*made.train, *made.test) for line in context(sample)[1:]}
    assert keys == {"K1,2", 'K"3', "K4"}


def test_one_row_cannot_be_split() -> None:
    with pytest.raises(InputError, match="small: the open-book track needs at least two rows"):
        build_suite(definition(), small("K1"), choices(track="open-book"))


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_both_sides_keep_a_row(share: float) -> None:
    given = choices(track="open-book", families=("ask",), unseen_rows=share)
    made = build_suite(definition(), small("K1", "K2", "K3", "K4"), given)
    taught = {s.row for s in made.train}
    asked = {s.row for s in made.test}
    assert taught
    assert asked
    assert taught | asked == {"K1", "K2", "K3", "K4"}
    assert not taught & asked


# --- what cannot be ------------------------------------------------------------------------------


def test_a_family_without_a_question_is_left_out_with_a_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = build_suite(definition(), small("K1"), choices())
    assert made.families == {"ask": "查询"}
    assert [record.message for record in caplog.records] == [
        "small: family none left out: nothing to ask about these rows"
    ]


def test_a_family_chosen_by_name_without_a_question() -> None:
    sentence = "^small: no question of the family none can be asked over it$"
    with pytest.raises(InputError, match=sentence):
        build_suite(definition(), small("K1"), choices(families=("none",)))


def test_a_table_of_which_nothing_can_be_asked(caplog: pytest.LogCaptureFixture) -> None:
    families = {"none": definition().families["none"].model_dump()}
    with pytest.raises(InputError, match="small: no question can be asked over its rows"):
        build_suite(definition(families=families), small("K1"), choices())
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"families": ("ask", "nine")},
            "families: suite small has no family 'nine' (did you mean 'none'?)",
        ),
        ({"test_limit": 0}, "test_limit: must be at least 1, not 0"),
        ({"context_rows": 0}, "context_rows: must be at least 1, not 0"),
        ({"unseen_rows": 0.0}, "unseen_rows: must lie between 0 and 1, not 0"),
        ({"unseen_rows": 1.0}, "unseen_rows: must lie between 0 and 1, not 1"),
        ({"unseen_rows": float("nan")}, "unseen_rows: must lie between 0 and 1, not nan"),
    ],
)
def test_choices_that_cannot_be(given: dict[str, Any], problem: str) -> None:
    assert list(choice_problems(choices(**given), definition())) == [problem]
    with pytest.raises(InputError) as caught:
        build_suite(definition(), small("K1"), choices(**given))
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("gold", "next_day", "words"),
    [
        (Gold("none", None), False, "无"),
        (Gold("set", ()), False, "无"),
        (Gold("set", ("K1", "K2")), False, "K1、K2"),
        (Gold("time", "00:12"), False, "00:12"),
        (Gold("time", "00:12"), True, "次日00:12"),
        (Gold("number", 3.0), False, "3"),
        (Gold("number", 2.5), False, "2.5"),
        (Gold("number", 12345678.0), False, "12345678"),
        (Gold("duration", 32.0), False, "32分钟"),
        (Gold("text", "兰州"), False, "兰州"),
    ],
)
def test_say(gold: Gold, next_day: bool, words: str) -> None:
    assert say(gold, next_day) == words


def test_a_table_of_ones_own_through_the_suite(tmp_path: Path) -> None:
    """As a user: a csv in another encoding, its columns in another order, one more column."""
    path = tmp_path / "mine.csv"
    text = (
        "备注,站台,车次,终到站,始发站,开点,到点,检票口,候车厅\r\n"
        "x,3,K4547/6,宝鸡,西宁,00:12,23:40,1A,东厅；西厅\r\n"
        "y,,0K12,西安,兰州,--,9:05,,西厅\r\n"
    )
    path.write_bytes(text.encode("gb18030"))
    columns = [column.column() for column in DEFINITION.columns]
    made = build_suite(
        DEFINITION,
        load_table(path, columns, "车次"),
        choices(families=("lookup", "dwell", "missing"), wordings="test"),
    )
    answers = {s.id: s.gold.value for s in made.test}
    assert answers["dwell.minutes/test-0/K4547/6"] == 32.0
    assert answers["missing.departure/test-1/0K12"] is None
    assert answers["lookup.hall/test-0/K4547/6"] == ("东厅", "西厅")
    assert "lookup.platform/test-0/0K12" not in answers


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("wordings", ["test", "report"])
def test_a_model_is_judged_while_it_trains_on_what_is_never_reported(
    track: str, wordings: str
) -> None:
    made = build_suite(DEFINITION, table("board-24"), choices(track=track, wordings=wordings))
    reported = build_suite(DEFINITION, table("board-24"), choices(track=track)).test
    assert {sample.family for sample in made.probe} == set(made.families)
    assert not {s.template for s in made.probe} & {s.template for s in reported}
    assert not {s.id for s in made.probe} & {s.id for s in reported}


def test_wordings_that_are_reported_for_want_of_others_judge_nothing() -> None:
    made = build_suite(definition(), small("K1", "K2"), choices(wordings="test"))
    assert made.test
    assert made.probe == ()
