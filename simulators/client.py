"""What an onlooker may ask: the hall's read API as an observer, the boxes' local APIs as their pages do.

Answers are the simulators' own Structs (simulators.account), or plain dictionaries.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from simulators.account import Call, Conflict, Fact, Rating, Status, Ticket

T = TypeVar("T")

CallFailed = httpx.HTTPError
"""What every call here raises: no answer, or one that says no."""
NoAnswer = httpx.TransportError
"""A CallFailed: nobody answered."""

Unreachable = httpx.TransportError
"""Nobody answers there, or the answer broke off."""

FACTS_A_PAGE = 1000
CHECK_SECONDS = 60.0
"""The slowest check, with a person to wait for, takes half of it."""


class HallReader:
    """The hall's read API."""

    def __init__(self, url: str, ca: Path, certificate: Path, key: Path) -> None:
        context = ssl.create_default_context(cafile=str(ca))
        context.load_cert_chain(certificate, key)
        self._http = httpx.AsyncClient(base_url=url, verify=context, timeout=10.0, trust_env=False)

    async def healthy(self) -> bool:
        """Whether the hall answers."""
        try:
            return (await self._http.get("/health", timeout=2.0)).status_code == httpx.codes.OK
        except Unreachable:
            return False

    async def status(self) -> Status:
        """Business date and mode. Raises Unreachable, httpx.HTTPStatusError."""
        return await self._get("/api/status", Status)

    async def tickets(self, date: str) -> list[Ticket]:
        """All tickets of a business date."""
        return await self._get("/api/tickets", list[Ticket], date=date)

    async def calls(self, date: str) -> list[Call]:
        """All calls of a business date."""
        return await self._get("/api/calls", list[Call], date=date)

    async def ratings(self, date: str) -> list[Rating]:
        """All ratings of a business date."""
        return await self._get("/api/ratings", list[Rating], date=date)

    async def counts(self) -> dict[str, int]:
        """How many wait, by service code."""
        return await self._get("/api/counts", dict[str, int])

    async def windows(self) -> list[dict[str, Any]]:
        """The state of every window."""
        return await self._get("/api/windows", list[dict[str, Any]])

    async def conflicts(self) -> list[Conflict]:
        """Facts that did not fit."""
        return await self._get("/api/conflicts", list[Conflict])

    async def facts(self, after: int = 0) -> list[Fact]:
        """Every fact stored after this row, page by page."""
        found: list[Fact] = []
        while True:
            page = await self._get("/api/facts", list[Fact], after=after, limit=FACTS_A_PAGE)
            found += page
            if len(page) < FACTS_A_PAGE:
                return found
            after = page[-1].row

    async def latest(self, after: int, limit: int) -> list[Fact]:
        """At most ``limit`` facts stored after this row."""
        return await self._get("/api/facts", list[Fact], after=after, limit=limit)

    async def _get(self, path: str, kind: type[T], **query: str | int) -> T:
        answer = await self._http.get(path, params=query)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=kind)

    async def close(self) -> None:
        """Drop the connections."""
        await self._http.aclose()


