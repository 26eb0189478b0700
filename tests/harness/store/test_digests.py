import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.store.digests import DigestCache, digest_file, digest_folder, digest_value
from harness.store.files import read_json, write_text

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
HOUR_NS = 3_600_000_000_000


def shuffled(value: Any) -> Any:
    """The same value with every mapping in reverse order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


def changed_once(value: Any) -> Iterator[Any]:
    """The value with each of its leaves changed in turn, and each with a leaf of another type."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: other} for other in changed_once(item))
            yield {**{k: v for k, v in value.items() if k != key}, key + "x": item}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from ([*value[:index], o, *value[index + 1 :]] for o in changed_once(item))
        yield [*value, None]
    else:
        yield str(value) + ("x" if isinstance(value, str) else "")
        yield [value]
        yield {"": value}


@given(VALUES)
def test_the_order_of_keys_is_nothing(value: object) -> None:
    assert digest_value(shuffled(value)) == digest_value(value)


@given(VALUES)
def test_every_leaf_counts(value: object) -> None:
    others = [digest_value(other) for other in changed_once(value)]
    assert digest_value(value) not in others


def test_types_count() -> None:
    values: list[Any] = [
        1,
        1.0,
        "1",
        True,
        "1.0",
        "true",
        [1],
        {"1": 1},
        None,
        "null",
        "",
        [],
        {},
        0,
        False,
    ]
    assert len({digest_value(value) for value in values}) == len(values)


def test_a_tuple_is_a_list_and_numbers_are_exact() -> None:
    assert digest_value((1, (2,))) == digest_value([1, [2]])
    assert digest_value(0.1 + 0.2) != digest_value(0.3)


def test_a_digest_never_changes_between_versions() -> None:
    # By hand: printf '{"a":[1,1.0,true,null],"b":"\\u8f66"}' | sha256sum
    assert digest_value({"b": "车", "a": [1, 1.0, True, None]}) == (
        "ed112554ccef9290ba8b75b57e43744bc0389226aa761295755ad91e082c166b"
    )


@pytest.mark.parametrize("value", [{1: 2}, {"a": {3}}, Path("/x"), {"a": b"x"}])
def test_what_json_would_change_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        digest_value(value)


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        digest_value({"a": float("nan")})


def test_digest_file_is_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_file(tmp_path / "a") == expected


def test_digest_folder_counts_names_and_contents_that_match(tmp_path: Path) -> None:
    write_text(tmp_path / "m" / "a.json", "1")
    write_text(tmp_path / "m" / "sub" / "w.safetensors", "2")
    seen = {digest_folder(tmp_path / "m"), digest_folder(tmp_path / "m", ["*.json"])}
    write_text(tmp_path / "m" / ".git" / "x", "not counted")
    write_text(tmp_path / "m" / ".cache", "not counted")
    assert digest_folder(tmp_path / "m") in seen
    write_text(tmp_path / "m" / "sub" / "w.safetensors", "3")
    assert digest_folder(tmp_path / "m", ["*.json"]) in seen
    seen.add(digest_folder(tmp_path / "m"))
    (tmp_path / "m" / "a.json").rename(tmp_path / "m" / "b.json")
    seen.add(digest_folder(tmp_path / "m"))
    assert len(seen) == 4


def test_an_empty_or_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file in it matches \*\.safetensors"):
        digest_folder(tmp_path, ["*.safetensors"])
    with pytest.raises(InputError, match="nowhere: cannot be read"):
        digest_folder(tmp_path / "nowhere")
    with pytest.raises(InputError, match="nowhere: cannot be read"):
        digest_file(tmp_path / "nowhere")


# --- the cache -----------------------------------------------------------------------------------


def old_file(path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a file and let an hour pass: the change time cannot be set back, the clock can."""
    write_text(path, text)
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + HOUR_NS)


def test_a_known_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_file(tmp_path / "m" / "weights", "abc", monkeypatch)
    first = DigestCache(tmp_path / "digests.json").digest(tmp_path / "m")
    written = (tmp_path / "digests.json").stat()
    monkeypatch.setattr(
        "harness.store.digests.digest_file", lambda path: pytest.fail(f"read {path}")
    )
    again = DigestCache(tmp_path / "digests.json")
    assert again.digest(tmp_path / "m") == first
    assert again.digest(tmp_path / "m" / "weights") != first
    after = (tmp_path / "digests.json").stat()
    assert (after.st_mtime_ns, after.st_ino) == (written.st_mtime_ns, written.st_ino)


def test_an_edit_that_keeps_size_and_time_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights"
    old_file(path, "abc", monkeypatch)
    cache = DigestCache(tmp_path / "digests.json")
    first = cache.digest(path)
    before = path.stat()
    with path.open("r+", encoding="utf-8") as file:
        file.write("abd")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert cache.digest(path) == digest_file(path) != first


def test_a_file_just_written_is_not_remembered(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "abc")
    assert DigestCache(tmp_path / "digests.json").digest(tmp_path / "a") == digest_file(
        tmp_path / "a"
    )
    assert not (tmp_path / "digests.json").exists()


def test_two_caches_keep_what_the_other_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_file(tmp_path / "a", "1", monkeypatch)
    old_file(tmp_path / "b", "2", monkeypatch)
    one, two = DigestCache(tmp_path / "digests.json"), DigestCache(tmp_path / "digests.json")
    assert (one.digest(tmp_path / "a"), two.digest(tmp_path / "b")) == (
        digest_file(tmp_path / "a"),
        digest_file(tmp_path / "b"),
    )
    old_file(tmp_path / "c", "3", monkeypatch)
    one.digest(tmp_path / "c")
    known = read_json(tmp_path / "digests.json")
    assert sorted(Path(name).name for name in known) == ["a", "b", "c"]


def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest_late(path: Path) -> str:
        write_text(path, "new")
        return digest_file(path)

    write_text(tmp_path / "a", "old")
    monkeypatch.setattr("harness.store.digests.digest_file", digest_late)
    with pytest.raises(InputError, match="a: changed while it was read"):
        DigestCache(tmp_path / "digests.json").digest(tmp_path / "a")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 3}'])
def test_a_broken_cache_only_costs_time(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_file(tmp_path / "a", "1", monkeypatch)
    (tmp_path / "digests.json").write_text(content, encoding="utf-8")
    assert DigestCache(tmp_path / "digests.json").digest(tmp_path / "a") == digest_file(
        tmp_path / "a"
    )


def test_a_cache_that_cannot_be_written_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    old_file(tmp_path / "a", "1", monkeypatch)
    with caplog.at_level(logging.WARNING, "podium"):
        DigestCache(tmp_path / "a" / "digests.json").digest(tmp_path / "a")
    assert "digests are not remembered" in caplog.text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="weights: cannot be read: no such file"):
        DigestCache(tmp_path / "digests.json").digest(tmp_path / "weights")
