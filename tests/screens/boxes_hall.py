"""A real hall in its own process, with boxes that come, tell how they are, and go, for the list of boxes to be seen."""

from __future__ import annotations

import http.client
from pathlib import Path

import msgspec

from hall.contract.maintenance import Condition
from tests.hall.boxes_scene import condition
from tests.hall.process import post
from tests.screens.guide_hall import Box, GuidedHall

MORE = """
[[box]]
name = "stranger-1"
board = ["*"]

[[box]]
name = "kiosk-2"
digit = 2

[[box]]
name = "entrance-1"
"""


def with_more_boxes(settings_file: Path) -> Path:
    """These settings, a board among them, and two boxes that nobody has ever switched on."""
    settings_file.write_text(settings_file.read_text(encoding="utf-8") + MORE, encoding="utf-8")
    return settings_file


class ToldBox(Box):
    """A box that listens, and tells how it is."""

    def __init__(self, hall: GuidedHall, name: str) -> None:
        super().__init__(hall, name)
        self._hall = hall
        self._line: http.client.HTTPSConnection | None = None
        self.listen()
        self.is_so(condition())

    def listen(self) -> None:
        """Until it goes away."""
        self._line = self._hall.caller(self.name)
        self._line.request("GET", "/device/downlink")
        assert self._line.getresponse().status == 200

    def is_so(self, told: Condition) -> None:
        """It says so."""
        assert post(self._hall.caller(self.name), "/device/condition", msgspec.to_builtins(told)) == {}

    def go(self) -> None:
        """Switched off."""
        assert self._line is not None
        self._line.close()
