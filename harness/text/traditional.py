"""Traditional Chinese characters in a text that should be simplified."""

from __future__ import annotations

import re
from functools import lru_cache

# The common plane of Big5, whose characters stand in order of their strokes.
_FIRST, _LAST = 0xA440, 0xC67E
# Among them: rare characters that simplified texts use too, mostly in names and old words.
_IN_BOTH = frozenset(
    "伋佖佺劻剋吋姍妳屘崁惇抆旳昇昤晅晞朮枓枴栘棻歿氾汍汎汙沍沬洸浥浬浹湣濛濬炤焜煆煖琍瑯璘璟瞭"
    "玆珪珮甦甽疢盃砲祇祕奭稜堉羋耑菴藷衹觔迆迴鄗鄘釆釐陞隄霤喫啣徠"
)
# And traditional ones that GB2312 or the common plane of Big5 does not tell.
_MORE = "於後爲鷄衞啓綫説牀羣裏"


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """What Big5 counts as common and GB2312 does not have."""
    found = list(_MORE)
    for code in range(_FIRST, _LAST + 1):
        character = code.to_bytes(2, "big").decode("big5", "ignore")
        simplified = len(character) != 1 or character.encode("gb2312", "ignore")
        if not simplified and character not in _IN_BOTH:
            found.append(character)
    return re.compile(f"[{''.join(found)}]")


def traditional(text: str) -> str:
    """The traditional-only characters of a text, each once, in their order."""
    return "".join(dict.fromkeys(_pattern().findall(text)))
