"""A driverless network scanner by eSCL, without SANE (protocols/document-scanners.md §4).

| the scanner says | becomes |
|---|---|
| State Idle; Processing, Testing | idle; processing with `scanner-busy` |
| State Stopped, Down | the feeder's reason, else `offline` |
| AdfState Empty | `feeder-empty`; a scan from the feeder is NotScanned |
| AdfState Jam, Mispick, MultipickDetected, DuplexPageTooShort/Long, InputTray… | `feeder-jam`; NotScanned |
| AdfState HatchOpen, DoorOpen | `scanner-cover-open`; NotScanned |
| 503 to a job, again and again | NotScanned, `scanner-busy` |
| 503 to a page, again and again | Silent |
| 401, 403 | NotScanned, `access-denied` |
| 404 to a page | all pages are there; asked again while the job goes on and paper lies in the feeder |
| 409 to a job | Refused, invalid_data |
| job aborted or cancelled | the feeder's reason; else NotScanned `scan-canceled`, or Refused hardware_error |
| another status, no XML, an image that is not whole | Garbled |
| refused or broken connection | Gone (Garbled when it ends in good order in the middle of an answer) |
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from drivers.contract import (
    FEEDER_EMPTY,
    FEEDER_JAM,
    SCANNER_COVER_OPEN,
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    MediaType,
    Page,
    Reason,
    Refused,
    Remedy,
    ScanRequest,
    Silent,
    Source,
    State,
)
from drivers.contract.document_scanner import (
    access_denied,
    busy,
    canceled,
    cover_open,
    feeder_empty,
    feeder_jam,
    unheard,
)
from drivers.deadline import Deadline
from drivers.document_scanner import escl_codec, jpeg, png
from drivers.document_scanner.cancelling import Cancelling, before
from drivers.document_scanner.escl_codec import Capabilities, ScanSettings
from drivers.document_scanner.escl_link import Answer, EsclLink, Place
from drivers.document_scanner.measure import MOST_BYTES

OK, CREATED, NOT_FOUND, CONFLICT, GONE, UNAVAILABLE = 200, 201, 404, 409, 410, 503
DENIED = (401, 403)
TRIES, PAGE_TRIES = 10, 30
"""How often sane-airscan asks again after 503."""
END_SECONDS = 1.0
"""What taking a job away may take."""


@dataclass(frozen=True, slots=True)
class EsclSettings:
    """``retry_ms``: between two tries after 503. ``certificate``: PEM file for https.

    ``page_pause_ms``: before the next page is asked for, at most half of what the last one took: some feeders say too
    early that there is none (Brother MFC-L2710DW, so sane-airscan). ``quiet_seconds``: an answer that stands still for
    so long is none.
    """

    retry_ms: int = 1000
    page_pause_ms: int = 1000
    quiet_seconds: float = 60.0
    certificate: str = ""

    def __post_init__(self) -> None:
        if not 10 <= self.retry_ms <= 5000:
            raise ValueError(f"retry_ms = {self.retry_ms} → give 10 to 5000")
        if not 0 <= self.page_pause_ms <= 5000:
            raise ValueError(f"page_pause_ms = {self.page_pause_ms} → give 0 to 5000")
        if not 1.0 <= self.quiet_seconds <= 600.0:
            raise ValueError(f"quiet_seconds = {self.quiet_seconds} → give 1 to 600")


class EsclScanner:
    """A drivers.contract.DocumentScanner."""

    Settings = EsclSettings
    family = "document_scanner"
    reads = "escl"
    poll_seconds = 10.0
    open_seconds = 10.0

    def __init__(self, settings: EsclSettings, place: Place) -> None:
        self._settings = settings
        self._link = EsclLink(place, settings.certificate, settings.quiet_seconds)
        self._cancelling = Cancelling()
        self._able: Capabilities | None = None

    @classmethod
    def at(cls, settings: EsclSettings, url: str) -> EsclScanner:
        """The driver of the scanner at this address (escl_link.FORM). Raises ValueError, "what → remedy"."""
        place = Place.of(url)
        if place.origin.startswith("https:") and not settings.certificate:
            raise ValueError(f"{url}: nothing vouches for the scanner → give the option certificate, or use http")
        return cls(settings, place)

    @property
    def capabilities(self) -> Capabilities | None:
        """What it says that it can do, and who it is; None until it is open."""
        return self._able

    async def open(self, deadline: Deadline) -> State:
        """Ask what it can do and how it is. Raises one of the four."""
        await self._link.open()
        try:
            self._able = escl_codec.capabilities(await self._document("ScannerCapabilities", deadline))
            return await self.poll(deadline)
        except BaseException:
            await self.close()
            raise

    async def poll(self, deadline: Deadline) -> State:
        """Ask how it is. Raises one of the four."""
        return (await self._status(deadline)).condition()

    async def scan(
        self, request: ScanRequest, deadline: Deadline, came: Callable[[Page], None] = unheard
    ) -> tuple[Page, ...]:
        """Every page; see DocumentScanner. Raises one of the four."""
        deadline = before(deadline, END_SECONDS)
        async with self._cancelling.scanning():
            settings = self._settings_for(request)
            if request.source is not Source.FLATBED:
                await self._check_feeder(deadline)
            async with self._job(settings, deadline) as path:
                return await self._pages(path, settings, request, deadline, came)

    def cancel(self) -> None:
        """End the scan that runs and take its job away."""
        self._cancelling.ask()

    async def close(self) -> None:
        """Hang up."""
        self._able = None
        await self._link.close()

    def _settings_for(self, request: ScanRequest) -> ScanSettings:
        if self._able is None:
            raise Gone("the scanner is not open")
        settings = escl_codec.settings_for(request.source, request.colour, request.dpi, request.area, self._able)
        if settings is None:
            what = f"this scanner cannot scan so: {request.source}, {request.colour}, {request.area}"
            raise Refused(what, CompletionCode.UNSUPPORTED_COMMAND, Remedy.NONE)
        return settings

    async def _check_feeder(self, deadline: Deadline) -> None:
        fault = _not_fed((await self._status(deadline)).adf_reason)
        if fault is not None:
            raise fault

    @asynccontextmanager
    async def _job(self, settings: ScanSettings, deadline: Deadline) -> AsyncIterator[str]:
        """A job's path; at the end the job is taken away, so that the scanner is free for others."""
        asked = f"{self._link.place.root}/ScanJobs"
        answer = await self._patiently("POST", asked, TRIES, deadline, body=settings.encode())
        if answer.status == UNAVAILABLE:
            raise busy("the scanner is used from elsewhere")
        if answer.status == CONFLICT:
            raise Refused("the scanner does not take these settings", CompletionCode.INVALID_DATA, Remedy.NONE)
        if answer.status != CREATED:
            raise _unexpected("a job", answer)
        path = escl_codec.job_path(answer.location, asked)
        try:
            yield path
        finally:
            with suppress(DeviceFault):
                await self._link.call("DELETE", path, Deadline.after(END_SECONDS))

    async def _pages(
        self,
        path: str,
        settings: ScanSettings,
        request: ScanRequest,
        deadline: Deadline,
        came: Callable[[Page], None],
    ) -> tuple[Page, ...]:
        pages: list[Page] = []
        most = 1 if request.source is Source.FLATBED else request.most_pages
        clock, early = asyncio.get_running_loop(), 0
        while len(pages) < most:
            began = clock.time()
            image = await self._next(path, deadline)
            if image is None:
                if await self._ended(path, request.source, bool(pages), deadline):
                    break
                early += 1
                if early > TRIES:
                    raise Garbled("the scanner gives no page, and says that there are more")
                await self._pause(deadline)
                continue
            pages.append(await asyncio.to_thread(_page, image, len(pages) + 1, settings))
            came(pages[-1])
            if len(pages) < most:
                await asyncio.sleep(min(self._settings.page_pause_ms / 1000, (clock.time() - began) / 2))
        return tuple(pages)

    async def _next(self, path: str, deadline: Deadline) -> bytes | None:
        """The next image; None when there is none any more."""
        answer = await self._patiently("GET", f"{path}/NextDocument", PAGE_TRIES, deadline, most=MOST_BYTES)
        match answer.status:
            case 200:
                return answer.body
            case 404 | 410:
                return None
            case 503:
                raise Silent("the scanner is ready for no page")
        raise _unexpected("a page", answer)

    async def _ended(self, path: str, source: Source, some: bool, deadline: Deadline) -> bool:
        """Whether that was the end. Raises NotScanned or Refused when it is no good one: no page, or a broken job."""
        status = await self._status(deadline)
        job = status.job(path)
        state = "" if job is None else job.state
        reason = status.adf_reason if source is not Source.FLATBED else None
        if state in ("Pending", "Processing") and status.loaded and source is not Source.FLATBED:
            return False
        if some and reason in (None, FEEDER_EMPTY) and state not in ("Aborted", "Canceled"):
            return True
        fault = _not_fed(None if some and reason == FEEDER_EMPTY else reason)
        if fault is None and state == "Canceled":
            fault = canceled()
        raise fault or Refused("the scanner gave up", CompletionCode.HARDWARE_ERROR, Remedy.RESET)

    async def _status(self, deadline: Deadline) -> escl_codec.ScannerStatus:
        return escl_codec.status(await self._document("ScannerStatus", deadline))

    async def _document(self, name: str, deadline: Deadline) -> bytes:
        answer = await self._patiently("GET", f"{self._link.place.root}/{name}", TRIES, deadline)
        if answer.status == UNAVAILABLE:
            raise busy("the scanner is not ready")
        if answer.status == NOT_FOUND:
            what = f"there is no {name} at {self._link.place.origin}{self._link.place.root}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        if answer.status != OK:
            raise _unexpected(name, answer)
        return answer.body

    async def _patiently(
        self, method: str, path: str, tries: int, deadline: Deadline, *, body: bytes = b"", most: int = 1 << 20
    ) -> Answer:
        """As EsclLink.call; asks again while the scanner is not ready (503), so often."""
        for left in range(tries, 0, -1):
            answer = await self._link.call(method, path, deadline, body=body, most=most)
            if answer.status != UNAVAILABLE or left == 1:
                break
            await self._pause(deadline)
        return answer

    async def _pause(self, deadline: Deadline) -> None:
        async with deadline.limit("the scanner does not become ready"):
            await asyncio.sleep(self._settings.retry_ms / 1000)


