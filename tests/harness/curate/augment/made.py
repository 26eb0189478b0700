"""Rows made up for the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core import Domain, Gold, Message, Sample
from harness.curate.rows import Row

DOMAINS = {
    "车次": Domain(frozenset(["K420", "K178", "k178", "7001", "K4547/6", "0K213", "T9", "9"])),
    "始发站": Domain(frozenset(["西安", "北京西", "兰州", "宝鸡动车段", "广州", "广州站", "上海"])),
    "终到站": Domain(frozenset(["西安", "北京西", "南京"])),
    "候车厅": Domain(
        frozenset(["综合候乘中心", "高架候车区东区", "1号厅", "地下厅"]),
        {
            "高架候车东区": "高架候车区东区", "综合中心": "综合候乘中心", "一号厅": "1号厅",
            "东厅": "高架候车区东区", "B1厅": "地下厅",
        },
    ),
    "检票厅": Domain(frozenset(["检票大厅"]), {"东厅": "检票大厅"}),
    "城市": Domain(frozenset(["上海"]), {"沪": "上海"}),
}  # fmt: skip


def row(
    question: str,
    named: Sequence[str] = (),
    key: str | None = None,
    program: str = "p",
    answer: str = "07:05",
) -> Row:
    """A row whose key is the first value that it names, where none is given."""
    about = key if key is not None else next(iter(named), "")
    sample = Sample(
        f"{program}/{question}", (Message("user", question),), Gold("time", "07:05"), answer,
        "lookup", about, f"{program}/train-0", "train", named=tuple(named),
    )  # fmt: skip
    return Row(sample, answer)
