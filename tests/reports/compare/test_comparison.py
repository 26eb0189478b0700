"""Two run folders compared: what is said, and what is not."""

from __future__ import annotations

import json
from html import unescape
from itertools import count
from pathlib import Path

import pytest

from harness.errors import InputError
from reports.compare.comparison import Comparison, compare
from reports.compare.files import as_json, markdown, write
from reports.compare.terminal import as_text
from reports.compare.verdict import cautions, verdict
from reports.strings import say
from tests.reports.compare import runs
from tests.reports.compare.runs import ALIKE, BAD, GOOD, UNTUNED
from tests.reports.conftest import HOSTILE_NAME, HOSTILE_TEXTS
from tests.reports.folders import SESSION, SIGNATURE, Entrant


def of(tmp_path: Path, *entrants: Entrant, explain: bool = False) -> Comparison:
    return compare([runs.write(tmp_path, one) for one in entrants], explain=explain)


def call(compared: Comparison, place: int = 0) -> str:
    return compared.others[place].call


def told(compared: Comparison) -> str:
    return say(verdict(compared, compared.others[0]))


def warned(compared: Comparison) -> str:
    return "\n".join(map(say, cautions(compared)))


def test_better_worse_and_not_told_apart_have_their_exit_codes(tmp_path: Path) -> None:
    better = of(tmp_path / "a", BAD, GOOD)
    worse = of(tmp_path / "b", GOOD, BAD)
    same = of(tmp_path / "c", GOOD, ALIKE)
    assert [call(one) for one in (better, worse, same)] == ["better", "worse", "same"]
    assert [one.exit_code for one in (better, worse, same)] == [0, 1, 0]
    assert told(better).startswith("good is better than bad: +")
    assert told(worse).startswith("bad is worse than good: −")
    assert told(same).startswith("alike and good are not told apart: ")
    for one in (better, worse, same):
        detectable = one.others[0].main.shown.detectable
        assert detectable > 0
        assert f"from about {detectable:.1f} points on" in told(one)


def test_the_first_is_held_against_every_other_by_holm(tmp_path: Path) -> None:
    alone = of(tmp_path / "a", GOOD, BAD)
    both = of(tmp_path / "b", GOOD, ALIKE, BAD)
    assert [other.call for other in both.others] == ["same", "worse"]
    assert both.exit_code == 1
    one, other = alone.others[0], both.others[1]
    assert one.p is not None
    assert other.p == pytest.approx(min(1, 2 * one.p))
    assert other.hits_p == pytest.approx(2 * one.hits.p)
    assert other.main.shown.detectable > one.main.shown.detectable
    assert other.main.shown.high == one.main.shown.high
    assert "p by Holm" in warned(both)


def test_flips_hold_both_answers_and_what_was_found(tmp_path: Path) -> None:
    compared = of(tmp_path, GOOD, BAD)
    (other,) = compared.others
    lost = [flip for flip in other.flips if not flip.won]
    assert (len(lost), len(other.flips) - len(lost)) == (other.hits.b, other.hits.c)
    flip = lost[0]
    assert flip.first.text == flip.reference
    assert flip.first.correct == 1
    assert flip.second.text.startswith("根据列车信息表")
    assert flip.second.found in ("gold value not found", "unparsed")
    assert flip.question
    assert flip.gold
    told_of = as_json(compared)["others"][0]["flips"]
    assert told_of[0]["second"]["text"] == flip.second.text
    assert f"{other.hits.b} lost" in as_text(compared, 100)


def test_the_causes_add_up_and_name_what_differs(tmp_path: Path) -> None:
    slow = Entrant("slow", 0.95, 2.8, 14, seed=1, summary=UNTUNED)
    compared = of(tmp_path, GOOD, slow, explain=True)
    (other,) = compared.others
    assert sum(cause.points.value for cause in other.causes) == pytest.approx(
        other.main.contrast.questions.value, abs=1e-9
    )
    first = min(other.causes, key=lambda cause: cause.points.value)
    assert first.name == "per_token"
    assert {cause.name for cause in other.causes} >= {"first_token", "accuracy"}
    assert all(cause.name != "response_time" for cause in other.causes)
    names = {lever.name for lever in compared.levers["slow"]}
    assert {"per_token", "first_token", "fewer_tokens", "family_right"} <= names
    shown = as_text(compared, 100)
    assert "decoding speed" in shown
    assert "What one change would bring: slow" in shown


