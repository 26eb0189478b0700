"""The README.md of an export: what it is, of what it was made, and how good it was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from harness.export.finished import Finished
from harness.export.targets import Target
from harness.text.display import shown

_LICENCE = re.compile(r"^license:\s*(\S.{0,60})$", re.MULTILINE)
_FILES = ("LICENSE", "LICENSE.txt", "LICENCE", "LICENSE.md")


def card(run: Finished, target: Target) -> str:
    """The model card, as Markdown."""
    parts = (_front(run), _head(run, target), _base(run), _data(run), _recipe(run), _scores(run))
    return "\n".join(line for part in parts for line in part)


def _front(run: Finished) -> Iterator[str]:
    """What hubs read of a card, as YAML."""
    named = licence_id(run.named_base)
    told = {
        "base_model": run.base_name,
        **({} if named is None else {"license": named}),
        "tags": ["podium", run.recipe.method],
    }
    yield "---"
    yield yaml.safe_dump(told, sort_keys=False, allow_unicode=True).rstrip()
    yield "---"
    yield ""


def _head(run: Finished, target: Target) -> Iterator[str]:
    yield f"# {_plain(run.name)}"
    yield ""
    yield target.about
    yield ""
    yield from target.use(run)
    yield "`ledger.json` holds the spec, digests, seeds and versions that made it."
    yield ""


def _base(run: Finished) -> Iterator[str]:
    yield "## Base"
    yield ""
    yield f"- model: {_plain(run.base_name)}"
    yield f"- licence: {licence(run.named_base)}"
    if run.spec.stand_in:
        yield "- a stand-in of a few million parameters, which claims nothing about quality"
    if run.quantized:
        yield (
            f"- held in {run.recipe.base_bits} bits while it was trained; merged weights are those "
            "in full precision"
        )
    yield ""


def licence(base: Path) -> str:
    """What a model folder says of its licence."""
    named = licence_id(base)
    if named is not None:
        return _plain(named)
    file = next((name for name in _FILES if (base / name).is_file()), None)
    if file is not None:
        return f"see {file} of the base"
    return "unknown: the base's folder says none, so ask its authors before you pass this on"


def licence_id(base: Path) -> str | None:
    """The licence that the card of a model folder names; `None` where it has none."""
    readme = base / "README.md"
    if not readme.is_file():
        return None
    found = _LICENCE.search(readme.read_text("utf-8", errors="replace")[:4000])
    return None if found is None else found[1].strip().strip("\"'")


def _data(run: Finished) -> Iterator[str]:
    trained, spec = run.summary.get("finetune") or {}, run.spec
    teacher = spec.distill.teacher
    yield "## Data"
    yield ""
    yield f"- suite: {_plain(run.summary['suite'])}, version {_plain(run.summary['suite_version'])}"
    if "samples" in trained:
        yield f"- rows: {trained['samples']:,}"
    yield f"- made by: {_plain(getattr(teacher, 'model', '') or teacher.engine)}"
    yield ""


def _recipe(run: Finished) -> Iterator[str]:
    section, lora = run.recipe, run.lora
    yield "## Recipe"
    yield ""
    yield "| setting | value |"
    yield "|---|---|"
    for name, value in section.model_dump(mode="json").items():
        yield f"| {name} | {_plain(value)} |"
    modules = lora.get("target_modules", "all")
    layers = modules if isinstance(modules, str) else ", ".join(sorted(modules))
    yield f"| layers | {_plain(layers)} |"
    yield ""


def _scores(run: Finished) -> Iterator[str]:
    summary = run.summary
    yield "## Scores"
    yield ""
    yield f"On {summary['n']:,} questions that were not taught, with 95% intervals."
    yield ""
    yield "| part | score |"
    yield "|---|---|"
    for name, found in [*summary["parts"].items(), ("total", summary["total"])]:
        yield f"| {name} | {_estimate(found)} |"
    yield ""
    checked = summary.get("served_as_trained")
    if checked is not None:
        yield f"Parity: {checked['verdict']}: {_plain(checked['said'])}."
        yield ""


def _estimate(found: Mapping[str, Any] | None) -> str:
    if found is None or found.get("value") is None:
        return "not measured"
    return f"{found['value']:.1f} [{found['low']:.1f}, {found['high']:.1f}]"


def _plain(value: object) -> str:
    """A value of someone else's on one line, with nothing that Markdown would act on."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", shown(value))
