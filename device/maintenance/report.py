"""A whole box as it stands, for a technician."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from msgspec.structs import replace

from config.box import Device, port_of
from device.cell import Cell
from device.journal import Journal, JournalStopped
from device.maintenance.bench import Bench
from device.maintenance.firmware import Firmwares
from device.maintenance.leases import Leases
from device.maintenance.reasons import reasons_of
from device.maintenance.supply import supplies_of
from device.maintenance.timeline import Timeline
from device.maintenance.validity import days_left
from device.maintenance.wear import Wear
from device.trials import TRIALS
from hall.contract.maintenance import (
    Advice,
    BoxReport,
    ClockReport,
    Condition,
    DeviceReport,
    JournalReport,
    Level,
    LinkReport,
)

Advise = Callable[[BoxReport], list[Advice]]
"""What a person has to do, worst first. Pure: the report's own ``advice`` is empty then."""

SHOW_NOTHING = frozenset({"access_keypad", "smart_card", "id_card"})
"""Families without an external check (device.checkup)."""


class Reporter:
    """Reads what every part says of itself; keeps nothing but what was asked of slow devices."""

    def __init__(self, bench: Bench, leases: Leases, advise: Advise) -> None:
        self.round_trip_ms: float | None = None
        """Of the last question to the hall."""
        self.timeline = Timeline(bench.journal, bench.clock) if bench.journal is not None else None
        self.wear = Wear(bench.hardware.cells, bench.journal)
        self._bench = bench
        self._leases = leases
        self._advise = advise
        self._firmwares = Firmwares(bench.hardware.cells)
        self._began_ms = bench.clock.mono_ms()
        self._version = _version()

    async def report(self) -> BoxReport:
        """The whole box; asks devices for their firmware where that is not known yet."""
        await self._firmwares.ask()
        return self.now()

    def now(self) -> BoxReport:
        """The whole box, as far as it is known without asking anybody."""
        bench, values = self._bench, self._bench.loaded.values
        report = BoxReport(
            box=values.box.name,
            mode=values.box.mode,
            version=self._version,
            flows=bench.link is not None,
            up_ms=bench.clock.mono_ms() - self._began_ms,
            roles=bench.roles,
            devices=[self._device(cell) for cell in bench.hardware.cells],
            advice=[],
            supplies=supplies_of(bench.hardware.cells, self.wear, counts_last=bench.journal is not None),
            journal=journal_report(bench.journal, bench.data),
            link=self._link(),
            clock=self._clock(),
            leases=self._leases.standing(),
            faults=self.timeline.faults() if self.timeline is not None else [],
            lines=[monitor.bus.name for monitor in bench.lines],
            business_date=bench.desired.business_date if bench.desired is not None else "",
        )
        return replace(report, advice=self._advise(report))

    def condition(self) -> Condition:
        """What the hall is told of this box."""
        report = self.now()
        return Condition(
            version=report.version,
            ready=self._bench.ready(),
            advice=report.advice,
            leases=report.leases,
            outbox=report.journal.outbox if report.journal is not None else 0,
            free_bytes=report.journal.free_bytes if report.journal is not None else 0,
            clock=report.clock,
            certificate_days=report.link.certificate_days,
        )

    def _device(self, cell: Cell[Any]) -> DeviceReport:
        named = (each for each in self._bench.loaded.values.device if each.name == cell.name)
        device = next(named, None)  # None: of hardware that was put together by hand
        heard_at = cell.heard_at
        return DeviceReport(
            name=cell.name,
            family=cell.family,
            model=cell.model,
            line=device.line if device else "",
            port=self._port(device) if device else "",
            address=device.address if device else None,
            window=cell.window,
            phase=str(cell.state.phase),
            accepting=cell.state.accepting,
            reasons=reasons_of(cell.state),
            statistics=cell.statistics.report(_now()),
            firmware=self._firmwares.of(cell.name),
            heard_ms=None if heard_at is None else round((_now() - heard_at) * 1000),
            leased=self._leases.holds(cell.name),
            levels=levels_of(cell.family),
        )

    def _port(self, device: Device) -> str:
        loaded = self._bench.loaded
        return next(port_of(loaded, line) for line in loaded.values.line if line.name == device.line)

    def _link(self) -> LinkReport:
        bench, link = self._bench, self._bench.link
        days = days_left(bench.certificate, bench.clock.wall_ms())
        url = bench.loaded.values.hall.url
        if link is None:
            return LinkReport(hall="down", url=url, certificate_days=days)
        hall: Literal["up", "reached", "down"] = (
            "up" if link.hall == "up" else "reached" if link.reached_hall else "down"
        )
        return LinkReport(
            hall=hall,
            url=url,
            refusal=link.refusal,
            recovering=bool(link.welcome and link.welcome.recovering),
            round_trip_ms=self.round_trip_ms if link.reached_hall else None,
            certificate_days=days,
        )

    def _clock(self) -> ClockReport:
        clock = self._bench.clock
        hall_minus_box = clock.offset_ms
        return ClockReport(
            trust=clock.trust(),
            wall_ms=clock.wall_ms(),
            off_ms=None if hall_minus_box is None else -hall_minus_box,
            booted_ms=clock.mono_ms(),
        )


def levels_of(family: str) -> list[Level]:
    """Which checks a family has; one from outside has the first alone."""
    if family not in TRIALS:
        return ["internal"]
    return ["internal", "interactive"] if family in SHOW_NOTHING else ["internal", "external", "interactive"]


def journal_report(journal: Journal | None, data: Path) -> JournalReport | None:
    """The journal and the disk that it is on; None without a journal."""
    if journal is None:
        return None
    files = [file for file in data.glob("journal*.db*") if file.is_file()]
    try:
        seq, outbox = journal.head()[0], journal.outbox + sum(former.outbox for former in journal.formers)
    except JournalStopped:
        seq, outbox = 0, 0
    return JournalReport(
        id=journal.id,
        seq=seq,
        outbox=outbox,
        bytes=sum(file.stat().st_size for file in files),
        free_bytes=shutil.disk_usage(data).free,
        stopped=journal.stopped or "",
    )


def _version() -> str:
    try:
        return version("yichuang")
    except PackageNotFoundError:  # run from a source tree that nobody installed
        return ""


def _now() -> float:
    return asyncio.get_running_loop().time()
