"""A page photographed on a desk: found, squared, and measured as a ruler would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from device.pages.messages import Corners, Doubt, Finding, Page, Sheet
from device.pages.outline import find
from device.pages.page import square, straighten
from device.pages.picture import open_picture
from device.pages.skew import skew
from tests.device.pages.scene import (
    A4,
    CARD,
    MM,
    RULER_AT,
    RULER_MM,
    WHITE,
    blank,
    card,
    form,
    jpeg,
    sensor_noise,
    shot,
    tilted,
)

EITHER = (Sheet.A4, Sheet.ID_CARD)
TWO_MEGAPIXELS, HALF = (1632, 1224), (1296, 972)


def furthest(found: Corners, true: Corners) -> float:
    """Dots between a corner found and the true one, in any turn."""
    return max(min(float(np.hypot(x - u, y - v)) for u, v in true) for x, y in found)


def ruler_mm(page: Page) -> float:
    """Millimetres between the two discs, by the page's own dots an inch."""
    grey = np.asarray(Image.fromarray(open_picture(page.jpeg).dots).convert("L"))
    assert page.dpi is not None
    mm = page.dpi / MM
    places = []
    for x in (RULER_AT[0], RULER_AT[0] + RULER_MM):
        left, top = round((x - 6) * mm), round((RULER_AT[1] - 6) * mm)
        rows, columns = np.nonzero(grey[top : top + round(12 * mm), left : left + round(12 * mm)] < 128)
        places.append((left + columns.mean(), top + rows.mean()))
    (x, y), (u, v) = places
    return float(np.hypot(x - u, y - v)) / mm


@pytest.mark.parametrize(("turn", "tilt"), [(0.0, 0.0), (3.0, 0.04), (-8.0, 0.1), (85.0, 0.03)])
def test_the_corners_are_found_within_two_dots(turn: float, tilt: float) -> None:
    seen = shot(form(120), tilted(HALF, fill=0.7, turn=turn, tilt=tilt), HALF)
    outline = find(seen.frame, EITHER)
    assert (outline.finding, outline.sheet, outline.doubts) == (Finding.CORNERS, Sheet.A4, ())
    assert furthest(outline.corners, seen.corners) < 2


@pytest.mark.parametrize("tilt", [0.0, 0.1])
def test_a_ruler_on_the_squared_page_measures_true(tilt: float) -> None:
    page = square(shot(form(130), tilted(TWO_MEGAPIXELS, turn=-4, tilt=tilt), TWO_MEGAPIXELS).jpeg(), EITHER)
    assert page.dpi is not None
    assert ruler_mm(page) == pytest.approx(RULER_MM, rel=0.01)
    assert page.width / page.dpi * MM == pytest.approx(A4[0], abs=0.2)
    assert page.height / page.dpi * MM == pytest.approx(A4[1], abs=0.2)
    assert abs(skew(open_picture(page.jpeg).dots) or 0.0) <= 0.2


def test_no_dots_are_claimed_that_the_camera_did_not_have() -> None:
    page = square(shot(form(130), tilted(TWO_MEGAPIXELS, turn=0, tilt=0, fill=0.8), TWO_MEGAPIXELS).jpeg(), EITHER)
    assert page.dpi == pytest.approx(1224 * 0.8 / (A4[1] / MM), rel=0.02)
    assert page.doubts == (Doubt.LOW_RESOLUTION,)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    turn=st.floats(-15, 15),
    tilt=st.floats(0, 0.08),
    fill=st.floats(0.7, 0.8),
    desk=st.tuples(*[st.integers(0, 200)] * 3),
)
def test_a_page_lying_anyhow_is_found(turn: float, tilt: float, fill: float, desk: tuple[int, int, int]) -> None:
    seen = shot(PAPER, tilted((800, 600), fill, turn, tilt), (800, 600), desk)
    assert furthest(find(seen.frame, EITHER).corners, seen.corners) < 3


PAPER = form(60)


def test_a_card_is_found_though_its_corners_are_round_and_it_is_small() -> None:
    # Under a camera that sees a sheet of A4, a card fills a fifteenth of the picture.
    corners = tilted(HALF, fill=0.3, turn=12, tilt=0.03, ratio=CARD[0] / CARD[1])
    seen = shot(card(300), corners, HALF)
    outline = find(seen.frame, (Sheet.ID_CARD,))
    assert (outline.finding, outline.sheet) == (Finding.CORNERS, Sheet.ID_CARD)
    assert furthest(outline.corners, corners) < 2
    page = square(seen.jpeg(), (Sheet.ID_CARD,))
    assert page.dpi == pytest.approx(HALF[0] * 0.3 / (CARD[0] / MM), rel=0.02)
    assert page.width / page.height == pytest.approx(CARD[0] / CARD[1], rel=0.01)


def test_a_card_is_not_looked_for_where_a_page_is_wanted() -> None:
    seen = shot(card(300), tilted(HALF, fill=0.3, ratio=CARD[0] / CARD[1]), HALF)
    assert find(seen.frame, EITHER).doubts == (Doubt.NOT_FOUND,)


def test_another_thing_than_a_card_is_not_taken_for_one() -> None:
    seen = shot(form(40), tilted(HALF, fill=0.3), HALF)
    assert find(seen.frame, (Sheet.ID_CARD,)).finding is Finding.WHOLE_FRAME


def test_a_page_with_a_folded_corner_is_kept_whole_and_doubted() -> None:
    paper = form(120).convert("RGBA")
    wide, high = paper.size
    ImageDraw.Draw(paper).polygon(((wide, 0), (wide * 0.8, 0), (wide, high * 0.12)), fill=(0, 0, 0, 0))
    seen = shot(paper, tilted(HALF, turn=6, tilt=0), HALF)
    page = square(seen.jpeg(), EITHER)
    assert (page.finding, page.doubts[0]) == (Finding.RECTANGLE, Doubt.CORNERS_GUESSED)
    assert furthest(page.corners, seen.corners) < 4
    assert ruler_mm(page) == pytest.approx(RULER_MM, rel=0.02)


