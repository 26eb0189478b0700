"""What a spec may say, what `--set` does to it, and the sentence for everything else."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from harness.benchmark import about, find_benchmark, suite_names
from harness.config.sections import Finetune, Latency, Runtime, ScoreSection
from harness.errors import InputError, SpecError, UsageError
from harness.spec import (
    BASELINES,
    DERIVED,
    Spec,
    chosen_suite,
    dump,
    find_spec,
    load_specs,
    schema,
)
from suites.timetable import HERE

QUICKSTART = BASELINES / "quickstart.yaml"
TWO = """\
name: two
finetune: {rank: 8}
entries:
  - name: untuned
    finetune: null
  - name: lora-0.5
    finetune: {lr: 3e-3}
"""


def write(folder: Path, text: str, name: str = "spec.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str, *changes: str) -> list[Spec]:
    return load_specs(write(folder, text), changes)


def one(folder: Path, text: str, *changes: str) -> Spec:
    (spec,) = load(folder, text, *changes)
    return spec


def chosen_options(spec: Spec) -> Any:
    return chosen_suite(spec).options


def complaint(path: Path, changes: Sequence[str] = ()) -> str | None:
    try:
        load_specs(path, changes)
    except UsageError as error:
        return str(error)
    return None


# --- what a spec may say -------------------------------------------------------------------------


def test_the_quickstart(tmp_path: Path) -> None:
    specs = load_specs(QUICKSTART)
    names = ["quickstart-floor", "quickstart-untuned", "quickstart-lora-r8", "quickstart-lora-r32"]
    assert [spec.name for spec in specs] == names
    floor, untuned, tuned, _ = specs
    assert (floor.model.engine, floor.base_path, floor.stand_in) == ("floor", None, False)
    assert untuned.finetune is None
    assert untuned.stand_in
    assert untuned.base_path == BASELINES / "tiny-qwen2"
    assert tuned.finetune is not None
    assert (tuned.finetune.rank, tuned.finetune.alpha) == (8, 16)
    assert chosen_options(tuned).families == ("lookup", "dwell", "missing")
    assert load_specs(Path("quickstart")) == specs
    assert find_spec(Path("quickstart")) == QUICKSTART
    mine = write(tmp_path, "{}", "quickstart.yaml")
    assert find_spec(mine) == mine


def test_runtime_alone_is_a_spec(tmp_path: Path) -> None:
    spec = one(tmp_path, "runtime: {memory_gib: 2}")
    expected = Spec(name="spec", runtime=Runtime(memory_gib=2), folder=tmp_path, group="spec")
    assert spec == expected


def test_numbers_as_yaml_reads_them(tmp_path: Path) -> None:
    spec = one(tmp_path, "finetune: {lr: 3e-3, epochs: 1, rank: 16.0, alpha: '32'}")
    assert spec.finetune == Finetune(lr=3e-3, epochs=1.0, rank=16, alpha=32.0)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("my spec (2).yaml", "my-spec-2"),
        ("列车.yml", "列车"),
        ("....yaml", "spec"),
        ("a.b.yaml", "a.b"),
        ("x" * 200 + ".yaml", "x" * 50),
    ],
)
def test_a_file_without_a_name_is_called_after_itself(tmp_path: Path, file: str, name: str) -> None:
    assert load_specs(write(tmp_path, "{}", file))[0].name == name


def test_paths_that_set_writes_are_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.csv").write_text("user,style,assistant\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    changes = ("suite.data=mine.csv", "entries.lora.model.base=qwen")
    floor, untuned, lora = load_specs(Path("style"), changes)
    assert chosen_options(floor).data == tmp_path / "mine.csv"
    assert untuned.base_path == BASELINES / "tiny-qwen2"
    assert lora.base_path == tmp_path / "qwen"
    said = complaint(Path("baselines/style.yaml"), ("suite.data=other.csv",))
    assert said is not None
    assert f"{tmp_path / 'other.csv'}: no such file" in said


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "board.csv").write_text("车次\nK1\n", encoding="utf-8")
    text = "suite: {table: ../board.csv}\nmodel: {base: models/mine}"
    path = write(tmp_path / "specs", text)
    monkeypatch.chdir(tmp_path / "specs")
    for given_as in (path, Path("spec.yaml")):
        (spec,) = load_specs(given_as)
        assert chosen_options(spec).table.samefile(tmp_path / "board.csv")
        assert chosen_options(spec).table.is_absolute()
        assert spec.base_path == tmp_path / "specs" / "models" / "mine"
        assert not spec.stand_in


def test_a_home_folder_and_builtin_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "board.csv").write_text("车次\nK1\n", encoding="utf-8")
    text = "suite: {table: ~/board.csv, definition: 'builtin:suite.yaml'}\nmodel: {base: ~/m}"
    spec = one(tmp_path, text)
    assert chosen_options(spec).table == tmp_path / "board.csv"
    assert chosen_options(spec).definition == HERE / "suite.yaml"
    assert spec.base_path == tmp_path / "m"
    large = one(tmp_path, "suite: {table: 'builtin:board-220.xlsx'}")
    assert chosen_options(large).table == HERE / "tables" / "board-220.xlsx"


def test_an_entry_is_laid_over_the_rest(tmp_path: Path) -> None:
    untuned, tuned = load(tmp_path, TWO)
    assert (untuned.name, untuned.finetune) == ("two-untuned", None)
    assert (tuned.name, tuned.finetune) == ("two-lora-0.5", Finetune(rank=8, lr=3e-3))
    assert {untuned.group, tuned.group} == {"two"}


def test_entries_share_nothing_that_can_change(tmp_path: Path) -> None:
    text = "score: {weights: {AS: 1}}\nentries: [{name: 1}, {name: 2, score: {weights: {AE: 3}}}]"
    first, second = load(tmp_path, text)
    assert (first.name, first.score.weights) == ("spec-1", {"AS": 1})
    assert second.score.weights == {"AS": 1, "AE": 3}


def test_suites_there_are() -> None:
    assert {"fewclue", "reading", "roleplay", "ruozhiba", "style", "table"} <= set(suite_names())
    for name in suite_names():
        found = find_benchmark(name)
        assert found.about_table != (found.grade is not None)
        assert about(name)


# --- --set ---------------------------------------------------------------------------------------


def ranks(specs: Sequence[Spec]) -> list[int | None]:
    return [None if spec.finetune is None else spec.finetune.rank for spec in specs]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("finetune.rank=4", [None, 4]),  # what is untuned stays so
        ("entries.lora-0.5.finetune.rank=4", [None, 4]),
        ("entries.1.finetune.rank=4", [None, 4]),
        ("finetune={rank: 4}", [4, 4]),  # the whole section is said, and meant
        ("entries.untuned.finetune={rank: 4}", [4, 8]),
        ("entries.0.finetune={}", [8, 8]),  # tuned with the defaults
        ("finetune=null", [None, None]),
        ("finetune=", [None, None]),
        (" finetune.rank =4", [None, 4]),
    ],
)
def test_a_change_reaches_the_entries_it_is_meant_for(
    tmp_path: Path, change: str, expected: list[int | None]
) -> None:
    assert ranks(load(tmp_path, TWO, change)) == expected


def test_changes_are_laid_in_order(tmp_path: Path) -> None:
    assert ranks(load(tmp_path, TWO, "finetune.rank=4", "finetune.rank=5")) == [None, 5]


@pytest.mark.parametrize(
    ("change", "families"),
    [("suite.families=[lookup, dwell]", ("lookup", "dwell")), ("suite.families=[]", ())],
)
def test_a_change_of_a_list(tmp_path: Path, change: str, families: tuple[str, ...]) -> None:
    assert chosen_options(one(tmp_path, "{}", change)).families == families


def test_a_change_where_the_file_has_no_such_section(tmp_path: Path) -> None:
    assert one(tmp_path, "{}", "latency.questions=3").latency == Latency(questions=3)
    assert one(tmp_path, "{}", "score.weights.AS=2").score == ScoreSection(weights={"AS": 2})
    assert one(tmp_path, "{}", 'runtime.runs="a=b"').runtime.runs == Path("a=b")


def test_a_name_is_changed_before_the_entries_are_named(tmp_path: Path) -> None:
    assert [spec.name for spec in load(tmp_path, TWO, "name=x")] == ["x-untuned", "x-lora-0.5"]
    assert {spec.group for spec in load(tmp_path, TWO, "name=x")} == {"x"}
    assert one(tmp_path, "name: a", "name=b").name == "b"


def test_names_win_over_numbers_and_longer_names_over_shorter(tmp_path: Path) -> None:
    text = "finetune: {}\nentries: [{name: a}, {name: 0}, {name: a.b}]"
    assert ranks(load(tmp_path, text, "entries.0.finetune.rank=4")) == [8, 4, 8]
    assert ranks(load(tmp_path, text, "entries.a.b.finetune.rank=4")) == [8, 8, 4]
    assert ranks(load(tmp_path, text, "entries.2.finetune.rank=4")) == [8, 8, 4]


# --- repeats -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("finetune: {}", (), [1]),
        ("finetune: {}\nrepeats: 3", (), [3]),
        ("finetune: {}", ("repeats=20",), [20]),
        (TWO, ("repeats=3",), [1, 3]),  # an untuned entry has nothing to repeat
        (TWO + "repeats: 3\n", (), [1, 3]),
        (TWO, ("entries.lora-0.5.repeats=2",), [1, 2]),
        (TWO, ("repeats=3", "entries.lora-0.5.repeats=2"), [1, 2]),
        (TWO, ("repeats=3", "entries.untuned.finetune={}"), [3, 3]),
        (TWO, ("repeats=1", "finetune=null"), [1, 1]),
        ("repeats: 1", (), [1]),
    ],
)
def test_repeats_reach_the_entries_that_are_trained(
    tmp_path: Path, text: str, changes: Sequence[str], expected: list[int]
) -> None:
    assert [spec.repeats for spec in load(tmp_path, text, *changes)] == expected


# --- what cannot be ------------------------------------------------------------------------------


def mistakes() -> list[dict[str, Any]]:
    golden = Path(__file__).parent / "golden" / "spec_mistakes.yaml"
    cases: list[dict[str, Any]] = yaml.safe_load(golden.read_text("utf-8"))
    return cases


@pytest.mark.parametrize("case", mistakes(), ids=lambda case: case["says"].partition(" ")[2])
def test_every_mistake_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, case["file"])
    with pytest.raises(SpecError) as caught:
        load_specs(Path("spec.yaml"), case.get("set", []))
    said = str(caught.value).replace(str(tmp_path), "DIR").replace(str(HERE), "SUITE")
    assert said == case["says"]


def test_the_wrong_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "{}", "mine.yaml")
    found = [*BASELINES.glob("*.yaml"), *BASELINES.glob("recipes/*.yaml")]
    shipped = sorted(path.stem for path in found)
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes("name: café".encode("latin-1"))
    for given_as, says in {
        "mine.yml": "mine.yml: no such spec file (did you mean 'mine.yaml'?)",
        "quickstrat": "quickstrat: no such spec file (did you mean 'quickstart'?)",
        "no/such.yaml": f"no/such.yaml: no such spec file (known: {', '.join(shipped)})",
        "folder": "folder: is a folder, not a spec file",
        "latin.yaml": "latin.yaml: not UTF-8 at byte 9",
    }.items():
        assert complaint(Path(given_as)) == says


def test_a_wrong_suite_file_is_named_itself(tmp_path: Path) -> None:
    write(tmp_path, "name: x", "suite.yaml")
    with pytest.raises(InputError, match=r"suite\.yaml: version: is missing"):
        load(tmp_path, "suite: {definition: suite.yaml}")


def test_a_wrong_change_does_not_blame_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "finetune:\n  rank: 8\nmodel: {engine: hf}")
    assert complaint(path, ["finetune.rank=x"]) == (
        "--set finetune.rank=x: finetune.rank: must be a whole number, not 'x'"
    )
    assert complaint(path, ["suite.families=[lokup]"]) == (
        "--set suite.families=[lokup]: suite.families: suite timetable has no family 'lokup' "
        "(did you mean 'lookup'?)"
    )
    assert complaint(path, ["model.base=null"]) == (
        f"{path}:3: model: engine hf needs a base model (with --set model.base=null)"
    )


# --- dump and schema -----------------------------------------------------------------------------


def test_a_dumped_spec_loads_equal_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "board.csv").write_text("车次\nK1\n", encoding="utf-8")
    text = """
