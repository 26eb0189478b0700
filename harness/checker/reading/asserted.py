"""Which of the names in an answer it gives as its answer.

Set aside are what it denies, what it only compares with, what was so before, and what stands in a
statement that fits the question less than another: about another row, or another field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise

from harness.checker.parse.mention import USED, Mention, mask_mentions
from harness.checker.reading.denials import (
    asked_and_denied,
    asks_for_gone,
    denied_before,
    denied_behind,
    left_open,
    says_not,
)
from harness.checker.reading.fit import Fit, fit
from harness.checker.reading.opposites import opposed
from harness.checker.reading.statements import Statement, holder, statements

# The value behind these is what another is measured by, or what only lies on the way.
_COMPARES = (
    r"(?:比|较|相较于|相比于?|不同于|不如|胜过|超过|击败|战胜|打败|击溃|淘汰|领先(?:于)?|优于"
    r"|高于|低于|仅次于|(?<!安)排在|误[以认]为是?|(?:人|都|曾|常|被)以为是?|次于|多于|少于"
    r"|接替|取代|代替|替换|顶替|接任|(?<![古现当近时年朝唐宋元明清后])代(?![表码号言理价办])"
    r"|过了|途经|经停|路过|经由|沿途|沿线|(?:^|(?<=[,。;\n]))经(?=[^理济常典过查])|经过|除了?"
    r"|其次是?|第二是?|替补"
    r"|(?:提名|入围|候选)(?:者|人|名单|演员|作品)?(?:有|是|为|包括)?:?"
    r"|紧?挨着?|紧[靠邻]|靠近|对阵|迎战|对战|对垒|毗邻|临近|靠近|\b(?:than|exceeds?"
    r"|surpass(?:es|ed)|as \w+ as|ahead of|beat"
    r"|beats|defeated|behind|over"
    r"|followed by|compared (?:to|with)|unlike|like|against"
    r"|replac(?:es|ed|ing)|succeed(?:s|ed|ing)|took over from|takes over from|via|passing through"
    r"|attributed to|mistaken for|left|changed from|switched from|transferred from"
    r"|reports to|reporting to"
    r"|works (?:for|under)|working (?:for|under)|used instead of"
    r"|stops at|near|next to|outside|moved from"
    r"|(?:runners?-up|nominees|nominated|shortlist(?:ed)?)\b:?)"
    r"(?:(?<=:)|\b))"
)
_COMPARED = re.compile(
    rf"(?P<by>{_COMPARES})(?: in| at| on| that of| those of)?(?: the|请假的| ?由"
    rf"|车次|列车)? ?[\"“'(《]?$",
    re.ASCII,
)
_SPEAKS_OF_OTHERS = re.compile(_COMPARES, re.ASCII)
_COMPARED_BEHIND = re.compile(
    r"(?:的(?:学生|徒弟|弟子|上级|上司|下属|同事|助手|助理|妻子|丈夫|父亲|母亲|儿子|女儿|哥哥"
    r"|弟弟|姐姐|妹妹|朋友|秘书|继任者?|前任|接班人|邻居"
    r"|附近|旁边|周边|隔壁|对面|[东西南北]边|翻版|仿品|仿制品)|附近|旁边|隔壁|对面"
    r"|以[东西南北外]|之外|周边"
    r"|汇报|[\"'”]?(?:'s (?:student|pupil|wife|husband|father|mother|son|daughter|brother|sister"
    r"|assistant|boss"
    r"|deputy|predecessor|successor|friend|colleague|manager|neighbou?r))\b"
    r"| (?:as|being|were) (?:the )?runners?-up| ?\(?(?:came|finished|was|is|placed"
    r"|took) (?:in )?(?:second|third)|(?:获|得)?(?:亚军|季军|第二|第三)"
    r"|(?:都|均|也|只|仅)*(?:获得?|被)?(?:提名|入围)(?![^。;!?\n]{0,16}(?:获奖|得奖|胜|最终|夺))"
    r"| (?:was|were) (?:also |only )?(?:nominated|shortlisted)\b(?!.{0,20}\bw[oi]n))",
    re.ASCII,
)
_LOST = re.compile(
    r" ?(?:队|站)?(?:以[^,。;!?\n]{1,12})?(?:输|不敌|负于|败给|惜败|落败| (?:lost|loses"
    r"|was beaten|were beaten|finished second)\b)",
    re.ASCII,
)
_ASKS_COMPARED = re.compile(
    r"提名|入围|候选|nomin|shortlist|途经|经停|路过|经过|经由|接替|取代|代替|第二|亚军|其次|替补|沿途|\b(?:second"
    r"|runners?-up|via|replaced|succeed\w*|than|lose|lost|near|like|stop\w*)\b"
)
_PAST = re.compile(
    r"(?:(?<=\()原(?![文著创作因料名])|(?<![还平高草])原(?:本|先|来|定|计划|是|为|由|终|任|名"
    r"|在|叫|版|始?发|负责|属|隶|归|设|教|职"
    r"|[^,。;\n因料创作文著]{0,8}(?:是|为|由))|曾(?:经|任|是|为|在|由|担|于|有|教|住|用|参|获"
    r"|多|做|当|去|到|叫|被|开|停)|此前|之前|以前|先前|过去|从前|去年|前任|前一任|上一任|往年"
    r"|\b(?:used to|formerly|previously"
    r"|originally(?! (?:written|published|composed|recorded|painted)\b)"
    r"|was once|former|had been|until recently"
    r"|no longer|before)\b)"
)
# What has become so since is no more past: 去年调到了B.
_BECAME = re.compile(
    r"[调转迁搬升换改变][^,。;!?\n在]{0,3}?[到至往入为成任]|\b(?:moved|transferred|promoted|renamed"
    r"|changed|switched) to\b|\bbecame\b"
)
# Past only beside what is so today.
_LATELY = re.compile(
    r"昨[天日]|前天|上周|上个?月|\b(?:yesterday|last (?:week|month|year|season|term))\b"
)
_TODAY = re.compile(
    r"今[天日年]|现在|本[周月]|目前"
    r"|\b(?:today|now|currently|this (?:week|month|year|season|term))\b"
)
_NOW_OR_STOP = re.compile(r"[,。;!?\n]|(?=\()|\. |\b(?:but|now)\b|现(?=[在已任由为是])|如今|目前")
_PAST_BEHIND = re.compile(
    r"^ (?:used to|formerly|previously|had (?:been|previously)"
    r"|(?:was|is) the (?:previous|former|outgoing|then))\b"
    r"|\b(?:before|previously|formerly|in the past"
    r"|until (?:[0-9]{4}|last \w+"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
    r")\.?$"
)
_RETRACTS = re.compile(
    r"(?:^|[….。;!?\n,-]) ?(?:不[,。是对]|哦?不对|错了|说错|看错|记错|更正|纠正|抱歉,|等等"
    r"|等一下"
    r"|(?:no,? |oh,? |hmm,? )?wait\b|no, |hold on\b|correction"
    r"|let me correct|scratch that|oops)"
)
# From where and to where, in questions and just before a name.
_ASKS_WAY = {
    "start": re.compile(
        r"从哪|出发|起飞|始发|起点|起始|\b(?:start|depart|origin|leave|from)", re.ASCII
    ),
    "end": re.compile(
        r"到哪|去哪|往哪|到达|抵达|终到|终点|目的地|开往|飞往|\b(?:terminat|destination|arriv"
        r"|end|go\b|bound)",
        re.ASCII,
    ),
}
_WAY = re.compile(
    r"(?:(?P<start>从|自|由|\bfrom:?)|(?P<end>到达?|至|往|抵达?|\bto:?)) ?(?:the )?[\"“]?$",
    re.ASCII,
)
_ASKS_DOER = re.compile(r"^(?:who|which)\b(?!.*\b(?:to|for|from|against|with)\b)")
_DONE_TO = re.compile(r"\b(?:to|for|from|against) (?:the )?$")
_DIGIT = re.compile("[0-9]")
_ONLY = re.compile(r"(?:(?<!not )\bonly (?:the )?|(?<!不)(?:只有|仅有?|唯有))$")
_MORE = re.compile(
    r"或|也(?!不|没|非|被称)|还(?!不|没)|可能|也许|大概|另外|此外|都|均|并列|同时"
    r"|\b(?:or|also|maybe|perhaps|possibly|might|could|too|both|another|as well)\b"
)
_JOINT = re.compile(
    r"[ \"“”'’《》]*(?:、|,|;|/|\||&|\+|·|-{1,2}|->|→|~|或者?|以及|及|和|与|跟|还是|抑或|并"
    r"|还有|and|or|,? ?and|,? ?or|as well as|\n ?(?:[-*•]"
    r"|\(?[0-9]{1,2}[.)、])?)?[ \"“”'’《》]*",
    re.ASCII,
)
_SPLITS = re.compile(r"\b(?:and|but|while|whereas)\b|[而和]|(?<=[^\W\d_]),")
_ARTICLE = re.compile(r"\b(?:the|an?) $")
_LONGEST_JOINT = 16
_LONGEST_ASIDE = 26  # a bracket that explains the name before
_NOT_IT = re.compile(r"(?:而?不是|并非|而非|\bnot|isn't|is not)(?P<what>[^\n]{2,60})")
_ASKS_PERSON = re.compile("谁|哪位|姓名|名字|叫什么")
_LONGEST_PERSON = 3
_BEFORE_PERSON = ' \n:,。;是、"“'
# One more character of a name; a title, a verb or a particle is none.
_ONE_MORE = re.compile(
    "[\u4e00-\u9fff](?<![站市省区县队馆课教演写唱画导赢胜拍做说等吧呢啊的了来去上哦嘛呀吗君氏"
    "总工局处])[。!]?(?:$|[,;、\n])"
)
_CALLED = re.compile("^(?:次(?:列车)?|站|号|课|老师|先生|女士|教授|同学|市|队|馆)")
_ENDS_LIST = re.compile(r"\band\b|&")
_TOLD = re.compile(r"(?:\b(?:by|is|was|are|were)|:)$")  # what follows is the value of what was said
_SUBORDINATE = re.compile(
    r" ?(?:(?:right |just |shortly )?(?:after|before|following|unlike|besides"
    r"|compared)\b|继|随着|在[^,]*[之以]?[前后])"
)
_PRONOUN = re.compile(
    r" ?(?:and )?(?:(?:he|she|they|his|her|their|who|whose)\b|[他她]|其(?![实中余他它]))"
)
_LONGEST_NOTE = 24
_MOST_JUDGED = 200  # ways to fit: a bound on work
# 甲39℃、乙38℃ is a list too.
_AMOUNT = re.compile(
    r" ?[0-9][0-9.:,%]*(?=[^0-9.:,%]) ?(?:℃|°c?|[元度分秒岁票次万亿米]|分钟|小时|公里|千克|km"
    r"|kg|m|s|%)?|\([^()\n]{1,24}\)"
)
# A name that is masked, with what the person or place is called.
_NAME = re.compile(
    rf"{USED}+ ?(?:老师|先生|女士|教授|同学|博士|医生|大夫|经理|主任|站|市|队|馆|课)?"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Names that one statement gives as equals.

    Args:
        mentions: the names, in order.
        words: what is said around them.
        fit: how well that fits the question.
        more: whether it says that they are more of the same, or only perhaps.
        aside: whether it stands in brackets.
        set_apart: whether a label or the row of a table says whose they are.
        more_of_it: whether it goes on about what was named: "and she reports to B".
        opposed: whether it speaks of the opposite, or another rank, than was asked.
        opens: whether it opens a sentence or what is set against the one before.
        subordinate: whether it only says after, before or unlike what something was.
        inherits: whether all that it repeats of the question is said in the clause before.
    """

    mentions: tuple[Mention, ...]
    words: str
    fit: Fit
    more: bool
    aside: bool
    set_apart: bool
    more_of_it: bool
    opposed: bool
    opens: bool = False
    subordinate: bool = False
    inherits: bool = False


