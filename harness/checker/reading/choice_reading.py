"""Which option an answer stands by, from what it says of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.checker.parse.options_named import Group, find_groups
from harness.checker.parse.refusal import says_unknown
from harness.checker.reading import choice_forms as forms
from harness.checker.reading.choice_outcome import is_concluded, is_only, outright
from harness.checker.reading.opposites import opposed
from harness.text.normalize import informative

_CLOSE = r"[\"'”’」』》>\]】)]{0,3}"
_CLAUSE_END = re.compile(r"[,。;!?\n]|\.(?: |$)")
_LEAD = re.compile(
    r"(?:.*(?:答案|选择?|应该?|是|为|属于|[:\"“(]|\b(?:is|are|be|choose|answer|select|pick)) ?)?"
    r"(?:an? |the )?"
)
_TAIL = re.compile(r"[\"'”)]{0,3}[的了吧呢啊呀哦]?[\s\"'”)]{0,3}")
_DENIES = re.compile(r"[不没非未无]|\b(?:not|no|never)\b|n't", re.IGNORECASE)
_ASKS_WRONG = re.compile(
    r"不(?!得?超过|得高于|可再生|可逆|可分割|锈|动产|饱和|等[式号]|规则|定积|定方程)"
    r"|(?<!没有)(?<!没)(?<!无)错|有误|非|(?<!没有)(?<!没)(?<!无)语病|除|\bnot\b|n't\b|\bexcept\b|\bincorrect\b|\bfalse\b|\bwrong\b|\buntrue\b"
    r"|\bleast\b|\bunlike\b|\bcannot\b|\bodd one\b",
    re.IGNORECASE,
)
_IS = re.compile(r"是|为|\b(?:is|was|are)\b", re.IGNORECASE)
_SAYS_WHAT = re.compile(
    r"[ \"“]*(?:而|但|所以|因此|故|综上|可见|那么|so |but |and |the |therefore )*(?P<what>.{2,40}?)"
    r"(?:就|才)?(?:是|为| is| was| are)[ \"“'《]*",
    re.IGNORECASE,
)
_NEAR = 24
_BESIDE = 6  # characters on both sides of a blank
_MANY = 3  # options of which one is left where all others are excluded


@dataclass(frozen=True)
class Reading:
    """An answer and the options that it names.

    Args:
        text: the answer, folded and unmarked.
        options: what each option says, by letter; nothing where nobody knows.
        stem: the question without its options.
    """

    text: str
    options: Mapping[str, str]
    stem: str = ""

    @cached_property
    def groups(self) -> list[Group]:
        """The options as they are named, in order."""
        return find_groups(self.text, self.options, self.stem)

    @cached_property
    def places(self) -> dict[int, int]:
        """Which of the groups starts where."""
        return {group.start: at for at, group in enumerate(self.groups)}

    @cached_property
    def asking(self) -> str:
        """The line of the question that asks."""
        return self.stem.rstrip().rpartition("\n")[2].lower()

    @cached_property
    def asks_wrong(self) -> bool:
        """Whether the question asks for what is wrong or left out."""
        return bool(_ASKS_WRONG.search(self.stem))

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """Which options are called right, wrong or out of the question."""
        return _verdicts(self)


def stands_by(reading: Reading) -> tuple[str, ...]:
    """Return the letters that an answer stands by, in order; some may be none of the options."""
    for read in (_chosen, _filled_in, _by_verdicts, _standing, _worded):
        if named := list(read(reading)):
            named += _contradicting(reading.text, named[0], reading.options)
            return tuple(dict.fromkeys(named))
    return ()


def _filled_in(reading: Reading) -> Iterator[str]:
    """The option with which an answer fills in the blank: If I were you."""
    ahead, blank, behind = reading.asking.partition("...")
    ahead, behind = ahead.strip()[-_BESIDE:], behind.strip()[:_BESIDE]
    if not (blank and len(ahead) > 2 and len(behind) > 2):
        return
    said = informative(reading.text.lower())
    for letter, words in reading.options.items():
        if words and informative(ahead + words.lower() + behind) in said:
            yield letter


def _chosen(reading: Reading) -> list[str]:
    """What is called the answer, or is all that a clause says."""
    text = reading.text
    mine = [g for g in reading.groups if not (forms.is_off(text, g) or _is_contrary(reading, g))]
    called = [group for group in mine if _is_called(reading, group)]
    called = outright(text, called, asks_wrong=reading.asks_wrong)
    alone = [group for group in mine if not group.listed and forms.stands_alone(text, group)]
    if alone and alone[0] == mine[0] and not alone[0].worded:  # what follows a letter explains it
        alone = [group for group in alone if not group.worded]
    later = bool({*called, *alone} - set(mine[:1]))
    opening = [g for g in mine[:1] if _opens(reading, g) and not (later and _goes_through(reading))]
    if any(not group.worded for group in called):  # a letter is called the answer
        opening = [group for group in opening if not group.worded]
    chosen = _last_word(text, sorted({*(called or alone), *opening}, key=_start))
    letters = [letter for group in chosen for letter in group.letters]
    if len(set(letters)) != 1:
        return letters
    rivals = [g for g in mine if letters[0] not in g.letters and forms.is_rival(text, g)]
    if any(forms.leaves_open(text, group) for group in chosen):
        rivals += [g for g in mine if letters[0] not in g.letters]
    beside = [letter for group in rivals for letter in group.letters]
    return [*letters, *beside]


_WORD_AHEAD = re.compile(r"[^\W\d_]{12}")


def _opens(reading: Reading, group: Group) -> bool:
    """Whether an answer starts with an option and goes on about it: `B. 鲸鱼是…`."""
    if (
        group.listed
        or group != reading.groups[0]
        or _WORD_AHEAD.search(reading.text, 0, group.start)
    ):
        return False
    if forms.stands_alone(reading.text, group):
        return True
    words = reading.options.get(group.letters[0], "").lower()
    name = reading.text[group.start : group.end].lower()
    own = bool(words) and not group.worded and len(group.letters) == 1 and name.endswith(words)
    following = reading.groups[1:2]
    apart = not following or following[0].start - group.end > 1  # B.相关A.无关 lists both
    return own and apart and forms.leads(reading.text, group)


def _is_contrary(reading: Reading, group: Group) -> bool:
    """Whether a clause calls an option the contrary of what is asked: 不属于可再生能源的是D."""
    clause = forms.clause_before(reading.text, group)
    if not clause.endswith("的是"):
        return False
    return forms.echoes(clause, reading.asking) is False or opposed(clause.lower(), reading.asking)


def _goes_through(reading: Reading) -> bool:
    """Whether an answer starts to go through the options: A项罗贯中写了……，B项施耐庵写了……."""
    names = []
    for group in reading.groups[:2]:
        words = reading.options.get(group.letters[0], "").lower()
        name = reading.text[group.start : group.end].lower()
        if not words or not name.endswith(words) or not forms.leads(reading.text, group):
            return False
        names.append(group.letters[0])
    return len(names) > 1 and names[0] < names[1]


def _start(group: Group) -> int:
    return group.start


def _is_called(reading: Reading, group: Group) -> bool:
    """Whether an option is called the answer; a heading over a list of all calls none so."""
    announced = forms.is_announced(reading.text, group, asks_wrong=reading.asks_wrong)
    wrong = reading.asks_wrong
    outcome = announced or is_concluded(reading.text, group, asks_wrong=wrong)
    said = forms.comment(reading.text, reading.groups, reading.places[group.start])
    outcome = outcome or is_only(reading.text, group, said, asks_wrong=wrong)
    if not (outcome or _is_what_is_asked(reading, group)):
        return False
    return not (group.listed and _under_heading(reading, group))


def _is_what_is_asked(reading: Reading, group: Group) -> bool:
    """Whether a clause says in the question's words what an option is: 第二节是数学."""
    if not _IS.search(reading.text, max(0, group.start - 8), group.start):
        return False
    said = _SAYS_WHAT.fullmatch(forms.clause_before(reading.text, group))
    if said is None or (reading.asks_wrong and not _DENIES.search(said["what"])):
        return False
    return informative(said["what"].lower()) in informative(reading.asking)


