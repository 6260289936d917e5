"""Calls of the hall's own command lines: a code for a box, and a box or a certificate taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from hall.contract.enrolment import shown
from hall.enrolment.codes import LASTS_MS
from hall.enrolment.desk import EnrolmentDesk, NoAuthority, NoSuchBox
from hall.enrolment.registry import NothingToRevoke

Name = Annotated[str, Field(min_length=1, max_length=80)]


class WhichBox(BaseModel, extra="forbid"):
    """A box by its name; to revoke, a certificate's serial too."""

    box: Name


class Code(BaseModel):
    """A one-time code, told this once, and the minutes that it lasts."""

    code: str
    minutes: int


class CutOff(BaseModel):
    """The box that may speak no more, or the serial of whoever else."""

    box: str


def enrolment_api(app: FastAPI, desk: EnrolmentDesk, guard: Callable[[Request], None]) -> None:
    """Add them. ``guard`` asks for the hall's own certificate."""
    guarded = [Depends(guard)]

    @app.post("/api/enrolment/code", dependencies=guarded, response_model=Code)
    async def code(which: WhichBox) -> Response:
        """A new code for a box of the settings; the one before it is void."""
        try:
            made = await desk.code(which.box)
        except NoSuchBox:
            raise HTTPException(404, f"no [[box]] {which.box} in the hall's settings") from None
        except NoAuthority:
            raise HTTPException(
                409, "the settings name no [hall] ca_key: sign its request with yichuang ca sign"
            ) from None
        return JSONResponse({"code": shown(made), "minutes": LASTS_MS // 60_000})

    @app.post("/api/enrolment/revoke", dependencies=guarded, response_model=CutOff)
    async def revoke(which: WhichBox) -> Response:
        """Believe this box, or this certificate, no more."""
        try:
            return JSONResponse({"box": await desk.revoke(which.box)})
        except NothingToRevoke:
            raise HTTPException(404, f"no certificate of {which.box} has been seen or made here") from None
        except OSError as failed:
            raise HTTPException(503, str(failed)) from None
