"""Another name beside the right one, where no domain says what a name is.

Two names are a hedge whatever joins them: 兰州或西宁, 兰州、西宁, a line each, "Ann Lee; Tom Reed".
A name is what stands alone between joints and is neither a sentence, nor what the question says,
nor another field (出版社：…), nor what people say around an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from harness.checker.parse.mention import USED, Mention, mask_mentions
from harness.checker.reading.asserted import beats
from harness.checker.reading.claims import claims, fit_of, speaks_of_others
from harness.checker.reading.denials import denied_before, negates
from harness.checker.reading.fit import Fit, fit
from harness.checker.reading.opposites import opposed
from harness.checker.reading.statements import Statement, holder, statements
from harness.checker.verdict import Case
from harness.text.normalize import informative

_ALTERNATIVE = r"(?:或者?是?|抑或|还是|要么|\bor\b|\balternatively\b)"
_JOINT = re.compile(
    rf"(?P<alternative>,? ?{_ALTERNATIVE})"
    r"|(?P<strong> ?(?:(?<=[》」])(?=[《「])|、|/|\||&|(?<!\+)\+(?!\+)|;|·|\bas well as\b"
    r"|\balong with\b|\btogether with\b"
    r"|\bshare[sd]? (?:it|them|the \w+) with\b|\b(?:tied|jointly) with\b|以及|及|和|与|跟"
    r"|\band\b|\bplus\b|\bvs\b\.?) ?)"
    r"|(?P<weak>[,。!\n]|\.(?: |$)| ?(?:--?|-{2,}|~|→|>) ?(?=[^0-9])"
    r"|(?<=[^a-z0-9.,]) (?=[^a-z0-9]))",
    re.ASCII | re.IGNORECASE,
)
_MAYBE = re.compile(
    r"(?:可能|也许|或许|大概)(?:也)?(?:是|为|在|到|叫)|[也还又](?:有)?可能|\b(?:maybe|perhaps"
    r"|might be|possibly)\b",
    re.ASCII,
)
_CLAUSES = re.compile(r"[,。;!?\n]")
# What stands in sentences and seldom in names.
_SENTENCE = re.compile(
    "[的是为了请您你我谢停开发时分点需约全由将就也都不有从在这那该会可吗呢吧啊哦祝望能要已被"
    "把给让因所如它他她于但而则没无"
    "共名叫写著由]"
)
_FIELD = re.compile("始发|终到|终点|起点|答案|检票|站台|车次|列车|[0-9]")
_SMALL_WORDS = re.compile(
    r"\b(?:the|a|an|is|was|are|were|be|of|by|in|on|at|for|to|it|its|that|this|which|who|with"
    r"|from|has|have|had|please"
    r"|let|me|you|your|we|our|i|if|not|no|as|because|so|wrote|written|according|located"
    r"|called|named)\b"
)
# What people say around an answer, and what they head its parts with.
_FRAME = re.compile(
    r"谢谢|感谢|您好|你好|好的|收到|明白|以上|以下|如下|查询|查到|结果|结论|总结|说明|解释"
    r"|解析|分析|思路|理由|依据|根据|参考|备注"
    r"|补充|来源|背景|正确|回答|最终|仅供|希望|愉快|综上|欢迎|问题|提问|随时|帮助|其中|顺利"
    r"|方向|客站|市$|省$|自治区|县$|国$|作家|诗人|学者|教授|老师|先生"
    r"|女士|人$|^[经据查综总另注附即例首其最]|^等+$|^答$|^自.*起$|[今去明]年"
    r"|^(?:月|年|天|日|次|人|晚|小时|m2?|kg|h)[~。.!]*$|^(?:亲+|亲爱的.{0,3}|哈+|嗯+|哦+|嘿+|嘻+|耶+|哟+|么么哒)[~!]*$"
    r"|\b(?:sure|thanks?|hello|hi|hope|certainly|answer|note|ok|okay|regards|yes|explanation"
    r"|reason|source|final|result"
    r"|correct|station|etc|inc|ltd|co|dr|mr|mrs|ms|prof|st|mt|territory|province|region"
    r"|district|prefecture|county)\b"
)
_TOGETHER = re.compile(
    r"(?:都|均|皆|一起|一同|共同|联合|合作|轮流|轮换|同(?=[获时为在])|双双|并列|同时|分别"
    r"|[两二三四][人位地个种款名所家座部项者队门间张本]|两者|二[人者])"
    r"| (?:both|share|shares|together|jointly"
    r"|are|were|all|ties?\b|tied|teach"
    r"|take turns|co-)\b",
    re.ASCII,
)
# A label or subject with the name that it is given, or the name with what it does.
_LABELLED = re.compile(
    r"(?P<label>[^:]{2,60}) ?(?:[\"'”]? ?: ?|--| - |其?(?<!不)是|(?<![作成认])为|名?叫(?:做"
    r"|作)?|由|在|于|应是| (?:is|was|are|were)(?: called| named)?(?: by| in| at| on)?(?: the"
    r"| an?)? | (?:at|in|by"
    r"|to) )(?P<name>[^:]{1,40})$"
)
_NAMED_FIRST = re.compile(
    r"由?(?P<name>[^:]{1,40}?)(?P<label>(?:是|为|担任|当选|执|主讲|负责|教|写|获得?|夺得?"
    r"|赢得|拿下|所| (?:is|was|are|were|has|teach|won|wrote|direct|host|lead|paint|design"
    r"|compos|creat|play|coach|manage|run|serve|sing|finish|own)).*)$"
)
# Where to look, and no answer yet: 查“甲”这一行、“乙”这一列.
_LOOKS_UP = re.compile(
    r"^(?:请?先?(?:查看?(?!理)|查找|找到?|定位|翻到|对照))|(?:[这那该]一?|第.{1,3}|对应的?|所在的?)[行列栏格]$"
    r"|^(?:looking|look|find|locate|check|see|go) |\b(?:row|column|line|entry)$"
)
_AND_OTHERS = re.compile("等(?:[人地等]|多[人地])?$")
# 小米14, C3: a number with a name; a time or an amount is none.
_HAS_NUMBER = re.compile(r"[^\W\d_] ?[0-9]|^[0-9]+[号栋幢室楼班]")
# What is so now, or in truth: 其实是甲, "but it is by A".
_NOW = re.compile(
    r"(?:but )?(?P<label>其实|实际上?|事实上|现任?|现在|现由|目前|如今|后来|最终|最后|now"
    r"|currently|in fact|actually|really|it is|it's)"
    r"[^:]{0,8}?(?:是|为|由|成|叫|\bis\b|\bby\b|\bwas\b|:| ) ?(?P<name>[^:]{1,24})$"
)
_DOUBTS = re.compile(r"或|可能|也许|大概|\bor\b|maybe|perhaps|possibly|might|could")
_SHORTEST_JOINT = 6
_TWO_NAMES = re.compile(r"[A-Z][\w.'-]* [A-Z][\w'-]*(?= [a-z])")  # Karl Berg painted it
_APPOSED = re.compile(r", ?(?:is|was|are|were|has|had) ")
_SHORT_NAME = 4
_SHORTEST_FELLOW = 3
_LONGEST_PERSON = 2
_NAME_AND_REST = re.compile(r"^(?P<name>[^\s:]+ [^\s:]+) (?P<label>[a-z][^:]*)$")
_PREDICATE = re.compile(
    "[\u4e00-\u9fff]的$|(?<=..)所?(?:著|写|作|绘|创作|撰写|执导|编写|主编|翻译|设计|演唱|主演|担任|负责|出版)$"
)  # 陈忠实写的
_OUTER = "、 ()[].,:-*"
_QUOTED = re.compile(r" ?(?:《[^《》]{1,24}》|“[^“”]{1,24}”|\"[^\"]{1,40}\")")
_LONGEST_TITLED = 40
_LATIN = re.compile("[a-z]")
_ARTICLE = re.compile(r"(?:the|an?) ")
_KIND_OF_PLACE = re.compile(
    "stadium|museum|hotel|school|university|college|park|street|road|hall|airport|library"
    "|building|campus|restaurant"
    "|team|city|county|province|state|club|course|class|railway|hospital|church|theatre"
    "|theater|cinema|store|shop"
)
_MORE_NAME = re.compile(r" ([A-Z][A-Za-z0-9'-]+)")
# The right name next to the joint, with a title or mark at most.
_ENDS_WITH_IT = re.compile(rf"{USED}[^{USED}\n]{{0,12}}$")
_STARTS_WITH_IT = re.compile(rf"[^{USED}\n]{{0,12}}{USED}")
# What goes with the thing named, as rice with a dish.
_GOES_WITH = re.compile(
    r"(?:\b(?:served|paired|topped|accompanied|comes?) (?:with|by)|\bwith a side of"
    r"|[搭另]配|配(?![置音备角合])有?|佐以|附[赠送带]?)"
)
_WITH = re.compile(rf"\bwith\b|{_GOES_WITH.pattern}")
# What leads to a name behind it: "is directed by A", 导演是A.
_LEADS = re.compile(
    r"^.*(?:[是为由在:]|\b(?:in|by|is|are|was|were|from|at|of|both|named|called)\b)", re.DOTALL
)
_LIST_MARK = re.compile(r"^ ?(?:[-*•·]|\(?[0-9]{1,2}[.、)]|[①-⑳]) ?")
_LABEL = re.compile(r"^(?P<label>[^:]{0,16}):")
_OFFERS = re.compile(r"还是|或|\bor\b|哪[一个趟]", re.ASCII)
_LISTS = re.compile(r"候选|选项|可能|备选|之一|candidate|option|possib|either|one of")
_EDGES = "、 \"'“”‘’()[]《》「」【】.,:-—*"
_LONGEST_WORDS = 4
_LONGEST_LIST = 4  # pieces on either side that tell a list from a sentence
_LONGEST_LATIN = 40
# Behind a name and a comma these only say where it lies: Paris, France.
_COUNTRIES = re.compile(
    r"france|germany|italy|spain|portugal|england|scotland|wales|uk|united kingdom|great britain"
    r"|ireland|usa|us|united states|canada|mexico|brazil|argentina|chile|peru|china|japan|korea"
    r"|south korea|india|thailand|vietnam|singapore|malaysia|indonesia|australia|new zealand"
    r"|russia|ukraine|poland|austria|switzerland|belgium|(?:the )?netherlands|denmark|norway|sweden"
    r"|finland|greece|turkey|egypt|morocco|south africa|kenya|nigeria|hungary|czech republic"
    r"|romania"
    r"|croatia|iceland|israel|iran|iraq|saudi arabia|uae|europe|asia|africa|california|texas"
    r"|florida"
    r"|new york|washington|illinois|ohio|massachusetts|oregon|colorado|ontario|quebec|bavaria"
    r"|tuscany|gansu|sichuan|alabama|alaska|arizona|arkansas|connecticut|delaware|florida|georgia"
    r"|hawaii|idaho|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|michigan|minnesota"
    r"|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico"
    r"|north carolina|north dakota|oklahoma|pennsylvania|rhode island|south carolina"
    r"|south dakota|tennessee|utah|vermont|virginia|west virginia|wisconsin|wyoming|alberta"
    r"|british columbia|manitoba|nova scotia|new south wales|victoria|queensland|tasmania"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch between joints, and the sort of joint before and behind it."""

    text: str
    start: int
    before: str
    after: str


