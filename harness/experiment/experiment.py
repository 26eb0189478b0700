"""A spec with its place in the store: the key of each of its stages, and where each lies.

Every stage's inputs hold the key of the stages above it, so a change runs down the pipeline and
no further up than where it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from harness.config.engines import ENGINES
from harness.errors import SpecError
from harness.finetune.track import check_tracker
from harness.hub.names import hub_name
from harness.models import resolve_engine
from harness.models.adapter import ADAPTER_FILES, check_adapter, check_continued
from harness.models.engine_args import check_engine_args
from harness.models.generation import decoded_anew
from harness.models.internlm2.names import llama_names
from harness.models.native import comes_with_code, model_digest, native_folder
from harness.models.positions import check_positions
from harness.spec import Spec
from harness.stages import order
from harness.stages.latency import rows_file
from harness.stages.stage import Inputs
from harness.store.store import Store, stage_key

# Folder in a recipe's run folder with the run folders of its seeds.
SEEDS = "seeds"


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
        MissingDependency: the engine or the tracker is not installed.
    """

    def __init__(
        self, spec: Spec, store: Store, until: str = "score", timed_by: Experiment | None = None
    ) -> None:
        self.spec = spec
        self.store = store
        self._timed_by = timed_by
        self.data_wanted = until in ("distill", "dataset")
        self.engine = resolve_engine(spec.model.engine)
        self.session = Session([self])
        self._inputs: dict[str, Inputs] = {}
        _check_rank(spec, self.engine)
        _check_targets(spec)
        if ENGINES[self.engine].takes_args:
            check_engine_args(spec.name, spec.model.engine_args)
        if spec.finetune is not None:
            check_tracker(spec.runtime.track)

    def join(self, session: Session) -> None:
        """Be timed in that session; what was read of another is forgotten."""
        self.session = session
        self.forget()

    def forget(self) -> None:
        """Read the inputs of its stages anew: whose times it is scored with may have changed."""
        self._inputs.clear()

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

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The names of the stages that this experiment has, in order."""
        return tuple(stage.name for stage in order.STAGES if stage.belongs(self))

    def inputs(self, stage: str) -> Inputs:
        """Everything that decides what a stage writes."""
        if stage not in self._inputs:
            found = order.find_stage(stage)
            self._inputs[stage] = {"version": found.version, **found.reads(self)}
        return self._inputs[stage]

    def key(self, stage: str) -> str:
        """The stage's key in the store."""
        return stage_key(self.inputs(stage))

    def folder(self, stage: str) -> Path:
        """Where the finished stage lies, or will."""
        return self.store.stages / f"{stage}-{self.key(stage)}"

    def find(self, stage: str) -> Path | None:
        """The finished stage, if it is there."""
        return self.store.find(stage, self.key(stage))

    @property
    def adapter(self) -> Path | None:
        """Its LoRA folder, absolute, for engines compare folders by name; `None` where it has none.

        It has none where it is not tuned, and where all weights were learned.
        """
        section = self.spec.finetune
        if section is None or section.yields != "adapter":
            return None
        return (self.folder("finetune") / section.yields).absolute()

    @property
    def weights(self) -> Path | None:
        """The folder of the weights that engines load: its base, or what all of it became."""
        section = self.spec.finetune
        if section is None or section.yields != "model":
            return self.base_path
        return (self.folder("finetune") / section.yields).absolute()

    @property
    def quantized(self) -> bool:
        """Whether its base is trained in fewer bits than it is served in."""
        return self.spec.finetune is not None and self.spec.finetune.base_bits < 16

    @property
    def timings(self) -> Path | None:
        """Rows of the times that it is scored with; `None` where it is not timed."""
        if "latency" not in self.stages:
            return None
        return self.folder("latency") / rows_file(self.timed_as.key("infer"))

    @property
    def scoring(self) -> Inputs:
        """What the spec changes of the suite's profile."""
        return {"score": self.spec.score.in_key()}

    @cached_property
    def base_path(self) -> Path | None:
        """The folder of the base that engines load, converted first where it comes with code."""
        base = self.spec.base_path
        return None if base is None else native_folder(base, self.store.root)

    @cached_property
    def reference_path(self) -> Path | None:
        """The folder of the model that is timed along; `None` where there is none."""
        folder = self.spec.reference_path
        return None if folder is None else native_folder(folder, self.store.root)

    @cached_property
    def reference_digest(self) -> str:
        """The digest of the folder of the model that is timed along; empty where there is none."""
        return self._model_digest(self.spec.reference_path)

    @cached_property
    def teacher_digest(self) -> str:
        """The digest of a local teacher's folder; empty where it has none."""
        return self._model_digest(self.spec.teacher_path)

    @cached_property
    def judge_digest(self) -> str:
        """The digest of a local judge's folder; empty where it has none."""
        return self._model_digest(self.spec.judge_path)

    @cached_property
    def base_digest(self) -> str:
        """The digest of the base's folder; empty where it has none."""
        base, section = self.spec.base_path, self.spec.finetune
        digest = self._model_digest(base)
        if base is not None and section is not None and _is_here(base):
            check_positions(base, section.max_length)
        return digest

    @cached_property
    def from_digest(self) -> str:
        """The digest of the adapter that training goes on from; empty where it begins."""
        folder, section = self.spec.from_path, self.spec.finetune
        if folder is None or section is None:
            return ""
        check_adapter(folder)
        check_continued(folder, section)
        return self.store.digest(folder, ADAPTER_FILES)

    def _model_digest(self, folder: Path | None) -> str:
        if folder is None:
            return ""
        if not _is_here(folder):  # only planned: a run fetches it first
            return f"not here: {folder}"
        return model_digest(folder, self.store)


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
        """What decides the times: how they are taken, of which questions, and who answers.

        Of the model that is timed along its content counts, its folder's name does not.
        """
        first = self.members[0]
        section = first.spec.latency
        how = None if section is None else section.model_dump(mode="json", exclude={"reference"})
        return {
            "latency": how,
            "questions": first.key("questions"),
            "reference": first.reference_digest,
            "entries": sorted({member.key("infer") for member in self.members}),
            **decoded_anew(first.engine, first.spec.reference_path),
        }


