"""JSON answers and refusals of the box's own calls."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from config.wording import both
from hall.contract import decoder

T = TypeVar("T")


def answer(body: Any, status: int = 200) -> Response:
    """JSON of anything msgspec can write."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def refuse(status: int, room: str, key: str) -> Response:
    """A refusal with its keyword and its sentence in every language."""
    return answer({"error": key, "text": sentence(room, key)}, status)


def sentence(room: str, key: str) -> dict[str, str]:
    """A sentence in every language; one that names the keyword where the room has none of its own."""
    try:
        return both(room, key)
    except KeyError:
        return both(room, "unknown", keyword=key)


async def body_of(request: Request, kind: type[T]) -> T:
    """The request's JSON body as ``kind``. Raises msgspec.ValidationError, msgspec.DecodeError."""
    body: T = decoder(kind)(await request.body())
    return body


async def unreadable(_: Request, error: Exception) -> Response:
    """A body that is not what the call takes."""
    return answer({"error": "invalid", "text": both("refusal", "unreadable", what=error)}, 400)
