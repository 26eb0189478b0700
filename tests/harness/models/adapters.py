"""LoRA adapters of the tiny base that change its answers."""

from pathlib import Path


def make_adapter(base: Path, out: Path, seed: int) -> Path:
    """A LoRA folder with weights that change answers."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    network = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    config = LoraConfig(
        r=8, lora_alpha=32, target_modules="all-linear", init_lora_weights=False,
        task_type="CAUSAL_LM",
    )  # fmt: skip
    get_peft_model(network, config).save_pretrained(out)
    return out
