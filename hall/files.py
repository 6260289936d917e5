"""Where a hall's files stand: its database and what belongs to it, certificates and keys."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from config.files import must_exist
from config.hall import HallSettings
from config.loader import Loaded


class Places(NamedTuple):
    """The database; its mark, outside the folder that is copied and restored (hall.mark); its copies; hall.letters'."""

    database: Path
    mark: Path
    backups: Path
    letters: Path


def places(settings: Loaded[HallSettings]) -> Places:
    """Where these settings put them."""
    named = settings.values.hall
    data = settings.beside(named.data)
    backups = settings.beside(named.backups) if named.backups else data.with_name("backups")
    mark = settings.beside(named.mark) if named.mark else data.with_name(f"{data.name}.mark")
    return Places(data / "hall.db", mark, backups, data / "letters.json")


def certificates_must_exist(settings: Loaded[HallSettings]) -> None:
    """Raises SettingsError for those, and other keys, that are not there."""
    named = settings.values.hall
    issue = "issue one: yichuang ca issue DIR hall --role hall --address ADDRESS, by which boxes call it"
    must_exist(
        settings,
        {
            ("hall", "ca"): (named.ca, "make an authority: yichuang ca init DIR"),
            ("hall", "certificate"): (named.certificate, issue),
            ("hall", "key"): (named.key, issue),
            **({("hall", "ca_key"): (named.ca_key, "name the CA's key, or remove it")} if named.ca_key else {}),
            **({("hall", "cases_key"): (named.cases_key, "ask the case platform for it")} if named.cases_key else {}),
        },
    )
