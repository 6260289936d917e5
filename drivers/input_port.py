"""A keypad that types, as a line: 24-byte event records come in, nothing goes out.

The address names a socket of the machine, never a device: identical keypads have no serial number, so by-id collides.

| address                                                     | what it is                                        |
|-------------------------------------------------------------|---------------------------------------------------|
| /dev/input/by-path/pci-…-usb-0:2.3:1.0-event-kbd            | udev's link for that socket                       |
| phys:usb-0000:00:14.0-2.3                                   | the same socket as the kernel names it            |

A jack may be a node of its own, behind a link that a udev rule makes of its name: another line, with a device of its
own. Such a one has no keys and is not grabbed.

One keypad may have two nodes (keys and media keys): all nodes of the socket that have keys are read and grabbed, so
that neither console nor kiosk browser gets a press. Never give the socket of the technician's own keyboard: grabbed,
it is locked out.

Source: protocols/rating-keypads.md §1.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from drivers import evdev_record as event
from drivers.contract import CompletionCode, Gone, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.evdev_record import DIGIT_ONE, FIRST_BUTTON, SIZE
from drivers.inbox import Inbox
from drivers.input_intake import Intake
from drivers.input_node import Devices, KernelDevices, Node, SimulatedDevices, why_not_here

__all__ = ["InputPort", "address_of", "input_port", "nodes_at", "why_not_here"]

PHYS = "phys:"
PERMISSION_SECONDS = 2.0
"""A node is there a moment before udev has given it its group."""
LOOK_SECONDS = 0.05
"""Between two looks, at permissions or at keys that are still down."""
FORGET_READS = 100
"""More than any kernel keeps for a reader."""
UNREAD_CAP = 680 * SIZE


class InputPort:
    """All nodes of one keypad (a drivers.contract.Transport).

    ``any_keys``: its keys need be no digits, and its switches are told, first as they stand at the opening.
    """

    def __init__(self, address: str, devices: Devices, *, any_keys: bool = False) -> None:
        self._address = address
        self._devices = devices
        self._any_keys = any_keys
        self._nodes: list[Node] = []
        self._inbox = Inbox(Gone(f"{address} is not open"), UNREAD_CAP)
        self._turn = asyncio.Lock()

    async def open(self, deadline: Deadline) -> None:
        """Find, open and grab the keypad.

        Raises Gone when it is missing, taken or out of reach; Silent when a key is held down past the deadline.
        """
        await self.close()
        if not deadline.left():
            raise Silent(f"no time left to open {self._address}")
        nodes = await self._allowed(deadline)
        try:
            await self._until_no_key_is_down(nodes, deadline)
            for node in nodes:
                self._grab(node)
            stands = b"".join(map(_stands, nodes)) if self._any_keys else b""
        except OSError as failure:
            _close(nodes)
            raise Gone(f"{self._address}: {failure}") from failure
        except BaseException:
            _close(nodes)
            raise
        self._inbox.empty()
        self._inbox.open()
        self._inbox.take(stands)
        self._nodes = nodes
        for node in nodes:
            self._listen(node)

    async def write(self, data: bytes, deadline: Deadline) -> None:  # noqa: ARG002 - a keyboard takes nothing
        """Raises Refused: an input device takes no bytes."""
        refused = Refused("an input device takes no bytes", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION)
        refused.sent = False
        raise refused

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one whole record. None waits for ever. Raises Gone (unplugged, closed), Silent."""
        return await self._inbox.read(deadline, f"{self._address}: no key was pressed")

    def discard(self) -> bytes:
        """Take and return what has arrived unread; never waits."""
        return self._inbox.discard()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to talk, which nobody needs here."""
        async with self._turn:
            yield

    def wire_time(self, count: int) -> float:  # noqa: ARG002 - no wire
        """Records take no time."""
        return 0.0

    async def close(self) -> None:
        """Let the keypad go; a waiting read ends with Gone."""
        self._lose(Gone(f"{self._address} is closed"))

    async def _allowed(self, deadline: Deadline) -> list[Node]:
        patience = deadline.sooner(PERMISSION_SECONDS)
        while True:
            try:
                return self._opened()
            except PermissionError as refused:
                if not patience.left():
                    remedy = "put this service's user into the group input, or add a udev rule for the keypad"
                    raise Gone(f"{self._address}: permission denied → {remedy}") from refused
            except OSError as failure:
                raise Gone(f"{self._address}: {failure}") from failure
            await asyncio.sleep(min(LOOK_SECONDS, patience.left()))

    def _opened(self) -> list[Node]:
        opened: list[Node] = []
        typing: list[Node] = []
        try:
            for path in nodes_at(self._address, self._devices.present()):
                node = _open(self._devices, path)
                if node is not None:
                    opened.append(node)
            if not opened:
                raise Gone(f"{self._address}: nothing is plugged in there")
            typing = self._able(opened)
            if not typing:
                wanted = "keys and no switches" if self._any_keys else "digit keys"
                raise Gone(f"{self._address} has no {wanted} → give the port of the keypad")
            return typing
        finally:
            _close([node for node in opened if node not in typing])

    def _able(self, opened: Sequence[Node]) -> list[Node]:
        """Those that are read; none when the keypad is not among them."""
        if self._any_keys:
            return [node for node in opened if node.keys or node.switches()]
        typing = [node for node in opened if any(code < FIRST_BUTTON for code in node.keys)]
        return typing if any(node.keys & DIGIT_ONE for node in typing) else []

    async def _until_no_key_is_down(self, nodes: Sequence[Node], deadline: Deadline) -> None:
        """A key that is down while we grab stays down for everybody else, and repeats there for ever."""
        while any(node.active_keys() for node in nodes):
            if not deadline.left():
                raise Silent(f"{self._address}: a key is held down → let it go, or see whether it is stuck")
            await asyncio.sleep(min(LOOK_SECONDS, deadline.left()))

    def _grab(self, node: Node) -> None:
        if not node.keys:
            _forget(node)  # a jack: whoever else looks at it may go on
            return
        try:
            node.grab()
        except OSError as failure:
            if failure.errno != errno.EBUSY:
                raise
            remedy = "end the program that has it, or take out the second line that names this keypad"
            raise Gone(f"{self._address} is taken by another program → {remedy}") from failure
        _forget(node)

    def _listen(self, node: Node) -> None:
        intake = Intake(node.active_keys, node.switches if self._any_keys else dict)
        asyncio.get_running_loop().add_reader(node.fileno(), self._on_readable, node, intake)

    def _on_readable(self, node: Node, intake: Intake) -> None:
        try:
            data = node.read()
            pressed = intake.take(data)
        except BlockingIOError:
            return
        except OSError as failure:  # ENODEV: unplugged, often before udev has taken the node away
            self._lose(Gone(f"{self._address} was unplugged ({failure})"))
            return
        if not data:
            self._lose(Gone(f"{self._address} was unplugged"))
            return
        self._inbox.take(pressed)

    def _lose(self, gone: Gone) -> None:
        if not self._nodes:
            return
        nodes, self._nodes = self._nodes, []
        loop = asyncio.get_running_loop()
        for node in nodes:
            loop.remove_reader(node.fileno())
        _close(nodes)
        self._inbox.lose(gone)


def input_port(address: str, simulated: bool, any_keys: bool = False) -> InputPort:
    """The keypad at this address: the kernel's, or the simulated one behind this socket; never one for the other."""
    devices = SimulatedDevices(address) if simulated else KernelDevices()
    return InputPort(address, devices, any_keys=any_keys)


