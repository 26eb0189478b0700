from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.core import Output, Sample, Suite
from harness.judges.judge import Judge
from harness.metrics.measure import Graded, Measure
from suites.style import accept
from suites.style.grading import grade
from suites.style.options import Options
from suites.style.questions import build
from suites.style.tone import tone_from

BARE, ASKED = Options(), Options(prompt="asked")
OTHER = {"温柔": "毒舌", "毒舌": "温柔"}
SUITES = {options.prompt: build(options) for options in (BARE, ASKED)}
TEST = {prompt: suite.test for prompt, suite in SUITES.items()}
both = pytest.mark.parametrize("options", [BARE, ASKED], ids=["bare", "asked"])
Answer = Callable[[Sample], str]


def asking(options: Options, samples: Sequence[Sample]) -> Suite:
    return replace(SUITES[options.prompt], test=tuple(samples))


def graded(options: Options, answer: Answer, judge: Judge | None = None) -> Graded:
    samples = TEST[options.prompt]
    return grade(
        options, asking(options, samples), [Output(s.id, answer(s)) for s in samples], judge
    )


def score(options: Options, answer: Answer) -> float:
    values = [v.value for v in graded(options, answer).verdicts if v is not None]
    known = [value for value in values if value is not None]
    assert len(known) == len(values) == len(TEST[options.prompt])
    assert all(0 <= value <= 1 for value in known)
    return sum(known) / len(known)


def measures(found: Graded, group: str = "") -> dict[str, Measure]:
    return {one.name: one for one in found.measures if one.group == group}


def reference(sample: Sample) -> str:
    return sample.reference


def swapped(sample: Sample) -> str:
    style, words = sample.reference.split("\n", 1)
    return f"{OTHER[style]}\n{words}"


@both
def test_references_are_perfect(options: Options) -> None:
    assert score(options, reference) == 1


@both
@pytest.mark.parametrize(
    "answer",
    [
        swapped,
        lambda sample: sample.reference.split("\n", 1)[1],  # no style
        lambda sample: f"温柔\n{sample.question}",  # an echo
        lambda _: "温柔",
        lambda _: "温柔\n" + "抱抱你哦，" * 12,
        lambda _: "",
    ],
    ids=["swapped", "no style", "echo", "style alone", "circles", "empty"],
)
def test_what_is_worth_nothing(options: Options, answer: Answer) -> None:
    assert score(options, answer) == 0


@both
@pytest.mark.parametrize(
    "answer",
    [
        lambda _: "温柔\n抱抱你，没关系呀💖",
        lambda _: "毒舌\n笑死，就这？🙄",
        lambda _: TEST["bare"][3].reference,
    ],
    ids=["gentle", "sharp", "another one's"],
)
def test_a_constant_reply_scores_far_lower(options: Options, answer: Answer) -> None:
    assert score(options, answer) < 0.25


def test_a_reply_to_another_line_in_the_right_style_scores_between() -> None:
    samples = TEST["asked"]
    of_style = {style: [s.reference for s in samples if s.family == style] for style in OTHER}
    assert 0.05 < score(ASKED, lambda sample: of_style[sample.family][-1]) < 0.5


def test_notes_say_why() -> None:
    sample = next(s for s in TEST["asked"] if s.family == "温柔")
    words = sample.reference.split("\n", 1)[1]
    texts = (words, f"毒舌\n{words}", "温柔\n就这？笑死🙄", "", "温柔\nxyz")
    outputs = [Output(sample.id, text) for text in texts]
    notes = [
        verdict.note
        for output in outputs
        for verdict in grade(ASKED, asking(ASKED, [sample]), [output], None).verdicts
        if verdict is not None
    ]
    assert notes == [
        "names no style",
        "names 毒舌, not 温柔",
        "names 温柔, sounds 毒舌",
        "empty",
        "names 温柔, sounds like no style",
    ]


def test_failed_answers_are_not_judged_and_count_as_nothing_said() -> None:
    samples = TEST["bare"][:2]
    outputs = [
        Output(samples[0].id, error="timed out"),
        Output(samples[1].id, samples[1].reference),
    ]
    found = grade(BARE, asking(BARE, samples), outputs, None)
    assert found.verdicts[0] is None
    lost = {one.metric: one.value for one in found.scores if one.sample_id == samples[0].id}
    assert lost == {"adherence": 0, "content": 0}
    assert measures(found)["rouge_l"].n == 2
    assert measures(found)["rouge_l"].value == pytest.approx(50)
    assert measures(found)["names_a_style"].value == 50


def test_a_run_without_any_answer_is_worth_nothing() -> None:
    samples = TEST["asked"]
    found = grade(
        ASKED, asking(ASKED, samples), [Output(s.id, error="down") for s in samples], None
    )
    assert found.verdicts == [None] * len(samples)
    for name in ("adherence", "content", "names_a_style", "rouge_l", "bleu", "chrf"):
        assert (measures(found)[name].value, measures(found)[name].n) == (0, len(samples))


def test_measures_by_style() -> None:
    found = graded(ASKED, lambda s: s.reference if s.family == "温柔" else swapped(s))
    assert measures(found)["adherence"].value == 50
    assert measures(found, "温柔")["adherence"].value == 100
    assert measures(found, "毒舌")["adherence"].value == 0
    assert measures(found, "毒舌")["rouge_l"].value == pytest.approx(100)
    assert measures(found)["names_a_style"].value == 100
    n = len(TEST["asked"]) // 2
    [confusion] = found.confusions
    assert confusion.labels == ("温柔", "毒舌")
    assert confusion.counts == ((n, 0, 0), (n, 0, 0))


