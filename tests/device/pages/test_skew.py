"""How crooked the print is, and when nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from device.pages.skew import skew, straightened
from tests.device.pages.scene import blank, form

FORM = form(100, qr=False).convert("L")


def turned(angle: float) -> Image.Image:
    return FORM.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=250)


@settings(max_examples=10, deadline=None)
@given(angle=st.floats(-14, 14))
def test_the_skew_of_a_form_is_told_within_a_fifth_of_a_degree(angle: float) -> None:
    assert skew(np.asarray(turned(angle))) == pytest.approx(angle, abs=0.2)


def test_lines_of_text_alone_tell_it_too() -> None:
    lines = FORM.crop((0, 480, FORM.width, 850))
    assert skew(np.asarray(lines.rotate(2.5, Image.Resampling.BICUBIC, fillcolor=250))) == pytest.approx(2.5, abs=0.2)


def test_a_blank_page_tells_nothing() -> None:
    assert skew(np.asarray(blank())) is None


def test_noise_and_spots_tell_nothing() -> None:
    chance = np.random.default_rng(4)
    spots = np.full((900, 700), 240, np.uint8)
    for row, column in chance.integers(0, 690, (200, 2)):
        spots[row : row + 8, column : column + 8] = 20
    assert skew(chance.integers(0, 255, (900, 700), dtype=np.uint8)) is None
    assert skew(spots) is None


def test_a_page_turned_back_is_larger_and_white_where_it_was_not() -> None:
    crooked = np.asarray(turned(6))
    straight = straightened(crooked, 6)
    assert straight.shape > crooked.shape
    assert straight[0, 0] == 255
    assert abs(skew(straight) or 0.0) <= 0.1
