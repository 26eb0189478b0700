import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from harness.core import Message, Suite
from harness.distill.dialogue.novel import cue_key, story_from
from harness.errors import InputError, SpecError
from suites.roleplay import questions
from suites.roleplay.options import Options, check, inputs
from tests.suites.roleplay.made import Row, drama, rows, write


def suite(path: Path, **options: object) -> Suite:
    made = Options(**{"data": path, **options})  # type: ignore[arg-type] # any option
    check(made)
    return questions.build(made)


def rules(found: Suite) -> Counter[str]:
    return Counter(finding.rule for finding in found.findings)


def everything(found: Suite) -> list[str]:
    return [s.question for s in (*found.train, *found.test)]


@pytest.fixture(scope="module")
def own() -> Suite:
    return questions.build(Options())


def test_its_own_exchanges(own: Suite) -> None:
    assert len(own.train) + len(own.test) <= 240
    assert len(own.test) >= 20
    assert {s.family for s in own.train} == {"single", "dialogue"}
    assert rules(own)["duplicate"] == 7
    assert rules(own)["conflicting replies"] == 15


def test_ids_are_unique_and_the_split_is_told(own: Suite) -> None:
    samples = [*own.train, *own.test]
    assert len({s.id for s in samples}) == len(samples)
    assert {s.split for s in own.train} == {"train"}
    assert {s.split for s in own.test} == {"test"}
    assert {s.gold.kind for s in samples} == {"free"}


def test_no_cue_stands_in_both_parts(tmp_path: Path) -> None:
    content = rows(60)
    again = [{**row, "output": f"再说：{row['output']}"} for row in content[:30]]
    marked = [{**row, "instruction": f" {row['instruction']}！"} for row in content[:30]]
    spoken = [{**row, "history": [["甲", "乙"]]} for row in content[:30]]
    for seed in range(5):
        found = suite(write(tmp_path, [*content, *again, *marked, *spoken]), seed=seed)
        taught = {cue_key(s.question) for s in found.train}
        assert not taught & {cue_key(s.question) for s in found.test}
        assert len(found.test) > 5


def test_a_cue_has_all_its_replies_in_the_test_and_each_in_training(tmp_path: Path) -> None:
    content = [
        {**row, "output": reply} for row in rows(40) for reply in ("走罢。", "不走。", "走罢。")
    ]
    found = suite(write(tmp_path, content))
    assert {s.gold.value for s in found.test} == {("走罢。", "不走。")}
    assert len({s.question for s in found.test}) == len(found.test)
    assert {s.reference for s in found.train} == {"走罢。", "不走。"}
    assert len(found.train) == 3 * len({s.question for s in found.train})


def test_the_same_cue_after_other_words_is_another_question(tmp_path: Path) -> None:
    spoken: list[Row] = [
        {"instruction": f"第{n}回怎么办？", "input": "", "output": reply, "history": history}
        for n in range(10)
        for history, reply in (([["冷么？", "冷。"]], "生火。"), ([["热么？", "热。"]], "开窗。"))
    ]
    found = suite(write(tmp_path, spoken), test_share=0.3)
    asked = {(s.question, s.messages[0].content): s.gold.value for s in found.test}
    assert len(asked) == len(found.test) == 6
    assert {value for (_, before), value in asked.items() if before == "冷么？"} == {("生火。",)}
    assert {value for (_, before), value in asked.items() if before == "热么？"} == {("开窗。",)}


