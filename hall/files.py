"""The files that settings name must be there before anything starts."""

from __future__ import annotations

from config.hall import HallSettings
from config.loader import Loaded
from config.problem import SettingsError


def must_exist(settings: Loaded[HallSettings]) -> None:
    """Raises SettingsError for certificates and keys that are not there, with the command that makes each."""
    named = settings.values.hall
    remedies = {
        "ca": (named.ca, "make an authority: yichuang ca init DIR"),
        "certificate": (named.certificate, "issue one: yichuang ca issue DIR hall --role hall"),
        "key": (named.key, "issue one: yichuang ca issue DIR hall --role hall"),
    }
    problems = [
        settings.problem(("hall", key), f"no such file: {settings.beside(file)}", remedy)
        for key, (file, remedy) in remedies.items()
        if not settings.beside(file).is_file()
    ]
    if problems:
        raise SettingsError(problems)
