"""One line, many devices: everybody hears everything, one talks at a time, a lost port is lost for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from device.bus import UNREAD_CAP, Bus
from drivers.contract import Gone, Silent
from drivers.deadline import Deadline
from tests.virtual_time import virtual


class Port:
    """The far end of a line, in memory."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.opened = self.closed = 0
        self._arriving: asyncio.Queue[bytes | Gone] = asyncio.Queue()

    async def open(self, deadline: Deadline) -> None:
        self.opened += 1

    async def write(self, data: bytes, deadline: Deadline) -> None:
        self.written.append(data)

    async def read(self, deadline: Deadline | None) -> bytes:
        arrived = await self._arriving.get()
        if isinstance(arrived, Gone):
            raise arrived
        return arrived

    def discard(self) -> bytes:
        return b""

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        yield

    def wire_time(self, count: int) -> float:
        return count * 10 / 9600

    async def close(self) -> None:
        self.closed += 1
        self._arriving.put_nowait(Gone("closed"))

    def arrive(self, what: bytes | Gone) -> None:
        self._arriving.put_nowait(what)


@asynccontextmanager
async def running(bus: Bus) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(bus.run())
        try:
            yield
        finally:
            task.cancel()


async def test_every_device_hears_every_byte_of_its_line() -> None:
    port = Port()
    bus = Bus("keypads", lambda: port, 0.02)
    first, second = bus.tap(), bus.tap()
    async with running(bus):
        await first.open(Deadline.after(1))
        await second.open(Deadline.after(1))
        port.arrive(b"\xff\x68")
        assert await first.read(Deadline.after(1)) == b"\xff\x68"
        assert await second.read(Deadline.after(1)) == b"\xff\x68"


async def test_the_first_tap_opens_the_port_and_the_last_closes_it() -> None:
    port = Port()
    bus = Bus("displays", lambda: port, 0.02)
    first, second = bus.tap(), bus.tap()
    async with running(bus):
        await first.open(Deadline.after(1))
        await second.open(Deadline.after(1))
        assert port.opened == 1
        await first.close()
        assert port.closed == 0
        await second.close()
        assert port.closed == 1


async def test_a_lost_port_is_gone_for_every_device_and_can_be_opened_again() -> None:
    ports = [Port(), Port()]
    waiting = list(ports)
    bus = Bus("displays", lambda: waiting.pop(0), 0.02)
    first, second = bus.tap(), bus.tap()
    async with running(bus):
        await first.open(Deadline.after(1))
        await second.open(Deadline.after(1))
        ports[0].arrive(Gone("unplugged"))
        for tap in (first, second):
            with pytest.raises(Gone, match="unplugged"):
                await tap.read(Deadline.after(1))
            with pytest.raises(Gone):
                await tap.write(b"x", Deadline.after(1))
        await first.open(Deadline.after(1))
        ports[1].arrive(b"back")
        assert await first.read(Deadline.after(1)) == b"back"


async def test_silence_lies_between_frames_for_different_devices_and_none_within_ones_own() -> None:
    port = Port()
    bus = Bus("displays", lambda: port, 0.05)
    first, second = bus.tap(), bus.tap()
    loop = asyncio.get_running_loop()
    await first.open(Deadline.after(1))
    await second.open(Deadline.after(1))
    async with first.turn():
        await first.write(b"\x00" * 96, Deadline.after(1))
    sent = loop.time()
    async with first.turn():
        assert loop.time() - sent < 0.05
    async with second.turn():
        assert loop.time() - sent >= 0.1 + 0.05 - 0.005  # 96 bytes on the wire, then the silence
    await first.close()
    await second.close()


async def test_one_talks_at_a_time() -> None:
    port = Port()
    bus = Bus("displays", lambda: port, 0.0)
    taps = [bus.tap() for _ in range(5)]
    talking = 0

    async def talk(tap_number: int) -> None:
        nonlocal talking
        tap = taps[tap_number]
        await tap.open(Deadline.after(1))
        async with tap.turn():
            talking += 1
            assert talking == 1
            await tap.write(bytes([tap_number]), Deadline.after(1))
            await asyncio.sleep(0)
            talking -= 1

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(talk(number))
    assert sorted(port.written) == [bytes([number]) for number in range(5)]
    for tap in taps:
        await tap.close()


