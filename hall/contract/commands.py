"""What a clerk presses, and what comes of it. Commands may be refused, expire, and are answered."""

from __future__ import annotations

from typing import Literal

from hall.contract.windows import WindowState
from hall.contract.words import Mode, Strict, Struct, Whole


class _Command(Strict, frozen=True, kw_only=True):
    """``request`` names one press for ever; ``call`` is the call on the clerk's screen when pressing ("" for none).

    Pressed at ``mono_ms`` of the box's ``boot``. What the hall has not done within EXPIRES_MS of the press it never
    does: a clerk who has been told that the hall is away must not find somebody called half an hour later.
    """

    request: str
    window: Whole
    operator: str = ""
    post: str = ""
    mode: Mode
    call: str = ""
    boot: str = ""
    mono_ms: Whole = 0


EXPIRES_MS = 5_000
"""A clerk is told after 3 s that the hall does not answer; the rest is for an answer under way."""


class CallNext(_Command, tag="call-next", frozen=True, kw_only=True):
    """Finish what is served (implying its start), then call the next. A call not yet shown is given again."""


class CallNumber(_Command, tag="call-number", frozen=True, kw_only=True):
    """Call this number: waiting, redirected or missed."""

    digits: str


class Admit(_Command, tag="admit", frozen=True, kw_only=True):
    """Serve the holder of a slip whose signature the box has checked, known to the hall or not.

    Finishes what is served. ``service`` and ``date`` as on the slip.
    """

    ticket: str
    digits: str
    service: str
    date: str


class Recall(_Command, tag="recall", frozen=True, kw_only=True):
    """Call the same ticket again."""


class Start(_Command, tag="start", frozen=True, kw_only=True):
    """The person is there."""


class Finish(_Command, tag="finish", frozen=True, kw_only=True):
    """Done; a start that nobody pressed is implied and marked."""


class Miss(_Command, tag="miss", frozen=True, kw_only=True):
    """Nobody came (过号)."""


class Park(_Command, tag="park", frozen=True, kw_only=True):
    """Set aside at this window (挂起)."""


class TakeBack(_Command, tag="take-back", frozen=True, kw_only=True):
    """Resume a ticket parked at this window; same call, shown again."""

    ticket: str


class Redirect(_Command, tag="redirect", frozen=True, kw_only=True):
    """Send the ticket to another service, keeping its first place (转移)."""

    service: str


class Undo(_Command, tag="undo", frozen=True, kw_only=True):
    """Take back the last *missed* or *finish* of this window, within 60 s, by the same clerk."""


class SignIn(Strict, tag="sign-in", frozen=True, kw_only=True):
    """A clerk opens a window with name and PIN."""

    request: str
    window: Whole
    name: str
    pin: str
    mode: Mode


class SignOut(_Command, tag="sign-out", frozen=True, kw_only=True):
    """The clerk leaves the window."""


Command = (
    CallNext
    | CallNumber
    | Admit
    | Recall
    | Start
    | Finish
    | Miss
    | Park
    | TakeBack
    | Redirect
    | Undo
    | SignIn
    | SignOut
)


Refusal = Literal[
    "nobody-waiting",
    "no-such-number",
    "number-not-callable",
    "nothing-held",
    "window-busy",
    "not-in-this-state",
    "screen-outdated",
    "nothing-to-undo",
    "too-late-to-undo",
    "another-clerk",
    "no-such-service",
    "no-such-window",
    "not-parked-here",
    "wrong-name-or-pin",
    "too-many-tries",
    "signed-in-elsewhere",
    "not-signed-in",
    "wrong-mode",
    "not-your-window",
    "contract-differs",
    "invalid",
    "expired",
    "recovering",
    "slip-of-another-day",
    "guide-first",
    "slip-unreadable",
    "slip-not-signed",
    "hall-unreachable",
]
"""The last three are a box's own: the hall never sends them."""


class Stepped(Struct, frozen=True, kw_only=True):
    """One step that a command made a ticket take: a word of hall.ticket.Step. ``service`` as it is after it."""

    step: str
    ticket: str
    call: str
    service: str


class Answer(Struct, frozen=True, kw_only=True):
    """Of a command. A refusal changes nothing; ``detail`` names the thing refused."""

    request: str
    outcome: Literal["done", "refused"]
    window: WindowState | None = None
    reason: Refusal | None = None
    detail: str = ""
    fresh: bool = False
    """True when this very command put a new call on the window."""
    at_ms: int = 0
    """When it was carried out, on the hall's clock: orders what a rebuilt hall is told by several boxes."""
    steps: list[Stepped] = []
    """Everything it did to tickets, in order: what a rebuilt hall does again."""
