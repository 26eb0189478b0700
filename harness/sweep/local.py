"""Trials on this machine: trained one after the other, answered on one engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.benchmark import find_benchmark
from harness.errors import MissingDependency, PodiumError, UsageError
from harness.experiment.forecasts import foresee
from harness.experiment.recipe import Recipe, open_recipe
from harness.finetune.memory import GIB
from harness.pipeline import work
from harness.spec import Spec
from harness.store.files import read_json, read_jsonl
from harness.store.store import Store
from harness.sweep.laying import lay
from harness.sweep.trials import Ask, Evaluation

_GB = 10**9
WORDINGS = "wordings"
# The metric of each part, as scores.jsonl has it, and what it weighs where nobody says.
_METRICS = {"AS": "correct", "AE": "efficiency"}


class LocalEvaluator:
    """Evaluates recipes by the pipeline, without timing them.

    Args:
        spec: the experiment that they are laid over.
        name: of the sweep; trials are named by it.
    """

    def __init__(self, spec: Spec, name: str) -> None:
        self._spec, self._name = spec, name
        self._store = Store(spec.runtime.runs)

    def evaluate(self, asks: Sequence[Ask]) -> list[Evaluation]:
        """Evaluate recipes side by side.

        Raises:
            PodiumError: all of several fail for one reason, which is then none of theirs.
            StoreError: the disk refuses.
        """
        specs, failures = self._open(asks)
        if specs:
            running = self.run(list(specs.values()))
            by_name = {spec.name: number for number, spec in specs.items()}
            failures |= {by_name[name]: error for name, error in running.items()}
        _check_shared(failures, len(asks))
        recipes = {number: open_recipe(spec, self._store) for number, spec in specs.items()}
        answered = [one for number, one in recipes.items() if number not in failures]
        # They are answered together on one engine, whose start would else be the first one's.
        answering = sum(self._seconds(one, "infer") for one in answered) / max(len(answered), 1)
        return [
            self._failed(recipes.get(number), failures[number])
            if number in failures
            else _read(recipes[number], self._seconds(recipes[number], "finetune") + answering)
            for number in (ask.number for ask in asks)
        ]

    def _failed(self, recipe: Recipe | None, error: PodiumError) -> Evaluation:
        """A trial that failed, and what it took until then; nothing where it could not begin."""
        if recipe is None:
            return Evaluation(problem=str(error))
        taken = sum(self._seconds(recipe, stage) for stage in ("finetune", "infer"))
        return Evaluation(seconds=taken, problem=str(error))

    def _seconds(self, recipe: Recipe, stage: str) -> float:
        """How long a stage took, whenever that was, all attempts together; 0 where it has none."""
        key = recipe.keys.get(stage)
        return 0.0 if key is None else self._store.seconds(stage, key)

    def run(self, specs: Sequence[Spec]) -> Mapping[str, PodiumError]:
        """Train, answer and score; who failed, by name."""
        return work(specs).failures

    def _open(self, asks: Sequence[Ask]) -> tuple[dict[int, Spec], dict[int, PodiumError]]:
        """The specs that can begin, and why the others cannot, by trial."""
        specs: dict[int, Spec] = {}
        failures: dict[int, PodiumError] = {}
        for ask in asks:
            try:
                spec = trial_spec(self._spec, self._name, ask)
                open_recipe(spec, self._store).inputs()
            except MissingDependency:
                raise
            except UsageError as error:
                failures[ask.number] = error
            else:
                specs[ask.number] = spec
        return specs, failures

    def answers(self, found: Evaluation) -> Mapping[int, float]:
        """What each question earned, by its place among the questions."""
        return read_answers(self._store.stages / found.score)


def trial_spec(spec: Spec, name: str, ask: Ask) -> Spec:
    """The experiment of a trial: untimed, and trained for its share of the epochs.

    Where the suite has wordings to develop on, it is asked in those: the finals are then asked in
    wordings that nobody was chosen by.

    Raises:
        SpecError: its values do not go together.
    """
    keeps_some = WORDINGS in find_benchmark(spec.suite.name).only_asked
    developing = {f"suite.{WORDINGS}": "test"} if keeps_some else {}
    laid = lay(spec, {**developing, **ask.values})
    section = laid.finetune
    if section is not None and ask.share != 1:
        section = section.model_copy(update={"epochs": section.epochs * ask.share})
    changed = {"name": f"{name}-{ask.number}", "finetune": section, "repeats": 1,
               "latency": None, "parity": None}  # fmt: skip
    return laid.model_copy(update=changed)


def read_answers(folder: Path) -> dict[int, float]:
    """The weighted parts of each question of a finished score stage, 0 to 1."""
    weights = read_json(folder / "score.json")["total"]["weights"]
    used = {metric: float(weights[part]) for part, metric in _METRICS.items() if part in weights}
    if not sum(used.values()):
        used = {"correct": 1.0}
    whole = sum(used.values())
    earned: dict[str, float | None] = {}
    for row in read_jsonl(folder / "scores.jsonl"):
        weight = used.get(row["metric"])
        if weight is None:
            continue
        before, value = earned.get(row["sample_id"], 0.0), row["value"]
        unknown = before is None or value is None
        earned[row["sample_id"]] = None if unknown else before + weight / whole * value
    return {at: value for at, value in enumerate(earned.values()) if value is not None}


def _check_shared(failures: Mapping[int, PodiumError], asked: int) -> None:
    """Raise what all of several trials failed for: it is the sweep's matter."""
    said = {str(error) for error in failures.values()}
    if len(failures) == asked > 1 and len(said) == 1:
        raise next(iter(failures.values()))


def _read(recipe: Recipe, seconds: float) -> Evaluation:
    """What the store has of a finished trial, whose training and answers took so many seconds."""
    scored = read_json(recipe.scored / "score.json")
    total = scored["total"]
    if total is None:
        return Evaluation(seconds=seconds, problem="no answer could be scored")
    length = (scored["length"] or {}).get("characters")
    parts = {**{part: scored["parts"][part] for part in _METRICS}, "total": total}
    return Evaluation(
        value=total["value"],
        parts={**parts, "length": length["median"] if length else None},
        seconds=seconds,
        memory_gb=_memory(recipe),
        score=recipe.scored.name,
    )


def _memory(recipe: Recipe) -> float | None:
    """GB that a step of training takes on a GPU, as forecast."""
    training = foresee(recipe.first).get("training")
    return None if training is None else round(training["memory"]["peak"] * GIB / _GB, 3)
