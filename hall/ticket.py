"""A ticket's states and the transitions between them, as one pure table (design §3, §4)."""

from __future__ import annotations

from enum import StrEnum


class TicketState(StrEnum):
    """Where a ticket is on its way."""

    RESERVED = "reserved"
    ISSUED = "issued"
    WAITING = "waiting"
    AWAY = "away"
    CALLED = "called"
    SERVING = "serving"
    FINISHED = "finished"
    MISSED = "missed"
    PARKED = "parked"
    REDIRECTED = "redirected"
    VOID = "void"
    CLOSED = "closed"


class Step(StrEnum):
    """What can happen to a ticket."""

    ISSUE = "issue"
    PRINT = "print"
    VOID = "void"
    CALL = "call"
    CALL_NUMBER = "call-number"
    ADMIT = "admit"
    RETURN = "return"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    MISS = "miss"
    LEAVE = "leave"
    PARK = "park"
    TAKE_BACK = "take-back"
    REDIRECT = "redirect"
    UNDO_MISS = "undo-miss"
    UNDO_FINISH = "undo-finish"
    STEP_AWAY = "step-away"
    STEP_BACK = "step-back"
    GIVE_UP = "give-up"
    TRANSFER = "transfer"
    READMIT = "readmit"
    CLOSE = "close"


BEGINS = frozenset({Step.CALL, Step.CALL_NUMBER, Step.ADMIT})
"""Steps that a call begins with."""

_S = TicketState

CALLABLE = frozenset({_S.WAITING, _S.REDIRECTED})
"""States from which *next* may pick: a slip is known to be on paper, or may be (doubtful)."""

CALLABLE_BY_NUMBER = CALLABLE | {_S.AWAY, _S.MISSED}
"""States from which a clerk may call by number: who has stepped away may be back before the time is over."""

ADMISSIBLE = frozenset(
    {_S.RESERVED, _S.ISSUED, _S.WAITING, _S.AWAY, _S.REDIRECTED, _S.MISSED, _S.VOID, _S.CLOSED},
)
"""States in which whoever shows the slip at a counter is served: nobody else has its holder."""

FLASHING = CALLABLE | {_S.AWAY, _S.CALLED, _S.PARKED}
"""States in which screens show whoever is called by them: from waiting until served."""

OPEN = frozenset(
    {
        *(_S.RESERVED, _S.ISSUED, _S.WAITING, _S.AWAY, _S.CALLED),
        *(_S.SERVING, _S.MISSED, _S.PARKED, _S.REDIRECTED),
    },
)
"""States that the end of the business day closes."""

TRANSITIONS: dict[tuple[TicketState, Step], TicketState] = {
    (_S.RESERVED, Step.ISSUE): _S.ISSUED,
    (_S.ISSUED, Step.PRINT): _S.WAITING,
    (_S.RESERVED, Step.VOID): _S.VOID,
    (_S.ISSUED, Step.VOID): _S.VOID,
    (_S.WAITING, Step.VOID): _S.VOID,
    (_S.MISSED, Step.VOID): _S.VOID,
    **{(state, Step.CALL): _S.CALLED for state in CALLABLE},
    **{(state, Step.CALL_NUMBER): _S.CALLED for state in CALLABLE_BY_NUMBER},
    **{(state, Step.ADMIT): _S.SERVING for state in ADMISSIBLE},
    (_S.CALLED, Step.RETURN): _S.WAITING,
    (_S.CALLED, Step.RECALL): _S.CALLED,
    (_S.CALLED, Step.START): _S.SERVING,
    (_S.SERVING, Step.FINISH): _S.FINISHED,
    (_S.CALLED, Step.MISS): _S.MISSED,
    (_S.SERVING, Step.LEAVE): _S.MISSED,  # a cut-off counter: admitted, and not there after all
    (_S.CALLED, Step.PARK): _S.PARKED,
    (_S.SERVING, Step.PARK): _S.PARKED,
    (_S.PARKED, Step.TAKE_BACK): _S.CALLED,
    (_S.CALLED, Step.REDIRECT): _S.REDIRECTED,
    (_S.SERVING, Step.REDIRECT): _S.REDIRECTED,
    (_S.PARKED, Step.REDIRECT): _S.REDIRECTED,
    (_S.MISSED, Step.UNDO_MISS): _S.CALLED,
    (_S.FINISHED, Step.UNDO_FINISH): _S.SERVING,
    **{(state, Step.STEP_AWAY): _S.AWAY for state in CALLABLE},
    (_S.AWAY, Step.STEP_BACK): _S.WAITING,
    **{(state, Step.GIVE_UP): _S.VOID for state in CALLABLE_BY_NUMBER},
    **{(state, Step.TRANSFER): _S.REDIRECTED for state in (*CALLABLE, _S.AWAY)},
    **{(state, Step.READMIT): _S.WAITING for state in (_S.MISSED, _S.VOID, _S.CLOSED)},
    **{(state, Step.CLOSE): _S.CLOSED for state in OPEN},
}


def after(state: TicketState, step: Step) -> TicketState | None:
    """The state that ``step`` leads to from ``state``; None where the table has no such step."""
    return TRANSITIONS.get((state, step))
