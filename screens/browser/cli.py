"""`yichuang browser URL`: the browser of a public screen, under a keeper of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from config.logs import configure_logs
from config.notify import Notify
from screens.browser.keeper import Keeper

KIOSK = (
    "--kiosk",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--disable-session-crashed-bubble",
    "--disable-infobars",
    "--disable-translate",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
    "--password-store=basic",
    "--lang=zh-CN",
)
"""No address bar, no tabs, no way back or away, nothing from outside. What keys could open is shut by policy."""


def browser(argv: Sequence[str]) -> int:
    """Show one page of this machine for ever: 0 when told to stop, 1 when the browser has to be started anew."""
    parser = argparse.ArgumentParser(prog="yichuang browser", description="the browser of a public screen")
    parser.add_argument("url", help="a page of this machine's box: http://127.0.0.1:8620/kiosk")
    parser.add_argument("--profile", default="/var/lib/yichuang/browser", help="folder of the browser's own files")
    parser.add_argument("command", nargs="*", default=[], help="what starts it, after --: cage -- chromium")
    arguments = parser.parse_args(argv)
    if urlsplit(arguments.url).hostname not in ("127.0.0.1", "localhost"):
        print(f"{arguments.url}: a public screen shows pages of its own machine alone", file=sys.stderr)
        return 2
    configure_logs("yichuang-browser")
    command = [*(arguments.command or ["chromium"]), *KIOSK, f"--user-data-dir={arguments.profile}"]
    why = asyncio.run(_keep(Keeper(arguments.url, command, Notify())))
    if why:
        print(f"yichuang browser: {why}", file=sys.stderr)
    return 1 if why else 0


async def _keep(keeper: Keeper) -> str:
    """Why it ended by itself, "" when it was told to."""
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(keeper.run())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, keeping.cancel)
        await asyncio.wait([keeping])
    return "" if keeping.cancelled() else keeping.result()
