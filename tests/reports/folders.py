"""A small generator of run folders as `podium run` leaves them, for the tests of the reports."""

from __future__ import annotations

import json
import math
import random
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

FAMILIES = ("单字段", "条件筛选", "跨行计算", "时间推理", "区间筛选", "缺失", "换算")
METRICS = {"AS": "correct", "ART": "response", "AE": "efficiency"}
WEIGHTS = {"AS": 0.4, "ART": 0.3, "AE": 0.3}
FORMULA = [
    "AS = 100 · mean(c)",
    "ART = 100 · mean(c · r(t)), r = 1 up to 0.5 s, 0 from 8 s, linear in log t between",
    "AE = 100 · mean(c · min(1, L_gold / L))",
    "total = 0.4 AS + 0.3 ART + 0.3 AE",
]
SESSION: dict[str, Any] = {
    "id": "9f3a6c1d20b7e854",
    "started": "2025-08-01T02:40:11+00:00",
    "machine": "AMD EPYC 7763 x16",
    "gpu": "RTX 4090",
    "driver": "580.95.05",
    "load": {"before": 0.02, "during": 0.09},
    "together": True,
    "repeats_within": 0.018,
}
SIGNATURE: dict[str, Any] = {
    "questions": "sha256:5f1c",
    "scoring": "timetable-2025/2",
    "latency": {"questions": 40, "replicates": 4, "warmup": 8, "seed": 0},
    "session": SESSION,
    "engine": {"name": "vllm", "version": "0.33.0", "gpu": "RTX 4090", "mode": "graph"},
}
STATIONS = ("西安", "兰州", "北京西", "成都东", "乌鲁木齐", "南昌", "上海", "广州南")

Row = dict[str, Any]


@dataclass(frozen=True)
class Entrant:
    """What one generated run is like. `skill` and the seconds are what scores come from.

    `distill`, `dataset` and `probe` are the contents of the files of these names.
    """

    name: str
    skill: float = 0.9
    seconds: float = 0.6
    tokens: int = 16
    seed: int = 1
    spec: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    timed: bool = True
    lost: int = -1
    loss: bool = True
    probe: Mapping[str, Any] | None = None
    distill: Mapping[str, Any] | None = None
    dataset: Mapping[str, Any] | None = None


def questions(count: int) -> list[Row]:
    """Timetable questions, `count` of them, the same on every call."""
    dice = random.Random(7)
    return [_question(number, dice) for number in range(count)]


def _question(number: int, dice: random.Random) -> Row:
    train = f"{dice.choice('ZKTDGC')}{dice.randrange(1, 2999)}"
    hour, minute = dice.randrange(24), dice.randrange(60)
    family = FAMILIES[number % len(FAMILIES)]
    asked, gold, reference = {
        "跨行计算": (
            f"{train}次列车从{dice.choice(STATIONS)}到{dice.choice(STATIONS)}要多少分钟？",
            {"kind": "duration", "value": float(hour * 60 + minute)},
            f"{train}次列车全程{hour * 60 + minute}分钟。",
        ),
        "条件筛选": (
            f"{hour}点以后在综合候乘中心候车的{train[0]}字头列车有哪些？",
            {"kind": "set", "value": [train, f"{train[0]}{number + 3000}"]},
            f"有{train}和{train[0]}{number + 3000}。",
        ),
        "缺失": (
            f"{train}次列车的检票口是哪个？",
            {"kind": "none", "value": None},
            f"{train}次列车没有检票口信息。",
        ),
    }.get(
        family,
        (
            f"{train}次列车在{dice.choice(STATIONS)}几点发车？",
            {"kind": "time", "value": f"{hour:02}:{minute:02}"},
            f"{train}次列车{hour:02}:{minute:02}发车。",
        ),
    )
    return {
        "id": f"q{number:04}",
        "messages": [{"role": "user", "content": asked}],
        "gold": gold,
        "reference": reference,
        "family": family,
        "row": train,
        "template": f"t{number % 14}",
        "split": "test",
        "domain": "",
    }


