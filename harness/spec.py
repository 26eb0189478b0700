"""The spec: one experiment, read from YAML and checked before anything loads.

A file holds one experiment, or several that share what stands at its top: each item of `entries`
is laid over the rest of the file. Paths are relative to the file; `builtin:NAME` names what ships
with Podium. Everything counts towards the store's keys, except what sits under `runtime`.
"""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from harness.errors import SpecError, did_you_mean

PACKAGE = Path(__file__).resolve().parent.parent
BASELINES = PACKAGE / "baselines"
BUILTIN = "builtin:"
NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff._-]*")

Engine = Literal["auto", "vllm", "hf", "floor", "fake"]


class Section(BaseModel):
    """A part of the spec: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class SuiteSection(BaseModel):
    """Which benchmark; its other keys are options of that suite, checked by `suite_options`."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: str = "timetable"


class Distill(Section):
    """Where training answers come from.

    `phrasings`: how many wordings of each question to keep, all where absent. `samples`: exactly
    how many rows, drawn evenly over the families, all where absent.
    """

    teacher: Literal["template"] = "template"
    phrasings: int | None = Field(default=None, ge=1)
    samples: int | None = Field(default=None, ge=1)
    seed: int = 0


class Dataset(Section):
    """How accepted rows become training data.

    `deduplicate` drops equal questions; a question with two different answers is an error. A
    training question that equals a test question is always dropped, and counted.
    """

    deduplicate: bool = True
    shuffle_seed: int = 0


class ModelSection(Section):
    """Which model answers, and in what engine.

    `base`: a folder, or `builtin:tiny-qwen2`. `skill`: share of right answers of the `fake` engine.
    """

    base: str | None = f"{BUILTIN}tiny-qwen2"
    engine: Engine = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    max_length: int = Field(default=1024, ge=16)
    skill: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _base_where_needed(self) -> ModelSection:
        if self.base is None and self.engine not in ("floor", "fake"):
            raise ValueError(f"engine {self.engine} needs a base model")
        return self


class Finetune(Section):
    """LoRA, or QLoRA over a 4-bit base. `targets` names linear layers, or `all-linear`."""

    method: Literal["lora", "qlora"] = "lora"
    rank: int = Field(default=8, ge=1, le=1024)
    alpha: float = Field(default=16, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: str | tuple[str, ...] = "all-linear"
    lr: float = Field(default=1e-4, gt=0)
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    warmup: float = Field(default=0.03, ge=0, lt=1)
    epochs: float = Field(default=3, gt=0)
    batch_size: int = Field(default=8, ge=1)
    accumulate: int = Field(default=1, ge=1)
    max_length: int = Field(default=512, ge=8)
    weight_decay: float = Field(default=0.0, ge=0)
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 0


class Generate(Section):
    """Greedy decoding, bounded."""

    max_tokens: int = Field(default=64, ge=1)


class Latency(Section):
    """The timed run at concurrency 1: how many test questions, how often, after how many others."""

    questions: int = Field(default=40, ge=1)
    replicates: int = Field(default=3, ge=1)
    warmup: int = Field(default=8, ge=1)
    seed: int = 0


class ScoreSection(Section):
    """Changes to the suite's profile, and the statistics. Weights need not sum to one."""

    weights: dict[Literal["AS", "ART", "AE"], float] = Field(default_factory=dict)
    t_full: float | None = Field(default=None, gt=0)
    t_zero: float | None = Field(default=None, gt=0)
    resamples: int = Field(default=10_000, ge=100, le=1_000_000)
    seed: int = 0

    @model_validator(mode="after")
    def _weights_not_negative(self) -> ScoreSection:
        for part, weight in self.weights.items():
            if weight < 0:
                raise ValueError(f"weights.{part} is {weight}: a weight cannot be negative")
        return self


class Runtime(Section):
    """What changes no result: folders, memory, batch shape. Not part of any key."""

    runs: Path = Path("runs")
    memory_gib: float = Field(default=1.0, gt=0)
    gpu_share: float = Field(default=0.85, gt=0, le=1)
    batch: int = Field(default=256, ge=1)
    checkpoints: int = Field(default=8, ge=1, description="checkpoints during a training run")


class Spec(Section):
    """One experiment. `finetune: null` leaves the base untuned."""

    name: str
    suite: SuiteSection = SuiteSection()
    distill: Distill = Distill()
    dataset: Dataset = Dataset()
    model: ModelSection = ModelSection()
    finetune: Finetune | None = None
    generate: Generate = Generate()
    latency: Latency | None = Latency()
    score: ScoreSection = ScoreSection()
    runtime: Runtime = Runtime()
    folder: Path = Field(default=Path(), exclude=True, description="what paths are relative to")

    @model_validator(mode="after")
    def _fits_together(self) -> Spec:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r} must be a plain file name")
        if self.finetune is not None and self.model.engine in ("floor", "fake"):
            raise ValueError(f"engine {self.model.engine} cannot be fine-tuned")
        return self

    @property
    def base_path(self) -> Path | None:
        """The local folder of the base model, not checked for existence."""
        if self.model.base is None:
            return None
        if self.model.base.startswith(BUILTIN):
            return BASELINES / self.model.base.removeprefix(BUILTIN)
        return (self.folder / Path(self.model.base).expanduser()).absolute()

    @property
    def stand_in(self) -> bool:
        """Whether the base is the embedded tiny one, whose quality claims nothing."""
        return bool(self.model.base) and str(self.model.base).startswith(BUILTIN)


