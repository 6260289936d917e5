"""Builds a box from its settings. The composition root: the only place that knows every part by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.routing import Route
from starlette.types import ASGIApp

from config.box import BoxSettings
from config.loader import Loaded
from device.api.app import make_app
from device.api.cards import CardCalls
from device.api.checkups import CheckupCalls
from device.api.stream import Streams
from device.api.window import WindowCalls
from device.cell import Cell
from device.clock import Clock
from device.flows.caller_keys import CallerDesk
from device.flows.island import Island
from device.flows.own_facts import Admissions
from device.flows.patience import until_written
from device.flows.rate import RatingDesk
from device.flows.read_card import READERS, CardDesk
from device.flows.serve import WindowDesk
from device.flows.show_call import DisplayKeeper
from device.flows.sign_in import Door
from device.flows.voices import announcers, can_speak
from device.hardware import Hardware
from device.health import Health
from device.journal import Data, Journal
from device.known_clerks import KnownClerks
from device.mark import machine_id
from device.printers import Printers
from device.sessions import Sessions
from device.supervise import Tasks
from device.supplies import Supplies
from device.sync.calls import make_client
from device.sync.commands import Commands
from device.sync.desired import Desired
from device.sync.downlink import Downlink
from device.sync.link import Link
from device.sync.reserve import Reserver
from device.sync.uplink import Uplink
from device.sync.zone import Zone
from device.watch import Watch

Work = Callable[[], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class BoxParts:
    """A whole box, built and not yet running."""

    app: ASGIApp
    journal: Journal
    link: Link
    close: Work
    """Let go of the hall; the journal is closed after it."""
    streams: Streams
    long_lived: dict[str, Work]
    """Each to run for as long as the box lives, by name."""
    before: list[Work]
    """To run once before the long-lived ones."""
    readiness: list[Callable[[], bool]]
    """The box is ready when there is one and all hold."""


class Builder:
    """Puts one box together. Needs a running loop: the journal starts its writer."""

    def __init__(self, loaded: Loaded[BoxSettings], hardware: Hardware, tasks: Tasks) -> None:
        values = loaded.values
        self._loaded = loaded
        self._hardware = hardware
        self._tasks = tasks
        self._mode = values.box.mode
        data = loaded.beside(values.box.data)
        data.mkdir(parents=True, exist_ok=True)
        self.clock = Clock()
        self.journal = Journal.open(
            data / "journal.db",
            values.box.name,
            self.clock,
            values.box.mode,
            mark=loaded.beside(values.box.mark) if values.box.mark else data.with_name(f"{data.name}.mark"),
            machine=machine_id(),
        )
        hall = values.hall
        client = make_client(hall.url, loaded.beside(hall.ca), loaded.beside(hall.certificate), loaded.beside(hall.key))
        self._client = client
        self.desired = Desired(self.journal)
        self.link = Link(client, self.journal, self.clock, self.desired)
        self.commands = Commands(self.link, self.journal, self.desired, self.clock)
        self.health = Health(self.journal, self.link, self.desired, hardware.cells)
        self.streams = Streams()
        self.hall_watch = Watch()
        self.link.watch.feeds(self.hall_watch)
        self.desired.watch.feeds(self.hall_watch)
        self.journal.stopping.feeds(self.hall_watch)
        self._long_lived: dict[str, Work] = {}
        self._before: list[Work] = []
        self._readiness: list[Callable[[], bool]] = []

    def build(self) -> BoxParts:
        """All parts of the box."""
        values = self._loaded.values
        for bus in self._hardware.buses.values():
            self._long_lived[f"line {bus.name}"] = bus.run
        for number, monitor in enumerate(self._hardware.monitors, 1):
            self._long_lived[f"line monitor {number}"] = monitor.run
        for cell in self._hardware.cells:
            self._long_lived[f"device {cell.name}"] = cell.run
            self._long_lived[f"state of {cell.name}"] = partial(self._report, cell)
        self._long_lived |= {
            "link": self.link.run,
            "uplink": Uplink(self.link, self.journal, self.clock).run,
            "downlink": Downlink(self.link, self.desired).run,
            "commands": self.commands.run,
        }
        supplies = Supplies(self.journal, self._hardware.cells)
        for name in supplies.names:
            self._long_lived[f"paper of {name}"] = partial(supplies.keep, name)
        checkups = CheckupCalls(self._hardware.cells, self.desired)
        calls = [*self._kiosk_calls(), *self._window_calls(), *supplies.routes(), *checkups.routes()]
        app = make_app(
            calls,
            self.health,
            self._is_ready,
            has_kiosk=values.kiosk is not None,
            windows=[window.number for window in values.window],
            mode=self._mode,
            port=values.box.port,
            frame_ancestors=values.box.frame_ancestors,
        )
        return BoxParts(
            app,
            self.journal,
            self.link,
            self._client.aclose,
            self.streams,
            self._long_lived,
            self._before,
            self._readiness,
        )

    def _is_ready(self) -> bool:
        return bool(self._readiness) and all(ready() for ready in self._readiness)

    async def _report(self, cell: Cell[Any]) -> None:
        """Journal each change of a device's state: cover opened, paper low, link lost."""
        with cell.watch.watching() as changed:
            while True:
                await changed.wait()
                changed.clear()
                keywords = ",".join(sorted(cell.state.keywords()))
                data: Data = {"name": cell.name, "phase": str(cell.state.phase), "reasons": keywords}
                await until_written(partial(self.journal.record, "device", data))

    def _kiosk_calls(self) -> list[Route]:
        settings = self._loaded.values.kiosk
        cells = self._hardware.all_of("ticket_printer")
        if settings is None or not cells:
            return []
        from device.api.kiosk import KioskCalls  # here: a counter's box needs no cryptography, 8 MB of it
        from device.flows.take_ticket import Kiosk
        from device.slip import SlipMaker

        slips = SlipMaker(self._mode, self._loaded.beside(settings.signing_key))
        self.link.slip_key = slips.public_key
        printers = Printers(cells)
        kiosk = Kiosk(self.journal, self.clock, self.link, self.desired, Reserver(self.link), printers, slips)
        self.hall_watch.feeds(kiosk.watch)
        for cell in cells:
            cell.watch.feeds(kiosk.watch)
        self._before.append(kiosk.settle_the_past)
        self._long_lived["kiosk"] = kiosk.run
        calls = KioskCalls(kiosk, self.link, self.desired, printers, self.streams, self._mode, settings.idle_seconds)
        return calls.routes()

    def _window_calls(self) -> list[Route]:
        admissions = Admissions(self.journal)
        desks = {window.number: self._desk(window.number, admissions) for window in self._loaded.values.window}
        self._announce(desks)
        if not desks:
            return []
        door = Door(Sessions(self.journal), KnownClerks(self.journal, self.clock), self._mode)
        cards = {number: self._card_desk(desk) for number, desk in desks.items() if self._card_readers(number)}
        calls = WindowCalls(desks, self.link, self.desired, self.health, door, self.streams, self._mode, cards)
        settings = self._loaded.values.cards
        card_calls = CardCalls(desks, cards, self.link, self.desired, door.sessions, self.streams, settings)
        return [*calls.routes(), *(card_calls.routes() if cards else [])]

    def _card_readers(self, number: int) -> dict[str, Cell[Any]]:
        """By family."""
        found = {family: self._hardware.serving(family, number) for family in READERS}
        return {family: cell for family, cell in found.items() if cell is not None}

    def _card_desk(self, desk: WindowDesk) -> CardDesk:
        readers = self._card_readers(desk.number)
        for cell in readers.values():
            cell.watch.feeds(desk.watch)
        keep = self._loaded.values.cards.keep_seconds
        cards = CardDesk(desk.number, readers, self.journal, self._tasks, lambda: desk.state, desk.watch, keep)
        self._long_lived[f"cards of window {desk.number}"] = cards.run
        return cards

    def _announce(self, desks: dict[int, WindowDesk]) -> None:
        """Let the speakers of this box call for its windows and its zone."""
        cells = self._hardware.cells
        zone = Zone(self.link, self.desired, self.clock, partial(can_speak, cells))
        for cell, announcer in announcers(cells, desks, zone, self.journal):
            self._long_lived |= {"zone": zone.run, f"calls of {cell.name}": announcer.run}

    def _desk(self, number: int, admissions: Admissions) -> WindowDesk:
        watch = Watch()
        self.hall_watch.feeds(watch)
        for cell in self._hardware.cells:
            if cell.window == number:
                cell.watch.feeds(watch)
        display = self._hardware.of("window_display", number)
        keeper = DisplayKeeper(display) if display else None
        pad = self._hardware.of("rating_keypad", number)
        rating = RatingDesk(number, self.journal, self.clock, watch, pad)
        caller = self._hardware.of("caller", number)
        island = Island(number, self.journal, self.clock, self.link, self.desired, admissions)
        desk = WindowDesk(
            number,
            self.journal,
            self.link,
            self.desired,
            self.commands,
            self._tasks,
            watch,
            rating,
            keeper,
            caller,
            island,
        )
        self._long_lived[f"window {number}"] = desk.run
        self._long_lived[f"window {number} alone"] = island.run
        self._long_lived[f"rating {number}"] = rating.run
        if keeper is not None:
            self._long_lived[f"display of window {number}"] = keeper.run
        if caller is not None:
            self._long_lived[f"caller of window {number}"] = CallerDesk(desk, caller, self._mode).run
        return desk
