"""Whether a stretch of an answer speaks of another row than the question: 2号展厅 for 3号展厅."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.checker.reading.concepts import VALUE
from harness.checker.reading.labels import SENTENCE_END, names_another, names_of

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention

_DAY = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天末]|平日|工作日|节假日|\b(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)day(?=s?\b)|\bweek(?:day|end)"
)
_CODE = re.compile(r"(?<![0-9a-z:.])[a-z]{0,2}[0-9]{2,5}(?![0-9a-z:点年月日元])")
_PERIOD = re.compile(
    r"上午|下午|晚上|夜间|早班|晚班|春季|夏季|秋季|冬季|\b(?:morning|afternoon|evening|spring"
    r"|summer|autumn|winter)\b"
)
_DATE = re.compile(
    r"[0-9]{1,2}月[0-9]{1,2}[日号]?|\b[0-9]{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* [0-9]{1,2}\b"
)
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?=年)")
# The commonest surnames: a title behind other characters, 科主任 or 位医生, names nobody.
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻苏潘葛范彭郎鲁韦马苗方俞袁柳鲍史唐"
    "费廉岑薛雷贺倪汤滕罗毕郝邬安傅卞齐康伍余顾孟黄穆萧尹姚邵湛汪祁毛禹狄米贝臧戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝季"
    "贾路江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房裘缪解丁宣邓郁单杭洪包左石崔吉龚程邢裴陆翁曲封靳段巫"
    "焦谷车侯全宁仇甘武刘景詹龙叶温庄晏柴瞿阎连习艾向古易廖肖白付代申聂辛欧黎涂常乔翟"
)
TITLED = re.compile(rf"[{_SURNAMES}](?=老师|医生|先生|女士|教授|经理|师傅|主任|教练|同学)")
_WORK = re.compile(
    r"《([^《》\n]{1,40})》|(?<![\w])'([a-z][^'\n]{2,40})'(?![a-z]| ?:)"
    r"|\"([a-z][^\"\n]{2,40})\"(?! ?:)"
)
_OTHERS = re.compile(r"其[他它余]|别的|另外?一?[个些]|\b(?:the )?(?:others?|rest)\b")
_TURN = re.compile(r"[,、]|\b(?:while|whereas|but|and)\b", re.ASCII)
# 其他酒店分别为38元、58元: what is said of the first of a list holds for the next.
_LISTED = re.compile(r"[$€£¥]?[0-9][0-9.:]{0,8}[^\W\d_]{0,3}(?:[、,和与] ?| and )$")
_MOST_LISTED = 8
_INFERS = re.compile(r"所以|因此|故|也|同样|应|\b(?:so|also|therefore|thus|too|same)\b")
_CLAUSES = 2  # one in which the value stands, and one before
_REACH = 40


def is_of_another(clause: str, question: str) -> bool:
    """Tell whether a clause speaks of a day, a train or a room, and of none the question names."""
    for form in (_DAY, _CODE, _PERIOD, TITLED, _DATE, _YEAR):
        said, asked = set(form.findall(clause)), set(form.findall(question))
        if said and asked and not said & asked:
            return True
    return names_another(names_of(clause), names_of(question))


def _titles(text: str) -> frozenset[str]:
    return frozenset(next(filter(None, found.groups())) for found in _WORK.finditer(text))


def names_only_others(said: str, question: str) -> bool:
    """Tell whether an answer names persons or works, and none that its question names: 陈老师."""
    persons = set(TITLED.findall(said))
    works = {work for work in _titles(said) if VALUE not in work}
    asked, titles = set(TITLED.findall(question)), _titles(question)
    if persons and asked and persons.isdisjoint(asked):
        return True
    known = any(one in other or other in one for one in works for other in titles)
    return bool(works and titles) and not known


def is_of_others(clause: str, question: str) -> bool:
    """Tell whether a clause speaks of the other rows: 其他展厅均为17:30."""
    return bool(_OTHERS.search(clause)) and not _OTHERS.search(question)


def is_value_of_another(mention: Mention, text: str, question: str) -> bool:
    """Tell whether a value is told of another row: by its clause, or else by its sentence."""
    start = max(0, mention.start - _REACH)
    sentence = SENTENCE_END.split(text[start : mention.start])[-1]
    behind = text[mention.end : mention.end + _REACH]
    tail = _TURN.split(SENTENCE_END.split(behind, maxsplit=1)[0], maxsplit=1)[0]
    head, said = _TURN.split(_without_list(sentence))[-1], text[mention.start : mention.end]
    if is_of_others(head, question):
        return True
    numbered = names_another(names_of(f"{head}{said}{tail}"), names_of(question))
    year = "".join(_YEAR.findall(said + tail[:1]))
    parts = (head, tail, year and f"{year}年", sentence, _last_named(sentence))
    return numbered or any(is_of_another(part, question) for part in parts)


def _without_list(sentence: str) -> str:
    """What stands before a value, without those that are listed right before it."""
    for _ in range(_MOST_LISTED):
        listed = _LISTED.search(sentence[-_REACH:])
        if listed is None:
            break
        sentence = sentence[: len(sentence) - len(listed[0])]
    return sentence


def _last_named(sentence: str) -> str:
    """The clause before a value that says whose it is: 会议室在三楼，可容纳20人."""
    clauses = _TURN.split(sentence)
    if len(clauses) < _CLAUSES or _INFERS.search(clauses[-1]):
        return ""
    return clauses[-2]
