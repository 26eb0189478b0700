"""What `podium init` takes for a question, for its answer, and for neither."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.core import Gold, Output, Sample
from harness.question_files.guesses import columns_of
from harness.question_files.judging import checked
from harness.question_files.reading import QuestionFile, Taking, read_file
from harness.spec import chosen_suite, load_specs
from harness.starter.asks import is_of_questions, start_questions
from harness.starter.init import Request, start


def as_csv(folder: Path, text: str) -> Path:
    path = folder / "q.csv"
    path.write_text(text, "utf-8")
    return path


def read(path: Path) -> QuestionFile:
    return read_file(path, Taking())


def worth(file: QuestionFile, sample: Sample, text: str) -> float | None:
    verdict = checked(sample, Output(sample.id, text), file.domains)
    return None if verdict is None else verdict.value


# --- a key that is no answer ---------------------------------------------------------------------


def ifeval(*keys: object) -> list[dict[str, Any]]:
    return [
        {"key": key, "prompt": f"Write a poem of {n} lines about rain.",
         "instruction_id_list": ["length_constraints:number_sentences"], "kwargs": [{}]}
        for n, key in enumerate(keys, start=3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "keys",
    [(1000, 1001, 1005), (1012, 1000, 1075), (1, 2, 3, 5), ("ifeval_1", "ifeval_2"), (1000,)],
)
def test_a_key_that_tells_rows_apart_is_no_answer(keys: tuple[object, ...], tmp_path: Path) -> None:
    path = tmp_path / "ifeval.jsonl"
    path.write_text("\n".join(map(json.dumps, ifeval(*keys))), "utf-8")
    file = read(path)
    assert file.columns.taken() == {"id": "key", "question": "prompt"}
    assert all(one.gold.is_open for one in file.test)
    suite = chosen_suite(load_specs(start_questions(Request(path)).spec)[0]).build()
    assert [one.id for one in suite.test] == [str(key) for key in keys]


@pytest.mark.parametrize(
    "rows",
    [
        [{"question": "3+4=?", "key": "7"}, {"question": "5*8=?", "key": "40"}],
        [{"question": "x?", "A": "p", "B": "q", "key": "A"},
         {"question": "y?", "A": "r", "B": "s", "key": "B"}],
        [{"question": "What barks?", "key": "dog"}, {"question": "What meows?", "key": "cat"}],
    ],
)  # fmt: skip
def test_a_key_that_answers_is_the_answer(rows: list[dict[str, Any]]) -> None:
    assert columns_of(rows).columns.fields["answer"] == "key"


# --- several right answers -----------------------------------------------------------------------

ACCEPTED = """问题,答案1,答案2
甘肃的省会是哪里？,兰州,金城
青海的省会是哪里？,西宁,
《红楼梦》的作者是谁？,曹雪芹,曹霑
"""


def test_every_right_answer_is_right_and_none_is_shown(tmp_path: Path) -> None:
    path = as_csv(tmp_path, ACCEPTED)
    file = read(path)
    assert file.columns.taken() == {"question": "问题", "answer": "答案1", "answer2": "答案2"}
    first, second, third = file.test
    assert first.question == "甘肃的省会是哪里？"
    assert [one.gold for one in file.test] == [
        Gold("text", "兰州"), Gold("text", "西宁"), Gold("text", "曹雪芹"),
    ]  # fmt: skip
    assert [worth(file, first, text) for text in ("兰州", "金城", "西宁")] == [1, 1, 0]
    assert worth(file, second, "西宁") == 1
    assert [worth(file, third, text) for text in ("曹霑", "曹雪芹", "兰州")] == [1, 1, 0]
    spec = load_specs(start_questions(Request(path)).spec)[0]
    assert [one.gold for one in chosen_suite(spec).build().test] == [one.gold for one in file.test]


@pytest.mark.parametrize(
    "names", ["Question,Answer 1,Answer 2", "question,answer1,answer2", "Question,Ans (1),Ans (2)"]
)
def test_right_answers_in_english(names: str, tmp_path: Path) -> None:
    text = f"{names}\nWhat is H2O?,water,dihydrogen oxide\nWhat is NaCl?,salt,table salt\n"
    file = read(as_csv(tmp_path, text))
    assert file.test[0].question == "What is H2O?"
    assert worth(file, file.test[0], "dihydrogen oxide") == 1
    assert worth(file, file.test[0], "salt") == 0


def test_right_answers_in_prose_are_all_right(tmp_path: Path) -> None:
    one, two = (
        "先申请退货，等客服审核。审核通过以后寄回。",
        "在订单页面点退货，然后等待审核，再寄回。",
    )
    file = read(as_csv(tmp_path, f"问题,参考答案1,参考答案2\n怎么退货？,{one},{two}\n"))
    assert file.test[0].gold == Gold("free", (one, two))


@pytest.mark.parametrize(
    ("header", "right"),
    [("题目,答案1,答案2,答案3,正确答案", "2"), ("question,answer1,answer2,answer3,correct", "2"),
     ("question,ans1,ans2,ans3,label", "B"), ("题目,答案1,答案2,答案3,对的是", "B")],
)  # fmt: skip
def test_counted_answers_beside_one_that_names_one_are_options(
    header: str, right: str, tmp_path: Path
) -> None:
    other = "3" if right == "2" else "C"
    text = f"{header}\n我国的首都是？,上海,北京,广州,{right}\n最高的山是？,泰山,华山,珠峰,{other}\n"
    file = read(as_csv(tmp_path, text))
    assert [one.gold for one in file.test] == [Gold("choice", "B"), Gold("choice", "C")]


def test_a_column_that_names_the_better_of_two_makes_them_options(tmp_path: Path) -> None:
    text = "question,answer1,answer2,winner\nWho?,Al,Bo,answer1\nWhat now?,go,stay,answer2\n"
    file = read(as_csv(tmp_path, text))
    assert [one.gold for one in file.test] == [Gold("choice", "A"), Gold("choice", "B")]


# --- tables of things ----------------------------------------------------------------------------

TABLES = {
    "sales": "user,target,actual\nalice,100,90\nbob,120,130\ncarol,90,95\n",
    "keys": "user,key,role\nalice,a83,admin\nbob,b17,editor\ncarol,c55,viewer\n",
    "games": "user,correct,wrong,score\nalice,10,2,80\nbob,7,5,40\ncarol,9,3,70\n",
    "marks": "Name,Q1,Q2,Q3,Correct\nAlice,1,0,1,2\nBob,1,1,1,3\nCarol,0,0,1,1\n",
    "people": "用户,目标,完成\n张三,100,90\n李四,120,130\n王五,90,95\n",
    "flows": "source,target,volume\nLanzhou,Xining,12\nXining,Golmud,7\nXian,Lanzhou,15\n",
    "gauges": "输入,输出,电压\nI1,O1,12\nI2,O2,24\nI3,O3,5\n",
    "mails": "user,response,team\nann@x.org,ok,red\nben@x.org,late,blue\ncat@x.org,ok,red\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_things_is_left_alone(name: str, tmp_path: Path) -> None:
    path = as_csv(tmp_path, TABLES[name])
    assert not is_of_questions(Request(path))
    start(Request(path))


QUESTIONS = {
    "chat": "user,assistant\nHow do I reset it?,Hold the button.\nIs it safe?,Yes.\n",
    "pairs": "input,target\nTranslate to French: dog,chien\nTranslate to French: cat,chat\n",
    "reviews": "input,output\nIt was a great joy,positive\nI left before the end,negative\n",
    "words": "题目,答案\napple,苹果\npear,梨\n",
    "users": "用户输入,标准答案\n今天想退掉昨天买的鞋子,退货\n帮我查一下快递到哪了,物流\n",
    "short": "Q,A\nWhat is red?,A colour\nWhat is two?,A number\n",
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_cells_that_ask_or_names_that_say_so_make_questions(name: str, tmp_path: Path) -> None:
    path = as_csv(tmp_path, QUESTIONS[name])
    assert is_of_questions(Request(path))
    assert len(read(path).test) == 2


# --- lists in cells ------------------------------------------------------------------------------


def test_a_list_in_a_cell_is_a_list(tmp_path: Path) -> None:
    text = (
        '问题,答案\n甘肃的省会？,"[""兰州""]"\n线路有哪些？,"[""K1"", ""K2""]"\n区间是？,"[0, 1]"\n'
    )
    golds = [one.gold for one in read(as_csv(tmp_path, text)).test]
    assert golds == [Gold("text", "兰州"), Gold("set", ("K1", "K2")), Gold("text", "[0, 1]")]
