"""What the verbs look at: a whole box, or one that runs for maintenance alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.box import BoxSettings
from config.loader import Loaded
from device.clock import Clock
from device.hardware import Hardware
from device.journal import Journal
from device.line_monitor import LineMonitor
from device.sync.desired import Desired
from device.sync.link import Link


@dataclass(frozen=True, slots=True)
class Bench:
    """``journal`` None: it cannot be opened; ``link``, ``desired`` None: the box runs for maintenance alone."""

    loaded: Loaded[BoxSettings]
    hardware: Hardware
    clock: Clock
    journal: Journal | None
    link: Link | None
    desired: Desired | None
    ready: Callable[[], bool]

    @property
    def data(self) -> Path:
        """The folder of the journal, of ``run`` too."""
        return self.loaded.beside(self.loaded.values.box.data)

    @property
    def certificate(self) -> Path:
        """What this box proves to the hall that it is."""
        return self.loaded.beside(self.loaded.values.hall.certificate)

    @property
    def pairing_certificate(self) -> Path | None:
        """What this box proves to clerks' own PCs that it is; None where there are none."""
        pairing = self.loaded.values.pairing
        return self.loaded.beside(pairing.certificate) if pairing is not None else None

    @property
    def lines(self) -> list[LineMonitor]:
        """Those that bytes pass."""
        return self.hardware.monitors

    def models(self, line: str) -> list[str]:
        """Who speaks on this line."""
        return [device.model for device in self.loaded.values.device if device.line == line]

    def is_open(self, window: int) -> bool:
        """Whether somebody works at this window just now."""
        state = self.desired.windows.get(window) if self.desired is not None else None
        return state is not None and state.phase != "closed"

    @property
    def roles(self) -> list[str]:
        """What this box is for: ``kiosk``, ``windows``, ``voice``, ``board``, ``entrance``."""
        values, cells = self.loaded.values, self.hardware.cells
        holds = {
            "kiosk": values.kiosk is not None,
            "windows": bool(values.window),
            "voice": any(cell.family == "speaker" for cell in cells),
            "board": values.board is not None,
            "entrance": values.entrance is not None,
        }
        return [role for role, does in holds.items() if does]
