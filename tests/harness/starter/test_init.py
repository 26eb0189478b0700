"""From tables that nobody has seen to suites and specs that run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.checker.check import check
from harness.core import Domain, Sample, Suite
from harness.curate.decontaminate import HeldOut, program_of
from harness.errors import InputError, PodiumError, UsageError
from harness.spec import chosen_suite, load_specs
from harness.starter.init import Request, start
from harness.starter.report import Started, as_json, as_text
from harness.tables.suite_file import read_definition
from harness.tables.table import Table
from tests.harness.starter import tables
from tests.podium import ok, refused

Maker = Callable[[Path], Path]
MAKERS: tuple[Maker, ...] = (
    tables.price_list, tables.lessons, tables.grid, tables.trains, tables.inventory,
    tables.sensors, tables.staff, tables.dirty, tables.flights, tables.rooms, tables.films,
)  # fmt: skip
GOLDEN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "understood.yaml").read_text(encoding="utf-8")
)
every_table = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


@cache
def started(make: Maker, folder: Path) -> Started:
    return start(Request(make(folder), name=make.__name__))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all the tables lie, each read once."""
    return tmp_path_factory.mktemp("tables")


@cache
def built(make: Maker, folder: Path) -> tuple[Suite, Table]:
    """The suite with all its families, and its table."""
    return opened(started(make, folder))


def opened(made: Started) -> tuple[Suite, Table]:
    spec = load_specs(made.spec)[0]
    chosen = chosen_suite(spec)
    suite = chosen.benchmark.build(replace(chosen.options, families=()))
    assert suite.table is not None
    return suite, suite.table


def every(suite: Suite) -> Sequence[Sample]:
    return (*suite.train, *suite.test)


@every_table
def test_what_was_understood(make: Maker, folder: Path) -> None:
    made = started(make, folder)
    told = {
        "key": list(made.key),
        "language": made.language,
        "columns": {
            str(row["column"]): f"{row['kind']}; {row['missing']} missing; {row['used_for']}"
            for row in made.columns
        },
        "notes": list(made.notes),
    }
    assert told == GOLDEN[make.__name__]


@every_table
def test_the_spec_that_it_writes_is_sound(make: Maker, folder: Path) -> None:
    specs = load_specs(started(make, folder).spec)
    assert [spec.name for spec in specs] == [
        f"{make.__name__}-{entry}" for entry in ("floor", "untuned", "lora")
    ]
    assert specs[2].finetune is not None
    assert all(spec.suite.name == "table" for spec in specs)


@every_table
def test_every_reference_is_right_by_the_answer_checker(make: Maker, folder: Path) -> None:
    suite, _ = built(make, folder)
    assert misjudged(suite, suite.domains) == []


def test_names_with_digits_and_yes_or_no_are_right_with_and_without_a_domain(folder: Path) -> None:
    suite, _ = built(tables.phones, folder)
    assert misjudged(suite, suite.domains) == []
    assert misjudged(suite, {}) == []


def misjudged(suite: Suite, domains: Mapping[str, Domain]) -> list[tuple[str, str]]:
    """References that the answer checker does not call right."""
    return [
        (s.question, s.reference)
        for s in every(suite)
        if check(s.reference, s.gold, s.question, domains.get(s.domain, Domain())).value != 1.0
    ]


@every_table
def test_no_phrasing_that_is_asked_nor_a_near_copy_is_taught(make: Maker, folder: Path) -> None:
    suite, _ = built(make, folder)
    assert {sample.id for sample in suite.test} < {sample.id for sample in suite.held_out}
    held_out = HeldOut(suite.held_out, 0.9)
    near = {
        (sample.question, found)
        for sample in suite.train
        if (found := held_out.near(sample.question, sample.named, program_of(sample.template)))
    }
    assert near == set()


@every_table
def test_no_question_has_two_answers_and_no_id_stands_twice(make: Maker, folder: Path) -> None:
    suite, _ = built(make, folder)
    answers: dict[str, object] = {}
    for sample in every(suite):
        assert answers.setdefault(sample.question, sample.gold) == sample.gold, sample.question
    assert len({sample.id for sample in every(suite)}) == len(every(suite))