def rivals(case: Case, mentions: list[Mention], *, known: bool) -> bool:
    """Tell whether another name stands beside the right one as an equal or an alternative.

    What stands in a statement about something else is none (`harness.checker.reading.asserted`).

    Args:
        case: the answer; its question's words are no rivals unless it offers a choice.
        mentions: the right names in it.
        known: whether a domain has already found the names that there are. Then only what is
            plainly an equal counts: joined by "or", "and", 、 and the like.
    """
    masked = mask_mentions(case.text, mentions)
    pieces = list(_pieces(masked))
    beside = _Beside(case, mentions, pieces)
    if not known and any(beside.goes_on(mention) for mention in mentions):
        return True
    if len(pieces) > 1:
        parts = statements(case.text, mentions)
        idle = _idle(case, mentions, parts, masked)
        denied = _denied(parts, masked)
        for i, piece in enumerate(pieces):
            joint = _counted_joint(pieces, i, known=known)
            at = piece.start + len(piece.text) - len(piece.text.lstrip(_EDGES))
            part = holder(parts, at)
            set_apart = part in denied or (part in idle and joint != "alternative")
            if joint and not set_apart and beside.is_name(piece, joint):
                return True
    return bool(_MAYBE.search(masked)) and any(
        USED not in clause and _MAYBE.search(clause) for clause in _CLAUSES.split(masked)
    )


