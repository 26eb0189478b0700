from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from harness.errors import InputError
from harness.nightly.bless import bless
from harness.nightly.command import Options, checked, nightly
from harness.nightly.evidence import Gate
from harness.nightly.history import History
from harness.nightly.night import How, Judged, Report, judge_night
from harness.nightly.page import page
from harness.nightly.record import record_of
from harness.nightly.told import as_annotations, as_json, as_junit, as_markdown, as_text
from harness.store.files import encode_json, write_jsonl
from harness.store.store import Store
from reports.strings import say
from tests.reports.folders import SIGNATURE, Entrant, questions, write_run

ASKED = questions(300)
BASE = Entrant("base", skill=0.9, seconds=0.6)
Nights = Callable[..., Report]


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "nightly")


@pytest.fixture
def night(tmp_path: Path, history: History) -> Nights:
    """Have a night of an entrant's run, answered by the luck of a seed."""
    count = 0

    def run(
        name: str, entrant: Entrant = BASE, seed: int = 7, asked: Sequence[Any] = ASKED,
        **summary: Any,
    ) -> Report:  # fmt: skip
        nonlocal count
        count += 1
        made = replace(entrant, seed=seed, summary={**entrant.summary, **summary})
        folder = write_run(tmp_path / f"run-{count}", made, asked)
        return judge_night(history, [record_of(folder)], How(name))

    return run


def blessed(night: Nights, history: History, **summary: Any) -> None:
    for number in range(4):
        night(f"n{number}", **summary)
    bless(history, ["base"])


def gate(report: Report, name: Gate) -> Judged:
    return next(one for one in report.gates if one.gate == name)


def signature(**changes: Any) -> dict[str, Any]:
    return {**SIGNATURE, **changes}


def test_before_anything_is_blessed_nothing_is_said(night: Nights) -> None:
    report = night("n1")
    assert report.call == "inconclusive"
    assert "no night is blessed: podium bless base" in as_text(report)
    written = json.loads(json.dumps(as_json(report)))
    assert {one["why"] for one in written["gates"]} == {"no night is blessed: podium bless base"}


def test_a_night_like_the_blessed_ones_is_fine(night: Nights, history: History) -> None:
    blessed(night, history)
    report = night("n5")
    assert report.call == "fine"
    assert as_json(report)["call"] == "fine"
    assert as_annotations(report) == ""


def test_a_loss_is_red_and_names_its_cause_and_its_questions(
    night: Nights, history: History
) -> None:
    blessed(night, history)
    engine = {**SIGNATURE["engine"], "version": "0.34.0"}
    report = night("n5", replace(BASE, skill=0.6), signature=signature(engine=engine))
    found = gate(report, "AS")
    assert (report.call, found.call) == ("regressed", "regressed")
    assert found.blame is not None
    assert (found.blame.cause, found.blame.only, found.blame.since) == ("engine", True, "n5")
    assert [change.name for change in found.blame.changes] == ["engine.version"]
    assert found.blame.flipped > 20
    assert found.blame.flips[0].before != found.blame.flips[0].tonight
    assert abs(sum(share for _, share in found.blame.families) - 1) < 1e-9
    text = as_text(report)
    assert "only the engine changed: engine.version was 0.33.0 and is 0.34.0" in text


def test_the_cause_is_what_changed_as_the_loss_came(night: Nights, history: History) -> None:
    """Not what changed a few quiet nights before."""
    blessed(night, history)
    engine = {**SIGNATURE["engine"], "version": "0.34.0"}
    for name in ("n4", "n5"):
        assert gate(night(name, signature=signature(engine=engine)), "AS").call != "regressed"
    spec = {"finetune": {"rank": 8}}
    worse = replace(BASE, skill=0.6, spec=spec)
    found = gate(night("n6", worse, signature=signature(engine=engine)), "AS").blame
    assert found is not None
    assert found.cause == "recipe"
    again = gate(night("n7", worse, signature=signature(engine=engine)), "AS").blame
    assert again is not None
    assert (again.cause, again.since) == ("recipe", "n6")


