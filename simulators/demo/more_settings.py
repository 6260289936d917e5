"""The counter with other makers' devices: its box's settings, and the command lines of its simulators.

| what                       | model          | over                                    |
|----------------------------|----------------|-----------------------------------------|
| window 4: dot display      | onbon-bx5e     | serial, dots drawn by the box           |
| window 4: caller, keypad   | usb-caller, -keypad | keypads that type                  |
| window 5: strip display    | strip-a090     | serial, text                            |
| window 5: caller, keypad   | ascii-caller, -pad | serial, bytes by a table            |
| ID card reader             | sdt-reader     | serial                                  |
| smart card reader          | pcsc-reader    | PC/SC: vsmartcard's virtual reader      |
| document scanner           | escl-scanner   | HTTP (eSCL)                             |
| office printer             | ipp-printer    | IPP                                     |
| speaker                    | speaker        | a WAV file in the place of a sound card |
"""

from __future__ import annotations

import json
import shlex
from importlib.util import find_spec
from pathlib import Path

from simulators.demo.places import Ports, RunDirectory
from simulators.demo.settings import GRADES, MORE, MORE_WINDOWS, box
from simulators.demo.tables import PAD_BIT, device, line

DOTS, STRIP, TYPED, CALLER, PAD = "dots-4", "strip-5", "usb-4", "caller-5", "pad-5"
ID_CARD, SMART_CARD, SCANNER, OFFICE, SPEAKER = "id-card", "smart-card", "scanner", "office-printer", "speaker"
LINES = (DOTS, STRIP, TYPED, CALLER, PAD, ID_CARD, SMART_CARD, SCANNER, OFFICE)
"""Those with a simulator that has a control socket; the speaker's is a file."""

TYPED_KEYS = {
    "enter": "call",
    "+": "recall",
    "-": "cancel",
    "*": "start",
    "/": "wait",
    ".": "function",
}
"""A keypad's key → what it means on a caller (drivers/caller/usb.py has the same by itself)."""

SERIAL_KEYS = {"call": "0D", "recall": "52", "cancel": "58", "start": "42", "wait": "57", "function": "46"}
"""What a serial caller says for a key, in hex; a digit is its ASCII."""

NUMBER = "4E dd dd dd dd dd dd 0D"
HEARD, WORKED, FAILED, LIT, DARK = "06", "4F", "45", "4C 31", "4C 30"
ANSWER_MS = 1000
"""A simulated strip on a busy machine answers later than one on a wall."""
VIRTUAL_READER = "Virtual PCD 00 00"
"""The first slot of vsmartcard's reader."""


def has_card_library() -> bool:
    """Whether this Python can talk to PC/SC at all: `make demo` does not build it, `make install` does."""
    return find_spec("smartcard") is not None


def sound_file(run: RunDirectory) -> Path:
    """What the speaker plays; whoever moves its folder away unplugs the speaker."""
    return run.root / "sound" / "speaker.wav"


def write_more_settings(run: RunDirectory, ports: Ports) -> None:
    """Write the box's settings."""
    sound_file(run).parent.mkdir(parents=True, exist_ok=True)
    parts = [box(run, ports, MORE, ports.more), *(f"\n[[window]]\nnumber = {window}\n" for window in MORE_WINDOWS)]
    parts += [_window_4(run), _window_5(run), line(run, ID_CARD, 115200), device(ID_CARD, "sdt-reader", ID_CARD)]
    parts += [
        _at(SCANNER, f"http://127.0.0.1:{ports.scanner}/eSCL", "escl-scanner"),
        _at(OFFICE, f"ipp://127.0.0.1:{ports.office_printer}/ipp/print", "ipp-printer"),
        'options = { plain_source = "tray-1", special_source = "tray-2" }\n',
        _at(SPEAKER, f"sound:{sound_file(run)}", "speaker"),
    ]
    if has_card_library():
        parts.append(_at(SMART_CARD, f"pcsc:{VIRTUAL_READER}", "pcsc-reader"))
    run.settings(MORE).write_text("".join(parts), encoding="utf-8")


