"""Does an answer that holds the right value say that and no more?

The checker that scores is lenient: it looks for the value and sets the words around it aside. A row
to learn from must not carry what a teacher made up, doubts, or says of another row or column.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.checker.parse.absence import none_clauses
from harness.checker.parse.codes import find_codes
from harness.checker.parse.mention import Mention
from harness.checker.parse.names import Lexicon
from harness.checker.parse.values import find_values
from harness.core import Domain, Refusal, Sample
from harness.distill.verify.drift import LACK, added_value, condition, opposite
from harness.distill.verify.masking import GOLD, blanked, gold_mentions, without_gold
from harness.distill.verify.plain_text import foreign, leftover
from harness.distill.verify.question import BLANK
from harness.tables.units import same_unit
from harness.text.masking import places
from harness.text.normalize import answer_part, informative, prepare

NOT_PLAIN = "answer is no plain sentence"
LANGUAGE = "answer in another language"
ADDS = "answer adds something"
DRIFTS = "answer speaks of something else"
HEDGES = "answer hedges"
OTHER_ROW = "answer names another row"
IS_WRONG = "answer is wrong"
IS_EMPTY = "answer is empty"

_DOUBT = re.compile(
    "或(?!许)|还是|要么|不是.{0,12}就是|我?猜|印象|估摸|差不多|没准|不敢|可能|也许|或许|大概|大约|约(?=■)"
    "|(?:左右|前后|上下)(?=$|[,。!~])|好像|似乎|估计|不(?:太|大|敢)?确定|不太清楚|说不定|吧(?=$|[,。!?~])"
    "|据说|听说|推测|推算|maybe|perhaps|probably|about|around|approximately"
)
# Of a value that is not there any guess is one too many.
_GUESS = re.compile("预计|应该|应为|一般|通常|参考|左右|前后|推")
_REFUSAL = re.compile(
    "抱歉|对不起|无法(?:获取|回答|访问|提供|得知|确定|判断)|不清楚|不知道|建议|以.{0,8}为准"
    "|请(?:您)?(?:咨询|查看|查询|联系|关注|提供|以)|作为(?:一个)?ai|sorry|unable to|cannot"
)
_OPEN_LIST = re.compile(
    "等等|等(?=$|[,。!~])|等(?:车次|列车|商品|产品|课程?|多|其他)|若干|其[他它余]|别的|更多|诸如|例如|比如"
    "|之类|部分|不止|不限于|\\betc\\b|and so on|among others"
)
_COUNT = re.compile(
    "(?:(?:一|总)?共(?:有|计|是)?|合计|总计|有|等|以下|这)? ?(?<![0-9a-z/.:])"
    "(?P<count>[0-9]{1,3}|[一二两三四五六七八九十]{1,3})"
    " ?个?[趟列班种节门位辆本件条款家项名类样间座道份户]"
)
# That the row itself is not there, and nothing of it.
_NO_ROW = re.compile(
    "(?:没有?|未|无|不存在|查无|找不到)(?:能|有)?(?:找到|查到|检索到|安排|开设|收录)?(?:名为|名?叫)?"
    "(?:[这此该那] ?[趟班次种节个件本条门款位]?(?:列车|车次|车|商品|产品|课程?|记录|货|人)"
    "|此[车课货人]"
    "|□(?:次|号)?(?:[这该那此][^,。的]{0,5}|列车|车|商品|产品|课)?)(?=$|[,。!~])"
    "|停运|停开|下架|停售|停课|取消|□(?:这?节)?没有课|不存在□?次?(?:列车)?(?=$|[,。])"
)
_UNIT = re.compile(
    "美元|欧元|英镑|日元|港[元币]|韩元|[万亿]?元|块钱?|角|毛钱?|分(?!钟)|个?月(?!台)|[天日周年]"
    "|个?(?:小时|星期)|分钟|秒|公斤|千克|克|斤|吨|公里|千米|米|厘米|毫米|毫?升|℃|摄?氏?度|%|[万亿]"
    "|平方米|平米|m[23]|kg|km|cm|mm|ml|g|l|m"
)
_LACKS = re.compile("没|无|缺|空|未|不")
_CLAUSES = re.compile(r"[,。!?;~\n]+")
# What may stand in a clause of its own, and how many characters besides may.
_FORM = re.compile(
    "您好|你好|亲|请?知悉|谢谢|不客气|祝您?.{0,8}|如下|以下|分别|符合|满足|条件|要求|结果|查询|所有|全部"
    "|有|是|为|的|共计?|一共|总共|合计|总计|根据|数据|表格?|显示|中|里|列车|车次|这|该|它|次|趟|哦|呢|啊"
    "|呀|了|即|其|答案|情况|记录|关于|您|问"
)
_STRANGE = 2
_SHORTEST_NAME = 3


class Values:
    """The names and dates of a table, of whatever column."""

    def __init__(self, domains: Mapping[str, Domain]) -> None:
        values = {v for domain in domains.values() for v in domain.values}
        aliases = [pair for domain in domains.values() for pair in domain.aliases.items()]
        self._names = Lexicon(sorted(v for v in values if len(v) > 1), aliases)

    def added(self, known: Iterable[str], text: str) -> str:
        """A value that a text names and no known text does; empty if there is none."""
        told = self._names.values_in(prepare("\n".join(known)))
        return min(self._names.values_in(prepare(text)) - told, default="")


@dataclass(frozen=True)
class Answered:
    """An answer with the right value.

    Args:
        sample: the question as the suite words it.
        question: how the row words it.
        answer: what the row answers.
        domain: what the value can be.
        vocabulary: the words in which the program's question is asked.
        columns: what the other columns are called.
    """

    sample: Sample
    question: str
    answer: str
    domain: Domain
    vocabulary: str
    columns: Sequence[str]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text whose words and values an answer may repeat."""
        gold = self.sample.gold.value
        own = gold if isinstance(gold, tuple) else (str(gold or ""),)
        sample = self.sample
        return (sample.question, self.question, sample.reference, *sample.named, *own)

    @cached_property
    def known(self) -> str:
        """The same, prepared."""
        return prepare("\n".join(self.texts))


