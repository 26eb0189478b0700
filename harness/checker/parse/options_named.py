"""Where an answer names an option: by its letter, by its place, or in its words.

All of it takes an answer that is folded and unmarked. Windows are bounded: an answer may be a
thousand brackets, and time must not grow faster than it does.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from harness.text.normalize import informative

# A letter of an option stands alone; in 'Straße' and 'B12' it does not.
_LATIN = r"A-Za-z0-9_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u052f"
_OPEN, _CLOSE = r"(?:[\"'“‘「『《<\[【(]{1,3} ?)?", r"[\"'”’」』》>\]】)]{0,3}"
_LETTER = re.compile(
    rf"(?P<name>选项 ?|\b(?:options?|choice) )?(?P<open>{_OPEN})"
    rf"(?<![{_LATIN}])(?P<letter>[A-Za-z])(?![{_LATIN}]|['’][A-Za-z])(?:选?项)?"
    rf"(?P<close> ?{_CLOSE})(?P<item>(?:这个?)?选?项)?",
    re.IGNORECASE,
)
# "a" before another word is no option, and "A" only where the word says something about it.
_ARTICLE = re.compile(
    r" (?!(?:is|was|are|were|isn't|because|since|and|or|nor|seems|fits|as|can|cannot|has|says"
    r"|states|refers|describes|would|could|might|may|should|does|looks|it)\b)[a-z]"
)
_NOUN = re.compile(" [A-Z][a-z]")
# What makes another word of a letter: A股, B超, C语言, D座.
_STANDS = re.compile(
    r"(?!\w)|(?![股类超语级型班轮组罩面座栋区口柱盘键码字楼层馆厅城市国省线路队系列卷片剧款版角等])[\u4e00-\u9fff]"
)
# Letters of other things: 维生素C, point A, plan B.
_OTHER_THING = re.compile(
    r"(?:维生素|血型|方案|计划|字母|图|表|点|线|组|队|班|型|类|级|列|栋|座|语句|句子|文本"
    r"|\b(?:vitamin|type|grade|class|plan|figure|fig\.|table|point|line|group|team|section|step"
    r"|hepatitis|sentence|text|part|gate|platform|hall)) ?$",
    re.IGNORECASE,
)
_MAY_BE_LOWER = re.compile(
    r"(?:[选是为案]|择|\b(?:answers?|is|choose|pick|select|with|choice|options?|ans|key)"
    r"[\"']?) ?[:=]? ?$",
    re.IGNORECASE,
)
_COUNTED = "一二三四五六七八"
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight")
_NTH = rf"{'|'.join(_ORDINALS)}|[1-8](?:st|nd|rd|th)"
_ITEM = r"(?:option|choice|one|answer|alternative|item|statement)"
_PLACE = re.compile(
    rf"(?P<back>倒数)?第 ?(?P<zh>[{_COUNTED}1-8]) ?(?:个选项|个答案|选项|个|项|种|条)"
    rf"|选项 ?(?P<plain>[{_COUNTED}1-8])(?![0-9.])"
    rf"|(?P<last>(?:最后|末尾?)一?(?:个选项|个|项)|\b(?:the )?last {_ITEM}\b)"
    r"|(?P<first>首个?选?项)"
    rf"|\b(?:the )?(?P<en>{_NTH})(?: {_ITEM}\b"
    r"|(?P<to>[ -](?:to|from)[ -](?:the )?(?:last|end|bottom)\b))"
    rf"|\bthe (?P<bare>{_NTH})(?= ?(?:[.,;!)\n]|$))"
    rf"|\b(?:option|choice) (?:number |no\. ?|#)?(?P<number>[1-8](?![0-9.])"
    rf"|(?:{'|'.join(_NUMBERS)})\b)",
    re.IGNORECASE,
)
# A mark is none where another letter follows it: A、B and C.
_LABEL_MARK = re.compile(r" ?(?:[.、:)](?! ?[A-Za-z](?![A-Za-z]))|[-—–])|,")
_MARKED_NAME = re.compile(r"[A-Za-z](?:选?项)?[.、:)\]】]")
_LABEL_AHEAD = re.compile(
    r"(?:^|[\n;。!?:]|[.] )[ \-*•·>#(\[]{0,4}(?:[0-9]{1,2}[.)、:] ?)?"
    r"(?:(?:步骤|step) ?[0-9]{1,2} ?[:.]? ?)?(?:\[[ xX]?\] ?|[√×✓✔✅☑✗✘❌☒] ?)?"
    r"(?:首先|其次|然后|最后|接下来|关于|对于|来看|看|check |consider |for )?,? ?$",
    re.IGNORECASE,
)
_NOTE = re.compile(r" ?\([^()\n]{1,24}\)")
_JOINT = re.compile(
    r" ?(?:[、,/&+|→]|,? ?(?:和|或者?(?:是|选)?|还是|与|及|以及|\band\b|\bor\b|\bnor\b"
    r"|as well as)) ?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[\s,、;:]+(?![0-9])|\s+")  # of an option's words; not of 3,000 or 7:06
_SAYS_IT_IS = re.compile(r"(?:\b(?:is|be|are|was|were)|[是为选]) $", re.IGNORECASE)
_SIGNS = re.compile(r"[\s.、:,()\"'”)】\]-]{0,6}")
_WORDED_LABEL = re.compile(r" ?(?:[:]|[-—–] )")
# Behind a letter with a comma before it these go on about that letter alone.
_STARTS_ANEW = ("、", "和", "与", "及", "应", "中", "改", "误", "将", "把", "里")
_NEAR = 24  # characters around a letter that can tell what it is


@dataclass(frozen=True, slots=True)
class Named:
    """One place in an answer that names an option.

    Args:
        letter: its letter; it may be none of the options.
        start: where the name starts, brackets and 选项 included.
        end: where it ends, with the option's words where they follow.
        worded: whether only the words name it.
        label: whether the name labels what follows, as in `B. ...`.
    """

    letter: str
    start: int
    end: int
    worded: bool = False
    label: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Options that are named in one breath: A, or A、C和D.

    Args:
        letters: whose they are, in order.
        start: where the first name starts.
        end: where the last name ends.
        worded: whether only words name them.
        listed: whether it is an item of a list of the options: A. ... B. ... C. ...
    """

    letters: tuple[str, ...]
    start: int
    end: int
    worded: bool
    listed: bool


