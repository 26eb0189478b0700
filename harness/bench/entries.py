"""What an ENTRY of `podium bench` names, and what starts it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from harness.config.engines import REMOTE
from harness.config.sections import BUILTIN
from harness.config.teachers import plain_address
from harness.errors import InputError, RunError
from harness.export.finished import open_run
from harness.models import Address, Engine, EngineRequest, open_engine, resolve_engine
from harness.models.adapter import CONFIG
from harness.models.decoding import decoding_of
from harness.models.merge import merge
from harness.models.native import native_folder
from harness.models.response_cache import RESPONSES
from harness.models.settings import read_object
from harness.spec import BASELINES, Spec, find_entry, load_specs
from harness.store.secret import secret_from_environment
from harness.timing.session import Opener

# Questions that an engine may have under way: the loaded levels need room.
_AT_ONCE = 64
# For a list of models.
_LISTING_S = 30.0


@dataclass(frozen=True, slots=True)
class How:
    """What holds for all entries.

    Args:
        engine: of local models.
        dtype: of local models.
        max_tokens: most tokens of an answer.
        max_length: most tokens of a prompt and its answer.
        model: the name of the model at an address; the first that it lists where empty.
        key_env: the variable with the key of an address.
        scratch: where merged and converted weights may lie.
    """

    engine: str
    dtype: str
    max_tokens: int
    max_length: int
    model: str
    key_env: str | None
    scratch: Path


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be timed: its name, what starts it, and the weights that it loads."""

    name: str
    opener: Opener
    weights: Path | None = None


def read_entry(text: str, how: How) -> Entry:
    """Find out what an entry is.

    It is an address (http://…), `builtin:NAME`, SPEC.yaml:ENTRY of a finished run, a run folder, a
    folder of an adapter that names its base, or a model folder.

    Raises:
        InputError: it is none of these.
        SpecError: the spec cannot be read, or has no such entry.
    """
    if text.startswith(("http://", "https://")):
        try:
            address = plain_address(text)
        except ValueError as error:  # said without the address, for it may hold a key
            raise InputError(f"an address among the entries {error}") from None
        return Entry(address, Opener(partial(_ask, address, how), forgets=False))
    if text.startswith(BUILTIN):
        return _local(text, BASELINES / text.removeprefix(BUILTIN), None, how)
    spec, _, name = text.rpartition(":")
    if spec.endswith((".yaml", ".yml")):
        return replace(read_entry(str(_run_of(Path(spec), name)), how), name=name)
    folder = Path(text)
    if (folder / "summary.json").is_file():
        return _of_run(folder, how)
    if (folder / CONFIG).is_file():
        return _local(folder.name, _base_of(folder), folder, how)
    if (folder / "config.json").is_file():
        return _local(folder.name, folder, None, how)
    raise InputError(
        f"{text}: is no model, adapter or run folder, no SPEC.yaml:ENTRY and no http address"
    )


def _run_of(spec: Path, name: str) -> Path:
    """The run folder of a spec's entry.

    Raises:
        SpecError: it has no such entry.
        InputError: the entry was not run yet.
    """
    found = find_entry(spec, load_specs(spec), name)
    folder = found.runtime.runs / found.name
    if not (folder / "summary.json").is_file():
        raise InputError(f"{folder}: is not there yet: podium run {spec} first")
    return folder


def _of_run(folder: Path, how: How) -> Entry:
    """The address that a finished run asked, or the weights that it had."""
    if (asked := _asked_by(folder)) is not None:
        return Entry(asked.name, Opener(partial(_ask_again, asked, how), forgets=False))
    run = open_run(folder)
    run.check_weights()
    return _local(run.name, run.weights, run.adapter, how)


def _asked_by(folder: Path) -> Spec | None:
    """The spec of a run that asked an address; `None` of one whose model was here."""
    if not (folder / "spec.yaml").is_file():
        return None  # which is told where its weights are looked for
    (spec,) = load_specs(folder / "spec.yaml")
    return spec if spec.model.engine in REMOTE else None


def _base_of(adapter: Path) -> Path:
    named = read_object(adapter / CONFIG).get("base_model_name_or_path")
    base = Path(str(named))
    if not base.is_dir():
        raise InputError(f"{adapter / CONFIG}: base_model_name_or_path: no folder {named}")
    return base


def _local(name: str, base: Path, adapter: Path | None, how: How) -> Entry:
    if not base.is_dir():
        raise InputError(f"{name}: no model folder {base}")
    return Entry(name, Opener(partial(_start, name, base, adapter, how)), base)


def _ask(address: str, how: How) -> Engine:
    """Make ready to ask an address: the model that is named, or the first that it lists."""
    named = Address(
        address, how.model if how.model else _first_model(address, how.key_env), how.key_env,
        concurrency=_AT_ONCE, responses=how.scratch / RESPONSES, remembers=False,
    )  # fmt: skip
    return open_engine(EngineRequest("api", max_tokens=how.max_tokens, address=named))


def _ask_again(spec: Spec, how: How) -> Engine:
    """Make ready to ask the address of a run for the model that it asked, as it did."""
    section = spec.model
    if section.base_url is None or section.model is None:
        raise ValueError(f"{spec.name} asks an address without one")
    address = Address(
        section.base_url, section.model, section.key_env, section.extra, _AT_ONCE,
        spec.runtime.timeout_s, responses=how.scratch / RESPONSES, remembers=False,
    )  # fmt: skip
    return open_engine(
        EngineRequest(
            section.engine, max_tokens=how.max_tokens, decoding=decoding_of(spec.generate),
            address=address,
        )
    )  # fmt: skip


def _first_model(address: str, key_env: str | None) -> str:
    """The first model that an address lists.

    Raises:
        UsageError: it lists none, or refuses the key, or the key's variable is not set.
        RunError: it does not answer.
    """
    from harness.models.remote.exchange import Exchange

    key = None if key_env is None else secret_from_environment(key_env)
    exchange = Exchange(address, key, key_env, _LISTING_S)
    listed = exchange.models()
    exchange.close()
    if isinstance(listed, list):
        if not listed:
            raise InputError(f"{address}: lists no models: name one with --model")
        return listed[0]
    if listed.error is not None:
        raise listed.error
    raise RunError(f"{address}: {listed.reason}")


def _start(name: str, base: Path, adapter: Path | None, how: How) -> Engine:
    """Start a model as it would be served: its adapter folded into its base."""
    folder = native_folder(base, how.scratch)
    if adapter is not None:
        merged = how.scratch / f"merged-{adapter.resolve().name}-{name}"
        shutil.rmtree(merged, ignore_errors=True)
        merge(folder, adapter, merged)
        folder = merged
    return open_engine(
        EngineRequest(
            resolve_engine(how.engine), folder, dtype=how.dtype, max_length=how.max_length,
            max_tokens=how.max_tokens, batch=_AT_ONCE, gpu_share=0.4,
        )
    )  # fmt: skip
