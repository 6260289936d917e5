"""A device that is spoken to in UDP datagrams: some makers' display cards. One write is one datagram.

Nobody is connected, so nothing tells that the device is gone but its silence, and a port that nobody listens at
(ICMP port unreachable: Gone). The socket is bound to the device's address: datagrams of others are not heard.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import ClassVar

from drivers.contract import CompletionCode, Gone, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.descriptor import DescriptorTransport
from drivers.tcp_transport import place_of

FORM = "udp:ADDRESS:PORT, as in udp:192.0.2.7:5007 or udp:[2001:db8::7]:5007"
DATAGRAM_CAP = 65_507
"""Bytes of the longest one over IPv4: 65535 without the headers of IP and UDP."""


@dataclass(frozen=True, slots=True)
class UdpSettings:
    """``address``: the device's own IP address."""

    address: str
    port: int

    @classmethod
    def of(cls, port: str) -> UdpSettings:
        """Settings of a port as it is written, FORM. Raises ValueError, "what → remedy"."""
        return cls(*place_of(port, "udp", FORM))


class UdpTransport(DescriptorTransport):
    """One device's datagrams (drivers.contract.Transport)."""

    nothing_is_the_end: ClassVar[bool] = False

    def __init__(self, settings: UdpSettings) -> None:
        host = f"[{settings.address}]" if ":" in settings.address else settings.address
        super().__init__(f"udp:{host}:{settings.port}", "ended")
        self._settings = settings

    async def open(self, deadline: Deadline) -> None:
        """Make the socket; nothing is sent. Raises Gone when there is no way there; Silent past the deadline."""
        await self.close()
        if not deadline.left():
            raise Silent(f"no time left to open {self._name}")
        family = socket.AF_INET6 if ":" in self._settings.address else socket.AF_INET
        ours = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            ours.connect((self._settings.address, self._settings.port))
        except OSError as failure:
            ours.close()
            raise Gone(f"{self._name}: {failure}") from failure
        self._attach(ours.fileno(), ours.close)

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Send one datagram. Raises Gone, Silent; Refused for one that is too long."""
        if len(data) > DATAGRAM_CAP:
            what = f"{self._name}: {len(data)} bytes are no datagram; use the device's TCP port"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        await super().write(data, deadline)

    def wire_time(self, count: int) -> float:  # noqa: ARG002 - the contract's parameter
        """Nothing: a network's speed is none of the device's."""
        return 0.0
