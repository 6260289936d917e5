"""Chromium over its own pipe (--remote-debugging-pipe): JSON messages, each ended by a zero byte.

No port is opened: whoever else is on the machine cannot speak to the browser.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

TO_BROWSER, FROM_BROWSER = 3, 4
"""Descriptors that Chromium reads and writes (content/browser/devtools/devtools_pipe_handler.cc)."""
CLEAR = 10
"""Descriptors from here on are not written over while the browser's are laid out."""
LINE_CAP = 4_000_000


class Gone(Exception):
    """The browser has ended, or hung up."""


class Browser:
    """One browser process and the page that it shows."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, transport: asyncio.BaseTransport, writer: int) -> None:
        self.pid = pid
        self._reader = reader
        self._transport = transport
        self._writer = writer
        self._numbers = count(1)
        self._session = ""

    @classmethod
    async def start(cls, command: Sequence[str]) -> Browser:
        """Run the command with the pipe at the descriptors where Chromium looks for it."""
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        far = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, CLEAR) for end in (theirs_in, theirs_out)]
        actions = [(os.POSIX_SPAWN_DUP2, end, at) for end, at in zip(far, (TO_BROWSER, FROM_BROWSER), strict=True)]
        # A fork and an exec, over within a millisecond; asyncio's own cannot place descriptors at 3 and 4
        pid = os.posix_spawnp(command[0], [*command], os.environ, file_actions=actions, setpgroup=0)  # noqa: ASYNC221
        for end in (theirs_in, theirs_out, *far):
            os.close(end)
        reader = asyncio.StreamReader(limit=LINE_CAP)
        pipe = os.fdopen(ours_in, "rb", 0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        return cls(pid, reader, transport, ours_out)

    async def attach(self) -> None:
        """Take hold of the first page. Raises Gone."""
        while True:
            targets = (await self._ask("Target.getTargets"))["targetInfos"]
            pages = [target["targetId"] for target in targets if target["type"] == "page"]
            if pages:
                break
            await asyncio.sleep(0.1)
        held = await self._ask("Target.attachToTarget", targetId=pages[0], flatten=True)
        self._session = held["sessionId"]

    async def value(self, expression: str) -> Any:
        """What the page's own JavaScript says, which a hung page never does. Raises Gone."""
        said = await self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return said.get("result", {}).get("value")

    async def go(self, url: str) -> None:
        """Load this address. Raises Gone."""
        await self._ask("Page.navigate", url=url)

    def end(self) -> None:
        """It and all that it has started, at once: a hung browser does not end by being asked."""
        self._transport.close()
        os.close(self._writer)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    async def _ask(self, method: str, **values: object) -> dict[str, Any]:
        number = next(self._numbers)
        asked: dict[str, object] = {"id": number, "method": method, "params": values}
        if self._session:
            asked["sessionId"] = self._session
        try:
            os.write(self._writer, json.dumps(asked).encode() + b"\0")
            while True:
                said: dict[str, Any] = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if said.get("id") == number:
                    answer: dict[str, Any] = said.get("result", {})
                    return answer
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise Gone(f"{type(error).__name__} {error}") from error
