"""The hall's own page: how it is, and the reference of its calls, made on the server without any script."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from config.wording import say
from hall.hall import Hall

Json = dict[str, Any]


def front(hall: Hall, described: Json) -> str:
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
        service_rows=rows,
        window_rows="".join(_window(hall, number) for number in hall.catalogue.windows),
        paths="".join(_path(path, methods) for path, methods in sorted(described["paths"].items())),
        schemas="".join(_schema(name, schema) for name, schema in sorted(described["components"]["schemas"].items())),
    )


def _both(key: str) -> str:
    return f'{escape(say("hall", key))} <small lang="en">{escape(say("hall", key, "en"))}</small>'


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
