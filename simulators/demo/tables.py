"""What the tables of settings files look like: people, lines, devices. For the drill and the bench, too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from simulators.demo.places import RunDirectory

PANEL = 'options = { unit = "dots15", width = 160, height = 16 }\n'
"""What the simulated displays are: 160 × 16 dots, given in dots by bit 15 (led-displays.md §1)."""
PAD_BIT = 128
"""Set in the address of a rating keypad on an FF 68 line (rating-keypads.md §2)."""


@dataclass(frozen=True, slots=True)
class DemoClerk:
    """A made-up clerk, whose PIN everybody may see."""

    staff_no: str
    name: str
    pin: str


def people(table: str, each: Iterable[DemoClerk]) -> str:
    """Who may open a window (``clerk``), or use the guide's page (``guide``)."""
    named = list(each)
    with ThreadPoolExecutor() as pool:  # hashing a PIN is made to be slow, and leaves the other cores free
        pins = pool.map(pin_line, [person.pin for person in named])
        return "".join(
            f'\n[[{table}]]\nname = "{person.name}"\nstaff_no = "{person.staff_no}"\npin = "{pin}"\n'
            for person, pin in zip(named, pins, strict=True)
        )


def proof(run: RunDirectory, name: str) -> str:
    """The three files that prove who a process is, and its hall."""
    return "".join(
        f"{key} = {json.dumps(str(path))}\n"
        for key, path in (("ca", run.certificate("ca")), ("certificate", run.certificate(name)), ("key", run.key(name)))
    )


def line(run: RunDirectory, name: str, baud: int) -> str:
    """A simulated line."""
    return f"""
[[line]]
name = "{name}"
port = {json.dumps(str(run.port(name)))}
baud = {baud}
simulated = true
"""


def printer(on: str) -> str:
    """A ticket printer on this line."""
    return device("ticket-printer", "escpos", on)


def counter_devices(window: int, displays: str, keypads: str) -> str:
    """Display, caller and rating keypad of a window, on these lines; their addresses are the window's number."""
    return (
        device(f"display-{window}", "onbon-bx5k", displays, window, window)
        + PANEL
        + device(f"caller-{window}", "ff68-caller", keypads, window, window)
        + device(f"pad-{window}", "ff68-keypad", keypads, PAD_BIT + window, window)
    )


def device(name: str, model: str, line: str, address: int | None = None, window: int | None = None) -> str:
    """One device on this line."""
    text = f'\n[[device]]\nname = "{name}"\nmodel = "{model}"\nline = "{line}"\n'
    text += f"address = {address}\n" if address is not None else ""
    return text + (f"window = {window}\n" if window is not None else "")


def pin_line(pin: str) -> str:
    """A PIN as the hall's settings hold it. The salt is drawn from the PIN: everybody may see a demo's PINs."""
    salt = hashlib.sha256(f"demo {pin}".encode()).digest()[:16]
    return f"scrypt:{salt.hex()}:{hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()}"
