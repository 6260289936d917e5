"""The guide's page on the hall's own HTTPS: the page, its files, sign-in, what it is told, and a guide's deeds."""

from __future__ import annotations

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from config.pages import render, screens
from hall.boxes.page import BoxesPage
from hall.guides.answers import TooLong, answer, refuse
from hall.guides.board import Board
from hall.guides.calls import GuideCalls
from hall.guides.door import GuideDoor
from hall.guides.enrolment import EnrolmentPage
from hall.guides.guard import OwnPagesOnly
from hall.guides.stream import Told
from hall.hall import Hall
from hall.store.reader import Reader
from hall.store.writer import StoreFailed

FRONT = "/static/style.css"
"""Of the hall's own front page, which stands beside."""


def serves(path: str) -> bool:
    """Whether this path is the guide's, or one of the staff's pages beside it: the list of boxes, their enrolment."""
    own = path in ("/guide", "/boxes", "/enrolment")
    within = path.startswith(("/guide/", "/boxes/", "/enrolment/", "/static/"))
    return (own or within) and path != FRONT


def guide_app(hall: Hall, reader: Reader) -> ASGIApp:
    """Everything a guide's tablet asks for."""
    door, board = GuideDoor(hall), Board(hall, reader)
    calls = GuideCalls(hall, door)

    async def page(_: Request) -> Response:
        return HTMLResponse(render("guide", mode=hall.settings.hall.mode))

    async def state(request: Request) -> Response:
        guide = door.guide(request)
        return Told(hall, board) if guide is not None else refuse(401, "signed-out")

    app = Starlette(
        routes=[
            Route("/guide", page),
            Route("/guide/state", state),
            *door.routes(),
            *calls.routes(),
            *BoxesPage(hall, reader, door).routes(),
            *EnrolmentPage(hall, door).routes(),
            Mount("/static", StaticFiles(directory=screens() / "static")),
        ],
        exception_handlers={
            msgspec.ValidationError: _unreadable,
            msgspec.DecodeError: _unreadable,
            TooLong: _too_long,
            StoreFailed: _store_failed,
        },
    )
    return OwnPagesOnly(app)


async def _unreadable(_: Request, error: Exception) -> Response:
    return answer({"error": "invalid", "detail": str(error)}, 400)


async def _too_long(_: Request, _error: Exception) -> Response:
    return answer({"error": "too-long"}, 413)


async def _store_failed(_: Request, _error: Exception) -> Response:
    return refuse(503, "store-failed")
