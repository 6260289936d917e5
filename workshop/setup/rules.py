"""udev rules by physical port: each gives one socket to the group of the box's daemon, and serial ones a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from config.ports import INPUT, USB, is_path
from workshop.setup.draft import LineDraft

GROUP = "yichuang-devices"
_GIVEN = f'GROUP="{GROUP}", MODE="0660"'
_BY_PATH = re.compile(r"^(?P<socket>.+?)(?:-port(?P<number>\d+))?$")
_SAFE = re.compile(r"^[A-Za-z0-9:._+@-]+$")


def rules_of(lines: Sequence[LineDraft]) -> str:
    """The file for these lines; those on the network, of PC/SC and simulated ones need none."""
    told = [f"{rule}\n" for line in lines if not line.simulated and (rule := _rule(line))]
    return "# Written by yichuang setup: run it again rather than edit this.\n" + "".join(told)


def _rule(line: LineDraft) -> str:
    if line.port.startswith(INPUT):
        return _input(line.port.removeprefix(INPUT), line.name)
    if line.port.startswith(USB):
        _, _, socket = line.port.partition("@")
        return f'SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", KERNEL=="{_safe(socket)}", {_GIVEN}' if socket else ""
    return _serial(Path(line.port), line.name) if is_path(line.port) else ""


def _serial(port: Path, name: str) -> str:
    link = f'SYMLINK+="yichuang/{name}"'
    if port.parent.name != "by-path":  # a board's own port: its number is its place
        return f'SUBSYSTEM=="tty", KERNEL=="{_safe(port.name)}", {_GIVEN}, {link}'
    named = _BY_PATH.match(port.name)
    socket, number = (named["socket"], named["number"]) if named else (port.name, None)
    many = f', SUBSYSTEMS=="usb-serial", ATTRS{{port_number}}=="{number}"' if number else ""
    return f'SUBSYSTEM=="tty", ENV{{ID_PATH}}=="{_safe(socket)}"{many}, {_GIVEN}, {link}'


def _input(address: str, name: str) -> str:
    """A keypad that types, kept from the console as well."""
    if address.startswith("phys:"):
        where = f'ATTRS{{phys}}=="{_safe(address.removeprefix("phys:"))}/*"'
    else:
        where = f'ENV{{ID_PATH}}=="{_safe(re.sub("-event(-kbd)?$", "", Path(address).name))}"'
    kept = f'ENV{{LIBINPUT_IGNORE_DEVICE}}="1", SYMLINK+="yichuang/{name}"'
    return f'SUBSYSTEM=="input", KERNEL=="event*", {where}, {_GIVEN}, {kept}'


def _safe(text: str) -> str:
    """What a kernel names; nothing else may stand in a rule. Raises ValueError."""
    if not _SAFE.match(text):
        raise ValueError(f"{text!r} is no name of a socket")
    return text
