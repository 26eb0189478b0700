"""What LLaMA-Factory 0.9 makes of a registered file, told in this project's own words.

The entry's `columns` are the only fields that are read; what they do not name is nothing. Turns
must be a question and a reply in turn, else the row is dropped.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.rows.files import read_records

READ = {".json", ".jsonl", ".csv", ".parquet", ".arrow", ".txt"}
DEFAULT = {"prompt": "instruction", "query": "input", "response": "output"}


@dataclass(frozen=True)
class Taught:
    """One example as it is trained on: (role, text) in order, and the system text."""

    talk: tuple[tuple[str, str], ...]
    system: str


def taught(folder: Path, name: str) -> Iterator[Taught | None]:
    """Yield what each row becomes, None where it is dropped."""
    entry = json.loads((folder / "dataset_info.json").read_text("ascii"))[name]
    file = folder / entry["file_name"]
    assert file.is_file()
    assert file.suffix in READ
    build = _sharegpt if entry.get("formatting", "alpaca") == "sharegpt" else _alpaca
    for record in read_records(file):
        yield build(record.fields, entry)


def _alpaca(row: Mapping[str, Any], entry: Mapping[str, Any]) -> Taught | None:
    columns = entry.get("columns", DEFAULT)

    def value(column: str) -> Any:
        return row.get(columns[column]) if column in columns else None

    talk = []
    for ask, reply in value("history") or ():
        talk += [("user", ask), ("assistant", reply)]
    asked = "\n".join(text for text in (value("prompt"), value("query")) if text)
    if not isinstance(value("response"), str):
        return None
    return Taught((*talk, ("user", asked), ("assistant", value("response"))), value("system") or "")


def _sharegpt(row: Mapping[str, Any], entry: Mapping[str, Any]) -> Taught | None:
    columns, tags = entry["columns"], entry["tags"]
    speakers = {
        tags[f"{tag}_tag"]: role
        for tag, role in {
            "user": "user",
            "assistant": "assistant",
            "observation": "observation",
            "function": "function_call",
        }.items()
    }
    turns = list(row[columns["messages"]])
    system = row.get(columns["system"]) if "system" in columns else ""
    if turns and turns[0][tags["role_tag"]] == tags["system_tag"]:
        system = turns.pop(0)[tags["content_tag"]]
    talk = []
    for number, turn in enumerate(turns):
        role = speakers.get(turn[tags["role_tag"]])
        allowed = ("assistant", "function_call") if number % 2 else ("user", "observation")
        if role not in allowed:
            return None
        talk.append((str(role), turn[tags["content_tag"]]))
    return None if len(talk) % 2 else Taught(tuple(talk), system or "")
