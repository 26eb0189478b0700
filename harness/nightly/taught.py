"""Which rows two trainings were taught otherwise, as far as the store still holds both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.nightly.made import ROWS
from harness.store.files import read_json, read_jsonl
from harness.store.store import META

_FILE = "train.jsonl"
_KEPT = 20  # rows that are shown


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a night was made with, before and since."""

    name: str
    before: str
    since: str


@dataclass(frozen=True, slots=True)
class Taught:
    """How two sets of training rows differ.

    Args:
        rows: how many were taught this time or before, those of one name once.
        apart: how many of them the two do not share.
        such: the first of these, with question and answer before and since.
    """

    rows: int
    apart: int
    such: tuple[Change, ...]


def taught_apart(changes: Sequence[Change], stages: Path | None) -> Taught | None:
    """The training rows that changed; `None` where none did, or they are no longer kept.

    Args:
        changes: between two nights.
        stages: the store's folder of stages.

    Raises:
        InputError: a file of the store is damaged.
    """
    found = next((change for change in changes if change.name == ROWS), None)
    if found is None or stages is None:
        return None
    before, since = (_file(stages, digest) for digest in (found.before, found.since))
    return None if before is None or since is None else compare_rows(before, since)


def compare_rows(before: Path, since: Path) -> Taught:
    """How two files of training rows differ, in whatever order they hold them."""
    old, new = (
        {_turns(row): str(row["id"]) for row in read_jsonl(file)} for file in (before, since)
    )
    gone = {name: turns for turns, name in old.items() if turns not in new}
    come = {name: turns for turns, name in new.items() if turns not in old}
    names = [*come, *(name for name in gone if name not in come)]
    alike = len(old.keys() & new.keys())
    such = (Change(name, _said(gone.get(name)), _said(come.get(name))) for name in names[:_KEPT])
    return Taught(alike + len(names), len(names), tuple(such))


def _file(stages: Path, digest: str) -> Path | None:
    """The training rows of that content."""
    for meta in sorted(stages.glob(f"dataset-*/{META}")):
        about = (read_json(meta).get("files") or {}).get(_FILE, {})
        if str(about.get("sha256", "")).startswith(digest):
            return meta.with_name(_FILE)
    return None


def _turns(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(turn["role"]), str(turn["content"])) for turn in row["messages"])


def _said(turns: Sequence[tuple[str, str]] | None) -> str:
    """What is asked and answered last."""
    return "nothing" if turns is None else " → ".join(_last(turns))


def _last(turns: Sequence[tuple[str, str]]) -> Iterator[str]:
    for role in ("user", "assistant"):
        yield next((text for who, text in reversed(turns) if who == role), "")