_NEIGHBOUR = re.compile(
    r"(?:旁边|隔壁|相邻|对面|邻座|上一?行|下一?行)的?[那另这]?一?[个件座幅本部位只条台款间家]"
    r"|\bthe (?:one|item|piece|room|row|painting|book) (?:next to|beside|above|below)\b"
)
_CLOSED = re.compile(
    r"闭馆|关闭|关门|停业|停运|停开|停课|休息|未开|取消|售罄|缺席|请假|落选|退赛|弃权|另[收算付]"
    r"|\b(?:extra|withdrew|withdrawn|closed|shut|cancelled|canceled|sold out|unavailable"
    r"|absent|excluded)\b"
)
_NO_CELL = re.compile(r"否|不是|没有|无|未开[放设]?|[×✗✘❌x]|no|n|false|不[^|]{1,4}")
_YES_CELL = re.compile(r"是|有|[√✓✔✅]|yes|y|true")


def says_closed(text: str) -> bool:
    """Tell whether a stretch of a prepared answer says that something is shut or not running."""
    return _CLOSED.search(text) is not None


def shut_out(mentions: Sequence[Mention], text: str, question: str) -> frozenset[int]:
    """Where the names stand that a statement calls closed or absent, or a table marks with "no"."""
    if not mentions or not (_CLOSED.search(text) or "|" in text):
        return frozenset()
    masked = mask_mentions(text, mentions)
    parts = statements(text, mentions)
    asks_closed = _CLOSED.search(question) is not None
    found = set()
    for mention in mentions:
        part = parts[holder(parts, mention.start)]
        cells = [cell.strip() for cell in part.row.split("|")] if part.row else []
        said = part.row or f"{part.over} {masked[part.start : part.end]}"
        if (any(map(_NO_CELL.fullmatch, cells)) and not any(map(_YES_CELL.fullmatch, cells))) or (
            not asks_closed and _CLOSED.search(said)
        ):
            found.add(mention.start)
    return frozenset(found)


