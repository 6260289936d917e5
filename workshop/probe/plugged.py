"""Everything that is plugged in, asked at once: each port by itself, so that a dead one keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from config.ports import is_path, is_simulator
from drivers.input_node import KernelDevices
from drivers.transport import transport_for
from workshop.probe import elsewhere
from workshop.probe.finding import Finding
from workshop.probe.line import BAUDS, Place, Progress, probe_line
from workshop.probe.machine import Machine
from workshop.probe.together import together

SIMULTANEOUS = 16
"""Lines asked at the same time: a board with more ports is asked in turns."""


async def everything(
    machine: Machine, progress: Progress, bauds: Sequence[int], listen_seconds: float
) -> list[Finding]:
    """All that this machine has, serial lines first. Never raises a DeviceFault."""
    works: list[Coroutine[Any, Any, list[Finding]]] = [
        these([place(port, bauds) for port in machine.serial_ports()], machine, progress, listen_seconds),
        elsewhere.usb(machine, progress),
        elsewhere.keypads(KernelDevices()),
        elsewhere.card_readers(),
    ]
    return [finding for found in await together(works) for finding in found]


async def these(
    places: Sequence[Place], machine: Machine, progress: Progress, listen_seconds: float = 0.0
) -> list[Finding]:
    """Only these lines. Never raises a DeviceFault."""
    turns = asyncio.Semaphore(SIMULTANEOUS)

    async def asked(at: Place) -> Finding:
        holder = machine.holder(at.port) if at.kind == "serial" else None
        if holder is not None:
            return Finding(at.port, at.kind, "taken", holder=holder, simulated=at.simulated)
        async with turns:
            return await probe_line(at, progress, listen_seconds if at.kind == "serial" else 0.0)

    return await together([asked(at) for at in places])


def place(port: str, bauds: Sequence[int] = BAUDS) -> Place:
    """A port as it is written: a path, ``tcp:`` or ``usb:``. Raises ValueError, "what → remedy"."""
    if is_path(port):
        return Place(port, "serial", lambda baud: transport_for(port, baud)(), tuple(bauds), is_simulator(port))
    if not port.startswith(("tcp:", "usb:")):
        raise ValueError(f"{port} cannot be asked → give a serial port, tcp:ADDRESS:PORT or usb:VID:PID@SOCKET")
    make = transport_for(port, 0)
    kind = partial(Place, port, "network" if port.startswith("tcp:") else "usb")
    return kind(lambda _baud: make(), None, is_simulator(port))
