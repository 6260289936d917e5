"""What a trial of a device comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from drivers.contract import SCANNER_BUSY, Completion, CompletionCode, DeviceFault, NotScanned, Refused, Remedy

ASK_SECONDS = 5.0
STANDS_SECONDS = 4.0
"""How long a test text or a light is left for a person to see."""
PERSON_SECONDS = 20.0
"""How long a press, a card or a page is waited for."""
LOOK_AGAIN_SECONDS = 0.25


class Outcome(StrEnum):
    """What came of a check."""

    SOUND = "sound"
    FAULTY = "faulty"
    LOOK = "look"
    """Done, and the device cannot tell: a person has to look."""
    LISTEN = "listen"
    """The same, for ears."""
    AGAIN = "again"
    """The person did not do, or the card did not let be done, what the check needs."""
    NOBODY_CAME = "nobody-came"
    BUSY = "busy"
    """It is at work for somebody else just now."""
    NUMBERED_PAPER = "numbered-paper"
    """Nothing was printed: it might have used up one of the hall's numbered sheets."""
    NOT_SUPPORTED = "not-supported"
    """Devices of this family have nothing that could be checked so."""


@dataclass(slots=True)
class Trace:
    """What a trial has found so far: kept when it ends by a fault. Keywords and measures, no person's values.

    ``reasons``: keywords that the device gave for this work alone; its state may not carry them.
    """

    found: dict[str, str | int] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)

    def judged(self, completion: Completion, otherwise: Outcome = Outcome.LOOK) -> Outcome:
        """By what the device itself says; ``otherwise`` where it cannot say."""
        self.reasons |= {reason.keyword for reason in completion.reasons}
        self.found["evidence"] = completion.evidence
        if completion.confirmed is None:
            return otherwise
        return Outcome.SOUND if completion.confirmed else Outcome.FAULTY

    def failed(self, fault: DeviceFault) -> Outcome:
        """One of the four. What a person did, a card, or another program, is no fault of the device."""
        if isinstance(fault, NotScanned):
            self.reasons.add(fault.reason.keyword)
            if fault.reason == SCANNER_BUSY:
                return Outcome.BUSY
        if not isinstance(fault, Refused):
            return Outcome.FAULTY
        not_its = fault.code is CompletionCode.INVALID_DATA and fault.remedy is Remedy.CLEAR
        return Outcome.AGAIN if not_its or fault.code is CompletionCode.USER_ERROR else Outcome.FAULTY


def seen_by_a_person(outcome: Outcome, interactive: bool, *, judge: Outcome = Outcome.LOOK) -> Outcome:
    """Where a person takes part, that person has the last word on what works."""
    return judge if interactive and outcome is Outcome.SOUND else outcome
