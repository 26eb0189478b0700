"""A night in words: for a terminal, for Markdown, for CI, and as JSON.

What the page says as well stands in `reports/strings.toml`, in both languages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

from harness.nightly.blame import UNKNOWN, Blame
from harness.nightly.evidence import Gate
from harness.nightly.night import Judged, Report, amount, was
from harness.text.display import clip, shown, table
from reports.gfm import escape
from reports.gfm import table as gfm_table
from reports.strings import Note, say
from reports.text import DASH, visible

_NAME = 32
_ANSWER = 80
_SHOWN = 5  # flips
_FAMILIES = 3
_CHANGES = 3
_ROWS = 2
_TITLES: Mapping[Gate, str] = {"AS": "AS", "AE": "AE", "time": "time"}
# What XML 1.0 cannot hold, kept out of JUnit.
_XML = {code: "�" for code in range(0x20) if chr(code) not in "\t\n\r"}


def as_text(report: Report) -> str:
    """A table of all gates, then what is red or open, and what was noticed."""
    rows = [["", "gate", "blessed", report.night, "loss", "95%", "at most", ""]]
    rows += [_cells(one) for one in report.gates]
    lines = [*table(rows, right=range(2, 7)), "", _headline(report)]
    lines += _sentences(report)
    return "\n".join([*lines, *_failed(report), *_noticed(report)])


def _noticed(report: Report) -> list[str]:
    return [shown(say(note)) for note in report.noticed]


def _failed(report: Report) -> list[str]:
    return [f"{shown(name)} failed: {shown(why)}" for name, why in report.failed.items()]


def _headline(report: Report) -> str:
    counts = {call: sum(one.call == call for one in report.gates) for call in _WORDS}
    parts = ", ".join(f"{counts[call]} {call}" for call in _WORDS if counts[call])
    return f"{report.night}: {report.call} ({parts or 'no gates'})"


_WORDS = ("regressed", "inconclusive", "fine")


def _cells(one: Judged) -> list[str]:
    numbers = [say(cell) for cell in cells(one)]
    return [clip(shown(one.entry), _NAME), _TITLES[one.gate], *numbers, one.call]


def cells(one: Judged) -> tuple[Note | str, ...]:
    """The numbers of a gate: blessed, tonight, the loss, its interval, and what it is at most."""
    levels = _level(one.gate, one.blessed), _level(one.gate, one.mean)
    verdict = one.verdict
    if verdict is None:
        return (*levels, *[DASH] * 3)
    held = verdict.paired
    low, high = held.value - 1.96 * held.error, held.value + 1.96 * held.error
    return (
        *levels,
        amount(one.gate, held.value),
        f"[{_short(one.gate, low)}, {_short(one.gate, high)}]",
        DASH if one.call == "regressed" else _short(one.gate, verdict.upper),
    )


def _short(gate: Gate, loss: float) -> str:
    return f"{math.expm1(loss):+.1%}" if gate == "time" else f"{round(loss, 1) + 0.0:.1f}"


def _level(gate: Gate, value: float | None) -> str:
    if value is None:
        return DASH
    return f"{value:.3g}" if gate == "time" else f"{value:.1f}"


def _sentences(report: Report) -> Iterator[str]:
    """About all gates that are not fine; what holds of several of an entry is said once."""
    before: list[str] = []
    for _, alike in groupby(report.gates, key=lambda one: (one.entry, one.why or one.gate)):
        lines = list(_why(*alike))
        yield from lines if lines[1:] != before else lines[:1]
        before = lines[1:]


def _why(one: Judged, *alike: Judged) -> Iterator[str]:
    """Sentences about a gate that is not fine, and about others of which they hold as well."""
    titles = ", ".join(_TITLES[each.gate] for each in (one, *alike))
    name = f"{clip(shown(one.entry), _NAME)} {titles}"
    if one.why:
        yield f"{name}: {shown(say(one.why))}"
    if one.blame is not None:
        by = "" if one.verdict is None else f" by {one.verdict.by}"
        yield f"{name}: regressed{by}; {shown(say(cause(one.blame)))}"
        yield from (f"  {line}" for line in details(one.blame))


def cause(found: Blame) -> Note:
    """The named cause in a sentence."""
    if found.cause == UNKNOWN:
        return Note("night_causeless", {"night": found.since})
    changed = [change for change in found.changes if change.name.startswith(f"{found.cause}.")]
    told = [
        was(change.name, clip(change.before, _ANSWER), clip(change.since, _ANSWER))
        for change in changed[:_CHANGES]
    ]
    if len(changed) > _CHANGES:
        told.append(Note("night_more", {"n": str(len(changed) - _CHANGES)}))
    return Note(
        "night_cause_only" if found.only else "night_cause_likely",
        {"night": found.since, "kind": Note(f"kind_{found.cause}"), "changes": tuple(told)},
    )


def details(found: Blame) -> Iterator[str]:
    """Rows that were taught otherwise, families and questions."""
    if found.taught is not None:
        yield f"{found.taught.apart:,} of {found.taught.rows:,} training rows changed, such as"
        for row in found.taught.such[:_ROWS]:
            yield (
                f"  {shown(row.name)}: {shown(row.before, _ANSWER)} is now "
                f"{shown(row.since, _ANSWER)}"
            )
    if found.families:
        shares = (
            f"{shown(name) or 'all'} {share:.0%}" for name, share in found.families[:_FAMILIES]
        )
        yield f"of the loss: {', '.join(shares)}"
    if found.flipped:
        yield f"{found.flipped} questions are worse, such as"
    for flip in found.flips[:_SHOWN]:
        yield (
            f"  {shown(flip.question)}: {shown(flip.asked, _ANSWER)} "
            f"[{shown(flip.gold, _ANSWER)}] {shown(flip.before, _ANSWER) or '(nothing)'} → "
            f"{shown(flip.tonight, _ANSWER) or '(nothing)'}"
        )


def as_markdown(report: Report) -> str:
    """A summary for a CI's page; every text is escaped."""
    heads = ["", "gate", "blessed", report.night, "loss", "95%", "at most", ""]
    left = [True, True, *[False] * 5, True]
    said = [line.strip() for line in _sentences(report)]
    lines = [f"## podium nightly: {escape(_headline(report))}", ""]
    lines += [gfm_table(heads, left, map(_cells, report.gates)), ""]
    lines += [f"- {escape(line)}" for line in [*said, *_failed(report), *_noticed(report)]]
    return "\n".join(lines).rstrip() + "\n"


