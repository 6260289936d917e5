"""What a technician asks of a box, and what the box tells of itself.

On the box over a Unix socket, from elsewhere through the hall, which relays verbs over the downlink: no box listens.
The same verbs and shapes both ways: ``POST /maintenance/VERB`` on the socket ``run/maintenance.sock`` in the box's
data, ``POST /maintenance/BOX/VERB`` on the hall with a technician's certificate. ``GET /maintenance`` on the hall tells
of all boxes (Boxes): each tells it a Condition, on every change and once a minute, at ``POST /device/condition``.

| verb     | body       | answer      | what                                                                 |
|----------|------------|-------------|----------------------------------------------------------------------|
| report   | {}         | BoxReport   | the whole box as it stands                                           |
| lease    | AskLease   | LeaseStands | take, keep or give back devices: "in maintenance" on every screen    |
| check    | AskCheck   | Checked     | check_health in one of three levels; external and interactive: lease |
| seen     | AskSeen    | Advised     | what a person saw who looked at the test of a display                |
| frames   | AskFrames  | Frames      | what passed on a line since a mark, decoded and in hex, masked       |
| preview  | AskPreview | Preview     | one picture of a scanner, small; needs the lease; nothing is kept    |
| sign     | AskSign    | Signed      | a sign for the window of a device that is out: what carries the hall |
| settings | {}         | Settings    | every setting, its value and where it came from; secrets masked      |
| bundle   | {}         | Bundle      | the support bundle                                                   |

A refusal has an HTTP status and the body {"error": keyword, "text": {language: sentence}}.
"""

from __future__ import annotations

from typing import Literal

from hall.contract.words import ClockTrust, Struct

Level = Literal["internal", "external", "interactive"]
Severity = Literal["report", "warning", "error"]
Texts = dict[str, str]
"""A sentence by language, zh-CN and en at least."""

LEASE_S = 15
"""A lease that nobody keeps for so long is given back: the terminal that had it is gone."""


class Reason(Struct, frozen=True, kw_only=True):
    """One reason of a device's state, in IPP's grammar, with its sentence."""

    keyword: str
    severity: Severity
    text: Texts


class Advice(Struct, frozen=True, kw_only=True):
    """A fault as a person needs it: what it is, how to mend it, what carries the hall until then.

    ``device``: "" for one of the whole box; ``also``: other devices that the same fault takes along. ``fault`` a
    keyword of the wording room *advice*.
    """

    device: str
    fault: str
    severity: Severity
    what: Texts
    mend: Texts
    until: Texts
    also: list[str] = []


class DeviceReport(Struct, frozen=True, kw_only=True):
    """One device. ``statistics`` under UnifiedPOS's names; ``firmware`` "" where it does not tell.

    ``heard_ms``: since its last byte; None: never, or it tells by no bytes. ``leased``: a technician has it.
    """

    name: str
    family: str
    model: str
    line: str
    port: str
    address: int | None = None
    window: int | None = None
    phase: str
    accepting: bool
    reasons: list[Reason] = []
    statistics: dict[str, int] = {}
    firmware: str = ""
    heard_ms: int | None = None
    leased: bool = False
    levels: list[Level] = []
    """Which checks its family has."""


class Supply(Struct, frozen=True, kw_only=True):
    """A counter of what wears or runs out: ``paper`` (mm left), ``cuts``, ``writes`` of a display's memory.

    ``left`` and ``most``: None where nobody knows: unknown is neither full nor empty.
    """

    device: str
    what: str
    used: int
    left: int | None = None
    most: int | None = None


class JournalReport(Struct, frozen=True, kw_only=True):
    """``outbox``: facts the hall has not yet stored; ``stopped``: why it takes no more, "" normally."""

    id: str
    seq: int
    outbox: int
    bytes: int
    free_bytes: int
    stopped: str = ""


class LinkReport(Struct, frozen=True, kw_only=True):
    """The way to the hall. ``round_trip_ms``: None until measured. ``certificate_days``: left; None: none there."""

    hall: Literal["up", "reached", "down"]
    url: str
    refusal: str = ""
    recovering: bool = False
    round_trip_ms: float | None = None
    certificate_days: int | None = None


class ClockReport(Struct, frozen=True, kw_only=True):
    """``off_ms``: this box's wall clock minus the hall's; None: never compared in this boot."""

    trust: ClockTrust
    wall_ms: int
    off_ms: int | None = None
    booted_ms: int = 0
    """Since the machine booted."""


class FaultSpan(Struct, frozen=True, kw_only=True):
    """One fault of the last week: from when until when (UTC ms; ``until_ms`` None: it still stands)."""

    device: str
    keyword: str
    severity: Severity
    from_ms: int
    until_ms: int | None = None


class Lease(Struct, frozen=True, kw_only=True):
    """Who has which devices; ``who`` is a technician's name as the terminal gives it."""

    id: str
    who: str
    devices: list[str]
    left_ms: int


class Beside(Struct, frozen=True, kw_only=True):
    """What else the hall has, by name: who shows and who speaks the calls of which of a box's windows; other kiosks."""

    boards: dict[int, list[str]] = {}
    voices: dict[int, list[str]] = {}
    kiosks: list[str] = []


class BoxReport(Struct, frozen=True, kw_only=True):
    """A whole box as it stands. ``advice`` worst first. ``flows``: False when it runs for maintenance alone.

    ``lines``: those on which one can read along.
    """

    box: str
    mode: str
    version: str
    flows: bool
    up_ms: int
    roles: list[str]
    devices: list[DeviceReport]
    advice: list[Advice]
    supplies: list[Supply]
    journal: JournalReport | None
    link: LinkReport
    clock: ClockReport
    leases: list[Lease]
    faults: list[FaultSpan]
    lines: list[str]
    business_date: str = ""


