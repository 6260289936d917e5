"""Identity cards, and the reader they are laid on. Personal values are never shown by repr, str or format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from drivers.contract.driver import Driver
from drivers.contract.personal import Personal
from drivers.contract.states import Reason, Severity

if TYPE_CHECKING:
    from drivers.deadline import Deadline

CARD_TORN = Reason("card-torn", Severity.WARNING)
"""The last card was taken away, or could not be read to its end: it has to be lifted and laid down again."""
CARD_REJECTED = Reason("card-rejected", Severity.WARNING)
"""Card and security module did not accept each other, or the card's data are not genuine."""


BLANK = Personal("")


class CardKind(StrEnum):
    """The four cards that a second-generation reader knows."""

    RESIDENT = "resident"
    HK_MACAO_TAIWAN = "hk-macao-taiwan"
    FOREIGNER_2017 = "foreigner-2017"
    FOREIGNER_2023 = "foreigner-2023"


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True, repr=False)
class IdCard:
    """What a card gives. Text is Unicode as the card has it, private-use characters included; "" is a blank field.

    A date is None where the card holds none that exists (30 February has been issued). A fingerprint is never here.
    """

    kind: CardKind
    name: str
    """In Chinese; a foreigner may have none."""
    sex: Sex
    born: date | None
    number: Personal[str]
    number_sound: bool
    """Whether layout and check digit of the number hold; a card is not refused for it."""
    valid_from: date | None
    valid_until: date | None
    long_term: bool
    """Valid for ever (长期); ``valid_until`` is None then."""
    photo: bytes
    """1024 bytes, opaque: no free decoder is known."""
    english_name: str = ""
    nation: str = ""
    """As GB 3304 names it, 汉; "" where the card has none or an unknown code."""
    nation_code: str = ""
    address: str = ""
    issuer: str = ""
    country: str = ""
    """Three letters (GB/T 2659)."""
    travel_permit: Personal[str] = BLANK
    times_issued: str = ""
    renewals: str = ""
    earlier_permit: Personal[str] = BLANK
    """What links a permit of 2023 to its holder's earlier number."""
    version: str = ""
    accepting_authority: str = ""
    newest_address: str | None = None
    """None: not asked or not to be had; "": the card holds none."""
    body_number: bytes | None = None
    """Management number of the card body, 28 bytes as read; None: not asked or not to be had."""

    def __repr__(self) -> str:
        return f"‹{self.kind} card›"


@dataclass(frozen=True, slots=True)
class NoCard:
    """No card was found in time.

    ``may_lie``: the card last read may still lie there. Readers find a card once a placement, so that nobody can
    tell whether it was taken: ask to lift it and lay it down again.
    """

    may_lie: bool


class IdCardReader(Driver, Protocol):
    """Reads the identity card that is laid on it."""

    def reading_seconds(self, *, newest_address: bool = False, body_number: bool = False) -> float:
        """How long a reading takes at most once a card is found: who waits for a card has to give more than that."""

    async def read_card(
        self,
        deadline: Deadline,
        *,
        newest_address: bool = False,
        body_number: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> IdCard | NoCard:
        """Wait for a card and read it once; ends early enough before the deadline that a card found is read whole.

        Once it is no longer ``wanted`` no further look is taken and no card read that was found: NoCard. What is being
        said to the reader is said to its end, so that it understands what comes next.

        Raises Gone, Silent, Garbled; Refused with remedy clear when the card has to be lifted first (torn away,
        rejected, not readable), with another remedy when the reader itself is at fault. After every end but NoCard the
        same card is found again only once it was lifted.
        """
