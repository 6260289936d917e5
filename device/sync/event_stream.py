"""Server-sent events out of bytes, sans-IO (WHATWG HTML, section 9.2.6). Only what a hall sends: event, data, id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 1_000_000
"""Bytes of one event; a hall's largest is some kilobytes."""


class StreamGarbled(ValueError):
    """Not an event stream, or an event without an end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``id`` is "" when it has none."""

    name: str
    data: bytes
    id: str = ""


class EventReader:
    """Takes bytes as they come and gives the events that are whole. Comments (pings) give nothing."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Event]:
        """Events that these bytes complete. Raises StreamGarbled."""
        # A hall ends its lines with LF or CRLF; a bare CR, which the standard allows too, it never sends.
        *blocks, self._rest = (self._rest + data).replace(b"\r\n", b"\n").split(b"\n\n")
        if len(self._rest) > LONGEST:
            raise StreamGarbled("an event without an end")
        for block in blocks:
            event = _event(block)
            if event is not None:
                yield event


def _event(block: bytes) -> Event | None:
    fields: dict[bytes, list[bytes]] = {}
    for line in block.split(b"\n"):
        if line and not line.startswith(b":"):
            name, _, value = line.partition(b":")
            fields.setdefault(name, []).append(value.removeprefix(b" "))
    if b"event" not in fields:
        return None
    try:
        event, label = fields[b"event"][-1].decode(), fields.get(b"id", [b""])[-1].decode()
    except UnicodeDecodeError as error:
        raise StreamGarbled(str(error)) from error
    return Event(event, b"\n".join(fields.get(b"data", [])), label)
