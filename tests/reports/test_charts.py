from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from reports.charts.bars import bars
from reports.charts.differences import view
from reports.charts.ecdf import ecdf, latency
from reports.charts.loss import loss
from reports.charts.scatter import scatter
from reports.leaderboard import build
from reports.strings import Note, say
from reports.svg import log_ticks, tag, ticks
from reports.text import seconds
from reports.verdict import cautions
from tests.reports.conftest import MakeBoard, eight
from tests.reports.folders import SESSION, SIGNATURE, Entrant

NUMBERS = re.compile(r' (?:x|y|x1|y1|x2|y2|cx|cy|width|height|d)="([^"]*)"')


def coordinates(drawing: str) -> list[float]:
    """Every position in a drawing; a `nan` fails here."""
    return [float(n) for value in NUMBERS.findall(drawing) for n in re.findall(r"[^ ML]+", value)]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_few_rising_and_inside(low: float, size: float) -> None:
    high = low + size
    found = ticks(low, high)
    assert len(found) <= 8
    assert found == sorted(set(found))
    if high > low:
        slack = 1e-6 * max(1.0, abs(low), abs(high))
        assert all(low - slack <= tick <= high + slack for tick in found)


@given(st.floats(1e-9, 1e9), st.floats(1.01, 1e6))
def test_log_ticks_are_inside(low: float, factor: float) -> None:
    found = log_ticks(low, low * factor)
    assert found == sorted(found)
    assert all(low * 0.999 <= tick <= low * factor * 1.001 for tick in found)


def test_attributes_are_escaped() -> None:
    assert tag("g", class_='"><script>') == '<g class="&quot;&gt;&lt;script&gt;"></g>'


def test_bars_hold_every_entry_in_drawing_and_table(make_board: MakeBoard) -> None:
    board = make_board(*eight())
    chart = bars(board)
    assert [row[0] for row in chart.rows] == [entry.label for entry in board.entries]
    assert all(f">{entry.label}<" in chart.drawing for entry in board.entries)
    shares = [sum(float(say(cell)) for cell in row[4:]) for row in chart.rows]
    assert shares == pytest.approx([float(say(row[1])) for row in chart.rows], abs=0.16)


def test_scatter_without_times_is_over_tokens(make_board: MakeBoard) -> None:
    entrants = [Entrant(f"r{at}", at / 10, tokens=at * 9, timed=False) for at in (5, 9)]
    chart = scatter(make_board(*entrants))
    assert chart is not None
    assert ">median tokens per answer<" in chart.drawing


def test_scatter_needs_two(make_board: MakeBoard) -> None:
    assert scatter(make_board(Entrant("alone"))) is None


@pytest.mark.parametrize("skills", [(0.9, 0.9), (0.0, 1.0)])
def test_scatter_of_equals_and_of_extremes(
    make_board: MakeBoard, skills: tuple[float, float]
) -> None:
    chart = scatter(make_board(*(Entrant(f"r{at}", skill) for at, skill in enumerate(skills))))
    assert chart is not None
    assert all(-50 < number < 900 for number in coordinates(chart.drawing))


@pytest.mark.parametrize(
    "curve", [[1.0, 1.0], [0.0, 0.0, 0.0], [3.0, 1e-12], [5.0, -1.0, 2.0], [2.0] * 5000]
)
def test_any_loss_can_be_drawn(make_board: MakeBoard, curve: list[float]) -> None:
    board = make_board(Entrant("a"))
    entry = board.first
    (entry.run.folder / "loss.json").write_text(
        f'{{"steps": {list(range(1, len(curve) + 1))}, "loss": {curve}}}'
    )
    chart = loss(build([entry.run.folder]))
    assert chart is not None
    assert all(-50 < number < 900 for number in coordinates(chart.drawing))
    assert len(chart.drawing) < 10_000


def test_no_training_no_chart(make_board: MakeBoard) -> None:
    assert loss(make_board(Entrant("a", loss=False))) is None


def probe(*scores: float | None, best: int = 0, fell: Sequence[Any] = ()) -> dict[str, Any]:
    """A probe.json of 32 questions, asked every 150 steps."""
    steps = [150 * at for at in range(len(scores))]
    return {"n": 32, "steps": steps, "AS": list(scores), "best": {"step": best}, "fell": list(fell)}


def test_scores_stand_below_the_losses_and_in_the_table(make_board: MakeBoard) -> None:
    board = make_board(
        Entrant("a", 0.9, probe=probe(3.125, 50.0, 87.5, None, 84.375, best=300)),
        Entrant("b", 0.5, seed=2),
    )
    chart = loss(board)
    assert chart is not None
    assert [heading.key for heading in chart.headings if isinstance(heading, Note)] == [
        "entry", "step", "loss", "probe_AS",
    ]  # fmt: skip
    scores = [row for row in chart.rows if row[2] == "–"]
    assert [row[1:] for row in scores] == [
        ("0", "–", "3.1"), ("150", "–", "50.0"), ("300", "–", "87.5 ★"), ("600", "–", "84.4"),
    ]  # fmt: skip
    assert all(row[3] == "–" for row in chart.rows if row not in scores)
    assert chart.drawing.count('class="spot best"') == 1
    assert "One answer is worth 3.1 points" in say(chart.help)
    assert all(-50 < number < 900 for number in coordinates(chart.drawing))


