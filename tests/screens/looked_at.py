"""A page as eyes and assistive software find it: contrast measured from the pixels, faults that axe-core finds."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

AXE = files("axe_playwright_python") / "axe.min.js"
GRAVE = {"serious", "critical"}
LEAST_PIXELS = 8
"""A text of which fewer pixels can be seen is cut off: nobody reads it there."""

# Every element in sight that has text of its own, and where it stands. What cannot be pressed is exempt (WCAG 1.4.3).
TEXTS = """() => [...document.body.querySelectorAll('*')].flatMap(element => {
  const own = [...element.childNodes].filter(node => node.nodeType === 3 && node.textContent.trim());
  const sight = {checkOpacity: true, checkVisibilityCSS: true};
  const exempt = '[aria-disabled=true], :disabled, .unseen, [inert]';
  if (!own.length || !element.checkVisibility(sight) || element.closest(exempt)) return [];
  const range = document.createRange();
  return own.map(node => {
    range.selectNodeContents(node);
    const {x, y, width, height} = range.getBoundingClientRect();
    return {text: node.textContent.trim(), box: [x, y, x + width, y + height]};
  });
})"""

# The same page with its letters left out. A page's own policy lets in no style from outside, but a sheet is none.
WITHOUT_LETTERS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { -webkit-text-fill-color: transparent !important; text-shadow: none !important;'
    + ' caret-color: transparent !important; animation: none !important; transition: none !important; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
WITH_LETTERS = "() => { document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1); }"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in sight and the contrast of its strokes with what lies behind them, 1 to 21 (WCAG 2.2)."""

    contrast: float
    text: str


def texts(page: Page) -> list[Text]:
    """All texts in the viewport, the faintest first."""
    places: list[dict[str, Any]] = page.evaluate(TEXTS)
    drawn = _luminance(page)
    page.evaluate(WITHOUT_LETTERS)
    bare = _luminance(page)
    page.evaluate(WITH_LETTERS)
    found = [Text(contrast, place["text"]) for place in places if (contrast := _contrast(drawn, bare, place["box"]))]
    return sorted(found, key=lambda text: text.contrast)


def faintest(page: Page) -> Text:
    """The text hardest to read."""
    return texts(page)[0]


def grave_faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical on this page: its rule and the elements."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(told => told.violations)")
    return [
        f"{fault['id']}: {'; '.join(node['html'][:120] for node in fault['nodes'])}"
        for fault in found
        if fault["impact"] in GRAVE
    ]


def _luminance(page: Page) -> NDArray[np.float64]:
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    channels = np.asarray(picture, dtype=np.float64) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    weighted: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weighted


def _contrast(drawn: NDArray[np.float64], bare: NDArray[np.float64], box: list[float]) -> float | None:
    """Of the strokes' cores: their edges are blended with the ground. None for a text that is not in the picture."""
    left, top, right, bottom = (max(0, round(each)) for each in box)
    ink, ground = drawn[top:bottom, left:right], bare[top:bottom, left:right]
    ratios = (np.maximum(ink, ground) + 0.05) / (np.minimum(ink, ground) + 0.05)
    strokes = ratios[ratios > 1.0]
    return float(strokes.max()) if strokes.size >= LEAST_PIXELS else None
