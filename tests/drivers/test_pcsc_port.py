"""The port to PC/SC with a service that says what the test wants: every error of it is one of the four; the thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from smartcard import scard  # type: ignore[import-untyped] # a SWIG module

from drivers.contract import CompletionCode, DeviceFault, Garbled, Gone, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.smart_card import pcsc_port
from drivers.smart_card.card_port import Mute, Taken
from drivers.smart_card.pcsc_port import PcscPort, chosen
from drivers.worker import Worker

pytestmark = pytest.mark.wire
LIMIT = 5.0
NAMES = ["Hall Card 00 00", "Hall Card 00 01", "Other 01 00"]
ATR = [0x3B, 0x65, 0x00]


CALLS = {
    "SCardEstablishContext": "establish",
    "SCardReleaseContext": "release",
    "SCardListReaders": "listed",
    "SCardGetStatusChange": "status",
    "SCardConnect": "connect",
    "SCardTransmit": "transmit",
    "SCardDisconnect": "disconnect",
}


class Service:
    """Stands for ``smartcard.scard``: the same constants, answers that a test sets."""

    def __init__(self) -> None:
        self.results: dict[str, int] = {}
        self.state = scard.SCARD_STATE_PRESENT
        self.answer = [0x90, 0x00]
        self.held: set[str] = set()
        self.free = threading.Event()
        self.free.set()
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self, CALLS[name]) if name in CALLS else getattr(scard, name)

    def _result(self, name: str) -> int:
        self.calls.append(name)
        self.free.wait(LIMIT)
        return self.results.get(name, 0)

    def establish(self, _scope: int) -> tuple[int, int]:
        self.held.add("context")
        return self._result("establish"), 1

    def release(self, _context: int) -> int:
        self.held.discard("context")
        return self._result("release")

    def listed(self, _context: int, _groups: list[str]) -> tuple[int, list[str]]:
        return self._result("list"), NAMES

    def status(self, _context: int, ms: int, states: list[Any]) -> tuple[int, list[Any]]:
        if ms and not self.results.get("status"):
            return self._result("status") or int(scard.SCARD_E_TIMEOUT), []
        return self._result("status"), [(states[0][0], self.state, ATR)]

    def connect(self, *_: Any) -> tuple[int, int, int]:
        result = self._result("connect")
        if not result:
            self.held.add("card")
        return result, 7, 1

    def transmit(self, *_: Any) -> tuple[int, list[int]]:
        return self._result("transmit"), self.answer

    def disconnect(self, _card: int, disposition: int) -> int:
        assert disposition == scard.SCARD_UNPOWER_CARD
        self.held.discard("card")
        return self._result("disconnect")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service()
    monkeypatch.setattr(pcsc_port, "scard", service)
    monkeypatch.setattr(pcsc_port, "SETTLE_SECONDS", 0.01)
    yield service
    service.free.set()


def soon() -> Deadline:
    return Deadline.after(LIMIT)


async def opened(reader: str = "Hall Card 00 00") -> PcscPort:
    port = PcscPort(reader)
    await port.open(soon())
    return port


FAULTS: list[tuple[int, type[DeviceFault]]] = [
    (scard.SCARD_E_NO_SERVICE, Gone),
    (scard.SCARD_E_SERVICE_STOPPED, Gone),
    (scard.SCARD_F_COMM_ERROR, Gone),
    (scard.SCARD_E_INVALID_HANDLE, Gone),
    (scard.SCARD_E_READER_UNAVAILABLE, Gone),
    (scard.SCARD_E_UNKNOWN_READER, Gone),
    (scard.SCARD_W_REMOVED_CARD, Taken),
    (scard.SCARD_E_NO_SMARTCARD, Taken),
    (scard.SCARD_W_UNRESPONSIVE_CARD, Mute),
    (scard.SCARD_W_UNPOWERED_CARD, Mute),
    (scard.SCARD_E_PROTO_MISMATCH, Mute),
    (scard.SCARD_E_SHARING_VIOLATION, Refused),
    (scard.SCARD_W_RESET_CARD, Garbled),
    (scard.SCARD_E_NOT_TRANSACTED, Garbled),
    (scard.SCARD_E_INVALID_PARAMETER, Garbled),
]


@pytest.mark.parametrize(
    ("result", "fault"), FAULTS, ids=lambda value: value.__name__ if isinstance(value, type) else hex(value)
)
@pytest.mark.parametrize("call", ["connect", "transmit"])
async def test_every_error_of_the_service_is_one_of_the_four(
    service: Service, call: str, result: int, fault: type[DeviceFault]
) -> None:
    port = await opened()
    if call == "transmit":
        await port.connect(soon())
    service.results[call] = result
    with pytest.raises(DeviceFault) as raised:
        await (port.connect(soon()) if call == "connect" else port.transmit(b"\x00\xa4", soon()))
    assert type(raised.value) is fault
    await port.close()
    assert service.held == set()


async def test_a_command_that_failed_without_saying_why_was_to_a_card_torn_out(service: Service) -> None:
    port = await opened()
    await port.connect(soon())
    service.results["transmit"] = scard.SCARD_E_NOT_TRANSACTED
    service.state = scard.SCARD_STATE_EMPTY
    with pytest.raises(Taken):
        await port.transmit(b"\x00\xa4", soon())
    await port.close()


@pytest.mark.parametrize("state", [scard.SCARD_STATE_UNKNOWN, scard.SCARD_STATE_UNAVAILABLE])
async def test_a_reader_that_the_service_does_not_see_any_more_is_gone(service: Service, state: int) -> None:
    port = await opened()
    await port.connect(soon())
    service.state = state
    with pytest.raises(Gone, match="unplugged"):
        await port.answer_to_reset(soon())
    service.results["transmit"] = scard.SCARD_E_NOT_TRANSACTED
    with pytest.raises(Gone, match="unplugged"):
        await port.transmit(b"\x00\xa4", soon())
    await port.close()


async def test_a_card_turned_round_is_there_and_mute(service: Service) -> None:
    port = await opened()
    service.state = scard.SCARD_STATE_PRESENT | scard.SCARD_STATE_MUTE
    assert await port.answer_to_reset(soon()) == b""
    service.state = scard.SCARD_STATE_EMPTY
    assert await port.answer_to_reset(soon()) is None
    await port.close()


@pytest.mark.parametrize("call", ["establish", "list"])
async def test_an_open_that_fails_leaves_neither_context_nor_thread(service: Service, call: str) -> None:
    service.results[call] = scard.SCARD_E_NO_SERVICE
    with pytest.raises(Gone):
        await opened()
    assert "card" not in service.held


async def test_no_reader_at_all_is_gone(service: Service) -> None:
    service.results["list"] = scard.SCARD_E_NO_READERS_AVAILABLE
    with pytest.raises(Gone, match="there are: none"):
        await opened()
    assert await pcsc_port.readers(soon()) == []


async def test_readers_are_listed_to_who_sets_a_box_up(service: Service) -> None:
    assert await pcsc_port.readers(soon()) == NAMES


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("Hall Card 00 01", NAMES[1]), ("Other", NAMES[2]), ("0", NAMES[0]), ("2", NAMES[2])],
)
def test_a_reader_is_meant_by_name_beginning_or_place(wanted: str, name: str) -> None:
    assert chosen(NAMES, wanted) == name


@pytest.mark.parametrize("wanted", ["3", "ACS", "hall card"])
def test_a_reader_that_is_not_there_is_gone(wanted: str) -> None:
    with pytest.raises(Gone, match="Other 01 00"):
        chosen(NAMES, wanted)


@pytest.mark.parametrize("wanted", ["Hall", ""])
def test_a_name_of_several_readers_is_for_who_set_the_box_up(wanted: str) -> None:
    with pytest.raises(Refused) as refused:
        chosen(NAMES, wanted)
    assert refused.value.remedy is Remedy.CONFIGURATION
    assert refused.value.code is CompletionCode.INVALID_DATA


async def test_a_call_that_hangs_is_silent_at_its_deadline_and_never_a_second_thread(service: Service) -> None:
    port = await opened()
    service.free.clear()
    begun = asyncio.get_running_loop().time()
    with pytest.raises(Silent):
        await port.connect(Deadline.after(0.05))
    await port.disconnect(Deadline.after(0.05))
    assert asyncio.get_running_loop().time() - begun < 1.0
    await port.close()
    with pytest.raises(Silent, match="has not returned"):
        await port.open(soon())
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("pcsc")]
    assert len(threads) == 1
    service.free.set()
    await asyncio.to_thread(threads[0].join, LIMIT)
    assert service.held == set()
    await port.open(soon())
    await port.close()


async def test_a_port_that_is_not_open_is_gone() -> None:
    port = PcscPort("Hall Card")
    with pytest.raises(Gone):
        await port.transmit(b"\x00\xa4", soon())
    await port.disconnect(soon())
    await port.close()


async def test_no_time_left_is_silence_without_a_call(service: Service) -> None:
    port = await opened()
    service.calls.clear()
    with pytest.raises(Silent):
        await port.connect(Deadline.after(0))
    assert service.calls == []
    await port.close()


async def test_what_was_given_up_before_its_turn_is_not_begun_but_letting_go_is() -> None:
    free, done = threading.Event(), threading.Event()
    begun: list[str] = []
    worker = Worker("pcsc test", done.set)
    with pytest.raises(Silent):
        await worker.do(lambda: free.wait(LIMIT), Deadline.after(0.02), "held")
    with pytest.raises(Silent):
        await worker.do(lambda: begun.append("given up"), Deadline.after(0.02), "given up")
    with pytest.raises(Silent):
        await worker.do_surely(lambda: begun.append("let go"), Deadline.after(0.02), "let go")
    worker.end()
    free.set()
    assert await asyncio.to_thread(done.wait, LIMIT)
    assert begun == ["let go"]


async def test_a_bug_in_a_job_comes_out_where_it_was_asked_for() -> None:
    worker = Worker("pcsc test", lambda: None)
    with pytest.raises(ZeroDivisionError):
        await worker.do(lambda: 1 // 0, soon(), "divided")
    worker.end()
