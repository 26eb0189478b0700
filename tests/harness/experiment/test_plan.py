"""What would run, and why."""

from __future__ import annotations

from pathlib import Path

from harness.experiment.plan import plan, table
from harness.pipeline import run
from harness.spec import Spec, load_specs

TEXT = "suite: {name: timetable, test_limit: 4}\nmodel: {engine: fake}\nfinetune: null\n"


def specs(folder: Path, *changes: str) -> list[Spec]:
    path = folder / "spec.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return load_specs(path, (f"runtime.runs={folder / 'runs'}", *changes))


def told(steps: list[dict[str, object]]) -> dict[object, tuple[object, object]]:
    return {step["stage"]: (step["state"], step["why"]) for step in steps}


def test_a_first_plan_would_run_all_and_runs_nothing(tmp_path: Path) -> None:
    steps = plan(specs(tmp_path))
    assert {state for state, _ in told(steps).values()} == {"will run"}
    assert not (tmp_path / "runs" / "stages").exists()


def test_a_changed_field_is_named_once_and_followed(tmp_path: Path) -> None:
    run(specs(tmp_path))
    assert {state for state, _ in told(plan(specs(tmp_path))).values()} == {"cached"}
    found = told(plan(specs(tmp_path, "generate.max_tokens=9")))
    assert found["questions"] == ("cached", [])
    state, why = found["infer"]
    assert (state, len(why)) == ("will run", 1)  # type: ignore[arg-type] # a list of reasons
    assert "generate.max_tokens" in why[0]  # type: ignore[index] # as above
    assert found["score"] == ("will run", ["follows infer"])


def test_the_table_lines_up_and_says_what_the_questions_show(tmp_path: Path) -> None:
    lines = table(plan(specs(tmp_path))).splitlines()
    assert lines[0].split() == ["experiment", "stage", "state", "why"]
    starts = {line.index("will run") for line in lines if "will run" in line}
    assert len(starts) == 1
    assert any("questions about" in line for line in lines)
