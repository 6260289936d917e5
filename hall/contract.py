"""What a hall and its boxes say to each other. JSON over mutual TLS; golden files per version in tests/hall/golden.

Facts happened and are never refused. Commands may be refused, expire, and are answered; a command with an
unknown field is refused with both versions named. A call refused over HTTP answers with a keyword.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

VERSION = 2
"""The contract's version; both sides send it in every hello."""

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


class JournalEnd(Struct, frozen=True, kw_only=True):
    """Where a journal ends: its last fact's seq (0: none) and digest ("" for none)."""

    journal: str
    seq: int
    digest: str


class Hello(Strict, frozen=True, kw_only=True):
    """A box says who it is. POST /device/hello, at start and on every new connection.

    Refused with ``identity-twice`` when a later boot of the same box has already spoken: two machines share a name.
    """

    contract: int
    device: str
    journal: str
    boot: str
    mono_ms: int
    wall_ms: int
    mode: Mode
    term: Term | None = None
    """The newest life of the hall that this box has met: a hall that has fewer was restored from an old copy."""
    journals: list[JournalEnd] = []
    """Every journal that the box keeps, set-aside ones included: what a recovering hall has to wait for."""
    slip_key: str = ""
    """A kiosk's public key that its slips are signed for: Ed25519, 32 bytes, base64. "" for other boxes."""


class Welcome(Struct, frozen=True, kw_only=True):
    """The hall's answer. ``kiosk_digit`` is 0 for a box that issues no numbers."""

    contract: int
    hall: str
    hall_en: str
    term: Term
    business_date: str
    now_ms: int
    kiosk_digit: int
    services: list[Service]
    windows: list[WindowInfo]
    high: int
    """Last sequence number of this journal that the hall has stored; 0 for none."""
    digest: str = ""
    """Of fact ``high``. Where the box has another at this seq, or none, its journal is an old or a second copy."""
    notices: list[str] = []
    band: dict[str, int] = {}
    """By service: the count of this kiosk's own band that the hall knows as given last on ``business_date``."""
    slip_keys: dict[str, list[str]] = {}
    """By kiosk: the public keys that its slips may be signed for, as in Hello."""
    recovering: bool = False
    """The hall cannot prove its database whole: it takes facts and signs nobody in, gives no number, calls nobody."""


