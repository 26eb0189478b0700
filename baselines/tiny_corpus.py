"""The synthetic text that the embedded base is trained on: invented trains, asked about.

No row of a shipped table and no test phrasing of a suite occurs here (a test holds that): station
and hall names are composed from characters, train numbers are drawn.

Three kinds of conversation, in ChatML:

    closed  a fact about a train of a population that changes slowly, asked with nothing to read:
            the model must store it, as a tuned model must store a table
    open    rows to read, then questions about them
    clock   arithmetic on times: how long between two, and a time moved by a delay
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml

DAY = 24 * 60

PLACE_FIRST = (
    "安宝北滨长成赤大德东恩范凤福赣高广贵桂哈海汉杭合衡红湖华淮黄吉济佳建江金锦荆景九"
    "开昆兰乐丽连临龙庐洛满梅绵南宁攀平青清曲泉日荣三沙山汕上韶深石双松苏绥太泰唐天铁"
    "通图潍温乌无武西厦咸湘新信兴徐宣烟延盐扬阳宜益银营永玉岳云运枣湛张漳昭肇镇中重株"
    "淄遵"
)
PLACE_SECOND = (
    "安边滨昌城川春德东都阜岗港关海汉河湖化淮江津口来兰乐里林岭龙门明南宁平浦泉山沙善"
    "胜石水台坛亭通潼温乡兴阳溪宜义营永余源远岳云州庄子"
)
PLACE_SIDE = ("", "", "", "", "东", "西", "南", "北")
HALL_FIRST = (
    "一楼", "二楼", "三楼", "东侧", "西侧", "南侧", "北侧", "中央", "主楼", "副楼", "地面", "站前",
)  # fmt: skip
HALL_SECOND = ("候车室", "候车厅", "候车区", "软席候车室", "综合候车厅", "普速候车区")
PREFIXES = ("G", "D", "Z", "T", "K", "C", "Y", "L", "", "", "0K", "0G", "OT", "OK")

OPENERS = (
    "", "", "", "", "请问", "你好，", "你好，请问", "麻烦问一下，", "帮我查查，", "劳驾，",
    "请告诉我，", "想问下",
)  # fmt: skip
SUBJECTS = (
    "{key}", "{key}次", "{key}次列车", "{key}次车", "{key}这趟车", "{key}这班车", "列车{key}",
    "车次{key}", "{key}号列车",
)  # fmt: skip
CLOSERS = ("？", "？", "？", "?", "", "。", "呢？", "，谢谢。", "啊？")

RIDERS = ("坐{s}的旅客", "乘{s}的客人", "{s}上的乘客", "买{s}的人", "{s}的旅客", "坐{s}的人")
WHO = ("我", "我们", "旅客", "朋友", "家人", "孩子", "有人", "老人", "同事", "")
WANTS = ("想", "要", "需要", "打算", "准备", "急着", "来", "")
ASKS = ("问", "查", "了解", "确认", "打听", "看看", "核对", "咨询", "问清楚", "弄明白")
LITTLE = ("一下", "下", "", "", "，", "：")
GOING = ("坐", "乘", "乘坐", "搭", "送", "查", "看", "改签到", "买了", "候着")
FILLER = "的了是在有和这那个们来去今明天上下好请对吧呀嗯哦哎快急忙先再还又也都就可能会票站车人点"

REFERENCES = {
    "origin": "{key}次的始发站是{value}。",
    "terminus": "{key}次的终到站是{value}。",
    "arrival": "{key}次{value}到站。",
    "departure": "{key}次{value}开车。",
    "hall": "{key}次在{value}候车。",
    "gate": "{key}次在{value}检票口检票。",
    "platform": "{key}次停靠{value}站台。",
    "dwell": "{key}次停车{value}分钟。",
}
COLUMNS = {
    "origin": "始发站", "terminus": "终到站", "arrival": "到点", "departure": "开点",
    "hall": "候车厅", "gate": "检票口", "platform": "站台",
}  # fmt: skip
ABSENT = {"arrival": "{key}次没有到点。", "departure": "{key}次没有开点。"}

CLOCK_MOVES = (
    "{s}原定{time}开车，晚点{delay}，几点开", "{s}应在{time}开，推迟{delay}，是几点",
    "{time}开的{s}晚{delay}，什么时候开", "{s}{time}发车，误点{delay}，改成几点",
    "{s}开点是{time}，延后{delay}，新的开点是多少", "{s}晚{delay}，原来{time}开，现在几点开",
)  # fmt: skip
CLOCK_GAPS = (
    "{s}{a}到，{b}开，停几分钟", "{s}到点{a}，开点{b}，停多久", "{a}进站、{b}出站的{s}停多长时间",
)  # fmt: skip


@dataclass(frozen=True)
class Train:
    """One invented train; a missing time is `None`, times are minutes since midnight."""

    key: str
    facts: dict[str, str]
    arrival: int | None
    departure: int | None


@dataclass(frozen=True)
class Turn:
    """A question and its answer."""

    question: str
    answer: str


Conversation = tuple[Turn, ...]


@cache
def predicates() -> Mapping[str, Mapping[str, list[str]]]:
    """What may be asked of each field after the subject, by how it is worded."""
    text = (Path(__file__).parent / "words" / "tiny_corpus.yaml").read_text(encoding="utf-8")
    return cast("Mapping[str, Mapping[str, list[str]]]", yaml.safe_load(text))


def clock(minutes: int) -> str:
    """`HH:MM` of minutes since midnight."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def place(draw: random.Random) -> str:
    """A station name that sounds like one."""
    return draw.choice(PLACE_FIRST) + draw.choice(PLACE_SECOND) + draw.choice(PLACE_SIDE)


