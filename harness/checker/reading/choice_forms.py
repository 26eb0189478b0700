"""What an answer says of an option: that it is the answer, that it is right, that it is not.

All of them look at the words before and behind a name, in a bounded window.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.checker.parse.options_named import Group

_NEAR = 60  # characters before a name that can tell what it is
_LETTER_ALONE = re.compile(r"(?:选项|options?)?[^\w]*[A-Z][^\w]*(?:选?项)?", re.IGNORECASE)
_FAR = 300  # characters behind a name that comment on it
_BREAK = re.compile(r"[,。;!?\n√✓✔✅☑×✗✘❌❎☒]|\.(?= |$)|:(?=[^\"'“]|$)")
_SENTENCE = re.compile(r"[。;!?\n]|\.(?= |$)")
_QUOTE = r"[\s\"'“‘「『《<\[【(]*$"

_NOT = re.compile(
    r"(?:不(?:能|应该?|会|可以?|要|该|宜|建议|必)?|别|没有?|未|勿|并?非|无法|\bnot|n't|never"
    r"|\bno) ?$",
    re.IGNORECASE,
)
# Words that call what follows them the answer.
_ANSWER = re.compile(
    r"(?:(?<!不是)(?<!非)答案(?:[\s\"'”\]】)》:=,是为选应该当就只能也乃即择项的对]|显然|一定"
    r"|肯定|必然|毫无疑问|最终|选项|如下"
    r"|编号|字母){0,12}"
    r"|(?<![不别误错备候首筛待勿])(?:选(?:择|取|定|出)?(?:的?(?:是|为)|了|:)?|挑选?)(?:选项"
    r"|答案)?[ :]?"
    r"|(?:正确|符合|合适|恰当|合理|最佳|准确)(?:题意|要求|条件)?的?(?:选项|答案|说法|表述|一项"
    r"|一个|描述|叙述)?"
    r"(?:应该?|应当|就|只有|只)?(?:是|为|有|:)[ :]?"
    r"|(?:选项|结论|结果|判断|回答)(?:应该?|应当|就)?(?:是|为|:)[ :]?"
    r"|只?剩下?(?:的)?(?:只有|就是|是|选项)?|\bleav(?:es|ing)(?: us)?(?: with| only"
    r"| just)?(?: option)? ?"
    r"|判为|归为|应为|应当?是|应该是"
    r"|(?:^|(?<=[\n。,;!?])) ?答[ :\n]{0,3}"
    r"|\banswers?\b(?:[\s\"'\])】:=,-]|\b(?:is|are|was|would|be|should|must|has to|choice|option"
    r"|letter|here|clearly|simply|therefore|thus|to (?:this|the) question|the|indeed|likely"
    r"|probably|definitely|most|in this case|which)\b){0,12}"
    r"|\b(?:correct|right|best|most \w{1,16}|true|accurate|appropriate|final)"
    r" (?:option|choice|one|statement|response|letter|item|alternative|selection|match|pick)"
    r"(?:[\s\"':=,]|\b(?:is|would|be|should|must|here|therefore|the|option|choice)\b){1,8}"
    r"|\bcorrect ?[:=] ?"
    r"|(?:option|choice) (?:is|was|would be|should be|must be)[ :]*"
    r"|\b(?:choose|chose|choosing|picked|pick|select|selected|selecting|go(?:ing)? (?:with|for)"
    r"|vote for|opt for)\b(?: (?:the|option|choice|answer|letter))*[ :]*"
    r"|\b(?:conclusion|solution|ans|key|label|choice|selection|verdict|response)"
    r"(?: (?:is|would be)|\.? ?[:=]|\.)[ :]*)" + _QUOTE,
    re.IGNORECASE,
)
# What is the one that is asked for: 属于哺乳动物的是鲸鱼.
_THE_ONE = re.compile(r"的(?:(?:(?!依次|分别)[^,。;:!?\n]){0,8}?(?:是|为)|只?有)[ :]?" + _QUOTE)
_IS_ANSWER = re.compile(
    r"[\s\"'”’」』》)\]】]{0,4}(?:选?项)?才(?:是|为|对|属于)"
    r"|[\s\"'”)]{0,4}(?:is|are) (?:needed|required|what (?:we|is) need(?:ed)?)\b|"
    r"[\s\"'”’」』》)\]】]{0,4}(?:选项|项)?(?:就|才|便|应该?)?(?:是|为)(?:本题|该题|这道?题"
    r"|此题)?的?"
    r"(?:唯一)?的?(?:最(?:佳|合适|恰当|准确|合理)的?)?(?:正确|标准)?的?(?:答案|选择)"
    r"|[\s\"'”)\]】]{0,4}(?:选项|项)?(?:才|最)?(?:符合(?:题意|题目要求|要求|条件)|当选|入选)"
    r"|[\s\"'”)\]】]{0,4}(?:is|would be|must be|has to be)(?: (?:clearly|indeed|therefore"
    r"|definitely))?"
    r" (?:the|our|my) (?:only )?(?:correct |right |best |final |most \w{1,16} )?"
    r"(?:answer|choice|one|option|pick)(?! that is (?:wrong|incorrect))",
    re.IGNORECASE,
)
# Not what the speaker chooses: the choices of others, and those under a condition.
_OTHERS = re.compile(
    r"误[选以认]|错选|有人|有些|有的|许多人|很多人|不少人|同学|考生|大家|以为|看似|乍看|容易"
    r"|为什么不|\bwhy not\b|起初|一开始|最初|原本|本来|原先|\bat first\b|\binitially\b"
    r"|\boriginally\b|\bfirst (?:guess|thought|instinct|impression)\b"
    r"|\b(?:many|some|most|other) (?:people|students|of you)\b|\bpeople (?:often|may|might|tend)"
    r"|\bmistak|\btempt|\bmisconception|\bcommon(?:ly)? ",
    re.IGNORECASE,
)
_IF = re.compile(
    r"如果|假如|倘若|假设|要是|若(?!干)|\bif\b|\bunless\b|\bsuppose|\bassuming",
    re.IGNORECASE,
)
_THEN = re.compile(r" ?(?:则|那么?|就|便|then\b|it would)", re.IGNORECASE)
_QUESTION = re.compile(r"[^,。;!?\n]{0,30}(?:\?|[吗么]\b)")
_WHY = re.compile(r"为什么|为何|\bwhy\b", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:[\s)\"'“‘「【《(\[*#>•·-]|[我们是为就那这它即则才正的选择嗯]|个人|认为|觉得|猜|想"
    r"|选项|答案?|应该?|应当|那么|本?题|因此|所以|故"
    r"|综上所?述?|可见|由此|总之|最终|最后|显然|只能|只有|正确|对应|当然"
    r"|[0-9]{1,2}[.)、](?![0-9])"
    r"|\b(?:it|is|that|this|would|be|must|should|i|we|think|believe|guess|say|so|therefore|thus"
    r"|hence|then|options?|choice|the|my|answer|in|conclusion|clearly|obviously|well|ok|okay|sure"
    r"|yes|final|finally|to|correct|one|only|d|s|ll|definitely|probably|an?|most likely|has)\b"
    r"|[’,])*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\s\"'”’」』》)\]】*]{0,4}(?:选项|项|答案)?(?:[的了吧呢啊哦呀]|无疑|才对|it is"
    r"|for sure){0,2}"
    r"[\"'”)\]】 ]{0,3}(?:$|[,。;!?\n.:—–]|[([【](?![√✓✔✅☑×✗✘❌❎☒])|-(?= )|因为|由于|原因"
    r"|理由|解[析释]|分析|because|since\b|as\b|for\b"
    r"|explanation|reason)",
    re.IGNORECASE,
)
_SUM = re.compile(r" ?[-+*/×÷=] ?[0-9(]")
_OFF_BEFORE = re.compile(
    r"(?:不是|并非|不为|不属于|排除[了掉]?|除了?|除去|除开|而非|剔除|划掉|删去|删除"
    r"|\bexcept(?: for)?"
    r"|\b(?:any|every|each|all)(?:thing|one|body)?(?: \w+)? but"
    r"|\bexcluding|\brather than"
    r"|\bopposite of"
    r"|\binstead of|\bother than|\bunlike|\bnot|n't(?: be| choose| pick| select)?|\bneither|\bnor"
    r"|\beliminat(?:e|es|ed|ing)|\brul(?:e|es|ed|ing) out|\bdiscard|\bexclude"
    r"|不(?:能|应该?|会|可以?|要|该|宜)?选择?|[不非未]) ?(?:选项|options?|choice"
    r"|the)? ?[\"'“(\[]{0,2}$",
    re.IGNORECASE,
)
_SAVE = re.compile(
    r"(?:除了?|除去|除开|\bexcept(?: for)?"
    r"|\b(?:any|every|each|all)(?:thing|one|body)?(?: \w+)? but"
    r"|\bapart from"
    r"|\bother than) ?"
    r"(?:选项|options?|the)? ?[\"'“(\[]{0,2}$",
    re.IGNORECASE,
)
_SAVE_BEHIND = re.compile(r"[\s\"'”)\]】]{0,4}(?:选?项)?(?:以外|之外|除外)")
# "The artery (A), by contrast, carries ...": a name with a remark in the middle of its sentence.
_CONTRAST = re.compile(
    r"[\s\"'”)\]】]{0,4},? (?:by|in) (?:contrast|comparison)\b"
    r"|[\s\"'”)\]】]{0,4}, (?:however|on the other hand|meanwhile|though|in turn|for example"
    r"|for instance|instead),"
    r"|[\s\"'”)\]】]{0,4},? ?(?:相比之下|相比|相反|则|另一方面)",
    re.IGNORECASE,
)
_OFF_BEHIND = re.compile(
    r"[\s\"'”)\]】]{0,4}(?:选?项)?[^,。;!?\n]{0,4}?(?:不是|并非|不为|不会是)(?:正确"
    r"|本题)?的?(?:答案|选项)|[^,。;!?\n]{0,4}?(?:(?:不选|不能选|不应选)(?! ?[A-Za-z])|不符合题意)"
    r"|[\s\"'”)\]】]{0,4}(?:is not|isn't|is never|cannot be|can't be) (?:the )?(?:correct "
    r"|right )?(?:answer|choice|option)",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    r"(?<![不未否])(?<!不是)正确(?!的(?:说法|表述|是|答案|应|为|读音|写法)|答案|选项|性)"
    r"|符合(?=题意|要求|条件|题干|描述|$|[^\w])"
    r"|[√✓✔✅☑]|(?<![不面相反针绝核比])对(?=$|[,。;!?\n. )]|的(?=$|[,。;!?\n. ]))|成立|无误"
    r"|没有?错|(?:没有?|无)(?:语病|错别字|歧义)|当选|入选"
    r"|(?<!in)\bcorrect\b|\bright\b(?= ?$|[,.;!)\n]| (?:answer|choice|option|one))|\btrue\b"
    r"|\baccurate\b|\bvalid\b|\bsatisf(?:y|ies)\b|\bfits\b",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"(?:不|并非|未必|没有?|是否)(?:能?完?全?)(?:正确|符合|对(?=$|[^\w])|成立|恰当|合适|合理"
    r"|当选|准确|选)|错误?(?!过)(?:的|$)?|有误|不当"
    r"|(?<![没无])有(?:语病|错别字|歧义)|排除|不符|[×✗✘❌❎☒]|剔除|无关"
    r"|\birrelevant\b|\bunrelated\b|\b(?:not|isn't|is not|n't) (?:\w{1,10} )?(?:correct|right"
    r"|true|accurate|valid|the (?:correct |right )?answer)\b"
    r"|\bincorrect\b|\bwrong\b|\bfalse\b|\binaccurate\b|\binvalid\b|\buntrue\b|\beliminate"
    r"|\brul(?:e|ed|es|ing) (?:it |this |them )?out\b|\bexcluded?\b",
    re.IGNORECASE,
)
_NEITHER = re.compile(
    r"不是|不属|不为|不能|不会|不具|不在|不含|不包|不可|并非|非|没有|不|\bnot\b|n't\b"
    r"|\bneither\b|\bnor\b|\bno\b(?! divisors?)",
    re.IGNORECASE,
)
_TICK = re.compile(r"[√✓✔✅☑×✗✘❌❎☒]")
_TICKED = re.compile(rf"[\s(\[【:]{{0,3}}{_TICK.pattern}")
_JOINED_ON = re.compile(
    rf"{_BREAK.pattern}|因为|由于|而(?!且)|但|所以|\b(?:because|since|while|whereas|but|and|so"
    rf"|as|although|though)\b",
    re.IGNORECASE,
)
_THE_REST = re.compile(
    r"[,;]? ?(?:而|but |while |and )?(?:其余|其他|其它|另外|别的|剩下|余下|\b(?:the )?(?:other"
    r"|rest)s?\b)",
    re.IGNORECASE,
)
_HAN_RUN = re.compile(r"(?=(?P<run>[\u4e00-\u9fff]{4}))")
_LATIN_RUN = re.compile(
    r"\b(?!(?:the|and|for|are|was|not|that|this|with|which|from) )"
    r"(?=(?P<run>[a-z]{3,} [a-z]{4,}\b))"
)
_ALL = re.compile(r"[,;。]\s?(?:所以|因此|故)?(?:均|都|皆|全部|全都|全)")
_ALSO = re.compile(
    r"[^,。;!?\n]{0,8}?(?:也|亦|同样|一样|\balso\b|\btoo\b|\bas well\b|\bequally\b|\blikewise\b)",
    re.IGNORECASE,
)
_PERHAPS = re.compile(
    r"(?:可能(?:也?是|选)?|也许是?|或许是?|或者?是?|还是|要么是?|或选|\bpossibly|\bperhaps"
    r"|\bmaybe|\bmight be|\bcould be|\bor"
    r"|\balternatively,?|\bcould also be)(?: (?:also|even|it's|it is))? ?(?:选项|option"
    r"|the)? ?[\"'“(]{0,2}$",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"不是[^,。;\n]{1,12},?就是|\beither\b|之间|\bbetween\b|[二两三]者|都有可能|其中之一"
)
RETRACTED = re.compile(
    r"(?:\.\.|…|-) ?no\b|不对[,。!]|更正|纠正|说错|搞错|弄错|看错|修正|改[为成]|重新|等等|等一下"
    r"|不好意思|抱歉"
    r"|\bwait\b|\bactually\b|\bcorrection\b|\bsorry\b|\bon second thoughts?\b|\bre-?check"
    r"|\bscratch that"
    r"|\blet me re|\bmy mistake\b|\bi made a mistake",
    re.IGNORECASE,
)


def before(text: str, group: Group) -> str:
    """The words before a name, in a window."""
    return text[max(0, group.start - _NEAR) : group.start]


def clause_before(text: str, group: Group) -> str:
    """The words before a name in its own clause."""
    return _BREAK.split(before(text, group))[-1]


def sentence_before(text: str, group: Group) -> str:
    """The words before a name in its own sentence."""
    return _SENTENCE.split(before(text, group))[-1]


def is_excluded(text: str, group: Group) -> bool:
    """Tell whether a name is said not to be the answer: 不是A, 排除A, A不是答案."""
    return bool(
        _OFF_BEFORE.search(before(text, group))
        or _OFF_BEHIND.match(text, group.end)
        or _is_all_but(text, group)
    )


def is_singled_out(text: str, group: Group) -> bool:
    """Tell whether a name is what the others are told from: 除了A，其余都……, all but A."""
    return bool(_SAVE.search(before(text, group)) or _is_all_but(text, group))


def _is_all_but(text: str, group: Group) -> bool:
    """Whether "all but" stands behind a letter: C以外, 选项C除外; 150米以外 is an option."""
    name = text[group.start : group.end]
    return bool(_LETTER_ALONE.fullmatch(name) and _SAVE_BEHIND.match(text, group.end))


def all_wrong(text: str, group: Group) -> bool:
    """Tell whether all but a name are said to be wrong: every option but B is wrong."""
    behind = _BREAK.split(text[group.end : group.end + _NEAR], maxsplit=1)[0]
    return verdict(behind) is False


def is_reported(text: str, group: Group) -> bool:
    """Tell whether a name is asked about, or a choice of others or under a condition."""
    clause = clause_before(text, group)
    condition = sentence_before(text, group) if _THEN.match(clause) else clause
    if _OTHERS.search(clause) or _IF.search(condition):
        return True
    return bool(_QUESTION.match(text, group.end)) and not _WHY.search(clause)


def is_off(text: str, group: Group) -> bool:
    """Tell whether an answer names an option without standing by it."""
    return is_excluded(text, group) or is_reported(text, group)


def is_announced(text: str, group: Group, *, asks_wrong: bool) -> bool:
    """Tell whether a name is called the answer: 答案是B, B is the correct answer.

    Args:
        text: the answer.
        group: the name.
        asks_wrong: whether the question asks for what is wrong.
    """
    if _IS_ANSWER.match(text, group.end):
        return True
    ahead = before(text, group)
    called = _ANSWER.search(ahead)
    if called:
        return not _NOT.search(ahead[: called.start()])
    clause = clause_before(text, group)
    return bool(_THE_ONE.search(clause)) and bool(_WRONG.search(clause)) is asks_wrong


def stands_alone(text: str, group: Group) -> bool:
    """Tell whether a clause says nothing but a name: B。 It's B, because ..."""
    if (group.worded and _SUM.match(text, group.end)) or _CONTRAST.match(text, group.end):
        return False
    return leads(text, group) and bool(_CLOSING.match(text, group.end))


