"""The way `extract` with teachers whose every reply is known."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.benchmark import Chosen
from harness.config.sections import Distill
from harness.config.teachers import FakeTeacher, TemplateTeacher
from harness.core import Gold, Message, Output, Sample
from harness.distill.dialogue.locate import ANOTHER, INVENTED, NARRATED, NO_LINE, NOT_NAMED
from harness.distill.dialogue.novel import Story, story_from
from harness.distill.distillation import Distillation, Teaching, distill, plan_distillation
from harness.distill.prompts import read_prompt
from harness.distill.request import CUT_OFF, NO_REPLY, UNREADABLE, Proposal, Request
from harness.distill.tally import Tally
from harness.distill.verify.verifier import DUPLICATE, NO_QUESTION, TEST_PHRASING
from harness.distill.ways.extract import ECHO, NO_WORDS, Extract, Spoken
from harness.errors import InputError
from harness.models.no_answer import THOUGHT
from harness.models.template import TemplateModel
from harness.stages.questions import make_questions
from harness.store.files import read_json, read_jsonl
from suites.own_data import words_of
from suites.roleplay import BENCHMARK, questions
from suites.roleplay.data import make
from suites.roleplay.options import HERE, Options

TEMPLATE, FAKE = TemplateTeacher(), FakeTeacher(engine="fake")
SCENES = words_of(make.__file__)["scenes"]

Line = tuple[str, str]
TEXT = (
    "渡口起了雾。\n"
    "“这雾里船走得了么？”老周问。\n"
    "小满笑道：“走得了，闭着眼也摸得到。”\n"
    "“担子重，”老周说，“怕压坏了你的船。”\n"
    "「压不坏。」小满道。\n"
    "所谓“水路”，就是这样走出来的。\n"
)
SAID: tuple[Line, ...] = (
    ("老周", "这雾里船走得了么？"),
    ("小满", "走得了，闭着眼也摸得到。"),
    ("老周", "担子重，"),
    ("老周", "怕压坏了你的船。"),
    ("小满", "压不坏。"),
)


def story(text: str = TEXT, **changes: Any) -> Story:
    return Story(**{"where": "novel.txt", "text": text, "persona": "小满", **changes})


def way_of(told: Story, **section: Any) -> Extract:
    return Extract(told, Distill(teacher=FAKE, way="extract", **section), read_prompt("extract"))


def reply(*lines: Line) -> str:
    items = [{"speaker": speaker, "line": line} for speaker, line in lines]
    return json.dumps(items, ensure_ascii=False)


def read(
    way: Extract, text: str, finish: Literal["stop", "length"] = "stop"
) -> tuple[list[Proposal], list[tuple[str, str]]]:
    """What the next request's reply proposes, and why other lines are refused."""
    request = next(iter(way.requests({"single": 1})))
    found = list(way.read(request, Output(request.sample.id, text, finish)))
    rows = [proposal for proposal in found if proposal.refused is None]
    return rows, [proposal.refused for proposal in found if proposal.refused is not None]


def turns(proposal: Proposal) -> list[str]:
    return [*(message.content for message in proposal.sample.messages), proposal.answer]


def tale() -> Story:
    options = Options(novel=HERE / "data" / "ferry.txt", aliases=("小满",))
    told = questions.build(options).novel
    assert told is not None
    return story_from(told)


def test_replies_become_rows_with_what_was_said_before() -> None:
    rows, refused = read(way_of(story()), reply(*SAID))
    assert refused == []
    assert [turns(row) for row in rows] == [
        ["这雾里船走得了么？", "走得了，闭着眼也摸得到。"],
        ["这雾里船走得了么？", "走得了，闭着眼也摸得到。", "担子重，怕压坏了你的船。", "压不坏。"],
    ]
    assert [row.sample.family for row in rows] == ["single", "dialogue"]


