from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from reports.runs import Answer, load
from tests.reports.folders import Entrant, questions, write_run

# Nine levels of nine aliases each: 387 million characters if it were written out.
BOMB = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_run(tmp_path, Entrant("lora"), questions(8))


def change(file: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(file.read_text("utf-8"))
    edit(data)
    file.write_text(json.dumps(data), "utf-8")


def test_reads_what_is_there(folder: Path) -> None:
    run = load(folder)
    assert run.summary.name == "lora"
    assert len(run.samples) == len(run.answers) == 8
    assert run.samples["q0001"].gold.kind == "set"
    assert isinstance(run.samples["q0001"].gold.value, tuple)
    assert len(run.loss) == 600
    assert run.spec["suite"] == "timetable"


def test_the_time_of_an_answer_is_the_median_of_its_replicates(folder: Path) -> None:
    rows = [{"sample_id": "q0000", "replicate": at, "e2e_s": s} for at, s in enumerate((1, 9, 2))]
    (folder / "timings.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = load(folder)
    assert run.answers["q0000"].e2e_s == 2
    assert run.answers["q0001"].e2e_s is None


def test_without_a_latency_stage_the_times_of_the_predictions_stand(folder: Path) -> None:
    (folder / "timings.jsonl").unlink()
    output = json.loads((folder / "predictions.jsonl").read_text("utf-8").splitlines()[0])
    assert load(folder).answers["q0000"].e2e_s == output["e2e_s"]


def test_scores_alone_are_a_run(folder: Path) -> None:
    for name in ("samples.jsonl", "predictions.jsonl", "timings.jsonl", "spec.yaml", "loss.json"):
        (folder / name).unlink()
    run = load(folder)
    assert len(run.answers) == 8
    assert not run.samples
    assert not run.spec
    assert not run.loss


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lora: no such run folder"):
        load(tmp_path / "lora")


@pytest.mark.parametrize(
    ("name", "said"), [("summary.json", "no finished run"), ("scores.jsonl", "missing")]
)
def test_an_unfinished_run_is_refused(folder: Path, name: str, said: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=said):
        load(folder)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda data: data.pop("suite"), "summary.json: suite is missing"),
        (lambda data: data["parts"].pop("AS"), None),
        (lambda data: data["total"].update(low="x"), "total.low must be a number"),
        (lambda data: data["total"].pop("weights"), "total.weights is missing"),
        (lambda data: data.update(n=True), "n must be a whole number"),
        (lambda data: data["families"].update({"a.b": 3}), "families.a.b must be an object"),
        (lambda data: data["scoring"].update(formula=[1]), "scoring.formula must be lines"),
        (lambda data: data.update(total=None), None),
    ],
)
def test_a_damaged_summary_names_the_field(
    folder: Path, edit: Callable[[dict[str, Any]], object], said: str | None
) -> None:
    change(folder / "summary.json", edit)
    if said is None:
        load(folder)
        return
    with pytest.raises(InputError, match=said):
        load(folder)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        (
            "scores.jsonl",
            '{"sample_id": "a", "metric": "correct", "value": 2}',
            "row 1: value must",
        ),
        ("scores.jsonl", '{"sample_id": "a", "metric": "correct", "value": true}', "row 1: value"),
        ("scores.jsonl", '{"sample_id": "a"}', "row 1: needs sample_id and metric"),
        ("samples.jsonl", '{"id": "a"}', "samples.jsonl row 1: not a sample"),
        ("loss.json", "[]", "loss.json: must hold one JSON object"),
        ("spec.yaml", "a: [", "spec.yaml: not a YAML file"),
        ("spec.yaml", BOMB, "spec.yaml: not a YAML file"),
        ("spec.yaml", "a: !!python/name:os.system ''", "spec.yaml: not a YAML file"),
    ],
)
def test_a_damaged_file_names_the_row(folder: Path, name: str, line: str, said: str) -> None:
    (folder / name).write_text(line + "\n", "utf-8")
    with pytest.raises(InputError, match=said):
        load(folder)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(correct=1.0), "right"),
        (Answer(correct=0.5), "partial"),
        (Answer(correct=0.0), "wrong"),
        (Answer(correct=None, note="unparsed"), "unparsed"),
        (Answer(correct=0.0, note="unparsed: two values"), "unparsed"),
        (Answer(correct=None, error="timeout"), "failed"),
        (Answer(correct=None), "failed"),
    ],
)
def test_status(answer: Answer, status: str) -> None:
    assert answer.status == status
