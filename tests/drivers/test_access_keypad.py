"""Five keys and a jack: what is pressed comes once, what the jack is like is known from the first moment on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from evdev import ecodes
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import evdev_record as event
from drivers import input_node
from drivers.access_keypad.ascii import AsciiAccessKeypad, AsciiAccessKeypadSettings
from drivers.access_keypad.key_names import CODES, code_of
from drivers.access_keypad.usb import (
    HeadphoneJack,
    HeadphoneJackSettings,
    UsbAccessKeypad,
    UsbAccessKeypadSettings,
)
from drivers.contract import STATUS_UNKNOWN, AccessKey, AccessPress, Gone, Headphone, State
from drivers.deadline import Deadline
from drivers.evdev_record import Record
from drivers.framing import Framer
from drivers.input_port import InputPort
from tests.drivers.keyboards import AT, DROPPED, REPORT, Keypad, Machine, key
from tests.drivers.line import Line
from tests.drivers.vectors import Vector, vectors
from tests.virtual_time import run, virtual

UP, DOWN, ENTER, ESC, HELP = 103, 108, 28, 1, 138
FIVE_KEYS = frozenset({UP, DOWN, ENTER, ESC, HELP})
KEYPAD, JACK = "usb-0000:00:14.0-1", "ALSA"
PLUGGED, UNPLUGGED = Headphone(True), Headphone(False)


def plug(into: bool) -> Record:
    return Record(*AT, event.EV_SW, event.SW_HEADPHONE_INSERT, int(into))


@pytest.fixture
def plugged() -> Iterator[Callable[..., Machine]]:
    machines: list[Machine] = []

    def machine(**keypads: Keypad) -> Machine:
        machines.append(Machine(**keypads))
        return machines[-1]

    yield machine
    for one in machines:
        one.close()


def with_jack(into: bool = False) -> Keypad:
    keypad = Keypad(f"{KEYPAD}/input0", FIVE_KEYS)
    keypad.switches = {event.SW_HEADPHONE_INSERT: into}
    return keypad


@asynccontextmanager
async def opened(machine: Machine, **settings: Any) -> AsyncIterator[UsbAccessKeypad]:
    port = InputPort(f"phys:{KEYPAD}", machine, any_keys=True)
    driver = UsbAccessKeypad(UsbAccessKeypadSettings(**settings), port)
    assert await driver.open(Deadline.after(1)) == State.of()
    try:
        yield driver
    finally:
        await driver.close()


@pytest.mark.parametrize("vector", vectors("evdev-access"), ids=lambda vector: vector.name)
@virtual
async def test_these_bytes_are_this_record_and_mean_this(vector: Vector) -> None:
    meaning = dict(vector.meaning)
    headphone, means = meaning.pop("headphone"), meaning.pop("means")
    (cut,) = Framer(event.scan, event.CAP).feed(vector.data)
    record = event.decode(cut)
    assert record == Record(**meaning)
    assert record.encode() == vector.data
    assert {True: "in", False: "out", None: ""}[event.headphone(record)] == headphone
    machine = Machine(event3=with_jack(into=means == "headphone-out"))
    async with opened(machine) as driver:
        assert isinstance(await driver.next_press(), Headphone)
        machine.plugged["/dev/input/event3"].say(record, key(HELP, event.DOWN), REPORT)
        first = await driver.next_press()
        named = {"headphone-in": PLUGGED, "headphone-out": UNPLUGGED}
        assert first == (named.get(means) or AccessPress(AccessKey(means or "help")))
    machine.close()


def test_the_names_of_keys_are_the_kernels() -> None:
    assert {name: getattr(ecodes, name) for name in CODES} == CODES
    assert (event.EV_SW, event.SW_HEADPHONE_INSERT) == (ecodes.EV_SW, ecodes.SW_HEADPHONE_INSERT)
    assert code_of("keys", "353") == ecodes.KEY_SELECT


def test_the_switches_are_asked_for_as_the_kernel_wants_it() -> None:
    """linux/input.h: EVIOCGSW(8) is _IOC(2, 'E', 0x1b, 8); of asm-generic/ioctl.h: 2<<30 | 8<<16 | 0x45<<8 | 0x1b."""
    assert input_node.EVIOCGSW == 0x8008451B


@virtual
async def test_five_keys_come_in_their_order(plugged: Callable[..., Machine]) -> None:
    machine = plugged(event3=Keypad(f"{KEYPAD}/input0", FIVE_KEYS))
    async with opened(machine) as driver:
        machine.plugged["/dev/input/event3"].type(UP, DOWN, ENTER, ESC, HELP)
        assert [await driver.next_press() for _ in AccessKey] == [AccessPress(each) for each in AccessKey]


@pytest.mark.parametrize("into", [True, False])
@virtual
async def test_what_is_in_the_jack_at_the_opening_is_told_first(plugged: Callable[..., Machine], into: bool) -> None:
    machine = plugged(event3=with_jack(into))
    async with opened(machine) as driver:
        machine.plugged["/dev/input/event3"].type(UP)
        assert await driver.next_press() == Headphone(into)
        assert await driver.next_press() == AccessPress(AccessKey.UP)


@virtual
async def test_a_keypad_without_a_jack_tells_of_no_headphone(plugged: Callable[..., Machine]) -> None:
    machine = plugged(event3=Keypad(f"{KEYPAD}/input0", FIVE_KEYS))
    async with opened(machine) as driver:
        machine.plugged["/dev/input/event3"].type(HELP)
        assert await driver.next_press() == AccessPress(AccessKey.HELP)


@virtual
async def test_each_change_of_the_jack_comes_once(plugged: Callable[..., Machine]) -> None:
    machine = plugged(event3=with_jack())
    keypad = machine.plugged["/dev/input/event3"]
    async with opened(machine) as driver:
        for into in (True, True, False, False, True):
            keypad.say(plug(into), REPORT)
        assert [await driver.next_press() for _ in range(4)] == [UNPLUGGED, PLUGGED, UNPLUGGED, PLUGGED]


@virtual
async def test_a_plug_moved_while_the_kernel_dropped_records_is_asked_for(plugged: Callable[..., Machine]) -> None:
    machine = plugged(event3=with_jack())
    keypad = machine.plugged["/dev/input/event3"]
    async with opened(machine) as driver:
        assert await driver.next_press() == UNPLUGGED
        keypad.say(DROPPED, plug(True), REPORT)
        assert await driver.next_press() == PLUGGED


@virtual
async def test_a_contact_that_bounces_is_one_press_and_a_second_one_is_another(
    plugged: Callable[..., Machine],
) -> None:
    machine = plugged(event3=Keypad(f"{KEYPAD}/input0", FIVE_KEYS))
    keypad = machine.plugged["/dev/input/event3"]
    async with opened(machine) as driver:
        keypad.type(ENTER, ENTER)
        assert await driver.next_press() == AccessPress(AccessKey.CHOOSE)
        await asyncio.sleep(0.3)
        keypad.type(ENTER)
        keypad.type(UP)
        assert [await driver.next_press(), await driver.next_press()] == [
            AccessPress(AccessKey.CHOOSE),
            AccessPress(AccessKey.UP),
        ]


@virtual
async def test_keys_are_what_the_settings_say(plugged: Callable[..., Machine]) -> None:
    machine = plugged(event3=Keypad(f"{KEYPAD}/input0", frozenset({183, 184, 185, 186, 187})))
    keys = {"KEY_F13": "up", "KEY_F14": "down", "KEY_F15": "choose", "KEY_F16": "back", "187": "help"}
    async with opened(machine, keys=keys) as driver:
        machine.plugged["/dev/input/event3"].type(UP, 183, 187)
        assert await driver.next_press() == AccessPress(AccessKey.UP)
        assert await driver.next_press() == AccessPress(AccessKey.HELP)


@virtual
async def test_an_unplugged_keypad_is_gone(plugged: Callable[..., Machine]) -> None:
    machine = plugged(event3=with_jack(into=True))
    async with opened(machine) as driver:
        assert await driver.next_press() == PLUGGED
        machine.unplug("event3")
        with pytest.raises(Gone):
            await driver.next_press()


@virtual
async def test_a_sound_cards_jack_is_a_node_without_keys_and_is_not_grabbed(plugged: Callable[..., Machine]) -> None:
    jack = Keypad(JACK, frozenset())
    jack.switches = {event.SW_HEADPHONE_INSERT: True, 4: False}
    machine = plugged(event9=jack)
    driver = HeadphoneJack(HeadphoneJackSettings(), InputPort("/dev/input/event9", machine, any_keys=True))
    await driver.open(Deadline.after(1))
    assert await driver.next_press() == PLUGGED
    assert not jack.grabbed
    jack.say(plug(False), REPORT)
    assert await driver.next_press() == UNPLUGGED
    await driver.close()


@virtual
async def test_a_node_with_neither_keys_nor_switches_is_refused(plugged: Callable[..., Machine]) -> None:
    machine = plugged(event3=Keypad(f"{KEYPAD}/input0", frozenset()))
    with pytest.raises(Gone, match="give the port of the keypad"):
        async with opened(machine):
            pass


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"KEY_UP": "up"}, "no key for down, choose, back, help"),
        ({"KEY_UPP": "up"}, "'KEY_UPP'"),
        ({"KEY_UP": "upwards"}, "'upwards'"),
        ({"KEY_UP": "up", "103": "down"}, "one key twice"),
        ({"9999": "up"}, "'9999'"),
    ],
)
def test_keys_that_cannot_be_are_refused_with_the_remedy(keys: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match="→") as refusal:
        UsbAccessKeypadSettings(keys=keys)
    assert says in str(refusal.value)


LINES = (
    st.lists(st.sampled_from((*FIVE_KEYS, 1000 + True, 1000 + False)), min_size=1, max_size=12),
    st.sampled_from((7, 24, 1000)),
)


@settings(deadline=None)  # processes of a busy machine wait
@given(*LINES)
def test_in_pieces_of_any_size_what_comes_is_what_was_done(happened: list[int], size: int) -> None:

    async def hear() -> None:
        keypad = with_jack()
        machine = Machine(event3=keypad)
        heard: list[object] = []
        async with opened(machine, repeat_ms=0) as driver:
            heard.append(await driver.next_press())
            for what in happened:
                records = [plug(bool(what - 1000))] if what >= 1000 else [key(what, event.DOWN), key(what, event.UP)]
                keypad.say_in_pieces(size, *records, REPORT)
                await asyncio.sleep(0.01)
            keypad.say(key(HELP, event.DOWN), REPORT, key(HELP, event.UP), REPORT)
            while not heard or heard[-1] != AccessPress(AccessKey.HELP) or len(heard) < _wanted(happened):
                heard.append(await driver.next_press())
        machine.close()
        assert len(heard) == _wanted(happened)

    run(hear())


def _wanted(happened: list[int]) -> int:
    """What is told: the jack at the opening, each key, each change of the jack, one last help."""
    stands, changes = False, 0
    for what in happened:
        if what >= 1000 and bool(what - 1000) != stands:
            stands, changes = not stands, changes + 1
    return 2 + changes + sum(what < 1000 for what in happened)


TABLE = {
    "55": "up",
    "44": "down",
    "0D": "choose",
    "1B": "back",
    "48": "help",
    "4A 31": "headphone-in",
    "4A 30": "headphone-out",
}


class Deaf:
    say: Callable[[bytes], None]

    def hear(self, data: bytes) -> None:
        raise AssertionError(f"nothing is said to it, but {data!r} was")


@virtual
async def test_a_serial_keypad_speaks_by_its_table() -> None:
    line = Line(Deaf())
    driver = AsciiAccessKeypad(AsciiAccessKeypadSettings(keys=TABLE), line)
    assert await driver.open(Deadline.after(1)) == State.of(STATUS_UNKNOWN)
    line.say(bytes.fromhex("4A 31 55 0D 00 48 4A 30"))
    assert [await driver.next_press() for _ in range(5)] == [
        PLUGGED,
        AccessPress(AccessKey.UP),
        AccessPress(AccessKey.CHOOSE),
        AccessPress(AccessKey.HELP),
        UNPLUGGED,
    ]
    assert await driver.poll(Deadline.after(1)) == State.of()
    await driver.close()


def test_a_serial_keypads_jack_has_both_words_or_none() -> None:
    with pytest.raises(ValueError, match="headphone-in and headphone-out → give both"):
        AsciiAccessKeypadSettings(keys={bytes_: word for bytes_, word in TABLE.items() if word != "headphone-out"})
