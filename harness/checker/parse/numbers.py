"""Numbers written in words: Chinese numerals and small English ones. Whole numerals only."""

from __future__ import annotations

import re

DIGITS = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    **{c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "两": 2,
}
LARGE = {"万": 10_000, "亿": 100_000_000}

#: Inside a character class: every character of a Chinese whole number.
NUMERAL = "".join([*DIGITS, *"十拾百佰千仟廿卅", *LARGE])
#: Inside a character class: those of the numbers up to 99, for hours, minutes and the like.
SMALL = "零〇一二两三四五六七八九十"

_ZEROS = "零〇"
_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
fifteen sixteen seventeen eighteen nineteen"""
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH_SMALL = {word: value for value, word in enumerate(_WORDS.split())}
_ENGLISH_TENS = {word: 10 * value for value, word in enumerate(_TENS_WORDS.split(), start=2)}
_TENS = "|".join(_ENGLISH_TENS)
_ONES = "|".join(sorted(_ENGLISH_SMALL, key=len, reverse=True))
_DIGIT = "[一二两三四五六七八九壹贰叁肆伍陆柒捌玖]"
_SECTION = re.compile(
    rf"(?:(?P<thousands>{_DIGIT})[千仟])?"
    rf"(?:(?P<hundreds>{_DIGIT})[百佰])?"
    rf"(?:(?:[零〇](?={_DIGIT}[十拾]))?(?P<tens>{_DIGIT})?(?P<ten>[十拾])|(?P<zero>[零〇])(?!$))?"
    rf"(?P<ones>{_DIGIT})?"
)
#: Pattern of an English number word from zero to ninety-nine.
ENGLISH = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_ONES})"
#: The same up to nine hundred and ninety-nine.
HUNDREDS = rf"(?:(?:an?|{_ONES}) hundred(?:,? (?:and )?{ENGLISH})?|{ENGLISH})"
_THOUSANDS = rf"(?:(?:an?|{HUNDREDS}) thousand(?:,? (?:and )?{HUNDREDS})?|{HUNDREDS})"
#: Pattern of an English number in words of any size, and of dozens; "a dozen" alone is vague.
ENGLISH_NUMBER = (
    rf"(?:(?:half a|{ENGLISH}) dozen"
    rf"|(?:an?|{HUNDREDS}) (?:million|billion)(?:,? (?:and )?{_THOUSANDS})?|{_THOUSANDS})"
)
_SCALES = {"thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}


def chinese_int(numeral: str) -> int | None:
    """Read a Chinese whole number.

    Two digits side by side mean "about" (两三) or nothing (一五), so they are refused; three or
    more, or a leading zero, are digits read out (二零二五). A last digit right after 百, 千 or 万
    counts the next lower unit (一百五 is 150).

    Returns:
        The number, or `None` where the characters are no numeral or more than one reading fits.
    """
    if not numeral or len(numeral) > 24:
        return None
    if all(c in DIGITS for c in numeral):
        return _read_out(numeral)
    total = 0
    rest = numeral.replace("廿", "二十").replace("卅", "三十")
    for mark in ("亿", "万"):
        head, found, tail = rest.partition(mark)
        if not found:
            continue
        count = _section(head)
        if not count:
            return None
        total += count * LARGE[mark]
        if len(tail) == 1 and tail in DIGITS and tail not in _ZEROS:
            return total + DIGITS[tail] * LARGE[mark] // 10
        rest = tail[1:] if len(tail) > 1 and tail[0] in _ZEROS else tail
    section = _section(rest) if rest else 0
    return None if section is None else total + section


def _read_out(digits: str) -> int | None:
    if len(digits) == 2 and digits[0] not in _ZEROS:
        return None
    if len(digits) > 1 and "两" in digits:
        return None
    return int("".join(str(DIGITS[c]) for c in digits))


def _section(part: str) -> int | None:
    """Read a part below 10,000; `None` where its units do not fall in order."""
    match = _SECTION.fullmatch(part)
    if match is None or not part:
        return None
    if match["ten"] and not match["tens"] and (match["thousands"] or match["hundreds"]):
        return None  # 一百十五 is dialect, and 百十 a mere "about a hundred"
    total = 0
    last = 1
    for name, unit in (("thousands", 1000), ("hundreds", 100), ("tens", 10)):
        if digit := match[name]:
            total += DIGITS[digit] * unit
            last = unit
    if match["ten"] and not match["tens"]:
        total, last = 10, 10
    if not match["ones"]:
        return total
    # 一百五 leaves out the lower unit; 一百零五 and 一十五 do not.
    shift = last // 10 if last > 10 and not match["zero"] else 1
    return total + DIGITS[match["ones"]] * shift


def chinese_number(numeral: str) -> float | None:
    """Read a Chinese number with or without a decimal part: 三点一四 is 3.14."""
    whole, point, decimals = numeral.partition("点")
    value = chinese_int(whole)
    if value is None or not point:
        return None if value is None else float(value)
    if not decimals or any(c not in DIGITS or c == "两" for c in decimals):
        return None
    return float(f"{value}.{''.join(str(DIGITS[c]) for c in decimals)}")


def english_int(words: str) -> int | None:
    """Read an English number word from zero to ninety-nine."""
    head, _, tail = re.sub(r"[-\s]+", " ", words.strip()).partition(" ")
    if head in _ENGLISH_TENS:
        ones = _ENGLISH_SMALL.get(tail, 0)
        return _ENGLISH_TENS[head] + ones if not tail or 1 <= ones <= 9 else None
    return _ENGLISH_SMALL.get(head) if not tail else None


def english_number(words: str) -> int | None:
    """Read an English number of any size, or dozens: one thousand two hundred and fifty."""
    total, part = 0, 0
    for word in re.sub(r"[-,\s]+", " ", words.strip()).split():
        if word in ("a", "an"):
            part += 1
        elif word == "half":
            return 6
        elif word == "dozen":
            part *= 12
        elif word == "hundred":
            part *= 100
        elif word in _SCALES:
            total, part = total + part * _SCALES[word], 0
        elif word != "and":
            value = _ENGLISH_TENS.get(word, _ENGLISH_SMALL.get(word))
            if value is None:
                return None
            part += value
    return total + part


def small_int(token: str) -> int | None:
    """Read an hour, a minute or a count: digits, a Chinese numeral or an English word."""
    if token.isascii():
        return int(token) if token.isdigit() and len(token) <= 9 else english_int(token)
    return chinese_int(token)
