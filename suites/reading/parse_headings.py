"""Lines of a paper that ask nothing: what to read, points, a source, notes, the next passage."""

from __future__ import annotations

import re

HEADING = re.compile(
    r"完成.{0,12}(?:题|小题|各题)|阅读(?:下面|下列|以下)|(?:小题|题),?\s*每(?:小?题)|每小题|现代文阅读|文本阅读"
    r"|选择题|简答题|read the (?:following )?(?:passage|text)|answer the (?:following )?questions",
    re.IGNORECASE,
)
SOURCE = re.compile(
    r"\s*\(\s*(?:选自|摘自|摘编自|节选自|改编自|取材于|选编自|有删"
    r"|adapted from|taken from|from ).*\)\s*",
    re.IGNORECASE,
)
PASSAGE = re.compile(r"\s*(?:[A-H]\s?篇|(?:Passage|Text) [A-H1-9]|[A-E])\s*")
NOTE = re.compile(r"\s*(?:\*\s?\w|[【\[(]?\s?注释?\s?[】\]):]|Notes?:).*")
