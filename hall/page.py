"""The hall's own page: how it is, and the reference of its calls, made on the server without any script."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from config.wording import room, say
from hall.boxes.seen import CALM
from hall.hall import Hall
from hall.recovering import Recovery
from hall.store.reader import DeviceState

Json = dict[str, Any]


def front(hall: Hall, described: Json, devices: list[DeviceState]) -> str:
    """The page as HTML: Chinese first, English beside it."""
    named = hall.settings.hall
    template = Template((files("hall") / "pages" / "front.html").read_text(encoding="utf-8"))
    words = {
        key: _both(key) for key in ("title", "services", "waiting", "windows", "calls_of", "shapes", "certificate")
    }
    rows = "".join(_service(hall, code) for code in hall.catalogue.services)
    return template.substitute(
        words,
        name=escape(named.name),
        name_en=escape(named.name_en),
        mode=_both(f"mode_{named.mode}"),
        mode_word=named.mode,
        date=hall.business_date,
        term=hall.term.n,
        refresh='<meta http-equiv="refresh" content="5">' if hall.recovery else "",
        recovering=_recovering(hall.recovery) if hall.recovery else "",
        maintained=_maintained(hall),
        troubles=_troubles(devices),
        service_rows=rows,
        window_rows="".join(_window(hall, number) for number in hall.catalogue.windows),
        paths="".join(_path(path, methods) for path, methods in sorted(described["paths"].items())),
        schemas="".join(_schema(name, schema) for name, schema in sorted(described["components"]["schemas"].items())),
    )


def _both(key: str, /, room_name: str = "hall", **fields: object) -> str:
    chinese, english = say(room_name, key, **fields), say(room_name, key, "en", **fields)
    return f'{escape(chinese)} <small lang="en">{escape(english)}</small>'


def _recovering(now: Recovery) -> str:
    """Why the hall stands still, and for whom."""
    rows = "".join(
        f"<tr><td>{escape(box)}<td>{_both('telling' if ends is not None else 'not_here')}"
        for box, ends in now.awaited.items()
    )
    remedy = f"<p>{_both('declare_absent')} <code>yichuang hall absent</code>" if rows else ""
    return (
        f'<section class="alarm"><h2>{_both("recovering")}</h2><p>{_both(f"why_{now.why}")}<p>{_both("until_told")}'
        f"<table><tbody>{rows}</tbody></table>{remedy}</section>"
    )


def _maintained(hall: Hall) -> str:
    """Where a technician is at work, so that nobody else goes there; who it is, is for the staff's page."""
    rows = "".join(
        f"<tr><td>{escape(box)}<td>{escape(' '.join(devices)) or _both('whole_box')}"
        for box, devices in hall.conditions.maintained(list(hall.catalogue.boxes)).items()
    )
    return f"<section><h2>{_both('maintained')}</h2><table><tbody>{rows}</tbody></table></section>" if rows else ""


def _troubles(devices: list[DeviceState]) -> str:
    """Devices that need somebody, before a citizen finds out."""
    rows = "".join(
        f"<tr><td>{escape(device.box)}<td>{escape(device.name)}<td>{'<br>'.join(map(_reason, keywords))}"
        for device in devices
        if (keywords := [word for word in device.reasons.split(",") if word not in CALM])
    )
    return (
        f'<section class="alarm"><h2>{_both("troubles")}</h2><table><tbody>{rows}</tbody></table></section>'
        if rows
        else ""
    )


def _reason(keyword: str) -> str:
    known = keyword in room("reason", "zh-CN")
    return _both(keyword if known else "unknown", "reason", keyword=keyword)


def _service(hall: Hall, code: str) -> str:
    service = hall.catalogue.services[code]
    name = f'{escape(service.name)} <small lang="en">{escape(service.name_en)}</small>'
    return f"<tr><td>{escape(service.letter + code)}<td>{name}<td>{hall.waiting[code]}"


def _window(hall: Hall, number: int) -> str:
    window, state = hall.catalogue.windows[number], hall.state(number)
    name = f'{escape(window.name)} <small lang="en">{escape(window.name_en)}</small>'
    held = escape(state.held.number) if state.held else "—"
    return f"<tr><td>{number}<td>{name}<td>{_both(f'phase_{state.phase}')}<td>{held}"


def _path(path: str, methods: Json) -> str:
    parts = []
    for method, call in methods.items():
        told = call.get("description") or call.get("summary", "")
        body = call.get("requestBody", {}).get("content", {})
        parts.append(
            f"<article><h3><b>{method.upper()}</b> <code>{escape(path)}</code></h3><p>{escape(told)}</p>"
            f"{_parameters(call.get('parameters', []))}{_content('→', body)}"
            f"{_content('←', call['responses'].get('200', {}).get('content', {}))}</article>"
        )
    return "".join(parts)


def _parameters(parameters: list[Json]) -> str:
    names = ", ".join(f"<code>{escape(parameter['name'])}</code>" for parameter in parameters)
    return f"<p>? {names}</p>" if names else ""


def _content(arrow: str, content: Json) -> str:
    return "".join(f"<p>{arrow} {_type(part.get('schema', {}))}</p>" for part in content.values())


def _schema(name: str, schema: Json) -> str:
    told = escape(schema.get("description", ""))
    fields = "".join(
        f"<tr><td><code>{escape(field)}</code><td>{_type(of)}<td>{escape(of.get('description', ''))}"
        for field, of in schema.get("properties", {}).items()
    )
    table = f"<table>{fields}</table>" if fields else f"<p>{_type(schema)}</p>"
    return f'<article id="{escape(name)}"><h3><code>{escape(name)}</code></h3><p>{told}</p>{table}</article>'


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(word))}</code>" for word in schema["enum"])
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(_type(part) for part in alternatives)
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if "additionalProperties" in schema and isinstance(schema["additionalProperties"], dict):
        return f"{{… : {_type(schema['additionalProperties'])}}}"
    return escape(str(schema.get("type", schema.get("const", "…"))))
