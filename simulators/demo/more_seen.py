"""What the page shows of the counter with other makers' devices: their simulators' events and their box's own words."""

from __future__ import annotations

import asyncio
import io
import time
import wave
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from simulators.client import BoxClient, CallFailed
from simulators.demo.more import More, card_service
from simulators.demo.more_settings import ID_CARD, LINES, OFFICE, SCANNER, SMART_CARD, SPEAKER, sound_file
from simulators.demo.props import Event
from simulators.document_scanner.documents import Wish
from simulators.document_scanner.sheets import A4, BUILT_IN, Sheet
from simulators.id_card_reader.cards import CARDS
from simulators.office_printer.pages import raster

LOOK_SECONDS = 1.0
HERE_SECONDS = 8 * 3600
"""Times are shown as China's (UTC+8)."""
SAID_SHOWN = 8
"""What a device said or did last."""
SOUNDS_SHOWN = 9
"""Three calls: chime, Chinese, English."""
PAGES_SHOWN = 6
SHEET_DPI, SHEET_PIXELS = 150, 420
PAGE_PIXELS = 700

SAYS = {
    ID_CARD: {"answered"},
    SMART_CARD: {"inserted", "removed", "torn"},
    SCANNER: {"job", "page", "refused", "job-deleted"},
}
"""Events that are shown as they come; of the ID card reader's answers, not those to the box asking how it is."""
ASKED_HOW_IT_IS = "status"


class MoreSeen:
    """Keeps what was seen last."""

    def __init__(self, more: More, changed: Callable[[], None]) -> None:
        self._more = more
        self._changed = changed
        self._states: dict[str, Event] = {}
        self._said: dict[str, deque[Event]] = {line: deque(maxlen=SAID_SHOWN) for line in SAYS}
        self._jobs: dict[int, Event] = {}
        self._devices: dict[str, Any] = {}
        self._cards = "no-service"
        self._sounds: list[dict[str, Any]] = []
        self.checks: dict[str, dict[str, Any]] = {}
        """By device: the answer to the last check, or that it is being checked."""
        more.told = changed

    async def watch(self) -> None:
        """Look at the box and the sound again and again, once they have been started; until cancelled."""
        box = BoxClient(self._more.url)
        try:
            while True:
                if self._more.standing != "closed":
                    await self._look(box)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            await box.close()

    async def _look(self, box: BoxClient) -> None:
        self._more.look_after()
        devices: dict[str, Any] = {}
        if self._more.box.running:
            with suppress(CallFailed):
                devices = {each["name"]: each for each in (await box.health())["devices"]}
        cards = await card_service(self._more.ports.card_reader)
        now = (devices, cards, sounds(sound_file(self._more.run))[-SOUNDS_SHOWN:])
        if now != (self._devices, self._cards, self._sounds):
            self._devices, self._cards, self._sounds = now
            self._changed()

    def hear(self, line: str, event: Event) -> None:
        """Take an event of any simulator."""
        if line not in LINES:
            return
        if event["event"] == "state":
            self._states[line] = event
        elif line == OFFICE and event["event"] == "job":
            self._jobs[event["job"]] = event
        elif event["event"] in SAYS.get(line, ()) and event.get("request") != ASKED_HOW_IT_IS:
            self._said[line].appendleft(
                {**event, "time": time.strftime("%H:%M:%S", time.gmtime(time.time() + HERE_SECONDS))}
            )

    def state(self) -> dict[str, Any]:
        """Everything the page shows of it."""
        return {
            "standing": self._more.standing,
            "why": self._more.why,
            "running": self._more.simulators.running,
            "devices": self._devices,
            "cards": self._cards,
            "lines": {**self._states, SPEAKER: self._speaker()},
            "said": {line: list(said) for line, said in self._said.items()},
            "jobs": [self._job(job) for job in reversed(self._jobs.values())][:PAGES_SHOWN],
            "sounds": self._sounds,
            "checks": self.checks,
        }

    def _speaker(self) -> Event:
        return {"faults": [] if sound_file(self._more.run).parent.is_dir() else ["unplug"]}

    def _job(self, job: Event) -> Event:
        return {**job, "pages": [f"/more/page/{job['job']}/{page}" for page in range(_came_out(job))]}

    def page(self, job: int, page: int) -> bytes | None:
        """A sheet that came out of the office printer, as PNG."""
        told = self._jobs.get(job)
        return _page(Path(told["file"]), page) if told is not None and 0 <= page < _came_out(told) else None

    def sound(self, begins: str) -> bytes | None:
        """What was said at this moment, as WAV."""
        told = next((sound for sound in self._sounds if sound["begins"] == begins), None)
        return None if told is None else _cut(sound_file(self._more.run), float(begins), float(told["ends"]))


def _came_out(job: Event) -> int:
    """How many different sheets of a document lie in the tray."""
    return min(int(job["out"]), _count(Path(job["file"]))) if str(job["file"]).endswith(".pwg") else 0


def sounds(file: Path) -> list[dict[str, Any]]:
    """What the speaker has said: where in its file, for how long, which words; the oldest first."""
    told: list[dict[str, Any]] = []
    with suppress(OSError):
        for line in file.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
            begins, ends, words = line.split("\t", 2)
            seconds = round(float(ends) - float(begins), 1)
            told.append({"begins": begins, "ends": ends, "seconds": seconds, "words": words})
    return told


def _cut(file: Path, begins: float, ends: float) -> bytes | None:
    """A part of a WAV file, in seconds; None when it is not there any more."""
    written = io.BytesIO()
    try:
        with wave.open(str(file), "rb") as whole, wave.open(written, "wb") as part:
            part.setparams(whole.getparams())
            rate = whole.getframerate()
            whole.setpos(min(round(begins * rate), whole.getnframes()))
            part.writeframes(whole.readframes(round((ends - begins) * rate)))
    except (OSError, wave.Error, EOFError):
        return None
    return written.getvalue()


@lru_cache(maxsize=64)
def _count(file: Path) -> int:
    try:
        return len(raster(file.read_bytes()))
    except (OSError, ValueError):
        return 0


@lru_cache(maxsize=16)
def _page(file: Path, page: int) -> bytes | None:
    try:
        dots = raster(file.read_bytes())[page]
    except (OSError, ValueError, IndexError):
        return None
    drawn = Image.frombytes("1", (dots.width, dots.height), bytes(byte ^ 0xFF for byte in dots.rows)).convert("L")
    drawn.thumbnail((PAGE_PIXELS, PAGE_PIXELS * 2))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()


@lru_cache(maxsize=16)
def sheet(picture: str, number: int) -> bytes:
    """A sheet of paper as it lies on the scanner, as JPEG. Raises ValueError for one that there is not."""
    if picture not in BUILT_IN:
        raise ValueError(f"no such sheet: {picture}")
    return Sheet(picture, number).side(
        Wish("Platen", "RGB24", SHEET_DPI, *A4, 0, 0, duplex=False, document_format="image/jpeg")
    )


def card_of(name: str) -> dict[str, str]:
    """What is printed on a made-up person's card; nothing for one that the module refuses."""
    return dict(CARDS[name].fields) if name in CARDS else {}