def live(mentions: Sequence[Mention], text: str, question: str) -> list[Mention]:
    """Drop the names that an answer denies, compares with, calls past or only asks about."""
    out = shut_out(mentions, text, question)
    dead = [m.start in out or _is_dead(m, text, question) for m in mentions]
    joints = [text[one.end : other.start] for one, other in pairwise(mentions)]
    _spread_on(dead, joints, mentions, text)
    _spread_back(dead, joints, mentions, text)
    kept = [mention for mention, off in zip(mentions, dead, strict=True) if not off]
    return _after_retraction(kept, text)


def _spread_on(dead: list[bool], joints: list[str], mentions: Sequence[Mention], text: str) -> None:
    """Let a denial go on over its list: not A or B; "not fresh: A, B"; "ahead of A, B and C"."""
    ends = _ends_of_lists(joints)
    headed = False
    for i, joint in enumerate(joints):
        before = text[max(0, mentions[i].start - 4) : mentions[i].start]
        headed = dead[i] and (headed or before.rstrip().endswith(":"))
        goes_on = _lists(joint) or ((headed or ends[i]) and _is_comma(joint))
        dead[i + 1] = dead[i + 1] or (dead[i] and goes_on)


def _ends_of_lists(joints: list[str]) -> list[bool]:
    """Whether a joint and the commas behind it lead to an "and"."""
    ends = [False] * len(joints)
    for i in range(len(joints) - 1, -1, -1):
        behind = i + 1 < len(joints) and ends[i + 1]
        ends[i] = _lists(joints[i]) or (_is_comma(joints[i]) and behind)
    return ends


