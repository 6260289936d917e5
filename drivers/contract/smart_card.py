"""Cards that are put into a reader or laid on it, and what a read of one gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from drivers.contract.driver import Driver
from drivers.contract.personal import Personal
from drivers.contract.states import Reason, Severity

if TYPE_CHECKING:
    from drivers.deadline import Deadline

CARD_PRESENT = Reason("card-present", Severity.REPORT)
"""A card lies in the reader."""


class CardField(StrEnum):
    """What a social-security card may tell."""

    REGION = "region"
    VERSION = "version"
    ISSUED = "issued"
    VALID_UNTIL = "valid-until"
    CARD_NUMBER = "card-number"
    SOCIAL_SECURITY_NUMBER = "social-security-number"
    NAME = "name"
    SEX = "sex"
    NATION = "nation"
    BIRTHPLACE = "birthplace"
    BORN = "born"


class NotRead(StrEnum):
    """Why a field was not read."""

    ABSENT = "absent"
    """The card has no such record."""
    LOCKED = "locked"
    """The card gives it only to a security module (SAM) or after a PIN; neither is tried."""
    MALFORMED = "malformed"
    """The record is not as the specification of these cards says."""


@dataclass(frozen=True, slots=True)
class SocialSecurityCard:
    """What a social-security card told. A field that is None stands in ``not_read`` with its reason.

    ``region``: six digits of GB/T 2260; ``version``: ``1.00``, ``2.00``, ``3.00``; ``sex``: 1 or 2; ``nation``: two
    digits of GB/T 3304; ``birthplace``: six digits. ``name_may_be_cut``: the name fills its record to the last byte and
    the card has no record for the rest.
    """

    region: str | None = None
    version: str | None = None
    issued: date | None = None
    valid_until: date | None = None
    card_number: Personal[str] | None = None
    social_security_number: Personal[str] | None = None
    name: Personal[str] | None = None
    name_may_be_cut: bool = False
    sex: Personal[int] | None = None
    nation: Personal[str] | None = None
    birthplace: Personal[str] | None = None
    born: Personal[date] | None = None
    not_read: Mapping[CardField, NotRead] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChipSerial:
    """The chip of a resident identity card (type B): fixed for the card, not the citizen number, and personal."""

    serial: Personal[bytes]


class UnsupportedKind(StrEnum):
    """What an unsupported card seems to be."""

    RESIDENT_IDENTITY = "resident-identity"
    """An identity card that gives this reader nothing; it needs a reader with a security module."""
    BANK = "bank"
    TRANSIT = "transit"
    STORAGE = "storage"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UnsupportedCard:
    """A card that is not for us. Nothing was read from it that could tell it from others of its kind."""

    kind: UnsupportedKind


Card = SocialSecurityCard | ChipSerial | UnsupportedCard


class SmartCardReader(Driver, Protocol):
    """Reads what lies in it. Its state carries ``card-present`` while a card does."""

    async def wait_for_card(self, deadline: Deadline) -> bool:
        """Whether a card lies there, as soon as one does, by the deadline at the latest. Raises Gone, Silent."""

    async def read_card(self, deadline: Deadline) -> Card:
        """What the card tells. Raises one of the four.

        Refused with user_error when no card lies there, it was taken away in the middle, or is mute (turned round).
        """

    async def wait_for_removal(self, deadline: Deadline) -> bool:
        """Whether it is empty, as soon as it is so, by the deadline at the latest. Raises Gone, Silent."""
