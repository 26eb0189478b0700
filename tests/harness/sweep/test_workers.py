"""Workers of Ray: two nodes with two each, in this machine; the table is one worker's."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.spec import Spec
from harness.sweep.command import sweep
from harness.sweep.ledger import open_ledger
from harness.sweep.local import LocalEvaluator
from harness.sweep.request import Request, read_request
from harness.sweep.search import search
from harness.sweep.trials import Evaluator
from harness.sweep.workers import RayEvaluator, answer_all, open_evaluator, train_one
from tests.harness.sweep.sweeping import FAKE, write

pytestmark = [
    pytest.mark.real,
    # Ray leaves sockets and processes to be collected, and says so of itself.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

# Settings of which the command line says nothing.
UNSAID = dict.fromkeys(
    ("trials", "hours", "gpu_hours", "sampler", "finalists", "repeats", "storage")
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[3])
    import ray
    from ray.cluster_utils import Cluster

    found = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
    )
    try:
        for _ in range(2):
            found.add_node(num_cpus=2)
        ray.init(address=found.address, log_to_driver=False, logging_level="error")
        yield found
    finally:
        ray.shutdown()
        found.shutdown()


def request(folder: Path, **settings: Any) -> Request:
    folder.mkdir(exist_ok=True)
    path = write(folder, {**FAKE, "sweep": {"trials": 8, "batch": 4, **settings}})
    return read_request(path, None, [f"runtime.runs={folder / 'runs'}"], {})


def table(asked: Request, evaluator: Evaluator) -> list[tuple[object, ...]]:
    trials = search(asked, open_ledger(asked), evaluator)
    return [(one.number, one.state, one.labels, one.last.value) for one in trials]


def test_two_nodes_find_what_one_worker_finds(cluster: Any, tmp_path: Path) -> None:
    assert len(cluster.list_all_nodes()) == 3
    here, there = request(tmp_path / "here"), request(tmp_path / "there")
    alone = table(here, LocalEvaluator(here.spec, here.name))
    with open_evaluator(there, "4") as evaluator:
        assert isinstance(evaluator, RayEvaluator)
        assert table(there, evaluator) == alone


def test_a_node_that_dies_costs_one_trial(cluster: Any, tmp_path: Path) -> None:
    asked = request(tmp_path / "runs", trials=4)
    node = cluster.add_node(num_cpus=1, resources={"doomed": 1})

    def train(specs: Sequence[Spec]) -> Mapping[str, str]:
        if specs[0].name.endswith("-2"):
            (tmp_path / "began").touch()
            time.sleep(600)
        return train_one(specs)

    class Doomed(RayEvaluator):
        """Trains the third trial on the node that dies, which dies when it has begun."""

        def run(self, specs: Sequence[Spec]) -> Any:
            plain, self._train = self._train, _Placed(self._train, "-2", tmp_path, cluster, node)
            try:
                return super().run(specs)
            finally:
                self._train = plain

    found = table(asked, Doomed(asked, train, answer_all))
    assert [state for _, state, _, _ in found] == ["complete", "complete", "fail", "complete"]
    (lost,) = (one for one in open_ledger(asked).trials() if one.state == "fail")
    assert lost.last.problem.startswith("its worker vanished (")


class _Placed:
    """A remote function, one of whose calls goes to a certain node, which is then killed."""

    def __init__(self, task: Any, ending: str, folder: Path, cluster: Any, node: Any) -> None:
        self.task, self.ending, self.folder = task, ending, folder
        self.cluster, self.node = cluster, node

    def remote(self, specs: Sequence[Spec]) -> Any:
        if not specs[0].name.endswith(self.ending):
            return self.task.remote(specs)
        asked = self.task.options(resources={"doomed": 1}).remote(specs)
        deadline = time.monotonic() + 240
        while not (self.folder / "began").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        self.cluster.remove_node(self.node, allow_graceful=False)
        return asked


def test_without_a_gpu_no_gpu_hours_can_be_spent(cluster: Any, tmp_path: Path) -> None:
    assert cluster.address
    with (
        pytest.raises(UsageError, match="no worker has a GPU"),
        open_evaluator(request(tmp_path / "x", gpu_hours=1), "4"),
    ):
        pass


def test_gpu_hours_can_be_spent_where_workers_elsewhere_have_gpus(
    cluster: Any, tmp_path: Path
) -> None:
    """Whether or not this machine has one."""
    node = cluster.add_node(num_cpus=1, num_gpus=1)
    path = write(tmp_path, {**FAKE, "sweep": {"trials": 2, "batch": 2, "gpu_hours": 1}})
    try:
        text, found, _, problem = sweep(
            str(path), [f"runtime.runs={tmp_path / 'runs'}"], "ray://elsewhere:10001", UNSAID
        )
    finally:
        cluster.remove_node(node)
    assert problem == ""
    assert found["spent"]["complete"] == 2
    assert text
