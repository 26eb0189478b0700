"""A cell of questions as a person reads it: items with stem, options and what is wrong with them.

choice    a stem and four options
open      a question that is to be answered in words
faulty    meant as a choice, but its four options cannot be told
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from suites.reading.parse_fold import content, shadow, tidy
from suites.reading.parse_headings import HEADING, NOTE, PASSAGE, SOURCE
from suites.reading.parse_labels import (
    LETTERS,
    Label,
    beyond,
    broken_set,
    doubtful,
    find_labels,
    find_sets,
)
from suites.reading.parse_margins import without_margins
from suites.reading.parse_numbers import Mark
from suites.reading.parse_starts import find_starts

Kind = Literal["choice", "open", "faulty"]

_SCORE = re.compile(
    r"\s?[(\[【]\s*(?:(?:本|每|此)?(?:小?题|空)?\s*(?:共|满分|各|计)?\s*)?\d{1,2}(?:\.5)?\s*"
    r"(?:分|points?|marks?|pts?\.?)\s*[)\]】]",
    re.IGNORECASE,
)
_KEY_LINE = re.compile(
    r"(?:^|(?<=[\s。.;)】\]])|(?<=[^\x00-\x7f]))[【\[(]?\s?(?:(?:参考|正确|标准)?答案|[Aa]nswer|ANSWER|[Kk]ey)"
    r"\s?[】\])]?\s*(?:[:是为]|\bis\b)?\s*[(\[【]?\s*([A-Ha-h](?:[\s,、]{0,2}[A-H]){0,3})"
    r"(?![A-Za-z])\s?[)\]】]?\s?[.。]?"
)
_EXPLAINED = re.compile(
    r"\n[^\S\n]*[【\[(]?(?:答案|参考答案|解析|详解|分析|Explanation)[】\])]?\s?[:：】]?"
)
_FILLED = re.compile(r"([(\[【])\s*([A-D])\s*([)\]】])(?=[\s。.?:]*$)")
_OPEN_WORDS = re.compile(
    "请|简要|简述|概括|赏析|试分析|结合.{0,12}(?:分析|谈|说明)|谈谈|说说|为什么|怎样理解|如何理解"
    r"|\b(?:why do you think|in your own words|explain|discuss|briefly)\b",
    re.IGNORECASE,
)
_STEM_END = re.compile(r"(?:[?:_)a-z]|是|有|的|一项|[.。…]{1,3})\s*$")
_LONGEST_UNLABELLED = 120


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a cell.

    Args:
        kind: what it is.
        number: as printed; `None` where there is none.
        stem: without number and score marks.
        options: the four texts in the order A to D; empty unless it is a choice.
        key: the letter that the question itself names as its answer, such as `B`; mostly empty.
        fault: why it is faulty.
        rest: what stands behind it and belongs to no part of it.
    """

    kind: Kind
    number: int | None
    stem: str
    options: tuple[str, ...] = ()
    key: str = ""
    fault: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Questions:
    """All items of a cell, and the words before the first that are no heading."""

    items: tuple[Item, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell as it is and as patterns want it, with the labels in it."""

    raw: str
    text: str
    labels: Sequence[Label]


def read_questions(cell: str) -> Questions:
    """Read the questions of a cell."""
    raw, written = without_margins(tidy(cell))
    text = shadow(raw)
    whole = _Cell(raw, text, find_labels(text))
    starts = find_starts(text, whole.labels)
    items: list[Item] = []
    before = ""
    first = starts[0].start if starts else len(text)
    if text[:first].strip():
        found = list(_block(whole, None, 0, first))
        if starts and all(item.kind == "open" for item in found):
            before = "" if HEADING.search(text[:first]) else content(raw[:first])
        else:
            items += found
    for place, mark in enumerate(starts):
        end = starts[place + 1].start if place + 1 < len(starts) else len(text)
        items += _block(whole, mark, mark.end, end)
    return Questions(tuple(_written(item, written) for item in items), before)


def _written(item: Item, letters_before: Mapping[int, str]) -> Item:
    """The item with the letter that stands before its number, beside the one it names itself."""
    letter = letters_before.get(item.number or 0, "")
    return replace(item, key=letters(item.key + letter)) if letter else item


def _block(cell: _Cell, mark: Mark | None, low: int, high: int) -> Iterator[Item]:
    """The items under one number: more than one where later numbers are missing."""
    number = mark.number if mark is not None else None
    sets = _without_lists(find_sets(cell.text, cell.labels, low, high))
    if not sets:
        item = _without_labels(cell, number, low, high)
        if item is not None:
            yield item
        return
    for place, chosen in enumerate(sets):
        end = (
            _last_end(cell, chosen[-1], sets[place + 1][0].start) if place + 1 < len(sets) else high
        )
        yield from _choice(cell, number if place == 0 else None, (low, end), chosen)
        low = end


def _without_lists(sets: Sequence[tuple[Label, ...]]) -> Sequence[tuple[Label, ...]]:
    """The sets without those of small letters where capitals follow: what is to be put in order."""
    capitals = [chosen for chosen in sets if not chosen[0].small]
    return capitals if capitals and sets[0][0].small else sets


def _last_end(cell: _Cell, last: Label, following: int) -> int:
    """Where the last option ends and the stem of the next question, which has no number, begins."""
    if found := _KEY_LINE.search(cell.text, last.end, following):
        return found.end()
    words = len(cell.text[: last.end]) + _leading(cell.text[last.end : following])
    for pattern in (r"\n", r" {2,}", r"(?<=[。?!])", r"(?<=\.) "):
        found = re.compile(pattern).search(cell.text, words, following)
        if found is not None and cell.text[found.end() : following].strip():
            return found.start()
    return following


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip())


def _choice(
    cell: _Cell, number: int | None, span: tuple[int, int], chosen: tuple[Label, ...]
) -> Iterator[Item]:
    """A question with four labels, and the open one that may stand behind it without a number."""
    low, high = span
    key, cut, rest_from = "", high, high
    if found := _KEY_LINE.search(cell.text, chosen[-1].end, high):
        key, cut, rest_from = letters(found[1]), found.start(), found.end()
    elif found := _EXPLAINED.search(cell.text, chosen[-1].end, high):
        cut = rest_from = found.start()
    cut, tail = _trailing(cell, chosen[-1].end, cut)
    ends = [*(label.start for label in chosen[1:]), cut]
    said = {
        label.letter: _option(cell.raw[label.end : end])
        for label, end in zip(chosen, ends, strict=True)
    }
    stem, filled = _stem(cell.raw[low : chosen[0].start])
    fault = doubtful(chosen, cell.labels) or _runs_on(cell.raw[chosen[-1].end : cut], said)
    more = beyond(cell.text, chosen, cell.labels, cut)
    item = Item(
        "choice", number, stem, tuple(said[letter] for letter in LETTERS), key or filled,
        rest=content(cell.raw[rest_from:high]),
    )  # fmt: skip
    yield _checked(item, more, fault)
    for text in tail:
        yield Item("open", None, _stem(text)[0])


def _runs_on(last: str, said: Mapping[str, str]) -> str:
    """What is wrong with a last option that holds a paragraph more than the others."""
    lengths = sorted(map(len, said.values()))
    ended = re.search(r"[.。?？!！”\"][^\S\n]*\n\s*\S", last.rstrip()) is not None
    return "its last option runs on" if ended and len(last) > 3 * lengths[2] + 40 else ""


def _checked(item: Item, more: str, fault: str = "") -> Item:
    """The item, faulty where it is no question with four options after all."""
    if more:
        fault = f"has {4 + len(more)} options, up to {more[-1]}"
    elif not item.stem:
        fault = "has options and no stem"
    elif not all(item.options):
        fault = "an option is empty"
    elif len({same(option) for option in item.options}) < 4:
        fault = "two of its options are the same"
    return replace(item, kind="faulty", fault=fault, options=()) if fault else item


def same(text: str) -> str:
    """A text as it is compared: lower case, without white space and punctuation at its end."""
    return re.sub(r"\s+", "", shadow(text)).casefold().strip(".。;,、:?!")


def letters(found: str) -> str:
    """The letters of a key, sorted, each once."""
    return "".join(sorted(set(re.findall("[A-H]", found.upper()))))


def _trailing(cell: _Cell, low: int, cut: int) -> tuple[int, list[str]]:
    """Where the last option ends before lines that are no part of it, and those that ask.

    A line of its own with a score mark is an open question; a heading or a source is nothing.
    """
    lines = list(re.finditer(r"\n(?=\s*\S)", cell.text[:cut][low:]))
    tail: list[str] = []
    for place, found in enumerate(lines):
        start = low + found.start()
        end = low + lines[place + 1].start() if place + 1 < len(lines) else cut
        line = cell.text[start:end]
        asks = _SCORE.search(line) and (_OPEN_WORDS.search(line) or re.search(r"\?", line))
        # Where a number follows, a letter on a line of its own names the next passage.
        passage = PASSAGE.fullmatch(line) and cell.text[end:].lstrip()[:1].isdigit()
        other = HEADING.search(line) or SOURCE.fullmatch(line) or NOTE.fullmatch(line)
        if asks or passage or other:
            tail += [cell.raw[start:end]] if asks else []
            cut = min(cut, start)
    return cut, tail


def _option(raw: str) -> str:
    return content(_without_scores(raw)).strip().lstrip(".、:：．,，)）").strip()


def _stem(raw: str) -> tuple[str, str]:
    """A stem without score marks, and the letter that somebody filled in at its end."""
    plain = _without_scores(raw).strip()
    found = _FILLED.search(shadow(plain))
    if found is None:
        return content(plain).lstrip(".、:：．,，)）").strip(), ""
    emptied = f"{plain[: found.start(2)].rstrip()} {plain[found.end(2) :].lstrip()}"
    return content(emptied), found[2]


def _without_scores(raw: str) -> str:
    text = shadow(raw)
    for found in reversed(list(_SCORE.finditer(text))):
        raw = raw[: found.start()] + raw[found.end() :]
    return raw


def _without_labels(cell: _Cell, number: int | None, low: int, high: int) -> Item | None:
    """An item without labels: four lines under a stem, a broken choice, an open question."""
    text = cell.text[low:high]
    if not text.strip():
        return Item("faulty", number, "", fault="has a number and nothing behind it")
    key, rest, cut = "", "", high
    if found := _KEY_LINE.search(cell.text, low, high):
        key, rest, cut = letters(found[1]), content(cell.raw[found.end() : high]), found.start()
    stem, filled = _stem(cell.raw[low:cut])
    if wrong := broken_set(cell.text, cell.labels, low, cut):
        named = ", ".join(wrong)
        return Item("faulty", number, stem, fault=f"its options are labelled {named}", rest=rest)
    options = _unlabelled(cell, low, cut)
    if options:
        head, filled = _stem(options[0])
        four = tuple(map(_option, options[1:]))
        return _checked(Item("choice", number, head, four, key or filled, rest=rest), "")
    if number is not None and HEADING.search(text) and not _OPEN_WORDS.search(_asked(text)):
        return None
    if key or filled:
        return Item("faulty", number, stem, key=key or filled, fault="has a key and no options")
    return Item("open", number, stem)


def _asked(text: str) -> str:
    """A text without the words of headings that look like a request."""
    return re.sub(r"请?阅读(?:下面|下列|以下).*?[,。;]|请?完成.*?题", "", text)


def _unlabelled(cell: _Cell, low: int, high: int) -> list[str]:
    """A stem and four options where they stand in five lines, or in columns under the stem."""
    raw = cell.raw[low:high]
    text = cell.text[low:high]
    lines = [found.span() for found in re.finditer(r"[^\n]*\S[^\n]*", text)]
    if len(lines) < 2:
        return []
    head = text[slice(*lines[0])]
    if _OPEN_WORDS.search(head) or not _STEM_END.search(_SCORE.sub("", head)):
        return []
    below = lines[1][0]
    cells = [(m.start(), m.end()) for m in _pieces(text[below:])]
    options = [raw[below + start : below + end] for start, end in cells]
    if len(options) != 4 or any(len(one) > _LONGEST_UNLABELLED for one in options):
        return []
    if any(_SCORE.search(shadow(one)) or one.rstrip().endswith(("?", "？")) for one in options):
        return []
    return [raw[slice(*lines[0])], *options]


def _pieces(text: str) -> Iterator[re.Match[str]]:
    """What stands between line breaks and wide gaps."""
    return re.finditer(r"\S(?:(?! {2}|\n)[^\n])*", text)
