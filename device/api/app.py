"""The box's HTTP: pages, static files, the calls of kiosk and windows, readiness and health."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from config.pages import languages_css, screens
from config.wording.packs import Pack
from device.api.answers import answer, unreadable
from device.api.guard import LoopbackGuard
from device.health import Health


def make_app(
    routes: list[Route],
    health: Health,
    is_ready: Callable[[], bool],
    *,
    port: int,
    frame_ancestors: list[str],
    packs: Sequence[Pack] = (),
) -> ASGIApp:
    """Everything the box serves on 127.0.0.1:``port``: the pages and calls of its roles, and what every box has."""

    async def languages(_: Request) -> Response:
        return Response(languages_css(packs), media_type="text/css")

    async def ready(_: Request) -> Response:
        return answer({"ready": is_ready()}, 200 if is_ready() else 503)

    async def whole(_: Request) -> Response:
        return answer(health.report())

    common = [
        Route("/languages.css", languages),
        Route("/ready", ready),
        Route("/health", whole),
        Mount("/static", StaticFiles(directory=screens() / "static")),
    ]
    app = Starlette(
        routes=[*routes, *common],
        exception_handlers={msgspec.ValidationError: unreadable, msgspec.DecodeError: unreadable},
    )
    app.state.packs = packs
    return LoopbackGuard(app, port, frame_ancestors)
