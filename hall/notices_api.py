"""Calls for what the hall's staff put up for everybody: notices and the alarm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from msgspec import to_builtins
from pydantic import BaseModel, Field

from hall import openapi
from hall.contract import Said
from hall.device_api import encode
from hall.hall import Hall
from hall.notices import MOST, TooMany
from hall.store.writer import StoreFailed

Guard = Callable[[Request], None]
Line = Annotated[str, Field(max_length=200)]


class NoticeText(BaseModel, extra="forbid"):
    """A notice in both languages; ``en`` may be empty."""

    zh: Annotated[str, Field(min_length=1, max_length=200)]
    en: Line = ""


class AlarmText(BaseModel, extra="forbid"):
    """What kind of alarm, and what the hall adds to it: where to, or what to do."""

    kind: Literal["evacuate", "exercise"]
    zh: Line = ""
    en: Line = ""


class PutUp(BaseModel):
    """The name by which it is taken down."""

    id: str


class Done(BaseModel):
    """It is done."""

    done: bool = True


def notices_api(app: FastAPI, hall: Hall, *, may_read: Guard, may_put_up: Guard) -> None:
    """Add them. ``may_put_up`` asks for the hall's own certificate."""
    _news(app, hall, may_read)
    _notices(app, hall, may_put_up)
    _alarm(app, hall, may_put_up)


def _news(app: FastAPI, hall: Hall, may_read: Guard) -> None:
    @app.get("/api/news", dependencies=[Depends(may_read)], openapi_extra=openapi.answers("News"))
    async def news() -> Response:
        """What everybody in the hall may know, as boxes are told."""
        return Response(encode(hall.news.now(hall.term, 0)), media_type="application/json")


def _notices(app: FastAPI, hall: Hall, may_put_up: Guard) -> None:
    guarded = [Depends(may_put_up)]

    @app.get("/api/notices", dependencies=guarded, response_model=list[dict[str, object]])
    async def notices() -> Response:
        """Those that are up."""
        return JSONResponse(to_builtins(hall.news.notices))

    @app.post("/api/notices", dependencies=guarded, response_model=PutUp)
    async def put_up(text: NoticeText) -> Response:
        """Show this on every board until it is taken down."""
        try:
            notice = await hall.notices.put_up(Said(zh=text.zh, en=text.en))
        except TooMany:
            raise HTTPException(409, f"{MOST} notices are up: take one down first") from None
        except StoreFailed as failed:
            raise HTTPException(503, str(failed)) from None
        return JSONResponse({"id": notice.id})

    @app.delete("/api/notices/{notice}", dependencies=guarded, response_model=Done)
    async def take_down(notice: str) -> Response:
        """Show it no longer."""
        try:
            was_up = await hall.notices.take_down(notice)
        except StoreFailed as failed:
            raise HTTPException(503, str(failed)) from None
        if not was_up:
            raise HTTPException(404, f"no notice {notice} is up")
        return JSONResponse({"done": True})


def _alarm(app: FastAPI, hall: Hall, may_put_up: Guard) -> None:
    guarded = [Depends(may_put_up)]

    @app.post("/api/alarm", dependencies=guarded, response_model=Done)
    async def alarm(told: AlarmText) -> Response:
        """Tell everybody to leave, on every screen and display, or practise it. Stands until it is taken back."""
        await hall.notices.alarm(told.kind, Said(zh=told.zh, en=told.en))
        return JSONResponse({"done": True})

    @app.delete("/api/alarm", dependencies=guarded, response_model=Done)
    async def over() -> Response:
        """The alarm is over."""
        if not await hall.notices.over():
            raise HTTPException(409, "there is no alarm")
        return JSONResponse({"done": True})
