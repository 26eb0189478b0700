from __future__ import annotations

from pathlib import Path

import pytest

from harness.core import Candidate, Message, Sample
from suites.fewclue import Options, accept, build
from suites.fewclue.prompts import LayoutName
from tests.suites.fewclue.made import bustm, ocnli, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "bustm" / "dev_few_all.json", [bustm(0, "1", sentence1="来", sentence2="去")])
    labels = ("neutral", "-", "entailment", "contradiction")
    rows = [
        ocnli(n, label, sentence1="天黑了,", sentence2="晚了") for n, label in enumerate(labels)
    ]
    write(tmp_path / "ocnli" / "dev_few_all.json", rows)
    return tmp_path


def asked(folder: Path, *layout: LayoutName, **options: object) -> dict[str, Sample]:
    made = Options(folder=folder, splits=("dev",), layout=layout, **options)  # type: ignore[arg-type]  # typed by each caller
    return {sample.id: sample for sample in build(made).test}


def texts(sample: Sample) -> dict[str, str]:
    return {candidate.label: candidate.text for candidate in sample.candidates}


def turns(candidate: Candidate) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in candidate.messages]


def test_a_letter_is_asked_for_in_one_turn(folder: Path) -> None:
    samples = asked(folder)
    bustm_0 = samples["bustm-dev-0"]
    assert bustm_0.messages == (
        Message(
            "user",
            "语句一：“来”\n语句二：“去”\n请判断语句一和语句二说的是否是一个意思？\n"
            "A. 无关\nB. 相关\n请从“A”，“B”中进行选择。\n答：",
        ),
    )
    assert (bustm_0.gold.kind, bustm_0.gold.value, bustm_0.reference) == ("choice", "B", "B")
    assert samples["ocnli_fc-dev-0"].messages == (
        Message(
            "user",
            "阅读文章：天黑了,\n根据上文，回答如下问题：晚了\n"
            "A. 对\nB. 错\nC. 可能\n请从“A”，“B”，“C”中进行选择。\n答：",
        ),
    )
    assert all(not sample.candidates for sample in samples.values())


def test_labels_map_to_letters_and_undecided_pairs_are_left_out(folder: Path) -> None:
    letters = {name: sample.gold.value for name, sample in asked(folder).items()}
    assert letters == {
        "bustm-dev-0": "B", "ocnli_fc-dev-0": "C", "ocnli_fc-dev-1": "A", "ocnli_fc-dev-2": "B"
    }  # fmt: skip


def test_candidates_as_turns(folder: Path) -> None:
    samples = asked(folder, "e53034", "9e8b3d", modes=("ppl",))
    question = "语句一：“来”\n语句二：“去”\n请判断语句一和语句二说的是否是一个意思？"
    assert [(c.label, turns(c)) for c in samples["bustm-dev-ppl-0"].candidates] == [
        ("A", [("user", question), ("assistant", "两句话说的毫不相关。")]),
        ("B", [("user", question), ("assistant", "两句话说是的一个意思。")]),
    ]
    read = "阅读文章：天黑了,\n根据上文，回答如下问题：晚了？"
    assert [(c.label, turns(c)) for c in samples["ocnli_fc-dev-ppl-0"].candidates] == [
        ("B", [("user", read), ("assistant", "错")]),
        ("A", [("user", read), ("assistant", "对")]),
        ("C", [("user", "如果天黑了,为真，那么晚了也为真吗？"), ("assistant", "可能")]),
    ]


def test_candidates_as_texts(folder: Path) -> None:
    samples = asked(folder, "9ef540", modes=("ppl",))
    assert texts(samples["bustm-dev-ppl-0"]) == {
        "A": "来。\n去。\n两句话说的毫不相关。",
        "B": "来。\n去。\n两句话说的一个意思。",
    }
    # A layout is named for bustm only: ocnli_fc has the default one.
    assert texts(samples["ocnli_fc-dev-ppl-0"]) == {
        "B": "阅读文章：天黑了,\n根据上文，回答如下问题： 晚了？\n答：错",
        "A": "阅读文章：天黑了,\n根据上文，回答如下问题： 晚了？\n答：对",
        "C": "如果天黑了,为真，那么晚了也为真吗?可能",
    }


def test_an_instruction_is_a_system_turn_or_a_line(folder: Path) -> None:
    chat = asked(folder, "4b16c0", modes=("ppl",))["bustm-dev-ppl-0"]
    instruction = "请判断以下两句话说的是否是一个意思："
    assert turns(chat.candidates[0])[:2] == [("system", instruction), ("user", "来，去")]
    lines = asked(folder, "4b16c0", modes=("ppl",), turns="lines")["bustm-dev-ppl-0"]
    assert texts(lines)["B"] == f"{instruction}\n来，去\n两句话说是的一个意思。"


def test_a_question_can_be_read_whatever_is_scored(folder: Path) -> None:
    for layout in ("e53034", "4b16c0", "9ef540"):
        sample = asked(folder, layout, modes=("ppl",))["bustm-dev-ppl-0"]
        assert "来" in sample.question
        assert "去" in sample.question


def test_both_modes_of_a_pair_are_one_cluster(folder: Path) -> None:
    samples = asked(folder, modes=("gen", "ppl"))
    assert samples["bustm-dev-0"].row == samples["bustm-dev-ppl-0"].row
    assert len({sample.row for sample in samples.values()}) == 2  # the premise counts, not the pair


def test_training_rows_are_dealt_evenly(folder: Path) -> None:
    rows = [bustm(n, label, sentence1=f"{n}") for n, label in enumerate("0011" * 8)]
    write(folder / "bustm" / "train_few_all.json", rows)
    made = build(Options(folder=folder, splits=("dev",), tasks=("bustm",), modes=("gen", "ppl")))
    taught = [(sample.family, sample.reference) for sample in made.train]
    for family in ("bustm-dev", "bustm-dev-ppl"):
        assert [taught.count((family, letter)) for letter in "AB"] == [8, 8]
    assert {len(sample.candidates) for sample in made.train} == {0}
    assert all(sample.question.endswith("答：") for sample in made.train)
    assert {sample.split for sample in made.train} == {"train"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("B", None), ("答案是B", None), ("A", "answer is wrong"), ("本官", "answer names no option")],
)
def test_what_a_teacher_answers_is_held_against_the_label(answer: str, reason: str | None) -> None:
    options = Options()
    sample = next(one for one in build(options).train if one.gold.value == "B")
    refused = accept(options, sample, sample.question, answer)
    assert (refused and refused[0]) == reason
