"""The forms of an export: what each writes, what it is in a sentence, how it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from harness.errors import UsageError, did_you_mean
from harness.export import trainers, weights
from harness.export.finished import Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One form.

    Args:
        about: what it is, a sentence.
        write: writes it into a folder.
        use: lines of the card that say what to do with it.
    """

    about: str
    write: Callable[[Finished, Path], None]
    use: Callable[[Finished], Sequence[str]]


def _commands(*lines: str) -> list[str]:
    return ["```sh", *lines, "```", ""]


def _merged(_: Finished) -> list[str]:
    return _commands(
        "python -m vllm.entrypoints.openai.api_server --model . --generation-config vllm"
    )


def _gguf(run: Finished) -> list[str]:
    name = run.name
    lines = _commands(
        f"python llama.cpp/convert_hf_to_gguf.py . --outfile {name}.gguf --outtype auto",
        f"llama.cpp/build/bin/llama-quantize {name}.gguf {name}-Q4_K_M.gguf Q4_K_M",
        f"llama.cpp/build/bin/llama-cli -m {name}-Q4_K_M.gguf --jinja",
    )
    return [
        *lines,
        "The converter knows a tokenizer by its hash; one that llama.cpp has not met ends with "
        '"BPE pre-tokenizer was not recognized". Quantized weights answer a little otherwise than '
        "these: score them before they are used.",
        "",
    ]


def _xfyun(_: Finished) -> list[str]:
    return [
        "Upload `train.jsonl` as an Alpaca data set of two fields; the recipe is set on the page.",
        "",
    ]


def _otherwise(run: Finished) -> list[str]:
    """Lines of what another trainer does otherwise than the recipe says; none where it does not."""
    found = trainers.otherwise(run.recipe)
    return ["Done otherwise there:", "", *(f"- {one}" for one in found), ""] if found else []


def _llamafactory(run: Finished) -> list[str]:
    return [
        *_commands("llamafactory-cli train train.yaml"),
        "No template is named, so the base's own chat template is used, as here. Loss is on the "
        "last answer of a row alone (`mask_history`). LLaMA-Factory draws its batches in another "
        "order, so the adapter is not the same to the last bit.",
        "",
        *_otherwise(run),
    ]


def _xtuner(run: Finished) -> list[str]:
    used = trainers.template_of(run)
    said = (
        "XTuner has no template of this base: `default` adds words that the base was not trained "
        "with, and answers must be asked for in the same form."
        if used == "default"
        else f"XTuner asks by its own template `{used}`, which may differ from the base's in a "
        "system text."
    )
    return [
        *_commands("xtuner train config.py"),
        f"For XTuner 0.1 and 0.2. {said}",
        "",
        *_otherwise(run),
    ]


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "merged": Target(
            about="The tuned model, an adapter folded into its base: weights, tokenizer, chat "
            "template and generation settings, which load without anything else.",
            write=weights.write_merged,
            use=_merged,
        ),
        "gguf-ready": Target(
            about="Merged weights in 16 bits, as llama.cpp's converter reads them.",
            write=weights.write_gguf_ready,
            use=_gguf,
        ),
        "llamafactory": Target(
            about="Training data and recipe for LLaMA-Factory.",
            write=trainers.write_llamafactory,
            use=_llamafactory,
        ),
        "xtuner": Target(
            about="Training data and recipe for XTuner.",
            write=trainers.write_xtuner,
            use=_xtuner,
        ),
        "xfyun": Target(
            about="Training data for iFLYTEK's platform.",
            write=trainers.write_xfyun,
            use=_xfyun,
        ),
    }
)


def find(name: str) -> Target:
    """The form of a name.

    Raises:
        UsageError: there is none.
    """
    if name not in TARGETS:
        known = ", ".join(TARGETS)
        raise UsageError(f"--to {name}: no such form{did_you_mean(name, TARGETS)}: {known}")
    return TARGETS[name]
