"""Answers to a summary: whose times count, and what the profile says of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.config.sections import ScoreSection
from harness.core import Gold, Message, Output, Profile, Sample
from harness.metrics.summary import Times, check_all, judge, profile_with, scoring
from harness.store.codec import score_to

PROFILE = Profile("mine/1", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0)


def asked(n: int) -> list[Sample]:
    return [
        Sample(
            id=str(at), messages=(Message("user", "几点开？"),), gold=Gold("time", "07:06"),
            reference="07:06开。", family=("early", "late")[at % 4 == 0], row=f"r{at}",
            template="t", split="test",
        )
        for at in range(n)
    ]  # fmt: skip


def summary(outputs: list[Output], times: Times, profile: Profile = PROFILE) -> dict[str, Any]:
    samples = asked(len(outputs))
    graded = check_all(samples, outputs, {})
    return judge(samples, outputs, graded, profile, times).summary


def right(at: int, e2e_s: float | None = 0.2) -> Output:
    return Output(str(at), "07:06", e2e_s=e2e_s)


def chosen(n: int) -> frozenset[str]:
    return frozenset(map(str, range(n)))


@pytest.mark.parametrize(
    ("n", "lacking", "art"),
    [(20, 0, 100.0), (20, 1, 95.0), (20, 2, None), (19, 1, None), (40, 2, 95.0), (40, 3, None)],
)
def test_one_chosen_question_in_twenty_may_lack_its_time(
    n: int, lacking: int, art: float | None
) -> None:
    found = summary([right(at, None if at < lacking else 0.2) for at in range(n)], Times(chosen(n)))
    part = found["parts"]["ART"]
    assert (None if part is None else part["value"]) == art
    void = f"{lacking} of {n} questions chosen for timing have an answer without a time"
    told = {"chosen": n, "timed": n - lacking, "void": void if art is None else None}
    assert found["times"] == told


def test_only_chosen_questions_count_in_response_time() -> None:
    outputs = [right(at, 0.2 if at < 4 else None) for at in range(40)]
    found = summary(outputs, Times(chosen(4)))
    assert found["parts"]["ART"]["value"] == 100
    assert found["times"] == {"chosen": 4, "timed": 4, "void": None}


def test_times_that_are_void_for_a_reason_from_elsewhere_stay_so() -> None:
    found = summary([right(at) for at in range(4)], Times(chosen(4), "the replicates differ"))
    assert found["times"] == {"chosen": 4, "timed": 4, "void": "the replicates differ"}
    assert found["parts"]["ART"] is None
    assert found["total"] == found["total_untimed"]


def test_the_total_without_times_stands_over_the_other_parts() -> None:
    outputs = [right(at, 2.0) for at in range(3)] + [Output("3", "09:59", e2e_s=0.1)]
    found = summary(outputs, Times(chosen(4)))
    total, untimed = found["total"], found["total_untimed"]
    assert total["value"] == pytest.approx(0.4 * 75 + 0.3 * 37.5 + 0.3 * 75)
    assert untimed["value"] == pytest.approx(75)
    assert untimed["weights"] == pytest.approx({"AS": 4 / 7, "AE": 3 / 7})


def test_the_mean_of_the_families() -> None:
    outputs = [Output(str(at), "07:06" if at % 4 == 0 else "09:59") for at in range(8)]
    found = summary(outputs, Times())
    assert found["parts"]["AS"]["value"] == 25
    assert found["macro"] == 50


def test_what_is_paid_for_belongs_to_the_profile() -> None:
    every = profile_with(PROFILE, ScoreSection(art="all"))
    assert every.art == "all"
    assert every.id.startswith("mine/1+")
    assert profile_with(PROFILE, ScoreSection(art="correct")) is PROFILE
    assert profile_with(every, ScoreSection(art="correct")).id != every.id
    assert "ART = 100 · mean(c · r(t))" in "\n".join(scoring(PROFILE)["formula"])
    assert "ART = 100 · mean(r(t))" in "\n".join(scoring(every)["formula"])
    outputs = [right(0), Output("1", "09:59", e2e_s=0.2)]
    assert summary(outputs, Times(chosen(2)))["parts"]["ART"]["value"] == 50
    paid = summary(outputs, Times(chosen(2)), replace(PROFILE, art="all"))
    assert paid["parts"]["ART"]["value"] == 100


def test_the_row_of_response_holds_what_art_averages() -> None:
    samples = asked(2)
    outputs = [right(0, 2.0), Output("1", "09:59", e2e_s=0.2)]
    for art, values in (("correct", [0.5, 0.0]), ("all", [0.5, 1.0])):
        profile = profile_with(PROFILE, ScoreSection.model_validate({"art": art}))
        judged = judge(samples, outputs, check_all(samples, outputs, {}), profile, Times(chosen(2)))
        rows = [score.value for score in judged.scores if score.metric == "response"]
        assert rows == values


def test_a_row_of_correctness_says_what_was_found() -> None:
    outputs = [right(0), Output("1", "8:15。", e2e_s=0.2), Output("2", "", e2e_s=0.2)]
    samples = asked(3)
    judged = judge(samples, outputs, check_all(samples, outputs, {}), PROFILE, Times(chosen(3)))
    found = {row.sample_id: row.found for row in judged.scores if row.metric == "correct"}
    assert found == {"0": ("07:06",), "1": ("08:15",), "2": ()}
    assert not any(row.found for row in judged.scores if row.metric != "correct")
    assert score_to(judged.scores[3])["found"] == ("08:15",)
    assert "found" not in score_to(judged.scores[1])