def _window_4(run: RunDirectory) -> str:
    levels = _table({str(place): grade for place, grade in enumerate(GRADES, 1)})
    return (
        line(run, DOTS, 57600)
        + device("display-4", "onbon-bx5e", DOTS, 4, 4)
        + "options = { width = 160, height = 16 }\n"
        + _at("caller-4", f"input:{run.port(TYPED)}-4", "usb-caller", 4)
        + _at("pad-4", f"input:{run.port(TYPED)}-{PAD_BIT + 4}", "usb-keypad", 4)
        + f"options = {{ mapping = {levels} }}\n"
    )


def _window_5(run: RunDirectory) -> str:
    keys = _table({_ascii(digit): digit for digit in "0123456789"} | {said: key for key, said in SERIAL_KEYS.items()})
    levels = _table({_ascii(str(place)): grade for place, grade in enumerate(GRADES, 1)})
    told = f'answer = "{HEARD}", success = "{WORKED}", failure = "{FAILED}", number = "{NUMBER}"'
    return (
        line(run, STRIP, 9600)
        + device("display-5", "strip-a090", STRIP, 5, 5)
        + f"options = {{ answer_ms = {ANSWER_MS} }}\n"
        + line(run, CALLER, 9600)
        + device("caller-5", "ascii-caller", CALLER, None, 5)
        + f"options = {{ keys = {keys}, {told} }}\n"
        + line(run, PAD, 9600)
        + device("pad-5", "ascii-pad", PAD, None, 5)
        + f'options = {{ mapping = {levels}, answer = "{HEARD}", lit = "{LIT}", dark = "{DARK}" }}\n'
    )


def _at(name: str, port: str, model: str, window: int | None = None) -> str:
    """A device that has a port of its own, which is no serial one."""
    port_line = f"port = {json.dumps(port)}\nsimulated = true\n"
    return f'\n[[line]]\nname = "{name}"\n{port_line}{device(name, model, name, None, window)}'


def _table(values: dict[str, str]) -> str:
    return "{ " + ", ".join(f'"{key}" = "{value}"' for key, value in values.items()) + " }"


def _ascii(digit: str) -> str:
    return f"{ord(digit):02X}"


def simulators_arguments(run: RunDirectory, ports: Ports) -> list[str]:
    """One command line for all its simulators: one process is lighter than nine."""
    serial_keys = {digit: _ascii(digit) for digit in "0123456789"} | SERIAL_KEYS
    pairs = ",".join(f"{key}={said}" for key, said in serial_keys.items())
    told = ["--answer", HEARD, "--success", WORKED, "--failure", FAILED, "--number", NUMBER]
    grades = ",".join(_ascii(str(place)) for place in range(1, len(GRADES) + 1))
    lit = ["--answer", HEARD, "--lit", LIT, "--dark", DARK]
    kinds = {
        DOTS: ["displays", "--kind", "onbon-bx5e", "--addresses", "4", "--size", "160x16", "--baud", "57600"],
        STRIP: ["displays", "--kind", "strip-a090", "--addresses", "5", "--size", "160x16"],
        TYPED: ["usb-keypads", "--ports", f"4,{PAD_BIT + 4}"],
        CALLER: ["ascii-pad", "--address", "5", "--keys", pairs, *told],
        PAD: ["ascii-pad", "--address", str(PAD_BIT + 5), "--grades", grades, *lit],
        ID_CARD: ["id-card-reader"],
        SMART_CARD: ["card", "--reader", f"127.0.0.1:{ports.card_reader}"],
        SCANNER: ["scanner", "--http", f"127.0.0.1:{ports.scanner}"],
        OFFICE: ["office-printer", "--tcp", f"127.0.0.1:{ports.office_printer}", "--raster-only"],
    }
    on_a_port = {SMART_CARD, SCANNER, OFFICE}
    each = []
    for name, arguments in kinds.items():
        link = [] if name in on_a_port else ["--link", str(run.port(name))]
        each.append(shlex.join([*arguments, "--control", str(run.control(name)), *link]))
    return ["simulate", "together", *each]
