"""Train the embedded base: `python -m baselines.train_tiny --out DIR`.

Writes a folder that transformers, peft and vLLM load like any Qwen2 model: a byte-level BPE
tokenizer with a ChatML template, bf16 safetensors, `training.json` with seeds, steps and loss.

Three phases: orderly wordings, then loose ones, then loose ones in more words, so that a model
tuned on a handful of phrasings still knows what is meant by others. Each phase starts from the bf16
weights that the one before saved; `--from N` goes on from those in DIR.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from baselines.tiny_corpus import Conversation, conversations

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM

# Token ids, and the weight of each in the loss.
Encoded = tuple[list[int], list[float]]

VOCABULARY = 2048
SEED = 2025
TOKENS_A_STEP = 8192
SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
# Real station names, for the tokenizer alone: a table's names should not fall apart into bytes.
STATIONS = (
    "北京西", "上海虹桥", "广州南", "深圳北", "成都东", "重庆北", "武汉", "汉口", "武昌",
    "西安", "西安北", "兰州", "兰州西", "西宁", "银川", "乌鲁木齐", "郑州", "郑州东",
    "洛阳龙门", "开封", "商丘", "徐州东", "济南西", "青岛北", "烟台", "石家庄", "太原南",
    "大同", "呼和浩特东", "包头", "沈阳北", "大连北", "长春西", "哈尔滨西", "齐齐哈尔", "天津",
    "唐山", "南京南", "苏州", "无锡东", "常州北", "杭州东", "宁波", "温州南", "合肥南",
    "阜阳西", "蚌埠南", "福州南", "厦门北", "泉州", "南昌西", "九江", "赣州西", "长沙南",
    "衡阳东", "怀化南", "株洲西", "贵阳北", "昆明南", "大理", "南宁东", "桂林北", "柳州",
    "海口东", "三亚", "宝鸡南", "汉中", "安康", "延安", "榆林", "天水南", "张掖西", "嘉峪关",
    "敦煌", "库尔勒", "喀什", "拉萨", "格尔木", "信阳", "驻马店西", "漯河西", "许昌东",
    "安阳东", "新乡东", "焦作", "南阳", "襄阳东", "十堰东", "宜昌东", "荆州", "恩施", "万州北",
    "达州", "绵阳", "广元", "攀枝花", "北京丰台", "北京", "上海", "广州", "深圳", "成都西",
    "重庆西", "东广场", "西广场", "高架", "综合", "候乘", "中心", "候车厅", "候车区", "检票口",
    "站台",
)  # fmt: skip
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] }}<|im_end|>"
    "{% endgeneration %}{% else %}{{ message['content'] }}<|im_end|>{% endif %}"
    # A newline right behind a block is swallowed when the template is rendered.
    "{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of training with an optimizer of its own.

    `loose` is the chance of a loose wording, `horizon` the steps after which the rate would end.
    """

    seed: int
    loose: float
    wide: bool
    steps: int
    horizon: int
    warm_up: int
    peak_lr: float

    def lr(self, step: int) -> float:
        """Linear warm-up, then linear decay towards a fiftieth of the peak at the horizon."""
        if step < self.warm_up:
            return self.peak_lr * (step + 1) / self.warm_up
        left = (self.horizon - step) / (self.horizon - self.warm_up)
        return self.peak_lr * (0.02 + 0.98 * left)


PHASES = (
    Phase(seed=SEED, loose=0.0, wide=False, steps=1000, horizon=2400, warm_up=200, peak_lr=1.5e-3),
    Phase(seed=SEED + 1, loose=0.7, wide=False, steps=700, horizon=700, warm_up=40, peak_lr=1e-3),
    Phase(seed=SEED + 2, loose=0.8, wide=True, steps=325, horizon=325, warm_up=20, peak_lr=8e-4),
)


