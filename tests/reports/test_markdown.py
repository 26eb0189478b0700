from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports.gfm import escape
from reports.leaderboard import Leaderboard
from reports.markdown import markdown
from tests.reports.conftest import MakeBoard
from tests.reports.folders import FAMILIES, FORMULA, Entrant
from tests.reports.teaching import distillation, training_set

GOLDEN = Path(__file__).parent / "golden"
ASK = {"distill": {"way": "ask"}}


def test_golden(make_board: MakeBoard, known_seeds: Path) -> None:  # noqa: ARG001 - told under it
    board = make_board(
        Entrant("lora-r32", 0.97, seed=1, spec={"finetune": {"rank": 32}}),
        Entrant("lora-r8", 0.93, seed=2, spec={"finetune": {"rank": 8}}),
        Entrant("底座", 0.2, 2.5, 60, seed=3, summary={"finetune": None}, loss=False),
        count=70,
    )
    assert markdown(board) == (GOLDEN / "leaderboard.md").read_text("utf-8")


def training(board: Leaderboard) -> str:
    """The section on training data, which is the last one."""
    return markdown(board).partition("## Training data\n\n")[2]


def test_golden_training_data(make_board: MakeBoard) -> None:
    shared, free = distillation(), {"cost": None, "prompt_tokens": 0, "output_tokens": 0}
    turns = {"turns": {"asked_for": 20, "added": 20, "refused": {}}}
    templates = distillation(dict.fromkeys(FAMILIES, (50, 0)), teacher="template", **free)
    board = make_board(
        Entrant("lora-a", 0.97, distill=shared, dataset=training_set(), spec=ASK),
        Entrant("lora-b", 0.9, distill=shared, dataset=training_set(), spec=ASK),
        Entrant("turns", 0.5, distill=shared, dataset=training_set(augmented=turns), spec=ASK),
        Entrant("words", 0.3, distill=templates, dataset=training_set(leaked=3)),
        Entrant("底座", 0.1),
        count=70,
    )
    assert training(board) == (GOLDEN / "training.md").read_text("utf-8")


def test_where_nothing_was_rejected_one_line_says_so(make_board: MakeBoard) -> None:
    quiet = distillation(dict.fromkeys(FAMILIES, (50, 0)), teacher="template")
    board = make_board(Entrant("lora", distill=quiet, dataset=training_set()))
    assert training(board) == "template: 350 rows accepted, none rejected. For lora.\n"
    dropped = training_set(duplicates=1)
    assert training(make_board(Entrant("other", distill=quiet, dataset=dropped))).startswith(
        "| for"
    )


def test_no_distillation_no_section(make_board: MakeBoard) -> None:
    assert "Training data" not in markdown(make_board(Entrant("a")))


def test_every_row_of_a_table_has_its_cells(hostile: Leaderboard) -> None:
    blocks = [b.splitlines() for b in markdown(hostile).split("\n\n") if b.startswith("|")]
    assert len(blocks) == 5
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
