"""What people and integrators may read, on FastAPI: lists of a day, streamed straight from the database."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel

from hall import openapi, page
from hall.boxes.api import boxes_api
from hall.device_api import encode
from hall.enrolment.staff_api import enrolment_api
from hall.hall import Hall
from hall.identity import NOBODY, Peer
from hall.metrics import HallMetrics, metrics_api
from hall.notices_api import notices_api
from hall.recovering import Recovery
from hall.store import reader
from hall.store.reader import Reader

READERS = frozenset({"box", "observer"})

Day = Annotated[str | None, Query(pattern=r"^\d{4}-\d\d-\d\d$", description="Business date; today when left out")]
After = Annotated[int, Query(ge=0, description="Rows above this one")]
Limit = Annotated[int, Query(ge=1, le=10_000)]


class TicketRow(BaseModel):
    """A ticket as it stands. ``place_ms``: its first touch on the hall's clock, UTC ms."""

    ticket_id: str
    number: str
    digits: str
    service: str
    state: str
    paper: Literal["", "printed", "noted", "doubtful", "slip"]
    source: Literal["hall", "band", "slip"]
    place_ms: int
    device: str
    window: int | None
    visit: str
    call: str
    mode: str


class CallEvent(BaseModel):
    """One step of a call."""

    step: str
    at_ms: int


class CallRow(BaseModel):
    """One call of a ticket to a window, from *called* to its end."""

    call_id: str
    ticket_id: str
    number: str
    window: int
    operator: str
    at_ms: int
    ended: Literal["returned", "missed", "undone", "redirected", "finished"] | None
    ended_ms: int | None
    shown_ms: int | None
    spoken_ms: int | None
    events: list[CallEvent]


class RatingRow(BaseModel):
    """The one rating of a visit, or why there is none."""

    visit: str
    number: str
    window: int
    operator: str
    outcome: Literal["rated", "not-rated"]
    grade: str | None
    reason: str | None
    channel: str | None
    tags: str
    at_ms: int


class FactRow(BaseModel):
    """A fact as a box told it; ``hall_ms`` is its time on the hall's clock."""

    row: int
    device: str
    journal: str
    seq: int
    kind: str
    mode: str
    operator: str
    post: str
    visit: str
    at_ms: int
    trust: str
    hall_ms: int
    data: dict[str, str | int | bool | None] | None


class ConflictRow(BaseModel):
    """A fact that did not fit, whole, and why."""

    row: int
    device: str
    journal: str
    seq: int
    why: str
    detail: str
    at_ms: int
    fact: dict[str, object]


class DeviceRow(BaseModel):
    """A box's device as its box told last. ``reasons``: keywords, comma-separated."""

    box: str
    name: str
    phase: str
    reasons: str
    at_ms: int


class Awaiting(BaseModel):
    """Whether the hall is recovering, why, whom it waits for, and whom a person has declared absent."""

    recovering: bool
    why: str
    awaited: list[str]
    absent: list[str]

    @classmethod
    def of(cls, now: Recovery | None) -> Awaiting:
        """This recovery; a hall that is whole waits for nobody."""
        if now is None:
            return cls(recovering=False, why="", awaited=[], absent=[])
        return cls(recovering=True, why=now.why, awaited=list(now.awaited), absent=now.absent)


class Status(Awaiting):
    """How the hall is. ``backup``: the newest copy of its database, "" for none."""

    term: dict[str, int | str]
    business_date: str
    mode: str
    facts: int
    started_ms: int
    backup: str


class Absent(BaseModel, extra="forbid"):
    """Boxes that a person declares absent."""

    boxes: list[str]


def _peer(request: Request) -> Peer:
    peer: Peer = getattr(request.state, "peer", NOBODY)
    return peer


def _may_read(request: Request) -> None:
    peer = _peer(request)
    if peer.role not in READERS:
        raise HTTPException(403 if peer.role else 401, "show an observer's or a box's certificate")


def _may_declare(request: Request) -> None:
    peer = _peer(request)
    if peer.role != "hall":
        raise HTTPException(403 if peer.role else 401, "show the hall's own certificate")


