from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from harness.core import Sample, Suite
from harness.errors import InputError, SpecError
from suites.style.data.make import COLUMNS, as_csv, main, rows
from suites.style.options import HERE, Options, check, inputs
from suites.style.questions import build, export_rows

BARE = build(Options())
ASKED = build(Options(prompt="asked"))


def file_of(path: Path, lines: list[tuple[str, str, str]]) -> Options:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    return Options(data=path)


def replies(sample: Sample) -> tuple[str, ...]:
    assert isinstance(sample.gold.value, tuple)
    return sample.gold.value


def test_bare_asks_each_user_line_once_and_takes_its_replies_in_any_style() -> None:
    assert (len(BARE.train), len(BARE.test), len(BARE.watched)) == (320, 16, 10)
    for sample in BARE.test:
        assert [message.role for message in sample.messages] == ["user"]
        assert {text.partition("\n")[0] for text in replies(sample)} == {"温柔", "毒舌"}
        assert sample.reference in replies(sample)
        assert sample.gold.kind == "free"
    assert set(BARE.families) == {sample.family for sample in (*BARE.train, *BARE.test)}


def test_asked_names_the_style_and_takes_replies_in_that_one() -> None:
    assert len(ASKED.test) == 32
    for sample in (*ASKED.train, *ASKED.test):
        system, user = sample.messages
        assert (system.role, user.role) == ("system", "user")
        assert f"“{sample.family}”" in system.content
        assert all(text.startswith(f"{sample.family}\n") for text in replies(sample))
    assert list(ASKED.families) == ["温柔", "毒舌"]


@pytest.mark.parametrize("suite", [BARE, ASKED], ids=["bare", "asked"])
def test_nothing_that_is_asked_or_watched_is_trained_on(suite: Suite) -> None:
    taught = {sample.row for sample in suite.train}
    asked = {sample.row for sample in suite.test}
    watched = {sample.row for sample in suite.watched}
    assert not taught & asked
    assert not (taught | asked) & watched
    everything = [*suite.train, *suite.test, *suite.watched]
    assert len({sample.id for sample in everything}) == len(everything)


def test_training_samples_teach_the_style_on_the_first_line() -> None:
    by_id = {sample.id: sample for sample in BARE.train}
    made = rows()
    for number, (user, style, reply) in enumerate(made, start=1):
        if (sample := by_id.get(f"r{number}")) is not None:
            assert sample.question == user.strip()
            assert sample.reference == f"{style.strip()}\n{reply.strip()}"
    assert len(by_id) == 320


def test_training_rows_are_exported_as_the_tutorials_trainer_takes_them() -> None:
    made = list(export_rows(ASKED))
    sample = ASKED.train[0]
    [turn] = made[0]["conversation"]
    assert len(made) == len(ASKED.train)
    assert (turn["input"], turn["output"]) == (sample.question, sample.reference)
    assert turn["system"] == sample.messages[0].content
    assert [set(row["conversation"][0]) for row in export_rows(BARE)] == [{"input", "output"}] * 320


def test_the_seed_decides_what_is_asked_and_watched() -> None:
    assert build(Options()) == BARE
    other = build(Options(seed=1))
    assert other.test != BARE.test
    assert other.watched != BARE.watched


def test_what_is_asked_for_can_be_worded(tmp_path: Path) -> None:
    lines = [(f"line {n}", "gentle", f"there {n}") for n in range(10)]
    options = replace(
        file_of(tmp_path / "a.csv", lines), styles=("gentle",), prompt="asked", ask="Be {style}!"
    )
    check(options)
    assert build(options).test[0].messages[0].content == "Be gentle!"


def test_of_a_thousand_replies_fifty_are_compared_and_a_finding_says_so(tmp_path: Path) -> None:
    often = [("在吗", "毒舌", f"不在{n}") for n in range(1000)]
    lines = [(f"第{n}句", "温柔", f"好{n}") for n in range(300)]
    suite = build(replace(file_of(tmp_path / "a.csv", [*often, *lines]), seed=3))
    assert max(len(replies(sample)) for sample in suite.test) <= 50
    told = {finding.rule: finding.detail for finding in suite.findings}
    assert told["many replies"] == "1000 replies; answers are held against 50 at most"


def test_two_rows_make_no_parts(tmp_path: Path) -> None:
    options = file_of(tmp_path / "a.csv", [("甲", "温柔", "好"), ("甲", "毒舌", "切")])
    with pytest.raises(InputError, match="2 rows of 1 user lines do not make a part to train on"):
        build(options)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"data": HERE / "data" / "chat.csv"}, r"^data: .*no such file.*'chats\.csv'"),
        ({"styles": ()}, "^styles: name at least one style"),
        ({"styles": ("温柔", " ")}, "^styles: name at least one style"),
        ({"styles": ("Kind", "ｋｉｎｄ ")}, "^styles: two of Kind, .* are one style"),
        ({"styles": ("温\n柔",)}, "^styles: a style stands on one line"),
        ({"ask": "温柔一点"}, r"^ask: must say \{style\}"),
        ({"seed": -1}, "^seed: -1 is below 0"),
    ],
)
def test_options_that_cannot_be(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        check(replace(Options(), **wrong))  # type: ignore[arg-type] # wrong by intent


def test_the_file_decides_the_questions() -> None:
    check(Options())
    assert inputs(Options()) == {"data": HERE / "data" / "chats.csv"}


def test_the_data_that_ships_is_what_its_script_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--out", str(tmp_path)])
    assert (tmp_path / "chats.csv").read_bytes() == (HERE / "data" / "chats.csv").read_bytes()
    assert "400 rows" in capsys.readouterr().out
    assert as_csv(rows(1)) != as_csv(rows(2))


def test_the_data_that_ships_has_the_quirks_of_the_tutorials() -> None:
    made = rows()
    lines = {user.strip() for user, _, _ in made}
    cells = [(user.strip(), style.strip()) for user, style, _ in made]
    assert len(lines) == 160
    assert {style for _, style in cells} == {"温柔", "毒舌"}
    assert len(cells) - len(set(cells)) == 80
    assert any(style.startswith(" ") for _, style, _ in made)
    assert any(user.endswith(" ") for user, _, _ in made)
    assert any('"' in reply and "," in reply for _, _, reply in made)
    assert len(set(made)) == len(made)