def test_turns_and_systems(tmp_path: Path) -> None:
    content: list[Row] = [
        {"instruction": "走么？", "input": "", "output": "走。", "system": "你是乌小满。",
         "history": [["坐船么？", "坐。"]]},
        {"instruction": "去哪？", "input": "", "output": "去柳市。", "system": None, "history": []},
        {"instruction": "看", "input": "一封信", "output": "小满不识字。"},
        *rows(10),
    ]  # fmt: skip
    path = write(tmp_path, content)
    bare = suite(path)
    first = next(s for s in (*bare.train, *bare.test) if s.id == "roleplay/1")
    assert first.messages == (
        Message("system", "你是乌小满。"), Message("user", "坐船么？"),
        Message("assistant", "坐。"), Message("user", "走么？"),
    )  # fmt: skip
    assert first.family == "dialogue"
    told = {s.id: s for s in (*bare.train, *bare.test)}
    assert [m.role for m in told["roleplay/2"].messages] == ["user"]
    assert told["roleplay/3"].question == "看\n一封信"
    given = suite(path, system="扮演船家。")
    told = {s.id: s for s in (*given.train, *given.test)}
    assert told["roleplay/1"].messages[0].content == "你是乌小满。"
    assert told["roleplay/2"].messages[0] == Message("system", "扮演船家。")


def test_what_is_taught_goes_out_as_it_came_in(tmp_path: Path, own: Suite) -> None:
    exported = list(questions.export_rows(own))
    assert len(exported) == len(own.train)
    assert {tuple(row) for row in exported} == {
        ("instruction", "input", "output", "system", "history")
    }
    again = suite(write(tmp_path, exported))
    known = {(s.messages, s.reference) for s in own.train}
    assert {(s.messages, s.reference) for s in again.train} <= known
    assert {s.messages for s in again.test} <= {messages for messages, _ in known}


def test_a_system_turn_makes_no_other_split(tmp_path: Path) -> None:
    path = write(tmp_path, rows(50))
    assert [s.id for s in suite(path).test] == [s.id for s in suite(path, system="扮演。").test]


def test_the_file_of_the_drama(tmp_path: Path) -> None:
    found = suite(write(tmp_path, drama()))
    assert len(found.train) + len(found.test) > 3_600
    assert rules(found)["duplicate"] == 112
    assert rules(found)["conflicting replies"] == 238


def test_rows_that_cannot_be_taught_are_told_and_left_out(tmp_path: Path) -> None:
    broken: list[Row] = [
        {"instruction": "甲？", "input": "", "output": ""},
        {"instruction": "乙？", "input": "", "output": "  \n"},
        {"instruction": "", "input": "", "output": "丙。"},
        {"instruction": "丁？", "input": "", "output": 3},
        {"instruction": "戊？", "input": "", "output": "戊。", "history": [["只有一句"]]},
    ]
    found = suite(write(tmp_path, [*rows(20), *broken]))
    assert not {"甲？", "乙？", "丁？", "戊？"} & set(everything(found))
    lost = [f for f in found.findings if f.lost]
    assert len(lost) >= 5
    assert all(f.where.startswith(str(tmp_path / "lines.json")) for f in lost)


def test_replies_that_are_out_of_character_are_told_and_kept(tmp_path: Path) -> None:
    odd: list[Row] = [
        {"instruction": "你是谁？", "input": "", "output": "作为AI，我没有名字。"},
        {"instruction": "笑一个？", "input": "", "output": "😂😂"},
        {"instruction": "再说一遍？", "input": "", "output": "好的" * 400},
        {"instruction": "英文？", "input": "", "output": "I will not say it in Chinese."},
    ]
    found = suite(write(tmp_path, [*rows(20), *odd]))
    told = {f.detail: f for f in found.findings if f.rule == "reply out of character"}
    assert set(told) == {"says AI", "no words", "repeats itself", "in another language"}
    assert not any(f.lost for f in told.values())
    assert {"你是谁？", "笑一个？"} <= set(everything(found))


def test_a_test_cue_that_is_taught_as_history_is_told(tmp_path: Path) -> None:
    content = rows(12)
    last = {"instruction": "走么？", "input": "", "output": "走。"}
    history = [[row["instruction"], row["output"]] for row in content]
    found = suite(write(tmp_path, [*content, {**last, "history": history}]))
    taught = any(s.family == "dialogue" for s in found.train)
    assert rules(found)["test cue in a history"] == int(taught)