def leads(text: str, group: Group) -> bool:
    """Tell whether a clause says nothing of its own before a name."""
    return bool(_LEAD.fullmatch(clause_before(text, group)))


def is_rival(text: str, group: Group) -> bool:
    """Tell whether an option is put forward beside another: D也对, possibly A."""
    if _PERHAPS.search(before(text, group)):
        return True
    also = _ALSO.match(text, group.end)
    comment = text[group.end : group.end + _NEAR]
    return bool(also) and verdict(_SENTENCE.split(comment)[0]) is True


def leaves_open(text: str, group: Group) -> bool:
    """Tell whether a name is one of two between which an answer leaves the choice."""
    return bool(_EITHER.search(sentence_before(text, group)))


def comment(text: str, groups: Sequence[Group], at: int) -> str:
    """What an answer says of an option: up to the next one, or to the end of the sentence."""
    group = groups[at]
    behind = text[group.end : group.end + _FAR]
    others = (g for g in groups[at + 1 : at + 4] if not g.worded or is_subject(text, g))
    nearer = next((other.start - group.end for other in others), _FAR)
    if group.listed:
        return _mark_ahead(text, group) + behind[:nearer].partition("\n")[0]
    sentence = _THE_REST.split(_SENTENCE.split(behind, maxsplit=1)[0], maxsplit=1)[0]
    if len(sentence) <= nearer:
        return sentence
    between = sentence[:nearer]
    cut = [match.start() for match in _JOINED_ON.finditer(between)]
    ticks = "".join(_TICK.findall(between))
    return between[: cut[-1]] + ticks if cut else ticks


