"""The options that a question lists."""

from __future__ import annotations

import re
from string import ascii_uppercase

from harness.text.normalize import unmarked

#: What stands in a question for the word to be filled in: fold and unmarked leave it alone.
BLANK = " ... "
# Cyrillic and Greek letters, typed or scanned for Latin ones, which no other such letter touches.
_LOOK_ALIKE = re.compile(r"(?<![\u0370-\u052f])[АВСЕΑΒΕ](?![\u0370-\u052f])")
_LATIN = dict(zip("АВСЕΑΒΕ", "ABCEABE", strict=True))
_BLANK = re.compile(r"[_＿]{2,}|[(（]\s*[)）]|…{1,4}|\.{3,}")
_MARK = r" ?[)\]】.、:]+ ?"
_OPEN = r"[(\[【]? ?"
# Where a label may stand: at the start of a line, or behind a blank or a mark.
_APART = r"(?:^|(?<=[\s;,。]))"
_LINE = r"(?m:^) ?(?:[-*•] ?)?"
_FORMS = tuple(
    map(
        re.compile,
        (
            rf"{_APART}{_OPEN}(?P<letter>[A-Z]){_MARK}",
            rf"{_APART}{_OPEN}(?P<letter>[a-z]){_MARK}",
            rf"{_LINE}{_OPEN}(?P<letter>[A-Z])(?:{_MARK}|[ -]+)(?=\S)",
        ),
    )
)
_ANYWHERE = re.compile(rf"{_OPEN}(?<![A-Za-z0-9])(?P<letter>[A-Za-z]){_MARK}")

_SPACED = re.compile(r"(?<![A-Za-z0-9])(?P<letter>[A-Z]) +(?=[\u4e00-\u9fff0-9])")


def options_in(question: str) -> dict[str, str]:
    """Read the options that a question lists: `A. 相关` on a line of its own, or all in one.

    Returns:
        What each option says, by letter in alphabetical order from A; nothing where there are
        fewer than two.
    """
    text = latin_labels(unmarked(question))
    marks = _labels(text)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found = {
        _letter(mark): text[mark.end() : end].partition("\n")[0].strip(" ;,。")
        for mark, end in zip(marks, ends[: len(marks)], strict=True)
    }
    return {letter: found[letter] for letter in sorted(found)}


def stem_of(question: str) -> str:
    """Return a question, folded and unmarked, without the options that it lists."""
    text = latin_labels(unmarked(_BLANK.sub(BLANK, question)))
    marks = _labels(text)
    return text[: marks[0].start()] if marks else text


def _labels(text: str) -> list[re.Match[str]]:
    """The labels of the options, in the first form in which a question has them all."""
    for form in _FORMS:
        marks = list(form.finditer(text))
        letters = sorted(map(_letter, marks))
        if len(marks) > 1 and "".join(letters) == ascii_uppercase[: len(marks)]:
            return marks
    return _in_a_row(text)


def _in_a_row(text: str) -> list[re.Match[str]]:
    """The last labels that go up from A, wherever they stand: A.鲨鱼B.鲸鱼, A 李白 B 杜甫."""
    marked = _rising(_ANYWHERE, text)
    if len(marked) > 1:
        return marked
    spaced = _rising(_SPACED, text)
    return spaced if len(spaced) > 2 else []


def _rising(form: re.Pattern[str], text: str) -> list[re.Match[str]]:
    marks: list[re.Match[str]] = []
    for mark in form.finditer(text):
        if _letter(mark) == "A":
            marks = [mark]
        elif marks and ord(_letter(mark)) == ord(_letter(marks[-1])) + 1:
            marks.append(mark)
    return marks


def _letter(mark: re.Match[str]) -> str:
    return mark["letter"].upper()


def latin_labels(text: str) -> str:
    """Return a text with Cyrillic and Greek letters that stand alone in Latin: А is A."""
    return _LOOK_ALIKE.sub(lambda match: _LATIN[match[0]], text)
