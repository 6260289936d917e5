"""What the port of a line may be: the path of a serial port, or a word before a colon that says where else it is."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

NETWORK = "tcp:"
DATAGRAMS = "udp:"
USB = "usb:"
INPUT = "input:"
CARDS = "pcsc:"
IPP = ("ipp:", "ipps:")
SOUND = "sound:"
SANE = "sane:"
ESCL = ("http:", "https:")
FOLDER = "folder:"
CAMERA = "v4l2:"
ONE_DEVICE = (CARDS, *IPP, SOUND, SANE, *ESCL, FOLDER, CAMERA)
"""How a port begins that carries no bytes for several devices, but is one: card, printer, sound, scanner, camera."""
ELSEWHERE = (NETWORK, DATAGRAMS, USB, INPUT, *ONE_DEVICE)
"""How a port begins that is no serial one: on the network, USB, a keypad that types, one device alone."""

VIRTUAL_READER = "Virtual PCD"
"""How vsmartcard calls its reader, which simulated cards are laid into."""
_SANE_WITHOUT_HARDWARE = re.compile(r"(.*:)?(test|pnm):\d+")
"""Devices of SANE's own test back-ends, here or on another computer (``net:HOST:test:0``)."""


def is_path(port: str) -> bool:
    """Whether it is the path of a serial port."""
    return not port.startswith(ELSEWHERE)


def is_simulator(port: str) -> bool:
    """Whether this port can only be a simulator.

    A pty, or a link to one; what is on this very machine; a socket; a virtual reader or scanner; a folder of pictures,
    a file of sound.
    """
    kind = next((kind for kind in ELSEWHERE if port.startswith(kind)), "")
    place = port.removeprefix(kind)
    match kind:
        case "pcsc:":
            return place.startswith(VIRTUAL_READER)
        case "sane:":
            return _SANE_WITHOUT_HARDWARE.fullmatch(place) is not None
        case "http:" | "https:" | "ipp:" | "ipps:":
            return _is_loopback(port)
        case "tcp:" | "udp:":
            return _is_loopback(f"{kind}//{place}")
        case "input:":
            with suppress(OSError):  # a folder that we may not look into holds no simulator of ours
                return Path(place).is_socket()
            return False
        case "sound:":
            return place.startswith(("/", "null"))  # a file, or ALSA's device that plays nothing
        case "usb:" | "v4l2:":
            return False
        case "folder:":
            return True
    return str(Path(port).resolve()).startswith("/dev/pts/")


def _is_loopback(url: str) -> bool:
    with suppress(ValueError):  # no address at all: refused when its driver or transport is made
        return ip_address(urlsplit(url).hostname or "").is_loopback
    return False


def names_no_input(port: str) -> bool:
    """Whether it begins like an input device's and names none."""
    return port.startswith(INPUT) and not port.removeprefix(INPUT).startswith(("/", "phys:"))
