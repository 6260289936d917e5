"""The public screen of a box: which page its browser shows, on a machine that has what shows it."""

from __future__ import annotations

import shutil

from workshop.setup import programs
from workshop.setup.draft import BoxDraft
from workshop.setup.person import Person
from workshop.setup.places import Places
from workshop.setup.programs import Services
from workshop.setup.stage import Stage

UNIT = "yichuang-browser.service"
NEEDS = ("cage", "chromium")
REMARK = "Written by yichuang setup: the page of this machine's screen."


class Screen:
    """Of one run. A trial in a folder, and simulated devices, leave the machine's screen alone."""

    def __init__(self, places: Places, services: Services, person: Person) -> None:
        self._places = places
        self._services = services
        self._person = person

    def lay(self, draft: BoxDraft, files: Stage) -> None:
        """The unit's file, among the others. Raises OSError."""
        if self._has(draft) and _can_show():
            files.add(self._places.browser, f"# {REMARK}\nPAGE={draft.screen}\n")

    async def show(self, draft: BoxDraft) -> None:
        """The page, or what is lacking; nobody waits for a browser. Raises Failed."""
        if not self._has(draft):
            return
        if _can_show():
            await programs.call("systemctl", "--no-block", "restart", UNIT)
            self._person.tell("screen-shows", page=draft.screen)
        else:
            needs = " ".join(NEEDS)
            self._person.tell("screen-lacks", page=draft.screen, needs=needs, file=self._places.browser, unit=UNIT)

    def _has(self, draft: BoxDraft) -> bool:
        return self._services.systemd and draft.mode == "live" and bool(draft.screen)


def _can_show() -> bool:
    return all(shutil.which(each) for each in NEEDS)
