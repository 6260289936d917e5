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
from hall.contract.directory import (
    Counter,
    Directory,
    Floor,
    Hours,
    Item,
    LifeEvent,
    Material,
    Phone,
    Said,
    Spot,
    Unit,
    Way,
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
from hall.contract.news import (
    Alarm,
    Fault,
    News,
    Notice,
    StandingAlarm,
    Wait,
)
from hall.contract.numbers import (
    Reserve,
    Reserved,
)
from hall.contract.place import (
    AWAY_MS,
    AskPlace,
    Place,
)
from hall.contract.progress import AskProgress, Progress
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
    Voices,
    ZoneLease,
)

__all__ = [
    "AWAY_MS",
    "EXPIRES_MS",
    "GRADES",
    "LEASE_MS",
    "VERSION",
    "Admit",
    "Alarm",
    "Answer",
    "AskPlace",
    "AskProgress",
    "AskZone",
    "Batch",
    "CallNext",
    "CallNumber",
    "Clerk",
    "ClockTrust",
    "Command",
    "Counter",
    "DayChanged",
    "Directory",
    "Fact",
    "FactKind",
    "Fault",
    "Finish",
    "Floor",
    "Grade",
    "Held",
    "Hello",
    "Hours",
    "Item",
    "JournalEnd",
    "LifeEvent",
    "Material",
    "Miss",
    "Mode",
    "News",
    "NotRatedReason",
    "Notice",
    "Park",
    "Phone",
    "Place",
    "Progress",
    "QueueCounts",
    "Recall",
    "Receipt",
    "Redirect",
    "Refusal",
    "Reserve",
    "Reserved",
    "Said",
    "Service",
    "SignIn",
    "SignOut",
    "Spot",
    "StandingAlarm",
    "Start",
    "Stepped",
    "Strict",
    "Struct",
    "TakeBack",
    "Term",
    "Undo",
    "Undoable",
    "Unit",
    "Voices",
    "Wait",
    "Way",
    "Welcome",
    "WindowInfo",
    "WindowState",
    "ZoneLease",
    "decoder",
]

VERSION = 2
"""The contract's version; both sides send it in every hello."""
