"""Every simulator that hangs on a line of bytes, every fault that it can make, and the sentence which has to follow.

A fault after which the device works on has no sentence: ``says`` is empty, and the table says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from device.checkup import Level
from simulators.control import Grade, Press, Refill
from simulators.displays.bus import Displays
from simulators.displays.dots import Panel
from simulators.displays.kinds import kind_named
from simulators.id_card_reader.reader import Reader
from simulators.keypads.ascii import AsciiPad, Table
from simulators.keypads.bus import Keypads
from simulators.line import Line
from simulators.printer.printer import Printer
from simulators.printer.tray import Tray
from tests.device.advice_scene import Bench, Build, Wired

Act = Callable[[Bench], Awaitable[None]]


async def nothing(_bench: Bench) -> None:
    """It shows by itself."""


@dataclass(frozen=True)
class Row:
    """A fault and its sentence. ``at``: the device's address at the simulator; ``then``: what brings it to light.

    ``mended``: what the sentence asks for besides, once the fault is gone.
    """

    fault: str
    says: str
    device: str
    at: int | None = None
    then: Act = nothing
    mended: Act = nothing


@dataclass(frozen=True)
class Kind:
    """One simulator, wired as in a hall."""

    name: str
    wired: Wired
    rows: tuple[Row, ...]


WALK_SECONDS = 20.0
"""Until somebody stands in front of the window, its display has been written to again."""


def seen(device: str, what: Any, at: str = "") -> Act:
    """A technician checks a display, and says what the person in front of it saw."""

    async def look(bench: Bench) -> None:
        await asyncio.sleep(WALK_SECONDS)
        await bench.check(device)
        bench.advising.checks.saw(device, what, at)

    return look


def tried(device: str, command: Any) -> Act:
    """A technician checks a keypad, and somebody presses a key when told so."""

    async def press(bench: Bench) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(bench.check(device, Level.INTERACTIVE))
            await asyncio.sleep(1)
            bench.do(command)

    return press


async def new_roll(bench: Bench) -> None:
    bench.do(Refill())


async def print_slip(bench: Bench) -> None:
    await bench.check("printer-1")


# ── displays ──

PLACES = (2, 3, 4)
"""No display has its maker's address: a new card is seen by it."""


def _displays(kind: str, model: str, options: str = "", **more: str) -> Kind:
    """``more``: sentences of this model that differ from the others'."""
    says = {
        "cut-line": "line-silent",
        "unplug": "port-gone-serial",
        "garble": "line-garbled",
        "swapped-wires": "line-silent",
        "byte-by-byte": "",
        "slow": "",
    }
    of_one = {
        "silent": "device-silent",
        "wrong-checksum": "answers-garbled",
        "factory-address": "other-address",
        "same-address": "same-address",
    }
    differs = {name.replace("_", "-"): keyword for name, keyword in more.items()}
    rows = [Row(fault, differs.get(fault, keyword), "display-2") for fault, keyword in says.items()]
    rows += [Row(fault, differs.get(fault, keyword), "display-4", 4) for fault, keyword in of_one.items()]
    elsewhere = seen("display-3", "elsewhere", "display-4")
    rows.append(Row("swapped", "shown-elsewhere", "display-3", 3, elsewhere, seen("display-3", "yes")))
    return Kind(kind, Wired(_build(kind), _each(model, options), text="A00{}"), tuple(rows))


def _build(kind: str) -> Build:
    def build(line: Line, emit: Any) -> Displays:
        panel = Panel(width=160, height=16, unit=1)
        return Displays(line, emit, addresses=PLACES, panel=panel, folder=None, kind=kind_named(kind))

    return build


def _each(model: str, options: str) -> str:
    return "".join(
        f'[[device]]\nname = "display-{place}"\nmodel = "{model}"\nline = "line-1"\naddress = {place}\n'
        f"window = {place}\noptions = {{ {options} }}\n"
        for place in PLACES
    )


def _one_way(kind: str, model: str, options: str = "") -> Kind:
    """Nobody knows of these but who looks: they never answer."""
    dark = ("cut-line", "garble", "silent", "swapped-wires")
    rows = [
        Row("unplug", "port-gone-serial", "display-2"),
        Row("byte-by-byte", "", "display-2"),
        Row("slow", "", "display-2"),
    ]
    rows += [
        Row(
            fault,
            "nothing-seen-unasked",
            "display-2",
            2 if fault == "silent" else None,
            seen("display-2", "dark"),
            seen("display-2", "yes"),
        )
        for fault in dark
    ]
    rows.append(Row("wrong-checksum", "", "display-2", 2))  # it answers nothing that could be wrong
    rows.append(
        Row(
            "factory-address",
            "nothing-seen-unasked",
            "display-4",
            4,
            seen("display-4", "dark"),
            seen("display-4", "yes"),
        )
    )
    twice, yes = seen("display-2", "both", "display-4"), seen("display-2", "yes")
    rows.append(Row("same-address", "shown-twice", "display-2", 4, twice, yes))
    rows.append(
        Row(
            "swapped",
            "shown-elsewhere",
            "display-3",
            3,
            seen("display-3", "elsewhere", "display-4"),
            seen("display-3", "yes"),
        )
    )
    return Kind(kind, Wired(_build(kind), _each(model, options), text="A00{}"), tuple(rows))


