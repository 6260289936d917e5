"""The directory reaches a page packed, and as it is whoever cannot unpack it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from device.api.lookup import lookup_route
from hall.contract import Directory
from tests.device.test_lookup import directory


async def answer(lookup: Any, encoding: str) -> httpx.Response:
    app = httpx.ASGITransport(app=Starlette(routes=[lookup_route(lookup)]))
    async with httpx.AsyncClient(transport=app, base_url="http://box") as client:
        return await client.get("/directory", headers={"accept-encoding": encoding})


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "gzip"), ("identity", None)])
async def test_it_is_packed_for_whoever_can_unpack_it(accepted: str, encoding: str | None) -> None:
    had = await answer(SimpleNamespace(directory=directory("one")), accepted)
    assert had.headers.get("content-encoding") == encoding
    assert had.json()["items"][0]["name"] == "户口迁移"


async def test_the_newest_is_given_packed_or_not() -> None:
    lookup = SimpleNamespace(directory=directory("one"))
    route = lookup_route(lookup)  # type: ignore[arg-type]
    app = httpx.ASGITransport(app=Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=app, base_url="http://box") as client:
        digests = []
        for digest in ("one", "one", "two"):
            if lookup.directory.digest != digest:
                lookup.directory = Directory(digest=digest)
            digests.append((await client.get("/directory")).json()["digest"])
    assert digests == ["one", "one", "two"]
