"""The forms in which answers name an option: announced, as a label, or in its own words.

All of them take an answer that is folded and unmarked. No repetition is unbounded: an answer may
be a thousand brackets, and time must not grow faster than it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.metrics.text import informative

# A letter of an option stands alone; in 'Straße' and 'B12' it does not.
_LATIN = r"A-Za-z0-9_\u00c0-\u052f"
_BEFORE, _AFTER = rf"(?<![{_LATIN}])", rf"(?![{_LATIN}]|['’][A-Za-z])"
_OPEN, _CLOSE = r"[\"'“‘「『《<\[【(]{0,3}", r"[\"'”’」』》>\]】)]{0,3}"
_LETTER = rf"(?:选项 ?|option |choice )?{_OPEN} ?([A-Za-z]) ?{_CLOSE}{_AFTER}"
_JOINT = r"(?:[、,/&+]|和|或者?|还是|与|及|以及|and|or)"
_SEVERAL = rf"{_LETTER}(?: ?{_JOINT} ?{_LETTER}){{0,25}}"
_NOT = r"(?:不(?:能|应该?|会|可以?|要|该)?|别|没有?|未|并?非|not |n't |never )"
_IF = r"(?:如果|假如|若|要是|倘若|if (?:you|we|i|one) )"
_ANNOUNCED = re.compile(
    rf"(?P<off>(?:{_NOT}|{_IF})\s?)?"
    r"(?:答案(?:应该|应当|应|就|只能|也)?(?:选择|选|是|为)?"
    r"|(?:选项|结论|结果|判断|回答)(?:应该|应当|应|就)?(?:是|为|(?=\s?:))"
    r"|(?:^|(?<=[\n。,;!?])) ?答(?=[ :\n])"
    r"|选择?|选取|挑选?|归为|判为"
    r"|\banswer(?: (?:is|was|should be|would be|must be|choice)){0,2}"
    r"|\b(?:option|choice|label|conclusion)(?: (?:is|was|should be|would be|must be)|(?= ?[:=]))"
    r"|\b(?:choose|chose|pick|select|go with))"
    rf"\s?[:=]?\s?(?P<letters>{_SEVERAL})",
    re.IGNORECASE,
)
# "a" before another word is no option, and "A" only where the word says something about it.
_ARTICLE = re.compile(r" (?!(?:is|was|because|since|and|or|seems|fits|as)\b)[a-z]")
_WORDS = re.compile(r"[^\W_]+")
_LONE = re.compile(r"(?:选项|option|choice)?([A-Za-z])(?:项|选项)?", re.IGNORECASE)
_CAPITAL = re.compile(rf"{_BEFORE}([A-Z]){_AFTER}")
_LABEL = re.compile(r"(?:^|(?<=\n)) ?[\"'“(\[【]?([A-Z])(?:[\"'”)\]】]|[.、:](?![A-Za-z]\.))")
_STANDS = re.compile(
    r"$|[\s.,:;!?、。…~)\]】」』”\"'|/=-]|项|选项|[是为对](?![^,。;\n]*吗)|错|不|正确|更|最|和|与|或"
)
_EXPLAINS = re.compile(
    r"\n|[。.,;:( ]{1,2}"
    r"(?:因为|由于|解释|理由|原因|说明|解析|分析|because|since|explanation|reason)",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    rf"(?:不是|不为|排除|除了?|而非|except |excluding |rather than |instead of |{_NOT}(?:选择?"
    rf"|是)?)\s?(?:选项)?{_OPEN}$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    rf"{_CLOSE}(?:选?项)?\s?(?:的?(?:说法|内容))?:?\s?(?:也|都|均|则)?(?:是|为)?"
    r"(?:错误?的?|不(?:对|正确|符|成立|是|合适|行)|is (?:wrong|incorrect|not|false))",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:.*(?:答案|选择?|应该?|是|为|属于|[:\"“(]|\b(?:is|are|be|choose|answer|select|pick)) ?)?"
    r"(?:an? |the )?"
)
_TAIL = re.compile(r"[\"'”)]{0,3}[的了吧呢啊呀哦]?[\s\"'”)]{0,3}")
_CLAUSE_END = re.compile(r"[,。;!?\n]|\.(?: |$)")
_DENIES = re.compile(r"[不没非未无]|\b(?:not|no|never)\b|n't", re.IGNORECASE)
_SIGNS = re.compile(r"[\s.、:,()\"'”)】\]]{0,6}")
_LONG_OPTION = 4
_NEAR = 24  # characters around a letter that can tell what it is


def lone(text: str) -> list[str]:
    """Find a letter that is the whole answer, in either case."""
    words = [match[0] for match in _WORDS.finditer(text[:_NEAR])]
    found = _LONE.fullmatch("".join(words)) if len(words) in (1, 2) else None
    return [found[1].upper()] if found and not _WORDS.search(text, _NEAR) else []


def opening(text: str, options: Mapping[str, str]) -> list[str]:
    """Find an option that is all that an answer says before it explains itself."""
    end = _EXPLAINS.search(text)
    listed = {match[1] for match in _LABEL.finditer(text)}
    if end is None or len(listed) > 1 or any(map(lone, text.split("\n")[1:])):
        return []
    head = text[: end.start()]
    return lone(head) or [
        letter
        for letter, words in options.items()
        if words and informative(head) == informative(letter + words)
    ]


def announced(text: str, options: Mapping[str, str]) -> Iterator[str]:
    """Find letters that are called the answer, whether or not there is such an option."""
    for match in _ANNOUNCED.finditer(text):
        letters = re.findall(_LETTER, match["letters"], re.IGNORECASE)
        rest = text[match.end() : match.end() + _NEAR]
        article = match["letters"][-1] == "a" and _ARTICLE.match(rest)
        words = options.get(letters[-1].upper(), "")
        if not (match["off"] or article or _denied_after(rest, words)):
            yield from map(str.upper, letters)


def labelled(text: str, options: Mapping[str, str]) -> Iterator[str]:
    """Find capitals that stand for options, those left out that the answer denies."""
    foreign = {match.start(1) for match in _LABEL.finditer(text)}
    for match in _CAPITAL.finditer(text):
        letter = match[1]
        if letter not in options:
            if match.start() in foreign:
                yield letter
            continue
        words = options[letter]
        before = text[max(0, match.start() - _NEAR) : match.start()]
        rest = text[match.end() : match.end() + _NEAR + len(words)]
        denied = _DENIED_BEFORE.search(before) or _denied_after(rest, words)
        if not denied and _stands(letter, rest, words):
            yield letter


def worded(text: str, options: Mapping[str, str]) -> Iterator[str]:
    """Find the options that an answer names by what they say."""
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
    if len(options) < 2:
        return text
    if all(options.values()):
        parts = (
            rf"{_OPEN}{re.escape(letter)}{_CLOSE}[.、: ]{{0,3}}{re.escape(words)}"
            for letter, words in options.items()
        )
        return re.sub(r"[\s,;。、.]{0,4}".join(parts), "\n", text)
    lines = (rf"^ ?{_OPEN}{re.escape(letter)}[.、:)】][^\n]*" for letter in options)
    return re.sub("\n".join(lines), "", text, flags=re.MULTILINE)


def contradicting(text: str, letter: str, options: Mapping[str, str]) -> Iterator[str]:
    """Find other options whose words stand right behind a letter, as in `A. 相关`."""
    others = {
        informative(words): other
        for other, words in options.items()
        if other != letter and informative(words)
    }
    reach = _NEAR + max(map(len, options.values()), default=0)
    for match in re.finditer(rf"{_BEFORE}{re.escape(letter)}{_CLOSE}(?:[.、:( ]{{1,3}}|$)", text):
        rest = _CLAUSE_END.split(text[match.end() : match.end() + reach], maxsplit=1)[0]
        words = informative(rest)
        if words in others:
            yield others[words]


def _says(rest: str, words: str) -> bool:
    """Whether what follows a letter is what its option says."""
    return bool(words) and _SIGNS.sub("", rest, count=1).startswith(words)


def _stands(letter: str, rest: str, words: str) -> bool:
    """Whether a capital is an option rather than a part of other words: A股, C语言, A dog."""
    article = letter == "A" and _ARTICLE.match(rest)
    return _says(rest, words) or (bool(_STANDS.match(rest)) and not article)


def _denied_after(rest: str, words: str) -> bool:
    """Whether an option is called wrong, and does not itself say 错."""
    return bool(_DENIED_AFTER.match(rest)) and not _says(rest, words)


def _names(text: str, words: str) -> bool:
    """Whether an answer names an option by its words: a short one only at the end of a clause."""
    for clause in _CLAUSE_END.split(text):
        head, found, tail = clause.partition(words)
        if not found or _DENIES.search(head):
            continue
        if len(words) >= _LONG_OPTION and not words.isascii():
            return True
        if _LEAD.fullmatch(head) and _TAIL.fullmatch(tail):
            return True
    return False
