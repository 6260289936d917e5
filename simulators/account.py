"""The hall's own account, as its read API tells it.

The simulators share no code with hall or device, only the words on the wire.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True):
    """Open to later fields."""


class Ticket(Row, frozen=True, kw_only=True):
    """A ticket as the hall has it. ``number`` is the label on paper, ``digits`` its digits."""

    ticket_id: str
    number: str
    digits: str
    service: str
    state: str
    device: str = ""
    window: int | None = None
    visit: str = ""
    call: str | None = None


class CallEvent(Row, frozen=True, kw_only=True):
    """One step of a call."""

    step: str
    at_ms: int


class Call(Row, frozen=True, kw_only=True):
    """One call id of one ticket, and how it ended."""

    call_id: str
    ticket_id: str
    number: str
    window: int
    operator: str = ""
    at_ms: int
    ended: str | None = None
    ended_ms: int | None = None
    shown_ms: int | None = None
    spoken_ms: int | None = None
    events: list[CallEvent] = []


class Rating(Row, frozen=True, kw_only=True):
    """What a visit was rated, or why not."""

    visit: str
    number: str = ""
    window: int
    outcome: str
    grade: str | None = None
    reason: str | None = None
    channel: str | None = None
    at_ms: int


class Fact(Row, frozen=True, kw_only=True):
    """A fact as the hall stored it."""

    row: int
    device: str
    journal: str
    seq: int
    kind: str
    at_ms: int
    mode: str = ""
    operator: str | None = None
    visit: str | None = None
    trust: str = ""
    hall_ms: int = 0
    data: dict[str, Any] = {}

    @property
    def ticket(self) -> str:
        """The ticket it is about; a *requested* fact is its ticket's own beginning. "" for none."""
        return self.own_id if self.kind == "requested" else str(self.data.get("ticket") or "")

    @property
    def own_id(self) -> str:
        """The name of a ticket that begins with it: of a *requested*, or of an *admitted* that nobody knows yet."""
        return f"{self.device}/{self.journal}/{self.seq}"


class Conflict(Row, frozen=True, kw_only=True):
    """A fact that the hall could not fit in."""

    row: int
    device: str
    journal: str
    seq: int
    why: str
    detail: str = ""
    fact: Any = None


class Status(Row, frozen=True, kw_only=True):
    """The hall about itself."""

    business_date: str
    mode: str