async def test_who_has_the_line_may_ask_for_it_again_and_others_wait_until_all_of_it_is_over() -> None:
    bus = Bus("displays", Port, 0.0)
    first, second = bus.tap(), bus.tap()
    heard: list[str] = []

    async def other() -> None:
        async with second.turn():
            heard.append("second")

    async with asyncio.TaskGroup() as group, first.turn():
        group.create_task(other())
        async with first.turn():
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        heard.append("first")
    assert heard == ["first", "second"]


async def test_who_gives_up_waiting_for_the_line_is_passed_over() -> None:
    bus = Bus("displays", Port, 0.0)
    taps = [bus.tap() for _ in range(3)]
    heard: list[int] = []

    async def talk(number: int) -> None:
        async with taps[number].turn():
            heard.append(number)

    async with asyncio.TaskGroup() as group:
        async with taps[0].turn():
            gave_up, stays = group.create_task(talk(1)), group.create_task(talk(2))
            await asyncio.sleep(0)
            gave_up.cancel()
        await stays
    assert heard == [2]


async def test_who_is_stopped_in_the_moment_the_line_is_his_hands_it_on() -> None:
    bus = Bus("displays", Port, 0.0)
    taps = [bus.tap() for _ in range(3)]
    heard: list[int] = []

    async def talk(number: int) -> None:
        async with taps[number].turn():
            heard.append(number)

    async with asyncio.TaskGroup() as group:
        async with taps[0].turn():
            stopped, stays = group.create_task(talk(1)), group.create_task(talk(2))
            await asyncio.sleep(0)
        stopped.cancel()
        await stays
    assert heard == [2]


async def test_a_read_ends_silent_at_its_deadline_and_gone_when_closed() -> None:
    port = Port()
    bus = Bus("keypads", lambda: port, 0.0)
    tap = bus.tap()
    await tap.open(Deadline.after(1))
    with pytest.raises(Silent):
        await tap.read(Deadline.after(0.01))
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(_gone(tap.read(None)))
        await asyncio.sleep(0)
        await tap.close()
    assert reading.result()


async def _gone(read: object) -> bool:
    with suppress(Gone):
        await read  # type: ignore[misc]
        return False
    return True


async def test_what_nobody_reads_is_kept_up_to_a_cap() -> None:
    tap = Bus("keypads", Port, 0.0).tap()
    for _ in range(3):
        tap.hear(b"a" * UNREAD_CAP)
    tap.hear(b"newest")
    kept = tap.discard()
    assert len(kept) == UNREAD_CAP
    assert kept.endswith(b"newest")


class TestWhenADeviceWasHeard:
    """Of bytes on a shared line only who is talked with, or is alone there, can be told."""

    @virtual
    async def test_a_device_alone_on_its_line_is_heard_whenever_a_byte_comes(self) -> None:
        port = Port()
        bus = Bus("a", lambda: port, 0.0)
        tap = bus.tap()
        async with running(bus):
            assert tap.heard_at is None
            await tap.open(Deadline.after(1))
            await asyncio.sleep(3)
            port.arrive(b"x")
            await tap.read(Deadline.after(1))
            assert tap.heard_at == bus.heard_at == asyncio.get_running_loop().time()
            await tap.close()

    @virtual
    async def test_of_two_the_one_that_answers_in_its_turn_is_heard_and_not_the_other(self) -> None:
        port = Port()
        bus = Bus("a", lambda: port, 0.0)
        one, other = bus.tap(), bus.tap()
        async with running(bus):
            for tap in (one, other):
                await tap.open(Deadline.after(1))
            port.arrive(b"nobody's")
            await one.read(Deadline.after(1))
            async with one.turn():
                await one.write(b"?", Deadline.after(1))
                port.arrive(b"!")
                await one.read(Deadline.after(1))
            assert one.heard_at is not None
            assert other.heard_at is None
            for tap in (one, other):
                await tap.close()

    @virtual
    async def test_what_another_says_while_one_is_silent_is_not_taken_for_its_answer(self) -> None:
        port = Port()
        bus = Bus("a", lambda: port, 0.0)
        silent, other = bus.tap(), bus.tap()
        async with running(bus):
            for tap in (silent, other):
                await tap.open(Deadline.after(1))
            with suppress(Silent):
                async with silent.turn():
                    port.arrive(b"a key of the other's")
                    await silent.read(Deadline.after(1))
                    await silent.read(Deadline.after(1))
            assert silent.heard_at is None
            for tap in (silent, other):
                await tap.close()
