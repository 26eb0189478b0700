"""Answers and times that are taken anew: what a night measures must not come from the store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.experiment.models import fetch_models
from harness.experiment.recipe import POOL, Recipe, prepare
from harness.spec import Spec
from harness.store.files import storing

#: What is measured; data and weights are made again only where what makes them has changed.
_MEASURED = ("infer", "latency", "score")


def forget_measured(specs: Sequence[Spec]) -> int:
    """Drop the answers, times and scores of experiments from the store.

    A paid reply of an address stays where replies are kept, and is not paid for again.

    Returns:
        How many stages were dropped.

    Raises:
        UsageError: something that a spec names is missing or wrong.
        StoreError: the disk refuses.
    """
    found = {path for recipe in prepare(fetch_models(specs, "score")) for path in _of(recipe)}
    for path in sorted(found):
        with storing(path):
            gone = path.with_name(f".{path.name}.gone")
            shutil.rmtree(gone, ignore_errors=True)
            path.rename(gone)  # in one step, so that no half of it is ever read
            shutil.rmtree(gone)
    return len(found)


def _of(recipe: Recipe) -> Iterator[Path]:
    for member in recipe.members:
        for stage in _MEASURED:
            if stage in member.stages and (path := member.find(stage)) is not None:
                yield path
    if recipe.is_repeated:
        store = recipe.first.store
        if (pooled := store.find(POOL, recipe.keys[POOL])) is not None:
            yield pooled
