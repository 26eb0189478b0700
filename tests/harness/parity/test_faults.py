"""The bank of faults: every one fails, and no honest adapter does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.models.merge import merge
from harness.parity.tokens import Scores
from harness.parity.verdict import Base, Heard, Parity, judge
from tests.harness.parity.faults import FAULTS, HONEST, WEAK
from tests.harness.parity.made import TINY, Adapter, make, probe, scores

pytestmark = pytest.mark.real

TRAINED = Adapter(seed=1)
Rows = Sequence[Sequence[int]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return probe()


@pytest.fixture(scope="module")
def base(rows: Rows) -> Scores:
    return scores(rows)


@pytest.fixture(scope="module")
def half(rows: Rows) -> Scores:
    """The base in bfloat16."""
    return scores(rows, dtype="bfloat16")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(TRAINED, tmp_path_factory.mktemp("trained") / "adapter")


@pytest.fixture(scope="module")
def reference(rows: Rows, trained: Path) -> Scores:
    return scores(rows, adapter=trained)


def judged(base: Scores, reference: Scores, path: Scores, there: Scores | None = None) -> Parity:
    heard = [Heard("served", path, None)]
    return judge(Base(base, base if there is None else there), reference, heard, 12)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_fails_in_one_sentence(
    name: str, rows: Rows, base: Scores, trained: Path, reference: Scores, tmp_path: Path
) -> None:
    served = FAULTS[name](TRAINED, trained, tmp_path / name)
    found = judged(base, reference, scores(rows, served.base, served.adapter))
    assert found.verdict == "fail", found.paths
    assert found.said.startswith("served: ")
    assert "\n" not in found.said


def test_the_sentence_names_what_it_is(
    rows: Rows, base: Scores, trained: Path, reference: Scores, tmp_path: Path
) -> None:
    said = {}
    for name in ("ignored", "alpha_halved", "other_seed"):
        served = FAULTS[name](TRAINED, trained, tmp_path / name)
        said[name] = judged(base, reference, scores(rows, served.base, served.adapter)).said
    assert "answers as the untuned base" in said["ignored"]
    assert "of its strength" in said["alpha_halved"]
    assert "another adapter" in said["other_seed"]


@pytest.mark.parametrize("adapter", HONEST, ids=str)
def test_an_honest_adapter_passes_merged_and_in_half_the_bits(
    adapter: Adapter, rows: Rows, base: Scores, half: Scores, tmp_path: Path
) -> None:
    folder = make(adapter, tmp_path / "adapter")
    merge(TINY, folder, tmp_path / "merged")
    own = scores(rows, adapter=folder)
    assert judged(base, own, scores(rows, tmp_path / "merged")).verdict == "pass"
    found = judged(base, own, scores(rows, adapter=folder, dtype="bfloat16"), half)
    assert found.verdict == "pass", found.said


@pytest.mark.parametrize("adapter", WEAK, ids=str)
def test_an_honest_adapter_that_changes_little_is_no_failure(
    adapter: Adapter, rows: Rows, base: Scores, half: Scores, tmp_path: Path
) -> None:
    folder = make(adapter, tmp_path / "adapter")
    merge(TINY, folder, tmp_path / "merged")
    own = scores(rows, adapter=folder)
    assert judged(base, own, scores(rows, tmp_path / "merged")).verdict == "pass"
    found = judged(base, own, scores(rows, adapter=folder, dtype="bfloat16"), half)
    assert found.verdict == "unclear", found.said


def test_there_are_twenty_honest_adapters() -> None:
    assert len(set(HONEST)) >= 20


def test_an_adapter_that_changes_nothing_fails(rows: Rows, base: Scores, tmp_path: Path) -> None:
    folder = make(Adapter(seed=1, spread=0.0), tmp_path / "adapter")
    own = scores(rows, adapter=folder)
    found = judged(base, own, own)
    assert found.verdict == "fail"
    assert "changes nothing" in found.said


def test_another_base_on_the_engine_fails(
    rows: Rows, base: Scores, trained: Path, reference: Scores, tmp_path: Path
) -> None:
    served = FAULTS["other_base"](TRAINED, trained, tmp_path / "other")
    path = scores(rows, served.base, served.adapter)
    found = judged(base, reference, path, scores(rows, served.base))
    assert found.verdict == "fail"
    assert "other weights" in found.said
