"""What a person may write into a spec: it runs, or one sentence says why not, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest

from harness.cli import podium as command
from harness.errors import PodiumError
from tests.harness.models.folders import copy
from tests.harness.models.test_folder import filled
from tests.podium import podium, write_spec

SPEC: dict[str, Any] = {
    "name": "odd",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "distill": {"samples": 8},
    "model": {"base": "builtin:tiny-qwen2", "engine": "hf", "dtype": "float32"},
    "finetune": {"epochs": 1, "watch": 0},
    "generate": {"max_tokens": 8},
    "latency": None,
}
HUGE = "100000000000000000000"

# Each must be refused by a sentence that names the field.
REFUSED = [
    *(f"finetune.rank={v}" for v in ("0", "-1", "1025", "eight", "8.5", "true", "null", "[8]")),
    *(f"finetune.alpha={v}" for v in ("0", "-1", ".nan", ".inf", "1e400", "wide")),
    *(f"finetune.dropout={v}" for v in ("1", "-0.1", ".nan")),
    *(f"finetune.targets={v}" for v in ("[]", "", "7", "[7]", "{}", "[null]")),
    *(f"finetune.lr={v}" for v in ("0", "-1", ".nan", "fast", ".inf")),
    *(f"finetune.warmup={v}" for v in ("1", "-1")),
    *(f"finetune.epochs={v}" for v in ("0", "1e308", ".inf", "-3")),
    *(f"finetune.batch_size={v}" for v in ("0", HUGE, "1.5")),
    *(f"finetune.accumulate={v}" for v in ("0", HUGE)),
    *(f"finetune.max_length={v}" for v in ("7", HUGE, "long")),
    *(f"finetune.weight_decay={v}" for v in ("-1", "1e308")),
    *(f"finetune.bits={v}" for v in ("2", "4.5", "true", "four")),
    *(f"finetune.{v}" for v in (
        "cut=trim", "optimizer=sgd", "attn=fast", "gradient_checkpointing=maybe", "dora=maybe",
        "rslora=some", "packing=2", "from=7",
    )),
    *(f"finetune.watch={v}" for v in ("-1", "101")),
    *(f"finetune.seed={v}" for v in ("-1", HUGE)),
    "finetune.schedule=wavy", "finetune.dtype=float8", "finetune.method=prefix",
    "finetune.nosuch=1", "finetune=7", "finetune=[]", "finetune=lora",
    *(f"model.base={v}" for v in ("", "7", "null", "~nosuchuser/x")),
    *(f"model.engine={v}" for v in ("nosuch", "null", "7")),
    *(f"model.max_length={v}" for v in ("0", HUGE, ".nan")),
    "model.dtype=int8", "model.skill=2", "model=[]", "model=7",
    *(f"generate.max_tokens={v}" for v in ("0", HUGE, "1024", "2000")),
    *(f"score.weights={v}" for v in ("{AS: -1}", "{AS: .nan}", "{AS: 1e300}", "{XX: 1}", "7")),
    *(f"score.t_full={v}" for v in ("0", ".nan")),
    *(f"score.judge={v}" for v in (
        "template", "nosuch", "vllm", "7", "{engine: api}",
        "{engine: api, address: 'ftp://x', model: m}",
        "{engine: api, address: 'http://[::1', model: m}",
        "{engine: api, address: 'http://h:99999999/', model: m}",
        "{engine: api, address: 'http://h:0/', model: m}",
        "{engine: hf, model: 'builtin:tiny-qwen2', max_tokens: 99999}",
    )),
    *(f"latency.{v}" for v in (
        "questions=0", f"questions={HUGE}", "replicates=3", "replicates=5", f"replicates={HUGE}",
        "warmup=0", f"warmup={HUGE}", "seed=-1", "nosuch=1",
    )),
    "latency=7", "latency=[]",
    *(f"distill.{v}" for v in (
        "way=nosuch", "samples=0", "samples=-1", f"samples={HUGE}", "samples=.nan", "phrasings=0",
        f"phrasings={HUGE}", "quotas={dwell: 2}", "quotas={dwell: .nan}", "per_request=0",
        "attempts=11", "seed=-1", f"seed={HUGE}", "teacher=nosuch", "teacher=api", "teacher=hf",
        "teacher.temperature=3", "teacher={engine: vllm, model: m, dtype: int4}",
        "teacher={engine: hf, model: m, max_length: 16}",
    )),
    "distill=7",
    *(f"runtime.{v}" for v in (
        f"memory_gib={HUGE}", f"batch={HUGE}", "gpu_share=2", "checkpoints=0",
        f"checkpoints={HUGE}", "concurrency=0", "timeout_s=.inf", f"timeout_s={HUGE}",
    )),
    "repeats=21", "repeats=0",
]  # fmt: skip

# Refused for what they are together, or for what they name; the sentence says the word.
CONTRADICTORY: Sequence[tuple[str, Sequence[str]]] = (
    ("no such model folder", ["model.base=nosuch"]),
    ("does not ship with Podium", ["model.base=builtin:nosuch"]),
    ("no such model folder", ["model.base=/dev/null"]),
    ("no such model folder", ["model.base=spec.yaml"]),
    ("no such model folder", ["score.judge={engine: hf, model: nosuch}"]),
    ("no such model folder", ["distill.teacher={engine: hf, model: nosuch}"]),
    ("cannot be fine-tuned", ["model.engine=fake"]),
    ("only training has seeds", ["finetune=null", "repeats=3"]),
    ("vllm takes at most 512", ["model.engine=vllm", "finetune.rank=513"]),
    ("leaves no room for a question", ["model.max_length=16", "generate.max_tokens=16"]),
    ("quotas are shares of samples", ["distill.samples=null", "distill.quotas={dwell: 0.5}"]),
    ("needs a base model", ["model.base=null"]),
)


# Changes of the profile that contradict one another, or the suite's own profile.
MEANINGLESS: Sequence[Sequence[str]] = (
    ["score.t_full=8"],
    ["score.t_full=20"],
    ["score.t_full=1e6"],
    ["score.t_zero=0.5"],
    ["score.t_zero=1e-3"],
    ["score.t_zero=1e7"],
    ["score.t_full=3", "score.t_zero=3"],
    ["score.t_full=3", "score.t_zero=2"],
    ["score.weights={AS: 0, ART: 0, AE: 0}"],
    ["score.weights={AS: 0, AE: 0}"],  # nothing is timed in this spec
    ["score.weights={AS: 0.0, ART: 1, AE: 0}"],
    ["score.art=some"],
    ["score.art=true"],
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_spec(tmp_path, SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*arguments: str) -> str:
    """What a command that must end in one sentence says."""
    with pytest.raises((PodiumError, click.ClickException)) as caught:
        command(["-q", *arguments], standalone_mode=False)
    text = str(caught.value)
    assert "\n" not in text
    return text


def sets(changes: Sequence[str]) -> list[str]:
    return [word for change in changes for word in ("--set", change)]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("change", REFUSED)
def test_a_value_that_cannot_be_is_one_sentence(change: str) -> None:
    field = change.partition("=")[0]
    assert field.split(".")[0] in said("plan", "spec.yaml", "--set", change)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("word", "changes"), CONTRADICTORY)
def test_values_that_contradict_are_one_sentence(word: str, changes: Sequence[str]) -> None:
    assert word in said("plan", "spec.yaml", *sets(changes))


@pytest.mark.parametrize("changes", MEANINGLESS, ids=" ".join)
def test_a_score_without_meaning_is_refused_before_anything_runs(
    here: Path, changes: Sequence[str]
) -> None:
    for verb in ("plan", "run"):
        told = said(verb, "spec.yaml", *sets(changes))
        assert "--set score." in told
        assert ": score" in told
    assert not (here / "runs").exists()


# What only the packages can tell, once they have the model; all in one process.
TRAINED: Sequence[tuple[str, Sequence[str]]] = (
    ("did you mean 'q_proj'?; known: down_proj", ["finetune.targets=[q_prj]"]),
    ("'w1' is no layer of the base", ["finetune.targets=[q_proj, w1]"]),
    ("write a layer's name in a list: [q_proj]", ["finetune.targets=q_proj"]),
    ("is no regular expression", ["finetune.targets='('"]),
    ("matches no layer", ["finetune.targets=.*nosuch"]),
    ("is the output head", ["finetune.targets=[lm_head]"]),
    ("the loss is nan", ["finetune.alpha=1e300"]),
    ("lower finetune.lr", ["finetune.lr=1e300", "finetune.warmup=0"]),
    ("no trainable token", ["finetune.max_length=8"]),
    ("no trainable token", ["finetune.max_length=47"]),
    ("leaves no room for 8 tokens", ["finetune=null", "model.max_length=16"]),
    ("/dev/null", ["runtime.runs=/dev/null"]),
    ("", ["finetune.epochs=1e-9"]),
    ("", ["finetune.epochs=0.01", "finetune.warmup=0.9999", "finetune.dropout=0.9999999"]),
    ("", ["finetune.batch_size=65536", "finetune.accumulate=65536"]),
    ("has 2,048 positions", ["finetune.max_length=2049"]),
    ("", ["finetune.max_length=2048"]),
    ("", ["finetune.seed=2147483647", "runtime.checkpoints=1000", "distill.samples=1"]),
    ("", ["finetune.rank=1024", "finetune.targets=[q_proj]", "finetune.weight_decay=1000"]),
    ("more than the model's 2,048", ["finetune=null", "model.max_length=10000000"]),
)  # fmt: skip


@pytest.mark.real
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("word", "changes"), TRAINED)
def test_what_packages_refuse_is_one_sentence(word: str, changes: Sequence[str]) -> None:
    words = ["run", "spec.yaml", "--until", "infer", *sets(changes)]
    if word:
        assert word in said(*words)
    else:
        command(["-q", *words], standalone_mode=False)


@pytest.mark.parametrize(
    "change",
    ["model.base=nan", "distill.teacher={engine: hf, model: nan}",
     "distill.teacher={engine: vllm, model: nan}", "score.judge={engine: hf, model: nan}"],
)  # fmt: skip
def test_no_model_of_a_spec_has_weights_that_are_no_numbers(change: str, here: Path) -> None:
    filled("model.norm.weight", b"\xc0\x7f")(copy(here / "nan"))
    assert "not finite" in said("plan", "spec.yaml", "--set", change)


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    write_spec(tmp_path, SPEC)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{", "utf-8")
    plain = podium("plan", "spec.yaml", "--set", "model.base=model", cwd=tmp_path)
    whole = podium("--debug", "plan", "spec.yaml", "--set", "model.base=model", cwd=tmp_path)
    assert plain.returncode == whole.returncode == 2
    assert plain.stderr.startswith("podium: ")
    assert plain.stderr.count("\n") == 1
    assert "Traceback" in whole.stderr
    assert json.JSONDecodeError.__name__ in whole.stderr
    assert whole.stderr.endswith(plain.stderr)