def _alone(kind: str, mode: str) -> Kind:
    """A customer display without an address, alone on its line: it never answers."""
    devices = (
        '[[device]]\nname = "display-2"\nmodel = "vfd-2x20"\nline = "line-1"\nwindow = 2\n'
        f'options = {{ mode = "{mode}" }}\n'
    )

    def build(line: Line, emit: Any) -> Displays:
        panel = Panel(width=160, height=16, unit=1)
        return Displays(line, emit, addresses=(2,), panel=panel, folder=None, kind=kind_named(kind))

    dark = seen("display-2", "dark")
    rows = [
        Row(fault, "nothing-seen-unasked", "display-2", None, dark, seen("display-2", "yes"))
        for fault in ("cut-line", "garble", "silent")
    ]
    rows += [Row("unplug", "port-gone-serial", "display-2")]
    rows += [Row(fault, "", "display-2") for fault in ("byte-by-byte", "slow", "wrong-checksum", "factory-address")]
    return Kind(kind, Wired(build, devices, pair=False, text="A00{}"), tuple(rows))


# ── keypads ──

CALLER, PAD = 5, 133
KEYPADS = """\
[[device]]
name = "caller-2"
model = "ff68-caller"
line = "line-1"
address = 5
window = 2
[[device]]
name = "pad-2"
model = "ff68-keypad"
line = "line-1"
address = 133
window = 2
"""


def _keypads(device: str, address: int, command: Any) -> tuple[Row, ...]:
    press = tried(device, command)
    unheard = dict.fromkeys(("cut-line", "silent"), "nobody-heard")
    broken = dict.fromkeys(("garble", "swapped-wires", "wrong-checksum"), "line-garbled")
    rows = [Row(fault, "", device, None, press) for fault in ("byte-by-byte", "slow")]
    rows += [
        Row(fault, says, device, address if fault in ("silent", "wrong-checksum") else None, press, press)
        for fault, says in {**unheard, **broken}.items()
    ]
    rows.append(Row("unplug", "port-gone-serial", "caller-2"))
    rows.append(Row("factory-address", "other-address", device, address, press, press))
    return tuple(rows)


def _ascii_pad() -> Kind:
    devices = (
        '[[device]]\nname = "pad-2"\nmodel = "ascii-pad"\nline = "line-1"\nwindow = 2\n'
        'options = { mapping = { "31" = "very-satisfied", "32" = "satisfied" } }\n'
    )
    press = tried("pad-2", Grade(1, 1))

    def build(line: Line, emit: Any) -> AsciiPad:
        return AsciiPad(line, emit, address=1, table=Table(grades=("32", "31")))

    rows = [Row(fault, "", "pad-2", None, press) for fault in ("byte-by-byte", "slow")]
    rows += [Row(fault, "nobody-heard", "pad-2", None, press, press) for fault in ("cut-line", "silent", "garble")]
    rows.append(Row("unplug", "port-gone-serial", "pad-2"))
    return Kind("ascii-pad", Wired(build, devices, pair=False), tuple(rows))


# ── printers and readers ──


def _printer() -> Kind:
    devices = (
        '[[device]]\nname = "printer-1"\nmodel = "escpos"\nline = "line-1"\n'
        "options = { mouth_status = 5, mouth_mask = 4 }\n"
    )
    says = {
        "cut-line": "lone-silent",
        "silent": "lone-silent",
        "unplug": "port-gone-serial",
        "garble": "lone-garbled",
        "byte-by-byte": "",
        "slow": "",
        "paper-low": "media-low",
        "paper-out": "media-empty",
        "cover-open": "cover-open",
        "cutter-jam": "cutter-jam",
        "head-hot": "head-over-temp",
        "no-status": "status-unknown",
        "no-gs-h": "",
        "slip-in-mouth": "media-not-taken",
    }
    rows = [Row(fault, keyword, "printer-1") for fault, keyword in says.items()]
    rows.append(Row("paper-out-mid", "media-empty", "printer-1", None, print_slip, new_roll))
    return Kind(
        "printer", Wired(lambda line, emit: Printer(line, Tray(None, emit), emit), devices, 115_200, False), tuple(rows)
    )


def _id_card() -> Kind:
    devices = '[[device]]\nname = "id-card-2"\nmodel = "sdt-reader"\nline = "line-1"\nwindow = 2\n'
    says = {
        "cut-line": "lone-silent",
        "silent": "lone-silent",
        "unplug": "port-gone-serial",
        "garble": "lone-garbled",
        "wrong-checksum": "lone-garbled",
        "vendor-time-out": "lone-silent",
        "self-test-failed": "hardware-failure",
        "byte-by-byte": "",
        "slow": "",
        "no-30-01": "",
        "short-preamble": "",
    }
    rows = [Row(fault, keyword, "id-card-2") for fault, keyword in says.items()]
    return Kind("id-card-reader", Wired(Reader, devices, 115_200, False), tuple(rows))


KINDS = (
    _displays("onbon-bx5k", "onbon-bx5k", "width = 160"),
    _displays("onbon-bx5e", "onbon-bx5e", "width = 16"),
    _displays("onbon-bx6e", "onbon-bx5e", "width = 16, series = 6"),
    _displays("cpower5200", "cpower5200"),
    _displays("strip-a090", "strip-a090"),
    _displays("modbus-text", "modbus-text"),
    _displays(
        "alpha-sign", "alpha-sign", 'answers = "ack"', wrong_checksum="device-silent", same_address="device-silent"
    ),
    _one_way("strip-single", "strip-a090", 'form = "single-colour"'),
    _alone("vfd-cd5220", "cd5220"),
    _alone("vfd-epson", "epson"),
    Kind(
        "caller",
        Wired(lambda line, emit: Keypads(line, emit, callers=(CALLER,), keypads=(PAD,)), KEYPADS),
        _keypads("caller-2", CALLER, Press(CALLER, "call")),
    ),
    Kind(
        "rating keypad",
        Wired(lambda line, emit: Keypads(line, emit, callers=(CALLER,), keypads=(PAD,)), KEYPADS),
        _keypads("pad-2", PAD, Grade(PAD, 4)),
    ),
    _ascii_pad(),
    _printer(),
    _id_card(),
)
