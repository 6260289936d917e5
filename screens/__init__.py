"""The pages people touch: templates and static files, served by a box's or a hall's own HTTP server."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.wording import LANGUAGES, room

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
ROOMS = ("reason", "refusal")
"""Rooms every page may say sentences from, beside its own."""

_pages = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(page: str, *, mode: str, window: int = 0) -> str:
    """The HTML of ``kiosk`` or ``window``, every sentence in it. ``window`` is the counter's number, 0 for none."""
    chinese, english = (sentences(page, language) for language in LANGUAGES)
    return _pages.get_template(f"{page}.html").render(words=chinese, words_en=english, mode=mode, window=window)


def sentences(page: str, language: str) -> dict[str, str]:
    """What a page may say in one language: its own room's keys, and ``reason.…``, ``refusal.…`` of the shared ones."""
    shared = {f"{name}.{key}": text for name in ROOMS for key, text in room(name, language).items()}
    return {**room(page, language), **shared}