def test_a_thumb_on_a_corner_is_doubted() -> None:
    seen = shot(form(120), tilted(HALF, turn=4), HALF)
    x, y = seen.corners[2]
    frame = Image.fromarray(seen.frame)
    ImageDraw.Draw(frame).ellipse((x - 65, y - 65, x + 45, y + 45), fill=(200, 160, 140))
    assert Doubt.CORNERS_GUESSED in find(np.asarray(frame), EITHER).doubts


def test_cream_paper_on_a_white_desk_is_found_by_its_colour() -> None:
    paper = Image.new("RGB", (620, 877), (250, 248, 205))
    seen = shot(paper, tilted(HALF), HALF, desk=(250, 248, 245))
    assert furthest(find(seen.frame, EITHER).corners, seen.corners) < 3


def test_a_camera_without_colour_will_do() -> None:
    seen = shot(form(120), tilted(HALF), HALF)
    page = square(jpeg(Image.fromarray(seen.frame).convert("L")), EITHER)
    assert page.finding is Finding.CORNERS
    assert open_picture(page.jpeg).dots.ndim == 2


def test_a_page_that_fills_the_picture_stays_as_it_is() -> None:
    data = jpeg(form(110))
    page = square(data, EITHER)
    assert page.jpeg == data
    assert (page.finding, page.dpi) == (Finding.WHOLE_FRAME, None)
    assert page.doubts == (Doubt.NOT_FOUND, Doubt.SIZE_UNKNOWN)


def test_a_table_on_a_page_that_fills_the_picture_is_not_the_page() -> None:
    paper = blank(110)
    pen = ImageDraw.Draw(paper)
    pen.rectangle((120, 150, paper.width - 120, paper.height - 150), outline="black", width=4)
    assert find(np.asarray(paper), EITHER).finding is Finding.WHOLE_FRAME


def test_a_page_that_reaches_out_of_the_picture_is_doubted() -> None:
    left_upper, right_upper, right_lower, left_lower = tilted(HALF, turn=0, tilt=0)
    below = (right_lower[0], HALF[1] + 40.0), (left_lower[0], HALF[1] + 40.0)
    seen = shot(form(120), (left_upper, right_upper, *below), HALF)
    page = square(seen.jpeg(), EITHER, scale_dpi=130.0)
    assert (page.finding, page.doubts[0]) == (Finding.WHOLE_FRAME, Doubt.RUNS_OUT)
    assert (page.width, page.height, page.dpi) == (*HALF, 130.0)


def test_an_empty_desk_has_no_page() -> None:
    empty = (90 + sensor_noise(*HALF)).astype(np.uint8)
    assert find(empty, EITHER).doubts == (Doubt.NOT_FOUND,)


def test_half_a_sheet_has_to_be_named_because_it_has_the_same_proportions() -> None:
    data = shot(form(100), tilted(HALF), HALF).jpeg()
    page, half = square(data, (Sheet.A4,)), square(data, (Sheet.A5,))
    assert page.dpi is not None
    assert half.dpi is not None
    assert half.dpi / page.dpi == pytest.approx(297 / 210, rel=0.01)


def test_paper_of_unknown_size_is_measured_by_the_camera_s_scale_or_not_at_all() -> None:
    receipt = Image.new("RGB", (800, 400), WHITE)
    seen = shot(receipt, tilted(HALF, fill=0.8, turn=2, tilt=0, ratio=2.0), HALF)
    unknown, known = square(seen.jpeg(), EITHER), square(seen.jpeg(), EITHER, scale_dpi=210.0)
    assert (unknown.finding, unknown.dpi, unknown.doubts) == (Finding.CORNERS, None, (Doubt.SIZE_UNKNOWN,))
    assert (known.dpi, known.doubts) == (210.0, ())
    assert known.width == pytest.approx(HALF[0] * 0.8, abs=3)


@pytest.mark.parametrize("angle", [-3.3, 1.5, 8.0])
def test_a_crooked_page_of_a_scanner_is_straightened_without_losing_a_corner(angle: float) -> None:
    crooked = form(100).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)
    page = straighten(jpeg(crooked), 100.0)
    assert page.turned == pytest.approx(-angle, abs=0.2)
    assert abs(skew(open_picture(page.jpeg).dots) or 0.0) <= 0.2
    assert page.dpi == 100.0
    assert page.width > crooked.width
    assert page.height > crooked.height


def test_a_straight_page_of_a_scanner_keeps_its_bytes() -> None:
    data = jpeg(form(100), dpi=(100, 100))
    page = straighten(data, 100.0)
    assert page.jpeg == data
    assert (page.turned, page.doubts) == (0.0, (Doubt.LOW_RESOLUTION,))


@pytest.mark.parametrize("dpi", [None, 0.0, -1.0, 1e9, float("nan")])
def test_a_resolution_that_no_scanner_has_is_not_believed(dpi: float | None) -> None:
    page = straighten(jpeg(blank(40)), dpi)
    assert (page.dpi, page.doubts) == (None, (Doubt.SIZE_UNKNOWN,))


def test_a_blank_page_is_a_page() -> None:
    data = jpeg(blank())
    assert straighten(data, 300.0).jpeg == data


def test_what_is_on_a_page_is_not_in_its_repr() -> None:
    page = straighten(jpeg(blank()), 300.0)
    assert "jpeg" not in repr(page)
    assert page.sha256 in repr(page)
