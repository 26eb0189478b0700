"""Talking to runs: histories, side by side, commands, and lines from a script."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.chat.speakers import Speaker, open_speakers
from harness.chat.talk import Talk, talk
from harness.core import Gold, Message, Sample
from harness.errors import InputError
from harness.export.finished import open_run
from tests.harness.export.folders import FINETUNE, run
from tests.podium import command, environment

pytestmark = pytest.mark.real

ASKED = "K293次停车几分钟？"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("runs")
    return run(folder / "tuned", FINETUNE), run(folder / "untuned", None)


@pytest.fixture(scope="module")
def speakers(runs: tuple[Path, Path]) -> Iterator[list[Speaker]]:
    with open_speakers([open_run(r) for r in runs], with_base=True, most=None) as found:
        yield found


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def lines(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text), "utf-8"))


def test_runs_of_one_base_share_it_and_the_base_speaks_too(speakers: list[Speaker]) -> None:
    assert [one.name for one in speakers] == ["tuned", "untuned", "tiny-qwen2"]
    assert len({id(one.engine) for one in speakers}) == 1


def test_pieces_add_up_to_what_the_engine_answers(speakers: list[Speaker]) -> None:
    sample = Sample("q", (Message("user", ASKED),), Gold("text", ""), "", "f", "r", "t", "test")
    for speaker in speakers:
        pieces: list[str] = []
        answer = speaker.answer(sample.messages, pieces.append)
        (output,) = speaker.engine.model(speaker.adapter).generate([sample])
        assert "".join(pieces) == answer
        assert answer.strip() == output.text.strip()
        assert len([piece for piece in pieces if piece]) > 1


def test_side_by_side_each_keeps_its_own_history(
    speakers: list[Speaker], capsys: pytest.CaptureFixture[str]
) -> None:
    conversation = Talk(speakers[:2])
    conversation.ask(ASKED)
    conversation.ask("几点开？")
    names = [line.partition(": ")[0] for line in said(capsys) if ": " in line]
    assert [name for name in names if name in ("tuned", "untuned")] == ["tuned", "untuned"] * 2
    first, second = conversation.history(0), conversation.history(1)
    assert [m.role for m in first] == ["user", "assistant"] * 2
    assert first[0] == second[0] == Message("user", ASKED)
    assert first[1] != second[1]
    conversation.reset()
    assert conversation.history(0) == ()


def test_what_no_longer_fits_is_forgotten_from_the_front(
    speakers: list[Speaker], capsys: pytest.CaptureFixture[str]
) -> None:
    short = replace(speakers[1], room=80, most=8)
    conversation = Talk([short])
    for number in range(6):
        conversation.ask(f"{number}：{ASKED}")
    assert len(conversation.history(0)) < 12
    assert conversation.history(0)[-2].content.startswith("5")
    assert "no longer fit" in capsys.readouterr().err


def test_commands_and_lines_of_a_script(
    speakers: list[Speaker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"{ASKED}\n\n/reset\n/rest\n{ASKED}\n/exit\n{ASKED}\n"
    lines(monkeypatch, text.encode())
    conversation = Talk(speakers[:1])
    talk(conversation)
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first == second
    assert "forgotten" in err
    assert "/rest: no such command" in err
    assert len(conversation.history(0)) == 2


def test_lines_that_are_no_utf8_and_an_end_without_a_line_end(
    speakers: list[Speaker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines(monkeypatch, b"\xff\xfe K293")
    talk(Talk(speakers[:1]))
    assert len(said(capsys)) == 1


def test_what_acts_on_a_terminal_is_neutralised(
    speakers: list[Speaker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def escaping(_: Speaker, __: Sequence[Message], sink: object) -> str:
        assert callable(sink)
        sink("a\x1b[2Jb\nc\u202ed")
        return ""

    monkeypatch.setattr(Speaker, "answer", escaping)
    Talk(speakers[:1]).ask(ASKED)
    assert capsys.readouterr().out == "a�[2Jb\nc�d\n"


def test_a_system_text_changes_the_answer_or_is_at_least_asked(speakers: list[Speaker]) -> None:
    plain = [Message("user", ASKED)]
    assert speakers[0].fits(plain)
    before = len(speakers[0]._ids(plain))
    assert len(speakers[0]._ids([Message("system", "x"), *plain])) > before


def test_more_tokens_than_there_is_room_for_are_refused(runs: tuple[Path, Path]) -> None:
    with (
        pytest.raises(InputError, match="holds 1024 tokens"),
        open_speakers([open_run(runs[0])], with_base=False, most=1024),
    ):
        pass


def test_a_run_without_weights_says_so(tmp_path: Path) -> None:
    floor = run(tmp_path / "floor", None, engine="floor")
    done = subprocess.run(
        command("chat", floor), input=b"", capture_output=True, env=environment(),
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "has no weights" in done.stderr.decode()


def test_an_adapter_that_is_gone_is_named(runs: tuple[Path, Path], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    shutil.copytree(runs[0], gone)
    shutil.rmtree(gone / "stages" / "finetune")
    with (
        pytest.raises(InputError, match=r"adapter_config\.json is missing"),
        open_speakers([open_run(gone)], with_base=False, most=None),
    ):
        pass
