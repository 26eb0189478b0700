"""Whether an answer speaks of another thing than its question: 李医生50元, asked about 张医生.

An answer that repeats words of the question and puts another word next to them, where the word
that the question has there is found nowhere in it, tells of another row or another field: sand
for cement, adults for families, the bakery for the pharmacy. No list of such words is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from harness.checker.reading.concepts import VALUE
from harness.checker.reading.roles import named_roles

_TOKEN = re.compile(rf"[a-zà-ÿ]++[0-9]*+[a-z0-9]*|[0-9]+[a-z]*|[\u4e00-\u9fff{VALUE}]")
_SUFFIX = re.compile(r"(?:ies|es|s|ed|(?<=...)ing)$")
_IRREGULAR = {
    "won": "win", "got": "get", "sold": "sell", "paid": "pay", "had": "have", "has": "have",
    "began": "begin", "left": "leave", "ran": "run", "made": "make", "held": "hold",
    "took": "take", "born": "birth", "spent": "spend", "built": "build", "men": "man",
    "went": "go", "rose": "rise", "fell": "fall", "lost": "lose", "came": "come", "met": "meet",
    "brought": "bring", "bought": "buy", "caught": "catch", "gave": "give", "saw": "see",
    "wrote": "write", "drove": "drive", "flew": "fly", "grew": "grow", "ate": "eat",
    "drank": "drink", "swam": "swim", "broke": "break", "chose": "choose", "sent": "send",
    "kept": "keep", "led": "lead", "slept": "sleep", "drew": "draw", "wore": "wear",
}  # fmt: skip


def _stem(word: str) -> str:
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    if len(word) > 4 and word.isalpha() and word.isascii():
        return _SUFFIX.sub("", word).rstrip("e")
    return word.rstrip("e") if len(word) > 3 and word.isascii() else word


# Words that say nothing about which thing is meant.
_PLAIN_TEXT = (
    "a an the is are was were be been being it its this that there and or as"
    " do does did will would can could so s per what when which who how many much long"
    " please tell me about one but his her my our your their they he she we you i only just exactly"
    " about approximately around current currently total full overall actual actually final exact"
    " listed standard regular official according table data answer now today each all"
    " get take go most more than then yes no sure here also minute hour day euro dollar pound"
    " yuan usd eur time date number amount value result every not roughly some"
    " find found see ll re ve look check want need head let"
    " approx average daily correct right question asked s t kg km m cm g l ml gb mb kilogram kilo"
    " metre meter litre piece maximum minimum highest lowest mm ft mi lb mph kph percent"
)
_PLAIN = frozenset(map(_stem, _PLAIN_TEXT.split()))
# Words for any thing of a kind, which stand for the one that is asked about.
_GENERIC_TEXT = (
    "show list give state say charge cost journey trip ride boat plane flight train bus film movie"
    " tour team shop store building house hotel restaurant company product item device model course"
    " exam event performance meeting match game person employ employee student patient player city"
    " country county town village mountain river animal species book novel album song place people"
    " price fee fare total resident inhabitant voyage crossing transfer drive walk vehicle machine"
    " museum library branch customer visitor member runner athlete program programme"
    " sport menu schedule chart record sheet row column entry venue event office location exhibit"
    " display collection manage run head"
)
_GENERIC = frozenset(map(_stem, _GENERIC_TEXT.split()))
_HAN_PLAIN = frozenset(
    "次儿看见获夺荣的是为了在于有请问您你好我和与及或也都就将会把被这那该此其它他她们之吗呢吧啊哦么约共总只仅还已当一个所以如则而又再每可要比较"
)
_FILLER = re.compile(
    "^ ?答(?=:)|剩余|还剩|根据|按照|依照|依据|数据|表格|表中|显示|答案|结果|查询|可知"
    "|目前|现在|现今|当前|最终|实际上?|大[概约]|需要?|已经|[现售](?=价)"
)
# Fields say these, and not which thing is meant.
_HAN_FIELD = _HAN_PLAIN | frozenset(
    "时间日期元块钱角办理最晚迟早后应须离到起开始计划定预坐乘搭候待"
)
_CAPITAL = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]*[A-Za-z](?![A-Za-z])")
_STARTS = re.compile(r"(?:^|[.!?:;\n*#>-]) *$")
_CALENDAR_TEXT = (
    "January February March April May June July August September October November December Monday"
    " Tuesday Wednesday Thursday Friday Saturday Sunday"
)
_CALENDAR = frozenset(_CALENDAR_TEXT.split())
_DEICTIC = re.compile("[这该此其它他她]|^本")
_CODE = re.compile("[a-z]{1,2}[0-9]{2,5}")
_PREPOSITIONS = frozenset(("of", "in", "on", "at", "to", "for", "by", "from", "with"))
_HAN_UNITS = frozenset(
    "千百万亿米公里吨克斤两升亩元年岁个名位次人趟份件条页层号章节门张箱台辆家户分秒时天月周度瓦毫安伏卡厘平方立折"
)
# Chinese words for any thing of a kind.
_HAN_GENERIC = re.compile(
    "全[班校部体年组]|变[化动]|增[减长加]|减少|下降|上升|涨跌|期限|时限|限期|接种|机身|身机|整机|^车|车$|企业|公司|单位|学校|部$|部门|老人|先生|女士|同学|老师傅|讨论|会议|活动|路程|距离|现存|剩余|库存|列车|航班|酒店|对应|小区|地点|位置|地址|场地"
    "|商家|店家|影片|电影|手机|产品|商品|患者|病人|员工|球队|选手|孩子|成人|普通|配备|住宿|客人|游客|乘客|用户|博物院|门店"
)
_HEADS = frozenset("费价卡票险券款税金率额期线号楼队班组店馆厅室区市省国机车船港校餐茶酒")
_PERIOD = re.compile(
    "凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|夜里|今[天日晚]|次日|翌日|当[天日]|第二天|的话|其中|表中|当中|目前|期间"
)
_TITLE = re.compile("(?<=[\u4e00-\u9fff]{2})(?:同学|先生|女士)")  # 李雷同学 is 李雷
# 由人民文学出版社出版 says by whom it was done, not to what.
_DOER = re.compile(
    "由[\u4e00-\u9fff]{2,12}?(?:出版社|书局|书店|公司|集团|委员会|大学|学院|机构|协会|政府)"
)
# What these bring in has its subject elsewhere.
_SEQUENCE = re.compile(
    "[先再]|然后|最后|接着|随后|后来|于是|因此|所以|→|加上|等于|减去|[+=]|改[为到成]|调整|推迟|延[期后迟]|提前|变更|[^今]后[□起]?"
)
_LONGEST = 60  # tokens of a label or a question; more are no plain sentence
_RUN = 5  # tokens that can name a thing next to what is shared


def tells_of_another(label: str, said: str, question: str, names: frozenset[str]) -> bool:
    """Tell whether a label names another thing in the place where its question names one.

    Args:
        label: what a value is called, with `VALUE` where it stands.
        said: the whole prepared answer.
        question: the prepared question with `VALUE` for the word that asks.
        names: words of both that are proper names.
    """
    if not _DOER.search(question):
        label = _DOER.sub("", label)
    told, asked = (_tokens(_TITLE.sub("", _PERIOD.sub("", text))) for text in (label, question))
    if _SEQUENCE.search(label):
        return False
    if len(told) > _LONGEST or len(asked) > _LONGEST:
        return False
    present = frozenset(_tokens(said))
    if says_whose(label, said, question, names):
        return True
    names_trains = "次" in told and "次" in asked
    return any(
        _differ(mine, theirs, names)
        and not (names_trains and _CODE.fullmatch(mine[0]))
        and present.isdisjoint(_telling(theirs))
        and frozenset(asked).isdisjoint(_telling(mine))
        for mine, theirs in _pairs(told, asked, names)
    )


def says_whose(label: str, said: str, question: str, names: frozenset[str]) -> bool:
    """Tell whether a label says outright whose or where it is, and the question names another.

    Arguments as for `tells_of_another`.
    """
    present = frozenset(_tokens(said))
    return (
        _is_elsewhere(label, said, question, names)
        or _is_owned(label, present, question)
        or _has_other_object(label, present, question)
        or _has_other_subject(label, present, question)
        or _is_other_office(label, said, question)
        or _is_another_person(label, said, question)
    )


_TITLED = re.compile(
    "([\u4e00-\u9fff]{2})(老师|医生|大夫|教授|教练|经理|主任|师傅|同学|先生|女士)的"
)


def _is_another_person(label: str, said: str, question: str) -> bool:
    """Whether the office of 陈曦老师 is told, asked for that of 周杰老师."""
    told, asked = (set(_TITLED.findall(text)) for text in (label, question))
    titles = {title for _, title in asked}
    others = {(name, title) for name, title in told if title in titles}
    return bool(others) and others.isdisjoint(asked) and asked.isdisjoint(_TITLED.findall(said))


_FIELD_ASKED = re.compile(
    r"\bwhat(?:'s| is| was| are| were) (?:the |its )?(?P<field>[a-z' -]{3,40}?)"
    r"(?= (?:of|for|in|on|at|to|from|per|now|today|after|before)\b|[?,.;]|$)"
)
_FIELD_TOLD = re.compile(
    rf"^ *(?:the|its) (?P<field>[a-z -]{{3,40}}?)(?: of [a-z ]{{1,24}})?"
    rf" (?:is|was|are|were) [^{VALUE}]{{0,10}}{VALUE}"
)
# What any value may be called.
_ANY_FIELD_TEXT = (
    "value figure reading sum count score level price cost rate size pay income result length"
)
_ANY_FIELD = frozenset(map(_stem, _ANY_FIELD_TEXT.split()))


def names_other_field(label: str, question: str) -> bool:
    """Tell whether a label is as in "the deposit is $1,450", asked "what is the monthly rent".

    Args:
        label: what a value is called, with `VALUE` where it stands.
        question: the prepared question.
    """
    asked, told = _FIELD_ASKED.search(question), _FIELD_TOLD.match(label)
    if asked is None or told is None:
        return False
    words = set(map(_stem, told["field"].split()))
    return words.isdisjoint(_tokens(question)) and words.isdisjoint(_PLAIN | _GENERIC | _ANY_FIELD)


_PLACE = re.compile(r"\b(in|at|on|for|of|from|to) (?:the )?(?:([a-z]+) )??([a-zà-ÿ]+)", re.ASCII)


_WHOSE = re.compile(r"\b(?!today|tomorrow|yesterday|let|there)([a-z]+)'s\b", re.ASCII)
_PERSON = re.compile(
    r"^ *([a-z]+) (?:got|scored|earned|received|won|paid|bought|sold|ran|swam) ", re.ASCII
)
_SUBJECT = re.compile(r"^ ?(?:the )?([a-z]+) ([a-z]+) (?:has|had|have|is|was|got|scored|won) ")


def _is_elsewhere(label: str, said: str, question: str, names: frozenset[str]) -> bool:
    """Whether an answer says "in Bergen" where the question says "in Oslo", which it never does."""
    asked = {(m[1], _stem(m[3])) for m in _PLACE.finditer(question)}
    told = {(m[1], _stem(m[3])) for m in _PLACE.finditer(label)}
    lost = {(how, name) for how, name in asked if name in names and name not in _tokens(said)}
    new = {(how, name) for how, name in told if name in names and name not in _tokens(question)}
    if any(how == other for how, _ in lost for other, _ in new):
        return True
    wanted = names.intersection(_tokens(question))
    if not wanted or not wanted.isdisjoint(_tokens(said)):
        return False
    if not names.isdisjoint({_stem(m[1]) for m in _WHOSE.finditer(label)}):
        return True
    person = _PERSON.match(label)
    if person and person[1] in names and person[1] not in question:
        return True
    subject = _SUBJECT.match(label)  # "oak town has 3200 inhabitants"
    if subject is None:
        return False
    words = {_stem(subject[1]), _stem(subject[2])}
    return words <= names and words.isdisjoint(_tokens(question))


# What is in a place or in somebody's hands: 化石在□, "the fossils are in □".
_LIES = re.compile(
    rf"^ ?(?P<han>[\u4e00-\u9fff]{{2,12}}?)[则都均也]?(?:由|归|位于|在){VALUE}"
    r"|^ ?(?:the )?(?P<latin>[a-z][a-z' -]{1,32}?) (?:is|are|was|were)(?: [a-z]+ed| held| shown)?"
    rf" (?:in|at|on) (?:the )?{VALUE}",
    re.ASCII,
)
_ASKS_WHICH = re.compile(
    rf"^(?:(?:in|at|on) )?{VALUE} (?:[a-z]+ )?(?:is|are|was|were|[a-z]+s)(?: the)?\b", re.ASCII
)


def _has_other_subject(label: str, present: frozenset[str], question: str) -> bool:
    """Whether another thing lies in a place than the one that is asked for, and nothing of it."""
    told = _LIES.match(label)
    if told is None:
        return False
    if told["han"]:
        asked = _LIES.match(question)
        who = frozenset(_tokens(asked["han"] or "")) if asked else frozenset()
    else:
        which = _ASKS_WHICH.match(question)
        who = frozenset(_tokens(question[which.end() :])) if which else frozenset()
    subject = _tokens(told[told.lastgroup or 0])
    named = bool(subject) and not (_DEICTIC.search(label) or _HAN_GENERIC.search(label))
    named = named and subject[-1] not in _GENERIC
    who -= {VALUE}
    return named and bool(who) and who.isdisjoint(present - _PREPOSITIONS)


_OWNER = re.compile(r"\b([a-z]+)'s (?:[a-z]+ ){0,2}?([a-z]+) (?:is|was|costs?|:)", re.ASCII)
_IN = re.compile(r"\bthe ([a-z]+) (?:in|at|on) the ([a-z]+)", re.ASCII)
_OF = re.compile(r"\b([a-z]+) of (?:the |an? )?([a-z]+)", re.ASCII)


def _is_owned(label: str, present: frozenset[str], question: str) -> bool:
    """Whether "the plumber's rate" is told, asked for "the rate of the electrician"."""
    told = {(_stem(m[2]), _stem(m[1])) for m in _OWNER.finditer(label)}
    for field, owner in ((_stem(m[1]), _stem(m[2])) for m in _OF.finditer(question)):
        others = {whose for what, whose in told if what == field} - {owner} - _PLAIN - _GENERIC
        if others and owner not in present and not others & set(_tokens(question)):
            return True
    return False


_OBJECT = re.compile(rf"^ ?{VALUE} ([a-z]+) (?:the|an?) ([a-z]+)\b", re.ASCII)


def _has_other_object(label: str, present: frozenset[str], question: str) -> bool:
    """Whether "Sam plays the mayor" is told, asked who plays the detective."""
    told, asked = _OBJECT.match(label), _OBJECT.match(question)
    if told is None or asked is None or _stem(told[1]) != _stem(asked[1]):
        return False
    mine, theirs = _stem(told[2]), _stem(asked[2])
    return _LOOSE.isdisjoint((mine, theirs)) and theirs not in present and mine not in question


# Offices that people call by one another's names, and words that stand for any field.
_LOOSE_TEXT = (
    "head director manager chief leader chair president principal boss lead supervisor name title"
    " kind type sort part member brand rest value identity top end side half majority"
)
_LOOSE = _GENERIC | frozenset(map(_stem, _LOOSE_TEXT.split()))


def _is_other_office(label: str, said: str, question: str) -> bool:
    """Whether "the captain of the Falcons" is told, asked for their goalkeeper."""
    asked, told = _offices(question), _offices(label)
    present = _tokens(named_roles(said)) if asked and told else ()
    return any(
        owner in told
        and field != told[owner]
        and (_LOOSE | _PLAIN).isdisjoint((field, told[owner]))
        and field not in present
        and told[owner] not in _tokens(question)
        for owner, field in asked.items()
    )


def _offices(text: str) -> dict[str, str]:
    """What somebody or something is said to be or to have of another, by whose it is."""
    text = " ".join(named_roles(text).split())
    of = (*_OF.finditer(text), *_IN.finditer(text))
    return {_stem(m[2]): _stem(m[1]) for m in of} | {
        _stem(m[1]): _stem(m[2]) for m in _OWNER.finditer(text)
    }


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[str, ...]:
    words = (_stem(found[0]) for found in _TOKEN.finditer(_FILLER.sub("", text)))
    return tuple(word for word in words if not word.isascii() or word not in _PLAIN)


def _pairs(
    told: Sequence[str], asked: Sequence[str], names: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield what stands on one side of shared words in the answer and in the question.

    What stands in front of a name is a field, which has many words, and so has what an English
    sentence goes on with; but Mount Arden is not Mount Beren.
    """
    shared = frozenset(told) & frozenset(asked)
    for i, j, length in _blocks(told, asked):
        run = told[i : i + length]
        weight = sum(map(_weight, run))
        heads = _heads(told, asked, i, j, length)
        if heads or _says_enough(run):
            mine, theirs = _run(told[:i][::-1], shared), _run(asked[:j][::-1], shared)
            if not _is_name(run[0], names) or _two_of_a_sort(mine, theirs, names):
                yield mine, theirs
        if run[-1] != VALUE and weight > 1:
            mine, theirs = _run(told[i + length :], shared), _run(asked[j + length :], shared)
            if _alike(mine, theirs, names) and _is_field(asked, j + length):
                yield mine, theirs


