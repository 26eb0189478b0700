"""What people do to a work or an enterprise, and what they are called for it: wrote, author.

Fields of tables are called by the one and asked for by the other: who designed it? Architect: A.
"""

from __future__ import annotations

import re

#: What a word for a role becomes: a word that names the role alone.
MARK = "qrole"

_ROLES = {
    "writes": r"(?<!词)作者|撰写|编写|所著|原著|(?<!填)写(?!字)"
    r"|\b(?:author\w*|writ(?:er|ers|es|ten|ing)|wrote"
    r"|penned)\b",
    "translates": r"译者|翻译|\btranslat\w+\b",
    "edits": r"主编|\bedit(?:or|ors|ed|s)\b",
    "directs": r"导演|执导|\bdirect(?:or|ors|ed|s)\b",
    "acts": r"主演|饰演|出演|领衔|\b(?:starr(?:ed|ing)|stars|actors?|actress)\b",
    "produces": r"监制|制片人?|\bproduc(?:er|ers)\b",
    "sings": r"演唱者?|歌手|(?<!翻)唱(?!片|歌)|\b(?:sings?|singer|sang|sung|vocals)\b",
    "covers": r"翻唱",
    "composes": r"作曲家?|谱曲|\bcompos(?:er|ed|es)\b",
    "words": r"作词|词作者|填词|\blyric\w*\b",
    "designs": r"设计师?|建筑师|\b(?:design(?:er|ers|ed|s)?|architects?)\b",
    "engineers": r"工程师|\bengineer(?:s|ed)?\b",
    "builds": r"承建商?|施工方?|建造|\b(?:built|builders?|contractors?)\b",
    "coaches": r"主?教练|执教|\bcoach(?:es|ed)?\b",
    "captains": r"队长|\bcaptain(?:s|ed)?\b",
    "owns": r"房东|业主|\b(?:owner|owns|owned|landlord)\b",
    "rents": r"租客|租户|承租人?|\b(?:tenants?|rents|rented)\b",
    "supplies": r"供应商?|供货商?|进货|\b(?:suppliers?|suppl(?:y|ies|ied))\b",
    "carries": r"承运|\bcarriers?\b",
    "publishes": r"出版社?|\bpublish(?:er|ers|ed|es)\b",
    "founds": r"创始人?|创立|创办|\b(?:founders?|founded)\b",
    "invents": r"发明者?|\binvent(?:or|ed|s)\b",
    "paints": r"画家|画的|\b(?:painters?|painted)\b",
    "photographs": r"摄影师?|\bphotograph(?:er|ed)\b",
    "sponsors": r"赞助商?|\bsponsor(?:s|ed)?\b",
    "ends": r"目的地|终点(?!站)|\bdestination\b",
    "referees": r"主?裁判|\breferee[sd]?\b",
}
_WORDS = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _ROLES.items()), re.ASCII
)


def named_roles(text: str) -> str:
    """Put one word for whatever names a role in a prepared text."""
    return _WORDS.sub(lambda found: f" {MARK}{found.lastgroup} ", text)
