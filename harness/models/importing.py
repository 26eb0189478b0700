"""Importing heavy packages in less time: of their thousands of modules few are used."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# transformers imports the first two where they are installed, for assisted generation and losses of
# object detection, which nobody here uses; requests does the last, and has another of its own. They
# are a quarter of all that vLLM imports.
_SPARED = ("sklearn", "scipy", "chardet")


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
    spared = [name for name in _SPARED if name not in sys.modules]
    gc.collect()  # what is garbage now would be kept for good
    gc.disable()
    for name in spared:
        sys.modules[name] = None  # type: ignore[assignment] # Python's word for: not to be imported
    try:
        yield
    finally:
        for name in spared:
            if sys.modules.get(name, name) is None:
                del sys.modules[name]
        gc.freeze()
        gc.enable()
        atexit.register(gc.unfreeze)  # else some packages tell at exit what has not been collected
