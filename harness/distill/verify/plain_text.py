"""Is a question or an answer a plain sentence in the right language?

What teachers leave in by mistake: pieces of JSON, labels, placeholders, talk about the task,
broken characters, the same sentence over and over, words of another language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.text.normalize import fold

_CJK = re.compile(r"[\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
# What people write in Latin letters within a Chinese sentence, besides the table's own words.
_SHARED = frozenset(("kg", "km", "cm", "mm", "ml", "mg", "kw", "kwh", "am", "pm", "min"))
_ENGLISH_NOTHING = re.compile(
    r"\A(?:\W*+(?:n/?a|n\.a\.|no|none|null|nil|nan)\W*+|(?=\W*-)\W++)", re.IGNORECASE
)
# A word or a sentence in quotation marks is as plain as one without; the name of a field is not.
_QUOTED = re.compile(r"[\"＂]([^\"＂\n]*)[\"＂](\s*+[:：])?")
_FIELD = re.compile(
    r"\s*(?:id|q|a|question|answer|instruction|input|output|问题|答案|编号)\s*", re.IGNORECASE
)
_WORD = re.compile(r"\w")
# Brackets and backslashes of JSON and Markdown, quotation marks that stand where JSON has them,
# and what stands for a value that was never filled in.
_MARKUP = re.compile(
    r"[{}\[\]`\ufffd]|<[^<>\n]*>|\|[^|\n]*\||\\[\"nu/]|\*\*"
    r"|\"\s*[:：,，}]|[:：,，]\s*\"\s*$|^\"[^\"]*$|\"\"|_{3,}|×{2,}|(?<![A-Z])X{2,}(?![A-Z])"
)
_LABEL = re.compile(
    r"^\W*(?:(?:新的?|改写后?的?|参考|标准)?(?:问题|提问|问句|答案|回答)|问|答|改写|用户|助手|输出|结果"
    r"|[qa]\s?[0-9]*|question|answer|output|instruction|user|assistant|reply)\s*[:：]",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"^\W*(?:好的|嗯|当然|没问题)[,，!！]|让我|想想|检查一下|根据[你您]的|[只仅]?输出|标准答案|改写"
    r"|换[一个]*种?(?:自然的?)?(?:说法|问法|表达)|另一种(?:方式|说法)|新(?:问题|答案|的说法)"
    r"|(?:根据|按照?)(?:给[出定]的|以上|[上下]面的?)?.{0,4}(?:表格?|数据|信息|材料|原文)回答"
    r"|(?:根据|按照)(?:题目|要求|规则)|题目(?:中|要求|说)|用户(?:想|问|的问题|需要)"
    r"|作为(?:一[个名])?(?:AI|人工智能|智能助手)|语言模型|答案[是为]?[:：]?.{1,20}[)）]"
    r"|\bJSON\b|</?think|rephras",
    re.IGNORECASE,
)
# UTF-8 read as Latin-1, escapes that nobody decoded, private characters.
_BROKEN = re.compile(
    r"[\u0080-\u009f\u00c2-\u00ef][\u0080-\u00bf]|\\u[0-9a-fA-F]{4}|[\ue000-\uf8ff]"
)
_SENTENCE_END = re.compile(r"[。!?！？~\n]+")


def leftover(text: str, original: str) -> str:
    """What in a text belongs to no sentence, empty if nothing does.

    Args:
        text: a question or an answer.
        original: the suite's own wording, in which everything is in its place.
    """
    text = _QUOTED.sub(_unquoted, text)
    for pattern in (_MARKUP, _BROKEN, _LABEL, _TASK):
        found = pattern.search(text)
        if found is not None and not pattern.search(original):
            return str(found[0])
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    return sentences[0] if len(sentences) > len({*sentences}) else ""


def _unquoted(match: re.Match[str]) -> str:
    """What stands in quotation marks, unless they are those of JSON: around a name, or nothing."""
    inside, colon = match[1], match[2] or ""
    of_json = not _WORD.search(inside) or (colon and _FIELD.fullmatch(inside))
    return match[0] if of_json else f"{inside}{colon}"


def foreign(text: str, known: Iterable[str]) -> str:
    """A word or character that the language of what is known does not have, empty if none.

    Simplified characters fit into GB 2312, traditional ones do not.

    Args:
        text: a question or an answer.
        known: texts whose words it may use; without a Chinese character in them they are English.
    """
    own = " ".join(known)
    if not _CJK.search(own):
        found = _CJK.search(text)
        return str(found[0]) if found else ""
    if _ENGLISH_NOTHING.fullmatch(text):
        return text
    words = {word.lower() for word in _LATIN_WORD.findall(fold(own))} | _SHARED
    said = fold(text)
    strange = [word for word in _LATIN_WORD.findall(said) if word.lower() not in words]
    strange += [c for c in _CJK.findall(said) if c not in own and not _is_simplified(c)]
    return str(strange[0]) if strange else ""


def _is_simplified(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
