"""What the documentation says to type can be typed: its commands run, its specs load.

Commands run in one folder that holds every file that they name. A run goes as far as its questions:
whole runs have tests of their own. What needs a finished run, a key or a server is parsed alone.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
import yaml

from harness.cli import podium as command_line
from harness.spec import Spec, load_specs
from harness.store.files import make_folder, write_text
from tests.podium import podium
from tests.test_suites import FILES, SUITES

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
# Commands whose files only a training or another program makes.
PARSED = (
    "bench", "bless", "calibrate", "chat", "compare", "export", "nightly", "report", "score",
    "sweep",
)  # fmt: skip
# Values that stand for the reader's own.
STAND_INS = ("<", "…")


def blocks(page: Path, language: str) -> Iterator[str]:
    """The fenced blocks of a page in one language."""
    for found in _FENCE.finditer(page.read_text("utf-8")):
        if found[1] == language:
            yield found[2]


def commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every `podium` command with the page that it stands on, once."""
    seen = set()
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                words = tuple(_words(line))
                if words and words not in seen and not any(c in line for c in STAND_INS):
                    seen.add(words)
                    yield page.name, words


def _words(line: str) -> list[str]:
    """The words behind `podium`; none where the line calls something else."""
    for part in re.split(r"\s[|;&]+\s", line):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            continue
        if words and words[0] == "podium":
            return words[1:]
    return []


ALL = [pytest.param(words, id=f"{page}: {' '.join(words)}") for page, words in commands()]


def test_there_is_something_to_try() -> None:
    assert len(ALL) > 30


@pytest.mark.parametrize("words", ALL)
def test_a_command_of_the_docs_is_one(words: Sequence[str]) -> None:
    found: click.Command = command_line
    rest = list(words)
    while isinstance(found, click.Group):
        name, nested, rest = found.resolve_command(click.Context(found), rest)
        assert nested is not None
        found = nested
        assert name is not None
    with found.make_context(found.name, rest):
        pass


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the documentation speaks of."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "baselines", folder / "baselines", ignore=_no_results)
    for suite, files in FILES.items():
        for source, name in files.values():
            origin = SUITES / suite / source
            (shutil.copytree if origin.is_dir() else shutil.copy)(origin, folder / name)
    shutil.copytree(folder / "FewCLUE", folder / "FewCLUE" / "datasets")
    _write_tables(folder)
    _write_data(folder)
    _write_specs(folder)
    return folder


def _no_results(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name in {"results", "__pycache__"}]


def _write_tables(folder: Path) -> None:
    shutil.copy(SUITES / "timetable/tables/board-24.xlsx", folder / "info_table.xlsx")
    goods = [
        ("商品", "产地", "价格"), ("苹果", "烟台", "12.5"), ("梨", "赵县", "8"),
        ("桃", "平谷", "15"),
        ("杏", "新疆", "22"), ("枣", "若羌", "30"), ("柿", "富平", "18"),
    ]  # fmt: skip
    _workbook(folder / "prices.xlsx", goods)
    _workbook(folder / "book.xlsx", goods, "价目表")
    asked = [("问题", "答案"), *((f"{name}产自哪里?", place) for name, place, _ in goods[1:])]
    _workbook(folder / "my-questions.xlsx", asked)
    trains = [("车次", "日期", "终到站"), *(
        (f"K{10 + n // 2}", f"2026-05-0{1 + n % 2}", place)
        for n, place in enumerate(("西安", "宝鸡", "汉中", "安康", "渭南", "商洛"))
    )]  # fmt: skip
    write_text(folder / "trains.csv", "".join(",".join(row) + "\n" for row in trains))


def _workbook(path: Path, rows: Sequence[Sequence[str]], sheet: str = "Sheet1") -> None:
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    book.save(path)


def _write_data(folder: Path) -> None:
    rows = [{"instruction": f"{n}加{n}是几?", "output": str(2 * n)} for n in range(40)]
    write_text(folder / "single_row.json", json.dumps(rows, ensure_ascii=False))
    write_text(folder / "train.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
    shutil.copy(folder / "single_row.json", folder / "train.json")
    shutil.copy(folder / "huanhuan.json", folder / "lines.json")
    shutil.copy(folder / "style_chat_data.csv", folder / "chats.csv")


def _write_specs(folder: Path) -> None:
    own = {
        "name": "mine", "suite": {"name": "timetable", "table": "info_table.xlsx"},
        "model": {"base": "builtin:tiny-qwen2", "engine": "hf"}, "latency": None,
        "entries": [{"name": "untuned"}, {"name": "lora", "finetune": {"rank": 8}}],
    }  # fmt: skip
    make_folder(folder / "my-tasks")
    write_text(folder / "novel.txt", "第一章\n他说：“你好。”\n")
    for name in ("my", "spec"):
        write_text(folder / f"{name}.yaml", yaml.safe_dump(own))


_RUN = [case for case in ALL if case.values[0][0] not in PARSED]  # type: ignore[index] # words


@pytest.mark.parametrize("words", _RUN)
def test_a_command_of_the_docs_runs(words: Sequence[str], desk: Path) -> None:
    until = ("--until", "questions") if words[0] == "run" and "--until" not in words else ()
    done = podium(*words, *until, cwd=desk)
    again = "is there already" in done.stderr  # two pages write one file
    finds = done.returncode == 1 and not {"check", "validate"}.isdisjoint(words[:2])
    assert done.returncode == 0 or again or finds, done.stderr


def specs() -> Iterator[tuple[str, str]]:
    """The blocks of YAML that are a spec, or sections of one, with their pages."""
    for page in PAGES:
        for number, block in enumerate(blocks(page, "yaml")):
            if set(yaml.safe_load(block)) <= {*Spec.model_fields, "entries"}:
                yield f"{page.name} {number}", block


@pytest.mark.parametrize(("place", "block"), list(specs()), ids=lambda value: str(value)[:40])
def test_a_spec_of_the_docs_loads(place: str, block: str, desk: Path) -> None:
    spec = {"name": "docs", "suite": {"name": "timetable"}, **yaml.safe_load(block)}
    path = desk / "docs.yaml"
    write_text(path, yaml.safe_dump(spec, allow_unicode=True))
    assert load_specs(path), place