def test_a_row_says_where_in_the_text_it_stands() -> None:
    rows, _ = read(way_of(story()), reply(*SAID))
    start, _, end = rows[0].sample.id.removeprefix("extract/").partition("-")
    assert TEXT[int(start) : int(end)].startswith("这雾里船走得了么？”老周问。")
    assert TEXT[int(start) : int(end)].endswith("闭着眼也摸得到。")
    assert rows[0].sample.template == f"extract/0-{len(TEXT)}"
    assert rows[0].sample.gold == Gold("free", rows[0].answer)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("小满", "这句话书里没有。"), INVENTED),
        (("小满", "走得了闭着眼也摸不到"), INVENTED),
        (("小满", "渡口起了雾。"), NARRATED),
        (("小满", "水路"), NARRATED),
        (("阿荇", "压不坏。"), NOT_NAMED),
        (("老周", "压不坏。"), ANOTHER),
        (("小满", "担子重，"), ANOTHER),
        (("小满", "……"), NO_LINE),
        (("小满", ""), NO_LINE),
    ],
)
def test_a_line_that_the_text_does_not_prove(line: Line, reason: str) -> None:
    rows, refused = read(way_of(story()), reply(line))
    assert rows == []
    assert [why for why, _ in refused] == [reason]
    assert line[1] in refused[0][1]


@pytest.mark.parametrize(
    "line",
    [
        "走得了，闭着眼也摸得到。",
        "“走得了，闭着眼也摸得到。”",
        "走得了,闭着眼也摸得到",
        "走得了， 闭着眼\n也摸得到。",
        "闭着眼也摸得到",
    ],
)
def test_a_copy_may_differ_in_marks_and_blanks_and_the_text_is_taught(line: str) -> None:
    rows, refused = read(way_of(story()), reply(SAID[0], ("小满", line)))
    assert refused == []
    assert [row.answer for row in rows] == ["走得了，闭着眼也摸得到。"]


def test_a_line_around_narration_may_come_as_one() -> None:
    joined = ("老周", "担子重，怕压坏了你的船。")
    rows, refused = read(way_of(story()), reply(joined, SAID[4]))
    assert refused == []
    assert [turns(row) for row in rows] == [["担子重，怕压坏了你的船。", "压不坏。"]]


@pytest.mark.parametrize(
    ("text", "said", "rows"),
    [
        (
            "“走么？”老周问。\n“走罢，”小满说。\n",
            [("老周", "走么？"), ("小满", "走罢，")],
            [["走么？", "走罢。"]],
        ),
        (
            "“Now,” said 老周, “or never?”\n“Not yet,” said 小满, “sir.”\n",
            [("老周", "Now, or never?"), ("小满", "Not yet,"), ("小满", "sir.")],
            [["Now, or never?", "Not yet, sir."]],
        ),
    ],
)
def test_a_comma_before_who_says_it_ends_no_reply(
    text: str, said: list[Line], rows: list[list[str]]
) -> None:
    found, refused = read(way_of(story(text)), reply(*said))
    assert refused == []
    assert [turns(row) for row in found] == rows


def test_no_row_skips_what_was_said_between() -> None:
    rows, refused = read(way_of(story()), reply(SAID[0], SAID[4]))
    assert (rows, refused) == ([], [])


def test_a_refused_line_does_not_join_its_neighbours() -> None:
    rows, refused = read(way_of(story()), reply(SAID[0], ("阿荇", SAID[1][1]), *SAID[2:]))
    assert len(refused) == 1
    assert [turns(row) for row in rows] == [["担子重，怕压坏了你的船。", "压不坏。"]]


def test_a_speaker_whom_nobody_knows_is_no_cue_and_no_fault() -> None:
    rows, refused = read(way_of(story()), reply(("", SAID[0][1]), *SAID[1:]))
    assert refused == []
    assert [turns(row) for row in rows] == [["担子重，怕压坏了你的船。", "压不坏。"]]


def test_a_short_line_is_found_where_it_stands_alone() -> None:
    text = "“你好了么？”老周问小满。\n小满道：“好。”\n"
    rows, refused = read(way_of(story(text)), reply(("老周", "你好了么？"), ("小满", "好。")))
    assert refused == []
    assert [turns(row) for row in rows] == [["你好了么？", "好。"]]


def test_the_same_words_twice_are_two_lines_in_their_order() -> None:
    text = "老周道：“好。”\n小满道：“好么？”\n老周道：“好。”\n小满道：“走罢。”\n"
    lines = [("老周", "好。"), ("小满", "好么？"), ("老周", "好。"), ("小满", "走罢。")]
    rows, refused = read(way_of(story(text)), reply(*lines))
    assert refused == []
    assert [turns(row)[-2:] for row in rows] == [["好。", "好么？"], ["好。", "走罢。"]]


