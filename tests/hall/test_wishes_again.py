"""What holders asked of their tickets, in a hall that is put together again from what its boxes tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hall.contract import AWAY_MS, CallNext, Miss
from hall.wishes import Returning
from tests.hall.past import Town

TICKETS = "SELECT id, state, service, by_screen, stepped, away_until_ms > 0 FROM ticket ORDER BY id"


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    yield town
    town.close()


def everything(town: Town) -> tuple[list[Any], dict[int, Any]]:
    windows = {number: town.hall.window(number) for number in (1, 2, 3)}
    return town.hall.rows(TICKETS), {number: (window.phase, window.held) for number, window in windows.items()}


def test_a_hall_rebuilt_from_its_boxes_shows_the_same(town: Town) -> None:
    kiosk, other = town.boxes["kiosk-1"], town.boxes["kiosk-2"]
    missed, screens = kiosk.take("11"), kiosk.take("11")
    away, back, given, moved = (other.take("91") for _ in range(4))
    kiosk.tell("by-screen", ticket=screens)
    town.press(CallNext, 1)
    town.press(Miss, 1)
    town.press(CallNext, 1)
    town.pass_ms(1000)
    for kind, ticket in (
        ("stepped-away", away),
        ("stepped-away", back),
        ("stepped-back", back),
        ("given-back", given),
        ("given-back", missed),
        ("transferred", moved),
    ):
        other.tell(kind, ticket=ticket, minutes=15, service="21", by="G01")
    before = everything(town)
    assert {state for _, state, *_ in before[0]} == {"called", "away", "waiting", "void", "redirected"}
    town.rebuild()
    town.recover()
    assert everything(town) == before
    assert town.hall.conflicts() == []


def test_whose_time_was_over_in_the_meantime_waits_again(town: Town) -> None:
    kiosk = town.boxes["kiosk-1"]
    ticket = kiosk.take("11")
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    town.pass_ms(AWAY_MS)
    town.rebuild()
    town.recover()
    town.hall.write(Returning(town.hall.clock))
    assert town.hall.ticket(ticket).state == "waiting"
    assert town.hall.ticket(ticket).stepped


def test_who_asked_for_the_screens_while_the_lost_hall_called_is_not_missed_by_the_next(town: Town) -> None:
    kiosk = town.boxes["kiosk-1"]
    ticket = kiosk.take("11")
    kiosk.fact("by-screen", ticket=ticket)
    town.pass_ms(1000)
    town.press(CallNext, 1)
    town.pass_ms(1000)
    kiosk.fact("device", name="printer", phase="idle", reasons="")
    town.rebuild()
    town.recover()
    held = town.hall.window(1).held
    assert held is not None
    assert held.by_screen is True
    assert town.hall.press(Miss, 1).reason == "guide-first"


def test_who_was_missed_and_then_gave_the_number_back_stays_out(town: Town) -> None:
    kiosk = town.boxes["kiosk-1"]
    ticket = kiosk.take("11")
    town.press(CallNext, 1)
    town.press(Miss, 1)
    town.pass_ms(1000)
    kiosk.tell("given-back", ticket=ticket)
    town.rebuild()
    town.recover(*sorted(town.boxes, reverse=True))
    assert town.hall.ticket(ticket).state == "void"
    assert town.hall.conflicts() == []


def test_who_was_missed_let_in_again_and_then_stepped_away_is_away(town: Town) -> None:
    kiosk = town.boxes["kiosk-1"]
    ticket = kiosk.take("11")
    town.press(CallNext, 1)
    town.press(Miss, 1)
    town.pass_ms(1000)
    kiosk.tell("readmitted", ticket=ticket, by="G01")
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    town.rebuild()
    town.recover()
    assert town.hall.ticket(ticket).state == "away"
    assert town.hall.conflicts() == []
