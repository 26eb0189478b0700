from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports.leaderboard import Leaderboard
from reports.markdown import escape, markdown
from tests.reports.conftest import MakeBoard
from tests.reports.folders import FORMULA, Entrant

GOLDEN = Path(__file__).parent / "golden" / "leaderboard.md"


def test_golden(make_board: MakeBoard) -> None:
    board = make_board(
        Entrant("lora-r32", 0.97, seed=1, spec={"finetune": {"rank": 32}}),
        Entrant("lora-r8", 0.93, seed=2, spec={"finetune": {"rank": 8}}),
        Entrant("底座", 0.2, 2.5, 60, seed=3, summary={"finetune": None}, loss=False),
        count=70,
    )
    assert markdown(board) == GOLDEN.read_text("utf-8")


def test_every_row_of_a_table_has_its_cells(hostile: Leaderboard) -> None:
    blocks = [b.splitlines() for b in markdown(hostile).split("\n\n") if b.startswith("|")]
    assert len(blocks) == 4
    for lines in blocks:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
        assert len(lines) == 2 + len(hostile.entries)


def test_no_name_is_markup(hostile: Leaderboard) -> None:
    text = markdown(hostile)
    assert "<" not in text
    assert "\x1b" not in text
    assert all(line in text for line in FORMULA)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", r"a\|b"),
        ("a\nb", "a⏎b"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("[x](y) `z` *w* _v_", r"\[x\](y) \`z\` \*w\* \_v\_"),
        ("\\|", "\\\\\\|"),
        ("@someone", "&#64;someone"),
        ("\x1b[0m", r"␛\[0m"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown
