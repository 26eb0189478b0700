"""The spec: one experiment, read from YAML and checked before anything loads.

A file holds one experiment, or several that share what stands at its top: each item of `entries`
is laid over the rest of the file. Paths are relative to the file, those that `--set` writes to the
working folder; `builtin:NAME` names what ships with Podium, `hf:ORG/NAME` and `ms:ORG/NAME` models
of a hub. Everything counts towards the store's keys, except what sits under `runtime`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, get_type_hints

import yaml
from pydantic import (
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from harness.benchmark import Chosen, find_benchmark
from harness.config.engines import BASELESS, REMOTE
from harness.config.explain import explain
from harness.config.fits import relative_problems, score_problems, text_problems
from harness.config.names import name_problem, taken
from harness.config.overrides import ENTRIES, RawExperiment, raw_experiments, read_change
from harness.config.search import ASIDE, aside_schema
from harness.config.section import Section, refuse_boolean
from harness.config.sections import (
    BUILTIN,
    Dataset,
    Distill,
    Finetune,
    Generate,
    Latency,
    ModelSection,
    ParitySection,
    Runtime,
    ScoreSection,
    SuiteSection,
)
from harness.config.teachers import LocalTeacher, no_room
from harness.config.yaml_file import Location, MarkedYaml, dotted, read_yaml
from harness.errors import SpecError, did_you_mean
from harness.hub.cache import find
from harness.hub.names import HubName, hub_name
from harness.store.secret import holds_named_key, looks_like_key, note_variables, strings

PACKAGE = Path(__file__).resolve().parent.parent
BASELINES = PACKAGE / "baselines"
# Fields that the file's place and entries decide; nobody writes them.
DERIVED = ("folder", "group", "laid", "recipe")
# The names of a section and of what it holds, from the outside in.
ModelField = tuple[str, ...]
# Sections that say who is asked, with a key.
_ASKED = (("distill", "teacher"), ("score", "judge"))
# Sections with fields that name files.
_WITH_PATHS = ("suite", "model", "distill", "dataset", "latency", "score", "finetune")


class Spec(Section):
    """One experiment. `finetune: null` leaves the base untuned.

    `repeats`: with how many seeds it is trained, `finetune.seed` and those after it.
    """

    name: str
    suite: SuiteSection = SuiteSection()
    distill: Distill = Distill()
    dataset: Dataset = Dataset()
    model: ModelSection = ModelSection()
    finetune: Finetune | None = None
    repeats: int = Field(default=1, ge=1, le=20)
    generate: Generate = Field(default=Generate(), validate_default=True)
    parity: ParitySection | None = ParitySection()
    latency: Latency | None = Latency()
    score: ScoreSection = ScoreSection()
    runtime: Runtime = Runtime()
    folder: Path = Field(default=Path(), exclude=True, description="what paths are relative to")
    group: str = Field(default="", exclude=True, description="name of the file's entries together")
    laid: tuple[str, ...] = Field(default=(), exclude=True, description="what --set wrote")
    recipe: str = Field(default="", exclude=True, description="name of what this is one seed of")

    @field_validator("name")
    @classmethod
    def _names_a_run_folder(cls, name: str) -> str:
        problem = name_problem(name)
        if problem:
            raise ValueError(problem)
        return name

    @field_validator("finetune")
    @classmethod
    def _can_be_tuned(cls, section: Finetune | None, info: ValidationInfo) -> Finetune | None:
        model = info.data.get("model")
        if section is not None and model is not None and model.engine in BASELESS:
            raise ValueError(f"engine {model.engine} cannot be fine-tuned")
        return section

    @field_validator("generate")
    @classmethod
    def _leaves_room(cls, section: Generate, info: ValidationInfo) -> Generate:
        model = info.data.get("model")
        if model is None or model.engine in BASELESS:
            return section
        if section.max_tokens >= model.max_length:
            raise ValueError(no_room(section.max_tokens, model.max_length))
        return section

    @field_validator("repeats")
    @classmethod
    def _has_seeds(cls, repeats: int, info: ValidationInfo) -> int:
        if repeats > 1 and "finetune" in info.data and info.data["finetune"] is None:
            raise ValueError("only training has seeds to repeat, and finetune is missing")
        return repeats

    @property
    def base_path(self) -> Path | None:
        """The local folder of the base model, not checked for existence.

        A model of a hub that is not on this machine yet has its name for a path.
        """
        base = None if self.model.engine in REMOTE else self.model.base
        return self._model_folder("model.base", base)

    @property
    def teacher_path(self) -> Path | None:
        """The local folder of the teacher, not checked for existence; `None` where it has none."""
        return self._local_folder("distill.teacher.model", self.distill.teacher)

    @property
    def reference_path(self) -> Path | None:
        """The local folder of the model that is timed along, not checked for existence."""
        own = None if self.latency is None else self.latency.reference
        return self._model_folder("latency.reference", own)

    @property
    def judge_path(self) -> Path | None:
        """The local folder of the judge, not checked for existence; `None` where it has none."""
        return self._local_folder("score.judge.model", self.score.judge)

    @property
    def prompt_path(self) -> Path | None:
        """The teacher's prompt, where it is one's own."""
        return self._own_file("distill", "prompt")

    @property
    def replay_path(self) -> Path | None:
        """The file of the rows that are replayed, not checked for existence."""
        return self._own_file("dataset", "replay", "file")

    @property
    def from_path(self) -> Path | None:
        """The folder of the adapter that training goes on from, not checked for existence."""
        return self._own_file("finetune", "from")

    def _own_file(self, *field: str) -> Path | None:
        path = self.own_files.get(field)
        return None if path is None else self.place(".".join(field), path)

    def _local_folder(self, field: str, asked: Section | None) -> Path | None:
        name = asked.model if isinstance(asked, LocalTeacher) else None
        return self._model_folder(field, name)

    def _model_folder(self, field: str, name: str | None) -> Path | None:
        if name is None:
            return None
        if name.startswith(BUILTIN):
            return _shipped(field, name)
        of_hub = hub_name(name)
        if of_hub is not None:
            found = find(of_hub)
            return Path(str(of_hub)) if found is None else found.folder
        return self.place(field, Path(name))

    @property
    def local_models(self) -> dict[ModelField, str]:
        """What names each model that runs on this machine, by its field."""
        base = None if self.model.engine in REMOTE else self.model.base
        names: dict[ModelField, str | None] = {("model", "base"): base}
        for field, asked in zip(_ASKED, (self.distill.teacher, self.score.judge), strict=True):
            names[*field, "model"] = asked.model if isinstance(asked, LocalTeacher) else None
        names["latency", "reference"] = None if self.latency is None else self.latency.reference
        return {field: name for field, name in names.items() if name is not None}

    @property
    def own_files(self) -> dict[ModelField, Path]:
        """The files and folders that it names, as they are written, by field.

        Those of models are `local_models`, those of the suite its options.
        """
        replay, tuned = self.dataset.replay, self.finetune
        files = {
            ("distill", "prompt"): self.distill.prompt,
            ("dataset", "replay", "file"): None if replay is None else replay.file,
            ("finetune", "from"): None if tuned is None else tuned.from_,
        }
        return {field: path for field, path in files.items() if path is not None}

    @property
    def hub_models(self) -> dict[ModelField, HubName]:
        """The models that it takes from a hub, by the field that names each."""
        found = {field: hub_name(name) for field, name in self.local_models.items()}
        return {field: name for field, name in found.items() if name is not None}

    def naming(self, names: Mapping[ModelField, HubName]) -> Spec:
        """The same experiment with other names for models of a hub, by their fields."""
        changed = self
        for (section, *rest), name in names.items():
            part = _changed(getattr(self, section), rest, str(name))
            changed = changed.model_copy(update={section: part})
        return changed

    def place(self, field: str, path: Path) -> Path:
        """A path that a field names: relative to the file, or where `--set` wrote it, to here."""
        typed = any(f"{field}.".startswith(f"{key}.") for key in self.laid)
        return _absolute(field, Path() if typed else self.folder, path)

    @property
    def stand_in(self) -> bool:
        """Whether the base is the embedded tiny one, whose quality claims nothing."""
        return bool(self.model.base) and str(self.model.base).startswith(BUILTIN)


def _shipped(field: str, name: str) -> Path:
    folder = BASELINES / name.removeprefix(BUILTIN)
    if not folder.is_dir():
        known = [f"{BUILTIN}{found.parent.name}" for found in BASELINES.glob("*/config.json")]
        raise SpecError(f"{field}: {name} does not ship with Podium{did_you_mean(name, known)}")
    return folder


def _changed(section: Any, fields: Sequence[str], value: str) -> Any:
    """A section with one field, of it or of a section in it, changed."""
    field, *rest = fields
    new = _changed(getattr(section, field), rest, value) if rest else value
    return section.model_copy(update={field: new})


def _absolute(field: str, folder: Path, path: Path) -> Path:
    """A path that a field of a spec names, relative to a folder."""
    try:
        return (folder / path.expanduser()).absolute()
    except RuntimeError as error:
        raise SpecError(f"{field}: {path}: there is no such home folder") from error


def chosen_suite(spec: Spec) -> Chosen[Any]:
    """The suite that a spec asks for, its options typed and checked, with absolute paths.

    Raises:
        SpecError: an unknown suite, an unknown option, or a value that it cannot have.
        InputError: a file that an option names is wrong.
    """
    benchmark = find_benchmark(spec.suite.name)
    given = dict(spec.suite.model_extra or {})
    options = _typed(benchmark.options, given)
    named = {name: getattr(options, name) for name in given}
    paths = {
        name: _locate(f"suite.{name}", path, spec, benchmark.home)
        for name, path in named.items()
        if isinstance(path, Path)
    }
    options = dataclasses.replace(options, **paths)
    try:
        benchmark.check(options)
    except SpecError as error:
        raise SpecError(f"suite.{error}") from error
    return Chosen(spec.suite.name, benchmark, options)


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


def _locate(field: str, path: Path, spec: Spec, home: Path) -> Path:
    """An option's path: where the spec says, or `builtin:` among the suite's own files."""
    if not str(path).startswith(BUILTIN):
        return spec.place(field, path)
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
    note_variables(file.tree)
    absent = [name for name, field in Spec.model_fields.items() if field.default is None]
    parsed = [read_change(change) for change in changes]
    raw = raw_experiments(file, _plain_name(path.stem), parsed, absent)
    specs = [_validate(file, one) for one in raw]
    names = [spec.name for spec in specs]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise SpecError(f"{raw[number].where(file, ('name',))}: two entries are named {name!r}")
    return specs


def entry_names(specs: Sequence[Spec]) -> dict[str, Spec]:
    """The experiments of one file by what their entries are called in it."""
    return {spec.name.removeprefix(f"{spec.group}-"): spec for spec in specs}


def find_entry(path: Path, specs: Sequence[Spec], entry: str) -> Spec:
    """The experiment that `SPEC:ENTRY` names, by exactly what its entry is called.

    Raises:
        SpecError: the file has no such entry.
    """
    names = entry_names(specs)
    if entry not in names:
        raise SpecError(f"{path}: no entry {entry!r}{did_you_mean(entry, names)}")
    return names[entry]


def _plain_name(stem: str) -> str:
    """What a file without a name calls its experiment."""
    return re.sub(r"[^A-Za-z0-9\u4e00-\u9fff._-]+", "-", stem).strip("._-")[:50] or "spec"


def _validate(file: MarkedYaml, one: RawExperiment) -> Spec:
    note_variables(one.tree)
    known = [name for name in Spec.model_fields if name not in DERIVED]
    for key in one.tree:
        if key not in known:
            of_file: tuple[str, ...] = (*ASIDE, ENTRIES)
            if one.number is not None and (key in of_file or key not in file.tree):
                of_file = ()  # it stands in an entry
            hint = did_you_mean(str(key), [*known, *of_file])
            raise SpecError(_sentence(file, one, (key,), f"unknown key{hint}"))
    _check_names(file, one)
    try:
        derived = {
            "folder": file.path.absolute().parent,
            "group": one.group,
            "laid": tuple(".".join(keys) for keys, _ in one.laid if keys[0] in _WITH_PATHS),
        }
        spec = Spec.model_validate({**one.tree, **derived})
    except ValidationError as error:
        raise SpecError(_sentence(file, one, *explain(error, one.tree, Spec))) from error
    for location in _keys(one.tree):
        problem = "holds a key: no key stands in a spec: name its environment variable in key_env"
        raise SpecError(_sentence(file, one, location, problem))
    try:
        chosen = chosen_suite(spec)
    except SpecError as error:
        option = str(error).partition(":")[0].split(".")[:2]
        raise SpecError(f"{one.where(file, option)}: {error}") from error
    for location, problem in unfit(spec, chosen):
        raise SpecError(_sentence(file, one, location, problem))
    return spec


def unfit(spec: Spec, chosen: Chosen[Any]) -> Iterator[tuple[Location, str]]:
    """What no field can tell by itself: names of models, and what the suite does not go with."""
    yield from _misnamed(spec)
    if not chosen.benchmark.about_table:
        yield from text_problems(spec.distill, spec.dataset)
    judged = chosen.benchmark.wants_judge
    if judged is not None and judged(chosen.options) and spec.score.judge is None:
        yield ("score", "judge"), "the suite leaves answers to a judge: name the model that is one"
    profile = chosen.benchmark.profile(chosen.options)
    yield from relative_problems(spec.score, spec.latency)
    yield from score_problems(spec.score, profile, timed=spec.latency is not None)


def _misnamed(spec: Spec) -> Iterator[tuple[Location, str]]:
    """A name that begins as a hub's and goes on as none."""
    for field, name in spec.local_models.items():
        try:
            hub_name(name)
        except ValueError as error:
            yield field, str(error)


