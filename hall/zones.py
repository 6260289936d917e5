"""One announcer a zone: leases, and what was spoken. In memory: a call is worth nothing after some minutes.

| it happens…                                       | what follows                                                 |
|---------------------------------------------------|--------------------------------------------------------------|
| the box that holds a zone asks in time            | it goes on                                                   |
| it says that it cannot speak                      | the zone is free at once                                     |
| it falls silent: power, network                   | LEASE_MS after its last asking the first that asks has it,   |
|                                                   | and speaks, late, what still stands and was not told spoken  |
| it is cut off in the middle of a sentence         | spoken a second time, not before its lease has ended: a call |
|                                                   | that nobody heard would be worse                             |
| it is cut off, and its lease goes on              | it asks before each sentence, and begins none unanswered     |
| the hall is started anew                          | who says that it holds goes on; nobody else gets a zone in   |
|                                                   | the first LEASE_MS                                           |
| the daemon of the box that holds is started anew  | it is given the zone again at once: it asks under its name   |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from hall.clock import Clock
from hall.contract import LEASE_MS, AskZone, Term, Voices, ZoneLease

log = structlog.get_logger("hall.zones")


@dataclass(frozen=True, slots=True)
class _Lease:
    device: str
    until_ms: int


class Zones:
    """``windows``: of each zone. ``announcers``: by box, the zone that it may call for."""

    def __init__(self, clock: Clock, windows: Mapping[str, frozenset[int]], announcers: Mapping[str, str]) -> None:
        self._clock = clock
        self._windows = windows
        self._announcers = announcers
        self._leases: dict[str, _Lease] = {}
        self._spoken: dict[int, str] = {}
        self._told: dict[int, str] = {}
        self._unknown_until_ms = clock.mono_ms() + LEASE_MS
        """Until then a box may hold what this hall has not leased."""

    def ask(self, device: str, own: list[int], ask: AskZone) -> ZoneLease:
        """What a box that has asked may call for. ``own``: its windows."""
        zone = self._announcers.get(device, "")
        windows = self._windows.get(zone, frozenset())
        self._spoken.update((window, key) for window, key in ask.spoken.items() if window in windows)
        return ZoneLease(
            granted=bool(zone) and self._grant(zone, device, ask),
            windows=sorted(windows),
            left=sorted(number for number in own if any(number in each for each in self._windows.values())),
            spoken={window: self._spoken[window] for window in sorted(windows) if window in self._spoken},
        )

    def holder(self, zone: str) -> str:
        """The box that calls for a zone now, "" when none does."""
        lease = self._leases.get(zone)
        return lease.device if lease is not None and lease.until_ms > self._clock.mono_ms() else ""

    def silent(self) -> list[str]:
        """Zones that nobody calls for now. None in the first LEASE_MS: who holds them is not known yet."""
        if self._clock.mono_ms() < self._unknown_until_ms:
            return []
        return [zone for zone in sorted({*self._announcers.values()}) if not self.holder(zone)]

    def voices(self, term: Term, version: int) -> Voices:
        """Which windows are called for now, and what was spoken last for each."""
        return Voices(term=term, version=version, spoken=self._called_for())

    def has_news(self) -> bool:
        """Whether ``voices`` tells something else than when this was asked last."""
        now = self._called_for()
        news, self._told = now != self._told, now
        return news

    def _called_for(self) -> dict[int, str]:
        called = (zone for zone in self._windows if self.holder(zone))
        return {window: self._spoken.get(window, "") for zone in called for window in sorted(self._windows[zone])}

    def _grant(self, zone: str, device: str, ask: AskZone) -> bool:
        now_ms, holder = self._clock.mono_ms(), self.holder(zone)
        if not ask.wants:
            if holder == device:
                log.info("zone is free", zone=zone, device=device)
                del self._leases[zone]
            return False
        unknown = now_ms < self._unknown_until_ms and zone not in self._leases and not ask.holds
        if holder not in ("", device) or unknown:
            return False
        if holder != device:
            log.info("zone is leased", zone=zone, device=device)
        self._leases[zone] = _Lease(device, now_ms + LEASE_MS)
        return True
