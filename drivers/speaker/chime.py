"""The chime before a call, made by arithmetic. Pure."""

from __future__ import annotations

import math
from array import array
from functools import cache

from drivers.speaker.sound import FULL, RATE, from_samples

TONES: dict[str, tuple[float, ...]] = {
    "ding-dong": (659.26, 523.25),
    "ding": (659.26,),
    "three-tones": (523.25, 659.26, 783.99),
    "none": (),
}
"""Hz of each stroke, one after the other: E5 and C5 of equal temperament, A4 = 440 Hz, and what goes with them."""

STROKE_SECONDS = 0.6
FADES_IN_SECONDS = 0.005
"""A stroke that began at full strength would click."""
DECAYS_IN_SECONDS = 0.2
"""After so long a stroke has a third of its strength left."""
STRENGTH = 0.5


@cache
def chime(name: str) -> bytes:
    """The chime of this name, one of ``TONES``; "none" is no sound at all."""
    return b"".join(_stroke(hertz) for hertz in TONES[name])


def _stroke(hertz: float) -> bytes:
    count = round(STROKE_SECONDS * RATE)
    return from_samples(array("h", (round(_swing(hertz, index / RATE)) for index in range(count))))


def _swing(hertz: float, at: float) -> float:
    """The sample at this second of a stroke."""
    grown = min(1.0, at / FADES_IN_SECONDS)
    ending = min(1.0, (STROKE_SECONDS - at) / FADES_IN_SECONDS)
    return FULL * STRENGTH * grown * ending * math.exp(-at / DECAYS_IN_SECONDS) * math.sin(2 * math.pi * hertz * at)
