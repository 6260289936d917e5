"""The synthetic day is one that boxes and a hall could have had: facts, answers and steps are the contract's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pytest

from hall import contract
from hall.ticket import Step, TicketState, after
from simulators.bench.busy_day import BusyDay, busy_day
from simulators.bench.full_hall import BOXES, FULL_COUNTERS
from simulators.bench.rebuild import differences

TICKETS = 300


class Answer(contract.Answer, frozen=True, forbid_unknown_fields=True):
    """As a hall writes it: nothing else in it."""


@pytest.fixture(scope="module")
def day() -> BusyDay:
    return busy_day(TICKETS)


@pytest.fixture(scope="module")
def journals(day: BusyDay) -> dict[str, list[contract.Fact]]:
    return {
        name: [msgspec.json.decode(raw, type=contract.Fact) for raw in chain.untold()]
        for name, chain in day.chains.items()
    }


def answers(journals: dict[str, list[contract.Fact]]) -> Iterator[Answer]:
    """In the order of time."""
    told = [
        msgspec.json.decode(str(fact.data["answer"]), type=Answer)
        for facts in journals.values()
        for fact in facts
        if fact.kind == "answered"
    ]
    return iter(sorted(told, key=lambda answer: answer.at_ms))


def test_every_box_has_a_journal_that_is_whole(journals: dict[str, list[contract.Fact]]) -> None:
    assert journals.keys() == {box.name for box in BOXES}
    for facts in journals.values():
        assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
        assert facts[0].prev == ""
        for before, fact in pairwise(facts):
            assert fact.prev == before.digest()
            assert fact.at_ms >= before.at_ms
            assert fact.mono_ms - before.mono_ms == fact.at_ms - before.at_ms


def test_every_fact_has_the_data_of_its_kind(journals: dict[str, list[contract.Fact]]) -> None:
    keys = {
        "opened": {"reason", "former"},
        "requested": {"service", "touch"},
        "issued": {"ticket", "service", "number", "source", "date"},
        "printed": {"ticket", "evidence"},
        "doubtful": {"ticket", "evidence"},
        "voided": {"ticket", "reason"},
        "request": {"request", "window", "type", "ticket"},
        "answered": {"request", "window", "type", "outcome", "reason", "answer"},
        "shown": {"ticket", "call", "window", "on"},
        "rating-opened": {"ticket", "window", "seconds"},
        "rated": {"ticket", "window", "grade", "channel"},
        "not-rated": {"ticket", "window", "reason"},
    }
    told = [fact for facts in journals.values() for fact in facts]
    assert {fact.kind for fact in told} == keys.keys()
    for fact in told:
        assert fact.data.keys() == keys[fact.kind], fact
        assert fact.mode == "demo"


def test_every_press_but_a_sign_in_was_journaled_before_it_was_answered(
    journals: dict[str, list[contract.Fact]],
) -> None:
    for facts in journals.values():
        sent: set[object] = set()
        for fact in facts:
            if fact.kind == "request":
                sent.add(fact.data["request"])
            elif fact.kind == "answered" and fact.data["type"] != "sign-in":
                assert fact.data["request"] in sent


def test_every_step_is_one_that_the_ticket_could_take(day: BusyDay, journals: dict[str, list[contract.Fact]]) -> None:
    states = {ticket: TicketState.WAITING for ticket, state in day.known.tickets.items() if state != "void"}
    for answer in answers(journals):
        for step in answer.steps:
            state = after(states[step.ticket], Step(step.step))
            assert state is not None, f"{step} of a ticket that is {states[step.ticket]}"
            states[step.ticket] = state
    assert states == {ticket: state for ticket, state in day.known.tickets.items() if state != "void"}


def test_each_windows_answers_count_up_and_end_as_it_is_known(
    day: BusyDay, journals: dict[str, list[contract.Fact]]
) -> None:
    versions: Counter[int] = Counter()
    last: dict[int, tuple[str, str]] = {}
    for answer in answers(journals):
        window = answer.window
        assert window is not None
        versions[window.window] += 1
        assert window.version == versions[window.window]
        assert (window.held is not None) == (window.phase in ("called", "serving"))
        last[window.window] = window.phase, window.held.ticket if window.held else ""
    assert last == day.known.windows
    assert last.keys() == {counter.window for counter in FULL_COUNTERS}


def test_nobody_is_called_twice_and_somebody_still_waits(day: BusyDay) -> None:
    called = [ticket for ticket, _, _ in day.known.calls.values()]
    assert len(called) == len(set(called))
    waiting = [ticket for ticket, state in day.known.tickets.items() if state == "waiting"]
    assert len(waiting) == day.known.waiting.total() > 0
    assert len(day.known.tickets) == TICKETS


def test_numbers_name_one_ticket(journals: dict[str, list[contract.Fact]]) -> None:
    numbers = [fact.data["number"] for facts in journals.values() for fact in facts if fact.kind == "issued"]
    assert len(set(numbers)) == len(numbers) == TICKETS


def test_a_hall_that_knows_otherwise_is_told_from_one_that_knows_the_same(day: BusyDay) -> None:
    other = busy_day(TICKETS).known
    assert differences(day.known, day.known) == 0
    assert differences(day.known, other) > 0  # other journals: no ticket has the same name
