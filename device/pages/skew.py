"""How crooked the print on a page is: the angle under which its lines fall best into rows (projection profile)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from device.pages.picture import Dots

LONG_SIDE = 1200
"""Dots that are enough: a tenth of a degree moves the end of a line by two of them."""
MOST_DEGREES = 15.0
COARSE, FINE = 0.5, 0.05
"""Steps in degrees of the two searches."""
MOST_INK = 60_000
"""Dots of ink that are looked at."""
LEAST_INK = 300
"""Fewer are dust."""
LEAST_CONTRAST = 15
"""Grey levels that ink is darker than the paper around it: above a camera's noise."""
AROUND = 31
"""Dots of the square that a dot is compared with: larger than a stroke, smaller than a shadow."""
CLEAR = 4.0
"""How much sharper the rows of the best angle are than those of the usual angle: on photos and stains all are alike."""
BEYOND_CHANCE = 5.0
"""And than rows that the same ink would make if it lay by chance: two for each dot (differences of Poisson counts)."""


def skew(dots: Dots) -> float | None:
    """Degrees counter-clockwise by which the print is turned, within ±15; None where no line tells (a blank page)."""
    rows, columns = _ink(dots)
    if len(rows) < LEAST_INK:
        return None
    coarse = np.arange(-MOST_DEGREES, MOST_DEGREES + COARSE, COARSE)
    sharpness = [_sharpness(rows, columns, angle) for angle in coarse]
    best = int(np.argmax(sharpness))
    if sharpness[best] < max(CLEAR * float(np.median(sharpness)), BEYOND_CHANCE * 2 * len(rows)):
        return None
    fine = np.arange(coarse[best] - COARSE, coarse[best] + COARSE + FINE, FINE)
    finest = int(np.argmax([_sharpness(rows, columns, angle) for angle in fine]))
    return round(float(fine[finest]), 2) + 0.0  # no "-0.0"


def straightened(dots: Dots, degrees: float) -> Dots:
    """The page turned back by its skew on a larger white sheet: no corner of it is cut off."""
    height, width = dots.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    size = (round(height * sine + width * cosine), round(height * cosine + width * sine))
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    white = (255, 255, 255)
    return _dots(
        cv2.warpAffine(dots, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=white)
    )


def _ink(dots: Dots) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows and columns of dots darker than their surroundings, in the shrunken page."""
    grey = dots if dots.ndim == 2 else cv2.cvtColor(dots, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, AROUND, LEAST_CONTRAST)
    rows, columns = np.nonzero(mask)
    if len(rows) > MOST_INK:  # by chance, always the same: every n-th would leave a pattern with lines of its own
        some = np.random.default_rng(0).choice(len(rows), MOST_INK, replace=False)
        rows, columns = rows[some], columns[some]
    return rows.astype(np.float64), columns.astype(np.float64)


def _sharpness(rows: NDArray[np.float64], columns: NDArray[np.float64], degrees: float) -> float:
    """How unevenly the ink falls into rows when the page is turned back by so many degrees."""
    angle = np.radians(degrees)
    projected = rows * np.cos(angle) + columns * np.sin(angle)
    profile = np.bincount((projected - projected.min()).astype(np.int64))
    return float(np.sum(np.diff(profile).astype(np.float64) ** 2))


def _dots(array: NDArray[np.generic]) -> Dots:
    return array.astype(np.uint8, copy=False)
