"""The forms in which answers name an option: announced, as a label, or in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.metrics.text import informative

# A letter of an option stands alone; in 'Straße' and 'B12' it does not.
_LATIN = r"A-Za-z0-9_\u00c0-\u052f"
_BEFORE, _AFTER = rf"(?<![{_LATIN}])", rf"(?![{_LATIN}]|['’][A-Za-z])"
_OPEN, _CLOSE = r"[\"'“‘「『《<\[【(]*", r"[\"'”’」』》>\]】)]*"
_LETTER = rf"(?:选项 ?|option |choice )?{_OPEN} ?([A-Za-z]) ?{_CLOSE}{_AFTER}"
_JOINT = r"(?:[、,/&+]|和|或者?|还是|与|及|以及|and|or)"
_SEVERAL = rf"{_LETTER}(?: ?{_JOINT} ?{_LETTER})*"
_NOT = r"(?:不(?:能|应该?|会|可以?|要|该)?|别|没有?|未|并?非|not |n't |never )"
_IF = r"(?:如果|假如|若|要是|倘若|if (?:you|we|i|one) )"
_ANNOUNCED = re.compile(
    rf"(?P<off>(?:{_NOT}|{_IF})\s?)?"
    r"(?:答案(?:应该|应当|应|就|只能|也)?(?:选择|选|是|为)?"
    r"|(?:选项|结论|结果|判断|回答)(?:应该|应当|应|就)?(?:是|为|(?=\s*:))"
    r"|(?:^|(?<=[\n。,;!?]))\s*答(?=[ :\n])"
    r"|选择?|选取|挑选?|归为|判为"
    r"|\banswer(?: (?:is|was|should be|would be|must be|choice))*"
    r"|\b(?:option|choice|label|conclusion)(?: (?:is|was|should be|would be|must be)|(?= ?[:=]))"
    r"|\b(?:choose|chose|pick|select|go with))"
    rf"\s*[:=]*\s*(?P<letters>{_SEVERAL})",
    re.IGNORECASE,
)
# "a" before another word is no option, and "A" only where the word says something about it.
_ARTICLE = re.compile(r" (?!(?:is|was|because|since|and|or|seems|fits|as)\b)[a-z]", re.IGNORECASE)
_LONE = re.compile(
    rf"\W*(?:选项|option|choice)?{_BEFORE}[\W_]*([A-Za-z])(?:项|选项)?[\W_]*", re.IGNORECASE
)
_CAPITAL = re.compile(rf"{_BEFORE}([A-Z]){_AFTER}")
_LABEL = re.compile(r"(?:^|(?<=\n)) ?[\"'“(\[【]?([A-Z])(?:[\"'”)\]】]|[.、:](?![A-Za-z]\.))")
_STANDS = re.compile(
    r"$|[\s.,:;!?、。…~)\]】」』”\"'|/=-]|项|选项|[是为对](?![^,。;\n]*吗)|错|不|正确|更|最|和|与|或"
)
_DENIED_BEFORE = re.compile(
    rf"(?:不是|不为|排除|而非|rather than |instead of |{_NOT}(?:选择?|是)?)\s?(?:选项)?{_OPEN}$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    rf"{_CLOSE}(?:选?项)?\s?(?:的?(?:说法|内容))?[:,]?\s?(?:也|都|均|则)?(?:是|为)?"
    r"(?:错误?的?|不(?:对|正确|符|成立|是|合适|行)|is (?:wrong|incorrect|not|false))",
    re.IGNORECASE,
)
_LEAD = (
    r"(?:^|.*(?:答案|选择?|应该?|是|为|属于|[:\"“(]|\b(?:is|are|be|choose|answer|select|pick)) ?)"
)
_CLAUSE_END = re.compile(r"[,。;!?\n]|\.(?: |$)")
_DENIES = re.compile(r"[不没非未无]|\b(?:not|no|never)\b|n't", re.IGNORECASE)
_SIGNS = re.compile(r"^[\s.、:,()\"'”)】\]]+")
_LONG_OPTION = 4


def lone(text: str) -> list[str]:
    """Find a letter that is the whole answer, in either case."""
    found = _LONE.fullmatch(text)
    return [found[1].upper()] if found else []


def announced(text: str) -> Iterator[str]:
    """Find letters that are called the answer, whether or not there is such an option."""
    for match in _ANNOUNCED.finditer(text):
        if match["off"] or _ends_in_article(text, match):
            continue
        for letter in re.finditer(_LETTER, match["letters"], re.IGNORECASE):
            yield letter[1].upper()


def labelled(text: str, options: Mapping[str, str]) -> Iterator[str]:
    """Find capitals that stand for options, those left out that the answer denies."""
    foreign = {m.start(1) for m in _LABEL.finditer(text)}
    for match in _CAPITAL.finditer(text):
        letter, rest = match[1], text[match.end() :]
        if letter not in options:
            if match.start() in foreign:
                yield letter
            continue
        if _stands(letter, rest, options[letter]) and not _denied(
            text[: match.start()], rest, options[letter]
        ):
            yield letter


def worded(text: str, options: Mapping[str, str]) -> Iterator[str]:
    """Find the options that an answer names by what they say, where no two say the same."""
    lower = text.lower()
    said = {letter: words.lower() for letter, words in options.items() if informative(words)}
    whole = [letter for letter, words in said.items() if informative(words) == informative(lower)]
    if whole:
        yield from whole
        return
    # The longest first: 北京西 hides 北京.
    for letter, words in sorted(said.items(), key=lambda item: -len(item[1])):
        if _names(lower, words):
            yield letter
            lower = lower.replace(words, "\0")


def without_listing(text: str, options: Mapping[str, str]) -> str:
    """Take the options out of an answer that repeats them all in a row before it chooses."""
    parts = [
        _OPEN + letter + _CLOSE + "[.、: ]*" + (re.escape(words) or r"[^\n]+")
        for letter, words in options.items()
    ]
    if len(parts) < 2:
        return text
    return re.sub(r"[\s,;。、.]*".join(parts), "\n", text)


def contradicts(text: str, letter: str, options: Mapping[str, str]) -> list[str]:
    """Find other options whose words stand right behind a letter, as in `A. 相关`."""
    found = []
    for match in re.finditer(rf"{_BEFORE}{letter}{_AFTER}{_CLOSE}(?:[.、:( ]+|$)", text, re.I):
        rest = _CLAUSE_END.split(text[match.end() :], maxsplit=1)[0]
        found += [
            other
            for other, words in options.items()
            if other != letter and words and informative(words) == informative(rest)
        ]
    return found


def _ends_in_article(text: str, match: re.Match[str]) -> bool:
    """Whether "the answer is a dog" was taken for an announcement."""
    last = match["letters"][-1:]
    return last == "a" and bool(_ARTICLE.match(text[match.end() :]))


def _says(rest: str, words: str) -> bool:
    return bool(words) and _SIGNS.sub("", rest, count=1).startswith(words)


def _stands(letter: str, rest: str, words: str) -> bool:
    """Whether a capital is an option rather than a part of other words: A股, C语言, A dog."""
    article = letter == "A" and _ARTICLE.match(rest)
    return _says(rest, words) or (bool(_STANDS.match(rest)) and not article)


def _denied(before: str, rest: str, words: str) -> bool:
    """Whether an option is set aside; one that says 错 itself is not, where its words follow."""
    if _DENIED_BEFORE.search(before):
        return True
    return bool(_DENIED_AFTER.match(rest)) and not _says(rest, words)


def _names(text: str, words: str) -> bool:
    """Whether an answer names an option by its words: a short one only at the end of a clause."""
    for clause in _CLAUSE_END.split(text):
        head, found, tail = clause.partition(words)
        if not found or _DENIES.search(head):
            continue
        if len(words) >= _LONG_OPTION and not words.isascii():
            return True
        if re.fullmatch(_LEAD, head) and re.fullmatch(r"[\"'”)]*的?[\s\"'”)]*", tail):
            return True
    return False
