"""The way to every screen of the terminal, by keys, for kept screens and for pictures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from hall.contract.maintenance import Reason
from screens.diagnostics.child import MaintenanceChild
from tests.screens.diagnostics import scene
from tests.screens.diagnostics.driven import Driven, Reached
from tests.screens.diagnostics.stand_in import No, StandIn

Walk = Callable[[Driven], Awaitable[None]]
FOLDER = Path("/home/wang")
"""Where a bundle would be saved; nothing is."""


async def stay(_: Driven) -> None:
    """It is there already."""


@dataclass(frozen=True)
class Screen:
    """``begin``: the first words, in English; ``at_size``: what to do again at another size."""

    walk: Walk
    begin: str = "Devices"
    box: Callable[[], StandIn] = StandIn
    hall: bool = False
    way: Callable[[StandIn], Reached] = Reached
    child: MaintenanceChild | None = None
    at_size: Walk = field(default=stay)


async def _device(driven: Driven, name: str = "display-7") -> None:
    while driven.chosen() != name:
        await driven.press("down")
    await driven.press("enter")
    await driven.until(f"{scene.BOX}  {name}", "Checks")


async def _dark_display(driven: Driven) -> None:
    await driven.press("enter")
    await driven.until("counter-3  display-7", "Checks")


async def _ready(driven: Driven) -> None:
    await _dark_display(driven)
    await driven.press("2")
    await driven.until("then press Enter")


async def _led(driven: Driven) -> None:
    await _device(driven, "caller-5")
    driven.box.hold.clear()
    await driven.press("3", "enter")
    await driven.until("green key")
    driven.clock.seconds += 7
    await driven.until("7 s of about")


async def _asked(driven: Driven) -> None:
    driven.box.outcome = "look"
    await _ready(driven)
    await driven.press("enter")
    await driven.until("did it show TEST 7")


async def _broken(driven: Driven) -> None:
    await _asked(driven)
    await driven.press("n")
    await driven.until("you saw that it is not")


async def _elsewhere(driven: Driven) -> None:
    await _asked(driven)
    await driven.press("e")
    await driven.until("On which display?")


async def _swapped(driven: Driven) -> None:
    await _elsewhere(driven)
    await driven.press("down", "enter")
    await driven.until("have changed places")


async def _refused(driven: Driven) -> None:
    text = {
        "zh-CN": "窗口正在工作：请先让工作人员退出登录。",
        "en": "The window is open: have its clerk sign out first.",
    }
    driven.box.no["lease"] = No(409, "window-open", text)
    await _ready(driven)
    await driven.press("enter")
    await driven.until("have its clerk sign out")


async def _checked(driven: Driven) -> None:
    driven.box.outcome = "look"
    await _ready(driven)
    await driven.press("enter")
    await driven.until("did it show TEST 7")
    driven.box.outcome = "faulty"
    await driven.press("y", "escape", "1")
    await driven.until("Ask it", "Outcome")
    await driven.press("escape")
    await driven.until("Checks", "given back when you leave")


async def _frames(driven: Driven) -> None:
    await _dark_display(driven)
    await driven.press("f")
    await driven.until("passed unseen")


async def _preview(driven: Driven) -> None:
    await _device(driven, "scanner-5")
    await driven.press("v")
    await driven.until("▀▀▀")


async def _again(driven: Driven) -> None:
    size = driven.app.size
    driven.box.asked.clear()
    await driven.press("r")
    await driven.when(lambda: ("preview", size.width - 6) in [(v, b.get("columns")) for v, b in driven.box.asked])
    await driven.until("▀▀▀")


async def _sign(driven: Driven) -> None:
    await _dark_display(driven)
    await driven.press("w")
    await driven.until("has come out of office-printer")


async def _sign_failed(driven: Driven) -> None:
    driven.box.signed = "not-printed"
    empty = {"zh-CN": "没有纸了", "en": "there is no paper"}
    driven.box.sign_reasons = [Reason(keyword="media-empty", severity="error", text=empty)]
    await _dark_display(driven)
    await driven.press("w")
    await driven.until("there is no paper")


async def _lost(driven: Driven) -> None:
    await driven.until("✖ lost")
    driven.clock.seconds += 12
    await driven.until("For 12 s")


async def _lost_later(driven: Driven) -> None:
    driven.way.cut = httpx.ConnectError("gone")
    await _lost(driven)


async def _hall_lost(driven: Driven) -> None:
    driven.way.cut = httpx.ConnectError("gone")
    await _lost(driven)


def _by(*keys: str, then: str) -> Walk:
    async def walk(driven: Driven) -> None:
        await driven.press(*keys)
        await driven.until(then)

    return walk


async def _collecting(driven: Driven) -> None:
    driven.box.hold.clear()
    await driven.press("p", "enter")
    driven.clock.seconds += 4
    await driven.until("4 s of about")


def _cut(box: StandIn) -> Reached:
    reached = Reached(box)
    reached.cut = httpx.ConnectError("nobody")
    return reached


SCREENS = {
    "home": Screen(stay),
    "home-calm": Screen(stay, box=lambda: StandIn(scene.calm())),
    "home-lost": Screen(_lost_later),
    "nobody": Screen(_lost, begin="lost", way=_cut, child=MaintenanceChild(Path("/etc/yichuang/box.toml"))),
    "device": Screen(_dark_display),
    "device-checked": Screen(_checked),
    "check-ready": Screen(_ready),
    "check-led": Screen(_led),
    "check-asked": Screen(_asked),
    "check-broken": Screen(_broken),
    "check-elsewhere": Screen(_elsewhere),
    "check-swapped": Screen(_swapped),
    "check-refused": Screen(_refused),
    "frames": Screen(_frames),
    "preview": Screen(_preview, at_size=_again),
    "sign": Screen(_sign),
    "sign-failed": Screen(_sign_failed),
    "machine": Screen(_by("b", then="Round trip")),
    "settings": Screen(_by("s", then="box.name")),
    "settings-found": Screen(_by("s", "slash", "l", "i", "n", "e", "enter", then="“line”: 2")),
    "faults": Screen(_by("t", then="One by one")),
    "bundle": Screen(_by("p", then="To be saved in")),
    "bundle-collecting": Screen(_collecting),
    "hall": Screen(stay, begin="All boxes (5)", hall=True),
    "hall-lost": Screen(_hall_lost, begin="All boxes (5)", hall=True),
    "help": Screen(_by("question_mark", then="Marks")),
}
