"""Names in an answer that it sets aside: denied, shut out, past or compared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from harness.checker.parse.mention import Mention, mask_mentions
from harness.checker.reading.denials import (
    asked_and_denied,
    asks_for_gone,
    denied_before,
    denied_behind,
    left_open,
    says_not,
)
from harness.checker.reading.statements import holder, statements

# The value behind these is what another is measured by, or what only lies on the way.
COMPARES = (
    r"(?:比|较|相较于|相比于?|不同于|不如|胜过|超过|击败|战胜|打败|击溃|淘汰|领先(?:于)?|优于"
    r"|高于|低于|仅次于|(?<!安)排在|误[以认]为是?|(?:人|都|曾|常|被)以为是?|次于|多于|少于"
    r"|接替|取代|代替|替换|顶替|接任|(?<![古现当近时年朝唐宋元明清后])代(?![表码号言理价办])"
    r"|过了|途经|经停|路过|经由|沿途|沿线|(?:^|(?<=[,。;\n]))经(?=[^理济常典过查])|经过|除了?"
    r"|其次是?|第二是?|替补"
    r"|(?:提名|入围|候选)(?:者|人|名单|演员|作品)?(?:有|是|为|包括)?:?"
    r"|紧?挨着?|紧[靠邻]|靠近|迎战|毗邻|临近|靠近|\b(?:than|exceeds?"
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
    rf"(?P<by>{COMPARES})(?: in| at| on| that of| those of)?(?: the|请假的| ?由"
    rf"|车次|列车)? ?[\"“'(《]?$",
    re.ASCII,
)
_COMPARED_BEHIND = re.compile(
    r"(?:的(?:学生|徒弟|弟子|上级|上司|下属|同事|助手|助理|妻子|丈夫|父亲|母亲|儿子|女儿|哥哥"
    r"|弟弟|姐姐|妹妹|朋友|秘书|继任者?|前任|接班人|邻居"
    r"|(?:负责人|主管|经理|主任|部长|领导|领队|老板)(?:是|为|叫|由)"
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
ASKS_COMPARED = re.compile(
    r"提名|入围|候选|nomin|shortlist|途经|经停|路过|经过|经由|接替|取代|代替|第二|亚军|其次|替补|沿途|银牌|铜牌|季军|第三|\b(?:second|third|silver|bronze"
    r"|runners?-up|via|replaced|succeed\w*|than|lose|lost|near|like|stop\w*)\b"
)
PAST = re.compile(
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
#: What takes back the value before it.
RETRACTS = re.compile(
    r"(?:^|[….。;!?\n,-]) ?(?:不[,。是对]|哦?不对|错了|说错|看错|记错|更正|纠正|抱歉,|等等"
    r"|等一下"
    r"|(?:no,? |oh,? |hmm,? )?wait\b|no, |hold on\b|correction"
    r"|let me correct|scratch that|oops)"
)
#: What takes back all that was said before it, whatever comes behind. Of `RETRACTS` only what needs
#: no known name behind it to be sure: 不是, 等等 and "no, " often go on about the same.
CORRECTS = re.compile(
    r"(?<=\S)[….。;!?\n,—-] ?(?:(?:哦|啊|呃|噢)?不对?[,。]"
    r"|(?:哦|啊|呃|噢)不|错了[,。]|我?(?:说|看|记|搞|弄)错了"
    r"|更正(?:一下)?|(?:oh,? |ah |hmm,? )?(?:no,? )?wait\b|no, (?=(?:it|the|that|in|at)\b)"
    r"|等等,(?= ?(?:应该?|不|我看|其实)?是)|scratch that|correction"
    r"|let me correct (?:that|myself)|oops|(?:sorry|no|er+|uh),? i meant?\b|make that)[ ,.:—-]*"
)
_JOINT = re.compile(
    r"[ \"“”'’《》]*+(?:、|,|;|/|\||&|\+|·|-{1,2}|->|→|~|或者?|以及|及|和|与|跟|还是|抑或|并"
    r"|对阵|对战|对垒"
    r"|还有|and|or|,? ?and|,? ?or|as well as|\n ?(?:[-*•]"
    r"|\(?[0-9]{1,2}[.)、])?)?[ \"“”'’《》]*",
    re.ASCII,
)
_ARTICLE = re.compile(r"\b(?:the|an?) $")
_LONGEST_JOINT = 16
_LONGEST_ASIDE = 26  # a bracket that explains the name before
_ASKS_PERSON = re.compile("谁|哪位|姓名|名字|叫什么")
_LONGEST_PERSON = 3
_BEFORE_PERSON = ' \n:,。;是、"“'
# One more character of a name; a title, a verb or a particle is none.
_ONE_MORE = re.compile(
    "[\u4e00-\u9fff](?<![站市省区县队馆课教演写唱画导赢胜拍做说等吧呢啊的了来去上哦嘛呀吗君氏"
    "总工局处])[。!]?(?:$|[,;、\n])"
)
_CALLED = re.compile("^(?:次(?:列车)?|站|号|课|老师|先生|女士|教授|同学|市|队|馆)")
# 甲39℃、乙38℃ is a list too.
_AMOUNT = re.compile(
    r" ?[0-9][0-9.:,%]*(?=[^0-9.:,%]) ?(?:℃|°c?|[元度分秒岁票次万亿米]|分钟|小时|公里|千克|km"
    r"|kg|m|s|%)?|\([^()\n]{1,24}\)"
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
    return after_retraction(kept, text)


def _spread_on(dead: list[bool], joints: list[str], mentions: Sequence[Mention], text: str) -> None:
    """Let a denial go on over its list: not A or B; "not fresh: A, B"; "ahead of A, B and C"."""
    ends = _ends_of_lists(joints)
    headed = False
    for i, joint in enumerate(joints):
        before = text[max(0, mentions[i].start - 4) : mentions[i].start]
        headed = dead[i] and (headed or before.rstrip().endswith(":"))
        goes_on = is_list_joint(joint) or ((headed or ends[i]) and _is_comma(joint))
        dead[i + 1] = dead[i + 1] or (dead[i] and goes_on)


def _ends_of_lists(joints: list[str]) -> list[bool]:
    """Whether a joint and the commas behind it lead to an "and"."""
    ends = [False] * len(joints)
    for i in range(len(joints) - 1, -1, -1):
        behind = i + 1 < len(joints) and ends[i + 1]
        ends[i] = is_list_joint(joints[i]) or (_is_comma(joints[i]) and behind)
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
        starts = dead[i + 1] and behind and is_list_joint(joints[i])
        comma = _is_comma(joints[i]) and text[mentions[i].start].isascii()
        back = starts or (back and (is_list_joint(joints[i]) or comma))
        dead[i] = dead[i] or back


def is_list_joint(between: str) -> bool:
    """Whether a joint goes on with a list; a comma alone may open a clause instead."""
    return is_joint(between) and not _turns_or(_plain(between))


def _turns_or(between: str) -> bool:
    """Whether a joint opens a clause of its own rather than a list: a comma alone."""
    return between.strip() in (",", "-", "|") or "\n" in between


def _is_dead(mention: Mention, text: str, question: str) -> bool:
    head = text[max(0, mention.start - 64) : mention.start]
    if denied_before(head, question) or asked_and_denied(text, mention.end):
        return True
    if _is_of_longer(mention, text, question):
        return True
    if left_open(text, mention.start, mention.end):
        return True
    gone = denied_behind(text, mention.end, question) is not None
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
    if PAST.search(question):
        return False
    lately = _LATELY.search(clause) or _LATELY.search(behind)
    if _PAST_BEHIND.search(behind) or (
        lately and _TODAY.search(text) and not _LATELY.search(question)
    ):
        return True
    past = PAST.search(clause)
    return past is not None and not (past[0][0] != "曾" and _BECAME.search(clause, past.end()))


def is_compared(head: str, text: str, end: int, question: str) -> bool:
    """Tell whether another is only measured by the value that ends at a place."""
    if ASKS_COMPARED.search(question):
        return False
    lost = _LOST.match(text, end)
    compared = _COMPARED.search(head)
    if compared and re.search(rf"\b{re.escape(compared['by'])}\b", question):
        compared = None  # "against which team": the question asks for just that
    return bool(lost or compared or _COMPARED_BEHIND.match(text, end))


def after_retraction(mentions: list[Mention], text: str) -> list[Mention]:
    """After "no, wait" only what comes behind counts."""
    for match in reversed(list(RETRACTS.finditer(text))[-8:]):
        behind = [m for m in mentions if m.start >= match.start()]
        if behind:
            return behind
    return mentions


def is_joint(between: str) -> bool:
    """Whether only a joint, and what the name before is called, stands between two names."""
    if len(between) > _LONGEST_JOINT + _LONGEST_ASIDE:
        return False
    plain = _plain(between)
    return len(plain) <= _LONGEST_JOINT and _JOINT.fullmatch(plain) is not None
