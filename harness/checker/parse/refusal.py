"""Answers in which the speaker cannot say, which is not to say that there is none.

What tells them apart is the subject: 该车次没有到点 speaks of the train, 我没有到点 of the speaker.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SOFT = (
    r"(?:(?:很|非常|十分|真的?)?(?:抱歉|对不起|不好意思|遗憾)|因为|由于|因|但是?|而|所以|其实"
    r"|不过|且|目前|现在"
    r"|暂时|当前|这里|此处|sorry|unfortunately|because|but|so|since|as|currently| )*"
)
_INFORMATION = "(?:数据|信息|资料|内容|结果|记录|答案|情况|消息|时刻表|知识|来源|依据)"
_SPEAKER = (
    r"(?:(?<![真自忘])我们?(?![们班校司店厂家部组院]|认为|觉得|想是|猜|确定|确认|看见?到?的?是"
    r"|[查看找翻](?:了|过|遍))"
    r"|本人|本助手|小助手|助手|机器人|人工智能|语言模型|大模型|\bai\b"
    r"|(?:系统|后台|平台|接口)(?![中里内上显])|知识库|数据源)"
)
# 我在时刻表中没有找到 has looked.
_LOOKED = r"(?:时刻表|表格?|名单|文件|文中|原文|列表|(?<!我的)数据[中里]|记录[中里])"
_SPEAKER_LACKS = re.compile(
    rf"{_SPEAKER}(?:(?!{_LOOKED})[^,。;!?\n]){{0,16}}?(?:没|无|未|不|查不|找不|缺)", re.ASCII
)
_NOT_GIVEN = re.compile(
    r"(?:您|你|用户)们?(?:也|还|并)?(?:没有?|未|不)[^,。;!?\n]{0,4}(?:提供|给|上传|附|说)"
)
_NO_ACCESS = re.compile(
    r"(?:没有?|无|不具备|缺乏|缺少|未获?得?)[^,。;!?\n]{0,8}(?:权限?|能力|联网|访问|办法|渠道"
    r"|途径|接入|授权|实时|最新"
    r"|被提供|被告知|收到)"
    r"|(?:不能|无法|没法|难以|无从|无权|没能力|没办法|不可以|不便"
    r"|不支持)[^,。;!?\n]{0,6}?(?:查|找|搜|检索|访问|获取|获得"
    r"|提供|给出|告[诉知]|回答|答复|得知|知道|知晓|确[定认]|判断|显示|列出|说明|帮)"
    r"|没法(?:查|说|讲|答)|不知(?!名)|(?:查|说|讲)不(?:了|准|好|清)"
)
_FOUND_NOTHING = re.compile(
    rf"^{_SOFT}(?:我们?|本人|系统|这边)?{_SOFT}(?:也|都|并)?"
    r"(?:(?:查询|查找|检索|搜索|查|找|搜)不到|(?:未|没有?|没)能?(?:查询|查找|检索|搜索|获取|查"
    r"|找|搜)到)了?"
    rf"(?:任何|相关|有关|对应|这方面|此类|这个|那个|该|此|这|那|您要|您?所?需要?"
    rf"|的)*{_INFORMATION}?[了呢哦呀啊]?$"
)
# 由于我无法访问数据，查不到X的电话: what was not found was not looked for where it might be.
_SEARCHED = re.compile(
    r"(?:查询|查找|检索|搜索|查|找|搜)不到|(?:未|没有?|没)能?(?:查询|查找|检索|搜索|获取|查|找|搜)到"
)
_FOLLOWS = re.compile(r" ?(?:所以|因此|故|因而|于是|so\b|therefore\b)")
_REASON = re.compile(r" ?(?:[^,。;!?\n]{0,4}(?:由于|因为|鉴于)|(?:as|since|because|due to)\b)")
_SENTENCES = re.compile(r"[。;!?\n]|\. ")
_APOLOGY = re.compile(r"抱歉|对不起|不好意思|sorry")
_RELATED = re.compile(
    rf"(?:没有|暂无|并无|无|未(?:收录|找到|查到))(?:任何)?(?:相关|有关|这方面"
    rf"|此类)的?{_INFORMATION}"
)
# A clause that only says that there is nothing to tell: whose it is the clause before says.
_BARE = re.compile(
    rf"{_SOFT}(?:也|都|并)?(?:没有?|无|暂无)(?:任何|相关|有关|具体|的)*{_INFORMATION}?(?:可查"
    rf"|可用)?"
)

_ENGLISH_SPEAKER = re.compile(
    r"\b(?:i|we|this (?:model|assistant)|the (?:system|model|assistant))(?:'m|'ve| am| have"
    r"| has| do| does| did"
    r"| was| were| had| could| can| currently| really| still| also)*(?: ?n't| not|not)?"
    r"(?: (?:currently|yet|been|really|still|also|actually))*"
    r" (?:no(?![a-z])|none|have|has|had|having|know|given|provided|told|lack|able|access|look"
    r"|check|answer|determine"
    r"|tell|say|verify|confirm|retrieve|get|see (?:that|this|it))"
)
_ENGLISH_LACKS = re.compile(
    r"\byou (?:have not|haven't|did not|didn't|do not|don't)[^.]{0,12}(?:provid|giv|upload"
    r"|attach|includ"
    r"|shar|sen[dt]|paste)"
    r"|\bi (?:do not|don't) have (?:the|a|any|your|that) [a-z' ]{0,20}"
    r"(?:schedule|table|timetable|menu|list|data)\b"
    r"|\bmy (?:data|knowledge|training|information|records?|sources?)\b"
    r"|(?:\b(?:no|without|lack(?:s|ing)?|not have)|n't have)"
    r" (?:any |real.?time |live |current |direct |internet )*"
    r"(?:access|permission|ability|way (?:to|of)|means|real.?time|idea|clue|knowledge)"
    r"|\b(?:unable|not able|impossible) to\b|\bcan(?:not|'t| not) (?:say|tell|know|answer|look"
    r"|check|access|determine"
    r"|provide|verify|confirm|retrieve|help)"
)
_ENGLISH_FOUND_NOTHING = re.compile(
    r"(?:could(?: not|n't)|cannot|can't|unable to|did(?: not|n't)|not able to) (?:find|locate"
    r"|see|retrieve)"
    r"(?: (?:any|the|that|this|such|relevant|related|more|further))*"
    r"(?: (?:information|data|records?|details?|answers?|it|anything|results?|one))?(?: out)?"
    r"(?: (?:on|about|for|regarding|related|relating|concerning|of)\b.*)?\.?$"
)
_ENGLISH_LOOKED = re.compile(r"\b(?:table|list|timetable|sheet|file|schedule|document|text)\b")
_ENGLISH_SUBJECT = re.compile(r"\b(?:i|we|system|model|assistant)\b")
_ENGLISH = re.compile(r"[a-z]{2}")
_CLAUSES = re.compile(r"[,。;!?\n]|\. ")
_LONGEST = 2000  # characters that are searched for an excuse
_UNKNOWN = re.compile(
    "不(?:太|是很|大)?(?:知道|清楚|确定|了解|晓得)"
    "|(?:无法|不能|没法|难以)(?:确定|回答|得知|判断|查询|提供|获取|给出|得出|确认|获知|知道)"
    r"|(?<![a-z])(?:do not|don't|cannot|can't|unable to) (?:know|determine|answer|tell|find|say)"
    "|not sure"
)


def says_unknown(text: str) -> bool:
    """Tell whether a prepared answer says that the speaker does not know or cannot look."""
    return bool(_UNKNOWN.search(text)) or excuses_itself(text)


def excuses_itself(text: str) -> bool:
    """Tell whether a clause of a prepared answer refuses; only its first part is read."""
    return any(map(refuses, _CLAUSES.split(text[:_LONGEST])))


@lru_cache(maxsize=4096)
def refuses(clause: str) -> bool:
    """Tell whether a clause that denies something says that the speaker cannot tell.

    我没有相关信息, 查不到相关数据, "I have no access": nothing is said of what was asked for.
    """
    if _NO_ACCESS.search(clause) or _NOT_GIVEN.search(clause) or _FOUND_NOTHING.search(clause):
        return True
    if _SPEAKER_LACKS.search(clause) and not clause.startswith(("据我", "依我")):
        return True
    return _refuses_in_english(clause) if _ENGLISH.search(clause) else False


def _refuses_in_english(clause: str) -> bool:
    if _ENGLISH_LACKS.search(clause):
        return True
    if _ENGLISH_LOOKED.search(clause):
        return False
    if _ENGLISH_FOUND_NOTHING.search(clause):
        return True
    return bool(_ENGLISH_SUBJECT.search(clause) and _ENGLISH_SPEAKER.search(clause))


def names_nothing(clause: str, text: str) -> bool:
    """Tell whether a clause that says "none" may only repeat that the speaker has nothing.

    抱歉，没有相关信息; 没有数据 behind a refusal, which says whose data there is none of.

    Args:
        clause: one that says that there is none.
        text: the answer that it stands in.
    """
    if follows_from_refusal(clause, text):
        return True
    if _RELATED.search(clause):
        return bool(_APOLOGY.search(text)) or says_unknown(text)
    return bool(_BARE.fullmatch(clause)) and excuses_itself(text)


def follows_from_refusal(clause: str, text: str) -> bool:
    """Tell whether the sentence that a clause stands in first refuses, and the clause goes on."""
    before = _SENTENCES.split(text[max(0, (at := text.find(clause)) - _LONGEST) : max(0, at)])[-1]
    excuses = [said for said in _CLAUSES.split(before) if said and refuses(said)]
    searched = _SEARCHED.search(clause) or _FOLLOWS.match(clause)
    return bool(excuses) and bool(searched or any(map(_REASON.match, excuses)))
