"""What every driver promises: states, completions, the four errors, one protocol a device class.

Words follow RFC 8011 (printer-state, printer-state-reasons), UnifiedPOS (life and health) and XFS4IoT
(completion codes, remedies). Drivers give keywords; sentences live in ``config/wording``.
"""

from __future__ import annotations

from drivers.contract.driver import (
    Driver,
    Transport,
)
from drivers.contract.identity import Identity
from drivers.contract.printing import (
    Align,
    CountsPaper,
    Feed,
    QrCode,
    Slip,
    SlipElement,
    TextLine,
    TicketPrinter,
)
from drivers.contract.states import (
    COVER_OPEN,
    CUTTER_JAM,
    HARDWARE_FAILURE,
    HEAD_OVER_TEMP,
    LINK_LOST,
    MEDIA_EMPTY,
    MEDIA_LOW,
    NOT_CONFIGURED,
    OFFLINE,
    SIMULATED,
    STATUS_UNKNOWN,
    Completion,
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    Phase,
    Reason,
    Refused,
    Remedy,
    Severity,
    Silent,
    State,
)
from drivers.contract.window import (
    Caller,
    CallerKey,
    GradePress,
    KeyPress,
    RatingKeypad,
    WindowDisplay,
)

__all__ = [
    "COVER_OPEN",
    "CUTTER_JAM",
    "HARDWARE_FAILURE",
    "HEAD_OVER_TEMP",
    "LINK_LOST",
    "MEDIA_EMPTY",
    "MEDIA_LOW",
    "NOT_CONFIGURED",
    "OFFLINE",
    "SIMULATED",
    "STATUS_UNKNOWN",
    "Align",
    "Caller",
    "CallerKey",
    "Completion",
    "CompletionCode",
    "CountsPaper",
    "DeviceFault",
    "Driver",
    "Feed",
    "Garbled",
    "Gone",
    "GradePress",
    "Identity",
    "KeyPress",
    "Phase",
    "QrCode",
    "RatingKeypad",
    "Reason",
    "Refused",
    "Remedy",
    "Severity",
    "Silent",
    "Slip",
    "SlipElement",
    "State",
    "TextLine",
    "TicketPrinter",
    "Transport",
    "WindowDisplay",
]
