"""Settings that the hall has signed for its boxes, a file each in its data, and what each box has said of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from config.hall import HallSettings
from config.hall_drop_in import must_be_the_hall_s
from config.loader import Loaded
from config.problem import SettingsError
from config.signed import LARGEST_TEXT, private_key, sign
from config.sources import source_of
from hall.contract.settings import AskSettings, SettingsOffer, SignedSettings

T = TypeVar("T")


class NotSigned(Exception):
    """Nothing was handed over; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``offered``: None for a box that nothing was signed for; ``said``: None when it has never asked."""

    offered: SignedSettings | None
    said: AskSettings | None


class SentSettings:
    """The files in ``folder``; read at each call, so that a command line beside the running hall may write them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, settings: Loaded[HallSettings]) -> SentSettings:
        """Where these settings put them."""
        return cls(settings.beside(settings.values.hall.data) / "settings")

    def standing(self, box: str) -> Standing:
        """What stands for this box."""
        return Standing(_read(self._offer(box), SignedSettings), _read(self._said(box), AskSettings))

    def offer(self, box: str, settings: SignedSettings) -> None:
        """Hand these over: the box fetches them within a minute, or when it is back."""
        _write(self._offer(box), settings)

    async def ask(self, ask: AskSettings, box: str) -> SettingsOffer:
        """A box tells what it has, and is given what is newer."""
        return await asyncio.to_thread(self._answer, ask, box)

    def _answer(self, ask: AskSettings, box: str) -> SettingsOffer:
        standing = self.standing(box)
        if standing.said != ask:
            _write(self._said(box), ask)
        offered = standing.offered
        is_new = offered is not None and offered.number > ask.number and offered.number != ask.refused
        return SettingsOffer(settings=offered if is_new else None)

    def _offer(self, box: str) -> Path:
        return self._folder / f"{box}.json"

    def _said(self, box: str) -> Path:
        return self._folder / f"{box}.said.json"


def hand_over(settings: Loaded[HallSettings], box: str, file: Path, now_ms: int) -> int:
    """Sign this file's text for a box and put it where the box fetches it; its number. Raises NotSigned."""
    _must_be_enrolled(settings, box)
    named = settings.values.hall.settings_key
    if named is None:
        raise NotSigned(
            "the hall has no key to sign with\n    → yichuang ca settings-key FILE, then [hall] settings_key"
        )
    try:
        key, text = private_key(settings.beside(named)), file.read_text(encoding="utf-8")
        must_be_the_hall_s(source_of(file, text), box)
    except (OSError, ValueError, SettingsError) as wrong:
        raise NotSigned(str(wrong)) from None
    if len(text) > LARGEST_TEXT - 1024:
        raise NotSigned(f"{file} has {len(text)} characters\n    → at most {LARGEST_TEXT - 1024}")
    kept = SentSettings.of(settings)
    last = kept.standing(box)
    known = max(last.offered.number if last.offered else 0, last.said.number if last.said else 0)
    signed = sign(key, box, max(known + 1, now_ms), text)  # by the clock, so that a rebuilt hall's grow on
    offered = SignedSettings(box=box, number=signed.number, signature=signed.signature, text=text)
    kept.offer(box, offered)
    return signed.number


def told(settings: Loaded[HallSettings], box: str) -> str:
    """What stands for this box, for a command line. Raises NotSigned."""
    _must_be_enrolled(settings, box)
    standing = SentSettings.of(settings).standing(box)
    said = standing.said
    lines = [f"offered  {standing.offered.number if standing.offered else 'nothing'}"]
    if said is None:
        lines.append("the box has never asked")
    else:
        lines += [f"kept     {said.number or 'nothing'}", f"in use   {said.runs or 'nothing'}"]
        if said.refused:
            lines.append(f"refused  {said.refused} {said.keyword}: {said.why}")
    return "\n".join(lines)


def _must_be_enrolled(settings: Loaded[HallSettings], box: str) -> None:
    names = [entry.name for entry in settings.values.box]
    if box not in names:
        raise NotSigned(f"no box {box}\n    → one of: {', '.join(names)}")


def _read(file: Path, kind: type[T]) -> T | None:
    """None for a file that is not there, or was cut short by a crash: the box is asked, or signed for, again."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _write(file: Path, what: msgspec.Struct) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_bytes(msgspec.json.encode(what))
    fresh.replace(file)
