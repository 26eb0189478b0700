"""Commands that tell what there is: suites, the schema of a spec, the machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.options import JSON, RUNS, to_json
from harness.errors import SpecError
from harness.store.streams import say


@click.command()
@click.argument("name", required=False)
@click.option("--set", "changes", multiple=True, metavar="A=B", help="Options of the suite.")
@click.option("--questions", type=click.Path(path_type=Path), help="Write its test questions here.")
@click.option(
    "--export", "target", type=click.Path(path_type=Path),
    help="Write its training data here, as a trainer or a platform takes it.",
)  # fmt: skip
@click.option("--to", "form", default=None, help="Format of the export, as in podium data convert.")
@JSON
def suites(
    name: str | None, changes: tuple[str, ...], questions: Path | None, target: Path | None,
    form: str | None, as_json: bool,
) -> None:  # fmt: skip
    """List the benchmarks there are, or describe one and write its questions or training data."""
    from harness.scoring.catalogue import describe_suite, list_suites

    if name is None:
        if changes or questions or target or form:
            raise SpecError("name a suite before its options: podium suites NAME ...")
        told: Any = list_suites()
    else:
        told = describe_suite(name, changes, questions, target, form)
    say(to_json(told) if as_json else _lines(told))


@click.command()
def schema() -> None:
    """Print the JSON Schema of a spec, for editors."""
    from harness.spec import schema as spec_schema

    say(to_json(spec_schema()))


@click.command()
@RUNS
@click.option(
    "--try", "tries", is_flag=True,
    help="Have the embedded base answer on each engine that is installed; takes a minute or two.",
)  # fmt: skip
@JSON
def doctor(runs: Path | None, tries: bool, as_json: bool) -> None:
    """Say what is installed, what this machine can do, and what is missing for what.

    Ends in 1 where something is there and cannot work. No host is asked.
    """
    from harness.doctor import examination

    found = examination.examine(runs or Path("runs"), tries=tries)
    say(to_json(examination.as_json(found)) if as_json else examination.as_text(found))
    if any(line.level == "broken" for line in found):
        sys.exit(1)


@click.command()
@click.pass_context
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(context: click.Context, shell: str) -> None:
    r"""Print what makes SHELL complete commands, options and files.

    \b
    For bash, in ~/.bashrc:                 eval "$(podium completion bash)"
    For zsh, in ~/.zshrc:                   eval "$(podium completion zsh)"
    For fish, in ~/.config/fish/config.fish: podium completion fish | source
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise SpecError(f"click completes nothing for {shell}")
    say(kind(context.find_root().command, {}, "podium", "_PODIUM_COMPLETE").source())


def _lines(told: Any) -> str:
    """The suites with what each needs and asks, or one suite with a line a family."""
    if isinstance(told, list):
        width = max(len(row["suite"]) for row in told)
        return "\n".join(line for row in told for line in _suite_lines(row, width))
    head = f"{told['suite']} {told['version']}, scored by {told['profile']}"
    width = max(map(len, told["families"]))
    rows = (
        f"  {name:<{width}}  {family['train']:>6} to teach  {family['test']:>6} to ask  "
        f"{family['title']}"
        for name, family in told["families"].items()
    )
    return "\n".join([head, *rows, *told["notes"]])


def _suite_lines(row: dict[str, str], width: int) -> tuple[str, str, str]:
    indent = " " * width
    return (
        f"{row['suite']:<{width}}  {row['about']}",
        f"{indent}  needs: {row['needs']}",
        f"{indent}  asks:  {row['example']}",
    )
