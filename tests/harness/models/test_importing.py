"""Heavy packages are imported without what nobody uses of them."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from harness.models.importing import nothing_compiled, quick_imports

IN_FRESH = """
import sys
from harness.models.importing import nothing_compiled, quick_imports
with quick_imports("transformers.generation"):
    import transformers.generation.candidate_generator
print("sklearn" in sys.modules, "scipy" in sys.modules)
import sklearn.metrics
"""

CHECKED = """
import sys
from harness.models.loading import check_network
from harness.models.quiet import quiet
from harness.spec import BASELINES
with quiet():
    check_network(BASELINES / "tiny-qwen2")
print("sklearn" in sys.modules, "scipy" in sys.modules)
"""


ENGINES = """
import sys
from dataclasses import replace
from harness.models import EngineRequest, open_engine
from harness.spec import BASELINES
SPARED = ("torch._inductor.lowering", "ray", "sklearn", "scipy")
request = EngineRequest("vllm", BASELINES / "tiny-qwen2", dtype="float32", max_length=64)
with open_engine(request):
    print(*(name in sys.modules for name in SPARED))
with open_engine(replace(request, engine_args={"max_num_seqs": 8})):
    from torch._inductor import lowering
    from vllm.v1.executor import ray_utils
    print("vllm::any" in lowering.FALLBACK_ALLOW_LIST, ray_utils.ray is not None)
"""


@pytest.mark.real
def test_an_engine_that_compiles_nothing_imports_no_compiler_and_a_later_one_may() -> None:
    pytest.importorskip("vllm")
    pytest.importorskip("ray")
    done = subprocess.run([sys.executable, "-c", ENGINES], capture_output=True, text=True)  # noqa: PLW1510 - its words are told below
    assert done.stdout.splitlines() == ["False False False False", "True True"], done.stderr[-2000:]


def test_what_is_spared_can_be_imported_afterwards() -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("transformers")
    done = subprocess.run([sys.executable, "-c", IN_FRESH], capture_output=True, text=True)  # noqa: PLW1510 - its words are told below
    assert done.stdout.split() == ["False", "False"], done.stderr[-2000:]
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_check_of_weights_imports_no_more_than_it_needs() -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("accelerate")
    done = subprocess.run([sys.executable, "-c", CHECKED], capture_output=True, text=True)  # noqa: PLW1510 - its words are told below
    assert done.stdout.split() == ["False", "False"], done.stderr[-2000:]


def import_nothing() -> None:
    with quick_imports("a_package_that_is_not_there"):
        assert not gc.isenabled()
        raise ImportError


def test_the_collector_goes_on_where_an_import_fails() -> None:
    with pytest.raises(ImportError):
        import_nothing()
    assert gc.isenabled()
    gc.unfreeze()  # what other tests made may be collected


def test_marks_to_compile_are_left_alone_while_importing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCHDYNAMO_DISABLE", raising=False)
    with nothing_compiled():
        assert os.environ["TORCHDYNAMO_DISABLE"] == "1"
    assert "TORCHDYNAMO_DISABLE" not in os.environ
    monkeypatch.setenv("TORCHDYNAMO_DISABLE", "0")
    with nothing_compiled():
        assert os.environ["TORCHDYNAMO_DISABLE"] == "1"
    assert os.environ["TORCHDYNAMO_DISABLE"] == "0"


def test_what_is_there_is_left_alone() -> None:
    with quick_imports("sys"):
        assert gc.isenabled()
