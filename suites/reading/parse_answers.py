"""A cell of answers as a person reads it: which letter belongs to which number.

    numbered   `32. B. The words of it`, `1-5 ABCDA`, `①B`, `第3题：C`, `【1题答案】D`
    in order   `BDCA`, `答案：B`, a letter a line
    concluded  `1.【解析】…… 故选C。`

A digit and a letter within an explanation are no answer: an answer is set off as answers are, and
what stands at the start of a line, or goes on from the answer before, outweighs what does not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from suites.reading.parse_conclusions import (
    CONCLUDED,
    KEY,
    MARK_OF_SHEET,
    Answer,
    concluded,
    key_of,
)
from suites.reading.parse_fold import shadow, tidy
from suites.reading.parse_numbers import Mark, Style, find_marks, mark_at, rank_at
from suites.reading.parse_tables import find_tables

_NAMED = (
    r"[【\[(]?\s?(?:(?:参考|正确|标准)?答案|正确选项|应选|应为|故选|选|[Aa]nswers?|ANSWERS?|[Kk]eys?|KEY|[Aa]ns)"
    r"\s?[】\])]?\s?(?:[:是为]|\bis\b)?\s*"
)
_SINGLE = re.compile(
    rf"\s?(?:\(\s?\d{{1,2}}\s?分\))?\s?[-:=]?\s*(?P<named>(?:{_NAMED}){{1,2}})?(?P<open>[(\[【“\"])?\s?(?P<key>{KEY})"
)
_RANGE = re.compile(
    r"(?:第\s?)?(?P<from>\d{1,3})\s?(?:题)?\s?(?:-+|~+|至|到)\s?(?:第\s?)?(?P<to>\d{1,3})\s?(?:小?题)?"
    rf"\s?[)】]?\s?(?:{_NAMED})?[.、:,]?\s*(?P<keys>[(\[]?[A-H][)\]]?(?:[\s,、;./()\[\]]*[A-H](?![a-z]|\s?选?项))*)"
)
_GLUED = re.compile(r"(\d{1,3})(?:\s?[·=-](?=\s?[A-H]))?(?=\s{0,4}(?:[A-Ha-d(【\[]|答案|选))")
_SMALL = re.compile(rf"(?P<named>{_NAMED})?(?P<open>[(\[【])?\s?(?P<key>[a-d])")
# What may not follow a key: the letter is then a word of a sentence.
_A_WORD = re.compile(
    r"[A-Za-z0-9'’]|错|误|有误|不|正确|对[。.,;]|是|属|符合|说法|表述|\s?(?:[一二两三四]?(?:个)?选?项|、[A-H]|[和与或及]\s?[A-H]|[处句段栏图表层区类级组型楼座市国县村地城校班队方股超罩角线车章条款家位列])"
    r"|先生|小姐|同学|老师|公司"
)
_SET_OFF = re.compile(r"\s*(?:$|解|\n|[.。,;:!)\]】(【\[<《]|\s{2}|\d|[A-H]\s*[.、])")
_EXPLAINS = re.compile(
    r"解析|详解|分析|点拨|解答|解题|【答案详|试题|[Ee]xplanations?\b|[Aa]nalysis\b"
)
_PASSAGE = r"(?:\(?[A-H]\)?\s?篇|[Pp]assage\s[A-H1-9]|[Tt]ext\s[A-H1-9])\s?[:.]?\s*"
_TITLE = (
    r"[【\[(]?\s?(?:参考|正确|标准)?(?:答案|[Aa]nswers?|ANSWERS?|[Kk]eys?)(?:\s?[】\])]|\s?:)*\s*"
)
_HEADER = re.compile(rf"^\s*(?:{_TITLE}(?:{_PASSAGE})?|{_PASSAGE}(?:{_TITLE})?)")
_NEAR = 400  # characters; a line of answers is no longer
_LITTLE = 4  # characters of a line that are no answer
_FOLLOWS = re.compile(rf"(?:[\s;,.、。)】\]|/]|{_PASSAGE})*$")
_ENTRY = re.compile(r"\d{1,3}\s?[.、:]?\s?[(【]?[A-Ha-h]+[)】]?(?![A-Za-z])|[\s;,.、。]")
_REFERS = re.compile(
    r"(?:第|图|表|例|段|行|页|句|注|line|lines|para|paragraph|table|figure|chapter|page)s?\.?\s?$|[“‘《]$",
    re.I,
)
_LETTERS = re.compile(
    r"[(\[【]?(?:[A-H](?:[\s,、;.。()\[\]【】/|-]*[A-H])*|[a-d](?:[\s,、;.()/-]*[a-d])*)[\s.。)\]】]*"
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a cell of answers says.

    Args:
        numbered: answers with a number, in the order of the cell.
        in_order: answers without one; empty where there are numbered ones.
        letters: the words of a cell that holds letters alone, such as `BDCA`: one answer a letter
            or one a word, as the questions tell.
        problems: what cannot be read, each as a sentence.
    """

    numbered: tuple[Answer, ...] = ()
    in_order: tuple[Answer, ...] = ()
    letters: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_answers(cell: str, numbers: Collection[int]) -> Answers:
    """Read a cell of answers.

    Args:
        cell: the cell.
        numbers: those of the questions; they tell an answer from a digit in an explanation.
    """
    # Keys may be underlined or bold.
    text = re.sub("[_*]", " ", shadow(tidy(cell)))
    ranges, problems = _ranges(text)
    tables, misfits = _tables(text)
    ranges = sorted([*ranges, *tables], key=lambda one: one.start)
    problems += misfits
    singles = _singles(text, ranges, numbers)
    found = [*(answer for one in ranges for answer in one.answers), *singles]
    found = _without_explanations(text, sorted(found, key=lambda a: a.start), numbers)
    found = [*found, *concluded(text, found, numbers)]
    if found or problems:
        return Answers(tuple(found), problems=tuple(problems))
    bare = text[_header_end(text) :].strip()
    if _LETTERS.fullmatch(bare):
        return Answers(letters=tuple(re.findall("[A-H]+", bare.upper())))
    return Answers(in_order=tuple(_in_order(text)))


