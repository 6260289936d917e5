"""Facts before they have their place in the journal, and tickets as the facts tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from device.clock import Clock
from hall.contract import Fact, Mode

Data = dict[str, str | int | bool | None]
Outcome = Literal["requested", "issued", "printed", "noted", "doubtful", "voided"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact without place and stamps: kind and data as hall.contract.FactKind has them, who, and for whose visit."""

    kind: str
    data: Data = field(default_factory=dict)
    operator: str = ""
    post: str = ""
    visit: str = ""

    def stamped(self, clock: Clock, mode: Mode) -> Fact:
        """This entry as a fact of now; its place (``seq``, ``prev``) comes when it is written."""
        return Fact(
            seq=0,
            prev="",
            kind=self.kind,
            at_ms=clock.wall_ms(),
            trust=clock.trust(),
            boot=clock.boot_id,
            mono_ms=clock.mono_ms(),
            mode=mode,
            operator=self.operator,
            post=self.post,
            visit=self.visit,
            data=self.data,
        )


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of this box as its facts tell. ``number``, ``source`` and ``date`` are "" until issued."""

    ticket: str
    service: str
    touch: str
    place_of: str
    number: str
    source: str
    date: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OpenRating:
    """A rating invited and neither rated nor not-rated. ``boot`` and ``mono_ms`` say when, as its fact does."""

    ticket: str
    window: int
    seconds: int
    boot: str
    mono_ms: int
    operator: str
    post: str
    visit: str

    @classmethod
    def of(cls, fact: Fact) -> OpenRating:
        """What a *rating-opened* says."""
        ticket, window, seconds = (fact.data.get(key) for key in ("ticket", "window", "seconds"))
        who = (fact.operator, fact.post, fact.visit)
        return cls(str(ticket), int(window or 0), int(seconds or 0), fact.boot, fact.mono_ms, *who)
