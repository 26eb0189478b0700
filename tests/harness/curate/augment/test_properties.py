"""Whatever the table and the question: keys keep their figures, and stay apart."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from harness.core import Domain
from harness.curate.augment.follow_ups import Turns
from harness.curate.augment.frames import Framing
from harness.curate.augment.synonyms import Synonyms
from harness.curate.augment.typos import Typos
from harness.curate.augment.words import frame_words, pronoun_words, slip_words
from harness.text.normalize import fold, prepare
from tests.harness.checker.forms import UNHURRIED
from tests.harness.curate.augment.made import row

# Letters and digits that are taken for one another, and what a code may hold between them.
KEYS = st.text("KkOoIl019/ ", min_size=1, max_size=6).map(str.strip).filter(bool)
PHRASINGS = st.sampled_from(
    [
        "{}次列车几点到站？",
        "请问{}在哪个站台？",
        "列车{}，停多久？",
        "When does the train {} leave?",
    ]
)
NAMES = st.sampled_from(["西安", "西安西", "西安站", "北京", "京", "京站", "京站站", "北1"])
JOINED = st.lists(NAMES, min_size=1, max_size=3).map("、".join)


def code(text: str) -> str:
    return "".join(prepare(text).split())


@given(st.lists(KEYS, min_size=1, unique=True), PHRASINGS, st.integers(0, 99))
@UNHURRIED
def test_no_slip_turns_a_key_into_another(keys: list[str], phrasing: str, seed: int) -> None:
    made = Typos(slip_words(), {"key": Domain(frozenset(keys))})
    others = {code(key) for key in keys[1:]}
    asked = row(phrasing.format(keys[0]), [keys[0]])
    for sample in made.changes(asked, random.Random(seed)):
        assert code(sample.named[0]) == code(keys[0])
        assert sample.named[0] in sample.question
        if sample.named[0] != keys[0]:
            assert code(keys[0]) not in others
            assert others.isdisjoint(code(piece) for piece in sample.named[0].split())
        before, after = (
            [c for c in fold(question) if c.isdigit()]
            for question in (asked.sample.question, sample.question)
        )
        assert before == after


@given(st.dictionaries(st.sampled_from(["站名", "始发站", "城市"]), st.sets(NAMES), min_size=1),
       st.dictionaries(NAMES, NAMES), JOINED)  # fmt: skip
def test_no_spelling_is_a_value_of_its_own(
    values: dict[str, set[str]], aliases: dict[str, str], name: str
) -> None:
    first = next(iter(values))
    domains = {
        column: Domain(frozenset(found), aliases if column == first else {})
        for column, found in values.items()
    }
    asked = row(f"去{name}的车有哪些？", [name], "")
    for sample in Synonyms(domains).changes(asked, random.Random(0)):
        parts = zip(sample.named[0].split("、"), name.split("、"), strict=True)
        for new, old in parts:
            if new != old:
                assert all(new not in found for found in values.values())
                assert aliases.get(new, old) == old or new == f"{old}站"


@given(st.text(), st.lists(st.text(), max_size=3), st.integers(0, 9))
@UNHURRIED
def test_any_question_can_be_changed(question: str, named: list[str], seed: int) -> None:
    rows = [row(question, named), row("K1几点开？", named, program="q")]
    for kind in (
        Framing(frame_words()), Synonyms({}), Typos(slip_words(), {}), Turns(pronoun_words(), rows),
    ):  # fmt: skip
        made = [list(kind.changes(rows[0], random.Random(seed))) for _ in range(2)]
        assert made[0] == made[1]
        assert all(sample.question != question for sample in made[0])
