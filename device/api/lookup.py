"""What citizens may look up, for every page that shows some of it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer
from device.sync.directory import Lookup


def lookup_route(lookup: Lookup) -> Route:
    """GET /directory: the contract's Directory. A page's state names its digest, and the page asks for a new one."""

    async def directory(_: Request) -> Response:
        return answer(lookup.directory)

    return Route("/directory", directory)
