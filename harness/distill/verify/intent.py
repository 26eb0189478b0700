"""Does another wording still ask the same? Told by the wordings that the suite itself teaches.

Each meaning holds the share of its wordings that use a term, and a wording is weighed between two
meanings as naive Bayes does (Manning, Raghavan and Schütze, Introduction to Information Retrieval,
2008, chapter 13), by the terms that it has. A wording counts as asking something else only where
another meaning is much more likely: new words for the same thing are what a teacher is there for.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.text.bayes import log_shares
from harness.text.masking import MASK, masked
from harness.text.normalize import fold, prepare

_SMOOTHING = 0.1
# How much more likely, in nats, another meaning must be: so much by itself, or at least so much
# where the words tell little of the question's own meaning. Set on wordings of seven tables that
# no suite file has: one column's questions are told from another's, and new words are let pass.
_MARGIN = 6.0
_LEANING = 3.0
_LITTLE = 2.0
# A question about a row must have a word that tells of its program, once the suite asks in so many
# different words: one that only ever names the column knows none of its synonyms.
_NOTHING = 0.3
_ENOUGH = 10

# What a question asks for tells more than the characters that ask: one term each.
_ASKS = (
    ("who", "谁|哪位|哪个(?:老师|教师|人)|who"),
    (
        "where",
        "哪里|哪儿|什么地[方点]|何处|何地|哪[座个](?:城市|地方)|哪间|哪(?=[上下停来去])|where",
    ),
    (
        "when",
        "(?:大概|大约)?几点(?:几分|钟)?|(?:什么|啥)(?:时候|时间|时刻|日期)|何时|多会儿|几几年|哪一?年|哪一?天|几月几[号日]"
        "|when|what time",
    ),
    ("long", "多久|多长(?:时间)?|(?:几|多少)个?(?:分钟|小时|天|日|月)|how long"),
    ("money", "多少钱|几块钱?|多少元|什么价格?|how much"),
    ("many", "(?:几|多少)[个种趟节列班位条本件次]|多少|how many"),
)
# Who is never where; how many may well be how long.
_SURELY = frozenset(f"<{name}>" for name in ("who", "where", "when", "long", "money"))
_ASKING = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _ASKS))
_CLAUSES = re.compile("[,，。;；?？!！]|还有|以及|并且|同时|另外|而且|\\band\\b")
_ASKS_ANYTHING = re.compile("几|什么|啥|哪|多少|谁|何|多久|多长|wh(?:at|o|en|ere|ich)|how")
# Words around a question, whatever it asks.
_COURTESY = re.compile(
    "工作人员|[您你]们?好|请问下?|请教|求问|打听|了解|确认|有人|劳烦|辛苦|咨询|劳驾|麻烦|不好意思|师傅"
    "|帮忙|帮我|谢谢|多谢|感谢|告诉我?|想知道|我想|想?问一?下|想问|查一?下|查询|看一?下|看看|说说|说一?下|一下|知道|能不能|可不可以|可以|能否"
    r"|please|could you|can you|tell me|i want to know|\b(?:the|a|an|is|are|of|do|does)\b"
)
_FUNCTION = frozenset(
    "请您你我想查帮的是了吗呢呀啊么什哪些个多少几何为有这那要会在里儿都呗吧哈急说给被把它"
)
_TERM = re.compile(r"<[a-z]+>|[a-z]+|[^\s\W]|□")


@dataclass(frozen=True, slots=True)
class Wording:
    """A masked wording of a program; only wordings of one `shape` can be taken for another."""

    program: str
    text: str
    shape: str = ""


class Meanings:
    """What the questions of a suite mean, learned from its training phrasings."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        """Learn. Programs that share a wording, a lookup and its missing cell, are one meaning."""
        programs: dict[str, dict[str, str]] = {}
        for wording in wordings:
            programs.setdefault(wording.program, {})[wording.text] = wording.shape
        self._meaning = _merged(programs)
        self._uses: dict[str, Counter[str]] = {}
        count: Counter[str] = Counter()
        self._shapes: dict[str, set[str]] = {}
        for program, texts in programs.items():
            name = self._meaning[program]
            for text, shape in texts.items():
                self._uses.setdefault(name, Counter()).update(terms(text))
                count[name] += 1
                self._shapes.setdefault(name, set()).add(shape)
        self._wordings = dict.fromkeys(self._uses, "")
        for program, texts in programs.items():
            self._wordings[self._meaning[program]] += " " + prepare(" ".join(texts))
        wholes = [count[name] + 2 * _SMOOTHING for name in self._uses]
        shares = log_shares(list(self._uses.values()), wholes, _SMOOTHING)
        self._shares = {term: dict(zip(self._uses, of, strict=True)) for term, of in shares.items()}

    def vocabulary(self, program: str) -> str:
        """All the wordings of what a program asks for, prepared."""
        return self._wordings.get(self._meaning.get(program, ""), "")

    def differs(self, program: str, wording: str) -> bool:
        """Whether a masked wording asks who, where or when, and no taught one does."""
        own = self._meaning.get(program)
        if own is None:
            return False
        found, known = terms(wording), _SURELY & self._uses[own].keys()
        return bool(known) and bool(found & _SURELY) and found.isdisjoint(known)

    def strays(self, program: str, wording: str) -> bool:
        """Whether a masked question about one row asks for something else, or for more.

        Each clause that asks is weighed by itself, and one must have a word that tells what the
        program asks for, where the suite knows enough of them.
        """
        own = self._meaning.get(program)
        if own is None:
            return False
        if self.differs(program, wording) or self._leans_away(own, terms(wording)):
            return True
        clauses = (clause for clause in _CLAUSES.split(wording) if _ASKS_ANYTHING.search(clause))
        if any(self._leans_away(own, terms(clause)) for clause in clauses):
            return True
        return self._is_rich(own) and self._told(own, terms(wording)) <= _NOTHING

    def _is_rich(self, name: str) -> bool:
        """Whether a suite asks for a thing in so many words that a question must have one."""
        single = (term for term in self._uses[name] if len(term) == 1)
        return sum(self._tells(term) > _NOTHING for term in single) >= _ENOUGH

    def _leans_away(self, own: str, found: set[str]) -> bool:
        """Whether another meaning is much more likely, or more likely and little tells of this."""
        known = found & self._shares.keys()
        others = [n for n in self._uses if n != own and self._shapes[n] & self._shapes[own]]
        lead = max((self.lead(name, own, known) for name in others), default=0.0)
        return lead > _MARGIN or (lead > _LEANING and self._told(own, known) < _LITTLE)

    def _told(self, name: str, found: Iterable[str]) -> float:
        """How much, in nats, the terms tell of a meaning that uses them."""
        return sum(self._tells(term) for term in found if self._uses[name][term])

    def _tells(self, term: str) -> float:
        """How much a term tells, in nats: nothing where every meaning uses it."""
        return math.log(len(self._uses) / sum(1 for uses in self._uses.values() if uses[term]))

    def lead(self, name: str, own: str, found: Iterable[str]) -> float:
        """How much more likely, in nats, these known terms make the one meaning than the other."""
        return sum(_weight(t) * (self._shares[t][name] - self._shares[t][own]) for t in found)


def without_named(question: str, named: Sequence[str]) -> str:
    """The question with what it names blanked."""
    return masked(fold(question), map(fold, named))


def terms(wording: str) -> set[str]:
    """What a wording is weighed by: what it asks for, its characters or words, and their pairs."""
    text = _ASKING.sub(lambda found: f"<{found.lastgroup}>", prepare(wording))
    parts = _TERM.findall(_COURTESY.sub(" ", text))
    pairs = (
        one + other
        for one, other in pairwise(parts)
        if not (one in _FUNCTION and other in _FUNCTION)
    )
    return {*(part for part in parts if part not in _FUNCTION), *pairs} - {MASK}


def _weight(term: str) -> int:
    """Who, where or when is asked for weighs twice."""
    return 2 if term[0] == "<" and term[-1] == ">" else 1


def _merged(programs: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The meaning of each program: its own id, or that of the first one that shares a wording."""
    meaning: dict[str, str] = {}
    first: dict[str, str] = {}
    for program, texts in programs.items():
        shared = next((first[text] for text in sorted(texts) if text in first), program)
        meaning[program] = shared
        for text in texts:
            first.setdefault(text, shared)
    return meaning
