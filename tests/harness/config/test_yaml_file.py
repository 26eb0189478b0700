"""YAML that nobody means: bombs, tags, numbers without end. One sentence each, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from harness.config.yaml_file import parse_yaml, plain_value
from harness.errors import InputError, SpecError
from harness.spec import load_specs
from harness.tables.suite_file import read_definition


def doubled(levels: int, *, width: int = 2, mapping: bool = False) -> str:
    """Anchors that hold the one before several times each."""
    lines = ["a0: &a0 [x, y]"]
    for level in range(1, levels):
        inside = [f"*a{level - 1}"] * width
        if mapping:
            inside = [f"k{n}: {alias}" for n, alias in enumerate(inside)]
        opened, closed = "{}" if mapping else "[]"
        lines.append(f"a{level}: &a{level} {opened}{', '.join(inside)}{closed}")
    return "\n".join(lines)


def indented(text: str) -> str:
    return text.replace("\n", "\n      ")


BOMBS = {
    "laughs": doubled(9, width=10),
    "doubled": doubled(60),
    "mappings": doubled(40, mapping=True),
    "wide": doubled(4, width=300),
    "one long text": f"a: &a {'x' * 10_000}\nb: [{', '.join(['*a'] * 2_000)}]",
    "merges": "a0: &a0 {k: v}\n"
    + "\n".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_one_sentence_and_soon(tmp_path: Path, name: str) -> None:
    path = tmp_path / "spec.yaml"
    bomb = indented(BOMBS[name])
    path.write_text(f"distill:\n  teacher:\n    extra:\n      {bomb}\n", encoding="utf-8")
    started = time.monotonic()
    with pytest.raises(SpecError, match=r"spec\.yaml:\d+: not valid YAML: its aliases stand"):
        load_specs(path)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_in_a_suite_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "suite.yaml"
    path.write_text(BOMBS[name], encoding="utf-8")
    with pytest.raises(InputError, match="its aliases stand for too much"):
        read_definition(path)


def test_aliases_as_people_use_them(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "name: x\nfinetune: &tuned {rank: 8}\nentries:\n  - {name: a, finetune: *tuned}\n"
        "  - {name: b, finetune: {<<: *tuned, lr: 0.1}}\n",
        encoding="utf-8",
    )
    ranks = [spec.finetune.rank for spec in load_specs(path) if spec.finetune]
    assert ranks == [8, 8]


TAGGED = [
    "!!int 5", "!!int ''", "!!int x", "!!int [1]", "!!float ''", "!!float x", "!!bool x",
    "!!timestamp x", "!!timestamp 2025-01-01", "!!binary aGk=", "!!binary '*'", "!!null x",
    "!!set {a, b}", "!!omap [a: 1]", "!!pairs [a: 1]", "!!map {a: 1}", "!!seq [a]",
    "!!python/object/apply:os.system [true]", "!!python/name:os.system", "!!python/tuple [1]",
    "!!python/object:a.b {}", "!mine x", "!<tag:example.org,2000:x> 1", "!!merge '<<'",
    "!!value =", "!!yaml x",
]  # fmt: skip


@pytest.mark.parametrize("value", TAGGED)
@pytest.mark.parametrize("field", ["name", "distill: {teacher: {extra: {a", "suite: {families"])
def test_a_tag_is_one_sentence(tmp_path: Path, value: str, field: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(f"{field}: {value} {'}' * field.count('{')}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"spec\.yaml:1: not valid YAML: .*the tag .*") as caught:
        load_specs(path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("value", TAGGED)
def test_a_tag_after_set(tmp_path: Path, value: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SpecError, match=r"--set .*: the value is not valid YAML"):
        load_specs(path, [f"distill.teacher.extra.a={value}"])


@pytest.mark.parametrize(
    "text",
    ["9" * 5000, "0x" + "f" * 50_000, "1" + ":59" * 50_000, "0b" + "1" * 9999, "1." + "0" * 5000,
     "[" * 70 + "]" * 70, "{a: " * 80 + "1" + "}" * 80, "[" * 100_000, "- " * 3000 + "x"],
)  # fmt: skip
def test_numbers_and_depths_have_an_end(tmp_path: Path, text: str) -> None:
    started = time.monotonic()
    with pytest.raises(SpecError, match=r"a number of|nested too deeply"):
        parse_yaml(tmp_path / "x.yaml", f"a: {text}" if text[0] != "-" else text, SpecError)
    with pytest.raises(ValueError, match="not valid YAML"):
        plain_value(text)
    assert time.monotonic() - started < 10


def test_what_looks_like_a_date_is_text(tmp_path: Path) -> None:
    text = "a: 2025-01-01\nb: 2025-01-01 10:00:00\nc: =\nd: !!str 007\ne: 7\nf: [1.5, yes, ~]\n"
    assert parse_yaml(tmp_path / "x.yaml", text, SpecError).tree == {
        "a": "2025-01-01", "b": "2025-01-01 10:00:00", "c": "=", "d": "007", "e": 7,
        "f": [1.5, True, None],
    }  # fmt: skip


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "{1: a}", "[{2.5: a}]", "[[.nan]]"])
def test_what_no_request_can_hold(tmp_path: Path, value: str) -> None:
    path = tmp_path / "spec.yaml"
    teacher = f"{{engine: api, model: m, address: 'http://h/v1', extra: {{a: {value}}}}}"
    path.write_text(f"distill: {{teacher: {teacher}}}", encoding="utf-8")
    with pytest.raises(SpecError, match=r"a.*: (must be a finite number|the key .* must be text)"):
        load_specs(path)
