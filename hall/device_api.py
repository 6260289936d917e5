"""The calls of boxes: plain ASGI, JSON straight into the contract's structs. Half of a ticket's time is spent here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
import structlog

from hall.ca import BadRequest
from hall.cases import TooManyTries
from hall.contract import VERSION, AskPlace, AskProgress, AskZone, Batch, Command, Hello, Reserve, decoder
from hall.contract.enrolment import Renew
from hall.contract.maintenance import Condition, Relayed
from hall.contract.settings import AskSettings
from hall.enrolment.desk import NoAuthority
from hall.hall import Hall
from hall.identity import NOBODY, Peer
from hall.maintenance import NotRelayed
from hall.numbering import NumbersExhausted
from hall.recovering import NotWhole
from hall.reserve import Forked
from hall.sessions import HelloFirst, IdentityTwice
from hall.store.writer import StoreFailed

log = structlog.get_logger("hall.device_api")

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_BYTES = 4 * 1024 * 1024
"""The most one call may carry; a box sends its facts in smaller batches."""

HELLO = "/device/hello"

TOLD_MOST = 32
"""Refusals of one peer that are said, however many paths it makes up."""

encode = msgspec.json.Encoder().encode


class Refusal(Exception):
    """A call is refused with an HTTP status and a keyword; ``detail`` is for people who read logs."""

    def __init__(self, status: int, error: str, detail: str = "") -> None:
        super().__init__(status, error, detail)
        self.status = status
        self.error = error
        self.detail = detail


class Problem(msgspec.Struct, frozen=True):
    """Body of every refused call. ``contract``: the hall's version, and the one the box said hello with (0: none)."""

    error: str
    detail: str
    contract: dict[str, int]


class Call(NamedTuple):
    """One POST: what its body must be, and what answers it."""

    decode: Callable[[bytes], Any]
    answer: Callable[[Hall, Any, Peer], Awaitable[bytes]]


def _own(peer: Peer, device: str) -> None:
    if device != peer.name:
        raise Refusal(403, "not-your-name", f"{peer.name} cannot speak for {device}")


def _mode(hall: Hall, mode: str) -> None:
    if mode != hall.settings.hall.mode:
        raise Refusal(409, "wrong-mode", f"the hall is in mode {hall.settings.hall.mode}, the box in {mode}")


async def _hello(hall: Hall, hello: Hello, peer: Peer) -> bytes:
    _own(peer, hello.device)
    hall.contracts[peer.name] = hello.contract
    if hello.contract != VERSION:
        raise Refusal(409, "contract-differs", f"the hall speaks {VERSION}, the box {hello.contract}")
    _mode(hall, hello.mode)
    try:
        return encode(await hall.hello(hello))
    except IdentityTwice:
        raise Refusal(409, "identity-twice", f"a later boot of {peer.name} has spoken: two machines?") from None


async def _reserve(hall: Hall, reserve: Reserve, peer: Peer) -> bytes:
    _own(peer, reserve.ticket.partition("/")[0])
    _mode(hall, reserve.mode)
    if reserve.service not in hall.catalogue.services:
        raise Refusal(409, "no-such-service", reserve.service)
    try:
        return encode(await hall.reserve(reserve, peer.name))
    except Forked:
        raise Refusal(409, "forked", f"the hall knows another {reserve.ticket}") from None
    except IdentityTwice:
        raise Refusal(409, "identity-twice", f"a later boot of {peer.name} has spoken") from None
    except NumbersExhausted:
        raise Refusal(409, "numbers-exhausted", reserve.service) from None
    except NotWhole:
        raise Refusal(409, "recovering", "the hall waits for what its boxes know") from None


async def _facts(hall: Hall, batch: Batch, peer: Peer) -> bytes:
    _own(peer, batch.device)
    return encode(await hall.facts(batch))


async def _command(hall: Hall, command: Command, peer: Peer) -> bytes:
    if command.window not in hall.catalogue.boxes[peer.name].windows:
        raise Refusal(403, "not-your-window", f"window {command.window} is not of {peer.name}")
    _mode(hall, command.mode)
    try:
        return await hall.command(command, peer.name)
    except HelloFirst:
        raise Refusal(503, "hello-first", f"{peer.name} has not said hello since the hall's start") from None


async def _zone(hall: Hall, ask: AskZone, peer: Peer) -> bytes:
    try:
        return encode(hall.zone(ask, peer.name))
    except IdentityTwice:
        raise Refusal(409, "identity-twice", f"a later boot of {peer.name} has spoken") from None


async def _place(hall: Hall, ask: AskPlace, _peer: Peer) -> bytes:
    try:
        return encode(await hall.place(ask))
    except NotWhole:
        raise Refusal(409, "recovering", "the hall waits for what its boxes know") from None


async def _progress(hall: Hall, ask: AskProgress, peer: Peer) -> bytes:
    if hall.cases is None:
        raise Refusal(404, "no-such-call", "the hall's settings name no cases")
    try:
        return encode(await hall.cases.ask(ask, peer.name))
    except TooManyTries:
        raise Refusal(429, "too-many-tries", "wait a minute") from None


async def _condition(hall: Hall, condition: Condition, peer: Peer) -> bytes:
    hall.tell_condition(peer.name, condition)
    return b"{}"


async def _relayed(hall: Hall, relayed: Relayed, peer: Peer) -> bytes:
    try:
        hall.relays.answered(relayed, peer.name)
    except NotRelayed as late:
        raise Refusal(late.status, late.keyword, relayed.request) from None
    return b"{}"


