"""What everybody in the hall may know just now: downlink event ``news`` (News), told to every box, newest wins.

Numbers, windows and sentences of the hall's own: never a name, never a reason for priority.
"""

from __future__ import annotations

from typing import Literal

from hall.contract.directory import Said
from hall.contract.words import Struct, Term


class Wait(Struct, frozen=True, kw_only=True):
    """What waiting means for whoever takes a number now: minutes, in steps of five."""

    low: int
    high: int


class Notice(Struct, frozen=True, kw_only=True):
    """A sentence that the hall's staff have put up."""

    id: str
    text: Said


class Alarm(Struct, frozen=True, kw_only=True):
    """Everybody has to leave (``evacuate``), or a drill of it. It stands over everything until it is taken back."""

    kind: Literal["evacuate", "exercise"]
    text: Said


class StandingAlarm(Struct, frozen=True, kw_only=True):
    """The alarm that stands in this life of the hall, None for none; of two the higher version wins, as of News."""

    version: int
    alarm: Alarm | None = None


class Fault(Struct, frozen=True, kw_only=True):
    """What does not work, as citizens need to know it. ``what``: a keyword of the wording room *board*."""

    what: str
    where: Said | None = None


class News(Struct, frozen=True, kw_only=True):
    """The hall just now. The higher (term.n, version) wins."""

    term: Term
    version: int
    waits: dict[str, Wait] = {}
    """By service; none where too few were served to say."""
    next: dict[str, list[str]] = {}
    """By theme: the numbers that are called next, at most five, in calling order (请准备)."""
    open: dict[int, list[str]] = {}
    """Windows where a clerk sits, and the services they take."""
    popular: list[str] = []
    """Codes of the items asked for most, most first; at most eight."""
    by_screen: list[str] = []
    """Numbers whose holders have asked to be called by the screens, from *waiting* until they are served."""
    coming: list[str] = []
    """Names of the calls for help (fact *help-asked*) that a guide has taken."""
    notices: list[Notice] = []
    alarm: Alarm | None = None
    faults: list[Fault] = []
    void: list[str] = []
    """Numbers that are void and may be on paper, the latest first: their holders go to the guide's desk."""
