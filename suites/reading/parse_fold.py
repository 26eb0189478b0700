"""One spelling for what reads the same, without moving a character, so that spans stay true.

tidy     a cell with line feeds only and nothing invisible
shadow   the same text, character for character, as the patterns of the parsers want it
content  a piece of a cell as it is taught: wraps joined, blanks single, look-alikes Latin
"""

from __future__ import annotations

import re

# Cyrillic and Greek letters that scanners take for Latin ones, with the Latin ones below them.
_STRANGE = "АВЕЅІЈКМНОРСТХавеѕіјорсхуΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LATIN = "ABESIJKMHOPCTXabesijopcxyABEZHIKMNOPTYXo"
_LOOK_ALIKES = dict(zip(map(ord, _STRANGE), _LATIN, strict=True))
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_NARROW = {
    code: narrow
    for code, narrow in _FULL_WIDTH.items()
    if narrow.isalnum() or narrow == "."  # other full-width marks belong in Chinese text
}
_SHADOW = {
    **_FULL_WIDTH,
    **_LOOK_ALIKES,
    **dict.fromkeys(map(ord, "﹒｡•‧∙"), "."),
    **dict.fromkeys(map(ord, "﹑､"), "、"),
    **dict.fromkeys(map(ord, "︰∶﹕꞉"), ":"),
    **dict.fromkeys(map(ord, "﹙〔〖"), "("),
    **dict.fromkeys(map(ord, "﹚〕〗"), ")"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣─"), "-"),
    **dict.fromkeys(map(ord, "〜∼∽"), "~"),
    ord("﹔"): ";",
}
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]|_x000D_\n?")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff]"
)
_CYRILLIC = re.compile("[\u0370-\u04ff]+")
_BLANKS = re.compile(r"[^\S\n]+")
_WRAP = re.compile(r" ?\n[\s]*")
_WIDE = re.compile("[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—]")


def tidy(text: str) -> str:
    """The text with line feeds as its only line ends and without characters that show nothing."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))


def shadow(text: str) -> str:
    """The text as patterns want it: half width, Latin, plain blanks; as long as `text`."""
    plain = text.translate(_SHADOW)
    return "".join(" " if c.isspace() and c != "\n" else c for c in plain)


def content(piece: str) -> str:
    """A piece of a cell as it is taught."""
    text = _CYRILLIC.sub(_latin, piece.translate(_NARROW))
    return _WRAP.sub(_joint, _BLANKS.sub(" ", text.strip()))


def is_wide(character: str) -> bool:
    """Whether a character is Chinese or punctuation of Chinese."""
    return _WIDE.match(character) is not None


def _latin(match: re.Match[str]) -> str:
    """A run of look-alikes as Latin letters; Russian and Greek words stay as they are."""
    run = match[0]
    return run.translate(_LOOK_ALIKES) if all(ord(c) in _LOOK_ALIKES for c in run) else run


def _joint(match: re.Match[str]) -> str:
    """What stands for a line break: a blank, but none within Chinese text and its figures."""
    before, after = match.string[match.start() - 1], match.string[match.end()]
    wide = is_wide(before), is_wide(after)
    return "" if all(wide) or (any(wide) and (before.isdecimal() or after.isdecimal())) else " "
