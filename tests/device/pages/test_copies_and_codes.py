"""The marked copy for showing, and the codes that stand on a page."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from device.pages import watermark
from device.pages.codes import read_codes
from device.pages.fault import NotDone
from device.pages.page import straighten
from device.pages.picture import open_picture
from device.pages.watermark import mark
from tests.device.pages.scene import QR_TEXT, blank, form, jpeg, opened


def test_the_mark_stands_in_every_part_of_the_copy() -> None:
    page = straighten(jpeg(blank(100)), 100.0)
    copy = mark(page)
    change = np.asarray(opened(page.jpeg), np.int16) - np.asarray(opened(copy.jpeg), np.int16)
    marked = change.max(axis=2) > 15
    rows, columns = (np.array_split(np.arange(length), 4) for length in marked.shape)
    parts = [marked[np.ix_(high, wide)].mean() for high, wide in product(rows, columns)]
    assert min(parts) > 0.01
    assert max(parts) < 0.2


def test_the_page_itself_is_not_marked() -> None:
    data = jpeg(form(100))
    page = straighten(data, 100.0)
    copy = mark(page)
    assert page.jpeg == data
    assert copy.sha256 != page.sha256
    assert (copy.width, copy.height, copy.dpi) == (page.width, page.height, page.dpi)
    assert mark(page) == copy


def test_a_marked_page_can_still_be_read() -> None:
    copy = mark(straighten(jpeg(form(150)), 150.0))
    assert [code.text.reveal() for code in read_codes(copy.jpeg)] == [QR_TEXT]


def test_the_mark_shows_on_grey_and_on_dark_paper() -> None:
    for shade in (255, 90, 0):
        page = straighten(jpeg(Image.new("L", (600, 850), shade)), 100.0)
        copy = open_picture(mark(page).jpeg).dots.astype(int)
        assert np.abs(copy - shade).max() > 10


def test_a_machine_without_a_chinese_font_marks_nothing_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watermark, "FONTS", (("/nowhere/font.ttc", 0),))
    with pytest.raises(NotDone, match="font-missing") as missing:
        mark(straighten(jpeg(blank(50)), 50.0))
    assert "fonts-noto-cjk" in missing.value.sentence()


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_qr_code_is_read_at_the_resolutions_of_a_hall(dpi: int) -> None:
    (code,) = read_codes(jpeg(form(dpi)))
    assert (code.symbology, code.text.reveal()) == ("QRCode", QR_TEXT)
    x, y = code.corners[0]
    assert (x, y) == pytest.approx((153 / 25.4 * dpi, 233 / 25.4 * dpi), abs=0.1 * dpi)


def test_codes_come_from_the_top_down() -> None:
    paper = form(150)
    bars = zxingcpp.create_barcode("YX-1900-0001", zxingcpp.BarcodeFormat.Code128)
    stripes = Image.fromarray(np.asarray(bars.to_image(scale=3))).convert("RGB")
    paper.paste(stripes, (100, 60))
    found = [(code.symbology, code.text.reveal()) for code in read_codes(jpeg(paper))]
    assert found == [("Code128", "YX-1900-0001"), ("QRCode", QR_TEXT)]


def test_a_page_without_codes_has_none() -> None:
    assert read_codes(jpeg(form(100, qr=False))) == ()


def test_what_a_code_says_is_not_in_its_repr() -> None:
    assert QR_TEXT not in repr(read_codes(jpeg(form(150))))
