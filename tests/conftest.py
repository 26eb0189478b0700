"""What all tests share."""

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from harness.core import Gold, Message, Sample
from harness.spec import BASELINES

# Nothing in a test may look for a hub; set before any test imports transformers or vllm.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
os.environ["VLLM_CPU_KVCACHE_SPACE"] = "1"
# One thread a process, on any core: two engines that are bound to the same cores wait for each
# other without end.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["VLLM_CPU_OMP_THREADS_BIND"] = "nobind"

# How long a case takes says more of what else the machine does than of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that fork come first, then those that train and serve models, then the others.

    A fork of a process in which vLLM has run hangs, for it has none of vLLM's threads. The long
    files come early, so that none is left for one worker at the end.
    """
    forking, long = (
        {item.path for item in items if item.get_closest_marker(name)} for name in ("forks", "real")
    )
    items.sort(key=lambda item: (item.path not in forking, item.path not in long))


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """What a command that a test runs in this process says of logging holds for that test alone."""
    podium, root = logging.getLogger("podium"), logging.getLogger()
    level, handlers = podium.level, root.handlers[:]
    yield
    podium.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(scope="session")
def tiny_base() -> Path:
    """The embedded base model."""
    return BASELINES / "tiny-qwen2"


@pytest.fixture(scope="session")
def samples() -> Sequence[Sample]:
    """Five questions of the timetable kind."""
    return [sample(n) for n in range(5)]


def sample(number: int, question: str = "K{n}次列车几点开车？") -> Sample:
    """One question with a made-up answer."""
    return Sample(
        id=f"q{number}",
        messages=(Message("user", question.format(n=1000 + number)),),
        gold=Gold("time", f"07:{number:02d}"),
        reference=f"K{1000 + number}次07:{number:02d}开车。",
        family="lookup",
        row=str(number),
        template="t0",
        split="test",
    )
