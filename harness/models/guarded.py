"""A stranger's tokenizer and chat template, tried where they can take neither time nor memory.

This file runs as a process of its own, which bounds itself and then does what a model's folder
would make Podium do later: read a tokenizer, or render a few conversations. Its input is one JSON
object on stdin, its output one on stdout. It imports nothing of Podium.

    {"tokenizer": path, "text": text}                        -> {"ids": how many}
    {"template": text, "variables": {...}, "asked": [[messages, to_answer], ...]}
        -> a list with {"text": rendered} or {"kind", "said", "line"} for each
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

MEMORY = 2**29  # bytes, of which Python and its packages take a tenth
SECONDS = 3  # of the processor; what is in order takes a tenth of one
# Reading a vocabulary of a quarter of a million tokens takes more of both.
_LARGER, _LONGER = 16, 20
# What rendering raises; RecursionError is a RuntimeError. A SyntaxError is Python's, of loops that
# are nested deeper than it allows.
ERRORS = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip


def main() -> None:
    """Bound this process and try what stdin says."""
    task = json.load(sys.stdin)
    is_tokenizer = "tokenizer" in task
    bound(resource.RLIMIT_AS, MEMORY * (_LARGER if is_tokenizer else 1))
    bound(resource.RLIMIT_CPU, SECONDS * (_LONGER if is_tokenizer else 1))
    bound(resource.RLIMIT_CORE, 0)
    sys.stdout.write(json.dumps(tokenized(task) if is_tokenizer else rendered(task)))


def bound(what: int, limit: int) -> None:
    """Lower a limit of this process for good."""
    hard = resource.getrlimit(what)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(what, (limit, limit))


def tokenized(task: dict[str, Any]) -> dict[str, int]:
    """Read a tokenizer and use it; what is wrong with it ends the process."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(task["tokenizer"])
    return {"ids": len(tokenizer.encode(task["text"], add_special_tokens=False).ids)}


def rendered(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Render each conversation, and say what happened, up to one that takes all memory."""
    from jinja2 import TemplateError

    errors = (TemplateError, *ERRORS)
    try:
        render = renderer(task["template"])
    except errors as error:
        return [failure(error)]
    told: list[dict[str, Any]] = []
    for messages, to_answer in task["asked"]:
        try:
            text = render(messages=messages, add_generation_prompt=to_answer, **task["variables"])
            told.append({"text": text[: task["most"]], "length": len(text)})
        except errors as error:
            told.append(failure(error))
            if isinstance(error, MemoryError):
                break
    return told


def renderer(template: str) -> Callable[..., str]:
    """A template as transformers compiles it: its sandbox, its block, filter and functions."""
    from jinja2 import TemplateError, nodes
    from jinja2.ext import Extension, loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        tags = {"generation"}  # noqa: RUF012 - as jinja types it

        def parse(self, parser: Any) -> nodes.Node:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            call = self.call_method("_rendered")
            return nodes.CallBlock(call, [], [], body).set_lineno(line)

        @staticmethod
        def _rendered(caller: Callable[[], str]) -> str:
            return caller()

    def refuse(message: str) -> None:
        raise TemplateError(message)

    def to_json(
        value: object, ensure_ascii: bool = False, indent: int | None = None,
        separators: Any = None, sort_keys: bool = False,
    ) -> str:  # fmt: skip
        return json.dumps(
            value, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
            sort_keys=sort_keys,
        )  # fmt: skip

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = to_json
    environment.globals["raise_exception"] = refuse
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return environment.from_string(template).render


def failure(error: BaseException) -> dict[str, Any]:
    """What an error says of a template, and at which line."""
    return {"kind": type(error).__name__, "said": str(error)[:500], "line": line_of(error)}


def line_of(error: BaseException) -> int | None:
    """The line of the template that raised it; `None` where it is not told."""
    told = getattr(error, "lineno", None)
    if isinstance(told, int) and not isinstance(error, SyntaxError):  # whose line is Python's
        return told
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename in ("<template>", "<unknown>")]
    return lines[-1] if lines else None


if __name__ == "__main__":
    main()
