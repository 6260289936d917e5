"""A technician's verbs for a box elsewhere: put on that box's downlink, answered by it, passed back as they are.

``POST /maintenance/BOX/VERB`` with a technician's certificate. The hall reads nothing of what it passes on; it notes
who asked which verb of which box.

| what becomes of it                              | answer              |
|-------------------------------------------------|---------------------|
| the box answers in time                         | the box's own       |
| the box is not connected                        | 503 not-connected   |
| its line ends before it answers                 | 503 box-lost        |
| it does not answer within the verb's limit      | 504 late            |
| another terminal asks for the same reading      | the same answer     |
| another terminal asks for the same work         | 409 being-asked     |
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from config.wording import both
from hall.contract.maintenance import Relay, Relayed
from hall.downlink import Downlink, Line
from hall.identity import NOBODY, Peer

if TYPE_CHECKING:
    from hall.hall import Hall

log = structlog.get_logger("hall.maintenance")

ROOM = "maintenance"
PREFIX = "/maintenance/"
EVENT = "maintenance"
ROLE = "technician"
BODY_BYTES = 65_536
MOST_PENDING = 12
"""Of one box: it takes 16."""
SPARE_S = 5.0
"""Beside the box's own limit, for the way there and back."""

LIMITS_S = {
    "report": 8.0,
    "lease": 5.0,
    "check": 150.0,
    "frames": 5.0,
    "preview": 75.0,
    "sign": 75.0,
    "settings": 8.0,
    "bundle": 60.0,
}
"""By verb: how long a box may take."""
READINGS = frozenset({"report", "settings", "frames"})
WORK = frozenset({"check", "preview", "sign", "bundle"})


class NotRelayed(Exception):
    """There is no answer of the box: HTTP status, keyword, and what its sentence names."""

    def __init__(self, status: int, keyword: str, **fields: object) -> None:
        super().__init__(status, keyword)
        self.status = status
        self.keyword = keyword
        self.fields = fields


class _Asked(NamedTuple):
    """What is asked of a box, word for word."""

    box: str
    verb: str
    body: str


class _Pending(NamedTuple):
    asked: _Asked
    who: str
    answer: asyncio.Future[Relayed]


class Relays:
    """What boxes have been asked and have not answered."""

    def __init__(self) -> None:
        self._pending: dict[str, _Pending] = {}

    async def ask(self, downlink: Downlink, box: str, verb: str, body: str, who: str) -> Relayed:
        """The box's own answer. Raises NotRelayed."""
        asked = _Asked(box, verb, body)
        same = next((pending for pending in self._pending.values() if pending.asked == asked), None)
        if same is not None and verb in READINGS:
            return await asyncio.shield(same.answer)
        if same is not None and verb in WORK:
            raise NotRelayed(409, "being-asked", who=same.who, box=box)
        if sum(pending.asked.box == box for pending in self._pending.values()) >= MOST_PENDING:
            raise NotRelayed(429, "too-many", box=box)
        request = secrets.token_hex(8)
        limit_s = LIMITS_S[verb]
        line = downlink.tell_box(box, EVENT, Relay(request=request, verb=verb, body=body, limit_s=limit_s))
        if line is None:
            raise NotRelayed(503, "not-connected", box=box)
        pending = _Pending(asked, who, asyncio.get_running_loop().create_future())
        self._pending[request] = pending
        try:
            return await _answered(pending, line, limit_s + SPARE_S)
        finally:
            _fail(pending, NotRelayed(503, "box-lost", box=box))  # the asker was cancelled: whoever asked the same
            pending.answer.exception()  # is told, and where nobody did nobody need look
            del self._pending[request]

    def answered(self, relayed: Relayed, box: str) -> None:
        """A box has answered. Raises NotRelayed when nobody waits for it, or it is another box's to answer."""
        pending = self._pending.get(relayed.request)
        if pending is None or pending.asked.box != box or pending.answer.done():
            raise NotRelayed(409, "no-such-request")
        pending.answer.set_result(relayed)


async def _answered(pending: _Pending, line: Line, limit_s: float) -> Relayed:
    """Whoever waits for the same reading is told the same. Raises NotRelayed."""
    try:
        async with asyncio.timeout(limit_s), asyncio.TaskGroup() as group:
            losing = group.create_task(line.gone.wait())
            await asyncio.wait((pending.answer, losing), return_when=asyncio.FIRST_COMPLETED)
            losing.cancel()
    except TimeoutError:
        _fail(pending, NotRelayed(504, "late", seconds=round(limit_s)))
    if not pending.answer.done():
        _fail(pending, NotRelayed(503, "box-lost", box=pending.asked.box))
    return pending.answer.result()


def _fail(pending: _Pending, why: NotRelayed) -> None:
    if not pending.answer.done():
        pending.answer.set_exception(why)


class MaintenanceApi:
    """ASGI application for ``/maintenance/BOX/VERB``."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        request = Request(scope, receive)
        try:
            relayed = await self._relay(request)
            response = Response(relayed.body, relayed.status, media_type="application/json")
        except NotRelayed as refused:
            response = refusal(refused)
        await response(scope, receive, send)

    async def _relay(self, request: Request) -> Relayed:
        peer: Peer = request.scope["state"].get("peer", NOBODY)
        _admit(peer, request)
        box, _, verb = request.scope["path"].removeprefix(PREFIX).partition("/")
        if box not in self._hall.catalogue.boxes:
            raise NotRelayed(404, "no-such-box", box=_short(box))
        if verb not in LIMITS_S or request.method != "POST":
            raise NotRelayed(404, "no-such-verb", verb=_short(verb), verbs=", ".join(LIMITS_S))
        body = await _body(request)
        loop = asyncio.get_running_loop()
        began, outcome = loop.time(), "ended"
        try:
            relayed = await self._hall.relays.ask(self._hall.downlink, box, verb, body, peer.name)
        except NotRelayed as refused:
            outcome = refused.keyword
            raise
        else:
            outcome = str(relayed.status)
            return relayed
        finally:
            ms = round((loop.time() - began) * 1000)
            log.info("maintenance", who=peer.name, box=box, verb=verb, outcome=outcome, ms=ms)


def refusal(refused: NotRelayed) -> Response:
    """As a terminal is told: keyword and sentence."""
    text = both(ROOM, refused.keyword, **refused.fields)
    body = msgspec.json.encode({"error": refused.keyword, "text": text})
    return Response(body, refused.status, media_type="application/json")


def _admit(peer: Peer, request: Request) -> None:
    if peer.role != ROLE:
        raise NotRelayed(403 if peer.role else 401, "not-a-technician")
    if "origin" in request.headers:
        raise NotRelayed(403, "not-for-pages")


async def _body(request: Request) -> str:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES:
            raise NotRelayed(413, "too-long", bytes=BODY_BYTES)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotRelayed(400, "invalid", what=error.reason) from None


def _short(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:40]
