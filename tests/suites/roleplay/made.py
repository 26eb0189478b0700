"""Files such as entrants hold, with lines of our own."""

import json
import random
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def rows(count: int, seed: int = 0) -> list[Row]:
    """Exchanges with different cues and replies."""
    draw = random.Random(seed)
    syllables = "山水云月风花雪夜舟桥柳石灯茶酒诗琴棋书画"
    return [
        {
            "instruction": f"{''.join(draw.choices(syllables, k=6))}{n}何在？",
            "input": "",
            "output": f"{''.join(draw.choices(syllables, k=14))}。",
        }
        for n in range(count)
    ]


def drama() -> list[Row]:
    """3,729 exchanges: 112 are duplicates, 238 cues stand twice with different replies."""
    unique = rows(3729 - 112 - 238)
    repeated = [{**row, "output": f"又一说：{row['output']}"} for row in unique[:238]]
    return [*unique, *repeated, *unique[-112:]]


def write(folder: Path, content: list[Row], name: str = "lines.json") -> Path:
    path = folder / name
    if name.endswith(".jsonl"):
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in content), "utf-8")
    else:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    return path
