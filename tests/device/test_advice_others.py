"""The same for devices that are reached by a network, a socket of the kernel's or a reader: fault, sentence, mended."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import httpx
import pytest

from device.checkup import Level
from drivers.contract import NotScanned, ScanRequest, Source
from drivers.office_printer.ipp import IppPrinter
from drivers.smart_card.pcsc import PcscReader
from simulators.control import Fault, Grade, LayPage, TakePages
from simulators.document_scanner.http_line import Request
from simulators.document_scanner.scanner import Scanner
from simulators.keypads.usb import UsbKeypads
from simulators.office_printer.printer import OfficePrinter
from simulators.process import Inputs
from simulators.smart_card.deck import DECK
from simulators.smart_card.hand import Hand
from simulators.tcp_line import TcpLine
from tests.device import advice_scene
from tests.device.advice_scene import Bench, every_word, running
from tests.device.advice_table import Row, nothing, tried
from tests.drivers.memory_card import MemoryPort as CardPort
from tests.drivers.office_bench import MemoryPort, Simulated
from tests.virtual_time import run

QUICK = 0.3
"""Seconds between two looks at a device in real time; in a hall it is ten."""


@contextmanager
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Real time, looked at often."""
    monkeypatch.setattr(IppPrinter, "poll_seconds", QUICK)
    monkeypatch.setattr(advice_scene, "STEP_SECONDS", 0.02)
    monkeypatch.setattr(advice_scene, "SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(advice_scene, "LIMIT_SECONDS", 20.0)
    yield


async def befall(it: Bench, row: Row, long_seconds: float) -> None:
    """The fault, its sentence, its mending."""
    await it.well()
    it.fault(row.fault, True, row.at)
    await row.then(it)
    if row.says:
        advice = await it.says(row.says, row.device)
        for language in ("zh-CN", "en"):
            assert row.device in advice.what[language]
            assert row.device in advice.mend[language]
        assert not any(re.search(r"[{}]|None", text) for text in every_word(advice))
    else:
        await asyncio.sleep(long_seconds)
        assert [each.fault for each in it.advice()] == []
    it.fault(row.fault, False, row.at)
    await row.mended(it)
    await it.well()


def named(refused: Callable[[], object]) -> set[str]:
    """The faults that a simulator names when it is asked for another."""
    with pytest.raises(ValueError, match="faults") as error:
        refused()
    return set(re.split(r",\s*", str(error.value).split("faults ", 1)[1].removeprefix("are ").partition(", not ")[0]))


# ── keypads that type ──

PRESS = tried("pad-2", Grade(2, 4))
TYPED = (
    Row("unplug", "port-gone-input", "pad-2"),
    *(Row(fault, "", "pad-2", None, PRESS) for fault in ("top-row", "num-lock", "held", "bounce", "overrun")),
)


async def typed(folder: Path, row: Row | None) -> set[str]:
    """A box with one such keypad; with a row it befalls it."""
    place = folder / "pads"
    device = (
        f'[[line]]\nname = "line-1"\nport = "input:{place}-2"\nsimulated = true\n[[device]]\nname = "pad-2"\n'
        'model = "usb-keypad"\nline = "line-1"\nwindow = 2\noptions = { mapping = { 1 = "very-dissatisfied", '
        '2 = "dissatisfied", 3 = "basically-satisfied", 4 = "satisfied", 5 = "very-satisfied" } }\n'
    )

    inputs = Inputs(place, (2,))
    inputs.open()
    async with running(folder, device, lambda: (inputs, UsbKeypads(inputs, lambda _: None))) as it:
        if row is not None:
            await befall(it, row, 30.0)
        return named(lambda: it.fault("no such fault"))


@pytest.mark.parametrize("row", TYPED, ids=lambda row: row.fault)
def test_a_keypad_that_types(row: Row, tmp_path: Path) -> None:
    assert {each.fault for each in TYPED} == run(typed(tmp_path, row))


# ── an office printer ──


async def print_page(bench: Bench) -> None:
    await bench.check("office-2")


async def nothing_came(bench: Bench) -> None:
    await print_page(bench)
    bench.advising.checks.saw("office-2", "dark")


OFFICE = {
    "out-of-paper": "media-empty",
    "jam": "media-jam",
    "cover-open": "cover-open",
    "toner-empty": "toner-empty",
    "output-full": "output-area-full",
    "paused": "paused",
    "paper-low": "media-low",
    "toner-low": "toner-low",
    "silent": "silent-printer",
    "busy": "not-accepting",
    "uncounted": "",
    "slow-pages": "",
}
OFFICE_AT_WORK = {"media-needed": "check-failed", "abort": "nothing-came"}
"""Only who prints finds these; of the second one the printer itself says that it may have printed."""
OFFICE_ON_NETWORK = {
    "unplug": "port-gone-printer",
    "cut-line": "silent-printer",
    "garble": "silent-printer",
    "lose-answer": "port-gone-printer",
    "byte-by-byte": "",
    "slow": "",
}
OFFICE_DEVICE = """\
[[line]]
name = "line-1"
port = "ipp://127.0.0.1:{port}/ipp/print"
simulated = true
[[device]]
name = "office-2"
model = "ipp-printer"
line = "line-1"
window = 2
"""


@pytest.mark.parametrize("fault", [*OFFICE, *OFFICE_AT_WORK])
def test_an_office_printer(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def one() -> None:
        simulated = Simulated()
        monkeypatch.setattr(IppPrinter, "at", lambda settings, _port: IppPrinter(settings, MemoryPort(simulated)))
        begin = lambda: (simulated.printer._line, simulated.printer)  # noqa: E731
        async with running(tmp_path, OFFICE_DEVICE.format(port=8631), begin) as it:
            row = Row(fault, {**OFFICE, **OFFICE_AT_WORK}[fault], "office-2", None, nothing)
            if fault in OFFICE_AT_WORK:
                then = nothing_came if fault == "abort" else print_page
                row = Row(fault, OFFICE_AT_WORK[fault], "office-2", None, then, print_page)
            await befall(it, row, 60.0)

    run(one())


@pytest.mark.wire
@pytest.mark.parametrize("fault", OFFICE_ON_NETWORK)
async def test_an_office_printer_on_its_network(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = TcpLine("127.0.0.1", 0)
    line.open()
    printer = OfficePrinter(line, lambda _: None)
    known = {*OFFICE, *OFFICE_AT_WORK, *OFFICE_ON_NETWORK}
    with at_once(monkeypatch):
        async with running(tmp_path, OFFICE_DEVICE.format(port=line.port), lambda: (line, printer)) as it:
            assert named(lambda: it.fault("no such fault")) == known
            await befall(it, Row(fault, OFFICE_ON_NETWORK[fault], "office-2"), 1.0)


# ── a scanner ──

BACK_SECONDS = 15.0

SCANNER = {
    "unplug": "port-gone-scanner",
    "cut-line": "silent-scanner",
    "reset": "port-gone-scanner",
    "byte-by-byte": "",
    "slow": "",
}
SCANNER_AT_WORK = {
    "jam": "feeder-jam",
    "cover-open": "scanner-cover-open",
    "busy": "scanner-busy",
    "denied": "access-denied",
    "cut-image": "check-garbled",
    "cancel": "",
    "not-ready": "",
    "early-404": "",
    "wrong-host": "",
}
SCANNER_DEVICE = """\
[[line]]
name = "line-1"
port = "http://127.0.0.1:{port}/eSCL"
simulated = true
[[device]]
name = "scanner-2"
model = "escl-scanner"
line = "line-1"
window = 2
"""


async def scan_two(bench: Bench) -> None:
    """A clerk scans a visitor's papers: the second sheet is the one that jams."""
    bench.do(LayPage(where="feeder", sheets=2))
    with suppress(NotScanned):
        request = ScanRequest(dpi=75, source=Source.FEEDER)
        await bench.cell("scanner-2").do(lambda scanner, deadline: scanner.scan(request, deadline), 60.0)


async def scan(bench: Bench) -> None:
    """Somebody lays a page down and scans it, once the scanner is back."""
    await asyncio.sleep(BACK_SECONDS)
    bench.do(TakePages())
    bench.do(LayPage(where="feeder"))
    await bench.check("scanner-2", Level.INTERACTIVE)


class InMemory(httpx.AsyncBaseTransport):
    """HTTP to the simulated scanner without a socket; its line's faults are what they are on one."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        faults = self._scanner.line.faults
        if "unplug" in faults:
            raise httpx.ConnectError("nobody listens")
        if "cut-line" in faults:
            await asyncio.get_running_loop().create_future()
        if faults & {"slow", "byte-by-byte"}:
            await asyncio.sleep(0.15)
        path = request.url.raw_path.decode()
        asked = Request(request.method, path, dict(request.headers), await request.aread())
        reply = await self._scanner.answer(asked)
        if "reset" in faults:
            raise httpx.ReadError("broken off")
        return httpx.Response(reply.status, headers=dict(reply.headers), stream=httpx.ByteStream(reply.body))


@pytest.mark.parametrize("fault", [*SCANNER, *SCANNER_AT_WORK])
def test_a_scanner(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def one() -> None:
        scanner = Scanner(("127.0.0.1", 0), lambda _: None, page_seconds=0.01)
        monkeypatch.setattr(scanner.line, "open", lambda: None)
        monkeypatch.setattr(httpx.AsyncClient, "_init_transport", lambda *_, **__: InMemory(scanner))
        async with running(tmp_path, SCANNER_DEVICE.format(port=8080), lambda: (scanner.line, scanner)) as it:
            assert named(lambda: it.fault("no such fault")) == {*SCANNER, *SCANNER_AT_WORK}
            acts = [scan_two if fault == "jam" else scan, scan] if fault in SCANNER_AT_WORK else []
            await befall(it, Row(fault, {**SCANNER, **SCANNER_AT_WORK}[fault], "scanner-2", None, *acts), 60.0)

    run(one())


# ── a reader of smart cards ──


def test_a_smart_cards_faults_are_the_cards_and_not_the_readers() -> None:
    """They end a reading, of which the clerk's page tells; the reader goes on. A new one has to be thought of here."""

    def switch() -> None:
        Hand(("127.0.0.1", 9), lambda _: None, lambda _: pytest.fail("nothing is laid")).do(
            Fault("no such fault", True)
        )

    assert named(switch) == {"byte-by-byte", "slow", "mute"}


READER = """\
[[line]]
name = "line-1"
port = "pcsc:Virtual PCD 00 00"
simulated = true
[[device]]
name = "cards-2"
model = "pcsc-reader"
line = "line-1"
window = 2
"""


@pytest.mark.parametrize("fault", ["unplug", "no card comes"])
def test_a_reader_of_smart_cards(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def one() -> None:
        port = CardPort()
        monkeypatch.setattr(PcscReader, "at", lambda settings, _place: PcscReader(settings, port))
        nobody = nullcontext()
        nobody.close = lambda: None  # type: ignore[attr-defined]
        async with running(tmp_path, READER, lambda: (nobody, nobody)) as it:
            if fault == "unplug":
                port.unplug()
                assert "cards-2" in (await it.says("port-gone-cards", "cards-2")).mend["en"]
                port.plugged = True
            else:
                await it.check("cards-2", Level.INTERACTIVE)
                assert "cards-2" in (await it.says("nobody-heard-card", "cards-2")).mend["en"]
                port.lay(DECK["bank"](lambda _: None))
                await it.check("cards-2", Level.INTERACTIVE)
            await it.well()

    run(one())
