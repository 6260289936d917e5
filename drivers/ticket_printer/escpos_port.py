"""The USB port of a printer: how it is when its bytes are stuck or when it answers none, and who it is.

| port status                    | reason                                                        |
|--------------------------------|---------------------------------------------------------------|
| 20 paper empty                 | media-empty                                                   |
| 10 clear: not selected         | offline                                                       |
| 08 clear: error, no cause said | hardware-failure                                              |
| 18, and never another          | status-unknown: a printer may say it always (settings: port)  |
| anything else, or no answer    | status-unknown                                                |
"""

from __future__ import annotations

from drivers.contract import (
    STATUS_UNKNOWN,
    AskablePort,
    Garbled,
    Identity,
    PortQuestion,
    Reason,
    Severity,
    Silent,
    Transport,
)
from drivers.deadline import Deadline
from drivers.ticket_printer import usb_port_codec as codec

ANSWER_SECONDS = 0.5
UNKNOWN = frozenset({STATUS_UNKNOWN})


class Port:
    """Asks the port, where there is one. ``trusted``: its status is believed when it says that all is well."""

    def __init__(self, transport: Transport, *, trusted: bool) -> None:
        self._transport = transport
        self._trusted = trusted
        self._said: set[codec.PortStatus] = set()
        self.stuck = False
        """Whether it had to tell how the printer is: no bytes are sent before it says that the trouble is over."""

    def forget(self) -> None:
        """The printer may be another one now."""
        self._said.clear()
        self.stuck = False

    async def reasons(self, deadline: Deadline) -> frozenset[Reason] | None:
        """How the printer is, as far as its port says; None where no port is to be asked. Raises Gone."""
        answer = await self._asked(PortQuestion.PORT_STATUS, deadline)
        if answer is None:
            return None
        try:
            status = codec.port_status(answer)
        except Garbled:
            return UNKNOWN
        self._said.add(status)
        found = status.reasons()
        return found if found or self._trusted or len(self._said) > 1 else UNKNOWN

    async def trouble(self, deadline: Deadline) -> frozenset[Reason]:
        """The errors that the port tells of; nothing where it tells of none. Raises Gone."""
        found = await self.reasons(deadline) or frozenset()
        trouble = frozenset(reason for reason in found if reason.severity is Severity.ERROR)
        self.stuck = bool(trouble)
        return trouble

    async def known_trouble(self, deadline: Deadline, *, also: bool) -> frozenset[Reason]:
        """What it still tells of while it is ``stuck`` (or ``also``): bytes would take all the time there is."""
        return await self.trouble(deadline) if self.stuck or also else frozenset()

    async def why(self, silent: Silent, deadline: Deadline) -> frozenset[Reason]:
        """Its own word for why nothing was answered. Raises ``silent`` where it has none."""
        if trouble := await self.trouble(deadline):
            return trouble
        raise silent

    async def identity(self, deadline: Deadline) -> Identity:
        """Who the printer says it is, there. Raises Gone."""
        told = codec.device_id(await self._asked(PortQuestion.DEVICE_ID, deadline) or b"")
        return Identity(maker=told.maker, model=told.model, serial=told.serial)

    async def _asked(self, question: PortQuestion, deadline: Deadline) -> bytes | None:
        if not isinstance(self._transport, AskablePort):
            return None
        try:
            return await self._transport.ask_port(question, deadline.sooner(ANSWER_SECONDS))
        except Silent:
            return b""
