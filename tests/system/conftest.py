"""A demonstration that is running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system.running import Demo


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A demonstration that has said its address."""
    with Demo() as running:
        running.until("http://")
        yield running
