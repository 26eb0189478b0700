"""The loss curve as a picture."""

from __future__ import annotations

import io


def plot(loss: dict[str, list[float]]) -> bytes:
    """The loss curve as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), dpi=120, layout="constrained")
    axes = FigureCanvasAgg(figure).figure.add_subplot()
    axes.plot(loss["steps"], loss["loss"], color="#2f6f4f", linewidth=1.6)
    axes.set(xlabel="step", ylabel="training loss", yscale="log", title="Loss on answer tokens")
    axes.grid(visible=True, alpha=0.25)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