def test_without_a_score_there_is_none(make_board: MakeBoard) -> None:
    for board in (make_board(Entrant("a")), make_board(Entrant("b", probe=probe(None, None)))):
        chart = loss(board)
        assert chart is not None
        assert len(chart.headings) == 3
        assert "spot best" not in chart.drawing


def test_a_family_that_fell_is_a_caution(make_board: MakeBoard) -> None:
    fell = {"family": "缺失", "n": 5, "from": {"step": 0, "AS": 80.0}, "to": {"AS": 60.0}}
    board = make_board(Entrant("a", probe=probe(10.0, 90.0, fell=[fell])), Entrant("b", seed=2))
    told = [say(note) for note in cautions(board) if note.key == "fell"]
    assert len(told) == 1
    assert "a (缺失 80.0 → 60.0, 1.0/5)" in told[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "must hold one JSON object"),
        ('{"n": 3, "steps": [0], "AS": []}', "AS must have a number for each of steps"),
        ('{"n": 3, "steps": [0], "AS": [101]}', "AS must be 0 to 100, or null"),
        ('{"n": 3, "steps": ["0"], "AS": [1]}', "steps must be whole numbers"),
        ('{"steps": [0], "AS": [1]}', "n is missing"),
    ],
)
def test_a_broken_probe_is_named(make_board: MakeBoard, content: str, message: str) -> None:
    folder = make_board(Entrant("a")).first.run.folder
    (folder / "probe.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match=rf"probe\.json: {message}"):
        build([folder])


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=2000))
def test_an_ecdf_of_any_times_is_drawn_whole(times: list[float]) -> None:
    chart = ecdf({"a": sorted(times)})
    assert chart is not None
    assert all(-50 < number < 900 for number in coordinates(chart.drawing))
    assert len(chart.drawing) < 20_000
    (row,) = chart.rows
    assert row[1] == f"{len(times):,}"
    assert row[-1] == seconds(max(times))
    within = sorted(times)[math.ceil(0.5 * len(times)) - 1]
    assert row[4] == seconds(within)


def test_latency_of_a_session_is_drawn_and_no_other(make_board: MakeBoard) -> None:
    other = {**SIGNATURE, "session": {**SESSION, "id": "another"}}
    board = make_board(
        Entrant("a"), Entrant("b", 0.8, seed=2), Entrant("c", 0.1, summary={"signature": other})
    )
    chart = latency(board)
    assert chart is not None
    assert [row[0] for row in chart.rows] == ["a", "b"]
    assert "are not drawn: 1" in say(chart.help)
    assert latency(make_board(Entrant("untimed", timed=False))) is None


def test_more_curves_than_one_can_tell_apart_are_in_the_table(make_board: MakeBoard) -> None:
    chart = latency(make_board(*(Entrant(f"r{at}", 0.5, seed=at) for at in range(1, 11))))
    assert chart is not None
    assert chart.drawn == 8
    assert len(chart.rows) == 10
    assert chart.drawing.count('class="curve') == 2 * 8


@pytest.mark.parametrize(
    ("skills", "sentence"),
    [
        ((0.9, 0.9), "The interval includes zero"),
        ((0.9, 0.1), "The interval excludes zero"),
        ((0.9, 0.9, 0.9), "All 3 intervals include zero: these questions tell no two apart"),
        ((0.95, 0.5, 0.05), "Every pair is told apart: none of the 3 intervals includes zero"),
        ((0.9, 0.9, 0.1), "2 of 3 pairs are told apart"),
    ],
)
def test_all_differences_come_with_a_sentence(
    make_board: MakeBoard, skills: tuple[float, ...], sentence: str
) -> None:
    made = view(
        make_board(*(Entrant(f"r{at}", s, seed=at) for at, s in enumerate(skills)), count=70)
    )
    assert made is not None
    assert sentence in say(made.told).replace("no two entries", "no two")
    apart = [row[-1] for row in made.chart.rows].count("✓")
    assert made.chart.drawing.count('class="dot"') == apart
    assert made.chart.drawing.count('class="spot"') == len(made.chart.rows) - apart


def test_one_entry_alone_has_no_differences(make_board: MakeBoard) -> None:
    assert view(make_board(Entrant("alone"))) is None


def test_more_pairs_than_people_read_are_counted(make_board: MakeBoard) -> None:
    made = view(make_board(*(Entrant(f"r{at}", 0.5, seed=at) for at in range(1, 14)), count=12))
    assert made is not None
    assert (len(made.chart.rows), made.left_out) == (66, 78 - 66)
