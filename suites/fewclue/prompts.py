"""The public prompts of both tasks, as OpenCompass has them, and the version that it prints.

A prompt file's suffix and the version in its tables are the first six hex digits of a SHA-256: the
version of one data set's configuration, the suffix of the versions of the file's two data sets,
joined by a comma. Both come out of what stands here, so every character of it is as in those files.

    FewCLUE_bustm_gen_634f41      prints 5cc669      FewCLUE_ocnli_fc_gen_f97a97   prints 51e956
    FewCLUE_bustm_ppl_e53034      prints 96c0e0      FewCLUE_ocnli_fc_ppl_c08300   prints 98dd6e
    FewCLUE_bustm_ppl_4b16c0      prints f7242e      FewCLUE_ocnli_fc_ppl_9e8b3d   prints ef69e7
    FewCLUE_bustm_ppl_9ef540      prints 912bec
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Task = Literal["bustm", "ocnli_fc"]
Mode = Literal["gen", "ppl"]
LayoutName = Literal["e53034", "4b16c0", "9ef540", "c08300", "9e8b3d"]
Turns = Literal["chat", "lines"]

_PACKAGE = "opencompass.openicl"


@dataclass(frozen=True, slots=True)
class Frame:
    """What is scored for one label: the words that ask, and the answer behind them.

    `plain` frames are one text; the others are turns of a conversation.
    """

    asked: str
    answer: str
    system: str = ""
    plain: bool = False

    @property
    def template(self) -> object:
        """The frame as a public prompt file spells it."""
        if self.plain:
            return self.asked + self.answer
        turns = [_turn("HUMAN", self.asked), _turn("BOT", self.answer)]
        if not self.system:
            return {"round": turns}
        begin = {**_turn("SYSTEM", self.system), "fallback_role": "HUMAN"}
        return {"begin": [begin], "round": turns}


@dataclass(frozen=True, slots=True)
class Layout:
    """How candidates are laid out. `frames` by label; of equal ones the first label wins."""

    task: Task
    frames: Mapping[str, Frame]

    @property
    def template(self) -> object:
        """All frames as a public prompt file spells them."""
        return {label: frame.template for label, frame in self.frames.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """One task: its question, the letter of each label, and what each option says."""

    question: str
    letters: Mapping[str, str]
    options: Mapping[str, str]
    about: str

    @property
    def template(self) -> object:
        """The question as a public prompt file spells it."""
        return {"round": [_turn("HUMAN", self.question)]}


def _turn(role: str, words: str) -> dict[str, str]:
    return {"role": role, "prompt": words}


_PAIR = "语句一：“{sentence1}”\n语句二：“{sentence2}”\n请判断语句一和语句二说的是否是一个意思？"
_READ = "阅读文章：{sentence1}\n根据上文，回答如下问题："
_IF = "如果{sentence1}为真，那么{sentence2}也为真吗"
_PLAIN_PAIR = "{sentence1}。\n{sentence2}。\n"
_TWO = "请判断以下两句话说的是否是一个意思："
_UNLIKE = "两句话说的毫不相关。"
_ALIKE = "两句话说是的一个意思。"  # the word order of the public file

TASKS: Mapping[Task, Asked] = {
    "bustm": Asked(
        f"{_PAIR}\nA. 无关\nB. 相关\n请从“A”，“B”中进行选择。\n答：",
        {"0": "A", "1": "B"},
        {"A": "无关", "B": "相关"},
        "two short sentences: the same meaning or not",
    ),
    "ocnli_fc": Asked(
        f"{_READ}{{sentence2}}\nA. 对\nB. 错\nC. 可能\n请从“A”，“B”，“C”中进行选择。\n答：",
        {"entailment": "A", "contradiction": "B", "neutral": "C"},
        {"A": "对", "B": "错", "C": "可能"},
        "one sentence follows from another, contradicts it, or neither",
    ),
}

LAYOUTS: Mapping[LayoutName, Layout] = {
    "e53034": Layout("bustm", {"0": Frame(_PAIR, _UNLIKE), "1": Frame(_PAIR, _ALIKE)}),
    "4b16c0": Layout(
        "bustm",
        {
            "0": Frame("{sentence1}，{sentence2}", _UNLIKE, _TWO),
            "1": Frame("{sentence1}，{sentence2}", _ALIKE, _TWO),
        },
    ),
    "9ef540": Layout(
        "bustm",
        {
            "0": Frame(_PLAIN_PAIR, _UNLIKE, plain=True),
            "1": Frame(_PLAIN_PAIR, "两句话说的一个意思。", plain=True),
        },
    ),
    "c08300": Layout(
        "ocnli_fc",
        {
            "contradiction": Frame(f"{_READ} {{sentence2}}？\n答：", "错", plain=True),
            "entailment": Frame(f"{_READ} {{sentence2}}？\n答：", "对", plain=True),
            "neutral": Frame(f"{_IF}?", "可能", plain=True),
        },
    ),
    "9e8b3d": Layout(
        "ocnli_fc",
        {
            "contradiction": Frame(f"{_READ}{{sentence2}}？", "错"),
            "entailment": Frame(f"{_READ}{{sentence2}}？", "对"),
            "neutral": Frame(f"{_IF}？", "可能"),
        },
    ),
}
# What OpenCompass takes where nobody says which.
DEFAULT_LAYOUTS: Mapping[Task, LayoutName] = {"bustm": "e53034", "ocnli_fc": "c08300"}


def fill(words: str, sentence1: str, sentence2: str) -> str:
    """Put a pair of sentences into a prompt, as they stand in the file."""
    return words.replace("{sentence1}", sentence1).replace("{sentence2}", sentence2)


def configuration(asked: Asked | Layout) -> Mapping[str, Any]:
    """What decides the answers, as OpenCompass writes it down: prompt, retriever, inferencer."""
    inferencer = "GenInferencer" if isinstance(asked, Asked) else "PPLInferencer"
    return {
        "prompt_template": {
            "type": f"{_PACKAGE}.icl_prompt_template.PromptTemplate",
            "template": asked.template,
        },
        "retriever": {"type": f"{_PACKAGE}.icl_retriever.ZeroRetriever"},
        "inferencer": {"type": f"{_PACKAGE}.icl_inferencer.{inferencer}"},
    }


def digest(asked: Asked | Layout) -> str:
    """SHA-256 of the configuration, 64 hex digits; its first six are the printed version."""
    text = json.dumps(configuration(asked), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