def nodes_at(address: str, present: Mapping[str, str]) -> list[str]:
    """Paths of the nodes that hang on the socket which this address names; empty when nothing is plugged in there."""
    if address.startswith(PHYS):
        socket = _socket(address.removeprefix(PHYS))
    else:
        path = os.path.realpath(address)
        if path not in present:
            return []
        if "/input" not in present[path]:  # a phys that names no socket tells nothing about other nodes
            return [path]
        socket = _socket(present[path])
    return [path for path, phys in present.items() if phys and _socket(phys) == socket]


def address_of(path: str, phys: str) -> str:
    """The address that names this node's socket; its own path where ``phys`` names none."""
    return f"{PHYS}{_socket(phys)}" if "/input" in phys else path


def _socket(phys: str) -> str:
    """``usb-0000:00:14.0-2.3/input0`` without its ending, which counts the nodes of one device."""
    return phys.rpartition("/input")[0] or phys


def _open(devices: Devices, path: str) -> Node | None:
    """None for a node that went since it was listed."""
    try:
        return devices.open(path)
    except OSError as failure:
        if failure.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return None
        raise


def _stands(node: Node) -> bytes:
    """How its switches stand, as records; nobody looks at their time. Raises OSError."""
    told = [event.Record(0, 0, event.EV_SW, code, int(on)) for code, on in sorted(node.switches().items())]
    return b"".join(record.encode() for record in [*told, *([event.Record(0, 0, 0, 0, 0)] if told else [])])


def _forget(node: Node) -> None:
    """Drop what was pressed before the keypad was ours."""
    for _ in range(FORGET_READS):
        try:
            if not node.read():
                return
        except BlockingIOError:
            return


def _close(nodes: Sequence[Node]) -> None:
    for node in nodes:
        node.close()
