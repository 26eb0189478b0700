from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reports import seeds
from reports.leaderboard import Leaderboard, build
from tests.reports import chromium
from tests.reports.chromium import Chromium
from tests.reports.folders import Entrant, questions, write_run
from tests.reports.teaching import Json, distillation, refused, training_set

HOSTILE_NAME = "=evil|</script><img src=x onerror=boom()>`\x1b[31m\u202e\n二行"
HOSTILE_TEXTS = {
    "q0001": "</script><img src=x onerror=boom()><svg onload=boom()>",
    "q0002": "</details></table><iframe src=javascript:boom()></iframe>",
    "q0003": "\x1b[31mred\x1b[0m \u202eevil\u202c \x00 \x07 \u2028 \ufeff",
    "q0004": '=HYPERLINK("http://example.com","click")',
    "q0005": "长" * 40_000,
    "q0007": "</noscript></style><script>boom()</script><template><svg/onload=boom()>",
    "q0006": "half \ud83d pair, _x0041_, #N/A, ]]>, <!--",
}

MakeBoard = Callable[..., Leaderboard]


@pytest.fixture
def make_board(tmp_path: Path) -> MakeBoard:
    """Build a board of the entrants given, over `count` questions."""

    def make(*entrants: Entrant, count: int = 30) -> Leaderboard:
        samples = questions(count)
        return build([write_run(tmp_path / "runs", entrant, samples) for entrant in entrants])

    return make


@pytest.fixture
def known_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of known spreads that no new measurement changes."""
    known = {"timetable": {"seeds": 6, "sd": 4.4, "low": 58.1, "high": 70.9, "recipe": "r8"}}
    path = tmp_path / "known.json"
    path.write_text(json.dumps(known), "utf-8")
    monkeypatch.setattr(seeds, "KNOWN", path)
    return path


def hostile_distillation() -> Json:
    """Every text that a distillation holds is an attack, names of families and reasons too."""
    attacks = [HOSTILE_NAME, *HOSTILE_TEXTS.values()]
    rows = [
        {**refused(), **dict.fromkeys(("family", "question", "answer"), text)}
        | dict.fromkeys(("expected", "detail", "raw"), text)
        for text in attacks
    ]
    return distillation(
        dict.fromkeys(attacks, (3, 4)),
        teacher=HOSTILE_NAME,
        reasons=dict.fromkeys(attacks, 4),
        reasons_by_family={reason: dict.fromkeys([*attacks, "?"], 1) for reason in attacks},
        examples=dict.fromkeys(attacks, rows),
    )


def hostile_training_set() -> Json:
    """The same of a training set."""
    attacks = [HOSTILE_NAME, *HOSTILE_TEXTS.values()]
    kind = {"asked_for": 9, "added": 2, "refused": dict.fromkeys(attacks, 1)}
    return training_set(
        dict.fromkeys(attacks, 3),
        leaked=2,
        augmented=dict.fromkeys(attacks, kind),
        examples={why: [{"question": why, "like": why}] for why in attacks},
    )


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    """Two entrants, one of whom answers and is named like an attacker."""
    samples = questions(30)
    root = tmp_path_factory.mktemp("hostile")
    good = Entrant(
        "good",
        skill=0.95,
        spec={"finetune": {"rank": 8}},
        distill=distillation(),
        dataset=training_set(),
    )
    evil = Entrant(
        HOSTILE_NAME,
        0.5,
        seed=2,
        texts={**HOSTILE_TEXTS, "q0008": "行" * 1_000_000},
        spec={"finetune": {"<b>rank</b>": 1}, "distill": {"way": HOSTILE_NAME}},
        distill=hostile_distillation(),
        dataset=hostile_training_set(),
    )
    return build([write_run(root / name, e, samples) for name, e in (("a", good), ("b", evil))])


def eight() -> list[Entrant]:
    """Eight entrants as a competition has them."""
    skills = (0.95, 0.94, 0.9, 0.86, 0.8, 0.75, 0.6, 0.3)
    return [
        Entrant(f"第{at}组-lora-r{2**at}", skill, 0.3 + at / 4, seed=at, spec={"rank": 2**at})
        for at, skill in enumerate(skills, 1)
    ]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = chromium.path()
    if program is None:
        pytest.skip("no Chromium on this machine")
    started = Chromium(program, tmp_path_factory.mktemp("profile"))
    started.send("Emulation.setFocusEmulationEnabled", enabled=True)
    trap = "window.boomed = 0; window.boom = () => { window.boomed += 1; };"
    started.send("Page.addScriptToEvaluateOnNewDocument", source=trap)
    yield started
    started.close()
