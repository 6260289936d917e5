"""Where one can be in a visit by ear, and what a key may ask for there. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from device.flows.ask_citizen import Taken
from device.flows.ear_menu import Listing, Matter
from device.flows.mouth import Utterance


@dataclass(frozen=True, slots=True)
class Take:
    """Take a number for this matter."""

    matter: Matter


@dataclass(frozen=True, slots=True)
class CameOut:
    """The answer to 小票出来了吗."""

    ticket: str
    yes: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """The answer to whether the number without paper is remembered."""

    ticket: str
    yes: bool


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Ask how the visit's ticket stands."""

    ticket: str


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Ask for a person to come."""

    ticket: str


Deed = Take | CameOut | Noted | AskPlace | AskPerson


@dataclass(frozen=True, slots=True)
class Step:
    """What is said now, and what is to be done; its outcome is told by ``settled``, ``placed`` or ``person``."""

    say: tuple[Utterance, ...] = ()
    deed: Deed | None = None


@dataclass(frozen=True, slots=True)
class InList:
    """A list, and which of its entries stands."""

    listing: Listing
    at: int = 0


@dataclass(frozen=True, slots=True)
class AtMatter:
    """A matter, before a number is taken for it."""

    matter: Matter


@dataclass(frozen=True, slots=True)
class Again:
    """One more number is to be taken, though this visit has one."""

    matter: Matter


@dataclass(frozen=True, slots=True)
class Working:
    """A number is being taken."""


@dataclass(frozen=True, slots=True)
class Question:
    """What only the citizen can say of a number."""

    taken: Taken


@dataclass(frozen=True, slots=True)
class MyNumber:
    """The number taken last."""


@dataclass(frozen=True, slots=True)
class Failure:
    """No number, and why."""

    say: tuple[Utterance, ...]


Where = InList | AtMatter | Again | Working | Question | MyNumber | Failure