def hall(draw: random.Random) -> str:
    """One or two halls."""
    count = draw.choice((1, 2, 2))
    names = [draw.choice(HALL_FIRST) + draw.choice(HALL_SECOND) for _ in range(count)]
    return "、".join(dict.fromkeys(names))


def number(draw: random.Random) -> str:
    """A train number, sometimes with a second half behind a slash."""
    prefix = draw.choice(PREFIXES)
    digits = draw.randint(1000, 59999) if not prefix else draw.randint(1, 9999)
    tail = f"/{draw.randint(1, 99)}" if draw.random() < 0.12 else ""
    return f"{prefix}{digits}{tail}"


def train(draw: random.Random) -> Train:
    """A train with every fact; each time is missing now and then, never both."""
    at = draw.randrange(DAY)
    arrival: int | None = at
    departure: int | None = (at + draw.randint(2, 58)) % DAY
    absent = draw.random()
    if absent < 0.25:
        arrival = None
    elif absent < 0.5:
        departure = None
    facts = {
        "origin": place(draw),
        "terminus": place(draw),
        "hall": hall(draw),
        "gate": f"{draw.randint(1, 28)}{draw.choice('ABCD')}",
        "platform": str(draw.randint(1, 24)),
    }
    if arrival is not None:
        facts["arrival"] = clock(arrival)
    if departure is not None:
        facts["departure"] = clock(departure)
    if arrival is not None and departure is not None:
        facts["dwell"] = str((departure - arrival) % DAY)
    return Train(number(draw), facts, arrival, departure)


def wording(draw: random.Random, predicate: str, key: str) -> str:
    """A predicate with a subject, an opener and a closer."""
    subject = draw.choice(SUBJECTS).format(key=key)
    opener, closer = draw.choice(OPENERS), draw.choice(CLOSERS)
    if draw.random() < 0.1:  # the subject may come first and be taken up again
        return f"{opener}我坐{subject}，{predicate.removeprefix('的')}{closer}"
    return f"{opener}{subject}{predicate}{closer}"


def loose_opener(draw: random.Random) -> str:
    """What people say before they come to the point: a phrase, a stammer, or nothing."""
    kind = draw.random()
    if kind < 0.45:
        return "".join(draw.choice(words) for words in (WHO, WANTS, ASKS, LITTLE))
    if kind < 0.7:
        stammer = "".join(draw.choice(FILLER) for _ in range(draw.randint(1, 5)))
        return stammer + draw.choice(("", "，"))
    return draw.choice(OPENERS)


