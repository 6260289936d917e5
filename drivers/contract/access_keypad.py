"""Five tactile keys, and a jack that knows whether a headphone is in it: for those who cannot see the screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from drivers.contract.driver import Driver


class AccessKey(StrEnum):
    """What a key is for."""

    UP = "up"
    DOWN = "down"
    CHOOSE = "choose"
    BACK = "back"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class AccessPress:
    """One key, pressed once."""

    key: AccessKey


@dataclass(frozen=True, slots=True)
class Headphone:
    """The headphone was put in, or taken out. Told at each opening too: as it stands then."""

    plugged: bool


class AccessKeypad(Driver, Protocol):
    """Keys, a jack, or both. One that has no jack never tells of a headphone: whether there is one is not known."""

    async def next_press(self) -> AccessPress | Headphone:
        """The next of what is done with it; waits for ever. Raises Gone."""
