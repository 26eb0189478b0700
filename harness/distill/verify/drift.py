"""What turns a question into another one: opposites, denial, and conditions added or dropped.

Words alone tell it, and both wordings are read without the values that they name. A word counts
only where one wording has its like and the other has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.checker.parse.mention import mask_mentions
from harness.checker.parse.values import ValueKind, find_values
from harness.checker.reading.disambiguate import asked_role

# Pairs of opposites. A wording that drops one side and takes the other asks the reverse. □ stands
# for a value: 最多□ is a bound, 最多 the greatest.
_OPPOSITES = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        (
            "最早|最先|头班|首[班趟]|头一|第一[趟班个]|排第一|earliest|first",
            "最晚|最迟|最后|末[班趟]|尾班|倒数|排最后|latest|last",
        ),
        (
            "最(?:[短快低小]|少(?!□))|最便宜|shortest|least|fewest|lowest|smallest|cheapest",
            "最(?:[长久慢高大贵]|多(?!□))|longest|most|highest|largest|dearest",
        ),
        (
            "以后|之后|及以后|不早于|更晚|(?<!不)晚于|起(?:开|到|发)|after|from",
            "以前|之前|不晚于|更早|(?<!不)早于|(?<=□)前|before|until",
        ),
        (
            "以上|至少|最少(?=□)|达到|更[贵高多]|≥|>=|大于等于|不[低少小]于"
            "|(?<!不)(?:高于|超过|多于|大于)|at least|or more",
            "(?<![有如])以下(?![几为是:车商])|以内|至多|最多(?=□)|不到|更(?:便宜|低|少)|≤|<=|小于等于"
            "|不(?:超过|[高多大]于)|(?<!不)(?:低于|少于|小于)|at most|or less",
        ),
        ("晚点|推迟|延误|延迟|延后|误点|晚|推后|late|delay", "提前|早点|提早|早(?=了?□)|early"),
        ("到站|到达|到点|抵达|进站|arriv", "开车|发车|出发|开点|开出|驶离|离站|出站|depart|leav"),
        (
            "开往|前往|去往|终到|终点|目的地|去(?=□)|(?<!□)到(?=□)",
            "来自|始发|起点|开来|出发地|[从由自](?=□)|(?<=□)(?:[来发]|开(?![往向到去]))",
        ),
        ("之间|介于|以内|之内", "之外|以外"),
    )
)
_IDIOM = re.compile(
    r"有没有|知不知道|不知道|没赶上|没来得及|无论|无误|不好意思|(.)不\1|除夕|差不多"
)
LACK = re.compile(
    "没|缺|未|无|[查找]不到|空着|空白|空缺|为空|是空|空值|漏"
    r"|\b(?:no|not|without|missing|lacks?|empty|blank|none|nothing|forgot)\b|n't\b"
)
_DENIAL = re.compile(
    "非(?=□)|(?<![查找看])不(?:[在停去是从到经由包含属来供上开走归为符处位]|能(?![用吃喝])|满足|等于)"
    r"|并非|除了|除(?=□)|除外|以外|之外|\bexcept\b"
)
_ONLY = re.compile("只(?![想要需求能好是看算论说])|仅|单独|唯一|全是|全为|恰好|正好是|就是(?=□)")
_MOST = re.compile(
    "最(?:[早晚迟先短长快慢久低高小大贵近远]|[少多](?!□)|便宜)|头班|[首末尾][班趟]|头一|倒数|率先|垫底"
    "|排(?:在?第|最后|名)|第一[趟班个名种节位条本件款]|(?<![a-z])[a-z]{3,}est\\b|most|least"
)
_ANY_ONE = re.compile("随便|任[选意]|其中一|推荐|举.{0,2}例|最后一|any one|for example")
_LATE = re.compile("晚点|延误|误点|延迟|延后|推迟|推后|顺延|晚(?=了?□)|late|delay")
_DAY = re.compile(
    "明[天早晚日]|昨[天晚日]|[前后]天(?!数)|周末|(?<![问一])[上下]个?(?:周|星期|礼拜|月|学期)|[去明今]年"
    "|节假日|返程|回程|次日|第二天|隔天|tomorrow|yesterday|next|last"
)
_WEEKDAY = re.compile("(?<!每)(?:周|星期|礼拜)[一二三四五六日天末](?![栏列])")
_CONDITIONS = (_LATE, _DAY, _WEEKDAY)
_HOURS = re.compile(
    "凌晨|清晨|早[上晨]|上午|中午|下午|傍晚|(?<![一每])晚上|夜[里间]|半夜|morning|afternoon|evening"
)

_LISTS = re.compile(
    "哪些|哪几|都有(?![几多])|有什么|有啥|什么时候|列出|列一|找出|找一|所有|全部|which|list"
)
_COUNTS = re.compile(
    "(?<![哪第])(?:几|多少)[趟列班种节门位次辆本件条款家个项名人道间份座类样]|数一?[数下]|how many"
)
_COUNTS_SOMEHOW = re.compile(
    "(?<!哪)几(?!点)|多少|[数算]一?[数下算]|统计|总数|数量|[种课条趟件人]数"
    "|how (?:many|often)|number of|count|add(?:ing)? up|tally|total"
)
_WHICH = re.compile(
    "几(?!乎)|什么|啥|哪|多少|谁|何|多久|多长|多大|咋|怎么|wh(?:at|en|ere|ich|o)|how"
)
_WHICH_OR_REQUEST = re.compile(f"{_WHICH.pattern}|告诉|查|说一?[下说]|看一?[下看]|报一?下")
_YES_NO = re.compile(
    "能不能|可不可以|要不要|会不会|吗|(?<![什怎那这多])么(?=$|[?。,])|是不是|是否|对吧|是吧|对不对|没错吧"
)
_REQUEST = re.compile("告诉|查|说|讲|知道|晓得|报|看|帮|列|找|清楚|给|算|介绍|提供")
_JOINED = re.compile(r"还有(?!多少|几)|另外|此外|顺便|再问|以及|并且|并告诉|同时|\band\b")
_ENDED = re.compile("[?？]")
_CLAUSE_END = re.compile(r"[,。;!?\n]")
_PLANNED = re.compile(
    "(?:原[定来本]|本来|本该|计划|图定)[^,。;?□]{0,3}(?:几点|什么时[候间]|何时|啥时)"
)
_ASKING = re.compile("几点|什么时[候间刻]|啥时候?|何时|多少|是什么|几分|when|what")

# One of something, or once a week, is no value.
_NO_VALUE = re.compile("[01一]|一 ?(?:个?[周天星期月年]+)")
_FIGURE = re.compile("[0-9零〇一二两三四五六七八九十百千半]|[a-z]{3}")
_KINDS: tuple[ValueKind, ...] = ("time", "duration", "date", "number")


def opposite(old: str, new: str) -> str:
    """The opposite of a word of the other wording; empty where there is none."""
    for one, other in _OPPOSITES:
        for had, has in ((one, other), (other, one)):
            turned = has.search(new)
            if had.search(old) and turned and not had.search(new) and not has.search(old):
                return str(turned[0])
    return ""


def reversal(old: str, new: str) -> str:
    """The word that turns a question round; empty where none does."""
    if turned := opposite(old, new):
        return turned
    old, new = (_IDIOM.sub("", text) for text in (old, new))
    denied = _in_one(LACK, old, new) or _in_one(_DENIAL, old, new)
    return denied or _in_new(_PLANNED, old, new)


def drift(old: str, new: str) -> str:
    """What makes a question ask for something else; empty where nothing does."""
    for rule in _RULES:
        if found := rule(old, new):
            return found
    return ""


def added_value(old: str, new: str) -> str:
    """A time, a length of time, a date or a number that the other wording does not have."""
    new = _DAY.sub(" ", new)
    for kind in _KINDS if _FIGURE.search(new) else ():
        known = {mention.value for mention in find_values(kind, old)}
        for mention in find_values(kind, new):
            text = new[mention.start : mention.end]
            if not (mention.weak or mention.value in known or _NO_VALUE.fullmatch(text)):
                return text
        old, new = (mask_mentions(text, find_values(kind, text)) for text in (old, new))
    return _in_new(_HOURS, old, new)


def condition(old: str, new: str) -> str:
    """Late, tomorrow, on Monday: a condition that the other wording does not have."""
    found = (_in_new(pattern, old, new) for pattern in _CONDITIONS)
    return next(filter(None, found), "")


def _in_new(pattern: re.Pattern[str], old: str, new: str) -> str:
    """What a pattern finds in the new wording alone."""
    found = pattern.search(new)
    return str(found[0]) if found and not pattern.search(old) else ""


def _in_one(pattern: re.Pattern[str], old: str, new: str) -> str:
    """What a pattern finds in one of two wordings and not in the other."""
    return _in_new(pattern, old, new) or _in_new(pattern, new, old)


def _only(old: str, new: str) -> str:
    return _in_one(_ONLY, old, new)


def _superlative(old: str, new: str) -> str:
    """The earliest of several asked for where all were, or all where the earliest was."""
    if _MOST.search(old):
        return _in_new(_MOST, new, old)
    if not _LISTS.search(old):
        return ""
    return _in_new(_MOST, old, new) or _in_new(_ANY_ONE, old, new)


def _count(old: str, new: str) -> str:
    """How many asked for where it was which, or which where it was how many."""
    counted, listed = _COUNTS.search(old), _LISTS.search(old)
    counts, lists = _COUNTS.search(new), _LISTS.search(new)
    if listed and not counted:
        return str(counts[0]) if counts and not lists else ""
    if counted and not listed and not _COUNTS_SOMEHOW.search(new):
        return str(lists[0]) if lists else new
    return ""


def _yes_no(old: str, new: str) -> str:
    """Whether asked for where it was what."""
    if _YES_NO.search(old):
        return ""
    for clause in _CLAUSE_END.split(new):
        found = _YES_NO.search(clause)
        if found and not _WHICH.search(clause[: found.start()]) and not _REQUEST.search(clause):
            return str(found[0])
    return ""


def _two(old: str, new: str) -> str:
    """A second question behind the first."""
    first, *rest = _JOINED.split(new)
    if _WHICH_OR_REQUEST.search(first) and not _JOINED.search(old):
        for part in rest:
            if _WHICH.search(part):
                return part.strip()
    before, after = ([p for p in _ENDED.split(text) if _WHICH.search(p)] for text in (old, new))
    return after[-1].strip() if len(after) > max(1, len(before)) else ""


def _other_time(old: str, new: str) -> str:
    """The arrival asked for where it was the departure."""
    before, after = (asked_role(_asking_clause(text), "time") for text in (old, new))
    return after if before and after and before != after else ""


def _asking_clause(text: str) -> str:
    clauses = [clause for clause in _CLAUSE_END.split(text) if _ASKING.search(clause)]
    return clauses[-1] if clauses else ""


_RULES: tuple[Callable[[str, str], str], ...] = (
    condition, _only, _superlative, _count, _yes_no, _two, _other_time,
)  # fmt: skip
