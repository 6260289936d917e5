"""GET /metrics: what the hall measures of itself and of its boxes, for Prometheus with an observer's certificate."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import Response
from prometheus_client.metrics_core import Metric

from config.metrics import CONTENT_TYPE, Exposition, LoopLag, Row, counter, counters, gauge, gauges, histogram
from hall.boxes.lookout import Lookout
from hall.contract.maintenance import Boxes
from hall.hall import Hall
from hall.identity import NOBODY, Peer
from hall.store.reader import Reader

MEASURERS = frozenset({"observer", "technician", "hall"})


def _may_measure(request: Request) -> None:
    peer: Peer = getattr(request.state, "peer", NOBODY)
    if peer.role not in MEASURERS:
        raise HTTPException(403 if peer.role else 401, "show an observer's, a technician's or the hall's certificate")


class Read(NamedTuple):
    """What has to be looked up before a scrape is written."""

    boxes: Boxes
    facts: int
    conflicts: dict[str, int]


class HallMetrics:
    """One a hall. Reads what stands at the moment of asking; keeps nothing but how late the loop was."""

    def __init__(self, hall: Hall, reader: Reader) -> None:
        self.lag = LoopLag()
        self._hall = hall
        self._reader = reader
        self._lookout = Lookout(hall, reader)
        self._read: Read | None = None
        self._one = asyncio.Lock()
        self._exposition = Exposition(self._collect)

    async def text(self) -> bytes:
        """All of it, in text exposition format 0.0.4."""
        async with self._one:
            facts, conflicts = await asyncio.to_thread(self._look_up)
            self._read = Read(await self._lookout.boxes(), facts, conflicts)
            return self._exposition.text()

    def _look_up(self) -> tuple[int, dict[str, int]]:
        return self._reader.facts(), self._reader.conflict_counts()

    def _collect(self) -> Iterator[Metric]:
        read = self._read
        if read is None:
            return
        yield from self._queues()
        yield from self._store(read)
        yield from _boxes(read.boxes)
        told = "How late the event loop was at most in the last minute."
        yield from gauge("yichuang_hall_loop_lag_seconds", told, self.lag.worst_s)

    def _queues(self) -> Iterator[Metric]:
        hall = self._hall
        named = hall.settings.hall
        info: list[Row] = [((named.name, named.mode), 1)]
        yield gauges("yichuang_hall_info", "This hall, by its settings.", ("hall", "mode"), info)
        waiting: list[Row] = [((code,), count) for code, count in sorted(hall.waiting.items())]
        yield gauges("yichuang_hall_waiting_tickets", "Who waits, by the service's code.", ("service",), waiting)
        yield from gauge("yichuang_hall_windows_open", "Windows where a clerk sits.", len(hall.news.open))
        yield from gauge("yichuang_hall_windows", "Windows of the catalogue.", len(hall.catalogue.windows))
        told = "Whether it cannot prove its database whole, gives no number and calls nobody."
        yield from gauge("yichuang_hall_recovering", told, hall.recovery is not None)
        awaited = [box for box, ends in hall.recovery.awaited.items() if ends is None] if hall.recovery else []
        yield from gauge("yichuang_hall_awaited_boxes", "Boxes it waits for before it is whole.", len(awaited))
        yield from gauge("yichuang_hall_alarm", "Whether an alarm or an exercise stands.", hall.news.alarm is not None)
        yield from gauge("yichuang_hall_term", "Which life of the hall this is.", hall.term.n)

    def _store(self, read: Read) -> Iterator[Metric]:
        writer, hall = self._hall.writer, self._hall
        yield counter("yichuang_hall_facts_total", "Facts stored in all the database's life.", read.facts)
        rows: list[Row] = [((why,), count) for why, count in read.conflicts.items()]
        told = "Facts that did not fit, in all the database's life, by why."
        yield counters("yichuang_hall_conflicts_total", told, ("why",), rows)
        yield counter("yichuang_hall_commits_total", "Commits since the hall's start.", writer.commits)
        told = "How long a commit waited for the disk."
        yield histogram("yichuang_hall_commit_duration_seconds", told, "", {"": writer.waited})
        backup = hall.backed_up
        age_s = None if backup is None else (hall.clock.wall_ms() - backup.made_ms) / 1000
        yield from gauge("yichuang_hall_backup_age_seconds", "Since the newest backup; absent without one.", age_s)


def _boxes(told: Boxes) -> Iterator[Metric]:
    lines = told.boxes
    yield from gauge("yichuang_hall_boxes", "Enrolled boxes.", len(lines))
    yield from gauge("yichuang_hall_boxes_connected", "Boxes in reach.", sum(line.connected for line in lines))
    rows: list[Row] = [((line.box,), float(line.connected)) for line in lines]
    yield gauges("yichuang_hall_box_connected", "Whether the box is in reach.", ("box",), rows)
    rows = [((line.box,), float(line.ready)) for line in lines]
    yield gauges("yichuang_hall_box_ready", "Whether it can work now, as far as it says.", ("box",), rows)
    rows = [((line.box,), line.heard_ms / 1000) for line in lines if line.heard_ms is not None]
    told_age = "Since it last spoke; absent while it has not since the hall's start."
    yield gauges("yichuang_hall_box_heard_age_seconds", told_age, ("box",), rows)
    rows = [((line.box,), float(bool(line.condition and line.condition.leases))) for line in lines]
    yield gauges("yichuang_hall_box_in_maintenance", "Whether a technician works at it.", ("box",), rows)
    faults = {(line.box, need.fault, str(need.severity)) for line in lines for need in line.needs}
    needs: list[Row] = [(each, 1) for each in sorted(faults)]
    yield gauges("yichuang_hall_box_need", "What a person has to do there.", ("box", "fault", "severity"), needs)
    outbox: list[Row] = [((line.box,), line.condition.outbox) for line in lines if line.condition]
    yield gauges("yichuang_hall_box_outbox_facts", "Facts it says it has yet to tell.", ("box",), outbox)


def metrics_api(app: FastAPI, metrics: HallMetrics) -> None:
    """Add GET /metrics."""

    @app.get("/metrics", dependencies=[Depends(_may_measure)], response_class=Response)
    async def measured() -> Response:
        """Prometheus metrics of the hall, text exposition format 0.0.4."""
        return Response(await metrics.text(), headers={"content-type": CONTENT_TYPE})
