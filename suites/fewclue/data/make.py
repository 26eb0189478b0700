"""Write the small pairs of sentences: `python -m suites.fewclue.data.make [--out FOLDER]`.

FewCLUE's files are their user's to download. These stand in for them in examples and tests: the
project's own sentences, in the same fields, types and order, with the same quirks:

    lines       one object a line, although the files end in .json
    labels      of bustm the texts "0" and "1"; of ocnli words, five annotators' labels beside them,
                and one pair of the test labelled `-`, on which they did not agree
    folds       the small files are five folds of 32 rows, drawn one by one: a pair may come twice
    shares      of labels as in the public small files; the test files hold each label equally often
    signs       half-width commas, a full stop here and there, letters and figures
    premises    one first sentence may have several second ones

The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

SEED = 1604
FOLD = 32
Pair = tuple[str, str, str]  # first sentence, second sentence, label
Slots = Mapping[str, Sequence[str]]
Make = Callable[[str, random.Random], Pair]

SLOTS: Slots = {
    "train": ("K1417", "G3706", "T88", "Z55", "D2903", "C7012", "K509/12", "Y601"),
    "city": ("郑州", "洛阳", "信阳", "徐州", "宝鸡", "长沙", "青岛", "西宁"),
    "goods": ("苹果", "毛衣", "水杯", "台灯", "雨伞", "书包", "耳机", "锅铲"),
    "dish": ("番茄炒蛋", "红烧茄子", "酸辣粉", "清蒸鱼", "葱油饼", "排骨汤", "凉拌黄瓜", "蛋炒饭"),
    "hour": ("六点", "六点半", "七点", "七点一刻", "八点", "明早九点", "晚上十点", "下午三点"),
    "band": ("小河乐队", "老槐树合唱团", "北站三重唱", "麦田姐妹", "雨巷", "白塔", "南风", "灯笼"),
    "who": ("王师傅", "小李", "陈老师", "我妹妹", "邻居", "值班员", "表哥", "班长"),
    "thing": ("钥匙", "手机", "身份证", "车票", "伞", "饭盒", "眼镜", "围巾"),
}
# What is asked for, in words that mean the same.
INTENTS: Sequence[Sequence[str]] = (
    ("{train}次几点开车", "{train}次列车什么时候发车", "帮我查一下{train}次的开车时间"),
    ("{train}次在哪个检票口检票", "坐{train}次该去哪里检票", "{train}次从几号检票口进"),
    ("{train}次晚点了吗", "{train}次是不是晚点了", "{train}次列车有没有晚点"),
    ("{city}明天会下雨吗", "明天{city}有没有雨", "{city}明天要下雨吗"),
    ("{city}现在多少度", "现在{city}气温是多少", "{city}这会儿气温几度"),
    ("{goods}多少钱", "{goods}怎么卖的", "这个{goods}什么价格"),
    ("买的{goods}可以退吗", "{goods}不想要了能不能退", "怎么把{goods}退掉呢"),
    ("{dish}怎么做", "教我做{dish}", "{dish}的做法告诉我"),
    ("{hour}叫我起床", "定一个{hour}的闹钟", "帮我把闹钟定到{hour}"),
    ("放一首{band}的歌", "我想听{band}唱的歌", "来一首{band}的歌吧"),
    ("我的{thing}找不到了", "{thing}不知道放哪儿了", "我把{thing}弄丢了"),
    ("{who}的电话是多少", "告诉我{who}的电话号码", "{who}电话号码是几"),
)
# A first sentence with what follows from it, what it rules out, and what it leaves open.
PREMISES: Sequence[tuple[str, Mapping[str, Sequence[str]]]] = (
    (
        "{who}坐{train}次去{city},路上要走五个小时",
        {
            "entailment": ("{who}要去{city}", "{who}会坐{train}次列车。"),
            "contradiction": ("{who}没有坐车", "去{city}的路上只要一个小时。"),
            "neutral": ("{who}买的是卧铺票", "{who}常去{city}出差。"),
        },
    ),
    (
        "{city}昨天下了一整天的雨,街上没什么人",
        {
            "entailment": ("{city}昨天下雨了", "昨天{city}街上人很少。"),
            "contradiction": ("{city}昨天是晴天", "昨天{city}街上挤满了人。"),
            "neutral": ("{city}的雨明天还会下", "{city}每年这时候都下雨。"),
        },
    ),
    (
        "这家店的{goods}卖完了,店员说后天才到货",
        {
            "entailment": ("店里现在没有{goods}", "{goods}后天会到货。"),
            "contradiction": ("店里还剩很多{goods}", "店员说{goods}再也不卖了。"),
            "neutral": ("这家店的{goods}最便宜", "后天会来很多人买{goods}。"),
        },
    ),
    (
        "{who}{hour}起来做了一道{dish},全家都说好吃",
        {
            "entailment": ("{who}会做{dish}", "家里人吃了{dish}。"),
            "contradiction": ("{who}没有做饭", "全家都说{dish}难吃。"),
            "neutral": ("{who}是跟书上学的{dish}", "{who}明天还要做{dish}。"),
        },
    ),
    (
        "嗯,{who}说{thing}落在站台上了,得回去取.",
        {
            "entailment": ("{who}的{thing}不在身上", "{who}要回站台。"),
            "contradiction": ("{who}的{thing}一直在手里", "{who}没去过站台。"),
            "neutral": ("{who}的{thing}已经被人捡走了", "{who}的{thing}是新买的。"),
        },
    ),
    (
        "{train}次列车停在3站台,{hour}开始检票",
        {
            "entailment": ("{train}次停在站台上", "{train}次{hour}可以检票。"),
            "contradiction": ("{train}次今天停运", "{train}次停在8站台。"),
            "neutral": ("{train}次坐满了人", "{train}次是去{city}的车。"),
        },
    ),
    (
        "推进{city}车站改造,让旅客出行更加方便",
        {
            "entailment": ("{city}车站要改造", "改造是为了旅客方便。"),
            "contradiction": ("{city}车站不用改造", "改造会让旅客更不方便。"),
            "neutral": ("{city}车站改造要花三年", "{city}车站是全省最大的。"),
        },
    ),
    (
        "{band}今晚在{city}演出,票早就卖光了",
        {
            "entailment": ("{band}今晚有演出", "现在买不到演出的票了。"),
            "contradiction": ("{band}今晚休息", "演出的票还剩很多。"),
            "neutral": ("{band}第一次来{city}", "{who}买到了演出的票。"),
        },
    ),
)
GENRES = ("news", "tv", "lit", "gov", "phone")
LEVELS = ("easy", "medium", "hard")
# Labels of the small files, and of the test: how often each.
BUSTM_SMALL, BUSTM_TEST = {"0": 82, "1": 78}, {"0": 60, "1": 60}
OCNLI_SMALL = {"contradiction": 60, "neutral": 51, "entailment": 49}
OCNLI_TEST = {"contradiction": 40, "neutral": 40, "entailment": 40}


def filled(words: str, dice: random.Random) -> dict[str, str]:
    """A value for each slot that the words name."""
    return {name: dice.choice(values) for name, values in SLOTS.items() if f"{{{name}}}" in words}


def bustm_pair(label: str, dice: random.Random) -> Pair:
    """Two wordings of one wish; or of two wishes, or about two things."""
    intent = dice.choice(INTENTS)
    first, second = dice.sample(list(intent), 2)
    values = filled(first, dice)
    if label == "1":
        return first.format(**values), second.format(**values), label
    if dice.random() < 0.5:
        second = dice.choice(dice.choice([other for other in INTENTS if other is not intent]))
        return first.format(**values), second.format(**{**filled(second, dice), **values}), label
    others = {name: dice.choice([v for v in SLOTS[name] if v != values[name]]) for name in values}
    return first.format(**values), second.format(**others), label


def ocnli_pair(label: str, dice: random.Random) -> Pair:
    """A sentence, and one that follows from it, contradicts it, or neither."""
    premise, hypotheses = dice.choice(PREMISES)
    second = dice.choice(list(hypotheses[label]))
    values = filled(premise + second, dice)
    return premise.format(**values), second.format(**values), label


def bustm_rows(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Pairs as bustm's files hold them."""
    return [
        {"id": number, "sentence1": first, "sentence2": second, "label": label}
        for number, (first, second, label) in enumerate(pairs)
    ]


