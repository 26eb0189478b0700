import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.core import Finding
from harness.data.conversation import Conversation, Turn
from harness.data.formats import FORMATS, Faulty, detect, find
from harness.data.record import Record
from harness.data.records import write_records
from harness.errors import InputError

LETTERS = st.sampled_from(["a", "b", "温", "\n", " ", "{", '"'])
SAID = st.text(LETTERS, max_size=5)
REPLY = st.text(LETTERS, min_size=1, max_size=5).filter(str.strip)
NOTHING: st.SearchStrategy[Any] = st.sampled_from([None, "", [], {}])
# Fields beside an example: of no format, or of another one.
BESIDE = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 9),
        "style": REPLY,
        "task_type": st.fixed_dictionaries({"major": st.lists(SAID, max_size=2)}),
        "messages": SAID,
        "conversations": NOTHING,
        "target": SAID,
        "tools": SAID,
    },
)
OF_TURNS = {"weight": st.integers(0, 1), "loss": st.booleans() | SAID, "name": SAID}


def _row(needed: Mapping[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict(needed), optional=optional)


def _talk(
    role: str, content: str, roles: tuple[str, str, str, str], **more: Any
) -> st.SearchStrategy[list[dict[str, Any]]]:
    def turn(names: tuple[str, ...], said: Any) -> st.SearchStrategy[dict[str, Any]]:
        return _row({role: st.sampled_from(names), content: said}, **more)

    ask, reply, tool, call = roles
    pair = st.tuples(turn((ask, tool), SAID), turn((reply, call), REPLY))
    pairs = st.lists(pair, min_size=1, max_size=3).map(lambda p: [t for two in p for t in two])
    system = st.lists(turn(("system",), SAID), max_size=1)
    return st.tuples(system, pairs).map(lambda parts: [*parts[0], *parts[1]])


PARTS = st.lists(_row({"type": st.just("text"), "text": REPLY}), min_size=1, max_size=2)
CALL = st.just({"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}})
CALLING = _row(
    {"role": st.just("assistant"), "tool_calls": st.lists(CALL, min_size=1, max_size=2)},
    content=st.none() | SAID,
)
ROWS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "qa": _row({"instruction": SAID, "output": REPLY}),
    "alpaca": st.tuples(
        _row(
            {"instruction": SAID, "output": REPLY},
            input=SAID | st.none(),
            system=SAID | NOTHING,
            history=st.lists(st.tuples(SAID, REPLY).map(list), max_size=2) | NOTHING,
        ),
        BESIDE,
    ).map(lambda parts: parts[1] | parts[0]),
    "sharegpt": st.tuples(
        _row(
            {
                "conversations": _talk(
                    "from", "value", ("human", "gpt", "observation", "function_call"), **OF_TURNS
                )
            },
            system=SAID | NOTHING,
        ),
        BESIDE,
    ).map(lambda parts: parts[1] | parts[0]),
    "messages": st.tuples(
        _row(
            {
                "messages": st.one_of(
                    _talk(
                        "role",
                        "content",
                        ("user", "assistant", "tool", "function_call"),
                        **OF_TURNS,
                    ),
                    _talk("role", "content", ("user", "assistant", "function", "assistant")),
                    st.tuples(
                        _row({"role": st.just("user"), "content": SAID | PARTS}), CALLING
                    ).map(list),
                )
            },
            system=SAID | NOTHING,
        ),
        BESIDE,
    ).map(lambda parts: parts[1] | parts[0]),
    "xtuner": st.tuples(
        st.tuples(
            _row(
                {"input": SAID, "output": REPLY},
                system=SAID | st.none(),
                output_with_loss=st.booleans() | SAID,
            ),
            st.lists(
                _row({"input": SAID, "output": REPLY}, system=st.just(""), need=SAID), max_size=2
            ),
        ).map(lambda items: {"conversation": [items[0], *items[1]]}),
        BESIDE,
    ).map(lambda parts: parts[1] | parts[0]),
    "style": _row({"user": SAID, "style": SAID, "assistant": REPLY}),
    "cqia": st.tuples(
        _row(
            {"instruction": SAID, "output": REPLY},
            input=SAID | st.none(),
            domain=st.lists(SAID, max_size=2),
            metadata=SAID,
            human_verified=st.booleans(),
            system=NOTHING,
        ),
        BESIDE,
    ).map(lambda parts: parts[1] | parts[0]),
    "pairs": st.one_of(
        _row({"input": SAID, "target": REPLY}), _row({"input": SAID, "output": REPLY})
    ),
}
PAIRS = [(one, other) for one in FORMATS for other in FORMATS]


def record(**fields: Any) -> Record:
    return Record("a.jsonl:1", fields)


def faults(name: str, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(Faulty) as caught:
        FORMATS[name].read(record(**fields))
    assert all(f.where == "a.jsonl:1" and f.lost for f in caught.value.findings)
    return [(f.rule, f.detail) for f in caught.value.findings]


# --- round trips ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "by"), PAIRS, ids=[f"{a}-{b}-{a}" for a, b in PAIRS])
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_row_comes_back_from_any_format_or_what_is_lost_is_named(
    name: str, by: str, data: st.DataObject
) -> None:
    own, other = FORMATS[name], FORMATS[by]
    row = data.draw(ROWS[name])
    conversation = own.read(Record("a:1", row))
    assert own.loses(conversation) == ()
    assert own.write(conversation) == row
    between = json.loads(json.dumps(other.write(conversation)))
    lost = other.loses(conversation)
    back = other.read(Record("b:1", between))
    again = own.write(back)
    assert again == row or lost, (between, again)
    # What a trainer no longer sees is lost, even where a hint brings it back.
    unseen = {"observation", "function_call", "loss", "loss (true)"} if "_podium" in between else ()
    assert again != row or set(lost) <= set(unseen), (between, lost)
    _check_only_that_is_lost(conversation, back, lost)


def _check_only_that_is_lost(before: Conversation, after: Conversation, lost: Any) -> None:
    """Turns differ only by what is named, and so do the fields beside them."""
    names = {name.partition(" (")[0] for name in lost}
    gone = {"system", "system (empty)"} & set(lost) and len(after.turns) % 2 == 0
    turns = [t for t in before.turns if not (t.role == "system" and gone)]
    if "history" in names:
        turns = [*(t for t in turns[:1] if t.role == "system"), *turns[-2:]]
    assert [t.content for t in after.turns] == [t.content for t in turns]
    if not names & {"observation", "function_call"}:
        assert [t.role for t in after.turns] == [t.role for t in turns]
    if "loss" not in names:
        assert [t.loss for t in after.turns] == [t.loss for t in turns]
    kept = {name: value for name, value in before.extra.items() if name not in names}
    assert {n: v for n, v in after.extra.items() if n in kept and n != "_podium"} == {
        n: v for n, v in kept.items() if n != "_podium"
    }


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_written_row_fits_its_format(name: str, data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(sorted(FORMATS)))
    conversation = FORMATS[source].read(Record("a:1", data.draw(ROWS[source])))
    written = FORMATS[name].write(conversation)
    if name in ("messages", "sharegpt", "xtuner", "style", "qa", "pairs"):
        assert FORMATS[name].fits(written)
    if name in ("qa", "style", "pairs"):  # a platform takes these columns and no others
        assert len(written) == (3 if name == "style" else 2)


# --- single decisions ----------------------------------------------------------------------------


def through(source: str, target: str, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    conversation = FORMATS[source].read(record(**fields))
    return FORMATS[target].write(conversation), FORMATS[target].loses(conversation)


@pytest.mark.parametrize(
    ("source", "fields", "target", "row", "lost"),
    [
        (
            "qa",
            {"instruction": "几号站台", "output": "2"},
            "alpaca",
            {"instruction": "几号站台", "input": "", "output": "2"},
            (),
        ),
        (
            "alpaca",
            {"instruction": "翻译", "input": "早", "output": "morning", "history": [["一", "1"]]},
            "xtuner",
            {
                "conversation": [
                    {"input": "一", "output": "1"},
                    {"input": "翻译\n早", "output": "morning"},
                ],
                "_podium": '{"input":1}',
            },
            (),
        ),
        (
            "alpaca",
            {"instruction": "翻译", "input": "早", "output": "morning", "system": "译员"},
            "qa",
            {"instruction": "翻译\n早", "output": "morning"},
            ("system", "input"),
        ),
        (
            "alpaca",
            {"instruction": "问", "input": "", "output": "答", "system": "", "history": []},
            "qa",
            {"instruction": "问", "output": "答"},
            ("system (empty)", "history (empty)"),
        ),
        (
            "xtuner",
            {"conversation": [{"input": "问\n", "output": "答", "output_with_loss": False}]},
            "alpaca",
            {"instruction": "问\n", "input": "", "output": "答"},
            ("loss",),
        ),
        (
            "style",
            {"user": "累了", "style": "温柔", "assistant": "抱抱"},
            "xtuner",
            {"conversation": [{"input": "累了", "output": "温柔\n抱抱"}], "style": "温柔"},
            (),
        ),
        (
            "style",
            {"user": "累了", "style": "温柔", "assistant": "抱抱"},
            "qa",
            {"instruction": "累了", "output": "温柔\n抱抱"},
            ("style",),
        ),
        (
            "xtuner",
            {"conversation": [{"input": "累了", "output": "温柔\n抱抱"}]},
            "style",
            {"user": "累了", "style": "", "assistant": "温柔\n抱抱"},
            (),
        ),
        (
            "sharegpt",
            {
                "conversations": [
                    {"from": "human", "value": "查"},
                    {"from": "function_call", "value": "f()"},
                    {"from": "observation", "value": "3"},
                    {"from": "gpt", "value": "是 3"},
                ],
                "system": "助手",
            },
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "查"},
                    {"role": "function_call", "content": "f()"},
                    {"role": "tool", "content": "3"},
                    {"role": "assistant", "content": "是 3"},
                ],
                "system": "助手",
            },
            (),
        ),
        (
            "cqia",
            {
                "instruction": "散",
                "input": "",
                "output": "聚",
                "domain": ["通用"],
                "human_verified": True,
            },
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "散"},
                    {"role": "assistant", "content": "聚"},
                ],
                "domain": ["通用"],
                "human_verified": True,
            },
            (),
        ),
        (
            "messages",
            {
                "messages": [
                    {"role": "user", "content": "查"},
                    {"role": "assistant", "content": "f", "loss": True},
                    {"role": "tool", "content": "3"},
                    {"role": "assistant", "content": "三"},
                ]
            },
            "pairs",
            {"input": "3", "target": "三"},
            ("history", "observation", "loss (true)"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_row_becomes(
    source: str, fields: dict[str, Any], target: str, row: dict[str, Any], lost: tuple[str, ...]
) -> None:
    written, named = through(source, target, **fields)
    hints = {} if "_podium" in row else {"_podium": written.get("_podium")}
    assert {**written, **hints} == {**row, **hints}
    assert named == lost


def test_calls_of_tools_are_taught_as_json_and_come_back_whole() -> None:
    calling = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "站"}}]}
    fields = {"messages": [{"role": "user", "content": "查"}, calling]}
    conversation = FORMATS["messages"].read(record(**fields))
    assert conversation.turns[1] == Turn("function_call", '[{"name": "站"}]')
    assert FORMATS["messages"].write(conversation) == fields


