import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.data.report import SHOWN, checked_text
from harness.data.validate import Question, validate
from harness.errors import InputError
from tests.harness.data.made import notebook_rows, roleplay_rows, write_array, write_lines

FOLDER = Path(__file__).parent / "cases/validate"
CASES = yaml.safe_load((FOLDER / "cases.yaml").read_text(encoding="utf-8"))


def _line(where: str) -> int:
    number = where.rpartition(":")[2]
    return int(number) if number.isdigit() else 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']} {case['options']}")
def test_cases(case: dict[str, Any]) -> None:
    checked = validate(Question(FOLDER / case["file"], **case["options"]))
    found = [(fault.harm, fault.rule, _line(fault.where)) for fault in checked.faults]
    assert list(dict.fromkeys(found)) == [tuple(fault) for fault in case["faults"]]
    assert (checked.rows, checked.fine) == (case["rows"], case["fine"])
    assert sum(checked.counts.values()) == len(found)


def test_a_role_play_set_is_fine_and_says_what_it_repeats(tmp_path: Path) -> None:
    checked = validate(Question(write_array(tmp_path / "roleplay.json", roleplay_rows())))
    assert checked.fine
    assert checked.format == "alpaca"
    assert (checked.rows, checked.repeats.rows) == (3729, 3729)
    assert checked.counts["note", "duplicate"] == 112
    assert checked.counts["note", "conflicting replies"] == 238
    assert sum(checked.counts.values()) == 112 + 238
    text = checked_text(checked)
    assert "duplicate pairs: 112 (" in text
    assert "repeated instructions with different replies: 238, in" in text


def test_a_notebook_file_names_each_row_that_drifted_or_conflicts(tmp_path: Path) -> None:
    rows = notebook_rows()
    rows[9]["instruction"] = "K420次列車的檢票口是哪個？"
    rows[30]["output"] = "数据不完整"
    rows += [
        {"instruction": "8点以后开的列车有哪些？", "output": f"有{n}趟车。"} for n in range(29)
    ]
    checked = validate(Question(write_array(tmp_path / "single_row.json", rows)))
    assert checked.fine
    told = [(fault.rule, _line(fault.where)) for fault in checked.faults]
    assert told == [
        ("traditional characters", 2 + 4 * 9),
        ("question is no shared template", 2 + 4 * 9),
        ("answer refuses", 2 + 4 * 30),
        ("conflicting replies", 2 + 4 * 660),
    ]
    assert "stands in 29 rows with 29 different replies" in checked.faults[-1].detail


def test_only_so_many_of_each_harm_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    bad = [{"instruction": f"第{n}问", "output": n} for n in range(300)]
    same = [{"instruction": "问", "output": "答一答"}] * 50
    path = write_lines(tmp_path / "a.jsonl", [*bad, *same])
    few, every = validate(Question(path, keep=SHOWN)), validate(Question(path))
    assert (len(few.faults), len(every.faults)) == (2 * SHOWN, 349)
    assert few.counts == every.counts == {("lost", "not a string"): 300, ("note", "duplicate"): 49}
    lines = checked_text(few).splitlines()
    assert sum(line.startswith("lost  ") for line in lines) == SHOWN + 1
    assert "lost   280 more: not a string × 280" in lines
    assert "note   49 more: duplicate × 49" in lines
    assert lines[-1] == "not fine: faults 300 that lose a row; 49 to know of"


def test_a_clean_file_says_so(tmp_path: Path) -> None:
    checked = validate(Question(write_lines(tmp_path / "a.jsonl", notebook_rows())))
    assert checked.faults == ()
    assert checked_text(checked).splitlines()[-1] == "fine: no row would be lost or trained wrongly"


def test_a_named_format_is_taken_at_its_word() -> None:
    checked = validate(Question(FOLDER / "roleplay.json", format="sharegpt"))
    assert [fault.rule for fault in checked.faults] == ["missing field"] * 5
    with pytest.raises(InputError, match="did you mean 'sharegpt'"):
        validate(Question(FOLDER / "roleplay.json", format="sharegtp"))