def suite_names() -> list[str]:
    """The benchmarks there are: the modules of `suites`."""
    suites = importlib.import_module("suites")
    return sorted(module.name for module in pkgutil.iter_modules(suites.__path__))


def suite_module(name: str) -> Any:  # noqa: ANN401 - a module with `Options`, `inputs`, `build`
    """Import a suite.

    Raises:
        SpecError: there is none of that name.
    """
    if name not in suite_names():
        raise SpecError(f"suite.name: no suite {name!r}{did_you_mean(name, suite_names())}")
    return importlib.import_module(f"suites.{name}")


def suite_options(spec: Spec) -> Any:  # noqa: ANN401 - the suite's own Options
    """The suite's options, typed by the suite, with its paths made absolute.

    Raises:
        SpecError: an unknown suite, an unknown option, or a value of the wrong type.
    """
    module = suite_module(spec.suite.name)
    given = dict(spec.suite.model_extra or {})
    fields = {f.name: f for f in dataclasses.fields(module.Options)}
    for key in given:
        if key not in fields:
            raise SpecError(f"suite.{key}: unknown option{did_you_mean(key, fields)}")
    try:
        options = TypeAdapter(module.Options).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SpecError(f"suite.{where}: {first['msg']}") from error
    home = Path(module.__file__).parent
    paths = {n: _locate(v, spec.folder, home) for n in given if isinstance(v := getattr(options, n), Path)}
    return dataclasses.replace(options, **paths)


def _locate(path: Path, folder: Path, home: Path) -> Path:
    if str(path).startswith(BUILTIN):
        return home / "tables" / str(path).removeprefix(BUILTIN)
    return (folder / path.expanduser()).absolute()


def load_specs(path: Path, changes: Sequence[str] = ()) -> list[Spec]:
    """Read a spec file into its experiments, in file order, with `a.b=c` changes laid over.

    A change applies to every experiment that has the section; `entries.NAME.a.b=c` to one.

    Raises:
        SpecError: the file is missing, no YAML, or wrong; the sentence names file, line and field.
    """
    path = find_spec(path)
    tree, marks = _read(path)
    entries = tree.pop("entries", None)
    raw = _entries(path, tree, entries)
    for change in changes:
        _apply(raw, change)
    return [_validate(path, marks, i, data) for i, data in enumerate(raw.values())]


