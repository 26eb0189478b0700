"""The text that the embedded base is trained on gives nothing of the benchmark away."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pandas as pd
import pytest

from baselines import train_tiny
from baselines.tiny_corpus import CLOSERS, OPENERS, SUBJECTS, Conversation, conversations
from harness.tables.suite_file import read_definition
from harness.text.normalize import fold
from suites.timetable import HERE, Options

COUNT = 30_000
# Seed, looseness and width of the phases that the shipped base goes through.
PHASES = [(phase.seed, phase.loose, phase.wide) for phase in train_tiny.PHASES]
TIME = re.compile(r"\d\d:\d\d")
SPAN = re.compile(r"(?:\d+小时)?\d+分钟|\d+小时")
# More ways to open a question, that suites use and the corpus might.
MORE_OPENERS = ("我想知道", "帮我查一下", "帮我算一下", "坐", "我坐")


@cache
def corpus() -> tuple[Conversation, ...]:
    """The first conversations of every phase."""
    phases = (itertools.islice(conversations(*phase), COUNT) for phase in PHASES)
    return tuple(itertools.chain.from_iterable(phases))


def digest(made: Iterator[Conversation]) -> str:
    turns = (f"{turn.question}\0{turn.answer}\n" for turns in made for turn in turns)
    return hashlib.sha256("".join(turns).encode()).hexdigest()


def asked() -> Iterator[tuple[str, str, str]]:
    """Train, question without the rows to read, and answer, of every turn."""
    for turn in itertools.chain.from_iterable(corpus()):
        yield turn.answer.partition("次")[0], turn.question.rpartition("\n")[2], turn.answer


def bare(text: str) -> str:
    return re.sub(r"[\W_]", "", fold(text))


def longest_first(texts: Iterable[str]) -> list[str]:
    return sorted({bare(text) for text in texts} - {""}, key=len, reverse=True)


BARE_OPENERS = longest_first((*OPENERS, *MORE_OPENERS))
BARE_CLOSERS = longest_first(CLOSERS)
BARE_SUBJECTS = longest_first(subject.format(key="甲") for subject in SUBJECTS)


def core(question: str, key: str) -> str:
    """What is left of a question without its train, times, opener, closer and manners."""
    text = SPAN.sub("丙", TIME.sub("乙", fold(question).replace(fold(key), "甲")))
    text = bare(text)
    for closer in BARE_CLOSERS:
        text = text.removesuffix(closer)
    for opener in (*BARE_OPENERS, *BARE_OPENERS):  # 你好，请问
        text = text.removeprefix(opener)
    for subject in BARE_SUBJECTS:
        if subject in text:
            return text.replace(subject, "甲", 1).replace("甲的", "甲", 1)
    return text


def phrasings(split: str) -> dict[str, str]:
    """Cores of a suite's phrasings, each with the phrasing."""
    definition = read_definition(Options().definition)
    marks = {"key": "K1", "time": "07:06", "delay": "5分钟"}
    found = {}
    for family in definition.families.values():
        for program in family.programs:
            words = {**dict.fromkeys(program.slots(), "某"), **marks}
            for phrasing in getattr(program, split):
                found[core(phrasing.format(**words), "K1")] = phrasing
    return found


@pytest.mark.parametrize("wordings", ["test", "report"])
def test_no_phrasing_that_is_asked_is_taught(wordings: str) -> None:
    cores = [core(question, key) for key, question, _ in asked()]
    assert len(set(cores)) > 1000
    assert {p for c, p in phrasings(wordings).items() if c in set(cores)} == set()
    # Loose wordings open with anything, and a slip of the finger may hit upon what follows.
    kept = tuple(phrasings(wordings))
    assert sum(text.endswith(kept) for text in cores) <= len(cores) / 10_000
    # The comparison sees through manners: plain train phrasings are found.
    assert "{key}次列车的始发站是哪里？" in {p for c, p in phrasings("train").items() if c in cores}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("请问K1次列车的检票口呢？", "甲检票口"),
        ("你好，请问车次K1检票口", "甲检票口"),
        ("我想知道K1次列车的检票口。", "甲检票口"),
        ("麻烦问一下，我坐K1这趟车，检票口，谢谢。", "甲检票口"),
        ("K1次原定07:06开车，晚点1小时5分钟，几点开？", "甲原定乙开车晚点丙几点开"),
    ],
)
def test_cores_are_free_of_manners(question: str, expected: str) -> None:
    assert core(question, "K1") == expected