def says_another(case: Case, mentions: list[Mention]) -> bool:
    """Tell whether another statement answers the question, and that of the name something else.

    主演是甲，导演是乙: who directed is 乙, whatever 乙 may be.
    """
    golds = list({claim.fit for claim in claims(mentions, case.text, case.question)})
    if any(fit.full or fit.bare for fit in golds):
        return False
    masked = mask_mentions(case.text, mentions)
    longest = max(m.end - m.start for m in mentions)
    parts = statements(case.text, mentions)
    for i, part in enumerate(parts):
        words = masked[part.start : part.end]
        if USED in words or part.aside or speaks_of_others(words, case.question):
            continue
        found = _assertion(part, words, case, longest) or _called(parts, i, masked, case, longest)
        if found and all(_answers_rather(found, fit) for fit in golds):
            return True
    return False


def _answers_rather(one: Fit, other: Fit) -> bool:
    """Whether one statement answers what was asked, and another, that gives the name, does not."""
    if one.full:
        return True
    if one.shared > other.shared and len(one.shared) > 1 and not one.replaced:
        return True
    return not one.replaced and bool(other.replaced & (one.shared | one.characters))


def _assertion(part: Statement, words: str, case: Case, longest: int) -> Fit | None:
    """How a statement without the right name fits the question, if it gives some name at all."""
    words = words.strip(_OUTER)
    if not words or denied_before(words) or _DOUBTS.search(words) or _LOOKS_UP.search(words):
        return None
    if part.row:
        return None if words in case.question else fit_of(part, "", case.question)
    done_by = _done_by(words, case.question)
    for pattern in (_NOW, _LABELLED, _NAMED_FIRST, None):
        found = pattern.match(words) if pattern else _titled(words, case.question)
        found = done_by or found
        if found is None:
            continue
        if pattern is _NOW:
            if not _can_be_name(found["name"].strip(_EDGES), case.question, longest):
                continue
            return Fit(frozenset(), frozenset("now"), frozenset(), frozenset())
        quoted = _QUOTED.fullmatch(found["name"]) is not None
        name = _PREDICATE.sub("", found["name"].strip(_EDGES))
        said = fit(f"{part.over} {found['label']}", case.question)
        if ":" in words and said.shared:
            said = replace(said, shared=said.shared | {"label"})
        if (quoted or _can_be_name(name, case.question, longest)) and (
            said.shared or said.characters
        ):
            return said
    return None