@pytest.mark.parametrize(
    ("name", "fields", "found"),
    [
        (
            "qa",
            {"introduction": "问", "output": "答"},
            [("missing field", "no 'instruction' (did you mean 'introduction'?)")],
        ),
        ("qa", {"instruction": "问", "output": 3}, [("not a string", "output is 3")]),
        ("qa", {"instruction": "问", "output": " "}, [("empty output", "turn 2 says ' '")]),
        (
            "alpaca",
            {"instruction": "问", "input": "", "output": "<nooutput>"},
            [("empty output", "turn 2 says '<nooutput>'")],
        ),
        (
            "qa",
            {"instruction": "问", "input": "材料", "output": "答"},
            [("unexpected field", "input is '材料'")],
        ),
        (
            "alpaca",
            {"instruction": None, "input": 1, "output": "答", "history": "旧"},
            [
                ("not a string", "instruction is None"),
                ("not a string", "input is 1"),
                ("not a list", "history is '旧'"),
            ],
        ),
        (
            "alpaca",
            {"instruction": "问", "output": "答", "history": [["一"], ["二", 2]]},
            [
                ("not a turn", "history[0] is no pair of question and reply: ['一']"),
                ("not a string", "history[1][1] is 2"),
            ],
        ),
        ("messages", {"messages": []}, [("no reply", "no turns")]),
        ("messages", {"messages": "[]"}, [("not a list", "messages is '[]'")]),
        (
            "messages",
            {"messages": [{"role": "user"}, "答"]},
            [
                ("not a turn", "messages[1] is '答'"),
                ("missing field", "messages[0] has no 'content' (known: role)"),
            ],
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": "一"}, {"role": "user", "content": "二"}]},
            [("roles do not alternate", "turn 2 is user after user")],
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": "一"}]},
            [("no reply", "it ends with user")],
        ),
        (
            "messages",
            {"messages": [{"role": "assistant", "content": "一"}]},
            [("roles do not alternate", "turn 1 is assistant first")],
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            [("not a string", "messages[0].content is [{'type': 'image_url'}]")],
        ),
        (
            "sharegpt",
            {"conversations": [{"from": "humans", "value": "一"}]},
            [("unknown role", "conversations[0].from is 'humans' (did you mean 'human'?)")],
        ),
        (
            "sharegpt",
            {"conversations": [{"from": 3, "value": "一"}]},
            [("not a string", "conversations[0].from is 3")],
        ),
        (
            "xtuner",
            {
                "conversation": [
                    {"input": "一", "output": "二"},
                    {"system": "后", "input": "三", "output": "四"},
                ]
            },
            [("system not first", "turn 3 is a system text")],
        ),
        (
            "style",
            {"user": "累", "style": "温柔", "assistant": ""},
            [("empty output", "assistant is ''")],
        ),
        (
            "qa",
            {"instruction": "问", "output": "答", "_podium": "我的"},
            [
                (
                    "reserved field",
                    "_podium: Expecting value: line 1 column 1 (char 0)",
                )
            ],
        ),
        (
            "qa",
            {"instruction": "问", "output": "答", "_podium": '{"input":"x"}'},
            [("reserved field", "_podium: not what Podium writes there")],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_row_says_what_is_wrong(
    name: str, fields: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert faults(name, **fields) == found


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"instruction": "", "output": ""}, "qa"),
        ({"instruction": "", "output": "", "id": 1}, "qa"),
        ({"instruction": "", "input": "", "output": ""}, "alpaca"),
        ({"instruction": "", "output": "", "history": []}, "alpaca"),
        ({"instruction": "", "input": "", "output": "", "task_type": {}}, "cqia"),
        ({"conversations": []}, "sharegpt"),
        ({"messages": []}, "messages"),
        ({"conversation": []}, "xtuner"),
        ({"user": "", "style": "", "assistant": ""}, "style"),
        ({"input": "", "target": ""}, "pairs"),
        ({"input": "", "output": ""}, "pairs"),
    ],
)
def test_a_file_tells_its_format(tmp_path: Path, fields: dict[str, Any], name: str) -> None:
    write_records(tmp_path / "a.jsonl", [fields])
    assert detect(tmp_path / "a.jsonl") is FORMATS[name]


