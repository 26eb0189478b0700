"""The tale in which the persona speaks: scenes of our own, told in the ways that novels tell."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from suites.own_data import words_of

PERSONA = "小满"
TITLE = "青柳渡"


BARE = "“{line}”"
_ASKS = (
    "{who}问道：“{line}”", "“{line}”{who}问。", "“{line}”{who}侧着头问道。",
    "「{line}」{who}问道。", "{who}看了看河面，问：“{line}”", BARE,
)  # fmt: skip
_SAYS = (
    "{who}说：“{line}”", "“{line}”{who}说道。", "{who}在船板上坐下，叹道：“{line}”",
    "「{line}」{who}笑道。", "{who}摇了摇头，说：“{line}”", BARE,
)  # fmt: skip
_ANSWERS = (
    "{who}笑道：“{line}”", "{who}说：“{line}”", "“{line}”{who}答道。",
    "{who}把竹篙一点，道：“{line}”",
    "“{line}”{who}头也不抬地说。", "「{line}」{who}笑道。", "{who}轻声道：\n“{line}”", BARE,
)  # fmt: skip
_SPLIT = "“{first}，”{who}{how}，“{second}”"
_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")
_HOWS = ("说", "笑着说", "说道", "低声道")


def tale(seed: int) -> str:
    """The whole text, a chapter a scene."""
    rng = random.Random(seed)
    scenes = words_of(__file__)["scenes"]
    chapters = [_chapter(number, scene, rng) for number, scene in enumerate(scenes)]
    return f"《{TITLE}》\n\n" + "\n\n".join(chapters) + "\n"


def _chapter(number: int, scene: Mapping[str, Any], rng: random.Random) -> str:
    """A talk with a guest: what is told before, pairs of cue and reply, what is told after."""
    guest, talk = scene["guest"], scene["talk"]
    lines = [f"第{_NUMBERS[number]}章　{guest}", "", scene["opens"]]
    beats = rng.sample(words_of(__file__)["beats"], len(talk))
    for at, (cue, reply) in enumerate(talk.items()):
        # The first two lines of a talk say who speaks; later ones may leave it to the turns.
        lines.append(_told(cue, guest, _ASKS if cue[-1] == "？" else _SAYS, at > 0, rng))
        lines.append(_told(reply, PERSONA, _ANSWERS, at > 0, rng))
        if at < len(talk) - 1:
            lines.append(beats.pop())
    return "\n".join([*lines, scene["ends"]])


def _told(line: str, who: str, forms: tuple[str, ...], bare: bool, rng: random.Random) -> str:
    """A line with what is told around it; some are split around who says them."""
    first, comma, second = line.partition("，")
    if comma and rng.random() < 0.2:
        return _SPLIT.format(first=first, who=who, how=rng.choice(_HOWS), second=second)
    usable = [form for form in forms if bare or form != BARE]
    return rng.choice(usable).format(who=who, line=line)