def _done_by(words: str, question: str) -> re.Match[str] | None:
    """By whom a thing is done that the question asks about: 由宏远维修."""
    if not words.startswith("由") or len(words) > _LONGEST_TITLED:
        return None
    own = next((i for i in range(2, len(words) - 1) if words[i:] in question), 0)
    return re.fullmatch(rf"由(?P<name>.{{{own - 1}}})(?P<label>.{{2,}})", words) if own else None


def _called(
    parts: Sequence[Statement], i: int, masked: str, case: Case, longest: int
) -> Fit | None:
    """How well what stands in brackets behind a name fits the question: 何军（财务总监）."""
    behind = parts[i + 1] if i + 1 < len(parts) else None
    name = masked[parts[i].start : parts[i].end].strip(_EDGES)
    if behind is None or not behind.aside or not _can_be_name(name, case.question, longest):
        return None
    said = fit(masked[behind.start : behind.end], case.question)
    return said if said.full else None


def _titled(words: str, question: str) -> re.Match[str] | None:
    """A name right behind or before words of the question: 馆长孙立, 孙立代表甲方."""
    if len(words) > _LONGEST_TITLED:
        return None
    if _LATIN.match(words):
        return _doer(words, question)
    said = [character in question for character in words]
    if not said[0] and any(said):
        return re.fullmatch(rf"(?P<name>.{{{said.index(True)}}})(?P<label>.{{2,}})", words)
    length = said.index(False) if False in said else 0
    if length < 2:
        return None
    name = r"[\u4e00-\u9fff]{2,5}|《[^《》]{1,24}》"
    return re.fullmatch(rf"(?P<label>.{{{length}}})(?P<name>{name})", words)


