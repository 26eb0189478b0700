"""Lines of a paper that ask nothing: what to read, and how many points there are."""

from __future__ import annotations

import re

HEADING = re.compile(
    r"完成.{0,12}(?:题|小题|各题)|阅读(?:下面|下列|以下)|(?:小题|题),?\s*每(?:小?题)|每小题|现代文阅读|文本阅读"
    r"|选择题|简答题|read the (?:following )?(?:passage|text)|answer the (?:following )?questions",
    re.IGNORECASE,
)
