"""How a kiosk gets a number."""

from __future__ import annotations

from hall.contract.words import Mode, Strict, Struct, Term, Whole


class Reserve(Strict, frozen=True, kw_only=True):
    """Ask for a number. POST /device/reserve. Repeating it with the same ticket and digest gives the same number.

    ``digest`` is of the ticket's *requested*: the same ticket with another one is refused with ``forked``. A recovering
    hall refuses with ``recovering``.
    """

    ticket: str
    service: str
    mode: Mode
    mono_ms: Whole
    boot: str
    place_of: str = ""
    digest: str = ""


class Reserved(Struct, frozen=True, kw_only=True):
    """``ahead``: how many wait for this service now; ``digits`` is the number's digits, whole."""

    ticket: str
    digits: str
    date: str
    ahead: int
    place_ms: int
    term: Term
