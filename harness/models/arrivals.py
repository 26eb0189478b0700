"""Questions that arrive by themselves at a model that may be asked from many threads at once.

The loop is open: a slow answer holds up no later question, and its time counts from when it was
due. Else waiting would go unseen, which G. Tene ("How NOT to Measure Latency", 2013) calls
coordinated omission.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from harness.core import Arrival, Model, Output

# More threads than this would time themselves.
_MOST_THREADS = 256


def ask_by_threads(model: Model, arrivals: Sequence[Arrival]) -> list[Output]:
    """Ask each question when it is due; one output an arrival, in order."""
    began = time.perf_counter()

    def ask(arrival: Arrival) -> Output:
        (output,) = model.generate([arrival.sample])
        return since_due(output, time.perf_counter() - began - arrival.due_s)

    with ThreadPoolExecutor(max(1, min(_MOST_THREADS, len(arrivals)))) as pool:
        futures = []
        for arrival in arrivals:
            time.sleep(max(0.0, began + arrival.due_s - time.perf_counter()))
            futures.append(pool.submit(ask, arrival))
        return [future.result() for future in futures]


def since_due(output: Output, took_s: float) -> Output:
    """An output whose times count from when it was due, `took_s` seconds before it was there.

    Whatever it waited for counts, for a place in the client as well as in the server.
    """
    if output.e2e_s is None:
        return output
    waited_s = took_s - output.e2e_s
    ttft_s = None if output.ttft_s is None else output.ttft_s + waited_s
    return replace(output, e2e_s=took_s, ttft_s=ttft_s)
