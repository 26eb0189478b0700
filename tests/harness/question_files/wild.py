"""Question files as people send them, drawn by a seed: each with what a person reads in it.

Facts stay the same; what varies is the file's kind, encoding, header, titles, numbers, merged
cells, blank answers and how the right option is spelled.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

SHAPES = ("two_columns", "options", "messages", "instruction")
# What a person takes for the right answer: a text, letters of options, or nothing.
Right = str | tuple[str, ...] | None
_FACTS: Sequence[tuple[str, str]] = (
    ("法国的首都是哪里？", "巴黎"), ("水的化学式是什么？", "H2O"), ("一周有几天？", "7"),
    ("《红楼梦》的作者是谁？", "曹雪芹"), ("中国最长的河流是哪条？", "长江"),
    ("图书馆几点开门？", "8:30"), ("光年是时间单位吗？", "不是"), ("圆周率约等于多少？", "3.14"),
    ("珠穆朗玛峰有多高？", "8848.86米"), ("三角形内角和是多少度？", "180"),
)  # fmt: skip
_QUIZ: Sequence[tuple[str, tuple[str, ...], str]] = (
    ("下列属于行星的是", ("火星", "月球", "太阳", "北极星"), "A"),
    ("下列属于哺乳动物的是", ("鲨鱼", "鲸", "蝙蝠", "企鹅"), "BC"),
    ("我国的首都是", ("上海", "广州", "北京", "深圳"), "C"),
    ("2的三次方等于", ("4", "6", "9", "8"), "D"),
    ("下列属于金属的有", ("铁", "铜", "木", "铝"), "ABD"),
    ("太阳从哪边升起", ("西边", "东边", "南边", "北边"), "B"),
    ("下列哪个城市靠海", ("青岛", "西安", "兰州", "太原"), "A"),
    ("Which one is a fruit", ("stone", "chair", "apple", "paper"), "C"),
)
_ASKING = (
    "问题",
    "题目",
    "题干",
    "提问",
    "Question",
    "问题内容",
    "试题(必填)",
    "客户问题",
    "QUESTION ",
)
_ANSWERING = (
    "答案",
    "标准答案",
    "参考答案",
    "回答",
    "Answer",
    "正确答案",
    "标准回复",
    "Correct Answer",
)
_LETTERED = ("{}", "选项{}", "选项 {}", "Option {}", "option_{}", "choice{}", "{}选项", "{}.")
_SPELLED: Sequence[Callable[[str, Sequence[str]], str]] = (
    lambda right, _: right,
    lambda right, _: f"{right}.",
    lambda right, _: f"({right})",
    lambda right, _: f"（{right}）",
    lambda right, _: right.lower() if len(right) == 1 else right,
    lambda right, _: "、".join(right),
    lambda right, _: ",".join(right),
    lambda right, _: f"选{right}",
    lambda right, _: f"答案：{right}",
    lambda right, _: "".join(chr(ord(letter) + 0xFEE0) for letter in right),
    lambda right, options: "、".join(options[ord(letter) - 65] for letter in right),
    lambda right, options: "；".join(f"{letter}. {options[ord(letter) - 65]}" for letter in right),
    lambda right, _: f"{right} ",
)


@dataclass(frozen=True, slots=True)
class Wild:
    """A file, and what is asked in it: question and right answer, by part, in order."""

    path: Path
    test: tuple[tuple[str, Right], ...]
    train: int = 0


def wild(shape: str, seed: int, folder: Path) -> Wild:
    """Draw a file of one of `SHAPES`."""
    rng = random.Random(f"{shape}/{seed}")
    return {
        "two_columns": _two_columns,
        "options": _options,
        "messages": _messages,
        "instruction": _instruction,
    }[shape](rng, folder)


def _two_columns(rng: random.Random, folder: Path) -> Wild:
    facts = rng.sample(_FACTS, rng.randint(5, len(_FACTS)))
    blank = {rng.randrange(len(facts))} if rng.random() < 0.4 else set()
    numbered = rng.choice(("", "", "{}. ", "{}、", "（{}）", "第{}题："))
    cells: list[list[Any]] = []
    serial, extra = rng.random() < 0.4, rng.random() < 0.4
    for n, (question, answer) in enumerate(facts, start=1):
        said: Any = None if n - 1 in blank else answer
        if isinstance(said, str) and said.isdigit() and rng.random() < 0.5:
            said = int(said)
        row = [numbered.format(n) + question, said]
        cells.append([*([n] if serial else []), *row, *(["常识"] if extra else [])])
    header = [rng.choice(_ASKING), rng.choice(_ANSWERING)]
    header = [*(["序号"] if serial else []), *header, *(["类别"] if extra else [])]
    path = _table(rng, folder, "问答", header, cells, merged=len(header) - 1 if extra else None)
    test = tuple((q, None if n in blank else a) for n, (q, a) in enumerate(facts))
    return Wild(path, test)


def _options(rng: random.Random, folder: Path) -> Wild:
    quiz = rng.sample(_QUIZ, rng.randint(4, len(_QUIZ)))
    blank = {rng.randrange(len(quiz))} if rng.random() < 0.3 else set()
    mixed, spell = rng.random() < 0.4, rng.choice(_SPELLED)
    cells: list[list[Any]] = []
    for n, (question, options, right) in enumerate(quiz):
        own = rng.choice(_SPELLED) if mixed else spell
        said = None if n in blank else own(right, options)
        cells.append([question, *options, said])
    form = rng.choice(_LETTERED)
    header = [rng.choice(_ASKING), *(form.format(letter) for letter in "ABCD")]
    header.append(rng.choice((*_ANSWERING, "Correct answer", "正确选项", "答案")))
    if rng.random() < 0.4:
        header.append("解析")
        cells = [[*row, "略"] for row in cells]
    path = _table(rng, folder, "试卷", header, cells)
    test = tuple((q, None if n in blank else tuple(r)) for n, (q, _, r) in enumerate(quiz))
    return Wild(path, test)


def _messages(rng: random.Random, folder: Path) -> Wild:
    rows, test = [], []
    apart, system = rng.random() < 0.4, rng.random() < 0.5
    for question, answer in rng.sample(_FACTS, rng.randint(4, len(_FACTS))):
        turns: list[dict[str, Any]] = [{"role": "system", "content": "简短"}] if system else []
        if rng.random() < 0.3:
            turns += [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "好"}]
        parts = rng.random() < 0.2
        turns.append({"role": "user", "content": [{"type": "text", "text": question}] if parts
                      else question})  # fmt: skip
        row: dict[str, Any] = {"messages": turns}
        if apart:
            row["answer"] = answer
        else:
            turns.append({"role": "assistant", "content": answer})
        rows.append(row)
        test.append((question, answer))
    return Wild(_lines(rng, folder, rows), tuple(test))


def _instruction(rng: random.Random, folder: Path) -> Wild:
    asking, answering = rng.choice(
        (("instruction", "output"), ("question", "answer"), ("prompt", "response"),
         ("query", "response"), ("input", "target"), ("prompt", "completion"))
    )  # fmt: skip
    train, held = rng.choice((("train", "test"), ("训练", "测试"), ("Train", "Test"),
                              ("train", "validation"), ("训练集", "测试集")))  # fmt: skip
    rows: list[dict[str, Any]] = []
    test = []
    facts = rng.sample(_FACTS, len(_FACTS))
    for n, (question, answer) in enumerate(facts):
        is_held = n % 3 == 0
        row = {asking: question, answering: answer, "split": held if is_held else train}
        if asking == "instruction" and rng.random() < 0.5:
            row["input"] = ""
        rows.append(row)
        test += [(question, answer)] if is_held else []
    return Wild(_lines(rng, folder, rows), tuple(test), len(facts) - len(test))


def _lines(rng: random.Random, folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    escaped, mark = rng.random() < 0.3, rng.random() < 0.3
    if rng.random() < 0.25:
        path, text = folder / "data.json", json.dumps(rows, ensure_ascii=escaped, indent=2)
    else:
        path = folder / "data.jsonl"
        text = "\n".join(json.dumps(row, ensure_ascii=escaped) for row in rows)
        text += rng.choice(("", "\n", "\n\n"))
    end = rng.choice(("\n", "\r\n"))
    codec = "utf-8-sig" if mark else rng.choice(("utf-8", "utf-8", "gb18030"))
    path.write_bytes(text.replace("\n", end).encode(codec))
    return path


def _table(
    rng: random.Random, folder: Path, title: str, header: list[str], cells: list[list[Any]],
    merged: int | None = None,
) -> Path:  # fmt: skip
    above = [[f"{title}（2025年）"]] if rng.random() < 0.4 else []
    above += [[]] if above and rng.random() < 0.5 else []
    if rng.random() < 0.5:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in (*above, header, *cells):
            sheet.append(row)
        if above and rng.random() < 0.7:
            sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(header))
        if merged is not None:
            first = len(above) + 2
            sheet.merge_cells(
                start_row=first, end_row=first + len(cells) - 1,
                start_column=merged + 1, end_column=merged + 1,
            )  # fmt: skip
        path = folder / "file.xlsx"
        book.save(path)
        return path
    path = folder / rng.choice(("file.csv", "file.tsv"))
    out = io.StringIO()
    csv.writer(out, delimiter="\t" if path.suffix == ".tsv" else ",").writerows(
        [*above, header, *cells]
    )
    codec = rng.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16"))
    path.write_bytes(out.getvalue().encode(codec))
    return path