def share_sessions(experiments: Sequence[Experiment]) -> None:
    """Put experiments that are timed alike, on the same questions, into one session.

    Those for which another is timed are scored with its session.
    """
    groups: dict[str, list[Experiment]] = {}
    for experiment in experiments:
        experiment.forget()
        if experiment.is_timed:
            alike = {**experiment.session.inputs, "entries": []}
            groups.setdefault(stage_key(alike), []).append(experiment)
    for group in groups.values():
        session = Session(group)
        for experiment in group:
            experiment.join(session)


def _is_here(base: Path) -> bool:
    """Whether a model is a folder, and not the name of one that a hub has."""
    return hub_name(str(base)) is None


def _check_rank(spec: Spec, engine: str) -> None:
    """Refuse to train an adapter that its engine would not load."""
    section, most = spec.finetune, ENGINES[engine].most_rank
    if section is None or section.yields != "adapter":
        return
    if most is not None and section.rank > most:
        raise SpecError(
            f"{spec.name}: finetune.rank: engine {engine} takes at most {most}, "
            f"not {section.rank}: lower it, or answer with model.engine hf"
        )


def _check_targets(spec: Spec) -> None:
    """Refuse names of layers that the conversion of the base does away with, and say the new."""
    section, base = spec.finetune, spec.base_path
    if section is None or section.yields != "adapter" or base is None:
        return
    if isinstance(section.targets, str):
        return
    for target in section.targets if comes_with_code(base) else ():
        names = llama_names(target)
        if names:
            raise SpecError(
                f"{spec.name}: finetune.targets: {target!r}: InternLM2 is converted to Llama, "
                f"where that is [{', '.join(names)}]"
            )
