"""One description of all calls: the boxes' from the contract's structs, people's from FastAPI."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI

from hall.contract import (
    VERSION,
    Answer,
    AskZone,
    Batch,
    Command,
    DayChanged,
    Fact,
    Hello,
    News,
    QueueCounts,
    Receipt,
    Reserve,
    Reserved,
    Welcome,
    WindowState,
    ZoneLease,
)
from hall.contract.maintenance import Boxes, Condition
from hall.device_api import Problem

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"

_POSTS: dict[str, tuple[Any, Any, str]] = {
    "/device/hello": (Hello, Welcome, "A box says who it is: at start, and on every new connection."),
    "/device/reserve": (Reserve, Reserved, "A number for a ticket. The same ticket always gets the same number."),
    "/device/facts": (Batch, Receipt, "Facts, in order and without holes. The answer says how far they are stored."),
    "/device/commands": (
        Command,
        Answer,
        "One press at a window. A request sent again is answered again, and not carried out.",
    ),
    "/device/condition": (Condition, dict, "How a box is, by itself: told on every change, and once a minute."),
    "/device/zone": (AskZone, ZoneLease, "Whether this box calls for its zone, asked each 5 s by one with a speaker."),
}


def answers(name: str) -> Json:
    """``openapi_extra`` of a call that answers with a struct of the contract, or a list of them."""
    inner = name.removeprefix("list[").removesuffix("]")
    schema: Json = {"$ref": _REF.format(name=inner)}
    if inner != name:
        schema = {"type": "array", "items": schema}
    return {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}


def document(app: FastAPI) -> Json:
    """The whole description; made once, when first asked for."""
    described: Json = app.openapi()
    if "/device/hello" not in described["paths"]:
        structs = [part for post in _POSTS.values() for part in post[:2]]
        more = [Problem, Fact, WindowState, QueueCounts, DayChanged, News, Boxes]
        schemas, components = msgspec.json.schema_components([*structs, *more], ref_template=_REF)
        described["info"]["x-contract"] = VERSION
        described.setdefault("components", {}).setdefault("schemas", {}).update(components)
        for index, (path, (_, _, summary)) in enumerate(_POSTS.items()):
            described["paths"][path] = _post(summary, schemas[2 * index], schemas[2 * index + 1])
        described["paths"]["/device/downlink"] = _downlink()
    return described


def _post(summary: str, body: Json, answer: Json) -> Json:
    refused = {
        "description": "Refused",
        "content": {"application/json": {"schema": {"$ref": _REF.format(name="Problem")}}},
    }
    return {
        "post": {
            "summary": summary,
            "tags": ["boxes"],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            "responses": {
                "200": {"description": "Done", "content": {"application/json": {"schema": answer}}},
                **dict.fromkeys(("400", "401", "403", "409", "422", "503"), refused),
            },
        }
    }


def _downlink() -> Json:
    told = (
        "Server-sent events: `window` (WindowState), `queue` (QueueCounts), `day` (DayChanged), `news` (News), `bye`"
        " (the hall stops)."
        " On connecting, what stands is sent at once. A comment each 15 s shows that the line is alive."
    )
    content = {"text/event-stream": {"schema": {"type": "string"}}}
    return {"get": {"summary": told, "tags": ["boxes"], "responses": {"200": {"description": "", "content": content}}}}
