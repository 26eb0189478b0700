"""The text of a body: in the character set that it declares, else in the one that fits."""

from __future__ import annotations

import codecs
import json
import re

# What bodies in Chinese, Japanese and Korean come in; gb18030 has all of gbk and gb2312.
_DECLARED = {
    "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs",
    "big5hkscs": "big5hkscs", "shift_jis": "cp932", "euc_jp": "euc_jp", "euc_kr": "cp949",
    "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "utf-32": "utf-32",
}  # fmt: skip
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# From here on UTF-8 takes three bytes, which no other text has by accident.
_THREE_BYTES = "\u0800"


def text_of(body: bytes, content_type: str = "") -> str:
    """A body as text; bytes that fit no character set become replacement characters.

    Args:
        body: the bytes.
        content_type: the header of that name.
    """
    declared = _declared(content_type)
    plain = _decoded(body, json.detect_encoding(body).replace("utf-8-sig", "utf-8"))
    if plain is not None and (declared is None or max(plain, default="") >= _THREE_BYTES):
        return plain.removeprefix("\ufeff")
    tried = (_decoded(body, name) for name in (declared, "gb18030") if name is not None)
    found = next((text for text in tried if text is not None), plain)
    return body.decode("utf-8", "replace") if found is None else found.removeprefix("\ufeff")


def _declared(content_type: str) -> str | None:
    """The codec that a header names; `None` for UTF-8, and for Latin-1, which only stands by."""
    found = _CHARSET.search(content_type)
    if found is None:
        return None
    try:
        return _DECLARED.get(codecs.lookup(found[1]).name)
    except LookupError:
        return None


def _decoded(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except ValueError:
        return None