def test_most_rows_tell_and_two_fields_among_alpacas_are_alpacas(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    qa = '{"instruction": "问", "output": "答"}\n'
    path.write_text("}\n" + qa * 3 + '{"instruction": "问", "input": "材", "output": "答"}\n')
    assert detect(path).name == "alpaca"
    path.write_text('{"introduction": "问", "output": "答"}\n' * 2 + qa * 3)
    assert detect(path).name == "qa"


def test_what_no_format_looks_like_is_said_with_what_they_do(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "问", "answer": "答"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"fields \('question', 'answer'\) .* qa \(instruction,"):
        detect(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds no rows that can be read$"):
        detect(path)
    path.write_text("{\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"that can be read; .*a\.jsonl:1: not valid JSON: "):
        detect(path)


def test_a_wrong_name_gets_the_nearest() -> None:
    with pytest.raises(InputError, match="no data format 'alpacca' \\(did you mean 'alpaca'\\?\\)"):
        find("alpacca")


def test_faults_are_findings() -> None:
    with pytest.raises(Faulty, match=r"a\.jsonl:1: missing field: no 'output'") as caught:
        FORMATS["qa"].read(record(instruction="问"))
    assert caught.value.findings == [
        Finding("missing field", "a.jsonl:1", "no 'output' (known: instruction)", lost=True)
    ]