def _is_comma(joint: str) -> bool:
    return _plain(joint).strip() == ","


def _plain(joint: str) -> str:
    """A joint without an amount, an article and what the name before is called."""
    return _ARTICLE.sub("", _CALLED.sub("", _AMOUNT.sub("", joint)))


def _spread_back(
    dead: list[bool], joints: list[str], mentions: Sequence[Mention], text: str
) -> None:
    """Let a denial behind a list reach back over it: "A, B and C are not"; "A or B? No"."""
    back = False
    for i in range(len(joints) - 1, -1, -1):
        end = mentions[i + 1].end
        behind = denied_behind(text, end) is not None or left_open(text, end, end)
        behind = behind or _COMPARED_BEHIND.match(text, end) is not None
        starts = dead[i + 1] and behind and _lists(joints[i])
        comma = _is_comma(joints[i]) and text[mentions[i].start].isascii()
        back = starts or (back and (_lists(joints[i]) or comma))
        dead[i] = dead[i] or back


def _lists(between: str) -> bool:
    """Whether a joint goes on with a list; a comma alone may open a clause instead."""
    return _is_joint(between) and not _turns_or(_plain(between))


def _turns_or(between: str) -> bool:
    """Whether a joint opens a clause of its own rather than a list: a comma alone."""
    return between.strip() in (",", "-", "|") or "\n" in between


