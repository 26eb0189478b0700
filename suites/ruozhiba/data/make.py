"""Write the small set of trick questions: `python -m suites.ruozhiba.data.make [--out FOLDER]`.

The data set of the tutorial is its user's own to download. These questions and answers are the
project's, in the same fields and with the same quirks:

    input          empty in most records, and in a few a remark that belongs to the question
    placeholders   what is not known is said by 暂无元数据信息 and the like
    task types     one or several minor types, the first of which differs
    verified       some records that no person has checked
    duplicate      one record stands there twice

Answers have at most 60 characters, so that a small model can hold them. The same seed gives the
same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

NAME = "trick-questions.jsonl"
SEED = 90
NO_METADATA = "暂无元数据信息"
NO_COPYRIGHT = "暂无版权及作者信息"
# One in so many records was answered by a model, and one in so many was not checked.
_BY_MODEL, _UNCHECKED = 3, 11

# By the first minor type: question and answer.
QUESTIONS: Mapping[str, Sequence[tuple[str, str]]] = {
    "逻辑问答": (
        ("我把闹钟锁进抽屉，时间是不是就出不来了？", "抽屉只能关住铃声，时间照样在走。"),
        ("和镜子里的自己吵架，谁先转身算谁输？", "镜子里只是你的像，会和你同时转身，没有输赢。"),
        ("把日历撕到明年一月，能不能提前领年终奖？", "不能，撕掉的是纸，时间并没有变快。"),
        ("踩着滑板站在跑步机上，算不算原地出差？", "不算，人没有去别的地方，还容易摔伤。"),
        ("既然后悔药买不到，后悔药的广告算不算真话？", "不算，卖不存在的东西，广告就是假的。"),
        ("我从不迟到，因为我从不出门，算守时吗？", "不算，守时是约好了并且按时到。"),
        ("全班都考第一，谁来当第二？", "全班并列第一时没有第二，名次只是空着。"),
        ("排队时我转过身，队尾是不是变成了队头？", "不是，队头由窗口决定，和你朝哪边站无关。"),
        ("梦里借了朋友一百块，醒来要不要还？", "不用还，梦里的钱没有真的借出。"),
        ("把密码设成“密码错误”，忘了是不是会自己提示？", "提示的是输入不对，并不会告诉你密码。"),
        ("我关上灯再找灯，找不到能怪灯吗？", "不能，光是你关掉的，先把灯打开再找。"),
        (
            "如果所有规则都有例外，这条规则有没有例外？",
            "这句话自相矛盾，说明不是所有规则都有例外。",
        ),
        ("双胞胎一起过生日，算不算有人多过了一次？", "不算，各过各的生日，只是在同一天。"),
        ("我给自己写信说别打开，拆了算不听谁的话？", "写信和拆信的都是你，只能算你改了主意。"),
        ("船到桥头自然直，那没有桥的河是不是不能开船？", "能开，这句话是说事情到时候会有办法。"),
        ("照片里的我不会老，是不是应该让照片去上班？", "照片没有劳动能力，上班还得你自己去。"),
        ("把温度计放进冰箱，外面是不是就不热了？", "外面照样热，温度计量到的只是冰箱里的温度。"),
        ("别人的生日我也吃蛋糕，会不会多长一岁？", "不会，年龄按出生日期算，和吃蛋糕无关。"),
    ),
    "隐喻理解": (
        ("老师让我把书读薄，撕掉一半算完成吗？", "不算，读薄是抓住要点，不是撕掉书页。"),
        ("心里的石头落地了，会不会砸到脚？", "不会，这是说人放心了，并没有真的石头。"),
        ("他说自己站在巨人肩上，巨人不累吗？", "这是比喻，意思是借助了前人的成果。"),
        ("开夜车不开灯，会不会被罚款？", "开夜车在这里指熬夜做事，和开车无关。"),
        ("朋友说他在公司里打酱油，下班能带一瓶吗？", "打酱油是说没有参与要紧的事，带不回酱油。"),
        ("泼冷水能降温，夏天是不是该多找人泼？", "泼冷水是打击热情，不能用来消暑。"),
        ("给努力加油，加九二还是九五？", "加油是鼓励的话，和汽油的标号没有关系。"),
        ("嘴上抹了蜜的人，会不会招蚂蚁？", "不会，这是说他讲话好听，嘴上没有蜜。"),
        ("吃了定心丸还是心慌，是不是过期了？", "定心丸是让人安心的话，不是真的药。"),
        ("他眼睛里有星星，晚上能不能当路灯？", "不能，这是形容眼神明亮，不会发光照路。"),
        ("钻牛角尖的人，要不要先问问牛？", "不用，钻牛角尖是说想法太固执，没有牛。"),
        ("时间就是金钱，我熬夜算不算存款？", "不算，这句话劝人珍惜时间，熬夜只伤身体。"),
        ("画饼能充饥，画一桌菜要不要洗碗？", "画出来的吃不到，也就没有碗可洗。"),
        ("背黑锅的时候，能不能顺便炒个菜？", "背黑锅是替人受过，没有真的锅。"),
        ("知识是海洋，不会游泳能上学吗？", "能，海洋是比喻知识多，上学不用会游泳。"),
        ("摸鱼的时候，摸到的鱼归公司还是归我？", "摸鱼是指上班偷懒，没有鱼可以分。"),
    ),
    "文字游戏": (
        ("热狗放凉了，算冷狗还是凉菜？", "还是热狗，这是食物的名字，和温度无关。"),
        ("太阳镜能看太阳，那月光镜在哪里买？", "太阳镜也不能直视太阳，月光不用戴镜子看。"),
        ("小说写长了，是不是该叫大说？", "不是，小说是文体的名字，再长也叫小说。"),
        ("方便面不方便的时候，该叫什么面？", "还叫方便面，名字不会因为一时不便而改。"),
        ("矿泉水冻成冰，算矿泉冰还是矿石？", "是冰，水结冰后仍是水，不会变成矿石。"),
        ("公共汽车是公的，母的在哪一站？", "公共的公是大家共用的意思，汽车不分公母。"),
        ("长颈鹿打领带，该打在脖子的上面还是下面？", "长颈鹿不需要领带，打在哪里都不合适。"),
        ("向日葵阴天向谁？", "阴天它也大致朝着原来的方向，不会乱转。"),
        ("慢跑跑快了，要不要向慢道歉？", "不用，慢跑只是一种运动的名字，快一点也可以。"),
        ("虎皮青椒端上来，要不要报警？", "不用，虎皮是说煎出的花纹，菜里没有老虎。"),
        ("土豆丝和土豆，谁的辈分高？", "丝是土豆切成的，食材之间没有辈分。"),
        ("凉开水到底是凉的还是开的？", "是烧开以后放凉的水，两个字各说一步。"),
        ("救火车为什么从来不救火车？", "救火车是去灭火的车，不是专门救列车的。"),
        ("行李箱装满了，行李和箱谁先下班？", "物品不上班，到家把东西拿出来就行。"),
        ("温水泡凉了，水温算请假还是旷工？", "都不算，水会慢慢变到和周围一样热。"),
        ("晚安说早了，算早安还是晚安？", "还是晚安，只是说得早了一些。"),
        ("人行道上为什么没有行人道谢？", "道在这里是路的意思，和道谢没有关系。"),
        ("有线耳机断了线，算不算升级成无线？", "不算，断了线就坏了，无线耳机靠信号传声。"),
    ),
    "常识问答": (
        ("下雨天把伞倒过来撑，算不算给天空打伞？", "不算，伞倒过来只会接水，淋湿的还是你。"),
        ("冰箱里的灯亮着，里面的菜睡得着吗？", "菜不会睡觉，而且关上门灯就灭了。"),
        ("手机充满电，是不是会变重？", "几乎不变，充电增加的质量小到称不出来。"),
        ("电梯天天上下，会不会晕？", "不会，电梯是机器，没有感觉。"),
        ("鱼在水里流泪，谁能看出来？", "鱼没有泪腺，不会像人那样流泪。"),
        ("既然洗洁精去油，喝一口能不能减肥？", "不能，洗洁精不能喝，会伤害身体，请不要尝试。"),
        ("晒被子能杀菌，把自己晒一天是不是最干净？", "不是，晒久了会晒伤，清洁还得靠洗澡。"),
        ("吃鱼能变聪明，鱼为什么还会上钩？", "鱼有营养，但不会直接让人变聪明，鱼上钩是为了吃食。"),
        ("月亮走我也走，月亮累了会停吗？", "不会，月亮绕地球转，看着跟人走是因为它太远。"),
        ("关着的窗户能看到外面，是不是没关严？", "不是，玻璃透光，关严了也能看见。"),
        ("把灭火器放进火里，火会不会害怕？", "火没有感觉，灭火器受热还会爆炸，很危险。"),
        ("北极熊不吃企鹅，是不是因为吃腻了？", "它们一个在北极一个在南极，根本遇不到。"),
        ("每天都是新的一天，旧的一天放在哪里？", "过去的时间不会存放在哪里，只留在记忆中。"),
        ("牛奶放久了变酸，是不是成了酸奶？", "不是，那是变质了，喝了可能会生病。"),
        ("感冒要多喝热水，掉进温泉是不是特效药？", "不是，喝热水只是补水，泡温泉治不了感冒。"),
        ("飞机飞得高，乘客是不是离退休更近？", "不是，退休看年龄，和飞多高没有关系。"),
        ("药片苦是不是因为它也生病了？", "不是，苦味来自药的成分，药片不会生病。"),
        ("安眠药吃多了，能不能把前几天的觉补回来？", "不能，过量会危及生命，睡不着请去看医生。"),
    ),
    "数量陷阱": (
        ("一斤棉花和一斤铁同时落在脚上，谁更客气？", "一样重，但铁更硬更集中，砸到更疼。"),
        ("半杯水喝了一半，再喝一半，什么时候喝完？", "每次只喝剩下的一半，理论上总会留一点。"),
        ("一天睡八小时，三天不睡能攒一天吗？", "不能，觉攒不下来，三天不睡会伤身体。"),
        ("打八折再打八折，是不是打六折？", "不是，八折再八折是原价的百分之六十四。"),
        ("中奖概率是一半，因为不是中就是不中，对吗？", "不对，两种结果的可能性并不相等。"),
        ("一个人挖坑要一小时，六十个人一分钟能挖好吗？", "不能，一个坑站不下六十个人同时挖。"),
        ("两个五十分的学生一起考，能得一百分吗？", "不能，各人的分数分开算，不能相加。"),
        ("一公里太远，走一千米会不会近一点？", "不会，一公里就是一千米，一样远。"),
        (
            "八点上班，我七点和九点各到一次，平均算准时吗？",
            "不算，准时看你八点前到没到，不看平均。",
        ),
        ("水涨一倍船涨一倍，船会不会比河大？", "不会，船只是随水面升高，大小不变。"),
        ("一只手五个手指，五只手套要戴几个人？", "一人戴两只，五只够两个人，还剩一只。"),
        ("原价一百降价百分之百，商家要倒找钱吗？", "不用，降百分之百就是免费，不会倒找。"),
        ("买一送一，我只要送的那个行不行？", "不行，要先买一个才会送一个。"),
        ("父亲比我大二十五岁，过二十五年我能追上吗？", "追不上，两个人每年都长一岁，差不变。"),
        ("一分钟有六十秒，慢慢数能不能多出几秒？", "不能，一分钟总是六十秒，数得慢也一样。"),
        ("三个和尚没水喝，再来三个能负负得正吗？", "不能，人多不分工照样没水，要轮流去挑。"),
        ("半价票是不是只能坐到半路？", "不是，半价是优惠，照样能坐到终点。"),
        ("一年三百六十五天，我每天忙一天，一年忙几天？", "忙三百六十五天，闰年再多一天。"),
    ),
}

# A remark that some users keep apart from the question, by the question that it belongs to.
REMARKS: Mapping[str, str] = {
    "半价票是不是只能坐到半路？": "全程一共六站。",
    "把温度计放进冰箱，外面是不是就不热了？": "今天外面三十八度。",
    "手机充满电，是不是会变重？": "我的手机是新买的。",
    "全班都考第一，谁来当第二？": "我们班一共四十人。",
    "开夜车不开灯，会不会被罚款？": "明天就要交作业了。",
}
_ALSO = ("脑筋急转弯", "开放问答", "反常识推理")


def records(seed: int = SEED) -> list[dict[str, Any]]:
    """Return the records in the order of the file, the duplicate among them."""
    rng = random.Random(seed)
    drawn = [
        _record(question, answer, minor, rng)
        for minor, several in QUESTIONS.items()
        for question, answer in several
    ]
    rng.shuffle(drawn)
    # Far enough apart for the order of the file to put one into each part.
    drawn.insert(len(drawn) - 5, dict(drawn[7]))
    return drawn


def _record(question: str, answer: str, minor: str, rng: random.Random) -> dict[str, Any]:
    others = rng.sample(_ALSO, rng.choice((0, 0, 1, 2)))
    remark = REMARKS.get(question)
    return {
        "instruction": question,
        "input": "" if remark is None else remark,
        "output": answer,
        "task_type": {"major": ["问答"], "minor": [minor, *others]},
        "domain": ["通用"],
        "metadata": NO_METADATA,
        "answer_from": "llm" if rng.randrange(_BY_MODEL) == 0 else "human",
        "human_verified": rng.randrange(_UNCHECKED) != 0,
        "copyright": NO_COPYRIGHT,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the records into a folder, by default this one."""
    parser = argparse.ArgumentParser(description="write the small set of trick questions")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder")
    folder: Path = parser.parse_args(arguments).out
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records()]
    (folder / NAME).write_bytes("".join(lines).encode())
    sys.stdout.write(f"{folder / NAME}: {len(lines)} records\n")


if __name__ == "__main__":
    main()
