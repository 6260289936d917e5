"""How a device is (RFC 8011), how a verb ended and what would mend it (XFS4IoT), and the four ways to fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Phase(StrEnum):
    """RFC 8011 printer-state."""

    IDLE = "idle"
    PROCESSING = "processing"
    STOPPED = "stopped"


class Severity(StrEnum):
    """How bad a reason is."""

    REPORT = "report"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why a device is as it is: an RFC 8011 keyword without its -error/-warning/-report ending."""

    keyword: str
    severity: Severity


MEDIA_EMPTY = Reason("media-empty", Severity.ERROR)
MEDIA_LOW = Reason("media-low", Severity.WARNING)
MEDIA_NOT_TAKEN = Reason("media-not-taken", Severity.REPORT)
"""What came out lies in the mouth still."""
COVER_OPEN = Reason("cover-open", Severity.ERROR)
CUTTER_JAM = Reason("cutter-jam", Severity.ERROR)
HEAD_OVER_TEMP = Reason("head-over-temp", Severity.ERROR)
HARDWARE_FAILURE = Reason("hardware-failure", Severity.ERROR)
OFFLINE = Reason("offline", Severity.ERROR)
LINK_LOST = Reason("link-lost", Severity.ERROR)
STATUS_UNKNOWN = Reason("status-unknown", Severity.WARNING)
NOT_CONFIGURED = Reason("not-configured", Severity.ERROR)
SIMULATED = Reason("simulated", Severity.REPORT)
IN_MAINTENANCE = Reason("in-maintenance", Severity.REPORT)
"""Somebody of the staff works at it just now: told by its box, by no driver."""


@dataclass(frozen=True, slots=True)
class State:
    """A device's state in IPP's shape. ``accepting`` is whether new work may be handed to it."""

    phase: Phase
    accepting: bool
    reasons: frozenset[Reason] = field(default_factory=frozenset)

    @classmethod
    def of(cls, *reasons: Reason) -> State:
        """The state that these reasons give: any error stops the device, else it is idle."""
        stopped = any(r.severity is Severity.ERROR for r in reasons)
        return cls(Phase.STOPPED if stopped else Phase.IDLE, not stopped, frozenset(reasons))

    def keywords(self) -> frozenset[str]:
        """The reasons' keywords without severities."""
        return frozenset(r.keyword for r in self.reasons)


class CompletionCode(StrEnum):
    """XFS4IoT completion codes."""

    SUCCESS = "success"
    CANCELED = "canceled"
    TIME_OUT = "time_out"
    DEVICE_NOT_READY = "device_not_ready"
    HARDWARE_ERROR = "hardware_error"
    USER_ERROR = "user_error"
    INVALID_DATA = "invalid_data"
    UNSUPPORTED_COMMAND = "unsupported_command"
    SEQUENCE_ERROR = "sequence_error"
    INTERNAL_ERROR = "internal_error"


class Remedy(StrEnum):
    """What would mend it (XFS4IoT)."""

    NONE = "none"
    RESET = "reset"
    CLEAR = "clear"
    MAINTENANCE = "maintenance"
    CONFIGURATION = "configuration"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True)
class Completion:
    """How a verb ended.

    ``confirmed`` is what the device itself says: True it is done, False it is not done, None there is no
    way to know. Unknown is a value: nobody may read None as either of the others. ``evidence`` names what
    the answer rests on (``gs-h``, ``gs-r``, ``status``, ``acknowledged``, ``written`` …).
    """

    code: CompletionCode
    confirmed: bool | None
    evidence: str
    reasons: frozenset[Reason] = field(default_factory=frozenset)


class DeviceFault(Exception):
    """One of the four ways a device fails. Anything else a driver raises is a bug."""

    sent: bool = True
    """Whether bytes of the failed write may have left; False only where the transport knows that none has."""


class Gone(DeviceFault):
    """Unplugged, or the port is not there: reopen."""


class Silent(DeviceFault):
    """A deadline passed without an answer: probe, then reopen."""


class Garbled(DeviceFault):
    """The bytes are wrong: resynchronise and count."""


class Refused(DeviceFault):
    """The device said no."""

    def __init__(self, what: str, code: CompletionCode, remedy: Remedy) -> None:
        super().__init__(what)
        self.code = code
        self.remedy = remedy
