"""A table as a JSON object and back, without loss: how stages that need it meet on disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from harness.tables.table import Cell, Column, ColumnKind, Row, Table


def table_to(table: Table) -> dict[str, Any]:
    """A table as a JSON object; the cells of a row stand in the order of the columns."""
    names = [column.name for column in table.columns]
    return {
        "name": table.name,
        "key": table.key,
        "key_columns": list(table.key_columns),
        "columns": [_column_to(column) for column in table.columns],
        "rows": [
            {
                "key": row.key,
                "number": row.number,
                "cells": [_cell_to(row[name]) for name in names],
            }
            for row in table.rows
        ],
        "notes": list(table.notes),
    }


def table_from(data: Mapping[str, Any]) -> Table:
    """A table from its JSON object."""
    columns = tuple(_column_from(column) for column in data["columns"])
    return Table(
        data["name"],
        data["key"],
        columns,
        tuple(_row_from(row, columns) for row in data["rows"]),
        tuple(data["notes"]),
        tuple(data["key_columns"]),
    )


def _column_to(column: Column) -> dict[str, Any]:
    return {**asdict(column), "missing": list(column.missing)}


def _column_from(data: Mapping[str, Any]) -> Column:
    return Column(**{**data, "missing": tuple(data["missing"])})


def _row_from(data: Mapping[str, Any], columns: tuple[Column, ...]) -> Row:
    cells = {
        column.name: _cell_from(cell, column.kind)
        for column, cell in zip(columns, data["cells"], strict=True)
    }
    return Row(data["key"], cells, data["number"])


def _cell_to(cell: Cell) -> Any:
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return list(cell) if isinstance(cell, tuple) else cell


def _cell_from(value: Any, kind: ColumnKind) -> Cell:
    if value is None:
        return None
    if kind == "date":
        return dt.date.fromisoformat(value)
    cell: Cell = tuple(value) if isinstance(value, list) else value
    return cell
