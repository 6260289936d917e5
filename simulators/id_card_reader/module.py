"""The security module: what it answers to each request, and how long it takes. Knows no line and no clock."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from simulators.id_card_reader import sdt
from simulators.id_card_reader.cards import CARDS, Card, fingerprint
from simulators.id_card_reader.sdt import Request, Wrong

REJECTED = "rejected"
"""Name of the card that the module refuses."""
NAMES = (*CARDS, REJECTED)
SAM = (5, 3, 20200101, 123456, 987654321)


class Phase(StrEnum):
    """How far the module is with what lies on it. ``SPENT``: read or refused; it must be lifted first."""

    NOTHING = "nothing"
    LAID = "laid"
    FOUND = "found"
    SELECTED = "selected"
    READ = "read"
    SPENT = "spent"


SECONDS = {"reset": 0.05, "find": 0.04, "select": 0.03, "newest-address": 0.1, "body-number": 0.03}
"""What the module takes where a card has to be asked; 2 ms for the rest, ``read_seconds`` for a reading."""


class Module:
    """One module and the card that lies on it. ``faults``: self-test-failed, no-30-01."""

    def __init__(self, read_seconds: float) -> None:
        self.read_seconds = read_seconds
        self.faults: set[str] = set()
        self.card: Card | None = None
        self.laid = ""
        self.phase = Phase.NOTHING
        self._torn = False

    def lay(self, name: str, *, with_fingerprint: bool = False, newest_address: str = "") -> None:
        """Lay down one of NAMES. Raises ValueError for another, and when a card lies there."""
        if name not in NAMES:
            raise ValueError(f"the cards are {', '.join(NAMES)}, not {name}")
        if self.card is not None:
            raise ValueError("a card lies there: lift it first")
        card = replace(CARDS["resident"], refused=sdt.SAM_REJECTED_CARD) if name == REJECTED else CARDS[name]
        self.card = replace(card, fingerprint=fingerprint() if with_fingerprint else b"", newest_address=newest_address)
        self.laid, self.phase, self._torn = name, Phase.LAID, False

    def lift(self) -> None:
        """Take the card away, whatever the module is doing."""
        self.card, self.laid, self.phase, self._torn = None, "", Phase.NOTHING, False

    def tear(self) -> None:
        """Take the card away in the middle of the next reading. Raises ValueError when none is to come."""
        if self.phase not in (Phase.LAID, Phase.FOUND, Phase.SELECTED):
            raise ValueError("no card to tear away: lay one down first")
        self._torn = True

    def seconds(self, request: Request) -> float:
        """How long the module will take for this."""
        if request.name.startswith("read"):
            if self.phase is not Phase.SELECTED:
                return 0.01
            return self.read_seconds * (0.5 if self._torn else 1.0)
        return SECONDS.get(request.name, 0.002)

    def answer(self, request: Request | Wrong, *, wrong_checksum: bool = False) -> bytes:
        """The answer, once its time has passed."""
        sw3, data = (request.sw3, b"") if isinstance(request, Wrong) else self._obey(request)
        return sdt.answer(sw3, data, wrong_checksum=wrong_checksum)

    def _obey(self, request: Request) -> tuple[int, bytes]:
        if "self-test-failed" in self.faults:
            return sdt.SELF_TEST, b""
        match request.name:
            case "sam-id":
                return sdt.DONE, sdt.sam_id(*SAM)
            case "find":
                return self._find()
            case "select":
                return self._select()
            case "read":
                return self._read(with_fingerprint=False)
            case "read-with-fingerprint":
                return self._read(with_fingerprint=True)
            case "newest-address" | "body-number":
                return self._item(request.name)
        return sdt.DONE, b""

    def _find(self) -> tuple[int, bytes]:
        if self.phase not in (Phase.LAID, Phase.FOUND, Phase.SELECTED):
            return sdt.NO_CARD, b""
        self.phase = Phase.FOUND
        return sdt.FOUND, bytes(4)

    def _select(self) -> tuple[int, bytes]:
        if self.phase is not Phase.FOUND:
            return sdt.SELECT_FAILED, b""
        self.phase = Phase.SELECTED
        return sdt.DONE, bytes(8)

    def _read(self, *, with_fingerprint: bool) -> tuple[int, bytes]:
        if not with_fingerprint and "no-30-01" in self.faults:
            return sdt.WRONG_COMMAND, b""
        if self._torn:
            self.lift()
        if self.card is None or self.phase is not Phase.SELECTED:
            return sdt.READ_FAILED, b""
        if self.card.refused:
            self.phase = Phase.SPENT
            return self.card.refused, b""
        self.phase = Phase.READ
        return sdt.DONE, sdt.reading(
            self.card.text(), self.card.photo, self.card.fingerprint if with_fingerprint else None
        )

    def _item(self, name: str) -> tuple[int, bytes]:
        if self.card is None or self.phase not in (Phase.SELECTED, Phase.READ):
            return sdt.READ_FAILED, b""
        if name == "body-number":
            return sdt.DONE, self.card.body_number
        if not self.card.newest_address:
            return sdt.NO_SUCH_ITEM, b""
        return sdt.DONE, self.card.newest()