def test_another_speaker_ends_the_history() -> None:
    text = "老周道：“甲？”\n小满道：“乙。”\n阿荇道：“丙？”\n小满道：“丁。”\n"
    lines = [("老周", "甲？"), ("小满", "乙。"), ("阿荇", "丙？"), ("小满", "丁。")]
    rows, _ = read(way_of(story(text)), reply(*lines))
    assert [turns(row) for row in rows] == [["甲？", "乙。"], ["丙？", "丁。"]]


@pytest.mark.parametrize("between", ["水" * 401, "第二章　归来", "＊＊＊"])
def test_far_apart_or_in_another_chapter_nothing_is_an_answer(between: str) -> None:
    text = f"老周道：“走么？”\n{between}\n小满道：“走。”\n"
    rows, refused = read(way_of(story(text)), reply(("老周", "走么？"), ("小满", "走。")))
    assert (rows, refused) == ([], [])


def test_history_is_as_long_as_the_story_says_and_begins_with_the_system() -> None:
    pairs = [(f"问{n}？", f"答{n}。") for n in "甲乙丙丁"]
    text = "".join(f"老周道：“{cue}”\n小满道：“{answer}”\n" for cue, answer in pairs)
    lines = [line for cue, answer in pairs for line in (("老周", cue), ("小满", answer))]
    rows, _ = read(way_of(story(text, turns=1, system="你是小满。")), reply(*lines))
    assert turns(rows[-1]) == ["你是小满。", "问丙？", "答丙。", "问丁？", "答丁。"]
    assert rows[-1].sample.messages[0] == Message("system", "你是小满。")


def test_the_persona_may_have_other_names() -> None:
    text = "“走么？”老周问。\n姑娘笑道：“走。”\n"
    told = story(text, aliases=("姑娘",))
    for name in ("姑娘", "小满"):
        rows, refused = read(way_of(told), reply(("老周", "走么？"), (name, "走。")))
        assert refused == []
        assert [row.answer for row in rows] == ["走。"]


def test_a_text_without_marks_is_the_teachers_to_read() -> None:
    text = "老周问小满走不走，小满答了一句走罢就上了船。\n"
    way = way_of(story(text))
    assert sum(way.there.values()) >= 1
    rows, refused = read(way, reply(("老周", "走不走"), ("小满", "走罢"), ("小满", "没有的话")))
    assert [turns(row) for row in rows] == [["走不走", "走罢"]]
    assert [why for why, _ in refused] == [INVENTED]


@pytest.mark.parametrize(
    ("text", "finish", "reasons"),
    [
        ("[]", "stop", []),
        ("```json\n[]\n```", "stop", []),
        ('{"lines": []}', "stop", []),
        ("没有对话。", "stop", [UNREADABLE]),
        ('{"x": 1}', "stop", [UNREADABLE]),
        ("<think>想想", "length", [THOUGHT]),
        ("[", "length", [CUT_OFF]),
    ],
)
def test_replies_of_no_use(
    text: str, finish: Literal["stop", "length"], reasons: list[str]
) -> None:
    rows, refused = read(way_of(story()), text, finish)
    assert rows == []
    assert [why for why, _ in refused] == reasons


def test_a_reply_cut_off_keeps_all_but_its_last_line() -> None:
    rows, refused = read(way_of(story()), reply(*SAID)[:-20], "length")
    assert [turns(row) for row in rows] == [["这雾里船走得了么？", "走得了，闭着眼也摸得到。"]]
    assert [why for why, _ in refused] == [CUT_OFF]


def test_fields_under_other_names() -> None:
    items = [{"说话人": speaker, "台词": line} for speaker, line in SAID]
    rows, refused = read(way_of(story()), json.dumps(items, ensure_ascii=False))
    assert refused == []
    assert len(rows) == 2


