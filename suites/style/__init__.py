"""Replies to small talk in a chosen style, gentle or sharp, with the style on the first line.

Origin: the tutorial that teaches a small chat model to reply in 温柔 or 毒舌, from a csv of `user`,
`style` and `assistant`. A user line and a reference:

    唉，赶车迟到了    温柔
                      辛苦啦，赶车迟到了真让人心疼，先坐下一班，我陪着你呢😊

The rows beside this file are the project's own; see `data/make.py`.
"""

from __future__ import annotations

from suites.style.grading import grade
from suites.style.options import HERE, Options, check, inputs
from suites.style.questions import build, export_rows

__all__ = ["HERE", "Options", "build", "check", "export_rows", "grade", "inputs"]