def test_the_style_line_is_no_part_of_the_overlap() -> None:
    found = graded(BARE, lambda sample: sample.reference.split("\n", 1)[1])
    assert measures(found)["rouge_l"].value == pytest.approx(100)
    assert graded(BARE, swapped).confusions == []
    assert measures(graded(BARE, swapped))["rouge_l"].value < 100  # type: ignore[operator] # a number


def test_the_classifier_tells_how_far_it_can_be_trusted() -> None:
    accuracy = measures(graded(BARE, reference))["classifier_accuracy"]
    assert accuracy.value is not None
    assert accuracy.low is not None
    assert accuracy.value > 95
    assert accuracy.low > 85
    assert accuracy.n > 20


def made(path: Path, lines: Iterable[tuple[str, str, str]]) -> Options:
    keys = ("user", "style", "assistant")
    rows = [json.dumps(dict(zip(keys, line, strict=True))) for line in lines]
    path.write_text("\n".join(rows))
    return Options(data=path)


def test_where_styles_sound_alike_words_are_not_checked(tmp_path: Path) -> None:
    lines = [(f"第{n}句", "温柔" if n % 2 else "毒舌", f"好的{n // 7}号") for n in range(80)]
    options = made(tmp_path / "a.jsonl", lines)
    suite = build(options)
    tone = tone_from(suite.known)
    assert not tone.told
    assert tone.measure.note
    samples = suite.test
    found = grade(options, suite, [Output(s.id, s.reference) for s in samples], None)
    assert all(verdict is not None and verdict.value == 1 for verdict in found.verdicts)


def test_one_style_alone_needs_no_classifier(tmp_path: Path) -> None:
    options = made(tmp_path / "a.jsonl", [(f"第{n}句", "温柔", f"好{n}") for n in range(30)])
    suite = build(options)
    tone = tone_from(suite.known)
    assert (tone.told, tone.measure.value, tone.measure.note) == (
        False,
        None,
        "there is one style only",
    )
    samples = suite.test
    found = grade(options, suite, [Output(s.id, s.reference) for s in samples], None)
    assert all(verdict is not None and verdict.value == 1 for verdict in found.verdicts)


@dataclass(frozen=True)
class Says:
    """A judge that says the same of everything, and remembers what it was shown."""

    reply: str
    shown: list[str]

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            self.shown.append(sample.question)
            yield Output(sample.id, self.reply)


def test_a_judges_marks_replace_the_rules() -> None:
    judge = Says('{"风格": 5, "内容": 3}', [])
    found = graded(ASKED, swapped, Judge(judge, "judge"))
    assert [v.value for v in found.verdicts if v is not None] == [0.5] * len(TEST["asked"])
    assert measures(found)["adherence"].value == 100
    assert measures(found)["content"].value == 50
    assert len(judge.shown) == len(TEST["asked"])
    words = TEST["asked"][0].reference.split("\n", 1)[1]
    assert f"“{TEST['asked'][0].family}”" in judge.shown[0]
    assert words in judge.shown[0]


def test_a_judge_is_not_shown_what_says_nothing_or_could_be_in_any_style() -> None:
    judge = Says('{"风格": 5, "内容": 5}', [])
    for answer in (lambda _: "", lambda s: s.question, lambda s: s.reference.split("\n")[1]):
        found = graded(BARE, answer, Judge(judge, "judge"))
        assert {v.value for v in found.verdicts if v is not None} == {0}
    assert judge.shown == []


def test_what_a_judge_does_not_say_is_no_zero() -> None:
    found = graded(BARE, reference, Judge(Says("hm", []), "judge"))
    assert all(v is not None and v.unjudged and v.value is None for v in found.verdicts)
    assert measures(found)["adherence"].value is None


def test_an_english_style_is_judged_in_english(tmp_path: Path) -> None:
    lines = [(f"line number {n}", "gentle", f"there {n}, there") for n in range(30)]
    options = replace(made(tmp_path / "a.jsonl", lines), styles=("gentle",))
    samples = build(options).test
    judge = Says('{"style": 5, "content": 5}', [])
    outputs = [Output(s.id, s.reference) for s in samples]
    found = grade(options, asking(options, samples), outputs, Judge(judge, "judge"))
    assert {v.value for v in found.verdicts if v is not None} == {1}
    assert "The tone of the answer is: gentle." in judge.shown[0]


def test_scores_of_single_answers_are_shares() -> None:
    found = graded(BARE, lambda _: TEST["bare"][0].reference)
    values = [one.value for one in found.scores]
    assert len(values) == 2 * len(TEST["bare"])
    assert all(value is not None and 0 <= value <= 1 for value in values)


def test_what_a_teacher_replies_names_the_style_that_was_asked_for() -> None:
    asked = next(one for one in build(ASKED).train if one.family == "温柔")
    words = "辛苦啦，先歇一歇，我陪着你呢"
    told = [
        accept(ASKED, asked, asked.question, answer)
        for answer in (f"温柔\n{words}", words, f"毒舌\n{words}", f"温柔\n{asked.question}")
    ]
    assert told[0] is None
    assert told[1] == ("reply names no style", words)
    assert told[2] == ("reply names another style", "毒舌")
    assert told[3] is not None
    bare = build(BARE).train[0]
    assert accept(BARE, bare, bare.question, f"毒舌\n{words}") is None
