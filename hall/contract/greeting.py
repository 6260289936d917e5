"""How a box and a hall meet: hello and welcome."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from hall.contract.maintenance import Beside
from hall.contract.news import StandingAlarm
from hall.contract.words import Mode, Service, Strict, Struct, Term, Whole, WindowInfo


class JournalEnd(Struct, frozen=True, kw_only=True):
    """Where a journal ends: its last fact's seq (0: none) and digest ("" for none)."""

    journal: str
    seq: Whole
    digest: str


class Hello(Strict, frozen=True, kw_only=True):
    """A box says who it is. POST /device/hello, at start and on every new connection.

    Refused with ``identity-twice`` when a later boot of the same box has already spoken: two machines share a name.
    """

    contract: int
    device: str
    journal: str
    boot: str
    mono_ms: Whole
    wall_ms: Whole
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
    directory: str | UnsetType = UNSET
    """Digest of what GET /device/directory gives now."""
    progress: bool | UnsetType = UNSET
    """True: POST /device/progress is answered, because the hall knows how far cases are."""
    beside: Beside | UnsetType = UNSET
    """What carries the hall when something of this box does not."""
    former: list[str] | UnsetType = UNSET
    """Journals of this box's name that its hello did not name, newest first: it is a new machine in an old one's place,
    or has lost its disk. What was on its way there is doubtful, and numbers of its band may be in hands."""
    recovering: bool = False
    """The hall cannot prove its database whole: it takes facts and signs nobody in, gives no number, calls nobody."""
    alarm: StandingAlarm | UnsetType = UNSET
    """What every screen shows above all else: a recovering hall has no downlink to tell it by. Unset: it cannot say."""