def _doer(words: str, question: str) -> re.Match[str] | None:
    """A name right before what the question asks who did: hans ebert conducts."""
    for found in _NAME_AND_REST.finditer(words):
        name, rest = found["name"], found["label"]
        if not _SMALL_WORDS.search(name) and fit(rest, question).asked and fit(name, question).own:
            shared = fit(name, question)
            return None if shared.shared else found
    return None


def _can_be_name(name: str, question: str, longest: int) -> bool:
    name = _ARTICLE.sub("", name)
    if not name or name in question or _SMALL_WORDS.search(name):
        return False
    if name.isascii():
        return len(name.split()) <= _LONGEST_WORDS and any(map(str.isalpha, name))
    said = name[0] + name[2:] if len(name) <= _LONGEST_PERSON else name  # 周可 is a name
    return len(name) <= longest + 3 and not _SENTENCE.search(said)


def _denied(parts: Sequence[Statement], masked: str) -> frozenset[int]:
    """Which statements without the right name deny whatever they name."""
    words = (masked[part.start : part.end] for part in parts)
    return frozenset(i for i, said in enumerate(words) if USED not in said and negates(said))


def _idle(
    case: Case, mentions: list[Mention], parts: Sequence[Statement], masked: str
) -> frozenset[int]:
    """Which statements speak of something else than the answer."""
    golds = list({claim.fit for claim in claims(mentions, case.text, case.question)})
    found: set[int] = set()
    for i, part in enumerate(parts):
        words = masked[part.start : part.end]
        if USED in words:
            continue
        if (
            part.row.strip()
            or _GOES_WITH.match(words.lstrip())
            or (part.aside and not _DOUBTS.search(words))
            or speaks_of_others(words, case.question)
            or (
                part.follows
                and i - 1 in found
                and not _DOUBTS.search(words)
                and not _LABEL.match(words)
            )
            or _is_told_of_other(part, words, case, golds)
        ):
            found.add(i)
    return frozenset(found)


def _is_told_of_other(part: Statement, words: str, case: Case, golds: list[Fit]) -> bool:
    """Whether a statement names its subject or field, and it is not the one asked for."""
    if opposed(words, case.question):
        return True
    labelled = _LABELLED.match(words.strip(_EDGES))
    said = fit(f"{part.over} {labelled['label'] if labelled else words}", case.question)
    if labelled and not _LISTS.search(labelled["label"]):
        return any(beats(gold, said) for gold in golds)
    if not said.replaced and not _goes_round(words, case.question):
        return False
    return any(beats(gold, said) for gold in golds)


