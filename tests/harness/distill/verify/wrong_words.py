"""Rows whose value may be right and whose words are not: what real teachers add, doubt and turn."""

from __future__ import annotations

import re

from harness.tables.questions import say
from tests.harness.distill.verify.wrong import Row, Way, Wording, program, slot_names

_TRADITIONAL = str.maketrans("车检厅终发开点时间没", "車檢廳終發開點時間沒")
_NOUNS = {
    "lookup.origin": "终到站", "lookup.terminus": "始发站", "lookup.arrival": "开点",
    "lookup.departure": "到点", "lookup.gate": "候车厅", "lookup.platform": "检票口",
    "missing.arrival": "检票口", "missing.departure": "站台",
}  # fmt: skip


def _answered(row: Row, answer: str, kind: str) -> Row:
    return Row(row.sample, row.question, answer, kind)


def _asked(row: Row, question: str, kind: str) -> Row:
    return Row(row.sample, question, row.answer, kind)


def is_about_a_row(row: Row) -> bool:
    return slot_names(program(row.sample)) == ("key",)


def is_list(row: Row) -> bool:
    """Whether the answer is some of the table's rows."""
    return isinstance(row.sample.gold.value, tuple) and row.sample.domain == "车次"


def embellished(self: Wording, row: Row) -> Row | None:
    """The right value, and something made up."""
    if row.sample.gold.kind == "none":
        return None
    more = ["，票价89元", "，在7Z检票", "，12:34停止检票", "，全程约8小时", "，请带好身份证件"]
    return _answered(row, row.answer.rstrip("。") + self.draw.choice(more), "embellished")


def doubted(self: Wording, row: Row) -> Row | None:
    """The right value, not quite sure."""
    if row.sample.gold.kind == "none":
        return None
    style = self.draw.choice(["可能是{}。", "我猜是{}", "{}左右", "大概{}吧", "{}，不敢确定"])
    return _answered(row, style.format(say(row.sample.gold)), "doubted")


def left_open(self: Wording, row: Row) -> Row | None:
    """All of the list, and then some."""
    if not is_list(row):
        return None
    end = self.draw.choice(["等。", "等车次。", "，还有其他车次。", "等等"])
    return _answered(row, say(row.sample.gold) + end, "left open")


def miscounted(self: Wording, row: Row) -> Row | None:
    """All of the list, under a wrong number."""
    value = row.sample.gold.value
    if not is_list(row) or not isinstance(value, tuple):
        return None
    count = len(value) + self.draw.choice([1, 2])
    return _answered(row, f"共{count}趟：{say(row.sample.gold)}。", "miscounted")


def misnamed(_: Wording, row: Row) -> Row | None:
    """The right value, of a train that does not exist."""
    key = row.sample.row
    if not is_about_a_row(row) or row.sample.gold.kind == "none":
        return None
    wrong = key[:-1] + ("Q" if key[-1].isdigit() else "7") if len(key) > 2 else key + "77"
    return _answered(row, f"{wrong}9次：{say(row.sample.gold)}。", "misnamed")


def of_another_column(_: Wording, row: Row) -> Row | None:
    """The right value or the right lack, said of another column."""
    noun = _NOUNS.get(program(row.sample))
    if noun is None:
        return None
    key, value = row.sample.row, say(row.sample.gold)
    lacks = row.sample.gold.kind == "none"
    said = f"{key}次没有{noun}。" if lacks else f"{key}次的{noun}是{value}。"
    return _answered(row, said, "of another column")


def no_such_row(self: Wording, row: Row) -> Row | None:
    """Not the cell but the train is said to be missing."""
    if row.sample.gold.kind != "none":
        return None
    said = self.draw.choice(["没有{}这趟车。", "查无此车", "没有找到{}次列车。", "{}次已停运"])
    return _answered(row, said.format(row.sample.row), "no such row")


def on_the_next_day(_: Wording, row: Row) -> Row | None:
    """The right time on a wrong day."""
    if row.sample.gold.kind != "time" or "次日" in row.sample.reference:
        return None
    return _answered(row, f"次日{row.sample.gold.value}。", "on the next day")