def _is_dead(mention: Mention, text: str, question: str) -> bool:
    head = text[max(0, mention.start - 64) : mention.start]
    if denied_before(head) or asked_and_denied(text, mention.end):
        return True
    if _is_of_longer(mention, text, question):
        return True
    if left_open(text, mention.start, mention.end):
        return True
    gone = denied_behind(text, mention.end) is not None
    if gone and (says_not(text, mention.end) or not asks_for_gone(question)):
        return True
    return is_past(head, text, mention.end, question) or is_compared(
        head, text, mention.end, question
    )


def _is_of_longer(mention: Mention, text: str, question: str) -> bool:
    """Whether a person's name goes on for a character: 张伟丽 is not 张伟."""
    if not _ASKS_PERSON.search(question) or mention.end - mention.start > _LONGEST_PERSON:
        return False
    starts = not text[max(0, mention.start - 2) : mention.start].strip(_BEFORE_PERSON)
    return starts and _ONE_MORE.match(text, mention.end) is not None


def is_past(head: str, text: str, end: int, question: str) -> bool:
    """Tell whether the value that ends at a place is called what was so before."""
    clause = _NOW_OR_STOP.split(head)[-1]
    behind = re.split(r"[,。;!?\n)]|\. ", text[end : end + 64])[0]
    if _PAST.search(question):
        return False
    lately = _LATELY.search(clause) or _LATELY.search(behind)
    if _PAST_BEHIND.search(behind) or (
        lately and _TODAY.search(text) and not _LATELY.search(question)
    ):
        return True
    past = _PAST.search(clause)
    return past is not None and not (past[0][0] != "曾" and _BECAME.search(clause, past.end()))


def is_compared(head: str, text: str, end: int, question: str) -> bool:
    """Tell whether another is only measured by the value that ends at a place."""
    if _ASKS_COMPARED.search(question):
        return False
    lost = _LOST.match(text, end)
    compared = _COMPARED.search(head)
    if compared and re.search(rf"\b{re.escape(compared['by'])}\b", question):
        compared = None  # "against which team": the question asks for just that
    return bool(lost or compared or _COMPARED_BEHIND.match(text, end))


def _after_retraction(mentions: list[Mention], text: str) -> list[Mention]:
    """After "no, wait" only what comes behind counts."""
    for match in reversed(list(_RETRACTS.finditer(text))[-8:]):
        behind = [m for m in mentions if m.start >= match.start()]
        if behind:
            return behind
    return mentions


def _is_joint(between: str) -> bool:
    """Whether only a joint, and what the name before is called, stands between two names."""
    if len(between) > _LONGEST_JOINT + _LONGEST_ASIDE:
        return False
    plain = _plain(between)
    return len(plain) <= _LONGEST_JOINT and _JOINT.fullmatch(plain) is not None


def undefeated(
    mentions: Sequence[Mention], text: str, question: str, of_list: bool = False
) -> list[Mention]:
    """Drop names whose statement fits the question less than that of another.

    Args:
        mentions: the live names of a prepared answer, in order.
        text: the answer.
        question: the prepared question.
        of_list: whether several are asked for. Then a statement about nothing in the question
            goes on with the list.
    """
    found = claims(mentions, text, question)
    found = _joined(found, text, of_list=of_list)
    found = [claim for claim in found if not claim.opposed]
    judged = {_sort(claim): claim for claim in found}
    if len(judged) > _MOST_JUDGED:
        return list(mentions)
    found = _only(found, text) or found
    bare = {value for claim in found if claim.fit.bare for value in _values(claim)}
    beaten = {
        key
        for key, claim in judged.items()
        if any(_defeats(other, claim, of_list) for other in judged.values())
        or (of_list and any(_is_contrast(one, claim, len(bare)) for one in judged.values()))
    }
    kept = [claim for claim in found if claim.more or _sort(claim) not in beaten]
    kept = kept if of_list else _in_direction(kept, text, question)
    return [mention for claim in kept or found for mention in claim.mentions]


