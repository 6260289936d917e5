"""An office printer on virtual time: the simulated one, asked through memory or through HTTP over a line in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import httpx

from drivers.contract import PDF, Document, Gone
from drivers.deadline import Deadline
from drivers.office_printer.ipp import IppPrinter, IppSettings
from drivers.office_printer.ipp_port import IppPort, PrinterUri
from simulators.control import Event, Fault
from simulators.office_printer import ipp
from simulators.office_printer.http import HttpEar, answered
from simulators.office_printer.printer import OfficePrinter
from tests.drivers.devices import nowhere
from tests.drivers.line import Line, Way

URI = "ipp://192.0.2.9:631/ipp/print"
PAGE = b"%PDF-1.4\n1 0 obj << /Type /Page >> endobj\n%%EOF\n"
NOTICE = Document("notice", PDF, PAGE)
FAST = 10_000_000


class NoWire:
    """The printer is asked by hand."""

    receive: Any = None

    def __init__(self) -> None:
        self.faults: set[str] = set()

    def open(self) -> None: ...

    def close(self) -> None: ...

    def switch(self, fault: str, on: bool) -> None: ...

    def send(self, data: bytes, at: float) -> float:
        raise AssertionError("no line")


class Simulated:
    """The simulated printer and what it told. It is the far end of a Line, too."""

    def __init__(self, **options: Any) -> None:
        self.events: list[Event] = []
        self.printer = OfficePrinter(NoWire(), self.events.append, **options)
        self.say: Callable[[bytes], None] = nowhere
        self.ear = HttpEar()

    def hear(self, data: bytes) -> None:
        for byte in data:
            if asked := self.ear.hear(byte):
                self.say(
                    answered(200, ipp.write(self.printer.obey(asked.body))) if asked.method else answered(400, b"")
                )

    def fault(self, name: str, on: bool = True) -> None:
        self.printer.do(Fault(name, on))

    @property
    def out(self) -> int:
        """Sheets that came out."""
        return sum(last["out"] for last in self.jobs())

    @property
    def completed(self) -> int:
        return sum(last["state"] == "completed" for last in self.jobs())

    def jobs(self) -> list[Event]:
        """Each job as it was told last; after a power cut numbers begin anew, names do not."""
        told = {event["name"]: event for event in self.events if event["event"] == "job"}
        return list(told.values())

    def running(self) -> bool:
        return any(job["state"] in ("pending", "processing", "processing-stopped") for job in self.jobs())


class MemoryPort:
    """A drivers.office_printer.ipp_client.Port. ``before`` and ``after`` may fail a request of this operation."""

    uri = URI

    def __init__(self, simulated: Simulated) -> None:
        self._simulated = simulated
        self.before: dict[int, list[Exception]] = {}
        self.after: dict[int, list[Exception]] = {}
        self.asked: list[int] = []
        self.unplugged = False
        self.told: list[ipp.Told] = []

    async def ask(self, request: bytes, deadline: Deadline) -> bytes:
        told = ipp.read(request)
        self.asked.append(told.code)
        self.told.append(told)
        self._fail(self.before.get(told.code))
        if self.unplugged:
            gone = Gone("unplugged")
            gone.sent = False
            raise gone
        async with deadline.limit("no answer"):
            if "silent" in self._simulated.printer._condition.faults:
                await asyncio.Event().wait()
            answer = ipp.write(self._simulated.printer.obey(request))
        self._fail(self.after.get(told.code))
        return answer

    async def close(self) -> None: ...

    @staticmethod
    def _fail(faults: list[Exception] | None) -> None:
        if faults:
            raise faults.pop(0)


@asynccontextmanager
async def in_memory(
    settings: IppSettings | None = None, **options: Any
) -> AsyncIterator[tuple[IppPrinter, Simulated, MemoryPort]]:
    """An open driver and its printer."""
    simulated = Simulated(**options)
    port = MemoryPort(simulated)
    driver = IppPrinter(settings or IppSettings(), port)
    await driver.open(Deadline.after(5))
    try:
        yield driver, simulated, port
    finally:
        simulated.printer.close()


class _Stream(httpcore.AsyncNetworkStream):
    """One connection over a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return await self._line.read(None)
        except Gone as gone:
            raise httpcore.ReadError(str(gone)) from gone

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            await self._line.write(buffer, Deadline.after(1))
        except Gone as gone:
            raise httpcore.WriteError(str(gone)) from gone

    async def aclose(self) -> None:
        await self._line.close()

    def get_extra_info(self, info: str) -> Any:
        return None


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to the device of a line; another connection begins another request."""

    def __init__(self, line: Line, simulated: Simulated) -> None:
        self._line = line
        self._simulated = simulated

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            await self._line.open(Deadline.after(1))
        except Gone as gone:
            raise httpcore.ConnectError(str(gone)) from gone
        self._simulated.ear.restart()
        return _Stream(self._line)


class LinePort(IppPort):
    """The real port, HTTP and all, over a line in memory."""

    def __init__(self, line: Line, simulated: Simulated) -> None:
        super().__init__(PrinterUri.of(URI))
        self._backend = _Backend(line, simulated)

    def _new_client(self) -> httpx.AsyncClient:
        client = super()._new_client()
        transport = client._transport
        assert isinstance(transport, httpx.AsyncHTTPTransport)
        transport._pool = httpcore.AsyncConnectionPool(max_connections=1, network_backend=self._backend)
        return client


def on_line(way: Way, seed: int = 0, **options: Any) -> tuple[IppPrinter, Simulated, Line]:
    """A driver that is not open yet, its printer, and the line between."""
    simulated = Simulated(**options)
    line = Line(simulated, way, baud=FAST, seed=seed)
    return IppPrinter(IppSettings(), LinePort(line, simulated)), simulated, line
