"""The box's HTTP: pages, static files, the calls of kiosk and windows, readiness and health."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from config.pages import render, screens
from device.api.answers import answer, unreadable
from device.api.guard import LoopbackGuard
from device.health import Health


def make_app(
    calls: list[Route],
    health: Health,
    is_ready: Callable[[], bool],
    *,
    has_kiosk: bool,
    windows: list[int],
    mode: str,
    port: int,
    frame_ancestors: list[str],
) -> ASGIApp:
    """Everything the box serves on 127.0.0.1:``port``."""

    async def kiosk(_: Request) -> Response:
        return HTMLResponse(render("kiosk", mode=mode))

    async def window(request: Request) -> Response:
        number = request.path_params["n"]
        if number not in windows:
            return answer({"error": "no-such-window", "windows": windows}, 404)
        return HTMLResponse(render("window", mode=mode, window=number))

    async def ready(_: Request) -> Response:
        return answer({"ready": is_ready()}, 200 if is_ready() else 503)

    async def whole(_: Request) -> Response:
        return answer(health.report())

    pages = [Route("/kiosk", kiosk)] if has_kiosk else []
    if windows:
        pages.append(Route("/window/{n:int}", window))
    routes = [
        *pages,
        *calls,
        Route("/ready", ready),
        Route("/health", whole),
        Mount("/static", StaticFiles(directory=screens() / "static")),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={msgspec.ValidationError: unreadable, msgspec.DecodeError: unreadable},
    )
    return LoopbackGuard(app, port, frame_ancestors)
