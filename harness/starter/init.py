"""`podium init`: reads a table that nobody has seen, writes a suite file and a spec for it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.benchmark import family_counts
from harness.config.names import name_problem
from harness.errors import InputError, RunError, StoreError, UsageError
from harness.starter.column_kinds import Kind, understand
from harness.starter.decimals import points_of
from harness.starter.files import Recipe, recipe, spec_text, suite_text
from harness.starter.headers import language_of, read_header, whole_header
from harness.starter.keys import find_key, key_wording
from harness.starter.phrases import Phrases
from harness.starter.programs import EASY, left_out, make_families
from harness.starter.report import (
    Started,
    column_rows,
    doubts,
    examples,
    told,
)
from harness.starter.sheet import ANOTHER, Sheet, read_sheet
from harness.store.files import write_text
from harness.tables.definition import ProfileDefinition, SuiteDefinition
from harness.tables.load import load_table
from harness.tables.questions import Choices, build_suite
from harness.tables.suite_file import parse_definition
from harness.tables.table import Key, Table

_LONG_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks of `podium init`; `None` and empty are for it to find.

    Args:
        table: the file.
        out: folder of the two files, the table's own where `None`.
        name: of both files and the leaderboard, the table's where `None`.
        sheet: of a workbook; where `None`, the first that is not hidden and holds a table.
        key: the columns that tell rows apart.
        force: whether files that are there may be written over.
    """

    table: Path
    out: Path | None = None
    name: str | None = None
    sheet: str | None = None
    key: tuple[str, ...] = ()
    force: bool = False


def start(request: Request) -> Started:
    """Write a suite file and a spec that run.

    Raises:
        InputError: the table cannot be used; one sentence says why and what to do.
        UsageError: the name cannot be, or a file is there already.
    """
    name = spec_name(request)
    out = request.out if request.out is not None else request.table.parent
    spec, suite = out / f"{name}.yaml", out / f"{name}.suite.yaml"
    check_free(out, (spec, suite), force=request.force)
    sheet = read_sheet(request.table, request.sheet)
    with _naming_sheets(sheet):
        kinds = _understand(sheet)
        key = find_key(request.table, kinds, sheet.numbers, request.key)
        used = [kind for kind in kinds if kind in key or not left_out(kind)]
        definition, table = _define(request, name, sheet, used, key)
        built = build_suite(definition, table, Choices())
    text = suite_text(
        definition, request.table.name, {kind.column.name: examples(kind) for kind in used},
        [(kind.column.name, left_out(kind)) for kind in kinds if kind not in used],
    )  # fmt: skip
    _check_round_trip(suite, text, definition)
    easy = [family for family in EASY if family in built.families] or list(built.families)
    chosen = recipe(built, easy)
    asked = _spec(request, _sheet_name(request, sheet), (spec, suite), definition, easy, chosen)
    with _both_or_none(suite):
        write_text(suite, text)
        write_text(spec, asked)
    notes = (*sheet.notes, *told(kinds), *doubts(built), *_long(chosen))
    return Started(
        spec, suite, definition.language, len(table.rows), definition.keys,
        column_rows(kinds, key, definition), family_counts(built), notes,
    )  # fmt: skip


@contextmanager
def _naming_sheets(sheet: Sheet) -> Iterator[None]:
    """Say of a sheet that nobody asked for, and that cannot be used, which others there are."""
    try:
        yield
    except InputError as error:
        others = next((note for note in sheet.notes if note.endswith(ANOTHER)), "")
        raise InputError(f"{error}: {others}" if others else str(error)) from error


@contextmanager
def _both_or_none(suite: Path) -> Iterator[None]:
    """Leave no new suite file behind where the spec cannot be written: a second try may begin."""
    there = suite.exists()
    try:
        yield
    except StoreError:
        if not there:
            with suppress(OSError):  # why nothing can be written is said already
                suite.unlink(missing_ok=True)
        raise


def spec_name(request: Request) -> str:
    """The name of a spec: as asked for, or the file's made plain."""
    if request.name is None:
        plain = re.sub(r"[^A-Za-z0-9\u4e00-\u9fff._-]+", "-", request.table.stem)
        name = plain.strip("._-")[:50] or "table"
        return f"my-{name}" if name_problem(name) else name
    problem = name_problem(request.name)
    if problem:
        raise UsageError(f"--name: cannot name a spec and a run folder: {problem}")
    return request.name


