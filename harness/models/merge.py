"""An adapter folded into its base: the weights whose latency counts."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.models.quiet import quiet


def merge(base: Path, adapter: Path, out: Path) -> None:
    """Write a model folder with the adapter folded in, in the base's own dtype.

    The sum is made in float32 where the base is small enough not to mind, which peft does on the
    processor; it is stored as the base is.
    """
    with quiet():
        from peft import PeftModel
        from transformers import AutoModelForCausalLM

        network = AutoModelForCausalLM.from_pretrained(
            base, dtype="auto", local_files_only=True, trust_remote_code=False, use_safetensors=True
        )
        merged = PeftModel.from_pretrained(network, adapter).merge_and_unload()
        merged.save_pretrained(out)
    for path in base.iterdir():
        # Tokenizer, template and generation settings are the base's, byte for byte.
        if path.is_file() and path.suffix != ".safetensors" and not (out / path.name).exists():
            shutil.copy2(path, out / path.name)
