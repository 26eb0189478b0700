"""Tables as people print, mail and export them are read as by a person, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.spec import chosen_suite, load_specs
from harness.starter.init import Request, start
from harness.tables.words import cell_words
from tests.harness.starter import printed, printed_later
from tests.harness.starter.printed import Printed, tables_of

PRINTED = tables_of(printed, printed_later)


@pytest.mark.parametrize("table", PRINTED, ids=lambda table: table.name)
def test_it_is_read_as_a_person_would(table: Printed, tmp_path: Path) -> None:
    path, expected = table.make(tmp_path), table.reading
    if expected.refused:
        with pytest.raises(InputError, match=expected.refused) as caught:
            start(Request(path, name="mine"))
        assert "\n" not in str(caught.value)
        return
    made = start(Request(path, name="mine"))
    assert made.rows == expected.rows
    assert {row["column"]: row["kind"] for row in made.columns} == expected.columns
    for words in expected.told:
        assert any(words in note for note in made.notes), (words, made.notes)
    # The files that were written read it alike.
    spec = load_specs(made.spec)[0]
    read = chosen_suite(spec).build().table
    assert read is not None
    said = {
        key: {name: cell_words(read.column(name), read.row(key)[name]) for name in cells}
        for key, cells in expected.cells.items()
    }
    assert said == expected.cells


def test_there_are_as_many_as_were_made() -> None:
    assert len(PRINTED) >= 53
