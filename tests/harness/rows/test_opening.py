from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import SpecError
from harness.rows.opening import check_files


def test_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("user")
    check_files({"data": tmp_path / "a.csv"})


def test_a_missing_file_is_named_with_its_option_and_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "chats.csv").write_text("user")
    with pytest.raises(SpecError, match=r"^data: .*chat\.csv: no such file.*'chats\.csv'"):
        check_files({"data": tmp_path / "chat.csv"})


def test_a_missing_file_without_an_ending_has_no_hint(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^data: .*chats: no such file$"):
        check_files({"data": tmp_path / "chats"})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"^data: .*: is a folder, not a file$"):
        check_files({"data": tmp_path})
