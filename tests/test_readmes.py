"""The two READMEs are in step: the same headings, commands, specs, tables and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from harness.store.files import read_json
from tests.podium import timed

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(page: str, language: str) -> list[str]:
    return [found[2] for found in _FENCE.finditer(page) if found[1] == language]


def prose(page: str) -> str:
    return _FENCE.sub("", page)


def commands(page: str) -> list[str]:
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [re.split(r"\s+#\s", line)[0].strip() for line in lines]


def test_the_same_headings_in_the_same_places() -> None:
    levels = [re.findall(r"^(#+) ", prose(page), re.M) for page in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1]


def test_the_same_commands() -> None:
    assert commands(ENGLISH) == commands(CHINESE)


def test_the_same_specs() -> None:
    loaded = [[yaml.safe_load(b) for b in blocks(page, "yaml")] for page in (ENGLISH, CHINESE)]
    assert loaded[0] == loaded[1]


def test_tables_have_the_same_rows() -> None:
    first = [re.findall(r"^\| (`[^|]+`)", page, re.M) for page in (ENGLISH, CHINESE)]
    assert first[0] == first[1]


def test_the_same_pages_are_named() -> None:
    found = [set(re.findall(r"\]\(([\w/.-]+)", page)) for page in (ENGLISH, CHINESE)]
    own = {"README.md", "docs/leaderboard-zh.png"}  # the picture speaks Chinese there
    assert found[0] - {"README.zh-CN.md", "docs/leaderboard.png"} == found[1] - own


def test_every_page_that_is_named_is_there() -> None:
    for page in (ENGLISH, CHINESE):
        for name in re.findall(r"\]\(([\w/.-]+)", page):
            assert (ROOT / name).exists(), name


@pytest.mark.real
def test_a_reader_of_the_chinese_readme_gets_from_an_own_table_to_a_board(tmp_path: Path) -> None:
    section = CHINESE.partition("## 您自己的表和真正的模型")[2]
    typed = [command for command in commands(section) if "prices" in command]
    assert typed == ["podium init prices.xlsx", "podium run prices.yaml"]
    _own_table(tmp_path / "prices.xlsx")
    for line in typed:
        _, *words = line.split()
        timed(*words, cwd=tmp_path)
    board = read_json(tmp_path / "runs" / "prices" / "leaderboard.json")
    assert any(entry["finetune"] is not None for entry in board)
    assert (tmp_path / "runs" / "prices" / "leaderboard.html").is_file()


def _own_table(path: Path) -> None:
    """A price list as a shop would have it: a title above, prices with their unit, a gap."""
    book = Workbook()
    page = book.active
    assert page is not None
    rows = [
        ("秋季价目表", None, None, None), ("品名", "产地", "单价", "到货日期"),
        ("苹果", "烟台", "12.5元", "2026-09-03"), ("雪梨", "赵县", "8元", "2026-09-05"),
        ("蜜桃", "平谷", "15元", None), ("红枣", "若羌", "30元", "2026-09-11"),
        ("柿子", "富平", "18元", "2026-09-12"), ("石榴", "临潼", "22元", "2026-09-14"),
    ]  # fmt: skip
    for row in rows:
        page.append(row)
    book.save(path)
