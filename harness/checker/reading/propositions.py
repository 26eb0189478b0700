"""What a clause says of the matter that a yes-or-no question asks about: that it is so, or not.

这款手机支持无线充电吗？   不支持 -> False, 支持无线充电 -> True, 支持快充 -> None
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from harness.checker.reading.asked_row import TITLED
from harness.checker.reading.labels import names_another, names_of
from harness.checker.reading.opposites import opposites_of
from harness.text.normalize import informative

_HAN = re.compile("[\u4e00-\u9fff]")
_POLITE = re.compile(r"请问|你好|您好|请判断|判断(?:正误|对错|题)?:?|[(（][^()（）]{0,12}[)）]")
_ASKS = re.compile(r"是否|[吗么呢?]")
_ASKS_NOT = re.compile(r"不(?![过久少锈同])|没有?")
_TWICE = re.compile(
    r"(?P<verb>[\u4e00-\u9fff]{1,2})[不没](?P=verb)|(?P<short>[\u4e00-\u9fff])[不没](?P=short)"
)
_OUGHT = "不用|不必|无需|无须|毋须|毋需|用不着|没有?必要|免"
_NOT = re.compile(
    rf"(?P<ought>{_OUGHT}(?!费|税))|不(?![过久少锈仅但光只同论管])|没有?|未(?![来必])"
    rf"|无(?![论线])|并?非(?![常洲])|禁止|严禁|谢绝|拒绝|\bno\b|\bnot\b|n't\b|\bnever\b"
    r"|\bcannot\b|\bneither\b|\bwithout\b|\bnor\b|\bnon-?(?=[a-z]{4})",
    re.ASCII,
)
# Two denials that make a must, and what denies nothing.
_NEUTRAL = re.compile(
    r"不[^,。;不]{1,5}(?:就|则|便)?(?:不能|不可以?|无法|不得|不让|不许)|不得不|不仅|不但|不光"
    r"|不只|无论|不管|是否|能否|与否|可否"
    r"|(?P<verb>[\u4e00-\u9fff])[不没](?P=verb)|\bnot only\b|\bno matter\b",
    re.ASCII,
)
_JUDGED = re.compile(
    r"(?P<said>.*?)(?:的?(?:这[个种条])?(?:说法|判断|陈述|观点|描述|表述|命题"
    r"|结论))?(?:都?[是为]|并|完全|其实|也)*"
    r"(?:(?P<wrong>不对|不正确|错误?|有误|不成立|不属实|不实|不符合?(?:事实|实际)?|不是?真)"
    r"|(?P<right>正确|对|成立|属实|真))的?(?:说法)?[。.了]*"
)
_EN_JUDGED = re.compile(
    r"(?:so |but |therefore |thus )?(?:that|this|it|the (?:statement|claim|assertion|answer"
    r"|proposition))(?:'s| is| was)?"
    r" (?P<no>not |n't )?(?:\w+ly )?(?P<said>true|false|correct|incorrect|wrong|right"
    r"|untrue)\b(?P<rest>.*)"
)
_THIS = re.compile(
    r"(?:这|该|此|那|上述|以上|题目|本)?(?:个|种|一|条|句|道)?(?:话|题)?|它|原题|说|认为|其"
)
_PARTICLES = re.compile(
    r"有点儿?|一点儿?|非常|十分|特别|比较|[站的了着在于很太挺吧啊呀哦呢嘛也都就还又均所并]"
    r"|(?<![a-z0-9一二两三])[0-9一二两三]+ ?(?:天|小时|分钟|个|元|次(?!列))"
)
_PRONOUN = re.compile(r"^(?:但是?|而且?|因此|所以|也就是说)?(?:它|他|她|该|此|这|本次|其)?")
_MODAL_AHEAD = re.compile(r"^(?:会|能|可以|需要|必须|须|得|应该?|要|是|有)")
# 刚好够 says of money, seats or time all that was asked.
_ENOUGH = re.compile(
    r"(?:所以|因此|那么?|是|就|刚好?|正好|恰好|完全|还|也|都|肯定)*(?P<not>不|没)?足?够用?[的了]?"
)
_FORBIDS = re.compile("不能|不可以?|不得|不允许|不准|不许|不让|禁止|严禁|谢绝")
_DOES_NOT = re.compile("(?P<who>.{2,8}?)(?:不|未|概不)(?:可|能|得|予|对)?(?P<what>.{1,4})")
_ASPECT = re.compile("(?<=.)[了过着][\u4e00-\u9fff](?=[\u4e00-\u9fff]$)")
_DAY_NAME = r"(?:周|星期|礼拜)[一二三四五六日]|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b"
_DAY = re.compile(_DAY_NAME)
_DAYS = re.compile(rf"(?P<first>{_DAY_NAME}) ?(?:到|至|~|-|to|through) ?(?P<last>{_DAY_NAME})")
_WEEK = ("mo", "tu", "we", "th", "fr", "sa", "su", *"一二三四五六日")
_MUST = re.compile("必须|务必|须|需(?!要)|(?<!需)要求|一定要")
_CAN = re.compile(r"可以|能|会|需要|必须|允许|支持")
_MODALS = re.compile(r"需要|必须|可以|能够?|会|有|要|是|支持|允许|包含|包括|提供|属于|停|含")
_PREDICATE = re.compile(rf"{_MODALS.pattern}|不|没|未|无|非|免|禁止|严禁")
_ADVERBS = re.compile(
    r"[参观游顾旅乘住访]客|参观者|观众|大家|所有人|任何人|用户|但是?|而且?|不过|其实|实际上?|目前|现在|一般|通常|因此|所以|根据|按照?|表[中里格]|另外"
    r"|此外|同时|平时|当然|确实|肯定|也就是说|[都也还均并]"
)
_OWN = re.compile(r"[这该此本它他她其您你我咱]")
_SHUT = (
    ("开放|营业|开门|开馆|开店", "闭馆|关闭|休息|休馆|关门|歇业|停业|放假|打烊"),
    ("晚点|延误|误点", "正点|准点|准时"),
    ("上班|上课|工作", "休息|放假|调休"),
    ("免费|不要钱|不收费", "收费|付费|要钱|另付|买票|购票"),
    ("包含|包括|含", "另付|另收|另外|额外|自费|单独|除外"),
    ("提供|支持|供应", "停止|取消|暂停"),
    ("可以|能|允许|准许", "禁止|严禁|谢绝|不得|不准|不许"),
)
_EN_SHUT = (
    ("open|opens|opening", "closed|closes|shut"),
    ("free", "pay|paid|cost|costs|charged|fee"),
    ("included|include|includes", "extra|separate|separately|excluded"),
    ("allowed|permitted|can|welcome", "forbidden|prohibited|banned"),
    ("available|in stock", "unavailable|sold out|out of stock"),
    ("win|won|wins", "lost|lose|loses|loss"),
)
_VERB = re.compile(r"\b(?:is|are|was|were|does|do|did|has|have|can|will|be)\b|'s\b")
_WORDS = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an the of on in at to for from by with any this that is are was were be been do does did"
        " has have had can could will would should must may it its he she they there you we i and"
        " or but so as if than then not no please tell me true false s t isn aren wasn weren don"
        " doesn didn hasn haven couldn wouldn shouldn indeed course certainly definitely sure"
        " possible able yes actually fact unfortunately well also all every each both still however"
        " my your our their his her",
    )
)
_STANDS_FOR_IT = re.compile(r"\b(?:it|he|she|they|this|that)\b")
_ABLE = re.compile("(?<=....)(?:able|ible|ed)$")
_COMPARED_WITH = re.compile(r" (?:than|against|beat|defeat|over|ahead of|before|after) ")
_CLEFT = re.compile(r".{0,12}的是")
_ONLY = re.compile(rf"[只仅](?!要)(?P<modal>{_MODALS.pattern})(?P<what>.+)")
_ONLY_THEN = re.compile(r"[只仅]限?[在于](?=.*[0-9一二三四五六日天年月周晚早午])")
_DOES = frozenset("闭开休关入进出到停离住返")  # 周一闭馆 names no other museum
_SORTS = frozenset("部馆店楼院校组厅区市县科系队房厂园站线城")
_LONGEST_SUBJECT = 6
_BUT_FOR = re.compile("以外|之外|除")
_COMPARING = frozenset(("than", "against", "ahead", "before", "after"))
_OPPOSED = re.compile(r"\b(?:against|beat|defeat|over)\b")
_PAST = {
    "won": "win",
    "lost": "lose",
    "left": "leave",
    "began": "begin",
    "ran": "run",
    "sold": "sell",
    "came": "come",
    "went": "go",
    "gave": "give",
    "took": "take",
    "wrote": "write",
    "held": "hold",
    "met": "meet",
    "bought": "buy",
    "made": "make",
    "flew": "fly",
    "paid": "pay",
    "sang": "sing",
}
_SHORT_FORM = re.compile(
    r"(?:(?:but|and|while|whereas|because|since|so|as) )?(?P<who>[^,]{1,60}?) (?P<verb>does|do"
    r"|did|is|are|was|were|has|have|had|can|could|will|would|should)"
    r"(?P<not>n't| not)?(?: indeed| so)?[.! ]*"
)
_CODE = re.compile(
    r"(?<![a-z0-9:.-])[a-z]{0,2}[0-9]{2,5}(?![0-9:点时分元.])|周[一二三四五六日天末]"
    r"|星期[一二三四五六日天]"
)
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_COMPARED = re.compile(
    "比[^比]+?(?:更|要)?(?P<how>便宜|[高低矮大小多少长短早晚快慢贵远近热冷重轻新旧好差强弱])$"
)
_ENDS_IN_MODAL = re.compile(rf".(?:{_MODALS.pattern})$")
_HALF, _MOST = 0.5, 0.6
_SHORTEST_OBJECT, _LONGEST_VERB = 3, 3


@dataclass(frozen=True, slots=True)
class Asked:
    """The matter that a question asks about.

    Args:
        text: the question, prepared, without what makes it one.
        core: its characters that say something.
        verb: what it asks whether, as in 有没有; empty where nothing tells.
        negated: whether it asks whether something is not so.
    """

    text: str
    core: str
    verb: str
    negated: bool

    @property
    def predicate(self) -> str:
        """What stands behind its modal verb: 退 in 可以退."""
        return _MODALS.split(self.core)[-1] if _CAN.search(self.core) else ""


@lru_cache(maxsize=4096)
def asked_of(question: str) -> Asked:
    """Read the matter that a prepared question asks about."""
    text = _POLITE.sub("", question)
    twice = _TWICE.search(text)
    verb = (twice["verb"] or twice["short"]) if twice else ""
    text = _ASKS.sub("", _TWICE.sub(lambda m: m["verb"] or m["short"], text)).strip()
    if not _HAN.search(text):
        return Asked(text, informative(text), verb, negated=False)
    text = _NEUTRAL.sub("", text)
    core = informative(_ASKS_NOT.sub("", text))
    return Asked(text, core, verb, negated=core != informative(text))


def statement(clause: str, asked: Asked, *, firm: bool = False) -> bool | None:
    """Read whether a clause says that the matter is so; `None` where it says neither.

    A verdict on a statement turns it: 说它经过是不对的.

    Args:
        clause: one of an answer.
        asked: the matter.
        firm: whether only a clause counts that speaks of nothing else: beside a plain yes,
            "there is no charge for breakfast" does not deny that it is included.
    """
    if not asked.core:  # nobody knows what was asked: a denial is a no
        return False if _NOT.search(_NEUTRAL.sub("", clause)) else None
    if not (_HAN.search(clause) and _HAN.search(asked.text)):
        return _in_english(clause, asked, firm=firm)
    judged = _JUDGED.fullmatch(clause)
    if judged and not judged["said"].endswith(("不", "没", "反")):
        inner = informative(judged["said"]).removesuffix("得")
        same = _THIS.fullmatch(inner) or inner in asked.core
        said = True if same else _in_chinese(inner, asked)
        if said is not None:
            return said is bool(judged["right"])
    return _in_chinese(clause, asked)


def loose_statement(clause: str, asked: Asked) -> bool | None:
    """Read a clause that says less than the matter, where nothing else says whether it is so.

    不能带宠物上船, asked whether pets may travel; 请了病假 for 请假; "Monday to Saturday", asked of
    Sundays.
    """
    other = names_another(names_of(clause), names_of(asked.text))
    if other or _of_another(clause, asked) or not asked.core:
        return None
    days = _by_days(clause, asked)
    if days is not None:
        return days is not asked.negated
    if not (_HAN.search(clause) and _HAN.search(asked.text)):
        return _denied_loosely(clause, asked)
    return _loosely_in_chinese(clause, asked)


def _loosely_in_chinese(clause: str, asked: Asked) -> bool | None:
    if "够" in asked.core and (enough := _ENOUGH.fullmatch(informative(clause))):
        return (enough["not"] is None) is not asked.negated
    said = _PARTICLES.sub("", _ASPECT.sub("", informative(clause)))
    if said.endswith(_PARTICLES.sub("", asked.core)) and not _NOT.search(clause):
        return not asked.negated
    refused = _DOES_NOT.fullmatch(informative(clause))
    if refused and refused["who"] in asked.core and set(refused["what"]) & set(asked.core):
        return asked.negated
    forbids = _FORBIDS.search(clause)
    if forbids is None or not _CAN.search(asked.text):
        return None
    rest = informative(clause[forbids.end() :])
    core = _MODALS.sub(" ", asked.core)
    shared = any(rest[i : i + 2] in core for i in range(len(rest) - 1))
    return asked.negated if shared else None


def _by_days(clause: str, asked: Asked) -> bool | None:
    """Whether the day that is asked about is among those from one to another in a clause."""
    wanted, found = _DAY.findall(asked.text), _DAYS.search(clause)
    if len(wanted) != 1 or found is None or _NOT.search(clause):
        return None
    names = (wanted[0], found["first"], found["last"])
    day, first, last = (_WEEK.index(name[:2] if name.isascii() else name[-1]) % 7 for name in names)
    return (day - first) % 7 <= (last - first) % 7


def _denied_loosely(clause: str, asked: Asked) -> bool | None:
    """Whether an English clause denies something with most words of the question: no ferries."""
    wanted, words = _content(asked.text), _content(clause)
    told = [word for word in wanted if any(_alike(word, other) for other in words)]
    most = len(told) > 1 and 3 * len(told) >= 2 * len(wanted)
    both = most and wanted[0] in told and wanted[-1] in told
    return False if both and len(_NOT.findall(clause)) % 2 else None


def _in_chinese(clause: str, asked: Asked) -> bool | None:
    """A matter is denied where a negation stands before a part of it, and affirmed in its words."""
    if (
        _of_another(clause, asked)
        or _has_other_subject(clause, asked)
        or (_CLEFT.match(clause) and informative(clause).replace("的是", "") not in asked.core)
    ):
        return None
    if _has_only_other(clause, asked):
        return asked.negated
    if _ONLY_THEN.search(clause) and not _ONLY_THEN.search(asked.text):
        return None  # 只在7:00至23:00有人
    clause = _opposites(_NEUTRAL.sub("", clause), asked)
    if "需要" in asked.text:
        clause = _MUST.sub("需要", clause)
    denials = [match for match in _NOT.finditer(clause) if not _is_asked(match, clause, asked)]
    if _turned(clause, asked):  # 香蕉没有苹果贵 says that apples are dearer
        return bool(denials) is not asked.negated
    ends = [match.start() for match in denials[1:]] + [len(clause)]
    about = [
        match
        for match, end in zip(denials, ends, strict=False)
        if _is_about(clause[match.end() : end], asked, bare=bool(match["ought"]))
    ]
    if about:
        return (len(about) % 2 == 0) is not asked.negated
    return None if denials or not _affirms(clause, asked) else not asked.negated


def _has_only_other(clause: str, asked: Asked) -> bool:
    """Whether a clause has something else instead: 只支持有线充电, asked of 无线充电."""
    only = _ONLY.search(clause)
    if only is None:
        return False
    what = asked.core.partition(only["modal"])[2]
    said = informative(only["what"])
    return bool(what) and what[-1] == said[-1] and not set(what) <= set(said)


def _is_asked(denial: re.Match[str], clause: str, asked: Asked) -> bool:
    """Whether a negation is part of a name in the question: 无理由退货, 不锈钢."""
    return not asked.negated and clause[denial.start() : denial.end() + 1] in asked.text


def is_label_of_another(label: str, asked: Asked) -> bool:
    """Tell whether a label is that of another row than the question's: 标准间, "Standard Room"."""
    if not _HAN.search(label):
        known = [any(_alike(w, own) for own in _content(asked.text)) for w in _content(label)]
        return any(known) and not all(known)
    return _of_another(label, asked) or _has_sibling(informative(label), asked.core)