class AskLease(Struct, frozen=True, kw_only=True):
    """``id`` "" takes a new lease of ``devices`` (all when empty); else that one is kept, or given back."""

    who: str
    id: str = ""
    devices: list[str] = []
    give_back: bool = False


class LeaseStands(Struct, frozen=True, kw_only=True):
    """``lease`` None: it has been given back."""

    lease: Lease | None


class AskCheck(Struct, frozen=True, kw_only=True):
    """``lease``: its id; needed by what can be seen."""

    device: str
    level: Level
    lease: str = ""


class Checked(Struct, frozen=True, kw_only=True):
    """As device.checkup has it; ``text`` the outcome's sentence."""

    device: str
    level: Level
    outcome: str
    text: Texts
    reasons: list[Reason] = []
    fault: str = ""
    found: dict[str, str | int] = {}


class AskSeen(Struct, frozen=True, kw_only=True):
    """After a check whose outcome is to be looked at or listened to; a display shows its window's number then.

    ``yes``: it stands there, it came; ``dark``: nothing does; ``elsewhere``: it stands at device ``at`` instead;
    ``both``: there as well.
    """

    device: str
    lease: str
    seen: Literal["yes", "dark", "elsewhere", "both"]
    at: str = ""


class Advised(Struct, frozen=True, kw_only=True):
    """What follows: the box's whole advice, worst first."""

    advice: list[Advice]


class AskFrames(Struct, frozen=True, kw_only=True):
    """``after``: the mark of the last answer, 0 at first."""

    line: str
    after: int = 0


class Frame(Struct, frozen=True, kw_only=True):
    """One piece that passed: ``text`` decoded and masked, ``hex`` with masked bytes as ``··``; ``at_ms`` UTC.

    ``model``: "" on a line that several models share.
    """

    mark: int
    at_ms: int
    way: Literal["to-device", "from-device"]
    model: str
    text: str
    hex: str
    sound: bool
    """Whether it was whole: sum right, order kept."""
    texts: Texts = {}
    """``text`` in every language; ``text`` itself is the Chinese one."""


class Frames(Struct, frozen=True, kw_only=True):
    """``lost``: how many passed unseen because nobody asked in time."""

    line: str
    frames: list[Frame]
    mark: int
    lost: int = 0


class AskPreview(Struct, frozen=True, kw_only=True):
    """A picture of at most ``columns`` × ``rows`` dots."""

    device: str
    lease: str
    columns: int
    rows: int


class Preview(Struct, frozen=True, kw_only=True):
    """``grey``: base64 of columns × rows bytes, 0 black, row by row."""

    columns: int
    rows: int
    grey: str


class AskSign(Struct, frozen=True, kw_only=True):
    """A sign that shows where the window of this device is, on a printer of its box."""

    device: str


class Signed(Struct, frozen=True, kw_only=True):
    """``printer``: which one; ``where``: what stands on the sign; ``doubtful``: somebody has to look."""

    printer: str
    where: Texts
    outcome: Literal["printed", "doubtful", "not-printed"]
    reasons: list[Reason] = []


class Setting(Struct, frozen=True, kw_only=True):
    """``key`` with dots; ``value`` as TOML, ``•••`` for a secret; ``origin``: file:line, or ``default``."""

    key: str
    value: str
    origin: str


class Settings(Struct, frozen=True, kw_only=True):
    """In the order of the file, then defaults."""

    settings: list[Setting]


class Bundle(Struct, frozen=True, kw_only=True):
    """A ``.tar.gz`` in base64; ``name`` is what to call the file."""

    name: str
    data: str


class Relay(Struct, frozen=True, kw_only=True):
    """Downlink event ``maintenance``: carry this out and answer it, within ``limit_s``, at POST /device/maintenance."""

    request: str
    verb: str
    body: str
    """JSON of the verb's body."""
    limit_s: float


class Relayed(Struct, frozen=True, kw_only=True):
    """A box's answer to a Relay: HTTP status and JSON body, as its own socket would have given them."""

    request: str
    status: int
    body: str


class Condition(Struct, frozen=True, kw_only=True):
    """What a box tells the hall of itself, kept in memory. ``ready``: it can work now; ``advice`` worst first."""

    version: str
    ready: bool
    advice: list[Advice]
    leases: list[Lease]
    outbox: int
    free_bytes: int
    clock: ClockReport
    certificate_days: int | None = None


class BoxLine(Struct, frozen=True, kw_only=True):
    """One box as the hall sees it. ``heard_ms``: since it last spoke; None: not since the hall began.

    ``needs``: what a person has to do there, worst first; a box that is not heard has the hall's own advice.
    """

    box: str
    does: list[Literal["kiosk", "windows", "voice", "board"]]
    windows: list[int]
    connected: bool
    heard_ms: int | None
    ready: bool
    needs: list[Advice]
    condition: Condition | None = None


class Boxes(Struct, frozen=True, kw_only=True):
    """All enrolled boxes, first whoever needs a person most; ``opens``: HH:MM of today, "" for a day without.

    ``own``: what the hall's own machine needs of a person.
    """

    hall: str
    business_date: str
    now_ms: int
    opens: str
    boxes: list[BoxLine]
    own: list[Advice] = []
