"""An adapter folded into its base: the weights whose latency counts."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.errors import RunError
from harness.models.adapter import check_adapter
from harness.models.folder import PICKLES
from harness.models.foreign import told
from harness.models.loading import load_network
from harness.models.quiet import quiet
from harness.models.saving import Saving

_MEMORY = "nothing in the spec: it takes the base's weights once in memory"


def merge(base: Path, adapter: Path, out: Path, dtype: str = "auto") -> None:
    """Write a model folder with the adapter folded in, by itself in the base's own dtype.

    Whatever few bits the adapter was trained over, it is folded into the weights of the folder.

    The sum is made in float32 where the base is small enough not to mind, which peft does on the
    processor; it is stored as the base is.

    Args:
        base: folder of the base, in full precision.
        adapter: a LoRA folder.
        out: folder to write to.
        dtype: `auto`, the base's, or torch's name of another.

    Raises:
        InputError: base or adapter is not whole.
        RunError: peft cannot do it, or memory runs out.
        StoreError: the disk refuses.
    """
    with quiet():
        from peft import PeftModel

        check_adapter(adapter)
        network = load_network(base, dtype)
        with told(f"{adapter}: peft cannot fold it into {base}", RunError, memory=_MEMORY):
            merged = PeftModel.from_pretrained(network, adapter).merge_and_unload()
            with Saving(out):
                merged.save_pretrained(out)
    with Saving(out):
        for path in base.iterdir():
            # Tokenizer, template and generation settings are the base's, byte for byte.
            if path.is_file() and not _is_weights(path) and path.name != "config.json":
                shutil.copy2(path, out / path.name)


def _is_weights(path: Path) -> bool:
    """Whether a file holds weights, or says where they lie."""
    return path.suffix in (".safetensors", *PICKLES) or path.name.endswith(".index.json")
