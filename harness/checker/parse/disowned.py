"""Answers whose speaker does not stand by them: 9点左右，具体不清楚, 不是甲就是乙."""

from __future__ import annotations

import re

# A clause of nothing but doubt. One that says what of (我不确定站台) is about that alone.
_CHINESE = (
    r"(?<![^,。;!?\n:(—])(?:但是?|不过|只是|可是?|具体|说实话|老实说| )*(?:我|本人)?(?:自己)?"
    r"(?:也|都|并|还|其实|实在)*"
    r"(?:不(?:太|是很|大|是特别|敢|能|十分|很|完全)?(?:确定|肯定|保证|确认|打包票|清楚|记得|知道)"
    r"|拿不准|吃不准|说不[准好清]|记不太?清|没有?(?:太大|十足|什么)?把握"
    r"|(?:无法|难以)(?:确定|保证|肯定|确认))"
    r"(?:了|哦|呢|啦|吧|是否(?:正确|准确|属实)|对不对|答案|的)?"
    r"(?=$|[,。;!?\n)]| ?(?:但|不过|因为|所以))"
)
_DEGREE = (
    r"(?:really |quite |entirely |completely |totally |absolutely |very |so |100% |at all "
    r"|too |still |just )*"
)
_ENGLISH = (
    r"(?<!\byou're )(?<!\byou are )(?<!\bwho are )(?:\bnot |n't |\bun)"
    rf"{_DEGREE}"
    r"(?:sure|certain|confident)"
    r"(?: (?:about|of) (?:that|it|this)| it is| that(?:'s| is)| though| either| at all"
    r"| if (?:that|this|it) is (?:right|correct|true))?"
    r"(?=$|[,.;!?\n)]| (?:and|but|so|because|as)\b)"
    r"|\bi (?:really |honestly )?(?:doubt|question) (?:that|it|this)\b"
    r"|\bi (?:really |honestly |just )?(?:do not|don't) (?:really |actually )?know"
    r"(?: for sure)?(?=$|[,.;!?\n)])"
    r"|\b(?:can't|cannot|can not|could not|couldn't)"
    r" (?:confirm|be (?:sure|certain)|rule (?:it|that) out|vouch for|guarantee|verify"
    r"|(?:work|figure|make) (?:it|that|this) out(?: from [^,.;!?\n]{1,40})?)"
    r"(?: (?:it|that|this)(?: (?:out|though))?)?(?=$|[,.;!?\n)])"
    r"|\bneither (?:confirm|deny)\b|\bi (?:didn't|did not|haven't|have not) (?:actually|really)"
    r" (?:see|seen|check|checked|look|looked|read)\b"
    r"|\bunless i(?:'m| am| have|'ve) (?:mixing|mixed|confusing|confused|misremember|got the wrong)"
    r"|\bsome(?:time|where) (?:around|about) (?=[0-9a-z])"
)
_DISOWNS = re.compile(f"{_CHINESE}|{_ENGLISH}", re.ASCII)
# One of two or of several, whichever of them the right one is.
_EITHER = re.compile(
    r"(?<!是)不是[^,。;!?\n]{1,24}?就是|如果不是[^。;!?\n]{1,24}?(?:那|就)[^。;!?\n]{0,4}?是"
    r"|要么[^。;!?\n]{1,24}?要么|[都皆]有?可能(?!会?[不没])"
    r"|也(?:有?可能|许|不一定)(?:不是|不对|没有|并非|是别)"
    r"|不(?:能|可)?排除(?!法|在外)(?:是|为|有)?[^,。;!?\n]"
    r"|(?<![^,。;!?\n])(?:应该|肯定|必定?|总)?是?这?[二两三四几](?:[个者种人家位])?"
    r"(?:之一|[之其]?中的?(?:一个|某[个一位]))(?=$|[,。;!?\n])"
    r"|\bor (?:was|is) it\b|\b(?:one|either) of the (?:two|three)(?=$|[.,;!?\n])"
    r"|\b(?:might|may|could) (?:just )?as well (?:be|have)\b"
    r"|\b(?:and|plus) (?:at least )?(?:one|two|some|a few|several|others?)(?: more| others?)?"
    r"(?: that| which)? i (?:left out|forgot|forget|missed|can't|cannot|don't)\b"
    r"|\b(?:might|may|could) be (?:someone|somebody|something|somewhere|another)(?: one)? ?else\b"
    r"|(?:^|[.,;:!?\n] ?|\b(?:is|it's|was|be) )either\b[^.;!?\n]{1,40}?\bor\b",
    re.ASCII,
)
_LONGEST = 4000  # characters that are searched


def disowns(text: str) -> bool:
    """Tell whether a prepared answer says that the speaker is not sure, or leaves open which."""
    return any(pattern.search(text[:_LONGEST]) for pattern in (_DISOWNS, _EITHER))
