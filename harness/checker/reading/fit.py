"""How well the words around a value fit the question: what they repeat of it, what they add.

"Tom teaches physics and Ann teaches chemistry" answers who teaches physics by its first half: that
repeats more of the question, and what the second half adds stands in place of what was asked.
Nothing here knows any field: 开/到, 始发/终到 and opens/closes are told apart by the question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from harness.checker.reading.roles import MARK, named_roles

# Characters that sentences of every kind hold: they tell no field and no subject.
_FILLER = frozenset(
    "的是为在了吗呢吧啊呀哦嘛么哪谁什几怎请问您你我它他她们这那该此个有由被把与和及就也都叫位"
    "名共即乃系所之其于将会"
    "能可以应当按照知得出因答案查询结果显示如述故则并且而从自往向到是否又正确回复已需要每"
    "现才刚仅只均皆等既"
)
_FILLING = re.compile(
    r"(?:一?共|总共|有|以下)(?:有|计)?[0-9一二两三四五六七八九十]{1,3}[人名位个种款家座部项天条门]"
    r"|\bfinal (?:answer|result)\b|以[上下]|根据"
    r"|据(?=[表查悉了上此我])|如下|综上|其中|如果|火车站|车站|高铁站"
    r"|一(?:共|个|种|下|次|位|名|家|款|部|座|只|本)"
)
_WORD = re.compile(
    r"(?P<latin>[a-z0-9\u00c0-\u024f]+(?:['.+#-][a-z0-9\u00c0-\u024f]+)*)|[\u3400-\u9fff]"
)
_ENDS = re.compile(r" ?(?:[,.;:)]|$)")  # studio a, as no article
_SMALL = re.compile(
    r"an?|the|is|was|are|were|be|been|being|of|by|in|on|at|for|to|its?|it's|that|this|which|who|whom"
    r"|whose|what|when|where|how|why|with|from|has|have|had|do|does|did|please|sure|here|there"
    r"|answers?|according|table|and|or|so|therefore|thus|as|per|based|i|we|you|he|she|they|his|her"
    r"|their|my|our|your|would|will|can|named?|called|follow(?:ing|s)|result|correct|mrs?|ms"
    r"|dr|prof|professor|sir|station|city|information|data|also|both|one"
)
#: Marks a character between two that an answer has too, with another between them.
SWAPPED = "~"
#: Marks what makes another product of the one that a question names: Pro, Max.
VARIANT = "^"
# What makes another product of one that the question names: Nova X Pro for Nova X.
_VARIANT = re.compile(
    r"(?P<name>[a-z0-9]{1,16}|[\u4e00-\u9fff]{2})"
    r" ?(?P<kind>pro|max|plus|ultra|mini|lite|xl|turbo)(?![a-z])"
)
# The first of a ranking, where the question asks for it, and those behind.
TOP = "top"
_ASKS_TOP = re.compile(
    r"最|冠军|第一名|金[牌奖]|\b(?:most|first|winner|won|win|wins|champion|\w{3,}est)\b"
)
_SAYS_TOP = re.compile(
    r"第一|首位|榜首|居首|夺冠|冠军|金[牌奖]|最"
    r"|\b(?:gold(?= medal|:)|first|top|winner|won|wins|most|champions?)\b"
)
_BELOW_TOP = re.compile(
    r"第[二三四]|分[列获]二|其次|次之|紧随|亚军|季军|银牌|铜牌|屈居|\b(?:second|third|runners?-up|silver"
    r"|bronze|next)\b"
)
_ENDINGS = ("ing", "ers", "ors", "er", "or", "es", "ed", "s", "e")
_NOUN = re.compile(r"(?<![a-z])([a-z]{3,}) #?$")
_LONGEST_NOUN = 14
_SHORTEST_STEM = 3
_LONGEST_KEPT = 400
# 一等奖 and 二等奖 differ, although 等 is filler.
_GRADE = re.compile("(?<=[一二三四特])等(?=[奖座舱品票功])")
_LONG_FORMS = {
    "hq": "headquarters", "dept": "department", "mgr": "manager", "lang": "language",
    "dest": "destination", "temp": "temperature", "tel": "phone", "telephone": "phone",
    "univ": "university", "govt": "government", "colour": "color",
    "taught": "teach", "won": "win", "sold": "sell", "held": "hold", "led": "lead", "ran": "run",
    "made": "make", "spoke": "speak", "gave": "give", "took": "take", "flew": "fly",
    "drove": "drive", "bought": "buy", "stayed": "stay", "met": "meet", "sat": "sit",
}  # fmt: skip
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# Day two is day 2.
_SPELT = re.compile(
    rf"(?:(?<=\bday )|(?<=\brow )|(?<=\b(?:week|unit|line|gate|part|team|room|year|hall) ))"
    rf"(?:{'|'.join(_CARDINALS)})\b"
)
_SHORTEST_ID, _LONGEST_ID = 3, 8


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text that tell what it speaks of.

    Args:
        han: Chinese characters that are no filler.
        pairs: two such characters side by side.
        latin: words and codes in Latin letters, by their stem.
        numbered: numbers with the character behind them (3班), and long ones alone (302, 2021).
    """

    han: frozenset[str]
    pairs: frozenset[str]
    latin: frozenset[str]
    numbered: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fit:
    """What the words around a value have in common with the question.

    Args:
        shared: what they repeat of it.
        characters: single characters that they repeat of it.
        own: what they say that it does not.
        replaced: what the question has where they say something else: K420 for K178, 上 for 下午.
    """

    shared: frozenset[str]
    characters: frozenset[str]
    own: frozenset[str]
    replaced: frozenset[str]

    @property
    def bare(self) -> bool:
        """Whether there are no such words."""
        return not self.shared and not self.characters and not self.own

    @property
    def of_variant(self) -> bool:
        """Whether they are of a variant of what the question names: Nova X Pro for Nova X."""
        return any(word.startswith(VARIANT) for word in self.replaced)

    @property
    def full(self) -> bool:
        """Whether they repeat the question and say nothing else."""
        return self.asked and bool(self.shared or len(self.characters) > 1)

    @property
    def asked(self) -> bool:
        """The same, down to a single character."""
        return not self.own and bool(self.shared or self.characters)


