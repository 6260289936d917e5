"""What the port of a line may be: the path of a serial port, or a word before a colon that says where else it is."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

NETWORK = "tcp:"
USB = "usb:"
INPUT = "input:"
CARDS = "pcsc:"
IPP = ("ipp:", "ipps:")
SOUND = "sound:"
ELSEWHERE = (NETWORK, USB, INPUT, CARDS, *IPP, SOUND)
"""How a port begins that is no serial one: network, USB, a keypad that types, a reader of cards, IPP, a sound card."""

VIRTUAL_READER = "Virtual PCD"
"""How vsmartcard calls its reader, which simulated cards are laid into."""


def is_path(port: str) -> bool:
    """Whether it is the path of a serial port."""
    return not port.startswith(ELSEWHERE)


def is_simulator(port: str) -> bool:
    """Whether this port can only be a simulator: a pty, or a link to one; what is on this very machine; a socket."""
    if port.startswith(CARDS):
        return port.removeprefix(CARDS).startswith(VIRTUAL_READER)
    if port.startswith(SOUND):
        return port.removeprefix(SOUND).startswith(("/", "null"))  # a file, or ALSA's device that plays nothing
    if port.startswith(USB):
        return False
    if port.startswith(INPUT):
        with suppress(OSError):  # a folder that we may not look into holds no simulator of ours
            return Path(port.removeprefix(INPUT)).is_socket()
        return False
    if port.startswith((NETWORK, *IPP)):
        with suppress(ValueError):  # no address at all: refused when its transport is made
            host = urlsplit(port).hostname if port.startswith(IPP) else port.removeprefix(NETWORK).rpartition(":")[0]
            return ip_address((host or "").strip("[]")).is_loopback
        return False
    return str(Path(port).resolve()).startswith("/dev/pts/")


def names_no_input(port: str) -> bool:
    """Whether it begins like an input device's and names none."""
    return port.startswith(INPUT) and not port.removeprefix(INPUT).startswith(("/", "phys:"))
