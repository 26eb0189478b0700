"""An adapter folded into its base: the weights whose latency counts."""

from __future__ import annotations

from pathlib import Path

from harness.errors import RunError
from harness.models.adapter import check_adapter
from harness.models.foreign import told
from harness.models.loading import load_network
from harness.models.quiet import quiet
from harness.models.saving import Saving
from harness.models.whole import copy_rest

_MEMORY = "nothing in the spec: it takes the base's weights once in memory"


def merge(base: Path, adapter: Path | None, out: Path, dtype: str = "auto") -> None:
    """Write a model folder with the adapter folded in, by itself in the base's own dtype.

    Whatever few bits the adapter was trained over, it is folded into the weights of the folder.

    The sum is made in float32 where the base is small enough not to mind, which peft does on the
    processor; it is stored as the base is.

    Args:
        base: folder of the base, in full precision.
        adapter: a LoRA folder; `None` stores the base as it is.
        out: folder to write to.
        dtype: `auto`, the base's, or torch's name of another.

    Raises:
        InputError: base or adapter is not whole.
        RunError: peft cannot do it, or memory runs out.
        StoreError: the disk refuses.
    """
    with quiet():
        from peft import PeftModel

        if adapter is not None:
            check_adapter(adapter)
        merged = load_network(base, dtype)
        with told(f"{adapter}: peft cannot fold it into {base}", RunError, memory=_MEMORY):
            if adapter is not None:
                merged = PeftModel.from_pretrained(merged, adapter).merge_and_unload()
            with Saving(out):
                merged.save_pretrained(out)
    with Saving(out):
        copy_rest(base, out)