def answer_problem(said: Answered, values: Values) -> Refusal | None:
    """What is wrong with an answer whose value is right."""
    return next(itertools.starmap(Refusal, _problems(said, values)), None)


def _problems(said: Answered, values: Values) -> Iterator[tuple[str, str]]:
    text = prepare(answer_part(said.answer))
    if not informative(text):
        yield IS_EMPTY, ""
    if left := leftover(said.answer, said.sample.reference):
        yield NOT_PLAIN, left
    if strange := foreign(said.answer, said.texts):
        yield LANGUAGE, strange
    words = blanked(text, said.sample, said.domain)
    if 2 * GOLD in words or words.count(GOLD) > 2 * _items(said.sample):
        yield NOT_PLAIN, text
    for reason, rule in _RULES:
        if found := rule(said, words):
            yield reason, found
    if added := values.added(said.texts, answer_part(said.answer)):
        yield ADDS, added


def _items(sample: Sample) -> int:
    """How many values the right answer has."""
    return len(sample.gold.value) if isinstance(sample.gold.value, tuple) else 1


def _hedge(said: Answered, words: str) -> str:
    """Doubt, a refusal, or that there is nothing beside the value."""
    none = said.sample.gold.kind == "none"
    patterns = (_DOUBT, _REFUSAL, _GUESS) if none else (_DOUBT, _REFUSAL)
    doubts = (str(found[0]) for pattern in patterns if (found := pattern.search(words)))
    doubt = next(doubts, "")
    if doubt or none:
        return doubt
    # 没有开点的有K420 only repeats what was asked; a clause of its own says that there is none.
    asked = bool(LACK.search(prepare(said.sample.question)))
    denied = (clause for clause in _CLAUSES.split(words) if none_clauses(clause))
    return next((clause for clause in denied if not (asked and GOLD in clause)), "")


def _other_row(said: Answered, words: str) -> str:
    """A code that nobody asked for, or something that is nearly the row that was."""
    if code := _code(said, words, gates=False):
        return code
    if said.sample.row not in said.sample.named:
        return ""
    return _nearly(words.replace(GOLD, BLANK), prepare(said.sample.row))


