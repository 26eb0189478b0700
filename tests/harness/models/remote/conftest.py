"""What tests of the client share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.models.response_cache import Responses


@pytest.fixture
def responses(tmp_path: Path) -> Iterator[Responses]:
    """A file of replies that has none yet."""
    opened = Responses(tmp_path / "responses.sqlite")
    yield opened
    opened.close()
