"""`podium check`: every check over the experiments of a spec."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.config.engines import BASELESS, REMOTE
from harness.config.sections import Finetune, ModelSection
from harness.core import Sample
from harness.errors import InputError, PodiumError
from harness.experiment.experiment import Experiment
from harness.experiment.lengths import fitted
from harness.experiment.models import known_models, missing_models
from harness.experiment.plan import questions_of
from harness.experiment.recipe import open_recipe
from harness.models.chat import load_tokenizer
from harness.models.decoding import decoding_of
from harness.models.ends import end_tokens
from harness.models.loading import check_model
from harness.models.positions import positions
from harness.models.quiet import quiet
from harness.models.settings import read_object
from harness.preflight import machine as machines
from harness.preflight import network as networks
from harness.preflight import rows as told_rows
from harness.preflight.dry_step import check_dry_step
from harness.preflight.leaks import check_leaks
from harness.preflight.machine import Machine
from harness.preflight.material import Material, read_material
from harness.preflight.problem import Problem, error, merged, note, warning
from harness.preflight.recipe import check_recipe
from harness.preflight.rows import Prompt, Refused, Row, render_prompts, render_rows
from harness.preflight.shown import headline, marked
from harness.preflight.tokens import Tokens, check_tokens, check_untrained, embedding_rows
from harness.preflight.weights import check_adapter_fits, check_zero_layers
from harness.spec import Spec
from harness.stages.infer import check_askable
from harness.store.codec import read_samples
from harness.store.store import Store

# What of a recipe decides whether its training can be set up, and whom its gradients reach.
_DECIDES = {"method", "bits", "targets", "from_", "dtype", "attn", "dora", "rslora"}


@dataclass(frozen=True, slots=True)
class Base:
    """A base that was opened: its tokens, and, where it is trained, its network without numbers."""

    folder: Path
    config: dict[str, Any]
    tokens: Tokens
    network: Any

    @property
    def positions(self) -> int | None:
        """How many tokens it has positions for."""
        return positions(self.config)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Training rows and questions through the chat template of a base."""

    rows: tuple[Row, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    refused_rows: tuple[Refused, ...] = ()
    refused_prompts: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What is checked together: a base, what would be trained on it, and what is asked of it.

    Args:
        base: the model, opened.
        model: the spec's section.
        engine: what answers.
        max_tokens: most tokens of an answer.
        rendered: rows and questions.
        section: the recipe, `None` where nothing is trained.
        total: how many training rows there are, where those rendered are drawn from more.
        adapter: a finished adapter, or one that was handed in.
    """

    base: Base
    model: ModelSection
    engine: str
    max_tokens: int
    rendered: Rendered
    section: Finetune | None = None
    total: int = 0
    adapter: Path | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What `podium check` found: rendered rows with their headlines, and problems."""

    shown: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many problems would fail the run, or teach the wrong thing."""
        return sum(problem.level == "error" for problem in self.problems)


def check_address(experiment: Experiment) -> Iterator[Problem]:
    """Questions that nobody at an address can answer; nothing where no address is asked."""
    if experiment.engine not in REMOTE:
        return
    try:
        with questions_of(experiment) as questions:
            check_askable(experiment.engine, read_samples(questions / "test.jsonl"))
    except InputError as refused:
        yield error("questions", str(refused), "correct suite or model in the spec")


def check(specs: Sequence[Spec], adapter: Path | None = None, *, colour: bool = False) -> Report:
    """Check every experiment of some specs; nothing is asked, trained or written.

    Args:
        specs: the experiments.
        adapter: a folder to be held against each base, besides what is in the store.
        colour: whether what is learned is marked for a terminal.
    """
    checking = Checking(adapter)
    known = known_models(specs)
    found = [(spec.name, problem) for spec in known for problem in checking.spec(spec)]
    return Report(tuple(checking.shown(colour=colour)), tuple(merged(found)))


@dataclass
class Checking:
    """What entries of one spec share is read once: bases, rows, and dry steps."""

    adapter: Path | None = None
    _bases: dict[tuple[Path, bool], Base] = field(default_factory=dict)
    _materials: dict[str, Material] = field(default_factory=dict)
    _rendered: dict[tuple[str, Path, str], Rendered] = field(default_factory=dict)
    _stepped: dict[str, list[Problem]] = field(default_factory=dict)
    _first: dict[tuple[str, Path], tuple[Row, Base, int]] = field(default_factory=dict)

    def spec(self, spec: Spec) -> Iterator[Problem]:
        """Everything about one experiment; of one whose base is not here yet, that alone."""
        for name in missing_models([spec]):
            yield warning(
                "not-fetched",
                f"{name} is not on this machine, so nothing can be said of what it does with the "
                "data",
                "check again once a run has fetched it, or name a folder",
                field="model.base",
            )
            return
        try:
            spec, lowered = fitted(spec)
            yield from (note("length-lowered", sentence) for sentence in lowered)
            experiment = open_recipe(spec, Store(spec.runtime.runs)).first
            if experiment.engine in BASELESS or experiment.base_path is None:
                yield from check_address(experiment)
                return
            base = self.base(experiment.base_path, trained=spec.finetune is not None)
        except PodiumError as refused:
            yield error("base", str(refused), "correct what it names")
            return
        machine = machines.this_machine(spec.runtime.runs)
        early = list(check_early(spec.finetune, spec.model, experiment.engine, base))
        if spec.finetune is not None:
            early += machines.check_packages(spec.finetune, machine)
        yield from early
        yield from machines.check_dtypes(spec.finetune, spec.model, machine)
        try:
            material = self._material(experiment)
        except PodiumError as refused:
            yield error("questions", str(refused), "correct suite in the spec")
            return
        yield from material.told
        case = self._case(experiment, base, material)
        yield from inspect(case)
        if spec.finetune is not None and not any(p.level == "error" for p in early):
            yield from check_cost(case, machine)
            yield from self._dry(spec.finetune, case)
        if material.known is not None:
            allowed = spec.dataset.leak is None
            yield from check_leaks(material.taught, material.known, allowed=allowed)

    def shown(self, *, colour: bool) -> Iterator[tuple[str, str]]:
        """A rendered row for each base and data set, with its headline."""
        for row, base, max_length in self._first.values():
            text = marked(row, base.tokens.tokenizer, max_length, colour=colour)
            yield headline(row, max_length), text

    def base(self, folder: Path, *, trained: bool) -> Base:
        """A base, opened once."""
        if (folder, trained) not in self._bases:
            self._bases[folder, trained] = open_base(folder, trained=trained)
        return self._bases[folder, trained]

    def _material(self, experiment: Experiment) -> Material:
        stage = "questions" if experiment.spec.finetune is None else "dataset"
        key = experiment.key(stage)
        if key not in self._materials:
            self._materials[key] = read_material(experiment)
        return self._materials[key]

    def _case(self, experiment: Experiment, base: Base, material: Material) -> Case:
        spec = experiment.spec
        key = (experiment.key("questions" if spec.finetune is None else "dataset"), base.folder)
        variables = decoding_of(spec.generate).variables()
        asked_so = (*key, json.dumps(variables, sort_keys=True, default=str))
        if asked_so not in self._rendered:
            self._rendered[asked_so] = render(base, material.rows, material.asked, variables)
        rendered = self._rendered[asked_so]
        if spec.finetune is not None and rendered.rows:
            self._first.setdefault(key, (rendered.rows[0], base, spec.finetune.max_length))
        return Case(
            base, spec.model, experiment.engine, spec.generate.max_tokens, rendered,
            spec.finetune, material.total, self._adapter(experiment),
        )  # fmt: skip

    def _adapter(self, experiment: Experiment) -> Path | None:
        """The one that was handed in, or the experiment's own where it is finished."""
        if self.adapter is not None or experiment.adapter is None:
            return self.adapter
        return None if experiment.find("finetune") is None else experiment.adapter

    def _dry(self, section: Finetune, case: Case) -> list[Problem]:
        """The dry step of a recipe; recipes that differ in their numbers share one."""
        decides = section.model_dump(mode="json", include=_DECIDES)
        key = f"{case.base.folder} {decides}"
        if key not in self._stepped:
            self._stepped[key] = list(step(section, case))
        return self._stepped[key]


def open_base(folder: Path, *, trained: bool = True) -> Base:
    """Open a base: files, tokenizer, template, configuration; where it is trained its network.

    Raises:
        InputError: one sentence saying what is missing or wrong.
    """
    check_model(folder)
    with quiet():
        tokenizer = load_tokenizer(folder)
        config = read_object(folder / "config.json")
        ends = end_tokens(folder, tokenizer)
        tokens = Tokens(folder, tokenizer, ends, embedding_rows(config))
        network = networks.skeleton(folder) if trained else None
        return Base(folder, config, tokens, network)


def render(
    base: Base,
    rows: Sequence[dict[str, Any]],
    asked: Sequence[Sample],
    variables: Mapping[str, Any] = told_rows.USUAL,
) -> Rendered:
    """Rows and questions through the chat template of a base.

    Args:
        base: whose template it is.
        rows: what is trained.
        asked: the questions.
        variables: what the template is told beyond the usual, where a question is asked.
    """
    made, refused_rows = render_rows(rows, base.tokens.tokenizer, base.tokens.ends)
    prompts, refused_prompts = render_prompts(asked, base.tokens.tokenizer, variables)
    return Rendered(tuple(made), tuple(prompts), tuple(refused_rows), tuple(refused_prompts))


def check_early(
    section: Finetune | None, model: ModelSection, engine: str, base: Base
) -> Iterator[Problem]:
    """What is known from spec and configuration alone, before any data is made."""
    yield from networks.check_max_length(model.max_length, base.positions, "model.max_length")
    if section is not None:
        yield from networks.check_trained(section, engine, base.network)


def inspect(case: Case) -> Iterator[Problem]:
    """What rows, questions, tokens and weights show, without a step of training."""
    base, rendered = case.base, case.rendered
    yield from told_rows.check_refused(
        rendered.refused_prompts, len(rendered.refused_prompts) + len(rendered.prompts), "questions"
    )
    yield from told_rows.check_prompts(rendered.prompts, case.model.max_length, case.max_tokens)
    yield from check_zero_layers(base.folder)
    if case.adapter is not None and base.network is not None:
        yield from check_adapter_fits(case.adapter, base.folder, base.network, case.model.base)
    if case.section is None:
        yield from check_tokens(base.tokens, (), case.model.max_length)
        return
    yield from _inspect_rows(case, case.section)


def _inspect_rows(case: Case, section: Finetune) -> Iterator[Problem]:
    base, rows = case.base, case.rendered.rows
    refused, total = case.rendered.refused_rows, case.total
    yield from told_rows.check_refused(refused, len(refused) + len(rows))
    if not rows:
        yield from () if refused else told_rows.check_lengths(rows, section.max_length, section.cut)
        return
    if total > len(rows) + len(refused):
        yield note("rows-drawn", f"{len(rows):,} of {total:,} training rows were looked at")
    specials = base.tokens.specials
    ends = [text for text, number in specials.items() if number in base.tokens.ends]
    yield from told_rows.check_lengths(rows, section.max_length, section.cut)
    yield from told_rows.check_positions(rows, base.positions, section.max_length)
    yield from told_rows.check_answers(rows, list(specials), ends)
    yield from told_rows.check_questions(rows, list(specials))
    yield from told_rows.check_as_said(rows)
    yield from told_rows.check_prefix(rows)
    yield from told_rows.check_room(rows, case.rendered.prompts, case.max_tokens)
    yield from check_tokens(base.tokens, rows, section.max_length)
    if section.yields == "adapter":
        yield from check_untrained(base.tokens, rows, section.targets)
    yield from check_recipe(section, total)


def check_cost(case: Case, machine: Machine) -> Iterator[Problem]:
    """Disk and memory that a training takes."""
    if case.section is None:
        return
    base, lengths = case.base, [len(row.ids) for row in case.rendered.rows]
    yield from machines.check_space(case.section, base.folder, base.network, machine)
    yield from machines.check_memory(case.section, base.folder, lengths, machine)


def step(section: Finetune, case: Case) -> Iterator[Problem]:
    """The dry step, where the tokens of the rows have embeddings at all."""
    tokens = case.base.tokens
    words = len(tokens.tokenizer) if tokens.rows is None else tokens.rows
    known = [row for row in case.rendered.rows if max(row.ids, default=0) < words]
    yield from check_dry_step(section, case.base.folder, tokens.tokenizer, known, tokens.ends)


def check_before(experiments: Sequence[Experiment]) -> None:
    """Refuse what would fail after data was made: told before a run, cheaply.

    Raises:
        InputError: the first error, in one sentence.
    """
    checking = Checking()
    for experiment in experiments:
        if experiment.engine in BASELESS or experiment.base_path is None:
            continue
        base = checking.base(experiment.base_path, trained=experiment.spec.finetune is not None)
        for problem in _before(experiment, base):
            if problem.level == "error":
                found = problem.finding
                name = experiment.spec.name
                raise InputError(f"{name}: {found.field}: {found.detail}: {problem.change}")


def _before(experiment: Experiment, base: Base) -> Iterator[Problem]:
    """What one experiment's spec, base and machine show; packages where it is still to be trained.

    A training that is done needs none of them any more.
    """
    spec = experiment.spec
    yield from check_early(spec.finetune, spec.model, experiment.engine, base)
    if spec.finetune is not None and experiment.find("finetune") is None:
        machine = machines.this_machine(spec.runtime.runs)
        yield from machines.check_packages(spec.finetune, machine)