def _goes_round(words: str, question: str) -> bool:
    """Whether something of the question stands between two other things: 杜甫号少陵野老."""
    if len(words) > _LONGEST_TITLED:
        return False
    said = "".join("q" if c in question else "o" for c in words if c > "\u2fff")
    return "oq" in said and "qo" in said[said.index("oq") :]


def _counted_joint(pieces: list[_Piece], i: int, *, known: bool) -> str:
    """The joint between a piece and the right name, nothing where the piece cannot be a rival."""
    near = _joint_to_right(pieces, i)
    if known and _is_label(pieces, i):
        return ""
    if known:
        return {"weak": "", "alternative": "strong"}.get(near, near)
    if near == "weak" and _SENTENCE.search(_clause(pieces, i)):
        return ""
    return near


def _is_label(pieces: list[_Piece], i: int) -> bool:
    """Whether a dash or colon sets a piece before a name: "physics - Ann Lee"."""
    behind = pieces[i + 1] if i + 1 < len(pieces) else None
    return behind is not None and pieces[i].after == "weak" and behind.text.startswith(USED)


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
    if i and piece.before != "weak" and _ENDS_WITH_IT.search(pieces[i - 1].text):
        goes_with = _WITH.search(pieces[i - 1].text.rpartition(USED)[2])
        return "weak" if goes_with else piece.before
    if i + 1 < len(pieces) and piece.after != "weak" and _STARTS_WITH_IT.match(pieces[i + 1].text):
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


@lru_cache(maxsize=1024)
def _asked_words(question: str, length: int) -> frozenset[str]:
    """The runs of a number of words in a question."""
    words = re.findall(r"[^\s?,.;:!\"()]+", question)
    return frozenset(" ".join(words[i : i + length]) for i in range(len(words) - length + 1))


