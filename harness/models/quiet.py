"""Heavy packages speak to their own developers; a person running Podium need not listen."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from harness.models.importing import quick_imports

_ENVIRONMENT = {
    "TORCH_CPP_LOG_LEVEL": "ERROR",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}
# Names those of them that the user had not set, for this process and those that it starts.
_OURS = "PODIUM_SET"


def set_environment() -> None:
    """Say to heavy packages, before any is imported, to be silent and to stay off the network.

    What the user has set stays, but for `VLLM_USE_MODELSCOPE`, which sends a whole process to a
    hub that models have been fetched from already.
    """
    os.environ.pop("VLLM_USE_MODELSCOPE", None)
    ours = [name for name in _ENVIRONMENT if name not in os.environ]
    if ours:
        os.environ.update({name: _ENVIRONMENT[name] for name in ours})
        os.environ[_OURS] = " ".join([*os.environ.get(_OURS, "").split(), *ours])


def environment_as_found() -> Mapping[str, str]:
    """The variables without those that `set_environment` has set, as the user knows them."""
    ours = {_OURS, *os.environ.get(_OURS, "").split()}
    return {name: value for name, value in os.environ.items() if name not in ours}


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the warnings and progress bars that heavy packages write while they load.

    Errors pass.
    """
    set_environment()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with quick_imports("transformers"):  # it asks now, and once, what else is installed
            from transformers.utils import logging

        logging.disable_progress_bar()
        yield