def _code(said: Answered, words: str, *, gates: bool) -> str:
    """A train's number or the like, or else a gate, that no known text has."""
    for mention in find_codes(words):
        code = words[mention.start : mention.end]
        is_asked = next(places(said.known, code), None) is not None
        is_unit = words[: mention.start].endswith(GOLD)  # the m2 of 28m2
        if not (is_asked or is_unit or mention.weak) and (mention.unit == "gate") is gates:
            return code
    return ""


def _nearly(words: str, name: str) -> str:
    """A piece of a text that differs from a name by one character in three, or less."""
    from rapidfuzz.distance import Levenshtein

    if len(name) < _SHORTEST_NAME or name.isascii():
        return ""
    most = max(1, len(name) // 4)
    for size in (len(name), len(name) - 1, len(name) + 1):
        for start in range(len(words) - size + 1):
            piece = words[start : start + size]
            if BLANK not in piece and Levenshtein.distance(piece, name, score_cutoff=most) <= most:
                return piece
    return ""


def _count(said: Answered, _words: str) -> str:
    """A number of items other than there are; empty where there is none or it is right."""
    gold = said.sample.gold.value
    if not isinstance(gold, tuple):
        return ""
    # What the question names stays: the 2 in 共2趟 is no platform.
    text = without_gold(prepare(answer_part(said.answer)), said.sample, said.domain)
    for found in _COUNT.finditer(text):
        one = found["count"] == "一" and found[0].startswith("一")
        if not one and _number(found["count"]) not in (len(gold), None):
            return str(found[0])
    return ""


def _number(words: str) -> float | None:
    mentions = find_values("number", f"{words}个")
    return float(mentions[0].value) if mentions else None


def _open_list(said: Answered, words: str) -> str:
    if said.sample.gold.kind != "set":
        return ""
    found = _OPEN_LIST.search(words)
    return str(found[0]) if found else ""


def _unit(said: Answered, _words: str) -> str:
    """Another unit than that of the value: dollars, or yuan behind a number that counts things."""
    if said.sample.gold.kind != "number":
        return ""
    reference = prepare(said.sample.reference)
    wanted = [_unit_behind(reference, m) for m in gold_mentions(reference, said.sample)]
    text = prepare(answer_part(said.answer))
    for mention in gold_mentions(text, said.sample):
        unit = _unit_behind(text, mention)
        if unit and not any(same_unit(unit, other) for other in wanted if other):
            return unit
    return ""


def _unit_behind(text: str, mention: Mention) -> str:
    found = _UNIT.match(text, mention.end + (text[mention.end : mention.end + 1] == " "))
    return str(found[0]) if found else ""


def _drift(said: Answered, words: str) -> str:
    """Words of another column, of the opposite, or that the row itself is not there."""
    if turned := opposite(said.known, words):
        return turned
    no_row = _NO_ROW.search(words) if said.sample.gold.kind == "none" else None
    if no_row:
        return str(no_row[0])
    known = (said.known, said.vocabulary)
    strange = (name for name in said.columns if name in words)
    return next((name for name in strange if not any(name in text for text in known)), "")


def _added(said: Answered, words: str) -> str:
    """A day, a number, or a clause with words of its own, beside the value."""
    if found := condition(said.known, words) or _code(said, words, gates=True):
        return found
    gold = said.sample.gold.value
    counted = _COUNT.sub(GOLD, words) if isinstance(gold, tuple) else words
    return added_value(said.known, counted) or _strange_clause(said, words)


def _strange_clause(said: Answered, words: str) -> str:
    """A clause beside the value that holds words of which nobody spoke."""
    known = {*said.known, *said.vocabulary}
    none = said.sample.gold.kind == "none"
    for clause in _CLAUSES.split(words):
        answers = BLANK in clause or GOLD in clause or none_clauses(clause)
        if answers or (none and _LACKS.search(clause)):
            continue
        left = informative(_FORM.sub("", _COUNT.sub("", clause)))
        if sum(character not in known for character in left) >= _STRANGE:
            return clause.strip()
    return ""


_RULES: tuple[tuple[str, Callable[[Answered, str], str]], ...] = (
    (HEDGES, _hedge), (OTHER_ROW, _other_row), (IS_WRONG, _count), (IS_WRONG, _unit),
    (ADDS, _open_list), (DRIFTS, _drift), (ADDS, _added),
)  # fmt: skip
