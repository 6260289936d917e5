"""What a box that has said hello is told of its hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from msgspec import UNSET, UnsetType

from hall.contract import VERSION, Hello, StandingAlarm, Welcome

if TYPE_CHECKING:
    from hall.hall import Hall
    from hall.sessions import Greeted

log = structlog.get_logger("hall")

CLOCK_OFF_MS = 60_000
"""A box whose wall clock is further away is told so (contract.ClockTrust)."""


def welcome(hall: Hall, hello: Hello, greeted: Greeted) -> Welcome:
    """Its hall, its settings there, and from where the hall wants its facts."""
    off_ms = hello.wall_ms - hall.clock.wall_ms()
    if hall.greeted.get(hello.device) != (hello.boot, hello.journal):  # a recovering hall is asked each 2 s
        log.info("hello", device=hello.device, journal=hello.journal, high=greeted.high, clock_off_ms=off_ms)
    hall.greeted[hello.device] = (hello.boot, hello.journal)
    named, box = hall.settings.hall, hall.catalogue.boxes[hello.device]
    return Welcome(
        contract=VERSION,
        hall=named.name,
        hall_en=named.name_en,
        term=hall.term,
        business_date=hall.business_date,
        now_ms=hall.clock.wall_ms(),
        kiosk_digit=box.digit,
        services=list(hall.catalogue.services.values()),
        windows=hall.catalogue.windows_of(hello.device) if box.windows else list(hall.catalogue.windows.values()),
        high=greeted.high,
        digest=greeted.digest,
        band=greeted.band,
        slip_keys=greeted.slip_keys,
        notices=["clock-off"] if abs(off_ms) > CLOCK_OFF_MS else [],
        directory=hall.catalogue.directory.digest,
        progress=UNSET if hall.cases is None else True,
        beside=hall.catalogue.beside(hello.device),
        former=greeted.former or UNSET,
        recovering=hall.recovery is not None,
        alarm=_alarm(hall),
    )


def _alarm(hall: Hall) -> StandingAlarm | UnsetType:
    """What stands. A copy older than the alarm knows nothing of it, and may not take it back."""
    if hall.recovery is not None and hall.news.alarm is None and not hall.notices.alarm_said:
        return UNSET
    return StandingAlarm(version=hall.downlink.version, alarm=hall.news.alarm)
