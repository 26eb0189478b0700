"""UTF-8 text of a file, a line or a piece at a time, with where its bytes are bad."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from harness.errors import InputError, did_you_mean
from harness.store.files import reason

# Longer rows are no training examples; they are a missing quotation mark or another kind of file.
MAX_ROW = 64 * 1024 * 1024
_PIECE = 1024 * 1024
_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read.

    Raises:
        InputError: it is missing, a folder, or cannot be read.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder, not a file")
    if not path.is_file():
        if path.is_symlink():
            raise InputError(f"{path}: is a link to a file that is not there")
        beside = sorted(path.parent.glob(f"*{path.suffix}"))[:10] if path.suffix else []
        hint = did_you_mean(path.name, [other.name for other in beside])
        raise InputError(f"{path}: no such file{hint}")
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error


class Decoder:
    """Bytes of one file in order to text, without a byte order mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._pending = b""
        self._wide = False

    def decode(self, data: bytes, *, final: bool) -> str:
        """Decode the next bytes; without `final` the last character may come later.

        Raises:
            InputError: they are no UTF-8; it names the byte of the file.
        """
        if self._offset == 0 and not self._pending:
            self._refuse_utf16(data)
        data = self._pending + data
        start = len(_MARK) if self._offset == 0 and data.startswith(_MARK) else 0
        try:
            text, end = data[start:].decode(), len(data)
        except UnicodeDecodeError as error:
            end = start + error.start
            if final or error.reason != "unexpected end of data":
                raise self._bad(data, end) from error
            text = data[start:end].decode()
        self._wide = self._wide or start > 0 or not text.isascii()
        self._pending = data[end:]
        self._offset += end
        return text

    def _bad(self, data: bytes, at: int) -> InputError:
        where = f"{self._path}: not UTF-8 at byte {self._offset + at}"
        wide = self._wide or not data[:at].isascii()
        if not wide and _is_gbk(data[at : at + _PIECE]):
            return InputError(f"{where}; looks like GBK: save it as UTF-8")
        return InputError(f"{where}; save it as UTF-8")

    def _refuse_utf16(self, data: bytes) -> None:
        if data.startswith(_UTF16):
            raise InputError(
                f"{self._path}: not UTF-8 at byte 0; looks like UTF-16: save it as UTF-8"
            )


def _is_gbk(data: bytes) -> bool:
    """Whether what no UTF-8 begins with is Chinese in the other encoding."""
    for cut in range(4):  # a piece may end within a character
        try:
            text = data[: len(data) - cut].decode("gb18030")
        except UnicodeDecodeError:
            continue
        return any("一" <= character <= "鿿" for character in text)
    return False


def lines(path: Path) -> Iterator[tuple[int, str]]:
    r"""Yield the lines with their numbers from 1, each with its end; only `\n` ends one.

    Raises:
        InputError: the file cannot be read, is no UTF-8, or a line is endless.
    """
    decoder = Decoder(path)
    with opened(path) as file:
        for number, data in enumerate(iter(lambda: file.readline(MAX_ROW), b""), start=1):
            if len(data) == MAX_ROW:
                raise InputError(f"{path}:{number}: longer than {MAX_ROW} bytes; not read")
            yield number, decoder.decode(data, final=True)


def pieces(path: Path) -> Iterator[str]:
    """Yield the text in pieces of about a million characters.

    Raises:
        InputError: the file cannot be read, or is no UTF-8.
    """
    decoder = Decoder(path)
    with opened(path) as file:
        while data := file.read(_PIECE):
            yield decoder.decode(data, final=False)
        yield decoder.decode(b"", final=True)
