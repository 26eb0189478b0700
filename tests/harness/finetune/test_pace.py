"""What is said of a training off a terminal."""

from __future__ import annotations

import logging
import re

import pytest

from harness.finetune.pace import Pace, memory

LINE = re.compile(
    r"lora: step (\d+) of 40, loss 1\.2[0-9]*, [0-9,]+ tokens/s, lr 0\.0003, "
    r"\d+:\d\d gone, \d+:\d\d left, peak \d+\.\d GiB"
)


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


def said(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, seconds: float, first: int
) -> list[str]:
    """The lines of a training of 40 steps of so many seconds, from a step on."""
    caplog.set_level(logging.INFO, "podium")
    clock = Time()
    monkeypatch.setattr("time.monotonic", clock.monotonic)
    pace = Pace("lora", 1000)
    pace.begin(first, 40, first / 40)
    pace.logged({"loss": 1.2345, "learning_rate": 3e-4})
    for step in range(first + 1, 41):
        clock.now += seconds
        pace.step(step, step / 40)
    pace.end()
    return [record.getMessage() for record in caplog.records]


def test_a_line_every_tenth_and_none_twice(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = said(caplog, monkeypatch, 1.0, 0)
    found = [LINE.fullmatch(line) for line in lines]
    assert [int(match[1]) for match in found if match] == list(range(4, 41, 4))
    assert "25 tokens/s" in lines[0]
    assert "0:04 gone, 0:36 left" in lines[0]


def test_a_line_a_minute_at_least(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = said(caplog, monkeypatch, 70.0, 20)
    assert len(lines) == 20
    assert "1:10 gone, 22:10 left" in lines[0]


def test_time_for_questions_is_no_time_of_learning(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "podium")
    clock = Time()
    monkeypatch.setattr("time.monotonic", clock.monotonic)
    pace = Pace("lora", 1000)
    pace.begin(0, 10, 0.0)
    clock.now += 50
    pace.asked(40.0)
    pace.step(1, 0.1)
    assert "10 tokens/s" in caplog.text
    assert "0:50 gone, 7:30 left" in caplog.text


def test_memory_is_what_the_process_has_held() -> None:
    held = re.fullmatch(r"peak (\d+\.\d) GiB(?: of the GPU)?", memory())
    assert held is not None
    assert 0 < float(held[1]) < 1000