class Fact(Struct, frozen=True, kw_only=True):
    """Something that happened at a box. ``seq`` counts from 1; ``prev`` is the digest of seq - 1 ("" at 1).

    ``at_ms`` UTC wall time, ``mono_ms`` CLOCK_BOOTTIME of boot ``boot``. ``data`` depends on ``kind``, see FactKind.
    """

    seq: int
    prev: str
    kind: str
    at_ms: int
    trust: ClockTrust
    boot: str
    mono_ms: int
    mode: Mode
    operator: str = ""
    post: str = ""
    visit: str = ""
    data: dict[str, str | int | bool | None] = {}

    def digest(self) -> str:
        """SHA-256 in hex over the canonical JSON of all fields, ``prev`` included: the next fact's ``prev``."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


# Fact kinds and the keys of their data. ``ticket`` is a ticket_id: device/journal/seq of its *requested*.
# Whoever carries on while the hall is away tells it as facts: admitted, started, finished, missed. ``call`` is then a
# name that the box draws, ``ticket`` the id device/journal/seq of the *admitted* itself, until the hall names both.
#   opened        a journal begins                    reason (new|mark-differs|machine-differs|hall-differs|damaged|
#                                                     lost), former (the journal before it, "" for none)
#   requested     a citizen touched a service         service, touch; place_of (a ticket) when anew
#   issued        a number was given                  ticket, service, number, source hall|band, date
#   printed       the slip came out                   ticket, evidence (gs-h|gs-r|status|citizen)
#   noted         no paper: the citizen has the number from the screen and says so    ticket, evidence (citizen)
#   doubtful      nobody can say whether it came out  ticket, evidence
#   voided        it did not come out                 ticket, reason (a keyword, or "citizen")
#   request       a command is about to be sent       request, window, type, ticket
#   answered      the hall has answered it            request, window, type, outcome, reason, answer (the Answer as
#                                                     JSON, "" when refused and no step taken): a hall is rebuilt
#                                                     from these
#   admitted      a slip is served without the hall   window, call, digits, service, date, slip (the ticket_id on a
#                                                     scanned slip, else ""), how (scanned|typed; later: leased)
#   started       … the person is there               window, ticket, call
#   finished      … done                              window, ticket, call
#   missed        … nobody came                       window, ticket, call
#   shown         a call stands on the display        ticket, call, window, on (display|page)
#   rating-opened a rating is invited                 ticket, window, seconds
#   rated         the citizen pressed a grade         ticket, window, grade, channel (pad|page)
#   not-rated     no grade came                       ticket, window, reason (NotRatedReason)
#   device        a device's state changed            name, phase, reasons (keywords, comma-separated)
FactKind = Literal[
    "opened",
    "requested",
    "issued",
    "printed",
    "noted",
    "doubtful",
    "voided",
    "request",
    "answered",
    "admitted",
    "started",
    "finished",
    "missed",
    "shown",
    "rating-opened",
    "rated",
    "not-rated",
    "device",
]


class Batch(Struct, frozen=True, kw_only=True):
    """Facts in seq order without holes. POST /device/facts. ``mono_ms`` is the sender's clock at sending.

    ``kept_from``: the first seq that the box still has; earlier facts were backed up by a hall and then pruned, so that
    a hall that has less takes the hole as given.
    """

    device: str
    journal: str
    boot: str
    mono_ms: int
    facts: list[msgspec.Raw]
    kept_from: int = 1


class Receipt(Struct, frozen=True, kw_only=True):
    """``high``: stored up to here; the next batch begins at ``high + 1`` (a gap changes nothing but this answer).

    ``forked``: the hall has other facts at these seqs. What was sent is kept as a journal of its own; the box has to
    begin a new one.
    """

    high: int
    backed_up: int = 0
    now_ms: int = 0
    forked: bool = False


class Reserve(Strict, frozen=True, kw_only=True):
    """Ask for a number. POST /device/reserve. Repeating it with the same ticket and digest gives the same number.

    ``digest`` is of the ticket's *requested*: the same ticket with another one is refused with ``forked``. A recovering
    hall refuses with ``recovering``.
    """

    ticket: str
    service: str
    mode: Mode
    mono_ms: int
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


class _Command(Strict, frozen=True, kw_only=True):
    """``request`` names one press for ever; ``call`` is the call on the clerk's screen when pressing ("" for none).

    Pressed at ``mono_ms`` of the box's ``boot``. What the hall has not done within EXPIRES_MS of the press it never
    does: a clerk who has been told that the hall is away must not find somebody called half an hour later.
    """

    request: str
    window: int
    operator: str = ""
    post: str = ""
    mode: Mode
    call: str = ""
    boot: str = ""
    mono_ms: int = 0


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
    window: int
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


class QueueCounts(Struct, frozen=True, kw_only=True):
    """Who waits, by service code. Downlink event ``queue``."""

    term: Term
    version: int
    waiting: dict[str, int]


class DayChanged(Struct, frozen=True, kw_only=True):
    """Downlink event ``day``: a new business date."""

    term: Term
    business_date: str


# Downlink: GET /device/downlink, text/event-stream. Events ``window`` (WindowState), ``queue`` (QueueCounts), ``day``
# (DayChanged), ``bye`` (the hall stops; empty data). On connecting, the state of each of the box's windows, the counts
# and the date are sent at once: desired state needs no replay. ids are "term.n/version".
# A comment line every 15 s keeps the connection known to be alive.
