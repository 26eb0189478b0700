"""Golden changes: files of questions with everything that is made of them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.curate.augment.follow_ups import Turns
from harness.curate.augment.frames import Framing
from harness.curate.augment.question_parts import asked
from harness.curate.augment.synonyms import Synonyms
from harness.curate.augment.typos import Typos
from harness.curate.augment.words import (
    Frames,
    FrameWords,
    Slips,
    SlipWords,
    frame_words,
    pronoun_words,
    slip_words,
    word_files,
)
from harness.errors import InputError
from tests.harness.curate.augment.made import DOMAINS, row

GOLDEN = Path(__file__).parent / "golden"
FRAMES = FrameWords(
    zh=Frames(
        any=("您好，{question}", "{question}谢谢！", "请问{question}谢谢"),
        questions=("想问问：{question}",),
    ),
    en=Frames(
        any=("Hello! {question}", "{question} Thanks!"), questions=("May I ask: {question}",)
    ),
)
READERS = {"frames": frame_words, "typos": slip_words, "turns": pronoun_words}


def cases(name: str) -> list[Any]:
    found = yaml.safe_load((GOLDEN / f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case.get("question") or case["says"]) for case in found]


@pytest.mark.parametrize("case", cases("typos"))
def test_typos(case: dict[str, Any]) -> None:
    made = Typos(slip_words(), DOMAINS).changes(
        row(case["question"], case["named"]), random.Random(0)
    )
    assert sorted(sample.question for sample in made) == sorted(case["slips"])


@pytest.mark.parametrize("case", cases("synonyms"))
def test_synonyms(case: dict[str, Any]) -> None:
    made = Synonyms(DOMAINS).changes(
        row(case["question"], case["named"], case["key"]), random.Random(0)
    )
    assert sorted(sample.question for sample in made) == sorted(case["spellings"])


@pytest.mark.parametrize("case", cases("turns"))
def test_turns(case: dict[str, Any]) -> None:
    words = pronoun_words()
    openings = sorted({*words.zh.openings, *words.en.openings}, key=len, reverse=True)
    second = row(case["question"], [case["key"]], program="second")
    firsts = [
        row(f"{case['key']}{n}{tail}", [case["key"]], program=f"first{n}")
        for n in ("，", ",", " ", ".", "。", "!", "！")
        for tail in ("这个怎么样？", " how is it?")
    ]
    said: set[str] = set()
    for seed in range(40):
        for sample in Turns(words, [second, *firsts]).changes(second, random.Random(seed)):
            opening = next(o for o in openings if sample.question.startswith(o))
            line = sample.question.removeprefix(opening)
            said.add(line[:1].upper() + line[1:] if line.isascii() else line)
    assert said == set(case["follow_ups"])


@pytest.mark.parametrize("case", cases("frames"))
def test_frames(case: dict[str, Any]) -> None:
    made = Framing(FRAMES).changes(row(case["question"], ["K420"]), random.Random(0))
    assert sorted(sample.question for sample in made) == sorted(case["framed"])


def test_a_follow_up_asks_something_else() -> None:
    rows = [row("K420几点开？", ["K420"]), row("K420何时开？", ["K420"])]
    assert list(Turns(pronoun_words(), rows).changes(rows[0], random.Random(0))) == []


@pytest.mark.parametrize("wrong", ["不点", "早点", "九点"])
def test_a_slip_that_tells_something_else_is_never_made(wrong: str) -> None:
    words = SlipWords(zh=Slips(swaps={"几点": (wrong, "己点")}))
    made = Typos(words, {}).changes(row("车几点开", []), random.Random(0))
    assert [sample.question for sample in made] == ["车己点开"]


def test_a_suite_may_bring_its_own_frames() -> None:
    made = Framing(FRAMES, ["喂，{question}"]).changes(
        row("K420几点开？", ["K420"]), random.Random(0)
    )
    assert [sample.question for sample in made] == ["喂，K420几点开？"]


@pytest.mark.parametrize("case", cases("mistakes"))
def test_a_wrong_word_file_is_named(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / f"{case['kind']}.yaml"
    path.write_text(case["file"], encoding="utf-8")
    with pytest.raises(InputError) as caught:
        READERS[case["kind"]](path)
    assert str(caught.value).startswith(case["says"].replace("{file}", str(path)))


def test_the_word_files_are_there_and_say_something_in_both_languages() -> None:
    assert [path.name for path in word_files()] == ["frames.yaml", "turns.yaml", "typos.yaml"]
    for words in (frame_words(), slip_words(), pronoun_words()):
        assert all(len(str(part)) > 100 for part in (words.zh, words.en))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_is_drawn(seed: int) -> None:
    question = row("请问K420次列车在哪个候车厅候车？", ["K420"])
    typos = Typos(slip_words(), DOMAINS)
    once, again, other = (
        [sample.question for sample in typos.changes(question, random.Random(n))]
        for n in (seed, seed, seed + 1)
    )
    assert once == again
    assert once != other
    assert sorted(once) == sorted(other)


def test_another_spelling_is_named_and_the_rest_stays() -> None:
    sample = row("车次\nK420\n停2站台、开往北京西的车", ["北京西", "2"], "").sample
    question = asked(sample)
    assert question is not None
    changed = question.respelled(question.places[1], "北京西站")
    assert changed.named == ("北京西站", "2")
    assert changed.question == "车次\nK420\n停2站台、开往北京西站的车"
    assert (changed.gold, changed.row, changed.id) == (sample.gold, sample.row, sample.id)
