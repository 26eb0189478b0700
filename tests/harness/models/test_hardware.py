"""What a machine computes fastest in."""

import pytest

from harness.models.hardware import fastest_of


@pytest.mark.parametrize(
    ("capability", "flags", "dtype"),
    [
        ((9, 0), "", "bfloat16"),  # H200
        ((8, 6), "", "bfloat16"),  # RTX 3090
        ((7, 5), "amx_bf16", "float16"),  # T4
        ((7, 0), "", "float16"),  # V100
        (None, "avx2 avx512f amx_bf16", "bfloat16"),
        (None, "avx512_bf16", "bfloat16"),
        (None, "avx2 avx512f", "float32"),
    ],
)
def test_emulated_bfloat16_is_not_fast(
    capability: tuple[int, int] | None, flags: str, dtype: str
) -> None:
    assert fastest_of(capability, flags) == dtype
