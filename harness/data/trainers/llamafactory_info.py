"""The `dataset_info.json` beside a data file: how LLaMA-Factory would read the file.

Mirrors `llamafactory/data/parser.py` and `loader.py` of v0.9.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.data.trainers.columns import other_type
from harness.errors import InputError, did_you_mean
from harness.rows.fault import Fault
from harness.store.files import read_json

INFO = "dataset_info.json"
NO_FORMAT = ""  # where rows look like nothing that it reads
TYPES = (".json", ".jsonl", ".csv", ".parquet", ".arrow", ".txt")
_ELSEWHERE = ("hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name")
_ALPACA = {"prompt": "instruction", "query": "input", "response": "output"}
_SHAREGPT = {"messages": "conversations"}
_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
_COLUMNS = {
    "prompt", "query", "response", "history", "messages", "system", "tools", "images", "videos",
    "audios", "chosen", "rejected", "kto_tag",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """How a file is read.

    Args:
        name: of the data set; empty where nothing registers the file and defaults are assumed.
        formatting: `alpaca`, `sharegpt` or `openai`.
        columns: the file's column by the name that LLaMA-Factory has for it.
        tags: the keys and roles inside a message.
        own_columns: whether the entry has a `columns` block.
        table: whether the file is csv, where an empty cell is nothing and figures are numbers.
    """

    name: str = ""
    formatting: str = "alpaca"
    columns: Mapping[str, str] = field(default_factory=lambda: _ALPACA)
    tags: Mapping[str, str] = field(default_factory=lambda: _TAGS)
    own_columns: bool = False
    table: bool = False


def assumed(fields: Mapping[str, Any]) -> Entry:
    """What an entry without `columns` would make of a file with these columns."""
    if {"conversations", "messages"} & fields.keys():
        return Entry(formatting="sharegpt", columns=_SHAREGPT)
    return Entry() if {"instruction", "output"} & fields.keys() else Entry(formatting=NO_FORMAT)


def read_entry(path: Path) -> tuple[Entry | None, list[Fault]]:
    """The entry that names a data file, and what is wrong with it and its neighbours."""
    info = path.parent / INFO
    faults = list(wrong_type(path))
    if not info.is_file():
        faults.append(
            Fault(
                "no dataset_info.json", str(path), "", f"{info} would name the file; with none, "
                "the defaults of a new entry are assumed", "note",
            )
        )  # fmt: skip
        return None, faults
    try:
        entries = read_json(info)
    except InputError as error:
        return None, [*faults, _cannot_open(info, str(error))]
    if not isinstance(entries, dict):
        return None, [*faults, _cannot_open(info, "must be an object of data sets by name")]
    faults += missing_files(entries, info)
    named = [name for name, entry in entries.items() if _names(entry, path)]
    if not named:
        hint = did_you_mean(path.stem, entries)
        detail = (
            f"no entry has file_name {path.name!r}{hint}: LLaMA-Factory cannot be told to read it"
        )
        return None, [*faults, Fault("undefined dataset", str(info), "file_name", detail, "fails")]
    entry = entries[named[0]]
    faults += [fault for check in _CHECKS for fault in check(entry, named[0], info, path)]
    return _entry(named[0], entry), faults


def _cannot_open(info: Path, detail: str) -> Fault:
    return Fault("cannot open dataset_info.json", str(info), "", detail, "fails")


def _names(entry: object, path: Path) -> bool:
    """Whether an entry reads the file, by itself or with its folder."""
    name = entry.get("file_name") if isinstance(entry, Mapping) else None
    if not isinstance(name, str):
        return False
    target = (path.parent / name).resolve()
    return target in (path.resolve(), path.resolve().parent)


def _entry(name: str, entry: Mapping[str, Any]) -> Entry:
    formatting = str(entry.get("formatting", "alpaca"))
    defaults = _ALPACA if formatting == "alpaca" else _SHAREGPT
    columns, tags = entry.get("columns"), entry.get("tags")
    return Entry(
        name,
        formatting,
        _known(columns) if isinstance(columns, Mapping) else defaults,
        _strings(tags) if isinstance(tags, Mapping) else _TAGS,
        isinstance(columns, Mapping),
    )


def _known(columns: Mapping[str, Any]) -> dict[str, str]:
    return {key: name for key, name in _strings(columns).items() if key in _COLUMNS}


def _strings(block: Mapping[str, Any]) -> dict[str, str]:
    """A block without the keys that are null, which are as good as not there."""
    return {key: str(value) for key, value in block.items() if value is not None}


# --- faults of the file and its entry ------------------------------------------------------------


def wrong_type(path: Path) -> Iterator[Fault]:
    """It reads json, jsonl, csv, parquet, arrow and txt, and refuses all else: no xlsx, no tsv."""
    yield from other_type(path, TYPES)


def missing_files(entries: Mapping[str, Any], info: Path) -> Iterator[Fault]:
    """An entry whose file is not there stops the training that names it."""
    for name, entry in entries.items():
        file = entry.get("file_name") if isinstance(entry, Mapping) else None
        elsewhere = isinstance(entry, Mapping) and any(entry.get(key) for key in _ELSEWHERE)
        if isinstance(file, str) and not elsewhere and not (info.parent / file).exists():
            beside = [other.name for other in info.parent.iterdir()]
            detail = f"{name}: {file} is not there{did_you_mean(file, beside)}"
            yield Fault("file not found", str(info), f"{name}.file_name", detail, "note")


def read_from_elsewhere(
    entry: Mapping[str, Any], name: str, info: Path, _: Path
) -> Iterator[Fault]:
    """A hub address or script in an entry goes before `file_name`, which is then never read."""
    for key in _ELSEWHERE:
        if entry.get(key):
            detail = f"{name} has {key}, which goes before file_name: the file is not read"
            yield Fault("file is not read", str(info), f"{name}.{key}", detail, "wrong")


def different_types(entry: Mapping[str, Any], name: str, info: Path, path: Path) -> Iterator[Fault]:
    """A folder as `file_name` is read as one data set, whose files must all end alike."""
    folder = info.parent / str(entry["file_name"])
    if folder.is_dir():
        endings = sorted({file.suffix for file in folder.iterdir() if file.is_file()})
        if len(endings) > 1:
            detail = (
                f"{name} reads a folder with {', '.join(endings)}: file types should be identical"
            )
            yield Fault("file types differ", str(path.parent), f"{name}.file_name", detail, "fails")


def ranking(entry: Mapping[str, Any], name: str, info: Path, _: Path) -> Iterator[Fault]:
    """A data set of pairs to rank is not applicable in supervised fine-tuning."""
    if entry.get("ranking"):
        detail = f"{name} is marked for ranking: not applicable in supervised fine-tuning"
        yield Fault("ranking mismatch", str(info), f"{name}.ranking", detail, "fails")


def unknown_formatting(entry: Mapping[str, Any], name: str, info: Path, _: Path) -> Iterator[Fault]:
    """There is a converter for alpaca, sharegpt and openai, and an error for all else."""
    formatting = entry.get("formatting", "alpaca")
    known = ("alpaca", "sharegpt", "openai")
    if formatting not in known:
        detail = f"{formatting!r} has no converter{did_you_mean(str(formatting), known)}"
        yield Fault("unknown formatting", str(info), f"{name}.formatting", detail, "fails")


def injected_system(entry: Mapping[str, Any], name: str, info: Path, _: Path) -> Iterator[Fault]:
    """The openai converter puts "detailed thinking off" into the system text without tools."""
    if entry.get("formatting") == "openai":
        detail = (
            "adds the system text 'detailed thinking off' to every row without tools; use "
            "formatting sharegpt with tags role, content, user, assistant, system"
        )
        yield Fault("system text injected", str(info), f"{name}.formatting", detail, "wrong")


def unknown_columns(entry: Mapping[str, Any], name: str, info: Path, _: Path) -> Iterator[Fault]:
    """Keys of `columns` that it does not know are passed over in silence."""
    columns = entry.get("columns")
    for key in columns if isinstance(columns, Mapping) else ():
        if key not in _COLUMNS:
            detail = f"columns.{key} is passed over{did_you_mean(str(key), _COLUMNS)}"
            yield Fault("unknown column name", str(info), f"{name}.columns.{key}", detail, "wrong")


_CHECKS = (
    read_from_elsewhere, different_types, ranking, unknown_formatting, injected_system,
    unknown_columns,
)  # fmt: skip
