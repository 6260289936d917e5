"""A simulated office printer on the network: IPP, two trays, one of them with numbered sheets, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulators import line as wire
from simulators.control import AnyCommand, Event, Fault, Refill
from simulators.line import Wire
from simulators.office_printer import ipp, pages
from simulators.office_printer.abilities import FORMATS, MEDIA, SOURCES, URI, attributes
from simulators.office_printer.condition import FAULTS, Condition
from simulators.office_printer.http import Asked, HttpEar, answered
from simulators.office_printer.ipp import Table, Told, words
from simulators.office_printer.jobs import ABORTED, CANCELED, COMPLETED, ENDED, HELD, PENDING, PROCESSING, STOPPED, Job

PATH = "/ipp/print"
SLOW = 20.0

OK, BAD_REQUEST, NOT_POSSIBLE, NOT_FOUND = 0x0000, 0x0400, 0x0404, 0x0406
BAD_FORMAT, NOT_SUPPORTED, BAD_DOCUMENT = 0x040A, 0x040B, 0x0411
NO_SUCH_OPERATION, BUSY = 0x0501, 0x0507

Answer = tuple[int, list[tuple[int, Table]]]


class OfficePrinter:
    """The device at the far end of ``line``. Documents are kept in ``folder``; without one they are not."""

    def __init__(
        self,
        line: Wire,
        emit: Callable[[Event], None],
        folder: Path | None = None,
        *,
        page_seconds: float = 0.4,
        sheets: int = 250,
        first_serial: int = 1,
        in_two_steps: bool = True,
        formats: Sequence[str] = FORMATS,
    ) -> None:
        self._line = line
        self._emit = emit
        self._formats = formats
        self._folder = folder
        self._page_seconds = page_seconds
        self._condition = Condition(sheets, sheets)
        self._serial = first_serial
        self._loop = asyncio.get_running_loop()
        self._ear = HttpEar()
        self._heard_of: object = None
        self._jobs: list[Job] = []
        self._motor: asyncio.TimerHandle | None = None
        self._verbs: dict[int, Callable[[Told], Answer]] = {
            0x0002: self._print_job,
            0x0004: self._validate_job,
            0x0008: self._cancel_job,
            0x0009: self._get_job,
            0x000A: self._get_jobs,
            0x000B: self._get_printer,
        }
        if in_two_steps:
            self._verbs |= {0x0005: self._create_job, 0x0006: self._send_document}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        line.receive = self._hear

    def close(self) -> None:
        """Stop printing."""
        if self._motor is not None:
            self._motor.cancel()
            self._motor = None

    def snapshot(self) -> list[Event]:
        """How it is, and its jobs."""
        return [self._state(), *(job.event() for job in self._jobs)]

    def do(self, command: AnyCommand) -> None:
        """Faults and paper. Raises ValueError for what an office printer has not."""
        match command:
            case Fault(name, on) if name in wire.FAULTS:
                if name == "unplug" and on:
                    self._lose_power()
                self._line.switch(name, on)
            case Fault(name, on) if name in FAULTS:
                (self._condition.faults.add if on else self._condition.faults.discard)(name)
            case Refill():
                self._condition.refill()
            case Fault(name, _):
                raise ValueError(f"the faults are {', '.join(sorted(FAULTS | wire.FAULTS))}, not {name}")
            case _:
                raise ValueError("an office printer has faults and paper, nothing else")
        self._emit(self._state())
        self._work()

    def _hear(self, byte: int, at: float) -> None:
        host = getattr(self._line, "host", None)
        if host is not self._heard_of:  # another connection: what the one before had begun ends with it
            self._heard_of = host
            self._ear.restart()
        asked = self._ear.hear(byte)
        if asked is not None:
            self._answer(asked, at)

    def _answer(self, asked: Asked, at: float) -> None:
        if "silent" in self._condition.faults:
            return
        if asked.method != "POST" or asked.path != PATH:
            self._line.send(answered(404 if asked.method else 400, b"", "text/plain"), at)
            return
        answer = ipp.write(self.obey(asked.body))
        if "lose-answer" in self._condition.faults:
            for on in (True, False):
                self._line.switch("unplug", on)
        else:
            self._line.send(answered(200, answer), at)

    def obey(self, octets: bytes) -> Told:
        """Do what an IPP request asks; its answer."""
        try:
            told = ipp.read(octets)
        except ipp.BadRequest:
            return Told(BAD_REQUEST, 1, [(ipp.OPERATION, _head())])
        if told.first("attributes-charset") is None or told.number < 1:
            return Told(BAD_REQUEST, told.number, [(ipp.OPERATION, _head())], version=told.version)
        verb = self._verbs.get(told.code)
        status, groups = verb(told) if verb else (NO_SUCH_OPERATION, [])
        return Told(status, told.number, [(ipp.OPERATION, _head()), *groups], version=told.version)

    def _get_printer(self, told: Told) -> Answer:
        asked = told.every("requested-attributes")
        every = attributes(
            state=5 if self._stopped() else 4 if self._current() else 3,
            reasons=self._reasons(),
            accepting="busy" not in self._condition.faults,
            operations=sorted(self._verbs),
            queued=sum(job.state not in ENDED for job in self._jobs),
            formats=self._formats,
        )
        wanted = every if not asked or "all" in asked else {name: every[name] for name in asked if name in every}
        return OK, [(ipp.PRINTER, wanted)]

    def _validate_job(self, told: Told) -> Answer:
        if "busy" in self._condition.faults:
            return BUSY, []
        if told.first("document-format", self._formats[0]) not in self._formats:
            return BAD_FORMAT, []
        if not told.first("ipp-attribute-fidelity", False):
            return OK, []
        wrong: Table = {}
        column = told.first("media-col", {})
        source = column["media-source"][0][1] if "media-source" in column else SOURCES[0]
        if told.first("media", MEDIA) != MEDIA:
            wrong |= words("media", told.first("media"))
        if source not in SOURCES:
            wrong |= {"media-col": [(ipp.UNSUPPORTED, None)]}
        return (NOT_SUPPORTED, [(ipp.UNSUPPORTED_GROUP, wrong)]) if wrong else (OK, [])

    def _create_job(self, told: Told) -> Answer:
        status, wrong = self._validate_job(told)
        if status != OK:
            return status, wrong
        column = told.first("media-col", {})
        source = column["media-source"][0][1] if "media-source" in column else SOURCES[0]
        job = Job(len(self._jobs) + 1, told.first("job-name", "untitled"), source, told.first("copies", 1))
        self._jobs.append(job)
        self._emit(job.event())
        return OK, [(ipp.JOB, self._looks(job))]

    def _send_document(self, told: Told) -> Answer:
        job = self._job(told)
        if job is None:
            return NOT_FOUND, []
        if job.state != HELD:
            return NOT_POSSIBLE, []
        return self._take(job, told)

    def _print_job(self, told: Told) -> Answer:
        status, groups = self._create_job(told)
        return self._take(self._jobs[-1], told) if status == OK else (status, groups)

    def _take(self, job: Job, told: Told) -> Answer:
        kind = told.first("document-format", self._formats[0])
        if kind not in self._formats:
            return BAD_FORMAT, []
        try:
            job.pages = pages.sheets(kind, told.document)
        except ValueError:
            job.become(ABORTED, "document-format-error")
            self._emit(job.event())
            return BAD_DOCUMENT, [(ipp.JOB, self._looks(job))]
        if self._folder is not None:
            file = self._folder / f"job-{job.number:04}.{'pdf' if kind == FORMATS[0] else 'pwg'}"
            file.write_bytes(told.document)
            job.file = str(file)
        job.become(PENDING, "none")
        self._work()
        return OK, [(ipp.JOB, self._looks(job))]

    def _get_job(self, told: Told) -> Answer:
        job = self._job(told)
        return (OK, [(ipp.JOB, self._looks(job))]) if job else (NOT_FOUND, [])

    def _get_jobs(self, told: Told) -> Answer:
        ended = told.first("which-jobs", "not-completed") == "completed"
        return OK, [(ipp.JOB, self._looks(job)) for job in self._jobs if (job.state in ENDED) is ended]

    def _cancel_job(self, told: Told) -> Answer:
        job = self._job(told)
        if job is None:
            return NOT_FOUND, []
        if job.state in ENDED:
            return NOT_POSSIBLE, []
        if job is self._current():
            self.close()
        job.become(CANCELED, "job-canceled-by-user")
        self._emit(job.event())
        self._work()
        return OK, []

    def _job(self, told: Told) -> Job | None:
        number: int = told.first("job-id", 0)
        return self._jobs[number - 1] if 1 <= number <= len(self._jobs) else None

    def _looks(self, job: Job) -> Table:
        counted: Table = (
            {} if "uncounted" in self._condition.faults else {"job-impressions-completed": [(ipp.INTEGER, job.out)]}
        )
        return {
            "job-id": [(ipp.INTEGER, job.number)],
            "job-name": [(ipp.NAME, job.name)],
            "job-uri": [(ipp.URI, f"{URI}/{job.number}")],
            "job-state": [(ipp.ENUM, job.state)],
            **words("job-state-reasons", *job.reasons),
            **counted,
        }

    def _current(self) -> Job | None:
        return next((job for job in self._jobs if job.state in (PENDING, PROCESSING, STOPPED)), None)

    def _reasons(self) -> list[str]:
        return self._condition.reasons(self._current() is not None)

    def _stopped(self) -> bool:
        return self._condition.stopped(self._current() is not None)

    def _work(self) -> None:
        """Go on with the first job that has its document, or stop."""
        job = self._current()
        if job is None:
            return
        state = STOPPED if self._stopped() else PROCESSING
        if job.state != state:
            job.become(state, "printer-stopped" if state == STOPPED else "job-printing")
            self._emit(job.event())
        if state == STOPPED:
            self.close()
        elif self._motor is None:
            slow = SLOW if "slow-pages" in self._condition.faults else 1.0
            self._motor = self._loop.call_later(self._page_seconds * slow, self._sheet_out, job)

    def _sheet_out(self, job: Job) -> None:
        self._motor = None
        self._condition.sheets -= 1
        job.out += 1
        if job.source == SOURCES[1]:
            job.serials.append(self._serial)
            self._serial += 1
        if "abort" in self._condition.faults:
            job.become(ABORTED, "aborted-by-system")
        elif job.out == job.sheets:
            job.become(COMPLETED, "job-completed-successfully")
        if job.state in ENDED:
            self._emit(job.event())
        self._emit(self._state())
        self._work()

    def _lose_power(self) -> None:
        """What was in its memory is forgotten, the sheet in its rollers too."""
        self.close()
        self._ear.restart()
        for job in self._jobs:
            if job.state not in ENDED:
                job.become(ABORTED, "aborted-by-system")
                self._emit(job.event())
        self._jobs.clear()

    def _state(self) -> Event:
        return {
            "event": "state",
            "state": "stopped" if self._stopped() else "processing" if self._current() else "idle",
            "reasons": self._reasons(),
            "sheets": self._condition.sheets,
            "serial": self._serial,
            "faults": sorted(self._condition.faults | self._line.faults),
        }


def _head() -> dict[str, Any]:
    return {
        **words("attributes-charset", "utf-8", tag=ipp.CHARSET),
        **words("attributes-natural-language", "en", tag=ipp.LANGUAGE),
    }
