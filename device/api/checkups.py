"""A question on the box's own port whether a device works: ``POST /devices/NAME/check?level=external``.

For `yichuang check` and for drills: the device is taken for the length of the check (device.maintenance.checks).
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, sentence
from device.cell import Cell
from device.checkup import Checkup, Level
from device.maintenance.checks import ROOM, Checks
from device.maintenance.refusal import Refusal

WHO = "yichuang check"


class CheckupCalls:
    """Checks of a box's devices on loopback."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    def routes(self) -> list[Route]:
        """For a technician's terminal on this box; no page may ask it."""
        return [Route("/devices/{name}/check", self._check, methods=["POST"])]

    async def _check(self, request: Request) -> Response:
        if "origin" in request.headers:
            return answer({"error": "not-for-pages"}, 403)
        try:
            level = Level(request.query_params.get("level", Level.INTERNAL))
        except ValueError:
            return answer({"error": "no-such-level", "text": sentence(ROOM, "no-such-level"), "levels": [*Level]}, 400)
        try:
            cell, checkup = await self._checks.check_now(request.path_params["name"], level, WHO)
        except Refusal as refusal:
            return Response(refusal.body(), refusal.status, media_type="application/json")
        return answer(_told(cell, checkup))


def _told(cell: Cell[Any], checkup: Checkup) -> dict[str, Any]:
    return {
        "device": cell.name,
        "model": cell.model,
        "level": checkup.level,
        "outcome": checkup.outcome,
        "reasons": checkup.reasons,
        "why": {keyword: sentence("reason", keyword) for keyword in checkup.reasons},
        "fault": checkup.fault,
        "found": dict(checkup.found),
        "text": sentence(ROOM, checkup.outcome),
    }
