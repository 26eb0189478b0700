"""Importing heavy packages in less time: of their thousands of modules few are used."""

from __future__ import annotations

import atexit
import functools
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# transformers imports the first two where they are installed, for assisted generation and losses of
# object detection, which nobody here uses; requests does the last, and has another of its own. They
# are a quarter of all that vLLM imports.
_SPARED = ("sklearn", "scipy", "chardet")
# Read by torch.compile, which on seeing it imports no compiler.
_UNCOMPILED = "TORCHDYNAMO_DISABLE"


@contextmanager
def quick_imports(module: str) -> Iterator[None]:
    """Import a module without what it does not need, and without walks of the collector.

    What is there after it is there to stay, so that later walks leave it out too. A package that
    was left out can be imported afterwards.

    Args:
        module: the one that is to be imported; nothing is done where it is there already.
    """
    if module in sys.modules:
        yield
        return
    _unfreeze_at_exit()
    gc.collect()  # what is garbage now would be kept for good
    gc.disable()
    try:
        with spared(_SPARED):
            yield
    finally:
        gc.freeze()
        gc.enable()


@functools.cache
def _unfreeze_at_exit() -> None:
    """Have some packages not tell at exit what has not been collected.

    Before they are imported, so after what they do at exit, which would meet the collector.
    """
    atexit.register(gc.unfreeze)


@contextmanager
def spared(modules: Sequence[str]) -> Iterator[None]:
    """Have nobody import these modules who can do without them; they can be imported afterwards."""
    absent = [name for name in modules if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment] # Python's word for: not to be imported
    try:
        yield
    finally:
        for name in absent:
            if sys.modules.get(name, name) is None:
                del sys.modules[name]


@contextmanager
def nothing_compiled() -> Iterator[None]:
    """Import what is marked to be compiled as it is written.

    Each mark would import torch's compiler, which takes longer than torch, though an engine on a
    processor never comes to compile anything.
    """
    before = os.environ.get(_UNCOMPILED)
    os.environ[_UNCOMPILED] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_UNCOMPILED]
        else:
            os.environ[_UNCOMPILED] = before
