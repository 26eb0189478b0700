from pathlib import Path

import pytest

from harness.distill.dialogue.novel import Story, cue_key, read_text, story_from, story_to
from harness.errors import InputError

TEXT = "小满笑道：“上船罢。”\n老周道：“好。”\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gbk", "gbk"), ("gb18030", "gbk"),
     ("utf-16", "utf-16")],
)  # fmt: skip
def test_a_novel_in_any_usual_encoding(tmp_path: Path, encoding: str, told: str) -> None:
    path = tmp_path / "novel.txt"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode(encoding))
    assert read_text(path) == (TEXT, told)


def test_a_fault_in_utf8_is_no_gbk(tmp_path: Path) -> None:
    path = tmp_path / "novel.txt"
    data = (TEXT * 4).encode()
    path.write_bytes(data + b"\xff" + data)
    with pytest.raises(InputError, match=f"not UTF-8 at byte {len(data)}; save it as UTF-8"):
        read_text(path)


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"", "is empty"), (b" \r\n ", "is empty"), (b"ab\0cd", "zero byte"),
     (b"\xff\xfe\x00\xd8", "not UTF-16 at byte"), (b"\x81" * 9, "nor GBK at byte 8")],
)  # fmt: skip
def test_what_is_no_text(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "novel.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=problem):
        read_text(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"novel\.txt: no such file"):
        read_text(tmp_path / "novel.txt")


def test_a_story_goes_to_disk_and_back() -> None:
    story = Story("novel.txt", TEXT, "小满", ("姑娘",), None, 2)
    assert story_from(story_to(story)) == story


def test_one_cue_however_it_is_written() -> None:
    assert cue_key("上船罢！") == cue_key(" 上船 罢。") == cue_key("上船罢")
    assert cue_key("上船罢") != cue_key("下船罢")
    assert cue_key("😂😂") != cue_key("……")
    assert cue_key("ABC") == cue_key("ａｂｃ")
