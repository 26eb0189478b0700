"""transformers loads the weights of a folder, and every one of them was there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError, need
from harness.models.folder import check_model_folder, few, weight_files
from harness.models.foreign import told
from harness.models.importing import quick_imports
from harness.models.settings import read_object
from harness.models.tensors import check_finite

# Whose import draws in all that models are loaded with.
_LOADERS = "transformers.models.auto.auto_factory"


def check_model(folder: Path) -> None:
    """Check a model folder and every number of its weights.

    Raises:
        InputError: one sentence saying what is missing or refused.
    """
    check_model_folder(folder)
    for path in weight_files(folder):
        check_finite(path)


def load_network(folder: Path, dtype: Any, **options: Any) -> Any:
    """Load a causal language model from a folder that was checked; no remote code runs.

    Args:
        folder: the model.
        dtype: `auto`, or torch's.
        options: more for transformers, such as a quantization.

    Raises:
        InputError: transformers cannot load it, or weights are missing or left over.
        RunError: it does not fit into memory.
    """
    network, report = _load(folder, dtype=dtype, **options)
    check_report(folder, report)
    network.generation_config = _tokens_alone(network.generation_config)
    _keep_rows_whole(network.get_output_embeddings())
    return network


def _keep_rows_whole(head: Any) -> None:
    """Have an output head be given rows that lie side by side.

    transformers gives it the last token of each prompt as a slice. Of that torch (2.13) makes a
    product a prompt on a processor, and in bfloat16 a copy of the head's weights for each: 11 GiB
    and two minutes for 32 prompts of a vocabulary of 262,144 words, instead of a tenth of a second.
    """

    def whole(_: Any, given: tuple[Any, ...]) -> tuple[Any, ...]:
        return (given[0].contiguous(), *given[1:])

    if head is not None:
        head.register_forward_pre_hook(whole)


def _tokens_alone(settings: Any) -> Any:
    """Generation settings without all but the special tokens.

    No answer goes by the others (`harness.models.generation`), and with a `temperature` that
    nothing is drawn with, as some folders have it, transformers would refuse to save the network.
    """
    from transformers import GenerationConfig

    names = ("bos_token_id", "eos_token_id", "pad_token_id")
    return GenerationConfig(**{name: getattr(settings, name) for name in names})


def check_network(folder: Path) -> None:
    """Have transformers report on the weights of a folder, without taking memory for them.

    So an engine that fills up what is missing without a word may start on it. What transformers
    does not know as a language model, or is quantized already, is left to that engine.

    Raises:
        InputError: transformers cannot load it, or weights are missing or left over.
        MissingDependency: accelerate is not installed.
    """
    config = read_object(folder / "config.json")
    if "quantization_config" in config or not _is_causal(config.get("model_type")):
        return
    need("accelerate", "train")
    check_report(folder, _load(folder, dtype="auto", device_map="meta")[1])


def _is_causal(kind: object) -> bool:
    with quick_imports(_LOADERS):
        from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return isinstance(kind, str) and kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES


def _load(folder: Path, **options: Any) -> tuple[Any, Mapping[str, Iterable[Any]]]:
    """A network, and the loader's report on its weights."""
    with quick_imports(_LOADERS):
        from transformers import AutoModelForCausalLM

    with told(
        f"{folder}: transformers cannot load it", InputError, reading=True,
        memory="model.dtype to bfloat16, or take a smaller model",
    ):  # fmt: skip
        network, report = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False,
            use_safetensors=True, output_loading_info=True, ignore_mismatched_sizes=True, **options,
        )  # fmt: skip
    return network, report


def check_report(folder: Path, report: Mapping[str, Iterable[Any]]) -> None:
    """Refuse what the loader filled with random numbers, or could not place.

    Raises:
        InputError: it names some of the tensors.
    """
    missing, unexpected = (sorted(report[key]) for key in ("missing_keys", "unexpected_keys"))
    if missing:
        left = f"; it holds {few(unexpected)} instead" if unexpected else ""
        raise InputError(f"{folder}: the weights lack {few(missing)}{left}")
    if unexpected:
        raise InputError(
            f"{folder}: the weights hold {few(unexpected)}, for which config.json has no place"
        )
    wrong = sorted(str(entry[0]) for entry in report["mismatched_keys"])
    if wrong:
        raise InputError(f"{folder}: {few(wrong)} has another shape than config.json says")
