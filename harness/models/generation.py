"""How transformers writes an answer: as the spec says, by no settings of the model's own.

transformers lays the generation settings of a folder under whatever it is told: a
`repetition_penalty` or `no_repeat_ngram_size` there changes every answer, also a greedy one, and
`num_beams` another's time. vLLM is started without them, and so is this: the tokens that end an
answer are read from there (`harness.models.ends`), and nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harness.models.ends import GENERATION
from harness.models.settings import read_object

# What transformers would apply of a folder, beyond what Podium sets itself; each with the value
# with which it changes nothing.
_APPLIED: Mapping[str, object] = MappingProxyType(
    {
        "assistant_early_exit": None, "bad_words_ids": None, "begin_suppress_tokens": None,
        "cache_implementation": None, "constraints": None, "dola_layers": None,
        "encoder_no_repeat_ngram_size": 0, "encoder_repetition_penalty": 1.0,
        "epsilon_cutoff": 0.0, "eta_cutoff": 0.0, "exponential_decay_length_penalty": None,
        "force_words_ids": None, "forced_bos_token_id": None, "forced_eos_token_id": None,
        "guidance_scale": 1.0, "max_time": None, "min_length": 0, "min_new_tokens": None,
        "min_p": 0.0, "no_repeat_ngram_size": 0, "num_beam_groups": 1, "num_beams": 1,
        "num_return_sequences": 1, "penalty_alpha": None, "prompt_lookup_num_tokens": None,
        "remove_invalid_values": False, "renormalize_logits": False, "repetition_penalty": 1.0,
        "return_dict_in_generate": False, "sequence_bias": None, "speculation_type": None,
        "stop_strings": None, "suppress_tokens": None, "token_healing": False, "top_h": None,
        "typical_p": 1.0, "use_mtp": None, "watermarking_config": None,
    }
)  # fmt: skip


def write(network: Any, ids: Any, mask: Any, settings: Mapping[str, Any], **more: Any) -> Any:
    """Have a network go on from prompts, by these settings alone.

    Args:
        network: transformers' or peft's; its own settings are as they were afterwards.
        ids: the prompts, padded before, of shape (batch, tokens).
        mask: 1 where a token counts, of the same shape.
        settings: by transformers' names.
        more: what else its `generate` takes, such as a streamer.

    Returns:
        Prompts and answers, of shape (batch, tokens and more).
    """
    from transformers import GenerationConfig

    with _without_own_settings(network):
        return network.generate(
            input_ids=ids.to(network.device), attention_mask=mask.to(network.device),
            generation_config=GenerationConfig(**settings), **more,
        )  # fmt: skip


@contextmanager
def _without_own_settings(network: Any) -> Iterator[None]:
    """Hide a network's own settings, which fill whatever those that it is given leave open."""
    from transformers import GenerationConfig

    base = getattr(network, "get_base_model", None)
    bare = network if base is None else base()
    own = bare.generation_config
    bare.generation_config = GenerationConfig()
    try:
        yield
    finally:
        bare.generation_config = own


def decoded_anew(engine: str, folder: Path | None) -> dict[str, str]:
    """What a key holds of a model whose own settings once changed its answers, else nothing.

    Only transformers applied them, and only to a folder that has such settings.

    Args:
        engine: which loads the model.
        folder: the model, which may not be here yet; `None` where there is none.

    Raises:
        InputError: the settings are no JSON object.
    """
    if engine != "hf" or folder is None:
        return {}
    paths = [folder / name for name in (GENERATION, "config.json")]
    applied = any(_applies(read_object(path)) for path in paths if path.is_file())
    return {"generation": "of the spec alone"} if applied else {}


def _applies(settings: Mapping[str, Any]) -> bool:
    """Whether settings hold what transformers would apply."""
    given = {name: settings.get(name, idle) for name, idle in _APPLIED.items()}
    return any(value not in (None, [], _APPLIED[name]) for name, value in given.items())
