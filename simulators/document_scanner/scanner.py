"""A driverless scanner: a glass, a feeder, one job at a time."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from simulators.control import AnyCommand, Event, Fault, LayPage, TakePages
from simulators.document_scanner import documents
from simulators.document_scanner.documents import Told, Wish
from simulators.document_scanner.http_line import FAULTS as OF_LINE
from simulators.document_scanner.http_line import HttpLine, Reply, Request
from simulators.document_scanner.sheets import Sheet

MODEL, SERIAL = "Yichuang Simulated Scanner", "SIM0001"
ROOT = "/eSCL"
MOST_SHEETS = 50
FAULTS = OF_LINE | {
    "jam",
    "cover-open",
    "busy",
    "denied",
    "not-ready",
    "cut-image",
    "early-404",
    "cancel",
    "wrong-host",
}
"""``jam``: at the next sheet. ``not-ready``: 503 to the first two tries at each page. ``cut-image``: half an image with
an end mark. ``early-404``: no page to who asks at once after the last one. ``cancel``: its own button was pressed.
``wrong-host``: Location names a host that is not there.
"""
EARLY_SECONDS = 0.05
"""Who asks so soon after a page is told that there is none (``early-404``)."""
NOT_READY = 2
JOB_SECONDS = 60.0
"""A job that nobody fetches is given up."""


@dataclass(slots=True)
class _Job:
    path: str
    wish: Wish
    state: str = "Processing"
    reason: str = "JobScanning"
    images: int = 0
    back: Sheet | None = None
    """The sheet whose other side is next."""
    refusals: int = 0
    touched: float = 0.0
    given: float = -1.0

    def told(self) -> Told:
        return Told(self.path, self.state, self.reason, self.images)

    def end(self, state: str, reason: str) -> None:
        if self.state == "Processing":
            self.state, self.reason = state, reason


class Scanner:
    """Behind an HttpLine, which it makes. ``page_seconds``: what one side takes."""

    def __init__(
        self, address: tuple[str, int], emit: Callable[[Event], None], *, page_seconds: float = 1.0, feeder: bool = True
    ) -> None:
        self.line = HttpLine(*address, self.answer)
        self._emit = emit
        self._page_seconds = page_seconds
        self._has_feeder = feeder
        self._glass: Sheet | None = None
        self._feeder: list[Sheet] = []
        self._faults: set[str] = set()
        self._jobs: list[_Job] = []
        self._laid = 0
        self._loop = asyncio.get_running_loop()

    def snapshot(self) -> list[Event]:
        """What lies where, and what is wrong."""
        faults = sorted(self._faults | self.line.faults)
        glass = self._glass.picture if self._glass else None
        top = {"picture": self._feeder[0].picture, "number": self._feeder[0].number} if self._feeder else None
        lies = {"glass": glass, "sheets": len(self._feeder), "top": top}
        return [{"event": "state", "adf": self.adf, **lies, "faults": faults}]

    def do(self, command: AnyCommand) -> None:
        """Lay pages, take them, switch a fault. Raises ValueError for what there is not."""
        match command:
            case LayPage(picture, where, sheets):
                self._lay(picture, where, sheets)
            case TakePages():
                self._glass, self._feeder, self._laid = None, [], 0
                self._faults.discard("jam")
            case Fault(name, on) if name in OF_LINE:
                self.line.switch(name, on)
            case Fault(name, on) if name in FAULTS:
                (self._faults.add if on else self._faults.discard)(name)
                if name == "cancel" and on:
                    self._cancel()
            case _:
                raise ValueError(f"a scanner takes lay-page, take-pages and the faults {', '.join(sorted(FAULTS))}")
        self._emit(self.snapshot()[0])

    def close(self) -> None:
        """Switch it off."""
        self.line.close()

    @property
    def adf(self) -> str:
        """AdfState."""
        if not self._has_feeder:
            return ""
        if "cover-open" in self._faults:
            return "ScannerAdfHatchOpen"
        if any(job.reason == "JamInFeeder" for job in self._jobs) and "jam" in self._faults:
            return "ScannerAdfJam"
        return "ScannerAdfLoaded" if self._feeder else "ScannerAdfEmpty"

    async def answer(self, request: Request) -> Reply:
        """What a client gets."""
        if "denied" in self._faults:
            return Reply(401)
        match (request.method, request.path):
            case ("GET", "/eSCL/ScannerCapabilities"):
                return _xml(documents.capabilities(MODEL, SERIAL, feeder=self._has_feeder))
            case ("GET", "/eSCL/ScannerStatus"):
                state = "Processing" if self._active or "busy" in self._faults else "Idle"
                return _xml(documents.status(state, self.adf, [job.told() for job in self._jobs]))
            case ("POST", "/eSCL/ScanJobs"):
                return self._begin(request)
        job = next((one for one in self._jobs if request.path.removesuffix("/NextDocument") == one.path), None)
        if job is None:
            return Reply(404)
        job.touched = self._loop.time()
        if request.method == "DELETE":
            job.end("Canceled", "JobCanceledByUser")
            self._emit({"event": "job-deleted", "job": job.path})
            return Reply(200)
        if request.method != "GET" or not request.path.endswith("/NextDocument"):
            return Reply(405)
        return await self._next(job)

    def _lay(self, picture: str, where: str, sheets: int) -> None:
        room = MOST_SHEETS - len(self._feeder) if where == "feeder" and self._has_feeder else int(where == "glass")
        if not 1 <= sheets <= room:
            raise ValueError(f"there is room for {room} sheets in the {where}")
        if where == "glass":
            self._glass = Sheet(picture, 1)
            return
        for _ in range(sheets):
            self._laid += 1
            self._feeder.append(Sheet(picture, self._laid))

    @property
    def _active(self) -> _Job | None:
        for job in self._jobs:
            if self._loop.time() - job.touched > JOB_SECONDS:
                job.end("Aborted", "JobTimedOut")
        return next((job for job in self._jobs if job.state == "Processing"), None)

    def _cancel(self) -> None:
        for job in self._jobs:
            job.end("Canceled", "JobCanceledAtDevice")

    def _begin(self, request: Request) -> Reply:
        if self._active or "busy" in self._faults:
            return Reply(503)
        try:
            wish = documents.wish(request.body)
        except ValueError as error:
            self._emit({"event": "refused", "why": str(error)})
            return Reply(409)
        job = _Job(f"{ROOT}/ScanJobs/{uuid.uuid4()}", wish, touched=self._loop.time())
        self._jobs = [*self._jobs[-9:], job]
        self._emit({"event": "job", "job": job.path, "source": wish.source, "dpi": wish.dpi})
        host = "http://printer.invalid:8080" if "wrong-host" in self._faults else ""
        return Reply(201, headers={"Location": host + job.path})

    async def _next(self, job: _Job) -> Reply:
        if "not-ready" in self._faults and job.refusals < NOT_READY:
            job.refusals += 1
            return Reply(503)
        if "early-404" in self._faults and self._loop.time() - job.given < EARLY_SECONDS:
            return Reply(404)
        sheet, back = self._fed(job)
        if sheet is None:
            return Reply(404)
        await asyncio.sleep(self._page_seconds)
        if job.state != "Processing":  # cancelled meanwhile
            return Reply(404)
        image = await asyncio.to_thread(sheet.side, job.wish, back=back)
        job.refusals, job.given, job.images = 0, self._loop.time(), job.images + 1
        if job.wish.source == "Platen":
            job.end("Completed", "JobCompletedSuccessfully")
        self._emit({"event": "page", "job": job.path, "number": job.images})
        if "cut-image" in self._faults:
            image = image[: len(image) // 2] + b"\xff\xd9"
        return Reply(200, image, {"Content-Type": "image/jpeg"}, chunked=True)

    def _fed(self, job: _Job) -> tuple[Sheet | None, bool]:
        """What comes before the sensor, and whether with its back; None at the job's end, however it ends."""
        if job.state != "Processing":
            return None, False
        if job.wish.source == "Platen":
            return self._glass or Sheet("blank", 1), False
        if job.back is not None:
            sheet, job.back = job.back, None
            return sheet, True
        if "cover-open" in self._faults:
            job.end("Aborted", "CoverOpen")
        elif not self._feeder:
            job.end("Completed" if job.images else "Aborted", "JobCompletedSuccessfully" if job.images else "NoDocs")
        elif "jam" in self._faults and job.images:
            job.end("Aborted", "JamInFeeder")
        else:
            sheet = self._feeder.pop(0)
            job.back = sheet if job.wish.duplex else None
            self._emit(self.snapshot()[0])
            return sheet, False
        return None, False


def _xml(body: bytes) -> Reply:
    return Reply(200, body, {"Content-Type": "text/xml"})
