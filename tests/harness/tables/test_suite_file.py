"""What a suite file may say, and the sentence for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core import Profile
from harness.errors import InputError
from harness.tables.suite_file import read_definition
from harness.tables.table import Column, Key
from suites.timetable import Options

GOLDEN = Path(__file__).parent / "golden"
GOOD = (GOLDEN / "good.yaml").read_text("utf-8")
ANY = (GOLDEN / "any.yaml").read_text("utf-8")


def write(folder: Path, text: str) -> Path:
    path = folder / "suite.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_good_one_is_read(tmp_path: Path) -> None:
    definition = read_definition(write(tmp_path, "\ufeff" + GOOD.replace("\n", "\r\n")))
    assert definition.profile.profile() == Profile(
        "p/1", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0
    )
    every = write(tmp_path, GOOD.replace("t_zero: 8}", "t_zero: 8, art: all}"))
    assert read_definition(every).profile.profile().art == "all"
    assert definition.columns[3].column().aliases == {"北": "北厅"}
    _, late, hall, _ = definition.families["ask"].programs
    assert late.program("contains").delays == (5, 70)
    assert [c.test for c in hall.program("equals").where] == ["equals", "missing"]
    assert [c.test for c in hall.program("contains").where] == ["contains", "missing"]
    assert hall.matched_slots() == {"hall": "候车厅"}
    assert definition.words_for("contains") == {"候车厅": "含{value}"}
    assert definition.words_for("equals") == {}


def test_the_shipped_one_is_read() -> None:
    definition = read_definition(Options().definition)
    assert (definition.name, len(definition.families)) == ("timetable", 7)


def mistakes(name: str) -> list[dict[str, str]]:
    cases: list[dict[str, str]] = yaml.safe_load((GOLDEN / name).read_text("utf-8"))
    return cases


def said(case: dict[str, str]) -> str:
    return case["says"].partition(" ")[2]


def refused(folder: Path, good: str, case: dict[str, str]) -> str:
    old = good if case["old"] == "*" else case["old"]
    assert good.count(old) == 1, "the case must change one place"
    with pytest.raises(InputError) as caught:
        read_definition(write(folder, good.replace(old, case["new"])))
    return str(caught.value)


@pytest.mark.parametrize("case", mistakes("mistakes.yaml"), ids=said)
def test_every_mistake_has_its_sentence(tmp_path: Path, case: dict[str, str]) -> None:
    assert refused(tmp_path, GOOD, case) == f"{tmp_path}/{case['says']}"


@pytest.mark.parametrize("case", mistakes("any_mistakes.yaml"), ids=said)
def test_so_has_every_mistake_about_any_table(tmp_path: Path, case: dict[str, str]) -> None:
    assert refused(tmp_path, ANY, case) == f"{tmp_path}/{case['says']}"


def test_a_suite_file_for_any_table_is_read(tmp_path: Path) -> None:
    definition = read_definition(write(tmp_path, ANY))
    assert definition.table_key() == Key(("区", "层"), "{区}区{层}层")
    assert definition.columns[2].column() == Column("单价", "number", unit="元", missing=("面议",))
    assert definition.columns[3].column() == Column("上架", "date", year=2025, order="dmy")
    assert definition.columns[6].column().separators == "/"
    assert definition.frames == ("请问{question}",)
    assert definition.synonyms["店员"]["张三"] == ("小张", "张师傅")
    plain = read_definition(write(tmp_path, ANY.replace('key_words: "{区}区{层}层"\n', "")))
    assert plain.table_key() == Key(("区", "层"), "{区} {层}")


def test_a_test_phrasing_of_one_program_is_not_taught_by_another(tmp_path: Path) -> None:
    text = GOOD.replace('train: ["{platform}站台谁最早？"]', 'test: ["{hall}的有哪些?"]')
    text = text.replace("slot: platform", "slot: hall")
    with pytest.raises(InputError, match=r"is a train phrasing of ask\.hall too"):
        read_definition(write(tmp_path, text))


def test_programs_may_share_train_phrasings(tmp_path: Path) -> None:
    again = """\
      - id: ask.none
        op: missing
        column: 开点
        reference: "{key}次没有开点。"
        train: ["{key}次几点开车？"]
        test: ["{key}几时发车？"]
match:
"""
    definition = read_definition(write(tmp_path, GOOD.replace("match:\n", again)))
    assert len(definition.families["ask"].programs) == 5


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: no such suite file"):
        read_definition(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="no such suite file"):
        read_definition(tmp_path)
    (tmp_path / "gbk.yaml").write_bytes("name: 车次".encode("gb18030"))
    with pytest.raises(InputError, match=r"gbk\.yaml: not UTF-8 at byte 6"):
        read_definition(tmp_path / "gbk.yaml")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    first = read_definition(write(tmp_path, GOOD))
    second = read_definition(write(tmp_path, GOOD.replace("name: small", "name: other")))
    assert (first.name, second.name) == ("small", "other")


LINES = GOOD.splitlines()


@settings(deadline=None)  # other jobs may share the machine
@given(st.integers(0, len(LINES) - 1), st.text(max_size=12), st.booleans())
def test_a_spoiled_line_is_a_sentence_or_still_good(
    tmp_path_factory: pytest.TempPathFactory, number: int, text: str, keep: bool
) -> None:
    lines = [*LINES]
    lines[number] = (lines[number][: len(lines[number]) // 2] if keep else "") + text
    path = tmp_path_factory.getbasetemp() / "spoiled.yaml"
    path.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    said = complaint(path)
    assert said is None or (said.startswith(str(path)) and "\n" not in said)


def complaint(path: Path) -> str | None:
    try:
        read_definition(path)
    except InputError as error:
        return str(error)
    return None
