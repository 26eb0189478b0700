"""What a spec may say of this suite, and whether it can be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.errors import SpecError
from harness.rows.opening import check_files

HERE = Path(__file__).parent

# What no persona of a tale says of itself; each in both languages that entrants write in.
OUT_OF_CHARACTER = (
    "AI", "人工智能", "语言模型", "大模型", "智能助手", "虚拟助手", "个人助手", "聊天机器人",
    "通义", "千问", "阿里云", "浦语", "文心一言", "讯飞星火", "智谱清言", "Qwen", "InternLM",
    "ChatGLM", "ChatGPT", "GPT", "OpenAI", "DeepSeek", "artificial intelligence",
    "language model", "chatbot", "assistant",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a spec may say under `suite:`, besides `name`.

    Args:
        data: exchanges with the persona: Alpaca (`instruction`, `output`, and where there are any
            `input`, `system` and `history`), or conversations in another format that Podium reads;
            json, jsonl, csv, tsv, xlsx or parquet.
        persona: the name of who is played.
        aliases: what else the novel calls them, for `distill: {way: extract}`.
        system: the system turn of every sample whose record has none; `None` adds none.
        out_of_character: words that the persona never says of itself. One that the user says, or a
            reply of the data, may be said back.
        manner: words that mark the persona; the share of replies with one of them is measured.
        test_share: the share of exchanges that are asked and not taught, between 0 and 1. All with
            one cue go together.
        seed: of the split.
        novel: a text in which the persona speaks, for `distill: {way: extract}`.
    """

    data: Path = HERE / "data" / "ferry.json"
    persona: str = "乌小满"
    aliases: tuple[str, ...] = ()
    system: str | None = None
    out_of_character: tuple[str, ...] = OUT_OF_CHARACTER
    manner: tuple[str, ...] = ()
    test_share: float = 0.1
    seed: int = 0
    novel: Path | None = None


def check(options: Options) -> None:
    """Check options before anything runs; see `Benchmark.check`."""
    check_files(inputs(options))
    if not options.persona.strip():
        raise SpecError("persona: name who is played")
    if options.system is not None and not options.system.strip():
        raise SpecError("system: is empty; leave it out, or set it to null, for none")
    for name in ("aliases", "out_of_character", "manner"):
        if not all(word.strip() for word in getattr(options, name)):
            raise SpecError(f"{name}: one of them is empty")
    if not 0 < options.test_share < 1:
        raise SpecError(f"test_share: {options.test_share:g} must lie between 0 and 1")
    if options.seed < 0:
        raise SpecError(f"seed: {options.seed} is below 0")


def inputs(options: Options) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    files = {"data": options.data}
    return files if options.novel is None else {**files, "novel": options.novel}
