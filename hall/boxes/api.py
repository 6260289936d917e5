"""GET /maintenance: all boxes as they stand, for a technician's terminal and the hall's own command line."""

from __future__ import annotations

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import Response

from hall import openapi
from hall.boxes.lookout import Lookout
from hall.device_api import encode
from hall.hall import Hall
from hall.identity import NOBODY, Peer
from hall.store.reader import Reader

MAINTAINERS = frozenset({"technician", "hall"})
"""Roles of certificates that may look at all boxes, and ask things of them."""


def may_maintain(request: Request) -> None:
    """Raises HTTPException for everybody else."""
    peer: Peer = getattr(request.state, "peer", NOBODY)
    if peer.role not in MAINTAINERS:
        raise HTTPException(403 if peer.role else 401, "show a technician's or the hall's own certificate")


def boxes_api(app: FastAPI, hall: Hall, read: Reader) -> None:
    """Add it."""
    lookout = Lookout(hall, read)

    @app.get("/maintenance", dependencies=[Depends(may_maintain)], openapi_extra=openapi.answers("Boxes"))
    async def boxes() -> Response:
        """All enrolled boxes, first whoever needs a person most."""
        return Response(encode(await lookout.boxes()), media_type="application/json")
