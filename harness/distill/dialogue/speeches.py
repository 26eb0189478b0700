"""What is said in a novel, and by whom where the text itself tells: found by rules alone.

    她笑道：“茶好了。”      “坐吧，”阿禾说，“水快开了。”      「走了？」老周问。
    “Sit down,” said Ada.   Ada said, "Sit down."             阿禾：坐吧。

Rules find what stands in quotation marks or after a verb of saying, and the names that stand as
its subject. What they cannot tell they leave open; a teacher reads better, and is checked by them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

# Between quotation marks, or from the opening one to the paragraph's end.
_QUOTED = re.compile(
    r"“(?P<a>[^“”]*)(?P<closed_a>”|$)|「(?P<b>[^「」]*)(?P<closed_b>」|$)"
    r"|『(?P<c>[^『』]*)(?P<closed_c>』|$)|＂(?P<e>[^＂]*)(?P<closed_e>＂|$)"
    r"|\"(?P<d>[^\"]*)(?P<closed_d>\"|$)"
)
_OPENING = '“「『"＂'
_SAY = (
    r"(?:(?<![知味难通轨跑])道(?![路理德歉士长观具])|说(?!法|明书)|问|答|喊|嚷|叫|应(?![该当])|曰|叹|吩咐"
    r"|笑(?=$|[，。：:,]))"
)
_SAID = re.compile(
    _SAY + r"|\b(?:said|says|asked|asks|replied|replies|answered|cried|whispered|murmured|shouted"
    r"|called|muttered|told|added|laughed|sighed)\b"
)
# A verb of saying right before the words, or a colon.
_BEFORE = re.compile(
    rf"(?:{_SAY}[^。！？!?]{{0,6}}|\b[a-z]+(?:ed|id|ys)\b[^.!?]{{0,20}})[：:，,]?\s*$"
)
_COLON = re.compile(r"[：:]\s*$")
_SENTENCE_END = re.compile(r"[。！？!?；;…]|(?<![A-Z]r)(?<!Mrs)\.(?=\s|$)")
_CLAUSE_END = re.compile("[，,、]")
_HOW = (
    "(?:冷|苦|微|嘻嘻|呵呵|哈哈|大|轻|淡淡|连|又|也|便|就|才|却|忙|连忙|急忙|低声|轻声|高声|小声|大声"
    "|沉声|柔声|点头|摇头|接着|回头|转身|只|[\u4e00-\u9fff]{1,3}地|[，,])"
)
_SUBJECT = re.compile(
    rf"(?:^|(?<=[。！？；…”」』\"\s]))(?P<name>[\u4e00-\u9fff·]{{1,6}}?){_HOW}*(?:笑|哭|喝|回|答|问|说|叹|应)?{_SAY}"
)
_ENGLISH = re.compile(
    r"\b(?:said|asked|replied|answered|cried|whispered) (?P<after>[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    r"|\b(?P<before>[A-Z][a-z]+(?: [A-Z][a-z]+)?) (?:[a-z]+ly )?"
    r"(?:said|asked|replied|answered|cried|whispered)\b"
)
# A line of a play: a name, perhaps what they do meanwhile, a colon, and no quotation mark.
_SCRIPT = re.compile(
    r"^\s*(?P<name>[^\s：:，。！？“”「」\"（(【\[]{1,12})\s*(?:[（(【\[][^）)】\]]{0,20}[）)】\]])?\s*[：:]"
    r"\s*(?:[（(【\[][^）)】\]]{0,40}[）)】\]])?\s*(?P<words>[^\s“「『\"＂].*)$"
)
_PRONOUNS = frozenset("我你他她它您谁咱") | {
    "有人", "那人", "这人", "He", "She", "They", "We", "You", "It", "Who", "And", "But", "Then",
}  # fmt: skip
_PRONOUN = re.compile(r"[他她它我]|\b(?:he|she|they|we|I)\b", re.IGNORECASE)
# Who is spoken to does not speak.
_SPOKEN_TO = re.compile(r"(?:[对向朝跟同与给冲望着问喊叫劝]|告诉|吩咐|\b(?:to|at|with))\s*$")
# What stands right before a subject: nothing, or what leads up to it.
_BEGINS = re.compile(
    r"(?:^|[，,、；;：:…\s]|[的便却倒而那]|一旁|旁边|这时|忽然|[只却但]见|只?听得?)$"
)
# A word or two in quotation marks within a sentence is no speech: 所谓“君子”.
_ENDS_AS_SPEECH = re.compile(r"[，。！？…—!?.,~～；;]\s*$")


@dataclass(frozen=True, slots=True)
class Speech:
    """Words that somebody says, as they stand in the text.

    Args:
        start: offset of the first character, behind the quotation mark.
        end: offset behind the last.
        block: number of the paragraph; paragraphs that one speech runs through are one.
        speaker: who says it, empty where the rules cannot tell.
        told: whether the text itself names the speaker with a verb of saying.
    """

    start: int
    end: int
    block: int
    speaker: str = ""
    told: bool = False


def find_speeches(text: str, names: Sequence[str]) -> list[Speech]:
    """All speeches of a text, in order.

    Args:
        text: line ends as line feeds.
        names: known names of a speaker; others are learned from the text.
    """
    paragraphs = list(_paragraphs(text))
    cast = Cast([*names, *_learned(text, paragraphs)])
    found: list[Speech] = []
    lead = ""
    for paragraph in paragraphs:
        speeches = list(_in_paragraph(text, paragraph, cast, lead))
        found += speeches
        last = text[speeches[-1].end if speeches else paragraph.start : paragraph.end]
        lead = last if not speeches and _COLON.search(last) else ""
    return _in_turns(text, _same_block(text, found))


class Cast:
    """The names that speakers are known by."""

    def __init__(self, names: Iterable[str]) -> None:
        longest = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
        parts = (rf"\b{re.escape(n)}\b" if n.isascii() else re.escape(n) for n in longest)
        self._pattern = re.compile("|".join(parts)) if longest else None

    def named(self, text: str) -> list[str]:
        """The names that a text holds, in order, each once."""
        if self._pattern is None:
            return []
        return list(dict.fromkeys(self._pattern.findall(text)))

    def subject(self, sentence: str) -> str:
        """Who does what the last clause says; empty where that is a pronoun, or nobody known.

        A clause without a subject has that of the one before: 小满放下竹篙，笑道.
        """
        for clause in reversed(_CLAUSE_END.split(sentence)):
            for found in self._pattern.finditer(clause) if self._pattern else ():
                before = clause[: found.start()]
                if _PRONOUN.search(before):
                    return ""
                if not _SPOKEN_TO.search(before):
                    begins = found[0].isascii() or _BEGINS.search(before) is not None
                    return str(found[0]) if begins else ""
            if _PRONOUN.search(clause):
                return ""
        return ""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    start: int
    end: int
    block: int


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """The lines that hold something; a speech that is left open goes on in the next of them."""
    block = 0
    start = 0
    open_ = False
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            goes_on = open_ and line.lstrip()[:1] in _OPENING
            block += not goes_on
            yield _Paragraph(start, end, block)
            marks = list(_QUOTED.finditer(line))
            open_ = bool(marks) and not _closed(marks[-1])
        start = end + 1


def _closed(mark: re.Match[str]) -> bool:
    return any(mark[f"closed_{name}"] for name in "abcde")


def _learned(text: str, paragraphs: Sequence[_Paragraph]) -> list[str]:
    """Names that stand as the subject of a verb of saying more than once."""
    counts: Counter[str] = Counter()
    for paragraph in paragraphs:
        line = text[paragraph.start : paragraph.end]
        narration = _QUOTED.sub("”", line)
        counts.update(m["name"] for m in _SUBJECT.finditer(narration))
        counts.update(m["after"] or m["before"] for m in _ENGLISH.finditer(narration))
        script = _SCRIPT.match(line)
        if script:
            counts[script["name"]] += 1
    names = [name for name, count in counts.items() if count > 1 and not _is_no_name(name)]
    # 阿禾笑 is 阿禾 who laughs.
    return [n for n in names if not any(n != o and n.startswith(o) and len(o) > 1 for o in names)]


def _is_no_name(name: str) -> bool:
    if name in _PRONOUNS or name[0] in _PRONOUNS:
        return True
    return bool(_SAID.search(name)) or (len(name) == 1 and not name.isascii())


def _in_paragraph(text: str, at: _Paragraph, cast: Cast, lead: str) -> Iterator[Speech]:
    """The speeches of a paragraph, with their speakers as far as it tells them.

    Args:
        text: the whole text.
        at: the paragraph.
        cast: known names.
        lead: the end of the paragraph before, where that ends in a colon.
    """
    line = text[at.start : at.end]
    spans = [(m.start(), m.end(), *_inside(m)) for m in _QUOTED.finditer(line)]
    spans = [span for span in spans if line[span[2] : span[3]].strip()]
    unquoted = _unquoted(line, at, cast)
    if unquoted is not None or not spans:
        yield from () if unquoted is None else (unquoted,)
        return
    before = [
        line[a:b] for a, b in zip([0, *(s[1] for s in spans)], (s[0] for s in spans), strict=False)
    ]
    after = [*before[1:], line[spans[-1][1] :]]
    before[0] = before[0] if before[0].strip() else lead
    kept = [
        (start, end, narrated, follows)
        for (_, _, start, end), narrated, follows in zip(spans, before, after, strict=True)
        if _is_speech(line[start:end], narrated, follows)
    ]
    who = _speakers(
        [(narrated, follows) for *_, narrated, follows in kept], "".join((*before, after[-1])), cast
    )
    for (start, end, *_), (speaker, told) in zip(kept, who, strict=True):
        yield Speech(at.start + start, at.start + end, at.block, speaker, told)


def _inside(mark: re.Match[str]) -> tuple[int, int]:
    """Where the words between the marks begin and end."""
    name = next(name for name in "abcde" if mark[name] is not None)
    return mark.start(name), mark.end(name)


def _is_speech(words: str, narrated: str, follows: str) -> bool:
    """Whether quoted words are said, and not merely named."""
    if _ENDS_AS_SPEECH.search(words) or _BEFORE.search(narrated) or _COLON.search(narrated):
        return True
    return not narrated.strip() and (not follows.strip() or bool(_verb_after(follows)))


def _speakers(
    around: Sequence[tuple[str, str]], narration: str, cast: Cast
) -> list[tuple[str, bool]]:
    """Who says each speech of a paragraph, and whether a verb of saying tells it."""
    found = [_told(narrated, follows, cast) for narrated, follows in around]
    alone = len(cast.named(narration)) == 1
    if not any(found):
        return [(cast.subject(narration) if alone else "", False)] * len(around)
    filled: list[tuple[str, bool]] = []
    first = next(name for name in found if name) if alone else ""
    for name in found:
        earlier = filled[-1][0] if filled else first
        filled.append((name if name else earlier, bool(name)))
    return filled


def _told(narrated: str, follows: str, cast: Cast) -> str:
    """The subject of the verb of saying beside a speech; empty where there is none."""
    if _BEFORE.search(narrated) or _COLON.search(narrated):
        sentence = _SENTENCE_END.split(narrated.rstrip())[-1]
        if name := cast.subject(sentence):
            return name
    told = _verb_after(follows)
    # “好。”小满点头，老周说：“走罢。” is about the next speech.
    elsewhere = _COLON.search(follows) is not None and len(cast.named(told)) > 1
    return "" if elsewhere else cast.subject(told)


def _verb_after(follows: str) -> str:
    """The words right behind a speech up to the sentence's end, where they say that it is said."""
    sentence = _SENTENCE_END.split(follows, maxsplit=1)[0]
    sentence = re.split("[：:]", sentence)[0]
    return sentence if _SAID.search(sentence[:40]) else ""