async def _renew(hall: Hall, ask: Renew, peer: Peer) -> bytes:
    try:
        return encode(await hall.enrolment.renew(peer, ask.csr))
    except NoAuthority:
        raise Refusal(409, "no-authority", "the hall's CA key is elsewhere: yichuang ca sign") from None
    except BadRequest as error:
        raise Refusal(422, "bad-request", str(error)) from None
    except OSError as error:
        raise Refusal(503, "store-failed", str(error)) from None


async def _settings(hall: Hall, ask: AskSettings, peer: Peer) -> bytes:
    return encode(await hall.sent_settings.ask(ask, peer.name))


CALLS: dict[str, Call] = {
    HELLO: Call(decoder(Hello), _hello),
    "/device/reserve": Call(decoder(Reserve), _reserve),
    "/device/facts": Call(decoder(Batch), _facts),
    "/device/commands": Call(decoder(Command), _command),
    "/device/place": Call(decoder(AskPlace), _place),
    "/device/zone": Call(decoder(AskZone), _zone),
    "/device/progress": Call(decoder(AskProgress), _progress),
    "/device/condition": Call(decoder(Condition), _condition),
    "/device/maintenance": Call(decoder(Relayed), _relayed),
    "/device/renew": Call(decoder(Renew), _renew),
    "/device/settings": Call(decoder(AskSettings), _settings),
}

DOWNLINK = "/device/downlink"
DIRECTORY = "/device/directory"


class DeviceApi:
    """ASGI application for everything under /device/."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._refused: dict[str, set[tuple[str, str]]] = {}
        """By peer: what it was told no to, since its last hello that was taken."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call; a refusal is answered too, and only a bug is a 500."""
        peer: Peer = scope["state"].get("peer", NOBODY)
        try:
            await self._admit(peer)
            self._hall.conditions.heard(peer.name)
            if scope["path"] == DOWNLINK and scope["method"] == "GET":
                await self._downlink(peer, receive, send)
                return
            if scope["path"] == DIRECTORY and scope["method"] == "GET":
                status, body = 200, encode(self._hall.catalogue.directory)
            else:
                status, body = 200, await self._answer(_call(scope), await _body(receive), peer)
                if scope["path"] == HELLO:
                    self._refused.pop(peer.name, None)
        except Refusal as refusal:
            status, body = refusal.status, self._problem(refusal, peer)
            if scope["path"] == HELLO and peer.name in self._hall.catalogue.boxes:
                self._hall.conditions.refused(peer.name, refusal.error)
            self._tell_refused(scope["path"], peer, refusal)
        await send({"type": "http.response.start", "status": status, "headers": _headers(body)})
        await send({"type": "http.response.body", "body": body})

    def _tell_refused(self, path: str, peer: Peer, refusal: Refusal) -> None:
        """Once, and not each time that the box asks the same again."""
        told = self._refused.setdefault(peer.name, set())
        if (path, refusal.error) not in told and len(told) < TOLD_MOST:
            told.add((path, refusal.error))
            log.warning("refused", path=path, peer=peer.name, error=refusal.error, detail=refusal.detail)

    async def _admit(self, peer: Peer) -> None:
        if peer.role != "box":
            raise Refusal(403 if peer.role else 401, "not-a-box", "show a box's certificate")
        if peer.name not in self._hall.catalogue.boxes:
            raise Refusal(403, "not-enrolled", f"add a [[box]] {peer.name} to the hall's settings")
        if not await self._hall.enrolment.admits(peer):
            raise Refusal(403, "certificate-revoked", f"another machine is {peer.name} now, or it was taken back")

    async def _answer(self, call: Call, body: bytes, peer: Peer) -> bytes:
        try:
            return await call.answer(self._hall, call.decode(body), peer)
        except msgspec.ValidationError as error:
            keyword = "contract-differs" if "unknown field" in str(error) else "invalid"
            raise Refusal(422, keyword, str(error)) from None
        except msgspec.DecodeError as error:
            raise Refusal(400, "invalid", str(error)) from None
        except StoreFailed as error:
            raise Refusal(503, "store-failed", str(error)) from None

    def _problem(self, refusal: Refusal, peer: Peer) -> bytes:
        versions = {"hall": VERSION, "box": self._hall.contracts.get(peer.name, 0)}
        return encode(Problem(refusal.error, refusal.detail, versions))

    async def _downlink(self, peer: Peer, receive: Receive, send: Send) -> None:
        hall = self._hall
        if hall.recovery is not None:
            raise Refusal(503, "recovering", "the hall waits for what its boxes know")
        numbers = hall.catalogue.boxes[peer.name].windows
        called = hall.catalogue.called_by(peer.name)
        states = [hall.state(number) for number in (*numbers, *sorted(called))]
        line = hall.downlink.connect(states, numbers, peer.name, called)
        log.info("downlink", device=peer.name, up=True)
        await send({"type": "http.response.start", "status": 200, "headers": _SSE})
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_until_gone(receive))
            watch.add_done_callback(lambda _: hall.downlink.disconnect(line))
            async for event in line.events():
                await send({"type": "http.response.body", "body": event, "more_body": True})
            watch.cancel()
        await send({"type": "http.response.body", "body": b""})
        log.info("downlink", device=peer.name, up=False)


_SSE = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]


def _headers(body: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]


def _call(scope: Scope) -> Call:
    call = CALLS.get(scope["path"])
    if call is None or scope["method"] != "POST":
        raise Refusal(404, "no-such-call", f"{scope['method']} {scope['path']}")
    return call


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        if len(body) > BODY_BYTES:
            raise Refusal(413, "too-long", f"more than {BODY_BYTES} bytes")
        message = await receive()
        body += message.get("body", b"")
    return body


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
