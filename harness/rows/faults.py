"""What becomes of rows that cannot be read: told and skipped, mended, or an error."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core import Finding
from harness.errors import InputError
from harness.rows import broken_json
from harness.rows.decode import Told
from harness.rows.record import Found

log = logging.getLogger("podium")

INVALID = "not valid JSON"
ENCODING = "encoding"


@dataclass(frozen=True, slots=True)
class Handling:
    """Who is told of rows that cannot be read, and whether they are mended."""

    found: Found | None = None
    repair: bool = False

    def refuse(self, rule: str, where: str, detail: str) -> None:
        """A row is left out.

        Raises:
            InputError: nobody is told of such rows.
        """
        if self.found is None:
            raise InputError(f"{where}: {rule}: {detail}")
        self.found(Finding(rule, where, detail, lost=True))

    def doubt(self, rule: str, where: str, detail: str) -> None:
        """A row stays although it may not say what its author meant.

        Raises:
            InputError: nobody is told of such rows.
        """
        if self.found is None:
            raise InputError(f"{where}: {rule}: {detail}")
        self.found(Finding(rule, where, detail))

    def remark(self, rule: str, where: str, detail: str) -> None:
        """Something was read in the only way that it can be meant."""
        if self.found is None:
            log.warning("%s: %s: %s", where, rule, detail)
        else:
            self.found(Finding(rule, where, detail))

    def told(self, path: Path) -> Told:
        """What hears of a file's encoding if it is not UTF-8, which is all that trainers read."""

        def tell(name: str) -> None:
            self.remark(ENCODING, str(path), f"read as {name}, not UTF-8")

        return tell

    def broken(self, where: str, text: str, error: str, *, torn: bool) -> list[Mapping[str, Any]]:
        """What a row that is no JSON can be mended to: nothing, unless mending is asked for.

        Args:
            where: the row's place.
            text: the row as it stands there.
            error: what is wrong with it, where nothing better is known.
            torn: whether the file ends with it.
        """
        if torn and broken_json.is_cut(text):
            self.refuse(INVALID, where, "the file ends in the middle of a row")
            return []
        looks = broken_json.looks_like(text) or error
        mended = broken_json.mend(text) if self.repair else []
        if mended:
            self.remark("repaired", where, looks)
        else:
            self.refuse(INVALID, where, looks)
        return mended