def _only(found: list[Claim], text: str) -> list[Claim]:
    """The claims that "only" stands before: "only A does; B and C prefer shade"."""
    return [
        c
        for c in found
        if _ONLY.search(text[max(0, c.mentions[0].start - 12) : c.mentions[0].start])
    ]


def _joined(found: list[Claim], text: str, *, of_list: bool) -> list[Claim]:
    """Join what commas list: "A, B and C from D" says the same of all three."""
    kept: list[Claim] = []
    for claim in reversed(found):
        behind = kept[-1] if kept else None
        if behind is None:
            kept.append(claim)
        elif _lists_on(claim, behind, text):
            kept[-1] = replace(behind, mentions=claim.mentions + behind.mentions)
        elif of_list and _goes_on(claim, behind, text):
            kept[-1] = replace(claim, mentions=claim.mentions + behind.mentions)
        else:
            kept.append(claim)
    return kept[::-1]


def _goes_on(one: Claim, other: Claim, text: str) -> bool:
    """Whether only a joint and a bracket stand between: "A (rooms 1-3) and B (rooms 4-6)"."""
    between = text[one.mentions[-1].end : other.mentions[0].start]
    return "(" in between and _lists(between)


def _lists_on(one: Claim, other: Claim, text: str) -> bool:
    """Whether a comma goes on with a list that "and" ends: "A, B and C"."""
    if text[one.mentions[-1].end : other.mentions[0].start] != ", " or len(other.mentions) < 2:
        return False
    last, end = other.mentions[-2:]
    return _ENDS_LIST.search(text[last.end : end.start]) is not None


def _sort(claim: Claim) -> tuple[object, ...]:
    """What decides between claims: most lists hold many of few sorts."""
    several = _values(claim) if claim.fit.bare or claim.fit.full else None
    apart = (claim.aside, claim.set_apart, claim.opens, claim.subordinate, claim.inherits)
    return claim.fit, apart, claim.more_of_it, several


def _defeats(one: Claim, other: Claim, of_list: bool) -> bool:
    less = other.fit.bare or one.fit.shared > other.fit.shared
    if not of_list and one.fit.full and less and _values(one) < _values(other):
        return True  # 甲-乙, 始发站为甲
    if other.subordinate and not one.subordinate and not of_list and not other.fit.full:
        return True
    if other.more_of_it and not one.more_of_it and not of_list:
        return True
    if other.aside and not one.aside and (one.fit.full or one.fit.bare):
        return True
    if of_list and not one.fit.shared and len(one.fit.characters) == 1 and not one.fit.asked:
        return False  # 第五节 says as little of 周五 as 第六节
    return beats(one.fit, other.fit, of_list and not (one.set_apart and other.set_apart))


def _is_contrast(one: Claim, other: Claim, listed: int) -> bool:
    """Whether a list answers, and another sentence says something else of others."""
    lists = one.fit.full or (one.fit.bare and listed > 1)
    said = other.fit.shared or other.fit.characters
    told = bool(other.fit.own) and (one.fit.bare or not said)
    behind = other.mentions[0].start > one.mentions[0].start
    if one.fit.full and other.inherits and other.fit.own and not other.more and behind:
        return True
    less = bool(other.fit.shared) and one.fit.shared > other.fit.shared
    less = less and bool(other.fit.own or _DIGIT.search(other.words))
    return (
        ((lists and behind and told) or less) and other.opens and not other.more and not other.aside
    )


def _values(claim: Claim) -> frozenset[object]:
    return frozenset(m.value for m in claim.mentions)


def _in_direction(found: list[Claim], text: str, question: str) -> list[Claim]:
    """Where the question asks from or to where, take what the answer says it of."""
    found = _doers(found, text, question)
    asked = [way for way, asks in _ASKS_WAY.items() if asks.search(question)]
    if len(asked) != 1 or len(found) < 2:
        return found
    ways = [_way(claim, text) for claim in found]
    if asked[0] not in ways or all(way == asked[0] for way in ways):
        return found
    return [claim for claim, way in zip(found, ways, strict=True) if way in (asked[0], "")]