suite: {table: board.csv, families: [lookup], match: equals, system: "答\\u2028: yes"}
model: {base: models/x, engine: hf}
finetune: {targets: [q_proj, v_proj], lr: 3e-3}
score: {weights: {AS: 1}}
latency: null
"""
    for spec in [*load_specs(write(tmp_path / "a", text)), *load_specs(QUICKSTART)]:
        path = write(tmp_path / "b", dump(spec), "dumped.yaml")
        (again,) = load_specs(path)
        ours, theirs = (s.model_dump(exclude={"suite", "model"}) for s in (spec, again))
        assert ours == theirs
        assert chosen_options(again) == chosen_options(spec)
        assert again.base_path == spec.base_path
        assert again.stand_in == spec.stand_in
        assert again.model.model_dump(exclude={"base"}) == spec.model.model_dump(exclude={"base"})
        assert dump(again) == dump(spec)


# A spec with every field that names a file or a folder.
NAMING = """
suite: {table: board.csv, families: [lookup], match: equals}
distill: {prompt: ask.txt, teacher: {engine: hf, model: models/teacher}, way: answer}
dataset: {replay: {file: talk.jsonl}}
model: {base: models/base, engine: hf}
finetune: {from: models/adapter}
latency: {reference: models/reference}
score: {judge: {engine: hf, model: models/judge}}
"""
# What is relative to wherever Podium is started.
NOT_OF_THE_FILE = {"runtime.runs"}


def naming(folder: Path, *changes: str) -> Spec:
    folder.mkdir()
    (folder / "board.csv").write_text("车次\nK1\n", encoding="utf-8")
    return one(folder, NAMING, *changes)


def test_a_dump_has_every_path_absolute(tmp_path: Path) -> None:
    spec = naming(tmp_path / "a")
    (tmp_path / "b").mkdir()
    dumped = yaml.safe_load(dump(spec))
    (again,) = load_specs(write(tmp_path / "b", dump(spec)))
    for name in (name for name in dir(Spec) if name.endswith("_path")):
        path = getattr(spec, name)
        assert path is not None, f"NAMING sets nothing that {name} reads"
        assert path.is_relative_to(tmp_path / "a")
        assert getattr(again, name) == path
    assert chosen_options(again) == chosen_options(spec)
    told = [field for field, path in texts(dumped) if path.startswith(str(tmp_path / "a"))]
    said = [field for field, _ in texts(yaml.safe_load(NAMING)) if field not in NO_PATHS]
    assert sorted(told) == sorted(said)


NO_PATHS = {"suite.families.0", "suite.match", "distill.way", "model.engine",
            "distill.teacher.engine", "score.judge.engine"}  # fmt: skip


def texts(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a tree by their dotted place."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from texts(value, f"{before}{key}.")
        elif isinstance(value, str):
            yield f"{before}{key}", value


def test_every_field_of_a_path_is_among_those() -> None:
    said = {field for field, _ in texts(yaml.safe_load(NAMING))} | NOT_OF_THE_FILE
    assert {field for field in paths(Spec) if field not in DERIVED} <= said


def paths(section: type[BaseModel], before: str = "") -> Iterator[str]:
    """The dotted names of a section's fields that are typed as paths, also below it."""
    for name, field in section.model_fields.items():
        place = f"{before}{field.alias or name}"
        for kind in kinds(field.annotation):
            if kind is Path:
                yield place
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from paths(kind, f"{place}.")


