"""The verbs of hall.contract.maintenance, whoever brings them: the socket of this box, or its hall."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
import structlog

from config.wording import both
from device.bugs import where_of
from device.maintenance.checks import Checks
from device.maintenance.frames import LinesFrames
from device.maintenance.leases import Leases
from device.maintenance.preview import Previews
from device.maintenance.refusal import ROOM, Refusal
from device.maintenance.report import Reporter
from device.maintenance.sights import Sights
from device.maintenance.signs import Signs
from device.pairing.verb import AskPair, PairVerb
from hall.contract import decoder
from hall.contract.maintenance import (
    AskCheck,
    AskFrames,
    AskLease,
    AskPreview,
    AskSeen,
    AskSign,
    Bundle,
    LeaseStands,
    Settings,
)

log = structlog.get_logger()

TellSettings = Callable[[], Awaitable[Settings]]
TellBundle = Callable[[], Awaitable[Bundle]]

_encode = msgspec.json.Encoder().encode


class Answered(NamedTuple):
    """HTTP status and JSON body."""

    status: int
    body: bytes


class Nothing(msgspec.Struct, frozen=True):
    """The body of a verb that asks for nothing."""


class _Verb(NamedTuple):
    decode: Callable[[bytes], Any]
    answer: Callable[[Any, int | None], Awaitable[Any]]


class Verbs:
    """``settings``, ``bundle``: None on a box that does not offer them."""

    def __init__(
        self,
        reporter: Reporter,
        leases: Leases,
        checks: Checks,
        frames: LinesFrames,
        previews: Previews,
        sights: Sights,
        signs: Signs,
        *,
        settings: TellSettings | None = None,
        bundle: TellBundle | None = None,
        pair: PairVerb | None = None,
    ) -> None:
        self._leases = leases
        self._verbs = {
            "report": _Verb(decoder(Nothing), lambda _ask, _pid: reporter.report()),
            "lease": _Verb(decoder(AskLease), self._lease),
            "check": _Verb(decoder(AskCheck), lambda ask, _pid: checks.check(ask)),
            "seen": _Verb(decoder(AskSeen), lambda ask, _pid: sights.seen(ask)),
            "frames": _Verb(decoder(AskFrames), lambda ask, _pid: frames.answer(ask)),
            "preview": _Verb(decoder(AskPreview), lambda ask, _pid: previews.preview(ask)),
            "sign": _Verb(decoder(AskSign), lambda ask, _pid: signs.print(ask)),
            "settings": _Verb(decoder(Nothing), lambda _ask, _pid: _offered(settings)),
            "bundle": _Verb(decoder(Nothing), lambda _ask, _pid: _offered(bundle)),
            "pair": _Verb(decoder(AskPair), (pair or PairVerb(None, [])).answer),
        }

    async def do(self, verb: str, body: bytes, process: int | None = None) -> Answered:
        """Carry one out. ``process``: the pid of the terminal, on this box. Never raises but by cancellation."""
        try:
            found = self._found(verb)
            return Answered(200, _encode(await found.answer(found.decode(body or b"{}"), process)))
        except Refusal as refusal:
            return Answered(refusal.status, refusal.body())
        except msgspec.MsgspecError as error:
            return Answered(400, _encode({"error": "invalid", "text": both(ROOM, "invalid", what=error)}))
        except Exception as bug:  # a mistake in what a technician looks with must not end the counter he looks at
            log.error("maintenance has a bug", verb=_short(verb), where=where_of(bug))  # noqa: TRY400 - see where_of
            return Answered(500, Refusal(500, "broken", where=where_of(bug)).body())

    def _found(self, verb: str) -> _Verb:
        try:
            return self._verbs[verb]
        except KeyError:
            raise Refusal(404, "no-such-verb", verb=_short(verb), verbs=", ".join(self._verbs)) from None

    async def _lease(self, ask: AskLease, process: int | None) -> LeaseStands:
        return self._leases.ask(ask, process)


async def _offered(tell: Callable[[], Awaitable[Any]] | None) -> Any:
    if tell is None:
        raise Refusal(501, "not-offered")
    return await tell()


def _short(verb: str) -> str:
    return "".join(letter for letter in verb if letter.isprintable())[:20]
