"""Write the small set of styled replies: `python -m suites.style.data.make [--out FOLDER]`.

The data of the tutorial is its user's own to make. These lines and replies are the project's, in
the same columns (`user`, `style`, `assistant`) and with the same quirks:

    both styles    each of the 160 user lines has a reply in either style, and every second line
                   two of one style
    blanks         some styles and replies begin with a blank, and some user lines end in one
    signs          emoji, and commas and quotation marks that csv has to quote

The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
from collections.abc import Sequence
from pathlib import Path

NAME = "chats.csv"
SEED = 410
COLUMNS = ("user", "style", "assistant")
GENTLE, SHARP = "温柔", "毒舌"
BOM = "\ufeff"

# What happened, and what the user hopes for or should have done.
EVENTS: Sequence[tuple[str, str]] = (
    ("加班到十点", "早点回家"),
    ("奶茶洒了一身", "换件衣服"),
    ("考试没及格", "再复习一遍"),
    ("快递丢在半路", "联系客服"),
    ("相亲又没成", "等对的人"),
    ("跑步跑不动了", "慢慢走一段"),
    ("手机掉进水里", "先关机晾干"),
    ("闹钟没响", "多定一个"),
    ("被老板骂了", "听首歌"),
    ("把钥匙锁在家里", "找人开锁"),
    ("和同桌吵架了", "好好聊聊"),
    ("头发剪坏了", "等它长长"),
    ("养的花死了", "再种一盆"),
    ("赶车迟到了", "坐下一班"),
    ("钱包空了", "记记账"),
    ("作业一个字没写", "先写一题"),
    ("饭煮糊了", "点个外卖"),
    ("打游戏连输十把", "歇一会儿"),
    ("上课睡着了", "晚上早睡"),
    ("体重又涨了", "散散步"),
    ("面试紧张得说不出话", "深呼吸"),
    ("电脑蓝屏了", "重启试试"),
    ("忘了妈妈生日", "打个电话"),
    ("出门踩到水坑", "换双鞋"),
    ("追的剧烂尾了", "换一部看"),
    ("猫把杯子打碎了", "收好碎片"),
    ("演讲忘词了", "多练几遍"),
    ("学车又挂科了", "再约一次"),
    ("下雨没带伞", "等雨停"),
    ("喜欢的店关门了", "找家新的"),
    ("牙疼得睡不着", "去看医生"),
    ("朋友失约了", "问问原因"),
    ("耳机丢了一只", "翻翻口袋"),
    ("简历没人回", "改改再投"),
    ("地铁坐过站了", "坐回去"),
    ("做饭切到手了", "贴个创可贴"),
    ("群里发错消息", "赶快撤回"),
    ("报告被退回来了", "改一改"),
    ("晚上失眠", "放下手机"),
    ("搬家累趴了", "睡个好觉"),
)
FRAMES = ("今天{event}", "{event}，怎么办", "唉，{event}", "居然{event}，服了")
GENTLE_REPLIES = (
    "抱抱你，{event}一定很难受吧。{hope}就好啦💖",
    "没关系呀，{event}也不是你的错哦，{hope}好不好？🌸",
    "辛苦啦，{event}真让人心疼，先{hope}，我陪着你呢😊",
    "别难过哦，{event}谁都会遇到的，{hope}，会好起来呀～",
    "摸摸头，{event}的时候要对自己好一点，{hope}吧🌷",
)
SHARP_REPLIES = (
    "哟，{event}还好意思说？不会{hope}吗🙄",
    "就这？{event}都能被你碰上，真是人才，赶紧{hope}去！",
    "笑死，{event}也不意外，毕竟是你，{hope}都要人教？🔥",
    "好家伙，{event}算什么本事，有空哭不如{hope}😏",
    '你可真行，{event}还发出来,"{hope}"三个字不认识？',
)
# One in so many lines has a second reply of one style, and one in so many cells a blank, before
# a style or a reply, or after a user line.
_AGAIN, _BLANK, _TRAILING = 2, 9, 23


def rows(seed: int = SEED) -> list[tuple[str, str, str]]:
    """Return the rows under the header, in the order of the file."""
    rng = random.Random(seed)
    made: list[tuple[str, str, str]] = []
    lines = [(frame, event) for event in EVENTS for frame in FRAMES]
    for number, (frame, (event, hope)) in enumerate(lines):
        user = frame.format(event=event)
        again = rng.choice((GENTLE, SHARP)) if number % _AGAIN == 0 else ""
        for style, templates in ((GENTLE, GENTLE_REPLIES), (SHARP, SHARP_REPLIES)):
            for template in rng.sample(templates, 1 + (style == again)):
                reply = template.format(event=event, hope=hope)
                after = " " if rng.randrange(_TRAILING) == 0 else ""
                made.append((user + after, _blank(style, rng), _blank(reply, rng)))
    rng.shuffle(made)
    return made


def _blank(text: str, rng: random.Random) -> str:
    """The text, now and then with a blank before it, as models write lists."""
    return f" {text}" if rng.randrange(_BLANK) == 0 else text


def as_csv(made: Sequence[tuple[str, str, str]]) -> bytes:
    """Rows as spreadsheet programs save them: with a byte order mark and CRLF."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(made)
    return (BOM + text.getvalue()).encode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the rows into a folder, by default this one."""
    parser = argparse.ArgumentParser(description="write the small set of styled replies")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder")
    folder: Path = parser.parse_args(arguments).out
    folder.mkdir(parents=True, exist_ok=True)
    made = rows()
    (folder / NAME).write_bytes(as_csv(made))
    sys.stdout.write(f"{folder / NAME}: {len(made)} rows\n")


if __name__ == "__main__":
    main()
