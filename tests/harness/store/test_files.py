import json
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.errors import InputError, StoreError
from harness.store.files import (
    link,
    list_files,
    read_json,
    read_jsonl,
    write_bytes,
    write_json,
    write_jsonl,
    write_text,
)
from harness.store.jsonl import JsonlAppender
from tests.harness.children import child_says, limit_file_size

pytestmark = pytest.mark.forks

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
FINITE = LEAVES.filter(lambda value: value not in (float("inf"), float("-inf")))
VALUES = st.recursive(
    FINITE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
# Everything that a string can hold, half surrogate pairs too.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_write_text_says_whether_it_changed_and_keeps_an_equal_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    assert write_text(path, "你好\r\n")
    before = path.stat()
    assert not write_text(path, "你好\r\n")
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert path.read_bytes() == "你好\r\n".encode()
    assert write_text(path, "你好!")
    assert path.read_text(encoding="utf-8") == "你好!"
    assert os.listdir(path.parent) == ["a.txt"]


def test_write_replaces_a_link_and_not_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("same", encoding="utf-8")
    (tmp_path / "at").symlink_to("real")
    assert write_text(tmp_path / "at", "same")
    assert not (tmp_path / "at").is_symlink()


def test_new_files_follow_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a", b"1")
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_json_keeps_order_and_reads_as_written(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": 1, "a": ["车次", 1.0, None]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == (
        '{\n  "b": 1,\n  "a": [\n    "车次",\n    1.0,\n    null\n  ]\n}\n'
    )
    assert read_json(tmp_path / "a.json") == {"b": 1, "a": ["车次", 1.0, None]}


@given(VALUES)
def test_json_round_trip(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    write_json(path, value)
    assert json.dumps(read_json(path)) == json.dumps(value)


@example([{"\x85": "a\u2028b\u2029c"}])
@example([{"\u2028": "\ud800"}])
@given(st.lists(st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3), max_size=4))
def test_jsonl_keeps_every_text_on_one_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("jsonl") / "a.jsonl"
    write_jsonl(path, rows)
    assert list(read_jsonl(path)) == rows
    assert len(path.read_bytes().decode().splitlines()) == len(rows)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"scores": {"as": float("nan")}}, "scores.as"),
        ({"loss": [1.0, float("inf")]}, r"loss\[1\]"),
        (float("-inf"), "the value"),
    ],
)
def test_numbers_that_json_lacks_are_refused_by_field(
    tmp_path: Path, value: object, field: str
) -> None:
    with pytest.raises(StoreError, match=f"a.json: {field} is no finite number"):
        write_json(tmp_path / "a.json", value)
    assert not os.listdir(tmp_path)


def test_half_a_surrogate_pair_in_a_text_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="character 2 is half a surrogate pair"):
        write_text(tmp_path / "a", "ab\ud800")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid JSON"),
        (b'{"a": 1', "not valid JSON: .*line 1 column 8"),
        (b"NaN", "NaN is not a JSON number"),
        (b'"\xff"', "not valid JSON: 'utf-8' codec"),
    ],
)
def test_broken_json_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_json(tmp_path / "a.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.json: cannot be read: no such file"):
        read_json(tmp_path / "a.json")
    with pytest.raises(InputError, match=r"a\.jsonl: cannot be read: no such file"):
        list(read_jsonl(tmp_path / "a.jsonl"))


def test_jsonl_allows_a_byte_order_mark_windows_ends_and_empty_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": 2}')
    assert list(read_jsonl(tmp_path / "a.jsonl")) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"[1, 2]", "line 2 is no JSON object"),
        (b'{"a": ', "line 2 is not valid JSON"),
        (b'{"a": "\xff"}', "line 2 is not valid JSON"),
        (b'{"a": NaN}', "line 2 is not valid JSON: NaN"),
    ],
)
def test_a_broken_row_is_named_by_line(tmp_path: Path, line: bytes, message: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"a": 1}\n' + line + b"\n")
    with pytest.raises(InputError, match=message):
        list(read_jsonl(tmp_path / "a.jsonl"))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_text(path, "x"),
        lambda path: link(path.parent, path),
        lambda path: JsonlAppender(path).__enter__(),
    ],
)
def test_a_file_in_the_way_of_a_folder_is_named(
    tmp_path: Path, write: Callable[[Path], object]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match=r"file/a: cannot be written: .*/file is no folder"):
        write(tmp_path / "file" / "a")


def test_a_folder_in_the_way_of_a_file_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(StoreError, match="a: cannot be written: is a directory"):
        write_text(tmp_path / "a", "x")
    assert os.listdir(tmp_path) == ["a"]


def test_a_full_disk_keeps_the_file_as_it_was(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "old")

    def child() -> str:
        limit_file_size(1000)
        with pytest.raises(StoreError) as caught:
            write_text(tmp_path / "a", "x" * 5000)
        return str(caught.value)

    assert child_says(child) == f"{tmp_path / 'a'}: cannot be written: file too large"
    assert (tmp_path / "a").read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["a"]


# --- one row at a time ---------------------------------------------------------------------------


