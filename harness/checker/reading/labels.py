"""What an answer calls each of its values, held against the words of the question.

原价12元，现价9元 and 9:00上课，11:40下课 give two values; which of them is meant only the
question can say, and it does so in words that stand near one value and not near the other. The
label of a value is its clause, up to the values beside it; in a table it is the heading of its
column and the rest of its row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.checker.parse.mention import USED, mask_mentions
from harness.checker.parse.numbers import small_int
from harness.checker.reading.concepts import VALUE, called_otherwise, shared_concepts
from harness.checker.reading.grid import Tables

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention

# No sentence ends behind "Dr." or "No."
_DOT = r"(?<!\bdr)(?<!\bmr)(?<!\bms)(?<!\bst)(?<!\bmrs)(?<!\bno)\. "
#: Where a sentence ends, or a line.
SENTENCE_END = re.compile(rf"[。!?;\n]|{_DOT}")
_CLAUSE_END = re.compile(
    rf"(?<!day),|[;。!?\n()\[\]|、]|{_DOT}|\b(?:and|but(?! one)|while|whereas|though|although"
    rf"|along with|as well as|together with)\b"
    r"|和(?![平谐解])|与(?=[^\W\d_])|(?<!不)及(?![格时第早])",
    re.ASCII,
)
_REACH = 48  # characters of a label on either side of its value
#: Values that are told apart; more are a list.
MOST = 120

# The word that asks, and what it counts.
_ASKS = re.compile(
    r"(?:什么时候|什么时间|几点钟?|几时|何时|哪一?[天日年]|几月几[日号]|几号|何年何月|多长时间|多长|多久|多少|(?<!第)几|第几|多大|多高|多重|多远|哪个?(?:时间点?|时候|时刻)?"
    r"|什么|啥|是?谁|(?:怎么|怎样|如何|咋)[^,。;!?\n]{0,4}(?=[,。;!?\n]|$))"
    r"|\b(?:what time|what date|which day|on what day|how (?:many|much|long|far|old|tall|high"
    r"|heavy)|when|what|which"
    r"|who)\b",
    re.ASCII,
)
_MEASURES = re.compile(" (?:old|tall|high|heavy)$")
# Characters that join words, and are in none.
_HAN = re.compile("(?:(?![的是为了在于有共和与或也都就将会把被这那吗呢吧啊么])[\u4e00-\u9fff])+")
# 三班 and 二等 are names, though each of their characters says little.
_NUMBERED = re.compile(
    "(?<![一二三四五六七八九十])[一二三四五六七八九十]+[班号楼站路层组队级期章节课线等室排座届]"
    "|[一二三四五六七八九十]车间"
)
_MONTH = re.compile("([0-9]{1,2}|[一二三四五六七八九十]{1,2})月")
_WORD = re.compile("[a-z]+[0-9]+[a-z0-9]*|[a-z]+|[0-9]+[a-z]+|[0-9]+(?:[.:][0-9]+)*")
# A semi-final is no final, and v4.2 is version 4.2.
_PREFIXED = re.compile(r"(?<=\bsemi)-|(?<=\bquarter)-|(?<=\bnon)-|(?<=\bpre)-|(?<=\bsub)-")
_VERSION = re.compile(r"\bv(?=[0-9])")
_EMPTY = frozenset(
    "的是为了在于有请问您你好我和与及或也都就将会把被这那该此其它他她们个之吗呢吧啊哦么第约共年月日点分时间秒元块钱趟列次名位本件条"
    "辆家种项箱张只份人数量多少几什何哪答案可知以因所如到至从自由则并且而后再又还不没一二三两班度℃号"
)
_PLAIN_TEXT = (
    "a an the is are was were be been being of in on at to for by it its this that there and or as"
    " with has have had do does did will would can could so s from per what when which who how"
    " many much long time date day year please tell me about one but while whereas then her his"
    " my our your their minutes minute hours hour mins min h am pm"
)
_PLAIN = frozenset(_PLAIN_TEXT.split())
_DAYS = frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
_DAY = re.compile("(mon|tue|wed|thu|fri|sat|sun)(?:s|rs|r|nes|ur)?(?:days?)?")
_SUFFIX = re.compile(r"(?:ies|es|s|ed|ing|ure|al|ly)$")
_NEAR = 6  # characters before the word that asks, where nothing follows it
_AFTER = 12
_TAIL_MEASURES = re.compile(
    r"^ ?(?:个|趟|列|次列车|次|名|位|本|件|条|辆|家|种|项|箱|张|只|份|人|元|块|钱|分钟|小时|天"
    r"|秒|度|摄氏度|千克|公斤|克|吨|公里|千米|米|岁|年|分"
    r"|平方米|美元|页|部|间|节|门)(?=$|[^\u4e00-\u9fff])"
)
# Times hold these themselves.
_PERIOD = re.compile("上午|下午|早上|晚上|中午|凌晨|傍晚")
# A bracket right behind a value, which its clause goes on from: 5月16日(星期四)归还.
_NOTE = re.compile(rf"[\"'”]? ?\([^()\n{USED}]{{1,16}}\)(?= ?[^\s.,;:!?。、|)])")
_COLON = re.compile("(?<![0-9]):|:(?![0-9])")
_RANGE = re.compile(r" ?(?:-{1,2}|~|到|至|to|until|till|through) ?(?:次日|翌日|第二天|当天)? ?")
_EQUALS = re.compile(r"[^\W\d_]{0,2} ?=")  # 120-64=56
_DATED = re.compile("[年月日号]")
_FROM_AT_END = re.compile("(?:从|自|由|\\bfrom) ?$")
_FROM, _TO = "从", "至"  # as `harness.checker.reading.concepts` reads them
_PRONOUN = re.compile(
    r"\b(?:it(?= (?:is|was|has|had|will|[a-z]+(?:s|ed))\b)|its|they|he|she|which|the one)\b"
    r"|[它他她其]|该",
    re.ASCII,
)
_UNIT_SIGNS = " 元块角分个趟名人岁号度米克吨年月日天秒%.°c"
_SAID = re.compile("[a-z]{3,}")
_SUM = re.compile(r"共|总|合计|\b(?:total|altogether|in all)\b", re.ASCII)
# What a conclusion follows from calls its value nothing.
_GOES_ON = re.compile(r" ?(?:so|therefore|thus|hence|因此|所以|故)")
_THAT_IS = re.compile(
    r" ?[,;(] ?(?:但|而|不过|其实|可)?(?:那|这|此|它)(?:只|才|其实)?是(?P<what>[^,。;!?\n]{1,12})"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as labels are held against it.

    Args:
        text: the prepared question with `VALUE` for the word that asks.
        near: what stands next to that word: the field that is asked for.
        words: everything that it says.
        field: what `near` says.
        last: the last word of an English question, which most often is what is asked for.
    """

    text: str
    near: str
    words: frozenset[str]
    field: frozenset[str]
    last: frozenset[str] = frozenset()


