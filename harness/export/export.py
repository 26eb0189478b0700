"""Write an export whole, or leave nothing that looks like one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.errors import UsageError
from harness.export.card import card
from harness.export.finished import open_tuned
from harness.export.ledger import LEDGER, ledger
from harness.export.targets import find
from harness.store.files import (
    list_files,
    make_folder,
    storing,
    sync_folder,
    write_json,
    write_text,
)
from harness.store.processes import partial_beside, writer_lives

CARD = "README.md"


def export(run: Path, form: str, out: Path) -> list[str]:
    """Write a run in a form to a folder that is not there yet, or is empty.

    Args:
        run: a run folder.
        form: a name in `TARGETS`.
        out: the folder to write; its name stands only once all of it is there.

    Returns:
        The files written, relative to `out`, in order.

    Raises:
        UsageError: there is no such form, `run` is none that was tuned, or `out` holds something.
        RunError: weights cannot be merged, or the disk refuses.
    """
    target = find(form)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"--out {out}: is there already, and holds something: name another folder")
    finished = open_tuned(run)
    with _whole(out) as work:
        target.write(finished, work)
        write_text(work / CARD, card(finished, target))
        write_json(work / LEDGER, ledger(finished, form, work))
    return sorted(list_files(out))


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place once its block has ended well."""
    make_folder(out.parent)
    _remove_dead(out.parent)
    work = partial_beside(out)
    try:
        make_folder(work)
        yield work
        with storing(out):
            if out.exists():
                out.rmdir()  # it is empty
            sync_folder(work)
            work.replace(out)
            sync_folder(out.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _remove_dead(folder: Path) -> None:
    """Remove what killed exports left half written beside."""
    for path in folder.glob(".*.partial"):
        if path.is_dir() and writer_lives(path.name) is False:
            with suppress(OSError):
                shutil.rmtree(path)