def find_groups(text: str, options: Mapping[str, str], stem: str = "") -> list[Group]:
    """Find the options that an answer names, in order.

    Args:
        text: the answer, folded and unmarked.
        options: what each option says, by letter; nothing where nobody knows.
        stem: the question without its options, whose own words name no option.
    """
    named = _labelled(_all_named(text, options, stem), text)
    listed = _listed(named, text)
    runs: list[list[Named]] = []
    for one in named:
        apart = not runs or bool(listed & {one.start, runs[-1][-1].start})
        if apart or not _joined(runs[-1][-1], one, text):
            runs.append([one])
        else:
            runs[-1].append(one)
    return [_group(run, listed, text) for run in runs]


def _group(run: Sequence[Named], listed: set[int], text: str) -> Group:
    letters = tuple(dict.fromkeys(one.letter for one in run))
    worded = all(one.worded for one in run)
    note = _NOTE.match(text, run[-1].end) if len(run) > 1 else None
    end = note.end() if note else run[-1].end
    return Group(letters, run[0].start, end, worded, run[0].start in listed)


def _all_named(text: str, options: Mapping[str, str], stem: str) -> list[Named]:
    """Every name in order; of names that overlap, the letter's."""
    found = [*_places(text, options), *_letters(text, options)]
    spans = _Spans((one.start, one.end) for one in found)
    worded = [one for one in _words(text, options, stem) if not spans.touch(one.start, one.end)]
    return _merged(sorted([*found, *worded], key=lambda one: one.start), text)


def _letters(text: str, options: Mapping[str, str]) -> Iterator[Named]:
    for match in _LETTER.finditer(text):
        letter = match["letter"]
        before = text[max(0, match.start() - _NEAR) : match.start()]
        if not _is_option(match, text, before, options):
            continue
        end = match.end() if match["open"] or match["item"] else match.end("letter")
        end = _behind_words(text, max(end, _item_end(match)), options.get(letter.upper(), ""))
        yield Named(letter.upper(), match.start(), end)


