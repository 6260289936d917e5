"""A command line of setup: what it asks for, and what is said at its end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import ValidationError

from config.wording import say
from workshop.setup.answers import Answers, load_answers
from workshop.setup.person import ROOM, AtTerminal, Nobody, NotAnswered, Person
from workshop.setup.places import Places
from workshop.setup.programs import Failed, Services
from workshop.setup.run import Setup, Stopped, Wish

NotDone = (Stopped, Failed, NotAnswered)
"""How a run ends that is not done."""


def setup_of(options: argparse.Namespace, write: Callable[[str], None]) -> Setup:
    """The run that this command line asks for. Raises SettingsError, Stopped."""
    told = load_answers(options.answers).values if options.answers else Answers()
    named = {"name": options.replace or options.name, "hall": options.hall.rstrip("/"), "code": options.code}
    try:
        answers = Answers(**{**told.model_dump(), **{key: value for key, value in named.items() if value}})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Stopped("answer-wrong", what=f"{first['loc'][0]} = {first['input']!r}") from None
    places = Places(options.root.resolve())
    systemd = places.is_machine and Path("/run/systemd/system").is_dir()
    wish = Wish(answers, options.simulated, bool(options.replace), not options.no_check)
    return Setup(wish, places, Services(systemd), _person(options, write))


def _person(options: argparse.Namespace, write: Callable[[str], None]) -> Person:
    if options.simulated or not sys.stdin.isatty():
        return Nobody(options.language, write)
    return AtTerminal(options.language, write, sys.stdin.readline)


def ending_of(why: BaseException) -> tuple[str, Mapping[str, object]]:
    """The sentence for it."""
    match why:
        case Stopped():
            return why.key, why.fields
        case NotAnswered():
            return "unanswered", {"key": why.key.removeprefix("ask-")}
    return "failed", {"what": why}


def told_of(key: str, fields: Mapping[str, object], language: str) -> str:
    """It in this language."""
    return say(ROOM, key, language, **fields)
