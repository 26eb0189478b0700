"""What people write around a table that is no row of it: who made it, when, from what source."""

from __future__ import annotations

import re

from harness.text.display import fold

# Words that begin a remark, with the name, day or text behind a colon or in the next cell.
_WORDS = (
    "制表[人员者日单]?[期位]?|填表[人日]?期?|编制[人日单]?[期位]?|制作人|制单人?|填报[人日单]?[期位]?|统计[人员]?|统计时间|统计日期"
    "|审核人?|审批人?|审定人?|复核人?|校对人?|批准人?|核准人?|会签|签字|签名|签章|盖章|主管签字|负责人签字|经办人签字"
    "|打印(?:时间|日期|人)|导出(?:时间|日期|人)|(?:最[后近])?更新(?:时间|日期|于)?|生成时间|截止(?:时间|日期)|报告日期|日期|单位|计量单位"
    "|数据来源|来源|资料来源|备注|说明|注|附注|注意|注释|提示|联系人|联系电话|咨询电话|订餐电话|服务热线|地址|版本|作者|编者"
    r"|(?:prepared|checked|approved|reviewed|compiled|printed|created|verified|authori[sz]ed|signed"
    r"|updated|issued|exported|generated|recorded)(?: (?:by|on|at))?"
    r"|(?:last |date )?(?:updated?|printed|issued|modified)|as of|effective(?: (?:date|from))?|date"
    r"|signature|source|sources|note|notes|n\.?b\.?|remark|remarks|disclaimer|contact|author|version"
    r"|units?|legend|key to symbols"
)
_LABEL = re.compile(rf"(?:{_WORDS})[:：]?", re.IGNORECASE)
_LABELLED = re.compile(rf"(?:{_WORDS})(?:\s?[:：]|\s(?=by\b))", re.IGNORECASE)
_BY = re.compile(
    r"(?:prepared|checked|approved|reviewed|compiled|printed|created|verified|exported|generated)"
    r" (?:by|on|at)\b",
    re.IGNORECASE,
)
_STARRED = re.compile(r"[*＊※☆★†‡]")
# Words for people that tell of a table where a name stands beside them, and are no label alone.
_ROLE = re.compile(
    r"(?:经办|校对|审批|审核|登记|录入|记录|报告|编写|负责|主管|联系|盘点|验收|复查|核对|填报|制作|打印|提交|汇报)人员?"
)
_COLON = re.compile(r"[^:：]{0,11}[^:：0-9０-９][:：]")
_TOTAL = re.compile(
    r"(?:(?:本页|本月|本年|全年|累计|全部|年度|月度|应付|应收)?(?:合计|总计|小计|共计|总和|汇总|累计|总额|合计数|总数)"
    r"|[\u4e00-\u9fff]{1,6}(?:合计|总计|小计)"
    r"|平均(?:值|分|数|价)?|均值|最高[分值价]|最低[分值价]|及格率|优秀率"
    r"|(?:grand |sub[- ]?|overall |net |sum |running )?totals?|sum|median"
    r"|(?:[a-z]{1,20} )?sub-?totals?(?: (?:for |of )?[a-z0-9&' ]{1,24})?"
    r"|[a-z]{2,20} totals?|totals? (?:for|of|in) [a-z0-9&' ]{1,24}"
    r"|(?:grand |net )?totals? (?:(?:in)?valid )?(?:votes?|costs?|price|amount|staff|sales|seats"
    r"|rooms|hours|cases|students|pupils|employees|members|points|goals|medals|score|weight"
    r"|population|area)"
    r"|(?:averages?|mean)(?: (?:price|score|mark|grade|value|age|cost|rate))?)"
    r"(?: ?[(（][^()（）]{1,12}[)）])?[:：]?",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:合计|总计|共计|共|totals?)[:：]? ?[0-9].{0,12}", re.IGNORECASE)


def is_label(text: str) -> bool:
    """Whether a cell says that a name, a day or a remark stands beside it or behind it."""
    plain = fold(text)
    return bool(_LABEL.fullmatch(plain) or _LABELLED.match(plain) or _BY.match(plain))


def is_role(text: str) -> bool:
    """Whether a cell is a word for a person, as 经办人, beside which a name may stand."""
    return bool(_ROLE.fullmatch(fold(text)))


def ends_in_colon(text: str) -> str:
    """What a cell begins with up to a colon that is in no clock time, empty where there is none."""
    found = _COLON.match(fold(text))
    return found[0] if found else ""


def is_total(text: str) -> bool:
    """Whether a cell says that its row sums up others: 合计, 合 计, Grand Total."""
    plain = fold(text)
    close = "".join(plain.split()) if not plain.isascii() else plain
    return bool(_TOTAL.fullmatch(close) or _COUNTED.fullmatch(close))


def is_starred(text: str) -> bool:
    """Whether a cell is a remark behind an asterisk."""
    return bool(_STARRED.match(fold(text)))
