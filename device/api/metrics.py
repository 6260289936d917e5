"""GET /metrics: what this box measures of itself, for Prometheus on the same machine: loopback alone, as the rest."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from prometheus_client.metrics_core import Metric
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.box import BoxSettings
from config.metrics import (
    CONTENT_TYPE,
    Exposition,
    LoopLag,
    Row,
    counters,
    gauge,
    gauges,
    histogram,
)
from device.cell import Cell
from device.clock import Clock
from device.journal import Journal
from device.sync.link import Link
from drivers.contract import Phase
from hall.contract import ClockTrust


class MetricsPage:
    """Reads what every part says of itself at the moment of asking; keeps nothing."""

    def __init__(
        self, settings: BoxSettings, data: Path, cells: list[Cell[Any]], journal: Journal, link: Link, clock: Clock
    ) -> None:
        self.lag = LoopLag()
        self._settings = settings
        self._data = data
        self._cells = cells
        self._journal = journal
        self._link = link
        self._clock = clock
        self._exposition = Exposition(self._collect)

    def routes(self) -> list[Route]:
        """The one call."""
        return [Route("/metrics", self._metrics)]

    async def _metrics(self, _: Request) -> Response:
        return Response(self._exposition.text(), headers={"content-type": CONTENT_TYPE})

    def _collect(self) -> Iterator[Metric]:
        box = self._settings.box
        yield gauges("yichuang_box_info", "This box, by its settings.", ("box", "mode"), [((box.name, box.mode), 1)])
        yield from self._devices()
        yield from self._of_journal()
        yield from self._of_hall()
        yield from gauge(
            "yichuang_loop_lag_seconds", "How late the event loop was at most in the last minute.", self.lag.worst_s
        )

    def _devices(self) -> Iterator[Metric]:
        cells = self._cells
        phases = [
            ((cell.name, cell.family, phase.value), cell.state.phase is phase) for cell in cells for phase in Phase
        ]
        told = "Whether the device is in this state (RFC 8011)."
        yield gauges("yichuang_device_state", told, ("device", "family", "state"), phases)
        accepting = [((cell.name, cell.family), float(cell.state.accepting)) for cell in cells]
        yield gauges("yichuang_device_accepting", "Whether it takes commands.", ("device", "family"), accepting)
        reasons: list[Row] = [
            ((cell.name, reason.keyword, str(reason.severity)), 1) for cell in cells for reason in cell.state.reasons
        ]
        told = "Why it is in its state: 1 for each reason that holds."
        yield gauges("yichuang_device_reason", told, ("device", "reason", "severity"), sorted(reasons))
        now = asyncio.get_running_loop().time()
        counts: list[Row] = [
            ((cell.name, name), count) for cell in cells for name, count in sorted(cell.statistics.report(now).items())
        ]
        told = "What it has done since the box's process began, by UnifiedPOS's name."
        yield counters("yichuang_device_statistic_total", told, ("device", "statistic"), counts)
        took = {cell.name: cell.statistics.took for cell in cells}
        told = "How long its commands took, their turn on a shared line included."
        yield histogram("yichuang_device_command_duration_seconds", told, "device", took)

    def _of_journal(self) -> Iterator[Metric]:
        journal = self._journal
        outbox = journal.outbox + sum(former.outbox for former in journal.formers)
        yield from gauge("yichuang_outbox_facts", "Facts that the hall has not stored yet.", outbox)
        yield from gauge("yichuang_journal_seq", "The last fact of the journal in use.", journal.head()[0])
        told = "Facts of the journal in use that are in a backup of the hall."
        yield from gauge("yichuang_journal_backed_up_seq", told, journal.backed_up)
        size = sum(file.stat().st_size for file in self._data.glob("journal.db*"))
        yield from gauge("yichuang_journal_size_bytes", "What the journal takes of the disk.", size)
        told = "Whether the journal takes nothing any more: the disk is full or has failed."
        yield from gauge("yichuang_journal_stopped", told, journal.stopped is not None)
        free = shutil.disk_usage(self._data).free
        yield from gauge("yichuang_data_free_bytes", "Room left on the disk of the box's data.", free)

    def _of_hall(self) -> Iterator[Metric]:
        link, clock = self._link, self._clock
        yield from gauge("yichuang_link_up", "Whether the hall is there and has all facts.", link.hall == "up")
        yield from gauge("yichuang_link_reached", "Whether the hall has welcomed this box.", link.reached_hall)
        recovering = bool(link.reached_hall and link.welcome and link.welcome.recovering)
        yield from gauge("yichuang_link_recovering", "Whether the hall says that it restores its data.", recovering)
        refused: list[Row] = [((link.refusal,), 1)] if link.refusal else []
        yield gauges("yichuang_link_refusal", "Why the hall or this box refuses to talk.", ("reason",), refused)
        off_ms = clock.offset_ms
        told = "The hall's clock minus this box's; absent until they were compared."
        yield from gauge("yichuang_clock_offset_seconds", told, None if off_ms is None else off_ms / 1000)
        trust = clock.trust()
        rows = [((each,), float(each == trust)) for each in get_args(ClockTrust)]
        yield gauges("yichuang_clock_trust", "How far this box's wall clock is believed.", ("trust",), rows)
