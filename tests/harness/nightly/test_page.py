"""What the page of a night says, and its drawings over the nights."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.nightly import trends
from harness.nightly.evidence import Gate
from harness.nightly.history import History, Key, Night
from harness.nightly.night import Judged, Report
from harness.nightly.page import counts, lead, page
from harness.nightly.taught import Change, Taught
from reports.charts.chart import Chart
from reports.strings import say
from tests.harness.nightly.nights import NAMES, told

HOSTILE = "</script><img src=x onerror=boom()>\x1b[31m\u202e =HYPERLINK(1)"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nights")


@pytest.fixture(scope="module")
def report(root: Path) -> Report:
    return told(root)


@pytest.fixture(scope="module")
def drawn(report: Report, root: Path) -> str:
    return page(report, History(root)).decode("utf-8")


def judged(gate: Gate = "AS", **changes: Any) -> Judged:
    return replace(Judged("a", gate, "fine", 80.0, 80.0), **changes)


def nights(values: list[float], gate: Gate = "AS", **changes: Any) -> list[Night]:
    rows = [
        Night("a", f"n{at:04}", at + 1, "", {gate: value}, {}, {})
        for at, value in enumerate(values)
    ]
    return [replace(row, **changes) for row in rows]


def drawing(values: list[float], **changes: Any) -> Chart:
    blessed = (Key("a", 1), Key("a", 2))
    found = trends.series(judged(), nights(values, **changes), blessed, relative=False)
    assert found is not None
    return trends.chart(found)


def numbers(chart: Chart) -> list[float]:
    """Every place in a drawing."""
    found = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|d)="([^"]*)"', chart.drawing)
    return [float(each) for text in found for each in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_the_first_sentence_names_what_is_red(report: Report) -> None:
    first = say(lead(report))
    red = sum(one.call == "regressed" for one in report.gates)
    assert first.startswith(f"{red} of 6 gates regressed: ")
    assert re.search(rf"{NAMES[0]} \(AS by \d+\.\d points, AE by ", first)
    assert f"{NAMES[0]}（AS 退步 " in say(lead(report), "zh")


@pytest.mark.parametrize(
    ("calls", "english", "chinese"),
    [
        ((), "No gate could be judged.", "没有一项门禁可以判定。"),
        (("fine", "fine"), "Every gate is fine (2 of 2).", "2 项门禁全部正常。"),
        (
            ("fine", "inconclusive"),
            "Nothing is known to have regressed; 1 of 2 gates are inconclusive.",
            "没有查实的退化；2 项门禁中有 1 项无法定论。",
        ),
    ],
)
def test_every_kind_of_night_has_its_sentence(calls: Any, english: str, chinese: str) -> None:
    found = Report("n1", tuple(judged(call=call) for call in calls), ())
    assert (say(lead(found)), say(lead(found), "zh")) == (english, chinese)


def test_a_night_on_which_an_entry_could_not_run_is_not_called_fine() -> None:
    found = Report("n1", (judged(),), (), {"b": "no adapter"})
    assert say(lead(found)) == "b failed to run. Every gate is fine (1 of 1)."
    assert say(lead(found), "zh") == "b 运行失败。1 项门禁全部正常。"


def test_many_red_gates_are_named_in_part() -> None:
    found = Report("n1", tuple(judged(entry=f"e{at}", call="regressed") for at in range(9)), ())
    assert say(lead(found)).endswith("6 more entries.")
    assert say(counts(found)) == "9 regressed, 0 inconclusive, 0 fine."


def test_why_is_told_in_both_languages(drawn: str) -> None:
    english = "only the engine changed: engine.version was 0.33.0 and is 0.34.0"
    assert english in drawn
    assert "只有推理引擎变了：engine.version 由 0.33.0 变为 0.34.0" in drawn
    assert "machine.gpu is H200 on the blessed nights and A100 on this one" in drawn
    assert "machine.gpu 在基准夜是 H200，这一夜是 A100" in drawn
    assert "K1 次，" in drawn
    assert "K9 次，" in drawn
    assert "停留时长" in drawn


def test_training_rows_that_changed_are_shown(report: Report, root: Path) -> None:
    rows = (Change("K9 几点到？", "08:56", "<b>09:00</b>"),)
    first, *others = report.gates
    assert first.blame is not None
    blamed = replace(first.blame, taught=Taught(rows=120, apart=1, such=rows))
    changed = replace(report, gates=(replace(first, blame=blamed), *others))
    drawn = page(changed, History(root)).decode("utf-8")
    assert "1 of 120 training rows changed" in drawn
    assert "120 条训练数据中有 1 条变了" in drawn
    assert "&lt;b&gt;09:00&lt;/b&gt;" in drawn


def test_every_entry_has_a_drawing_a_gate_with_its_numbers(drawn: str) -> None:
    figures = re.findall(r"<figure>(.*?)</figure>", drawn, re.DOTALL)
    assert len(figures) == 6
    for figure in figures:
        assert re.search(r"<svg.*<details.*<table>.*<td>", figure, re.DOTALL)
        assert figure.count('class="blessed-night"') == 4
    assert sum('class="red-night"' in figure for figure in figures) >= 2


def test_what_strangers_say_is_text(tmp_path: Path) -> None:
    found = told(tmp_path, quiet=2, answer=HOSTILE + "长" * 5_000, night=HOSTILE[:40])
    odd = replace(found, failed={HOSTILE: HOSTILE})
    drawn = page(odd, History(tmp_path)).decode("utf-8")
    assert "<img" not in drawn
    assert drawn.count("</script>") == 1
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", drawn)
    assert "␛[31m‹U+202E› =HYPERLINK(1)" in drawn
    assert "长" * 401 not in drawn
    assert len(drawn) < 1_000_000


def test_a_step_is_a_change_point_with_its_levels() -> None:
    chart = drawing(
        [80.0 + at % 3 / 10 for at in range(20)] + [70.0 + at % 3 / 10 for at in range(20)]
    )
    assert chart.drawing.count('class="change"') == 1
    assert chart.drawing.count('class="level"') == 2
    assert "80.1 → 70.1 from n0020 on" in say(chart.help)
    assert say(chart.rows[20][2]) == "change point"
    assert say(chart.rows[0][2], "zh") == "基准夜"


def test_red_nights_are_marked_and_counted() -> None:
    rows = nights([80.0] * 6)
    rows[4] = replace(rows[4], calls={"AS": "regressed"})
    found = trends.series(judged(), rows, (), relative=False)
    assert found is not None
    chart = trends.chart(found)
    assert chart.drawing.count('class="red-night"') == 1
    assert "Red nights: 1, the last on n0004." in say(chart.help)
    assert say(chart.rows[4][2]) == "red"


@pytest.mark.parametrize("count", [trends.POINTS, trends.POINTS + 1, 1000])
def test_many_nights_are_thinned_and_all_are_in_it(count: int) -> None:
    chart = drawing([80.0 + at % 7 for at in range(count)], calls={"AS": "regressed"})
    assert len(chart.rows) <= trends.POINTS
    assert chart.drawing.count('class="red-night"') <= trends.POINTS
    first, last = say(chart.rows[0][0]), say(chart.rows[-1][0])
    assert first.startswith("n0000")
    assert last.endswith(f"n{count - 1:04}")
    assert ('class="range-shade"' in chart.drawing) == (count > trends.POINTS)
    assert f"Red nights: {count}" in say(chart.help)


@pytest.mark.parametrize(
    "values", [[80.0, 80.0], [0.0, 0.0, 0.0], [100.0, 100.0], [0.0, 100.0], [50.0] * 3 + [50.01]]
)
def test_any_nights_can_be_drawn(values: list[float]) -> None:
    chart = drawing(values)
    assert all(-1 < number < 361 for number in numbers(chart))
    ticks = re.findall(r'text-anchor="end">([^<]*)<', chart.drawing)
    assert len(set(ticks)) == len(ticks) >= 2


def test_times_have_units_and_only_those_taken_alike_are_drawn() -> None:
    made = {"settings.latency.questions": "80", "settings.latency.reference": "base"}
    rows = nights([-0.5, -0.4, -0.6, -0.5], "time", made=made)
    rows[0] = replace(rows[0], made={"settings.latency.questions": "80"})
    seconds = trends.series(judged("time", blessed=0.6), rows, (), relative=False)
    times = trends.series(judged("time", blessed=0.6), rows, (), relative=True)
    assert seconds is not None
    assert times is not None
    assert len(seconds.values) == 3
    assert [say(row[1]) for row in trends.chart(seconds).rows] == ["670 ms", "549 ms", "607 ms"]
    assert say(trends.chart(times).rows[0][1]) == "0.67×"
    assert ">600 ms<" in trends.chart(seconds).drawing


def test_only_a_long_page_says_that_points_are_many_nights(drawn: str, tmp_path: Path) -> None:
    report, history = told(tmp_path, quiet=1), History(tmp_path)
    row = history.rows[-1]
    with (tmp_path / "nights.jsonl").open("a", encoding="utf-8") as file:
        for number in range(row.number + 1, row.number + 200):
            said = {name: getattr(row, name) for name in row.__dataclass_fields__}
            file.write(json.dumps({**said, "number": number}) + "\n")
    thinned = "Where there are more than 160 nights, a point is the median of neighbouring ones"
    assert thinned in page(report, History(tmp_path)).decode("utf-8")
    assert thinned not in drawn


def test_one_night_is_no_trend() -> None:
    assert trends.series(judged(), nights([80.0]), (), relative=False) is None