@every_table
def test_there_are_enough_phrasings_and_each_row_is_named(make: Maker, folder: Path) -> None:
    made = started(make, folder)
    definition = read_definition(made.suite)
    for family, found in definition.families.items():
        for program in found.programs:
            assert len(program.report) == len(program.test) >= 2, program.id
            assert len(program.train) >= (8 if family in ("lookup", "dwell") else 4), program.id
    suite, table = built(make, folder)
    looked_up = {sample.row for sample in suite.train if sample.family == "lookup"}
    assert looked_up == {row.key for row in table.rows}
    assert all("{" not in sample.question + sample.reference for sample in every(suite))


def test_the_families_that_apply(folder: Path) -> None:
    families = {make.__name__: set(started(make, folder).families) for make in MAKERS}
    general = {"lookup", "filter", "compare", "window", "count"}
    assert families["price_list"] == {*general, "missing"}
    assert families["trains"] == {*general, "missing", "dwell", "convert"}
    assert families["lessons"] == {*general, "missing", "dwell", "convert"}
    assert families["grid"] == {"lookup", "filter", "count", "missing"}
    assert families["staff"] == general
    assert families["flights"] == {*general, "dwell", "convert"}
    assert families["rooms"] == {*general, "dwell", "convert"}


def test_questions_sound_like_people(folder: Path) -> None:
    def questions(make: Maker) -> set[str]:
        return {sample.question for sample in every(built(make, folder)[0])}

    assert {
        "G101次几点发车？", "G101次停多久？", "坐D114次要去哪儿等？", "G101次走哪个闸口？",
        "终点是武汉的列车有哪些？", "哪趟列车的发车时间最晚？", "K127次停在几号月台？",
    } <= questions(tables.trains)  # fmt: skip
    assert {
        "红富士苹果多少钱？", "皇冠梨产自哪里？", "土豆是哪天到货的？", "黄瓜的保质期有多长？",
        "哪种商品的单价最低？", "类别是蔬菜的商品有多少种？", "单价在10元到40元之间的商品有哪些？",
    } <= questions(tables.price_list)  # fmt: skip
    assert {
        "CA1000航班几点起飞？", "CA1000航班路上要多长时间？", "CA1000航班是否经停？",
        "哪班航班的票价最低？",
    } <= questions(tables.flights)  # fmt: skip
    assert {
        "How long does R100 last?", "Which room has the highest capacity?",
    } <= questions(tables.rooms)  # fmt: skip
    assert {"周一第1节上什么课？", "周二第2节是谁教的？"} <= questions(tables.lessons)
    assert {"周一第1节上什么课？", "周二哪几节上数学？"} <= questions(tables.grid)
    assert {"E1001叫什么名字？", "E1002是哪天入职的？"} <= questions(tables.staff)
    assert {
        "How much is Oat milk?", "Who is the supplier of Bagels?",
        "When is the received date of Red apples?", "Which item has the highest unit price?",
    } <= questions(tables.inventory)  # fmt: skip


def test_two_files_lie_beside_the_table_and_are_told(tmp_path: Path) -> None:
    path = tables.trains(tmp_path)
    made = start(Request(path))
    assert {p.name for p in tmp_path.iterdir()} == {"board.xlsx", "board.yaml", "board.suite.yaml"}
    text = as_text(made)
    lines = text.splitlines()
    assert lines[0].split() == ["column", "kind", "values", "missing", "examples", "used", "for"]
    assert lines[1].split() == ["列车号", "text", "24", "0", "G101,", "D114,", "K127", "key"]
    # 列车号 is as wide as 6 letters, 起点 as 4: wide characters take two columns.
    assert [line.index("text") for line in lines[1:4]] == [7, 8, 8]
    assert f"next: podium run {made.spec}" in lines
    told = json.loads(json.dumps(as_json(made)))
    assert (told["key"], told["columns"][0]["used_for"]) == (["列车号"], "key")


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    path = tables.trains(tmp_path)
    made = start(Request(path))
    made.suite.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"board\.yaml: is there already; --force writes over it"):
        start(Request(path))
    assert made.suite.read_text("utf-8") == "mine"
    start(Request(path, force=True))
    assert read_definition(made.suite).name == "board"


def test_another_folder_and_name(tmp_path: Path) -> None:
    made = start(Request(tables.trains(tmp_path), out=tmp_path / "a" / "b", name="车站"))
    assert made.spec == tmp_path / "a" / "b" / "车站.yaml"
    assert yaml.safe_load(made.spec.read_text("utf-8"))["suite"]["table"] == "../../board.xlsx"
    assert opened(made)[0].name == "车站"


