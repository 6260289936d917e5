"""What a hall and its boxes say to each other. JSON over mutual TLS; golden files per version in tests/hall/golden.

Facts happened and are never refused. Commands may be refused, expire, and are answered; a command with an
unknown field is refused with both versions named. A call refused over HTTP answers with a keyword.
"""

from __future__ import annotations

from hall.contract.commands import (
    EXPIRES_MS,
    Admit,
    Answer,
    CallNext,
    CallNumber,
    Command,
    Finish,
    Miss,
    Park,
    Recall,
    Redirect,
    Refusal,
    SignIn,
    SignOut,
    Start,
    Stepped,
    TakeBack,
    Undo,
)
from hall.contract.facts import (
    Batch,
    Fact,
    FactKind,
    Receipt,
)
from hall.contract.greeting import (
    Hello,
    JournalEnd,
    Welcome,
)
from hall.contract.numbers import (
    Reserve,
    Reserved,
)
from hall.contract.reading import decoder
from hall.contract.windows import (
    Clerk,
    DayChanged,
    Held,
    QueueCounts,
    Undoable,
    WindowState,
)
from hall.contract.words import (
    GRADES,
    ClockTrust,
    Grade,
    Mode,
    NotRatedReason,
    Service,
    Strict,
    Struct,
    Term,
    WindowInfo,
)
from hall.contract.zones import (
    LEASE_MS,
    AskZone,
    ZoneLease,
)

__all__ = [
    "EXPIRES_MS",
    "GRADES",
    "LEASE_MS",
    "VERSION",
    "Admit",
    "Answer",
    "AskZone",
    "Batch",
    "CallNext",
    "CallNumber",
    "Clerk",
    "ClockTrust",
    "Command",
    "DayChanged",
    "Fact",
    "FactKind",
    "Finish",
    "Grade",
    "Held",
    "Hello",
    "JournalEnd",
    "Miss",
    "Mode",
    "NotRatedReason",
    "Park",
    "QueueCounts",
    "Recall",
    "Receipt",
    "Redirect",
    "Refusal",
    "Reserve",
    "Reserved",
    "Service",
    "SignIn",
    "SignOut",
    "Start",
    "Stepped",
    "Strict",
    "Struct",
    "TakeBack",
    "Term",
    "Undo",
    "Undoable",
    "Welcome",
    "WindowInfo",
    "WindowState",
    "ZoneLease",
    "decoder",
]

VERSION = 2
"""The contract's version; both sides send it in every hello."""
