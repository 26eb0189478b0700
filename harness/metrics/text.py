"""Folding of text: one spelling for what reads the same, before anything is parsed or counted."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Characters that NFKC leaves apart although they are typed for one another, and ring or bracket
# numerals, which it would glue to their neighbours ("①K420" must not become "1K420").
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_TILDES = dict.fromkeys(map(ord, "〜∼∽～"), "~")
_COLONS = dict.fromkeys(map(ord, "∶꞉︓"), ":")
_NUMERALS = {
    code: f"({unicodedata.numeric(chr(code)):g})"
    for first, last in ((0x2460, 0x2473), (0x2474, 0x249B), (0x2776, 0x2793))
    for code in range(first, last + 1)
}
_FRACTIONS = {ord("½"): ".5", ord("¼"): ".25", ord("¾"): ".75"}
_BEFORE_NFKC = {**_DASHES, **_TILDES, **_COLONS, **_NUMERALS, **_FRACTIONS}

_TRADITIONAL = (
    "點時鐘鍾兩號臺無沒車間開達發終檢據數訊資蘭烏魯齊寧連漢東廣慶陽門濟長瀋貴雲龍馬鄭寶雞鷄銀張島蘇錫"
    "紹興溫應綜廳樓區從來這個們該為爲於與還會後過約總計幾種條萬億貳參陸現實際遲誤預測經運歷離進邊線級"
    "樣錯說請問題對當處見認讓識顯標記錄備註滿廈遼陝贛黃塗順鎮嶺樂誰麼結論並僅華遠鐵劃圖餘滬蕪許詳確類"
    "準裡裏內嗎給"
)
_SIMPLIFIED = (
    "点时钟钟两号台无没车间开达发终检据数讯资兰乌鲁齐宁连汉东广庆阳门济长沈贵云龙马郑宝鸡鸡银张岛苏锡"
    "绍兴温应综厅楼区从来这个们该为为于与还会后过约总计几种条万亿贰参陆现实际迟误预测经运历离进边线级"
    "样错说请问题对当处见认让识显标记录备注满厦辽陕赣黄涂顺镇岭乐谁么结论并仅华远铁划图余沪芜许详确类"
    "准里里内吗给"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

# Everything that shows nothing: controls (but tab and line feed), joiners, direction marks.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[\n ]*")

_END_MARKS = re.compile(r"<\|(?:im_end|endoftext|eot_id|end)\|>|</s>")
_TAGS = re.compile(r"<[/a-zA-Z][^<>\n]{0,60}>|<\|[^|<>\n]{1,30}\|>")
_LATEX = re.compile(
    r"\\(?:boxed|text|textbf|mathrm|mathbf|left|right)\b|\\[(){}\[\],;!%]|[{}$]", re.ASCII
)
_EMPHASIS = re.compile(
    r"\*\*+|(?<![0-9])\*|\*(?![0-9])|`+|~~|__|(?m:^ ?(?:(?:#{1,6}|>) |-{3,} ?$))"
)

# What tables write in a cell that holds nothing.
_NONE_MARK = re.compile(r"(?:-{1,3}|/)[.。]?")


def fold(text: str) -> str:
    """Give one spelling to what reads the same.

    NFKC (full width becomes half width), dashes, tildes and colons in one form, no invisible or
    control characters, line ends as line feeds, single blanks, nothing at either end. Letters
    keep their case and their script: the letter O never becomes the digit 0.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = unicodedata.normalize("NFKC", text.translate(_BEFORE_NFKC))
    text = _INVISIBLE.sub("", text)
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def answer_part(text: str) -> str:
    """Return what was said to the user: without thinking and without what follows an end mark."""
    if "</think>" in text:
        text = text.rpartition("</think>")[2]
    return _END_MARKS.split(text.partition("<think>")[0], maxsplit=1)[0]


def unmarked(text: str) -> str:
    """Fold an answer, and take away Markdown, LaTeX and markup around the words.

    Traditional characters become the common simplified ones; letters keep their case.
    """
    if "<" in text:
        text = _TAGS.sub("\n", text)
    if "\\" in text or "$" in text or "{" in text:
        text = _LATEX.sub(" ", text)
    return _EMPHASIS.sub("", fold(text).translate(_TO_SIMPLIFIED)).strip()


def prepare(text: str) -> str:
    """Fold an answer or a question for the parsers: unmarked and in lower case."""
    return unmarked(text).lower()


def is_empty(text: str) -> bool:
    """Tell whether an answer says nothing: no letter, digit or sign once thinking is left out.

    So are blanks, characters that show nothing, punctuation alone and thinking without an end. A
    dash or stroke alone is how tables write that there is none, and so an answer.
    """
    prepared = prepare(answer_part(text))
    return not any(map(_says, prepared)) and not _NONE_MARK.fullmatch(prepared)


@lru_cache(maxsize=8192)
def _says(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNS"


@lru_cache(maxsize=8192)
def _informs(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def information_length(text: str) -> int:
    """Count the characters that carry information.

    NFKC first, then everything but white space, punctuation and control characters.
    """
    return sum(map(_informs, unicodedata.normalize("NFKC", text)))


def informative(text: str) -> str:
    """Return the characters that `information_length` counts, of a text already folded."""
    return "".join(filter(_informs, text))
