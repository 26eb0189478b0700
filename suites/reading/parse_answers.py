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

from suites.reading.parse_fold import shadow, tidy
from suites.reading.parse_numbers import Mark, Style, find_marks, mark_at, rank_at
from suites.reading.parse_tables import find_tables

_KEY = r"[A-H](?:(?: ?[,、/&和或] ?)?[A-H](?![a-z'’]))*(?: [A-H](?=[ \t]*(?:\n|$|  |\d)))*"
_NAMED = (
    r"[【\[(]?\s?(?:(?:参考|正确|标准)?(?:答案|选项)|应选|应为|故选|选|[Aa]nswers?|ANSWERS?|[Kk]eys?|KEY|[Aa]ns)"
    r"\s?[】\])]?\s?(?:[:是为]|\bis\b)?\s*"
)
_SINGLE = re.compile(
    rf"\s?(?:\(\s?\d{{1,2}}\s?分\))?\s?[-:=]?\s*(?P<named>(?:{_NAMED}){{1,2}})?(?P<open>[(\[【“\"])?\s?(?P<key>{_KEY})"
)
_RANGE = re.compile(
    r"(?:第\s?)?(?P<from>\d{1,3})\s?(?:题)?\s?(?:-+|~+|至|到)\s?(?:第\s?)?(?P<to>\d{1,3})\s?(?:小?题)?"
    rf"\s?[)】]?\s?(?:{_NAMED})?[.、:,]?\s*(?P<keys>[(\[]?[A-H][)\]]?(?:[\s,、;./()\[\]]*[A-H](?![a-z]|\s?选?项))*)"
)
_GLUED = re.compile(r"(\d{1,3})(?:\s?[·=-](?=\s?[A-H]))?(?=\s{0,4}(?:[A-Ha-d(【\[]|答案|选))")
_SMALL = re.compile(rf"(?P<named>{_NAMED})?(?P<open>[(\[【])?\s?(?P<key>[a-d])")
# What may not follow a key: the letter is then a word of a sentence.
_A_WORD = re.compile(
    r"[A-Za-z0-9'’]|错|误|有误|不|正确|对[。.,;]|是|属|符合|说法|表述|\s?(?:[一二两三四]?(?:个)?选?项|、[A-H]|[和与或及]\s?[A-H]|处|句|段|栏|图|表)"
)
_SET_OFF = re.compile(r"\s*(?:$|解|\n|[.。,;:!)\]】(【\[<《]|\s{2}|\d|[A-H]\s*[.、])")
_EXPLAINS = re.compile(
    r"解析|详解|分析|点拨|解答|解题|【答案详|试题|[Ee]xplanations?\b|[Aa]nalysis\b"
)
_CONCLUDED = re.compile(
    r"(?:故选|应选|故答案[应为是选:]+|答案(?:应该?)?[为是选:】]+|本题(?:应)?选|此题选|正确(?:答案|选项)[应为是:]+"
    r"|所以选|因此选|可知选|(?<=[,;。])\s?(?:应选|选|应为)"
    r"|(?:correct|right|best)\s+(?:answer|choice|option)\s+(?:is|should be)"
    rf"|answer\s*(?:is|:))\s*[:(\[“\"]?\s*(?P<key>{_KEY})(?![A-Za-z])"
)
_PASSAGE = r"(?:\(?[A-H]\)?\s?篇|[Pp]assage\s[A-H1-9]|[Tt]ext\s[A-H1-9])\s?[:.]?\s*"
_TITLE = (
    r"[【\[(]?\s?(?:参考|正确|标准)?(?:答案|[Aa]nswers?|ANSWERS?|[Kk]eys?)(?:\s?[】\])]|\s?:)*\s*"
)
_HEADER = re.compile(rf"^\s*(?:{_TITLE}(?:{_PASSAGE})?|{_PASSAGE}(?:{_TITLE})?)")
_LITTLE = 4  # characters of a line that are no answer
_FOLLOWS = re.compile(rf"(?:[\s;,.、。)】\]|/]|{_PASSAGE})*$")
_ENTRY = re.compile(r"\d{1,3}\s?[.、:]?\s?[(【]?[A-Ha-h]+[)】]?(?![A-Za-z])|[\s;,.、。]")
_REFERS = re.compile(
    r"(?:第|图|表|例|段|行|页|句|注|line|lines|para|paragraph|table|figure|chapter|page)s?\.?\s?$",
    re.I,
)
_LETTERS = re.compile(
    r"[(\[【]?(?:[A-H](?:[\s,、;.。()\[\]【】/|-]*[A-H])*|[a-d](?:[\s,、;.()/-]*[a-d])*)[\s.。)\]】]*"
)
_MARK_OF_SHEET = re.compile(r"【\s?(?:小题)?\s?(\d{1,3})\s?(?:小?题)?\s?(?:答案)?\s?】")
_MARK_OF_TEXT = re.compile(r"【\s?第?\s?(\d{1,3})\s?(?:小?题)?\s?(?:详解|解析|解答|分析)\s?】")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Args:
        number: of the question; `None` where only the order tells.
        key: its letters, sorted; more than one is no single choice.
        rank: how sure it is that this is an answer, 0.5 to 4.
        start: where it begins in the cell.
        words: what stands behind the key on its line.
    """

    number: int | None
    key: str
    rank: float
    start: int
    words: str = ""


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
    found = [*found, *_concluded(text, found, numbers)]
    if found or problems:
        return Answers(tuple(found), problems=tuple(problems))
    bare = text[_header_end(text) :].strip()
    if _LETTERS.fullmatch(bare):
        return Answers(letters=tuple(re.findall("[A-H]+", bare.upper())))
    return Answers(in_order=tuple(_in_order(text)))


def key_of(found: str) -> str:
    """The letters of a key, sorted, each once."""
    return "".join(sorted(set(re.findall("[A-H]", found.upper()))))


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
    for mark in _answer_marks(text):
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
        if rank > 0:
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
    sheet = {found.start(): found for found in _MARK_OF_SHEET.finditer(text)}
    places = sorted(
        {found.start() for found in re.finditer(r"(?<!\d)(?<!\d[.,])\d", text)} | set(sheet)
    )
    others = {mark.start: mark for mark in find_marks(text)}
    for at in sorted({*places, *others}):
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
    if found["key"].islower() and not _SET_OFF.match(text, end):
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
    return len(_ENTRY.sub("", line)) <= _LITTLE


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


def _concluded(text: str, answers: Sequence[Answer], numbers: Collection[int]) -> Iterator[Answer]:
    """Keys that only the end of an explanation names, and those that speak against the sheet."""
    keys = {answer.number: answer.key for answer in answers}
    marks = _explained(text)
    for place, mark in enumerate(marks):
        known = mark.number in keys
        if mark.number not in numbers or (mark.rank < 2 and not known):
            continue
        later = (one.start for one in marks[place + 1 :] if known or one.rank > 1)
        end = min(next(later, len(text)), _end_of_sheet(text, mark, answers))
        said = {key_of(found["key"]) for found in _CONCLUDED.finditer(text, mark.end, end)}
        if len(said) == 1 and keys.get(mark.number) not in said:
            yield Answer(mark.number, said.pop(), 1.5, mark.start)


def _explained(text: str) -> list[Mark]:
    """Numbers that an explanation may follow, in order."""
    marks = find_marks(text)
    style: Style = next((mark.style for mark in marks if mark.rank > 1), "plain")
    sheet = {found.start() for found in _MARK_OF_SHEET.finditer(text)}
    numbered = [mark for mark in marks if mark.style == style and mark.start not in sheet]
    titled = [
        Mark(found.start(), found.end(), int(found[1]), style, 3, True)
        for found in _MARK_OF_TEXT.finditer(text)
    ]
    return sorted([*numbered, *titled], key=lambda mark: mark.start)


def _end_of_sheet(text: str, mark: Mark, answers: Sequence[Answer]) -> int:
    """The end of a line that holds more answers than one: what stands below explains them all."""
    low, high = text.rfind("\n", 0, mark.start) + 1, text.find("\n", mark.start)
    several = sum(low <= answer.start < high for answer in answers) > 1
    return high if several else len(text)


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
        rf"(?:[】\])]|\s|:|是|为|is\b)*[(\[]?(?P<key>{_KEY}|[a-d](?![a-z]))"
    )
    return [
        Answer(None, key_of(found["key"]), 3.0, found.start(), _line_after(text, found.end()))
        for found in pattern.finditer(text)
        if not _A_WORD.match(text, found.end())
    ]


def _by_line(text: str) -> list[Answer]:
    """A key at the start of each line; other lines explain."""
    pattern = re.compile(
        rf"^\s*(?:[-*•]\s?)?[(\[]?(?P<key>{_KEY}|[a-d](?=\s*$|[.、)]))[)\]]?", re.M
    )
    return [
        Answer(None, key_of(found["key"]), 2.0, found.start(), _line_after(text, found.end()))
        for found in pattern.finditer(text)
        if not _A_WORD.match(text, found.end())
        and not (found["key"] == "A" and re.match(r" [a-z]", text[found.end() :]))
    ]


def _conclusions(text: str) -> list[Answer]:
    return [
        Answer(None, key_of(found["key"]), 1.5, found.start())
        for found in _CONCLUDED.finditer(text)
    ]


def _line_after(text: str, at: int) -> str:
    return text[at:].partition("\n")[0]