def test_a_name_of_its_own_where_the_tables_cannot_be_one(tmp_path: Path) -> None:
    path = tables.write_csv(tmp_path / "价格 表(新)!.csv", [("品名", "单价"), ("梨", 3), ("桃", 4)])
    assert start(Request(path)).spec.name == "价格-表-新.yaml"
    for name in ("a b", "", "stages", "../x"):
        with pytest.raises(UsageError, match="cannot name a spec and a run folder"):
            start(Request(path, name=name))


def test_the_key_can_be_named(tmp_path: Path) -> None:
    path = tables.inventory(tmp_path)
    made = start(Request(path, key=("SKU",)))
    assert made.key == ("SKU",)
    two = start(Request(path, key=("Shelf", "Item"), name="two"))
    assert read_definition(two.suite).key_words == "{Shelf} {Item}"
    with pytest.raises(InputError, match="Shelf is 'A1' in row 2 and in row 3: name another --key"):
        start(Request(path, key=("Shelf",), name="three"))
    with pytest.raises(InputError, match=r"--key Shelv: no such column \(did you mean 'Shelf'"):
        start(Request(path, key=("Shelv",), name="three"))
    with pytest.raises(InputError, match="Supplier is 'Acme Farms' in row 2 and in row 3"):
        start(Request(path, key=("Supplier",), name="three"))


