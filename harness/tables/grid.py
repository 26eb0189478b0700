"""A sheet as a grid of raw cells, from xlsx, csv or tsv."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError  # only the exception; nothing is parsed
from zipfile import BadZipFile

from harness.errors import InputError, did_you_mean
from harness.tables.guard import check_xlsx
from harness.tables.merged import Span, merged_spans, spread
from harness.tables.reading import show

MAX_TEXT_BYTES = 64 * 1024 * 1024
SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv")

# What openpyxl raises on a workbook whose zip and XML are sound and whose content is not.
_UNREADABLE = (
    AttributeError, BadZipFile, IndexError, KeyError, OSError, ParseError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What stands in a grid for a formula whose result was never saved."""

    formula: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Raw cells. Cell (r, c), both from 0, is `rows[r][c]`; rows may differ in length.

    In `delimited` text a row that is longer than the header has a separator too many; in a sheet
    it has a remark beside the table. Each of the `merged` cells holds the value of the first.
    """

    rows: Sequence[Sequence[object]]
    notes: tuple[str, ...] = ()
    delimited: bool = False
    merged: tuple[Span, ...] = ()


def read_grid(path: Path, sheet: str | None) -> Grid:
    """Read a file's cells as they are.

    Args:
        path: an xlsx, csv or tsv file that exists.
        sheet: the sheet of an xlsx; the first one where it is None.

    Raises:
        InputError: the file is of another format, damaged or dangerous, or lacks the sheet.
    """
    suffix = path.suffix.lower()
    if suffix == ".xls":
        raise InputError(f"{path}: the old .xls format is not read; save it as .xlsx or .csv")
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: not a table; one of {', '.join(SUFFIXES)} is read")
    if suffix in {".xlsx", ".xlsm"}:
        return _read_xlsx(path, sheet)
    if sheet is not None:
        raise InputError(f"{path}: a {suffix} file has no sheets, so no sheet {sheet!r}")
    return _read_text(path)


def _read_xlsx(path: Path, sheet: str | None) -> Grid:
    unsaved = check_xlsx(path)
    names = _sheet_names(path)
    if sheet is not None and sheet not in names:
        raise InputError(f"{path}: no sheet {sheet!r}{did_you_mean(sheet, names)}")
    chosen = names[0] if sheet is None else sheet
    notes = []
    if sheet is None and len(names) > 1:
        notes.append(f"the file has {len(names)} sheets ({', '.join(names)}); read {chosen!r}")
    rows = _cells(path, chosen, data_only=True)
    if unsaved:
        rows = _mark_unsaved(rows, _cells(path, chosen, data_only=False))
    merged = merged_spans(path, chosen)
    return Grid(spread(path, rows, merged) if merged else rows, tuple(notes), merged=tuple(merged))


def _sheet_names(path: Path) -> list[str]:
    import pandas as pd  # heavy

    try:
        with warnings.catch_warnings(), pd.ExcelFile(path, engine="openpyxl") as book:
            names = [str(name) for name in book.sheet_names]
    except _UNREADABLE as error:
        raise InputError(f"{path}: cannot be read as xlsx ({show(error)})") from error
    if not names:
        raise InputError(f"{path}: has no sheet")
    return names


def _cells(path: Path, sheet: str, *, data_only: bool) -> list[list[object]]:
    import pandas as pd  # heavy

    options = {"read_only": True, "data_only": data_only, "keep_links": False}
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it skips; the values are whole.
            warnings.simplefilter("ignore", UserWarning)
            frame = pd.read_excel(
                path,
                sheet_name=sheet,
                header=None,
                dtype=object,
                na_filter=False,
                engine="openpyxl",
                engine_kwargs=options,
            )
    except _UNREADABLE as error:
        raise InputError(f"{path}: sheet {sheet!r} cannot be read ({show(error)})") from error
    rows: list[list[object]] = frame.to_numpy(dtype=object).tolist()
    return rows


def _mark_unsaved(
    values: Sequence[Sequence[object]], formulas: Sequence[Sequence[object]]
) -> list[list[object]]:
    """Put a mark wherever there is a formula and no value.

    Both are readings of one sheet; where there is no value at the end of it, `values` is shorter.
    """
    marked = []
    for r, row in enumerate(formulas):
        known = values[r] if r < len(values) else []
        shown = [*known, *([""] * (len(row) - len(known)))]
        pairs = zip(shown, row, strict=True)
        marked.append([Unsaved(str(cell)) if v == "" and cell != "" else v for v, cell in pairs])
    return marked


def _read_text(path: Path) -> Grid:
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise InputError(f"{path}: larger than {MAX_TEXT_BYTES} bytes; not read")
    text = _decode(path)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",\t;", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(f"{path}: cannot be read as {path.suffix[1:]} ({show(error)})") from error
    return Grid(rows, delimited=True)


def _decode(path: Path) -> str:
    """Decode as UTF-8 or GB18030; a UTF-16 file is known by its byte order mark."""
    data = path.read_bytes()
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path}: neither UTF-8 nor GB18030 text; save it as UTF-8")