def _doers(found: list[Claim], text: str, question: str) -> list[Claim]:
    """Where the question asks who did, drop those to whom it was done: "A sold it to B"."""
    if not _ASKS_DOER.search(question):
        return found
    kept = [
        claim
        for claim in found
        if not _DONE_TO.search(text[max(0, (at := claim.mentions[0].start) - 12) : at])
    ]
    return kept or found


def _way(claim: Claim, text: str) -> str:
    start = claim.mentions[0].start
    found = _WAY.search(text[max(0, start - 12) : start])
    return (found.lastgroup or "") if found else ""


def beats(one: Fit, other: Fit, of_list: bool = False) -> bool:
    """Tell whether words that fit one way answer the question, and the others something else."""
    if (one.asked or one.bare) and not (other.asked or other.bare):
        return not of_list or bool(other.replaced) or (one.full and bool(other.shared))
    if other.asked or other.bare or one.bare:
        return False
    if other.replaced and not one.replaced:
        return bool(other.replaced & (one.shared | one.characters)) or one.shared > other.shared
    if of_list and not one.own <= other.own:
        return False
    return one.shared > other.shared or (
        one.shared == other.shared and one.characters > other.characters
    )


def claims(mentions: Sequence[Mention], text: str, question: str) -> list[Claim]:
    """Group the names of a prepared answer by what is said of them."""
    return list(_claims(tuple(mentions), text, question))


@lru_cache(maxsize=16)
def _claims(mentions: tuple[Mention, ...], text: str, question: str) -> tuple[Claim, ...]:
    if not mentions:
        return ()
    masked = mask_mentions(text, mentions)
    parts = statements(text, mentions)
    held = [(holder(parts, m.start), m) for m in mentions]
    found: list[Claim] = []
    said: Fit | None = None
    last = -1
    labelled = any(_tells(part, masked, question) for part in parts if part.aside)
    for index, group in groupby(held, key=lambda pair: pair[0]):
        part = parts[index]
        rest = _resumed(parts, index, masked)
        for said_here, names, anew in _groups([m for _, m in group], part, masked):
            words = said_here + rest
            apart = (
                bool(part.row)
                or masked[max(0, names[0].start - 3) : names[0].start].rstrip(' "')[-1:] == ":"
            )
            aside = _aside(parts, index, masked) if labelled else ""
            bare = fit(_NAME.sub(" ", words), question).bare
            off = opposed(f"{part.over} {words} {aside if bare else ''}", question)
            own = fit_of(part, f"{words} {aside}", question)
            off = off or _is_of_neighbour(words, question)
            off = off or (
                not own.full and not own.bare and _denied_next(parts, index, masked, question)
            )
            goes_on = not anew if last == index else part.follows
            inherits = False
            if said is not None and goes_on and _same_sentence(parts, last, index):
                apart = apart or (own.bare and found[-1].set_apart)
                inherits = not own.bare and not own.shared
                own = said if own.bare else _inherits(own, said)
            more = _opens_more(masked, part) if part.aside else bool(_MORE.search(words))
            found.append(
                Claim(
                    tuple(names),
                    words,
                    own,
                    more,
                    part.aside,
                    apart,
                    goes_on and _pronoun(words),
                    off,
                    not part.follows,
                    _SUBORDINATE.match(words) is not None,
                    inherits,
                )
            )
            said, last = own, index
    return tuple(found)


def fit_of(part: Statement, words: str, question: str) -> Fit:
    """How well a statement fits the question, by words in it and those that stand over it.

    A cell speaks of its column and of what heads its row; the other cells only can be asked for.
    """
    words = _NAME.sub(" ", words)
    if not part.row:
        return fit(f"{part.over} {words}", question)
    key = next((cell for cell in part.row.split(" | ") if cell and USED not in cell), "")
    own = fit(f"{part.over} {key} {words}", question)
    row = fit(part.row.replace(USED, " "), question)
    return Fit(
        own.shared | row.shared, own.characters | row.characters, own.own, own.replaced - row.shared
    )