def _mark_ahead(text: str, group: Group) -> str:
    """The mark before a label at the start of its line."""
    line = text[max(0, group.start - 12) : group.start].rpartition("\n")[2]
    found = re.fullmatch(r"[ \-*•·]{0,3}(?:[0-9]{1,2}[.、)] ?)?([√×✓✔✅☑✗✘❌☒])\W{0,3}", line)
    return found[1] if found else ""


def is_subject(text: str, group: Group) -> bool:
    """Tell whether a clause starts with a name, so that what follows is said of it."""
    ticked = _TICKED.match(text, group.end)
    return bool(ticked or _SUBJECT.fullmatch(clause_before(text, group)))


_SUBJECT = re.compile(
    r"[\s)\"'“(\[*#>•·√×✓✔✅✗✘❌-]*+(?:[0-9]{1,2}[.)、] ?)?(?:选项|其中|而|但是?|只有|仅|因为"
    r"|所以|由于|因此|故|显然|可见|首先|其次|再看|看"
    r"|because|since|so|but|and|while|whereas|only|however|therefore|clearly|although|as|thus|the"
    r"|statement|then|[\s,])*(?:[\"'“(][\s\"'“(]*)?",
    re.IGNORECASE,
)


def verdict(said: str) -> bool | None:
    """Read whether a comment calls an option right or wrong; `None` where it does neither.

    Where it does both, a "but" tells which: 看似正确，但实际上错误.
    """
    wrong = _WRONG.search(said)
    right = _RIGHT.search(_WRONG.sub(" ", said))
    if wrong and right:
        but = re.search(r"但|然而|\bbut\b|\bhowever\b", said)
        tail = said[but.end() :] if but else said[: wrong.end()]
        return not _WRONG.search(tail)
    return False if wrong else True if right else None


def echoes(said: str, asking: str) -> bool | None:
    """Tell whether a comment says of an option what the question asks for, or the contrary.

    Asked what does not belong to a class, 不属于 says so and 属于 says the contrary; `None` where
    a comment does not speak in the question's words.
    """
    run = _common_run(said, asking)
    if run is None:
        return None
    here, there = said.index(run), asking.index(run)
    return len(_NEITHER.findall(said[:here])) % 2 == len(_NEITHER.findall(asking[:there])) % 2


def _common_run(said: str, asking: str) -> str | None:
    """The longest stretch of a comment that stands in the question: four characters, two words."""
    for form in (_HAN_RUN, _LATIN_RUN):
        for match in form.finditer(said[:_FAR]):
            at = match.start()
            run = match["run"] or ""
            if run in asking:
                return said[at : at + len(run)]
    return None


def denies(said: str) -> bool:
    """Tell whether a comment denies anything, without a word of right or wrong."""
    return bool(_NEITHER.search(said))


def for_all(said: str) -> bool:
    """Tell whether a comment goes on about all that were named before: …，均排除."""
    return bool(_ALL.search(said))
