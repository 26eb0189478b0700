"""Set answers: which items an answer names, whatever it joins them with.

Items are read by what they look like: codes (K4547/6, 5B), times, numbers, or names. So a set may
mix them, and only what is of the same sort as a right item counts as a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from harness.checker.parse.clock import find_times
from harness.checker.parse.codes import canonical, find_codes, shape_of
from harness.checker.parse.dates import find_dates
from harness.checker.parse.mention import USED, Mention, mask, mask_mentions
from harness.checker.parse.names import Lexicon, lexicon, shortened
from harness.checker.parse.quantities import find_numbers
from harness.checker.parse.written_out import written_out
from harness.checker.reading.asserted import undefeated
from harness.checker.reading.denials import negates
from harness.checker.reading.fit import fit
from harness.checker.reading.labels import names_another, names_of
from harness.checker.reading.left_out import excluded_from_all, leaves_open, taken
from harness.checker.reading.set_aside import says_closed
from harness.checker.reading.statements import holder, statements
from harness.core import Domain
from harness.text.normalize import informative, prepare

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
# 3个站台:1、2、3 counts its items before it names them.
_COUNTED = tuple("个种趟列类次班条项家座名辆")
_JOINTS = re.compile(
    r"、|,|;|/|&|\n|\||(?<!\+)\+(?!\+)|:(?= ?\S)|\bas well as\b|以及|还有|和(?!浩特|田|平|顺|县)"
    r"|[及与]|\band\b",
    re.ASCII,
)
_ENDS = re.compile(r"[。!?]")
_INTRODUCED = re.compile(r"^.*(?:是|为|有|在|包括|包含|到达|抵达|开往|:|停靠|经过|途经)")
_TAIL = re.compile(
    r"(?:等(?:等|[0-9一二两三四五六七八九十]+个)?)?(?:车站|站点|站|城市|地区|地)?(?:等|等等)?$"
)
_NO_ITEM = re.compile(
    "由|执导|[的是为在了除有请从根据如上述查询您好哦共均都可会将乘不没无]|以下|以上"
    "|^候车[厅区]?$|答案"
)
_RULE = re.compile(r"(?m)^[ |:]*-[ |:-]*$")  # under the header of a table
_LONGER = 3
_EXPLAINED = re.compile(rf"(?:^|\n)[^:\n]{{0,8}}{USED}[^:;,、。\n]{{0,4}}:")
_COUNT = re.compile(
    r"(?:共|一共|总共)?[0-9一二两三四五六七八九十]+(?:[个种趟列类班条项家座名辆门位本天]|馆)?|-*"
)
_NUMBERED = re.compile("[0-9]{1,4}(?P<unit>[\u4e00-\u9fff]{1,2})")
_NOTE = re.compile(r"(?<=[^\s,;:、]) ?\([^()\n]{1,60}\)")
_ADDS = re.compile(r"[或和及与还也]|\b(?:or|and|also|plus|too)\b")
_PRICED = re.compile(
    r".*[0-9](?:\.[0-9]+)? ?(?:元|块|分|℃|°c|%|公里|千米|米|克|斤|分钟|小时|岁|人)"
)
_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")  # 101，103，205 once folded
_THOUSAND = 1000
_MARK = re.compile(r"^ ?(?:[-*•·]|\(?[0-9]{1,2}[.)]|[①-⑳]) ?")
_LONGEST_ITEM = 16
_WHOLE_DATE = len("YYYY-MM-DD")


def sort_of(item: str) -> str:
    """Name the sort of an item: `time`, `date`, `number`, a shape of code, or `name`."""
    prepared = prepare(item)
    if _is_whole(find_times(prepared), prepared):
        return "time"
    # Bare digits more often number something, and a day without a year is a name.
    dates = [] if prepared.isdigit() else find_dates(prepared)
    if _is_whole(dates, prepared) and len(str(dates[0].value)) == _WHOLE_DATE:
        return "date"
    shape = shape_of(prepared)
    if shape:
        return shape
    return "number" if _NUMBER.fullmatch(prepared) else "name"


def _is_whole(mentions: Sequence[Mention], text: str) -> bool:
    return len(mentions) == 1 and (mentions[0].start, mentions[0].end) == (0, len(text))


def key_of(item: str, sort: str, names: Lexicon) -> str:
    """Return an item in the form in which items compare."""
    prepared = prepare(item)
    if sort == "time":
        return str(find_times(prepared)[0].value)
    if sort == "date":
        return str(find_dates(prepared)[0].value)
    if sort == "number":
        return f"{float(prepared):.15g}"
    return names.canonical(item) if sort == "name" else canonical(prepared)


def gold_keys(items: tuple[str, ...], domain: Domain) -> Mapping[str, str]:
    """Return each item of a right answer in comparable form, with its sort."""
    return _gold_keys(items, domain.values, tuple(domain.aliases.items()))


@lru_cache(maxsize=4096)
def _gold_keys(
    items: tuple[str, ...], values: frozenset[str], aliases: tuple[tuple[str, str], ...]
) -> Mapping[str, str]:
    names = lexicon(Domain(values, dict(aliases)), items)
    keys: dict[str, str] = {}
    for item in items:
        sort = sort_of(item)
        key = key_of(item, sort, names)
        pieces = key.split(",") if sort == "name" else [key]
        keys.update((piece.strip(), sort) for piece in pieces)
    return MappingProxyType(keys)


def in_full(text: str, gold: Mapping[str, str], domain: Domain) -> str:
    """Return a prepared answer with its short lists of names written out."""
    items = [key for key, sort in gold.items() if sort == "name"]
    if not items:
        return text
    names = lexicon(domain, items)
    return written_out(text, names, frozenset(map(names.canonical, (*items, *domain.values))))


def found_items(
    text: str, gold: Mapping[str, str], domain: Domain, question: str = ""
) -> tuple[list[str], bool]:
    """Return the items that a prepared answer names, of the sorts that the right answer has.

    Each is in comparable form and comes once, in order; what the answer denies or leaves out is
    none of them. With them, whether the answer leaves open which of them it means.
    """
    found: dict[str, None] = {}
    is_open = False
    for sort in dict.fromkeys(gold.values()):
        mentions = sorted(_mentions(text, sort, gold, domain, question), key=lambda m: m.start)
        asked = {m.value for m in _mentions(question, sort, gold, domain, "")}
        if asked.isdisjoint(gold):
            mentions = [m for m in mentions if m.value not in asked]
        kept = taken(mentions, text, question)
        if question:
            starts = {m.start for m in kept}
            out = mask(text, ((m.start, m.end) for m in mentions if m.start not in starts), " ")
            kept = undefeated(kept, out, question, of_list=True)
            kept = _of_asked_row(kept, text, question)
        is_open = is_open or leaves_open(kept, text)
        found.update(dict.fromkeys(str(mention.value) for mention in kept))
    return list(found), is_open


def _of_asked_row(mentions: list[Mention], text: str, question: str) -> list[Mention]:
    """Drop the items that are told of another row: 套餐B：丙、丁, asked of 套餐A."""
    masked = mask_mentions(text, mentions)
    parts = statements(text, mentions)
    off: set[int] = set()
    for i, part in enumerate(parts):
        said = names_of(f"{part.over} {masked[part.start : part.end]}")
        of_another = names_another(said, names_of(question))
        goes_on = part.follows and i - 1 in off
        if of_another or goes_on:
            off.add(i)
    return [m for m in mentions if holder(parts, m.start) not in off]


def names_any(text: str, gold: Mapping[str, str], domain: Domain) -> bool:
    """Tell whether a prepared answer names a right item, if only to deny it."""
    sorts = dict.fromkeys(gold.values())
    return any(m.value in gold for sort in sorts for m in _mentions(text, sort, gold, domain, ""))


def all_but(text: str, gold: Mapping[str, str], domain: Domain) -> list[str]:
    """Return the names of a domain that "every day except Monday" leaves, where it says so."""
    spans = excluded_from_all(text)
    if not spans or not domain.values or set(gold.values()) != {"name"}:
        return []
    names = lexicon(domain, gold)
    left_out = {
        str(m.value)
        for m in names.find(text, plural=True)
        if any(start <= m.start and m.end <= end for start, end in spans)
    }
    return (
        [v for v in map(names.canonical, sorted(domain.values)) if v not in left_out]
        if left_out
        else []
    )


def _mentions(
    text: str, sort: str, gold: Mapping[str, str], domain: Domain, question: str
) -> Iterator[Mention]:
    if sort == "time":
        yield from find_times(text)
    elif sort == "date":
        yield from _dates(text, gold, domain)
    elif sort == "number":
        if all(abs(float(key)) < _THOUSAND for key, kind in gold.items() if kind == "number"):
            text = _COMMA.sub(";", text)
        for m in find_numbers(text):
            key = f"{m.value:.15g}"
            if not text.startswith(_COUNTED, m.end) and not (m.weak and key not in gold):
                yield Mention(key, m.start, m.end)
    elif sort == "name":
        yield from _names(text, gold, domain, question)
    else:
        text = mask_mentions(text, find_times(text))
        yield from (m for m in find_codes(text) if m.unit == sort)


def _dates(text: str, gold: Mapping[str, str], domain: Domain) -> Iterator[Mention]:
    """Find dates; one without its year is that of the items, where only one is on its day."""
    known = sorted({*gold, *domain.values})
    for mention in find_dates(text):
        same = [date for date in known if date.endswith(str(mention.value))]
        yield replace(mention, value=same[0]) if len(same) == 1 else mention


def _names(text: str, gold: Mapping[str, str], domain: Domain, question: str) -> Iterator[Mention]:
    names = lexicon(domain, [key for key, sort in gold.items() if sort == "name"])
    mentions = names.find(text, plural=True)
    if not mentions and domain.values:
        mentions = shortened(next(iter(gold)), domain, question).find(text)
    longest = max((len(key) for key in gold), default=0)
    yield from mentions
    if not domain.values and all(sort == "name" for sort in gold.values()):
        rest = mask_mentions(text, mentions)
        codes = [(m.start, m.end) for m in find_codes(rest)]
        yield from _numbered_alike(rest, gold)
        yield from _unknown_names(
            _columns(mask(rest, codes, " "), text, mentions), question, longest
        )


def _numbered_alike(text: str, gold: Mapping[str, str]) -> Iterator[Mention]:
    """Find 4班 where the right items are 3班 and 5班."""
    found = [_NUMBERED.fullmatch(key) for key in gold]
    units = {match["unit"] for match in found if match}
    if not all(found) or len(units) != 1:
        return
    for match in re.finditer(rf"(?<![0-9第共])[0-9]{{1,4}}{re.escape(units.pop())}", text):
        yield Mention(match[0], match.start(), match.end())


def _columns(masked: str, text: str, mentions: Sequence[Mention]) -> str:
    """Blank out the columns of a table in which no right item stands."""
    if "|" not in masked:
        return masked
    parts = [part for part in statements(text, mentions) if part.row]
    columns = {part.over for part in parts if USED in masked[part.start : part.end]}
    idle = [(part.start, part.end) for part in parts if part.over not in columns]
    rules = [
        (masked.rfind("\n", 0, max(0, found.start() - 1)) + 1, found.end())
        for found in _RULE.finditer(masked)
    ]
    return mask(masked, sorted(idle + rules), " ") if columns else masked


def _unknown_names(masked: str, question: str, longest: int) -> Iterator[Mention]:
    """Find what stands in a list beside right items and is none of them.

    Without a domain nothing else tells a wrong name from a word.
    """
    masked = mask(masked, _notes(masked), " ")
    for sentence in _spans(_ENDS, masked, 0, len(masked)):
        pieces = list(_spans(_JOINTS, masked, *sentence))
        if len(pieces) < 2 or USED not in masked[slice(*sentence)]:
            continue
        explained = _EXPLAINED.search(masked) is not None
        for start, end in pieces:
            if USED in masked[start:end] or _is_label(masked, start, end, explained=explained):
                continue
            item = _item(masked[start:end])
            if not item.isascii() and len(item) > longest + _LONGER:
                continue
            if item and fit(item, question).own:
                at = masked.index(item, start)
                yield Mention(item, at, at + len(item))


def _notes(masked: str) -> list[tuple[int, int]]:
    """The brackets that explain an item: Finance (rooms 401-409)."""
    found = _NOTE.finditer(masked)
    return [m.span() for m in found if USED not in m[0] and not _ADDS.search(m[0])]


def _is_label(masked: str, start: int, end: int, *, explained: bool) -> bool:
    """Whether a piece heads a list, or explains an item where items have colons behind them."""
    return masked[start - 1 : start] == ":" if explained else masked[end : end + 1] == ":"


def _item(piece: str) -> str:
    """What a piece of a list names, nothing where it reads like no item."""
    piece = _MARK.sub("", piece)
    if negates(piece) or says_closed(piece):
        return ""
    introduced = _INTRODUCED.match(piece[-64:])
    item = piece[-64:][introduced.end() :] if introduced else piece
    item = _TAIL.sub("", item.strip(" ()\"“”'.-")).strip()
    fits = 0 < len(informative(item)) <= _LONGEST_ITEM and not _NO_ITEM.search(item)
    return item if fits and not (_COUNT.fullmatch(item) or _PRICED.fullmatch(item)) else ""


def _spans(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches between matches of a pattern."""
    for match in pattern.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end
