"""USB devices by VID:PID, class and socket; a card read over both layouts of pipes; every way to lose a device."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import usb.core  # type: ignore[import-untyped]

from drivers.contract import Gone, IdCard, Silent
from drivers.deadline import Deadline
from drivers.id_card.sdt import SdtReader, SdtSettings
from drivers.usb_transport import UsbSettings, UsbTransport
from tests.drivers.usb_bench import HID, INTERRUPT, Bench, CardReader, Gadget

pytestmark = pytest.mark.wire
LIMIT = 5.0
READER = "usb:0400:c35a"
CURRENT = ((0x82, 0x01),)
ORIGINAL = ((0x81, 0x02, 0x85, 0x06),)
ELSEWHERE = ((0x83,), (0x8A, 0x0B))
"""An interface without an OUT pipe first, then the one that is meant, with other numbers."""


@asynccontextmanager
async def opened(bench: Bench, port: str = READER) -> AsyncIterator[UsbTransport]:
    transport = UsbTransport(UsbSettings.of(port), bench)
    await transport.open(Deadline.after(LIMIT))
    try:
        yield transport
    finally:
        await transport.close()
        assert not any((gadget.busy and gadget.plugged) or gadget.handles for gadget in bench.gadgets)


async def asked(transport: UsbTransport) -> SdtReader:
    """A driver whose module has answered: asked again, as a cell does, when the machine was too busy to hear it."""
    driver = SdtReader(SdtSettings(), transport)
    async with asyncio.timeout(4 * LIMIT):
        while True:
            try:
                await driver.open(Deadline.after(LIMIT))
            except Silent:
                continue
            return driver


async def card_over(gadget: Gadget, reader: CardReader, port: str = READER) -> IdCard:
    async with opened(Bench(gadget), port) as transport:
        driver = await asked(transport)
        reader.module.lay("rare-name", newest_address="上海市黄浦区示例路3号")
        card = await driver.read_card(Deadline.after(10), newest_address=True)
        await driver.close()
    assert isinstance(card, IdCard)
    return card


@pytest.mark.parametrize("endpoints", [CURRENT, ORIGINAL, ELSEWHERE])
@pytest.mark.parametrize("lost", [0, 1])
async def test_a_card_is_read_whatever_the_pipes(endpoints: tuple[tuple[int, ...], ...], lost: int) -> None:
    gadget = Gadget("1-2.3", endpoints=endpoints)
    if lost and endpoints is ORIGINAL:
        lost = 0  # its head is a transfer of its own
    card = await card_over(gadget, CardReader(gadget, lost_preamble=lost))
    assert (card.name, card.newest_address) == ("𠅤䶮㛃", "上海市黄浦区示例路3号")


async def test_a_card_is_read_over_hid_reports() -> None:
    gadget = Gadget("1-2", 0x2B8B, 0x2721, HID, ((0x81, 0x01),))
    card = await card_over(gadget, CardReader(gadget), "usb:2b8b:2721")
    assert card.name == "𠅤䶮㛃"
    assert {len(data) for _, data in gadget.transfers} == {64}


async def test_a_frame_is_one_transfer_and_on_the_original_module_head_and_rest() -> None:
    find = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
    for endpoints, transfers in ((CURRENT, [(0x01, find)]), (ORIGINAL, [(0x02, find[:7]), (0x06, find[7:])])):
        gadget = Gadget("1-2", endpoints=endpoints)
        async with opened(Bench(gadget)) as transport:
            await transport.write(find, Deadline.after(LIMIT))
        assert gadget.transfers == transfers


async def test_what_an_earlier_answer_left_in_the_second_pipe_does_not_join_the_next() -> None:
    gadget = Gadget("1-2", endpoints=ORIGINAL)
    reader = CardReader(gadget)
    bench = Bench(gadget)
    gadget.say(0x85, b"left over")
    async with opened(bench) as transport:
        assert await transport.read(Deadline.after(LIMIT)) == b"left over"
        driver = SdtReader(SdtSettings(), transport)
        reader.module.lay("resident")
        assert isinstance(await driver.read_card(Deadline.after(10)), IdCard)


async def test_twins_are_told_apart_by_their_sockets_and_not_guessed_at() -> None:
    left, right = Gadget("1-2.1"), Gadget("1-2.2")
    bench = Bench(left, right)
    with pytest.raises(Gone, match=r"usb:0400:c35a@1-2\.1, usb:0400:c35a@1-2\.2"):
        await UsbTransport(UsbSettings.of(READER), bench).open(Deadline.after(LIMIT))
    async with opened(bench, f"{READER}@1-2.2") as transport:
        await transport.write(b"x", Deadline.after(LIMIT))
    assert (left.transfers, right.transfers) == ([], [(0x01, b"x")])


async def test_a_printer_is_found_by_its_class_and_may_only_take() -> None:
    card_reader = Gadget("1-1")
    printer = Gadget("1-4", 0x0416, 0x5011, 0x07, ((0x03,),), kernel_driver=True)
    async with opened(Bench(card_reader, printer), "usb:class-07") as transport:
        await transport.write(b"\x1b@", Deadline.after(LIMIT))
        with pytest.raises(Silent):
            await transport.read(Deadline.after(0.05))
        assert not printer.kernel_driver
    assert printer.transfers == [(0x03, b"\x1b@")]
    assert printer.kernel_driver, "the kernel's own driver gets it back"


@pytest.mark.parametrize(
    "gadgets",
    [
        [],
        [Gadget("1-1", product=0x0001)],
        [Gadget("1-1", busy=True)],
        [Gadget("1-1", kinds={0x01: INTERRUPT})],
        [Gadget("1-1", plugged=False)],
    ],
    ids=["nothing", "another", "taken", "no bulk pipe", "unplugged"],
)
async def test_a_device_that_is_not_to_be_had_is_gone(gadgets: list[Gadget]) -> None:
    with pytest.raises(Gone, match=READER):
        await UsbTransport(UsbSettings.of(READER), Bench(*gadgets)).open(Deadline.after(LIMIT))
    assert [gadget.handles for gadget in gadgets] == [0] * len(gadgets)


async def test_without_libusb_the_device_is_gone_with_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(**_: object) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", find)
    with pytest.raises(Gone, match=r"libusb-1\.0-0"):
        await UsbTransport(UsbSettings.of(READER)).open(Deadline.after(LIMIT))


async def test_a_device_unplugged_wakes_who_reads_and_works_again_when_plugged() -> None:
    gadget = Gadget("1-2")
    bench = Bench(gadget)
    async with opened(bench) as transport:
        asyncio.get_running_loop().call_later(0.05, gadget.unplug)
        with pytest.raises(Gone):
            await transport.read(None)
        with pytest.raises(Gone) as gone:
            await transport.write(b"x", Deadline.after(LIMIT))
        assert not gone.value.sent
        gadget.replug()
        await transport.open(Deadline.after(LIMIT))
        gadget.say(0x82, b"back")
        assert await transport.read(Deadline.after(LIMIT)) == b"back"


async def test_a_reader_unplugged_in_the_middle_of_a_reading_is_gone() -> None:
    gadget = Gadget("1-2")
    reader = CardReader(gadget)
    async with opened(Bench(gadget)) as transport:
        driver = await asked(transport)
        reader.module.lay("resident")
        reader.at_read = gadget.unplug
        with pytest.raises(Gone):
            await driver.read_card(Deadline.after(10))


async def test_a_device_that_is_silent_or_takes_nothing_is_silent_in_time() -> None:
    gadget = Gadget("1-2")
    async with opened(Bench(gadget)) as transport:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(Silent):
            await transport.read(Deadline.after(0.05))
        gadget.held = True
        with pytest.raises(Silent) as silent:
            await transport.write(b"x", Deadline.after(1.5))
        assert not silent.value.sent
        assert asyncio.get_running_loop().time() - begun < 3.0


async def test_closing_wakes_who_reads_and_releases_the_device_for_the_next() -> None:
    gadget = Gadget("1-2")
    bench = Bench(gadget)
    async with opened(bench) as transport:
        async with asyncio.TaskGroup() as group:
            begun = asyncio.Event()
            waiting = group.create_task(woken_by_closing(transport, begun))
            await begun.wait()
            await transport.close()
        assert waiting.done()
        assert not gadget.busy
        await transport.open(Deadline.after(LIMIT))


async def woken_by_closing(transport: UsbTransport, begun: asyncio.Event) -> None:
    begun.set()
    with pytest.raises(Gone, match="closed"):
        await transport.read(None)


@pytest.mark.parametrize(
    "port", ["usb:", "usb:0400", "usb:400:c35a", "usb:0400:c35a@2.3", "usb:class-7", "usb:gggg:c35a"]
)
def test_a_port_that_names_no_device_is_refused_with_its_remedy(port: str) -> None:
    with pytest.raises(ValueError, match="→"):
        UsbSettings.of(port)


@pytest.mark.parametrize("port", [READER, "usb:0400:c35a@1-2.3", "usb:class-07", "usb:class-07@2-1"])
def test_a_port_is_written_as_it_was_read(port: str) -> None:
    assert str(UsbSettings.of(port)) == port