def shares_words(label: str, asked: Asked) -> bool:
    """Tell whether a label holds a word of the question, or two characters that stand there."""
    if not _HAN.search(label):
        return any(_alike(w, own) for w in _content(label) for own in _content(asked.text))
    said = informative(label)
    return any(said[i : i + 2] in asked.core for i in range(len(said) - 1))


def _has_sibling(head: str, core: str) -> bool:
    """Whether a name is one of the question's with another part: 骨科普通号 for 骨科专家号."""
    if head in core:
        return False
    ahead = next((i for i in range(len(head), 0, -1) if head[:i] in core), 0)
    behind = next((i for i in range(len(head) - ahead) if head[ahead + i :] in core), 0)
    other, last = head[ahead : ahead + behind], head[ahead + behind :]
    if not other or not last or core.startswith(last) or _OWN.search(other):
        return False
    return (ahead > 1 or len(other) >= len(last)) and not any(
        other[i : i + 2] in core for i in range(len(other) - 1)
    )


def _has_other_subject(clause: str, asked: Asked) -> bool:
    """Whether a clause is of another thing than the question: 标准间不含, asked of 大床房."""
    rest = _ADVERBS.sub("", clause)
    if _is_sibling_subject(informative(rest), asked.core):
        return True
    ends = _PREDICATE.search(rest)
    head = informative(rest[: ends.start()]) if ends else ""
    if len(head) < 2 or _OWN.match(head):
        return False
    own = asked.core[: len(head)]
    if _has_sibling(head, asked.core):
        return True
    if own != head and own[-1:] == head[-1] and head not in asked.core:  # 李老师 for 陈老师
        return True
    return not any(head[i : i + 2] in asked.core for i in range(len(head) - 1))


