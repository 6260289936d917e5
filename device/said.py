"""Texts in every language at once, as pages take them: sentences of a wording room, and the hall's own names."""

from __future__ import annotations

from collections.abc import Mapping

from config.wording import LANGUAGES, say

Both = dict[str, str]
"""One text, by language."""


def said(room: str, key: str, /, **fields: object) -> Both:
    """A sentence of a room; a field may itself be in every language."""
    return {
        language: say(room, key, language, **{name: _in(language, value) for name, value in fields.items()})
        for language in LANGUAGES
    }


def in_both(chinese: str, english: str = "") -> Both:
    """A text of the hall's own; every language but Chinese gets the English one, and without it the Chinese."""
    return {language: chinese if language == LANGUAGES[0] else english or chinese for language in LANGUAGES}


def _in(language: str, value: object) -> object:
    return value[language] if isinstance(value, Mapping) else value