def ocnli_rows(
    pairs: Sequence[Pair], premises: dict[str, str], dice: random.Random
) -> list[dict[str, Any]]:
    """Pairs as ocnli's files hold them, each annotator's label included.

    `premises` holds the id of each first sentence, in whichever file it came first.
    """
    rows = []
    for number, (first, second, label) in enumerate(pairs):
        premise = premises.setdefault(first, f"{dice.choice(GENRES)}_{len(premises)}")
        rows.append({
            "level": dice.choice(LEVELS), "sentence1": first, "sentence2": second, "label": label,
            **annotated(label, dice), "genre": premise.partition("_")[0], "prem_id": premise,
            "id": number,
        })  # fmt: skip
    return rows


def annotated(label: str, dice: random.Random) -> dict[str, str]:
    """What five annotators said: mostly the label, and no majority where there is none."""
    labels = list(OCNLI_TEST)
    if label == "-":
        said = [*labels[:2], *labels[:2], "unknown"]
    else:
        others = [*(other for other in labels if other != label), "unknown"]
        said = [label] * 3 + [label if dice.random() < 0.8 else dice.choice(others) for _ in "45"]
        dice.shuffle(said)
    return {f"label{number}": one for number, one in enumerate(said)}


def drawn(
    make: Make, shares: Mapping[str, int], seen: set[tuple[str, str]], dice: random.Random
) -> list[Pair]:
    """Pairs that were not `seen`, in a random order, each label as often as it shall be."""
    found: list[Pair] = []
    for label, count in shares.items():
        wanted = len(found) + count
        while len(found) < wanted:
            pair = make(label, dice)
            if pair[:2] not in seen:
                seen.add(pair[:2])
                found.append(pair)
    dice.shuffle(found)
    return found


