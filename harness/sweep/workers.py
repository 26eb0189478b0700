"""Where trials are trained: here one after the other, or side by side on workers of Ray.

All workers see one store, so what one has trained another answers with. A trial whose worker
vanishes is lost; all others go on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.errors import InputError, PodiumError, RunError, UsageError, need
from harness.spec import Spec
from harness.sweep.local import LocalEvaluator
from harness.sweep.request import Request
from harness.sweep.trials import Evaluator

# Why each spec failed that did, by name; run by a worker.
Task = Callable[[Sequence[Spec]], Mapping[str, str]]
_ADDRESS = "ray://"


@contextmanager
def open_evaluator(request: Request, workers: str) -> Iterator[Evaluator]:
    """Who evaluates the trials of a sweep.

    Args:
        request: the sweep.
        workers: a number of processes here, `auto` for one a GPU, or the address of a cluster.

    Raises:
        UsageError: it says something else, or the cluster has not what the sweep needs.
        RunError: the cluster cannot be reached.
    """
    count = 0 if workers.startswith(_ADDRESS) else _count(workers)
    if count == 1:
        _check_gpu(request)
        yield LocalEvaluator(request.spec, request.name)
        return
    with _connected(workers if count == 0 else None, count):
        yield RayEvaluator(request)


def _check_gpu(request: Request) -> None:
    """Raise where GPU-hours are the budget of trials that run here, and there is no GPU.

    Raises:
        UsageError: so it is.
    """
    if request.settings.gpu_hours is None:
        return
    import torch

    if not torch.cuda.is_available():
        raise UsageError("sweep.gpu_hours: there is no GPU here: write hours")


def _count(workers: str) -> int:
    if workers == "auto":
        import torch

        return max(1, int(torch.cuda.device_count()))
    if not workers.isdecimal() or not 1 <= int(workers) <= 1024:
        raise UsageError(
            f"--workers {workers}: write a number of processes, auto, or ray://host:10001"
        )
    return int(workers)


@contextmanager
def _connected(address: str | None, count: int) -> Iterator[None]:
    """Ray, as long as it is needed; one that somebody else started is left as it is."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine unasked
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray = need("ray", "sweep")
    if ray.is_initialized():
        yield
        return
    how: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    if address is None:
        how |= {"num_cpus": count, "include_dashboard": False}
    else:
        how["address"] = address
    try:
        ray.init(**how)
    except (ConnectionError, OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise RunError(f"--workers {address or count}: Ray cannot be reached: {reason}") from error
    try:
        yield
    finally:
        ray.shutdown()


class RayEvaluator(LocalEvaluator):
    """Trains each trial on a worker, then has one worker answer for all on one engine.

    Args:
        request: the sweep.
        train: what a worker does with one trial.
        answer: what a worker does with all of a batch.

    Raises:
        UsageError: GPU-hours are the budget, and no worker has a GPU.
    """

    def __init__(self, request: Request, train: Task | None = None, answer: Task | None = None):
        import ray

        spec = request.spec
        runs = spec.runtime.runs.absolute()
        runtime = spec.runtime.model_copy(update={"runs": runs})
        super().__init__(spec.model_copy(update={"runtime": runtime}), request.name)
        gpus = ray.cluster_resources().get("GPU", 0.0)
        if not gpus and request.settings.gpu_hours is not None:
            raise UsageError("sweep.gpu_hours: no worker has a GPU: write hours")
        needs: dict[str, Any] = {"num_gpus": 1} if gpus else {"num_cpus": 1}
        self._train = ray.remote(max_retries=0, **needs)(train or train_one)
        self._answer = ray.remote(max_retries=1, **needs)(answer or answer_all)

    def run(self, specs: Sequence[Spec]) -> Mapping[str, PodiumError]:
        """Train on all workers, then answer and score on one; who failed, by name."""
        failures: dict[str, PodiumError] = {}
        for spec, asked in [(spec, self._train.remote([spec])) for spec in specs]:
            failures |= _waited(asked, [spec])
        left = [spec for spec in specs if spec.name not in failures]
        if left:
            failures |= _waited(self._answer.remote(left), left)
        return failures


def _waited(asked: Any, specs: Sequence[Spec]) -> dict[str, PodiumError]:
    """What a worker says; where it is gone, all that it was asked for has failed."""
    import ray

    try:
        return {name: RunError(why) for name, why in ray.get(asked).items()}
    except ray.exceptions.RayError as error:
        last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        why = f"its worker vanished ({type(error).__name__}: {' '.join(last)[:160]})"
        return {spec.name: RunError(why) for spec in specs}


def train_one(specs: Sequence[Spec]) -> Mapping[str, str]:
    """On a worker: everything up to the training."""
    return _done(specs, "finetune")


def answer_all(specs: Sequence[Spec]) -> Mapping[str, str]:
    """On a worker: everything up to the scores, the answers on one engine."""
    return _done(specs, "score")


def _done(specs: Sequence[Spec], until: str) -> Mapping[str, str]:
    from harness.pipeline import work

    try:
        _check_shared(specs[0].runtime.runs)
        failures = work(specs, until).failures
    except PodiumError as error:
        return {spec.name: str(error) for spec in specs}
    return {name: str(error) for name, error in failures.items()}


def _check_shared(runs: Path) -> None:
    """Raise where a worker does not see the store: its trainings would never be found."""
    if not runs.is_dir():
        host = os.uname().nodename
        raise InputError(
            f"worker {host} does not see {runs}: --runs must lie in a folder that all machines "
            "share"
        )
