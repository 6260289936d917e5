"""The front room: pages worked on in a child process, each order with its deadline.

``async with page_work() as work:`` and then one call a page, so that who asks sees how far it is. The child is begun
by the first call and ends with the block, its memory with it; it also ends when a call is cancelled, passes its
deadline or breaks off, and the next call begins another: one bad page does not end a batch.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TypeVar, cast

from device.pages import wire
from device.pages.fault import LIBRARIES, NotDone, Why
from device.pages.messages import (
    Bind,
    Code,
    Document,
    Mark,
    Order,
    Page,
    ReadCodes,
    Reading,
    ReadText,
    Sheet,
    Shrink,
    Shrunk,
    Square,
    Straighten,
)
from drivers.deadline import Deadline

T = TypeVar("T")

CHILD = ("-P", "-m", "device.pages.child")
"""-P: the folder in which a box happens to run is no place to import from."""
READ_AHEAD = 4 << 20
"""Bytes of an answer taken in before the child waits."""
GRACE_SECONDS = 1.0
"""After the deadline; then a child that nobody ended, because its box was killed, ends itself."""


def missing() -> tuple[str, ...]:
    """What of the extra ``pages`` is not installed, by the names that install it."""
    return tuple(package for module, package in LIBRARIES.items() if find_spec(module) is None)


@asynccontextmanager
async def page_work() -> AsyncIterator[PageWork]:
    """A child for a document. It need not be begun: no call, no process."""
    work = PageWork()
    try:
        yield work
    finally:
        await work.end()


class PageWork:
    """One order at a time. Every call raises NotDone; OVERDUE at its deadline."""

    def __init__(self) -> None:
        self._child: Process | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Of the child; None while there is none."""
        return None if self._child is None else self._child.pid

    async def square(
        self,
        picture: bytes,
        deadline: Deadline,
        *,
        sheets: tuple[Sheet, ...] = (Sheet.A4, Sheet.ID_CARD),
        scale_dpi: float | None = None,
    ) -> Page:
        """A camera's picture to a page; see ``page.square``."""
        return await self._ask(Square(picture, sheets, scale_dpi), Page, deadline)

    async def straighten(self, picture: bytes, dpi: float | None, deadline: Deadline) -> Page:
        """A scanner's picture to a page; see ``page.straighten``."""
        return await self._ask(Straighten(picture, dpi), Page, deadline)

    async def bind(self, pages: Sequence[Page], deadline: Deadline) -> Document:
        """Pages to one PDF; see ``pdf.bind``."""
        return await self._ask(Bind(tuple(pages)), Document, deadline)

    async def mark(self, page: Page, deadline: Deadline) -> Page:
        """A copy for showing and sharing; see ``watermark.mark``."""
        return await self._ask(Mark(page), Page, deadline)

    async def read_codes(self, page: Page, deadline: Deadline) -> tuple[Code, ...]:
        """Its bar codes and QR codes; see ``codes.read_codes``."""
        return await self._ask(ReadCodes(page.jpeg), tuple[Code, ...], deadline)

    async def read_text(self, page: Page, deadline: Deadline) -> Reading:
        """Its text; see ``ocr.read_text``. Some seconds a page, and 850 MB until the block ends."""
        return await self._ask(ReadText(page.jpeg), Reading, deadline)

    async def shrink(self, picture: bytes, columns: int, rows: int, deadline: Deadline) -> Shrunk:
        """A small grey picture of it; see ``shrink.shrink``."""
        return await self._ask(Shrink(picture, columns, rows), Shrunk, deadline)

    async def end(self) -> None:
        """End the child, whatever it does."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.wait()

    async def _ask(self, order: Order, kind: type[T], deadline: Deadline) -> T:
        try:
            async with asyncio.timeout_at(deadline.at), self._turn:
                return wire.decode_answer(await self._exchange(order, deadline), kind)
        except TimeoutError:
            raise NotDone(Why.OVERDUE) from None

    async def _exchange(self, order: Order, deadline: Deadline) -> bytes:
        """The answer's body. Whatever ends this but an answer ends the child, whose next bytes would be for nobody."""
        frame = wire.task_frame(wire.Task(deadline.left() + GRACE_SECONDS, order))
        if self._child is None or self._child.returncode is not None:  # or it was ended while nobody asked
            self._child = await _begin()
        try:
            return await _talk(self._child, frame)
        except BaseException:
            await self.end()
            raise


async def _talk(child: Process, frame: bytes) -> bytes:
    orders, answers = cast("StreamWriter", child.stdin), cast("StreamReader", child.stdout)
    try:
        orders.write(frame)
        await orders.drain()
        head = await answers.readexactly(wire.LENGTH_BYTES)
        return await answers.readexactly(wire.length(head))
    except (asyncio.IncompleteReadError, ConnectionError):
        # It ends by itself. A kill meanwhile would ask for its status too, and take it from whoever waits for it.
        await child.wait()
        raise NotDone(Why.BROKEN_OFF, _how(child.returncode)) from None


async def _begin() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, *CHILD, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=READ_AHEAD
    )


def _how(returncode: int | None) -> str:
    """How the child ended: the signal's name, or its exit status."""
    if returncode is not None and returncode < 0:
        return signal.Signals(-returncode).name
    return f"status {returncode}"
