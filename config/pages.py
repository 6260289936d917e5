"""Pages from the templates in screens/, reached by path, with every sentence of their room in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.wording import LANGUAGES, room
from config.wording.packs import Description, Pack

SHARED_ROOMS = ("reason", "refusal", "alarm", "languages")
"""Rooms every page may say sentences from, beside its own."""

PART_ROOMS = {"kiosk": ("care",)}
"""Rooms of parts that only this page has."""


def security_headers(frame_ancestors: Sequence[str] = ()) -> list[tuple[bytes, bytes]]:
    """What every answer to a browser bears: nothing is fetched from outside, framed, kept, or told to others."""
    ancestors = " ".join(frame_ancestors) or "'none'"
    policy = f"default-src 'self'; img-src 'self' data:; frame-ancestors {ancestors}; base-uri 'none'"
    return [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", policy.encode()),
    ]


@cache
def screens() -> Path:
    """The folder of templates/ and static/. Raises ModuleNotFoundError when the product is installed without it."""
    spec = find_spec("screens")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("screens is not installed")
    return Path(spec.submodule_search_locations[0])


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(screens() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Language:
    """A language as a page has it. ``beside``: the tag of the one that stands with it, smaller, or for it."""

    tag: str
    name: str
    direction: str
    beside: str
    writing: str
    words: Mapping[str, str]


def render(page: str, *, mode: str, window: int = 0, packs: Sequence[Pack] = (), **data: object) -> str:
    """The HTML of a page, every sentence in it. ``window`` is the counter's number, 0 for none; ``data`` the page's."""
    languages = languages_of(page, packs)
    chinese, english = (language.words for language in languages[: len(LANGUAGES)])
    told = [asdict(language) for language in languages]
    said = {"words": chinese, "words_en": english, "languages": languages, "packs": packs, "told": told}
    return _templates().get_template(f"{page}.html").render(mode=mode, window=window, **said, **data)


def languages_of(page: str, packs: Sequence[Pack] = ()) -> list[Language]:
    """The product's own languages and those of the packs, with what the page may say in each."""
    chinese, english = LANGUAGES
    own = [
        Language(tag, room("languages", tag)["name"], "ltr", beside, "horizontal", sentences(page, tag))
        for tag, beside in ((chinese, english), (english, chinese))
    ]
    further = [
        Language(
            pack.tag,
            pack.description.name,
            pack.description.direction,
            pack.description.beside,
            pack.description.writing,
            _sentences(page, pack.rooms),
        )
        for pack in packs
    ]
    return own + further


def languages_css(packs: Sequence[Pack]) -> str:
    """What shows a pack's language where it is chosen, and hides it elsewhere; tokens and parts know the first two."""
    return "".join(_css(pack.tag, pack.description) for pack in packs)


def _css(tag: str, description: Description) -> str:
    page = f'[data-language="{tag}"]'
    font = f' font-family: "{description.font}", var(--font);' if description.font else ""
    upright = " writing-mode: vertical-lr; width: fit-content; max-height: 9em;"
    written = upright if description.writing == "vertical" else ""
    own, beside = f'> [lang="{tag}"]', f'> [lang="{description.beside}"]'
    return f"""\
.both {own} {{ display: none; direction: {description.direction};{font}{written} }}
{page} .both > [lang] {{ display: none; }}
{page} .both {own} {{ display: block; order: -1; }}
{page} .both {beside} {{ display: block; }}
{page} .both:has({own}) {beside} {{ font-size: var(--second); font-weight: 400; }}
"""


def sentences(page: str, language: str) -> dict[str, str]:
    """What a page may say in one language: its own room's keys, and ``reason.…`` of the shared ones."""
    return _sentences(page, {name: room(name, language) for name in (page, *_rooms_beside(page))})


def _rooms_beside(page: str) -> tuple[str, ...]:
    return (*SHARED_ROOMS, *PART_ROOMS.get(page, ()))


def _sentences(page: str, rooms: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    shared = {f"{name}.{key}": text for name in _rooms_beside(page) for key, text in rooms.get(name, {}).items()}
    return {**rooms.get(page, {}), **shared}
