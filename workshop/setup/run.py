"""One run of setup: find, bind, draft, check, enrol, put, start, prove."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config.box import load_box
from config.problem import SettingsError
from drivers.input_node import KernelDevices, why_not_here
from workshop.probe.finding import Finding
from workshop.probe.machine import Machine
from workshop.probe.run import Wanted
from workshop.probe.run import probe as ask_devices
from workshop.setup import programs, simulated, stage
from workshop.setup.answers import Answers
from workshop.setup.draft import BoxDraft, settings_of
from workshop.setup.found import PANELS, answered, drafts_of, parts_of, silent_lines, with_panel
from workshop.setup.person import NotAnswered, Person
from workshop.setup.places import BOX_USER, HALL_USER, Places, give
from workshop.setup.programs import Failed, Services
from workshop.setup.rules import rules_of
from workshop.setup.screen import Screen
from workshop.setup.touch import Hands, Part, RealHands, bind

HALL_UNIT, BOX_UNIT, SIMULATORS_UNIT = "yichuang-hall.service", "yichuang-box.service", "yichuang-simulators.service"
WELL = frozenset({"sound", "look", "listen", "numbered-paper", "not-supported"})
"""Outcomes of a check (device.checkup) that say nothing against a device."""
TRIES = 3
AGAIN_SECONDS = 3.0
"""A device that did not answer is opened anew after a moment (device.cell)."""
REMARK = "Written by yichuang setup. What was here before: box.toml.bak"
DEFAULT_BOX = "kiosk-1"
"""Where nobody says another, on simulators: the example's catalogue has a place for it."""


