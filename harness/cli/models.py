"""Commands over single models: time one, hand one in, talk to one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.options import JSON, FiniteRange, to_json
from harness.errors import Inconclusive
from harness.store.files import make_folder, write_bytes, write_text
from harness.store.streams import say, tell


@click.command()
@click.argument("entries", nargs=-1, required=True)
@click.option("--reference", default=None, help="An entry to compare with [default: the first].")
@click.option(
    "--questions", type=click.Path(path_type=Path), default=None,
    help="A question file [default: questions about a board of 24 trains].",
)  # fmt: skip
@click.option(
    "--count", "number", type=click.IntRange(min=5), default=40, help="Questions [default: 40]."
)
@click.option(
    "--replicates", type=click.IntRange(min=4), default=4, help="Even, and 4 at least [default: 4]."
)
@click.option(
    "--load", "levels", default="1,2,4,8", metavar="A,B,…",
    help="Levels of load, in questions under way at once; 0 for none [default: 1,2,4,8].",
)  # fmt: skip
@click.option(
    "--limit", "limit_s", type=FiniteRange(min=0, min_open=True), default=1.0,
    help="Seconds within which an answer under load is a good one [default: 1].",
)  # fmt: skip
@click.option("--max-tokens", type=click.IntRange(min=1), default=64, help="[default: 64]")
@click.option("--max-length", type=click.IntRange(min=16), default=1024, help="[default: 1024]")
@click.option("--engine", default="auto", help="Of local models: vllm, server or hf.")
@click.option("--dtype", default="auto", help="Of local models.")
@click.option("--model", default="", help="Name of the model at an address.")
@click.option("--key-env", default=None, help="The variable that holds the key of an address.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of bench.html and bench.json.",
)  # fmt: skip
@JSON
def bench(entries: tuple[str, ...], out: Path | None, as_json: bool, **options: Any) -> None:
    """Time models alone: how long an answer takes, by itself and under load.

    ENTRY is a model folder, an adapter folder, a run folder, SPEC.yaml:ENTRY, builtin:tiny-qwen2,
    or the http address of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1. All are
    asked the same questions in turns, A B B A, and compared with the first.
    """
    from harness.bench.command import bench as time_entries

    text, report, page = time_entries(entries, **options)
    if out is not None:
        make_folder(out)
        write_text(out / "bench.json", to_json(report) + "\n")
        write_bytes(out / "bench.html", page)
    say(to_json(report) if as_json else text)
    if out is not None:
        tell(f"\n{out / 'bench.html'}")
    doubts = [f"{one['name']}: {one['doubt']}" for one in report["entries"] if one["doubt"]]
    if doubts and (as_json or not sys.stdout.isatty()):
        raise Inconclusive("; ".join(doubts))


@click.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--to", "form", required=True, metavar="FORM",
    help="merged, gguf-ready, llamafactory, xtuner or xfyun.",
)  # fmt: skip
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A folder that is not there yet."
)
@JSON
def export(run: Path, form: str, out: Path, as_json: bool) -> None:
    """Write a tuned run for elsewhere, with a model card and a ledger of what made it.

    RUN is a run folder, such as runs/quickstart-lora-r32.
    """
    from harness.export.export import export as write_export

    names = write_export(run, form, out)
    say(to_json(names) if as_json else "\n".join(str(out / name) for name in names))


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--base", "with_base", is_flag=True, help="Have the untuned base answer as well.")
@click.option("--system", default="", help="A system text before the conversation.")
@click.option(
    "--max-tokens", "most", type=click.IntRange(min=1), default=None,
    help="Tokens of an answer at most [default: the spec's generate.max_tokens].",
)  # fmt: skip
def chat(runs: tuple[Path, ...], with_base: bool, system: str, most: int | None) -> None:
    """Talk to finished runs, side by side where there are several.

    RUN is a run folder. What was said is remembered; /reset forgets it, /exit ends. Where stdin is
    no terminal, each of its lines is asked.
    """
    from harness.chat.speakers import open_speakers
    from harness.chat.talk import Talk, talk
    from harness.export.finished import open_run

    finished = [open_run(run) for run in runs]
    with open_speakers(finished, with_base=with_base, most=most) as speakers:
        talk(Talk(speakers, system))
