"""What every box has, and what a role adds to it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import Route

from config.box import BoxSettings, Mode
from config.loader import Loaded
from device.api.stream import Streams
from device.clock import Clock
from device.flows.ask_help import HelpDesk
from device.hardware import Hardware
from device.health import Health
from device.journal import Journal
from device.supervise import Tasks
from device.sync.commands import Commands
from device.sync.desired import Desired
from device.sync.directory import Lookup
from device.sync.link import Link
from device.watch import Watch

Work = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Box:
    """What every role may build on. ``watch`` changes with all that the hall tells, and when the journal stops."""

    loaded: Loaded[BoxSettings]
    hardware: Hardware
    tasks: Tasks
    clock: Clock
    journal: Journal
    desired: Desired
    link: Link
    commands: Commands
    lookup: Lookup
    help_desk: HelpDesk
    health: Health
    streams: Streams
    watch: Watch

    @property
    def mode(self) -> Mode:
        """``live``, ``demo`` or ``drill``."""
        return self.loaded.values.box.mode


@dataclass(slots=True)
class Role:
    """What a role adds to its box."""

    routes: list[Route] = field(default_factory=list)
    long_lived: dict[str, Work] = field(default_factory=dict)
    """Each to run for as long as the box lives, by name."""
    before: list[Work] = field(default_factory=list)
    """To run once before the long-lived ones."""
