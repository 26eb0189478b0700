"""Accepted rows to training data: nothing twice, nothing wrong, nothing lost in silence."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Augment, Dataset, Replay
from harness.core import Gold, Message, Sample, Suite
from harness.curate.rows import Row
from harness.curate.training_set import make_dataset
from harness.errors import RunError
from harness.store.codec import sample_to, suite_to
from harness.store.files import read_json, read_jsonl, write_json, write_jsonl
from harness.tables.benchmark import build
from suites.timetable import Options

TOLD = {"rows", "duplicates", "leaked", "near_duplicates", "families", "augmented", "examples"}


@pytest.fixture(scope="module")
def quickstart() -> Suite:
    """Questions of the quickstart, one wording in five."""
    suite = build(Options(families=("lookup", "dwell", "missing")))
    return replace(suite, train=suite.train[::5])


def made(
    tmp_path: Path,
    suite: Suite,
    rows: Iterable[Sample | dict[str, Any]],
    section: Dataset | None = None,
    others: Sequence[Row] = (),
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The training rows and the counts."""
    questions, distilled, work = (tmp_path / name for name in ("questions", "distilled", "work"))
    write_json(questions / "suite.json", suite_to(suite))
    write_jsonl(questions / "test.jsonl", map(sample_to, suite.test))
    write_jsonl(questions / "held_out.jsonl", map(sample_to, suite.held_out))
    write_jsonl(distilled / "accepted.jsonl", (accepted(row) for row in rows))
    work.mkdir(exist_ok=True)
    make_dataset(Dataset() if section is None else section, distilled, questions, work, others)
    return list(read_jsonl(work / "train.jsonl")), read_json(work / "dataset.json")


def accepted(row: Sample | dict[str, Any]) -> dict[str, Any]:
    """A row as distillation leaves it."""
    if isinstance(row, dict):
        return row
    return {**sample_to(row), "answer": row.reference, "teacher": {"engine": "template"}}


def asked(sample: Sample, question: str, **changes: Any) -> Sample:
    return replace(
        sample, id=f"{sample.id}:{question}", messages=(Message("user", question),), **changes
    )


def departure(suite: Suite) -> Sample:
    return next(s for s in suite.train if s.template.startswith("lookup.departure/"))


# --- the plain case ------------------------------------------------------------------------------


def test_clean_rows_are_kept_as_they_are_and_shuffled(tmp_path: Path, quickstart: Suite) -> None:
    want = [
        {
            "id": sample.id,
            "family": sample.family,
            "value": sample.reference,
            "messages": [
                {"role": "user", "content": sample.question},
                {"role": "assistant", "content": sample.reference},
            ],
        }
        for sample in quickstart.train
    ]
    random.Random(5).shuffle(want)
    rows, told = made(tmp_path, quickstart, quickstart.train, Dataset(shuffle_seed=5))
    assert rows == want
    assert set(told) == TOLD
    assert (told["rows"], told["duplicates"], told["leaked"], told["near_duplicates"]) == (
        len(want), 0, 0, 0,
    )  # fmt: skip
    assert (told["augmented"], told["examples"]) == ({}, {})
    assert not (tmp_path / "work" / "augmented.jsonl").exists()


def test_rows_without_the_values_that_they_name_will_do(tmp_path: Path, quickstart: Suite) -> None:
    old = [accepted(sample) for sample in quickstart.train]
    for row in old:
        del row["named"]
    rows, told = made(tmp_path, quickstart, old)
    assert (len(rows), told["leaked"]) == (len(old), 0)


def test_families_are_told(tmp_path: Path, quickstart: Suite) -> None:
    twice = [*quickstart.train, *(s for s in quickstart.train if s.family == "dwell")]
    _, told = made(tmp_path, quickstart, twice)
    families = told["families"]
    assert list(families) == ["lookup", "dwell", "missing"]
    assert families["dwell"]["accepted"] == 2 * families["dwell"]["kept"]
    assert sum(family["rows"] for family in families.values()) == told["rows"]
    assert sum(family["share"] for family in families.values()) == pytest.approx(1, abs=0.001)


# --- what is left out ----------------------------------------------------------------------------


def test_equal_questions_are_dropped_and_counted(tmp_path: Path, quickstart: Suite) -> None:
    one = departure(quickstart)
    again = asked(one, one.question.replace("？", "?"))
    rows, told = made(tmp_path, quickstart, [one, again, again])
    assert [row["id"] for row in rows] == [one.id]
    assert told["duplicates"] == 2
    example = {"id": again.id, "question": again.question, "like": one.id}
    assert told["examples"] == {"duplicates": [example] * 2}


def test_equal_questions_stay_where_they_are_wanted(tmp_path: Path, quickstart: Suite) -> None:
    one = departure(quickstart)
    rows, told = made(tmp_path, quickstart, [one, one], Dataset(deduplicate=False))
    assert (len(rows), told["duplicates"], told["near_duplicates"]) == (2, 0, 0)