def test_an_exchange_over_the_end_of_a_piece_is_whole_and_none_comes_twice() -> None:
    told = tale()
    for per_request in (1, 2, 5, 30):
        way = way_of(told, per_request=per_request)
        rows = [
            proposal
            for request, output in _answered(way, TemplateModel().generate)
            for proposal in way.read(request, output)
        ]
        pairs = [(row.question, row.answer) for row in rows]
        assert len(pairs) == len(set(pairs))
        assert set(pairs) <= {pair for scene in SCENES for pair in scene["talk"].items()}
        assert len(pairs) > 30


def _answered(
    way: Extract, answer: Callable[[Iterable[Sample]], Iterator[Output]]
) -> Iterator[tuple[Request, Output]]:
    requests = list(way.requests(way.there))
    return zip(requests, answer(request.sample for request in requests), strict=True)


def test_rules_alone_find_most_of_a_tale_and_nothing_wrong() -> None:
    way = way_of(tale())
    rows = [p for r, o in _answered(way, TemplateModel().generate) for p in way.read(r, o)]
    talk = {pair for scene in SCENES for pair in scene["talk"].items()}
    assert all(row.refused is None for row in rows)
    assert {(row.question, row.answer) for row in rows} <= talk
    assert len(rows) >= 0.8 * len(talk)


