"""POST /enrol: the one call that a machine may make without a certificate."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog

from hall.ca import BadRequest
from hall.contract.enrolment import Enrol
from hall.enrolment.codes import CodeRefused
from hall.enrolment.desk import EnrolmentDesk, NoAuthority

log = structlog.get_logger("hall.enrolment")

PATH = "/enrol"
BODY_BYTES = 8192
"""A request for a P-256 key has some 500."""

_STATUS = {"wrong-code": 403, "code-used": 409, "too-many-tries": 429}


async def enrol(desk: EnrolmentDesk, scope: Any, receive: Any, send: Any) -> None:
    """Answer it; whoever calls is told a keyword and no more."""
    await _send(send, *await _answer(desk, scope, receive))


async def refuse(send: Any, status: int, error: str) -> None:
    """A refusal with its keyword."""
    await _send(send, *_refusal(status, error))


async def _send(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(desk: EnrolmentDesk, scope: Any, receive: Any) -> tuple[int, bytes]:
    address = scope["client"][0] if scope.get("client") else ""
    if scope["method"] != "POST":
        return _refusal(405, "bad-request", "POST it")
    try:
        asked = msgspec.json.decode(await _body(receive), type=Enrol)
        return 200, msgspec.json.encode(await desk.enrol(asked, address))
    except CodeRefused as refused:
        log.warning("enrolment refused", why=refused.why, address=address)
        return _refusal(_STATUS[refused.why], refused.why)
    except NoAuthority:
        return _refusal(501, "no-authority", "sign the request where the CA's key is: yichuang ca sign")
    except (msgspec.MsgspecError, BadRequest, _TooLong) as error:
        return _refusal(400, "bad-request", str(error))
    except OSError as failed:
        log.error("enrolment not stored", why=str(failed))  # noqa: TRY400 - the disk's doing, not this program's
        return _refusal(503, "store-failed")


class _TooLong(Exception):
    """A body that no enrolment has."""


async def _body(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > BODY_BYTES:
            raise _TooLong(f"more than {BODY_BYTES} bytes")
        if not message.get("more_body"):
            return body


def _refusal(status: int, error: str, detail: str = "") -> tuple[int, bytes]:
    return status, msgspec.json.encode({"error": error, "detail": detail})