def _is_sibling_subject(said: str, core: str) -> bool:
    """Whether a clause begins with another of the sort that the matter begins with: 中学部."""
    for length in range(2, min(_LONGEST_SUBJECT, len(said), len(core)) + 1):
        own, other = core[:length], said[:length]
        if own[-1] == other[-1] and own[-1] in _SORTS and own != other and other not in core:
            return not _OWN.match(other) and other[-2] not in _DOES
    return False


def _is_about(rest: str, asked: Asked, *, bare: bool) -> bool:
    """Whether what follows a negation is the matter, or nothing: 不, 不用, 不支持."""
    said = informative(_PARTICLES.sub("", rest))
    if not said or _MODALS.fullmatch(said):
        return True
    if len(said) == 1:
        return said in asked.core
    if len(asked.predicate) in (1, 2) and set(asked.predicate) & set(said[:3]):
        return True
    without = _MODALS.sub("", said, count=1) if not bare and len(said) > 3 else said
    return max(_share(said, asked.core), _share(without, asked.core)) >= _HALF


def _affirms(clause: str, asked: Asked) -> bool:
    said = informative(_PARTICLES.sub("", _PRONOUN.sub("", clause)))
    if _MODALS.fullmatch(said) and any(character in asked.core for character in said):
        return True
    core = _PARTICLES.sub("", asked.core)
    if said in core and _ENDS_IN_MODAL.search(said):  # 三楼有, of 三楼有洗手间
        return True
    verb = _MODAL_AHEAD.sub("", said)
    if len(verb) <= 2:  # 停, 会停, 经过: part of what is said, not whom it is said of
        bare = not any(map(str.isdigit, clause))
        return bool(verb) and bare and (verb == asked.verb or core.find(verb) > 0)
    if (
        _offers_object(said, core)
        or _names_object(_MODALS.sub("", verb), core)
        or _has_predicate(said, core)
    ):
        return True
    return _tells(said, core) or _tells(_MODALS.sub("", verb), _MODALS.sub("", core))