def train_tokenizer(seed: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE of single digits and single Latin letters over the corpus."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\d|[A-Za-z]|[\u4e00-\u9fff]+|\s|[^\s]"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    corpus = itertools.islice(conversations(seed), 20_000)
    text = (line for turns in corpus for turn in turns for line in (turn.question, turn.answer))
    tokenizer.train_from_iterator(itertools.chain(text, STATIONS * 40), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",  # noqa: S106 - a token of text
        pad_token="<|endoftext|>",  # noqa: S106
        chat_template=TEMPLATE,
        model_max_length=2048,
        clean_up_tokenization_spaces=False,
    )


def new_model(tokenizer: PreTrainedTokenizerFast) -> Qwen2ForCausalLM:
    """A Qwen2 of 5 million parameters; head size 64, for vLLM's CPU attention takes no smaller."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=VOCABULARY, hidden_size=256, intermediate_size=768, num_hidden_layers=6,
            num_attention_heads=4, num_key_value_heads=2, head_dim=64,
            max_position_embeddings=2048, tie_word_embeddings=True,
            bos_token_id=None, eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )  # fmt: skip


def encode(tokenizer: PreTrainedTokenizerFast, turns: Conversation) -> Encoded:
    """Token ids and the weight of each in the loss: answers count, questions a little."""
    ids: list[int] = []
    weights: list[float] = []
    for turn in turns:
        asked = f"<|im_start|>user\n{turn.question}<|im_end|>\n<|im_start|>assistant\n"
        for text, weight in ((asked, 0.05), (f"{turn.answer}<|im_end|>", 1.0), ("\n", 0.0)):
            piece = tokenizer.encode(text, add_special_tokens=False)
            ids += piece
            weights += [weight] * len(piece)
    return ids, weights


def batches(tokenizer: PreTrainedTokenizerFast, phase: Phase) -> Iterator[list[Encoded]]:
    """Conversations of like length, about `TOKENS_A_STEP` tokens a batch, padding counted."""
    stream = (
        encode(tokenizer, turns) for turns in conversations(phase.seed, phase.loose, phase.wide)
    )
    while True:
        pool = sorted(itertools.islice(stream, 600), key=lambda pair: len(pair[0]))
        batch: list[Encoded] = []
        made = []
        for pair in pool:
            if batch and (len(batch) + 1) * len(pair[0]) > TOKENS_A_STEP // 4:
                made.append(batch)
                batch = []
            batch.append(pair)
        yield from (*made, batch)


def pad(batch: list[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Right-padded ids, attention mask and loss weights, each of shape (batch, length)."""
    import torch

    length = max(len(ids) for ids, _ in batch)
    ids = torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length, dtype=torch.long)
    weights = torch.zeros(len(batch), length)
    for row, (tokens, weight) in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        weights[row, : len(tokens)] = torch.tensor(weight)
    return ids, mask, weights


def batch_loss(model: Qwen2ForCausalLM, batch: list[Encoded]) -> torch.Tensor:
    """Summed weighted cross-entropy, over the summed weight of a batch."""
    import torch

    ids, mask, weights = pad(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1]
    losses = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1).float(), ids[:, 1:].flatten(), reduction="none"
    )
    weight = weights[:, 1:].flatten()
    return (losses * weight).sum() / weight.sum()


def train(out: Path, first: int) -> None:
    """Run the phases from the given one on, saving after each."""
    import torch
    from transformers import AutoTokenizer, Qwen2ForCausalLM

    torch.manual_seed(SEED)
    record: list[dict[str, object]] = []
    if first == 1:
        tokenizer = train_tokenizer(SEED)
        save(new_model(tokenizer), tokenizer, out, record)
    else:
        tokenizer = AutoTokenizer.from_pretrained(out)
        record = json.loads((out / "training.json").read_text(encoding="utf-8"))
    for number, phase in enumerate(PHASES[first - 1 :], start=first):
        model = Qwen2ForCausalLM.from_pretrained(out, dtype=torch.float32).train()
        losses = train_phase(model, tokenizer, phase)
        record.append({"phase": number, **asdict(phase), "loss": losses})
        save(model, tokenizer, out, record)


def train_phase(
    model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, phase: Phase
) -> list[float]:
    """Train through one phase; the mean loss of every 25 steps."""
    import torch

    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=phase.peak_lr, betas=(0.9, 0.98))
    stream, began, history = batches(tokenizer, phase), time.monotonic(), []
    running = 0.0
    for step in range(phase.steps):
        for group in optimizer.param_groups:
            group["lr"] = phase.lr(step)
        for batch in itertools.islice(stream, 4):
            loss = batch_loss(model, batch) / 4
            loss.backward()
            running += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if (step + 1) % 25 == 0:
            history.append(round(running / 25, 4))
            running = 0.0
            print(step + 1, history[-1], round(time.monotonic() - began), flush=True)  # noqa: T201 - a script's progress
    return history


def save(
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    out: Path,
    record: list[dict[str, object]],
) -> None:
    """Write the folder that others load."""
    import copy

    import torch

    copy.deepcopy(model).to(torch.bfloat16).eval().save_pretrained(out)
    tokenizer.save_pretrained(out)
    (out / "training.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", dest="first", type=int, choices=(1, 2, 3), default=1)
    arguments = parser.parse_args()
    train(arguments.out, arguments.first)


if __name__ == "__main__":
    main()
