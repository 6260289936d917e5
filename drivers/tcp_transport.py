"""A device at the other end of a TCP connection: a network printer's port 9100, a serial device server.

TCP gives no sign of a cable that was pulled or a printer that lost its power: a connection with nobody at its other
end (half-open) is found by keep-alive while nothing is sent, and by TCP_USER_TIMEOUT while something is (tcp(7)).
"""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, ip_address

from drivers.contract import Gone
from drivers.deadline import Deadline
from drivers.descriptor import DescriptorTransport

FORM = "tcp:ADDRESS:PORT, as in tcp:192.0.2.7:9100 or tcp:[2001:db8::7]:9100; printers listen on 9100"
_KEEP_ALIVES = 4
"""Asked so often within ``lost_seconds``, so that one lost packet ends no connection."""


@dataclass(frozen=True, slots=True)
class TcpSettings:
    """``address``: the device's own IP address. ``lost_seconds``: after so long without a sign it is gone."""

    address: str
    port: int
    lost_seconds: int = 8

    def __post_init__(self) -> None:
        if self.lost_seconds < _KEEP_ALIVES:
            raise ValueError(f"lost_seconds = {self.lost_seconds} → give at least {_KEEP_ALIVES}")

    @classmethod
    def of(cls, port: str) -> TcpSettings:
        """Settings of a port as it is written, FORM. Raises ValueError, "what → remedy"."""
        return cls(*place_of(port, "tcp", FORM))


def place_of(port: str, scheme: str, form: str) -> tuple[str, int]:
    """IP address and number of a port that is written ``scheme:ADDRESS:PORT``. Raises ValueError, "what → remedy"."""
    begun, _, place = port.partition(":")
    host, _, number = place.rpartition(":")
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        # A name would need a name server, which an isolated hall has not, and a thread that nobody can stop.
        raise ValueError(f"{port}: {host!r} is no IP address → give {form}") from None
    written = f"[{host.strip('[]')}]" if isinstance(address, IPv6Address) else str(address)
    if begun != scheme or host != written:
        raise ValueError(f"{port} is no address of a device → give {form}")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 65535):
        raise ValueError(f"{port}: no port {number!r} → give {form}")
    return str(address), int(number)


class TcpTransport(DescriptorTransport):
    """One connection (drivers.contract.Transport). Most printers serve one at a time: let no other program have it."""

    def __init__(self, settings: TcpSettings) -> None:
        host = f"[{settings.address}]" if ":" in settings.address else settings.address
        super().__init__(f"tcp:{host}:{settings.port}", "was closed by the device")
        self._settings = settings

    async def open(self, deadline: Deadline) -> None:
        """Connect. Raises Gone when it is refused or there is no way to the device; Silent past the deadline.

        A device that serves somebody else may take the connection and say nothing: only its driver can tell.
        """
        await self.close()
        family = socket.AF_INET6 if ":" in self._settings.address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            _find_half_open(connection, self._settings.lost_seconds)
            async with deadline.limit(f"{self._name} does not answer"):
                address = (self._settings.address, self._settings.port)
                await asyncio.get_running_loop().sock_connect(connection, address)
        except OSError as failure:
            connection.close()
            raise Gone(f"{self._name}: {failure}") from failure
        except BaseException:
            connection.close()
            raise
        self._attach(connection.fileno(), partial(_shut, connection))

    def wire_time(self, count: int) -> float:  # noqa: ARG002 - the contract's parameter
        """Nothing: a network's speed is none of the device's."""
        return 0.0


def _find_half_open(connection: socket.socket, lost_seconds: int) -> None:
    step = lost_seconds // _KEEP_ALIVES
    options = (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, step),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, step),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _KEEP_ALIVES - 1),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, lost_seconds * 1000),
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),  # a question is three bytes and waits for its answer
    )
    for level, option, value in options:
        connection.setsockopt(level, option, value)


def _shut(connection: socket.socket) -> None:
    """Close; what the device has not taken yet is thrown away (RST), not left to the kernel to deliver later.

    A job that was given up must not print minutes afterwards, when the printer takes bytes again.
    """
    with suppress(OSError):
        if _unacknowledged(connection):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _unacknowledged(connection: socket.socket) -> int:
    """Bytes that the device's side has not acknowledged: SIOCOUTQ, which is TIOCOUTQ (tcp(7))."""
    (count,) = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)))
    return int(count)
