"""Whether what a spec asks can be asked of whom it names: told before anything is made."""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.engines import REMOTE
from harness.errors import InputError, SpecError
from harness.experiment.experiment import Experiment
from harness.experiment.running import lacks
from harness.spec import chosen_suite
from harness.stages import infer, questions
from harness.stages.stage import Stage
from harness.store.codec import read_samples


def check_asked(experiments: Sequence[Experiment], stages: Sequence[Stage]) -> None:
    """Look up what suites name, and refuse questions that an engine can answer none of.

    A suite is looked at where its questions are still to be made, so a rerun loads nothing of it.

    Raises:
        SpecError: an option of a suite names what is not there.
        InputError: an address is to say how likely it finds an answer.
    """
    known: dict[str, str | None] = {}
    for experiment in experiments:
        asks = infer.STAGE in stages and lacks(experiment, infer.STAGE)
        if lacks(experiment, questions.STAGE):
            key = experiment.key("questions")
            if key not in known:
                known[key] = _scored(experiment)
            if asks and known[key] is not None:
                _check(experiment, known[key])
        elif asks and experiment.engine in REMOTE:
            made = experiment.folder("questions") / "test.jsonl"
            _check(experiment, infer.scored_family(read_samples(made)))


def _scored(experiment: Experiment) -> str | None:
    """The first family of a suite that is answered by likelihood, once its names are looked up."""
    try:
        families = chosen_suite(experiment.spec).asks()
    except SpecError as error:
        raise SpecError(f"{experiment.spec.name}: {error}") from error
    return next((family for family, scored in families.items() if scored), None)


def _check(experiment: Experiment, scored: str | None) -> None:
    try:
        infer.check_scored(experiment.engine, scored)
    except InputError as error:
        raise InputError(f"{experiment.spec.name}: {error}") from error
