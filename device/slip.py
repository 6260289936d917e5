"""What stands on a slip: the number large, where to go, how many are ahead, and a signed code for the staff."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from config.wording import say
from drivers.contract import Feed, QrCode, Slip, SlipElement, TextLine
from hall.contract import Service, numbering

ALGORITHM = "Ed25519"
NUMBER_SIZE = 4
"""Times the standard letter: 12 mm high, to be read at arm's length without glasses."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number just given. ``ahead`` None when the hall did not say; ``taken`` None without a sure clock."""

    ticket: str
    digits: str
    service: Service
    date: str
    band: bool
    ahead: int | None
    taken: datetime | None

    @property
    def number(self) -> str:
        """The number as people read it: the service's letter, then the digits that name the ticket."""
        return numbering.label(self.service.letter, self.digits)


class SlipMaker:
    """Lays out slips of one kiosk and signs their codes. Raises ValueError for a key that is not Ed25519."""

    def __init__(self, mode: str, key_file: Path) -> None:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{key_file} is no Ed25519 key → make one with yichuang ca slip-key {key_file}")  # noqa: TRY004 - a wrong value in a file
        self._key = key
        self._mode = mode
        self.public_key = base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        """What the hall hands out so that counters can check our slips (Hello.slip_key)."""

    def lay_out(self, ticket: Ticket, hall: str) -> Slip:
        """The whole slip, Chinese first; ``hall`` is the hall's name."""
        return (
            *self._head(ticket, hall),
            *self._body(ticket),
            QrCode(self.code(ticket)),
            *self._foot(ticket),
        )

    def code(self, ticket: Ticket) -> str:
        """The QR text: a line a phone can show, the ticket's facts, and the kiosk's signature over both."""
        facts = "|".join((ticket.ticket, ticket.digits, ticket.service.code, ticket.date))
        signed = say("slip", "scan", number=ticket.number) + "\n" + facts
        signature = base64.urlsafe_b64encode(self._key.sign(signed.encode())).decode().rstrip("=")
        return f"{signed}\n{ALGORITHM}:{signature}"

    def _head(self, ticket: Ticket, hall: str) -> list[SlipElement]:
        head: list[SlipElement] = [TextLine(say("slip", "welcome", hall=hall), align="centre")]
        if self._mode != "live":
            head += [
                TextLine(say("slip", self._mode), align="centre", bold=True),
                TextLine(say("slip", self._mode, "en"), align="centre"),
            ]
        head.append(TextLine(ticket.number, width=NUMBER_SIZE, height=NUMBER_SIZE, align="centre", bold=True))
        head.append(TextLine(ticket.service.name, align="centre", bold=True))
        head.append(TextLine(ticket.service.name_en, align="centre"))
        return head

    def _body(self, ticket: Ticket) -> list[SlipElement]:
        body: list[SlipElement] = []
        for language, place in (("zh-CN", ticket.service.place), ("en", ticket.service.place_en)):
            if place:
                body.append(TextLine(say("slip", "place", language, place=place)))
            if ticket.ahead is None:
                body.append(TextLine(say("slip", "ahead_unknown", language)))
            else:
                body.append(TextLine(say("slip", "ahead", language, ahead=ticket.ahead)))
        if ticket.band:  # counters may be cut off too: the guide sends people on
            body += [TextLine(say("slip", key, language)) for key in ("band", "guide") for language in ("zh-CN", "en")]
        return body

    def _foot(self, ticket: Ticket) -> list[SlipElement]:
        foot: list[SlipElement] = [TextLine(say("slip", "missed")), TextLine(say("slip", "missed", "en"))]
        if ticket.taken is not None:
            foot.append(TextLine(say("slip", "time", time=ticket.taken.strftime("%Y-%m-%d %H:%M"))))
        foot.append(Feed(1))
        return foot