def left_over(self: Wording, row: Row) -> Row:
    """Pieces of JSON, of the prompt or of thinking around the answer, or the answer thrice."""
    styles = [
        '{{"answer": "{}"}}', '{}"}}]', "```json\n{}\n```", "新答案：{}", "答：{}", "好的，{}",
        "根据要求，改写如下：{}", "<think>想一想</think>{}", "{0}。{0}。{0}",
    ]  # fmt: skip
    return _answered(row, self.draw.choice(styles).format(row.answer), "left over")


def in_other_letters(self: Wording, row: Row) -> Row | None:
    """The answer in English or in traditional characters."""
    traditional = row.answer.translate(_TRADITIONAL)
    english = "No data" if row.sample.gold.kind == "none" else f"It is {say(row.sample.gold)}"
    choice = self.draw.choice([english, traditional])
    return None if choice == row.answer else _answered(row, choice, "in other letters")


def refused(self: Wording, row: Row) -> Row:
    """The value with a refusal around it, or the refusal alone."""
    said = self.draw.choice(["抱歉，{}", "{}，请以车站公告为准", "作为AI，我无法获取该信息"])
    return _answered(row, said.format(row.answer), "refused")


def given_away(self: Wording, row: Row) -> Row | None:
    """The question holds its answer."""
    if row.sample.gold.kind == "none":
        return None
    value, question = say(row.sample.gold), row.question.rstrip("？?。呀呢啊")
    style = self.draw.choice(["{q}，是{v}吗？", "听说是{v}，{q}？", "{q}，{v}对吧？"])
    return _asked(row, style.format(q=question, v=value), "given away")


def counted(_: Wording, row: Row) -> Row | None:
    """How many, where it was which."""
    question = re.sub("都?有哪些|都?是哪些|有哪几趟|是哪几趟|哪几趟", "有几趟", row.question)
    if not is_list(row) or question == row.question:
        return None
    return _asked(row, question, "counted")


def picked(self: Wording, row: Row) -> Row | None:
    """One of them, where it was all."""
    one = self.draw.choice(["最早的一趟是哪个", "随便推荐一趟", "第一趟是哪个"])
    question = re.sub("都?有哪些|都?是哪些|有哪几趟|是哪几趟", one, row.question)
    if not is_list(row) or question == row.question:
        return None
    return _asked(row, question, "picked")


def narrowed(self: Wording, row: Row) -> Row | None:
    """Only, except, and one condition more."""
    if is_about_a_row(row) or program(row.sample).startswith("convert"):
        return None
    value = self.draw.choice(row.sample.named)
    if value.isdigit() or row.question.count(value) != 1:
        return None
    style = self.draw.choice(["除{}以外", "非{}", "仅{}"])
    return _asked(row, row.question.replace(value, style.format(value)), "narrowed")


def doubled(self: Wording, row: Row) -> Row | None:
    """A second question behind the first."""
    if not is_about_a_row(row):
        return None
    joint = self.draw.choice(["，还有", "？另外", "，顺便问下"])
    second = "停几站台" if "platform" not in program(row.sample) else "几点开车"
    return _asked(row, f"{row.question.rstrip('？?。')}{joint}它{second}？", "doubled")


def at_another_time(self: Wording, row: Row) -> Row | None:
    """The same train tomorrow, or at the weekend."""
    if not is_about_a_row(row):
        return None
    key = row.sample.row
    day = self.draw.choice(["明天的", "周末的", "昨天的"])
    return _asked(row, row.question.replace(key, day + key, 1), "at another time")


def broken(self: Wording, row: Row) -> Row:
    """A question with pieces of JSON or of the prompt, or that says nothing."""
    styles = ['{{"question": "{}', '{}", "answer": "', "新问题：{}", "请换一种说法：{}", "Q1: {}"]
    stub = "、".join(row.sample.named) + "？"
    choice = self.draw.choice([*(style.format(row.question) for style in styles), stub])
    return _asked(row, choice, "broken")


WORDS: tuple[Way, ...] = (
    embellished, doubted, left_open, miscounted, misnamed, of_another_column, no_such_row,
    on_the_next_day, left_over, in_other_letters, refused, given_away, counted, picked, narrowed,
    doubled, at_another_time, broken,
)  # fmt: skip
