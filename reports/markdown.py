"""The leaderboard as a GitHub table, with everything needed to read it underneath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reports import conditions, families, measures, noticed, seeds, selection, side_by_side
from reports.columns import Column, rank_text, ranking_columns, raw_columns
from reports.fields import short
from reports.gfm import escape, table
from reports.strings import Note, say, words
from reports.text import DASH, one_line, points
from reports.training import lessons
from reports.training_facts import headline, overview, rejections
from reports.verdict import cautions, verdict

if TYPE_CHECKING:
    from reports.board import Leaderboard
    from reports.training import Lesson

_SIDE_BY_SIDE = 12  # open questions shown with all their answers


def markdown(board: Leaderboard) -> str:
    """The whole report, in the order of the page, without charts and answers."""
    summary = board.first.summary
    head = f"{escape(summary.suite)} {escape(summary.suite_version)}"
    blocks = [
        f"# {words()['leaderboard']}: {head}",
        "\n".join(f"- {escape(say(note))}" for note in verdict(board)),
        *_differs(board),
        _columns(board, ranking_columns(board)),
        *_seeds(board),
        *(
            escape(say(note))
            for note in (*conditions.asked_in(board), *conditions.session_notes(board))
        ),
        *_careful(board),
        f"## {words()['formula']}",
        _formula(board),
        f"## {words()['raw']}",
        _columns(board, [_rank_name(board), *raw_columns(board)]),
        f"## {words()['families']}",
        _families(board),
        *_selection(board),
        *_measures(board),
        *_side_by_side(board),
        *_noticed(board),
        *_training(board),
    ]
    return "\n\n".join(blocks) + "\n"


def _columns(board: Leaderboard, shown: Sequence[Column]) -> str:
    return table(
        [words()[column.key] for column in shown],
        [column.left for column in shown],
        ([column.text(entry) for column in shown] for entry in board.entries),
    )


def _rank_name(board: Leaderboard) -> Column:
    return next(column for column in ranking_columns(board) if column.key == "entry")


def _differs(board: Leaderboard) -> list[str]:
    differing = board.fields.differing
    if not differing:
        return []
    rows = (
        [entry.label, *(short(values[entry.place - 1]) for values in differing.values())]
        for entry in board.entries
    )
    printed = table([words()["entry"], *differing], [True] * (len(differing) + 1), rows)
    return [f"## {words()['differs']}", printed, f"## {words()['leaderboard']}"]


def _seeds(board: Leaderboard) -> list[str]:
    """What stands under the board on seeds, and every seed of the entries that have several."""
    said = [escape(say(note)) for note in seeds.under(board)]
    found = seeds.rows(board)
    if not found:
        return said
    heads = [words()[name] for name in ("entry", "seed", "AS", "total")]
    rows = ([one.entry, str(one.seed), points(one.accuracy), points(one.total)] for one in found)
    return [*said, table(heads, [True, False, False, False], rows)]


def _careful(board: Leaderboard) -> list[str]:
    notes = cautions(board)
    lines = "\n".join(f"- {escape(say(note))}" for note in notes)
    return [f"**{words()['cautions']}**", lines] if notes else []


def _formula(board: Leaderboard) -> str:
    scoring = board.first.summary.scoring
    own = escape(say(Note("formula_own", {"id": scoring.id})))
    lines = [f"    {one_line(line)}" for line in scoring.formula]
    return "\n".join([own, "", *lines])


def _families(board: Leaderboard) -> str:
    names, phrasings = board.families, families.phrasings(board)
    heads = [*map(board.family, names), *([_over(phrasings)] if phrasings else [])]
    rows = (
        [
            rank_text(entry),
            entry.label,
            *(_accuracy(board, entry.place, name) for name in names),
            *([families.spread_text(entry)] if phrasings else []),
        ]
        for entry in board.entries
    )
    return table(
        [words()["rank"], words()["entry"], *heads], [False, True, *(False for _ in heads)], rows
    )


def _over(phrasings: int) -> str:
    return f"{words()['over_wordings']} ({phrasings:,})"


def _accuracy(board: Leaderboard, place: int, name: str) -> str:
    family = board.entries[place - 1].summary.families.get(name)
    return DASH if family is None else f"{points(family.accuracy)} ({family.n:,})"


def _selection(board: Leaderboard) -> list[str]:
    found = selection.selection(board)
    return [] if found is None else [f"## {words()['selection']}", selection.as_markdown(found)]


def _side_by_side(board: Leaderboard) -> list[str]:
    found = side_by_side.side_by_side(board, _SIDE_BY_SIDE)
    if found is None:
        return []
    return [f"## {words()['side_by_side']}", side_by_side.as_markdown(found)]


def _measures(board: Leaderboard) -> list[str]:
    """The measures, those of a group together; a number's interval stands behind it."""
    found = measures.lines(board)
    if not found:
        return []
    grouped = any(line.group for line in found)
    heads = [words()["measure"], words()["questions"], *(entry.label for entry in board.entries)]
    rows = (
        [
            *([line.group] if grouped else []),
            f"{line.name} {line.mark}".rstrip(),
            f"{line.n:,}",
            *(f"{cell.text} {cell.interval}".rstrip() for cell in line.cells),
        ]
        for line in found
    )
    left = [*([True] if grouped else []), True, *(False for _ in heads[1:])]
    return [f"## {words()['measures']}", table([*([""] if grouped else []), *heads], left, rows)]


def _noticed(board: Leaderboard) -> list[str]:
    found = noticed.noticed(board)
    if not found:
        return []
    rows = (
        [one.rule, f"{one.count:,}", f"{one.lost:,}", next(iter(one.examples), "")] for one in found
    )
    heads = [words()[name] for name in ("rule", "times", "rows_lost", "such_as")]
    return [f"## {words()['noticed']}", table(heads, [True, False, False, True], rows)]


def _training(board: Leaderboard) -> list[str]:
    several = lessons(board)
    if not several:
        return []
    heading = f"## {words()['training']}"
    if len(several) == 1 and several[0].quiet and not _changed(several[0]):
        return [heading, escape(say(headline(several[0])))]
    keys, rows = overview(several)
    left = [key in ("taught", "teacher", "way") for key in keys]
    cells = (list(map(say, row)) for row in rows)
    return [heading, table([words()[key] for key in keys], left, cells), *_rejections(several)]


def _changed(lesson: Lesson) -> bool:
    """Whether what was accepted is not just what was trained on."""
    return any(one.dataset.left_out or one.dataset.added for one in lesson.sets)


def _rejections(several: Sequence[Lesson]) -> Iterator[str]:
    """Why rows were rejected, one line a distillation."""
    lines = [escape(say(note)) for lesson in several if (note := rejections(lesson)) is not None]
    if lines:
        yield "\n".join(f"- {line}" for line in lines)
