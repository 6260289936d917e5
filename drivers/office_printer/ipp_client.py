"""One IPP request and its answer, numbered and checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from drivers.contract import Garbled
from drivers.deadline import Deadline
from drivers.office_printer import ipp_codec as codec
from drivers.office_printer import ipp_operations as ipp
from drivers.office_printer.ipp_message import Attribute, Message
from drivers.office_printer.ipp_operations import Operation
from drivers.office_printer.ipp_reasons import refusal

VERSIONS = ((2, 0), (1, 1))
USER = "yichuang"
LAST_NUMBER = 0x7FFFFFFF


class Port(Protocol):
    """What carries a request to the printer and its answer back (drivers.office_printer.ipp_port.IppPort)."""

    uri: str

    async def ask(self, request: bytes, deadline: Deadline) -> bytes:
        """Raises Gone, Silent, Garbled, Refused; ``sent`` is False where nothing of the request has left."""

    async def close(self) -> None:
        """Hang up. Never raises."""


class IppClient:
    """Asks one printer. ``version`` is what the next request says it speaks."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._number = 0
        self.version = VERSIONS[0]

    async def ask(
        self,
        operation: Operation,
        deadline: Deadline,
        about: Iterable[Attribute] = (),
        template: Iterable[Attribute] = (),
        document: bytes = b"",
    ) -> Message:
        """The answer, whatever its status. Raises Gone, Silent, Garbled; Refused where HTTP says no."""
        self._number = self._number % LAST_NUMBER + 1
        target = (
            ipp.uri("printer-uri", self._port.uri),
            *(attribute for attribute in about if attribute.name == "job-id"),
            ipp.a_name("requesting-user-name", USER),
            *(attribute for attribute in about if attribute.name != "job-id"),
        )
        message = ipp.request(operation, target, template, number=self._number, version=self.version)
        answer = codec.decode(await self._port.ask(codec.encode(message) + document, deadline))
        if answer.request_id != self._number:
            raise Garbled(f"an answer to request {answer.request_id}, not {self._number}")
        return answer

    async def close(self) -> None:
        """Hang up."""
        await self._port.close()


def accepted(answer: Message) -> Message:
    """The answer itself. Raises Refused when its status is no success."""
    if answer.code not in ipp.OK:
        raise refusal(answer.code)
    return answer
