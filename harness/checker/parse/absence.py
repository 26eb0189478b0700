"""Answers that say "there is none"."""

from __future__ import annotations

import re

from harness.checker.parse.refusal import names_nothing, refuses

# What can be missing, or what can fail to exist. "没有晚点" says nothing about an answer.
_THINGS = (
    "数据|信息|记录|资料|内容|联系方式|条目|列车|车次|车辆|班次|火车|到点|开点|到达|出发|发车|开车|到站|时间"
    "|时刻"
    "|检票|站台|候车|符合|满足|找到|查到|查询|检索|相关|对应|匹配|这[趟次]|该[趟次]|此[趟次车]"
    "|答案|结果"
    "|提供|显示|列出|标注|注明|给出|记载|公布|安排|填写|任何|一[趟个列]|始发|终到|途经|值"
    r"|车(?=$|[^\w]|[的符满])"
)
# Where such a clause ends, with or without a particle that says nothing: 没有哦, 暂无~.
_PARTICLE = "[哦呢呀啊噢喔哟嘛]"
_STOP = rf"(?={_PARTICLE}*(?:$|[^\w])|的)"
_BUT = "(?!其他|其它|别的|更多|另外|晚点|延误|误点|变化|变更|问题|直接|疑问|经停站)"
_TELLS = (
    "(?:give|contain|mention|include|show|specify|state|provide|say|indicate|record|list|name"
    "|have"
    "|feature|cover|appear|exist|tell|offer|serve|carry|disclose|note|cite|report)"
)
_TOLD = (
    "(?:listed|given|mentioned|included|shown|specified|stated|provided|indicated|recorded|named"
    "|assigned|announced|published|disclosed|noted|entered|filled|scheduled|reported|set|found"
    "|there|taught|served|sold|offered|held|awarded|contested|played|chosen|made|done|written"
    "|decided|determined|confirmed|registered|documented|supplied|included|released|filed"
    "|measured|tested|rated|graded|ranked|priced"
    "|present|available|known|in the (?:table|list|menu|data|schedule|timetable))"
)
_NONE = re.compile(
    # 没有 ... with the thing that is missing
    rf"(?:没有?|并无|暂无|尚无|均无|皆无|无(?!法)|未有|缺少|缺乏|查无){_BUT}"
    rf"(?:[^,。;!?\n其晚误]{{0,8}}?)(?:{_THINGS})"
    # what was not done about it
    r"|(?:不|未|没有?)[曾能]?(?:写|填|标|存在|提供|找到|查到|查询到|检索到|显示|列(?![车为入])|标注|注明"
    r"|给出|记载|记录|公布"
    r"|填写|包含(?!在)|提及|说明|明确|设置|安排|匹配到|录入|登记)"
    # a field that is empty
    r"|(?:查|找|检索|查询)不到|(?:数据|信息|时间|字段|内容|记录|值|此项|该项|[栏列格]|到点|开点|均|都)"
    rf"(?:已|仍|都|均)?(?:为|是)?(?:缺失|空缺|空白|为空|空|无|不详|未知|缺){_STOP}"
    rf"|[为是]空[值白]?{_STOP}"
    r"|不在[^,。;:!?\n]{0,5}(?:表|数据|列表|名单|范围|书单|菜单|清单|目录|记录|之列)"
    r"|缺失|空缺|暂缺|不适用|不可用|不详|(?:也|都)(?:没有|无)(?=$|[^\w])"
    rf"|(?<=[\u4e00-\u9fff])(?:未知|不明){_STOP}"
    # the table holds nothing
    r"|(?:表|数据|信息|资料|系统)(?:格|库)?[里中内上]?(?:并|都|也)?(?:没有|没|无)(?=$|[^\w]|的)"
    # a clause that says nothing else
    r"|(?:^|(?<=[,。;:!?\n(\"“ 是为=]))"
    r"(?:无|没有|没|暂无|空|空值|空白|未知|不存在|均无|none|null|nil|nan|n/?a|nothing|-{1,3}|/"
    r"|no(?!\.? ?[0-9]|\. ?\|))"
    rf"(?:的|了|\.)?{_PARTICLE}*~*(?=$|[,。;:.!?\n)\"”]| ?\(| -)"
    # a cell of a table
    r"|(?<=\|) ?(?:无|没有|暂无|空|none|n/?a|null|(?<= )-{1,2}|(?<= )/) ?(?=\|)"
    # the thing itself
    r"|(?:没有?|无)[^,。;!?\n]{1,14}(?:这|那)一?(?:项|栏|列|行|格|类|条|字段|[科门位款种趟班家道本部届场])(?=$|[^\w])"
    r"|(?:没有?|无|查无|未见|不存在)(?:这|该|此)(?:一)?[\u4e00-\u9fff]{0,5}(?=$|[^\w]|的)"
    r"|(?:是|为|留|仍)(?:空着?|空白)的?(?=$|[^\w])|空着(?=$|[^\w])|未(?:作|做)?(?:收录|公开"
    r"|披露|涉及|分配|指定|标价|定价)|没有?收录"
    # English
    r"|none (?:is |was |are |were )?(?:listed|given|shown|stated|recorded|provided|available"
    r"|mentioned)"
    rf"|no (?:\w+ ){{1,4}}(?:is|are|was|were|has been|have been) {_TOLD}(?![a-z])"
    r"|\b(?:nobody|no-one|no one)\b|\b(?:says?|has|have|contains?|gives?|shows?|provides?"
    r"|lists?|offers?) (?:nothing|none)\b"
    r"|\b(?:contains?|gives?|shows?|provides?|lists?|includes?|names?|states?|mentions?|records?)"
    r" no (?![0-9])"
    r"|nothing (?:is |was )?(?:listed|given|shown|stated|recorded|provided|there)"
    rf"|(?:does|do|did)(?: not|n't) (?:actually |currently )?{_TELLS}(?![a-z])"
    rf"|(?:is|was|are|were|been|has|have)(?: not|n't)(?: yet)?(?: been)? {_TOLD}(?![a-z])"
    r"|\b(?:left|leaves?|is|was|are|were|remains?|stays?|appears?)"
    r" (?:[^,.;!?\n]{1,30} )?(?:blank|empty)\b|^unknown[.]?$"
    r"|\b(?:un(?:specified|listed|disclosed|assigned|recorded|announced|stated)|tb[acd])\b"
    r"|\b(?:to be|pending|awaiting) (?:announce|determin|confirm|decid|assign|publish|advis)\w+"
    r"|\byet to be \w+|\b(?:did|does|do|could|can|will)(?: not|n't) (?:take place|happen|occur)"
    r"|\b(?:is|was|are|were)(?: not|n't) (?:on|in|among|part of|at) [^,.;!?\n]{0,24}"
    r"\b(?:menu|list|table|schedule|timetable|calendar|program(?:me)?|catalog(?:ue)?|roster"
    r"|directory|price list|data|sheet|file)\b"
    r"|\b(?:missing|absent|omitted|left out) (?:from|of|in)\b(?! [0-9])|\b(?:vacant|unoccupied)\b"
    r"|空置|闲置"
    # none of them
    r"|(?:^|(?<=[,.;:!?\n] )|(?<=\n)|(?<=\bbut )|(?<=\band ))none (?:on|for|in|at|this|that|yet)\b"
    r"|\bnot (?:a single|one|any)\b|(?:\bnot|n't) \w+ed by any"
    # not yet settled
    r"|待(?:定|公布|通知|确[认定]|补充|填)|未(?:确)?定(?=$|[^\w])"
    r"|(?<![a-z])(?:no (?:such|train|data|information|record|result|match|arrival|departure"
    r"|time|value|gate|platform|one(?![a-z])|suitable|available|entr|answer)(?! ?[0-9])"
    r"|(?:there(?: is| are| was| were|'?s)|has|have|had) no(?:ne|t any)?(?![a-z])"
    r"|there (?:isn't|aren't|wasn't|weren't)"
    r"|none (?:of|exist|found|match|available|meet)"
    r"|not (?:available|found|provided|listed|applicable|given|specified|recorded|exist|in the"
    r"|shown|stated|any)|(?:does|do)(?: not|n't) (?:exist|have|appear|list|arrive|depart)"
    r"|(?:is|are) (?:missing|blank|empty|unavailable|unknown)"
    r"|without (?:an? )?(?:arrival|departure)|cannot be found|could(?: not|n't) find)"
    # counted, and there were none
    r"|(?<![0-9.])(?:0|零) ?(?:趟|列|个(?!小时|钟|半)|班|次列车|条|辆|trains?(?![a-z]))"
)
_HINTS = re.compile(
    "[没无未不查缺空零0]|no|n't|n/?a|missing|null|nil|blank|empty|空|闲|vacant|unoccup"
    "|absent|omitted|left out|unavail|with|-|/"
    "|未|待|un|tb[acd]|yet|to be|pending|awaiting"
)
_CLAUSE_END = re.compile(r"[,。;!?\n]|\. ")

