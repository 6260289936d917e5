"""A hall with a guide in its settings, and a guide's tablet that talks to it."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from config.pins import hashed
from tests.hall.served import Served

GUIDE, STAFF_NO, PIN = "方一诺", "3001", "1357"
_LINE = hashed(PIN)
_requests = itertools.count(1)


def with_guide(settings_file: Path, *, technician: bool = False) -> Path:
    """These settings, and a guide in them."""
    told = settings_file.read_text(encoding="utf-8")
    told += f'\n[[guide]]\nname = "{GUIDE}"\nstaff_no = "{STAFF_NO}"\npin = "{_LINE}"\n'
    told += "technician = true\n" if technician else ""
    settings_file.write_text(told, encoding="utf-8")
    return settings_file


class Tablet:
    """A guide's tablet: it bears its cookie, and says where its page is from."""

    def __init__(self, served: Served) -> None:
        self.client = served.caller()
        self.client.headers["origin"] = served.url

    async def sign_in(self, name: str = GUIDE, pin: str = PIN) -> httpx.Response:
        return await self.client.post("/guide/sign-in", json={"name": name, "pin": pin})

    async def do(self, deed: str, **body: Any) -> httpx.Response:
        body.setdefault("request", f"request-{next(_requests)}")
        return await self.client.post(f"/guide/{deed}", json=body)

    async def find(self, scanned: str) -> httpx.Response:
        return await self.client.post("/guide/find", json={"scanned": scanned})

    async def board(self) -> dict[str, Any]:
        """As it stands."""
        async with self.boards() as boards:
            return await anext(boards)

    @asynccontextmanager
    async def boards(self) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Every board that the hall tells."""
        async with self.client.stream("GET", "/guide/state") as response, aclosing(_boards(response)) as told:
            yield told


async def _boards(response: httpx.Response) -> AsyncGenerator[dict[str, Any], None]:
    name = ""
    async with aclosing(cast(AsyncGenerator[str, None], response.aiter_lines())) as lines:
        async for line in lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field.startswith("data") and name == "state":
                yield json.loads(value)["board"]


@asynccontextmanager
async def tablet(served: Served) -> AsyncIterator[Tablet]:
    """Signed in."""
    one = Tablet(served)
    async with one.client:
        assert (await one.sign_in()).status_code == 200
        yield one


@pytest.fixture
def guided(settings_file: Path) -> Path:
    return with_guide(settings_file)
