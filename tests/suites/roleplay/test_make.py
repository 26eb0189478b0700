import json
from collections import Counter
from pathlib import Path

from suites.roleplay.data import make
from suites.roleplay.data.tale import tale

HERE = Path(make.__file__).parent


def test_the_files_that_ship_are_what_the_script_writes(tmp_path: Path) -> None:
    make.main(["--out", str(tmp_path)])
    for name in ("ferry.json", "ferry.txt"):
        assert (tmp_path / name).read_bytes() == (HERE / name).read_bytes()


def test_another_seed_gives_another_file_of_the_same_kind() -> None:
    one, other = make.exchanges(1), make.exchanges(2)
    assert one != other
    assert len(one) == len(other) == make.ROWS
    assert tale(1) != tale(2)


def test_the_oddities_are_there() -> None:
    rows = json.loads((HERE / "ferry.json").read_text("utf-8"))
    whole = Counter(json.dumps(row, ensure_ascii=False) for row in rows)
    assert sum(count - 1 for count in whole.values()) == make.DUPLICATES
    replies: dict[str, set[str]] = {}
    for row in rows:
        if "history" not in row and "system" not in row:
            replies.setdefault(row["instruction"], set()).add(row["output"])
    assert sum(len(several) > 1 for several in replies.values()) == make.REPEATED
    assert sum("history" in row for row in rows) == make.DIALOGUES
    assert sum("system" in row for row in rows) == make.WITH_SYSTEM
    assert {row["input"] for row in rows} == {""}
