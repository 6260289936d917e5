"""Two themes, light and dark, and what is drawn in which of their colours. No colour stands alone: a mark, a word."""

from __future__ import annotations

from textual.theme import Theme

LIGHT, DARK = "yichuang-light", "yichuang-dark"


def _theme(name: str, *, dark: bool, **colours: str) -> Theme:
    """``colours``: ground, raised (heads, chosen lines), ink, quiet, key, fault, caution, fine, tended."""
    return Theme(
        name,
        primary=colours["key"],
        foreground=colours["ink"],
        background=colours["ground"],
        surface=colours["ground"],
        panel=colours["raised"],
        error=colours["fault"],
        warning=colours["caution"],
        success=colours["fine"],
        accent=colours["key"],
        dark=dark,
        text_alpha=1.0,
        variables=colours,
    )


THEMES = {
    LIGHT: _theme(
        LIGHT,
        dark=False,
        ground="#ffffff",
        raised="#e6ecf2",
        ink="#1b2129",
        quiet="#4c5866",
        key="#0b4f9e",
        fault="#a4161a",
        caution="#7a4a00",
        fine="#12602f",
        tended="#5b2a9d",
    ),
    DARK: _theme(
        DARK,
        dark=True,
        ground="#10151b",
        raised="#26303b",
        ink="#e8edf2",
        quiet="#adb9c6",
        key="#8ec5ff",
        fault="#ffa19b",
        caution="#f5c76b",
        fine="#8fdcaa",
        tended="#d3b6ff",
    ),
}

INK, BOLD, QUIET, KEY, NAME = "$ink", "bold $ink", "$quiet", "bold $key", "bold $ink"
FAULT, CAUTION, FINE, TENDED = "bold $fault", "bold $caution", "$fine", "bold $tended"

BY_SEVERITY = {"error": FAULT, "warning": CAUTION, "report": QUIET}
MARK = {"error": "✖", "warning": "!", "report": "·", "fine": "✔", "tended": "✚", "unknown": "?"}
"""Of one cell in every terminal (East Asian Width Neutral or Narrow)."""
BY_MARK = {**BY_SEVERITY, "fine": FINE, "tended": TENDED, "unknown": CAUTION}

CSS = """
Screen { background: $ground; color: $ink; layout: vertical; }
#head { height: 1; background: $raised; color: $ink; }
#alarm { height: auto; background: $ground; display: none; }
#alarm.told { display: block; border-bottom: solid $fault; }
#keys { dock: bottom; height: auto; background: $raised; color: $ink; }
#body > Static { text-wrap: nowrap; text-overflow: ellipsis; }
#body { height: 1fr; background: $ground; scrollbar-size-vertical: 1; padding: 0 1; }
Rows { height: 1fr; border: none; padding: 0; background: $ground; color: $ink; scrollbar-size-vertical: 1; }
Rows:focus { border: none; background: $ground; background-tint: $ground 0%; }
Rows > .option-list--option { color: $ink; background: $ground; padding: 0; text-style: none; }
Rows > .option-list--option-disabled { color: $ink; background: $ground; }
Rows > .option-list--option-highlighted { color: $ink; background: $raised; text-style: none; }
Rows:focus > .option-list--option-highlighted { color: $ink; background: $raised; text-style: none; }
Rows > .option-list--option-hover { background: $ground; }
* { scrollbar-color: $quiet; scrollbar-background: $raised; scrollbar-color-hover: $quiet;
    scrollbar-background-hover: $raised; scrollbar-color-active: $ink; scrollbar-background-active: $raised; }
Input { border: none; height: 1; padding: 0 1; background: $raised; color: $ink; display: none; }
Input:focus { border: none; background: $raised; background-tint: $raised 0%; }
Input.asked { display: block; }
Input > .input--placeholder { color: $quiet; }
"""