def test_a_list_that_no_other_reader_takes_is_not_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"instruction": "一", "output": "二三"},\n]', encoding="utf-8")
    checked = validate(Question(path))
    assert [(fault.harm, fault.rule) for fault in checked.faults] == [("fails", "not valid JSON")]
    assert not checked.fine
    assert validate(Question(path, repair=True)).fine


def test_rows_that_all_need_mending_tell_their_format(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"instruction": "一", "output": "二三"}{"instruction": "四", "output": "五六"}\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"no rows that can be read.*two objects on one line"):
        validate(Question(path))
    checked = validate(Question(path, repair=True))
    assert (checked.format, checked.rows) == ("qa", 2)


@pytest.mark.parametrize(
    ("row", "form", "field", "line"),
    [
        ({"instruction": "一", "output": 5}, "qa", "output", "not a string: output is 5"),
        ({"instruction": "一"}, "qa", "output", "missing field: no 'output'"),
        (
            {"messages": [{"role": "user", "content": 5}]},
            "messages",
            "messages[0].content",
            "not a string: messages[0].content is 5",
        ),
        (
            {"messages": [{"role": "user"}]},
            "messages",
            "messages[0].content",
            "missing field: messages[0].content: messages[0] has no 'content'",
        ),
        (
            {"messages": [{"role": "critic", "content": "一"}]},
            "messages",
            "messages[0].role",
            "unknown role: messages[0].role is 'critic'",
        ),
        ({"user": "一", "style": "冷", "assistant": ""}, "style", "assistant", "assistant is ''"),
    ],
)
def test_a_fault_names_its_field(
    tmp_path: Path, row: dict[str, Any], form: str, field: str, line: str
) -> None:
    checked = validate(Question(write_lines(tmp_path / "a.jsonl", [row]), format=form))
    assert checked.faults[0].field == field
    assert line in checked_text(checked)


def test_equal_rows_of_one_line_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"instruction": "q", "output": "ab"}] * 3), encoding="utf-8")
    found = [
        f"{fault.where.rpartition('/')[2]} {fault.detail}"
        for fault in validate(Question(path)).faults
    ]
    assert found == [f"a.json:1 item {item} equal to {path}:1 in every turn" for item in (2, 3)]


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ({"Instruction": "一", "Output": "二"}, r"\(did you mean 'instruction'\?\)"),
        ({"data": [{"instruction": "一"}]}, r"\(if the rows stand in 'data', write that list"),
    ],
)
def test_fields_of_no_format_say_what_may_be_meant(
    tmp_path: Path, row: dict[str, Any], hint: str
) -> None:
    with pytest.raises(InputError, match=hint):
        validate(Question(write_lines(tmp_path / "a.jsonl", [row])))


def test_a_trainer_may_read_what_is_no_known_format(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [{"frage": "a", "antwort": "b"}])
    with pytest.raises(InputError, match="no known format"):
        validate(Question(path))
    checked = validate(Question(path, trainer="xfyun"))
    assert checked.format is None
    assert [fault.rule for fault in checked.faults] == [
        "missing instruction", "missing output", "field not taken",
    ]  # fmt: skip
    assert "no format that Podium reads" in checked_text(checked)


@pytest.mark.parametrize("trainer", [None, "xtuner"])
def test_a_missing_file_is_the_users_mistake(tmp_path: Path, trainer: str | None) -> None:
    with pytest.raises(InputError, match="no such file"):
        validate(Question(tmp_path / "nowhere.jsonl", trainer=trainer))


def test_what_strangers_write_does_not_act_on_the_terminal(tmp_path: Path) -> None:
    row = {"instruction": "\x1b[31m红\u202e色", "output": "红的"}
    path = write_lines(tmp_path / "a.jsonl", [row, {**row, "output": "不红"}])
    text = checked_text(validate(Question(path)))
    assert "\x1b" not in text
    assert "\u202e" not in text
