"""A technician's question whether a device works: ``POST /devices/NAME/check?level=external``."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, sentence
from device.cell import Cell
from device.checkup import Checkup, Level, check_health
from device.sync.desired import Desired

ROOM = "checkup"


class CheckupCalls:
    """Checks of a box's devices, one at a time each. Nothing that can be seen is done at a window that is open."""

    def __init__(self, cells: list[Cell[Any]], desired: Desired) -> None:
        self._cells = {cell.name: cell for cell in cells}
        self._desired = desired
        self._checked: set[str] = set()

    def routes(self) -> list[Route]:
        """For a technician's terminal on this box; no page may ask it."""
        return [Route("/devices/{name}/check", self._check, methods=["POST"])] if self._cells else []

    async def _check(self, request: Request) -> Response:
        if "origin" in request.headers:
            return answer({"error": "not-for-pages"}, 403)
        cell = self._cells.get(request.path_params["name"])
        if cell is None:
            return _refuse("no-such-device", 404, devices=list(self._cells))
        try:
            level = Level(request.query_params.get("level", Level.INTERNAL))
        except ValueError:
            return _refuse("no-such-level", 400, levels=[*Level])
        if cell.name in self._checked:
            return _refuse("being-checked", 409)
        if level is not Level.INTERNAL and self._is_open(cell.window):
            return _refuse("window-open", 409)
        self._checked.add(cell.name)
        try:
            return answer(_told(cell, await check_health(cell, level)))
        finally:
            self._checked.discard(cell.name)

    def _is_open(self, window: int | None) -> bool:
        state = self._desired.windows.get(window) if window is not None else None
        return state is not None and state.phase != "closed"


def _told(cell: Cell[Any], checkup: Checkup) -> dict[str, Any]:
    text = sentence(ROOM, checkup.outcome)
    return {
        "device": cell.name,
        "model": cell.model,
        "level": checkup.level,
        "outcome": checkup.outcome,
        "reasons": checkup.reasons,
        "why": {keyword: sentence("reason", keyword) for keyword in checkup.reasons},
        "fault": checkup.fault,
        "found": dict(checkup.found),
        "text": text,
    }


def _refuse(error: str, status: int, **more: Any) -> Response:
    return answer({"error": error, "text": sentence(ROOM, error), **more}, status)
