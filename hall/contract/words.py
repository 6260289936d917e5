"""Words that everything else in the contract uses."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Mode = Literal["live", "demo", "drill"]
Grade = Literal["very-satisfied", "satisfied", "basically-satisfied", "dissatisfied", "very-dissatisfied"]
GRADES: tuple[Grade, ...] = (
    "very-satisfied",
    "satisfied",
    "basically-satisfied",
    "dissatisfied",
    "very-dissatisfied",
)
"""The five levels of GB/T 39735, best first. Never numbers inside: two standards number them in opposite order."""

NotRatedReason = Literal["timed-out", "declined", "pad-silent", "not-asked", "next-started"]
ClockTrust = Literal["compared", "unknown", "off"]
"""``compared``: within 60 s of the hall's clock this boot; ``off``: compared and further away; else ``unknown``."""


Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""What a box counts: every reader of JSON has these exactly (RFC 7493 §2.2), and their sums fit a database."""
Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class Struct(msgspec.Struct, frozen=True):
    """Open to later fields: what a receiver does not know it keeps or ignores."""


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Closed: an unknown field is refused."""


class Term(Struct, frozen=True, kw_only=True):
    """Which life of the hall speaks: ``n`` grows at each start, ``draw`` is random, drawn at each start."""

    n: int
    draw: str


class Service(Struct, frozen=True, kw_only=True):
    """One entry of the catalogue. ``code`` is one or two digits, one length a hall; ``letter`` is decoration."""

    code: str
    name: str
    name_en: str
    theme: str = ""
    theme_en: str = ""
    letter: str = ""
    place: str = ""
    place_en: str = ""


class WindowInfo(Struct, frozen=True, kw_only=True):
    """A window as the catalogue has it. ``services`` are codes, in no order of preference."""

    number: int
    name: str
    name_en: str
    services: list[str]
    post: str = ""
