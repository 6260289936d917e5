"""What the hall does, where, and which boxes belong to it: its settings in the contract's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.catalogue import Catalogue as Written
from config.hall import BoxEntry, ClerkEntry, GuideEntry, HallSettings
from hall.contract import Directory, Service, WindowInfo
from hall.contract.maintenance import Beside
from hall.directory import directory_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Services by code, windows by number, boxes, clerks and guides by name."""

    services: Mapping[str, Service]
    windows: Mapping[int, WindowInfo]
    boxes: Mapping[str, BoxEntry]
    clerks: Mapping[str, ClerkEntry]
    zones: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By zone: the windows that are called aloud there."""
    directory: Directory = field(default_factory=lambda: Directory(digest=""))
    guides: Mapping[str, GuideEntry] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: HallSettings, written: Written, letters_file: Path | None = None) -> Catalogue:
        """From settings that passed the loader. ``letters_file``: see hall.letters."""
        return cls(
            services={entry.code: Service(**entry.model_dump()) for entry in written.service},
            windows={
                entry.number: WindowInfo(**entry.model_dump(exclude={"zone", "phone"})) for entry in written.window
            },
            boxes={box.name: box for box in settings.box},
            clerks={clerk.name: clerk for clerk in settings.clerk},
            zones={
                zone: frozenset(entry.number for entry in written.window if entry.zone == zone)
                for zone in {entry.zone for entry in written.window} - {""}
            },
            directory=directory_of(written, letters_file),
            guides={guide.name: guide for guide in settings.guide},
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
        """The windows whose calls this box speaks or shows, besides its own."""
        entry = self.boxes[box]
        called = self.zones.get(entry.zone, frozenset()).union(*map(self._on_board, entry.board))
        return called - {*entry.windows}

    def beside(self, box: str) -> Beside:
        """What else there is, for the windows of this box and for whoever wants a number."""
        own = self.boxes[box]
        windows = own.windows or sorted(self.called_by(box))
        showing = {name: frozenset[int]().union(*map(self._on_board, each.board)) for name, each in self.boxes.items()}
        speaking = {name: self.zones.get(each.zone, frozenset()) for name, each in self.boxes.items()}
        return Beside(
            boards=_by_window(windows, showing),
            voices=_by_window(windows, speaking),
            kiosks=[name for name, each in self.boxes.items() if each.digit and name != box],
        )

    def _on_board(self, zone: str) -> frozenset[int]:
        return frozenset(self.windows) if zone == "*" else self.zones.get(zone, frozenset())


def _by_window(windows: Iterable[int], of: Mapping[str, frozenset[int]]) -> dict[int, list[str]]:
    """By window: the boxes that have it."""
    found = {number: [name for name, numbers in of.items() if number in numbers] for number in windows}
    return {number: names for number, names in found.items() if names}