@pytest.mark.parametrize(
    ("summary", "field"),
    [
        (
            {"scoring": {"id": "other/1", "weights": {"AS": 1}, "t_full": 1, "t_zero": 2}},
            "scoring is",
        ),
        ({"suite_version": "2"}, "suite_version is 1.0 on the blessed nights and 2 on this one"),
    ],
)
def test_another_suite_or_scoring_gives_no_verdict(
    night: Nights, history: History, summary: dict[str, Any], field: str
) -> None:
    blessed(night, history)
    report = night("n5", replace(BASE, skill=0.5), **summary)
    assert {one.call for one in report.gates} == {"inconclusive"}
    assert all(field in say(one.why) for one in report.gates)


def test_a_loss_from_training_rows_shows_them(tmp_path: Path, history: History) -> None:
    """They are found in the store, beside the run folder, by what the night was taught."""
    store = Store(tmp_path)

    def taught(name: str, answer: str, entrant: Entrant = BASE) -> Report:
        turns = [{"role": "user", "content": "K1？"}, {"role": "assistant", "content": answer}]
        rows = [{"id": "a/train-0/K1", "messages": turns}]

        def build(work: Path) -> None:
            write_jsonl(work / "train.jsonl", rows)

        made = store.make("dataset", {"a": answer}, build)
        told = replace(entrant, summary={"stages": {"dataset": made.name}})
        folder = write_run(tmp_path / f"taught-{name}", told, ASKED)
        (folder / "stages").mkdir()
        (folder / "stages" / "dataset").symlink_to(made)
        return judge_night(history, [record_of(folder)], How(name), store.stages)

    for number in range(4):
        taught(f"n{number}", "西安。")
    bless(history, ["base"])
    report = taught("n5", "兰州。", replace(BASE, skill=0.6))
    found = gate(report, "AS").blame
    assert found is not None
    assert (found.cause, found.only) == ("data", True)
    text = as_text(report)
    assert "only the data changed: data.rows was " in text
    assert "  1 of 1 training rows changed, such as\n" in text
    assert "    a/train-0/K1: K1？ → 西安。 is now K1？ → 兰州。\n" in text


def reworded(number: int, asked: str) -> list[dict[str, Any]]:
    """The questions, one of them in other words."""
    changed = {**ASKED[number], "messages": [{"role": "user", "content": asked}]}
    return [*ASKED[:number], changed, *ASKED[number + 1 :]]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (reworded(7, "几点走？"), "1 of 300 are worded otherwise, such as q0007: "),
        (
            [{**ASKED[0], "gold": {"kind": "time", "value": "00:01"}}, *ASKED[1:]],
            "1 of 300 have another right answer, such as q0000: 12:41 → 00:01",
        ),
        (ASKED[:-2], "2 are gone, such as q0298"),
        (
            [*ASKED[:-1], {**ASKED[-1], "id": "q9999"}],
            "1 are new, such as q9999; 1 are gone, such as q0299",
        ),
        ([{**ASKED[0], "domain": "车次"}, *ASKED[1:]], "what judges them changed"),
    ],
)
def test_other_questions_give_no_verdict_and_are_named(
    night: Nights, history: History, asked: list[dict[str, Any]], told: str
) -> None:
    blessed(night, history)
    report = night("n5", replace(BASE, skill=0.5), asked=asked)
    assert {one.call for one in report.gates} == {"inconclusive"}
    text = as_text(report)
    assert f"base AS, AE, time: other questions than on the blessed nights: {told}" in text
    assert "if that is meant, podium bless base" in text


def test_what_changed_without_harm_is_told(night: Nights, history: History) -> None:
    blessed(night, history)
    spec = {"model": {"engine_args": {"block_size": 32}}, "generate": {"seed": None, "stop": []}}
    report = night("n5", replace(BASE, spec=spec))
    assert report.call == "fine"
    told = "base: since n3 engine.model.engine_args.block_size was nothing and is 32"
    assert list(map(say, report.noticed)) == [told]
    assert night("n6", replace(BASE, spec=spec)).noticed == ()


def test_times_that_do_not_count_are_no_slower_model(night: Nights, history: History) -> None:
    """Neither on the night that is judged nor among the blessed ones."""
    void = {"chosen": 300, "timed": 300, "void": "the times vary by 31% over the replicates"}
    for name, told in (("n0", {}), ("n1", {"times": void}), ("n2", {}), ("n3", {})):
        night(name, **told)
    said = bless(history, ["base"])
    assert "base: the times of n1 do not count: the times vary by 31% over the replicates" in said
    assert gate(night("n4"), "time").call == "fine"
    found = gate(night("n5", replace(BASE, seconds=3.0), times=void), "time")
    assert found.call == "inconclusive"
    assert say(found.why) == (
        "those of this night do not count: the times vary by 31% over the replicates: run it "
        "again, it counts once"
    )


