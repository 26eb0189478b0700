"""From the files to the selection table, with engines that need no weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import pipeline
from harness.errors import SpecError
from harness.spec import load_specs
from reports.leaderboard import Leaderboard, build
from reports.selection import selection

SPEC = """
name: pick
suite: {name: fewclue, splits: [dev], modes: [gen, ppl]}
distill: {teacher: template}
latency: null
model: {base: null, engine: fake, skill: 0.9}
entries:
  - {name: floor, model: {engine: floor}}
  - {name: strong}
  - {name: weak, model: {skill: 0.5}}
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    folder = tmp_path_factory.mktemp("pick")
    (folder / "pick.yaml").write_text(SPEC, "utf-8")
    return build(pipeline.run(load_specs(folder / "pick.yaml", [f"runtime.runs={folder}"])))


def test_every_data_set_and_mode_has_a_row(board: Leaderboard) -> None:
    found = selection(board)
    assert found is not None
    assert [row[:4] for row in found.cells] == [
        ("bustm-dev", "5cc669", "accuracy", "gen"),
        ("ocnli_fc-dev", "51e956", "accuracy", "gen"),
        ("bustm-dev", "96c0e0", "accuracy", "ppl"),
        ("ocnli_fc-dev", "98dd6e", "accuracy", "ppl"),
    ]
    floor = found.models.index("pick-floor")
    # The majority, whether it is written or chosen.
    assert [row[4 + floor] for row in found.cells] == ["51.25", "37.50", "51.25", "37.50"]
    # The floor is no model to choose.
    compared = {(gap.best, gap.other) for gap in found.gaps}
    assert compared == {("pick-strong", "pick-weak")}
    assert [gap.real for gap in found.gaps] == [True] * 4


def test_only_accuracy_counts(board: Leaderboard) -> None:
    for entry in board.entries:
        assert entry.summary.total_weights == {"AS": 1.0}
        assert entry.summary.scoring.id == "fewclue/2"
        assert entry.summary.unscored == 0


def test_the_spec_that_ships() -> None:
    specs = load_specs(Path("fewclue"))
    assert [spec.name for spec in specs] == ["fewclue-floor", "fewclue-untuned", "fewclue-lora"]
    assert all(spec.latency is None for spec in specs)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("tasks=[ocnli]", "suite.tasks.0: 'ocnli' is no choice (did you mean 'ocnli_fc'?)"),
        ("layout=[634f41]", "suite.layout.0: '634f41' is no choice"),
        ("modes=gen", "suite.modes: must be a list"),
        ("folder=nowhere", "suite.folder: "),
        ("rule=lenient", "suite.rule: 'lenient' is no choice"),
    ],
)
def test_a_wrong_option_is_named(change: str, sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        load_specs(Path("fewclue"), [f"suite.{change}"])
    assert sentence in str(caught.value)
