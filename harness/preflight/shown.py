"""A row as a model sees it, with what is learned of it marked."""

from __future__ import annotations

from typing import Any

from harness.preflight.rows import Row
from harness.text.display import shown

# Green for what is learned, red for what is cut off; and the same without a terminal.
_COLOURS = ("\x1b[32;1m", "\x1b[0m"), ("\x1b[31;9m", "\x1b[0m")
_BRACKETS = ("⟦", "⟧"), ("✂⟦", "⟧")
_MOST = 4000  # characters of each part


def marked(row: Row, tokenizer: Any, max_length: int, *, colour: bool) -> str:
    """The text of a row with what is learned marked, and what `max_length` cuts off.

    Args:
        row: as rendered.
        tokenizer: of the base.
        max_length: tokens of a row that are trained.
        colour: whether a terminal is looking; brackets mark it elsewhere.
    """
    learned, cut = _COLOURS if colour else _BRACKETS
    start, stop = min(len(row.prompt_ids), max_length), min(row.needed, max_length)
    parts = (row.ids[:start], row.ids[start:stop], row.ids[stop : row.needed])
    prompt, answer, lost = (_text(tokenizer, ids) for ids in parts)
    return "".join(
        (
            prompt,
            f"{learned[0]}{answer}{learned[1]}" if answer else "",
            f"{cut[0]}{lost}{cut[1]}" if lost else "",
        )
    )


def headline(row: Row, max_length: int) -> str:
    """Which row it is, and how many of its tokens are learned."""
    learned = max(0, min(row.needed, max_length) - len(row.prompt_ids))
    return f"row {shown(row.id, 60)}: {len(row.ids)} tokens, {learned} of them learned"


def _text(tokenizer: Any, ids: tuple[int, ...]) -> str:
    """Tokens as text, nothing in it that acts on a terminal; line ends stay."""
    text = tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    return "\n".join(shown(line) for line in text[:_MOST].split("\n"))
