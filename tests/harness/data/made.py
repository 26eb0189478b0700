"""Data sets with known quirks, made with a seed: nobody else's rows are shipped."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

WHO = ("臣妾", "本宫", "奴婢", "微臣", "姐姐", "妹妹", "小主", "太医")
WHAT = ("昨夜没有睡好", "想去园子里走走", "听说了那件事", "备好了点心", "不敢多言", "心里有数")
HOW = ("是真的吗", "怎么办才好", "可要请人来看看", "你怎么想", "还有别的事吗")


def roleplay_rows(seed: int = 7) -> list[dict[str, str]]:
    """3,729 Alpaca rows: 112 equal to an earlier one, 238 cues with different replies."""
    chance = random.Random(seed)
    cues = [
        f"{who}{what}，{how}？（{n}）"
        for n in range(16)
        for who in WHO
        for what in WHAT
        for how in HOW
    ]
    chance.shuffle(cues)
    repeated, plain = cues[:238], cues[238:]
    rows = [_row(cue, f"第{n}种回答。") for cue in repeated for n in range(chance.randint(2, 4))]
    rows += [_row(cue, "知道了。") for cue in plain[: 3729 - 112 - len(rows)]]
    rows += [dict(row) for row in chance.sample(rows, 112)]
    chance.shuffle(rows)
    return rows


def notebook_rows(seed: int = 7) -> list[dict[str, str]]:
    """660 rows of two fields: three questions about each of 220 trains, as a notebook asks them."""
    chance = random.Random(seed)
    numbers = chance.sample(range(11, 5300), 220)
    rows = []
    for place, number in enumerate(numbers):
        train = f"{chance.choice(('G', 'D', 'K', 'T', 'Z', 'OG', '0T', ''))}{number}"
        train += f"/{number % 7 + 2}" if place % 15 == 0 else ""
        gate, platform = f"{chance.randint(1, 9)}{chance.choice('AB')}", chance.randint(1, 5)
        end = chance.choice(("北京西", "广州", "兰州", "乌鲁木齐南", "于都", "后湖"))
        rows += [
            _two(f"{train}次列车的检票口是哪个？", f"{train}次列车在{gate}检票口检票。"),
            _two(f"{train}次列车停靠在几号站台？", f"{platform}"),
            _two(f"{train}次列车的终到站是哪里？", f"终到站是{end}。"),
        ]
    return rows


def _two(instruction: str, output: str) -> dict[str, str]:
    return {"instruction": instruction, "output": output}


def _row(instruction: str, output: str) -> dict[str, str]:
    return {"instruction": instruction, "input": "", "output": output}


def write_array(path: Path, rows: Sequence[object]) -> Path:
    """A JSON array, indented as people save it."""
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2), encoding="utf-8")
    return path


def write_lines(path: Path, rows: Sequence[object]) -> Path:
    """One JSON object a line."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return path