@cache
def boards() -> dict[str, list[dict[str, str]]]:
    """Cells of the shipped boards as answers say them, by train."""
    found: dict[str, list[dict[str, str]]] = {}
    for name in ("board-24", "board-220"):
        for row in pd.read_excel(HERE / "tables" / f"{name}.xlsx", dtype=object).to_dict("records"):
            cells = {str(column): said(cell) for column, cell in row.items()}
            found.setdefault(cells["车次"], []).append(cells)
    return found


def said(cell: object) -> str:
    if isinstance(cell, dt.time):
        return cell.strftime("%H:%M")
    text = str(cell).replace("，", "、")
    return text.zfill(5) if re.fullmatch(r"\d:\d\d", text) else text


def test_no_fact_of_a_shipped_board_is_taught() -> None:
    assert len(boards()) > 200
    facts = {
        answer
        for key, rows in boards().items()
        for row in rows
        for answer in (
            f"{key}次的始发站是{row['始发站']}。",
            f"{key}次的终到站是{row['终到站']}。",
            f"{key}次{row['到点']}到站。",
            f"{key}次{row['开点']}开车。",
            f"{key}次在{row['候车厅']}候车。",
            f"{key}次在{row['检票口']}检票口检票。",
            f"{key}次停靠{row['站台']}站台。",
        )
    }
    answers = {answer for _, _, answer in asked()}
    assert not facts & answers
    # The sentences are those of the corpus: with its own trains they would be found.
    for start, end in (("次的始发站是", "。"), ("检票口检票", "。"), ("次停靠", "站台。")):
        assert any(start in answer and answer.endswith(end) for answer in answers)


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def test_clock_sums_are_right() -> None:
    moves = gaps = nights = 0
    for _, question, answer in asked():
        times = [minutes(time) for time in TIME.findall(question)]
        if len(times) == 2:
            gaps += 1
            assert answer.endswith(f"次停车{(times[1] - times[0]) % 1440}分钟。")
        elif len(times) == 1:
            moves += 1
            (span,) = SPAN.findall(question)
            parts = {unit: int(number) for number, unit in re.findall(r"(\d+)(小时|分钟)", span)}
            moved = times[0] + parts.get("小时", 0) * 60 + parts.get("分钟", 0)
            day = "次日" if moved >= 1440 else ""
            nights += bool(day)
            clock = f"{moved // 60 % 24:02}:{moved % 60:02}"
            assert answer.endswith(f"次晚点后{day}{clock}开车。")
    assert min(moves, gaps, nights) > 100


def test_open_book_answers_stand_in_the_rows() -> None:
    count = 0
    for turns in corpus():
        text, newline, _ = turns[0].question.rpartition("\n")
        if not newline:
            continue
        lines = {re.split("[,：]", line)[0]: line for line in text.split("\n")}
        for turn in turns:
            count += 1
            key, _, rest = turn.answer.partition("次")
            line = lines[key]
            if "停车" in rest:
                start, end = (minutes(time) for time in TIME.findall(line))
                # Fields may be in any order, and a stop is always shorter than an hour.
                assert rest in (
                    f"停车{(end - start) % 1440}分钟。",
                    f"停车{(start - end) % 1440}分钟。",
                )
            elif not rest.startswith("没有"):
                value = re.sub(
                    "的始发站是|的终到站是|到站。|开车。|在|检票口检票。|候车。|停靠|站台。|。",
                    "",
                    rest,
                )
                assert value in line
            else:
                assert len(TIME.findall(line)) == 1
    assert count > 1000


def test_a_seed_decides_every_conversation() -> None:
    first, again, other = (digest(itertools.islice(conversations(s), 500)) for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_corpus_is_the_one_that_the_shipped_base_learned() -> None:
    """A change here is a new base: train it, then renew the digests."""
    assert [digest(itertools.islice(conversations(*phase), 20_000)) for phase in PHASES] == [
        "c15f736ff9d9dcb1eec6615170953bdbdcbdcad466580dbefaa81ef1eb10c395",
        "b9d678a12c1617edf4e9b754b55ec1841a9f98a8defda965b78ac3dfe13cdb4e",
        "adb82d3f5a65cbdba5b35b95d2e0f78cdb5058e58c0485b02470b9ac1ebc351d",
    ]