def _not_fed(reason: Reason | None) -> DeviceFault | None:
    """What keeps the feeder from feeding, as a fault."""
    if reason == FEEDER_EMPTY:
        return feeder_empty()
    if reason == FEEDER_JAM:
        return feeder_jam()
    return cover_open() if reason == SCANNER_COVER_OPEN else None


def _unexpected(what: str, answer: Answer) -> DeviceFault:
    if answer.status in DENIED:
        return access_denied("the scanner lets nobody in without a password")
    return Garbled(f"HTTP status {answer.status} in place of {what}")


def _page(image: bytes, number: int, settings: ScanSettings) -> Page:
    """The page that this is. Raises Garbled when it is not whole, or no image of a kind we know."""
    is_png = image.startswith(png.SIGNATURE)
    measure = png.measure(image) if is_png else jpeg.measure(image)
    dpi = float(settings.dpi)
    if measure.dpi is not None and _off(measure.dpi, measure.width, settings) < _off(dpi, measure.width, settings):
        dpi = measure.dpi
    kind = MediaType.PNG if is_png else MediaType.JPEG
    return Page(number, kind, image, measure.width, measure.height, dpi)


def _off(dpi: float, width: int, settings: ScanSettings) -> float:
    """How far the image's width is from what was asked for, were this its scale."""
    return abs(width - settings.width * dpi / 300)