@dataclass(slots=True)
class Label:
    """What one value is called.

    Args:
        head: its clause in front of it.
        tail: its clause behind it.
        cells: the heading of its column and the other cells of its row; empty outside a table.
        topic: words of what heads its line, or of the clause before its own.
        lead: that clause.
        heading: what heads the line, before a colon.
        carried: words of clauses before that hold for it as well.
    """

    head: str
    tail: str
    cells: str = ""
    topic: frozenset[str] = frozenset()
    lead: str = ""
    heading: str = ""
    carried: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The label with `VALUE` where the value stands."""
        return f"{self.cells} {self.head}{VALUE}{self.tail}"


@lru_cache(maxsize=4096)
def asked_of(question: str) -> Asked:
    """Read a prepared question."""
    found = list(_ASKS.finditer(question))
    if not found:  # 我想知道甲的时长 ends in what it asks for
        return Asked(f"{question.rstrip(' 。.!')}{VALUE}", "", words_of(question), frozenset())
    asks = found[-1]
    kept = _MEASURES.search(asks[0])
    text = f"{question[: asks.start()]}{VALUE}{kept[0] if kept else ''}{question[asks.end() :]}"
    near = _near(question, asks)
    last = [word for word in re.findall("[a-z]+", near) if words_of(word)][-1:]
    return Asked(text, near, words_of(text), words_of(near), words_of("".join(last)))


def _near(question: str, asks: re.Match[str]) -> str:
    """The field asked for: 几点到站 names it behind the word that asks, 票价是多少 before it."""
    behind = SENTENCE_END.split(question[asks.end() : asks.end() + 80])[0]
    behind = _TAIL_MEASURES.sub("", behind)
    if asks[0].isascii():
        kept = _MEASURES.search(asks[0])
        return f"{VALUE}{kept[0] if kept else ''}{behind}"
    if words_of(behind):
        return VALUE + behind[:_AFTER]
    before = re.split(r"[的,。;!?\n]", question[max(0, asks.start() - 24) : asks.start()])
    named = before[-1] if words_of(before[-1]) else "".join(before[-2:])
    return named[-_NEAR:] + VALUE


@lru_cache(maxsize=16384)
def words_of(text: str) -> frozenset[str]:
    """Return what a text says: Latin words without endings, codes, Chinese characters and pairs."""
    words: set[str] = set()
    text = text.replace("星期", "周").replace("礼拜", "周")
    text = _PREFIXED.sub("", _VERSION.sub("", text))
    for found in _WORD.finditer(text):
        word = found[0]
        if day := _DAY.fullmatch(word):
            words.add(day[1])
        elif word not in _PLAIN:
            tells = word[-2:].isalpha() and (len(word) > 4 or (len(word) == 4 and word[-1] == "e"))
            words.add(_SUFFIX.sub("", word).rstrip("e") if tells else word)
    words.update(_NUMBERED.findall(text))
    words.update(f"{small_int(found[1])}月" for found in _MONTH.finditer(text))
    for found in _HAN.finditer(text):
        run = found[0]
        telling = [c not in _EMPTY for c in run]
        words.update(c for c, tells in zip(run, telling, strict=True) if tells)
        words.update(run[i : i + 2] for i in range(len(run) - 1) if telling[i] or telling[i + 1])
    return frozenset(words)


# A code, a number with a word before it or one of these behind it: K1234, iPhone 15, 3号楼.
_NAME = re.compile(
    r"(?<![a-z0-9])(?P<letters>[a-z]{1,4})(?P<code>[0-9]{3,5}|[0-9]{1,2}(?= ?(?:次|列车"
    r"|航班)))(?![0-9a-z])"
    r"|(?<![a-z0-9])(?P<short>[a-z]{1,2}[0-9]{1,2})(?=[\u4e00-\u9fff])"
    r"|\b(?P<word>[a-z]{3,}) (?P<of_word>[0-9]{1,4})(?![0-9%]|[.,:][0-9]|[a-z])"
    r"|(?<![0-9.:第])(?P<of_noun>[0-9]{1,4}|[一二三四五六七八九十]{1,3}|(?<![a-z])[a-z甲乙丙丁])"
    r"\)?(?P<noun>[班号楼路组队级期章线室排届座区栋馆厅]|年级|车间|套餐|方案)"
    r"|(?P<han>(?<=[\u4e00-\u9fff])[室厅馆栋座区组队班线楼门口型款]|套餐|方案|房型|产品|商品|样品|样本|设备|公司|分店|小组|路线|机型|车型)(?P<han_letter>[a-z])(?![a-z0-9])"
    r"|\b(?P<thing>candidate|team|group|gate|hall|room|line|type|plan|model|class|section|option"
    r"|block|terminal|zone"
    r"|building|bus|bay) (?P<letter>[a-z])(?![a-z'])",
    re.ASCII,
)


# The second stage is stage 2.
_NTH_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ORDINAL = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_NTH_WORDS)})|(?P<digits>[0-9]{{1,2}})(?:st|nd|rd|th)) "
    r"(?P<thing>stage|round|leg|session|period|quarter|half|act|part|phase|shift|lesson|lecture"
    r"|chapter|volume|season|episode|set|heat|term|semester|floor|row|match|game)\b"
)
_NTH_OF = re.compile(
    "第([0-9]{1,3}|[一二三四五六七八九十]{1,3})"
    "([节班场次轮期章集组站届天课关局讲针剂批]|食堂|车间|中学|小学|医院|展厅|会议室|教学楼|宿舍|阶段|季度|分店|支行)"
)
_GRADED = re.compile("([一二三四五特])(等[奖座舱票品])")
_VERSIONED = re.compile(r"\b(?:version |v)([0-9]{1,3}(?:\.[0-9]{1,3}){1,3})")
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日])(?![\u4e00-\u9fff]?[周年])"
    r"|\b(mon|tue|wed|thu|fri|sat|sun)(?:s|rs|r|nes|ur)?days?\b"
)
# "may" and "march" are words as well
_MONTH_NAME = re.compile(
    r"\b(jan|feb|apr|jun|jul|aug|sep|oct|nov|dec|(?<=in )mar|(?<=in )may)(?:[a-z]*)\b(?! [0-9])"
    r"|(?<![0-9])([0-9]{1,2}|[一二三四五六七八九十]{1,2})月(?:份|(?![0-9一二三四五六七八九十台]))"
)
_DAY_RANGE = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天] ?[到至~-]"
    r"|days? ?(?:to|through|-) ?[a-z]+day|每[天日]|\b[a-z]{3}-[a-z]{3}\b|weekday|daily"
)


@lru_cache(maxsize=8192)
def names_of(text: str) -> dict[str, frozenset[str]]:
    """Return the numbered names in a prepared text, by what sort of thing they name."""
    found: dict[str, set[str]] = {}
    if not _DAY_RANGE.search(text):
        days = {day[1] or day[2] for day in _WEEKDAY.finditer(text.replace("周天", "周日"))}
        found.update({"day": days} if days else {})
    for nth in _NTH_OF.finditer(text):
        found.setdefault(f"第{nth[2]}", set()).add(str(small_int(nth[1]) or nth[1]))
    for graded in _GRADED.finditer(text):
        found.setdefault(graded[2], set()).add(graded[1])
    if versions := _VERSIONED.findall(text):
        found["version"] = set(versions)
    for ordinal in _ORDINAL.finditer(text):
        number = ordinal["digits"] or str(_NTH_WORDS.index(ordinal["word"]) + 1)
        found.setdefault(ordinal["thing"], set()).add(number)
    for name in _NAME.finditer(text):
        sort = "code" if name["letters"] else name["word"] or name["noun"] or name["thing"]
        sort = sort or ("short code" if name["short"] else f"{name['han']} in letters")
        if sort not in _PLAIN:
            number = name["of_word"] or name["of_noun"] or name["letter"] or name["han_letter"]
            if number and not number.isascii():
                number = str(small_int(number) or number)
            number = number or name["short"] or f"{name['letters']}{name['code']}"
            found.setdefault(sort, set()).add(number)
    return {sort: frozenset(numbers) for sort, numbers in found.items()}


def months_of(text: str) -> dict[str, frozenset[str]]:
    """Return the months in a prepared text, as `names_of` does numbered names."""
    months = (found[1] or str(small_int(found[2])) for found in _MONTH_NAME.finditer(text))
    return {"month": told} if (told := frozenset(months)) else {}


def names_another(named: dict[str, frozenset[str]], asked: dict[str, frozenset[str]]) -> bool:
    """Tell whether names in a label are of other things of a sort that the question names."""
    return any(sort in named and named[sort].isdisjoint(numbers) for sort, numbers in asked.items())


def labels_of(mentions: Sequence[Mention], text: str) -> list[Label]:
    """Return what each value in a prepared text is called."""
    masked = mask_mentions(text, mentions)
    bounds = [m.span() for m in _CLAUSE_END.finditer(masked)]
    ends, starts = [end for _, end in bounds], [start for start, _ in bounds]
    tables = Tables(text, masked)
    labels: list[Label] = []
    clause_tailed = False
    for i, mention in enumerate(mentions):
        at = bisect_right(ends, mention.start) - 1
        note = _NOTE.match(masked, mention.end)
        until = bisect_left(starts, note.end() if note else mention.end)
        start = max(ends[at] if at >= 0 else 0, mention.start - _REACH)
        end = min(starts[until] if until < len(starts) else len(text), mention.end + _REACH)
        before, after = i and mentions[i - 1].end > start, i + 1 < len(mentions)
        head = text[max(start, mentions[i - 1].end) if before else start : mention.start]
        if after and mentions[i + 1].start < end:
            end = mentions[i + 1].start
        tail = text[note.end() if note else mention.end : end]
        if not before and text[start - 1 : start] == ")":
            head = _before_bracket(text, start, mentions[i - 1].end if i else 0) + head
        if not before:
            clause_end = starts[until] if until < len(starts) else len(text)
            clause_tailed = not head.strip() and _is_tailed(i, clause_end, mentions, text)
        if before and clause_tailed:
            head = ""
        elif after and end == mentions[i + 1].start and not clause_tailed:
            tail = ""
        if told := _THAT_IS.match(text, end):
            tail += told["what"]
        if period := _PERIOD.match(text, mention.start):
            head += period[0]
        label = Label(head, tail, tables.cells(mention))
        last_end = mentions[i - 1].end if i else 0
        lead = (
            SENTENCE_END.split(text[max(last_end, start - _REACH) : start])[-1]
            if not before
            else ""
        )
        if labels and labels[-1].tail.strip() and lead.startswith(labels[-1].tail):
            lead = lead[len(labels[-1].tail) :]  # that names the value before
        _add_topic(label, lead, labels[-1] if before_in_line(text, mentions, i) else None)
        labels.append(label)
    _mark_ranges(labels, mentions, text)
    return labels


def _before_bracket(text: str, start: int, last_end: int) -> str:
    """The clause that goes on behind a bracket: 端午节(农历五月初五)在公历.

    Of what stands in it another date is left out, and 高一(5)班 stays whole.
    """
    opened = text.rfind("(", max(last_end, start - _REACH), start)
    before = text[max(last_end, opened - _REACH) : max(0, opened)]
    bracket = text[opened:start] if opened >= 0 else ""
    clause = _CLAUSE_END.sub("\n", before).rpartition("\n")[2]
    return clause if _DATED.search(bracket) else clause + bracket


def labels_among(mentions: Sequence[Mention], told: Sequence[Mention], text: str) -> list[Label]:
    """Return what some of the values in a text are called, of all that it has."""
    wanted = {m.start for m in mentions[:MOST]}
    among = list(told[:MOST])
    if not wanted <= {m.start for m in among}:
        among = list(mentions[:MOST])
    labels = labels_of(among, text)
    return [label for m, label in zip(among, labels, strict=True) if m.start in wanted]


def _mark_ranges(labels: Sequence[Label], mentions: Sequence[Mention], text: str) -> None:
    """10:00-16:00 starts at the one and ends at the other."""
    for i, (one, other) in enumerate(pairwise(mentions)):
        if _RANGE.fullmatch(text[one.end : other.start][:8]) and not _EQUALS.match(text, other.end):
            labels[i + 1].topic |= labels[i].topic | words_of(labels[i].head)
            labels[i + 1].head = _FROM_AT_END.sub("", labels[i].head) + _TO
            labels[i].head += _FROM
            labels[i].tail = labels[i + 1].tail


def before_in_line(text: str, mentions: Sequence[Mention], i: int) -> bool:
    """Whether another value stands before one in its line."""
    return i > 0 and "\n" not in text[mentions[i - 1].end : mentions[i].start][:_REACH]


def _add_topic(label: Label, lead: str, previous: Label | None) -> None:
    """Add what stands before a value and holds for those behind it too.

    That is what heads its line ("USB hub: stock 12, price 3"), or the clause before its own.
    """
    colon = _COLON.search(label.head)
    topic, own = (label.head[: colon.start()], label.head[colon.end() :]) if colon else ("", "")
    if words_of(own):
        label.head = own
        label.topic, label.heading = words_of(topic), topic
    elif words_of(lead):
        label.topic = words_of(lead)
        label.lead = lead
    elif previous is not None:
        label.topic, label.heading = previous.topic, previous.heading


def _is_tailed(i: int, end: int, mentions: Sequence[Mention], text: str) -> bool:
    """Whether the last value of a clause is called something behind it: 10:00到10:15开."""
    while i + 1 < len(mentions) and mentions[i + 1].start < end:
        i += 1
    return bool(text[mentions[i].end : end][:_REACH].strip(_UNIT_SIGNS))


def apart(mentions: Sequence[Mention], text: str, question: str) -> list[Mention]:
    """Reduce values to those that are called what the question asks for.

    A value is set aside only where it is called something else; all values are returned where
    nothing tells them apart.
    """
    if not question or len(mentions) > MOST:
        return list(mentions)
    asked = asked_of(question)
    labels = labels_of(mentions, text)
    kept = [
        i for i, label in enumerate(labels)
        if not is_called_otherwise(label, asked)
    ]  # fmt: skip
    if not kept:
        return list(mentions)
    _carry(labels, asked)
    values = _by_value([(mentions[i], labels[i]) for i in kept], asked)
    best = [
        value for value in values if all(value is other or value.beats(other) for other in values)
    ]
    if len(best) == 1:
        return [mentions[i] for i in kept if mentions[i].value == best[0].value]
    return [mentions[i] for i in kept]


def is_called_otherwise(label: Label, asked: Asked) -> bool:
    """Tell whether a value is called another thing than is asked for, by its clause or the last."""
    if called_otherwise(asked.text, asked.near, label.text):
        return True
    lead = label.lead + VALUE
    return (
        bool(label.lead)
        and not _GOES_ON.match(label.head)
        and not shared_concepts(asked.text, label.text)
        and called_otherwise(asked.text, asked.near, lead)
    )


def _carry(labels: Sequence[Label], asked: Asked) -> None:
    """Let words hold for the values behind theirs.

    Where a value has no words before it, those before the last value are its own too; and where
    it has only a name, "Ann was hired in 2016 and Bob in 2017", so is the verb.
    """
    for label, previous in zip(labels[1:], labels, strict=False):
        if not label.cells and (not words_of(label.head) or _PRONOUN.search(label.head)):
            label.carried = set(words_of(previous.head)) | previous.carried | previous.topic
        elif words_of(label.text) and not foreign(words_of(label.text), asked):
            told = words_of(previous.text) & asked.words
            label.carried = set(
                told if foreign(words_of(previous.text), asked) else told & asked.last
            )


def foreign(words: AbstractSet[str], asked: Asked) -> set[str]:
    """Return the words of a label that the question does not say; of Chinese ones characters."""
    return {
        word
        for word in words - asked.words
        if len(word) == 1 or word.isascii() or _NUMBERED.match(word)
    }


@dataclass(slots=True)
class _Called:
    """One value with all that it is called.

    Args:
        value: the value.
        shared: words that the question says too.
        foreign: words that it does not.
        asked: the question.
        named: whether it has words of its own.
        is_sum: whether it is called the sum of the others; what is asked for may be one of those.
    """

    value: str | float
    shared: set[str]
    foreign: set[str]
    asked: Asked
    named: bool = False
    is_sum: bool = False

    def beats(self, other: _Called) -> bool:
        """Whether the question's words tell this value from the other."""
        mine, theirs = self.shared - other.shared, other.shared - self.shared
        is_part = other.is_sum and bool(self.foreign) and not any(map(_is_name, mine))
        if is_part or not (other.named or other.foreign - self.foreign):
            return False
        if mine and not theirs:
            return True
        if not mine and not theirs:
            return bool(self.shared) and not self.foreign and bool(other.foreign)
        return self._weight(mine) > 1.5 * self._weight(theirs)

    def _weight(self, words: Iterable[str]) -> float:
        return sum(
            (8.0 if _is_name(word) else 1.0 if len(word) == 1 else 2.0)
            * (2.0 if word in self.asked.last and not self.foreign else 1.0)
            * (4.0 if word in self.asked.field else 1.0)
            for word in words
        )


def _is_name(word: str) -> bool:
    return any(map(str.isdigit, word)) or word in _DAYS


def _by_value(called: Iterable[tuple[Mention, Label]], asked: Asked) -> list[_Called]:
    found: dict[str | float, _Called] = {}
    for mention, label in called:
        own = words_of(label.text)
        words = own | label.carried | label.topic
        value = found.setdefault(mention.value, _Called(mention.value, set(), set(), asked))
        value.is_sum = value.is_sum or bool(_SUM.search(label.text))
        value.named = value.named or value.is_sum or bool(own) or bool(_SAID.search(label.head))
        value.named = value.named or len(_SAID.findall(label.tail)) > 1
        value.named = value.named or (label.head.endswith(_TO) and bool(label.topic))
        value.shared |= words & asked.words | shared_concepts(asked.text, label.text)
        value.foreign |= foreign(own | label.carried, asked)
    return list(found.values())
