from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.metrics.joint import Joint
from reports.leaderboard import build
from reports.ranking import Ranking, jointly, summarise
from tests.reports.conftest import MakeBoard
from tests.reports.folders import Entrant, questions, write_run


def spread(*scores: float, noise: float = 1.0, unscored: int = 0) -> Ranking:
    """Rank scores that vary independently around themselves."""
    values, size = np.array(scores), len(scores)
    variance = np.full((size, size), 2 * noise**2)
    joint = Joint(noise**2 * np.eye(size), variance, np.full((size, size), 1e4), fixed=False)
    return summarise(values, joint, unscored)


def test_far_apart_is_one_place_each() -> None:
    found = spread(95, 80, 60)
    assert found.ranks == ((1, 1), (2, 2), (3, 3))
    assert found.bands == (1, 2, 3)
    assert found.p_best == pytest.approx((1.0, 0.0, 0.0), abs=1e-3)
    assert found.apart == 3


def test_equals_share_every_place() -> None:
    found = spread(80, 80, 80)
    assert found.ranks == ((1, 3),) * 3
    assert found.bands == (1, 1, 1)
    assert found.apart == 0
    assert sum(found.p_best) == pytest.approx(1)


def test_two_ties_make_two_bands() -> None:
    found = spread(90, 89.5, 30, 29.5)
    assert found.bands == (1, 1, 2, 2)
    assert found.ranks == ((1, 2), (1, 2), (3, 4), (3, 4))


def test_a_chain_of_ties_is_one_band() -> None:
    found = spread(90, 87, 84, noise=1.0)
    assert found.ranks == ((1, 2), (1, 3), (2, 3))
    assert found.bands == (1, 1, 1)


def test_detectable_is_in_points() -> None:
    found = spread(90, 50).detectable
    assert found == pytest.approx(2.8 * 2**0.5, rel=0.1)


def test_what_has_no_score_can_be_anywhere() -> None:
    found = spread(90, 50, unscored=1)
    assert found.ranks == ((1, 2), (2, 3), (1, 3))
    assert found.bands == (1, 1, 1)
    assert found.p_best == pytest.approx((1.0, 0.0, 0.0), abs=1e-3)


def test_one_entry() -> None:
    found = spread(50)
    assert (found.ranks, found.p_best, found.detectable) == (((1, 1),), (1.0,), None)


def test_nothing_scored(make_board: MakeBoard) -> None:
    nothing: dict[str, object] = {"total": None, "parts": {}}
    board = make_board(Entrant("a", summary=nothing), Entrant("b", summary=nothing))
    assert [entry.rank for entry in board.entries] == [(1, 2), (1, 2)]


def test_what_is_ranked_is_what_was_scored(make_board: MakeBoard) -> None:
    """Means over the answers equal the summaries: unparsed counts 0, no answer counts nowhere."""
    board = make_board(Entrant("a", 0.7, lost=4), Entrant("b", 0.4, seed=2), count=60)
    statuses = {a.status for entry in board.entries for a in entry.run.answers.values()}
    assert {"failed", "unparsed"} < statuses
    runs = [entry.run for entry in board.entries]
    scores, joint = jointly(runs, "total", board.samples)
    totals = [entry.summary.total.value for entry in board.entries if entry.summary.total]
    assert scores == pytest.approx(totals)
    assert (joint.variance > 0).all()


def test_rows_and_phrasings_are_drawn_whole(tmp_path: Path) -> None:
    """The same answers are surer when their rows and templates are not known to repeat."""
    samples = [{**row, "row": f"r{at % 6}"} for at, row in enumerate(questions(60))]
    runs = [write_run(tmp_path, Entrant(f"r{at}", 0.8, seed=at), samples) for at in (1, 2)]
    clustered = build(runs).ranking.detectable
    for run in runs:
        (run / "samples.jsonl").unlink()
    alone = build(runs).ranking.detectable
    assert clustered is not None
    assert alone is not None
    assert clustered > alone


def test_the_same_runs_rank_the_same(make_board: MakeBoard) -> None:
    board = make_board(*(Entrant(f"r{at}", 0.8, seed=at) for at in range(1, 5)))
    assert build([entry.run.folder for entry in board.entries]).ranking == board.ranking