def as_junit(report: Report) -> str:
    """JUnit XML: one case a gate; a regression is a failure, what is open is skipped.

    An entry that failed is an error.
    """
    counts = {call: sum(one.call == call for one in report.gates) for call in _WORDS}
    suite = ElementTree.Element(
        "testsuite", name="podium nightly", tests=str(len(report.gates) + len(report.failed)),
        failures=str(counts["regressed"]), skipped=str(counts["inconclusive"]),
        errors=str(len(report.failed)),
    )  # fmt: skip
    for name, why in report.failed.items():
        case = ElementTree.SubElement(suite, "testcase", classname=_clean(name), name="run")
        ElementTree.SubElement(case, "error", message=_clean(why))
    for one in report.gates:
        case = ElementTree.SubElement(
            suite, "testcase", classname=_clean(one.entry), name=_TITLES[one.gate]
        )
        said = "\n".join(_why(one))
        if one.call == "regressed":
            found = ElementTree.SubElement(case, "failure", message=_clean(said.split("\n")[0]))
            found.text = _clean(said)
        elif one.call == "inconclusive":
            ElementTree.SubElement(case, "skipped", message=_clean(said.split("\n")[0]))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _clean(text: str) -> str:
    return visible(text).translate(_XML)


def as_annotations(report: Report) -> str:
    """Workflow commands of GitHub: an error a regression, a warning for what is open."""
    lines = [
        f"::error title={_property(f'podium nightly: {name}')}::{_message(f'failed: {why}')}"
        for name, why in report.failed.items()
    ]
    for one in report.gates:
        said = " ".join(line.strip() for line in _why(one))
        if one.call != "fine":
            level = "error" if one.call == "regressed" else "warning"
            title = _property(f"podium nightly: {one.entry} {_TITLES[one.gate]}")
            lines.append(f"::{level} title={title}::{_message(said)}")
    return "\n".join(lines)


def _message(text: str) -> str:
    """As GitHub's toolkit escapes data, so that no answer of a model gives commands."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def as_json(report: Report) -> dict[str, Any]:
    """The same for scripts."""
    return {"call": report.call, **_plain(report)}


def _plain(value: Any) -> Any:
    """Values as JSON has them: what is a note is its sentence."""
    if isinstance(value, Note):
        return say(value)
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
