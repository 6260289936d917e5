"""Where a page lies in a camera's picture.

Looked for as protocols/document-scanners.md §2 has it, on a small copy. Its corners are then taken where its sides
meet, each fitted to many steps of brightness in the full picture: corners may be round, folded or under a thumb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from device.pages.messages import Corners, Doubt, Finding, Point, Sheet
from device.pages.picture import Dots

SMALL = 640
"""Long side of the copy on which the page is looked for."""
LEAST_PART = 0.2
"""Of the picture, which a page must fill: a smaller shape is something on the desk, or printed on a page."""
LEAST_CARD = 0.02
"""The same where nothing but a card is looked for; its proportions tell it from other things."""
SHAPES = 5
"""Largest outlines that are tried."""
ALIKE = 0.06
"""How far a page's proportions may be from its sheet's: a camera 15° from upright shortens a side by 3.4 %."""
LEAST_STEP = 10.0
"""Grey levels between page and desk. Along a line *on* a page, such as a table's, both sides are alike."""
STEPPED_SIDES = 3
"""Of four; along the fourth a white page may lie on something white."""
SAMPLES = 96
"""Places along a side at which its step of brightness is looked for."""
REACH = 3.0
"""How far from a rough side its true place may be, in dots of the small copy."""
FAR_OFF = 9.0
"""How far a corner where two sides meet may be from the rough one; a round or folded one is some way off."""
ASIDE = 6.0
"""How far from it page and desk are compared: further than a frame printed around a page is thick."""
CANNY = ((50, 150), (20, 60))
"""Thresholds of edges; the lower ones, which see more than the page, only where the first find none."""