def test_another_base_is_a_change_too(tmp_path: Path) -> None:
    big, small = ({**UNTUNED, "model": {"base": name}} for name in ("big", "small"))
    good, bad = (
        runs.write(tmp_path, Entrant(one.name, one.skill, one.seconds, 14, one.seed, summary=model))
        for one, model in ((GOOD, big), (BAD, small))
    )
    compared = compare([bad, good], explain=True)
    gain = compared.others[0].main.contrast.questions.value
    (lever,) = [one for one in compared.levers["bad"] if one.name == "other_base"]
    assert lever.best == "good"
    assert lever.points == pytest.approx(gain)
    assert all(one.name != "other_base" for one in compared.levers["good"])


# --- seeds ---------------------------------------------------------------------------------------


def trained(one: Entrant, base: str = "tiny", **more: object) -> Entrant:
    summary = {"model": {"base": base}, **more}
    return Entrant(one.name, one.skill, one.seconds, one.tokens, one.seed, summary=summary)


def test_one_training_each_says_nothing_where_nobody_knows_the_scatter(tmp_path: Path) -> None:
    compared = of(tmp_path, trained(GOOD), trained(BAD))
    assert (call(compared), compared.exit_code) == ("unknown_seeds", 3)
    assert compared.others[0].main.contrast.whole is None
    assert "nobody knows how far seeds scatter here" in told(compared)
    assert "--repeats 3" in told(compared)
    back = compare([tmp_path / "bad", tmp_path / "good"], explain=False)
    assert (call(back), back.exit_code) == ("unknown_seeds", 0)


def test_a_repeated_recipe_beside_them_says_how_far_seeds_scatter(tmp_path: Path) -> None:
    folders = [runs.write(tmp_path, trained(one)) for one in (GOOD, BAD)]
    runs.write_several(tmp_path, trained(Entrant("calm")), [0.75, 0.76, 0.75, 0.76, 0.75])
    clear = compare(folders, explain=False)
    assert (call(clear), clear.exit_code) == ("worse", 1)
    assert "How far seeds scatter is taken from calm × 5" in warned(clear)
    alone = clear.others[0].main.contrast
    assert alone.whole is not None
    assert alone.whole.high - alone.whole.low > alone.questions.high - alone.questions.low


def test_a_difference_within_what_seeds_do_is_no_verdict(tmp_path: Path) -> None:
    folders = [runs.write(tmp_path, trained(one)) for one in (GOOD, BAD)]
    runs.write_several(tmp_path, trained(Entrant("wild")), [0.35, 0.75, 1.0])
    compared = compare(folders, explain=False)
    assert (call(compared), compared.exit_code) == ("within_seeds", 3)
    assert "may be their seeds alone (wild × 3" in told(compared)
    assert "seeds of wild alone gave AS" in warned(compared)


def test_seeds_of_another_base_or_suite_say_nothing(tmp_path: Path) -> None:
    folders = [runs.write(tmp_path, trained(one)) for one in (GOOD, BAD)]
    runs.write_several(tmp_path, trained(Entrant("other"), base="huge"), [0.75, 0.76])
    elsewhere = runs.write_several(tmp_path, trained(Entrant("fruit")), [0.75, 0.76])
    runs.edit_summary(elsewhere, suite="fruit")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "summary.json").write_text('{"repeats": 3, "suite": "timetable"}', "utf-8")
    assert call(compare(folders, explain=False)) == "unknown_seeds"


