"""What a suite file lacks to have wordings to develop on and others to report on."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from harness.core import Finding, Wordings
from harness.tables.definition import SuiteDefinition

NOT_KEPT = "no wordings kept for reporting"
NOT_TO_DEVELOP_ON = "no wordings to develop on"


def wording_findings(
    definition: SuiteDefinition, families: Collection[str], wordings: Wordings
) -> Iterator[Finding]:
    """The programs whose number is no fresh one, whatever was asked for.

    A program that has only one set of phrasings is asked in it while one develops and for the
    number that is shown.

    Args:
        definition: the suite file.
        families: those that are asked, all where empty.
        wordings: those that are asked; without any kept for reporting nothing is amiss until one
            reports.
    """
    for name, family in definition.families.items():
        if families and name not in families:
            continue
        for program in family.programs:
            where = f"program {program.id}"
            if program.test and not program.report and wordings == "report":
                told = "asked in its test phrasings, which one develops on: give it report ones"
                yield Finding(NOT_KEPT, where, told)
            if program.report and not program.test:
                told = "asked in its report phrasings while one develops: give it test ones"
                yield Finding(NOT_TO_DEVELOP_ON, where, told)
