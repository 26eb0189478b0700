"""Files of one's own, asked and judged: what is taught, what scores, what is said in a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.benchmark import find_benchmark
from harness.checker.verdict import Verdict
from harness.core import Output, Suite
from harness.errors import InputError, SpecError
from harness.judges.judge import Judge
from harness.models.fake import FakeEngine
from harness.spec import load_specs
from suites.questions.building import build
from suites.questions.grading import accept, grade
from suites.questions.options import Options, check, profile
from tests.podium import ok, refused, write_spec

PROSE = "先在订单页面申请退货，等客服审核，审核通过以后寄回商品。"


def jsonl(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def free(folder: Path, *answers: str) -> Path:
    rows = [{"question": f"{n}?", "answer": a, "kind": "free"} for n, a in enumerate(answers)]
    return jsonl(folder / "q.jsonl", rows)


def verdicts(options: Options, suite: Suite, *texts: str) -> list[Verdict | None]:
    outputs = [Output(s.id, text) for s, text in zip(suite.test, texts, strict=True)]
    return list(grade(options, suite, outputs, None).verdicts)


def values(options: Options, *texts: str) -> list[float | None]:
    found = verdicts(options, build(options), *texts)
    return [None if verdict is None else verdict.value for verdict in found]


# --- what is taught ------------------------------------------------------------------------------


def test_a_second_file_is_taught_and_its_ids_stand_apart(tmp_path: Path) -> None:
    data = jsonl(tmp_path / "a.jsonl", [{"id": "1", "question": "a?", "answer": "x"}])
    more = jsonl(
        tmp_path / "b.jsonl",
        [{"id": "1", "question": "b?", "answer": "y"}, {"id": "2", "question": "c?"},
         {"id": "3", "question": "A?", "answer": "x"}],
    )  # fmt: skip
    suite = build(Options(data=data, train=more))
    assert [s.id for s in suite.train] == ["train-1", "train-3"]
    assert {s.split for s in suite.train} == {"train"}
    rules = {finding.rule: finding for finding in suite.findings}
    assert rules["no answer to teach"].lost
    assert "1 of 1 test questions" in rules["question in both parts"].detail


def test_a_dev_part_is_developed_on_and_asked_where_there_is_no_test(tmp_path: Path) -> None:
    rows = [{"question": f"{s}?", "answer": "x", "split": s} for s in ("train", "dev", "test")]
    suite = build(Options(data=jsonl(tmp_path / "a.jsonl", rows)))
    assert [s.question for s in suite.probe] == ["dev?"]
    suite = build(Options(data=jsonl(tmp_path / "b.jsonl", rows[:2])))
    assert ([s.question for s in suite.test], suite.probe) == (["dev?"], ())
    with pytest.raises(InputError, match="split says train in every row"):
        build(Options(data=jsonl(tmp_path / "c.jsonl", rows[:1])))


def test_a_teachers_wrong_answer_is_not_taught(tmp_path: Path) -> None:
    row = {"question": "首都？", "answer": "北京", "split": "train"}
    options = Options(data=jsonl(tmp_path / "a.jsonl", [row, {**row, "split": "test"}]))
    (sample,) = build(options).train
    assert accept(options, sample, sample.question, "是北京。") is None
    assert accept(options, sample, sample.question, "是上海。") is not None


# --- what scores ---------------------------------------------------------------------------------


def test_several_right_options_score_by_letters_or_words(tmp_path: Path) -> None:
    row = {"question": "水果？", "choices": ["苹果", "桌子", "梨", "书"], "answer": "AC"}
    options = Options(data=jsonl(tmp_path / "q.jsonl", [row] * 6))
    texts = ("AC", "答案是AC。", "苹果和梨", "A、C", "ABC", "B")
    assert values(options, *texts) == [1, 1, 1, 1, pytest.approx(0.8), 0]


@pytest.mark.parametrize(
    ("metric", "answer", "texts", "wanted"),
    [
        ("exact", "可以", ("可以", "可以的", "<think>不</think>可以"), [1, 0, 1]),
        ("contains", "7天", ("7天内可以", "８天", "七天"), [1, 0, 0]),
        ("regex", "[0-9]+天", ("7天内", "七天", "天7"), [1, 0, 0]),
        ("regex", "(a+)+$", ("a" * 5000 + "b", "aaa", "b"), [0, 1, 0]),
        ("rouge_l", "可以退货", ("可以退货", "可以", "不"), [1, pytest.approx(2 / 3), 0]),
        ("chrf", "可以退货", ("可以退货", "", "不"), [1, 0, 0]),
    ],
)
def test_free_answers_score_by_the_metric_that_is_named(
    metric: Any, answer: str, texts: Sequence[str], wanted: list[Any], tmp_path: Path
) -> None:
    options = Options(data=free(tmp_path, *[answer] * 3), metric=metric)
    assert values(options, *texts) == wanted
    assert metric in profile(options).id
    outputs = [Output(f"q{n}", text) for n, text in enumerate(texts, start=1)]
    (beside,) = grade(options, build(options), outputs, None).measures
    assert (beside.name, beside.n) == (metric, 3)


def test_a_judge_marks_free_answers_and_no_others(tmp_path: Path) -> None:
    rows = [{"question": "a?", "answer": PROSE}, {"question": "b?", "answer": "x", "kind": "text"},
            {"question": "c?", "answer": PROSE}]  # fmt: skip
    options = Options(data=jsonl(tmp_path / "q.jsonl", rows), metric="judge")
    suite = build(options)
    judge = Judge(FakeEngine(1.0), "fake")
    outputs = [Output("q1", "去退"), Output("q2", "y"), Output("q3", "")]
    found = grade(options, suite, outputs, judge).verdicts
    assert [verdict and verdict.value for verdict in found] == [1.0, 0.0, 0.0]


def test_what_nobody_knows_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "q.jsonl", [{"question": "a?"}, {"question": "b?"}])
    for verdict in verdicts(Options(data=path), build(Options(data=path)), "x", ""):
        assert verdict is not None
        assert verdict.is_open


# --- what is refused -----------------------------------------------------------------------------


def test_prose_that_nothing_judges_is_one_sentence(tmp_path: Path) -> None:
    path = free(tmp_path, PROSE, PROSE)
    with pytest.raises(InputError, match=r"2 of 2 right answers are prose.*suite\.metric: rouge_l"):
        build(Options(data=path))


def test_a_pattern_that_is_none_names_its_row(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"q\.jsonl: q2: answer: '\(' is no regular expression"):
        build(Options(data=free(tmp_path, "a", "("), metric="regex"))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"qestion": "a"}, "columns.qestion: is no field of a question.*'question'"),
        ({"answer": "a"}, "columns: name the column that asks"),
        ({"question": "a", "A": "x", "C": "y"}, "options go from A on without a gap"),
    ],
)
def test_columns_that_cannot_be_are_told(columns: dict[str, str], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        check(Options(columns=columns))


def test_a_judge_that_is_not_named_is_missed_before_anything_runs(tmp_path: Path) -> None:
    suite = {"name": "questions", "data": free(tmp_path, PROSE).name, "metric": "judge"}
    write_spec(tmp_path, {"name": "q", "suite": suite, "model": {"base": None, "engine": "fake"}})
    with pytest.raises(SpecError, match=r"score\.judge: the suite leaves answers to a judge"):
        load_specs(tmp_path / "spec.yaml")


# --- from a file to a board ----------------------------------------------------------------------


def run(folder: Path, name: str, *more: str) -> list[dict[str, Any]]:
    ok("init", name, "--force", cwd=folder)
    spec = str(Path(name).with_suffix(".yaml"))
    fake = ("--set", "model.base=null", "--set", "model.engine=fake", "--set", "latency=null")
    board: list[dict[str, Any]] = json.loads(ok("run", spec, *fake, *more, "--json", cwd=folder))
    return board


def test_a_file_with_some_answers_is_scored_on_those(tmp_path: Path) -> None:
    rows = [f"{n}加一是多少？,{n + 1}" for n in range(8)] + ["天有多高？,"]
    (tmp_path / "q.csv").write_text("\n".join(["问题,答案", *rows]), "gb18030")
    (entry,) = run(tmp_path, "q.csv")
    assert (entry["n"], entry["open"], entry["unscored"]) == (9, 1, 0)
    assert entry["parts"]["AS"]["value"] == 100


def test_a_file_without_answers_is_asked_and_has_no_score(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("question\na?\nb?\n", "utf-8")
    (entry,) = run(tmp_path, "q.csv")
    assert (entry["n"], entry["open"], entry["total"]) == (2, 2, None)
    answers = (tmp_path / "runs" / entry["name"] / "predictions.jsonl").read_text("utf-8")
    assert len(answers.splitlines()) == 2


def test_two_rows_of_one_id_end_in_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("id,question,answer\n1,a?,x\n1,b?,y\n", "utf-8")
    assert "q.csv: row 3: id '1' occurs twice" in refused("init", "q.csv", cwd=tmp_path)
    suite = {"name": "questions", "data": "q.csv"}
    write_spec(tmp_path, {"name": "q", "suite": suite, "model": {"base": None, "engine": "fake"}})
    assert "q.csv: row 3: id '1' occurs twice" in refused("run", "spec.yaml", cwd=tmp_path)


def test_init_says_what_it_took_for_what(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("题目,A,B,正确答案\n哪个？,甲,乙,乙\n谁？,丙,丁,戊\n", "utf-8")
    told = ok("init", "q.csv", cwd=tmp_path)
    assert "question from 题目, answer from 正确答案, option A from A" in told
    assert "right answers: 1 choice, 1 open" in told
    assert "answer is no option: asked, not scored" in told
    written = (tmp_path / "q.yaml").read_text("utf-8")
    assert "A: A, B: B}" in written
    assert "instruction:" in written


def test_the_benchmark_says_who_judges() -> None:
    judged = find_benchmark("questions").wants_judge
    assert judged is not None
    assert judged(Options(metric="judge"))
    assert not judged(Options(metric="rouge_l"))


@pytest.mark.real
def test_a_file_is_asked_of_the_embedded_base(tmp_path: Path) -> None:
    lines = ["question,A,B,answer", *(f"Which is {n}?,{n},{n + 1},A" for n in range(4))]
    (tmp_path / "q.csv").write_text("\n".join(lines), "utf-8")
    ok("init", "q.csv", cwd=tmp_path)
    (entry,) = json.loads(ok("run", "q.yaml", "--set", "latency=null", "--json", cwd=tmp_path))
    assert (entry["n"], entry["unscored"]) == (4, 0)
    assert entry["model"]["stand_in"]
