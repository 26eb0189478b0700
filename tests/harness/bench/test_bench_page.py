"""What a bench says in words: on a terminal in English, on its page in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from harness.bench.bench import doubted, noticed
from harness.bench.page import page
from harness.bench.table import alone, as_text, loaded
from harness.metrics.latency import INCONCLUSIVE, doubt
from reports.strings import say, words
from tests.reports.every_page import benched


@pytest.mark.parametrize(("cached", "cv"), [(0.4, 0.1), (None, None), (None, 0.31), (0.4, None)])
def test_a_doubt_reads_as_the_measured_one(cached: float | None, cv: float | None) -> None:
    taken: dict[str, Any] = {"verdict": INCONCLUSIVE, "cached": cached, "cv": cv}
    assert say(doubted(taken)) == doubt(taken)


def test_a_terminal_shows_both_tables_and_what_was_noticed() -> None:
    lines = as_text(benched().result).splitlines()
    assert lines[0].startswith("30 questions × 4 replicates, one at a time, in turns A B B A")
    assert any(
        line.endswith("excellent, busy machine  1.310 [1.240, 1.380] slower") for line in lines
    )
    assert any(line.startswith("under load ") for line in lines)
    assert "goodput: whole answers within 1 s" in lines
    assert lines[-1] == "<i>so</i>"


def test_an_entry_without_times_has_a_row() -> None:
    result = benched().result
    result["entries"][1] |= {"latency": None, "loaded": []}
    assert [say(cell) for cell in alone(result).rows[1]][-2:] == ["no times", "–"]
    assert say(alone(result).rows[1][-2], "zh") == "没有计时"
    result["entries"][0]["loaded"] = []
    assert loaded(result) is None


def test_what_was_noticed_is_said_in_both_languages() -> None:
    result = benched().result
    result["entries"][1] |= {"failed": 2, "error": "reset", "doubt": "so"}
    notes = noticed(result)
    assert [note.key for note in notes] == [
        "bench_cold", "bench_saturated", "bench_cold", "bench_doubt", "bench_failed",
        "bench_saturated", "bench_disturbed", "bench_others", "bench_once", "bench_unique",
    ]  # fmt: skip
    assert all(say(note) != say(note, "zh") for note in notes)


def test_the_page_begins_with_who_is_slower() -> None:
    drawn = page(benched()).decode("utf-8")
    assert "=&lt;b&gt;evil&lt;/b&gt; is slower than 127.0.0.1:8000/v1" in drawn
    assert "<b>evil" not in drawn
    assert words("zh")["bench_alone"] in drawn
