r"""Text of a stranger's file, a line or a piece at a time, in whichever encoding its bytes are.

Most files are UTF-8, with or without a byte order mark. Spreadsheet programs in Chinese save GBK,
which GB18030 extends, and Windows saves UTF-16, now and then without its mark. The first piece of a
file that is not ASCII alone says which of them the whole is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.errors import InputError
from harness.rows.opening import opened

# Longer rows are no training examples; they are a missing quotation mark or another kind of file.
MAX_ROW = 64 * 1024 * 1024
# Is told the name of a file's encoding, `gbk` or `utf-16`, where it is not UTF-8.
Told = Callable[[str], None]

_PIECE = 256 * 1024
_LOOKED_AT = 64 * 1024
_UTF8, _GBK, _UTF16 = "utf-8", "gb18030", ("utf-16-le", "utf-16-be")
_NAMES = {_UTF8: "utf-8", _GBK: "gbk", **dict.fromkeys(_UTF16, "utf-16")}
_MARKS = {b"\xef\xbb\xbf": _UTF8, b"\xff\xfe": _UTF16[0], b"\xfe\xff": _UTF16[1]}
_MARK = "\ufeff"
# What codecs say of a character whose last bytes are missing.
_CUT_UTF8 = "unexpected end of data"
_CUT = (_CUT_UTF8, "incomplete multibyte sequence", "truncated data")
# With so few bad characters among those beyond ASCII it is UTF-8 with a fault, and nothing else.
_HARDLY_BAD = 0.05
# Characters of GBK are two bytes beyond ASCII, or one and a letter; accents of Latin-1 are one.
_BYTES_EACH = 1.25
_ZEROS = 0.25
_ASCII = bytes(range(128))
_LONGEST = 4  # bytes of a character


class Decoder:
    """Bytes of one file in order to text, without a byte order mark."""

    def __init__(self, path: Path, told: Told | None) -> None:
        self._path = path
        self._told = told
        self._offset = 0
        self._pending = b""
        self._codec = ""
        self._marked = False
        self._not_utf8 = 0

    @property
    def encoding(self) -> str:
        """`utf-8`, `gbk` or `utf-16`; the first as long as all is ASCII."""
        return _NAMES[self._codec or _UTF8]

    def decode(self, data: bytes, *, final: bool) -> str:
        """Decode the next bytes; without `final` the last character may come later.

        Raises:
            InputError: they are no text in any encoding that is read; it names the byte.
        """
        data, held = self._pending + data, b""
        if not self._codec:
            if not final and data[:-_LONGEST].isascii():  # of the first other one all is needed
                data, held = data[:-_LONGEST], data[-_LONGEST:]
            self._settle(data, final=final)
        try:
            text, end = data.decode(self._codec or _UTF8), len(data)
        except UnicodeDecodeError as error:
            end = error.start
            if final or error.reason not in _CUT:
                raise self._bad(data, error) from error
            text = data[:end].decode(self._codec)
        if self._offset == 0:
            text = text.removeprefix(_MARK)
        self._pending = data[end:] + held
        self._offset += end
        return text

    def _settle(self, data: bytes, *, final: bool) -> None:
        """Choose the encoding, unless what has been read is the same in several."""
        if self._offset == 0:
            marked = next((codec for mark, codec in _MARKS.items() if data.startswith(mark)), "")
            self._marked = bool(marked)
            self._codec = marked or _unmarked_utf16(data)
        if not self._codec and not data.isascii():
            fault = _fault(data, _UTF8, final=final)
            self._codec = _GBK if fault is not None and _is_gbk(data, fault, final) else _UTF8
            self._not_utf8 = self._offset + (fault.start if fault is not None else 0)
        if self._told is not None and self._codec not in ("", _UTF8):
            self._told(self.encoding)

    def _bad(self, data: bytes, fault: UnicodeDecodeError) -> InputError:
        place = self._offset + fault.start
        if self._codec in _UTF16:
            return InputError(f"{self._path}: not UTF-16 at byte {place}")
        if self._codec == _GBK:
            gbk, place = place, self._not_utf8
        else:
            known = self._marked or _meant_utf8(data, fault)
            other = None if known else _fault(data, _GBK, final=True)
            gbk = self._offset + other.start if other is not None else 0
        # Where both end at one byte, that byte is what is wrong.
        nor = f", nor GBK at byte {gbk}" if gbk > place else ""
        return InputError(f"{self._path}: not UTF-8 at byte {place}{nor}; save it as UTF-8")


def _unmarked_utf16(data: bytes) -> str:
    """Which UTF-16 a file without its mark begins as, empty where it is none.

    Any such text has some ASCII, a line end at least, and that is a character and a zero byte.
    """
    if b"\0" not in data or len(data) % 2:
        return ""
    data = data[:_LOOKED_AT]
    # A zero byte may stand in UTF-8, too, though hardly for every other character.
    if data.count(0) < _ZEROS * len(data) and _fault(data, _UTF8, final=False) is None:
        return ""
    found = {codec: _ascii_in(data, codec) for codec in _UTF16}
    likely = max(_UTF16, key=found.__getitem__)
    return likely if found[likely] else ""


def _ascii_in(data: bytes, codec: str) -> int:
    """How much of a text is ASCII, 0 where it is no text at all in that encoding."""
    fault = _fault(data, codec, final=False)
    text = "" if fault is not None else data.decode(codec, "ignore")
    if any(unicodedata.category(c) in ("Cc", "Cn") and c not in "\t\r\n" for c in text):
        return 0
    return sum(map(str.isascii, text))


def _fault(data: bytes, codec: str, *, final: bool) -> UnicodeDecodeError | None:
    """What keeps bytes from being text; without `final` the last character may be cut."""
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error if final or error.reason not in _CUT else None
    return None


def _is_gbk(data: bytes, fault: UnicodeDecodeError, final: bool) -> bool:
    """Whether bytes that are no UTF-8, by that fault, are Chinese in the other encoding."""
    if _meant_utf8(data, fault) or _fault(data, _GBK, final=final) is not None:
        return False
    wide = [character for character in data.decode(_GBK, "ignore") if not character.isascii()]
    each = len(data.translate(None, _ASCII)) / len(wide)
    return each >= _BYTES_EACH and any("一" <= character <= "鿿" for character in wide)


def _meant_utf8(data: bytes, fault: UnicodeDecodeError) -> bool:
    """Whether bytes that are no UTF-8, by that fault, are so nearly everywhere, or are cut off."""
    if fault.reason == _CUT_UTF8 and not data[: fault.start].isascii():
        return True
    text = data.decode(_UTF8, "replace")
    beyond_ascii = sum(not character.isascii() for character in text)
    return text.count("\ufffd") <= _HARDLY_BAD * beyond_ascii


def lines(path: Path, told: Told | None = None) -> Iterator[tuple[int, str]]:
    r"""Yield the lines with their numbers from 1, each with its end; only `\n` ends one.

    Args:
        path: the file.
        told: hears of an encoding that is not UTF-8.

    Raises:
        InputError: the file cannot be read, is no text, or a line is endless.
    """
    number, rest = 1, ""
    for piece in pieces(path, told):
        *whole, last = piece.split("\n")
        for line in whole:
            yield number, f"{rest}{line}\n"
            number, rest = number + 1, ""
        rest += last
        if len(rest) >= MAX_ROW:
            raise InputError(f"{path}:{number}: longer than {MAX_ROW} bytes; not read")
    if rest:
        yield number, rest


def pieces(path: Path, told: Told | None = None) -> Iterator[str]:
    """Yield the text in pieces of a quarter of a million characters at most.

    Args:
        path: the file.
        told: hears of an encoding that is not UTF-8.

    Raises:
        InputError: the file cannot be read, or is no text.
    """
    decoder = Decoder(path, told)
    with opened(path) as file:
        data = file.read(_PIECE)
        while data:
            following = file.read(_PIECE)
            yield decoder.decode(data, final=not following)
            data = following


def read_text(path: Path) -> tuple[str, str]:
    """Read a whole file.

    Returns:
        The text, its line ends as they are, and the encoding: `utf-8`, `gbk` or `utf-16`.

    Raises:
        InputError: it cannot be read, or is no text.
    """
    told: list[str] = []
    text = "".join(pieces(path, told.append))
    return text, told[0] if told else _NAMES[_UTF8]
