"""A kiosk begins a new journal: what was on its way in the one before is doubtful, and nobody is forgotten."""

from __future__ import annotations

from hall.ticket import TicketState
from tests.hall.scene import Box, Scene

AFTER = "aa00aa00aa00aa00"


def replaced(scene: Scene, kiosk: Box) -> Box:
    """The same kiosk with a new journal."""
    after = scene.box(kiosk.name, AFTER)
    after.tell("opened", reason="lost", former=kiosk.journal)
    return after


def test_a_number_whose_outcome_was_lost_with_its_journal_can_be_called(scene: Scene, kiosk: Box) -> None:
    ticket, _ = kiosk.issue()
    replaced(scene, kiosk)
    assert (scene.ticket(ticket).state, scene.ticket(ticket).paper) == (TicketState.WAITING, "doubtful")
    held = scene.call_next().window
    assert held is not None
    assert held.held is not None
    assert held.held.ticket == ticket
    assert scene.conflicts() == []


def test_so_can_a_number_that_was_only_reserved_for_it(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="11", touch="t")
    kiosk.reserve(ticket, "11")
    replaced(scene, kiosk)
    assert (scene.ticket(ticket).state, scene.waiting["11"]) == (TicketState.WAITING, 1)


def test_what_is_known_of_a_ticket_stays_as_it_was(scene: Scene, kiosk: Box) -> None:
    printed = kiosk.take()
    void, _ = kiosk.issue()
    kiosk.tell("voided", ticket=void, reason="media-empty")
    replaced(scene, kiosk)
    assert (scene.ticket(printed).state, scene.ticket(printed).paper) == (TicketState.WAITING, "printed")
    assert scene.ticket(void).state == TicketState.VOID


def test_tickets_of_other_kiosks_and_journals_are_none_of_it(scene: Scene, kiosk: Box) -> None:
    other, _ = scene.box("kiosk-10").issue()
    later, _ = scene.box(kiosk.name, f"{kiosk.journal[:-1]}0").issue()
    replaced(scene, kiosk)
    assert {scene.ticket(other).state, scene.ticket(later).state} == {TicketState.ISSUED}


def test_the_new_journal_may_still_say_that_it_is_void(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.tell("requested", service="11", touch="t")
    kiosk.reserve(ticket, "11")
    replaced(scene, kiosk).tell("voided", ticket=ticket, reason="journal-replaced")
    assert (scene.ticket(ticket).state, scene.waiting["11"]) == (TicketState.VOID, 0)
    assert scene.conflicts() == []


def test_or_doubt_it_too(scene: Scene, kiosk: Box) -> None:
    ticket, _ = kiosk.issue()
    replaced(scene, kiosk).tell("doubtful", ticket=ticket, evidence="journal-replaced")
    assert scene.ticket(ticket).paper == "doubtful"
    assert scene.conflicts() == []
