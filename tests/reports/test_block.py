"""A new block of the page: a view, a template, and no other file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import harness
import reports
from reports.block import BLOCKS, Block
from reports.board import Leaderboard
from reports.html import TEMPLATES
from reports.page import PAGE, pages
from reports.strings import words
from tests.reports.conftest import MakeBoard
from tests.reports.folders import Entrant

TOY = """
<section id="toy">
<h2>{{ t('entries') }}</h2>
<p>{{ view.longest }} {{ view.mean|points }} {{ board.entries|length|count }}</p>
</section>
"""


@dataclass(frozen=True, slots=True)
class Toy:
    """What the toy shows: the longest name, and the mean of the totals."""

    longest: str
    mean: float


def toy_view(board: Leaderboard) -> Toy | None:
    names = [entry.label for entry in board.entries]
    totals = [one.summary.total.value for one in board.entries if one.summary.total]
    return Toy(max(names, key=len), sum(totals) / len(totals)) if len(names) > 1 else None


@pytest.fixture
def toy(tmp_path: Path) -> Block:
    template = tmp_path / "toy.html"
    template.write_text(TOY.lstrip(), "utf-8")
    return Block(toy_view, template)


def drawn(page: bytes) -> list[str]:
    return re.findall(r'<section id="([^"]*)"', page.decode("utf-8"))


def test_a_block_costs_a_view_and_a_template(make_board: MakeBoard, toy: Block) -> None:
    board = make_board(Entrant("<b>long</b>"), Entrant("b", 0.5, seed=2), count=8)
    first, second = BLOCKS[:2]
    before = pages(board, [first, second])[PAGE]
    after = pages(board, [first, toy, second])[PAGE]
    assert drawn(before) == ["verdict", "differs", "answers"]
    assert drawn(after) == ["verdict", "toy", "differs", "answers"]
    text = after.decode("utf-8")
    shown = re.search(r'<section id="toy">.*?</section>\n\n', text, re.DOTALL)
    assert shown is not None
    assert f'<span data-zh="{words("zh")["entries"]}">entries</span>' in shown[0]
    assert re.search(r"<p>&lt;b&gt;long&lt;/b&gt; \d+\.\d 2</p>", shown[0])
    assert text.replace(shown[0], "").encode() == before


def test_a_block_with_nothing_to_show_is_left_out(make_board: MakeBoard, toy: Block) -> None:
    board = make_board(Entrant("alone"), count=8)
    assert drawn(pages(board, [toy])[PAGE]) == ["answers"]


def test_each_block_has_a_template_of_its_own() -> None:
    templates = [block.template for block in BLOCKS]
    assert len(set(templates)) == len(templates)
    others = ("page.html", "macros.html", "leaderboard.html", "answers.html")
    frame = {TEMPLATES / name for name in others}
    assert {*templates, *frame} == set(TEMPLATES.glob("*.html"))


def named(template: Path) -> Iterator[str]:
    """The words that a template names, whether or not a board ever shows them."""
    tree = Environment(autoescape=True).parse(template.read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        asked = call.node.name if isinstance(call.node, nodes.Name) else ""
        if asked in {"t", "zh", "en", "attr"} and isinstance(call.args[-1], nodes.Const):
            yield call.args[-1].value


def templates() -> list[Path]:
    """The templates of all pages, wherever they lie."""
    return sorted(
        path for one in (harness, reports) for path in Path(one.__path__[0]).rglob("*.html")
    )


@pytest.mark.parametrize(
    "template", templates(), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_each_word_of_a_template_is_known(template: Path) -> None:
    assert set(named(template)) <= words().keys()