def _offers_object(said: str, core: str) -> bool:
    """Whether a clause says with another modal verb that there is the object: 可以点外卖."""
    modal, asked = _MODALS.search(said), _MODALS.search(core)
    what = core[asked.end() :][:2] if asked else ""
    if modal is None or len(what) < 2 or said[: modal.start()] not in core:
        return False
    before, found, behind = said[modal.end() :].partition(what)
    return bool(found) and len(before) <= 1 and (len(behind) <= 2 or behind[0] == "才")


def _names_object(said: str, core: str) -> bool:
    """Whether a clause is another short verb with the object of the matter: 出示身份证."""
    same = sum(1 for _ in takewhile(_is_same, zip(said[::-1], core[::-1], strict=False)))
    return same >= _SHORTEST_OBJECT and len(said) - same <= _LONGEST_VERB


def _has_predicate(said: str, core: str) -> bool:
    """Whether a clause holds the predicate with a word put in: 含双人早餐, 需要本人持证到场."""
    for modal in _MODALS.finditer(core):
        head, found, tail = said.partition(modal[0])
        what = core[modal.end() :]
        own = head in core or (head[:2] in core and not _BUT_FOR.search(head))
        if not found or not own or len(what) < 2:
            continue
        if tail.endswith(what) or any(
            0 <= tail.find(what[:cut]) < tail.find(what[cut:]) for cut in range(2, len(what) - 1)
        ):
            return True
    return False