class BoxClient:
    """A box's local API, used as its own pages use it."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=30.0, trust_env=False)
        self._token = ""

    async def ready(self) -> bool:
        """Whether the box says that it is ready."""
        try:
            return (await self._http.get("/ready", timeout=2.0)).status_code == httpx.codes.OK
        except Unreachable:
            return False

    async def health(self) -> dict[str, Any]:
        """Devices, hall link, outbox. Raises Unreachable."""
        answer: dict[str, Any] = (await self._http.get("/health", timeout=5.0)).raise_for_status().json()
        return answer

    async def check(self, device: str, level: str) -> dict[str, Any]:
        """Let the box check a device, as a technician's terminal does. Raises Unreachable, ValueError for no JSON."""
        path = f"/devices/{quote(device)}/check"
        answer: dict[str, Any] = (await self._http.post(path, params={"level": level}, timeout=CHECK_SECONDS)).json()
        return answer

    async def take_ticket(self, service: str, touch: str) -> dict[str, Any]:
        """Touch a service. A refusal has the key ``error``. Raises Unreachable."""
        return await self._post("/kiosk/tickets", {"service": service, "touch": touch})

    async def came_out(self, ticket: str, came_out: bool) -> dict[str, Any]:
        """Answer 小票出来了吗: did the slip come out."""
        return await self._post("/kiosk/tickets/came-out", {"ticket_id": ticket, "came_out": came_out})

    async def noted(self, ticket: str, noted: bool) -> dict[str, Any]:
        """Answer 号码记住了吗: does the citizen have the number that is only on the screen."""
        return await self._post("/kiosk/tickets/noted", {"ticket_id": ticket, "noted": noted})

    async def scan_slip(self, text: str) -> dict[str, Any]:
        """Hold a slip under the kiosk's scanner: its ``place``, and a ``look`` by which wishes name it."""
        return await self._post("/kiosk/ticket/scan", {"text": text})

    async def wish(self, look: str, wish: str) -> dict[str, Any]:
        """Step away, step back, give back, be called by the screens. ``outcome`` done, overtaken or kept."""
        return await self._post("/kiosk/ticket/wish", {"look": look, "wish": wish})

    async def leave_slip(self, look: str) -> dict[str, Any]:
        """Go, and let the kiosk forget the slip."""
        return await self._post("/kiosk/ticket/leave", {"look": look})

    async def by_screen(self, ticket: str) -> dict[str, Any]:
        """请用屏幕叫我, of the number just taken."""
        return await self._post("/kiosk/ticket/by-screen", {"ticket_id": ticket})

    async def sign_in(self, window: int, name: str, pin: str) -> dict[str, Any]:
        """Open a window; the token is kept for the presses that follow."""
        answer = await self._post(f"/window/{window}/sign-in", {"name": name, "pin": pin})
        self._token = answer.get("token", "")
        return answer

    @property
    def signed_in(self) -> bool:
        """Whether a token of a sign-in is at hand."""
        return bool(self._token)

    def forget(self) -> None:
        """Drop the token: the box no longer knows it."""
        self._token = ""

    async def sign_out(self, window: int) -> dict[str, Any]:
        """Leave the window."""
        return await self._post(f"/window/{window}/sign-out", {})

    async def press(self, window: int, act: str, press: str, **more: str) -> dict[str, Any]:
        """Press a clerk's button. A refusal has ``outcome`` refused or the key ``error``. Raises Unreachable."""
        return await self._post(f"/window/{window}/press", {"act": act, "press": press, **more})

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        return _told(await self._http.post(path, json=body, headers=headers))

    def states(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Every state pushed on this SSE path, until the box ends the stream. Raises CallFailed."""
        return _states(self._http, path)

    async def close(self) -> None:
        """Drop the connections."""
        await self._http.aclose()


class GuidePage:
    """The hall's page for guides, used as a tablet does."""

    def __init__(self, url: str, ca: Path) -> None:
        context = ssl.create_default_context(cafile=str(ca))
        own = {"Origin": url}
        self._http = httpx.AsyncClient(base_url=url, verify=context, timeout=10.0, trust_env=False, headers=own)

    async def sign_in(self, name: str, pin: str) -> bool:
        """Whether the guide may use it now; the cookie is kept. Raises Unreachable."""
        return "guide" in await self.post("sign-in", {"name": name, "pin": pin})

    async def post(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        """Look something up, or do it. A refusal has the key ``error``. Raises Unreachable."""
        return _told(await self._http.post(f"/guide/{what}", json=body))

    def states(self) -> AsyncIterator[dict[str, Any]]:
        """What the page shows, whenever it changes, until the hall ends the stream. Raises CallFailed."""
        return _states(self._http, "/guide/state")

    async def close(self) -> None:
        """Drop the connections."""
        await self._http.aclose()


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        told: dict[str, Any] = answer.json()
    except ValueError as error:
        if answer.status_code == STOPPING:
            raise NoAnswer(answer.text) from error
        return {"error": f"status {answer.status_code}: {answer.text[:200]}"}
    if answer.is_error and "error" not in told:
        told["error"] = f"status {answer.status_code}"
    return told


async def _states(http: httpx.AsyncClient, path: str) -> AsyncIterator[dict[str, Any]]:
    patience = httpx.Timeout(5.0, read=40.0)  # the box sends a comment every 15 s
    async with http.stream("GET", path, timeout=patience) as answer:
        answer.raise_for_status()
        async for event, data in server_sent(answer.aiter_lines()):
            if event == "state":
                yield msgspec.json.decode(data)


STOPPING = 503
"""With no JSON: the box was told to stop before it could answer. Its page asks again."""

PAUSES = (0.5, 1.0, 2.0, 3.0)
"""Between two attempts of a page (screens/static/api.js)."""


async def until_answered(post: Callable[[], Awaitable[T]], limit: float) -> T:
    """Post as a page does: again while nobody answers, at most ``limit`` seconds. Raises NoAnswer."""
    loop = asyncio.get_running_loop()
    until = loop.time() + limit
    for pause in PAUSES:
        try:
            return await post()
        except NoAnswer:
            if loop.time() + pause > until:
                raise
        await asyncio.sleep(pause)
    return await post()


async def server_sent(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, str]]:
    """The (event, data) pairs of a text/event-stream (WHATWG HTML §9.2)."""
    event, data = "message", list[str]()
    async for line in lines:
        if not line:
            if data:
                yield event, "\n".join(data)
            event, data = "message", []
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                event = value
            elif field == "data":
                data.append(value)