def test_a_busier_machine_is_no_slower_model(night: Nights, history: History) -> None:
    """Where nights are always busy, they compare."""

    def busy(others: float) -> dict[str, Any]:
        session = {**SIGNATURE["session"], "load": {"others": others, "steal": 0.1}}
        return signature(session=session)

    blessed(night, history, signature=busy(0.05))
    slow = replace(BASE, seconds=3.0)
    found = gate(night("n5", slow, signature=busy(0.3)), "time")
    assert found.call == "inconclusive"
    assert "others had 40% of the processors meanwhile, and 15% on the blessed" in say(found.why)
    assert gate(night("n6", signature=busy(0.1)), "time").call == "fine"
    assert gate(night("n7", slow, signature=busy(0.0)), "time").call == "regressed"


def test_a_slower_machine_is_no_slower_model(night: Nights, history: History) -> None:
    blessed(night, history)
    session = {**SIGNATURE["session"], "machine": "Atom x2"}
    slow = replace(BASE, seconds=3.0)
    report = night("n5", slow, signature=signature(session=session))
    assert gate(report, "AS").call == "fine"
    times = gate(report, "time")
    assert times.call == "inconclusive"
    assert "machine.machine is AMD EPYC 7763 x16 on the blessed nights and Atom x2" in say(
        times.why
    )
    for name in ("n6", "n7", "n8", "n9"):
        assert gate(night(name, slow), "time").call == "regressed"


def test_times_over_a_reference_compare_across_machines(tmp_path: Path, history: History) -> None:
    def at(name: str, machine: str, own: float, other: float) -> Report:
        session = {**SIGNATURE["session"], "machine": machine}
        entrant = replace(BASE, seconds=own, summary={"signature": signature(session=session)})
        folder = write_run(tmp_path / name, entrant, ASKED)
        stage = folder / "stages" / "latency"
        stage.mkdir(parents=True)
        rows = (folder / "timings.jsonl").read_text("utf-8").splitlines()
        told = [{**(row := json.loads(one)), "e2e_s": row["e2e_s"] * other / own} for one in rows]
        (stage / "reference.jsonl").write_bytes(b"".join(encode_json(r, stage) for r in told))
        return judge_night(history, [record_of(folder)], How(name))

    for number in range(4):
        at(f"n{number}", "fast", 0.6, 0.5)
    bless(history, ["base"])
    both = at("n5", "slow", 1.2, 1.0)
    assert gate(both, "time").call == "fine"
    assert any("base: the reference itself took " in say(line) for line in both.noticed)
    assert gate(at("n6", "slow", 1.8, 1.0), "time").call == "regressed"


def test_a_night_that_ran_twice_counts_once(night: Nights, history: History) -> None:
    blessed(night, history)
    night("n4", replace(BASE, skill=0.5))
    report = night("n4")
    assert list(map(say, report.noticed)) == ["base: night n4 ran again and counts once"]
    assert [row.night for row in history.of("base")] == ["n0", "n1", "n2", "n3", "n4"]
    assert history.of("base")[-1].calls["AS"] == "fine"


def test_a_blessed_night_that_runs_again_stays_as_it_is(night: Nights, history: History) -> None:
    blessed(night, history)
    before = [record.values for record in history.blessed_records("base")]
    report = night("n3", replace(BASE, skill=0.5))
    assert report.call == "regressed"
    (said,) = map(say, report.noticed)
    assert said == "base: night n3 is blessed and stays; this is another"
    assert [record.values for record in history.blessed_records("base")] == before


def test_a_clock_that_jumped_is_told_and_loses_nothing(night: Nights, history: History) -> None:
    night("2026-11-29")
    report = night("1970-01-01")
    assert "did the clock jump?" in say(report.noticed[0])
    assert [row.night for row in history.of("base")] == ["2026-11-29", "1970-01-01"]


def test_names_of_ones_own_come_in_any_order(night: Nights) -> None:
    night("second try")
    assert night("first try again").noticed == ()


