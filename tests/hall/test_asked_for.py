"""The window knows what the holder touched at the kiosk, so that the clerk need not ask and pick."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from hall.contract import Finish, Park, Redirect, TakeBack, Undo
from tests.hall.scene import Box, Scene


def take(kiosk: Box, **asked: str) -> str:
    """A printed ticket, asked for so."""
    ticket = kiosk.tell("requested", service="11", touch="t", **asked)
    given = kiosk.reserve(ticket, "11")
    kiosk.tell("issued", ticket=ticket, service="11", number=given.digits, source="hall", date=given.date)
    kiosk.tell("printed", ticket=ticket, evidence="gs-h")
    return ticket


def item(scene: Scene, window: int = 1) -> str | UnsetType:
    held = scene.window(window).held
    assert held is not None
    return held.item


def test_a_ticket_taken_for_an_item_is_called_with_it(scene: Scene, kiosk: Box) -> None:
    take(kiosk, item="join")
    scene.call_next()
    assert item(scene) == "join"


def test_a_ticket_taken_for_the_service_has_none(scene: Scene, kiosk: Box) -> None:
    take(kiosk)
    scene.call_next()
    assert item(scene) is UNSET


def test_it_stays_with_the_ticket_through_park_undo_and_another_window(scene: Scene, kiosk: Box) -> None:
    ticket = take(kiosk, item="join")
    scene.call_next()
    scene.press(Park)
    scene.press(TakeBack, ticket=ticket)
    assert item(scene) == "join"
    scene.press(Finish)
    scene.press(Undo)
    assert item(scene) == "join"
    scene.press(Redirect, service="41")
    scene.call_next(3)
    assert item(scene, 3) == "join"


def test_a_fact_with_something_else_there_is_not_refused(scene: Scene, kiosk: Box) -> None:
    for odd in ("", 7, True, None):
        ticket = kiosk.tell("requested", service="11", touch="t", item=odd)
        given = kiosk.reserve(ticket, "11")
        kiosk.tell("issued", ticket=ticket, service="11", number=given.digits, source="hall", date=given.date)
        kiosk.tell("printed", ticket=ticket, evidence="gs-h")
        scene.call_next()
        assert item(scene) is UNSET
    assert scene.conflicts() == []