Points: TypeAlias = NDArray[np.float32]
Hull: TypeAlias = cv2.typing.MatLike


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a page lies in its picture; ``sheet`` None for unknown proportions."""

    corners: Corners
    finding: Finding
    sheet: Sheet | None = None
    doubts: tuple[Doubt, ...] = ()


def find(dots: Dots, sheets: tuple[Sheet, ...]) -> Outline:
    """The page in a picture, or the whole picture with a doubt."""
    shrink = min(1.0, SMALL / max(dots.shape[:2]))
    small = cv2.resize(dots, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    cards_only = sheets == (Sheet.ID_CARD,)
    runs_out = False
    for rough, finding in _candidates(small, LEAST_CARD if cards_only else LEAST_PART):
        if _reaches_edge(rough, small):
            runs_out = True
            continue
        fitted, stepped, met = _fitted(dots, rough / np.float32(shrink), 1 / shrink)
        corners = _ordered(fitted)
        sheet = _sheet(corners, sheets)
        if stepped >= STEPPED_SIDES and (sheet is not None or not cards_only):
            sure = finding is Finding.CORNERS and stepped == met == 4
            return Outline(corners, finding, sheet, () if sure else (Doubt.CORNERS_GUESSED,))
    return whole_frame(dots, (Doubt.RUNS_OUT if runs_out else Doubt.NOT_FOUND,))


def whole_frame(dots: Dots, doubts: tuple[Doubt, ...] = ()) -> Outline:
    """The whole picture taken as the page."""
    height, width = dots.shape[:2]
    corners = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
    return Outline(corners, Finding.WHOLE_FRAME, doubts=doubts)


def sides(corners: Corners) -> tuple[tuple[float, float], tuple[float, float]]:
    """Lengths of upper and lower, of left and right side."""
    left_upper, right_upper, right_lower, left_lower = (np.array(corner) for corner in corners)
    return (
        (float(np.linalg.norm(right_upper - left_upper)), float(np.linalg.norm(right_lower - left_lower))),
        (float(np.linalg.norm(left_lower - left_upper)), float(np.linalg.norm(right_lower - right_upper))),
    )


def _candidates(small: Dots, least_part: float) -> Iterator[tuple[Points, Finding]]:
    """Four-cornered outlines, the largest first; where one has no four corners, the rectangle around it."""
    for hull in _hulls(small, least_part * small.shape[0] * small.shape[1]):
        corners = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, closed=True), closed=True)
        if len(corners) == 4:
            yield corners.reshape(4, 2).astype(np.float32), Finding.CORNERS
        else:
            yield cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32), Finding.RECTANGLE


def _hulls(small: Dots, least: float) -> Iterator[Hull]:
    """Shapes around edges in any colour: cream paper on a white desk differs in blue alone."""
    smooth = cv2.GaussianBlur(small, (5, 5), 0)
    planes = (smooth,) if smooth.ndim == 2 else cv2.split(smooth)
    for low, high in CANNY:
        edges = np.zeros(smooth.shape[:2], np.uint8)
        for plane in planes:
            edges |= cv2.Canny(plane, low, high).astype(np.uint8)
        closed = cv2.dilate(edges, np.ones((3, 3), np.uint8))
        outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        hulls = sorted((cv2.convexHull(outline) for outline in outlines), key=cv2.contourArea, reverse=True)
        yield from (hull for hull in hulls[:SHAPES] if cv2.contourArea(hull) >= least)


def _reaches_edge(corners: Points, small: Dots) -> bool:
    height, width = small.shape[:2]
    inside = (
        (corners > REACH).all() and (corners[:, 0] < width - REACH).all() and (corners[:, 1] < height - REACH).all()
    )
    return not inside


def _fitted(dots: Dots, rough: Points, scale: float) -> tuple[Points, int, int]:
    """Corners where sides in the full picture meet; how many sides are a step of brightness, how many corners met."""
    lines: list[Points] = []
    stepped = 0
    for begin, end in pairwise((*rough, rough[0])):
        step, line = _side(dots, begin, end, rough.mean(axis=0), scale)
        stepped += step >= LEAST_STEP
        lines.append(line)
    fitted, near = rough.copy(), 0
    for index in range(4):
        met = _meeting(lines[index - 1], lines[index])
        if met is not None and np.linalg.norm(met - rough[index]) <= FAR_OFF * scale:
            fitted[index] = met
            near += 1
    return fitted, stepped, near


def _side(dots: Dots, begin: Points, end: Points, centre: Points, scale: float) -> tuple[float, Points]:
    """How large the step of brightness across a side is, and the line along it: direction, then a point."""
    along = (end - begin) / max(1.0, float(np.linalg.norm(end - begin)))
    outward = np.array((along[1], -along[0]), np.float32)
    outward *= 1 if np.dot(outward, (begin + end) / 2 - centre) > 0 else -1
    places = begin + np.linspace(0.1, 0.9, SAMPLES, dtype=np.float32)[:, None] * (end - begin)
    aside, reach = round(ASIDE * scale), round(REACH * scale)
    grid = places[:, None, :] + np.arange(-aside, aside + 1, dtype=np.float32)[None, :, None] * outward
    seen = cv2.remap(dots, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    values = seen.astype(np.float32).reshape(SAMPLES, 2 * aside + 1, -1)
    band = round(aside / 4)
    steps = np.median(values[:, -band:].mean(axis=1) - values[:, :band].mean(axis=1), axis=0)
    colour = int(np.argmax(np.abs(steps)))
    # The edge is where brightness changes fastest in that direction in which it changes along most of the side.
    near = cv2.GaussianBlur(values[:, aside - reach : aside + reach + 1, colour], (5, 1), 0)
    change = np.argmax(np.diff(near, axis=1) * np.sign(steps[colour]), axis=1)
    edge = places + (change + 0.5 - reach)[:, None].astype(np.float32) * outward
    line = cv2.fitLine(edge, cv2.DIST_HUBER, 0, 0.01, 0.01)
    return float(abs(steps[colour])), line.reshape(4).astype(np.float32)


def _meeting(one: Points, other: Points) -> Points | None:
    """Where two lines meet; None where they are nearly parallel."""
    directions = np.stack((one[:2], -other[:2]), axis=1)
    if abs(np.linalg.det(directions)) < 0.1:
        return None
    met: Points = one[2:] + np.float32(np.linalg.solve(directions, other[2:] - one[2:])[0]) * one[:2]
    return met


def _ordered(corners: Points) -> Corners:
    """Clockwise as seen, from the corner nearest to the picture's left upper one."""
    x, y = (corners - corners.mean(axis=0)).T
    clockwise = corners[np.argsort(np.arctan2(y, x))]
    first = int(np.argmin(clockwise.sum(axis=1)))
    # A dot has an extent, and what was sampled is its middle.
    points: list[Point] = [(float(x) + 0.5, float(y) + 0.5) for x, y in np.roll(clockwise, -first, axis=0)]
    return points[0], points[1], points[2], points[3]


def _sheet(corners: Corners, sheets: tuple[Sheet, ...]) -> Sheet | None:
    """The sheet that has these proportions; of several the nearest."""
    width, height = (sum(pair) for pair in sides(corners))
    found = max(width, height) / max(1.0, min(width, height))
    off = {sheet: abs(found * sheet.mm[1] / sheet.mm[0] - 1) for sheet in sheets}
    nearest = min(off, key=lambda sheet: off[sheet])
    return nearest if off[nearest] <= ALIKE else None
