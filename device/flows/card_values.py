"""What the page that asked may see of a card: name, number and validity; everything else is let go at once. Pure.

| the card                    | what is kept for the screen                                            |
|-----------------------------|------------------------------------------------------------------------|
| identity card, all layouts  | name (a foreigner's English name too), number, until when it is valid  |
| social-security card        | name, citizen number and card number where it tells them, validity     |
| any other, chip serial only | nothing                                                                |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from drivers.contract import Card, IdCard, Personal, SocialSecurityCard

SOCIAL_SECURITY = "social-security"
SHOWN_FIRST, SHOWN_LAST = 3, 4
"""So many characters of a number are in sight at its ends (design §7)."""


@dataclass(frozen=True, slots=True)
class Value:
    """One line of a card: ``name``, ``english-name``, ``number``, ``card-number``."""

    key: str
    whole: Personal[str]

    def masked(self) -> str:
        """What may be seen without asking: a surname's first character, a number's ends."""
        text = self.whole.reveal()
        if self.key.endswith("name"):
            return text[:1] + "**"
        hidden = len(text) - SHOWN_FIRST - SHOWN_LAST
        if hidden < SHOWN_LAST:
            return "*" * len(text)
        return text[:SHOWN_FIRST] + "*" * hidden + text[-SHOWN_LAST:]


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """What a card told, for one screen. ``sound``: layout and check digit of its number hold."""

    kind: str
    values: tuple[Value, ...]
    valid_until: date | None = None
    long_term: bool = False
    sound: bool = True

    def masked(self, today: str) -> dict[str, Any]:
        """All of it, values masked; ``today`` is the business date, "" where the hall has not told it."""
        return {
            "kind": self.kind,
            "values": [{"key": value.key, "text": value.masked()} for value in self.values],
            "validity": self._validity(today),
            "valid_until": self.valid_until.isoformat() if self.valid_until else "",
            "sound": self.sound,
        }

    def whole(self) -> list[dict[str, str]]:
        """The values themselves."""
        return [{"key": value.key, "text": value.whole.reveal()} for value in self.values]

    def _validity(self, today: str) -> str:
        if self.long_term:
            return "long-term"
        if self.valid_until is None:
            return "unknown"
        if not today:
            return "until"
        return "expired" if self.valid_until.isoformat() < today else "valid"


def told(card: IdCard | Card) -> Told | None:
    """What is kept of this card; None when it is of a kind that tells us nothing."""
    if isinstance(card, IdCard):
        return Told(card.kind, tuple(_of_id_card(card)), card.valid_until, card.long_term, card.number_sound)
    if isinstance(card, SocialSecurityCard):
        return Told(SOCIAL_SECURITY, tuple(_of_social_security(card)), card.valid_until)
    return None


def _of_id_card(card: IdCard) -> Iterator[Value]:
    if card.name:
        yield Value("name", Personal(card.name))
    if card.english_name:
        yield Value("english-name", Personal(card.english_name))
    yield Value("number", card.number)


def _of_social_security(card: SocialSecurityCard) -> Iterator[Value]:
    for key, value in (
        ("name", card.name),
        ("number", card.social_security_number),
        ("card-number", card.card_number),
    ):
        if value:
            yield Value(key, value)
