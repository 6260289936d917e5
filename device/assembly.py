"""Builds a box from its settings. The composition root: the only place that knows every part by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.types import ASGIApp

from config.box import BoxSettings, packs_of
from config.loader import Loaded
from device.api.app import make_app
from device.api.checkups import CheckupCalls
from device.api.help import HelpCalls
from device.api.lookup import lookup_route
from device.api.stream import Streams
from device.bundle.make import bundling
from device.cell import Cell
from device.clock import Clock
from device.flows.ask_help import HelpDesk
from device.flows.patience import until_written
from device.hardware import Hardware
from device.health import Health
from device.journal import Data, Journal
from device.journal_place import open_journal
from device.maintenance.bench import Bench
from device.maintenance.role import maintenance, with_hall
from device.pairing.gate import Gate
from device.pairing.keys import Keys
from device.pairing.verb import PairVerb
from device.roles.board import board
from device.roles.box import Box, Role, Work
from device.roles.counter import Counter
from device.roles.devices import lines_and_devices
from device.roles.entrance import entrance
from device.roles.kiosk import kiosk
from device.roles.metrics import metrics
from device.roles.own_ticket import own_ticket
from device.roles.rate_by_ear import rate_by_ear
from device.roles.voice import voice
from device.settings.fits import built
from device.settings.received import Received
from device.settings.told import tell_settings
from device.supervise import Tasks
from device.supplies import Supplies
from device.sync.calls import make_client
from device.sync.commands import Commands
from device.sync.desired import Desired
from device.sync.directory import Lookup
from device.sync.downlink import Downlink
from device.sync.link import Link
from device.sync.renewal import Proof, Renewal
from device.sync.uplink import Uplink
from device.watch import Watch


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
    gate: Gate | None = None
    """What clerks' own PCs reach of it; None for a box without [pairing]."""


class Builder:
    """Puts one box together. Needs a running loop: the journal starts its writer."""

    def __init__(self, loaded: Loaded[BoxSettings], hardware: Hardware, tasks: Tasks) -> None:
        values = loaded.values
        self._readiness: list[Callable[[], bool]] = []
        hall = values.hall
        certificate, key = loaded.beside(hall.certificate), loaded.beside(hall.key)
        self._client = make_client(hall.url, loaded.beside(hall.ca), certificate, key)
        clock = Clock()
        journal = open_journal(loaded, clock)
        desired = Desired(journal)
        link = Link(self._client, journal, clock, desired)
        self._renewal = Renewal(link, clock, Proof(values.box.name, certificate, key), self._client)
        lookup = Lookup(link, journal)
        help_desk = HelpDesk(journal, desired)
        hall_watch = Watch()
        for watch in (link.watch, desired.watch, lookup.watch, help_desk.watch, journal.stopping):
            watch.feeds(hall_watch)
        self._downlink = Downlink(link, desired)
        self._received = Received(loaded, built)
        self._box = Box(
            loaded=loaded,
            hardware=hardware,
            tasks=tasks,
            clock=clock,
            journal=journal,
            desired=desired,
            link=link,
            commands=Commands(link, journal, desired, clock),
            lookup=lookup,
            help_desk=help_desk,
            health=Health(journal, link, desired, hardware.cells, loaded.refused),
            streams=Streams(),
            watch=hall_watch,
        )

    def build(self) -> BoxParts:
        """All parts of the box."""
        box = self._box
        counter = Counter(box)
        supplies = Supplies(box.journal, box.hardware.cells)
        bench = Bench(box.loaded, box.hardware, box.clock, box.journal, box.link, box.desired, self._is_ready)
        pairing = box.loaded.values.pairing
        keys = Keys(box.journal, box.clock.wall_ms) if pairing else None
        maintained = maintenance(
            bench,
            settings=partial(tell_settings, box.loaded),
            bundle=bundling(box.loaded, box.clock),
            new_settings_wait=lambda: self._received.waits,
            pair=PairVerb(keys, [window.number for window in box.loaded.values.window]),
        )
        roles = [
            kiosk(box),
            own_ticket(box),
            counter.role,
            board(box),
            voice(box, counter.desks),
            rate_by_ear(box, counter.desks),
            entrance(box),
            self._devices(),
            self._hall(),
            _papers(supplies),
            metrics(box),
            Role(long_lived={**maintained.long_lived, **with_hall(maintained, bench, box.tasks, self._downlink)}),
        ]
        routes = [route for role in roles for route in role.routes]
        routes += [
            *supplies.routes(),
            *CheckupCalls(maintained.checks).routes(),
            lookup_route(box.lookup),
            *HelpCalls(box.help_desk).routes(),
        ]
        settings = box.loaded.values.box
        app = make_app(
            routes,
            box.health,
            self._is_ready,
            port=settings.port,
            frame_ancestors=settings.frame_ancestors,
            packs=packs_of(box.loaded),
        )
        return BoxParts(
            app,
            box.journal,
            box.link,
            self._client.aclose,
            box.streams,
            {name: work for role in roles for name, work in role.long_lived.items()},
            [once for role in roles for once in role.before],
            self._readiness,
            gate=Gate(app, keys, pairing.address, settings.port, settings.mode) if pairing and keys else None,
        )

    def _is_ready(self) -> bool:
        return bool(self._readiness) and all(ready() for ready in self._readiness)

    def _devices(self) -> Role:
        hardware = self._box.hardware
        role = Role(long_lived=lines_and_devices(hardware))
        for cell in hardware.cells:
            role.long_lived[f"state of {cell.name}"] = partial(self._report, cell)
        return role

    def _hall(self) -> Role:
        box = self._box
        lasting: dict[str, Work] = {
            "link": box.link.run,
            "uplink": Uplink(box.link, box.journal, box.clock).run,
            "downlink": self._downlink.run,
            "commands": box.commands.run,
            "directory": box.lookup.run,
            "help": box.help_desk.run,
            "renewal": self._renewal.run,
        }
        if box.loaded.values.hall.settings_key:
            lasting["settings"] = partial(self._received.run, box.link)
        return Role(long_lived=lasting)

    async def _report(self, cell: Cell[Any]) -> None:
        """Journal each change of a device's state: cover opened, paper low, link lost."""
        with cell.watch.watching() as changed:
            while True:
                await changed.wait()
                changed.clear()
                keywords = ",".join(sorted(cell.state.keywords()))
                data: Data = {
                    "name": cell.name,
                    "family": cell.family,
                    "phase": str(cell.state.phase),
                    "reasons": keywords,
                }
                await until_written(partial(self._box.journal.record, "device", data))


def _papers(supplies: Supplies) -> Role:
    return Role(long_lived={f"paper of {name}": partial(supplies.keep, name) for name in supplies.names})
