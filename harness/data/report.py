"""The reports of `podium data` as text for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from harness.rows.fault import HARMS
from harness.text.display import shown, table

if TYPE_CHECKING:
    from harness.core import Finding
    from harness.data.convert import Converted
    from harness.data.split_file import Parted
    from harness.data.stats import Stats
    from harness.data.validate import Checked
    from harness.rows.fault import Fault, Harm

SHOWN = 20
_MOST_VALUES = 10
_LONGEST_CELL = 60
_DASH = "–"


# --- validate ------------------------------------------------------------------------------------


def checked_text(checked: Checked) -> str:
    """The first faults, the worst first, how many more there are, and the verdict."""
    return "\n".join(_checked(checked))


def _checked(checked: Checked) -> Iterator[str]:
    meant = f", for {checked.trainer}" if checked.trainer else ""
    form = checked.format or "no format that Podium reads"
    yield f"{shown(checked.path)}: {form}{meant}, {checked.rows:,} rows"
    faults = checked.faults[:SHOWN]
    if faults:
        yield ""
        yield from (_fault(fault) for fault in faults)
        yield from _rest(checked.counts, faults)
    if checked.repeats.rows:
        yield ""
        yield from checked.repeats.as_text()
    yield ""
    yield _verdict(checked)


def _fault(fault: Fault) -> str:
    named = fault.field in fault.detail  # most details say it themselves
    field = "" if named else f"{shown(fault.field)}: "
    return f"{fault.harm:<5}  {shown(fault.where)}: {fault.rule}: {field}{shown(fault.detail)}"


def _rest(counts: Mapping[tuple[Harm, str], int], faults: Sequence[Fault]) -> Iterator[str]:
    left = Counter(counts)
    left.subtract((fault.harm, fault.rule) for fault in faults)
    for harm in HARMS:
        more = {rule: count for (found, rule), count in left.items() if found == harm and count}
        if more:
            listed = ", ".join(f"{rule} × {count:,}" for rule, count in more.items())
            yield f"{harm:<5}  {sum(more.values()):,} more: {listed}"


def _verdict(checked: Checked) -> str:
    harms: Counter[str] = Counter()
    for (harm, _), count in checked.counts.items():
        harms[harm] += count
    said = {
        "fails": "that stop a training",
        "lost": "that lose a row",
        "wrong": "that train something else",
    }
    bad = [f"{harms[harm]:,} {words}" for harm, words in said.items() if harms[harm]]
    notes = f"; {harms['note']:,} to know of" if harms["note"] else ""
    if bad:
        return f"not fine: faults {', '.join(bad)}{notes}"
    return f"fine: no row would be lost or trained wrongly{notes}"


# --- split ---------------------------------------------------------------------------------------


def parted_text(parted: Parted) -> str:
    """A row a part, and what one gives away of another."""
    return "\n".join(_parted(parted))


def _parted(parted: Parted) -> Iterator[str]:
    request = parted.request
    total = sum(part.rows for part in parted.parts)
    first = parted.parts[0].name
    unit = "questions" if request.by == "question" else f"values of {shown(request.by)}"
    yield from table(
        [
            ("part", "rows", "share", unit, f"also in {first}", "file"),
            *(
                (
                    part.name, f"{part.rows:,}", f"{part.rows / total:.1%}", f"{part.questions:,}",
                    _DASH if part.leaked is None else f"{part.leaked:,}", shown(part.path),
                )
                for part in parted.parts
            ),
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip
    yield from _warnings(parted)


def _warnings(parted: Parted) -> Iterator[str]:
    leaked = sum(part.leaked or 0 for part in parted.parts)
    if leaked:
        first = parted.parts[0].name
        yield (
            f"warning: {leaked:,} rows ask what stands in {first} too; without --ungrouped rows "
            "of one question stay together"
        )
    yield from (f"warning: {part.name} is empty" for part in parted.parts if not part.rows)
    yield from _findings(parted.findings)


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:SHOWN]:
        left_out = "left out: " if finding.lost else ""
        yield f"{shown(finding.where)}: {left_out}{finding.rule}: {shown(finding.detail)}"
    more = Counter(finding.rule for finding in findings[SHOWN:])
    if more:
        listed = ", ".join(f"{rule} × {count:,}" for rule, count in more.items())
        yield f"{more.total():,} more: {listed}"


# --- convert -------------------------------------------------------------------------------------


def converted_text(done: Converted, target: object) -> str:
    """What was written, what the target cannot hold, and what was left out."""
    return "\n".join(_converted(done, target))


def _converted(done: Converted, target: object) -> Iterator[str]:
    yield (
        f"{shown(target)}: {done.written:,} of {done.read:,} rows, "
        f"{done.source_format} to {done.target_format}"
    )
    for lost in done.lost:
        yield (
            f"warning: {done.target_format} cannot hold {shown(lost.field)}: lost in "
            f"{lost.count:,} rows, first {shown(lost.where)}"
        )
    yield from _findings(done.findings[:SHOWN])
    shown_of = Counter(finding.rule for finding in done.findings[:SHOWN])
    more = {rule: count - shown_of[rule] for rule, count in done.counts.items()}
    listed = ", ".join(f"{rule} × {count:,}" for rule, count in more.items() if count > 0)
    if listed:
        yield f"more: {listed}"
    if done.registered is not None:
        yield f"{shown(done.registered)}  names it for LLaMA-Factory"


# --- stats ---------------------------------------------------------------------------------------


def stats_text(stats: Stats) -> str:
    """What a file holds, a table a subject."""
    return "\n".join(_stats(stats))


def _stats(stats: Stats) -> Iterator[str]:
    unread = f", {stats.unread:,} more not read" if stats.unread else ""
    yield f"{shown(stats.path)}: {stats.format}, {stats.rows:,} rows{unread}"
    yield ""
    yield from _lengths(stats)
    yield ""
    for name, counts in (("look like", stats.formats), ("language", stats.languages)):
        yield f"{name}: {_shares(counts)}"
    turns = {f"{turns} turns": count for turns, count in stats.turns.items()}
    yield f"turns: {_shares(turns)}"
    if stats.system_texts:
        yield f"system texts: {stats.system_texts:,} different: {_shares(stats.systems)}"
    for name, counts in stats.labels.items():
        yield f"{name}: {_shares(counts)}"
    if stats.empty:
        yield "empty: " + ", ".join(f"{shown(k, 30)} {n:,}" for k, n in stats.empty.items())
    yield f"distinct-1/2 of replies: {_share(stats.distinct_1)} / {_share(stats.distinct_2)}"
    yield ""
    yield from stats.repeats.as_text()
    if stats.findings:
        yield ""
        yield from _findings(stats.findings)


def _lengths(stats: Stats) -> Iterator[str]:
    head = ("characters", "rows", "min", "median", "p95", "max", "all")
    rows = [
        (
            name, f"{found.rows:,}", f"{found.minimum:,}", f"{found.median:,.10g}",
            f"{found.p95:,}", f"{found.maximum:,}", f"{found.total:,}",
        )
        for name, found in stats.lengths.items()
    ]  # fmt: skip
    yield from table([head, *rows], right=range(1, len(head)))


def _shares(counts: Mapping[str, int]) -> str:
    """Counts by name with their shares, the first few."""
    total = sum(counts.values())
    named = [
        f"{_label(name)} {count:,} ({count / total:.0%})"
        for name, count in list(counts.items())[:_MOST_VALUES]
    ]
    more = len(counts) - _MOST_VALUES
    return ", ".join([*named, *([f"and {more} more"] if more > 0 else [])]) or "none"


def _label(name: str) -> str:
    """A value by name; blanks around it make it another value, so they are shown."""
    text = name if name == name.strip() and name else repr(name)
    return shown(text, _LONGEST_CELL)


def _share(value: float | None) -> str:
    return _DASH if value is None else f"{value:.3f}"
