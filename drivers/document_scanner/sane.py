"""A scanner by SANE: flatbed, feeder, duplex. Each call is a scanimage of its own, because back-ends hang and crash.

scanimage and not python-sane: its exit code is SANE's status, where python-sane has only texts and gives a cut image
for a whole one after a cancel; a hung back-end is killed with its process group, and nothing of it lies in this
process. Pages come as PNG, whose every row is counted: a back-end that ends too early cannot pass a piece of a page
for a page.

What the statuses become: drivers/document_scanner/sane_codec.py. SANE has no question for the state of cover and
feeder. A poll leaves a USB scanner alone, because opening moves the head of some, and asks the kernel for it.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from drivers.contract import (
    SCANNER_BUSY,
    CompletionCode,
    Garbled,
    Gone,
    MediaType,
    NotScanned,
    Page,
    Refused,
    Remedy,
    ScanRequest,
    Silent,
    Source,
    State,
)
from drivers.contract.document_scanner import unheard
from drivers.deadline import Deadline
from drivers.document_scanner import png, sane_codec, sane_options, sane_place
from drivers.document_scanner.cancelling import Cancelling, before
from drivers.document_scanner.child import END_SECONDS, Child, answer, check_not_stuck
from drivers.document_scanner.measure import MOST_BYTES
from drivers.document_scanner.sane_place import SanePlace

SCANIMAGE = "scanimage"
DONE = "Batch terminated"
"""What it says before it closes the device."""


@dataclass(frozen=True, slots=True)
class SaneSettings:
    """``backend``: the one back-end to load (``genesys``, ``airscan``); without it all are asked, which can take long.

    ``quiet_seconds``: a scan that gives no sign for so long hangs (a cold lamp may take a minute). ``close_seconds``:
    how long letting go may take once the pages are there: the head goes home. ``poll_seconds``: 0 for a network scanner
    that takes long to open. ``sources``: the device's own words for flatbed, feeder, duplex where they are not found.
    ``extra``: further options by their names, set behind source and mode.
    """

    backend: str = ""
    quiet_seconds: float = 60.0
    close_seconds: float = 10.0
    poll_seconds: float = 30.0
    sources: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.backend and re.fullmatch(r"[a-z0-9_-]+", self.backend) is None:
            raise ValueError(f"backend = {self.backend!r} → name one of SANE's back-ends, as in /etc/sane.d/dll.conf")
        if not 1.0 <= self.quiet_seconds <= 600.0:
            raise ValueError(f"quiet_seconds = {self.quiet_seconds} → give 1 to 600")
        if not 0.5 <= self.close_seconds <= 60.0:
            raise ValueError(f"close_seconds = {self.close_seconds} → give 0.5 to 60")
        if self.poll_seconds and not 5.0 <= self.poll_seconds <= 3600.0:
            raise ValueError(f"poll_seconds = {self.poll_seconds} → give 5 to 3600, or 0 for never")
        if strange := {*self.sources} - {*Source}:
            raise ValueError(f"sources names {', '.join(sorted(strange))} → name of {', '.join(Source)}")
        if wrong := [name for name in self.extra if re.fullmatch(r"[a-z][a-z0-9-]+", name) is None]:
            raise ValueError(
                f"extra names {', '.join(wrong)} → write options as scanimage -A lists them, without dashes"
            )


class SaneScanner:
    """A drivers.contract.DocumentScanner."""

    Settings = SaneSettings
    family = "document_scanner"
    reads = "sane"
    open_seconds = 30.0
    """Looking for scanners on a network takes many seconds."""

    def __init__(self, settings: SaneSettings, place: SanePlace) -> None:
        self._settings = settings
        self._place = place
        self.poll_seconds = settings.poll_seconds
        self._device = ""
        self._offered: dict[tuple[str, ...], dict[str, sane_options.Option]] = {}
        """What can be set, by what is set already; asked once while it is open."""
        self._cancelling = Cancelling()
        self._last: Child | None = None

    @classmethod
    def at(cls, settings: SaneSettings, place: str) -> SaneScanner:
        """The driver of the scanner at a port, sane_place.FORM. Raises ValueError, "what → remedy"."""
        return cls(settings, SanePlace.of(place.removeprefix("sane:")))

    async def open(self, deadline: Deadline) -> State:
        """Find it and see that it opens. Raises Gone, Silent, Garbled, Refused."""
        self._device = ""
        device = self._place.device
        if not device:
            _, listed = await self._call(["--formatted-device-list", sane_codec.LIST_FORMAT], deadline)
            device = await asyncio.to_thread(self._place.choose, sane_codec.found(listed))
        state = await self._look(device, deadline)
        self._device, self._offered = device, {}
        return state

    async def poll(self, deadline: Deadline) -> State:
        """See that it is plugged in; one that is not on USB, that it opens. Raises Gone, Silent, Garbled, Refused."""
        device = self._opened()
        plugged_in = await asyncio.to_thread(sane_place.plugged_in, device)
        if plugged_in is None:
            return await self._look(device, deadline)
        if not plugged_in:
            raise Gone("the scanner was unplugged")
        return State.of()

    async def scan(
        self, request: ScanRequest, deadline: Deadline, came: Callable[[Page], None] = unheard
    ) -> tuple[Page, ...]:
        """Every page; see DocumentScanner. Raises one of the four."""
        device = self._opened()
        async with self._cancelling.scanning():
            arguments = await self._arguments(device, request, deadline)
            with tempfile.TemporaryDirectory(prefix="scan-", dir=_memory()) as folder:
                return await self._pages(Path(folder), arguments, request, deadline, came)

    def cancel(self) -> None:
        """End the scan that runs: scanimage is interrupted, and killed where it does not heed that."""
        self._cancelling.ask()

    async def close(self) -> None:
        """Nothing is held between two calls."""
        self._device = ""

    def _opened(self) -> str:
        if not self._device:
            raise Gone("the scanner is not open")
        return self._device

    async def _look(self, device: str, deadline: Deadline) -> State:
        code, said = await self._call(["--dont-scan"], deadline, device)
        if code == 0:
            return State.of()
        fault = sane_codec.opening_fault(code, said)
        if isinstance(fault, NotScanned) and fault.reason is SCANNER_BUSY:
            return State.of(SCANNER_BUSY)
        raise fault

    async def _arguments(self, device: str, request: ScanRequest, deadline: Deadline) -> list[str]:
        """Options in the order in which they depend on each other: source, mode, resolution, area."""
        named = self._settings.sources.get(request.source, "")
        extra = [f"--{name}={value}" for name, value in self._settings.extra.items()]
        source = sane_options.chosen_source(await self._options(device, [], deadline), request.source, named)
        if source is None:
            raise _unsupported(f"this scanner has no {request.source}")
        mode = sane_options.chosen_mode(await self._options(device, source, deadline), request.colour)
        if mode is None:
            raise _unsupported(f"this scanner does not scan in {request.colour}")
        so_far = [*source, *mode, *extra]
        known = await self._options(device, so_far, deadline)
        try:
            area = sane_options.chosen_area(known, request.area)
        except ValueError as wrong:
            raise Refused(str(wrong), CompletionCode.INVALID_DATA, Remedy.NONE) from None
        return [f"--device-name={device}", *so_far, *sane_options.chosen_resolution(known, request.dpi), *area]

    async def _options(self, device: str, chosen: list[str], deadline: Deadline) -> dict[str, sane_options.Option]:
        """What can be set once this is: what a device offers depends on what is chosen already."""
        if (*chosen,) not in self._offered:
            code, said = await self._call([*chosen, "--all-options"], deadline, device)
            if code != 0:
                raise sane_codec.opening_fault(code, said)
            self._offered[*chosen,] = sane_options.options(said)
        return self._offered[*chosen,]

    async def _call(self, arguments: list[str], deadline: Deadline, device: str = "") -> tuple[int, str]:
        """A scanimage that scans nothing. Raises Gone, Silent."""
        which = [f"--device-name={device}"] if device else []
        async with self._started([SCANIMAGE, *which, "--format=png", *arguments]) as child:
            return await answer(child, before(deadline, END_SECONDS))

    @asynccontextmanager
    async def _started(self, arguments: list[str]) -> AsyncIterator[Child]:
        check_not_stuck(self._last)
        with tempfile.TemporaryDirectory(prefix="sane-") as folder:
            self._last = Child(arguments, _environment(Path(folder), self._settings.backend))
            async with self._last as child:
                yield child

    async def _pages(
        self,
        folder: Path,
        arguments: list[str],
        request: ScanRequest,
        deadline: Deadline,
        came: Callable[[Page], None],
    ) -> tuple[Page, ...]:
        count = 1 if request.source is Source.FLATBED else request.most_pages
        batch = ["--progress", "--format=png", f"--batch={folder}/%d.png", f"--batch-count={count}", "--batch-print"]
        pages: list[Page] = []
        async with self._started([SCANIMAGE, *arguments, *batch]) as child:
            heard = _Heard(folder)
            while piece := await self._sign(child, heard, before(deadline, END_SECONDS)):
                for file in heard.pages(piece):
                    pages.append(await asyncio.to_thread(_page, file, len(pages) + 1))
                    came(pages[-1])
            code = await self._code(child, heard, before(deadline, END_SECONDS))
        if code != 0 and not (code == sane_codec.Status.NO_DOCS and pages):  # behind a page that is the end
            raise sane_codec.scan_fault(code, heard.text)
        if not pages:
            raise Garbled("scanimage gave no page and no reason")
        return tuple(pages)

    async def _sign(self, child: Child, heard: _Heard, deadline: Deadline) -> str:
        """The next thing that it says; "" at its end, or when it has done all and does not let go."""
        if DONE not in heard.text:
            return await child.said(deadline.sooner(self._settings.quiet_seconds), "the scanner gives no sign any more")
        with suppress(Silent):
            return await child.said(deadline.sooner(self._settings.close_seconds), "")
        return ""

    async def _code(self, child: Child, heard: _Heard, deadline: Deadline) -> int:
        """Its exit code; of one that hangs in closing the device, which some do, the status that it has told."""
        if DONE not in heard.text:
            return await child.code(deadline)
        with suppress(Silent):
            return await child.code(deadline.sooner(self._settings.close_seconds))
        return heard.told()


class _Heard:
    """What scanimage has said. Names of pages that are ready stand in lines of their own."""

    def __init__(self, folder: Path) -> None:
        self.text = ""
        self._folder = folder
        self._rest = ""

    def pages(self, piece: str) -> list[Path]:
        """Files of the pages that are told of in what has come now."""
        *lines, self._rest = re.split(r"[\r\n]", self._rest + piece)
        ready = []
        for line in lines:
            if line.startswith(f"{self._folder}/"):
                ready.append(Path(line))
            elif line and not line.startswith("Progress:"):
                self.text = f"{self.text}{line}\n"[-4096:]
        return ready

    def told(self) -> int:
        """The status that it said."""
        return sane_codec.spoken(self.text) or 0


def _page(file: Path, number: int) -> Page:
    """The page in this file, which is removed. Raises Garbled when it is not whole."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Garbled("a page that is larger than any paper")
        image = file.read_bytes()
        file.unlink()
    except OSError as failure:
        raise Garbled(f"a page is not where scanimage said: {failure.strerror}") from failure
    measure = png.measure(image)
    return Page(number, MediaType.PNG, image, measure.width, measure.height, measure.dpi)


def _environment(folder: Path, backend: str) -> dict[str, str]:
    """English words for SANE's statuses; of the back-ends one alone, with its settings where SANE keeps them."""
    english = {"LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    if not backend:
        return english
    (folder / "dll.d").mkdir()
    (folder / "dll.conf").write_text(f"{backend}\n", encoding="ascii")
    behind = os.environ.get("SANE_CONFIG_DIR", "") or ":"
    return {**english, "SANE_CONFIG_DIR": f"{folder}:{behind.lstrip(':')}"}


def _memory() -> str | None:
    """A folder that lies in memory, so that no page comes to rest on a disk; None where there is none."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 # a folder of our own in it


def _unsupported(what: str) -> Refused:
    return Refused(what, CompletionCode.UNSUPPORTED_COMMAND, Remedy.NONE)
