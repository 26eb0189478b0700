"""Writing workbooks: openpyxl keeps each sheet in a file of its own until the book is whole."""

from __future__ import annotations

import errno
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import StoreError
from harness.store.files import storing

if TYPE_CHECKING:
    from openpyxl import Workbook


def write_workbook(fill: Callable[[Workbook], None]) -> bytes:
    """The bytes of a workbook.

    Args:
        fill: writes its sheets.

    Raises:
        StoreError: the folder of temporary files refuses; what `fill` raises itself passes.
    """
    import openpyxl  # heavy

    book, buffer = openpyxl.Workbook(write_only=True), io.BytesIO()
    with _keeping_sheets(book):
        fill(book)
        with storing(Path(tempfile.gettempdir())):
            book.save(buffer)
    return buffer.getvalue()


@contextmanager
def _keeping_sheets(book: Workbook) -> Iterator[None]:
    """Close what openpyxl has open where it cannot go on, else Python complains of it later."""
    lxml = (sys.modules["lxml.etree"].LxmlError,) if "lxml.etree" in sys.modules else ()
    try:
        yield
    except BaseException as error:
        for sheet in book.worksheets:
            writer = getattr(sheet, "_writer", None)
            for part in (getattr(sheet, "_rows", None), getattr(writer, "xf", None)):
                with suppress(OSError, *lxml):  # said already
                    if part is not None:
                        part.close()
        if isinstance(error, lxml) and (why := _reason(str(error))):
            folder = tempfile.gettempdir()
            raise StoreError(f"{folder}: cannot be written: {why}") from error
        raise


def _reason(said: str) -> str:
    """What lxml says of a disk, in the system's words: IO_ENOSPC; empty where it speaks of else."""
    name = said.removeprefix("IO_")
    number = getattr(errno, name, None)
    if name == said:
        return ""
    return "the write failed" if number is None else os.strerror(number).lower()
