"""Words that turn what was asked into its opposite or neighbour: 最矮 for 最高, 副馆长 for 馆长."""

from __future__ import annotations

import re
from functools import lru_cache

_HAN = {
    "高": "低矮", "低": "高", "矮": "高", "大": "小", "小": "大", "多": "少", "少": "多",
    "长": "短", "短": "长", "早": "晚迟", "晚": "早", "迟": "早", "快": "慢", "慢": "快",
    "贵": "便", "便": "贵", "远": "近", "近": "远", "热": "冷凉", "冷": "热", "重": "轻",
    "轻": "重", "新": "旧老", "旧": "新", "好": "差坏", "差": "好", "先": "后", "后": "先",
    "强": "弱", "弱": "强",
}  # fmt: skip
_PAIRS = (
    "highest lowest", "tallest shortest", "longest shortest", "largest smallest",
    "biggest smallest",
    "cheapest dearest", "cheapest expensive", "lowest expensive", "most least", "most fewest",
    "earliest latest", "first last", "fastest slowest", "oldest youngest", "oldest newest",
    "heaviest lightest", "hottest coldest", "warmest coldest", "best worst", "nearest farthest",
    "nearest furthest", "closest farthest", "strongest weakest", "hardest easiest",
)  # fmt: skip
_MOST = re.compile(
    r"(?P<first>第一[个位名章集班场节站趟轮期季幕])|(?P<last>最后一[个位名章集班场节站趟轮期季幕])"
    r"|最(?P<han>[\u4e00-\u9fff])|\b(?P<latin>\w+est|most|least|first|last|worst|expensive)\b"
)
_SECOND = re.compile(
    r"第[二三四][高低矮大小多少长短早晚快慢贵远近热冷重轻新旧]"
    r"|\b(?:second|third|fourth|2nd|3rd)[- ](?:most|\w+est)\b"
)
_MODIFIED = re.compile(
    r"(?:副|(?<![目之以先从提当眼此日年月天])前|名誉|候补|代理|助理"
    r"|见习)(?:任)?(?P<title>[\u4e00-\u9fff]{2})"
)

_VICE = re.compile(
    r"\b(?:vice|deputy|assistant|associate|interim|honorary|former|previous)[- ]"
    r"(?P<title>[a-z]{4,})"
)
# Places in a contest, by whatever name.
_PLACES = re.compile(
    r"(?P<first>冠军|第一名|金牌|\b(?:first (?:place|prize)|gold medal|champions?)\b)"
    r"|(?P<second>亚军|第二名|银牌|\b(?:second (?:place|prize)|silver medal|runners?-up)\b)"
    r"|(?P<third>季军|第三名|铜牌|\b(?:third (?:place|prize)|bronze medal)\b)"
)
# What came of it, one way or the other.
_OUTCOMES = re.compile(
    r"(?P<no>不及格|不合格|不达标|[未没]有?(?:通过|及格|合格|录取|获奖|中签|报名|参加|到场|完成)|落选|缺席|挂科|反对"
    r"|\b(?:fail(?:ed|s)?|not pass(?:ed)?|rejected|absent|declined|against)\b)"
    r"|(?P<yes>及格|合格|达标|通过|录取|获奖|中签|报名|参加|到场|完成|入选|赞成"
    r"|\b(?:pass(?:ed|es)?|accepted|present|admitted|in favou?r)\b)"
)


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {word: set(others) for word, others in _HAN.items()}
    for pair in _PAIRS:
        one, other = pair.split()
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


def opposites_of(word: str) -> frozenset[str]:
    """Return the words for the other end of a scale, of Chinese ones the first character."""
    return _opposites().get(word, frozenset())


def opposed(text: str, question: str) -> bool:
    """Tell whether words speak of the other end of a scale, or of another rank, than was asked."""
    return (
        _other_rank(text, question)
        or _other_place(text, question)
        or _other_end(text, question)
        or _other_outcome(text, question)
        or (_SECOND.search(text) is not None and _asks_first(question))
    )


def _other_outcome(text: str, question: str) -> bool:
    """Whether words tell that it was failed where the question asks who passed."""
    said, asked = _outcomes(text), _outcomes(question)
    return bool(said and asked and not said & asked)


@lru_cache(maxsize=4096)
def _outcomes(text: str) -> frozenset[str]:
    return frozenset(match.lastgroup or "" for match in _OUTCOMES.finditer(text))


def _asks_first(question: str) -> bool:
    return bool(_MOST.search(question)) and _SECOND.search(question) is None


def _other_rank(text: str, question: str) -> bool:
    return any(
        match["title"] in question and match[0] not in question
        for form in (_MODIFIED, _VICE)
        for match in form.finditer(text)
    )


def _other_place(text: str, question: str) -> bool:
    said, asked = _places(text), _places(question)
    return bool(said and asked and not said & asked)


@lru_cache(maxsize=4096)
def _places(text: str) -> frozenset[str]:
    return frozenset(match.lastgroup or "" for match in _PLACES.finditer(text))


def _other_end(text: str, question: str) -> bool:
    said, asked = _ends(text), _ends(question)
    if not said or not asked or said & asked:
        return False
    return any(asked & opposites_of(word) for word in said)


@lru_cache(maxsize=4096)
def _ends(text: str) -> frozenset[str]:
    return frozenset(
        match["han"] or match["latin"] or match.lastgroup or "" for match in _MOST.finditer(text)
    )
