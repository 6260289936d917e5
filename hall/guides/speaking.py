"""What a guide tells everybody: notices on the boards, and the alarm. The page asks twice before an alarm."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import structlog

from config.hall import GuideEntry
from hall.contract import Said
from hall.deeds import DeedRefused
from hall.hall import Hall
from hall.notices import TooMany

log = structlog.get_logger("hall.guides")

Line = Annotated[str, msgspec.Meta(max_length=200)]


class Speak(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is put up, or taken down.

    ``notice``: a sentence, ``zh`` at least; ``evacuate``, ``exercise``: the alarm, with what the hall adds to it;
    ``down``: the notice of this ``id`` comes down; ``over``: the alarm is over.
    """

    what: Literal["notice", "down", "evacuate", "exercise", "over"]
    zh: Line = ""
    en: Line = ""
    id: Line = ""


async def speak(hall: Hall, guide: GuideEntry, told: Speak) -> None:
    """Do it. Raises DeedRefused, StoreFailed; an alarm is told even when it cannot be stored."""
    log.info("guide speaks to everybody", what=told.what, staff_no=guide.staff_no)
    said = Said(zh=told.zh.strip(), en=told.en.strip())
    if told.what == "notice":
        await _put_up(hall, said)
    elif told.what == "down":
        await hall.notices.take_down(told.id)
    elif told.what == "over":
        await hall.notices.over()
    else:
        await hall.notices.alarm(told.what, said)


async def _put_up(hall: Hall, said: Said) -> None:
    if not said.zh:
        raise DeedRefused("nothing-said")
    try:
        await hall.notices.put_up(said)
    except TooMany:
        raise DeedRefused("too-many-notices") from None
