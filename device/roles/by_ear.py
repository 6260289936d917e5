"""Blind mode: a kiosk used by five keys and a headphone; off where no headphone is named, or there are no keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from device.roles.box import Box, Role

if TYPE_CHECKING:
    from device.flows.take_ticket import Kiosk

log = structlog.get_logger()


def by_ear(box: Box, kiosk: Kiosk, role: Role) -> None:
    """Add it to the kiosk's role."""
    settings = box.loaded.values.kiosk
    if settings is None or not settings.headphone:
        return
    keypads = box.hardware.all_of("access_keypad")
    if not keypads:
        log.warning("no blind mode", why="no access keypad", headphone=settings.headphone)
        return
    from device.flows.ear_calls import TicketCalls
    from device.flows.ear_desk import EarDesk
    from device.flows.ear_menu import Known
    from device.flows.mouth import Mouth
    from hall.contract import Said

    speaker = next(cell for cell in box.hardware.cells if cell.name == settings.headphone)

    def known() -> Known:
        welcome, news, counts = box.link.welcome, box.desired.news, box.desired.counts
        return Known(
            hall=Said(zh=welcome.hall, en=welcome.hall_en) if welcome else Said(zh=""),
            directory=box.lookup.directory,
            services=welcome.services if welcome else (),
            waits=news.waits if news else {},
            waiting=counts.waiting if counts and box.link.hall == "up" else None,
            popular=news.popular if news else (),
            why_not=kiosk.why_not(),
        )

    calls = TicketCalls(box.link, box.desired, box.lookup)
    desk = EarDesk(kiosk, Mouth(speaker), keypads, known, box.help_desk, box.tasks, calls, settings.slip_at)
    role.long_lived["blind mode"] = desk.run