def _under_heading(reading: Reading, group: Group) -> bool:
    before = forms.before(reading.text, group)
    if not before.strip() or before[len(before.rstrip(" -*•(\"'")) - 1 :][:1] == "\n":
        return True
    at = reading.places[group.start]
    following = reading.groups[at + 1 : at + 2]
    return bool(following) and "\n" not in reading.text[group.end : following[0].start]


def _last_word(text: str, groups: Sequence[Group]) -> Sequence[Group]:
    """The choices of an answer from where it last takes one back: `A。不对，应选B`."""
    for at in range(len(groups) - 1, 0, -1):
        if forms.RETRACTED.search(text, groups[at - 1].end, groups[at].start):
            return groups[at:]
    return groups


def _by_verdicts(reading: Reading) -> list[str]:
    """The option that is called right, or is left when all others are called wrong.

    Where the question asks for what is wrong, it is the other way round; still, of three right
    and one wrong, or one right and three wrong, the one that differs is meant.
    """
    said = reading.verdicts
    meant, right, wrong, out = (
        [letter for letter, verdict in said.items() if verdict == kind]
        for kind in ("in", "right", "wrong", "out")
    )
    if meant:
        return meant
    if reading.asks_wrong and not (len(right) == 1 and len(wrong) != 1):
        right, wrong = wrong, right
    rest = [letter for letter in reading.options if letter not in (*wrong, *out)]
    left_over = len(rest) == 1 and len(reading.options) >= _MANY and any(reading.options.values())
    return right or (rest if left_over else [])


