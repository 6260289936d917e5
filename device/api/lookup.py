"""What citizens may look up, for every page that shows some of it."""

from __future__ import annotations

import gzip

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.sync.directory import Lookup
from hall.contract import Directory


def lookup_route(lookup: Lookup) -> Route:
    """GET /directory: the contract's Directory. A page's state names its digest, and the page asks for a new one.

    A hall with sixty matters has 90 kB of it, packed 10: a page may weigh 300.
    """
    packed = Packed()

    async def directory(request: Request) -> Response:
        headers = {"vary": "accept-encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(msgspec.json.encode(lookup.directory), headers=headers, media_type="application/json")
        headers["content-encoding"] = "gzip"
        return Response(packed.of(lookup.directory), headers=headers, media_type="application/json")

    return Route("/directory", directory)


class Packed:
    """The newest directory, packed once."""

    def __init__(self) -> None:
        self._of: Directory | None = None
        self._body = b""

    def of(self, directory: Directory) -> bytes:
        """Its JSON, gzip."""
        if directory is not self._of:
            self._of, self._body = directory, gzip.compress(msgspec.json.encode(directory))
        return self._body