def speaks_of_others(words: str, question: str) -> bool:
    """Tell whether a statement only compares, tells what was before or what lies on the way."""
    if _ASKS_COMPARED.search(question) or _PAST.search(question):
        return False
    return bool(_SPEAKS_OF_OTHERS.search(words) or _PAST.search(words))


def _is_of_neighbour(words: str, question: str) -> bool:
    """Whether words speak of what stands beside what was asked for: 旁边那件是南宋的."""
    return _NEIGHBOUR.search(words) is not None and _NEIGHBOUR.search(question) is None


def _opens_more(masked: str, part: Statement) -> bool:
    """Whether a bracket adds to what it stands behind: (or B), (also B)."""
    return _MORE.match(masked[part.start : part.end].lstrip()) is not None


def _same_sentence(parts: Sequence[Statement], first: int, last: int) -> bool:
    return all(part.follows for part in parts[first + 1 : last + 1])


def _inherits(own: Fit, said: Fit) -> Fit:
    """Let a clause without a subject of its own go on with the one before."""
    if own.replaced:
        return own
    return Fit(own.shared | said.shared, own.characters | said.characters, own.own, own.replaced)


def _tells(aside: Statement, masked: str, question: str) -> bool:
    """Whether a bracket speaks of what was asked: Jamaica (gold)."""
    said = fit(masked[aside.start : aside.end], question)
    return bool(said.shared or said.replaced)


def _pronoun(words: str) -> bool:
    """Whether words start with one who was named before."""
    return _PRONOUN.match(words) is not None


def _denied_next(parts: Sequence[Statement], index: int, masked: str, question: str) -> bool:
    """Whether the next clause denies what was asked of the same: 甲是班长，不是校长."""
    behind = parts[index + 1] if index + 1 < len(parts) else None
    if behind is None or not behind.follows:
        return False
    denial = _NOT_IT.match(masked[behind.start : behind.end].lstrip())
    return denial is not None and USED not in denial["what"] and fit(denial["what"], question).full


_OF_OTHER = re.compile(r"\b\w+(?:ed|ten) by \w|由.|: ?\w")  # (translated by B), (译者:B)


def _aside(parts: Sequence[Statement], index: int, masked: str) -> str:
    """What stands in brackets right behind a statement."""
    behind = parts[index + 1] if index + 1 < len(parts) else None
    if behind is None or not behind.aside or parts[index].aside:
        return ""
    words = masked[behind.start : behind.end]
    if _OF_OTHER.search(words):
        return ""
    brief = len(words) <= _LONGEST_NOTE if words.isascii() else len(words) <= _LONGEST_NOTE // 2
    return words if brief and USED not in words else ""


def _resumed(parts: Sequence[Statement], index: int, masked: str) -> str:
    """What a statement says behind a bracket within it: "A (version 15) is the database"."""
    if index + 2 >= len(parts) or not parts[index + 1].aside or parts[index].aside:
        return ""
    rest = parts[index + 2]
    words = masked[rest.start : rest.end]
    goes_on = not rest.aside and rest.follows and masked[rest.start - 1] in ")]"
    return f" {words}" if goes_on and USED not in words else ""


def _groups(
    mentions: Sequence[Mention], part: Statement, masked: str
) -> Iterator[tuple[str, list[Mention], bool]]:
    """The names of a statement with the words around them, those that a joint joins together.

    With them, whether a word like "and" starts anew behind the names before.
    """
    groups: list[list[Mention]] = []
    for mention in mentions:
        if groups and _is_joint(masked[groups[-1][-1].end : mention.start]):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    left = masked[part.start : groups[0][0].start] if groups[0][0].start > part.start else ""
    anew = False
    for i, group in enumerate(groups):
        end = groups[i + 1][0].start if i + 1 < len(groups) else max(part.end, group[-1].end)
        between = masked[group[-1].end : end]
        cut = _SPLITS.search(between) if i + 1 < len(groups) else None
        if i + 1 == len(groups):
            yield f"{left} {between}", group, anew
        elif cut:
            yield f"{left} {between[: cut.start()]}", group, anew
            left, anew = between[cut.end() :], True
        else:
            told = _TOLD.search(left.rstrip()) is not None
            yield left if told else f"{left} {between}", group, anew
            left, anew = between, False
