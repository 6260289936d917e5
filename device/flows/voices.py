"""Which speaker of a box calls for which windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from config.wording import LANGUAGES
from device.cell import Cell
from device.flows.announce import SENTENCE_SECONDS, Announcer
from device.flows.serve import WindowDesk
from device.journal import Journal
from device.sync.zone import Zone
from drivers.contract import VOICE_MISSING
from hall.contract import WindowState

FAMILY = "speaker"


def can_speak(cells: Iterable[Cell[Any]]) -> bool:
    """Whether a speaker of no single window works: such a one can call for a zone."""
    return any(cell.family == FAMILY and cell.window is None and _speaks(cell) for cell in cells)


def announcers(
    cells: Iterable[Cell[Any]],
    desks: Mapping[int, WindowDesk],
    zone: Zone,
    journal: Journal,
    languages: Sequence[str] = LANGUAGES,
) -> Iterator[tuple[Cell[Any], Announcer]]:
    """An announcer for each speaker: of one window, or of all that have none of their own and of the zone."""
    speakers = [cell for cell in cells if cell.family == FAMILY]
    apart = frozenset(cell.window for cell in speakers if cell.window is not None)
    for cell in speakers:
        called = _Called(zone, desks, cell.window, apart)
        told = partial(_told, zone, desks)
        announcer = Announcer(cell, called.states, journal, told, zone.confirm, languages, zone.spoken_elsewhere)
        for number, desk in desks.items():
            desk.watch.feeds(announcer.watch)
            cell.watch.feeds(desk.watch)
            desk.missed.speakers.append(partial(called.is_spoken_by, cell, number))
        zone.watch.feeds(announcer.watch)
        cell.watch.feeds(zone.ask_again)
        yield cell, announcer


def _told(zone: Zone, desks: Mapping[int, WindowDesk], window: int, key: str) -> None:
    """A call was spoken here."""
    zone.spoken(window, key)
    if window in desks:
        desks[window].missed.spoken(key)


def _speaks(cell: Cell[Any]) -> bool:
    return cell.state.accepting and VOICE_MISSING not in cell.state.reasons


class _Called:
    """The windows of one speaker, as the zone's lease lets them be seen."""

    def __init__(self, zone: Zone, desks: Mapping[int, WindowDesk], window: int | None, apart: frozenset[int]) -> None:
        self._zone = zone
        self._desks = desks
        self._window = window
        self._apart = apart

    def is_spoken_by(self, cell: Cell[Any], number: int) -> bool:
        """Whether this speaker, of which these are the windows, calls for one by itself: not for its zone."""
        is_its = number == self._window if self._window is not None else number not in self._apart
        return is_its and bool(self._zone.own({number: None})) and _speaks(cell)

    def states(self) -> dict[int, WindowState | None]:
        """How they stand now."""
        own = {number: desk.state for number, desk in self._desks.items()}
        here = self._zone.own(own)
        if self._window is not None:
            return {number: state for number, state in here.items() if number == self._window}
        alone = {number: state for number, state in here.items() if number not in self._apart}
        return alone | self._zone.leased(own, SENTENCE_SECONDS)
