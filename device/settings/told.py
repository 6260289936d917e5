"""What a box tells a technician of its settings: each value and where it came from, secrets masked."""

from __future__ import annotations

from config.box import BoxSettings
from config.listing import listing
from config.loader import Loaded
from hall.contract.maintenance import Setting, Settings


def settings_of(loaded: Loaded[BoxSettings]) -> Settings:
    """The answer of the verb *settings*."""
    return Settings(
        settings=[
            Setting(key=listed.key, value=listed.written(listed.value), origin=listed.origin)
            for listed in listing(loaded)
        ]
    )


async def tell_settings(loaded: Loaded[BoxSettings]) -> Settings:
    """The same, as a verb is answered."""
    return settings_of(loaded)
