from __future__ import annotations

import importlib

import pytest

from reports.distilled import Chars
from reports.leaderboard import Leaderboard
from reports.strings import Note, say, words
from reports.training import Lesson, family_rows, lessons, matrix, reasons, untaught
from reports.training_facts import facts, headline, overview, rejections, set_facts
from tests.reports.conftest import MakeBoard
from tests.reports.folders import FAMILIES, Entrant
from tests.reports.teaching import BROKEN, WRONG, Json, distillation, training_set

LOOKUP, FILTER, COMPARE = FAMILIES[:3]


def taught(name: str, distill: Json, dataset: Json | None = None, **summary: object) -> Entrant:
    return Entrant(name, distill=distill, dataset=dataset, summary=summary, loss=False)


def only(board: Leaderboard) -> Lesson:
    (lesson,) = lessons(board)
    return lesson


def labels(lesson: Lesson) -> list[str]:
    return [entry.label for entry in lesson.entries]


def told(pairs: list[tuple[Note | str, Note | str]]) -> dict[str, str]:
    def plain(words: Note | str) -> str:
        return words if isinstance(words, str) else say(words)

    return {plain(label): plain(text) for label, text in pairs}


def test_entries_that_share_a_distillation_share_a_lesson(make_board: MakeBoard) -> None:
    first, other = distillation(), distillation(teacher="other")
    board = make_board(
        taught("a", first, training_set()),
        taught("b", other),
        taught("c", first, training_set(duplicates=1)),
        taught("d", first, training_set()),
        Entrant("base"),
    )
    found = {lesson.distillation.teacher: lesson for lesson in lessons(board)}
    assert {name: sorted(labels(lesson)) for name, lesson in found.items()} == {
        "qwen3-8b": ["a", "c", "d"],
        "other": ["b"],
    }
    sets = [sorted(entry.label for entry in one.entries) for one in found["qwen3-8b"].sets]
    assert sorted(sets) == [["a", "d"], ["c"]]
    assert found["other"].sets == ()


def test_equal_numbers_from_two_stages_are_two_lessons(make_board: MakeBoard) -> None:
    same = distillation()
    board = make_board(
        taught("a", same, stages={"distill": "1f"}),
        taught("b", same, stages={"distill": "2e"}),
        taught("c", same, stages={"distill": "1f"}),
        taught("d", same, stages="lost"),
    )
    found = sorted(sorted(labels(lesson)) for lesson in lessons(board))
    assert found == [["a", "c"], ["b"], ["d"]]


def test_a_board_that_was_taught_nothing_has_no_lesson(make_board: MakeBoard) -> None:
    assert lessons(make_board(Entrant("a"))) == []


@pytest.mark.parametrize(
    ("spec", "way"),
    [({"distill": {"way": "ask"}}, "ask"), ({"distill": "x"}, ""), ({"distill": {"way": 3}}, "")],
)
def test_the_way_stands_in_the_spec(make_board: MakeBoard, spec: Json, way: str) -> None:
    lesson = only(make_board(Entrant("a", distill=distillation(), spec=spec)))
    assert lesson.way == way
    assert told(facts(lesson)).get("way", "") == way


def test_families_of_the_test_come_first_with_what_they_lack(make_board: MakeBoard) -> None:
    counts = {"extra": (5, 1), LOOKUP: (20, 4)}
    data = training_set({"extra": 5, LOOKUP: 15})
    board = make_board(taught("a", distillation(counts), data), count=70)
    rows = {row.name: row for row in family_rows(board, only(board))}
    assert list(rows) == [*FAMILIES, "extra"]
    assert rows[LOOKUP].tested == pytest.approx(1 / 7)
    assert rows["extra"].tested is None
    assert rows["extra"].reference is None
    assert rows[FILTER].taught is None
    held = {name: row.held[0] for name, row in rows.items()}
    assert {name: one and one.rows for name, one in held.items() if one and one.rows} == {
        LOOKUP: 15,
        "extra": 5,
    }
    assert [one and one.share for one in held.values()][:2] == [0.75, 0.0]


