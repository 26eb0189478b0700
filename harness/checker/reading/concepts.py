"""What fields of a table are called, as far as one word says it for another.

Each group holds ideas of which a value has only one: what leaves does not arrive, and the highest
is not the lowest. Whoever asks for one of a group is not answered by a value called another. The
words of a language are meant here, of no one table: what only the question knows it says itself
(`harness.checker.reading.labels`).
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Stands for the value in its label, and for the word that asks in a question.
VALUE = "□"

_GROUPS: tuple[dict[str, str], ...] = (
    {
        "leave": r"开点|发车|出发|开车|离开|离站|离港|开出|驶出|驶离|发出|起飞|启程|动身|启航"
        r"|开行|发船|始发|离校"
        rf"|{VALUE} ?(?:分|整|准时|正点)?开(?![始放门幕会馆业课学考播场店进来到])|开往(?! ?{VALUE})"
        r"|\b(?:depart\w*|leav(?:e|es|ing)|takes? off|sets? off|sails?|dep)\b",
        "arrive": r"到点|到达|到站|抵达|进站|驶入|[开驶]进|进来|降落|落地|着陆|抵港|靠站|终到|到校"
        rf"|[开驶]往(?= ?{VALUE})"
        rf"|{VALUE} ?(?:分|整|准时|正点)?到(?!{VALUE}|[期 0-9])"
        r"|\b(?:arriv\w*|reach\w*|lands?|landing|gets? (?:in|to)|arr)\b",
    },
    {
        "start": r"上(?:第|最后)[^,。;]{0,4}课"
        r"|开始|开幕|开放|开馆|开门|开店|开业|开课|上课|上班|开学|起始|开考|开演|[开放]映|开播"
        r"|开场|开会|开赛|始于|入住|入园|报到|举行|举办|召开|启动|动工|开工|生效"
        rf"|(?:从|自|由|\bfrom) ?{VALUE}|{VALUE} ?起(?![飞点床跑降步])"
        r"|\b(?:becomes? (?:valid|effective)|opens?|opened|opening|start\w*|begins?|beginning"
        r"|began|commenc\w*|held|launch\w*|check(?:s"
        r"|ed|ing)?[- ]?in"
        r"|kicks? off)\b",
        "end": r"结束|截止|截至|闭幕|闭馆|关门|关店|打烊|关闭|下课|下班|放学|放假|终止|收卷"
        r"|散场|完场"
        r"|停止(?![入进售检换])|到期|失效|为止|期限(?![:是为]{0,2} ?从)|竣工|完工"
        r"|建成|落成|退房|止于"
        rf"|(?:(?<![期迟改整更前挪定延后得达])到|至|\b(?:until|till|to"
        rf"|through)) ?(?:次日|当天)?{VALUE}"
        rf"|{VALUE} ?止"
        r"|\bstops? (?:serving|taking|admitting|selling|running|accepting|letting)\b"
        r"|\b(?:until|till|clos(?:e|es|ing|ed)|ends?|ended|ending|finish\w*|complet\w*|deadline"
        r"|check(?:s"
        r"|ed|ing)?[- ]?out"
        r"|conclud\w*|expir\w+)\b",
        "last entry": r"(?:最后|停止|截止)(?:入[场馆园]|进[场馆园]|售票|检票"
        r"|换票)|\blast (?:admission|entry"
        r"|entrance)\b",
    },
    {
        "born": r"出生|生日|诞生|\b(?:born|birth\w*)\b",
        "died": r"去世|逝世|\b(?:died|death)\b",
        "joined": r"入职|入学|加入|入会|\b(?:joined|hired|joining|hire)\b",
        "left": r"离职|辞职|毕业|退休|退会|\b(?:left|resign\w*|retire\w*|graduat\w*)\b",
        "interviewed": r"面试|\binterview\w*\b",
        "published": r"出版|发行|发布|发表|上映|首映|公映|\b(?:publi\w+|releas\w+|premier\w*)\b",
        "updated": r"更新|修订|再版|重印|\b(?:updat\w+|revis\w+|reprint\w*)\b",
        "announced": r"宣布|公布|揭晓|预告|\bannounc\w+\b",
        "drafted": r"起草|草拟|\bdraft(?:ed|ing)?\b",
        "founded": r"成立|创立|创办|创建|\bfound(?:ed|ing)\b",
        "listed": r"上市|\bipo\b|\b(?:go|goes|went|gone|going) public\b",
        "reviewed": r"评审|评选|审核|\breview(?:ed)?\b",
        "made": r"生产|制造|\b(?:manufactur\w+|produced)\b",
        "admitted": r"入院|住院|\badmitted\b",
        "discharged": r"出院|\bdischarged\b",
        "issued": r"签发|发证|颁发|\bissued?\b",
        "signed": r"签订|签署|签约|\bsign(?:ed|ing)\b",
        "in force": r"生效|\b(?:becomes? valid|effective|takes? effect)\b",
        "expires": r"到期|过期|失效|保质期|有效期|\b(?:expir\w+|best before)\b",
        "ordered": r"下单|订购|预订|\b(?:ordered|booked)\b",
        "sent": r"发货|寄出|\b(?:shipp\w+|dispatch\w*)\b",
        "delivered": r"送达|签收|收货|\bdeliver\w+\b",
        "borrowed": r"借[出阅书]|\bborrow\w*\b",
        "returned": rf"归还|还书|应还|{VALUE} ?(?:之?前)?还|\breturned\b",
    },
    {
        "highest": r"最高|最大|最多|最贵|\b(?:highest|most expensive|max(?:imum)?|largest|top)\b",
        "lowest": r"最低|最小|最少|最便宜|\b(?:lowest|cheapest|least expensive|min(?:imum)?"
        r"|fewest|smallest)\b",
        "mean": r"平均|均价|\b(?:average|mean)\b",
    },
    {
        "assigned": r"布置|\b(?:assigned|handed out|set on)\b",
        "due": r"截止|应交|上交|\b(?:due|deadline|handed in|submit\w*)\b",
        "announced": r"公布|揭晓|\bannounc\w+\b",
    },
    {
        "built": r"\bconstruction\b|动工|开工|施工|奠基|破土|\bbroke ground\b",
        "in use": r"\bopen(?:ed|s|ing)? (?:to|for)\b|通车|开通|启用|投入使用|投用",
    },
    {
        "deposit": r"押金|定金|订金|保证金|\bdeposits?\b",
        "rent": r"租金|房租|月租|\brent(?:s|al)?\b",
    },
    {"left over": r"剩|还有|\b(?:left|remaining)\b"},
    {
        "mean": r"平均|均价|\b(?:average|mean)\b",
        "extreme": r"最[高低大小多少长短贵快慢]"
        r"|\b(?:m(?:ax|in)imum|(?:long|short|high|low|fast|slow)est)\b",
    },
    {
        "by train": r"火车|列车|\b(?:train|rail)\b",
        "by car": r"驾车|自驾|打车|出租车|\b(?:driv(?:e|ing)|car|taxi)\b",
        "by bus": r"公交|大巴|\b(?:bus|coach)\b",
        "by plane": r"飞机|航班|\b(?:fly(?:ing)?|flight|plane)\b",
        "by boat": r"轮渡|\b(?:ferry|boat)\b",
        "by bike": r"骑行|骑车|自行车|\b(?:cycling|bike|bicycle)\b",
        "on foot": r"步行|走路|\b(?:walk(?:ing)?|foot)\b",
    },
    {"longest": r"最长|\blongest\b", "shortest": r"最短|\bshortest\b"},
    {"oldest": r"最年长|\b(?:oldest|eldest)\b", "youngest": r"最年轻|\byoungest\b"},
    {"heaviest": r"最重|\bheaviest\b", "lightest": r"最轻|\blightest\b"},
    {"fastest": r"最快|\bfastest\b", "slowest": r"最慢|\bslowest\b"},
    {
        "delay": r"推迟|延误|晚点|误点|延后|提前|\b(?:delay\w*|late|postpon\w*|early)\b",
        "lasting": r"持续|历时|时长|片长|用时|耗时|停留|停车|停站|会期|飞行|行驶|运行"
        r"|\b(?:dwell|takes?|lasts?|stops?|duration)\b",
    },
    {
        "late": r"晚[点到]|延误|误点|推迟|延后|\b(?:late|delay\w*)\b",
        "early": r"早到|提早|提前(?!到(?!达)|至|为)|\bearly\b",
    },
    {
        "first": r"最早|首班|头班|早班|首趟|第一[班趟]|\b(?:first|earliest)\b",
        "last": r"最晚|最迟|末班|晚班|尾班|末趟|最后一[班趟]"
        r"|\b(?:(?<!second )(?<!second-)(?<!second to )last(?! (?:week|month|year|night)"
        r"| [a-z]+ but one)|latest)\b",
        "second to last": r"倒数第|\b(?:penultimate|but one|second[- ](?:to[- ])?last)\b",
    },
    {
        "spring": r"春|\bspring\b",
        "summer": r"暑假|夏|\bsummer\b",
        "autumn": r"秋|\b(?:autumn|fall)\b",
        "winter": r"寒假|冬|\bwinter\b",
    },
    {
        "this year": r"今年|本年|\bthis year\b",
        "last year": r"去年|上一?年|\blast year\b",
        "next year": r"明年|\bnext year\b",
    },
    {
        "today": r"今[天日]|\btoday\b",
        "yesterday": r"昨[天日]|\byesterday\b",
        "tomorrow": r"明[天日]|\btomorrow\b",
    },
    {
        "before it": r"(?:折|惠|价|整|税|革|训|修)前",
        "after it": r"(?:折|惠|价|整|税|革|训|修)后",
    },
    {
        "sunrise": r"日出|升起|\bsunrise\b|\b(?:sun|it) (?:rises?|rose)\b|\brises at\b",
        "sunset": r"日落|落山|下山|\bsunset\b|\b(?:sun|it) sets?\b|\bsets at\b",
    },
    {
        "per jin": r"[每一/]斤",
        "per kilo": r"[每一/](?:公斤|千克|kg)|\bper kilo",
        "per gram": r"[每一/]克|\bper gram",
    },
    {
        "gained": rf"得了?{VALUE}|考了?{VALUE}|得分|成绩|\bscor(?:e|es|ed)\b",
        "lost": r"扣了?|丢了?分|\b(?:lost|deduct\w*)\b",
    },
    {"forward": r"\bforward\b", "back": r"\bback\b"},
    {
        "small": r"小[份杯碗号]|\bsmall\b",
        "medium": r"中[份杯碗号]|\bmedium\b",
        "large": r"大[份杯碗号]|\blarge\b",
    },
    {
        "breakfast": r"早[餐饭]|\bbreakfast\b",
        "lunch": r"午[餐饭]|\blunch\b",
        "dinner": r"晚[餐饭]|\bdinner\b",
    },
    {
        "passed": r"(?<!不)及格|(?<![未没])通过|(?<!不)合格|(?<!not )\bpass(?:ed|es)?\b",
        "failed": r"不及格|[未没]通过|不合格|\b(?:fail(?:ed|s)?|not pass(?:ed)?)\b",
    },
    {"right": r"[答做]对|正确", "wrong": r"[答做]错|错误", "left out": r"未答|没做|未做"},
    {"bought": r"买入|购入|\bbought\b", "sold": r"[卖售]出|\bsold\b"},
    {"brought in": r"入库|进货|入账", "taken out": r"出库|出货|出账"},
    {
        "income": r"收入|\b(?:income|revenues?)\b",
        "spending": r"支出|开支|\b(?:expenses?|spending)\b",
    },
    {"exported": r"出口|\bexport\w*\b", "imported": r"进口|\bimport(?:s|ed)?\b"},
    {"got on": r"上车|\bboarded\b", "got off": r"下车|\bgot off\b"},
    {"present": r"出[席勤]|\b(?:attended|present)\b", "absent": r"缺[席勤课]|请假|\babsent\b"},
    {
        "for": r"赞成|\bin favou?r\b",
        "against": r"反对|\b(?:against|opposed)\b",
        "neither": r"弃权|\babstain\w*\b",
    },
    {"melting": r"熔点|\bmelting\b", "boiling": r"沸点|\bboil(?:s|ing)\b"},
    {"gross": r"毛重|毛利|税前|\bgross\b", "net": r"净重|净利|税后|\bnet\b"},
    {
        "old": r"原价|旧价|原售价|\b(?:original|regular|old) price\b",
        "new": r"现价|折后|优惠价|促销价|特价|现售|新价|\b(?:sale|current|new|discounted) price\b",
    },
    {
        "yearly": r"年薪|年费|每年|\b(?:annual\w*|yearly|a year|per year)\b",
        "monthly": r"月薪|月工资|月费|月租|每月|\b(?:monthly|a month|per month)\b",
        "weekly": r"周薪|每周|一周|\b(?:weekly|a week|per week)\b",
        "daily": r"日薪|每天|每日|一天|\b(?:daily|a day|per day)\b",
        "hourly": r"时薪|每小时|\b(?:hourly|an hour|per hour)\b",
    },
    {
        "adult": r"成人|\badults?\b",
        "child": r"儿童|\b(?:child(?:ren)?|kids?)\b",
        "senior": r"老人|老年|长者|\bseniors?\b",
    },
    {
        "men": r"男|\b(?:men|males?|boys?)\b",
        "women": r"女|\b(?:women|females?|girls?)\b",
    },
    {
        "weekday": r"工作日|平日|周一[至到]周五|\bweekdays?\b",
        "weekend": r"周末|双休日|周[六日]|星期[六日天]|\b(?:weekends?|saturdays?|sundays?)\b",
    },
    {"morning": r"上午|\bmornings?\b", "afternoon": r"下午|\bafternoons?\b"},
    {
        "before": r"上一|前一|\b(?:previous|preceding)\b",
        "after": r"下一|后一|\b(?:next|following)\b",
    },
    {
        "saved": r"省了?|优惠(?![价后前])了?|立减|减免|\bsav(?:e|es|ed|ings?)\b",
        "price": rf"优惠价|特价|促销价|会员价|价格"
        rf"|价钱|票价|售价|单价|现价|原价|房价|{VALUE}钱|卖|费用|\b(?:price|costs?)\b",
        "area": r"面积|\barea\b",
        "weight": r"重量|净重|毛重|体重|\bweigh\w*\b",
        "length": r"长度|全长|\blength\b",
        "width": r"宽度|\bwidth\b",
        "height": r"高度|身高|海拔|\bheight\b",
        "age": rf"年龄|{VALUE} ?岁|\bage[ds]?\b|\byears? old\b|{VALUE} old\b",
        "service": r"[工教司军党团]龄|\byears of service\b",
        "for so long": rf"\bfor {VALUE} years?\b",
        "full marks": r"满分|总分",
        "rank": r"排名|名次|位列|\brank\w*\b",
        "listed as": r"编号|序号|货号|条码",
        "stock": r"库存|\bstock\b",
        "floor": r"楼层|\bfloor\b",
        "pages": r"页数|\bpages\b",
    },
)
_WORDS = tuple(
    {name: re.compile(pattern, re.ASCII) for name, pattern in group.items()} for group in _GROUPS
)


@lru_cache(maxsize=4096)
def concepts(text: str) -> tuple[frozenset[str], ...]:
    """Return the ideas that a label or a question names, group by group."""
    return tuple(
        frozenset(name for name, pattern in group.items() if pattern.search(text))
        for group in _WORDS
    )


def called_otherwise(asked: str, near: str, label: str) -> bool:
    """Tell whether a label names another idea of a group than the question asks for.

    Args:
        asked: the prepared question, with `VALUE` for the word that asks.
        near: the part of it next to that word; it decides where two ideas of a group are named.
        label: what a value is called, with `VALUE` where it stands.
    """
    if _modified_otherwise(asked, label) or _is_left_over(asked, label):
        return True
    if _denies_word(asked, label):
        return True
    if _BESIDES.search(label) and not _BESIDES.search(asked):
        return True
    tight = _TIGHT.search(asked)
    nearest = concepts(tight[0]) if tight else concepts("")
    marked = _TIGHT.search(label)
    nearest_said = concepts(marked[0]) if marked else concepts("")
    for whole, part, next_to_it, told, next_to_value in zip(
        concepts(asked), concepts(near), nearest, concepts(label), nearest_said, strict=True
    ):
        wanted = next_to_it or (part if len(whole) > 1 else whole)
        said = next_to_value or told
        if wanted and said and wanted.isdisjoint(said):
            return True
    return _is_other_end(asked, label)


_MARKED = re.compile(rf"(?:[从自由到至]|\b(?:from|until|till|to|through)) ?{VALUE}", re.ASCII)
_ENDS = (
    {"leave", "start", "sent", "borrowed", "admitted", "joined"},
    {"arrive", "end", "delivered", "returned", "discharged", "left"},
)


def _is_other_end(asked: str, label: str) -> bool:
    """Whether what begins is told where what ends is asked for: a launch for a landing."""
    if _MARKED.search(asked) or _MARKED.search(label):
        return False
    wanted, said = (frozenset().union(*concepts(text)[:3]) for text in (asked, label))
    return any(
        bool(wanted & one) and not wanted & other and bool(said & other) and not said & one
        for one, other in (_ENDS, _ENDS[::-1])
    )


_DENIED = re.compile(
    r"(?<![\u4e00-\u9fff][并都也])[未非不](?P<han>[\u4e00-\u9fff]{2})|\b(?:non-?|un)(?P<word>[a-z]{4,})"
)


def _denies_word(asked: str, label: str) -> bool:
    """Whether a label denies a word of the question: 不合格率, asked for 合格率."""
    words = [(found[0], found["han"] or found["word"]) for found in _DENIED.finditer(label)]
    return any(word in asked and said not in asked for said, word in words)


# What goes with a thing, and the way back, are meant only where a question says so.
_BESIDES = re.compile(
    r"(?<!含)(?:适配器|充电器|配件|附件)|返程|回程"
    r"|\b(?:charger|adapt[eo]r|accessor\w+|return (?:trip|leg|journey|flight|crossing))\b",
    re.ASCII,
)
_ALL = re.compile(r"共|总|上限|限额|定员|容量|\b(?:total|altogether|in all)\b", re.ASCII)
_ALL_THAT_ARE = re.compile("总(?![共计统经裁监决部是有])")
_LEFT = re.compile(r"剩|还有|余(?![\u4e00-\u9fff]?[姚杭])|\b(?:left|remain\w*|spare)\b", re.ASCII)


def says_left(text: str) -> bool:
    """Tell whether a label or a question speaks of what is left."""
    return _LEFT.search(text) is not None


# 请了几天 asks for no rest.
_USED = re.compile(r"[用花卖售请休借][了出]|\b(?:sold|used|spent|booked|taken)\b")
_REMAINS = re.compile(r"剩|\b(?:left|remain\w*)\b")


def _is_left_over(asked: str, label: str) -> bool:
    """Whether what is left is said where all are asked for, or the other way round."""
    if _USED.search(asked) and not _LEFT.search(asked):
        return _REMAINS.search(label) is not None
    if _LEFT.search(asked):
        return bool(_ALL_THAT_ARE.search(label)) and _LEFT.search(label) is None
    return bool(_ALL.search(asked) and _LEFT.search(label)) and _ALL.search(label) is None


# 签订日期 and 生效日期, "boarding time" and "arrival time": one noun, told apart by what it is of.
_OF = re.compile(
    r"(?P<of>[\u4e00-\u9fff]{2})(?P<noun>日期|时间)|\b(?!same|this|that|what|each|the|any|its|his|her|our|new)(?P<word>[a-z]{3,})"
    r" (?P<thing>date|time)\b(?! zone)"
)


# 开放到几点, "until what time is it open": the word next to it says which of two is meant.
_TIGHT = re.compile(rf"(?:\b(?:until|till|from)|.?(?:[到至从自由])) ?{VALUE}", re.ASCII)
_SENTENCE = re.compile("[。;!?\n]")


def _modified_otherwise(asked: str, label: str) -> bool:
    """Whether question and label have one noun with words before it that share nothing."""
    asking = next((said for said in _SENTENCE.split(asked) if VALUE in said), asked)
    wanted, said = list(_OF.finditer(asking)), list(_OF.finditer(label))
    if len(wanted) != 1 or len(said) != 1 or shared_concepts(asked, label):
        return False
    one, other = wanted[0], said[0]
    same_noun = (one["noun"] or one["thing"]) == (other["noun"] or other["thing"])
    return same_noun and set(one["of"] or [one["word"][:4]]).isdisjoint(
        other["of"] or [other["word"][:4]]
    )


def shared_concepts(asked: str, label: str) -> set[str]:
    """Return the ideas that a question and a label both name."""
    both = zip(concepts(asked), concepts(label), strict=True)
    return {f"§{name}" for one, other in both for name in one & other}
