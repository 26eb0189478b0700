"""The spec: one experiment, read from YAML and checked before anything loads.

A file holds one experiment, or several that share what stands at its top: each item of `entries`
is laid over the rest of the file. Paths are relative to the file; `builtin:NAME` names what ships
with Podium. Everything counts towards the store's keys, except what sits under `runtime`.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_type_hints

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from harness.errors import SpecError, did_you_mean
from harness.marked_yaml import Location, MarkedYaml, dotted, read_yaml
from harness.plain_words import explain
from harness.section import Section, refuse_boolean
from harness.spec_changes import ENTRIES, RawExperiment, raw_experiments, read_change

PACKAGE = Path(__file__).resolve().parent.parent
BASELINES = PACKAGE / "baselines"
# Engines that answer without a model: no base, no tuning, no time worth measuring.
WEIGHTLESS = ("floor", "fake")
MOST_WEIGHT = 1e6
# Names in the runs folder that the store keeps for itself.
RESERVED = ("stages", "digests.json")
# Fields that the file's place and entries decide; nobody writes them.
DERIVED = ("folder", "group")
BUILTIN = "builtin:"
NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff._-]{0,99}")

Engine = Literal["auto", "vllm", "hf", "floor", "fake"]


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
    seed: int = Field(default=0, ge=0)


class Dataset(Section):
    """How accepted rows become training data.

    `deduplicate` drops equal questions; a question with two different answers is an error. A
    training question that equals a test question is always dropped, and counted.
    """

    deduplicate: bool = True
    shuffle_seed: int = Field(default=0, ge=0)


class ModelSection(Section):
    """Which model answers, and in what engine.

    `base`: a folder, or `builtin:tiny-qwen2`. `skill`: share of right answers of the `fake` engine.
    """

    base: str | None = Field(default=f"{BUILTIN}tiny-qwen2", min_length=1)
    engine: Engine = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    max_length: int = Field(default=1024, ge=16)
    skill: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _base_where_needed(self) -> ModelSection:
        if self.base is None and self.engine not in WEIGHTLESS:
            raise ValueError(f"engine {self.engine} needs a base model")
        return self


class Finetune(Section):
    """LoRA, or QLoRA over a 4-bit base. `targets` names linear layers, or `all-linear`."""

    method: Literal["lora", "qlora"] = "lora"
    rank: int = Field(default=8, ge=1, le=1024)
    alpha: float = Field(default=16, gt=0)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: str | tuple[str, ...] = Field(default="all-linear", min_length=1)
    lr: float = Field(default=1e-4, gt=0)
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    warmup: float = Field(default=0.03, ge=0, lt=1)
    epochs: float = Field(default=3, gt=0)
    batch_size: int = Field(default=8, ge=1)
    accumulate: int = Field(default=1, ge=1)
    max_length: int = Field(default=512, ge=8)
    weight_decay: float = Field(default=0.0, ge=0)
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = Field(default=0, ge=0)


class Generate(Section):
    """Greedy decoding, bounded."""

    max_tokens: int = Field(default=64, ge=1)


class Latency(Section):
    """The timed run at concurrency 1: how many test questions, how often, after how many others."""

    questions: int = Field(default=40, ge=1)
    replicates: int = Field(default=3, ge=1)
    warmup: int = Field(default=8, ge=1)
    seed: int = Field(default=0, ge=0)


class ScoreSection(Section):
    """Changes to the suite's profile, and the statistics. Weights need not sum to one."""

    weights: dict[Literal["AS", "ART", "AE"], float] = Field(default_factory=dict)
    t_full: float | None = Field(default=None, gt=0)
    t_zero: float | None = Field(default=None, gt=0)
    resamples: int = Field(default=10_000, ge=100, le=1_000_000)
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _means_something(self) -> ScoreSection:
        for part, weight in self.weights.items():
            if weight < 0:
                raise ValueError(f"weights.{part} is {weight:g}: a weight cannot be negative")
            if weight > MOST_WEIGHT:
                raise ValueError(f"weights.{part} is {weight:g}: more than {MOST_WEIGHT:g}")
        if len(self.weights) == 3 and not any(self.weights.values()):
            raise ValueError("weights are all 0: a total needs at least one")
        if self.t_full is not None and self.t_zero is not None and self.t_full >= self.t_zero:
            raise ValueError(f"t_full {self.t_full:g} must be less than t_zero {self.t_zero:g}")
        return self