def test_a_perfect_reader_finds_all_of_it() -> None:
    told = tale()
    said = [
        (who, line)
        for scene in SCENES
        for cue, answer in scene["talk"].items()
        for who, line in ((scene["guest"], cue), ("小满", answer))
    ]

    def perfect(samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            bare = sample.question.translate({ord(mark): None for mark in "“”「」"})
            shown = [(who, line) for who, line in said if line in bare or _parts(line, bare)]
            yield Output(sample.id, reply(*shown))

    way = way_of(told, per_request=40)
    rows = [p for r, o in _answered(way, perfect) for p in way.read(r, o)]
    assert {p.refused for p in rows} == {None}
    found = {(row.question, row.answer) for row in rows}
    assert found == {pair for scene in SCENES for pair in scene["talk"].items()}


def _parts(line: str, text: str) -> bool:
    """Whether both parts of a line that was split by narration stand in a text."""
    first, _, second = line.partition("，")
    return f"{first}，" in text and second in text


def test_a_text_that_never_names_the_persona() -> None:
    with pytest.raises(InputError, match=r"novel\.txt: never names 阿荇 or 荇儿"):
        way_of(story(persona="阿荇", aliases=("荇儿",)))


def test_pieces_without_the_persona_are_not_asked_about() -> None:
    far = "\n".join(f"“是么？”老周问。{'风' * 80}" for _ in range(20))
    way = way_of(story(TEXT + far), per_request=2)
    asked = [request.sample.question for request in way.requests({"single": 99})]
    assert 0 < len(asked) <= 2


def test_a_useless_reply_is_asked_for_again_in_smaller_pieces() -> None:
    way = way_of(story(TEXT * 3), attempts=2)
    request = next(iter(way.requests({"single": 1})))
    (proposal,) = way.read(request, Output(request.sample.id, error="no route"))
    assert proposal.refused == (NO_REPLY, "no route")
    assert way.left == {"single": 0, "dialogue": 0}
    way.hand_back(proposal)
    assert sum(way.left.values()) > 0
    again = list(way.requests({"single": 99}))
    assert len(again) > 1
    assert all(len(r.sample.question) < len(request.sample.question) for r in again)
    for one in again:
        for useless in way.read(one, Output(one.sample.id, "嗯")):
            way.hand_back(useless)
    assert list(way.requests({"single": 99})) == []


def test_without_a_number_the_whole_text_is_asked_about_at_once() -> None:
    told = tale()
    for per_request in (1, 5):
        way = way_of(told, per_request=per_request)
        shown = "".join(r.sample.question for r in way.requests({"single": 1}))
        assert all(scene["ends"] in shown for scene in SCENES if "小满" in scene["ends"])
        assert list(way.requests(way.there)) == []
        some = way_of(told, per_request=per_request, samples=10)
        assert 0 < sum(1 for _ in some.requests({"single": 10})) < 12
        assert list(some.requests({"single": 10})) != []


def test_single_faults_are_asked_about_again_only_where_rows_lack() -> None:
    for samples, again in ((None, False), (9, True)):
        way = way_of(story(), samples=samples)
        request = next(iter(way.requests({"single": 1})))
        for proposal in way.read(request, Output(request.sample.id, reply(("小满", "没有的话。")))):
            way.hand_back(proposal)
        assert bool(list(way.requests({"single": 99}))) is again


def test_the_prompt_shows_the_text_and_names_the_persona() -> None:
    request = next(iter(way_of(story(aliases=("姑娘",))).requests({"single": 1})))
    assert TEXT.strip() in request.sample.question
    assert "小满（也称姑娘）" in request.sample.question
    assert json.loads(request.sample.reference)[0] == {"speaker": "老周", "line": SAID[0][1]}


def test_the_stage_takes_what_the_teacher_finds(tmp_path: Path) -> None:
    class Perfect:
        def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
            return (Output(s.id, reply(*SAID, ("小满", "没有的话。"))) for s in samples)

    @contextmanager
    def opened() -> Iterator[Teaching]:
        yield Teaching(Perfect(), "scripted")

    way = way_of(story())
    tally = Tally(Distill(way="extract"), way.there, even=False)
    distill(Distillation(way, tally, Spoken(())), opened, "test", tmp_path)
    accepted = list(read_jsonl(tmp_path / "accepted.jsonl"))
    assert [row["answer"] for row in accepted] == [SAID[1][1], SAID[4][1]]
    assert accepted[0]["request"] == "extract-0"
    assert read_json(tmp_path / "distill.json")["reasons"] == {INVENTED: 1}


@pytest.mark.parametrize(("samples", "teacher"), [(20, TEMPLATE), (30, FAKE), (None, FAKE)])
def test_a_spec_asks_for_rows_of_a_novel(
    tmp_path: Path, samples: int | None, teacher: TemplateTeacher | FakeTeacher
) -> None:
    options = Options(novel=HERE / "data" / "ferry.txt", aliases=("小满",))
    make_questions(Chosen("roleplay", BENCHMARK, options), tmp_path)
    section = Distill(teacher=teacher, way="extract", samples=samples)
    plan = plan_distillation(section, 0.9, None, tmp_path)

    @contextmanager
    def opened() -> Iterator[Teaching]:
        yield Teaching(TemplateModel(), teacher.engine)

    distill(plan, opened, "test", tmp_path)
    accepted = list(read_jsonl(tmp_path / "accepted.jsonl"))
    assert len(accepted) > 40 if samples is None else len(accepted) == samples
    assert {row["family"] for row in accepted} == {"single", "dialogue"}
    assert read_json(tmp_path / "distill.json")["rejected"] == 0


def row_of(*said: str) -> Sample:
    roles: tuple[Literal["user"], Literal["assistant"]] = ("user", "assistant")
    messages = tuple(Message(roles[at % 2], words) for at, words in enumerate(said[:-1]))
    return Sample("x", messages, Gold("free", said[-1]), said[-1], "single", "r", "t", "train")


def test_what_spoken_lets_through() -> None:
    spoken = Spoken([row_of("下船么？", "不下。")])

    def judged(*said: str) -> str | None:
        refused = spoken.judge(row_of(*said), said[-2], said[-1])
        return None if refused is None else refused.reason

    assert judged("走么？", "走。") is None
    assert judged("走么？", "走。") == DUPLICATE
    assert judged("走么", " 走。") is None  # a row is another where its marks are
    assert judged("走么？", "不走。") is None
    assert judged("好么？", "好。", "走么？", "走。") is None
    assert judged("下船么", "下。") == TEST_PHRASING
    assert judged("好么？", "好。", "下船么？", "下。") == TEST_PHRASING
    assert judged("走么？", "……") == NO_WORDS
    assert judged("走么？", "走么！") == ECHO
    assert judged(" ", "走。") == NO_QUESTION


LINES = st.lists(
    st.tuples(
        st.sampled_from(["小满", "老周", "", "阿荇"]),
        st.sampled_from([*(s for _, s in SAID), "水", "，"]),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(LINES)
def test_whatever_is_replied_a_row_stands_in_the_text(lines: list[Line]) -> None:
    rows, _ = read(way_of(story()), reply(*lines))
    bare = TEXT.replace("”老周说，“", "")
    for row in rows:
        assert row.answer in bare
        assert row.question in bare
        assert bare.index(row.question) < bare.index(row.answer)