# --- numbered ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Range:
    start: int
    end: int
    answers: tuple[Answer, ...]


def _ranges(text: str) -> tuple[list[_Range], list[str]]:
    """Answers such as `21-24 BDCA`, and ranges whose letters do not fit."""
    ranges: list[_Range] = []
    problems: list[str] = []
    for found in _RANGE.finditer(text):
        first, last = int(found["from"]), int(found["to"])
        if text[found.start() - 1 : found.start()].isdigit() or not 0 <= last - first < 60:
            continue
        if re.match("[A-Za-z]", text[found.end() :]):
            continue
        keys = _split_keys(found["keys"], last - first + 1)
        if len(keys) != last - first + 1:
            if rank_at(text, found.start()) > 1 or _HEADER.fullmatch(text[: found.start()]):
                said = " ".join(found["keys"].split())
                problems.append(f"{first}-{last} has {len(keys)} answers ({said:.40})")
                ranges.append(_Range(found.start(), found.end(), ()))
            continue
        answers = tuple(Answer(first + n, key, 4.0, found.start()) for n, key in enumerate(keys))
        ranges.append(_Range(found.start(), found.end(), answers))
    return ranges, problems


def _tables(text: str) -> tuple[list[_Range], list[str]]:
    """Answers below a row of numbers, and tables whose rows are not as long."""
    tables: list[_Range] = []
    problems: list[str] = []
    for found in find_tables(text):
        answers: tuple[Answer, ...] = ()
        if len(found.keys) == len(found.numbers):
            pairs = zip(found.numbers, found.keys, strict=True)
            answers = tuple(Answer(number, key_of(key), 4.0, found.start) for number, key in pairs)
        else:
            problems.append(
                f"a table has {len(found.numbers)} numbers and {len(found.keys)} answers"
            )
        tables.append(_Range(found.start, found.end, answers))
    return tables, problems


def _split_keys(said: str, count: int) -> list[str]:
    """Keys of a list: one a letter, or one a word where there are as many words as wanted."""
    words = re.findall("[A-H]+", said)
    return [key_of(word) for word in words] if len(words) == count else re.findall("[A-H]", said)


