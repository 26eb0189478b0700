"""Loss and score in a tool of one's own, through what transformers brings for each."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.config.sections import Tracker
from harness.errors import MissingDependency

FOLDER = "track"
# What holds while one of them is told, unless the user has set it: they write below the stage's
# folder, and send nothing away. MLflow and Trackio are on this machine anyway, at their own place.
_PLACES: Mapping[Tracker, str] = {
    "tensorboard": "TENSORBOARD_LOGGING_DIR",
    "swanlab": "SWANLAB_LOG_DIR",
    "wandb": "WANDB_DIR",
}
_MODES: Mapping[Tracker, tuple[str, str]] = {
    "swanlab": ("SWANLAB_MODE", "local"),
    "wandb": ("WANDB_MODE", "offline"),
}


def check_tracker(track: Tracker | None) -> None:
    """Refuse one that is not installed.

    Raises:
        MissingDependency: it is not.
    """
    if track is not None and importlib.util.find_spec(track) is None:
        raise MissingDependency(
            f"runtime.track: {track} is not installed: pip install {track}, or leave runtime.track "
            "out"
        )


@contextmanager
def tracked(track: Tracker | None, work: Path) -> Iterator[None]:
    """While this holds, a tracker writes below `work`, and what was set before is set again."""
    wanted = {} if track is None else _variables(track, work / FOLDER)
    missing = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(missing)
    try:
        yield
    finally:
        for name in missing:
            os.environ.pop(name, None)


def _variables(track: Tracker, place: Path) -> dict[str, str]:
    found = dict([_MODES[track]]) if track in _MODES else {}
    if track in _PLACES:
        place.mkdir(parents=True, exist_ok=True)
        found[_PLACES[track]] = str(place.absolute())
    return found


def teller(trainer: Any) -> Callable[[Mapping[str, float]], None]:
    """Passes numbers to whatever tracker a trainer has, and not into its own record."""

    def tell(numbers: Mapping[str, float]) -> None:
        control = trainer.control
        due = control.should_log  # of the losses, which the handler takes for done now
        trainer.callback_handler.on_log(trainer.args, trainer.state, control, dict(numbers))
        control.should_log = due

    return tell