def test_what_was_measured_before_counts_for_its_base(tmp_path: Path, known_seeds: Path) -> None:
    known = json.loads(known_seeds.read_text("utf-8"))
    known["timetable"] |= {"base": "tiny", "sd": 0.2}
    known_seeds.write_text(json.dumps(known), "utf-8")
    assert call(of(tmp_path, trained(GOOD), trained(BAD))) == "worse"
    assert call(of(tmp_path / "2", trained(GOOD, "big"), trained(BAD, "big"))) == "unknown_seeds"


def test_own_seeds_are_in_the_interval_and_in_the_causes(tmp_path: Path) -> None:
    one = runs.write_several(tmp_path, trained(Entrant("one", 0.9, 0.7, 14)), [0.88, 0.9, 0.92])
    two = runs.write_several(tmp_path, trained(Entrant("two", 0.6, 0.7, 14)), [0.58, 0.6, 0.62])
    compared = compare([one, two], explain=True)
    (other,) = compared.others
    assert call(compared) == "worse"
    assert "Trained several times" in warned(compared)
    assert sum(cause.points.value for cause in other.causes) == pytest.approx(
        other.main.contrast.questions.value, abs=1e-9
    )
    wild = runs.write_several(tmp_path, trained(Entrant("wild", 0.6, 0.7, 14)), [0.2, 0.6, 1.0])
    assert call(compare([one, wild], explain=False)) in ("within_seeds", "same")


def test_seeds_of_one_say_nothing_of_another_base(tmp_path: Path) -> None:
    several = runs.write_several(tmp_path, trained(Entrant("one", 0.95)), [0.94, 0.95, 0.96])
    alike, other = (
        runs.write(tmp_path, trained(Entrant(base, 0.3, seed=2), base)) for base in ("tiny", "big")
    )
    assert call(compare([several, alike], explain=False)) == "worse"
    assert call(compare([several, other], explain=False)) == "unknown_seeds"


def test_one_training_asked_in_two_ways_has_no_seeds_between(tmp_path: Path) -> None:
    stages = {"finetune": "f00d"}
    compared = of(tmp_path, trained(GOOD, stages=stages), trained(BAD, stages=stages))
    assert call(compared) == "worse"
    assert "are one training, asked in two ways" in warned(compared)