def loose_wording(draw: random.Random, field: str, key: str, wide: bool) -> str:
    """A question in no fixed form: only subject and predicate matter, in either order."""
    known = predicates()[field]
    widely = known["wide"] * 2 if wide else []
    predicate = draw.choice([*known["plain"], *known["loose"], *widely])
    subject = draw.choice(SUBJECTS).format(key=key)
    if wide and draw.random() < 0.25:
        subject = draw.choice(RIDERS).format(s=subject) + draw.choice(("，", "，车", "", "，它"))
    opener, closer = loose_opener(draw), draw.choice(CLOSERS)
    if draw.random() < 0.15 and len(predicate) > 3:  # a slip of the finger
        at = draw.randrange(len(predicate))
        predicate = predicate[:at] + draw.choice(("", draw.choice(FILLER))) + predicate[at + 1 :]
    kind = draw.random()
    if kind < 0.2:
        return f"{predicate.removeprefix('的')}，{subject}{closer}"
    if kind < 0.45:
        going = draw.choice(GOING)
        return f"{opener}{going}{subject}{draw.choice(('，', '的', ''))}{predicate}{closer}"
    return f"{opener}{subject}{draw.choice(('', '', '，', '它'))}{predicate}{closer}"


def fact(draw: random.Random, of: Train, loose: float = 0.0, wide: bool = False) -> Turn:
    """One fact of a train, present or absent; `loose` is the chance of a loose wording."""
    field = draw.choice(tuple(predicates()))
    if field == "dwell" and field not in of.facts:
        field = "arrival" if of.arrival is None else "departure"
    if loose and draw.random() < loose:
        question = loose_wording(draw, field, of.key, wide)
    else:
        question = wording(draw, draw.choice(predicates()[field]["plain"]), of.key)
    template = REFERENCES[field] if field in of.facts else ABSENT[field]
    return Turn(question, template.format(key=of.key, value=of.facts.get(field, "")))


def open_book(draw: random.Random) -> Conversation:
    """A few rows to read, then questions about them."""
    trains = [train(draw) for _ in range(draw.randint(1, 4))]
    fields = list(COLUMNS)
    if draw.random() < 0.5:
        rows = [",".join([t.key, *(t.facts.get(f, "") for f in fields)]) for t in trains]
        text = "\n".join([",".join(["车次", *(COLUMNS[f] for f in fields)]), *rows])
    else:
        draw.shuffle(fields)
        text = "\n".join(
            f"{t.key}：" + "，".join(f"{COLUMNS[f]}{t.facts.get(f, '无')}" for f in fields)
            for t in trains
        )
    turns = [fact(draw, draw.choice(trains)) for _ in range(draw.randint(1, 3))]
    return (Turn(f"{text}\n{turns[0].question}", turns[0].answer), *turns[1:])


def clock_sum(draw: random.Random) -> Conversation:
    """A time moved by a delay, or the minutes between two times."""
    start, key = draw.randrange(DAY), number(draw)
    subject = draw.choice(SUBJECTS).format(key=key)
    opener, closer = draw.choice(OPENERS), draw.choice(CLOSERS)
    if draw.random() < 0.3:
        gap = draw.randint(2, 58)
        question = draw.choice(CLOCK_GAPS).format(s=subject, a=clock(start), b=clock(start + gap))
        return (Turn(f"{opener}{question}{closer}", f"{key}次停车{gap}分钟。"),)
    delay = draw.randint(1, 30) * 5 if draw.random() < 0.7 else draw.randint(1, 150)
    hours, minutes = divmod(delay, 60)
    words = (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes else "")
    question = draw.choice(CLOCK_MOVES).format(s=subject, time=clock(start), delay=words)
    moved = ("次日" if start + delay >= DAY else "") + clock(start + delay)
    return (Turn(f"{opener}{question}{closer}", f"{key}次晚点后{moved}开车。"),)


def conversations(
    seed: int,
    loose: float = 0.0,
    wide: bool = False,
    population: int = 300,
    turnover: float = 0.008,
) -> Iterator[Conversation]:
    """Conversations without end.

    Args:
        seed: decides every one of them.
        loose: chance that a fact is asked in a loose wording.
        wide: whether loose wordings draw on all words.
        population: trains that closed questions are about at a time.
        turnover: chance that a train is replaced after a conversation, so that the model keeps
            learning new trains rather than once a fixed set.
    """
    draw = random.Random(seed)
    trains = [train(draw) for _ in range(population)]
    while True:
        kind = draw.random()
        if kind < 0.62:
            yield (fact(draw, draw.choice(trains), loose, wide),)
        elif kind < 0.8:
            yield open_book(draw)
        else:
            yield clock_sum(draw)
        if draw.random() < turnover:
            trains[draw.randrange(population)] = train(draw)
