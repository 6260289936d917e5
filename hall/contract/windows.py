"""How windows and queues stand: in answers, and down the line as it changes.

Downlink: GET /device/downlink, text/event-stream. Events ``window`` (WindowState), ``queue`` (QueueCounts), ``day``
(DayChanged), ``news`` (News), ``bye`` (the hall stops; empty data). On connecting, the state of each of the box's
windows (of others that it calls for, or shows on its board: the call alone), the counts, the date and the news are sent
at once: desired state needs no replay. ids are "term.n/version". A comment line every 15 s keeps the connection known
to be alive.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from hall.contract.words import Struct, Term


class Held(Struct, frozen=True, kw_only=True):
    """A ticket at a window. ``call`` stays the same from call to finish, through recall, park and take-back."""

    ticket: str
    number: str
    """Digits with the service's decoration, as printed: A1001."""
    service: str
    call: str
    visit: str
    calls: int = 1
    """How often it was announced: 1, plus one for each recall and take-back."""
    start_implied: bool = False
    by_screen: bool | UnsetType = UNSET
    """True: the holder has asked to be called by the screens. It is missed only after a guide has looked."""
    rated: bool | UnsetType = UNSET
    """True: its visit has a grade already, from before a finish that was taken back. Nobody is asked again."""


class Undoable(Struct, frozen=True, kw_only=True):
    """What the last press can take back."""

    step: Literal["miss", "finish"]
    ticket: str
    number: str
    operator: str
    left_ms: int


class Clerk(Struct, frozen=True, kw_only=True):
    """Who sits at a window."""

    staff_no: str
    name: str
    post: str = ""
    unit: str | UnsetType = UNSET
    """Code of the directory's unit that they belong to; not there where the hall's settings name none."""


class WindowState(Struct, frozen=True, kw_only=True):
    """Desired state of one window. The higher (term.n, version) wins; same shape in answers and downlink."""

    window: int
    term: Term
    version: int
    phase: Literal["closed", "idle", "called", "serving"]
    held: Held | None = None
    parked: list[Held] = []
    finished: Held | None = None
    """The visit finished last at this window, until it is rated or the next one starts: whose rating may be open."""
    undo: Undoable | None = None
    clerk: Clerk | None = None


class QueueCounts(Struct, frozen=True, kw_only=True):
    """Who waits, by service code. Downlink event ``queue``."""

    term: Term
    version: int
    waiting: dict[str, int]


class DayChanged(Struct, frozen=True, kw_only=True):
    """Downlink event ``day``: a new business date."""

    term: Term
    business_date: str
