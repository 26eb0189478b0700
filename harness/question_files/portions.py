"""Parts of a file: what lists and sheets of a name hold, and which part a cell names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from harness.question_files.columns import find_columns
from harness.question_files.kinds import kind_of_form
from harness.rows.about import Sheets

PARTS: Mapping[str, str] = {
    **dict.fromkeys(("train", "training", "tr", "训练", "训练集", "训练数据"), "train"),
    **dict.fromkeys(("dev", "val", "valid", "validation", "验证", "验证集", "开发集"), "dev"),
    **dict.fromkeys(
        ("test", "testing", "eval", "evaluation", "测试", "测试集", "评测", "评测集", "评估"),
        "test",
    ),
}
_BEHIND = re.compile(
    r"(?:[\W_]*(?:data|set|split|questions?|examples?|rows|数据|题目?|集))*[\W_\d]*"
)


def part_of(name: str) -> str | None:
    """The part that a list or a sheet is called after, such as train_set or 测试题."""
    text = name.strip().casefold()
    heads = (head for head in PARTS if text.startswith(head))
    return next((PARTS[head] for head in heads if _BEHIND.fullmatch(text[len(head) :])), None)


def marks(name: str, columns: Collection[str]) -> Mapping[str, str]:
    """What the rows of a list or a sheet have beside their columns: its part, or its family.

    Args:
        name: what it is called.
        columns: of its rows; what they say themselves stays as it is.
    """
    fields = find_columns(list(columns)).fields
    part = part_of(name)
    if part is not None:
        return {} if "split" in columns else {"split": part}
    if "form" not in fields and kind_of_form(name) is not None:
        return {"题型": name}
    return {} if "family" in fields or "form" in fields else {"family": name}


def _alike(names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two sheets ask and answer under the same names."""
    one, two = _asking(names), _asking(others)
    return any(one[:-1]) and one == two


def _asking(names: Sequence[str]) -> list[str | None]:
    fields = find_columns(names).fields
    return [fields.get(field) for field in ("question", "messages", "answer")]


# Sheets of files as people have them, and of those that are as specified.
SHEETS, STRICT = Sheets(_alike, marks), Sheets(_alike, lambda _, __: {})
