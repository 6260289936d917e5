"""The box itself: journal, outbox, clock, the way to the hall, supplies, leases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textual.binding import Binding

from hall.contract.maintenance import BoxReport, ClockReport, JournalReport, LinkReport
from screens.diagnostics.advised import advised
from screens.diagnostics.colours import BY_MARK, INK, QUIET, TENDED
from screens.diagnostics.columns import cell_len
from screens.diagnostics.frames import FramesView
from screens.diagnostics.lines import Row, hanging, heading, labelled, mark, text
from screens.diagnostics.rows import Rows
from screens.diagnostics.supplies import supplied
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.tongue import full_date_of, time_of
from screens.diagnostics.view import KeyName, View

LABELS = ("running", "journal", "outbox", "disk", "clock", "booted", "hall-link", "round-trip", "certificate", "date")
CLOCK = {"compared": "fine", "unknown": "unknown", "off": "error"}
LINK = {"up": "fine", "reached": "warning", "down": "error"}
CERTIFICATE_LOW_DAYS = 30
DISK_LOW = 500_000_000
"""Bytes."""


class MachineView(View):
    """Everything about it that is no device."""

    TITLE_KEY = "machine"
    BINDINGS = [Binding("f", "frames", show=False)]

    def __init__(self, terminal: Terminal, visit: Visit) -> None:
        super().__init__(terminal, visit)
        self._visit = visit

    def keys(self) -> Sequence[KeyName]:
        """What the foot names."""
        return (("Enter", "key-frames"),) if self.rows.chosen else ()

    def told(self, width: int) -> Iterable[Row]:
        """Its parts, one after the other."""
        report, say = self._visit.report, self.tongue.say
        if report is None:
            return
        column = max(cell_len(say(f"label-{key}")) for key in LABELS)
        for advice in report.advice:
            if not advice.device:
                yield advised(advice, self.tongue, width)
        yield heading(say("machine"), first=True)
        yield from self._program(report, width, column)
        yield from self._journal(report.journal, width, column)
        yield from self._clock(report.clock, width, column)
        yield heading(say("hall-link"))
        yield from self._link(report.link, width, column)
        yield from self._rest(report, width)

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """What passes on this line."""
        self.app.push_screen(FramesView(self.terminal, self._visit, event.key))

    def action_frames(self) -> None:
        """The same by letter."""
        self.rows.action_open()

    def _program(self, report: BoxReport, width: int, column: int) -> Iterator[Row]:
        say = self.tongue.say
        roles = say("between").join(self.tongue.perhaps(f"role-{role}", role) for role in report.roles)
        since = say("running-since", version=report.version, age=self.tongue.age(report.up_ms), roles=roles or "–")
        yield labelled(say("label-running"), since, width, column)
        if not report.flows:
            yield self._judged("label-running", "warning", say("no-flows-long"), width, column)
        if report.business_date:
            yield labelled(say("label-date"), report.business_date, width, column)

    def _journal(self, journal: JournalReport | None, width: int, column: int) -> Iterator[Row]:
        say, share = self.tongue.say, self.tongue.share
        if journal is None:
            yield self._judged("label-journal", "unknown", say("journal-none"), width, column)
            return
        kind = "error" if journal.stopped else "fine"
        told = say("journal-stopped", why=journal.stopped) if journal.stopped else say("journal-well")
        what = say("journal-of", told=told, id=journal.id, seq=journal.seq, size=share(journal.bytes))
        yield self._judged("label-journal", kind, what, width, column)
        outbox = say("outbox-empty") if journal.outbox == 0 else say("outbox", n=journal.outbox)
        yield self._judged("label-outbox", "fine" if journal.outbox == 0 else "report", outbox, width, column)
        low = journal.free_bytes < DISK_LOW
        free = say("disk-free", size=share(journal.free_bytes))
        yield self._judged("label-disk", "warning" if low else "fine", free, width, column)

    def _clock(self, clock: ClockReport, width: int, column: int) -> Iterator[Row]:
        say = self.tongue.say
        off = "" if clock.off_ms is None else say("clock-differs", s=f"{clock.off_ms / 1000:+.1f}")
        now = say("clock-now", date=full_date_of(clock.wall_ms), time=time_of(clock.wall_ms))
        told = say("between").join(part for part in (say(f"clock-{clock.trust}"), now, off) if part)
        yield self._judged("label-clock", CLOCK[clock.trust], told, width, column)
        yield labelled(say("label-booted"), say("ago", age=self.tongue.age(clock.booted_ms)), width, column)

    def _link(self, link: LinkReport, width: int, column: int) -> Iterator[Row]:
        say = self.tongue.say
        told = say("between").join(part for part in (say(f"link-{link.hall}"), link.url, link.refusal) if part)
        yield self._judged("label-hall-link", LINK[link.hall], told, width, column)
        if link.recovering:
            yield self._judged("label-hall-link", "warning", say("link-recovering"), width, column)
        trip = say("unmeasured") if link.round_trip_ms is None else f"{link.round_trip_ms:.0f} ms"
        yield labelled(say("label-round-trip"), trip, width, column)
        days = link.certificate_days
        if days is None:
            yield self._judged("label-certificate", "error", say("certificate-none"), width, column)
        else:
            kind = "warning" if days < CERTIFICATE_LOW_DAYS else "fine"
            yield self._judged("label-certificate", kind, say("certificate-days", n=days), width, column)

    def _rest(self, report: BoxReport, width: int) -> Iterator[Row]:
        say = self.tongue.say
        if report.supplies:
            yield heading(say("supplies"))
            for supply in report.supplies:
                yield supplied(supply, self.tongue, width, named=True)
        yield heading(say("leases"))
        for lease in report.leases:
            told = say("lease-of", who=lease.who, devices=", ".join(lease.devices), s=lease.left_ms // 1000)
            yield Row(hanging((mark("tended", ""),), told, TENDED, width))
        if not report.leases:
            yield text(say("leases-none"), width, QUIET)
        if report.lines:
            yield heading(say("lines"), say("lines-open"))
        for line in report.lines:
            devices = ", ".join(device.name for device in report.devices if device.line == line)
            yield Row(hanging(((line + "  ", INK),), devices or say("line-empty"), QUIET, width), line)

    def _judged(self, label: str, kind: str, words: str, width: int, column: int) -> Row:
        sign, style = mark(kind, "")
        return labelled(self.tongue.say(label), sign + words, width, column, BY_MARK[kind] or style)