def test_another_wording_of_the_same_answer_is_a_duplicate(
    tmp_path: Path, quickstart: Suite
) -> None:
    one = departure(quickstart)
    rows, told = made(tmp_path, quickstart, [one, replace(one, reference="另外的说法")])
    assert [row["value"] for row in rows] == [one.reference]
    assert told["duplicates"] == 1


def test_a_contradiction_is_an_error(tmp_path: Path, quickstart: Suite) -> None:
    one = departure(quickstart)
    other = replace(one, gold=Gold("time", "23:59"), reference="23:59")
    with pytest.raises(RunError, match=r"contradicts itself: '.+' is answered '.+' and '23:59'"):
        made(tmp_path, quickstart, [one, other], Dataset(deduplicate=False))


def test_a_question_behind_another_first_one_is_another_question(
    tmp_path: Path, quickstart: Suite
) -> None:
    one = departure(quickstart)
    conversations = [
        replace(
            one, id=key, gold=Gold("time", time), reference=time,
            messages=(Message("user", f"{key}停几站台？"), Message("assistant", "1站台。"),
                      Message("user", "几点开？")),
        )
        for key, time in (("K1", "01:00"), ("K2", "02:00"))
    ]  # fmt: skip
    rows, _ = made(tmp_path, quickstart, conversations)
    assert {row["messages"][0]["content"]: row["value"] for row in rows} == {
        "K1停几站台？": "01:00", "K2停几站台？": "02:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wording", "like"),
    [
        ("我想知道{}次列车从本站发车的时间。", "次列车从本站发车的时间"),
        ("我想知道{}次列车从本站的发车时间", "次列车从本站发车的时间"),
        ("{}次列车计划于何时驶离本站", "次列车计划于何时驶离本站"),
        ("{}次列车计划何时驶离本站呢", "次列车计划于何时驶离本站"),
    ],
)
def test_phrasings_of_both_tests_are_left_out(
    tmp_path: Path, quickstart: Suite, wording: str, like: str
) -> None:
    one = departure(quickstart)
    question = wording.format("K99999")
    leak = asked(one, question, named=("K99999",))
    behind = (Message("assistant", "好"), Message("user", "它几点开？"))
    second = replace(leak, id="2", messages=(*leak.messages, *behind))
    rows, told = made(tmp_path, quickstart, [one, leak, second])
    assert [row["id"] for row in rows] == [one.id]
    assert told["leaked"] == 2
    assert told["examples"]["leaked"][0]["question"] == question
    assert like in told["examples"]["leaked"][0]["like"]


def test_the_threshold_decides(tmp_path: Path, quickstart: Suite) -> None:
    near = asked(departure(quickstart), "我想知道K9次列车从本站的发车时间", named=("K9",))
    assert made(tmp_path, quickstart, [near], Dataset(leak=1.0))[1]["leaked"] == 0


def test_near_duplicates_are_left_out(tmp_path: Path, quickstart: Suite) -> None:
    one = asked(departure(quickstart), "请问K1次列车究竟在什么时候开车？", named=("K1",))
    near = asked(departure(quickstart), "请问K1次列车究竟在什么时候开车呢？", named=("K1",))
    rows, told = made(tmp_path, quickstart, [one, near, near])
    assert [row["id"] for row in rows] == [one.id]
    assert (told["near_duplicates"], told["duplicates"]) == (2, 0)
    rows, told = made(tmp_path, quickstart, [one, near], Dataset(near_duplicates=None))
    assert (len(rows), told["near_duplicates"]) == (2, 0)


def test_few_examples_are_kept(tmp_path: Path, quickstart: Suite) -> None:
    _, told = made(tmp_path, quickstart, [departure(quickstart)] * 20)
    assert (told["duplicates"], len(told["examples"]["duplicates"])) == (19, 3)


def test_nothing_left_is_an_error(tmp_path: Path, quickstart: Suite) -> None:
    with pytest.raises(RunError, match=r"no training row is left \(366 copy a test question\)"):
        made(tmp_path, quickstart, quickstart.test)
    assert not list((tmp_path / "work").iterdir())


def test_what_was_left_out_is_said(
    tmp_path: Path, quickstart: Suite, caplog: pytest.LogCaptureFixture
) -> None:
    one = departure(quickstart)
    with caplog.at_level(logging.INFO, logger="podium"):
        made(tmp_path, quickstart, [one, one, quickstart.test[0]])
    assert len(caplog.messages) == 2
    assert caplog.messages[0].startswith("dataset: left out 1 (copies of test questions), such as ")
    assert caplog.messages[1].startswith("dataset: left out 1 (equal questions), such as ")


# --- what is added -------------------------------------------------------------------------------

MORE = Dataset(augment=Augment(frames=0.1, typos=0.2, turns=0.1, synonyms=0.01))


