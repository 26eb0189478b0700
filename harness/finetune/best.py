"""The adapter with the best score so far, in a folder of its own that nothing else cleans up.

`best.json` names the folder that counts, and is written once that folder is whole; so a kill leaves
either the best before or the best now.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from harness.store.files import make_folder, read_json, storing, write_json

BEST = "best"
_MARK = "best.json"


class Best:
    """Holds the adapter with the highest score, the later of equal ones.

    Args:
        folder: where it lies.
        save: writes the adapter as it now is into a folder.
    """

    def __init__(self, folder: Path, save: Callable[[Path], None]) -> None:
        self._folder = folder
        self._save = save

    @property
    def step(self) -> int | None:
        """The step of the adapter that is held."""
        held = self._held()
        return None if held is None else held[1]

    @property
    def adapter(self) -> Path | None:
        """The folder of the adapter that is held."""
        held = self._held()
        return None if held is None else self._at(held[1])

    def offer(self, step: int, score: float) -> None:
        """Hold the adapter as it now is, where none that is held has a higher score.

        Raises:
            StoreError: it cannot be written.
        """
        held = self._held()
        if held is not None and (score, step) < held:
            return
        make_folder(self._folder)
        at = self._at(step)
        with storing(at):
            shutil.rmtree(at, ignore_errors=True)
        self._save(at)
        write_json(self._folder / _MARK, {"step": step, "AS": score})
        with storing(self._folder):
            for other in self._folder.glob("step-*"):
                if other != at:
                    shutil.rmtree(other)

    def _at(self, step: int) -> Path:
        return self._folder / f"step-{step}"

    def _held(self) -> tuple[float, int] | None:
        """Score and step, by the mark of a folder that is there."""
        mark = self._folder / _MARK
        if not mark.is_file():
            return None
        held = read_json(mark)
        step = int(held["step"])
        return (float(held["AS"]), step) if self._at(step).is_dir() else None
