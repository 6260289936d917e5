"""The same for devices that are reached by a network, a socket of the kernel's or a reader: fault, sentence, mended."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.document_scanner.escl import EsclScanner
from drivers.office_printer.ipp import IppPrinter
from simulators.control import Grade
from simulators.keypads.usb import UsbKeypads
from simulators.office_printer.printer import OfficePrinter
from simulators.process import Inputs
from simulators.tcp_line import TcpLine
from tests.device import advice_scene
from tests.device.advice_scene import Bench, every_word, running
from tests.device.advice_table import Row, nothing, tried
from tests.drivers.office_bench import MemoryPort, Simulated
from tests.virtual_time import run

QUICK = 0.3
"""Seconds between two looks at a device in real time; in a hall it is ten."""


@contextmanager
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Real time, looked at often."""
    monkeypatch.setattr(IppPrinter, "poll_seconds", QUICK)
    monkeypatch.setattr(EsclScanner, "poll_seconds", QUICK)
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
            assert row.device in advice.mend[language] or row.says in NOT_TO_MEND
        assert not any(re.search(r"[{}]|None", text) for text in every_word(advice))
    else:
        await asyncio.sleep(long_seconds)
        assert [each.fault for each in it.advice()] == []
    it.fault(row.fault, False, row.at)
    await row.mended(it)
    await it.well()


NOT_TO_MEND = {"scan-canceled"}


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
    "busy": "",
    "uncounted": "",
    "slow-pages": "",
}
OFFICE_AT_WORK = {"media-needed": "media-needed", "abort": "check-refused"}
OFFICE_ON_NETWORK = {
    "unplug": "port-gone-printer",
    "cut-line": "silent-printer",
    "garble": "answers-garbled",
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
                row = Row(fault, OFFICE_AT_WORK[fault], "office-2", None, print_page, print_page)
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