# --- what does not compare -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"suite": "fruit"}, "suite is"),
        ({"suite_version": "2"}, "suite_version is"),
        ({"signature": {**SIGNATURE, "questions": "other"}}, "signature.questions is"),
        ({"signature": {**SIGNATURE, "judge": {"model": "x"}}}, "signature.judge is"),
    ],
)
def test_runs_that_do_not_compare_are_refused_by_field(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    one, two = (runs.write(tmp_path, entrant) for entrant in (GOOD, BAD))
    runs.edit_summary(two, **changes)
    with pytest.raises(InputError, match=f"cannot be compared: {field}"):
        compare([one, two], explain=False)


def test_times_of_two_sessions_leave_the_answers_to_compare(tmp_path: Path) -> None:
    one, two = (runs.write(tmp_path, entrant) for entrant in (GOOD, BAD))
    runs.edit_summary(two, signature={**SIGNATURE, "session": {**SESSION, "id": "later"}})
    compared = compare([one, two], explain=True)
    assert compared.basis == "AS+AE"
    assert "Compared by AS+AE, not by the total" in warned(compared)
    assert "signature.session" in warned(compared)
    assert {cause.name for cause in compared.others[0].causes} == {"accuracy", "concise"}
    assert "AS+AE" in told(compared)


def test_times_as_multiples_of_a_reference_are_split_where_it_is_there(tmp_path: Path) -> None:
    session = {**SESSION, "reference": {"model": "base"}}
    folders = [runs.write(tmp_path, entrant) for entrant in (GOOD, BAD)]
    for folder in folders:
        old = json.loads((folder / "summary.json").read_text("utf-8"))
        runs.edit_summary(
            folder, scoring={**old["scoring"], "times": "relative"},
            signature={**SIGNATURE, "session": session},
        )  # fmt: skip
    alone = compare(folders, explain=True)
    assert alone.basis == "total"
    assert {"response_time"} == _of_times(alone)
    for folder in folders:
        runs.edit(folder, "timings.jsonl", lambda row: {**row, "e2e_s": 3 * row["e2e_s"],
                                                        "ttft_s": 3 * row["ttft_s"]})  # fmt: skip
        (folder / "stages" / "latency").mkdir(parents=True)
        rows = [{**row, "e2e_s": 3.0} for row in runs.times(folder)]
        runs.write_lines(folder / "stages" / "latency" / "reference.jsonl", rows)
    assert _of_times(compare(folders, explain=True)) == {"first_token", "per_token", "tokens"}


def _of_times(compared: Comparison) -> set[str]:
    names = {cause.name for cause in compared.others[0].causes}
    return names - {"accuracy", "concise"}


def test_unsteady_times_leave_it_open(tmp_path: Path) -> None:
    one, two = (runs.write(tmp_path, entrant) for entrant in (GOOD, ALIKE))
    for folder in (one, two):
        runs.edit(
            folder, "scores.jsonl",
            lambda row: {**row, "value": None} if row["metric"] == "response" else row,
        )  # fmt: skip
        old = json.loads((folder / "summary.json").read_text("utf-8"))
        untimed = old["total_untimed"]
        runs.edit_summary(
            folder, parts={**old["parts"], "ART": None}, total=untimed,
            latency={**old["latency"], "verdict": "inconclusive"},
            times={"void": "times vary by 31% over replicates"},
        )  # fmt: skip
    compared = compare([one, two], explain=True)
    assert (call(compared), compared.exit_code) == ("same", 3)
    assert "too unsteady to count, so the total is not compared; exit code 3." in warned(compared)
    runs.edit(two, "scores.jsonl", lambda row: {**row, "value": 0.0})
    worse = compare([one, two], explain=False)
    assert (call(worse), worse.exit_code) == ("worse", 1)
    assert "too unsteady to count, so the total is not compared; exit code 1." in warned(worse)


def test_what_computes_nothing_is_compared_by_its_answers(tmp_path: Path) -> None:
    one, two = (runs.write(tmp_path, entrant) for entrant in (GOOD, BAD))
    runs.edit_summary(two, signature={**SIGNATURE, "engine": None})
    compared = compare([one, two], explain=False)
    assert compared.basis == "AS+AE"
    assert "computes nothing" in warned(compared)


def test_two_wordings_tell_nothing_apart(tmp_path: Path) -> None:
    folders = [runs.write(tmp_path, entrant) for entrant in (GOOD, BAD)]
    for folder in folders:
        rows = runs.lines(folder / "samples.jsonl")
        rows = [{**row, "template": f"t{at % 2}"} for row, at in zip(rows, count(), strict=False)]
        runs.write_lines(folder / "samples.jsonl", rows)
    compared = compare(folders, explain=True)
    assert (call(compared), compared.exit_code) == ("fixed", 3)


# --- odd input -----------------------------------------------------------------------------------


def test_a_folder_named_twice_is_refused(tmp_path: Path) -> None:
    folder = runs.write(tmp_path, GOOD)
    with pytest.raises(InputError, match="named twice"):
        compare([folder, tmp_path / "." / "good"], explain=False)
    with pytest.raises(InputError, match="two run folders at least"):
        compare([folder], explain=False)


def test_folders_that_are_no_runs_are_named(tmp_path: Path) -> None:
    folder = runs.write(tmp_path, GOOD)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty: no summary\.json"):
        compare([folder, tmp_path / "empty"], explain=False)
    with pytest.raises(InputError, match="gone: no such run folder"):
        compare([folder, tmp_path / "gone"], explain=False)


def test_a_run_without_answers_is_refused(tmp_path: Path) -> None:
    one, two = (runs.write(tmp_path, entrant) for entrant in (GOOD, BAD))
    (two / "scores.jsonl").write_text("", "utf-8")
    with pytest.raises(InputError, match=r"scores\.jsonl is missing or empty"):
        compare([one, two], explain=False)


def test_nothing_scored_is_nothing_to_compare(tmp_path: Path) -> None:
    one, two = (runs.write(tmp_path, entrant) for entrant in (GOOD, BAD))
    runs.edit(two, "scores.jsonl", lambda row: {**row, "value": None, "note": "undecided"})
    with pytest.raises(InputError, match="no question is scored in both"):
        compare([one, two], explain=True)


def test_one_question_alone_tells_nothing_apart(tmp_path: Path) -> None:
    folders = [runs.write(tmp_path, entrant, count=1) for entrant in (GOOD, BAD)]
    compared = compare(folders, explain=True)
    assert call(compared) in ("same", "fixed")
    json.dumps(as_json(compared), allow_nan=False)


def test_answers_that_are_all_the_same_differ_by_nothing(tmp_path: Path) -> None:
    again = Entrant("again", GOOD.skill, GOOD.seconds, GOOD.tokens, GOOD.seed, summary=UNTUNED)
    compared = of(tmp_path, GOOD, again, explain=True)
    (other,) = compared.others
    assert other.main.contrast.questions.value == 0
    assert (other.flips, call(compared), other.hits.p) == ((), "same", 1)
    assert {cause.points.value for cause in other.causes} == {0}
    assert other.main.shown.detectable > 0


def test_folders_of_scores_alone_are_compared_as_far_as_they_go(tmp_path: Path) -> None:
    folders = [runs.write(tmp_path, entrant) for entrant in (GOOD, BAD)]
    for folder in folders:
        for name in ("predictions", "timings", "samples"):
            (folder / f"{name}.jsonl").unlink()
    compared = compare(folders, explain=True)
    (other,) = compared.others
    assert sum(cause.points.value for cause in other.causes) == pytest.approx(
        other.main.contrast.questions.value, abs=1e-9
    )
    assert {cause.name for cause in other.causes} == {"accuracy", "response_time", "concise"}
    write(compared, tmp_path / "out")


def test_odd_times_are_no_times(tmp_path: Path) -> None:
    one, two = (runs.write(tmp_path, entrant) for entrant in (GOOD, BAD))
    runs.edit(two, "timings.jsonl", lambda row: {**row, "ttft_s": "soon", "output_tokens": True})
    compared = compare([one, two], explain=True)
    assert any(cause.name == "response_time" for cause in compared.others[0].causes)


def test_strangers_texts_are_harmless_and_nothing_is_lost(tmp_path: Path) -> None:
    huge = {"q0005": "<script>boom()</script>" * 50_000}
    evil = Entrant(HOSTILE_NAME, 0.5, seed=2, texts={**HOSTILE_TEXTS, **huge}, summary={**UNTUNED})
    compared = of(tmp_path, GOOD, evil, explain=True)
    page = write(compared, tmp_path / "out").read_text("utf-8")
    assert "<img" not in page
    assert "<script>boom" not in page
    assert page.count("<script>") == 1
    for text in (as_text(compared, 100), markdown(compared), page):
        assert not {"\x1b", "\u202e", "\x00", "\x07"} & set(text)
    assert "<script" not in markdown(compared)
    assert len(page) < 1_000_000
    kept = json.loads((tmp_path / "out" / "compare.json").read_text("utf-8"))
    (whole,) = [flip for flip in kept["others"][0]["flips"] if flip["id"] == "q0005"]
    assert whole["second"]["text"] == huge["q0005"]


def test_the_page_asks_nothing_of_anybody_and_speaks_both_languages(tmp_path: Path) -> None:
    page = write(of(tmp_path, GOOD, BAD, explain=True), tmp_path / "out").read_text("utf-8")
    assert "default-src 'none'" in unescape(page)
    assert "src=" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "差距由什么构成" in page
    assert page.count("<section") == page.count("</section>") == 5


def test_the_files_are_written_once(tmp_path: Path) -> None:
    compared = of(tmp_path, GOOD, BAD, explain=True)
    write(compared, tmp_path / "out")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert before.keys() == {"compare.html", "compare.md", "compare.json"}
    write(compared, tmp_path / "out")
    assert before == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