def find_spec(path: Path) -> Path:
    """The spec file: as given, or one that ships with Podium (`quickstart`).

    Raises:
        SpecError: neither is there.
    """
    if path.is_file():
        return path
    shipped = {p.stem: p for p in sorted(BASELINES.glob("*.yaml"))}
    if path.stem in shipped and path.parent.name in ("", "baselines"):
        return shipped[path.stem]
    near = [p.name for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
    raise SpecError(f"{path}: no such spec file{did_you_mean(path.name, [*near, *shipped])}")


def _read(path: Path) -> tuple[dict[str, Any], yaml.Node | None]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        tree, marks = yaml.safe_load(text), yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from error
    if not isinstance(tree, dict):
        raise SpecError(f"{path}: a spec is a mapping of sections, this is {type(tree).__name__}")
    return tree, marks


def _entries(path: Path, common: dict[str, Any], entries: object) -> dict[str, dict[str, Any]]:
    """Raw experiments by entry name; each is called `<file's name>-<entry's name>`."""
    common.setdefault("name", path.stem)
    if entries is None:
        return {str(common["name"]): common}
    if not isinstance(entries, list) or not entries:
        raise SpecError(f"{path}: entries: must be a list of at least one experiment")
    raw: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or "name" not in entry:
            raise SpecError(f"{path}: entries.{number}: needs a name")
        short = str(entry["name"])
        if short in raw:
            raise SpecError(f"{path}: entries.{number}: another entry is named {short!r} too")
        raw[short] = _overlay(copy.deepcopy(common), {**entry, "name": f"{common['name']}-{short}"})
    return raw


def _overlay(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of mappings over another; anything but a mapping replaces."""
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(below.get(key), dict):
            _overlay(below[key], value)
        else:
            below[key] = copy.deepcopy(value)
    return below


def _apply(raw: Mapping[str, dict[str, Any]], change: str) -> None:
    """Lay one `a.b=c` over the raw experiments that it is meant for."""
    dotted, equals, text = change.partition("=")
    keys = dotted.strip().split(".")
    if not equals or not all(keys):
        raise SpecError(f"--set {change}: must read section.field=value")
    targets = list(raw.values())
    if keys[0] == "entries":
        targets, keys = _addressed(raw, keys, change)
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SpecError(f"--set {change}: the value is not valid YAML") from error
    # `finetune: null` leaves a base untuned: setting its rank must not start tuning it.
    having = [data for data in targets if len(keys) == 1 or _has_section(data, keys[0])]
    if not having:
        raise SpecError(f"--set {change}: no entry has a section {keys[0]!r}")
    for data in having:
        tree: Any = value
        for key in reversed(keys):
            tree = {key: tree}
        _overlay(data, tree)


def _has_section(data: Mapping[str, Any], key: str) -> bool:
    if key in data:
        return data[key] is not None
    field = Spec.model_fields.get(key)
    return field is None or field.default is not None


def _addressed(
    raw: Mapping[str, dict[str, Any]], keys: list[str], change: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """The entry that `entries.NAME` or `entries.NUMBER` names; names may hold dots."""
    rest = ".".join(keys[1:])
    for number, (short, data) in enumerate(raw.items()):
        for name in (short, str(number)):
            if rest.startswith(f"{name}."):
                return [data], rest.removeprefix(f"{name}.").split(".")
    known = did_you_mean(keys[1] if len(keys) > 1 else "", raw)
    raise SpecError(f"--set {change}: no such entry{known}")


def _validate(path: Path, marks: yaml.Node | None, index: int, data: dict[str, Any]) -> Spec:
    if "folder" in data:
        raise SpecError(f"{path}: folder: unknown key{did_you_mean('folder', Spec.model_fields)}")
    try:
        spec = Spec.model_validate({**data, "folder": path.absolute().parent})
    except ValidationError as error:
        raise SpecError(_sentence(path, marks, index, error)) from error
    try:
        suite_options(spec)
    except SpecError as error:
        raise SpecError(f"{path}: {error}") from error
    return spec


def _sentence(path: Path, marks: yaml.Node | None, index: int, error: ValidationError) -> str:
    """The first thing wrong, as `file:line: field: what`."""
    first = error.errors()[0]
    loc = tuple(first["loc"])
    line = _line(marks, ("entries", index, *loc)) or _line(marks, loc)
    where = f"{path}:{line}" if line else str(path)
    dotted = ".".join(map(str, loc))
    if first["type"] == "extra_forbidden":
        return f"{where}: {dotted}: unknown key{did_you_mean(str(loc[-1]), _known_keys(loc[:-1]))}"
    message = first["msg"].removeprefix("Value error, ")
    given = first.get("input")
    shown = f", not {given!r}" if isinstance(given, str | int | float | bool) and dotted else ""
    return f"{where}: {dotted + ': ' if dotted else ''}{message}{shown}"


def _known_keys(loc: Sequence[str | int]) -> list[str]:
    """The keys that the section at a location may have."""
    model: type[BaseModel] = Spec
    for key in loc:
        field = model.model_fields.get(str(key))
        inner = [field.annotation, *get_args(field.annotation)] if field is not None else []
        sections = [t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)]
        if not sections:
            return []
        model = sections[0]
    return [name for name in model.model_fields if name != "folder"] + (["entries"] if not loc else [])


def _line(node: yaml.Node | None, loc: Sequence[str | int]) -> int | None:
    """The line of the file at which a location stands, if it is written there."""
    line = None
    for key in loc:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(key)), None)
            if pair is None:
                return None
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            if key >= len(node.value):
                return None
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            return None
    return line


def schema() -> dict[str, Any]:
    """JSON Schema of a spec file, for editors."""
    tree = Spec.model_json_schema()
    tree["properties"].pop("folder")
    tree["required"] = []
    tree["properties"]["entries"] = {
        "type": "array",
        "description": "experiments that share the rest of the file; each item is laid over it",
        "items": {"type": "object", "required": ["name"], "properties": dict(tree["properties"])},
    }
    tree["title"] = "Podium spec"
    return tree


def dump(spec: Spec) -> str:
    """A spec as YAML that runs again from anywhere: its paths are absolute."""
    data = spec.model_dump(mode="json")
    options = suite_options(spec)
    for key in spec.suite.model_extra or {}:
        value = getattr(options, key)
        data["suite"][key] = str(value) if isinstance(value, Path) else data["suite"][key]
    if not spec.stand_in and spec.base_path is not None:
        data["model"]["base"] = str(spec.base_path)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
