"""Where an answer declares its outcome: 【答案】B, "is therefore option B", 因此最早的是选项B.

A letter that is declared so decides over what the working or an explanation merely comes to.
"""

from __future__ import annotations

import re

from harness.checker.parse.options_named import Group
from harness.checker.reading import choice_forms as forms

_REACH = 40
_CONCLUDING = re.compile(
    r"因此|所以|故(?!障|宫|事|居|乡|意)|综上|由此可[见知得]|可见|\b(?:therefore|thus|hence|consequently"
    r"|so(?! (?:is|are|was|were|does|do|did|has)\b))\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"(?:[是为选]|\b(?:is|are|be)\b)(?: (?:therefore|thus|hence|clearly|then)\b,?)?"
    r"(?:[ :]|选项|(?:the|option|choice|answer|letter)\b){0,4}[\"'“‘(\[【]{0,2}$",
    re.IGNORECASE,
)
# No outcome: what is denied, wrong, or only so under a condition.
_NO_OUTCOME = re.compile(
    r"[不没非未无错误]|排除|如果|假如|若|\b(?:not|no|never|wrong|incorrect|false|if|unless|least)\b|n't",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"[\"'”’)\]】 ]{0,3}(?:选?项)?[的了吧呢啊哦呀]?[\"'”’)\]】 ]{0,3}"
    r"(?:$|[,。;!?\n.(【]|because|since)",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"(?:^|[\s因此所以故])(?:就|也)?(?:只有|唯有|仅有?|\bonly) ?(?:选项|option )?$", re.IGNORECASE
)
_DECLARING = re.compile(
    r"答案|正确(?:的?选项|的?一?项)|(?<![不别误错备候首筛待勿])选(?:择|项)?[ :]?[是为]?$"
    r"|\b(?:answer|correct (?:option|choice)|right (?:option|choice)|choose|boxed)\b",
    re.IGNORECASE,
)


def is_concluded(text: str, group: Group, *, asks_wrong: bool) -> bool:
    """Tell whether a sentence that concludes ends in a letter: "... is therefore option B".

    Where the question asks for what is not so, the conclusion must say so.
    """
    if group.worded or len(group.letters) != 1 or not _ENDS.match(text, group.end):
        return False
    sentence = forms.sentence_before(text, group)
    concluding = _CONCLUDING.search(sentence)
    if concluding is None or bool(_NO_OUTCOME.search(sentence)) is not asks_wrong:
        return False
    return _OUTCOME.search(sentence) is not None


def is_only(text: str, group: Group, said: str, *, asks_wrong: bool) -> bool:
    """Tell whether one option alone is said to be what is asked for: 只有B项写了《岳阳楼记》.

    Args:
        text: the answer.
        group: the option.
        said: what is said of it.
        asks_wrong: whether the question asks for what is wrong.
    """
    if group.worded or len(group.letters) != 1:
        return False
    if not _ONLY.search(forms.clause_before(text, group)):
        return False
    right = forms.verdict(said)
    return right is not asks_wrong if right is not None else not forms.denies(said)


def outright(text: str, called: list[Group], *, asks_wrong: bool) -> list[Group]:
    """Return what is called the answer, without what working comes to beside a declared letter.

    单利的结果是11000元 names an option by its words, and 因此正确答案为D says which one is right.
    """
    declared = [
        group
        for group in called
        if not group.worded and _is_declared(text, group, asks_wrong=asks_wrong)
    ]
    if len({group.letters for group in declared}) != 1:
        return called
    return [
        group
        for group in called
        if not group.worded or _is_declared(text, group, asks_wrong=asks_wrong)
    ]


def _is_declared(text: str, group: Group, *, asks_wrong: bool) -> bool:
    """Whether a clause calls an option the answer in so many words, or a conclusion ends in it."""
    clause = forms.clause_before(text, group) or text[max(0, group.start - _REACH) : group.start]
    return bool(_DECLARING.search(clause)) or is_concluded(text, group, asks_wrong=asks_wrong)