def write_run(root: Path, entrant: Entrant, samples: Sequence[Row]) -> Path:
    """Write one run folder under `root` and return it."""
    folder = root / re.sub(r"\W+", "_", entrant.name)
    folder.mkdir(parents=True)
    dice = random.Random(entrant.seed)
    outputs = [_output(sample, entrant, dice) for sample in samples]
    timings = _timings(outputs, dice) if entrant.timed else []
    taken = _taken(timings)
    scores = [
        _judge(sample, output, entrant, taken.get(sample["id"]))
        for sample, output in zip(samples, outputs, strict=True)
    ]
    _jsonl(folder / "samples.jsonl", samples)
    _jsonl(folder / "predictions.jsonl", outputs)
    _jsonl(folder / "timings.jsonl", timings)
    _jsonl(folder / "scores.jsonl", [row for rows in scores for row in rows])
    summary = _summary(entrant, samples, outputs, scores)
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False), "utf-8")
    spec = {"name": entrant.name, "suite": "timetable", **entrant.spec}
    (folder / "spec.yaml").write_text(yaml.safe_dump(spec, allow_unicode=True), "utf-8")
    if entrant.loss:
        (folder / "loss.json").write_text(json.dumps(_loss(entrant, dice)), "utf-8")
    for name in ("distill", "dataset", "probe"):
        if (content := getattr(entrant, name)) is not None:
            (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    return folder


def write_repeated(root: Path, entrant: Entrant, skills: Sequence[float], samples: Any) -> Path:
    """Write the run folder of a recipe, and inside it one for each seed, of these skills."""
    folder = write_run(root, entrant, samples)
    members = [
        write_run(
            folder / "seeds", replace(entrant, name=str(seed), skill=skill, seed=seed), samples
        )
        for seed, skill in enumerate(skills)
    ]
    told = [json.loads((member / "summary.json").read_text("utf-8")) for member in members]
    values = {
        "AS": [one["parts"]["AS"]["value"] for one in told],
        "total": [one["total"]["value"] for one in told],
    }
    repeats = {
        "n": len(skills),
        "seeds": list(range(len(skills))),
        **values,
        "sd": {name: statistics.stdev(found) for name, found in values.items()},
    }
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    summary["parts"]["AS"]["value"] = statistics.fmean(values["AS"])
    summary["repeats"] = repeats
    (folder / "summary.json").write_text(json.dumps(summary), "utf-8")
    return folder


def _output(sample: Row, entrant: Entrant, dice: random.Random) -> Row:
    hard = 0.22 if sample["family"] in {"跨行计算", "区间筛选"} else 0.0
    luck, number = dice.random(), int(sample["id"][1:])
    hardness = random.Random(number).random()
    right = hardness * 0.6 + luck * 0.4 < entrant.skill - hard
    text = sample["reference"] if right else f"根据列车信息表，答案是{dice.randrange(100, 999)}号。"
    seconds = entrant.seconds * math.exp(dice.gauss(0, 0.35))
    lost = number == entrant.lost
    return {
        "sample_id": sample["id"],
        "text": "" if lost else entrant.texts.get(sample["id"], text),
        "finish_reason": "error" if lost else "length" if dice.random() < 0.01 else "stop",
        "prompt_tokens": 40,
        "output_tokens": max(1, round(entrant.tokens * math.exp(dice.gauss(0, 0.3)))),
        "e2e_s": seconds if entrant.timed else None,
        "ttft_s": seconds / 6 if entrant.timed else None,
        "error": "timed out after 30 s" if lost else None,
        "right": right,
    }


def _taken(timings: Sequence[Row]) -> dict[str, float]:
    """The time of each question that scores: the median over its replicates."""
    found: dict[str, list[float]] = {}
    for row in timings:
        found.setdefault(row["sample_id"], []).append(row["e2e_s"])
    return {name: statistics.median(times) for name, times in found.items()}


def _judge(sample: Row, output: Row, entrant: Entrant, time: float | None) -> list[Row]:
    name, right = sample["id"], output.pop("right")
    number = int(name[1:])
    correct: float | None = 1.0 if right else 0.0
    note = "" if right else "gold value not found"
    if not right and number % 11 == 3:
        correct, note = None, "unparsed"
    elif not right and sample["gold"]["kind"] == "set":
        correct, note = 0.5, "1 of 2 found"
    if name in entrant.texts:
        correct, note = None, "unparsed: hostile"
    if output["error"]:
        correct, note = 0.0, "no answer"
    earned = 0.0 if output["finish_reason"] == "length" else correct or 0.0
    fast = None if time is None else min(1.0, max(0.0, math.log(8 / time) / math.log(16)))
    response = None if fast is None else earned * fast
    efficiency = earned * min(1.0, 14 / output["output_tokens"])
    values = {"correct": correct, "response": response, "efficiency": efficiency}
    rows = [
        {"sample_id": name, "metric": metric, "value": value, "note": note}
        for metric, value in values.items()
    ]
    if read := re.search(r"(\d+)号", output["text"]):
        rows[0]["found"] = [read[1]]
    return rows


def _timings(outputs: Sequence[Row], dice: random.Random) -> list[Row]:
    keys = ("sample_id", "e2e_s", "ttft_s", "output_tokens")
    return [
        {
            **{key: output[key] for key in keys},
            "replicate": replicate,
            "e2e_s": output["e2e_s"] * (1 + 0.02 * dice.random()),
        }
        for replicate in range(2)
        for output in outputs
    ]


def _mean(scores: Sequence[Sequence[Row]], metric: str) -> Row | None:
    found = [r for rows in scores for r in rows if r["metric"] == metric]
    counts = metric == "correct"  # an answer that cannot be read counts 0 in AS
    values = [0 if counts and r["note"].startswith("unparsed") else r["value"] for r in found]
    known = [100 * value for value in values if value is not None]
    if not known:
        return None
    mean = sum(known) / len(known)
    half = 1.96 * (sum((v - mean) ** 2 for v in known) / len(known) / len(known)) ** 0.5
    return {"value": mean, "low": max(0, mean - half), "high": min(100, mean + half)}


def _summary(
    entrant: Entrant, samples: Sequence[Row], outputs: Sequence[Row], scores: Sequence[list[Row]]
) -> Row:
    parts = {part: _mean(scores, metric) for part, metric in METRICS.items()}
    unparsed = sum(rows[0]["note"].startswith("unparsed") for rows in scores)
    found = {
        "name": entrant.name,
        "suite": "timetable",
        "suite_version": "1.0",
        "scoring": {
            "id": "timetable-2025/2",
            "weights": WEIGHTS,
            "t_full": 0.5,
            "t_zero": 8.0,
            "formula": FORMULA,
        },
        "model": {"name": "Qwen3-8B", "path": "ms:Qwen/Qwen3-8B"},
        "finetune": {
            "method": "lora",
            "rank": 32,
            "alpha": 64,
            "lr": 2e-4,
            "epochs": 3,
            "seconds": 1234.5,
        },
        "created": f"2025-08-0{1 + entrant.seed % 8}T03:12:44+00:00",
        "n": len(samples),
        "unanswered": sum(rows[0]["note"] == "no answer" for rows in scores),
        "unscored": 0,
        "unparsed": unparsed,
        "times": {
            "chosen": len(samples) * entrant.timed,
            "timed": len(samples) * entrant.timed,
            "void": None,
        },
        "total": _total(parts),
        "total_untimed": _total({**parts, "ART": None}),
        "parts": parts,
        "families": _families(samples, scores),
        "macro": _macro(_families(samples, scores)),
        "latency": _latency(outputs) if entrant.timed else None,
        "length": _length(outputs),
        "signature": SIGNATURE,
    }
    return {**found, **entrant.summary}


def _total(parts: Mapping[str, Row | None]) -> Row:
    known = {part: estimate for part, estimate in parts.items() if estimate}
    scale = sum(WEIGHTS[part] for part in known)
    weights = {part: WEIGHTS[part] / scale for part in known}
    total = {
        key: sum(weights[part] * estimate[key] for part, estimate in known.items())
        for key in ("value", "low", "high")
    }
    return {**total, "weights": weights}


def _families(samples: Sequence[Row], scores: Sequence[list[Row]]) -> Row:
    table: dict[str, list[list[Row]]] = {}
    for sample, rows in zip(samples, scores, strict=True):
        table.setdefault(sample["family"], []).append(rows)
    return {
        name: {"n": len(rows), "AS": (_mean(rows, "correct") or {}).get("value")}
        for name, rows in table.items()
    }


def _macro(families: Row) -> float:
    return float(sum(family["AS"] for family in families.values()) / len(families))


def _latency(outputs: Sequence[Row]) -> Row:
    times = sorted(output["e2e_s"] for output in outputs)
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    return {
        "p50_s": p50,
        "p95_s": p95,
        "ttft_p50_s": p50 / 6,
        "tpot_p50_s": p50 / 20,
        "cv": 0.034,
        "verdict": "excellent",
    }


def _length(outputs: Sequence[Row]) -> Row:
    tokens = sorted(output["output_tokens"] for output in outputs)
    cut = sum(output["finish_reason"] == "length" for output in outputs)
    return {
        "median_tokens": tokens[len(tokens) // 2],
        "p95_tokens": tokens[int(len(tokens) * 0.95)],
        "truncated": cut,
    }


def _loss(entrant: Entrant, dice: random.Random) -> Row:
    steps = list(range(1, 601))
    floor = 1.4 - entrant.skill
    loss = [floor + 2.2 * math.exp(-step / 90) + 0.05 * dice.random() for step in steps]
    return {"steps": steps, "loss": loss}


def _jsonl(file: Path, rows: Sequence[Row]) -> None:
    # Half a surrogate pair, as a stranger's answer may hold, needs its escape.
    lines = [json.dumps(row) for row in rows]
    file.write_text("".join(line + "\n" for line in lines), "utf-8")
