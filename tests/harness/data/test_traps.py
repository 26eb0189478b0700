import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.data.trainers.lookup import TRAINERS, trainer_for
from harness.errors import InputError
from harness.rows.fault import HARMS, Fault
from harness.rows.files import read_records
from harness.rows.record import Record

FOLDER = Path(__file__).parent / "cases/traps"
# Said of most files, and tested on their own.
USUAL = {
    "llamafactory": ["no dataset_info.json"],
    "xtuner": ["not for XTuner 1.x", "system text added"],
}


def _cases(trainer: str) -> list[dict[str, Any]]:
    cases = yaml.safe_load((FOLDER / f"{trainer}.yaml").read_text(encoding="utf-8"))
    return [{**case, "trainer": trainer} for case in cases]


def _write(case: dict[str, Any], folder: Path) -> Path:
    name, text, *around = map(str, case["file"])
    before, after = [*around, "", ""][:2]
    rows = [text.replace("{n}", str(n)) for n in range(case.get("rows", 1))]
    path = folder / name
    path.write_text(before + "\n".join(rows) + after, encoding="utf-8")
    info = case.get("info")
    if info is not None:
        written = info if isinstance(info, str) else json.dumps(info)
        (folder / "dataset_info.json").write_text(written, encoding="utf-8")
    return path


def _line(where: str) -> int:
    number = where.rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _faults(path: Path, trainer: str, max_length: int | None = None) -> Iterator[Fault]:
    """What a trainer says by itself."""
    looking = trainer_for(trainer, path, max_length)
    for record in read_records(path):
        yield from looking.look(record)
    yield from looking.end()


@pytest.mark.parametrize(
    "case",
    [case for trainer in TRAINERS for case in _cases(trainer)],
    ids=lambda case: f"{case['trainer']}: {case['about']}",
)
def test_cases(case: dict[str, Any], tmp_path: Path) -> None:
    path = _write(case, tmp_path)
    found = [
        [fault.harm, fault.rule, _line(fault.where), fault.field]
        for fault in _faults(path, case["trainer"], case.get("max_length"))
        if fault.rule not in USUAL.get(case["trainer"], [])
    ]
    assert sorted(found, key=str) == sorted(case["faults"], key=str)


def test_what_is_said_of_most_files(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"instruction": "a", "input": "b", "output": "c"}]', encoding="utf-8")
    for trainer, rules in USUAL.items():
        found = [(fault.harm, fault.rule) for fault in _faults(path, trainer)]
        assert found == [("note", rule) for rule in rules]


def test_messages_in_lines_are_for_every_xtuner(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    path.write_text(json.dumps(row), encoding="utf-8")
    assert list(_faults(path, "xtuner")) == []


def test_no_such_trainer(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'xtuner'"):
        trainer_for("xtunner", tmp_path / "a.jsonl")


_TEXTS = st.sampled_from(["", "a", "human", "gpt", "user", "assistant", "system", "<nooutput>"])
_KEYS = st.sampled_from(
    ["instruction", "input", "output", "target", "system", "history", "conversation", "messages",
     "conversations", "from", "value", "role", "content", "loss", "x"]
)  # fmt: skip
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
_INFO_KEYS = st.sampled_from(
    ["file_name", "formatting", "columns", "tags", "ranking", "hf_hub_url", "prompt", "query",
     "response", "history", "messages", "role_tag", "content_tag", "user_tag", "assistant_tag"]
)  # fmt: skip
_ENTRY: st.SearchStrategy[Any] = st.dictionaries(
    _INFO_KEYS, _JSON | st.dictionaries(_INFO_KEYS, _TEXTS | st.none(), max_size=5), max_size=5
).map(lambda entry: {"file_name": "a.jsonl", **entry})


@given(
    rows=st.lists(st.dictionaries(_KEYS, _JSON, max_size=5), max_size=4),
    info=st.none() | st.dictionaries(st.sampled_from("ab"), _ENTRY | _JSON, max_size=2) | _JSON,
)
def test_no_rows_and_no_registration_are_too_odd(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], info: Any
) -> None:
    path = tmp_path_factory.mktemp("odd") / "a.jsonl"
    path.write_text("", encoding="utf-8")
    if info is not None:
        (path.parent / "dataset_info.json").write_text(json.dumps(info), encoding="utf-8")
    for trainer in TRAINERS:
        looking = trainer_for(trainer, path, None)
        records = (Record(f"{path}:{line}", fields) for line, fields in enumerate(rows, start=1))
        found = [fault for record in records for fault in looking.look(record)]
        found += looking.end()
        assert {fault.harm for fault in found} <= set(HARMS)
        assert all(fault.rule and fault.where and fault.detail for fault in found)
