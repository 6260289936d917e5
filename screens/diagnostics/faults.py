"""The faults of the last week: on a line of time, and one by one, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hall.contract.maintenance import BoxReport, FaultSpan
from screens.diagnostics.colours import BY_SEVERITY, INK, NAME, QUIET
from screens.diagnostics.columns import cut, pad
from screens.diagnostics.lines import Line, Part, Row, hanging, heading, mark, text
from screens.diagnostics.terminal import Terminal, Visit
from screens.diagnostics.tongue import DAY_MS, HALL_TIME_MS, date_of, day_of, time_of
from screens.diagnostics.view import View

DAYS = 7
NAMES = 16
DRAWN = {"error": "#", "warning": "=", "report": "-"}
NOTHING, MIDNIGHT = ".", "|"
RANK = {"report": 0, "warning": 1, "error": 2}


class FaultsView(View):
    """The worst that stood in each piece of time is drawn."""

    TITLE_KEY = "faults"

    def __init__(self, terminal: Terminal, visit: Visit) -> None:
        super().__init__(terminal, visit)
        self._visit = visit

    def told(self, width: int) -> Iterable[Row]:
        """The line of time, then the list."""
        report, say = self._visit.report, self.tongue.say
        if report is None:
            return
        if not report.faults:
            yield heading(say("faults"), first=True)
            yield text(say("faults-none"), width, QUIET)
            return
        yield heading(say("faults"), say("faults-legend", **DRAWN), first=True)
        yield from self._line_of_time(report, width)
        yield heading(say("faults-list"))
        newest = sorted(report.faults, key=lambda span: (span.until_ms is not None, -span.from_ms))
        for span in newest:
            yield self._one(span, report.clock.wall_ms, width)

    def _line_of_time(self, report: BoxReport, width: int) -> Iterator[Row]:
        cells = width - NAMES
        first_ms = (day_of(report.clock.wall_ms) - DAYS + 1) * DAY_MS - HALL_TIME_MS
        per_day = cells // DAYS
        days = "".join(pad(date_of(first_ms + day * DAY_MS), per_day) for day in range(DAYS))
        yield Row((((" " * NAMES, QUIET), (days, QUIET)),))
        by_device: dict[str, list[FaultSpan]] = {}
        for span in report.faults:
            by_device.setdefault(span.device, []).append(span)
        for device, spans in by_device.items():
            bar = _bar(spans, first_ms, report.clock.wall_ms, per_day)
            name = device or self.tongue.say("whole-box")
            yield Row((((pad(cut(name, NAMES - 2), NAMES), NAME), *bar),))

    def _one(self, span: FaultSpan, now_ms: int, width: int) -> Row:
        say = self.tongue.say
        until = now_ms if span.until_ms is None else span.until_ms
        lasted = self.tongue.age(until - span.from_ms)
        stands = span.until_ms is None
        how_long = say("fault-stands", age=lasted) if stands else say("fault-lasted", age=lasted)
        sign, style = mark(span.severity, say(f"severity-{span.severity}"))
        lead: list[Part] = [
            (pad(sign, 11), style),
            (f"{date_of(span.from_ms)} {time_of(span.from_ms, seconds=False)}  ", INK),
            (pad((span.device or say("whole-box")) + " ", NAMES), NAME),
        ]
        words = f"{self.tongue.fault(span.keyword)}{say('between')}{how_long}"
        return Row(hanging(lead, words, INK, width))


def _bar(spans: Sequence[FaultSpan], first_ms: int, now_ms: int, per_day: int) -> Line:
    """One cell a piece of time, the worst in it; what has not been yet stays empty."""
    step = DAY_MS / per_day
    parts: list[Part] = []
    for cell in range(per_day * DAYS):
        begin = first_ms + cell * step
        end = begin + step
        here = [span.severity for span in spans if span.from_ms < end and (span.until_ms or now_ms) >= begin]
        if begin > now_ms:
            part: Part = (" ", QUIET)
        elif here:
            worst = max(here, key=lambda severity: RANK[severity])
            part = (DRAWN[worst], BY_SEVERITY[worst])
        else:
            part = (MIDNIGHT if cell % per_day == 0 else NOTHING, QUIET)
        if parts and parts[-1][1] == part[1]:
            parts[-1] = (parts[-1][0] + part[0], part[1])
        else:
            parts.append(part)
    return tuple(parts)
