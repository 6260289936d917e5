"""What a technician is told of a box's settings when they are not those that were written."""

from __future__ import annotations

from collections.abc import Sequence

from config.problem import Problem
from config.wording import both
from hall.contract.maintenance import Advice, Texts

ROOM = "settings"
NOTHING: Texts = {"zh-CN": "", "en": ""}


def settings_advice(refused: Sequence[Problem], *, waits: bool = False) -> list[Advice]:
    """``refused``: what is wrong with the settings as written; ``waits``: the hall's new ones hold from the next start.

    Worst first; nothing for a box that runs on what is written.
    """
    advice: list[Advice] = []
    if refused:
        first = refused[0]
        why = f"{first.file.name}:{first.line} {first.what} → {first.remedy}"
        advice.append(
            Advice(
                device="",
                fault="settings-refused",
                severity="error",
                what=both(ROOM, "settings-refused"),
                mend=both(ROOM, "settings-refused-mend", why=why),
                until=both(ROOM, "settings-refused-until"),
            )
        )
    if waits:
        what, mend = both(ROOM, "settings-wait"), both(ROOM, "settings-wait-mend")
        advice.append(Advice(device="", fault="settings-wait", severity="report", what=what, mend=mend, until=NOTHING))
    return advice
