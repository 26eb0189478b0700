"""A teacher whose every reply is known: right in words of its own, or wrong in a way of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harness.core import Sample
from harness.distill.verify.intent import without_named
from harness.tables.questions import say

GOLDEN = Path(__file__).parent / "golden" / "rewordings.yaml"


@dataclass(frozen=True)
class Row:
    """What the teacher says of one question; `kind` is how it is wrong, empty where it is right."""

    sample: Sample
    question: str
    answer: str
    kind: str = ""


class Wording:
    """Right questions and answers in other words, and every way to spoil them."""

    def __init__(self, samples: Sequence[Sample], seed: int) -> None:
        golden: Mapping[str, Any] = yaml.safe_load(GOLDEN.read_text("utf-8"))
        self.questions = golden["questions"]
        self.answers = golden["answers"]
        self.samples = samples
        self.draw = random.Random(seed)
        self.by_program: dict[str, list[Sample]] = {}
        for sample in samples:
            self.by_program.setdefault(program(sample), []).append(sample)

    def right(self, sample: Sample) -> Row:
        """The question in words that no suite file has, and its answer in a style of its own."""
        return Row(sample, self._question(sample), self._answer(sample))

    def wrong(self, sample: Sample, ways: Sequence[Way]) -> Row:
        """The same, spoilt in one of the ways that fit the question."""
        row = self.right(sample)
        spoilt = [found for way in ways if (found := way(self, row)) is not None]
        return self.draw.choice(spoilt)

    def _question(self, sample: Sample, of: str = "") -> str:
        slots = dict(zip(slot_names(program(sample)), sample.named, strict=True))
        if "hall" in slots:
            slots["hall"] = f"候车厅包含{slots['hall']}"
        return str(self.draw.choice(self.questions[of or program(sample)]).format(**slots))

    def _answer(self, sample: Sample) -> str:
        key = sample.row if sample.row in sample.named else "这些"
        words = say(sample.gold, next_day="次日" in sample.reference)
        hour, _, minute = words.removeprefix("次日").partition(":")
        clock = f"{hour}点{minute}分" if minute else words
        style = self.draw.choice(self.answers[sample.gold.kind])
        if style.startswith("{key}") and key == "这些":
            style = "{answer}"
        return str(style.format(answer=words, key=key, clock=clock))


def program(sample: Sample) -> str:
    return sample.template.partition("/")[0]


def slot_names(program_id: str) -> tuple[str, ...]:
    return SLOTS.get(program_id, ("key",))


SLOTS = {
    "filter.hall_after": ("hall", "time"),
    "filter.terminus_platform": ("terminus", "platform"),
    "compare.shortest_dwell": ("platform",),
    "compare.first_to": ("terminus",),
    "compare.first_from": ("origin",),
    "window.hall_arrival_platform": ("hall", "window", "platform"),
    "missing.gate_departure": ("gate",),
    "convert.delayed_departure": ("key", "time", "delay"),
}


def another_value(self: Wording, row: Row) -> Row | None:
    """The answer of another row, in the same words."""
    sample = row.sample
    same = self.by_program[program(sample)]
    others = [s for s in same if s.gold.value != sample.gold.value] if sample.gold.value else []
    if not others:
        return None
    other = self.draw.choice(others)
    if sample.gold.kind == "set" and set(other.gold.value or ()) == set(sample.gold.value or ()):  # type: ignore[arg-type] # both are tuples
        return None
    said = self.right(other).answer.replace(other.row, sample.row)
    return Row(sample, row.question, said, "another value")


def invented(self: Wording, row: Row) -> Row | None:
    """A missing cell filled with an invention."""
    if row.sample.gold.kind != "none":
        return None
    time = f"{self.draw.randrange(24):02}:{self.draw.randrange(60):02}"
    return Row(row.sample, row.question, f"{row.sample.row}次{time}。", "invented")


def denied(self: Wording, row: Row) -> Row | None:
    """Says that there is none where there is a value."""
    if row.sample.gold.kind == "none":
        return None
    return Row(row.sample, row.question, self.draw.choice(["没有数据。", "表中没有。"]), "denied")


def hedged(self: Wording, row: Row) -> Row | None:
    """The right value, or else another."""
    other = another_value(self, row)
    if other is None or row.sample.gold.kind == "set":
        return None
    words = f"{say(row.sample.gold)}或者{other.answer}"
    return Row(row.sample, row.question, words, "hedged")


def short_of_one(_: Wording, row: Row) -> Row | None:
    """A set without one of its items."""
    value = row.sample.gold.value
    if not isinstance(value, tuple) or len(value) < 2:
        return None
    return Row(row.sample, row.question, "、".join(value[:-1]), "set short of one")


def one_too_many(self: Wording, row: Row) -> Row | None:
    """A set with an item that is not in it."""
    value = row.sample.gold.value
    if not isinstance(value, tuple):
        return None
    same = [s for s in self.by_program[program(row.sample)] if isinstance(s.gold.value, tuple)]
    items = sorted({i for s in same for i in s.gold.value or ()} - set(value))  # type: ignore[union-attr] # tuples
    if not items:
        return None
    return Row(row.sample, row.question, "、".join([*value, items[0]]), "set with one too many")


def off_by_a_little(self: Wording, row: Row) -> Row | None:
    """A time, a span or a number close to the right one."""
    gold = row.sample.gold
    if gold.kind == "time":
        hour, minute = map(int, str(gold.value).split(":"))
        total = (hour * 60 + minute + self.draw.choice([-10, -1, 1, 5, 60, 720])) % 1440
        words = f"{total // 60:02}:{total % 60:02}"
    elif gold.kind in ("duration", "number"):
        words = f"{float(gold.value or 0) + self.draw.choice([-1, 1, 2, 10]):g}"  # type: ignore[arg-type] # a number
        words += "分钟" if gold.kind == "duration" else "站台"
    else:
        return None
    return Row(row.sample, row.question, f"{words}。", "off by a little")


def silent(_: Wording, row: Row) -> Row:
    """No answer at all."""
    return Row(row.sample, row.question, "", "empty")


def chatter(self: Wording, row: Row) -> Row:
    """Words without an answer."""
    said = self.draw.choice(
        ["我不知道。", "请查看大屏。", "数据不完整", "好的，我来回答这个问题。"]
    )
    if row.sample.gold.kind == "none":
        said = "好的，我来回答这个问题。"
    return Row(row.sample, row.question, said, "chatter")


def other_train(self: Wording, row: Row) -> Row | None:
    """The right value, said of another train."""
    sample = row.sample
    if sample.row not in sample.named:
        return None
    same = self.by_program[program(sample)]
    key = self.draw.choice(same).row
    if key == sample.row or key in sample.row or sample.row in key:
        return None
    return Row(sample, row.question, f"{key}次：{say(sample.gold)}。", "of another train")


def asks_other_train(self: Wording, row: Row) -> Row | None:
    """The question is about another train."""
    sample = row.sample
    if sample.row not in sample.named:
        return None
    key = self.draw.choice(self.by_program[program(sample)]).row
    if key == sample.row:
        return None
    return Row(sample, row.question.replace(sample.row, key), row.answer, "asks of another train")


def asks_other_thing(self: Wording, row: Row) -> Row | None:
    """The question has drifted to another column."""
    names = slot_names(program(row.sample))
    cells = ("lookup.", "missing.a", "missing.d")
    same = [p for p in self.questions if slot_names(p) == names and p != program(row.sample)]
    if program(row.sample).startswith(cells):
        own = program(row.sample).rpartition(".")[2]
        same = [p for p in same if p.rpartition(".")[2] != own]
    if not same:
        return None
    question = self._question(row.sample, self.draw.choice(same))
    return Row(row.sample, question, row.answer, "asks something else")


def asks_reverse(_: Wording, row: Row) -> Row | None:
    """First became last, after became before."""
    turns = {"最早": "最晚", "最短": "最长", "及以后": "以前", "或更晚": "以前", "没有": "有",
             "缺失": "完整", "晚点": "提前", "推迟": "提前"}  # fmt: skip
    word = next((word for word in turns if word in row.question), None)
    if word is None:
        return None
    return Row(row.sample, row.question.replace(word, turns[word]), row.answer, "asks the reverse")


def leaves_out(self: Wording, row: Row) -> Row | None:
    """A condition has gone lost."""
    value = self.draw.choice(row.sample.named)
    if value not in row.question or without_named(row.question, [value]) == row.question:
        return None
    return Row(row.sample, row.question.replace(value, "那个"), row.answer, "leaves a value out")


def translated(_: Wording, row: Row) -> Row:
    """Partly English."""
    return Row(row.sample, "Please tell me, " + row.question, row.answer, "partly English")


Way = Callable[[Wording, Row], Row | None]
WAYS: tuple[Way, ...] = (
    another_value, invented, denied, hedged, short_of_one, one_too_many, off_by_a_little, silent,
    chatter, other_train, asks_other_train, asks_other_thing, asks_reverse, leaves_out, translated,
)  # fmt: skip
