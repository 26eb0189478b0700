"""vLLM's own arguments in a spec: the installed version's list decides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from harness.config.sections import Generate, ModelSection
from harness.errors import SpecError
from harness.models import EngineRequest, open_engine, with_less
from harness.models.engine_args import check_engine_args, known_args
from harness.models.server import arguments, environment
from harness.models.vllm import VllmEngine, engine_options
from tests.conftest import sample


def test_the_list_is_the_installed_ones() -> None:
    from vllm.engine.arg_utils import AsyncEngineArgs

    public = {name for name in AsyncEngineArgs.__dataclass_fields__ if name[0] != "_"}
    assert known_args() == public


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("tensor_paralel_size", "did you mean 'tensor_parallel_size'"),
        ("kv-cache-dtype", "did you mean 'kv_cache_dtype'"),
        ("zzz", "has no such engine argument$"),
        ("max_model_len", "write model.max_length"),
        ("max_num_seqs", "write runtime.batch"),
        ("trust_remote_code", "without code of others"),
    ],
)
def test_what_cannot_be_set_is_told_in_one_sentence(argument: str, told: str) -> None:
    with pytest.raises(SpecError, match=rf"e: model.engine_args.{argument}: .*{told}"):
        check_engine_args("e", {argument: 1})


def test_what_is_known_is_handed_on() -> None:
    given = {"kv_cache_dtype": "auto", "max_loras": 3}
    check_engine_args("e", given)
    options = engine_options(EngineRequest("vllm", engine_args=given))
    assert options.items() >= given.items()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"engine": "hf", "engine_args": {"max_loras": 1}}, "engine hf takes none"),
        ({"engine": "api"}, "needs base_url"),
        ({"engine": "api", "base_url": "ftp://x", "model": "m"}, "http"),
        ({"engine": "api", "base_url": "http://x", "model": "m", "key_env": "sk-1"}, "never the"),
        ({"engine": "vllm", "base_url": "http://x"}, "means nothing to engine vllm"),
    ],
)
def test_a_model_that_cannot_be_asked_is_refused(fields: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        ModelSection.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"top_p": 0.9}, "temperature 0"),
        ({"chat_template_kwargs": {"enable_thinking": True}}, "generate.thinking"),
        ({"temperature": 3}, "less than or equal to 2"),
    ],
)
def test_decoding_that_means_nothing_is_refused(fields: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Generate.model_validate(fields)


def test_a_second_attempt_asks_for_less() -> None:
    less = with_less(EngineRequest("vllm", batch=9, memory_gib=2.0))
    assert (less.batch, less.memory_gib, less.less) == (4, 1.0, True)
    assert with_less(EngineRequest("vllm", batch=1)).batch == 1


@pytest.fixture
def _processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor, and an environment that says nothing of the cache, as users have it."""
    import torch

    if torch.cuda.is_available():
        pytest.skip("on a GPU the cache is what is left of its share")
    monkeypatch.delenv("VLLM_CPU_KVCACHE_SPACE", raising=False)


@pytest.mark.usefixtures("_processor")
@pytest.mark.parametrize(
    ("gib", "size"), [(0.25, 2**28), (0.5, 2**29), (1.0, 2**30), (1.5, 3 * 2**29)]
)
def test_a_cache_on_a_processor_is_as_large_as_it_is_said_to_be(gib: float, size: int) -> None:
    request = EngineRequest("vllm", memory_gib=gib)
    assert engine_options(request)["kv_cache_memory_bytes"] == size
    assert engine_options(with_less(request))["kv_cache_memory_bytes"] == size // 2
    told = arguments(replace(request, engine="server"), 4321)
    assert told[told.index("--kv-cache-memory-bytes") + 1] == str(size)
    assert "VLLM_CPU_KVCACHE_SPACE" not in environment("secret")
    own = replace(request, engine_args={"kv_cache_memory_bytes": 7})
    assert engine_options(own)["kv_cache_memory_bytes"] == 7


@pytest.mark.usefixtures("_processor")
def test_a_cache_of_the_environment_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "3")
    assert "kv_cache_memory_bytes" not in engine_options(EngineRequest("vllm", memory_gib=0.5))
    assert environment("secret")["VLLM_CPU_KVCACHE_SPACE"] == "3"


@pytest.mark.real
@pytest.mark.usefixtures("_processor")
def test_the_second_attempt_has_half_the_cache(tiny_base: Path) -> None:
    def blocks(request: EngineRequest) -> int:
        with open_engine(request) as engine:
            (output,) = engine.model().generate([sample(0)])
            assert output.text
            config = cast("VllmEngine", engine).llm.llm_engine.vllm_config
            return int(config.cache_config.num_gpu_blocks)

    first = EngineRequest("vllm", tiny_base, memory_gib=0.5, max_length=128, batch=8)
    whole, half = blocks(first), blocks(with_less(first))
    assert abs(whole - 2 * half) <= 1
