"""Models by name: which of them are on this machine, and bringing the others here first.

A name of a hub is pinned to the commit that it leads to before anything else is done, and what
comes after knows the commit's folder alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harness.errors import InputError
from harness.hub.cache import Snapshot, find
from harness.hub.fetch import fetch
from harness.hub.names import HubName
from harness.models.quiet import environment_as_found
from harness.spec import ModelField, Spec
from harness.stages import order
from harness.store.store import Store

_BASE: ModelField = ("model", "base")
_REFERENCE: ModelField = ("latency", "reference")
_TEACHER: ModelField = ("distill", "teacher", "model")
_JUDGE: ModelField = ("score", "judge", "model")
# The stages that load what no stage before them does.
_LOADED_BY = {_REFERENCE: "latency", _TEACHER: "distill", _JUDGE: "score"}


def fetch_models(specs: Sequence[Spec], until: str = "score") -> list[Spec]:
    """Bring the models that the specs name here; return the specs with commits for names.

    Args:
        specs: the experiments.
        until: the last stage that will run: what only later ones load is left where it is.

    Raises:
        UsageError: a hub has no such model or revision, does not give it, or a file of it is not
            what the hub lists.
        RunError: a hub cannot be reached and no whole copy is here, or a download broke off.
    """
    wanted, environment = _loaded(until), environment_as_found()
    names = {name: spec for spec in specs for name in _names(spec, wanted)}
    found = {name: fetch(name, environment) for name in names}
    for name, spec in names.items():
        _check_listed(found[name], Store(spec.runtime.runs))
    return [_pinned(spec, {name: copy.name for name, copy in found.items()}) for spec in specs]


def known_models(specs: Sequence[Spec]) -> list[Spec]:
    """The specs with commits for the names whose models are on this machine; nothing is fetched."""
    names = {name for spec in specs for name in spec.hub_models.values()}
    found = {name: copy.name for name in names if (copy := find(name)) is not None}
    return [_pinned(spec, found) for spec in specs]


def missing_models(specs: Sequence[Spec]) -> list[HubName]:
    """The models that a run would fetch, each once."""
    names = dict.fromkeys(name for spec in specs for name in spec.hub_models.values())
    return [name for name in names if find(name) is None]


def _loaded(until: str) -> set[ModelField]:
    """The fields whose models are loaded by the stages up to one."""
    stages = order.up_to(until)
    fields = {_BASE} if any(stage.loads_base for stage in stages) else set()
    names = {stage.name for stage in stages}
    return fields | {f for f, s in _LOADED_BY.items() if s in names}


def _names(spec: Spec, fields: Collection[ModelField]) -> list[HubName]:
    return [name for field, name in spec.hub_models.items() if field in fields]


def _pinned(spec: Spec, commits: dict[HubName, HubName]) -> Spec:
    models = spec.hub_models
    return spec.naming({f: commits[name] for f, name in models.items() if name in commits})


def _check_listed(copy: Snapshot, store: Store) -> None:
    """Refuse a copy whose files are not what the hub lists; each is read once.

    Raises:
        InputError: one sentence that names the file.
    """
    for path, listed in copy.listed.items():
        file = copy.folder / path
        if listed.sha256 and store.digest(file) != listed.sha256:
            raise InputError(
                f"{file.resolve()}: is not the {path} that the hub lists for {copy.name}: delete "
                "it and run again"
            )
