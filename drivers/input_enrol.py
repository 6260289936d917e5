"""Which socket is window 3's? Keypads of one make cannot be told apart, so a technician presses a key on one.

    found = await pressed_keypad(KernelDevices(), Deadline.after(30))     # "Press a key on window 3's keypad now"
    → port = "input:phys:usb-0000:00:14.0-2.3"

A keypad that a running box has grabbed is not heard: stop the box first.

Source: protocols/rating-keypads.md §1, several identical keypads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from drivers import evdev_record as event
from drivers.contract import Gone
from drivers.deadline import Deadline
from drivers.framing import Framer
from drivers.input_node import Devices, Node
from drivers.input_port import address_of


def keypads_present(devices: Devices) -> list[str]:
    """Addresses of all that can type digits, keyboards included. Raises Gone when all is forbidden."""
    with _open_keypads(devices) as nodes:
        return sorted({*nodes})


async def pressed_keypad(devices: Devices, deadline: Deadline) -> str:
    """The address of the keypad on which the next key goes down. Grabs nothing. Raises Silent, Gone."""
    loop = asyncio.get_running_loop()
    pressed: asyncio.Future[str] = loop.create_future()
    with _open_keypads(devices) as keypads, ExitStack() as watched:
        for address, nodes in keypads.items():
            for node in nodes:
                framer = Framer(event.scan, event.CAP)
                loop.add_reader(node.fileno(), _hear, node, framer, address, pressed)
                watched.callback(loop.remove_reader, node.fileno())
        async with deadline.limit("no key was pressed on any keypad"):
            return await pressed


def _hear(node: Node, framer: Framer, address: str, pressed: asyncio.Future[str]) -> None:
    try:
        data = node.read()
    except BlockingIOError:
        return
    except OSError:
        data = b""
    if not data:  # unplugged: it can tell nothing any more
        asyncio.get_running_loop().remove_reader(node.fileno())
    if any(event.pressed(event.decode(raw)) for raw in framer.feed(data)) and not pressed.done():
        pressed.set_result(address)


@contextmanager
def _open_keypads(devices: Devices) -> Iterator[Mapping[str, list[Node]]]:
    """Every node with digit keys, by the address of its socket."""
    found: dict[str, list[Node]] = {}
    forbidden = ""
    with ExitStack() as opened:
        for path, phys in devices.present().items():
            try:
                node = devices.open(path)
            except PermissionError:
                forbidden = path
                continue
            except OSError:  # unplugged meanwhile
                continue
            opened.callback(node.close)
            if node.keys & event.DIGIT_ONE:
                found.setdefault(address_of(path, phys), []).append(node)
        if forbidden and not found:
            raise Gone(f"{forbidden}: permission denied → run this as root, or as a user of the group input")
        yield found
