"""What every driver promises: states, completions, the four errors, one protocol a device class.

Words follow RFC 8011 (printer-state, printer-state-reasons), UnifiedPOS (life and health) and XFS4IoT
(completion codes, remedies). Drivers give keywords; sentences live in ``config/wording``.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from drivers.deadline import Deadline


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
COVER_OPEN = Reason("cover-open", Severity.ERROR)
CUTTER_JAM = Reason("cutter-jam", Severity.ERROR)
HEAD_OVER_TEMP = Reason("head-over-temp", Severity.ERROR)
HARDWARE_FAILURE = Reason("hardware-failure", Severity.ERROR)
OFFLINE = Reason("offline", Severity.ERROR)
LINK_LOST = Reason("link-lost", Severity.ERROR)
STATUS_UNKNOWN = Reason("status-unknown", Severity.WARNING)
NOT_CONFIGURED = Reason("not-configured", Severity.ERROR)
SIMULATED = Reason("simulated", Severity.REPORT)


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


class Transport(Protocol):
    """Bytes to and from one device. On a shared line every device has a transport of its own."""

    async def open(self, deadline: Deadline) -> None:
        """Open the port. Raises Gone; leaves nothing behind when it fails."""

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of ``data`` to the line. Raises Gone, Silent."""

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte. None waits for ever. Raises Gone, Silent."""

    def discard(self) -> bytes:
        """Take and return what has arrived unread; never waits."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """The right to talk: on a shared line no other device's driver writes inside the block."""

    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take on the line; 0.0 where the line has no speed of its own."""

    async def close(self) -> None:
        """Release the port; waking every waiting read with Gone. Never raises."""


class Driver(Protocol):
    """What every device class shares."""

    poll_seconds: float
    """Seconds between two polls of an idle device; 0.0 when it is never polled."""

    async def open(self, deadline: Deadline) -> State:
        """Claim and enable the device. Raises one of the four; leaves nothing behind when it fails."""

    async def poll(self, deadline: Deadline) -> State:
        """Ask the device how it is. Raises one of the four."""

    async def close(self) -> None:
        """Release the device. Never raises."""


Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text; ``width`` and ``height``: 1 to 8 times the standard letter; hanzi 1 or 2."""

    text: str
    width: int = 1
    height: int = 1
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code of this text (UTF-8); ``module`` is the side of one dark square in printer dots."""

    data: str
    module: int = 4


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int = 1


SlipElement = TextLine | QrCode | Feed
Slip = tuple[SlipElement, ...]


class TicketPrinter(Driver, Protocol):
    """Prints slips and says whether they really came out."""

    async def print_slip(self, slip: Slip, deadline: Deadline) -> Completion:
        """Print and cut one slip. ``confirmed`` True printed, False not printed, None doubtful.

        Raises a DeviceFault only when no byte of the slip has left; afterwards it is always a Completion.
        """


class WindowDisplay(Driver, Protocol):
    """Shows one text above a window."""

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; an empty text makes it dark. Raises one of the four."""


class CallerKey(StrEnum):
    """The keys of a clerk's caller, named as on the device."""

    START = "start"
    WAIT = "wait"
    CALL = "call"
    RECALL = "recall"
    CANCEL = "cancel"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key of a caller with the digits typed before it."""

    key: CallerKey
    digits: str = ""


class Caller(Driver, Protocol):
    """A clerk's keypad with a small number display."""

    async def next_press(self) -> KeyPress:
        """The next press; waits for ever. Raises Gone."""

    async def tell(self, success: bool, deadline: Deadline) -> None:
        """Show the clerk that the last press worked, or not."""

    async def show_number(self, digits: str, waiting: int, deadline: Deadline) -> None:
        """Show the called number and how many wait."""


@dataclass(frozen=True, slots=True)
class GradePress:
    """One press on a rating keypad: the raw grade as the wire has it, and the GB/T 39735 level it stands for."""

    grade: int
    word: str = ""


class RatingKeypad(Driver, Protocol):
    """The citizen's keypad."""

    async def next_press(self) -> GradePress:
        """The next press; waits for ever. Raises Gone.

        The pad repeats a press until it is acknowledged: repeats of one press are given once.
        """

    async def acknowledge(self, press: GradePress, deadline: Deadline) -> None:
        """Tell the pad that its press was taken. Called once the press is journaled: an acknowledged rating is kept."""

    async def light(self, lit: bool, deadline: Deadline) -> None:
        """Invite a rating, or go dark."""