def words_of(text: str) -> Words:
    """Return the telling words of a prepared text."""
    return _short_words_of(text) if len(text) <= _LONGEST_KEPT else _words_of(text)


@lru_cache(maxsize=8192)
def _short_words_of(text: str) -> Words:
    return _words_of(text)


def _words_of(text: str) -> Words:
    han: set[str] = set()
    pairs: set[str] = set()
    latin: set[str] = set()
    numbered: set[str] = set()
    text = _SPELT.sub(_in_digits, text)
    text = named_roles(_FILLING.sub(" ", _GRADE.sub("级", text)))
    end, last = -1, ""
    for match in _WORD.finditer(text):
        word = match[0].removesuffix("'s")
        if match["latin"]:
            behind = text[match.end() : match.end() + 2].removeprefix(")")[:1]
            if not word.isdigit():
                small = _SMALL.fullmatch(word) and not (
                    word == "a" and _ENDS.match(text, match.end())
                )
                latin.update([] if small else [stem(_LONG_FORMS.get(word, word))])
            else:
                numbered.update([word + behind] if behind > "\u2fff" else [])
                numbered.update(_counted(text, match.start(), word))
                numbered.update([word] if _SHORTEST_ID <= len(word) <= _LONGEST_ID else [])
        elif word not in _FILLER:
            han.add(word)
            if match.start() == end:
                pairs.add(last + word)
            last, end = word, match.end()
    return Words(frozenset(han), frozenset(pairs), frozenset(latin), frozenset(numbered))


def _in_digits(number: re.Match[str]) -> str:
    return str(_CARDINALS.index(number[0]) + 1)


