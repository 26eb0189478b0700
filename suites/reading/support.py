"""Does a passage bear a key out: the rule that stands in for a judge. It compares words only.

An option is held against each sentence of the passage: the share of its words that stand there,
weighed by how many of the stem's do. The key of an ordinary question must have such a support, and
the key of one that asks for what is false must have less than the others. A right key in other
words than the passage's is thus not recognised, and a wrong one in its words is not found out:
only a judge model reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from harness.text.normalize import fold
from suites.reading.parse_labels import LETTERS

LEAST = 0.3  # share of an option's words below which a passage says nothing of it
MARGIN = 0.15  # how much better another option must be borne out to speak against the key
_SENTENCE = re.compile(r"[^。！？!?;；\n.]+(?:\.(?=\w)[^。！？!?;；\n.]*)*")
_TOKEN = re.compile("[a-z0-9]+(?:['’.-][a-z0-9]+)*|[\u3400-\u9fff\uf900-\ufaff]+")
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:'s|ies|ing|ed|es|s|ly|y|e)$")
_STOP = frozenset(
    re.findall(
        "[a-z]+",
        "a an the of to in on at by for from with and or but is are was were be been it its he she "
        "his her they their them this that these those as do does did has have had will would can "
        "could not no so than then there which what who when where why how because about into",
    )
)
_NEGATIVE = re.compile(
    r"不正确|不准确|不恰当|不符合|不相符|不属于|不包括|不能|有误|错误|不当|没有"
    r"|\bNOT\b|\bnot\b|\bEXCEPT\b|\bexcept\b|\bfalse\b|\bincorrect\b|\buntrue\b|\bLEAST\b"
)
_QUOTED = re.compile(r"“([^”]{1,40})”|「([^」]{1,40})」|\"([^\"]{1,40})\"|‘([^’]{1,40})’")
_WHOLE = re.compile(
    r"主旨|中心|主要|标题|题目|论证|全文|\bmain\b|\bmainly\b|\btitle\b|\bpurpose\b|\bbest\b", re.I
)


def answerable(stem: str, options: Sequence[str], key: str, passage: str) -> tuple[float, str]:
    """How well a passage bears out a key.

    Returns:
        1 where it does, 0.5 where it bears out another option better, 0 where it says nothing of
        it; and why it is less than 1.
    """
    missing = next((term for term in _quoted(stem) if _flat(term) not in _flat(passage)), None)
    if missing is not None:
        return 0.0, f"asks about “{missing}”, which the passage does not say"
    shares = [support(option, stem, passage) for option in options]
    own = shares[LETTERS.index(key)]
    others = [share for letter, share in zip(LETTERS, shares, strict=True) if letter != key]
    if _NEGATIVE.search(stem):
        if sum(share >= LEAST for share in others) < 2:
            return 0.0, "the passage says nothing of its options"
        return (
            (1.0, "") if own <= min(others) + MARGIN else (0.5, f"{key} is what the passage says")
        )
    if own < LEAST:
        return 0.0, f"the passage says nothing of {key}"
    if own < max(others) - MARGIN:
        return 0.5, f"the passage bears out another option better than {key}"
    return 1.0, ""


def support(option: str, stem: str, passage: str) -> float:
    """How well a passage bears out an option, 0 to 1: by its best sentence, or as a whole."""
    words, asked = terms(option), terms(stem)
    if not words:
        return 0.0
    whole = _share(words, terms(passage))
    if _WHOLE.search(stem):
        return whole
    found = [
        _share(words, said) * (1 + _share(asked, said)) / 2
        for said in map(terms, sentences(passage))
    ]
    # All words of the option in one sentence weigh half without any of the stem's beside them.
    return max(max(found, default=0.0), whole * 0.75 if whole > LEAST else 0.0)


@lru_cache(maxsize=4096)
def terms(text: str) -> frozenset[str]:
    """What a text speaks of: words without endings, and pairs of Chinese characters."""
    found: set[str] = set()
    for token in _TOKEN.findall(fold(text).lower()):
        if token[0] >= "\u3400":
            pairs = {token[at : at + 2] for at in range(len(token) - 1)}
            found |= pairs or {token}
        elif token not in _STOP:
            found.add(_ENDINGS.sub("", token))
    return frozenset(found)


def sentences(passage: str) -> list[str]:
    """The sentences of a passage."""
    return [found.strip() for found in _SENTENCE.findall(passage) if found.strip()]


def _share(words: frozenset[str], said: frozenset[str]) -> float:
    return len(words & said) / len(words) if words else 0.0


def _quoted(stem: str) -> list[str]:
    """What a stem quotes; long ones are judged by their words, not by their letters."""
    found = ["".join(groups) for groups in _QUOTED.findall(stem)]
    return [term for term in found if terms(term)]


def _flat(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text).lower())