def _singles(text: str, ranges: Sequence[_Range], numbers: Collection[int]) -> list[Answer]:
    """Numbers with a key behind them, outside of ranges, each with how sure it is."""
    answers: list[Answer] = []
    end, last, style = _header_end(text), None, None
    waiting = list(ranges)
    marks = list(_answer_marks(text))
    # A number with a line of its own is answered there, and not within another's explanation.
    lines = {mark.number for mark in marks if mark.rank == 3 and mark.sure}
    for mark in marks:
        while waiting and waiting[0].end <= mark.start:
            done = waiting.pop(0)
            end = done.end
            last = done.answers[-1].number if done.answers else last
        if waiting and waiting[0].start <= mark.start:
            continue
        found = _SINGLE.match(text, mark.end) or _SMALL.match(text, mark.end)
        if found is None or not _stands(text, mark, found):
            if mark.sure and mark.number in numbers and _next(mark, last, style):
                last, style = mark.number, mark.style  # an answer in words
            continue
        before = last if style in (mark.style, None) else None
        rank = _rank(text, mark, before, end, numbers)
        if rank >= 2 or (rank > 0 and mark.number not in lines):
            words = text[found.end() :].partition("\n")[0]
            answers.append(Answer(mark.number, key_of(found["key"]), rank, mark.start, words))
            end, last, style = found.end(), mark.number, mark.style
    return answers


def _next(mark: Mark, last: int | None, style: Style | None) -> bool:
    """Whether a number follows on the last one, or is the first of a line."""
    if last is None:
        return mark.rank == 3
    return mark.rank > 0 and mark.number == last + 1 and style in (mark.style, None)


def _answer_marks(text: str) -> Iterator[Mark]:
    """Numbers that an answer may follow, glued ones such as the 2 of `1A2B` among them."""
    sheet = {found.start(): found for found in MARK_OF_SHEET.finditer(text)}
    places = sorted(
        {found.start() for found in re.finditer(r"(?<!\d)(?<!\d[.,])\d", text)} | set(sheet)
    )
    others = {mark.start: mark for mark in find_marks(text)}
    within = {at for mark in others.values() for at in range(mark.start + 1, mark.end)}
    for at in sorted({*places, *others} - within):
        if at in sheet:
            found = sheet[at]
            yield Mark(at, found.end(), int(found[1]), "plain", rank_at(text, at), True)
        elif (mark := others.get(at) or mark_at(text, at)) is not None:
            yield mark
        elif plain := _GLUED.match(text, at):
            yield Mark(at, plain.end(), int(plain[1]), "plain", rank_at(text, at), False)


def _stands(text: str, mark: Mark, found: re.Match[str]) -> bool:
    """Whether letters are a key and no word: `1.B`, but not `1. A company` or `1.A项`."""
    end = found.end()
    if found["open"]:
        return text[end:].lstrip()[:1] in tuple(')]】”"')
    small = found["key"].islower() and not _SET_OFF.match(text, end)
    if small or (not found["named"] and _goes_through(text, end, found["key"])):
        return False
    if _glued_next(text, end):
        return True
    if _A_WORD.match(text, end):
        alone = re.match(r"\s?选?项\s*[.。;,、)】]?\s*(?:\n|$|\d)", text[end:]) is not None
        return alone or (bool(found["named"]) and not text[end : end + 1].isascii())
    if found["key"] == "A" and re.match(r" [a-z]", text[end:]):
        return False
    return (
        mark.sure
        or bool(found["named"])
        or _SET_OFF.match(text, end) is not None
        or (mark.rank == 3 and not re.match(r" [a-z]", text[end:]))
    )


def _goes_through(text: str, end: int, key: str) -> bool:
    """Whether a letter is the first of options that are gone through: `A．对；B．错`."""
    if not re.match(r"\s?[.、:]\s*\S", text[end:]):
        return False
    words = re.split(r"\d{1,3}\s?[.、:)】]", text[end : end + _NEAR], maxsplit=1)[0]
    later = re.search(r"(?<![A-Za-z])([A-H])\s?[.、:]", words)
    return later is not None and later[1] > key[-1]


