from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from reports.distilled import Cost, load_dataset, load_distillation
from reports.runs import load
from tests.reports.folders import FAMILIES, Entrant, questions, write_run
from tests.reports.teaching import WRONG, Json, distillation, training_set

Edit = Callable[[Json], object]


def written(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.write_text(json.dumps(content), "utf-8")
    return file


def test_a_run_holds_what_it_was_taught(tmp_path: Path) -> None:
    entrant = Entrant("lora", distill=distillation(), dataset=training_set())
    run = load(write_run(tmp_path, entrant, questions(8)))
    assert run.distillation is not None
    assert run.dataset is not None
    assert (run.distillation.accepted, run.distillation.rejected) == (140, 28)
    assert run.distillation.families[FAMILIES[2]].rejected == 4
    assert run.distillation.reasons[WRONG] == 21
    assert run.distillation.by_family[WRONG][FAMILIES[0]] == 3
    assert run.distillation.examples[WRONG][1].question == f"{WRONG} 1?"
    assert run.dataset.families[FAMILIES[1]].rows == 19


def test_a_run_that_was_taught_nothing_is_as_before(tmp_path: Path) -> None:
    run = load(write_run(tmp_path, Entrant("base"), questions(8)))
    assert run.distillation is None
    assert run.dataset is None


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        ({"calls": 3, "prompt_tokens": 5, "output_tokens": 7, "money": 0.5}, Cost(3, 5, 7, 0.5)),
        ({"calls": 3, "prompt_tokens": 5, "output_tokens": 7}, Cost(3, 5, 7, None)),
        (None, Cost(40, 30_000, 5_000, None)),
    ],
)
def test_what_was_paid_comes_before_what_the_replies_took(
    tmp_path: Path, cost: Json | None, told: Cost
) -> None:
    found = load_distillation(written(tmp_path, "distill.json", distillation(cost=cost)))
    assert found is not None
    assert found.cost == told
    assert found.tokens_per_row == pytest.approx(told.tokens / 140)


def test_templates_are_not_called(tmp_path: Path) -> None:
    free = distillation(cost=None, prompt_tokens=0, output_tokens=0)
    found = load_distillation(written(tmp_path, "distill.json", free))
    assert found is not None
    assert found.cost == Cost()
    assert found.tokens_per_row is None


def test_the_fields_that_must_be_there(tmp_path: Path) -> None:
    bare = {"teacher": "t", "accepted": 3, "rejected": 1}
    found = load_distillation(written(tmp_path, "distill.json", bare))
    assert found is not None
    assert (found.wanted, found.families, found.reasons, found.cost) == (None, {}, {}, Cost())
    assert found.rejected_share == 0.25
    data = load_dataset(
        written(tmp_path, "dataset.json", {"rows": 3, "duplicates": 1, "leaked": 2})
    )
    assert data is not None
    assert (data.near_duplicates, data.families, data.left_out, data.added) == (None, {}, 3, 0)


def test_nothing_came(tmp_path: Path) -> None:
    nothing = distillation({}, accepted=0, rejected=0)
    found = load_distillation(written(tmp_path, "distill.json", nothing))
    assert found is not None
    assert (found.rejected_share, found.tokens_per_row) == (0.0, None)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda d: d.pop("teacher"), "distill.json: teacher is missing"),
        (lambda d: d.update(accepted="many"), "accepted must be a whole number"),
        (lambda d: d.update(accepted=-1), "accepted must not be negative"),
        (lambda d: d.update(accepted=True), "accepted must be a whole number"),
        (lambda d: d.update(rejected=10**400), "rejected must be a whole number of at most"),
        (lambda d: d.update(families=[]), "families must be an object"),
        (lambda d: d["families"].update(x=3), "families.x must be an object"),
        (lambda d: d["families"].update(x={"accepted": 1}), "families.x.rejected is missing"),
        (lambda d: d["reasons"].update(x=1.5), "reasons.x must be a whole number"),
        (lambda d: d["reasons_by_family"].update(x={"y": "z"}), "reasons_by_family.x.y must be"),
        (lambda d: d.update(answer_chars={"median": 3}), "answer_chars.p95 is missing"),
        (lambda d: d["examples"].update(x={}), "examples.x must be a list"),
        (lambda d: d["examples"].update(x=[1]), r"examples.x\[0\] must be an object"),
        (lambda d: d["examples"].update(x=[{"raw": 1}]), r"examples.x\[0\].raw must be text"),
        (lambda d: d.update(cost={"money": "free"}), "cost.money must be a number"),
    ],
)
def test_a_damaged_distillation_names_file_and_field(tmp_path: Path, edit: Edit, said: str) -> None:
    data = distillation()
    edit(data)
    with pytest.raises(InputError, match=said) as caught:
        load_distillation(written(tmp_path, "distill.json", data))
    assert str(tmp_path / "distill.json") in str(caught.value)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda d: d.pop("rows"), "dataset.json: rows is missing"),
        (lambda d: d.update(leaked=None), "leaked must be a whole number"),
        (lambda d: d.update(near_duplicates="0"), "near_duplicates must be a whole number"),
        (lambda d: d["families"].update(x={"rows": 1, "share": 2}), "x.share must be 0 to 1"),
        (lambda d: d["augmented"].update(typos={"asked_for": 3}), "typos.added is missing"),
        (lambda d: d["examples"].update(leaked=[{"like": 3}]), r"leaked\[0\].like must be text"),
    ],
)
def test_a_damaged_training_set_names_file_and_field(tmp_path: Path, edit: Edit, said: str) -> None:
    data = training_set()
    edit(data)
    with pytest.raises(InputError, match=said) as caught:
        load_dataset(written(tmp_path, "dataset.json", data))
    assert str(tmp_path / "dataset.json") in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"teacher": NaN}', "\udcff", "7"])
def test_a_foreign_file_is_one_sentence(tmp_path: Path, content: str) -> None:
    for name, read in (("distill.json", load_distillation), ("dataset.json", load_dataset)):
        file = tmp_path / name
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
        with pytest.raises(InputError, match=name):
            read(file)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(distillation(), VALUES)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(training_set(), VALUES)),
)
def test_anything_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, taught: dict[str, Any], held: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, read, content in (
        ("distill.json", load_distillation, distillation() | taught),
        ("dataset.json", load_dataset, training_set() | held),
    ):
        with suppress(InputError):
            found = read(written(folder, name, content))
            assert found is not None
            assert found.raw == content
