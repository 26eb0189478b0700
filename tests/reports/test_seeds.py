from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from harness.errors import InputError
from reports import seeds, selection
from reports.leaderboard import Leaderboard, build, terminal_table, write
from reports.markdown import markdown
from reports.page import PAGE, pages
from reports.runs import load
from reports.strings import Language, Note, say
from reports.verdict import verdict
from reports.workbook import workbook
from tests.reports.conftest import MakeBoard
from tests.reports.folders import Entrant, questions, write_repeated, write_run

GOLDEN = Path(__file__).parent / "golden"
SKILLS = (0.7, 0.8, 0.75)
UNTUNED = {"finetune": None}
TUNED = {"suite": {"name": "timetable"}, "finetune": {"rank": 8, "seed": 0}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recipe that was trained with three seeds."""
    recipe = Entrant("lora-r8", 0.75, spec={"finetune": {"rank": 8}})
    return write_repeated(tmp_path / "runs", recipe, SKILLS, questions(40))


@pytest.fixture
def board(folder: Path, known_seeds: Path) -> Leaderboard:  # noqa: ARG001 - told under the board
    """The recipe beside one that was trained once, and an untuned base."""
    samples = questions(40)
    once = Entrant("lora-r32", 0.97, spec={"finetune": {"rank": 32}})
    others = (once, Entrant("底座", 0.1, summary=UNTUNED, loss=False))
    return build([folder, *(write_run(folder.parent, other, samples) for other in others)])


def change(file: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(file.read_text("utf-8"))
    edit(data)
    file.write_text(json.dumps(data), "utf-8")


# --- reading -------------------------------------------------------------------------------------


def test_a_run_holds_the_answers_of_each_seed(folder: Path) -> None:
    run = load(folder)
    assert run.summary.repeats is not None
    assert run.summary.repeats.seeds == (0, 1, 2)
    assert [answers.keys() for answers in run.repeats] == [run.answers.keys()] * 3
    for seed, answers in enumerate(run.repeats):
        assert answers == load(folder / "seeds" / str(seed)).answers
    assert load(folder / "seeds" / "0").repeats == ()


def test_a_seed_that_is_missing_is_named(folder: Path) -> None:
    (folder / "seeds" / "1" / "scores.jsonl").unlink()
    with pytest.raises(InputError, match=r"seeds/1: scores\.jsonl is missing or empty"):
        load(folder)


def test_a_seed_of_other_questions_is_refused(folder: Path) -> None:
    scores = folder / "seeds" / "2" / "scores.jsonl"
    scores.write_text("".join(scores.read_text("utf-8").splitlines(keepends=True)[3:]), "utf-8")
    with pytest.raises(InputError, match=r"seeds/2: 1 questions, such as 'q0000', are not those"):
        load(folder)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"seeds": [0, "1", 2]}, "repeats.seeds must be whole numbers"),
        ({"seeds": 3}, "repeats.seeds must be a list"),
        ({"AS": [50.0]}, "repeats.AS must be a number or null for each seed"),
        ({"total": [1, 2, "x"]}, "repeats.total must be a number or null for each seed"),
        ({"sd": None}, "repeats.sd must be an object"),
    ],
)
def test_wrong_repeats_are_named(folder: Path, edit: dict[str, Any], says: str) -> None:
    change(folder / "summary.json", lambda data: data["repeats"].update(edit))
    with pytest.raises(InputError, match=says.replace(".", r"\.")):
        load(folder)


def test_a_seed_without_a_score_is_left_out_of_the_spread(folder: Path) -> None:
    change(folder / "summary.json", lambda d: d["repeats"].update(AS=[60.0, None, 62.0]))
    found = seeds.spread(load(folder).summary)
    assert found is not None
    assert (found.low, found.high) == (60.0, 62.0)


# --- showing -------------------------------------------------------------------------------------


def test_golden_in_markdown(board: Leaderboard) -> None:
    text = markdown(board)
    ranks = text.partition("## Leaderboard\n\n")[2].partition("\n\n")[0]
    assert [line.split(" | ")[-2] for line in ranks.splitlines()] == [
        "seeds (AS)", "---:", "1", f"{seeds.as_text(board.entries[1])}", "–",
    ]  # fmt: skip
    sentence, table, *_ = text[text.index("Trained once") :].split("\n\n")
    assert f"{sentence}\n\n{table}\n" == (GOLDEN / "seeds.md").read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_golden_sentences(board: Leaderboard, language: Language) -> None:
    once = say(seeds.under(board)[0], language)
    values = {"name": "r8", "count": "6", "low": "58.1", "high": "70.9", "sd": "4.4"}
    suite = Note("trained_once", {"list": ("a", "b"), "known": Note("known_suite", values)})
    recipe = Note("one_recipe", {"list": ("a", "b")})
    said = "\n".join([once, say(suite, language), say(recipe, language)])
    assert f"{said}\n" == (GOLDEN / f"seeds-{language}.txt").read_text("utf-8")


def test_every_seed_stands_in_the_page(board: Leaderboard) -> None:
    page = pages(board)[PAGE].decode("utf-8")
    assert "Every seed" in page
    assert "每个种子" in page
    for one in seeds.rows(board):
        assert f'<td class="num">{one.accuracy:.1f}</td>' in page
    assert "Trained once: lora-r32." in page


def test_a_board_without_repeats_has_no_seeds(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", summary=UNTUNED), Entrant("b", 0.4, summary=UNTUNED))
    assert "seeds" not in markdown(board).lower()
    assert "Every seed" not in pages(board)[PAGE].decode("utf-8")
    assert seeds.under(board) == []


def test_a_terminal_shows_the_spread(board: Leaderboard) -> None:
    text = terminal_table(board, 160)
    assert "seeds (AS)" in text.splitlines()[0]
    row = next(line for line in text.splitlines() if "lora-r8" in line)
    assert f"  {seeds.as_text(board.entries[1])}" in row
    assert "Trained once: lora-r32." in terminal_table(board, 60)


def test_a_workbook_holds_every_seed(board: Leaderboard) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(board)))
    head, *lines = book["seeds"].iter_rows(values_only=True)
    assert head == ("entry", "seed", "AS", "total")
    assert [line[:2] for line in lines] == [("lora-r8", 0), ("lora-r8", 1), ("lora-r8", 2)]
    heads, *rows = book["leaderboard"].iter_rows(values_only=True)
    at = heads.index("AS of seeds sd")
    spread = seeds.spread(board.entries[1].summary)
    assert spread is not None
    assert [row[at] for row in rows] == [None, pytest.approx(spread.sd), None]
    assert [row[heads.index("seeds")] for row in rows] == [1, 3, None]


def test_json_holds_the_repeats(board: Leaderboard, tmp_path: Path) -> None:
    write(board, tmp_path / "out")
    rows = json.loads((tmp_path / "out" / "leaderboard.json").read_text("utf-8"))
    assert [row.get("repeats", {}).get("n") for row in rows] == [None, 3, None]


# --- what one seed cannot say --------------------------------------------------------------------


@pytest.mark.parametrize(("suite", "told"), [("timetable", True), ("elsewhere", False)])
def test_what_is_known_of_a_suite_is_told(
    make_board: MakeBoard, known_seeds: Path, suite: str, told: bool
) -> None:
    assert known_seeds.is_file()
    said = say(seeds.under(make_board(Entrant("a", summary={"suite": suite})))[0])
    assert ("6 seeds of one recipe of this suite, r8, gave AS 58.1 to 70.9, sd 4.4" in said) is told
    assert said.endswith("sd 4.4)." if told else "repeats: 3 shows it.")


def test_what_is_known_can_be_read() -> None:
    known = json.loads(seeds.KNOWN.read_text("utf-8"))
    for one in known.values():
        assert set(one) == {"base", "seeds", "sd", "low", "high", "recipe"}
        assert one["low"] <= one["high"]


# --- seeds as entries of their own ---------------------------------------------------------------


def trained(name: str, skill: float, seed: int, **more: Any) -> Entrant:
    spec = {**TUNED, "repeats": 1, "finetune": {"rank": 8, "seed": seed, **more}}
    return Entrant(name, skill, seed=seed, spec=spec)


def test_seeds_of_one_recipe_have_no_chance_of_being_best(
    make_board: MakeBoard, tmp_path: Path
) -> None:
    one, other = trained("s1", 0.8, 1), trained("s2", 0.82, 2)
    board = make_board(one, other, trained("r32", 0.81, 3, rank=32))
    chances = {entry.label: entry.p_best for entry in board.entries}
    assert chances["s1"] is chances["s2"] is None
    assert chances["r32"] is not None
    keys = [note.key for note in verdict(board)]
    assert "best_chance" not in keys
    (note,) = (note for note in verdict(board) if note.key == "one_recipe")
    assert say(note).startswith(("s1, s2 are of one recipe", "s2, s1 are of one recipe"))
    assert seeds.under(board)[0].values["list"] == ("r32",)
    write(board, tmp_path / "out")
    rows = json.loads((tmp_path / "out" / "leaderboard.json").read_text("utf-8"))
    assert {row["name"]: row["p_best"] is None for row in rows} == {
        "s1": True, "s2": True, "r32": False,
    }  # fmt: skip


def test_a_board_of_one_recipe_has_no_column_of_chances(make_board: MakeBoard) -> None:
    board = make_board(trained("s1", 0.8, 1), trained("s2", 0.82, 2))
    assert "P(best) |" not in markdown(board)
    assert seeds.under(board) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({}, {"name": "x", "runtime": {"batch": 3}}, True),
        ({}, {"repeats": 3}, True),
        ({}, {"finetune": {"rank": 8, "seed": 7}}, True),
        ({}, {"finetune": {"rank": 8}}, True),
        ({}, {"finetune": {"rank": 9, "seed": 0}}, False),
        ({}, {"dataset": {"shuffle_seed": 1}}, False),
        ({"finetune": None}, {"finetune": None}, False),
    ],
)
def test_which_runs_are_of_one_recipe(
    make_board: MakeBoard, one: dict[str, Any], other: dict[str, Any], alike: bool
) -> None:
    entrants = [Entrant(n, spec={**TUNED, **s}) for n, s in (("a", one), ("b", other))]
    runs = [entry.run for entry in make_board(*entrants, count=8).entries]
    assert seeds.siblings(runs) == ([(0, 1)] if alike else [])


def test_a_mean_over_seeds_is_neither_right_nor_wrong(folder: Path) -> None:
    """McNemar counts questions that are right in one and wrong in the other."""
    signature = "dataset:x|version:1|mode:gen"
    measure = {"name": "accuracy", "n": 5, "better": "higher", "group": "缺失", "value": 50.0}
    told = {"measures": [{**measure, "signature": signature}]}
    change(folder / "summary.json", lambda data: data.update(told))
    samples = questions(40)
    others = [
        write_run(folder.parent, Entrant(name, 0.6, summary=told), samples) for name in ("a", "b")
    ]
    found = selection.selection(build([folder, *others]))
    assert found is not None
    assert not [gap for gap in found.gaps if "lora-r8" in (gap.best, gap.other)]
    assert len(found.rows[0].scores) == 3
