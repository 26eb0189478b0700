"""A data file in parts, each a file of its own.

The file is read once to group its rows, of which 8 bytes each are kept, and once more a part.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.core import Finding
from harness.data.bar import watching
from harness.data.formats import Faulty, Format, detect, find
from harness.data.question_key import QUESTION, question_of
from harness.data.split import assign, check_shares, leaks, too_large
from harness.errors import InputError, did_you_mean
from harness.progress import bar
from harness.rows.files import read_records, write_records
from harness.rows.record import Record
from harness.text.digest_set import digest
from harness.text.normalize import same_question

SEED = 1


@dataclass(frozen=True, slots=True)
class Request:
    """How to split a file.

    Args:
        source: the file.
        shares: the share of each part; the first is the one that is trained on.
        out: folder of the parts, each named after its part, with the ending of the source.
        by: a field, or `question`: what the user says in all turns.
        seed: of the shuffle; `None` keeps the order of the file.
        grouped: whether rows with one question stay together.
        format: name of the source's format; `None`: told from its first rows.
        raw: write csv cells that a spreadsheet would run as they are, without an apostrophe.
    """

    source: Path
    shares: Mapping[str, float]
    out: Path
    by: str = QUESTION
    seed: int | None = SEED
    grouped: bool = True
    format: str | None = None
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it was written.

    Args:
        name: of the part.
        path: of its file.
        rows: that it holds.
        questions: different ones, or different values of the field that it was split by.
        leaked: rows whose question stands in the first part too; `None` for the first itself.
    """

    name: str
    path: Path
    rows: int
    questions: int
    leaked: int | None


@dataclass(frozen=True, slots=True)
class Parted:
    """What a split wrote. `findings` are rows that could not be read and groups too large."""

    request: Request
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """What was written, for scripts."""
        request = {**asdict(self.request), "source": str(self.request.source)}
        del request["out"]
        return {
            **request,
            "parts": [{**asdict(part), "path": str(part.path)} for part in self.parts],
            "findings": [asdict(finding) for finding in self.findings],
        }


def split_file(request: Request) -> Parted:
    """Write the parts of a file, rows as they were.

    Raises:
        InputError: the file cannot be read, shares or names of parts cannot be, a row has not the
            field to split by, or a part would be written over the file itself.
        StoreError: a part cannot be written.
    """
    check_shares(request.shares)
    _refuse_alike(request.shares)
    targets = {name: _target(request, name) for name in request.shares}
    _refuse_left(request, targets.values())
    findings: list[Finding] = []
    keys = _keys(request, findings)
    if not keys:
        raise InputError(f"{request.source}: holds no rows that can be read")
    places = assign(keys, request.shares, seed=request.seed, grouped=request.grouped)
    first = next(iter(request.shares))
    leaked = leaks(keys, places, first)
    parts = []
    for name, target in targets.items():
        rows = write_records(target, _rows(request, places, name), raw=request.raw)
        distinct = len({key for key, place in zip(keys, places, strict=True) if place == name})
        parts.append(
            Part(name, target, rows, distinct, None if name == first else leaked.get(name, 0))
        )
    if request.grouped:
        findings += _large(request, keys, places)
    return Parted(request, tuple(parts), tuple(findings))


# What people call parts: another file may well lie beside them.
_PARTS = frozenset(("train", "test", "val", "valid", "validation", "dev", "eval"))


def _refuse_left(request: Request, targets: Collection[Path]) -> None:
    """Refuse a folder with a part of an earlier split, whose rows would stand in others now too."""
    again = any(target.exists() for target in targets)
    for path in sorted(request.out.glob(f"*{request.source.suffix}")) if again else ():
        if path.stem in _PARTS and path not in targets and not path.samefile(request.source):
            raise InputError(
                f"{path}: is no part of this split, and lies beside parts of an earlier one: "
                "delete it, or name another folder with --out"
            )


def _refuse_alike(names: Iterable[str]) -> None:
    """Some file systems take two names in other case for one file."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise InputError(f"part {name!r}: may be the same file as {other!r}; name it otherwise")


def _target(request: Request, name: str) -> Path:
    if not name or Path(name).name != name or name.startswith("."):
        raise InputError(f"part {name!r}: must be a name that a file can have")
    ending = request.source.suffix
    if ending.lower() == ".xlsm":  # only a spreadsheet program writes macros
        ending = ".xlsx"
    target = request.out / f"{name}{ending}"
    if target.resolve() == request.source.resolve():
        raise InputError(f"{target}: is the file to split; choose another folder or part name")
    return target


def _keys(request: Request, findings: list[Finding]) -> Sequence[int]:
    """The key of each row that can be read."""
    if request.by == QUESTION:
        form = detect(request.source) if request.format is None else find(request.format)
        key = _question_key(form)
    else:
        key = _field_key(request.by)
    keys = array("Q")
    with watching("grouping", request.source) as shown:
        for record in read_records(request.source, found=findings.append):
            keys.append(key(record))
            shown.advance()
    return keys


def _rows(request: Request, places: Sequence[str], name: str) -> Iterator[Mapping[str, Any]]:
    """The rows of one part."""
    with bar(f"writing {name}", len(places)) as shown:
        for record, place in zip(_again(request), places, strict=True):
            if place == name:
                yield record.fields
            shown.advance()


def _again(request: Request) -> Iterator[Record]:
    """The rows once more; what cannot be read was told the first time."""
    return read_records(request.source, found=lambda _: None)


def _large(request: Request, keys: Sequence[int], places: Sequence[str]) -> Iterator[Finding]:
    """Tell the groups that are larger than a part, each by its first row."""
    large = too_large(keys, request.shares)
    if not large:
        return
    for record, key, place in zip(_again(request), keys, places, strict=True):
        if key in large:
            detail = (
                f"{large.pop(key):,} rows with one {request.by}, more than some part may hold: "
                f"all went to {place}"
            )
            yield Finding("group larger than a part", record.where, detail)
        if not large:
            return


def _question_key(form: Format) -> Callable[[Record], int]:
    """Tells rows of a format apart by their questions; one that is faulty, by all of it."""

    def key(record: Record) -> int:
        try:
            return digest(same_question(question_of(form.read(record).turns)))
        except Faulty:
            return digest(repr(sorted(record.fields.items(), key=lambda item: item[0])))

    return key


def _field_key(field: str) -> Callable[[Record], int]:
    """Tells rows apart by what stands in one field."""

    def key(record: Record) -> int:
        if field not in record.fields:
            hint = did_you_mean(field, record.fields)
            raise InputError(f"{record.where}: there is no field {field!r}{hint}")
        value = record.fields[field]
        return digest(same_question(value) if isinstance(value, str) else repr(value))

    return key