def check_free(out: Path, paths: Iterable[Path], *, force: bool) -> None:
    """Check that files can be written.

    Raises:
        UsageError: one is there already.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: a file, not a folder")
    for path in paths:
        if path.is_dir():
            raise UsageError(f"{path}: is a folder; choose another --name")
        if path.exists() and not force:
            raise UsageError(f"{path}: is there already; --force writes over it")


def _understand(sheet: Sheet) -> list[Kind]:
    context = f"{sheet.path.stem} {sheet.title}"
    headers = [read_header(column.name) for column in sheet.columns]
    nouns = [header.noun for header in headers]
    points = points_of([column.cells for column in sheet.columns], commas=sheet.commas)
    found = []
    for header, column in zip(headers, sheet.columns, strict=True):
        own = header if nouns.count(header.noun) == 1 else whole_header(header)
        cells = column.cells
        found.append(understand(own, cells, context, commas=sheet.commas, points=points))
    return found


def _define(
    request: Request, name: str, sheet: Sheet, used: Sequence[Kind], key: Sequence[Kind]
) -> tuple[SuiteDefinition, Table]:
    """The suite, and the table as the suite reads it."""
    cells = (cell for column in sheet.columns for cell in column.cells)
    language = language_of([column.name for column in sheet.columns], cells)
    names = tuple(kind.column.name for kind in key)
    words = key_wording(key, language)
    loaded = load_table(
        request.table, [kind.column.column() for kind in used],
        names[0] if len(names) == 1 else Key(names, words), _sheet_name(request, sheet),
        sheet.ignore,
    )  # fmt: skip
    phrases = Phrases(language, key, [row.key for row in loaded.rows])
    families = make_families(used, key, loaded, phrases)
    if not families:
        raise InputError(
            f"{request.table}: no question can be asked: besides the key {' + '.join(names)} every "
            "column is long text, or the same in every row"
        )
    definition = SuiteDefinition(
        name=name,
        version="1",
        language=language,
        profile=_profile(name),
        key=names[0] if len(names) == 1 else names,
        key_words="" if len(names) == 1 else words,
        ignore=sheet.ignore,
        columns=tuple(kind.column for kind in used),
        families=families,
        frames=phrases.frames,
    )
    return definition, loaded


def _profile(name: str) -> ProfileDefinition:
    weights = {"AS": 0.4, "ART": 0.3, "AE": 0.3}
    fields = {"id": f"{name}/2", "weights": weights, "t_full": 0.5, "t_zero": 8.0}
    return ProfileDefinition.model_validate(fields)


def _check_round_trip(path: Path, text: str, definition: SuiteDefinition) -> None:
    if parse_definition(path, text).model_dump() != definition.model_dump():
        raise RunError(f"{path}: would be read back as another suite than was meant; not written")


def _spec(
    request: Request,
    sheet: str | None,
    paths: tuple[Path, Path],
    definition: SuiteDefinition,
    easy: Sequence[str],
    chosen: Recipe,
) -> str:
    """The spec, whose paths are relative to where it will stand."""
    spec, suite = paths
    options = {"table": relative(request.table, spec.parent), "definition": suite.name}
    if sheet:
        options["sheet"] = sheet
    titles = {name: family.title for name, family in definition.families.items()}
    return spec_text(definition.name, options, titles, easy, chosen)


def _sheet_name(request: Request, sheet: Sheet) -> str | None:
    """The sheet as the spec names it: that which was read, wherever there are others."""
    return request.sheet if request.sheet is not None else sheet.sheet or None


def _long(chosen: Recipe) -> list[str]:
    """That training takes its time, and what makes it shorter."""
    if chosen.minutes < _LONG_MINUTES:
        return []
    return [
        f"training on all of it takes about {chosen.minutes:.0f} minutes on two cores; fewer "
        "columns in the suite file, or fewer rows, make it shorter"
    ]


def relative(path: Path, folder: Path) -> str:
    """A path as a spec in a folder names it."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return str(path.absolute())