def _glued_next(text: str, end: int) -> bool:
    """Whether the next answer follows at once, as in `1A2B`."""
    return re.match(r"\d{1,3}\s?[.、:]?\s?[A-H](?![a-z])", text[end:]) is not None


def _header_end(text: str) -> int:
    found = _HEADER.match(text)
    return found.end() if found is not None else 0


def _rank(text: str, mark: Mark, last: int | None, end: int, numbers: Collection[int]) -> float:
    """How sure an answer is: by how it is set off, and whether it goes on from number `last`."""
    if mark.rank == 3:
        return 3.0
    if mark.start >= end and _FOLLOWS.fullmatch(text, end, mark.start):
        return 3.0 if end else 2.0
    if _REFERS.search(text[max(0, mark.start - 12) : mark.start]):
        return 0
    if mark.rank == 1 and mark.sure and _in_sheet(text, mark.start):
        return 2.0
    explained = _EXPLAINS.search(text, end, mark.start) is not None
    goes_on = last is not None and mark.number == last + 1
    if mark.rank == 2:
        return 1.0 if explained and not goes_on else 2.0
    known = goes_on and mark.number in numbers and (mark.rank == 1 or mark.sure)
    return (1.0 if mark.rank == 1 and not explained else 0.5) if known else 0


def _in_sheet(text: str, at: int) -> bool:
    """Whether a line holds little else than answers, be one of them missing or no letter."""
    low, high = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    line = text[low : high if high >= 0 else len(text)]
    return len(line) < _NEAR and len(_ENTRY.sub("", line)) <= _LITTLE


def _without_explanations(
    text: str, answers: Sequence[Answer], numbers: Collection[int]
) -> list[Answer]:
    """What counts of the answers: of each number the surest, and none behind a complete sheet."""
    explained = _EXPLAINS.search(text)
    if explained is not None and numbers:
        sheet = [answer for answer in answers if answer.start < explained.start()]
        if set(numbers) <= {answer.number for answer in sheet}:
            answers = sheet
    best: dict[int | None, float] = {}
    for answer in answers:
        best[answer.number] = max(best.get(answer.number, 0), answer.rank)
    return [answer for answer in answers if answer.rank == best[answer.number]]


# --- in order ------------------------------------------------------------------------------------


def _in_order(text: str) -> list[Answer]:
    """Answers without numbers: named ones, a letter a line, or conclusions."""
    for found in (_named(text), _by_line(text), _conclusions(text)):
        if found:
            return found
    return []


def _named(text: str) -> list[Answer]:
    """Answers that each have a word before them: `答案：B`."""
    pattern = re.compile(
        r"(?:^|(?<=[\s。;.)】]))[【\[(]?\s?(?:参考|正确|标准)?(?:答案|应选|选|[Aa]nswer|ANSWER|[Kk]ey)\s?"
        rf"(?:[】\])]|\s|:|是|为|is\b)*[(\[]?(?P<key>{KEY}|[a-d](?![a-z]))"
    )
    return [
        Answer(None, key_of(found["key"]), 3.0, found.start(), _line_after(text, found.end()))
        for found in pattern.finditer(text)
        if not _A_WORD.match(text, found.end())
    ]


def _by_line(text: str) -> list[Answer]:
    """A key at the start of each line; other lines explain."""
    pattern = re.compile(rf"^\s*(?:[-*•]\s?)?[(\[]?(?P<key>{KEY}|[a-d](?=\s*$|[.、)]))[)\]]?", re.M)
    return [
        Answer(None, key_of(found["key"]), 2.0, found.start(), _line_after(text, found.end()))
        for found in pattern.finditer(text)
        if not _A_WORD.match(text, found.end())
        and not (found["key"] == "A" and re.match(r" [a-z]", text[found.end() :]))
    ]


def _conclusions(text: str) -> list[Answer]:
    return [
        Answer(None, key_of(found["key"]), 1.5, found.start()) for found in CONCLUDED.finditer(text)
    ]


def _line_after(text: str, at: int) -> str:
    return text[at:].partition("\n")[0]
