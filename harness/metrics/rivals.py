"""Another name beside the right one, where no domain says what a name is.

Two names are a hedge whatever joins them: 兰州或西宁, 兰州、西宁, a line each, "Ann Lee; Tom Reed".
A name is what stands alone between joints and is neither a sentence, nor what the question says,
nor another field (出版社：…), nor what people say around an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.metrics.mention import USED, Mention, mask_mentions
from harness.metrics.text import informative

_ALTERNATIVE = r"(?:或者?是?|抑或|还是|要么|\bor\b)"
_JOINT = re.compile(
    rf"(?P<alternative>,? ?{_ALTERNATIVE})"
    r"|(?P<strong> ?(?:、|/|\||&|\+|;|以及|及|和|与|跟|\band\b|\bplus\b|\bvs\b\.?) ?)"
    r"|(?P<weak>[,。!\n]|\.(?: |$)| ?(?:--?|-{2,}|~|→|>) ?(?=[^0-9])"
    r"|(?<=[^a-z0-9.,]) (?=[^a-z0-9]))",
    re.ASCII | re.IGNORECASE,
)
_MAYBE = re.compile(
    r"(?:可能|也许|或许|大概)(?:也)?(?:是|为|在|到|叫)|[也还又](?:有)?可能|\b(?:maybe|perhaps"
    r"|might be|possibly)\b",
    re.ASCII,
)
_EITHER = re.compile(r"(?<!是)不是[^,。;!?\n]{1,24}?就是|要么[^。;!?\n]{1,24}?要么")
_CLAUSES = re.compile(r"[,。;!?\n]")
# What stands in sentences and seldom in names.
_SENTENCE = re.compile(
    "[的是为了请您你我谢停开发时分点需约全由将就也都不有从在这那该会可吗呢吧啊哦祝望能要已被把给让因所如它他她于但而则没无"
    "共名叫写著由]"
)
_FIELD = re.compile("始发|终到|终点|起点|答案|检票|站台|车次|列车|[0-9]")
_SMALL_WORDS = re.compile(
    r"\b(?:the|a|an|is|was|are|were|be|of|by|in|on|at|for|to|it|its|that|this|which|who|with|from|has|have|had|please"
    r"|let|me|you|your|we|our|i|if|not|no|as|because|so|wrote|written|according|located|called|named)\b"
)
# What people say around an answer, and what they head its parts with.
_FRAME = re.compile(
    r"谢谢|感谢|您好|你好|好的|收到|明白|以上|以下|如下|查询|查到|结果|结论|总结|说明|解释|解析|分析|思路|理由|依据|根据|参考|备注"
    r"|补充|来源|背景|正确|回答|最终|仅供|希望|愉快|综上|其中|顺利|方向|客站|市$|省$|自治区|县$|国$|作家|诗人|学者|教授|老师|先生"
    r"|女士|人$|^[经据查综总另注附即例首其最]|^等+$|^答$|火车站"
    r"|\b(?:sure|thanks?|hello|hi|hope|certainly|answer|note|ok|okay|regards|yes|explanation|reason|source|final|result"
    r"|correct|station|etc|inc|ltd|co|dr|mr|mrs|ms|prof|st|mt)\b"
)
_LIST_MARK = re.compile(r"^ ?(?:[-*•·]|\(?[0-9]{1,2}[.、)]|[①-⑳]) ?")
_LABEL = re.compile(r"^(?P<label>[^:]{0,16}):")
_OFFERS = re.compile(r"还是|或|\bor\b|哪[一个趟]", re.ASCII)
_LISTS = re.compile(r"候选|选项|可能|备选|之一|candidate|option|possib|either|one of")
_EDGES = " \"'“”‘’()[]《》「」【】.,:-—*"
_LONGEST_WORDS = 4
_LONGEST_LIST = 4  # pieces on either side that tell a list from a sentence
_LONGEST_LATIN = 40


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch between joints, and the sort of joint before and behind it."""

    text: str
    start: int
    before: str
    after: str


def offers_either(text: str) -> bool:
    """Tell whether an answer leaves open which of two it is: 不是甲就是乙."""
    return bool(_EITHER.search(text))


