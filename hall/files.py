"""Certificates and keys of a hall, and the commands that make them."""

from __future__ import annotations

from config.files import must_exist
from config.hall import HallSettings
from config.loader import Loaded


def certificates_must_exist(settings: Loaded[HallSettings]) -> None:
    """Raises SettingsError for those that are not there."""
    named = settings.values.hall
    issue = "issue one: yichuang ca issue DIR hall --role hall"
    must_exist(
        settings,
        {
            ("hall", "ca"): (named.ca, "make an authority: yichuang ca init DIR"),
            ("hall", "certificate"): (named.certificate, issue),
            ("hall", "key"): (named.key, issue),
        },
    )