def test_added_rows_say_where_they_come_from(tmp_path: Path, quickstart: Suite) -> None:
    rows, told = made(tmp_path, quickstart, quickstart.train, MORE)
    n = len(quickstart.train)
    extra = {row["id"]: row["augmented"] for row in rows if "augmented" in row}
    kept = {row["id"] for row in rows} - set(extra)
    assert kept == {sample.id for sample in quickstart.train}
    assert len(rows) == told["rows"] == n + len(extra)
    assert all(origin["from"] in kept for origin in extra.values())
    counts = {kind: sum(o["kind"] == kind for o in extra.values()) for kind in told["augmented"]}
    assert counts == {kind: k["added"] for kind, k in told["augmented"].items()}
    assert counts == {
        "frames": round(0.1 * n), "synonyms": 0, "typos": round(0.2 * n), "turns": round(0.1 * n),
    }  # fmt: skip


def test_added_rows_are_kept_whole_beside(tmp_path: Path, quickstart: Suite) -> None:
    rows, _ = made(tmp_path, quickstart, quickstart.train, MORE)
    taught = {row["id"]: row for row in rows if "augmented" in row}
    whole = list(read_jsonl(tmp_path / "work" / "augmented.jsonl"))
    assert {row["id"] for row in whole} == set(taught)
    golds = {sample.id: sample_to(sample)["gold"] for sample in quickstart.train}
    for row in whole:
        assert row["augmented"] == taught[row["id"]]["augmented"]
        assert row["gold"] == golds[row["augmented"]["from"]]
        assert [*row["messages"], {"role": "assistant", "content": row["answer"]}] == (
            taught[row["id"]]["messages"]
        )


def test_a_follow_up_ends_in_the_second_answer(tmp_path: Path, quickstart: Suite) -> None:
    rows, _ = made(tmp_path, quickstart, quickstart.train, MORE)
    answers = {sample.id: sample.reference for sample in quickstart.train}
    turns = [row for row in rows if row.get("augmented", {}).get("kind") == "turns"]
    for row in turns:
        assert [m["role"] for m in row["messages"]] == ["user", "assistant"] * 2
        assert row["messages"][-1]["content"] == row["value"] == answers[row["augmented"]["from"]]


def test_the_same_rows_give_the_same_files(tmp_path: Path, quickstart: Suite) -> None:
    for name in "ab":
        made(tmp_path / name, quickstart, quickstart.train, MORE)
    for file in ("train.jsonl", "augmented.jsonl", "dataset.json"):
        one, other = ((tmp_path / name / "work" / file).read_bytes() for name in "ab")
        assert one == other


@pytest.mark.parametrize(("own", "is_own"), [(["喂，{question}"], True), ([], False)])
def test_a_suite_may_bring_its_own_frames(
    tmp_path: Path, quickstart: Suite, own: list[str], is_own: bool
) -> None:
    write_json(tmp_path / "questions" / "frames.json", own)
    section = Dataset(augment=Augment(frames=0.1))
    rows, _ = made(tmp_path, quickstart, quickstart.train, section)
    framed = [row["messages"][0]["content"] for row in rows if "augmented" in row]
    assert len(framed) == round(0.1 * len(quickstart.train))
    assert all(question.startswith("喂，") is is_own for question in framed)


def test_too_few_added_rows_are_said(
    tmp_path: Path, quickstart: Suite, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="podium"):
        _, told = made(tmp_path, quickstart, quickstart.train, MORE)
    asked_for = round(0.01 * len(quickstart.train))
    assert caplog.messages == [
        f"dataset: augment.synonyms asks for {asked_for} rows, 0 could be added"
    ]
    assert told["augmented"]["synonyms"] == {"asked_for": asked_for, "added": 0, "refused": {}}


def replayed(name: str, question: str) -> Row:
    sample = Sample(
        name,
        (Message("user", question),),
        Gold("free", "好的"),
        "好的",
        "replay",
        "1",
        name,
        "train",
    )
    return Row(sample, "好的")


@pytest.mark.parametrize(("share", "count"), [(0.1, 1), (0.5, 5), (2.0, 6)])
def test_rows_of_a_file_are_mixed_in_by_their_share(
    share: float, count: int, tmp_path: Path, quickstart: Suite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "podium")
    others = [
        replayed(f"replay-{n}", f"请写一首关于{word}的诗") for n, word in enumerate("山水云月花雪")
    ]
    twice = replayed("replay-9", others[0].sample.question)
    leaking = replayed("replay-8", quickstart.test[0].question)
    section = Dataset(replay=Replay(file=Path("chats.jsonl"), share=share))
    rows, told = made(
        tmp_path, quickstart, quickstart.train[:10], section, [*others, twice, leaking]
    )
    drawn = [row for row in rows if row["family"] == "replay"]
    assert len(drawn) == told["augmented"]["replay"]["added"] == count
    assert all(row["messages"][-1] == {"role": "assistant", "content": "好的"} for row in drawn)
    assert told["rows"] == len(rows) == 10 + count
    assert "replay" not in told["families"]
    if share == 2.0:
        assert told["augmented"]["replay"]["refused"] == {"leaked": 1, "duplicate": 1}
        assert "replay asks for 20 rows, 6 could be added" in caplog.text