def test_a_sheet_can_be_named(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(tables.trains(tmp_path))
    book.create_sheet("说明", 0).append(["看下一页"])
    book.save(tmp_path / "two.xlsx")
    made = start(Request(tmp_path / "two.xlsx", sheet="Sheet"))
    assert yaml.safe_load(made.spec.read_text("utf-8"))["suite"]["sheet"] == "Sheet"
    assert opened(made)[1].rows[0].key == "G101"
    # A page of prose is no table, and the spec names the sheet that is one.
    found = start(Request(tmp_path / "two.xlsx", name="found"))
    assert yaml.safe_load(found.spec.read_text("utf-8"))["suite"]["sheet"] == "Sheet"
    assert found.notes[0] == (
        "the file has 2 sheets (说明, Sheet); read 'Sheet'; --sheet NAME reads another"
    )
    with pytest.raises(InputError, match=r"two\.xlsx: holds one column"):
        start(Request(tmp_path / "two.xlsx", name="first", sheet="说明"))


@pytest.mark.parametrize("make", [tables.price_list, tables.lessons, tables.trains])
def test_it_runs_to_a_leaderboard(make: Maker, tmp_path: Path) -> None:
    table = make(tmp_path)
    told = json.loads(ok("init", table.name, "--name", "mine", "--json", cwd=tmp_path))
    # The same spec on models without weights: what it trains is tried elsewhere.
    changes = [
        word
        for change in (
            "entries.untuned.model={base: null, engine: fake, skill: 0.5}",
            "entries.lora.model={base: null, engine: fake}",
            "entries.lora.finetune=null",
            "latency={questions: 5, replicates: 4, warmup: 2}",
        )
        for word in ("--set", change)
    ]
    board = json.loads(ok("run", told["spec"], *changes, "--json", cwd=tmp_path))
    assert [entry["name"] for entry in board] == ["mine-lora", "mine-untuned", "mine-floor"]
    assert board[0]["parts"]["AS"]["value"] == 100.0


@pytest.mark.parametrize(
    ("name", "rows", "sentence"),
    [
        ("a.csv", [], "a.csv: the table is empty"),
        ("a.csv", [("", ""), ("", "")], "a.csv: the table is empty"),
        ("a.csv", [("品名",), ("梨",), ("桃",)], "a.csv: holds one column"),
        ("a.csv", [("品名", "单价")], "a.csv: holds no rows under its header in row 1"),
        ("a.csv", [("品名", "单价"), ("梨", 3)], "a.csv: holds 1 row under its header in row 1"),
        ("a.csv", [("梨", 3), ("桃", 4)], "row 1 looks like data .'梨'.: put a row with the"),
        (
            "a.csv",
            [("品名", "品名", "单价"), ("a", "b", 1), ("c", "d", 2)],
            "a.csv: has 1 column with a name and values",
        ),
        (
            "a.csv",
            [("类别", "产地"), ("果", "鲁"), ("果", "鲁"), ("菜", "鲁")],
            "no column tells rows apart, nor do two or three together: .* add a column that does",
        ),
        (
            "a.csv",
            [("品名", "产地"), ("梨", ""), ("", "鲁"), ("桃", "冀")],
            "every column has an empty cell",
        ),
        (
            "a.csv",
            [("品名", "产地"), ("梨", "鲁"), ("桃", "鲁")],
            "no question can be asked: besides the key 品名",
        ),
        ("a.txt", [("品名", "产地")], "a.txt: not a table; one of"),
        ("a.xlsx", [("品名", "单价"), ("梨", "=1+1"), ("桃", 2)], "row 2: 单价 is a formula"),
        (
            "a.xlsx",
            [("品名", "单价"), ("梨", "#REF!"), ("桃", 2)],
            "单价 holds a spreadsheet error",
        ),
    ],
)
def test_tables_that_cannot_be_used(
    tmp_path: Path, name: str, rows: list[tuple[object, ...]], sentence: str
) -> None:
    write = tables.write_xlsx if name.endswith("xlsx") else tables.write_csv
    with pytest.raises(PodiumError, match=sentence) as caught:
        start(Request(write(tmp_path / name, rows)))
    assert "\n" not in str(caught.value)
    assert len(list(tmp_path.iterdir())) == 1, "nothing is written"


def test_headers_merged_over_several_columns(tmp_path: Path) -> None:
    head = ("姓名", "上学期", None, "下学期", None)
    below = (None, "语文", "数学", "语文", "数学")
    rows = [head, below, ("张三", 90, 80, 70, 60), ("李四", 91, 81, 71, 61)]
    spans = ["B1:C1", "D1:E1", "A1:A2"]
    made = start(Request(tables.write_xlsx(tmp_path / "a.xlsx", rows, spans)))
    assert [row["column"] for row in made.columns] == [
        "姓名", "上学期语文", "上学期数学", "下学期语文", "下学期数学",
    ]  # fmt: skip
    named = [head, (None, "语文一", "数学一", "语文二", "数学二"), *rows[2:]]
    made = start(Request(tables.write_xlsx(tmp_path / "b.xlsx", named, spans)))
    assert [row["column"] for row in made.columns] == [
        "姓名",
        "语文一",
        "数学一",
        "语文二",
        "数学二",
    ]
    assert "row 1: 上学期, 下学期 left out of the columns' names" in made.notes
    path = tables.write_xlsx(tmp_path / "c.xlsx", [head, *rows[2:]], ["B1:C1", "D1:E1"])
    with pytest.raises(
        InputError, match="row 1: the header '上学期' is merged over several columns"
    ):
        start(Request(path))


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.starter.sheet.MAX_ROWS", 10)
    with pytest.raises(InputError, match="has 24 rows, and podium init takes 10"):
        start(Request(tables.trains(tmp_path)))


def test_as_a_user(tmp_path: Path) -> None:
    tables.trains(tmp_path)
    assert "24 rows, told apart by 列车号" in ok("init", "board.xlsx", cwd=tmp_path)
    assert "board.yaml: is there already; --force" in refused("init", "board.xlsx", cwd=tmp_path)
    near = refused("init", "bord.xlsx", cwd=tmp_path)
    assert near == "podium: bord.xlsx: no such file (did you mean 'board.xlsx'?)"
    assert refused("init", ".", cwd=tmp_path) == "podium: .: a folder, not a table"
    out = refused("init", "board.xlsx", "--out", "board.yaml", cwd=tmp_path)
    assert out == "podium: --out board.yaml: a file, not a folder"


def test_what_it_writes_goes_out_as_training_data(tmp_path: Path) -> None:
    # A suite file may be called as another suite is.
    for name, forms in (("prices", ("", "messages")), ("style", ("qa",))):
        start(Request(tables.price_list(tmp_path), name=name))
        options = ("--set", "table=果蔬价目表.xlsx", "--set", f"definition={name}.suite.yaml")
        for form in forms:
            to = ("--to", form) if form else ()
            told = ok("suites", "table", *options, "--export", "out.json", *to, cwd=tmp_path)
            rows = json.loads((tmp_path / "out.json").read_text("utf-8"))
            assert f"{len(rows):,} rows as {form or 'alpaca'}" in told
            assert len(rows) > 100
