"""Training rows that changed, as the store holds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.nightly.made import ROWS
from harness.nightly.taught import Change, Taught, compare_rows, taught_apart
from harness.store.files import write_jsonl
from harness.store.store import Store

Pair = tuple[str, str, str]
ROW_A: Pair = ("a/train-0/K1", "K1从哪里来？", "西安。")
ROW_B: Pair = ("a/train-0/K2", "K2从哪里来？", "兰州。")


def _rows(pairs: Sequence[Pair]) -> list[dict[str, object]]:
    return [
        {
            "id": name,
            "messages": [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer},
            ],
        }
        for name, question, answer in pairs
    ]


def _file(path: Path, *pairs: Pair) -> Path:
    write_jsonl(path, _rows(pairs))
    return path


def test_a_row_that_changed_is_shown_before_and_since(tmp_path: Path) -> None:
    before = _file(tmp_path / "before.jsonl", ROW_A, ROW_B)
    since = _file(tmp_path / "since.jsonl", (*ROW_B[:2], "成都。"), ROW_A)
    such = Change("a/train-0/K2", "K2从哪里来？ → 兰州。", "K2从哪里来？ → 成都。")
    assert compare_rows(before, since) == Taught(2, 1, (such,))


def test_rows_that_moved_or_were_numbered_anew_are_the_same(tmp_path: Path) -> None:
    before = _file(tmp_path / "before.jsonl", ROW_A, ROW_B)
    again = _file(tmp_path / "since.jsonl", ("a/train-1/K2", *ROW_B[1:]), ROW_A)
    assert compare_rows(before, again) == Taught(2, 0, ())


def test_rows_that_came_and_went_are_counted(tmp_path: Path) -> None:
    before = _file(tmp_path / "before.jsonl", ROW_A)
    since = _file(tmp_path / "since.jsonl", ROW_B)
    found = compare_rows(before, since)
    assert found == Taught(
        2, 2,
        (
            Change("a/train-0/K2", "nothing", "K2从哪里来？ → 兰州。"),
            Change("a/train-0/K1", "K1从哪里来？ → 西安。", "nothing"),
        ),
    )  # fmt: skip


def _kept(store: Store, pair: Pair) -> str:
    """Training rows as the stage leaves them; their digest as a night keeps it."""

    def build(work: Path) -> None:
        write_jsonl(work / "train.jsonl", _rows([pair]))

    return store.digest(store.make("dataset", {"row": pair[0]}, build) / "train.jsonl")[:12]


def test_rows_are_found_by_their_content_while_the_store_has_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    before, since = (_kept(store, pair) for pair in (ROW_A, ROW_B))
    changes = [Change("recipe.repeats", "1", "2"), Change(ROWS, before, since)]
    found = taught_apart(changes, store.stages)
    assert found is not None
    assert (found.rows, found.apart) == (2, 2)
    assert taught_apart([Change(ROWS, "0" * 12, since)], store.stages) is None
    assert taught_apart(changes[:1], store.stages) is None
    assert taught_apart(changes, None) is None
