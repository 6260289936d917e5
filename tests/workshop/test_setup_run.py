"""A run on a machine with devices, its command lines played: what is asked, put, started and proven."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from config.box import load_box
from tests.workshop.test_setup_touch import Hands, Technician
from workshop.probe.finding import Device, Finding
from workshop.setup import programs, run
from workshop.setup.answers import Answers
from workshop.setup.draft import BoxDraft
from workshop.setup.person import NotAnswered
from workshop.setup.places import Places
from workshop.setup.programs import Failed, Services
from workshop.setup.run import Setup, Stopped, Wish
from workshop.setup.touch import Part

BY_PATH = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:3:1.0-port0"
USB = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"
FOUND = [
    Finding(BY_PATH, "serial", "answered", (Device("escpos"),), 115200),
    Finding(USB, "serial", "answered", (Device("onbon-bx5k", 1),), 9600),
    Finding("/dev/ttyS0", "serial", "silent"),
]
PAD = Part("/dev/ttyS0", "ff68-keypad", 9600, 129)


def written(file: Path, text: str) -> None:
    file.write_text(text)


def all_files(root: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}


class World:
    """What the run's command lines would do."""

    def __init__(self, outcomes: Sequence[str] = ("sound",)) -> None:
        self.commands: list[str] = []
        self.typed: list[str] = []
        self.outcomes = list(outcomes)
        self.refuses = ""

    async def call(self, *command: str, line: str = "") -> str:
        words = [word for word in command if not word.startswith("/usr") and "python" not in word and word != "-m"]
        self.commands.append(" ".join(words[:4]))
        self.typed.append(line)
        if "enrol" in command:
            if self.refuses:
                raise Failed(self.refuses)
            folder, name = Path(command[-1]), command[-2]
            (folder / f"{name}.pem").write_text(f"key and certificate for {line}")
            (folder / "ca.pem").write_text("authority")
        if "slip-key" in command:
            written(Path(command[-1]), "signing key")
        return ""

    async def check(self, _port: int, device: str) -> dict[str, Any]:
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        return {"outcome": outcome, "text": {"en": f"{device} is {outcome}"}}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()

    async def found(*_: object) -> list[Finding]:
        return FOUND

    async def nothing(*_: object, **__: object) -> None:
        return

    @asynccontextmanager
    async def running(_services: Services, unit: str, *_: str) -> Any:
        world.commands.append(f"start {unit}")
        yield

    monkeypatch.setattr(run, "ask_devices", found)
    monkeypatch.setattr(run, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(programs, "call", world.call)
    monkeypatch.setattr(programs, "check", world.check)
    monkeypatch.setattr(programs, "until_box_stands", nothing)
    monkeypatch.setattr(Services, "running", running)
    monkeypatch.setattr(Setup, "_hands", lambda *_: Hands([PAD]))
    return world


def setup(root: Path, person: Technician, **more: Any) -> Setup:
    wish = Wish(Answers(**more.pop("answers", {})), **more)
    return Setup(wish, Places(root), Services(systemd=False), person)


ANSWERS = ("counter-1", "https://10.0.0.2:8610", "kiosk", "3", "64x16", "3", "ABCDE-FGHJK")


async def test_a_technician_answers_seven_questions_and_presses_one_key(world: World, tmp_path: Path) -> None:
    person = Technician(*ANSWERS)
    assert await setup(tmp_path, person).run() == 0
    asked = [line.split()[0] for line in person.told if line.startswith(("ask-", "display-where"))]
    assert asked == ["ask-name", "ask-hall", "ask-does", "ask-windows", "ask-panel", "display-where", "ask-code"]
    box = load_box(tmp_path / "etc/yichuang/box.toml").values
    assert [(device.name, device.window) for device in box.device] == [
        ("ticket-printer", None),
        ("display-3", 3),
        ("pad-3", 3),
    ]
    assert box.device[1].options == {"width": 64, "height": 16, "unit": "dots"}
    assert (box.box.mode, box.kiosk is not None) == ("live", True)
    rules = (tmp_path / "etc/udev/rules.d/71-yichuang.rules").read_text()
    assert rules.count("yichuang-devices") == 3
    assert "ABCDE-FGHJK" in world.typed, "it is typed into the program, not shown in a list of processes"
    assert not any("ABCDE" in command for command in world.commands)
    assert world.commands[-1] == "start yichuang-box.service"


async def test_a_device_that_is_not_well_is_asked_three_times_and_then_said(world: World, tmp_path: Path) -> None:
    world.outcomes = ["silent", "sound", "silent"]
    person = Technician(*ANSWERS)
    assert await setup(tmp_path, person).run() == 1
    checked = [line for line in person.told if line.startswith("checked")]
    assert "outcome=ticket-printer is sound" in checked[0]
    assert "outcome=display-3 is silent" in checked[1]


@pytest.mark.parametrize("moment", ["no-code", "refused", "wrong-window", "bad-settings"])
async def test_a_run_that_does_not_get_through_leaves_every_file_as_it_was(
    world: World, tmp_path: Path, moment: str
) -> None:
    await setup(tmp_path, Technician(*ANSWERS)).run()
    before = all_files(tmp_path)
    answers = ["counter-2", *ANSWERS[1:]]
    if moment == "no-code":
        answers.pop()
    elif moment == "refused":
        world.refuses = "wrong code"
    elif moment == "wrong-window":
        answers[3] = "three"
    else:
        answers[2:4] = ["", ""]  # it serves nobody
    with pytest.raises((NotAnswered, Failed, Stopped)):
        await setup(tmp_path, Technician(*answers)).run()
    assert all_files(tmp_path) == before


async def test_who_replaces_a_box_needs_its_code_even_where_a_certificate_lies_about(
    world: World, tmp_path: Path
) -> None:
    await setup(tmp_path, Technician(*ANSWERS)).run()
    own = tmp_path / "var/lib/yichuang/box/proof/counter-1.pem"
    again = Technician("https://10.0.0.2:8610", "kiosk", "3", "64x16", "3", "ZZZZZ-22222")
    await setup(tmp_path, again, answers={"name": "counter-1"}, replace=True).run()
    assert own.read_text() == "key and certificate for ZZZZZ-22222"
    kept = Technician("https://10.0.0.2:8610", "kiosk", "3", "64x16", "3")
    await setup(tmp_path, kept, answers={"name": "counter-1"}).run()
    assert own.read_text() == "key and certificate for ZZZZZ-22222", "without --replace no code is asked for"


async def test_what_a_power_cut_left_is_put_first(world: World, tmp_path: Path) -> None:
    from workshop.setup import stage

    files = stage.Stage(Places(tmp_path).stage)
    (tmp_path / "etc/yichuang").mkdir(parents=True)
    files.add(tmp_path / "etc/yichuang/box.toml", "whole, and not put yet")
    (files.folder / stage.LIST).write_text(
        '[{"name": "0-box.toml", "to": "%s", "mode": 420, "user": ""}]' % (tmp_path / "etc/yichuang/box.toml")
    )
    with pytest.raises(NotAnswered):
        await setup(tmp_path, Technician()).run()
    assert (tmp_path / "etc/yichuang/box.toml").read_text() == "whole, and not put yet"


async def test_on_a_machine_itself_only_root_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Stopped, match="not-root"):
        await Setup(Wish(Answers()), Places(Path("/")), Services(systemd=False), Technician()).run()


