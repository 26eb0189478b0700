"""The timed run: models warmed up, asked in turns, and asked again where something disturbed them.

docs/latency.md tells the whole protocol.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from harness.config.sections import Latency
from harness.core import Arrival, Model, Output, Sample
from harness.models import Engine
from harness.models.hardware import load_average
from harness.progress import bar
from harness.store.codec import output_to
from harness.timing.load import poisson
from harness.timing.machine import (
    Kernel,
    Monitor,
    Watch,
    megahertz,
)
from harness.timing.turns import Turn, blocks, timed_questions
from harness.timing.unique import Stamp

Row = dict[str, Any]
Taken = tuple[Turn, Row]


@dataclass(frozen=True, slots=True)
class Opener:
    """What starts the engine of a model.

    Args:
        start: starts it.
        forgets: whether the engine can be made to forget earlier prompts; the cache of an address
            cannot be emptied. Known before anything is started, for what one model of a session
            needs all get, from the first question on.
    """

    start: Callable[[], Engine]
    forgets: bool = True


Openers = Mapping[str, Opener]

# Waves of warm-up at most; one is enough where the next is not faster by this share.
MOST_WAVES = 5
STILL_COLD = 0.05
# Blocks that are disturbed again while they are taken again, in a row, before that is given up.
_IN_VAIN = 3
# Answers that come in no time at all would be paced at no rate.
_LEAST_S = 1e-3


@dataclass(frozen=True, slots=True)
class Timed:
    """What a session yields, by the names of its models.

    Each row holds sample_id, replicate, e2e_s, ttft_s (seconds), output_tokens, finish_reason,
    text and error; one that was disturbed, and again when it was taken again, says `disturbed`. Of
    the rows of `disturbed` others count in their place. `loaded` rows came under
    load, and hold `due_s` besides. `waves` are the geometric mean seconds of each wave of warm-up.
    `engines` are the signatures, `about` is what the machine did meanwhile, as JSON.
    """

    rows: dict[str, list[Row]]
    engines: dict[str, dict[str, str]] = field(default_factory=dict)
    disturbed: dict[str, list[Row]] = field(default_factory=dict)
    loaded: dict[str, list[Row]] = field(default_factory=dict)
    waves: dict[str, list[float]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


def time_session(
    section: Latency,
    openers: Openers,
    samples: Sequence[Sample],
    *,
    together: bool,
    levels: Sequence[float] | None = None,
    monitor: Callable[[], Monitor] = Kernel,
) -> Timed:
    """Time every model on the same questions, in turns.

    Args:
        section: which questions, how often, and the loaded level.
        openers: of the engine of each model.
        samples: the suite's questions, to draw from.
        together: whether all engines may be up at once.
        levels: of load, in the place of the section's one.
        monitor: reads what the machine does, made once all engines are up.
    """
    asked, warm = timed_questions(section, samples)
    order = list(blocks(list(openers), section.replicates, asked, together=together))
    with ExitStack() as stack:
        session = _Session(openers, warm, stack)
        if together:
            session.start(list(openers))
        watch: Watch[list[Taken]] = Watch(monitor())
        before = load_average(), megahertz()
        with bar("latency", total=sum(map(len, order))) as tick:
            for block in order:
                watch.note([session.take(turn, tick.advance) for turn in block])
        retaken = session.retake(watch) if together else 0
        if together:
            at = (section.load,) if levels is None else levels
            session.load([level for level in at if level], section.seed, asked)
    after = load_average(), megahertz()
    load, clock = zip(before, after, strict=True)
    session.timed.about.update(
        unique_prompts=session.unique,
        same_lengths=session.same_lengths(),
        load={
            "before": load[0],
            "during": load[1],
            "mhz": clock,
            **watch.told(),
            "retaken": retaken,
        },
    )
    return session.timed


class _Session:
    """Engines that are up, and what was taken of them."""

    def __init__(self, openers: Openers, warm: Sequence[Sample], stack: ExitStack) -> None:
        self._openers = openers
        self._warm = warm
        self._stack = stack
        self._up: dict[str, tuple[Engine, Model]] = {}
        self._stamp = Stamp()
        self.unique = not all(opener.forgets for opener in openers.values())
        self.timed = Timed({name: [] for name in openers}, disturbed={name: [] for name in openers})

    def start(self, names: Iterable[str]) -> None:
        """Start engines beside each other, and warm them up."""
        for name in names:
            engine = self._stack.enter_context(self._openers[name].start())
            self.timed.engines[name] = engine.signature()
            self._up[name] = engine, engine.model()
        for name in self._up:
            self._warm_up(name)

    def _warm_up(self, name: str) -> None:
        """Waves of other questions, discarded, until one is no faster than the one before it.

        First calls compile, allocate, load and connect. What is warm at once gets one wave more
        than it needs, for that is how it is known.
        """
        waves: list[float] = []
        while len(waves) < MOST_WAVES:
            waves.append(_geometric(self._ask(name, one).e2e_s for one in self._warm))
            if len(waves) > 1 and waves[-1] >= (1 - STILL_COLD) * waves[-2]:
                break
        self.timed.waves.setdefault(name, waves)

    def take(self, turn: Turn, tick: Callable[[], None]) -> Taken:
        """Ask one turn, and keep its row."""
        if turn.name not in self._up:
            self._stack.close()  # its memory is what the next one needs
            self._up.clear()
            self.start([turn.name])
        row = self._row(turn)
        self.timed.rows[turn.name].append(row)
        tick()
        return turn, row

    def retake(self, watch: Watch[list[Taken]]) -> int:
        """Take what was disturbed again, once; how many blocks of it went undisturbed then.

        What is disturbed again stays as it was, and says so, for nothing better is to be had; after
        a few times in a row the disturbance is there to stay.
        """
        better = in_vain = 0
        windows = watch.disturbed_windows()
        for _, row in chain.from_iterable(chain.from_iterable(windows)):
            row["disturbed"] = True
        with bar("disturbed, again", total=len(windows)) as tick:
            for window in windows:
                if in_vain == _IN_VAIN:
                    break
                taken = [one for block in window for one in block]
                again, calm = watch.again(partial(self._rows, taken))
                in_vain = 0 if calm else in_vain + 1
                better += len(window) if calm else 0
                self._settle(taken, again, calm=calm)
                tick.advance()
        return better

    def _settle(self, taken: Sequence[Taken], again: Sequence[Row], *, calm: bool) -> None:
        """Keep the rows that went undisturbed, and the others beside them."""
        for (turn, old), new in zip(taken, again, strict=True):
            self.timed.disturbed[turn.name].append(dict(old) if calm else new)
            if calm:
                old.update(new)
                del old["disturbed"]

    def _rows(self, taken: Sequence[Taken]) -> list[Row]:
        return [self._row(turn) for turn, _ in taken]

    def load(self, levels: Sequence[float], seed: int, asked: Sequence[Sample]) -> None:
        """The loaded levels: the same arrivals for every model that can be asked many at once.

        They are paced by the first model's median, the reference's where there is one.
        """
        paced = next(iter(self.timed.rows.values()))
        alone = [float(row["e2e_s"]) for row in paced if row["e2e_s"]]
        if not alone:
            return
        with bar("under load", total=len(levels) * len(self._up)) as tick:
            for level in levels:
                rate = level / max(statistics.median(alone), _LEAST_S)
                arrivals = poisson(asked, rate, seed)
                for name in self._up:
                    about = {"load": level, "rate": rate}
                    self.timed.loaded.setdefault(name, []).extend(
                        {**row_of(output, 0), "due_s": round(due, 6), **about}
                        for output, due in self._under(name, arrivals)
                    )
                    tick.advance()

    def _under(self, name: str, arrivals: Sequence[Arrival]) -> Iterator[tuple[Output, float]]:
        """What a model answers under load, and when it was due.

        Nothing from an engine that cannot be asked many questions at once.
        """
        engine, model = self._up[name]
        engine.reset_cache()
        fresh = [Arrival(at, self._fresh(sample)) for at, sample in arrivals]
        answered = engine.open_loop(model, fresh)
        if answered is not None:
            due = (arrival.due_s for arrival in arrivals)
            yield from zip(answered, due, strict=True)

    def same_lengths(self) -> bool | None:
        """Whether a question has as many prompt tokens each time; `None` where nobody counts."""
        counts: dict[str, set[int]] = {}
        for name, rows in self.timed.rows.items():
            for row in rows:
                if row["prompt_tokens"] is not None:
                    counts.setdefault(f"{name} {row['sample_id']}", set()).add(row["prompt_tokens"])
        return all(len(found) == 1 for found in counts.values()) if counts else None

    def _row(self, turn: Turn) -> Row:
        return row_of(self._ask(turn.name, turn.sample), turn.replicate)

    def _ask(self, name: str, sample: Sample) -> Output:
        """One answer by itself, of a prompt that no cache holds."""
        engine, model = self._up[name]
        engine.reset_cache()
        (output,) = model.generate([self._fresh(sample)])
        return output

    def _fresh(self, sample: Sample) -> Sample:
        """The question; unique where the cache of any model of the session cannot be emptied."""
        return self._stamp.mark(sample) if self.unique else sample


def _geometric(times: Iterable[float | None]) -> float:
    """Geometric mean of the times that there are, in seconds; 0 of none."""
    logs = [math.log(seconds) for seconds in times if seconds]
    return math.exp(math.fsum(logs) / len(logs)) if logs else 0.0


def row_of(output: Output, replicate: int) -> Row:
    """An output as a row of `timings.jsonl`."""
    data = output_to(output)
    return {"sample_id": data.pop("sample_id"), "replicate": replicate, **data}