class _Beside:
    """What reads like a name beside the right one."""

    def __init__(self, case: Case, mentions: list[Mention], pieces: list[_Piece]) -> None:
        cased = case.cased if len(case.cased) == len(case.text) else case.text
        # Where the right name has no capitals, capitals tell nothing.
        capitals = any(c.isupper() for m in mentions for c in cased[m.start : m.end])
        self._plain = str(case.gold.value).isascii() and str(case.gold.value).islower()
        self._capitals = capitals
        self._is_region = _COUNTRIES.fullmatch(str(case.gold.value).lower()) is not None
        plain = not capitals and case.text[mentions[0].start].isascii()
        self._cased = case.text.title() if plain else cased
        self._question = case.question
        self._mentions, self._text = mentions, case.text
        self._longest = max(m.end - m.start for m in mentions)
        self._numbered = any(_HAS_NUMBER.search(case.text[m.start : m.end]) for m in mentions)
        self._labelled = any(
            (USED in piece.text or _is_label(pieces, i)) and _other_label(piece.text)
            for i, piece in enumerate(pieces)
        )

    def goes_on(self, mention: Mention) -> bool:
        """Tell whether a name in Latin letters is followed by more of one: Ann Lee Hobbs."""
        if not self._capitals or not self._cased[mention.end - 1].isascii():
            return False
        more = _MORE_NAME.match(self._cased, mention.end)
        if more is None or self._cased[: mention.end].isupper():
            return False
        word = more[1].lower()
        if _KIND_OF_PLACE.fullmatch(word):
            return False
        return (
            not _FRAME.search(word) and not _SMALL_WORDS.search(word) and word not in self._question
        )

    def is_name(self, piece: _Piece, joint: str) -> bool:
        """Tell whether a piece reads like a name, given the joint before or behind it."""
        words = _LIST_MARK.sub("", piece.text)
        looks_up = joint != "alternative" and _LOOKS_UP.search(words.strip(_EDGES))
        fellow = joint == "strong" and piece.after == joint and self._is_fellow(piece)
        fellow = fellow or (joint == "weak" and self._is_apposed(piece))
        if looks_up or fellow or (self._labelled and _other_label(words)):
            return False
        label = _LABEL.match(words)
        words = words[label.end() :] if label else words
        words = words.strip(_EDGES)
        if joint == "alternative" and informative(words):
            return True
        if joint == "strong" and piece.after == joint:
            words = _LEADS.sub("", words).strip(_EDGES)
        if joint == "strong":
            words = _AND_OTHERS.sub("", _TOGETHER.split(words, maxsplit=1)[0]).strip(_EDGES)
        if self._numbered and joint == "strong" and _HAS_NUMBER.search(words):
            return len(words) <= 2 * self._longest + 4 and words not in self._question
        if "?" in words or _FRAME.search(words) or _FIELD.search(words):
            return False
        if words.isascii():
            start = piece.start + piece.text.find(words)
            cased = self._cased[start : start + len(words)]
            # "Grilled salmon and roast beef" has a capital at its start alone.
            near = joint == "strong" and self._touches(piece)
            goes_on = self._capitals and self._goes_on_with(piece)
            if goes_on and (person := _TWO_NAMES.match(cased)):
                words, cased = words[: person.end()], person[0]
            return self._is_latin(words, words.title() if near and self._plain else cased)
        return self._is_chinese(words, joint)

    def _is_apposed(self, piece: _Piece) -> bool:
        """Whether a piece only names the subject once more: "the champion, Rob Dyer, is"."""
        end = piece.start + len(piece.text)
        before = self._text[max(0, piece.start - 2) : piece.start]
        return before.rstrip()[-1:] == "," and _APPOSED.match(self._text, end) is not None

    def _is_fellow(self, piece: _Piece) -> bool:
        """Whether "and" joins to a piece what the question names, and not the right name.

        何佳和林小雨同住A: asked of 林小雨.
        """
        end = piece.start + len(piece.text)
        start = next((m.start for m in self._mentions if m.start >= end), end)
        between = informative(self._text[end:start])[1:]
        runs = (between[i : i + _SHORTEST_FELLOW] for i in range(len(between)))
        return any(len(run) == _SHORTEST_FELLOW and run in self._question for run in runs)

    def _touches(self, piece: _Piece) -> bool:
        """Whether only a joint stands between a piece and the right name."""
        end = piece.start + len(piece.text)
        return any(
            0 <= piece.start - m.end <= _SHORTEST_JOINT or 0 <= m.start - end <= _SHORTEST_JOINT
            for m in self._mentions
        )

    def _goes_on_with(self, piece: _Piece) -> bool:
        """Whether "and" alone stands between the right name and a piece behind it."""
        return any(
            0 <= piece.start - m.end <= _SHORTEST_JOINT
            and self._text[m.end : piece.start].strip(" ,") in ("and", "&", "plus")
            for m in self._mentions
        )

    def _is_chinese(self, words: str, joint: str) -> bool:
        said = informative(words)
        if joint == "weak" and said.endswith("火车站"):
            return False
        if not any(map(str.isalpha, said)):
            return False
        longest = self._longest
        shortest, most = (1, 2 * longest + 4) if joint == "strong" else (2, longest + 3)
        if not shortest <= len(said) <= most or _SENTENCE.search(said):
            return False
        question = self._question
        echoes = said in informative(question) or said[:2] in question or said[-2:] in question
        return not echoes or bool(_OFFERS.search(question))

    def _is_latin(self, words: str, cased: str) -> bool:
        """Whether words in Latin letters are a name: short, with capitals, no sentence."""
        article = _ARTICLE.match(words)
        if article:
            words, cased = words[article.end() :], cased[article.end() :]
        parts = words.split()
        if not parts or len(parts) > _LONGEST_WORDS or len(words) > _LONGEST_LATIN:
            return False
        if _COUNTRIES.fullmatch(words) and not self._is_region:
            return False
        shortest = 1 if self._longest < _SHORT_NAME else 2
        if len(words) < shortest or not any(map(str.isalpha, words)) or _SMALL_WORDS.search(words):
            return False
        if words in _asked_words(self._question, len(parts)) and not _OFFERS.search(self._question):
            return False
        return all(part[:1].isupper() for part in cased.split())
