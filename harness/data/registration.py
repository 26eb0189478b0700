"""A data file made known to LLaMA-Factory, which finds files through `dataset_info.json`.

An entry names every column that is to be read: with a `columns` block LLaMA-Factory takes no other,
and without one it asks for `input`, which two-field files lack.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.data.formats import find, messages, sharegpt
from harness.data.formats.row_reader import blank
from harness.data.formats.talk import Tags
from harness.errors import InputError
from harness.rows.files import read_records
from harness.store.files import read_json, write_text

INFO = "dataset_info.json"

_PROMPTS: Mapping[str, Mapping[str, str]] = {
    "qa": {"prompt": "instruction", "response": "output"},
    "alpaca": {"prompt": "instruction", "query": "input", "response": "output"},
    "cqia": {"prompt": "instruction", "query": "input", "response": "output"},
    "swift": {"prompt": "query", "response": "response"},
}
_TALKS: Mapping[str, Tags] = {"sharegpt": sharegpt.TAGS, "messages": messages.TAGS}
# Columns that are only read where they are named.
_IF_THERE = {
    "alpaca": ("system", "history"),
    "swift": ("system", "history"),
    "sharegpt": ("system", "tools"),
    "messages": ("system", "tools"),
}
_ENDINGS = (".json", ".jsonl", ".parquet")


def takes(file: Path, format: str) -> None:  # noqa: A002  # the word that people know
    """Check that LLaMA-Factory reads such files.

    Raises:
        InputError: it does not.
    """
    find(format)
    if format not in _PROMPTS and format not in _TALKS:
        names = ", ".join((*_PROMPTS, *_TALKS))
        raise InputError(f"LLaMA-Factory does not read the format {format!r}; it reads {names}")
    if file.suffix.lower() == ".csv":
        raise InputError(
            f"{file}: LLaMA-Factory reads csv with pandas, which takes texts such as 12 and None "
            "for numbers and for nothing; write jsonl"
        )
    if file.suffix.lower() not in _ENDINGS:
        raise InputError(
            f"{file}: LLaMA-Factory does not read {file.suffix} files; write jsonl, json or parquet"
        )


def may_register(folder: Path, name: str, file: Path, format: str) -> dict[str, Any]:  # noqa: A002  # as above
    """Check that a file can be registered, before it is written.

    Args:
        folder: LLaMA-Factory's `dataset_dir`.
        name: the data set's name there.
        file: the data file.
        format: name of the file's format.

    Returns:
        The entries that the folder's `dataset_info.json` has.

    Raises:
        InputError: LLaMA-Factory does not take such a file, or `dataset_info.json` is broken.
    """
    takes(file, format)
    if not name.strip() or "," in name:  # a list of names is parted by commas
        raise InputError(f"{name!r} cannot name a data set: it must hold a letter and no comma")
    if file.name == INFO:
        raise InputError(f"{file}: is where data sets are named; write the data to another file")
    info = folder / INFO
    known = read_json(info) if info.exists() else {}
    if not isinstance(known, dict):
        raise InputError(f"{info}: must hold an object with an entry for each data set")
    return known


def register(folder: Path, name: str, file: Path, format: str) -> Path:  # noqa: A002  # as above
    """Add or replace one entry of a folder's `dataset_info.json`; the others stay.

    Args:
        folder: LLaMA-Factory's `dataset_dir`.
        name: the data set's name there.
        file: the data file.
        format: name of the file's format.

    Returns:
        The path of `dataset_info.json`.

    Raises:
        InputError: LLaMA-Factory does not take such a file, or `dataset_info.json` is broken.
        StoreError: it cannot be written.
    """
    known = may_register(folder, name, file, format)
    info = folder / INFO
    entry = {"file_name": Path(os.path.relpath(file, folder)).as_posix(), **_entry(file, format)}
    # ASCII, because LLaMA-Factory opens it in whatever encoding the machine has.
    text = json.dumps(known | {name: entry}, indent=2) + "\n"
    write_text(Path(os.path.realpath(info)), text)  # a link stays one
    return info


def _entry(file: Path, format: str) -> dict[str, Any]:  # noqa: A002  # as above
    there = {name: name for name in _said(file, _IF_THERE.get(format, ()))}
    if format in _PROMPTS:
        return {"columns": {**_PROMPTS[format], **there}}
    tags = _TALKS[format]
    return {
        "formatting": "sharegpt",
        "columns": {"messages": tags.turns, **there},
        "tags": {
            "role_tag": tags.role,
            "content_tag": tags.content,
            "user_tag": tags.roles["user"],
            "assistant_tag": tags.roles["assistant"],
            "observation_tag": tags.roles["observation"],
            "function_tag": tags.roles["function_call"],
            "system_tag": tags.roles["system"],
        },
    }


def _said(file: Path, names: tuple[str, ...]) -> list[str]:
    """Which of some fields any row fills."""
    missing = list(names)
    for record in read_records(file) if names else ():
        missing = [name for name in missing if blank(record.fields.get(name))]
        if not missing:
            break
    return [name for name in names if name not in missing]
