"""What a judge is asked: a short prompt, and material between marks that no text can forge."""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from harness.core import Gold, Message, Sample

Language = Literal["zh", "en"]
Task = Literal["rate", "prefer"]

_PROMPTS = Path(__file__).parent / "prompts"
_HEADINGS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "context": "背景：",
        "question": "问题：",
        "reference": "参考答案（只供对照，说法不必相同）：",
        "answer": "回答：",
        "A": "回答 A：",
        "B": "回答 B：",
    },
    "en": {
        "context": "Context:",
        "question": "Question:",
        "reference": "Reference answer (to compare with; the wording may differ):",
        "answer": "Answer:",
        "A": "Answer A:",
        "B": "Answer B:",
    },
}


def request(name: str, prompt: str, ideal: Mapping[str, Any]) -> Sample:
    """A request as a sample that any model can be given; `ideal` is what a perfect judge replies.

    A perfect judge of perfect or equal answers, that is: what the fake model says.
    """
    reply = json.dumps(ideal, ensure_ascii=False)
    return Sample(
        id=name, messages=(Message("user", prompt),), gold=Gold("free", reply), reference=reply,
        family="judge", row=name, template="judge", split="test",
    )  # fmt: skip


def prompt(
    task: Task,
    language: Language,
    parts: Sequence[tuple[str, str]],
    form: Mapping[str, str],
    **words: str,
) -> str:
    """Fill a prompt in.

    Args:
        task: which prompt.
        language: of the prompt.
        parts: what is judged, as pairs of a heading's name and a text; empty context and
            reference are left out.
        form: the reply that is asked for.
        words: what else the prompt names.
    """
    tag = tag_for([text for _, text in parts])
    headings = _HEADINGS[language]
    material = "\n".join(
        f"{headings[name]}\n<{tag}>\n{text}\n</{tag}>"
        for name, text in parts
        if text or name not in ("context", "reference")
    )
    asked = json.dumps(form, ensure_ascii=False)
    return _template(task, language).substitute(tag=tag, material=material, form=asked, **words)


def context_of(sample: Sample) -> str:
    """What was said before a question, a line a turn."""
    return "\n".join(f"{turn.role}: {turn.content}" for turn in sample.messages[:-1])


def tag_for(texts: Sequence[str]) -> str:
    """The name of the marks around some texts.

    It is their own digest, so that none of them can hold the mark that ends it; and the same each
    time, so that a request that was answered before is known again.
    """
    return f"text-{hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()[:16]}"


def prompts_digest() -> str:
    """Eight characters that change with any of the prompts."""
    whole = b"".join(path.read_bytes() for path in sorted(_PROMPTS.glob("*.txt")))
    return hashlib.sha256(whole).hexdigest()[:8]


@cache
def _template(task: Task, language: Language) -> string.Template:
    path = _PROMPTS / f"{task}.{language}.txt"
    return string.Template(path.read_text(encoding="utf-8").strip())
