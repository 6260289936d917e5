"""What ``scanimage -A`` says of a device's options (scanimage(1)), and which of its words means what we want.

Back-ends name sources and modes as they like ("ADF Duplex", "Automatic Document Feeder", "24bit Color[Fast]"), so that
they are looked for by their parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drivers.contract import Area, Colour, Source

_OPTION = re.compile(r" {4}(?P<name>--?[a-z0-9-]+)(?P<values>[ \[=].*?)?(?P<notes>(?: \[[^\]]*\])*)\s*")
_UNITS = re.compile(r"(?P<values>.*?)(?P<unit>mm|dpi|pel|us|bit|%)?")
_RANGE = re.compile(r"(?P<least>-?[0-9.]+)\.\.(?P<most>-?[0-9.]+)")
_STEP = re.compile(r" \(in steps of (?P<step>[0-9.]+)\)")
MOST_OPTIONS = 500
SMALLEST_STEP = 1 / 65536
"""SANE_Fixed has 16 bits behind the point."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option as it stands now. ``choices`` or a range ``least`` … ``most``; neither for text and switches.

    ``current`` is None while it cannot be set: inactive, or read-only.
    """

    name: str
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    step: float = 0.0
    unit: str = ""
    current: str | None = ""

    @property
    def settable(self) -> bool:
        """Whether it takes a value now."""
        return self.current is not None

    def nearest(self, value: float) -> float:
        """What it takes in place of this: the next choice upwards, else its highest; a value of its range."""
        numbers = sorted(float(choice) for choice in self.choices if _is_number(choice))
        if numbers:
            return next((number for number in numbers if number >= value), numbers[-1])
        if self.least is None or self.most is None:
            return value
        within = min(max(value, self.least), self.most)
        if self.step < SMALLEST_STEP:
            return within
        steps = round((within - self.least) / self.step)
        return min(self.least + steps * self.step, self.most)


def options(text: str) -> dict[str, Option]:
    """Options by name, without their dashes. Lines that are none are passed over; never raises."""
    found = (_option(line) for line in text.splitlines())
    known = [option for option in found if option is not None]
    return {option.name: option for option in known[:MOST_OPTIONS]}


def _option(line: str) -> Option | None:
    match = _OPTION.fullmatch(line)
    if match is None:
        return None
    name, values = match["name"].lstrip("-"), (match["values"] or "").strip()
    notes = re.findall(r"\[([^\]]*)\]", match["notes"])
    current = None if {"inactive", "read-only"} & {*notes} else next(iter(notes), "")
    if values.startswith("[="):  # a switch: --duplex[=(yes|no)]
        return Option(name, tuple(values.strip("[=()]").split("|")), current=current)
    step = _STEP.search(values)
    values = _STEP.sub("", values)
    unit = _UNITS.fullmatch(values)
    values, of = (unit["values"], unit["unit"] or "") if unit else (values, "")
    span = _RANGE.fullmatch(values)
    if span is not None and _is_number(span["least"]) and _is_number(span["most"]):
        by = float(step["step"]) if step is not None and _is_number(step["step"]) else 0.0
        return Option(name, (), float(span["least"]), float(span["most"]), by, of, current)
    if values.startswith("<"):
        return Option(name, current=current, unit=of)
    return Option(name, tuple(word for word in values.split("|") if word), unit=of, current=current)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


_DUPLEX = ("duplex", "both sides", "double")
_FEEDER = ("adf", "feeder")
_FLATBED = ("flatbed", "platen", "fb", "glass", "normal")
_MODES: Mapping[Colour, Sequence[str]] = {
    Colour.COLOUR: ("color", "colour"),
    Colour.GREY: ("gray", "grey"),
    Colour.BLACK_WHITE: ("lineart", "black & white", "binary", "monochrome", "mono"),
}


def source_word(words: Sequence[str], source: Source) -> str | None:
    """The device's word for a source; None when it has none."""
    for word in words:
        lower = word.lower()
        duplex = any(part in lower for part in _DUPLEX)
        feeder = duplex or any(part in lower for part in _FEEDER)
        if source is (Source.DUPLEX if duplex else Source.FEEDER if feeder else Source.FLATBED) and (
            feeder or any(part in lower for part in _FLATBED)
        ):
            return word
    return None


def mode_word(words: Sequence[str], colour: Colour) -> str | None:
    """The device's word for a colour: the plain one where there are several."""
    parts = _MODES[colour]
    fitting = [word for word in words if any(part in word.lower() for part in parts)]
    if colour is Colour.COLOUR:  # "Color Lineart", "Color Halftone" are no colour pages
        fitting = [word for word in fitting if not any(part in word.lower() for part in ("lineart", "halftone"))]
    return min(fitting, key=len, default=None)


def chosen_source(known: Mapping[str, Option], source: Source, named: str) -> list[str] | None:
    """Arguments that choose a source; ``named`` is the settings' own word. None when the device has it not."""
    option = known.get("source")
    if option is None or not option.choices:
        return [] if source is Source.FLATBED else None
    word = named if named in option.choices else source_word(option.choices, source)
    if word is not None and not (named and word != named):
        return [f"--source={word}"]
    if source is Source.DUPLEX and (feeder := source_word(option.choices, Source.FEEDER)):
        for name, value in (("adf-mode", "Duplex"), ("duplex", "yes")):  # epson2 and others: a switch of its own
            if name in known and value in known[name].choices:
                return [f"--source={feeder}", f"--{name}={value}"]
    return None


def chosen_mode(known: Mapping[str, Option], colour: Colour) -> list[str] | None:
    """Arguments that choose a colour. None when the device has it not; a device without modes has one only."""
    mode, depth = known.get("mode"), known.get("depth")
    if mode is None or not mode.choices:
        return []
    depths = depth.choices if depth is not None else ()
    word = mode_word(mode.choices, colour)
    if word is None:
        grey = mode_word(mode.choices, Colour.GREY)
        return [f"--mode={grey}", "--depth=1"] if colour is Colour.BLACK_WHITE and grey and "1" in depths else None
    return [f"--mode={word}", *(["--depth=8"] if "8" in depths and colour is not Colour.BLACK_WHITE else [])]


def chosen_resolution(known: Mapping[str, Option], dpi: int) -> list[str]:
    """Arguments that choose a resolution."""
    option = known.get("resolution")
    if option is None or not option.settable:
        return []
    return [f"--resolution={option.nearest(dpi):g}"]


def chosen_area(known: Mapping[str, Option], area: Area | None) -> list[str]:
    """Arguments for what of the area the device can see; None: all. Raises ValueError when that is nothing."""
    if not all(name in known and known[name].settable and known[name].most is not None for name in "ltxy"):
        return []
    width, height = known["x"].most or 0.0, known["y"].most or 0.0
    wanted = area or Area(width, height)
    left, top = min(wanted.left, width), min(wanted.top, height)
    right, bottom = min(left + wanted.width, width), min(top + wanted.height, height)
    if right - left <= 0 or bottom - top <= 0:
        raise ValueError(f"nothing of it lies on a glass of {width:g} x {height:g} mm")
    values = {"l": left, "t": top, "x": right - left, "y": bottom - top}
    return [part for name, value in values.items() for part in (f"-{name}", f"{known[name].nearest(value):g}")]
