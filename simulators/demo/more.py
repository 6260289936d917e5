"""The counter with other makers' devices: its box and its simulators, started when somebody wants to see them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from simulators.demo.more_settings import (
    LINES,
    has_card_library,
    simulators_arguments,
    write_more_settings,
)
from simulators.demo.places import Ports, RunDirectory
from simulators.demo.processes import Child, DiedAtStart, NotReady
from simulators.demo.props import Props
from simulators.demo.settings import MORE
from simulators.demo.stage import all_of, connects, until_holds

Standing = Literal["closed", "opening", "open", "failed"]
CardService = Literal["here", "no-library", "no-service", "no-reader"]

PCSC_SOCKET = "PCSCLITE_CSOCK_NAME"
"""Where libpcsclite is told to look for the service, if not at its usual place."""
PCSC_AT = "/run/pcscd/pcscd.comm"


class More:
    """The second counter. ``told`` is called whenever something about it has changed."""

    def __init__(self, run: RunDirectory, ports: Ports) -> None:
        self.run, self.ports = run, ports
        self.url = f"http://127.0.0.1:{ports.more}"
        self.box = Child(MORE, ["device", str(run.settings(MORE))], run.log(MORE))
        self.simulators = Child("more-devices", simulators_arguments(run, ports), run.log("more-devices"))
        self.standing: Standing = "closed"
        self.why = ""
        self.told: Callable[[], None] = lambda: None
        self._listening: asyncio.Task[None] | None = None

    @property
    def children(self) -> tuple[Child, ...]:
        """Its processes, in the order in which they are stopped."""
        return (self.box, self.simulators)

    async def start(self, props: Props) -> None:
        """Start what does not run: simulators, then the box. What went wrong then stands in ``why``."""
        self._become("opening")
        try:
            if not self.simulators.running:
                await self._start_simulators(props)
            if not self.box.running:
                write_more_settings(self.run, self.ports)
                await self.box.start()
        except (DiedAtStart, NotReady) as error:
            self._become("failed", str(error))
        else:
            self._become("open")

    async def _start_simulators(self, props: Props) -> None:
        await self._stop_listening()
        await self.simulators.start()
        await all_of(*(self._stands(line) for line in LINES))
        connected = asyncio.Event()
        sockets = {line: self.run.control(line) for line in LINES}
        self._listening = asyncio.ensure_future(props.listen_too(sockets, connected))
        await connected.wait()

    def _stands(self, line: str) -> Awaitable[None]:
        return until_holds(self.simulators, lambda: connects(self.run.control(line)))

    async def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None

    def look_after(self) -> None:
        """See whether the simulators still run. Raises what went wrong while they were heard."""
        if self._listening is None or not self._listening.done():
            return
        listened, self._listening = self._listening, None
        listened.result()
        self._become("failed", self.simulators.story())

    async def strike(self) -> None:
        """Stop everything, the box first."""
        await self.box.stop()
        await self._stop_listening()
        await self.simulators.stop()

    def _become(self, standing: Standing, why: str = "") -> None:
        self.standing, self.why = standing, why
        self.told()


async def card_service(port: int) -> CardService:
    """Whether cards can be laid down here: the PC/SC service runs, with vsmartcard's virtual reader at ``port``.

    Asking the service also starts it where systemd waits to do so; the reader may then be there a moment later.
    """
    if not has_card_library():
        return "no-library"
    if not await connects(Path(os.environ.get(PCSC_SOCKET, PCSC_AT))):
        return "no-service"
    return "here" if await _reader_waits(port) else "no-reader"


async def _reader_waits(port: int) -> bool:
    """Whether vsmartcard's port is listened on, by the kernel's table: a connection would be taken for a card."""
    with suppress(OSError):
        tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
        return any(_listens(table.read_text(encoding="ascii"), port) for table in tables if table.exists())
    return False


def _listens(table: str, port: int) -> bool:
    """Whether a line of /proc/net/tcp is of a socket that listens (0A) on this port."""
    rows = (line.split() for line in table.splitlines()[1:])
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)