def _says_enough(run: Sequence[str]) -> bool:
    """Whether a shared run says what is asked for, so that what stands before it is the thing."""
    if run[0] in _PREPOSITIONS:
        return False
    if run[0] == VALUE:  # 5千米 says none
        return sum(map(_weight, run)) > 1 + _units(run)
    return sum(map(_weight, _until_value(run))) > 1


def _heads(told: Sequence[str], asked: Sequence[str], i: int, j: int, length: int) -> bool:
    """Whether one character heads the field before the value in both: 年卡1980元, 学费多少."""
    if not any(word in _HEADS for word in told[i : i + length]):
        return False
    if VALUE in told[i + 1 : i + length]:
        return True
    return _leads_to_value(told[i + length :]) and _leads_to_value(asked[j + length :])


def _units(words: Sequence[str]) -> int:
    """How much of a run only measures: 5千米 names no thing."""
    return sum(word in _HAN_UNITS and _weight(word) > 0 for word in words)


def _until_value(words: Sequence[str]) -> Sequence[str]:
    return words[: words.index(VALUE)] if VALUE in words else words


def _leads_to_value(words: Sequence[str]) -> bool:
    for word in words:
        if word == VALUE:
            return True
        if word not in _HAN_PLAIN:
            return False
    return False


def _two_of_a_sort(mine: Sequence[str], theirs: Sequence[str], names: frozenset[str]) -> bool:
    """Whether what stands in front of a name is a name too; in Chinese it well may be."""
    if not mine or not theirs:
        return False
    latin = mine[0].isascii() or theirs[0].isascii()
    return not latin or (_is_name(mine[0], names) and _is_name(theirs[0], names))


