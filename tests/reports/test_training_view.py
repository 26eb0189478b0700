from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports.leaderboard import Leaderboard
from reports.page import PAGE, pages
from reports.strings import Note, say
from tests.reports.conftest import MakeBoard, eight
from tests.reports.folders import FAMILIES, Entrant
from tests.reports.teaching import BROKEN, WRONG, distillation, many, refused, training_set

GOLDEN = Path(__file__).parent / "golden" / "training.html"
LOOKUP, FILTER, COMPARE = FAMILIES[:3]


def section(board: Leaderboard) -> str:
    """The section on training data; empty where there is none."""
    page = pages(board)[PAGE].decode("utf-8")
    found = re.search(r'<section id="training">.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def words(html: str) -> str:
    """What a reader sees, with one space between."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def lesson(**fields: Any) -> Entrant:
    return Entrant("lora", distill=distillation(**fields), dataset=training_set(), loss=False)


def test_golden(make_board: MakeBoard) -> None:
    counts = {LOOKUP: (6, 2), FILTER: (4, 8), "count": (2, 0)}
    distill = distillation(
        counts,
        reasons_by_family={WRONG: {LOOKUP: 2, FILTER: 5}, BROKEN: {FILTER: 1, "distill": 2}},
        examples={WRONG: [refused()], BROKEN: [refused("", answer="", family="distill")]},
    )
    dataset = training_set(
        {LOOKUP: 6, "count": 2, FILTER: 3},
        duplicates=1,
        augmented={"typos": {"asked_for": 2, "added": 1, "refused": {"there already": 1}}},
        examples={"duplicates": [{"id": "t1", "question": "哪些？", "like": "t0"}]},
    )
    board = make_board(Entrant("lora", distill=distill, dataset=dataset), count=14)
    assert section(board) == GOLDEN.read_text("utf-8")


def test_no_distillation_no_section(make_board: MakeBoard) -> None:
    assert section(make_board(Entrant("a"))) == ""


def test_where_nothing_was_rejected_one_line_is_all_that_shows(make_board: MakeBoard) -> None:
    quiet = distillation(dict.fromkeys(FAMILIES, (50, 0)), teacher="template")
    entrants = [
        Entrant(n, distill=quiet, dataset=training_set(), seed=at) for at, n in enumerate("ab")
    ]
    html = section(make_board(*entrants))
    folded = re.sub(r"<details.*</details>", "", html, flags=re.DOTALL)
    assert words(folded) == "Training data"
    assert html.count('<details class="lesson">') == 1
    shown = re.search(r"<summary>(.*?)</summary>", html, re.DOTALL)
    assert shown is not None
    assert words(shown[1]).startswith("template: 350 rows accepted, none rejected. For ")
    assert "Rejected, by reason" not in html
    assert "Examples of rejected rows" not in html


def test_one_lesson_with_rejected_rows_stands_open(make_board: MakeBoard) -> None:
    html = section(make_board(lesson()))
    assert html.count('<details class="lesson" open>') == 1
    assert "<table" not in html.partition("<details")[0]


def test_several_lessons_are_compared_and_folded(make_board: MakeBoard) -> None:
    board = make_board(
        *(Entrant(n, distill=distillation(teacher=f"t{n}"), dataset=training_set()) for n in "abc")
    )
    html = section(board)
    assert html.count('<details class="lesson">') == 3
    before = html.partition("<details")[0]
    assert before.count('<th scope="row">') == 3
    assert {f"t{n}" for n in "abc"} <= set(words(before).split())


def test_a_family_that_the_test_asks_and_nothing_teaches_is_marked(make_board: MakeBoard) -> None:
    held = training_set({name: 9 for name in FAMILIES if name != FILTER})
    html = section(make_board(Entrant("a", distill=distillation(), dataset=held)))
    assert html.count('<td class="num missing">0</td>') == 1
    row = next(row for row in html.split("<tr>") if row.startswith(f'<th scope="row">{FILTER}<'))
    assert "missing" in row


def test_a_bar_is_as_long_as_its_share_and_its_tick_is_the_test(make_board: MakeBoard) -> None:
    held = training_set({**dict.fromkeys(FAMILIES, 0), LOOKUP: 30, FILTER: 10})
    html = section(make_board(Entrant("a", distill=distillation(), dataset=held), count=70))
    wide = [float(text) for text in re.findall(r'width="([^"]*)" height="9" class="held"', html)]
    assert wide == [96, 32, *[0] * 5]
    ticks = [float(x) for x in re.findall(r'<line x1="([^"]*)"[^>]*class="whisker"', html)]
    assert ticks == pytest.approx([96 / 7 / 0.75] * 7, abs=0.05)


def test_examples_are_one_of_each_reason_before_a_second(make_board: MakeBoard) -> None:
    counts = {f"reason {at:02}": 100 - at for at in range(10)}
    examples = {name: [refused(f"{name} {at}?") for at in range(3)] for name in sorted(counts)}
    html = section(make_board(lesson(reasons=counts, examples=examples, reasons_by_family={})))
    shown = re.findall(r"(reason \d\d \d)\?", html)
    assert shown == [
        "reason 00 0", "reason 00 1", "reason 01 0", "reason 01 1",
        *(f"reason {at:02} 0" for at in range(2, 10)),
    ]  # fmt: skip


def test_examples_of_a_reason_that_nobody_counted_come_last(make_board: MakeBoard) -> None:
    examples = {"odd": [refused("odd?")], WRONG: [refused("wrong?")]}
    html = section(make_board(lesson(examples=examples)))
    assert html.index("wrong?") < html.index("odd?")


def test_texts_are_cut_with_a_mark_and_stay_on_their_line(make_board: MakeBoard) -> None:
    row = refused("一" * 300, answer="a\nb\tc", raw="长" * 5000 + "\n尾")
    html = section(make_board(lesson(examples={WRONG: [row]})))
    assert "一" * 240 + " […60 more characters; the whole is in rejected.jsonl]" in html
    assert "a⏎b⇥c" in html
    assert "[…4,002 more characters; the whole is in rejected.jsonl]" in html
    assert "长" * 1001 not in html


def test_rows_of_the_table_above_a_question_are_left_out(make_board: MakeBoard) -> None:
    row = refused("车次 始发站\nK1 西安\nK1从哪里始发？")
    html = section(make_board(lesson(examples={WRONG: [row]})))
    assert ">… K1从哪里始发？ <" in html
    assert "车次 始发站" not in html


def test_many_families_and_reasons_draw_a_bounded_page(make_board: MakeBoard) -> None:
    sizes = []
    for size in (60, 240):
        held = training_set({f"family {at} of t": 3 for at in range(size)})
        made = Entrant(f"t{size}", distill=many("t", size), dataset=held)
        html = section(make_board(made, count=7))
        assert html.count("The first 40 are listed; leaderboard.xlsx holds all.") == 1
        assert html.count("The first 20 are listed; leaderboard.xlsx holds all.") == 1
        assert html.count("The first 24 are listed; leaderboard.xlsx holds all.") == 1
        assert f"reason {size - 1}<" in html
        assert "reason 0<" not in html
        sizes.append(len(html.encode()))
    assert sizes[1] < 1.05 * sizes[0] < 200_000


def test_many_lessons_and_sets_draw_a_bounded_page(make_board: MakeBoard) -> None:
    shared = distillation()
    board = make_board(
        *(Entrant(f"l{at}", distill=distillation(teacher=f"t{at}")) for at in range(10)),
        *(Entrant(f"s{at}", distill=shared, dataset=training_set(rows=at)) for at in range(6)),
        count=7,
    )
    html = section(board)
    assert html.count('<details class="lesson">') == 8
    assert "Only the first 8 distillations are shown row by row." in html
    assert html.partition("<details")[0].count('<th scope="row">') == 16
    drawn = tuple(e for e in board.entries if e.label.startswith("s"))
    alone = replace(board, entries=drawn, ranking=replace(board.ranking, pairs=()))
    html = section(alone)
    assert html.count('<table class="compact">') == 2
    assert html.count("Class balance") == 4
    assert "Only the first 4 training sets are shown family by family." in html


def test_eight_taught_entrants_over_200_questions(make_board: MakeBoard) -> None:
    entrants = [replace(one, distill=many(one.name, 12), dataset=training_set()) for one in eight()]
    made = pages(make_board(*entrants, count=200))
    assert list(made) == [PAGE]
    assert len(made[PAGE]) < 1_500_000


def test_reasons_of_ours_speak_chinese_and_others_stay(make_board: MakeBoard) -> None:
    html = section(make_board(lesson(reasons={WRONG: 3, "mine": 1})))
    assert f'<span data-zh="{say(Note(f"reason: {WRONG}"), "zh")}">{WRONG}</span>' in html
    assert '<th scope="row">mine</th>' in html