def test_marks_line_ends_and_text_in_csv(tmp_path: Path) -> None:
    content = rows(20)
    content[0] |= {"history": [["坐船么？", "坐。"]], "system": "你是乌小满。"}
    content[1]["output"] = "上船，\n坐稳。"
    plain = suite(write(tmp_path, content))
    marked = tmp_path / "marked.json"
    text = json.dumps(content, ensure_ascii=False, indent=1).replace("\n", "\r\n")
    marked.write_bytes(b"\xef\xbb\xbf" + text.encode())
    lines = write(tmp_path, content, "lines.jsonl")
    table = tmp_path / "lines.csv"
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.DictWriter(file, ["instruction", "input", "output", "system", "history"])
        sheet.writeheader()
        for row in content:
            history = json.dumps(row["history"], ensure_ascii=False) if "history" in row else ""
            sheet.writerow({**row, "history": history})
    for path in (marked, lines, table):
        found = suite(path)
        assert [(s.id, s.messages, s.gold) for s in found.train] == [
            (s.id, s.messages, s.gold) for s in plain.train
        ], path
        assert found.findings == ()


def test_conversations_in_another_format(tmp_path: Path) -> None:
    content = [
        {"conversations": [{"from": "human", "value": row["instruction"]},
                           {"from": "gpt", "value": row["output"]}]}
        for row in rows(20)
    ]  # fmt: skip
    found = suite(write(tmp_path, content, "chats.jsonl"))
    assert set(everything(found)) == {row["instruction"] for row in rows(20)}


def test_a_persona_who_speaks_english(tmp_path: Path) -> None:
    content: list[Row] = [
        {"instruction": f"Is berth {n} free?", "input": "", "output": f"Berth {n} is, sir."}
        for n in range(30)
    ]
    found = suite(write(tmp_path, content), persona="Captain Moss")
    assert found.findings == ()
    assert len(found.test) == 3


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"persona": " "}, "persona: name who is played"),
        ({"system": ""}, "system: is empty"),
        ({"test_share": 0.0}, "test_share: 0 must lie between 0 and 1"),
        ({"test_share": 1.0}, "test_share: 1 must lie between 0 and 1"),
        ({"seed": -1}, "seed: -1 is below 0"),
        ({"manner": ("小满", "")}, "manner: one of them is empty"),
        ({"novel": Path("nowhere.txt")}, "novel: nowhere.txt: no such file"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], problem: str) -> None:
    with pytest.raises(SpecError) as error:
        check(Options(**options))  # type: ignore[arg-type] # any option
    assert str(error.value).startswith(problem)


@pytest.mark.parametrize("count", [1, 2])
def test_a_file_that_makes_no_two_parts(tmp_path: Path, count: int) -> None:
    content = [{**rows(1)[0], "output": f"{n}。"} for n in range(count)]
    with pytest.raises(InputError, match="do not make a part to teach and one to ask"):
        suite(write(tmp_path, content))


def test_a_file_without_a_row_that_can_be_taught_says_why(tmp_path: Path) -> None:
    path = write(tmp_path, [{"instruction": "走么？", "input": "", "output": ""}] * 3)
    with pytest.raises(InputError, match=r"lines\.json: 0 exchanges .*json:2: .*output"):
        suite(path)


def test_the_novel_is_read_once_it_is_named(tmp_path: Path) -> None:
    assert questions.build(Options()).novel is None
    novel = tmp_path / "novel.txt"
    novel.write_bytes("小满道：“走。”\r\n".encode("gbk"))
    options = Options(novel=novel, aliases=("姑娘 ",), system="你是小满。", persona="乌小满")
    told = questions.build(options).novel
    assert told is not None
    story = story_from(told)
    assert (story.where, story.text) == ("novel.txt", "小满道：“走。”\n")
    assert (story.names, story.system) == (("乌小满", "姑娘"), "你是小满。")
    found = [f for f in questions.build(options).findings if f.rule == "encoding"]
    assert [f.detail for f in found] == ["read as gbk, not UTF-8"]
    assert inputs(options) == {"data": Options().data, "novel": novel}
