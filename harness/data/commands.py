"""`podium data`: data sets in and out of the formats that people have; thin, as `harness.cli`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from harness.data.trainers.lookup import TRAINERS
from harness.store.streams import say

FILE = click.argument("file", type=click.Path(path_type=Path))
FORMAT = click.option(
    "--format", "form", default=None, metavar="NAME",
    help="Its format: qa, alpaca, sharegpt, messages, xtuner, style, cqia, pairs, swift [default: "
    "told from its first rows].",
)  # fmt: skip
REPAIR = click.option("--repair", is_flag=True, help="Mend rows that are nearly JSON.")
RAW = click.option(
    "--raw", is_flag=True,
    help="Write csv cells that a spreadsheet would run, such as =1+1, without an apostrophe.",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


class _Shares(click.ParamType[dict[str, float]]):
    """`train=0.8,test=0.2` as a mapping in its order."""

    name = "PART=SHARE,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, float]:
        """Read the text."""
        if isinstance(value, dict):
            return value
        shares: dict[str, float] = {}
        for entry in str(value).split(","):
            part, equals, share = (piece.strip() for piece in entry.partition("="))
            try:
                number = float(share)
            except ValueError:
                number = None
            if not (part and equals) or number is None:
                self.fail(f"{entry!r} must be a part and its share, such as train=0.8", param, ctx)
            if part in shares:
                self.fail(f"{part!r} stands there twice", param, ctx)
            shares[part] = number
        return shares


class _Commands(click.Group):
    """Commands in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def data() -> None:
    """Convert, check, split and count data sets.

    Files are json, jsonl, csv, tsv, xlsx or parquet, by their ending.
    """


@data.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--from", "source_format", default=None, metavar="NAME", help="SOURCE's format.")
@click.option(
    "--to", "target_format", default=None, metavar="NAME",
    help="TARGET's format [default: SOURCE's].",
)  # fmt: skip
@click.option(
    "--dataset", default=None, metavar="NAME",
    help="Name TARGET in the dataset_info.json beside it, for LLaMA-Factory.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Stop at a faulty row instead of leaving it out.")
@REPAIR
@RAW
@JSON
def convert(
    source: Path, target: Path, source_format: str | None, target_format: str | None,
    dataset: str | None, strict: bool, repair: bool, raw: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write SOURCE in another format or ending.

    What TARGET cannot hold, and rows that are left out, are told.
    """
    from harness.data.convert import convert as convert_file
    from harness.data.report import converted_text

    done = convert_file(
        source, target, source_format=source_format, target_format=target_format,
        dataset=dataset, strict=strict, repair=repair, raw=raw,
    )  # fmt: skip
    _print(asdict(done), converted_text(done, target), as_json)


@data.command()
@FILE
@FORMAT
@click.option(
    "--for", "trainer", default=None, type=click.Choice(TRAINERS),
    help="Look for the traps of this trainer or platform too.",
)  # fmt: skip
@click.option(
    "--max-length", type=click.IntRange(min=1), default=None,
    help="Tokens of a row that XTuner keeps, counted in characters [default: 2048].",
)  # fmt: skip
@REPAIR
@JSON
def validate(
    file: Path, form: str | None, trainer: str | None, max_length: int | None, repair: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Name every fault of FILE.

    Ends in 1 where rows would be lost or trained wrongly.
    """
    from harness.data.report import SHOWN, checked_text
    from harness.data.validate import Question
    from harness.data.validate import validate as check

    keep = None if as_json else SHOWN
    checked = check(Question(file, form, trainer, max_length, repair, keep))
    _print(checked.as_json(), checked_text(checked), as_json)
    if not checked.fine:
        sys.exit(1)


@data.command()
@FILE
@click.option(
    "--to", "shares", required=True, type=_Shares(), help="Such as train=0.8,test=0.1,val=0.1."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the parts.",
)  # fmt: skip
@click.option(
    "--by", default="question", show_default=True, metavar="FIELD",
    help="Rows that are equal in this stay in one part: a field, or all that the user says.",
)  # fmt: skip
@click.option("--seed", type=int, default=None, help="Of the shuffle [default: 1].")
@click.option("--in-order", is_flag=True, help="Do not shuffle: cut the file as it stands.")
@click.option("--ungrouped", is_flag=True, help="Let equal questions go to several parts.")
@FORMAT
@RAW
@JSON
def split(
    file: Path, shares: dict[str, float], out: Path, by: str, seed: int | None, in_order: bool,
    ungrouped: bool, form: str | None, raw: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write the rows of FILE to a file a part.

    Rows of one question stay in one part; what leaks without that is told.
    """
    from harness.data.report import parted_text
    from harness.data.split_file import SEED, Request, split_file

    if in_order and seed is not None:
        raise click.UsageError("--in-order does not shuffle, so it takes no --seed")
    drawn = None if in_order else SEED if seed is None else seed
    parted = split_file(Request(file, shares, out, by, drawn, not ungrouped, form, raw))
    _print(parted.as_json(), parted_text(parted), as_json)


@data.command()
@FILE
@FORMAT
@JSON
def stats(file: Path, form: str | None, as_json: bool) -> None:
    """Count what FILE holds.

    Rows, turns, lengths, languages, labels, empty fields, variety and repeats.
    """
    from harness.data.report import stats_text
    from harness.data.stats import measure

    measured = measure(file, form)
    _print(measured.as_json(), stats_text(measured), as_json)


def _print(told: Mapping[str, Any], text: str, as_json: bool) -> None:
    say(json.dumps(told, ensure_ascii=False, indent=2, default=str) if as_json else text)
