"""A counter: its windows, each with display, caller, keypad, clerk's page, card readers."""

from __future__ import annotations

from typing import Any

from device.api.cards import CardCalls
from device.api.page import window_page
from device.api.window import WindowCalls
from device.cell import Cell
from device.flows.alarm_on_displays import AlarmOnDisplays
from device.flows.caller_keys import CallerDesk
from device.flows.island import Island
from device.flows.own_facts import Admissions
from device.flows.rate import RatingDesk
from device.flows.read_card import READERS, CardDesk
from device.flows.serve import WindowDesk
from device.flows.show_call import DisplayKeeper
from device.flows.sign_in import Door
from device.known_clerks import KnownClerks
from device.roles.box import Box, Role
from device.roles.customer import customer_screens
from device.sessions import Sessions
from device.watch import Watch


class Counter:
    """The windows of a box. ``desks`` by number."""

    def __init__(self, box: Box) -> None:
        self.role = Role()
        self._box = box
        self._displays: list[DisplayKeeper] = []
        admissions = Admissions(box.journal)
        windows = [window.number for window in box.loaded.values.window]
        self.desks = {number: self._desk(number, admissions) for number in windows}
        if self.desks:
            self.role.routes.append(window_page("/window/{n:int}", "window", box.mode, windows))
            self.role.routes += self._calls()
            self.role.long_lived["alarm on displays"] = AlarmOnDisplays(box.desired, self._displays).run

    def _calls(self) -> list[Any]:
        box, desks = self._box, self.desks
        door = Door(Sessions(box.journal), KnownClerks(box.journal, box.clock), box.mode)
        cards = {number: self._card_desk(desk) for number, desk in desks.items() if self._card_readers(number)}
        screens, customers = customer_screens(box, desks, door.sessions)
        self.role.long_lived |= screens.long_lived
        calls = WindowCalls(desks, box.link, box.desired, box.health, door, box.streams, box.mode, cards, customers)
        settings = box.loaded.values.cards
        card_calls = CardCalls(desks, cards, box.link, box.desired, door.sessions, box.streams, settings)
        return [*calls.routes(), *screens.routes, *(card_calls.routes() if cards else [])]

    def _card_readers(self, number: int) -> dict[str, Cell[Any]]:
        """By family."""
        found = {family: self._box.hardware.serving(family, number) for family in READERS}
        return {family: cell for family, cell in found.items() if cell is not None}

    def _card_desk(self, desk: WindowDesk) -> CardDesk:
        readers = self._card_readers(desk.number)
        for cell in readers.values():
            cell.watch.feeds(desk.watch)
        box = self._box
        keep = box.loaded.values.cards.keep_seconds
        cards = CardDesk(desk.number, readers, box.journal, box.tasks, lambda: desk.state, desk.watch, keep)
        self.role.long_lived[f"cards of window {desk.number}"] = cards.run
        return cards

    def _desk(self, number: int, admissions: Admissions) -> WindowDesk:
        box = self._box
        watch = Watch()
        box.watch.feeds(watch)
        for cell in box.hardware.cells:
            if cell.window == number:
                cell.watch.feeds(watch)
        display = box.hardware.of("window_display", number)
        keeper = DisplayKeeper(display) if display else None
        rating = RatingDesk(number, box.journal, box.clock, watch, box.hardware.of("rating_keypad", number))
        caller = box.hardware.of("caller", number)
        island = Island(number, box.journal, box.clock, box.link, box.desired, admissions)
        desk = WindowDesk(
            number,
            box.journal,
            box.link,
            box.desired,
            box.commands,
            box.tasks,
            watch,
            rating,
            keeper,
            caller,
            island,
            box.loaded.values.missed,
        )
        lasting = self.role.long_lived
        lasting[f"window {number}"] = desk.run
        lasting[f"window {number} alone"] = island.run
        lasting[f"rating {number}"] = rating.run
        if keeper is not None:
            lasting[f"display of window {number}"] = keeper.run
            self._displays.append(keeper)
        if caller is not None:
            lasting[f"caller of window {number}"] = CallerDesk(desk, caller, box.mode).run
        return desk