def test_reference_lengths_are_those_of_the_test_questions(make_board: MakeBoard) -> None:
    board = make_board(taught("a", distillation()), count=70)
    row = next(row for row in family_rows(board, only(board)) if row.name == LOOKUP)
    lengths = sorted(len(s.reference) for s in board.samples.values() if s.family == LOOKUP)
    assert len(lengths) == 10
    assert row.reference == Chars(lengths[4], lengths[9])


def test_a_training_set_that_counts_no_families_says_nothing_of_them(
    make_board: MakeBoard,
) -> None:
    bare = training_set({})
    board = make_board(taught("a", distillation(), bare))
    assert {row.held for row in family_rows(board, only(board))} == {(None,)}


def test_a_share_that_is_not_given_is_worked_out(make_board: MakeBoard) -> None:
    bare = {**training_set({}), "rows": 8, "families": {LOOKUP: {"rows": 2}}}
    board = make_board(taught("a", distillation(), bare))
    (held,) = family_rows(board, only(board))[0].held
    assert held is not None
    assert held.share == 0.25


def test_reasons_and_families_are_ranked_and_strangers_are_whole_replies(
    make_board: MakeBoard,
) -> None:
    by = {
        BROKEN: {"distill": 2},
        WRONG: {FILTER: 7, LOOKUP: 3},
        "odd": {LOOKUP: 8, COMPARE: 1, "distill": 1},
    }
    counts = {reason: sum(rows.values()) for reason, rows in by.items()}
    made = distillation(reasons=counts, reasons_by_family=by)
    board = make_board(taught("a", made))
    lesson = only(board)
    assert reasons(lesson) == [(WRONG, 10), ("odd", 10), (BROKEN, 2)]
    table = matrix(lesson)
    assert table is not None
    assert table.families == (LOOKUP, FILTER, None, COMPARE)
    assert table.rows == (
        (WRONG, (3, 7, 0, 0)),
        ("odd", (8, 0, 1, 1)),
        (BROKEN, (0, 0, 2, 0)),
    )
    assert [table.shade(count) for count in (0, 1, 3, 7, 8)] == [None, 4, 3, 1, 0]


def test_nobody_counted_families(make_board: MakeBoard) -> None:
    assert matrix(only(make_board(taught("a", distillation(reasons_by_family={}))))) is None


def test_what_a_paid_distillation_comes_to(make_board: MakeBoard) -> None:
    lesson = only(make_board(taught("a", distillation())))
    assert told(facts(lesson)) == {
        "teacher": "qwen3-8b",
        "wanted": "140",
        "accepted": "140",
        "rejected": "28 (17%)",
        "calls": "42",
        "prompt tokens": "31,000",
        "answer tokens": "6,000",
        "tokens per accepted row": "264",
        "money": "0.0123",
    }
    assert say(headline(lesson)) == "qwen3-8b: 140 rows accepted, 28 rejected (17%). For a."
    why = rejections(lesson)
    assert why is not None
    assert say(why) == f"Rejected for a: {WRONG} (21), {BROKEN} (7)."


def test_what_a_free_distillation_comes_to(make_board: MakeBoard) -> None:
    free = distillation(
        dict.fromkeys(FAMILIES, (20, 0)), wanted=None, cost=None, prompt_tokens=0, output_tokens=0
    )
    lesson = only(make_board(taught("a", free)))
    assert list(told(facts(lesson)).values()) == ["qwen3-8b", "all there are", "140", "0"]
    assert say(headline(lesson)) == "qwen3-8b: 140 rows accepted, none rejected. For a."
    assert rejections(lesson) is None


