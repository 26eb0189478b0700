"""`podium init FILE && podium run FILE.yaml` on files of four shapes: at an address, and here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from tests.gateway_server import Wire, gateway
from tests.harness.models.test_address import DONE, HEAD, USAGE, event
from tests.podium import ok, refused

# What the address knows: the right answer by what stands in the question.
KNOWN = {
    "哪座城市是青海的省会": "西宁", "一斤有多少克": "500克", "谁写了《呐喊》": "鲁迅",
    "Which animal barks": "B", "Which one is a metal": "C", "Which one can fly": "A",
    "翻译成英文": "water", "Name the opposite of hot": "cold", "把下面的词大写": "ABC",
}  # fmt: skip


def two_columns(folder: Path) -> Path:
    """A workbook with a title, and names of columns that no list holds."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["常识小测（内部）", None, None])
    sheet.append(["序", "测验问法", "期望的答复"])
    for number, asked in enumerate(list(KNOWN)[:3], start=1):
        sheet.append([number, f"{asked}？", KNOWN[asked]])
    book.save(folder / "小测.xlsx")
    return folder / "小测.xlsx"


def options(folder: Path) -> Path:
    """Options under names that no list holds, and the right one by its place."""
    rows = [
        "Nr;Task;var_a;var_b;var_c;Solution number",
        "1;Which animal barks?;cat;dog;owl;2", "2;Which one is a metal?;wood;silk;iron;3",
        "3;Which one can fly?;hawk;cow;pig;1",
    ]  # fmt: skip
    (folder / "abc.csv").write_text("\r\n".join(rows), "utf-8-sig")
    return folder / "abc.csv"


def messages(folder: Path) -> Path:
    """OpenAI's fine-tuning format."""
    rows = [
        {"messages": [{"role": "system", "content": "简短回答。"},
                      {"role": "user", "content": f"{asked}？"},
                      {"role": "assistant", "content": KNOWN[asked]}]}
        for asked in list(KNOWN)[:3]
    ]  # fmt: skip
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "chat.jsonl").write_text(text, "utf-8")
    return folder / "chat.jsonl"


def instructions(folder: Path) -> Path:
    """Alpaca's format with a split."""
    tasks = [("翻译成英文", "水"), ("Name the opposite of hot", ""), ("把下面的词大写", "abc")]
    rows = [
        {"instruction": task, "input": more + sign, "output": KNOWN[task], "split": part}
        for part, sign in (("train", "一"), ("validation", "二"), ("test", "三"))
        for task, more in tasks
    ]
    (folder / "sft.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return folder / "sft.json"


SHAPES = [two_columns, options, messages, instructions]


def knowing(body: dict[str, Any]) -> Wire:
    """The stream of one who knows."""
    asked = body["messages"][-1]["content"]
    answer = next((said for words, said in KNOWN.items() if words in asked), "?")
    return iter([HEAD, event({"content": answer}), event({}, "stop", usage=USAGE), DONE])


def board(spec: Path, *more: str) -> Mapping[str, Any]:
    rows: list[dict[str, Any]] = json.loads(
        ok("run", spec.name, "--set", "latency=null", *more, "--json", cwd=spec.parent)
    )
    return rows[-1]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_is_asked_at_an_address_and_scored(shape: Any, tmp_path: Path) -> None:
    path: Path = shape(tmp_path)
    ok("init", path.name, cwd=tmp_path)
    spec = path.with_suffix(".yaml")
    with gateway(knowing) as server:
        told = yaml.safe_load(spec.read_text("utf-8"))
        model = {"engine": "api", "base_url": server.address, "model": "m"}
        told |= {"model": model, "entries": [{"name": "far"}]}
        spec.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
        entry = board(spec)
    assert (entry["n"], entry["open"], entry["unscored"]) == (3, 0, 0)
    assert entry["parts"]["AS"]["value"] == 100


@pytest.mark.real
@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_is_asked_of_the_embedded_base_and_scored(shape: Any, tmp_path: Path) -> None:
    path: Path = shape(tmp_path)
    ok("init", path.name, cwd=tmp_path)
    entry = board(path.with_suffix(".yaml"))
    assert (entry["n"], entry["unscored"]) == (3, 0)


# --- bad input -----------------------------------------------------------------------------------


def bad(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "问题,答案\n", "holds no question"),
        ("a.jsonl", "", "holds no question"),
        ("a.json", '{"version": 1}', "must hold a list of questions"),
        ("a.csv", "id,问题,答案\n1,甲？,a\n1,乙？,b\n", "a.csv: row 3: id '1' occurs twice"),
        ("a.jsonl", '{"thing": "x", "price": 3}', r"(found: thing, price): say which one does"),
    ],
)
def test_a_file_that_cannot_be_asked_is_one_line(
    name: str, text: str, says: str, tmp_path: Path
) -> None:
    bad(tmp_path, name, text)
    assert says in refused("init", name, cwd=tmp_path)


def errors(folder: Path) -> Iterator[str]:
    for line in (folder / "predictions.jsonl").read_text("utf-8").splitlines():
        yield str(json.loads(line).get("error"))


@pytest.mark.real
def test_a_question_that_is_too_long_is_its_own_error_and_not_the_runs(tmp_path: Path) -> None:
    bad(tmp_path, "a.csv", f"问题,答案\n{'很长' * 4000}？,a\n一加一等于几？,2\n二加二等于几？,4\n")
    ok("init", "a.csv", cwd=tmp_path)
    entry = board(tmp_path / "a.yaml")
    assert entry["n"] == 3
    (folder,) = (tmp_path / "runs").glob(f"{entry['name']}")
    assert sum(error != "None" for error in errors(folder)) == 1