def _verdicts(reading: Reading) -> dict[str, str]:
    """Which options are called right, wrong or out of the question, if the answer says one thing.

    What is right or wrong is what an option says; an option that is out is not the answer.
    """
    found: dict[str, set[str]] = {}
    earlier: list[str] = []
    for at, group in enumerate(reading.groups):
        verdict, of_all = _verdict(reading, at)
        letters = [*earlier, *group.letters] if of_all else group.letters
        earlier += group.letters
        for letter in letters if verdict else ():
            found.setdefault(letter, set()).add(verdict)
    return {letter: said.pop() for letter, said in found.items() if len(said) == 1}


def _verdict(reading: Reading, at: int) -> tuple[str, bool]:
    """What is said of the options of one group, and whether it is said of those before as well."""
    text, group = reading.text, reading.groups[at]
    if set_aside := _set_aside(reading, group):
        return set_aside, False
    if not (group.listed or forms.is_subject(text, group)) or forms.is_reported(text, group):
        return "", False
    said = forms.comment(text, reading.groups, at)
    many = len(reading.options) >= _MANY
    if not many and group.listed and _is_mere_letter(text, group):  # A. 错误 may be the option
        return "", False
    if (echoed := forms.echoes(said.lower(), reading.asking)) is not None:
        return ("in" if echoed else "out"), not echoed and forms.for_all(said)
    right = forms.verdict(said)
    if right is None and many and forms.denies(said):
        right = False
    verdict = "" if right is None else "right" if right else "wrong"
    return verdict, verdict == "wrong" and forms.for_all(said)


def _set_aside(reading: Reading, group: Group) -> str:
    """What is said of an option that is told from the others, or said not to be the answer."""
    text = reading.text
    if forms.is_singled_out(text, group):
        if reading.asks_wrong:
            return "wrong"
        if forms.all_wrong(text, group):
            return "in"
    return "out" if forms.is_excluded(text, group) else ""


def _is_mere_letter(text: str, group: Group) -> bool:
    return len(informative(text[group.start : group.end])) == 1


def _standing(reading: Reading) -> list[str]:
    """Options that the answer names without denying them: letters before mere words."""
    if says_unknown(reading.text.lower()):
        return []
    said = reading.verdicts
    kept = [
        group
        for at, group in enumerate(reading.groups)
        if not forms.is_off(reading.text, group)
        and not _is_contrary(reading, group)
        and not _is_bare_item(reading, at)
    ]
    letters = [g for g in kept if not g.worded] or kept
    return [x for g in letters for x in g.letters if said.get(x, "in") in ("in", "right")]


def _is_bare_item(reading: Reading, at: int) -> bool:
    """Whether a group only repeats an option in a list of them."""
    return reading.groups[at].listed and not informative(
        forms.comment(reading.text, reading.groups, at)
    )


def _worded(reading: Reading) -> Iterator[str]:
    """Options that are named by what they say, at the end of a clause: even a short one."""
    lower = reading.text.lower()
    if any(group.listed for group in reading.groups):
        return
    said = {x: words.lower() for x, words in reading.options.items() if informative(words)}
    # The longest first: 北京西 hides 北京.
    for letter, words in sorted(said.items(), key=lambda item: -len(item[1])):
        if _names(lower, words):
            yield letter
            lower = lower.replace(words, "\0")


def _names(text: str, words: str) -> bool:
    """Whether a clause ends with the words of an option."""
    for clause in _CLAUSE_END.split(text):
        head, found, tail = clause.partition(words)
        if found and not _DENIES.search(head) and _LEAD.fullmatch(head) and _TAIL.fullmatch(tail):
            return True
    return False


def _contradicting(text: str, letter: str, options: Mapping[str, str]) -> Iterator[str]:
    """Find other options whose words stand right behind a letter, as in `A. 相关`."""
    others = {
        informative(words): other
        for other, words in options.items()
        if other != letter and informative(words) and words != options.get(letter)
    }
    reach = _NEAR + max(map(len, options.values()), default=0)
    for match in re.finditer(
        rf"(?<![A-Za-z]){re.escape(letter)}{_CLOSE}(?:[.、:( ]{{1,3}}|$)", text, re.IGNORECASE
    ):
        rest = _CLAUSE_END.split(text[match.end() : match.end() + reach], maxsplit=1)[0]
        words = informative(rest)
        if words in others:
            yield others[words]
