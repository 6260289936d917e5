"""The public screen of a box: which page its browser shows, on a machine that has what shows it."""

from __future__ import annotations

import os
import shutil
import sys

from workshop.setup import programs
from workshop.setup.draft import BoxDraft
from workshop.setup.person import Person
from workshop.setup.places import Places
from workshop.setup.programs import Services
from workshop.setup.stage import Stage

UNIT = "yichuang-browser.service"
CONSOLE = "/dev/tty1"
"""Where the unit's browser is shown: whoever sits there loses the terminal to it."""
NEEDS = ("cage", "chromium")
REMARK = "# Written by yichuang setup: the page of this machine's screen."


class Screen:
    """Of one run. A trial in a folder, simulated devices, and a file that somebody wrote by hand are left alone."""

    def __init__(self, places: Places, services: Services, person: Person) -> None:
        self._places = places
        self._services = services
        self._person = person

    def lay(self, draft: BoxDraft, files: Stage) -> None:
        """The unit's file, among the others. Raises OSError."""
        if draft.screen and self._is_ours(draft) and _can_show():
            files.add(self._places.browser, f"{REMARK}\nPAGE={draft.screen}\n")

    async def show(self, draft: BoxDraft, *, well: bool) -> None:
        """The page, or what is lacking; nobody waits for a browser. Raises Failed, OSError.

        Not ``well``: what was told of the devices has to stay readable.
        """
        if not self._is_ours(draft):
            return
        if not draft.screen:
            await self._take_away()
        elif not _can_show():
            self._tell("screen-lacks", draft, needs=" ".join(NEEDS), file=self._places.browser)
        elif well and not _on_console():
            await programs.call("systemctl", "--no-block", "restart", UNIT)
            self._tell("screen-shows", draft)
        else:
            self._tell("screen-next", draft)

    async def _take_away(self) -> None:
        """The page that it had before is no page of this box any more."""
        if self._places.browser.exists():
            self._places.browser.unlink()
            await programs.call("systemctl", "--no-block", "stop", UNIT)

    def _tell(self, key: str, draft: BoxDraft, **fields: object) -> None:
        self._person.tell(key, page=draft.screen, unit=UNIT, **fields)

    def _is_ours(self, draft: BoxDraft) -> bool:
        file = self._places.browser
        by_hand = file.exists() and not file.read_text(encoding="utf-8", errors="replace").startswith(REMARK)
        return self._services.systemd and draft.mode == "live" and not by_hand


def _can_show() -> bool:
    return all(shutil.which(each) for each in NEEDS)


def _on_console() -> bool:
    try:
        return os.ttyname(sys.stdin.fileno()) == CONSOLE
    except (OSError, ValueError, AttributeError):
        return False