def test_what_became_of_the_accepted_rows(make_board: MakeBoard) -> None:
    added = {
        "typos": {"asked_for": 20, "added": 12, "refused": {"there already": 3}},
        "turns": {"asked_for": 5, "added": 5, "refused": {}},
        "dreams": {"added": 1},
    }
    changed = training_set(duplicates=3, near_duplicates=None, leaked=1, augmented=added)
    (one,) = only(make_board(taught("a", distillation(), changed))).sets
    assert told(set_facts(one)) == {
        "trained on": "133",
        "duplicates dropped": "3",
        "near duplicates dropped": "–",
        "test questions dropped": "1",
        "added: typos": "12 of 20",
        "added: follow-ups": "5",
        "added: dreams": "1",
    }


def test_the_overview_has_a_row_a_training_set(make_board: MakeBoard) -> None:
    board = make_board(
        taught("a", distillation(), training_set()),
        taught("b", distillation(), training_set(leaked=2)),
        taught("c", distillation(teacher="other", cost=None)),
    )
    keys, rows = overview(lessons(board))
    assert keys[:3] == ["taught", "teacher", "wanted"]
    assert keys[-3:] == ["money", "training_rows", "left_out"]
    cells = {say(row[0]): row for row in rows if isinstance(row[0], Note)}
    assert sorted(cells) == ["a", "b", "c"]
    assert cells["b"][-2:] == ["133", "2"]
    assert cells["c"][-3:] == ["–", "–", "–"]


@pytest.mark.parametrize(
    ("distill", "dataset", "lacking"),
    [
        (None, None, []),
        (distillation(), None, []),
        (distillation({LOOKUP: (20, 1)}), None, list(FAMILIES[1:])),
        (distillation(), training_set({LOOKUP: 1, FILTER: 0}), list(FAMILIES[1:])),
        (distillation(), training_set({}), []),
        (distillation({}), training_set({}), []),
    ],
)
def test_families_that_no_row_is_about(
    make_board: MakeBoard, distill: Json | None, dataset: Json | None, lacking: list[str]
) -> None:
    board = make_board(Entrant("a", distill=distill, dataset=dataset))
    assert untaught(board.first.run) == lacking


def test_a_family_without_test_questions_lacks_nothing(make_board: MakeBoard) -> None:
    families = {LOOKUP: {"n": 9, "AS": 50.0}, FILTER: {"n": 0, "AS": None}}
    made = distillation({LOOKUP: (20, 1)})
    board = make_board(taught("a", made, families=families))
    assert untaught(board.first.run) == []


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("harness.distill.request", ("NO_REPLY", "UNREADABLE", "CUT_OFF", "NO_ITEM", "TWICE")),
        ("harness.distill.request", ("YAML", "EMPTY")),
        ("harness.models.no_answer", ("THOUGHT", "TOOLS", "FILTERED", "REFUSED")),
        (
            "harness.distill.verify.verifier",
            ("DUPLICATE", "CONTRADICTION", "TEST_PHRASING", "DRIFTS"),
        ),
        ("harness.distill.verify.verifier", ("OTHER_ROW", "NO_QUESTION", "ANOTHER_SET")),
        (
            "harness.distill.verify.question",
            ("LEAVES_OUT", "ADDS", "REVERSED", "LANGUAGE", "NOT_PLAIN"),
        ),
        ("harness.distill.verify.answer", ("NOT_PLAIN", "LANGUAGE", "ADDS", "DRIFTS", "HEDGES")),
        ("harness.distill.verify.answer", ("IS_WRONG", "IS_EMPTY")),
        ("harness.tables.forms", ("UNKNOWN", "INCOMPLETE", "NO_ANSWER")),
        ("harness.distill.ways.conversations", ("NO_ANSWER",)),
        ("harness.distill.ways.extract", ("NO_WORDS", "ECHO")),
        (
            "harness.distill.dialogue.locate",
            ("NO_LINE", "INVENTED", "NARRATED", "NOT_NAMED", "ANOTHER"),
        ),
        ("harness.distill.distillation", ("MORE",)),
    ],
)
def test_every_reason_has_its_words_in_both_languages(module: str, names: tuple[str]) -> None:
    found = importlib.import_module(module)
    for name in names:
        reason = getattr(found, name)
        assert words()[f"reason: {reason}"] == reason
        assert words("zh")[f"reason: {reason}"] != reason
