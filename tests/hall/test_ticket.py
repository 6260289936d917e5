from __future__ import annotations

import pytest

from hall.ticket import CALLABLE, OPEN, TRANSITIONS, Step, TicketState, after

S = TicketState


def test_only_printed_makes_a_ticket_callable_by_next() -> None:
    ways_in = {step for (_, step), to in TRANSITIONS.items() if to is S.WAITING}
    assert ways_in == {Step.PRINT, Step.RETURN, Step.STEP_BACK, Step.READMIT}
    assert after(S.ISSUED, Step.CALL) is None
    assert after(S.RESERVED, Step.CALL) is None


@pytest.mark.parametrize("state", [S.FINISHED, S.VOID, S.CLOSED])
def test_what_has_ended_stays_so_but_for_undo_a_slip_that_is_shown_and_a_guide(state: TicketState) -> None:
    ways_out = {step for (before, step) in TRANSITIONS if before is state}
    assert ways_out <= {Step.UNDO_FINISH, Step.ADMIT, Step.READMIT}


def test_every_open_state_is_closed_at_days_end() -> None:
    assert {before for (before, step) in TRANSITIONS if step is Step.CLOSE} == OPEN


@pytest.mark.parametrize("state", [S.CALLED, S.SERVING, S.PARKED, S.FINISHED])
def test_who_is_at_a_window_is_neither_called_nor_voided(state: TicketState) -> None:
    assert not any(
        after(state, step)
        for step in (Step.CALL, Step.CALL_NUMBER, Step.VOID, Step.GIVE_UP, Step.STEP_AWAY, Step.READMIT)
    )


def test_every_state_is_reached_from_a_reservation() -> None:
    reached, grown = {S.RESERVED}, True
    while grown:
        more = {to for (before, _), to in TRANSITIONS.items() if before in reached} - reached
        grown = bool(more)
        reached |= more
    assert reached == set(S)


def test_next_takes_fewer_states_than_a_number_does() -> None:
    by_number = {before for (before, step) in TRANSITIONS if step is Step.CALL_NUMBER}
    assert by_number - CALLABLE == {S.MISSED, S.AWAY}


def test_whoever_has_stepped_away_is_called_by_number_or_slip_alone() -> None:
    assert after(S.AWAY, Step.CALL) is None
    assert after(S.AWAY, Step.CALL_NUMBER) is S.CALLED
    assert after(S.AWAY, Step.ADMIT) is S.SERVING
