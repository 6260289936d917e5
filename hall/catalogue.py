"""What the hall does, where, and which boxes belong to it: its settings in the contract's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from config.hall import BoxEntry, ClerkEntry, HallSettings
from config.hall import Catalogue as Written
from hall.contract import Service, WindowInfo


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Services by code, windows by number, boxes and clerks by name."""

    services: Mapping[str, Service]
    windows: Mapping[int, WindowInfo]
    boxes: Mapping[str, BoxEntry]
    clerks: Mapping[str, ClerkEntry]
    zones: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By zone: the windows that are called aloud there."""

    @classmethod
    def of(cls, settings: HallSettings, written: Written) -> Catalogue:
        """From settings that passed the loader."""
        return cls(
            services={entry.code: Service(**entry.model_dump()) for entry in written.service},
            windows={entry.number: WindowInfo(**entry.model_dump(exclude={"zone"})) for entry in written.window},
            boxes={box.name: box for box in settings.box},
            clerks={clerk.name: clerk for clerk in settings.clerk},
            zones={
                zone: frozenset(entry.number for entry in written.window if entry.zone == zone)
                for zone in {entry.zone for entry in written.window} - {""}
            },
        )

    def label(self, code: str, digits: str) -> str:
        """The number as printed: the service's decoration and the digits."""
        service = self.services.get(code)
        return (service.letter if service else "") + digits

    def code_of(self, digits: str) -> str:
        """The service code that a number's digits begin with (all codes of a hall are of one length)."""
        return digits[: len(next(iter(self.services)))]

    def windows_of(self, box: str) -> list[WindowInfo]:
        """The windows that this box serves."""
        return [self.windows[number] for number in self.boxes[box].windows]

    def called_by(self, box: str) -> frozenset[int]:
        """The windows that this box may call for besides its own."""
        entry = self.boxes[box]
        return self.zones.get(entry.zone, frozenset()) - {*entry.windows}
