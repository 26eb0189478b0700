"""Findings about a whole file: many of one rule are told by the first few and a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from harness.core import Finding, Suite


def few(findings: Iterable[Finding], most: int = 1000) -> tuple[Finding, ...]:
    """Keep the first of each rule, and say how many more there are of it.

    Args:
        findings: in the order of the file.
        most: how many of one rule are kept; above 0.

    Returns:
        What is kept, in its order, and behind it what goes on: one finding a rule for the rows
        that are left out, and one for the others.
    """
    seen: Counter[str] = Counter()
    more: Counter[tuple[str, bool]] = Counter()
    kept: list[Finding] = []
    for finding in findings:
        seen[finding.rule] += finding.count
        if seen[finding.rule] <= most:
            kept.append(finding)
        else:
            more[finding.rule, finding.lost] += finding.count
    for (rule, lost), count in more.items():
        kept.append(Finding(rule, "", f"{count:,} more", lost, count))
    return tuple(kept)


def why(findings: Sequence[Finding]) -> str:
    """The first row that is left out and its reason, in brackets, for the end of a sentence."""
    lost = next((finding for finding in findings if finding.lost), None)
    return "" if lost is None else f" ({lost.where}: {lost.rule}: {lost.detail})"


def by_rule(findings: Sequence[Finding]) -> Iterator[str]:
    """A line a rule, the most frequent first, with where it was met first and what is left out."""
    first = {finding.rule: finding for finding in reversed(findings)}
    counts: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for finding in findings:
        counts[finding.rule] += finding.count
        lost[finding.rule] += finding.count * finding.lost
    for rule, count in counts.most_common():
        one = first[rule]
        told = " ".join(filter(None, (one.where, f"({one.detail})" if one.detail else "")))
        if count == 1:
            yield f"{rule}, left out: {told}" if one.lost else f"{rule}: {told}"
        else:
            out = "" if not lost[rule] else f", {lost[rule]:,} left out"
            yield f"{rule}: {count:,}{out}, such as {told}"


def named_briefly(suite: Suite, files: Iterable[Path]) -> Suite:
    """The suite with its files called by their names: where they lie is nobody else's business."""
    found = suite.findings
    paths = list(files)
    names = Counter(path.name for path in paths)
    for path in paths:
        full = str(path)
        name = path.name if names[path.name] == 1 else f"{path.parent.name}/{path.name}"
        found = tuple(
            replace(one, where=one.where.replace(full, name), detail=one.detail.replace(full, name))
            for one in found
        )
    return replace(suite, findings=found)
