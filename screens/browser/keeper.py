"""Keeps one page on one screen: shows it once it is served, sees that it lives, brings it back where it was left.

| seen                                          | done                                              |
|-----------------------------------------------|---------------------------------------------------|
| the page's own JavaScript answers             | the manager is fed                                |
| it has not answered for HANGS_S               | nobody is fed, the browser is ended: a new start  |
| another address, or Chromium's own error page | the page again, once its daemon listens           |
| the daemon says *stopped* where it served     | the page again, which is then that notice         |
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import structlog

from config.notify import Notify
from screens.browser.devtools import Browser, Gone

log = structlog.get_logger()

LOOK_S = 2.0
HANGS_S = 15.0
STARTS_S = 40.0
READY = b"GET /ready HTTP/1.0\r\nHost: %s\r\n\r\n"


class Keeper:
    """``url``: the page, on this machine. ``command``: what starts the browser, without the page."""

    def __init__(self, url: str, command: Sequence[str], notify: Notify, hangs_s: float = HANGS_S) -> None:
        self._url = url
        self._at = urlsplit(url)
        self._command = [*command, "about:blank"]
        self._notify = notify
        self._hangs_s = hangs_s
        self._stopped = False
        self._shown = False

    async def run(self) -> str:
        """Until the browser has to be started anew; says why."""
        browser = await Browser.start(self._command)
        try:
            async with asyncio.timeout(STARTS_S):
                await browser.attach()
            self._notify.ready()
            while True:
                async with asyncio.timeout(self._hangs_s):
                    await self._look(browser)
                self._notify.feed()
                await asyncio.sleep(LOOK_S)
        except TimeoutError:
            return "the page does not answer"
        except Gone as gone:
            return f"the browser is gone: {gone}"
        finally:
            browser.end()

    async def _look(self, browser: Browser) -> None:
        shows = str(await browser.value("location.href"))
        said = await self._daemon()
        stopped = b'"stopped"' in said
        away = shows.split("#")[0].split("?")[0] != self._url
        if said and (away or (stopped and not self._stopped)):
            if away and self._shown:
                log.warning("the page was left", shows=urlsplit(shows).scheme)
            await browser.go(self._url)
            self._shown = True
        self._stopped = stopped
        self._notify.status(f"{self._url}{' (out of service)' if stopped else ''}")

    async def _daemon(self) -> bytes:
        """What the box says of itself, b"" while nobody listens there."""
        host, port = self._at.hostname or "", self._at.port or 80
        try:
            async with asyncio.timeout(LOOK_S):
                reader, writer = await asyncio.open_connection(host, port)
                try:
                    writer.write(READY % self._at.netloc.encode())
                    return await reader.read(4096)
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return b""
