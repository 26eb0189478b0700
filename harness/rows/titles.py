"""Rows of a sheet that hold no cells of its columns: titles of sections, the header once more.

题目              答案
一、填空题                     merged over both, or alone in its row
法国的首都是      巴黎
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from harness.rows.xlsx_merged import Span
from harness.text.display import fold

_LONGEST = 60
_COUNT = r"[一二三四五六七八九十百]{1,3}"
_ENGLISH_COUNT = r"(?:[A-Z]|[IVX]{1,5}|[0-9]{1,2}|one|two|three|four|five|six)"
_FORMS = (
    r"(?:multiple[- ]choice|single[- ]choice|true[ /-]+(?:or[ -])?false"
    r"|fill[- ]in[- ]the[- ]blanks?"
    r"|short[- ]answers?|essays?|reading(?: comprehension)?|vocabulary|grammar|listening)"
)
_PART = r"(?:部分|章|节|单元|卷|大题|篇|模块|组|套|课)"
_HEAD = r"(?:[^，。？?]{0,12}(?:题|部分|解释|理解|写作|作文|听力|阅读|基础|知识|计算|论述|翻译))"
_REMARK = r"\s*(?:[(（\[【].*[)）\]】])?\s*[:：]?"
_TITLE = re.compile(
    rf"第(?:{_COUNT}|[0-9]{{1,2}}){_PART}(?:[\s:：、.（(].*)?"
    rf"|[(（]?{_COUNT}[)）、.．:：]{{1,2}}\s*{_HEAD}{_REMARK}"
    rf"|(?:单选|多选|单项选择|多项选择|不定项选择|选择|判断|填空|简答|问答|论述|计算)题?{_REMARK}"
    rf"|(?:section|part|chapter|unit)\s+{_ENGLISH_COUNT}(?:\s*[:.\-–—(].*)?"
    rf"|(?:{_ENGLISH_COUNT}[.):]\s*)?{_FORMS}(?: questions?)?{_REMARK}",
    re.IGNORECASE,
)  # fmt: skip


def title_of(cells: Sequence[object], names: Sequence[str], spans: Sequence[Span]) -> str:
    """What a row says as a title over a part of the table; empty where it is a row of it.

    A title is merged over columns of different names, or stands alone in its row and says that a
    part begins: a question without an answer stands alone too.

    Args:
        cells: of the row, each of the merged ones with what all of them show.
        names: of the columns.
        spans: merged cells that begin in this row.
    """
    held = {place: text for place, cell in enumerate(cells) if (text := _text(cell))}
    for span in spans:
        over = range(span.left, span.right + 1)
        if len({names[n] for n in over if n < len(names) and names[n]}) > 1 and {*held} <= {*over}:
            return next(iter(held.values()), "")
    first = next(iter(held.values()), "")
    return first if len(held) == 1 and is_section(first) else ""


def is_section(text: str) -> bool:
    """Whether a text says that a part of a paper begins: 一、填空题, 第二部分, Section A."""
    return len(text) <= _LONGEST and "?" not in text and _TITLE.fullmatch(text) is not None


def beginning(spans: Sequence[Span], row: int) -> Iterator[Span]:
    """The merged cells that begin in a row and lie side by side."""
    return (span for span in spans if span.top == row and span.right > span.left)


def is_header_again(cells: Sequence[object], names: Sequence[str]) -> bool:
    """Whether a row says the names of the columns once more, as over each part of a paper."""
    said = [_text(cell) for cell in cells]
    return sum(map(bool, said)) > 1 and said == [_text(name) for name in names]


def _text(cell: object) -> str:
    return "" if cell is None else fold(str(cell)).strip()
