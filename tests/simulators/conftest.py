"""A test's simulators end with it, not with its fixtures: what then is left over was left by the simulator."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from simulators.line import Line
from tests.simulators.host import Wired


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        ours = Path(__file__).parent in item.path.parents
        if ours and isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = ending_its_simulators(item.obj)


def ending_its_simulators(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Coroutine[Any, Any, None]]:
    @functools.wraps(test)
    async def ended(*arguments: Any, **named: Any) -> None:
        try:
            await test(*arguments, **named)
        finally:
            for fixture in named.values():
                if isinstance(fixture, Wired | Line):
                    fixture.close()

    return ended