_STARTS_HERE = re.compile(
    "始发(?!站[是为:])|首发|起点站?(?![是为:])|(?:是|为)(?:其|该车|它的)?始发站|本站开出"
)
_ENDS_HERE = re.compile("终到(?!站[是为:])|终点站?(?![是为:])|(?:是|为)(?:其|该车|它的)?终[到点]站")

_DENIES_IT = re.compile(r"(?:并非|不是|绝非|未必|不见得|不可能)(?:是|说)?$|\bnot that$")
_REACH = 60  # characters around "none" that tell whose it is


def none_clauses(text: str) -> list[str]:
    """Return the clauses of a prepared answer that say that there is none.

    No train, no data, an empty cell: the list is empty where nothing of the kind is said. That the
    speaker has no data or cannot look is another thing (`harness.checker.parse.refusal`).
    """
    if not _HINTS.search(text):
        return []
    found = [clause_of(text, *match.span()) for match in _NONE.finditer(text)]
    empty = {clause for clause in set(found) if not clause or names_nothing(clause, text)}
    return [clause for clause in found if clause not in empty]


def clause_of(text: str, start: int, end: int) -> str:
    """Return the clause in which something is said not to be there.

    Nothing where that is denied (并非没有) or said of the speaker (我没有).
    """
    before = _CLAUSE_END.split(text[max(0, start - _REACH) : start])[-1]
    if _DENIES_IT.search(before) or (before.endswith("有") and text[start] in "没无"):
        return ""
    clause = before + text[start:end] + _CLAUSE_END.split(text[end : end + _REACH], maxsplit=1)[0]
    return "" if refuses(clause) else clause


def implies_none(text: str, role: str, question: str = "") -> bool:
    """Tell whether an answer names the reason why a time is missing.

    A train that starts at a station has no arrival there, one that ends there no departure.

    Args:
        text: a prepared answer.
        role: what the question asked for, `arrive` or `depart`; anything else is never implied.
        question: the prepared question, whose own words, said again, are no reason.
    """
    reason = {"arrive": _STARTS_HERE, "depart": _ENDS_HERE}.get(role)
    return reason is not None and any(
        text[max(0, found.start() - 1) : found.end() + 1] not in question
        for found in reason.finditer(text)
    )