class Stopped(Exception):
    """Nothing was changed. ``key``: a sentence of the room *setup*."""

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of this run. ``replace``: the machine takes the name of one that the hall knows."""

    answers: Answers
    simulated: bool = False
    replace: bool = False
    prove: bool = True


class Setup:
    """One machine's."""

    def __init__(self, wish: Wish, places: Places, services: Services, person: Person) -> None:
        self._wish = wish
        self._places = places
        self._services = services
        self._person = person
        self._screen = Screen(places, services, person)

    async def run(self) -> int:
        """0: the box stands and every device is well; 1: it stands, and a device is not. Raises Stopped, Failed."""
        self._may_write()
        if stage.finish(self._places.stage):
            self._person.tell("finished-earlier")
        async with AsyncExitStack() as lasting:
            return await (self._simulated(lasting) if self._wish.simulated else self._real(lasting))

    def _may_write(self) -> None:
        places = self._places
        if places.is_machine and os.geteuid() != 0:
            raise Stopped("not-root")
        for folder in (places.etc, places.state, places.proof):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (places.state, places.proof):
            folder.chmod(0o750)
            give(folder, BOX_USER)

    async def _real(self, lasting: AsyncExitStack) -> int:
        draft = await self._asked()
        await self._services.stop(BOX_UNIT, SIMULATORS_UNIT)  # it holds the devices that are asked now
        try:
            lines, devices = drafts_of(await self._bound(draft.windows))
        except BaseException:
            await self._go_on_as_before()
            raise
        draft = replace(draft, lines=lines, devices=devices)
        await self._put(draft, rules_of(lines), "")
        await programs.udev_reload() if self._services.systemd else None
        return await self._start(draft, lasting)

    async def _go_on_as_before(self) -> None:
        """Nothing was changed, so what ran goes on."""
        if self._services.systemd and self._places.box.exists():
            await programs.call("systemctl", "start", BOX_UNIT)

    async def _asked(self) -> BoxDraft:
        """What the box is, by answers and questions."""
        told, ask = self._wish.answers, self._person.ask
        name = told.name or await ask("ask-name")
        url = told.hall or await ask("ask-hall")
        does = told.does if told.does is not None else (await ask("ask-does")).split()
        windows = told.windows if told.windows is not None else _numbers(await ask("ask-windows"))
        try:
            checked = Answers(name=name, hall=url, does=does, windows=windows, port=told.port)  # type: ignore[arg-type]
        except ValueError as error:
            raise Stopped("answer-wrong", what=_first(error)) from None
        return self._draft(checked, name, url, windows, "live")

    def _draft(self, told: Answers, name: str, url: str, windows: Sequence[int], mode: str) -> BoxDraft:
        does, places = told.does or [], self._places
        return BoxDraft(
            name, "demo" if mode == "demo" else "live", told.port, url, str(places.state / "data"), str(places.proof),
            kiosk="kiosk" in does, board="board" in does, entrance="entrance" in does, windows=tuple(windows),
        )  # fmt: skip

    async def _bound(self, windows: Sequence[int]) -> list[Part]:
        findings = await ask_devices(Wanted(), Machine(), lambda _: None)
        self._tell_found(findings)
        told = self._wish.answers.bind
        parts = answered(parts_of(findings), told or [])
        if told is not None:
            return [part if part.window is not None else replace(part, window=0) for part in parts]
        if any(part.model in PANELS for part in parts):
            panel = self._wish.answers.panel
            parts = with_panel(parts, await self._panel() if panel is None else panel)
        return await bind(parts, windows, self._hands(findings), self._person)

    async def _panel(self) -> str:
        """The displays' dots; "" for the drivers' own."""
        said = await self._person.ask("ask-panel")
        try:
            return Answers(panel=said).panel or ""
        except ValueError:
            raise Stopped("answer-wrong", what=said) from None

    def _hands(self, findings: Sequence[Finding]) -> Hands:
        return RealHands(silent_lines(findings), KernelDevices() if why_not_here() is None else None)

    def _tell_found(self, findings: Sequence[Finding]) -> None:
        parts = parts_of(findings)
        self._person.tell("found" if parts else "found-nothing", count=len(parts))
        for part in parts:
            address = "" if part.address is None else f" @ {part.address}"
            self._person.tell("found-one", model=part.model, address=address, port=part.port)

    async def _simulated(self, lasting: AsyncExitStack) -> int:
        told, places = self._wish.answers, self._places
        name, windows = told.name or DEFAULT_BOX, told.windows if told.windows is not None else [1, 2, 3]
        draft = self._draft(told, name, told.hall or f"https://127.0.0.1:{told.hall_port}", windows, "demo")
        draft = simulated.with_simulators(draft, places)
        code = told.code
        if not told.hall:
            await self._own_hall(name, windows)
            await lasting.enter_async_context(self._services.running(HALL_UNIT, "hall", str(places.hall)))
            await programs.until_hall_answers(draft.url)
            if self._wish.replace or not self._own(name).exists():
                code = await programs.call(*programs.own("hall", "enrol", str(places.hall), name, "--plain"))
        lines = simulated.simulators_of(places, windows)
        await self._put(draft, "", lines, code)
        ready = places.run / "printer.control"
        each = "simulate", "together", "--from", str(places.simulators)
        await lasting.enter_async_context(self._services.running(SIMULATORS_UNIT, *each))
        await programs.exists(ready)
        return await self._start(draft, lasting)

    async def _own_hall(self, box: str, windows: Sequence[int]) -> None:
        """A demo's hall on this machine, unless there is one: that one has to know the box."""
        places = self._places
        if places.hall.exists():
            return
        own = places.etc / "hall"
        for folder in (places.hall_state, own):
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        give(places.hall_state, HALL_USER)
        with tempfile.TemporaryDirectory(dir=places.hall_state) as made:
            await programs.call(*programs.own("ca", "init", made))
            await programs.call(*programs.own("ca", "issue", made, "hall", "--role", "hall"))
            files = stage.Stage(places.hall_state / ".setup")
            for name in ("ca.pem", "ca.key", "hall.pem", "hall.key"):
                files.add(own / name, (Path(made) / name).read_bytes(), 0o640, HALL_USER)
        give(own, HALL_USER, lent=True)
        files.add(places.etc / "catalogue.toml", simulated.example_catalogue())
        told = simulated.hall_settings(places, self._wish.answers.hall_port, box, windows)
        files.add(places.hall, told, 0o640, HALL_USER)
        files.commit()
        self._person.tell("hall-made", file=places.hall)

    async def _put(self, draft: BoxDraft, rules: str, simulators: str, code: str = "") -> None:
        """Everything made aside and checked, the machine enrolled, and then all of it in its places."""
        places, files = self._places, stage.Stage(self._places.stage)
        give(places.stage, BOX_USER)
        try:
            await self._prove_itself(draft, files, code)
            if rules:
                files.add(places.rules, rules)
            if simulators:
                files.add(places.simulators, simulators, 0o640, BOX_USER)
            self._screen.lay(draft, files)
            files.add(places.box, settings_of(draft, REMARK), 0o640, BOX_USER)
            kept = files.commit()
        except BaseException:
            if not (places.stage / stage.LIST).exists():
                files.drop()
            raise
        for file in kept:
            self._person.tell("kept", file=file)

    async def _prove_itself(self, draft: BoxDraft, files: stage.Stage, code: str) -> None:
        """Settings that the daemon will take; key and certificate, once it is sure that they are wanted."""
        places, place = self._places, files.folder / "proof"
        place.mkdir(mode=0o700)
        if draft.kiosk and not (places.proof / "slip.key").exists():
            await programs.call(*programs.own("ca", "slip-key", str(place / "slip.key")))
            files.add(places.proof / "slip.key", (place / "slip.key").read_bytes(), 0o600, BOX_USER)
        self._check(draft, files.folder)
        own = self._own(draft.name)
        if own.exists() and not self._wish.replace and not code:
            self._person.tell("enrolled-before", name=draft.name)
            return
        code = code or self._wish.answers.code or await self._person.ask("ask-code", name=draft.name, url=draft.url)
        self._person.tell("enrolling", name=draft.name, url=draft.url)
        await programs.call(*programs.own("enrol", draft.url, draft.name, str(place)), line=code)
        files.add(own, (place / own.name).read_bytes(), 0o600, BOX_USER)
        files.add(places.proof / "ca.pem", (place / "ca.pem").read_bytes(), 0o644, BOX_USER)
        self._person.tell("enrolled", box=draft.name, file=own)

    def _own(self, name: str) -> Path:
        """Key and certificate of this machine."""
        return self._places.proof / f"{name}.pem"

    def _check(self, draft: BoxDraft, folder: Path) -> None:
        """Raises Stopped for settings that no daemon takes: nothing is spent on them, the code least of all."""
        file = folder / "draft.toml"
        file.write_text(settings_of(draft, "draft"), encoding="utf-8")
        try:
            load_box(file)
        except SettingsError as refused:
            raise Stopped("settings-refused", what=str(refused)) from None

    async def _start(self, draft: BoxDraft, lasting: AsyncExitStack) -> int:
        """The daemon at work, and every device checked by itself."""
        places, person = self._places, self._person
        running = self._services.running(BOX_UNIT, "device", str(places.box))
        await lasting.enter_async_context(running)
        await programs.until_box_stands(draft.port, with_hall=True)
        well = await self._proven(draft) if self._wish.prove and draft.devices else True
        person.tell("stands" if well else "stands-not-well", name=draft.name, pages="  ".join(draft.pages))
        await self._screen.show(draft, well=well)
        if not self._services.systemd:
            self._tell_how_to_start()
        return 0 if well else 1

    async def _proven(self, draft: BoxDraft) -> bool:
        """Whether nothing speaks against any device, one after the other: each shows it, and is told of."""
        self._person.tell("proving")
        well = True
        for device in draft.devices:
            told = await self._checked(draft.port, device.name)
            well = well and told.get("outcome") in WELL
            text = told.get("text", {}).get(self._person.language, told.get("fault", "?"))
            self._person.tell("checked", device=device.name, model=device.model, outcome=text)
        return well

    async def _checked(self, port: int, device: str) -> dict[str, Any]:
        """A device that has just been started may have missed the first question: it is asked up to three times."""
        for _ in range(TRIES - 1):
            told = await programs.check(port, device)
            if told.get("outcome") in WELL:
                return told
            await asyncio.sleep(AGAIN_SECONDS)
        return await programs.check(port, device)

    def _tell_how_to_start(self) -> None:
        places = self._places
        told = [f"yichuang device {places.box}"]
        if self._wish.simulated:
            told.insert(0, f"yichuang simulate together --from {places.simulators}")
            if not self._wish.answers.hall:
                told.insert(0, f"yichuang hall {places.hall}")
        self._person.tell("start-yourself", what="\n    ".join(told))


def _numbers(text: str) -> list[int]:
    """Windows as people type them; what is no number is refused by the model."""
    return [int(word) if word.isdecimal() else -1 for word in text.replace(",", " ").split()]


def _first(error: ValueError) -> str:
    """The first complaint of a model, without its address on the internet."""
    return str(error).splitlines()[-2].strip() if len(str(error).splitlines()) > 1 else str(error)


__all__ = ["Failed", "NotAnswered", "Setup", "Stopped", "Wish"]
