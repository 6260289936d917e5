"""A copy for showing and sharing, with what it may be used for written all over it. The page itself stays as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from config.wording import say
from device.pages.fault import NotDone, Why
from device.pages.messages import Page
from device.pages.picture import encode, open_picture

FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),  # Debian fonts-noto-cjk; 2 is simplified Chinese
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
)
"""File and index of the fonts, any of which has the words."""
LETTER_PART = 26
"""How many letters the short side of a page would hold."""
DEGREES = 30
GREY = (120, 120, 120)
STRENGTH = 0.25
"""Of the grey over the page: plain on white paper, print and codes under it stay readable."""


def mark(page: Page) -> Page:
    """A marked copy, with a hash of its own. Raises NotDone when no font draws the words, or the page is no picture."""
    image = Image.fromarray(open_picture(page.jpeg).dots).convert("RGB")
    letter = max(12, min(image.size) // LETTER_PART)
    mask = _all_over(_words(letter), image.size, letter)
    image.paste(Image.new("RGB", image.size, GREY), mask=mask)
    return replace(page, jpeg=encode(np.asarray(image), page.dpi), sha256="")


def _words(letter: int) -> Image.Image:
    """The words once, slanted, as a mask."""
    words, font = say("pages", "watermark"), _font(letter)
    left, top, right, bottom = font.getbbox(words)
    line = Image.new("L", (round(right - left), round(bottom - top)))
    ImageDraw.Draw(line).text((-left, -top), words, 255, font)
    return line.rotate(DEGREES, Image.Resampling.BICUBIC, expand=True)


def _all_over(words: Image.Image, size: tuple[int, int], letter: int) -> Image.Image:
    """The words side by side and row after row, every second row moved, so that no part without them can be cut out."""
    mask = Image.new("L", size)
    across, down = words.width + letter, words.height // 2 + 2 * letter
    for row, y in enumerate(range(-words.height, size[1], down)):
        for x in range(-across + row % 2 * across // 2, size[0], across):
            mask.paste(round(255 * STRENGTH), (x, y), words)
    return mask


def _font(letter: int) -> ImageFont.FreeTypeFont:
    for file, index in FONTS:
        if Path(file).exists():
            return ImageFont.truetype(file, letter, index)
    raise NotDone(Why.FONT_MISSING, "fonts-noto-cjk")
