"""`podium doctor --try`: a question to the embedded base, on each engine that is installed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from harness.config.engines import ENGINES
from harness.doctor.line import Line
from harness.models import installed

GROUP = "Engines"
_TRIED = ("hf", "vllm")
_SECONDS = 600  # a start that compiles on a slow machine takes minutes
# In a process of its own: an engine that breaks takes its process along.
_CODE = """
import sys
from harness.core import Gold, Message, Sample
from harness.models import EngineRequest, open_engine
from harness.models.quiet import quiet, set_environment
from harness.spec import BASELINES

set_environment()
asked = Sample(
    id="doctor", messages=(Message("user", "K1?"),), gold=Gold("text", "K1"), reference="K1",
    family="doctor", row="1", template="1", split="test", max_tokens=4,
)
request = EngineRequest(engine=sys.argv[1], base=BASELINES / "tiny-qwen2", memory_gib=0.5)
with quiet(), open_engine(request) as engine:
    (output,) = engine.model().generate([asked])
sys.exit(f"podium: {output.error}" if output.failed else 0)
"""


def try_engines() -> Iterator[Line]:
    """One answer of each engine that is installed, or what kept it from coming."""
    for name in _TRIED:
        if installed(ENGINES[name].package):
            yield _try(name)


def _try(name: str) -> Line:
    began = time.perf_counter()
    try:
        done = subprocess.run(  # noqa: S603 - our own code, by our own interpreter
            [sys.executable, "-P", "-c", _CODE, name],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Line("broken", GROUP, name, f"no answer within {_SECONDS} s")
    seconds = time.perf_counter() - began
    if done.returncode == 0:
        return Line("ok", GROUP, name, f"started and answered in {seconds:.0f} s")
    last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
    return Line("broken", GROUP, name, last)
