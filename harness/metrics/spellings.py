"""Other spellings of a name that say the same: `Lee, Ann` for Ann Lee, 小米 14 for 小米14.

Each is a fold of marks, blanks and order alone. Translations and nicknames are told by aliases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_HAN = "\u3400-\u9fff"
_SEAM = re.compile(f"(?<=[{_HAN}])(?=[a-z0-9])|(?<=[a-z0-9])(?=[{_HAN}])")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_QUOTES = ("'", "\u2019", "`", "")
_DOTS = ("·", "•", "・", ".", "-", " ", "")
_PERSON = re.compile(
    r"(?P<first>[^\W\d_][^\W\d_.'-]*(?:[ .'-]+[^\W\d_]+\.?){0,2}?) (?P<last>[^\W\d_][\w'-]+)"
)
_MOST = 24


def spellings(name: str) -> Iterator[str]:
    """Yield other spellings of a prepared name, a bounded number of them."""
    found = {name: None}
    for vary in (_spaced, _hyphened, _quoted, _dotted, _unaccented, _untitled, _turned):
        for known in list(found):
            if len(found) >= _MOST:
                break
            found.update(dict.fromkeys(vary(known)))
    del found[name]
    yield from (spelling for spelling in found if spelling)


def _spaced(name: str) -> Iterator[str]:
    """小米14 Pro, 小米 14 Pro and 小米14Pro."""
    if _HAN_CHARACTER.search(name):
        yield name.replace(" ", "")
        yield _SEAM.sub(" ", name)
        yield _SEAM.sub(" ", name.replace(" ", ""))


def _hyphened(name: str) -> Iterator[str]:
    """Wi-Fi, WiFi and Wi Fi."""
    yield _HYPHEN.sub(" ", name)
    yield _HYPHEN.sub("", name)


def _quoted(name: str) -> Iterator[str]:
    mark = next((q for q in _QUOTES[:-1] if q in name), "")
    if mark:
        yield from (name.replace(mark, other) for other in _QUOTES)


def _dotted(name: str) -> Iterator[str]:
    """加西亚·马尔克斯 with whatever dot a keyboard has."""
    mark = next((d for d in _DOTS[:3] if d in name), "")
    if mark:
        yield from (name.replace(mark, other) for other in _DOTS)


def _unaccented(name: str) -> Iterator[str]:
    if not name.isascii() and not _HAN_CHARACTER.search(name):
        split = unicodedata.normalize("NFD", name)
        yield "".join(c for c in split if not unicodedata.combining(c))


def _untitled(name: str) -> Iterator[str]:
    """A title with and without its marks."""
    yield name.strip('《》「」『』"“”')


def _turned(name: str) -> Iterator[str]:
    """Lee, Ann: the surname first, set apart by a comma."""
    person = _PERSON.fullmatch(name)
    if person:
        yield f"{person['last']}, {person['first']}"
        yield f"{person['last']},{person['first']}"
