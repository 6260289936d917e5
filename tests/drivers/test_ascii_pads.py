"""Serial pads and callers by a table: what the settings say is what a key means, on good lines and bad."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.caller.ascii import AsciiCaller, AsciiCallerSettings
from drivers.contract import STATUS_UNKNOWN, CallerKey, Gone, GradePress, KeyPress, Refused, Silent, State
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.key_table import KeyTable, bytes_of, number_message
from drivers.rating_keypad.ascii import AsciiPad, AsciiPadSettings
from tests.drivers.devices import nowhere
from tests.drivers.line import WAYS, Line, Way
from tests.drivers.vectors import Vector, vectors
from tests.virtual_time import run, virtual

PAD = {"35": "very-satisfied", "34": "satisfied", "33": "basically-satisfied", "32": "dissatisfied"}
BEST, GOOD = GradePress(0, "very-satisfied"), GradePress(1, "satisfied")
ASCII = {f"3{digit}": str(digit) for digit in range(10)} | {"0D": "call", "2B": "recall", "08": "erase"}
SIX_BYTE: dict[str, Any] = {
    "keys": {"01 03 00 73 73 FF": "call", "01 03 02 00 00 FF": "recall", "01 03 1C ?? ?? FF": "0,wait"},
    "number": "03 01 01 nn nn FF",
}
NEXT = bytes.fromhex("01 03 00 73 73 FF")
SEEDS = range(20)


class Table:
    """A device that says its bytes once, or until it hears the answer."""

    TRIES = 3
    RETRY_SECONDS = 0.3

    def __init__(self) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.heard = bytearray()

    def hear(self, data: bytes) -> None:
        self.heard += data

    async def press(self, data: bytes, answer: bytes = b"") -> bool:
        for _ in range(self.TRIES if answer else 1):
            del self.heard[:]
            self.say(data)
            await asyncio.sleep(self.RETRY_SECONDS)
            if answer and answer in self.heard:
                return True
        return False


@asynccontextmanager
async def heard_by(next_press: Callable[[], Awaitable[Any]]) -> AsyncIterator[list[Any]]:
    heard: list[Any] = []

    async def listen() -> None:
        while True:
            heard.append(await next_press())

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        try:
            yield heard
            await asyncio.sleep(0.2)
        finally:
            task.cancel()


async def pad(way: Way = "whole", seed: int = 0, **options: Any) -> tuple[AsciiPad, Table, Line]:
    device = Table()
    line = Line(device, way, seed=seed)
    driver = AsciiPad(AsciiPadSettings(**{"mapping": PAD} | options), line)
    await driver.open(Deadline.after(1))
    return driver, device, line


async def caller(way: Way = "whole", seed: int = 0, **options: Any) -> tuple[AsciiCaller, Table, Line]:
    device = Table()
    line = Line(device, way, seed=seed)
    driver = AsciiCaller(AsciiCallerSettings(**{"keys": ASCII} | options), line)
    await driver.open(Deadline.after(1))
    return driver, device, line


class TestPads:
    @virtual
    async def test_a_byte_is_the_level_that_the_settings_give_it(self) -> None:
        driver, device, line = await pad()
        async with heard_by(driver.next_press) as heard:
            device.say(b"5")
            await asyncio.sleep(1)
            device.say(b"4")
        assert heard == [BEST, GOOD]
        assert line.written == []

    @virtual
    async def test_the_same_byte_at_once_is_the_same_press_and_later_another(self) -> None:
        driver, device, _ = await pad()
        async with heard_by(driver.next_press) as heard:
            for _ in range(3):
                device.say(b"5")
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.5)
            device.say(b"5")
        assert heard == [BEST, BEST]

    @virtual
    async def test_a_pad_that_wants_an_answer_gets_it_only_once_the_press_is_kept(self) -> None:
        driver, device, line = await pad(answer="06", repeat_ms=1000)
        async with heard_by(driver.next_press) as heard:
            assert not await device.press(b"5", b"\x06")
        assert (heard, line.written) == ([BEST], [])

    @virtual
    async def test_an_answer_that_was_lost_is_given_again_and_the_press_counts_once(self) -> None:
        driver, device, line = await pad(answer="06", repeat_ms=1000)

        async def kept() -> GradePress:
            press = await driver.next_press()
            await driver.acknowledge(press, Deadline.after(1))
            return press

        async with heard_by(kept) as heard:
            device.say(b"5")
            await asyncio.sleep(0.3)
            device.say(b"5")
        assert (heard, line.written) == ([BEST], [b"\x06", b"\x06"])

    @virtual
    async def test_a_pad_with_a_light_is_lit_and_darkened(self) -> None:
        driver, device, _ = await pad(lit="4C 31", dark="4C 30")
        assert await driver.light(True, Deadline.after(1)) is True
        assert await driver.light(False, Deadline.after(1)) is True
        await asyncio.sleep(0.1)
        assert device.heard == b"L1L0"

    @virtual
    async def test_a_pad_without_a_light_says_so(self) -> None:
        driver, _, line = await pad()
        assert await driver.light(True, Deadline.after(1)) is False
        assert line.written == []

    @virtual
    async def test_a_pad_never_heard_is_idle_but_unknown(self) -> None:
        driver, device, _ = await pad()
        assert await driver.poll(Deadline.after(1)) == State.of(STATUS_UNKNOWN)
        async with heard_by(driver.next_press):
            device.say(b"5")
        assert await driver.poll(Deadline.after(1)) == State.of()

    @virtual
    async def test_a_light_that_finds_no_turn_is_silent_in_time(self) -> None:
        driver, _, line = await pad(lit="4C 31", dark="4C 30")
        async with line.turn():
            deadline = Deadline.after(0.5)
            with pytest.raises(Silent):
                await driver.light(True, deadline)
            assert asyncio.get_running_loop().time() <= deadline.at + 0.001


class TestCallers:
    @virtual
    async def test_digits_and_a_key_are_one_press_and_every_byte_is_answered(self) -> None:
        driver, device, line = await caller(answer="06")
        async with heard_by(driver.next_press) as heard:
            for byte in b"1013\x082\r":
                device.say(bytes((byte,)))
                await asyncio.sleep(0.2)
        assert heard == [KeyPress(CallerKey.CALL, "1012")]
        assert line.written == [b"\x06"] * 7

    @virtual
    async def test_number_and_outcome_reach_a_caller_that_can_show_them(self) -> None:
        driver, device, _ = await caller(success="4F 4B", failure="45", number="3A dd dd dd dd 0D")
        assert await driver.tell(True, Deadline.after(1))
        assert await driver.tell(False, Deadline.after(1))
        assert await driver.show_number("112", 7, Deadline.after(1))
        await asyncio.sleep(0.1)
        assert device.heard == b"OKE:0112\r"

    @virtual
    async def test_a_caller_that_can_show_nothing_says_so(self) -> None:
        driver, _, line = await caller()
        assert await driver.tell(True, Deadline.after(1)) is False
        assert await driver.show_number("1012", 7, Deadline.after(1)) is False
        assert line.written == []

    @virtual
    async def test_no_number_leaves_the_caller_as_it_is(self) -> None:
        driver, _, line = await caller(**SIX_BYTE)
        assert await driver.show_number("", 7, Deadline.after(1)) is False
        assert line.written == []

    @pytest.mark.parametrize("digits", ["A1001", "10123", "١٢"])
    def test_a_number_that_it_cannot_hold_is_refused(self, digits: str) -> None:
        async def one() -> None:
            driver, _, _ = await caller(**SIX_BYTE)
            with pytest.raises(Refused):
                await driver.show_number(digits, 0, Deadline.after(1))

        run(one())

    @pytest.mark.parametrize("vector", vectors("six-byte-caller", "from-device"), ids=lambda vector: vector.name)
    def test_six_bytes_are_this_press(self, vector: Vector) -> None:
        async def one() -> None:
            driver, device, _ = await caller(**SIX_BYTE)
            async with heard_by(driver.next_press) as heard:
                device.say(vector.data)
            assert heard == [KeyPress(CallerKey(vector.meaning["key"]), vector.meaning["digits"])]

        run(one())

    @pytest.mark.parametrize("vector", vectors("six-byte-caller", "to-device"), ids=lambda vector: vector.name)
    def test_a_number_is_these_six_bytes(self, vector: Vector) -> None:
        async def one() -> None:
            driver, _, line = await caller(**SIX_BYTE)
            assert await driver.show_number(vector.meaning["number"], 0, Deadline.after(1))
            assert line.written == [vector.data]

        run(one())


class TestBadLines:
    @pytest.mark.parametrize("way", WAYS)
    def test_a_press_is_heard_at_most_once_and_as_it_was_made(self, way: Way) -> None:
        async def one(seed: int) -> None:
            driver, device, _ = await caller(way, seed, **SIX_BYTE)
            async with heard_by(driver.next_press) as heard:
                await device.press(NEXT)
            assert heard in ([], [KeyPress(CallerKey.CALL)])
            assert heard or way == "lossy"

        for seed in SEEDS:
            run(one(seed))

    @pytest.mark.parametrize("way", WAYS)
    def test_a_grade_acknowledged_was_heard_once(self, way: Way) -> None:
        async def one(seed: int) -> None:
            driver, device, _ = await pad(way, seed, answer="06", repeat_ms=1000)

            async def kept() -> GradePress:
                press = await driver.next_press()
                await driver.acknowledge(press, Deadline.after(1))
                return press

            async with heard_by(kept) as heard:
                acknowledged = await device.press(b"5", b"\x06")
            assert heard in ([], [BEST])
            assert heard or not acknowledged
            assert acknowledged or way == "lossy"

        for seed in SEEDS:
            run(one(seed))

    @virtual
    async def test_unplugged_at_any_byte_it_is_the_press_or_gone_and_works_again_when_plugged(self) -> None:
        for position in range(len(NEXT) + 1):
            driver, device, line = await caller("byte by byte", **SIX_BYTE)
            line.cut_after = position
            device.say(NEXT)
            if position < len(NEXT):
                with pytest.raises(Gone):
                    await driver.next_press()
                line.replug()
                await driver.open(Deadline.after(1))
                device.say(NEXT)
            assert await driver.next_press() == KeyPress(CallerKey.CALL)
            await driver.close()

    @virtual
    async def test_half_a_message_and_a_silence_are_no_part_of_the_next(self) -> None:
        driver, device, _ = await caller(**SIX_BYTE)
        async with heard_by(driver.next_press) as heard:
            device.say(NEXT[:3])
            await asyncio.sleep(0.5)
            device.say(NEXT[3:])
            await asyncio.sleep(0.5)
            device.say(NEXT)
        assert heard == [KeyPress(CallerKey.CALL)]


def six_byte_framer() -> tuple[Framer, KeyTable]:
    table = KeyTable("keys", SIX_BYTE["keys"])
    return Framer(table.scan, table.cap), table


class TestTables:
    @given(st.binary(max_size=200))
    def test_whatever_comes_only_whole_messages_are_found_and_little_is_kept(self, noise: bytes) -> None:
        framer, table = six_byte_framer()
        for message in framer.feed(noise):
            assert table.meaning(message) in ("call", "recall", "0,wait")
        assert len(framer) < 6

    @given(st.binary(max_size=50), st.integers(0, 99), st.integers(0, 99))
    def test_after_noise_the_next_messages_are_found(self, noise: bytes, high: int, low: int) -> None:
        """One may be lost: what stood before it may have made its first bytes part of another."""
        framer, table = six_byte_framer()
        wait = bytes((0x01, 0x03, 0x1C, high, low, 0xFF))
        found = [table.meaning(message) for message in framer.feed(noise + wait + NEXT)]
        assert found[-1] == "call"

    @pytest.mark.parametrize("space", ["\u3000", "\u00a0", "\t"])
    def test_bytes_may_be_parted_by_any_space_that_a_chinese_keyboard_types(self, space: str) -> None:
        assert bytes_of("lit", f"4C{space}31") == b"\x4c\x31"
        table = KeyTable("keys", {f"01{space}03{space}??": "call"})
        assert table.meaning(b"\x01\x03\x05") == "call"

    @given(st.text(alphabet="0123456789", max_size=4))
    def test_a_number_is_in_its_bytes_as_it_is_written(self, digits: str) -> None:
        message = number_message("number", "03 nn nn FF", digits)
        assert message is not None
        assert message.hex() == f"03{digits.rjust(4, '0')}ff"

    @pytest.mark.parametrize(
        "keys",
        [
            {},
            {"": "call"},
            {"3": "call"},
            {"0x31": "call"},
            {"31 3Z": "call"},
            {"?? 31": "call"},
            {"31 0d": "call", "31 0D": "recall"},
            {"31": "call", "31 0D": "recall"},
            {"31": "call", "02 31": "recall"},
            {"02 ?? 03": "call", "31": "recall"},
            {" ".join(["31"] * 17): "call"},
        ],
    )
    def test_a_table_that_cannot_be_told_apart_is_refused_with_a_remedy(self, keys: dict[str, str]) -> None:
        with pytest.raises(ValueError, match=r"keys.* → "):
            KeyTable("keys", keys)


@pytest.mark.parametrize(
    ("option", "settings"),
    [
        ("mapping", {"mapping": {"31": "satisfied"}}),
        ("mapping", {"mapping": {"31": "good", "32": "bad"}}),
        ("mapping", {"mapping": {"31": "satisfied", "32": "satisfied"}}),
        ("answer", {"answer": "6"}),
        ("lit", {"lit": "4C 31"}),
        ("dark", {"lit": "4C", "dark": "x"}),
        ("repeat_ms", {"repeat_ms": -1}),
    ],
)
def test_a_pad_with_wrong_options_is_refused_with_a_remedy(option: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"{option}.* → "):
        AsciiPadSettings(**{"mapping": PAD} | settings)


@pytest.mark.parametrize(
    ("option", "settings"),
    [
        ("keys", {"keys": {"31": "1"}}),
        ("keys", {"keys": {"31": "next"}}),
        ("keys", {"keys": {"31": 1.5}}),
        ("success", {"success": "OK"}),
        ("number", {"number": "03 01"}),
        ("number", {"number": "03 nn zz"}),
        ("repeat_ms", {"repeat_ms": 5001}),
        ("digits_seconds", {"digits_seconds": 0.5}),
    ],
)
def test_a_caller_with_wrong_options_is_refused_with_a_remedy(option: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"{option}.* → "):
        AsciiCallerSettings(**{"keys": ASCII} | settings)