def people_api(hall: Hall, read: Reader, metrics: HallMetrics) -> FastAPI:
    """The application for everything but /device/."""
    app = FastAPI(title="Yichuang hall", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    _lists(app, hall, read)
    _now(app, hall, read)
    _recovering(app, hall)
    boxes_api(app, hall, read)
    metrics_api(app, metrics)
    notices_api(app, hall, may_read=_may_read, may_put_up=_may_declare)
    enrolment_api(app, hall.enrolment, _may_declare)
    _open_to_all(app, hall, read)
    return app


def _lists(app: FastAPI, hall: Hall, read: Reader) -> None:
    guarded = [Depends(_may_read)]

    def stream(sql: str, *parameters: str | int) -> StreamingResponse:
        return StreamingResponse(read.stream(sql, *parameters), media_type="application/json")

    @app.get("/api/tickets", dependencies=guarded, response_model=list[TicketRow])
    def tickets(date: Day = None) -> Response:
        """Tickets of a business date."""
        return stream(reader.TICKETS, date or hall.business_date)

    @app.get("/api/calls", dependencies=guarded, response_model=list[CallRow])
    def calls(date: Day = None) -> Response:
        """Calls of a business date, in order."""
        return stream(reader.CALLS, date or hall.business_date)

    @app.get("/api/ratings", dependencies=guarded, response_model=list[RatingRow])
    def ratings(date: Day = None) -> Response:
        """Ratings of a business date."""
        return stream(reader.RATINGS, date or hall.business_date)

    @app.get("/api/facts", dependencies=guarded, response_model=list[FactRow])
    def facts(after: After = 0, limit: Limit = 1000) -> Response:
        """Facts in the order they were stored."""
        return stream(reader.FACTS, after, limit)

    @app.get("/api/conflicts", dependencies=guarded, response_model=list[ConflictRow])
    def conflicts(after: After = 0, limit: Limit = 1000) -> Response:
        """What did not fit, in the order it came."""
        return stream(reader.CONFLICTS, after, limit)

    @app.get("/api/devices", dependencies=guarded, response_model=list[DeviceRow])
    def devices() -> Response:
        """Every box's devices, each as it was told last."""
        return stream(reader.DEVICES)


def _now(app: FastAPI, hall: Hall, read: Reader) -> None:
    guarded = [Depends(_may_read)]

    @app.get("/api/windows", dependencies=guarded, openapi_extra=openapi.answers("list[WindowState]"))
    async def windows() -> Response:
        """Every window as its box is told."""
        states = [hall.state(number) for number in hall.catalogue.windows]
        return Response(encode(states), media_type="application/json")

    @app.get("/api/counts", dependencies=guarded, response_model=dict[str, int])
    async def counts() -> Response:
        """How many wait, by service code."""
        return JSONResponse(hall.waiting)

    @app.get("/api/status", dependencies=guarded, response_model=Status)
    def status() -> Response:
        """The hall's term, day and mode, and whom it waits for while it is recovering."""
        told = Status(
            **Awaiting.of(hall.recovery).model_dump(),
            term={"n": hall.term.n, "draw": hall.term.draw},
            business_date=hall.business_date,
            mode=hall.settings.hall.mode,
            facts=read.facts(),
            started_ms=hall.started_ms,
            backup=hall.backed_up.file if hall.backed_up else "",
        )
        return JSONResponse(told.model_dump())


def _recovering(app: FastAPI, hall: Hall) -> None:
    @app.post("/api/recovering/absent", dependencies=[Depends(_may_declare)], response_model=Awaiting)
    async def absent(declared: Absent) -> Response:
        """Wait no longer for these boxes: what only they know is missing until they return."""
        strangers = [box for box in declared.boxes if box not in hall.catalogue.boxes]
        if strangers:
            raise HTTPException(422, f"not enrolled: {', '.join(strangers)}")
        now = await hall.declare_absent(declared.boxes)
        if now is None:
            raise HTTPException(409, "not recovering: the hall waits for nobody")
        return JSONResponse(Awaiting.of(now).model_dump())


def _open_to_all(app: FastAPI, hall: Hall, read: Reader) -> None:
    @app.get("/health", response_model=dict[str, str])
    async def health() -> Response:
        """Whether the hall answers."""
        return JSONResponse({"status": "ok"})

    @app.get("/openapi.json", include_in_schema=False)
    def described() -> Response:
        return JSONResponse(openapi.document(app))

    @app.get("/", include_in_schema=False)
    def front() -> Response:
        return HTMLResponse(page.front(hall, openapi.document(app), read.devices()))

    @app.get("/static/style.css", include_in_schema=False)
    def style() -> Response:
        css = (files("hall") / "pages" / "style.css").read_bytes()
        return Response(css, media_type="text/css")