def _is_field(asked: Sequence[str], at: int) -> bool:
    """Whether what the question goes on with is a noun, no verb: 的净利润是, 数学考, 台空调."""
    if not "".join(asked[at : at + 1]).isalpha() or asked[at].isascii():
        return True
    if asked[at] == "的" or asked[at - 1] == "的":
        return True
    until = next((i for i in range(at, len(asked)) if asked[i] == VALUE), len(asked))
    return until == len(asked) or asked[until - 1] in "是为" or "考" in asked[at:until]


def _alike(mine: Sequence[str], theirs: Sequence[str], names: frozenset[str]) -> bool:
    """Whether two runs behind shared words can be two things of one sort."""
    one, other = _telling(mine), _telling(theirs)
    if not one or not other:
        return False
    if one[0].isascii() or other[0].isascii():
        return _is_name(one[0], names) and _is_name(other[0], names)
    return len(one) > 1 and abs(len(one) - len(other)) <= 2


def _weight(word: str) -> int:
    """How much a shared word says: a Latin word as much as two Chinese characters."""
    if word == VALUE or word in _HAN_PLAIN or word in _PREPOSITIONS or word.isdigit():
        return 0
    return 2 if word.isascii() else 1


def _blocks(told: Sequence[str], asked: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the longest common runs: where each starts in either, and its length."""
    for i, word in enumerate(told):
        for j, other in enumerate(asked):
            if word != other or (i and j and told[i - 1] == asked[j - 1]):
                continue
            length = 1
            while (
                i + length < len(told)
                and j + length < len(asked)
                and told[i + length] == asked[j + length]
            ):
                length += 1
            yield i, j, length


def _run(words: Sequence[str], shared: frozenset[str]) -> tuple[str, ...]:
    """The words next to a shared run, up to the value, a 的 or another shared word."""
    found: list[str] = []
    for word in words:
        if word == "的" and not found:
            continue
        if word in (VALUE, "的") or word in _PREPOSITIONS or len(found) == _RUN:
            break
        if word in shared:
            found += [word] if _DEICTIC.match(word) else []
            break
        found.append(word)
    return tuple(found)


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if word.isascii() or word not in _HAN_FIELD]


def _differ(mine: Sequence[str], theirs: Sequence[str], names: frozenset[str]) -> bool:
    """Whether both sides name a thing, and of one sort: no plane is another one than BA117."""
    one, other = _telling(mine), _telling(theirs)
    if not one or not other or one[0] in _GENERIC:
        return False
    if "最" in theirs and not {"第", "末", "首"}.isdisjoint(mine):
        return False  # the third quarter may well be the highest
    runs = ["".join(run) for run in (mine, mine[::-1], theirs, theirs[::-1])]
    if any(_HAN_GENERIC.search(run) or _DEICTIC.search(run) for run in runs):
        return False
    if other[0].isascii() != one[0].isascii():
        return False
    return not one[0].isascii() or _is_name(one[0], names) == _is_name(other[0], names)


def _is_name(word: str, names: frozenset[str]) -> bool:
    return word in names or any(map(str.isdigit, word))


@lru_cache(maxsize=4096)
def proper_names(cased: str) -> frozenset[str]:
    """Return the stems of the words of a text that have a capital and are no plurals."""
    found = (m for m in _CAPITAL.finditer(cased) if _stem(m[0].lower()) not in _PLAIN)
    return frozenset(
        _stem(m[0].lower()) for m in found
        if not (m[0].endswith("s") and _STARTS.search(cased[max(0, m.start() - 4) : m.start()]))
        and m[0] not in _CALENDAR
    )  # fmt: skip
