"""Only the guide's own page may post: another page's form or script has no say, whatever cookie its browser holds."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.pages import security_headers


class OwnPagesOnly:
    """Refuses what comes from another origin than the hall's own, and adds what every answer to a browser bears."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it. A browser says with each post where its page is from."""
        headers = dict(scope["headers"])
        own = b"https://" + headers.get(b"host", b"")
        if scope["method"] not in ("GET", "HEAD") and headers.get(b"origin") != own:
            await _refuse(self._with_headers(send))
        else:
            await self._app(scope, receive, self._with_headers(send))

    def _with_headers(self, send: Send) -> Send:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        return add


async def _refuse(send: Send) -> None:
    body = b"only the hall's own pages may post"
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
