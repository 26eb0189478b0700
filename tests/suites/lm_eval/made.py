"""Task files and documents that the tests make: one that writes, one that chooses."""

from __future__ import annotations

import json
import random
from pathlib import Path

STATIONS = ["东站", "西站", "南站", "北站", "河口", "青山", "白石", "新城"]
WRITES = """
task: made_minutes
dataset_path: json
dataset_kwargs:
  data_files: {train: minutes-train.jsonl, test: minutes-test.jsonl}
output_type: generate_until
training_split: train
fewshot_split: train
test_split: test
doc_to_text: "<|im_start|>user\\n{{question}}<|im_end|>\\n<|im_start|>assistant\\n"
target_delimiter: ""
fewshot_delimiter: "<|im_end|>\\n"
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["开车", "没有"], do_sample: false, max_gen_toks: 24}
filter_list:
  - name: digit
    filter:
      - {function: regex, regex_pattern: ":[0-9]([0-9])$"}
      - {function: take_first}
  - name: whole
    filter:
      - {function: take_first}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
metadata: {version: 2.0}
"""
CHOOSES = """
task: made_stations
dataset_path: json
dataset_kwargs:
  data_files: {test: stations-test.jsonl}
output_type: multiple_choice
test_split: test
doc_to_text: "{{question}} "
target_delimiter: ""
doc_to_choice: "{{choices}}"
doc_to_target: "{{label}}"
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: acc_norm, aggregation: mean, higher_is_better: true}
  - {metric: exact_match, aggregation: mean, higher_is_better: true}
metadata: {version: 1.0}
"""


def make(folder: Path, documents: int = 60) -> Path:
    """Write both tasks into a folder, with so many documents each."""
    draw = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "minutes.yaml").write_text(WRITES, encoding="utf-8")
    (folder / "stations.yaml").write_text(CHOOSES, encoding="utf-8")
    minutes: list[dict[str, object]] = [
        {"question": f"K{1000 + n}次列车几点开车？", "answer": draw.choice("69")}
        for n in range(documents + 20)
    ]
    _write(folder / "minutes-train.jsonl", minutes[documents:])
    _write(folder / "minutes-test.jsonl", minutes[:documents])
    stations: list[dict[str, object]] = []
    for n in range(documents):
        among = draw.sample(STATIONS, 3)
        choices = [f"{among[0]}。", f"开往{among[1]}，经过{among[2]}。", f"没有K{n}次。"]
        asked = f"K{2000 + n}次列车开往哪里？"
        stations.append({"question": asked, "choices": choices, "label": draw.randrange(3)})
    _write(folder / "stations-test.jsonl", stations)
    return folder


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
