"""Machines whose keypads are let go when their test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.drivers.keyboards import Keypad, Machine
from tests.drivers.typing_keypads.scene import (
    SOCKET,
)


@pytest.fixture
def plugged() -> Iterator[Callable[..., Machine]]:
    """Machines with these keypads, by the name of their nodes."""
    machines: list[Machine] = []

    def machine(**keypads: Keypad) -> Machine:
        machines.append(Machine(**keypads))
        return machines[-1]

    yield machine
    for one in machines:
        one.close()


@pytest.fixture
def machine(plugged: Callable[..., Machine]) -> Machine:
    return plugged(event3=Keypad(f"{SOCKET}/input0"))
