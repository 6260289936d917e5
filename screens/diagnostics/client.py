"""Asks a box what a technician may ask: over its Unix socket, or through the hall that it belongs to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec

from hall.contract.maintenance import (
    Advised,
    AskCheck,
    AskFrames,
    AskLease,
    AskPreview,
    AskSeen,
    AskSign,
    Boxes,
    BoxReport,
    Bundle,
    Checked,
    Frames,
    LeaseStands,
    Level,
    Preview,
    Settings,
    Signed,
    Texts,
)

T = TypeVar("T")

SHORT_S = 3.0
"""What only reads is answered at once: a box that needs longer is taken for lost, and said to be within 5 s."""
CHECK_S = 150.0
"""The slowest check waits for a person, a page and a lamp (device/checkup.py: within two minutes)."""
SCAN_S = 90.0
SIGN_S = 90.0
BUNDLE_S = 120.0

_CUT_OFF = (httpx.HTTPError, AttributeError)
"""AttributeError: a socket that is gone by the end of its TLS handshake (anyio 4.16)."""
_SILENT = (502, 503, 504)


class Lost(Exception):
    """Nobody answers. ``why``: ``down``, ``late`` or ``forbidden``; ``texts``: the hall's words, where it has some."""

    def __init__(self, why: str, texts: Texts | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.texts = texts or {}


class RefusedVerb(Exception):
    """The box or the hall said no. ``texts``: why, by language; empty where it did not say."""

    def __init__(self, status: int, error: str, texts: Texts) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.error = error
        self.texts = texts


class _No(msgspec.Struct):
    error: str = ""
    text: Texts = {}


class _Nothing(msgspec.Struct):
    pass


def on_this_machine(socket: Path) -> httpx.AsyncClient:
    """A client of the box that runs here."""
    return httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(socket)), base_url="http://box")


def at_the_hall(url: str, ca: Path, certificate: Path, key: Path) -> httpx.AsyncClient:
    """A client of the hall, as a technician. Raises OSError, ssl.SSLError for files that are none."""
    context = ssl.create_default_context(cafile=str(ca))
    context.load_cert_chain(certificate, key)
    return httpx.AsyncClient(base_url=url, verify=context, trust_env=False)


class BoxClient:
    """The verbs. Every one raises Lost or RefusedVerb. ``box``: "" on this machine, else relayed by the hall."""

    def __init__(self, client: httpx.AsyncClient, box: str = "") -> None:
        self._client = client
        self._path = f"/maintenance/{quote(box)}" if box else "/maintenance"
        self.relayed = bool(box)

    async def report(self) -> BoxReport:
        """The whole box as it stands."""
        return await self._ask("report", _Nothing(), BoxReport, SHORT_S)

    async def lease(self, ask: AskLease) -> LeaseStands:
        """Take, keep or give back devices."""
        return await self._ask("lease", ask, LeaseStands, SHORT_S)

    async def check(self, device: str, level: Level, lease: str = "") -> Checked:
        """Check one device."""
        return await self._ask("check", AskCheck(device=device, level=level, lease=lease), Checked, CHECK_S)

    async def seen(self, ask: AskSeen) -> Advised:
        """What a person saw who looked at the test of a display; what follows from it."""
        return await self._ask("seen", ask, Advised, SHORT_S)

    async def frames(self, line: str, after: int) -> Frames:
        """What passed on a line since that mark."""
        return await self._ask("frames", AskFrames(line=line, after=after), Frames, SHORT_S)

    async def preview(self, ask: AskPreview) -> Preview:
        """One picture of a scanner."""
        return await self._ask("preview", ask, Preview, SCAN_S)

    async def sign(self, device: str) -> Signed:
        """A sign for the window of this device."""
        return await self._ask("sign", AskSign(device=device), Signed, SIGN_S)

    async def settings(self) -> Settings:
        """Every setting, its value and where it came from."""
        return await self._ask("settings", _Nothing(), Settings, SHORT_S)

    async def bundle(self) -> Bundle:
        """The support bundle."""
        return await self._ask("bundle", _Nothing(), Bundle, BUNDLE_S)

    async def _ask(self, verb: str, body: msgspec.Struct, kind: type[T], limit_s: float) -> T:
        posting = self._client.post(f"{self._path}/{verb}", content=msgspec.json.encode(body), timeout=None)
        return await _answered(posting, kind, limit_s)


class HallClient:
    """What the hall itself tells of its boxes. Raises Lost or RefusedVerb."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def boxes(self) -> Boxes:
        """All boxes, first whoever needs a person most."""
        return await _answered(self._client.get("/maintenance", timeout=None), Boxes, SHORT_S)

    def box(self, name: str) -> BoxClient:
        """One of them."""
        return BoxClient(self._client, name)


async def _answered(asking: Awaitable[httpx.Response], kind: type[T], limit_s: float) -> T:
    try:
        async with asyncio.timeout(limit_s):
            answer = await asking
    except TimeoutError:
        raise Lost("late") from None
    except _CUT_OFF as failure:
        raise Lost("forbidden" if _may_not(failure) else "down") from None
    try:
        if answer.status_code == httpx.codes.OK:
            return msgspec.json.decode(answer.content, type=kind)
        no = msgspec.json.decode(answer.content, type=_No)
    except msgspec.DecodeError:
        raise RefusedVerb(answer.status_code, "other-version", {}) from None
    if answer.status_code in _SILENT:
        raise Lost("down", no.text)
    raise RefusedVerb(answer.status_code, no.error, no.text)


def _may_not(failure: BaseException) -> bool:
    """Whether the system forbade it: the reason lies at the bottom of what httpx made of it."""
    deepest: BaseException | None = failure
    while deepest is not None:
        if isinstance(deepest, PermissionError):
            return True
        deepest = deepest.__cause__ or deepest.__context__
    return False
