"""Serial ports on the event loop, and which transport a port of the settings means.

pyserial opens and sets the port; reading and writing is the loop's.
"""

from __future__ import annotations

import os
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import serial

from drivers.contract import Gone, Silent, Transport
from drivers.deadline import Deadline
from drivers.descriptor import READ_SIZE, UNREAD_CAP, DescriptorTransport
from drivers.tcp_transport import TcpSettings, TcpTransport
from drivers.udp_transport import UdpSettings, UdpTransport

__all__ = ["READ_SIZE", "UNREAD_CAP", "SerialTransport", "Settings", "transport_for"]

_FAILURES = (OSError, termios.error, ValueError)
"""pyserial's own exception is an OSError; termios.error is not. ValueError: a baud rate the port cannot do."""


def transport_for(port: str, baud: int) -> Callable[[], Transport]:
    """What makes the transport of a port: ``tcp:…``, ``udp:…``, ``usb:…``, or the path of a serial port.

    Raises ValueError, "what → remedy", for an address that cannot be one.
    """
    if port.startswith("tcp:"):
        return partial(TcpTransport, TcpSettings.of(port))
    if port.startswith("udp:"):
        return partial(UdpTransport, UdpSettings.of(port))
    if port.startswith("usb:"):
        from drivers.usb_transport import UsbSettings, UsbTransport  # here: a box without USB devices needs no pyusb

        return partial(UsbTransport, UsbSettings.of(port))
    return partial(SerialTransport, Settings(port, baud))


@dataclass(frozen=True, slots=True)
class Settings:
    """``port``: a device path, best one of /dev/serial/by-path. ``baud``: 8N1, bits per second."""

    port: str
    baud: int = 9600


class SerialTransport(DescriptorTransport):
    """One serial port (drivers.contract.Transport), opened for ourselves alone."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.port, "was unplugged")
        self._settings = settings

    async def open(self, deadline: Deadline) -> None:
        """Open the port. Raises Gone when it is missing, taken or cannot be set so; Silent past the deadline."""
        await self.close()
        if not deadline.left():
            raise Silent(f"no time left to open {self._settings.port}")
        port = serial.Serial()
        port.port, port.baudrate, port.exclusive = self._settings.port, self._settings.baud, True
        try:
            port.open()
            fd = port.fileno()
            os.set_blocking(fd, False)
            _wait_for_a_byte(fd)
        except _FAILURES as failure:
            _shut(port)
            raise Gone(f"{self._settings.port}: {failure}") from failure
        self._attach(fd, partial(_shut, port))

    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take: ten bits each (8N1)."""
        return count * 10 / self._settings.baud


def _wait_for_a_byte(fd: int) -> None:
    """VMIN 1: pyserial's VMIN 0 makes "nothing there" and "unplugged" both read as zero bytes."""
    attributes = termios.tcgetattr(fd)
    attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


def _shut(port: serial.Serial) -> None:
    # Unsent bytes go first: closing a port whose other end holds it off may else block for 30 s (tty closing_wait).
    steps: tuple[Callable[[], None], ...] = (port.reset_output_buffer, port.close)
    for step in steps:
        with suppress(*_FAILURES):
            step()