def _counted(text: str, start: int, number: str) -> list[str]:
    """A number behind an English noun: bed 12, gate 5."""
    noun = _NOUN.search(text[max(0, start - _LONGEST_NOUN) : start])
    if noun is None or _SMALL.fullmatch(noun[1]) or len(number) > _LONGEST_ID:
        return []
    return [f"{number} {stem(noun[1])}"]


def stem(word: str) -> str:
    """Cut the ending of an English word that tells tense or number: teaches, teacher, teaching."""
    for ending in _ENDINGS:
        if ending == "s" and word.endswith("ss"):
            return word  # pass, class
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and word.isalpha():
            return word[: -len(ending)]
    return word


def fit(text: str, question: str) -> Fit:
    """Compare the words around a value with a question, both prepared."""
    return _short_fit(text, question) if len(text) <= _LONGEST_KEPT else _fit(text, question)


@lru_cache(maxsize=8192)
def _short_fit(text: str, question: str) -> Fit:
    return _fit(text, question)


def _fit(text: str, question: str) -> Fit:
    said, asked = words_of(text), words_of(question)
    shared = (
        (said.pairs & asked.pairs) | (said.latin & asked.latin) | (said.numbered & asked.numbered)
    )
    own = (said.han - asked.han) | (said.latin - asked.latin)
    own |= {n for n in said.numbered - asked.numbered if _alike(n, asked.numbered - said.numbered)}
    replaced = _replaced(said, asked)
    if variants := _variants(text, question):
        own, replaced = own | variants, replaced | {VARIANT + kind for kind in variants}
    if _ASKS_TOP.search(question):
        shared |= {TOP} if _SAYS_TOP.search(text) else set()
        below = _BELOW_TOP.search(text) is not None and _BELOW_TOP.search(question) is None
        own |= {"below"} if below else set()
        replaced |= {TOP} if below else set()
    return Fit(shared, said.han & asked.han, own, replaced)


def _variants(text: str, question: str) -> frozenset[str]:
    """The kinds of what the question names that it does not name itself: Pro, Max."""
    return frozenset(
        found["kind"]
        for found in _VARIANT.finditer(text)
        if found["name"] in question and not re.search(rf"{found['kind']}(?![a-z])", question)
    )


def _alike(number: str, others: frozenset[str]) -> frozenset[str]:
    """Which numbers stand for the same sort of thing: 3班 and 4班, 2021 and 2022."""
    if number.isdigit():
        return frozenset(n for n in others if n.isdigit() and len(n) == len(number))
    sort = number.lstrip("0123456789")
    return frozenset(n for n in others if n.lstrip("0123456789") == sort)


def _replaced(said: Words, asked: Words) -> frozenset[str]:
    """What of a question gives way to something of the same build."""
    found: set[str] = set()
    for number in said.numbered - asked.numbered:
        found |= _alike(number, asked.numbered - said.numbered)
    if any(map(_is_code, said.latin - asked.latin)):
        found.update(filter(_is_code, asked.latin - said.latin))
    found |= _swapped(said, asked)
    roles, wanted = _roles(said), _roles(asked)
    if roles and roles.isdisjoint(wanted):
        found |= wanted
    for one in said.pairs - asked.pairs:
        for other in asked.pairs - said.pairs:
            for same, differs in ((0, 1), (1, 0)):
                if one[same] != other[same] or other[differs] in said.han:
                    continue
                if one[differs] not in asked.han:
                    found.add(other[differs])
    return frozenset(found)


def _swapped(said: Words, asked: Words) -> set[str]:
    """What of a question gives way between the same two characters: 华东区 to 华北区."""
    return {
        SWAPPED + one[1]
        for one in asked.pairs - said.pairs
        for other in said.pairs - asked.pairs
        if one[0] == other[0]
        and one[1] not in said.han
        and other[1] not in asked.han
        and any(p[0] == one[1] and other[1] + p[1] in said.pairs for p in asked.pairs)
    }


def _roles(words: Words) -> frozenset[str]:
    return frozenset(word for word in words.latin if word.startswith(MARK))


def _is_code(word: str) -> bool:
    """Whether a word tells one of several alike: k420, x."""
    return not word.isalpha() or len(word) == 1
