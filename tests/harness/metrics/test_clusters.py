"""The variance of a mean over rows and wordings, by hand and against known formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.metrics.clusters import Bools, Clusters, Components, Floats, Sources
from tests.harness.checker.forms import UNHURRIED

ROWS = tuple(f"row-{i % 20}" for i in range(200))
TEMPLATES = tuple(f"template-{i % 9}" for i in range(200))
OWN = tuple(f"own-{i}" for i in range(200))
NONE = ("",) * 200


def everything(count: int) -> Bools:
    return np.ones(count, dtype=np.bool_)


def levels(rows: tuple[str, ...], templates: tuple[str, ...]) -> list[int]:
    factors = Clusters(rows, templates).factors(everything(len(rows)))
    return [int(factor.max()) + 1 for factor in factors]


@pytest.mark.parametrize(
    ("rows", "templates", "expected"),
    [
        pytest.param(ROWS, TEMPLATES, [20, 9], id="both cross"),
        pytest.param(ROWS, NONE, [20], id="no wordings"),
        pytest.param(OWN, TEMPLATES, [9], id="rows within wordings"),
        pytest.param(ROWS, OWN, [20], id="wordings within rows"),
        pytest.param(OWN, OWN, [200], id="one and the same"),
        pytest.param(NONE, NONE, [200], id="no labels"),
        pytest.param(("only",) * 200, NONE, [200], id="one row"),
        pytest.param(ROWS, ("only",) * 200, [20], id="one wording"),
        pytest.param(ROWS, tuple("ab"[i // 100] for i in range(200)), [20], id="two wordings"),
    ],
)
def test_sources_of_chance(
    rows: tuple[str, ...], templates: tuple[str, ...], expected: list[int]
) -> None:
    assert levels(rows, templates) == expected


@pytest.mark.parametrize(("count", "fixed"), [(1, True), (2, True), (3, False), (9, False)])
def test_one_or_two_wordings_say_nothing_of_another(count: int, fixed: bool) -> None:
    wordings = tuple(f"w{i // 20 % count}" for i in range(200))
    assert Clusters(ROWS, wordings).fixed is fixed
    assert not Clusters(ROWS, NONE).fixed
    assert not Clusters(("a", "b"), ("x", "y")).fixed, "each wording belongs to its row"


def test_only_questions_asked_are_numbered() -> None:
    asked = np.arange(200) < 10
    (factor,) = Clusters(ROWS, NONE).factors(asked)
    assert factor.tolist() == list(range(10))


def crossed(rows: int, wordings: int, seed: int) -> tuple[Floats, Clusters]:
    """Answers with effects of rows and wordings, every row in every wording."""
    dice = np.random.default_rng(seed)
    effects = 0.3 * dice.normal(size=(rows, 1)) + 0.2 * dice.normal(size=(1, wordings))
    values = (effects + dice.normal(size=(rows, wordings))).reshape(-1)
    row, wording = np.divmod(np.arange(rows * wordings), wordings)
    return values, Clusters(tuple(f"r{i}" for i in row), tuple(f"w{i}" for i in wording))


def split(values: Floats, clusters: Clusters) -> Components:
    influence = (values - values.mean(axis=0)) / len(values)
    table = influence.reshape(len(values), -1)
    return Sources(clusters.factors(everything(len(values)))).components(table)


def test_two_ways_agree_with_the_analysis_of_variance() -> None:
    """Variance of the mean = (MS rows + MS wordings - MS residual) / n, where all cross."""
    rows, wordings = 15, 6
    values, clusters = crossed(rows, wordings, seed=1)
    table = values.reshape(rows, wordings)
    mean, by_row, by_wording = table.mean(), table.mean(axis=1), table.mean(axis=0)
    residual = table - by_row[:, None] - by_wording[None, :] + mean
    squares = (
        wordings * ((by_row - mean) ** 2).sum() / (rows - 1),
        rows * ((by_wording - mean) ** 2).sum() / (wordings - 1),
        (residual**2).sum() / ((rows - 1) * (wordings - 1)),
    )
    found = split(values, clusters)
    parts = [*found.sources, found.residual]
    assert [float(part[0, 0]) for part in parts] == pytest.approx([s / 90 for s in squares])
    assert (found.dfs, found.residual_df) == ((14.0, 5.0), 70.0)


def test_one_way_agrees_with_the_cluster_robust_formula() -> None:
    dice = np.random.default_rng(2)
    values = np.repeat(dice.normal(size=40), 5) + dice.normal(size=200)
    clusters = Clusters(tuple(f"c{i // 5}" for i in range(200)), NONE)
    variance, df = split(values, clusters).of_each()
    sums = (values - values.mean()).reshape(40, 5).sum(axis=1)
    assert variance[0] == pytest.approx(40 / 39 * (sums**2).sum() / 200**2)
    assert df[0] == 39


def test_pairs_are_paired() -> None:
    """The difference of a run and itself plus a constant varies not at all."""
    values, clusters = crossed(12, 8, seed=3)
    other = np.random.default_rng(4).normal(size=len(values))
    found = split(np.stack([values, values + 0.1, other], axis=1), clusters)
    variance, df = found.of_pairs()
    assert variance[0, 1] == pytest.approx(0, abs=1e-12)
    alone, _ = split(values - other, clusters).of_each()
    assert variance[0, 2] == pytest.approx(float(alone[0]))
    assert df.shape == (3, 3)
    assert (df >= 7).all()


def test_few_wordings_leave_a_pair_their_own_degrees_of_freedom() -> None:
    values, clusters = crossed(50, 3, seed=5)
    found = split(np.stack([values, values[::-1]], axis=1), clusters)
    assert found.of_pairs()[1][0, 1] == 2


@UNHURRIED
@given(st.integers(2, 12), st.integers(3, 9), st.integers(0, 10_000), st.floats(0.3, 1.0))
def test_a_variance_is_never_less_than_of_one_source(
    rows: int, wordings: int, seed: int, share: float
) -> None:
    values, clusters = crossed(rows, wordings, seed)
    asked = np.random.default_rng(seed).random(len(values)) < share
    factors = clusters.factors(asked)
    if not asked.any():
        return
    influence = (values[asked] - values[asked].mean()) / asked.sum()
    found = Sources(factors).components(influence[:, None])
    variance, df = found.of_each()
    assert variance[0] >= max(float(source[0, 0]) for source in found.sources) - 1e-15
    assert df[0] >= min(found.dfs)
