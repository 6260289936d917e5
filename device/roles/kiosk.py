"""A kiosk: its printers, the flow around them, its page."""

from __future__ import annotations

from device.api.kiosk_care import CareCalls
from device.api.kiosk_home import KioskHome
from device.api.page import page
from device.flows.change_paper import Care
from device.flows.read_aloud import ReadAloud
from device.printers import Printers
from device.roles.box import Box, Role
from device.roles.by_ear import by_ear
from device.sync.reserve import Reserver


def kiosk(box: Box) -> Role:
    """The kiosk's parts; none without ``[kiosk]`` and a ticket printer."""
    settings = box.loaded.values.kiosk
    role = Role()
    if settings is None:
        return role
    role.routes.append(page("/kiosk", "kiosk", box.mode))
    cells = box.hardware.all_of("ticket_printer")
    if not cells:
        return role
    from device.api.kiosk import KioskCalls  # here: a counter's box needs no cryptography, 8 MB of it
    from device.flows.take_ticket import Kiosk
    from device.slip import SlipMaker

    slips = SlipMaker(box.mode, box.loaded.beside(settings.signing_key))
    box.link.slip_key = slips.public_key
    printers = Printers(cells)
    flow = Kiosk(box.journal, box.clock, box.link, box.desired, Reserver(box.link), printers, slips)
    box.watch.feeds(flow.watch)
    for cell in cells:
        cell.watch.feeds(flow.watch)
    care = Care(settings.staff_code, cells)
    care.watch.feeds(flow.watch)
    flow.kept_by = care.why_not
    role.long_lived["maintenance"] = care.run
    role.routes += CareCalls(care, box.streams).routes()
    role.before.append(flow.settle_the_past)
    role.long_lived["kiosk"] = flow.run
    aloud = ReadAloud(next(iter(box.hardware.all_of("speaker")), None))
    role.long_lived["reading aloud"] = aloud.run
    home = KioskHome(settings, box.lookup, box.desired, box.help_desk, aloud)
    idle = settings.idle_seconds
    refused = {"settings_refused": bool(box.loaded.refused)}
    calls = KioskCalls(
        flow, box.link, box.desired, printers, box.streams, box.mode, idle, lambda: home.state() | refused
    )
    role.routes += [*calls.routes(), *home.routes()]
    by_ear(box, flow, role)
    return role
