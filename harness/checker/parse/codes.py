"""Train numbers, gates and other codes in free text: K4547/6, 7001次, OK365, 0K213, 5B.

They are names and compare exactly: the letter O is not the digit 0, and K4547 is not K4547/6.
"""

from __future__ import annotations

import re

from harness.checker.parse.mention import Mention

_TRAIN = r"(?:(?:[a-z]{1,2}|0[a-z])[0-9]{1,5}|[0-9]{4,5})(?:/[0-9]{1,5})*"
_SHAPES = {
    "train": re.compile(_TRAIN),
    "gate": re.compile(r"[0-9]{1,3}[a-z]"),
    "code": re.compile(r"(?=[a-z0-9]*[a-z])(?=[a-z0-9]*[0-9])[a-z0-9]{1,24}"),
}
_RUN = re.compile(r"(?<![a-z0-9.])[a-z0-9]+(?: ?/ ?[a-z0-9]+)*")
_PIECE = re.compile("[a-z0-9]+")
_HAS_DIGIT = re.compile("[0-9]")
# Plain digits are a train only where the words around say so; else they may count something.
_SAYS_TRAIN = re.compile(r" ?(?:次|/(?![\u4e00-\u9fffa-z]))")
_NAMES_TRAIN = re.compile(r"(?:车次|列车|train(?: no\.?| number)?)(?:号|编号)?[是为: ]{0,2}$")
_COUNTS = re.compile(
    r" ?(?:[趟个列条班年月日点时分秒元人米%:]|公里|千米|km|分钟|小时|min|hour)(?!车次)|[.:-][0-9]"
)


def shape_of(code: str) -> str:
    """Name the shape of a code: `train`, `gate`, `code`, or empty for anything else."""
    code = code.strip().lower()
    if _joins_whole_numbers(code):
        return ""
    return next((name for name, shape in _SHAPES.items() if shape.fullmatch(code)), "")


def _joins_whole_numbers(code: str) -> bool:
    """Whether 7001/7002 joins two trains: in K4547/6 the part after the slash is the shorter."""
    head, slash, rest = code.partition("/")
    digits = len(head.lstrip("abcdefghijklmnopqrstuvwxyz"))
    return bool(slash) and any(len(part) >= digits for part in rest.split("/"))


def canonical(code: str) -> str:
    """Return a code as it is compared: upper case, no blanks."""
    return "".join(code.split()).upper()


def find_codes(text: str) -> list[Mention]:
    """Find the codes in a prepared text, in order.

    `value` is canonical and `unit` the shape. Four or five plain digits are a code, `weak` where
    nothing around them says that they name a train.
    """
    found: list[Mention] = []
    for match in _RUN.finditer(text):
        if not _HAS_DIGIT.search(match[0]):
            continue
        found += _split(match, text)
    return found


def _split(run: re.Match[str], text: str) -> list[Mention]:
    """Read a run of letters, digits and slashes as one code, or as several side by side."""
    whole = run[0].replace(" ", "")
    if len(whole) > 64 and "/" not in whole:
        return []
    pieces = whole.split("/") if "/" in whole and not shape_of(whole) else [whole]
    if len(pieces) == 1:
        spans = [run.span()]
    else:
        spans = [(m.start() + run.start(), m.end() + run.start()) for m in _PIECE.finditer(run[0])]
    pieces = _completed(pieces)
    mentions = (_mention(piece, *span, text) for piece, span in zip(pieces, spans, strict=True))
    return [m for m in mentions if m is not None]


def _completed(pieces: list[str]) -> list[str]:
    """Give a piece of letters alone what the one before begins with: CR400AF/BF names CR400BF."""
    found = pieces[:1]
    for piece in pieces[1:]:
        before = found[-1]
        ends_alike = before[-len(piece) :].isalpha() and not before.isalpha()
        found.append(before[: -len(piece)] + piece if piece.isalpha() and ends_alike else piece)
    return found


def _mention(code: str, start: int, end: int, text: str) -> Mention | None:
    shape = shape_of(code)
    if not shape:
        return None
    plain = code.isdigit()
    if plain and _COUNTS.match(text, end):
        return None
    named = _SAYS_TRAIN.match(text, end) or _NAMES_TRAIN.search(text[max(0, start - 16) : start])
    return Mention(canonical(code), start, end, shape, weak=plain and not named)
