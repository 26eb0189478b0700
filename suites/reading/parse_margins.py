"""What stands around the questions of a cell: page footers, bullets, brackets for the answer."""

from __future__ import annotations

import re

from suites.reading.parse_fold import shadow

_PAGE = re.compile(
    r"^[^\S\n]*(?:[^\nA-D]{0,20}(?:卷|试题|语文|英语)[^\nA-D]{0,10})?"
    r"(?:第\s?\d{1,3}\s?页[^\S\n,，(（]*[,，(（]?\s?共\s?\d{1,3}\s?页\s?[)）]?"
    r"|[-—]\s?\d{1,3}\s?[-—]|Page \d{1,3} of \d{1,3})[^\S\n]*(?:\n|\Z)",
    re.MULTILINE,
)
_BULLET = re.compile(
    r"^[^\S\n]*(?:[-*•][^\S\n]+|[★●▲■◆☆※]+[^\S\n]*)"
    r"(?=[A-HＡ-Ｈ][^\S\n]?[.．、)）:：]|[(（][A-H][)）]|[\d０-９]{1,3}[^\S\n]?[.．、])",
    re.MULTILINE,
)
_FRONT = re.compile(r"^ *\( *([A-D]?) *\) *(?=(\d{1,3}) ?[.、](?!\d))", re.MULTILINE)
_LABEL = re.compile(r"^ *\( *[A-D] *\)(?! *\d{1,3} ?[.、](?!\d))", re.MULTILINE)
_IN_A_ROW = re.compile(r"^ *\( *[A-D] *\).*\n\s*\( *[A-D] *\)", re.MULTILINE)


def without_margins(raw: str) -> tuple[str, dict[int, str]]:
    """A tidy cell without them, and the letters that somebody wrote before a number: `（C）1．`."""
    raw = _PAGE.sub("", _BULLET.sub("", raw.replace("**", "")))
    letters: dict[int, str] = {}
    text = shadow(raw)
    labelled = _LABEL.search(text) or _IN_A_ROW.search(text)
    for found in reversed(list(_FRONT.finditer(text))):
        if found[1] and labelled:
            continue
        raw = raw[: found.start()] + raw[found.end() :]
        if found[1]:
            letters[int(found[2])] = found[1]
    return raw, letters
