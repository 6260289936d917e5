"""Every screen looks as it looked when somebody looked at it: two sizes, two languages, light and dark."""

from __future__ import annotations

import re

import pytest

from config.wording import LANGUAGES
from screens.diagnostics.colours import THEMES
from tests.screens.diagnostics.comparer import KEPT, kept_as
from tests.screens.diagnostics.driven import LARGE, SMALL, driven
from tests.screens.diagnostics.walks import FOLDER, SCREENS

READABLE = 4.5
"""WCAG 2.2, 1.4.3."""
LEGEND = re.compile(r"^\w dark (\S+) on (#\w{6})(?: bold)?  light (\S+) on (#\w{6})(?: bold)?$")
INKS = ("ink", "quiet", "key", "fault", "caution", "fine", "tended")


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_looks_as_it_was_when_it_was_looked_at(name: str) -> None:
    screen = SCREENS[name]
    box = screen.box()
    async with driven(box, FOLDER, hall=screen.hall, way=screen.way(box), child=screen.child) as terminal:
        await terminal.until(screen.begin)
        await screen.walk(terminal)
        for size in (SMALL, LARGE):
            await terminal.resize(size)
            await screen.at_size(terminal)
            for language in LANGUAGES:
                await terminal.speak(language)
                dark, light = await terminal.both_themes()
                kept_as(f"{name}-{size[0]}x{size[1]}-{language}", dark, light)
        box.hold.set()


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("ground", ["ground", "raised"])
def test_every_ink_of_a_theme_is_readable_on_both_of_its_grounds(theme: object, ground: str) -> None:
    colours = theme.variables  # type: ignore[attr-defined]
    weak = {ink: contrast(colours[ink], colours[ground]) for ink in INKS}
    assert min(weak.values()) >= READABLE, weak


def test_every_kept_screen_is_readable_in_both_themes() -> None:
    files = [file for file in sorted(KEPT.glob("*.txt")) if not file.name.startswith("preview")]  # a picture's greys
    assert len(files) >= len(SCREENS) * 3
    for file in files:
        legend = file.read_text(encoding="utf-8").split("\n\n")[2].splitlines()
        told = [match for line in legend if (match := LEGEND.match(line)) is not None]
        assert len(told) == len(legend), file.name
        inked = [match for match in told if match[1] != "blank"]
        weak = [match[0] for match in inked if contrast(match[1], match[2]) < READABLE]
        weak += [match[0] for match in inked if contrast(match[3], match[4]) < READABLE]
        assert weak == [], file.name


def test_every_kept_screen_belongs_to_one_that_is_walked_to() -> None:
    kept = {file.stem for file in KEPT.glob("*.txt")}
    sizes = [f"{width}x{height}" for width, height in (SMALL, LARGE)]
    assert kept == {f"{name}-{size}-{language}" for name in SCREENS for size in sizes for language in LANGUAGES}