def repeated(pairs: list[Pair], dice: random.Random) -> list[Pair]:
    """One pair of the first fold stands in the third too, in place of one of its label."""
    at = dice.randrange(FOLD)
    label = pairs[at][2]
    later = next(i for i in range(2 * FOLD, 3 * FOLD) if pairs[i][2] == label)
    return [*pairs[:later], pairs[at], *pairs[later + 1 :]]


def files() -> dict[str, list[dict[str, Any]]]:
    """Rows by the path of their file."""
    dice = random.Random(SEED)
    seen: set[tuple[str, str]] = set()
    premises: dict[str, str] = {}
    made: dict[str, list[dict[str, Any]]] = {}
    for part in ("train", "dev"):
        bustm = repeated(drawn(bustm_pair, BUSTM_SMALL, seen, dice), dice)
        made[f"bustm/{part}_few_all.json"] = bustm_rows(bustm)
        ocnli = repeated(drawn(ocnli_pair, OCNLI_SMALL, seen, dice), dice)
        made[f"ocnli/{part}_few_all.json"] = ocnli_rows(ocnli, premises, dice)
    made["bustm/test_public.json"] = bustm_rows(drawn(bustm_pair, BUSTM_TEST, seen, dice))
    test = drawn(ocnli_pair, OCNLI_TEST, seen, dice)
    first, second, _ = ocnli_pair("neutral", dice)
    test.insert(len(test) // 2, (first, second, "-"))
    made["ocnli/test_public.json"] = ocnli_rows(test, premises, dice)
    return made


def main(arguments: Sequence[str]) -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(prog="python -m suites.fewclue.data.make")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out: Path = parser.parse_args(arguments).out
    for name, rows in files().items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_bytes("".join(lines).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
