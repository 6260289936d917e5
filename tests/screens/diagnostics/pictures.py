"""Takes pictures of the terminal for the README: `python -m tests.screens.diagnostics.pictures FOLDER [SCREEN …]`.

Textual draws an SVG that asks a font of a far-off server and squeezes Chinese: both are taken out, and Debian's
Noto Sans Mono CJK draws two cells for each Chinese character by itself.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from config.wording import LANGUAGES
from screens.diagnostics.colours import DARK
from tests.chromium import chromium
from tests.screens.diagnostics.driven import SMALL, driven
from tests.screens.diagnostics.walks import FOLDER, SCREENS

SHOWN = ("home", "device-checked", "frames", "hall")
FONT = "Noto Sans Mono CJK SC"
ELSEWHERE = re.compile(
    r'@font-face \{.*?\}| textLength="[^"]*"| clip-path="url\([^"]*-line-\d+\)"|font-variant-east-asian: full-width;',
    re.DOTALL,
)
FAMILY = re.compile(r"font-family: [^;]+;\s*font-size: [\d.]+px;")
CELL = 12.2
"""Dots a cell is wide in Textual's SVG; of this font a cell is half its size."""
WIDEST = 960
COLOURS = 256


async def drawn(name: str, language: str, *, dark: bool, size: tuple[int, int] = SMALL) -> str:
    """One screen as SVG."""
    screen = SCREENS[name]
    box = screen.box()
    async with driven(box, FOLDER, size=size, hall=screen.hall, way=screen.way(box), child=screen.child) as terminal:
        await terminal.until(screen.begin)
        await screen.walk(terminal)
        await terminal.speak(language)
        if dark != (terminal.app.theme == DARK):
            await terminal.press("f3")
        await terminal.at_rest()
        svg = terminal.app.export_screenshot(title=f"yichuang diagnostics {name}")
        box.hold.set()
    return FAMILY.sub(f"font-family: '{FONT}'; font-size: {2 * CELL}px;", ELSEWHERE.sub("", svg))


def keep(page: Page, svg: str, file: Path) -> None:
    """As PNG, small enough for a page of text."""
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    shot = page.locator("svg").screenshot()
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST))
    picture.quantize(COLOURS).save(file, optimize=True)


def main(folder: Path, names: list[str]) -> None:
    """Every screen named, in both languages: Chinese dark, English light."""
    svgs = {
        f"diagnostics-{name}-{language}.png": asyncio.run(drawn(name, language, dark=language == LANGUAGES[0]))
        for name in names
        for language in LANGUAGES
    }
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        for name, svg in svgs.items():
            keep(page, svg, folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(SHOWN))
