"""Loss and score over steps as one picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from harness.finetune.probe import Moment, best_of

_LOSS, _SCORE = "#2f6f4f", "#9a5b13"


def plot(loss: dict[str, list[float]], moments: Sequence[Moment] = ()) -> bytes:
    """The loss curve as a PNG, with the score on the probe below it where there is one."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    scored = [moment for moment in moments if moment.score is not None]
    figure = Figure(figsize=(7, 6 if scored else 4), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2 if scored else 1, 1, sharex=True, squeeze=False)[:, 0]
    axes[0].plot(loss["steps"], loss["loss"], color=_LOSS, linewidth=1.6)
    axes[0].set(ylabel="training loss", yscale="log", title="Loss on answer tokens")
    if scored:
        _score(axes[1], scored)
    for one in axes:
        one.grid(visible=True, alpha=0.25)
    axes[-1].set_xlabel("step")
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _score(axes: Any, scored: Sequence[Moment]) -> None:
    """The scores as points, the best of them told apart by shape and by words."""
    steps, scores = [m.step for m in scored], [m.score for m in scored]
    axes.plot(steps, scores, color=_SCORE, linewidth=1.6, marker="o")
    n = len(scored[0].correct)
    axes.set(ylabel="AS on the probe", ylim=(-5, 109), title=f"Score on {n} questions")
    best = best_of(scored)
    if best is not None:
        axes.plot([best.step], [best.score], color=_SCORE, marker="*", markersize=16)
        axes.annotate(
            f"best: {best.score:.1f} at step {best.step}", (best.step, best.score),
            xytext=(-8, -18), textcoords="offset points", horizontalalignment="right",
        )  # fmt: skip