def _unquoted(line: str, at: _Paragraph, cast: Cast) -> Speech | None:
    """A line such as 阿禾：坐吧。 or 阿禾笑道：坐吧。, without quotation marks around it."""
    found = _SCRIPT.match(line)
    name = cast.subject(found["name"]) if found else ""
    if found is None or not name:
        return None
    if name != found["name"] and not _BEFORE.search(found["name"]):
        return None
    start, end = found.span("words")
    return Speech(at.start + start, at.start + end, at.block, name, told=True)


def _same_block(text: str, speeches: Sequence[Speech]) -> list[Speech]:
    """Give a speech that goes on in the next paragraph the speaker whom that one tells."""
    named = list(speeches)
    for at in range(len(named) - 2, -1, -1):
        speech, after = named[at : at + 2]
        goes_on = speech.block == after.block and "\n" in text[speech.end : after.start]
        if goes_on and not speech.speaker:
            named[at] = replace(speech, speaker=after.speaker)
    return named


def _in_turns(text: str, speeches: Sequence[Speech]) -> list[Speech]:
    """Name the speakers of lines that stand alone between two who speak in turns."""
    named: list[Speech] = []
    for speech in speeches:
        alone = not speech.speaker and len(named) > 1 and _alternates(text, named[-2:], speech)
        named.append(replace(speech, speaker=named[-2].speaker) if alone else speech)
    return named


def _alternates(text: str, before: Sequence[Speech], speech: Speech) -> bool:
    """Whether two known speakers took turns in the two paragraphs right before a bare speech."""
    first, second = before
    if not first.speaker or not second.speaker or first.speaker == second.speaker:
        return False
    if (first.block, second.block) != (speech.block - 2, speech.block - 1):
        return False
    line_start = text.rfind("\n", 0, speech.start) + 1
    line_end = text.find("\n", speech.end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    return len(line.strip()) <= speech.end - speech.start + 2
