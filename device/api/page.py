"""The pages of a box: one template each, with every sentence of its room."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from config.pages import render
from device.api.answers import answer


def page(path: str, name: str, mode: str) -> Route:
    """The page of this template at this path."""

    async def show(request: Request) -> Response:
        return HTMLResponse(render(name, mode=mode, packs=request.app.state.packs))

    return Route(path, show)


def window_page(path: str, name: str, mode: str, windows: list[int]) -> Route:
    """A page that each of these windows has, at ``path`` with the window's number, ``{n:int}``, in it."""

    async def show(request: Request) -> Response:
        number = request.path_params["n"]
        if number not in windows:
            return answer({"error": "no-such-window", "windows": windows}, 404)
        return HTMLResponse(render(name, mode=mode, window=number, packs=request.app.state.packs))

    return Route(path, show)
