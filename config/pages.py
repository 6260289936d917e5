"""Pages from the templates in screens/, reached by path, with every sentence of their room in every language."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.wording import LANGUAGES, room

SHARED_ROOMS = ("reason", "refusal", "alarm")
"""Rooms every page may say sentences from, beside its own."""


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


def render(page: str, *, mode: str, window: int = 0) -> str:
    """The HTML of ``kiosk`` or ``window``, every sentence in it. ``window`` is the counter's number, 0 for none."""
    chinese, english = (sentences(page, language) for language in LANGUAGES)
    return _templates().get_template(f"{page}.html").render(words=chinese, words_en=english, mode=mode, window=window)


def sentences(page: str, language: str) -> dict[str, str]:
    """What a page may say in one language: its own room's keys, and ``reason.…``, ``refusal.…`` of the shared ones."""
    shared = {f"{name}.{key}": text for name in SHARED_ROOMS for key, text in room(name, language).items()}
    return {**room(page, language), **shared}
