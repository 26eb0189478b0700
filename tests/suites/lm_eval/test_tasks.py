"""What a person is told of tasks that cannot be asked."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from harness.core import Output
from harness.errors import InputError, PodiumError, SpecError
from harness.models.chat import load_tokenizer, prompt_ids
from harness.stages.questions import write_questions
from harness.store.codec import read_suite
from suites.lm_eval import Options, build, check, grade
from suites.lm_eval.tasks import load, silenced
from tests.suites.lm_eval.made import make


def test_a_limit_and_examples_are_as_lm_eval_has_them(tmp_path: Path) -> None:
    suite = build(Options(tasks=("made_minutes",), include=make(tmp_path), num_fewshot=2, limit=5))
    assert [sample.id for sample in suite.test] == [f"made_minutes-{n}" for n in range(5)]
    assert all((s.prompt or "").count("<|im_start|>user") == 3 for s in suite.test)
    assert {(s.stop, s.max_tokens) for s in suite.test} == {(("开车", "没有"), 24)}


def test_a_share_below_one_limits_each_task(tmp_path: Path) -> None:
    suite = build(Options(tasks=("made_stations",), include=make(tmp_path), limit=0.1))
    assert len(suite.test) == 6


def test_examples_are_turns_of_their_own_under_a_chat_template(tiny_base: Path) -> None:
    options = Options(tasks=("podium_sums",), num_fewshot=2, limit=3, apply_chat_template=True)
    tokenizer = load_tokenizer(tiny_base)
    with silenced():
        (task,) = load(options.tasks, options.include).values()
        task.set_config(key="num_fewshot", value=2)
        task.set_fewshot_seed(seed=1234)
        task.build_all_requests(
            limit=3, apply_chat_template=True, fewshot_as_multiturn=True,
            chat_template=partial(tokenizer.apply_chat_template, tokenize=False),
        )  # fmt: skip
    suite = build(options)
    for sample, instance in zip(suite.test, task.instances, strict=True):
        roles = [message.role for message in sample.messages]
        assert roles == ["user", "assistant", "user", "assistant", "user"]
        assert sample.prompt is None
        assert tokenizer.decode(prompt_ids(tokenizer, sample)) == instance.args[0]


def test_a_metric_may_give_values_of_numpy_and_be_code_beside_the_task(tmp_path: Path) -> None:
    path = make(tmp_path / "own") / "minutes.yaml"
    text = path.read_text(encoding="utf-8")
    code = "process_results: !function own.judged\nmetric_list:"
    text = text.replace("metric_list:", code).replace("exact_match", "right")
    text = text.replace("{function: take_first}", "{function: !function own.First}")
    path.write_text(text, encoding="utf-8")
    (path.parent / "own.py").write_text(
        "import numpy as np\nfrom lm_eval.api.filter import Filter\n\n\n"
        "class First(Filter):\n    def apply(self, resps, docs):\n"
        "        return [found[0] for found in resps]\n\n\n"
        "def judged(doc, results):\n"
        "    right = np.str_(results[0]) == doc['answer']\n"
        "    return {'right': np.bool_(right), 'length': np.int64(len(results[0]))}\n",
        encoding="utf-8",
    )
    options = Options(tasks=("made_minutes",), include=path.parent, limit=4, metric="right")
    write_questions(build(options), tmp_path)
    suite = read_suite(tmp_path)
    said = [f"7:5{sample.reference}" for sample in suite.test[:3]]
    graded = grade(options, suite, [
        Output(sample.id, text) for sample, text in zip(suite.test, [*said, "7"], strict=True)
    ], None)  # fmt: skip
    assert [verdict and verdict.value for verdict in graded.verdicts] == [1, 1, 1, 0]
    found = {measure.name: measure.value for measure in graded.measures}
    assert found["right,digit"] == 0.75
    assert {score.value for score in graded.scores if score.metric == "length,whole"} == {4, 1}


def test_data_comes_from_the_hubs_cache_and_from_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "own") / "stations.yaml"
    with silenced():
        import datasets
    made = datasets.load_dataset(
        "json", data_files={"test": str(path.parent / "stations-test.jsonl")},
        cache_dir=str(tmp_path / "made"),
    )  # fmt: skip
    folder = Path(made["test"].cache_files[0]["filename"]).parent
    cached = tmp_path / "cache" / "someone___stations" / "default" / "0.0.0" / folder.name
    shutil.copytree(folder, cached)
    (cached / "json-test.arrow").rename(cached / "stations-test.arrow")
    (path.parent / "stations-test.jsonl").unlink()
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    text = path.read_text(encoding="utf-8").partition("dataset_kwargs")[0]
    behind = path.read_text(encoding="utf-8").partition("output_type")[2]
    options = Options(tasks=("made_stations",), include=path.parent)

    def reconnected(host: object, *_: object, **__: object) -> None:
        raise AssertionError(f"{host} was looked for")

    monkeypatch.setattr("socket.getaddrinfo", reconnected)
    for name, here in (("someone/stations", True), ("someone/else", False)):
        task = text.replace("dataset_path: json", f"dataset_path: {name}")
        path.write_text(f"{task}output_type{behind}", encoding="utf-8")
        if here:
            assert len(build(options).test) == 60
        else:
            with pytest.raises(InputError, match="made_stations: its data is not on this machine"):
                build(options)


def test_a_task_whose_data_is_not_here_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "minutes-test.jsonl").unlink()
    with pytest.raises(InputError, match="made_minutes: its data is not on this machine") as told:
        build(Options(tasks=("made_minutes",), include=tmp_path))
    assert "\n" not in str(told.value)


def test_an_unknown_task_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"no task 'gsm8kk' \(did you mean 'gsm8k'"):
        build(Options(tasks=("gsm8kk",), include=make(tmp_path)))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("do_sample: false", "do_sample: true, temperature: 0.7", "at random"),
        ("aggregation: mean", "aggregation: perplexity", "cannot be ranked"),
        ("metadata:", "repeats: 3\nmetadata:", "asks each question 3 times (repeats)"),
    ],
)
def test_what_cannot_be_asked_says_why(tmp_path: Path, before: str, after: str, told: str) -> None:
    path = make(tmp_path) / "minutes.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(PodiumError, match=re.escape(told)):
        build(Options(tasks=("made_minutes",), include=tmp_path))


def test_a_temperature_that_draws_nothing_is_no_reason(tmp_path: Path) -> None:
    path = make(tmp_path) / "minutes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("do_sample: false", "do_sample: false, temperature: 0.7"), "utf-8")
    assert build(Options(tasks=("made_minutes",), include=tmp_path, limit=2)).test


def test_options_are_checked_before_anything_is_read(tmp_path: Path) -> None:
    for options in (Options(tasks=()), Options(limit=2.5), Options(include=tmp_path / "none")):
        with pytest.raises(SpecError):
            check(options)