def _tells(said: str, core: str) -> bool:
    """Whether a clause is the end of a matter, or most of its words with the end of it."""
    if len(said) < 2 or not core:
        return False
    if core.endswith(said):
        return True
    if "比" not in core and said in core and core.index(said) + len(said) > _MOST * len(core):
        return True
    if _share(said, core) <= _MOST:
        return False
    own = said[sum(1 for _ in takewhile(_is_same, zip(said, core, strict=False))) :]
    return core[-2:] in said or (said[-1] == core[-1] and _share(own, core) > _HALF)


def _is_same(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _share(said: str, core: str) -> float:
    """The share of a text's pairs of characters that stand in another."""
    pairs = [said[i : i + 2] for i in range(len(said) - 1)]
    return sum(pair in core for pair in pairs) / len(pairs) if pairs else float(said in core)


def _of_another(clause: str, asked: Asked) -> bool:
    """Whether a clause is of another train, gate, day or departure than the question."""
    for form in (_CODE, _TIME, TITLED):
        own, others = set(form.findall(asked.text)), set(form.findall(clause))
        if own and others and not own & others:
            return True
    return False


def _opposites(clause: str, asked: Asked) -> str:
    """A clause with the opposite of what is asked told by its denial: 闭馆 is 不开放."""
    for usual, opposite in _SHUT:
        found = re.search(usual, asked.text)
        if found and not re.search(opposite, asked.text):
            clause = re.sub(rf"(?:{_OUGHT}|不)(?:{opposite})", found[0], clause)
            clause = re.sub(opposite, f"不{found[0]}", clause)
    if compared := _COMPARED.search(asked.core):
        others = "|".join(map(_whole_word, opposites_of(compared["how"][0])))
        clause = re.sub(others, f"不{compared['how']}", clause) if others else clause
    return clause


def _whole_word(character: str) -> str:
    """What a word is that one character stands for: 便宜."""
    return "便宜" if character == "便" else character


def _turned(clause: str, asked: Asked) -> bool:
    """Whether a comparison is told the other way round: 乙比甲便宜 for 甲比乙便宜."""
    if "比" not in asked.core:
        return False
    one, _, other = asked.core.partition("比")
    alike = sum(1 for _ in takewhile(_is_same, zip(one, other, strict=False)))
    behind = other[: alike + 2]  # CA1832 and CA1858 differ at their end
    said = informative(_PARTICLES.sub("", clause))
    return said.startswith(behind) and said.endswith(asked.core[-1])


def _in_english(clause: str, asked: Asked, *, firm: bool = False) -> bool | None:
    judged = _EN_JUDGED.match(clause)
    if judged and not judged["rest"].strip(" .,").startswith("that"):
        right = judged["said"] in ("true", "correct", "right")
        return right is not bool(judged["no"])
    if judged:  # it is not true that ...
        inner = _in_english(judged["rest"].partition("that")[2], asked)
        right = judged["said"] in ("true", "correct", "right")
        return None if inner is None else inner is (right is not bool(judged["no"]))
    if short := _SHORT_FORM.fullmatch(clause):
        return _in_short(short, asked)
    if _of_another(clause, asked):
        return None
    return _by_words(clause, asked, firm=firm)


def _in_short(short: re.Match[str], asked: Asked) -> bool | None:
    """What a short form says: "it does", "Tom did", "only Kim has"."""
    who = _content(short["who"])
    if who and _is_other_side(who, asked):  # "Tom did", asked of Maria against Tom
        return bool(short["not"])
    if all(any(_alike(word, own) for own in _content(asked.text)) for word in who):
        return not short["not"]
    return False if short["who"].startswith("only ") and not short["not"] else None


def _is_other_side(who: list[str], asked: Asked) -> bool:
    """Whether words name whom the subject is compared with, and not the subject."""
    subject, _, other = _COMPARED_WITH.sub("\0", asked.text, count=1).partition("\0")
    ours, theirs = set(_content(subject)), set(_content(other))
    return all(word in theirs - ours for word in who)


def _by_words(clause: str, asked: Asked, *, firm: bool) -> bool | None:
    """A matter is told where most words of the question stand there, the first aside."""
    clause, flips = _en_opposites(clause, asked)
    wanted = _content(asked.text)
    words = _content(clause)
    if not {*words} - {"one"} and _STANDS_FOR_IT.match(clause) and _VERB.search(clause):
        return not _NOT.search(clause)  # it doesn't have one
    if not words or not wanted or _has_other_word(words, wanted):
        return None
    told = [word for word in wanted[1:] or wanted if any(_alike(word, other) for other in words)]
    if "without" in asked.text:  # the question's own
        clause = clause.replace("without", "with")
    denials = sum(not _is_asked(found, clause, asked) for found in _NOT.finditer(clause)) + flips
    if _is_of_another_subject(words, wanted, asked):
        return None
    own = all(any(_alike(word, other) for other in wanted) for word in words)
    begins = words[:2] == wanted[:2]  # "Liverpool won"
    bare = len(words) == 1 and _is_bare(words[0], wanted)
    says = _VERB.search(clause) or _STANDS_FOR_IT.match(clause.strip())
    states = bool(told) and bool(begins or bare or (len(words) > 1 and says))
    short = own and (states or (denials > 0 and len(words) <= 2))
    if len(told) * 5 < len(wanted[1:] or wanted) * 3 and not short:
        return None
    so = denials % 2 == 0
    if (so or firm) and not own and _lacks(wanted, told, clause):  # of something else
        return None
    return so is not _swapped(words, asked)


def _is_bare(word: str, wanted: list[str]) -> bool:
    """Whether a word alone is the predicate that is asked: "Included"."""
    second = wanted[min(1, len(wanted) - 1)]
    return _alike(word, second) or (
        word.endswith(("ed", "able")) and any(_alike(word, other) for other in wanted[1:])
    )


def _lacks(wanted: list[str], told: list[str], clause: str) -> bool:
    """Whether a word of the question is missing; a pronoun stands for those of its subject."""
    asked = wanted[1:] or wanted
    if told and _STANDS_FOR_IT.search(clause):
        asked = asked[asked.index(told[0]) :]
    return len(told) < len(asked)


def _is_of_another_subject(words: list[str], wanted: list[str], asked: Asked) -> bool:
    """Whether a clause starts with a word that is not asked about, or with the other side."""
    if any(_alike(wanted[0], word) for word in words):
        return False
    known = any(_alike(words[0], word) for word in wanted)
    return not known or (bool(_OPPOSED.search(asked.text)) and _alike(words[0], wanted[-1]))


def _has_other_word(words: list[str], wanted: list[str]) -> bool:
    """Whether another word stands in the place of one that is asked: part-time for full-time."""
    known = [any(_alike(word, other) for other in wanted) for word in words]
    other_before = {
        after for word, after, own in zip(words, words[1:], known, strict=False) if not own
    }
    missing = [i for i in range(1, len(wanted) - 1) if not any(_alike(wanted[i], w) for w in words)]
    return any(wanted[i + 1] in other_before for i in missing)


def _en_opposites(clause: str, asked: Asked) -> tuple[str, int]:
    """A clause with the question's word for what means it or its opposite, and how many did."""
    flips = 0
    for usual, opposite in _EN_SHUT:
        found = re.search(rf"\b(?:{usual})\b", asked.text)
        if found:
            asked_as = found[0]
            clause, count = re.subn(rf"\b(?:{opposite})\b", asked_as, clause)
            flips += count
            for word in set(re.findall(rf"\b(?:{usual})\b", clause)):  # permitted, asked: allowed
                if not _alike(word, asked_as):
                    clause = re.sub(rf"\b{word}\b", asked_as, clause)
    for word in filter(str.isalpha, _content(asked.text)):
        clause, count = re.subn(rf"\b(?:un|in|im|dis){word}\b", word, clause)
        flips += count
    return clause, flips


def _swapped(words: list[str], asked: Asked) -> bool:
    """Whether a comparison is told the other way round: "Y is cheaper" for "X cheaper than Y"."""
    subject, compared, other = _COMPARED_WITH.sub("\0", asked.text, count=1).partition("\0")
    if not compared:
        return False
    ours, theirs = set(_content(subject)), set(_content(other))
    at = next((i for i, word in enumerate(words) if word in _COMPARING), len(words))
    first = words[:at]
    return any(w in theirs - ours for w in first) and not any(w in ours - theirs for w in first[:2])


def _content(text: str) -> list[str]:
    """The words of a text that say something, irregular pasts in their usual form."""
    return [_PAST.get(word, word) for word in _WORDS.findall(text) if word not in _SMALL]


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: open, opens; serve, serves."""
    if any(map(str.isdigit, one + other)):
        return one == other
    if (one.endswith("ble") and other.endswith("ed")) or (
        other.endswith("ble") and one.endswith("ed")
    ):
        one, other = _ABLE.sub("", one), _ABLE.sub("", other)  # refundable, refunded
    short, long = sorted((one, other), key=len)
    return long.startswith(short[: max(3, len(short) - 1)]) and len(long) - len(short) <= 3