def test_rows_are_there_as_soon_as_they_are_appended(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.jsonl"
    with JsonlAppender(path) as rows:
        rows.append({"a": 1})
        assert list(read_jsonl(path)) == [{"a": 1}]
    with JsonlAppender(path) as rows:
        rows.append({"a": 2})
    assert list(read_jsonl(path)) == [{"a": 1}, {"a": 2}]


@given(cut=st.integers(0, 40), tail=st.binary(max_size=6))
def test_opening_drops_only_what_a_kill_tore(
    tmp_path_factory: pytest.TempPathFactory, cut: int, tail: bytes
) -> None:
    whole = b"".join(b'{"row": %d}\n' % row for row in range(4))
    path = tmp_path_factory.mktemp("torn") / "a.jsonl"
    kept = whole[: len(whole) - cut]
    path.write_bytes(kept + tail.replace(b"\n", b"\0"))
    with JsonlAppender(path) as rows:
        rows.append({"row": "next"})
    complete = (kept + tail.replace(b"\n", b"\0")).count(b"\n")
    assert list(read_jsonl(path)) == [*({"row": row} for row in range(complete)), {"row": "next"}]


def test_a_power_cut_that_leaves_zeros_is_dropped_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"a": 1}\n\0\0\0\n\0\0')
    with caplog.at_level(logging.WARNING, "podium"), JsonlAppender(tmp_path / "a.jsonl"):
        pass
    assert (tmp_path / "a.jsonl").read_bytes() == b'{"a": 1}\n'
    assert "dropped a torn last row of 6 bytes" in caplog.text


def test_a_row_that_does_not_fit_leaves_no_part_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"

    def child() -> str:
        limit_file_size(1000)
        with JsonlAppender(path) as rows:
            rows.append({"a": 1})
            with pytest.raises(StoreError) as caught:
                rows.append({"a": "x" * 5000})
            assert list(read_jsonl(path)) == [{"a": 1}]
            rows.append({"a": 2})
        return str(caught.value)

    assert child_says(child) == f"{path}: cannot be written: file too large"
    assert list(read_jsonl(path)) == [{"a": 1}, {"a": 2}]


def test_threads_do_not_mix_their_rows(tmp_path: Path) -> None:
    with JsonlAppender(tmp_path / "a.jsonl", sync_every=0.01) as rows:

        def work(thread: int) -> None:
            for row in range(50):
                rows.append({"thread": thread, "row": row, "text": "x" * 500})

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = [(row["thread"], row["row"]) for row in read_jsonl(tmp_path / "a.jsonl")]
    assert sorted(found) == [(thread, row) for thread in range(4) for row in range(50)]


# --- folders -------------------------------------------------------------------------------------


def test_link_is_relative_survives_a_move_and_is_left_alone_when_right(tmp_path: Path) -> None:
    write_text(tmp_path / "runs" / "stages" / "infer-1" / "a", "x")
    at = tmp_path / "runs" / "mine" / "infer"
    assert link(tmp_path / "runs" / "stages" / "infer-1", at)
    before = at.lstat().st_ino
    assert not link(tmp_path / "runs" / "stages" / "infer-1", at)
    assert at.lstat().st_ino == before
    assert os.readlink(at) == "../stages/infer-1"
    (tmp_path / "runs").rename(tmp_path / "moved")
    moved = tmp_path / "moved" / "mine" / "infer"
    assert (moved / "a").read_text(encoding="utf-8") == "x"
    assert moved.samefile(tmp_path / "moved" / "stages" / "infer-1")


def test_link_changes_its_target_in_one_step(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        assert link(tmp_path / name, tmp_path / "at")
    assert os.readlink(tmp_path / "at") == "b"
    assert sorted(os.listdir(tmp_path)) == ["a", "at", "b"]


def test_link_works_where_the_folder_itself_is_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk" / "deep").mkdir(parents=True)
    (tmp_path / "runs").symlink_to("disk/deep")
    write_text(tmp_path / "stages" / "a", "x")
    link(tmp_path / "stages", tmp_path / "runs" / "at")
    assert (tmp_path / "runs" / "at" / "a").read_text(encoding="utf-8") == "x"


def test_link_refuses_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "at").mkdir()
    with pytest.raises(StoreError, match="at: is a folder"):
        link(tmp_path, tmp_path / "at")


def test_a_disk_without_links_gets_a_text_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")  # what exFAT answers

    monkeypatch.setattr(os, "symlink", refuse)
    (tmp_path / "stage").mkdir()
    assert link(tmp_path / "stage", tmp_path / "runs" / "at")
    assert not link(tmp_path / "stage", tmp_path / "runs" / "at")
    assert (tmp_path / "runs" / "at").read_text(encoding="utf-8") == "../stage\n"
    assert os.listdir(tmp_path / "runs") == ["at"]


def test_list_files_follows_links_and_stops_at_a_loop(tmp_path: Path) -> None:
    write_text(tmp_path / "blobs" / "w", "x")
    write_text(tmp_path / "model" / "sub" / "b", "x")
    (tmp_path / "model" / "weights").symlink_to("../blobs/w")
    (tmp_path / "model" / "sub" / "up").symlink_to("..")
    assert list_files(tmp_path / "model") == ["sub/b", "weights"]


def test_list_files_names_what_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="model: cannot be read"):
        list_files(tmp_path / "model")