async def run_on_a_machine(
    root: Path, monkeypatch: pytest.MonkeyPatch, *has: str, answers: tuple[str, ...] = ANSWERS
) -> Technician:
    """With systemd; ``has``: the programs that are there."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in has else None)
    person = Technician(*answers)
    await Setup(Wish(Answers()), Places(root), Services(systemd=True), person).run()
    return person


RESTART = "systemctl --no-block restart yichuang-browser.service"
BOTH = ("cage", "chromium")


def screen(person: Technician) -> list[str]:
    return [line.split()[0] for line in person.told if line.startswith("screen-")]


async def test_a_kiosk_s_own_screen_shows_its_page(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await run_on_a_machine(tmp_path, monkeypatch, *BOTH)
    told = (tmp_path / "etc/yichuang/browser").read_text().splitlines()
    assert told[-1] == "PAGE=http://127.0.0.1:8620/kiosk"
    assert (world.commands[-1], screen(person)) == (RESTART, ["screen-shows"])


@pytest.mark.parametrize("why", ["a device is not well", "the console is the screen's"])
async def test_the_browser_takes_nobody_s_console_while_there_is_something_to_read(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "a device is not well":
        world.outcomes = ["silent"]
    else:
        monkeypatch.setattr("workshop.setup.screen._on_console", lambda: True)
    person = await run_on_a_machine(tmp_path, monkeypatch, *BOTH)
    assert RESTART not in world.commands
    assert screen(person) == ["screen-next"]
    assert (tmp_path / "etc/yichuang/browser").exists()


async def test_without_a_browser_it_says_what_the_screen_needs_and_starts_none(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await run_on_a_machine(tmp_path, monkeypatch, "chromium")
    assert not (tmp_path / "etc/yichuang/browser").exists(), "its unit would try for ever"
    assert RESTART not in world.commands
    (lacks,) = [line for line in person.told if line.startswith("screen-lacks")]
    assert "needs=cage chromium" in lacks


async def test_a_page_that_somebody_chose_by_hand_stays(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "etc/yichuang/browser"
    file.parent.mkdir(parents=True)
    file.write_text("PAGE=http://127.0.0.1:8620/entrance\n")
    person = await run_on_a_machine(tmp_path, monkeypatch, *BOTH)
    assert file.read_text() == "PAGE=http://127.0.0.1:8620/entrance\n"
    assert (RESTART in world.commands, screen(person)) == (False, [])


async def test_a_kiosk_that_becomes_a_counter_shows_the_kiosk_s_page_no_more(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_on_a_machine(tmp_path, monkeypatch, *BOTH)
    counter = ("counter-1", "https://10.0.0.2:8610", "", "3", "64x16", "3")
    await run_on_a_machine(tmp_path, monkeypatch, *BOTH, answers=counter)
    assert not (tmp_path / "etc/yichuang/browser").exists()
    assert world.commands[-1] == "systemctl --no-block stop yichuang-browser.service"


@pytest.mark.parametrize(
    ("does", "page"), [({"board": True}, "/board"), ({"entrance": True}, "/entrance"), ({"windows": (3,)}, "")]
)
def test_a_screen_that_faces_a_clerk_alone_is_the_clerk_s_own_browser_s(does: Any, page: str) -> None:
    draft = BoxDraft("box", "live", 8620, "https://10.0.0.2:8610", "data", "proof", **does)
    assert draft.screen == (f"http://127.0.0.1:8620{page}" if page else "")