def kinds(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of."""
    inner = get_args(annotation)
    yield annotation
    for one in inner:
        yield from kinds(one)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("model.base", "builtin:tiny-qwen2"),
        ("latency.reference", "builtin:tiny-qwen2"),
        ("distill.teacher.model", "builtin:tiny-qwen2"),
        ("score.judge.model", "builtin:tiny-qwen2"),
        ("distill.teacher.model", "hf:Qwen/Qwen3-0.6B"),
        ("score.judge.model", "ms:Qwen/Qwen3-0.6B"),
    ],
)
def test_a_dump_leaves_names_of_models_as_they_are(tmp_path: Path, field: str, name: str) -> None:
    spec = naming(tmp_path / "a", f"{field}={name}")
    assert dict(texts(yaml.safe_load(dump(spec))))[field] == name


def test_a_dump_of_what_was_typed_is_relative_to_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    typed = ("distill.prompt=own.txt", "distill.teacher.model=big", "score.judge.model=~/judge")
    dumped = dict(texts(yaml.safe_load(dump(naming(tmp_path / "a", *typed)))))
    assert dumped["distill.prompt"] == str(tmp_path / "here" / "own.txt")
    assert dumped["distill.teacher.model"] == str(tmp_path / "here" / "big")
    assert dumped["score.judge.model"] == str(Path.home() / "judge")
    assert dumped["finetune.from"] == str(tmp_path / "a" / "models" / "adapter")


def test_a_dump_names_shipped_files_as_shipped() -> None:
    dumped = dump(load_specs(QUICKSTART)[1])
    assert "table: builtin:board-24.xlsx" in dumped
    assert "base: builtin:tiny-qwen2" in dumped
    assert str(BASELINES.parent) not in dumped


def test_the_schema_takes_what_ships_and_dumps() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for path in sorted(BASELINES.glob("*.yaml")):
        jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema())
        for spec in load_specs(path):
            jsonschema.validate(yaml.safe_load(dump(spec)), schema())


@pytest.mark.parametrize(
    "tree",
    [
        {"fintune": {}},
        {"folder": "x"},
        {"finetune": {"rnk": 8}},
        {"finetune": {"rank": 0}},
        {"entries": []},
        {"entries": [{}]},
        {"entries": [{"name": "a", "fintune": {}}]},
        {"entries": [{"name": "a", "model": {"engine": "vlm"}}]},
    ],
)
def test_the_schema_refuses_what_loading_refuses(tmp_path: Path, tree: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, schema())
    assert complaint(write(tmp_path, yaml.safe_dump(tree))) is not None


# --- strange input -------------------------------------------------------------------------------

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
names = st.sampled_from([*Spec.model_fields, "entries", "rank", "lr", "families", "table", "x"])
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | scalars, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)  # other jobs may share the machine
@given(st.text(max_size=80) | trees.map(lambda tree: yaml.safe_dump(tree, allow_unicode=True)))
def test_anything_is_a_spec_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    said = complaint(path)
    assert said is None or (str(path) in said and "\n" not in said)


@settings(deadline=None)  # other jobs may share the machine
@given(
    st.text(max_size=40)
    | st.tuples(names, names, st.text(max_size=5)).map("{0[0]}.{0[1]}={0[2]}".format)
)
def test_any_change_is_laid_or_a_sentence(change: str) -> None:
    said = complaint(QUICKSTART, [change])
    assert said is None or ("--set" in said and "\n" not in said)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that fails when it is read")
def test_a_disk_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.symlink_to("/proc/self/mem")
    assert complaint(path) == f"{path}: cannot be read: input/output error"