def _item_end(match: re.Match[str]) -> int:
    """The end of a letter with 项 or 选项 behind it."""
    return match.start("close")


def _is_option(match: re.Match[str], text: str, before: str, options: Mapping[str, str]) -> bool:
    """Whether a letter is an option rather than a part of other words: A股, C语言, a dog."""
    letter, known = match["letter"], match["letter"].upper() in options
    if match["name"] or match["item"]:
        return known or letter.isupper()
    if match["open"] and match["close"].strip():
        return known
    rest = text[match.end("letter") : match.end() + _NEAR * 2]
    if _says(rest, options.get(letter.upper(), "")):
        return True
    if letter in "aA" and (_ARTICLE.match(rest) or (letter == "a" and _NOUN.match(rest))):
        return False
    return _reads_as_option(letter, before, rest, known=known)


def _reads_as_option(letter: str, before: str, rest: str, *, known: bool) -> bool:
    """Whether the words around a letter let it be an option."""
    called = bool(_MAY_BE_LOWER.search(before))
    if letter.islower():
        return known and bool(_STANDS.match(rest)) and (called or _starts_label(before, rest))
    if not known:
        return _starts_label(before, rest) or (called and letter != "I")
    return bool(_STANDS.match(rest)) and not _OTHER_THING.search(before)


def _starts_label(before: str, rest: str) -> bool:
    return bool(_LABEL_AHEAD.search(before)) and bool(re.match(r" ?[.、:)\]】,\n]", rest))


def _places(text: str, options: Mapping[str, str]) -> Iterator[Named]:
    """Options that are named by where they stand: 第二项, the last one."""
    letters = sorted(options)
    for match in _PLACE.finditer(text):
        at = -1 if match["last"] else _place(match)
        at = -1 - at if match["back"] or match["to"] else at
        if -len(letters) <= at < len(letters):
            end = _behind_words(text, match.end(), options[letters[at]])
            yield Named(letters[at], match.start(), end)


def _place(match: re.Match[str]) -> int:
    """The place that is counted, from 0 on."""
    found = (match[name] for name in ("zh", "plain", "en", "bare", "number"))
    said = next((name.lower() for name in found if name), "1")
    for names in (_COUNTED, _ORDINALS, _NUMBERS):
        if said in names:
            return names.index(said)
    return int(said[0]) - 1


def _words(text: str, options: Mapping[str, str], stem: str) -> Iterator[Named]:
    """Options that are named in their words, the longest first: 北京西 hides 北京."""
    said = {letter: words for letter, words in options.items() if len(informative(words)) > 1}
    taken = _Spans(())
    asking = stem.rstrip().rpartition("\n")[2]  # a passage before it may hold the answer
    for letter, words in sorted(said.items(), key=lambda item: -len(item[1])):
        if _of_words(words).search(asking):
            continue
        for match in _of_words(words).finditer(text):
            if not taken.touch(*match.span()):
                taken.add(*match.span())
                yield Named(letter, match.start(), match.end(), worded=True)


@lru_cache(maxsize=4096)
def _of_words(words: str) -> re.Pattern[str]:
    """A pattern of an option's words, whole ones where they are Latin or digits."""
    body = r"[ ,、;:]{0,2}".join(map(re.escape, filter(None, _PARTS.split(words.rstrip(".。;,")))))
    ahead = r"(?<![A-Za-z0-9])(?<![0-9]\.)" if words[:1].isascii() else ""
    behind = r"(?![A-Za-z0-9]|\.[0-9])" if words.rstrip(".。;,")[-1:].isascii() else ""
    return re.compile(ahead + body + behind, re.IGNORECASE)


class _Spans:
    """Stretches of a text that are taken, looked up fast."""

    def __init__(self, spans: Iterator[tuple[int, int]] | tuple[()]) -> None:
        self._spans = sorted(spans)

    def touch(self, start: int, end: int) -> bool:
        at = bisect_right(self._spans, (start, start))
        near = self._spans[max(0, at - 1) : at + 1]
        return any(first < end and start < last for first, last in near)

    def add(self, start: int, end: int) -> None:
        self._spans.insert(bisect_left(self._spans, (start, end)), (start, end))


