"""Bytes to text: which encoding a file is in, and that no character is lost between pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.rows.decode import lines, read_text

PIECE = 256 * 1024
LINE = "第12次列车，3号站台𠮷；ok\n"


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ahead", range(4))
def test_no_character_is_lost_between_pieces(tmp_path: Path, codec: str, ahead: int) -> None:
    text = "x" * ahead + LINE * (3 * PIECE // len(LINE))
    path = saved(tmp_path / "a.txt", text.encode(codec))
    name = {"utf-8": "utf-8", "gb18030": "gbk"}.get(codec, "utf-16")
    assert read_text(path) == (text, name)
    assert "".join(line for _, line in lines(path)) == text
    assert [number for number, _ in lines(path)] == list(range(1, text.count("\n") + 1))


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
@pytest.mark.parametrize("short", range(6))
def test_the_first_character_beyond_ascii_may_lie_between_pieces(
    tmp_path: Path, codec: str, short: int
) -> None:
    text = "x" * (PIECE - short) + "河边的人是谁？\n"
    assert read_text(saved(tmp_path / "a.txt", text.encode(codec))) == (text, codec)


def test_a_mark_is_no_text_in_any_encoding(tmp_path: Path) -> None:
    for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        assert read_text(saved(tmp_path / "a.txt", "\ufeff河边\n".encode(codec)))[0] == "河边\n"


def test_a_file_that_is_ascii_alone_is_utf8(tmp_path: Path) -> None:
    for text in ("", "a", "a,b\r\n1,2\r\n", "a\0b", "x" * (PIECE + 1)):
        assert read_text(saved(tmp_path / "a.txt", text.encode())) == (text, "utf-8")


@pytest.mark.parametrize("text", ["一,二\n", "id,question\n1,q\n", "一\n", "a\n"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(tmp_path: Path, text: str, codec: str) -> None:
    """一 has a zero byte where ASCII has none."""
    assert read_text(saved(tmp_path / "a.csv", text.encode(codec))) == (text, "utf-16")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("河边的人是谁？".encode() * 9 + b"\xd6\xd0" + "河".encode(), "not UTF-8 at byte 189;"),
        ("河边的人".encode()[:-1], "not UTF-8 at byte 9;"),
        ("河边的人".encode("gbk")[:-1], "not UTF-8 at byte 0, nor GBK at byte 6;"),
        ("café, über\n".encode("latin-1"), "not UTF-8 at byte 3;"),
        ("garçon né à Orléans\n".encode("cp1252"), "not UTF-8 at byte 3, nor GBK at byte 8;"),
        ("河边".encode("utf-16") + b"\x00\xd8", "not UTF-16 at byte 6"),
        (
            b"x\n" * PIECE + "河边".encode("gbk") + b"\xff\n",
            f"at byte {2 * PIECE}, nor GBK",
        ),
    ],
)
def test_what_is_in_no_encoding_is_named_by_its_byte(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    path = saved(tmp_path / "a.txt", data)
    with pytest.raises(InputError, match=rf"a\.txt: .*{sentence}"):
        read_text(path)


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.rows.decode.MAX_ROW", 10)
    with pytest.raises(InputError, match=r"a\.txt:2: longer than 10 bytes; not read"):
        list(lines(saved(tmp_path / "a.txt", b"a\n" + b"x" * 11)))
