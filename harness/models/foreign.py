"""What other packages raise, told as one sentence; `podium --debug` shows it whole."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import PodiumError, RunError

# What transformers, trl, peft, bitsandbytes and vLLM raise themselves, by module and name. A module
# that nobody has imported has raised nothing.
_OWN = (
    ("huggingface_hub.errors", "StrictDataclassError"),
    ("safetensors", "SafetensorError"),
    ("jinja2.exceptions", "TemplateError"),
    ("vllm.exceptions", "VLLMError"),
)
# Most of what they raise is Python's. An operating system's error has a meaning of its own, and is
# told only where files are read.
_PYTHON = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, MemoryError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip
_WIDTH = 160
# What vLLM raises where the process that computes is gone.
_DIED = ("EngineDeadError",)


class EngineFailed(RunError):
    """Memory ran out, or an engine died: one that is asked for less may live."""


@contextmanager
def told(
    sentence: str, kind: type[PodiumError], *, reading: bool = False, memory: str = ""
) -> Iterator[None]:
    """Turn what a package raises inside the block into one sentence.

    Args:
        sentence: what could not be done, to which the package's reason is joined.
        kind: what is raised instead.
        reading: whether the block reads files, so that an operating system's error is a reason too.
        memory: what to lower where memory runs out.

    Raises:
        EngineFailed: memory ran out, or vLLM's engine died.
    """
    system = (OSError,) if reading else ()
    try:
        yield
    except (*_PYTHON, *_own(), *system) as error:
        if is_out_of_memory(error):
            hint = f": lower {memory}" if memory else ""
            raise EngineFailed(f"{sentence}: out of memory{hint}") from error
        if type(error).__name__ in _DIED:
            hint = f": lower {memory}" if memory else ""
            raise EngineFailed(f"{sentence}: its engine died{hint}") from error
        raise kind(f"{sentence}: {reason(error)} (podium --debug shows all of it)") from error


def _own() -> tuple[type[Exception], ...]:
    return tuple(
        getattr(importlib.import_module(module), name)
        for module, name in _OWN
        if module in sys.modules
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, the machine's or a GPU's."""
    text = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or ("allocate" in text and "memory" in text)
        or "out of memory" in text
        or ("memory" in text and " is less than " in text)  # vLLM's, before it takes any
    )


def reason(error: BaseException) -> str:
    """What an error says, on one line and cut short, with its kind where it says little."""
    text = " ".join(str(error).split())
    text = text.partition("Value error, ")[2] or text  # pydantic's words around a package's own
    if isinstance(error, KeyError) or len(text.split()) < 3:
        text = f"{type(error).__name__} {text}".rstrip()
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH].rstrip()}…"