def _behind_words(text: str, end: int, words: str) -> int:
    """The end of a name with the option's own words behind it: B. 鲸鱼, 选项B是鲸鱼."""
    signs = _SIGNS.match(text, end)
    at = signs.end() if signs else end
    if words and text[at : at + len(words)].lower() == words.lower():
        return at + len(words)
    return end


def _says(rest: str, words: str) -> bool:
    """Whether what follows a letter is what its option says."""
    return bool(words) and _SIGNS.sub("", rest, count=1).startswith(words)


def _merged(named: list[Named], text: str) -> list[Named]:
    """One name for words with their letter behind them: 鲸鱼(B)."""
    kept: list[Named] = []
    for one in named:
        last = kept[-1] if kept else None
        if last and last.letter == one.letter and _beside(last, one, text):
            kept[-1] = replace(last, end=max(last.end, one.end), worded=last.worded and one.worded)
        else:
            kept.append(one)
    return kept


def _beside(last: Named, one: Named, text: str) -> bool:
    between = text[last.end : one.start]
    return one.start < last.end or (len(between) <= 3 and not between.strip(" ,(-—–是为即:"))


def _labelled(named: Sequence[Named], text: str) -> list[Named]:
    """Tell which names label what follows them: at the start of a line, or next in a row."""
    found: list[Named] = []
    last = ""
    for one in named:
        ahead = text[max(0, one.start - _NEAR * 2) : one.start]
        next_in_row = bool(last) and ord(one.letter) == ord(last) + 1
        follows = next_in_row and ahead[-1:] in " ,;。.、" and not _SAYS_IT_IS.search(ahead)
        marked = _marks(one, text)
        label = marked and (follows or _is_titled(one, text) or bool(_LABEL_AHEAD.search(ahead)))
        last = one.letter if label else last
        found.append(replace(one, label=label))
    return found


def _is_titled(one: Named, text: str) -> bool:
    """Whether a label says that it is one: 选项A: ..., Option A. ..."""
    return bool(re.match(r"选项|options? ", text[one.start : one.end], re.IGNORECASE))


def _marks(one: Named, text: str) -> bool:
    """Whether a name has the mark of a label behind it: A. A) (A) A: or 鲨鱼: for one in words."""
    if one.worded:
        return bool(_WORDED_LABEL.match(text, one.end))
    name = text[one.start : one.end]
    if _MARKED_NAME.search(name):
        return True
    mark = _LABEL_MARK.match(text, one.end)
    return mark is not None and (mark[0] != "," or "项" in name)


def _listed(named: Sequence[Named], text: str) -> set[int]:
    """Where the items of a list of options start: labels in a row, A. B. C.

    The first one is none where it stands bare and the others are commented on: that is an answer
    before its explanation.
    """
    labels = [one for one in named if one.label]
    runs: list[list[Named]] = []
    for one in labels:
        if runs and one.letter > runs[-1][-1].letter:
            runs[-1].append(one)
        else:
            runs.append([one])
    found: set[int] = set()
    for run in runs:
        if len(run) < 2:
            continue
        bare = [_bare(one, text) for one in run]
        found |= {one.start for one in (run[1:] if bare[0] and not any(bare[1:]) else run)}
    return found


def _bare(one: Named, text: str) -> bool:
    """Whether a line says nothing about the option that it names."""
    rest = text[one.end : one.end + _NEAR].partition("\n")[0]
    return not informative(rest)


def _joined(last: Named, one: Named, text: str) -> bool:
    """Whether a name is named in one breath with those before it: A、C和D."""
    note = _NOTE.match(text, last.end, one.start)
    between = text[note.end() if note else last.end : one.start]
    if len(between) > _NEAR:
        return False
    if not between.strip():
        return bool(between) and not one.worded and "\n" not in between
    if not _JOINT.fullmatch(between.strip("\"'“”‘’")):
        return False
    if between.strip() == ",":
        # "B, A and C are wrong": a list goes up, and "A、C" with a comma before it starts anew
        rest = text[one.end : one.end + 3].strip()
        return one.letter > last.letter and not rest.startswith(_STARTS_ANEW)
    return True
