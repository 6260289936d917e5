"""The door of the second listener: without a key the pairing page alone, with one that window alone."""

from __future__ import annotations

import asyncio
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.pages import render, security_headers
from device.journal import JournalStopped
from device.pairing.keys import Keys

COOKIE = "__Host-yichuang-window"
YEAR_S = 365 * 24 * 3600
PAIR = "/pair"
BODY_BYTES = 1024


class Gate:
    """``address``: as browsers name it, HOST:PORT. ``app``: the box's own, which answers as 127.0.0.1:``port``."""

    def __init__(self, app: ASGIApp, keys: Keys, address: str, port: int, mode: str) -> None:
        self._app, self._keys, self._mode = app, keys, mode
        host = address.removesuffix(":443")
        self._host, self._origin = host.encode(), b"https://" + host.encode()
        self._inner = (b"host", f"127.0.0.1:{port}".encode())
        self._open: dict[asyncio.Timeout, int] = {}
        keys.undone.append(self._end)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, pass on to the box, or refuse."""
        request = Request(scope, receive)
        headers = dict(scope["headers"])
        path, reads = scope["path"], scope["method"] in ("GET", "HEAD")
        window = self._keys.window(_key(request))
        if headers.get(b"host") != self._host:
            answer: Response = PlainTextResponse("this box answers as its named address only", 421)
        elif not reads and headers.get(b"origin") != self._origin:
            answer = PlainTextResponse("only this box's own pages may press", 403)
        elif (reads and _shared(path)) or (window is not None and _of(path, window)):
            await self._pass_on(scope, receive, send, window or 0)
            return
        elif path == PAIR and not reads:
            answer = await self._pair(request)
        elif window is None:
            answer = self._page("", 401) if reads else PlainTextResponse("this PC is not paired", 401)
        elif path == "/" and reads:
            answer = RedirectResponse(f"/window/{window}", 303)
        else:
            answer = PlainTextResponse("this PC is paired with another window, or there is no such page", 403)
        for name, value in security_headers():
            answer.headers.setdefault(name.decode(), value.decode())
        await answer(scope, receive, send)

    async def _pair(self, request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > BODY_BYTES:
                return PlainTextResponse("too long", 413)
        typed = parse_qs(body.decode("ascii", "replace")).get("code", [""])[0]
        try:
            taken = await self._keys.take(typed)
        except JournalStopped:
            return self._page("stopped", 503)
        if taken is None:
            return self._page("wrong", 403)
        window, key = taken
        answer = RedirectResponse(f"/window/{window}", 303)
        answer.set_cookie(COOKIE, key, max_age=YEAR_S, path="/", secure=True, httponly=True, samesite="strict")
        return answer

    def _page(self, said: str, status: int) -> Response:
        page = HTMLResponse(render("pairing", mode=self._mode, said=said), status)
        page.headers["referrer-policy"] = "same-origin"  # with no-referrer its form would post with Origin: null
        return page

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, window: int) -> None:
        kept = [(name, value) for name, value in scope["headers"] if name not in (b"host", b"origin", b"cookie")]
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        inner = {**scope, "scheme": "http", "headers": [self._inner, *kept]}
        try:
            async with asyncio.timeout(None) as limit:
                if scope["method"] == "GET":  # a press under way is a fact: it is carried to its end
                    self._open[limit] = window
                await self._app(inner, receive, note)
        except TimeoutError:
            if not begun:
                raise
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._open.pop(limit, None)

    def _end(self, window: int) -> None:
        for limit, of in list(self._open.items()):
            if of == window:
                limit.reschedule(asyncio.get_running_loop().time())


def _key(request: Request) -> str:
    try:
        morsel = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _shared(path: str) -> bool:
    return path.startswith("/static/") or path == "/languages.css"


def _of(path: str, window: int) -> bool:
    own = f"/window/{window}"
    return path == own or (path.startswith(own + "/") and not path.endswith("/"))