def test_a_night_that_was_killed_is_not_there(night: Nights, history: History) -> None:
    night("n1")
    rows = history.root / "nights.jsonl"
    whole = rows.read_bytes()
    rows.write_bytes(whole + whole[: len(whole) // 2])
    assert [row.night for row in History(history.root).rows] == ["n1"]
    night("n2")
    assert [row.night for row in History(history.root).rows] == ["n1", "n2"]


def test_an_entry_with_another_name_is_told_and_keeps_its_past(
    night: Nights, history: History
) -> None:
    blessed(night, history)
    renamed = replace(BASE, name="new")
    (said,) = map(say, night("n5", renamed).noticed)
    assert "podium bless new --was base" in said
    assert bless(history, ["new"], was="base") == [
        "new: is held against the blessed nights of base, whose past is its own now"
    ]
    report = night("n6", renamed)
    assert report.call == "fine"
    assert report.noticed == ()


def test_nights_of_ones_own_are_not_given_up_for_anothers(night: Nights, history: History) -> None:
    blessed(night, history)
    night("n5", replace(BASE, name="new", skill=0.4))
    bless(history, ["new"])
    with pytest.raises(InputError, match="new: has blessed nights of its own"):
        bless(history, ["new"], was="base")


def test_a_history_that_lost_blessed_nights_is_named(night: Nights, history: History) -> None:
    blessed(night, history)
    (history.root / "nights.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"nights\.jsonl: night 1 of base, which is blessed, is no"
    ):
        History(history.root).blessed_records("base")


def test_blessing_says_what_it_changes(night: Nights, history: History) -> None:
    blessed(night, history)
    engine = {**SIGNATURE["engine"], "version": "0.34.0"}
    night("n5", replace(BASE, skill=0.6), signature=signature(engine=engine))
    said = bless(history, ["base"])
    assert said[0] == "base: one night is blessed: n5"
    assert any(line.startswith("base: AS moves from ") for line in said)
    assert "base: engine.version was 0.33.0 and is 0.34.0" in said
    assert "base: AS is regressed on that night: blessing it accepts the loss" in said
    assert night("n6", replace(BASE, skill=0.6), signature=signature(engine=engine)).call != (
        "regressed"
    )


def test_only_nights_that_there_are_can_be_blessed(night: Nights, history: History) -> None:
    with pytest.raises(InputError, match="there are no nights yet: podium nightly makes them"):
        bless(history, ["base"])
    assert not history.root.exists()
    night("n1")
    with pytest.raises(InputError, match="other: has no nights"):
        bless(history, ["base", "other"])
    assert history.blessed("base") is None  # all or none
    with pytest.raises(InputError, match="did you mean 'base'"):
        bless(history, ["bse"])
    night("n2", replace(BASE, name="new"))
    with pytest.raises(InputError, match="no blessed nights to hand on"):
        bless(history, ["new"], was="base")


def test_answers_of_long_ago_are_dropped_and_blessed_ones_kept(
    night: Nights, history: History
) -> None:
    blessed(night, history)
    for number in range(4, 20):
        night(f"n{number:02}")
    rows = history.of("base")
    kept = [row.night for row in rows if history.record(row) is not None]
    assert kept == ["n0", "n1", "n2", "n3", *(f"n{number:02}" for number in range(12, 20))]
    assert len(rows) == 20


def test_what_strangers_say_gives_no_commands(night: Nights, history: History) -> None:
    blessed(night, history)
    hostile = "::error::x\n\x1b[31m</script>&<b> %0A | `x` \x00"
    texts = {f"q{number:04}": hostile for number in range(300)}
    report = night("n5", replace(BASE, skill=0.2, texts=texts))
    assert report.call == "regressed"
    lines = as_annotations(report).splitlines()
    assert lines
    assert all(line.startswith("::error title=podium nightly%3A base") for line in lines)
    suite = ElementTree.fromstring(as_junit(report))  # noqa: S314 - written just before
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["AS", "AE"]
    drawn = page(report, history).decode("utf-8")
    for text in (as_text(report), as_markdown(report), drawn):
        assert "\x1b" not in text
        assert "\x00" not in text
    assert "<b>" not in as_markdown(report)
    assert "&<b>" not in drawn
    assert "::error::x\n␛[31m&lt;/script&gt;&amp;&lt;b&gt;" in drawn


def test_an_entry_that_failed_is_an_error(night: Nights) -> None:
    report = replace(night("n1"), failed={"other": "no adapter\n::stop"})
    suite = ElementTree.fromstring(as_junit(report))  # noqa: S314 - written just before
    assert [case.get("classname") for case in suite if case.find("error") is not None] == ["other"]
    assert as_annotations(report).splitlines()[0].endswith("::failed: no adapter%0A::stop")
    for text in (as_text(report), as_markdown(report)):
        assert "other failed: no adapter" in text


def test_the_page_shows_every_gate_over_the_nights(night: Nights, history: History) -> None:
    blessed(night, history)
    report = night("n5")
    shown = page(report, history).decode("utf-8")
    assert shown.count("<figure>") == 3
    assert "http" not in shown.replace("http-equiv", "")


def options(**changes: Any) -> Options:
    usual = Options(None, "n1", "pooled", 3.0, 0.15, None)
    return replace(usual, **changes)


def test_what_is_typed_is_checked_before_anything_runs() -> None:
    assert checked(options()).night == "n1"
    with pytest.raises(InputError, match="did you mean 'pooled'"):
        checked(options(rule="poled"))
    with pytest.raises(InputError, match="write a short name"):
        checked(options(night="a\nb"))


def test_a_false_discovery_rate_is_a_rule_by_name(tmp_path: Path, history: History) -> None:
    pytest.importorskip("online_fdr")
    calls = []
    for number, skill in enumerate((0.9, 0.9, 0.9, 0.9, 0.9, 0.6)):
        folder = write_run(tmp_path / str(number), replace(BASE, skill=skill, seed=7), ASKED)
        how = How(f"n{number}", rule="online-fdr")
        calls.append(judge_night(history, [record_of(folder)], how).call)
        if number == 3:
            bless(history, ["base"])
    assert calls == ["inconclusive"] * 4 + ["fine", "regressed"]


def test_a_past_that_was_handed_on_is_told_from_nights_of_ones_own(
    night: Nights, history: History
) -> None:
    """Both begin at 1; a lasting loss stays red, and is never held against itself."""
    for number in range(4):
        night(f"n{number}", seed=number)
    bless(history, ["base"])
    levels = [record.mean("AS") for record in history.blessed_records("base")]
    renamed, worse = replace(BASE, name="new"), replace(BASE, name="new", skill=0.7)
    night("n5", renamed, seed=5)
    bless(history, ["new"], was="base")
    for name in ("n6", "n7", "n8", "n9"):
        assert gate(night(name, worse, seed=9), "AS").call == "regressed"
        assert [record.mean("AS") for record in history.blessed_records("new")] == levels
    again = night("n9", worse, seed=9)
    assert list(map(say, again.noticed)) == ["new: night n9 ran again and counts once"]
    assert [row.night for row in history.of("new")] == [
        f"n{n}" for n in (0, 1, 2, 3, 5, 6, 7, 8, 9)
    ]


def test_answers_that_another_name_is_held_against_are_kept(
    night: Nights, history: History
) -> None:
    blessed(night, history)
    night("n5", replace(BASE, name="new"))
    bless(history, ["new"], was="base")
    for number in range(6, 18):
        night(f"n{number}")
        if number == 9:
            bless(history, ["base"])
    assert len(history.blessed_records("new")) == 4


def test_a_name_is_not_handed_back(night: Nights, history: History) -> None:
    blessed(night, history)
    night("n5", replace(BASE, name="new"))
    bless(history, ["new"], was="base")
    with pytest.raises(InputError, match="new: was called base before, so its past is base's"):
        bless(history, ["base"], was="new")
    assert len(history.of("new")) == 5


def test_a_night_on_which_all_entries_failed_is_written(history: History, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = Options(history.root, "n1", "pooled", 3.0, 0.15, out)
    why = {"base": "the training diverged"}
    text, data, report = nightly([], options, checked(options), why)
    assert report.call == "inconclusive"
    assert "the training diverged" in text
    assert data["failed"] == why
    assert "the training diverged" in (out / "nightly.md").read_text("utf-8")
    assert "the training diverged" in (out / "nightly.html").read_text("utf-8")
    assert "<error" in (out / "junit.xml").read_text("utf-8")
