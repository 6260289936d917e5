"""JSON answers and refusals of the guide's calls."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from config.wording import both

T = TypeVar("T")

BODY_BYTES = 8192
"""The most that a guide's call carries: a slip's code has some 300, a notice some 600."""


class TooLong(Exception):
    """A body that no guide's call has."""


def answer(body: Any, status: int = 200) -> Response:
    """JSON of anything msgspec can write."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def refuse(status: int, why: str, detail: str = "") -> Response:
    """A refusal with its keyword and its sentence in every language."""
    return answer({"error": why, "detail": detail, "text": _sentence(why)}, status)


def _sentence(why: str) -> dict[str, str]:
    for room in ("guide", "refusal"):
        try:
            return both(room, why if room == "refusal" else f"refused-{why}")
        except KeyError:
            continue
    return both("guide", "refused-otherwise", keyword=why)


async def body_of(request: Request, kind: type[T]) -> T:
    """The request's JSON body as ``kind``. Raises msgspec.ValidationError, msgspec.DecodeError, TooLong."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES:
            raise TooLong
    return msgspec.json.decode(body, type=kind)
