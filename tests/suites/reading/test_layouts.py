"""Random questions, typed in random ways, are read back whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from suites.reading.data import layouts
from suites.reading.parse_fold import content, shadow, tidy
from suites.reading.parse_questions import same
from suites.reading.parse_row import Question, read_row
from suites.reading.quiz import read_quiz, render

LETTERS = "ABCD"
CHINESE_WORDS = (
    "海边",
    "灯塔",
    "老人",
    "春天",
    "读书",
    "慢慢",
    "木船",
    "山谷",
    "亮着",
    "写信",
    "种树",
    "河水",
)
ENGLISH_WORDS = ("lamp", "tower", "keeper", "winter", "quiet", "Ridgeton", "boats", "a", "of")
ZH_STEMS = (
    "{}说的是",
    "关于{}，下列说法正确的一项是",
    "{}（建于海边）为了什么？",
    "第二段中{}的意思是",
)
EN_STEMS = ("What is {}?", "According to the text, {} is", "Why is {} (the old one) near ____?")

languages = st.sampled_from(("zh", "en"))


@st.composite
def phrases(draw: st.DrawFn, language: str) -> str:
    words = CHINESE_WORDS if language == "zh" else ENGLISH_WORDS
    chosen = draw(st.lists(st.sampled_from(words), min_size=2, max_size=4, unique=True))
    return "".join(chosen) if language == "zh" else " ".join(chosen)


@st.composite
def questions(draw: st.DrawFn, language: str) -> layouts.Asked:
    stems = ZH_STEMS if language == "zh" else EN_STEMS
    stem = draw(st.sampled_from(stems)).format(draw(phrases(language)))
    options = draw(st.lists(phrases(language), min_size=4, max_size=4, unique_by=same))
    return layouts.Asked(stem, tuple(options), draw(st.sampled_from(LETTERS)))


@st.composite
def quizzes(draw: st.DrawFn) -> tuple[str, list[layouts.Asked]]:
    language = draw(languages)
    asked = st.lists(questions(language), min_size=1, max_size=5, unique_by=lambda q: q.stem)
    return language, draw(asked)


@dataclass(frozen=True)
class Way:
    """How one cell of questions is typed."""

    number: str
    label: str
    order: str
    between: str
    score: str
    strange: bool

    def type(self, number: int, question: layouts.Asked) -> str:
        texts = dict(zip(LETTERS, question.options, strict=True))
        labels = [self.label.format(letter) for letter in self.order]
        if self.strange:
            labels = [label.translate(str.maketrans("ABC", "АВС")) for label in labels]
        typed = [
            f"{label}{texts[letter]}" for label, letter in zip(labels, self.order, strict=True)
        ]
        stem = f"{self.number.format(number)}{question.stem}{self.score}"
        return self.between.join([stem, *typed])


ways = st.builds(
    Way,
    number=st.sampled_from(("{}. ", "{}．", "{}、", "第{}题 ", "({}) ", "{}.", "Question {}: ")),
    label=st.sampled_from(("{}. ", "{}．", "{}、", "({})", "（{}） ", "{}) ", "{}: ", "{}.")),
    order=st.permutations(LETTERS).map("".join),
    between=st.sampled_from(("\n", "  ", "\t\t", "\n\n", "      ")),
    score=st.sampled_from(("", "（3分）", "(3 分)", " (2 points)", "（本题3分）")),
    strange=st.booleans(),
)


def kept(asked: list[layouts.Asked], first: int) -> tuple[Question, ...]:
    return tuple(
        Question(question.stem, question.options, question.key, str(number))
        for number, question in enumerate(asked, start=first)
    )


@given(quizzes(), ways, st.integers(1, 60))
def test_questions_typed_in_any_way_are_read_back(
    quiz: tuple[str, list[layouts.Asked]], way: Way, first: int
) -> None:
    _, asked = quiz
    typed = "\n".join(way.type(number, one) for number, one in enumerate(asked, start=first))
    answers = "\n".join(f"{n}. {one.key}" for n, one in enumerate(asked, start=first))
    row = read_row(typed, answers)
    assert row.kept == kept(asked, first)
    assert row.faults == ()


@given(
    quizzes(), st.sampled_from(layouts.QUESTIONS), st.sampled_from(layouts.ANSWERS),
    st.sampled_from((1, 21, 32)), st.booleans(),
)  # fmt: skip
def test_every_layout_of_the_workbooks_is_read_back(
    quiz: tuple[str, list[layouts.Asked]], typed: object, said: object, first: int, more: bool
) -> None:
    language, asked = quiz
    first = 1 if typed is layouts.ringed else first
    cells = layouts.numbered(asked, first, language)
    cells = layouts.short_answer(cells) if more else cells
    assert callable(typed)
    assert callable(said)
    row = read_row(typed(cells), said(cells))
    found = sorted(row.kept, key=lambda one: int(one.place))
    blank = "（ ）" if typed is layouts.scored else ""
    expected = kept([replace(one, stem=one.stem + blank) for one in asked], first)
    assert found == list(expected)
    assert [fault.rule for fault in row.faults] == ["short answer"] * more


ANSWERS = (
    lambda pairs: "  ".join(f"{n}.{key}" for n, key in pairs),
    lambda pairs: "".join(f"{n}{key}" for n, key in pairs),
    lambda pairs: "；".join(f"第{n}题：{key}" for n, key in pairs),
    lambda pairs: "\n".join(f"({n}) {key}" for n, key in pairs[::-1]),
    lambda pairs: "答案：" + "，".join(f"{n}、{key}" for n, key in pairs),
    lambda pairs: "\n".join(f"{n}.【答案】{key}\n【解析】1.A项不对，2B铅笔" for n, key in pairs),
    lambda pairs: "\n".join(f"{n}.【解析】A项不对，见第3段。故选{key}。" for n, key in pairs),
    lambda pairs: "".join(key for _, key in pairs),
    lambda pairs: "、".join(key for _, key in pairs),
    lambda pairs: "\n".join(key for _, key in pairs),
    lambda pairs: "\n".join(f"答案：{key}" for _, key in pairs),
    lambda pairs: "Answers: " + " ".join(f"{n}. {key.lower()}" for n, key in pairs),
    lambda pairs: "\n".join(f"【{n}题答案】{key}" for n, key in pairs),
)


@given(quizzes(), st.sampled_from(ANSWERS), st.integers(1, 60))
def test_answers_said_in_any_way_are_matched(
    quiz: tuple[str, list[layouts.Asked]], said: object, first: int
) -> None:
    language, asked = quiz
    assert callable(said)
    pairs = [(number, question.key) for number, question in enumerate(asked, start=first)]
    row = read_row(layouts.plain(layouts.numbered(asked, first, language)), said(pairs))
    assert row.kept == kept(asked, first)
    assert row.faults == ()


@given(quizzes(), languages)
def test_what_is_taught_is_read_back(quiz: tuple[str, list[layouts.Asked]], form: str) -> None:
    _, asked = quiz
    read = read_quiz(render(kept(asked, 1), "zh" if form == "zh" else "en"))
    assert read.keeps_form(len(asked))
    said = [(item.stem, item.options, item.key) for item in read.items]
    assert said == [(one.stem, one.options, one.key) for one in asked]


CHARACTERS = "ABCDАВabcd1290①②一十第题答案解析.．、:：()（）【】 \u3000\n\t-～?？，。甲乙is _"
cells = st.text(st.sampled_from(CHARACTERS), max_size=120)


@settings(max_examples=300)
@given(cells, cells)
def test_no_cell_is_too_broken_and_no_question_is_lost(typed: str, said: str) -> None:
    row = read_row(typed, said)
    for question in row.kept:
        assert question.stem
        assert len(set(map(same, question.options))) == 4
        assert all(question.options)
        assert question.key in LETTERS
    if not row.kept:
        assert row.faults or not typed.strip()
    places = [
        place
        for place in (*(one.place for one in row.kept), *(one.where for one in row.faults))
        if place
    ]
    assert len(places) == len(set(places))


@given(st.text(max_size=60))
def test_patterns_see_the_text_where_it_stands(text: str) -> None:
    assert len(shadow(tidy(text))) == len(tidy(text))
    assert content(content(tidy(text))) == content(tidy(text))
