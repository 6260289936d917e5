"""A box and its hall in a technician's eyes: the verbs of hall.contract.maintenance, with scripted answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.wording import both
from hall.contract.maintenance import (
    LEASE_S,
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
    Lease,
    LeaseStands,
    Reason,
    Settings,
    Signed,
)
from tests.screens.diagnostics import scene

Handler = Callable[[bytes], Any]


class No(Exception):
    """A refusal: status, keyword, and the sentence in every language."""

    def __init__(self, status: int, error: str, text: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "text": text or {}}


class StandIn:
    """States are scripted by setting its fields. ``outcome``: what the next check comes to; ``hold``: it waits."""

    def __init__(self, report: BoxReport | None = None) -> None:
        self.report = report or scene.report()
        self.boxes: Boxes = scene.BOXES
        self.frames: Frames = scene.FRAMES
        self.settings: Settings = scene.SETTINGS
        self.leases: dict[str, Lease] = {}
        self.asked: list[tuple[str, Any]] = []
        self.outcome = "sound"
        self.fault = ""
        self.signed: Literal["printed", "doubtful", "not-printed"] = "printed"
        self.sign_reasons: list[Reason] = []
        self.found: dict[str, str | int] = {}
        self.no: dict[str, No] = {}
        self.hold = asyncio.Event()
        self.hold.set()
        self.app = Starlette(
            routes=[
                Route("/maintenance", self._boxes),
                Route("/maintenance/{verb}", self._verb, methods=["POST"]),
                Route("/maintenance/{box}/{verb}", self._verb, methods=["POST"]),
            ]
        )

    def verbs(self) -> list[str]:
        """What was asked, but for the report that is asked all the time."""
        return [verb for verb, _ in self.asked if verb != "report"]

    async def _boxes(self, _: Request) -> Response:
        return self._answer(lambda _: self.boxes, "boxes", b"")

    async def _verb(self, request: Request) -> Response:
        verb, body = request.path_params["verb"], await request.body()
        if verb in ("check", "preview", "sign", "bundle"):
            await self.hold.wait()
        handlers: dict[str, Handler] = {
            "report": lambda _: self._report(),
            "lease": self._lease,
            "check": self._check,
            "seen": self._seen,
            "frames": self._frames,
            "preview": self._preview,
            "sign": self._sign,
            "settings": lambda _: self.settings,
            "bundle": lambda _: Bundle(name="counter-3.tar.gz", data=base64.b64encode(b"logs").decode()),
        }
        return self._answer(handlers[verb], verb, body)

    def _answer(self, handler: Handler, verb: str, body: bytes) -> Response:
        self.asked.append((verb, msgspec.json.decode(body) if body else {}))
        try:
            if verb in self.no:
                raise self.no[verb]
            told, status = handler(body), 200
        except No as no:
            told, status = no.body, no.status
        return Response(msgspec.json.encode(told), status, media_type="application/json")

    def _report(self) -> BoxReport:
        leased = {name for lease in self.leases.values() for name in lease.devices}
        devices = [replace(device, leased=device.name in leased) for device in self.report.devices]
        return replace(self.report, devices=devices, leases=list(self.leases.values()))

    def _lease(self, body: bytes) -> LeaseStands:
        ask = msgspec.json.decode(body, type=AskLease)
        if ask.give_back:
            self.leases.pop(ask.id, None)
            return LeaseStands(lease=None)
        if ask.id:
            if ask.id not in self.leases:
                raise No(404, "no-such-lease")
            return LeaseStands(lease=self.leases[ask.id])
        lease = Lease(id=f"lease-{len(self.asked)}", who=ask.who, devices=ask.devices, left_ms=LEASE_S * 1000)
        self.leases[lease.id] = lease
        return LeaseStands(lease=lease)

    def _check(self, body: bytes) -> Checked:
        ask = msgspec.json.decode(body, type=AskCheck)
        if ask.level != "internal" and ask.lease not in self.leases:
            raise No(409, "needs-lease")
        reasons = next(device.reasons for device in self.report.devices if device.name == ask.device)
        return Checked(
            device=ask.device,
            level=ask.level,
            outcome=self.outcome,
            text=both("checkup", self.outcome),
            reasons=reasons,
            fault=self.fault,
            found=self.found,
        )

    def _seen(self, body: bytes) -> Advised:
        ask = msgspec.json.decode(body, type=AskSeen)
        if ask.lease not in self.leases:
            raise No(409, "needs-lease")
        return Advised(advice=[scene.swapped(ask.device, ask.at)] if ask.at else self.report.advice)

    def _frames(self, body: bytes) -> Frames:
        ask = msgspec.json.decode(body, type=AskFrames)
        fresh = [frame for frame in self.frames.frames if frame.mark > ask.after]
        return replace(self.frames, frames=fresh, lost=0 if ask.after else self.frames.lost)

    def _sign(self, body: bytes) -> Signed:
        device = msgspec.json.decode(body, type=AskSign).device
        window = next(each.window for each in self.report.devices if each.name == device)
        where = both("advice", "at-window", window=window)
        return Signed(printer="office-printer", where=where, outcome=self.signed, reasons=self.sign_reasons)

    def _preview(self, body: bytes) -> Any:
        ask = msgspec.json.decode(body, type=AskPreview)
        if ask.lease not in self.leases:
            raise No(409, "needs-lease")
        return scene.preview(ask.columns, ask.rows)
