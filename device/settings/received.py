"""Takes the settings that the hall has signed for this box: checked, tried, kept; they hold from the next start on.

| what comes                                   | what follows                                             |
|----------------------------------------------|----------------------------------------------------------|
| not signed by the key of [hall] settings_key | refused, and the hall told why                           |
| for another box, or no newer than what is kept | refused                                                |
| a key that is not the hall's to set          | refused                                                  |
| settings that this box could not start with  | refused, with file, line and remedy                      |
| good ones                                    | kept as settings.d/50-hall.toml in the data              |

A running box is not changed under a clerk's hands: who wants them now restarts it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from config.box import BoxSettings, load_box
from config.hall_drop_in import FOLDER, NAME, number_of
from config.loader import Loaded
from config.problem import SettingsError
from config.signed import NotOurs, Signed, check
from config.sources import drop_ins_of
from device.settings.last_good import LastGood
from device.sync.calls import HallRefused, HallUnreachable, post
from device.sync.link import Link
from hall.contract.settings import AskSettings, SettingsOffer, SignedSettings

log = structlog.get_logger()

ASK_S = 60.0
LIMIT_S = 10.0


class Received:
    """The hall's drop-in of this box. ``build`` refuses what a box could not start with."""

    def __init__(self, loaded: Loaded[BoxSettings], build: Callable[[Loaded[BoxSettings]], object]) -> None:
        self._file = loaded.home / loaded.file.name
        self._loaded = loaded
        self._build = build
        self._place = loaded.beside(loaded.values.box.data) / FOLDER / NAME
        self.runs = next((number_of(source.file) for source in loaded.sources if source.file.name == NAME), 0)
        """The number of those that this start has; 0 for none."""
        self.number = max(number_of(self._place), number_of(drop_ins_of(LastGood.of(loaded).file) / NAME))
        """Of the newest ones that were ever kept here."""
        self._refused: tuple[int, str, str] = (0, "", "")

    @property
    def waits(self) -> bool:
        """Whether newer ones than this start has hold from the next one on."""
        return self.number > self.runs

    def ask(self) -> AskSettings:
        """What the hall is told."""
        refused, keyword, why = self._refused
        return AskSettings(number=self.number, runs=self.runs, refused=refused, keyword=keyword, why=why)

    async def take(self, sent: SignedSettings) -> None:
        """Keep them, or remember why not."""
        signed = Signed(sent.box, sent.number, sent.signature, sent.text)
        try:
            await asyncio.to_thread(self._keep, signed)
        except NotOurs as refused:
            self._refuse(sent.number, refused.keyword, "")
        except SettingsError as wrong:
            self._refuse(sent.number, "not-valid", str(wrong))
        except OSError as failed:
            self._refuse(sent.number, "not-kept", str(failed.strerror))
        else:
            self.number, self._refused = sent.number, (0, "", "")
            log.info("settings received", number=sent.number)

    async def run(self, link: Link) -> None:
        """Long-lived: ask the hall after each welcome and once a minute. A hall that knows no such call has none."""
        while True:
            await link.reached()
            try:
                await self._while_offered(link)
            except HallRefused as refused:
                log.info("no settings from this hall", why=refused.reason)
                await link.down()
                continue
            except HallUnreachable:
                pass  # the link finds out by itself, and says so
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_S):
                    await link.down()

    async def _while_offered(self, link: Link) -> None:
        while True:
            asked = self.ask()
            offer = await post(link.client, "/device/settings", asked, SettingsOffer, LIMIT_S)
            if offer.settings is None:
                return
            await self.take(offer.settings)
            if self.ask() == asked:
                return  # refused as before: no hurry to hear it again

    def _keep(self, signed: Signed) -> None:
        values = self._loaded.values
        check(signed, values.hall.settings_key, values.box.name)
        if signed.number <= self.number:
            raise NotOurs("old-number")
        text = signed.as_file()
        self._build(load_box(self._file, offered=text))
        self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._place.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8", newline="")
        fresh.replace(self._place)

    def _refuse(self, number: int, keyword: str, why: str) -> None:
        self._refused = number, keyword, why
        log.error("settings from the hall refused", number=number, reason=keyword)
