"""A sampler that chooses what it is told: Optuna writes down, and others decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.study import Study


@contextmanager
def as_given(study: Study, labels: Mapping[str, Any]) -> Iterator[None]:
    """Have a study suggest these values for a while."""
    from optuna.samplers import BaseSampler

    class Given(BaseSampler):
        def infer_relative_search_space(self, *_: Any) -> dict[str, Any]:
            return {}

        def sample_relative(self, *_: Any) -> dict[str, Any]:
            return {}

        def sample_independent(self, _study: Any, _trial: Any, name: str, _kind: Any) -> Any:
            return labels[name]

    before, study.sampler = study.sampler, Given()
    try:
        yield
    finally:
        study.sampler = before