def _keys(tree: dict[str, Any]) -> Iterator[Location]:
    """Where a key stands in a spec: one that it names, or in whom it asks, whatever looks so."""
    for where, text in strings(tree):
        asks = where[:1] == ("name",) or where[:2] in _ASKED
        if holds_named_key(text) or (asks and looks_like_key(text)):
            yield tuple(int(key) if key.isdecimal() else key for key in where)


def _check_names(file: MarkedYaml, one: RawExperiment) -> None:
    """Refuse names that are taken, alone or in a longer one: the leaderboard lies under the group.

    Raises:
        SpecError: the store or the system has the name of an entry, or of all together.
    """
    if one.number is None:
        return
    entry = str(file.tree[ENTRIES][one.number]["name"])
    if taken(entry):
        raise SpecError(f"{file.where((ENTRIES, one.number, 'name'))}: name: {taken(entry)}")
    if taken(one.group):
        typed = one.changed(("name",))
        where = f"--set {typed[-1]}" if typed else file.where(("name",))
        raise SpecError(f"{where}: name: {taken(one.group)}")


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
    folders = (BASELINES, BASELINES / "recipes")
    shipped = {p.stem: p for folder in folders for p in sorted(folder.glob("*.yaml"))}
    asked = path.name.removesuffix(".yaml")  # a name may hold dots, as qwen2.5-1.5b
    if asked in shipped and path.parent.name in ("", "baselines", "recipes"):
        return shipped[asked]
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
    tree["properties"] |= aside_schema()
    tree["title"] = "Podium spec"
    return tree


def dump(spec: Spec) -> str:
    """A spec as YAML that runs again from anywhere.

    Its paths are absolute, but for what ships with Podium (`builtin:`), models of a hub, and
    `runtime.runs`, which is relative to wherever Podium is started.
    """
    data = spec.model_dump(mode="json", by_alias=True)
    options = chosen_suite(spec).options
    for key, given in (spec.suite.model_extra or {}).items():
        value = getattr(options, key)
        if isinstance(value, Path) and not str(given).startswith(BUILTIN):
            data["suite"][key] = str(value)
    folders = {
        field: Path(name)
        for field, name in spec.local_models.items()
        if field not in spec.hub_models and not name.startswith(BUILTIN)
    }
    for field, path in (folders | spec.own_files).items():
        *sections, last = field
        section = reduce(getitem, sections, data)
        section[last] = str(spec.place(".".join(field), path))
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