def rivals(text: str, cased: str, mentions: list[Mention], question: str, *, known: bool) -> bool:
    """Tell whether another name stands beside the right one as an equal or an alternative.

    Args:
        text: the prepared answer.
        cased: the same with its capitals, as long; they tell names in Latin letters.
        mentions: the right names in it.
        question: the prepared question; what it says is no rival unless it offers a choice.
        known: whether a domain has already found the names that there are. Then only what is
            plainly an equal counts: joined by "or", "and", 、 and the like.
    """
    masked = mask_mentions(text, mentions)
    pieces = list(_pieces(masked))
    if len(pieces) > 1:
        longest = max(m.end - m.start for m in mentions)
        # Where the right name has no capitals, capitals tell nothing.
        capitals = any(c.isupper() for m in mentions for c in cased[m.start : m.end])
        written = cased if capitals or not text[mentions[0].start].isascii() else text.title()
        labelled = any(USED in p.text and _other_label(p.text) for p in pieces)
        for i, piece in enumerate(pieces):
            near = _joint_to_right(pieces, i)
            if not near or (known and near == "weak"):
                continue
            if near == "weak" and _SENTENCE.search(_clause(pieces, i)):
                continue
            if near == "alternative" and known:
                near = "strong"
            if _is_name(piece, near, written, question, longest, labelled=labelled):
                return True
    return bool(_MAYBE.search(masked)) and any(
        USED not in clause and _MAYBE.search(clause) for clause in _CLAUSES.split(masked)
    )


def _pieces(masked: str) -> Iterator[_Piece]:
    start, before = 0, ""
    for match in _JOINT.finditer(masked):
        sort = match.lastgroup or ""
        yield _Piece(masked[start : match.start()], start, before, sort)
        start, before = match.end(), sort
    yield _Piece(masked[start:], start, before, "")


def _joint_to_right(pieces: list[_Piece], i: int) -> str:
    """The joint between a piece and the right name beside it, `weak` where others lie between.

    Empty for the piece that holds the right name.
    """
    piece = pieces[i]
    if USED in piece.text:
        return ""
    if i and USED in pieces[i - 1].text and piece.before != "weak":
        return piece.before
    if i + 1 < len(pieces) and USED in pieces[i + 1].text and piece.after != "weak":
        return piece.after
    return "weak"


def _clause(pieces: list[_Piece], at: int) -> str:
    """The whole stretch between weak joints that a piece belongs to: 由姜文、巩俐主演."""
    first = last = at
    while first and pieces[first].before != "weak" and at - first < _LONGEST_LIST:
        first -= 1
    while last + 1 < len(pieces) and pieces[last].after != "weak" and last - at < _LONGEST_LIST:
        last += 1
    return "".join(piece.text for piece in pieces[first : last + 1])


def _other_label(piece: str) -> bool:
    """Whether a piece is labelled as a field, rather than as a list of candidates."""
    label = _LABEL.match(piece)
    return label is not None and not _LISTS.search(label["label"])


def _is_name(
    piece: _Piece, joint: str, cased: str, question: str, longest: int, *, labelled: bool
) -> bool:
    words = _LIST_MARK.sub("", piece.text)
    if labelled and _other_label(words):
        return False
    label = _LABEL.match(words)
    words = words[label.end() :] if label else words
    words = words.strip(_EDGES)
    if joint == "alternative" and informative(words):
        return True
    if "?" in words or _FRAME.search(words) or _FIELD.search(words):
        return False
    if words.isascii():
        start = piece.start + piece.text.rfind(words)
        return _is_latin_name(words, cased[start : start + len(words)], question)
    return _is_chinese_name(words, joint, question, longest)


def _is_chinese_name(words: str, joint: str, question: str, longest: int) -> bool:
    said = informative(words)
    shortest, most = (1, 2 * longest + 4) if joint == "strong" else (2, longest + 3)
    if not shortest <= len(said) <= most or _SENTENCE.search(said):
        return False
    echoes = said in informative(question) or said[:2] in question or said[-2:] in question
    return not echoes or bool(_OFFERS.search(question))


def _is_latin_name(words: str, cased: str, question: str) -> bool:
    """Whether words in Latin letters are a name: short, with capitals, no sentence."""
    parts = words.split()
    if not parts or len(parts) > _LONGEST_WORDS or len(words) > _LONGEST_LATIN:
        return False
    if sum(map(str.isalpha, words)) < 2 or _SMALL_WORDS.search(words):
        return False
    if words in question and not _OFFERS.search(question):
        return False
    return all(part[:1].isupper() for part in cased.split())