class Runtime(Section):
    """What changes no result: folders, memory, batch shape. Not part of any key.

    `runs` is relative to where Podium is started, unlike the paths of other sections.
    """

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
    group: str = Field(default="", exclude=True, description="name of the file's entries together")

    @field_validator("name")
    @classmethod
    def _names_a_run_folder(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError(
                f"{name!r} cannot name a run folder: letters, digits, '.', '_' and '-', at most 100"
            )
        if name in RESERVED:
            raise ValueError(f"{name!r} is the store's own: choose another name")
        if len(name.encode()) > 200:
            raise ValueError(f"{name!r} is too long for a folder's name")
        return name

    @field_validator("finetune")
    @classmethod
    def _can_be_tuned(cls, section: Finetune | None, info: ValidationInfo) -> Finetune | None:
        model = info.data.get("model")
        if section is not None and model is not None and model.engine in WEIGHTLESS:
            raise ValueError(f"engine {model.engine} cannot be fine-tuned")
        return section

    @property
    def base_path(self) -> Path | None:
        """The local folder of the base model, not checked for existence."""
        if self.model.base is None:
            return None
        if self.model.base.startswith(BUILTIN):
            return BASELINES / self.model.base.removeprefix(BUILTIN)
        return _absolute("model.base", self.folder, Path(self.model.base))

    @property
    def stand_in(self) -> bool:
        """Whether the base is the embedded tiny one, whose quality claims nothing."""
        return bool(self.model.base) and str(self.model.base).startswith(BUILTIN)


def _absolute(field: str, folder: Path, path: Path) -> Path:
    """A path that a field of a spec names, relative to the spec's folder."""
    try:
        return (folder / path.expanduser()).absolute()
    except RuntimeError as error:
        raise SpecError(f"{field}: {path}: there is no such home folder") from error


def suite_names() -> list[str]:
    """The benchmarks there are: the modules of `suites`."""
    suites = importlib.import_module("suites")
    return sorted(module.name for module in pkgutil.iter_modules(suites.__path__))


def suite_module(name: str) -> Any:
    """Import a suite: a module with `Options`, `check`, `inputs` and `build`.

    Raises:
        SpecError: there is none of that name.
    """
    if name not in suite_names():
        raise SpecError(f"suite.name: no suite {name!r}{did_you_mean(name, suite_names())}")
    return importlib.import_module(f"suites.{name}")


def suite_options(spec: Spec) -> Any:
    """The suite's options, typed and checked by the suite, with its paths made absolute.

    Raises:
        SpecError: an unknown suite, an unknown option, or a value that it cannot have.
        InputError: a file that an option names is wrong.
    """
    module = suite_module(spec.suite.name)
    given = dict(spec.suite.model_extra or {})
    options = _typed(module.Options, given)
    home = Path(module.__file__).parent
    named = {name: getattr(options, name) for name in given}
    paths = {
        name: _locate(f"suite.{name}", path, spec.folder, home)
        for name, path in named.items()
        if isinstance(path, Path)
    }
    options = dataclasses.replace(options, **paths)
    try:
        module.check(options)
    except SpecError as error:
        raise SpecError(f"suite.{error}") from error
    return options


def _typed(kind: Any, given: dict[str, Any]) -> Any:
    """Options as the suite types them."""
    hints = get_type_hints(kind)
    for key, value in given.items():
        if key not in hints:
            raise SpecError(f"suite.{dotted((key,))}: unknown option{did_you_mean(key, hints)}")
        try:
            refuse_boolean(value, hints[key])
        except ValueError as error:
            raise SpecError(f"suite.{key}: {error}") from error
    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError as error:
        location, problem = explain(error, given, kind)
        raise SpecError(f"suite.{dotted(location)}: {problem}") from error


def _locate(field: str, path: Path, folder: Path, home: Path) -> Path:
    """An option's path: beside the spec, or `builtin:` among the suite's own files."""
    if not str(path).startswith(BUILTIN):
        return _absolute(field, folder, path)
    name = str(path).removeprefix(BUILTIN)
    beside = home / name
    return beside if beside.is_file() else home / "tables" / name


def load_specs(path: Path, changes: Sequence[str] = ()) -> list[Spec]:
    """Read a spec file into its experiments, in file order, with `a.b=c` changes laid over.

    A change applies to every experiment that has the section; `entries.NAME.a.b=c` to one.

    Raises:
        SpecError: the file is missing, no YAML, or wrong; the sentence names file, line and field.
        InputError: a file that an option of the suite names is wrong.
    """
    path = find_spec(path)
    file = read_yaml(path, SpecError)
    absent = [name for name, field in Spec.model_fields.items() if field.default is None]
    parsed = [read_change(change) for change in changes]
    raw = raw_experiments(file, _plain_name(path.stem), parsed, absent)
    specs = [_validate(file, one) for one in raw]
    names = [spec.name for spec in specs]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise SpecError(f"{raw[number].where(file, ('name',))}: two entries are named {name!r}")
    return specs


def _plain_name(stem: str) -> str:
    """What a file without a name calls its experiment."""
    return re.sub(r"[^A-Za-z0-9\u4e00-\u9fff._-]+", "-", stem).strip("._-")[:50] or "spec"


def _validate(file: MarkedYaml, one: RawExperiment) -> Spec:
    known = [name for name in Spec.model_fields if name not in DERIVED]
    for key in one.tree:
        if key not in known:
            hint = did_you_mean(str(key), [*known, ENTRIES] if one.number is None else known)
            raise SpecError(_sentence(file, one, (key,), f"unknown key{hint}"))
    try:
        derived = {"folder": file.path.absolute().parent, "group": one.group}
        spec = Spec.model_validate({**one.tree, **derived})
    except ValidationError as error:
        raise SpecError(_sentence(file, one, *explain(error, one.tree, Spec))) from error
    try:
        suite_options(spec)
    except SpecError as error:
        option = str(error).partition(":")[0].split(".")[:2]
        raise SpecError(f"{one.where(file, option)}: {error}") from error
    return spec


def _sentence(file: MarkedYaml, one: RawExperiment, location: Location, problem: str) -> str:
    """`file:line: field: what is wrong`."""
    field = f"{dotted(location)}: " if location else ""
    where = one.where(file, location)
    laid = [] if where.startswith("--set") else one.changed(location)
    note = f" (with --set {', --set '.join(laid)})" if laid else ""
    return f"{where}: {field}{problem}{note}"


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
    if path.is_dir():
        raise SpecError(f"{path}: is a folder, not a spec file")
    near = [p.name for p in sorted(path.parent.glob("*.y*ml"))] if path.parent.is_dir() else []
    raise SpecError(f"{path}: no such spec file{did_you_mean(path.name, [*near, *shipped])}")


def schema() -> dict[str, Any]:
    """JSON Schema of a spec file, for editors."""
    tree = Spec.model_json_schema()
    for name in DERIVED:
        tree["properties"].pop(name)
    tree["required"] = []
    tree["properties"]["entries"] = {
        "type": "array",
        "description": "experiments that share the rest of the file; each item is laid over it",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": dict(tree["properties"]),
            "additionalProperties": False,
        },
    }
    tree["title"] = "Podium spec"
    return tree


def dump(spec: Spec) -> str:
    """A spec as YAML that runs again from anywhere: its paths are absolute, or `builtin:`."""
    data = spec.model_dump(mode="json")
    options = suite_options(spec)
    for key, given in (spec.suite.model_extra or {}).items():
        value = getattr(options, key)
        if isinstance(value, Path) and not str(given).startswith(BUILTIN):
            data["suite"][key] = str(value)
    if not spec.stand_in and spec.base_path is not None:
        data["model"]["base"] = str(spec.base_path)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
