"""Tries a folder's tokenizer and chat template in a process with bounds, once for each content."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.models import guarded

QUESTION = "K1234次列车几点开车？"
_ANSWER = "K1234次列车07:25开车。"
# Long and full of what templates look for, so that a condition on the content is met.
_LONG = f"{QUESTION}\n<think>\n</think> <tool_call>{{}}</tool_call> [1] % ' \" \\ `a`\n" * 20
MOST = 2**20  # characters of a short conversation
# All that the process is told of ours: where its interpreter finds things.
_NEEDED = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
_PATIENCE_S = 120.0  # by the clock; the bound on work is the processor's time


class TemplateFailure(InputError):
    """A chat template that cannot render a conversation."""


def try_tokenizer(path: Path) -> None:
    """Read `tokenizer.json` as the tokenizers package does, which raises no error of a type.

    Raises:
        InputError: it cannot be read, or finds next to nothing in a text.
    """
    status = path.stat()
    _try_tokenizer(path, (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))


@lru_cache(maxsize=32)
def _try_tokenizer(path: Path, signature: tuple[int, ...]) -> None:  # noqa: ARG001 - a key
    ended = _run({"tokenizer": str(path), "text": QUESTION})
    if ended.returncode != 0:
        raise InputError(f"{path}: cannot be read as a tokenizer: {_why(ended)}")
    found = json.loads(ended.stdout)["ids"]
    if found < 2:
        raise InputError(
            f"{path}: makes {found} tokens of {QUESTION!r}: its vocabulary is empty or broken"
        )


def try_template(folder: Path, template: str, variables: Mapping[str, str]) -> None:
    """Render a few conversations with a chat template.

    Args:
        folder: where it comes from.
        template: jinja, as transformers takes it.
        variables: the names of special tokens, which templates use.

    Raises:
        TemplateFailure: it has no bounds, cannot render a plain question, or leaves it out.
    """
    problem = _problem(template, tuple(sorted(variables.items())))
    if problem is not None:
        line, said = problem
        raise TemplateFailure(f"{template_file(folder)}{line}: {said}")


def template_file(folder: Path) -> Path:
    """The file of a model folder that its chat template stands in."""
    names = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json")
    return next((folder / name for name in names if (folder / name).is_file()), folder)


@lru_cache(maxsize=32)
def _problem(template: str, variables: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    """What is wrong with a template: its line, as a sentence has it, and what happens."""
    told = {**dict(variables), "enable_thinking": False}
    task = {"template": template, "variables": told, "asked": _asked(), "most": MOST}
    ended = _run(task)
    if ended.returncode != 0:
        return "", f"the chat template has no bounds: {_why(ended)}"
    results = json.loads(ended.stdout)
    for result in results:
        if result.get("kind") == "MemoryError":
            return _at(
                result
            ), f"the chat template takes more than {guarded.MEMORY // 2**20} MB of memory"
        if result.get("length", 0) > MOST:
            return "", f"the chat template makes {result['length']:,} characters of a short talk"
    return _plain_problem(results[0])


def _plain_problem(first: Mapping[str, Any]) -> tuple[str, str] | None:
    """A plain question must come through; other conversations may be refused, each by itself."""
    if "kind" in first:
        said = said_of(first["kind"], first["said"])
        return _at(first), f"the chat template cannot render a question: {said}"
    if QUESTION not in first["text"]:
        return "", "the chat template leaves the question out"
    return None


def _at(result: Mapping[str, Any]) -> str:
    return "" if result["line"] is None else f":{result['line']}"


def said_of(kind: str, text: str) -> str:
    """An error in a few words, on one line."""
    words = " ".join(text.split())
    words = f"{words[:160].rstrip()}…" if len(words) > 160 else words
    return words if kind == "TemplateError" and words else f"{kind}: {words}".rstrip(": ")


def _asked() -> list[tuple[list[dict[str, str]], bool]]:
    """Conversations that a template may meet, the plain question first."""
    user, assistant = _turn("user", QUESTION), _turn("assistant", _ANSWER)
    system = _turn("system", "你是列车时刻表助手。")
    long = [_turn("user", _LONG), _turn("assistant", _LONG)] * 20
    return [
        ([user], True),
        ([user, assistant], False),
        ([system, user], True),
        ([system, user, assistant], False),
        ([user, assistant, user], True),
        ([system, *long, user], True),
        ([*long], False),
        ([_turn("user", "")], True),
    ]


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _run(task: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run the guarded process; its interpreter finds packages, and none of our modules."""
    command = [sys.executable, "-P", str(Path(guarded.__file__))]
    environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    environment["TOKENIZERS_PARALLELISM"] = "false"
    try:
        return subprocess.run(  # noqa: S603 - our own file, by our own interpreter
            command, input=json.dumps(task), capture_output=True, text=True, check=False,
            timeout=_PATIENCE_S, env=environment, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -signal.SIGXCPU, "", "")


def _why(ended: subprocess.CompletedProcess[str]) -> str:
    """Why the guarded process failed."""
    if ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"it takes more than {guarded.SECONDS} s"
    if ended.returncode < 0:
        return f"the process that tried it was ended by signal {-ended.returncode}"
    lines = ended.stderr.strip().splitlines() or ["it ended without a word"]
    return said_of("TemplateError", lines[-1].removeprefix("Exception: "))
