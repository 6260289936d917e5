"""Pages bound to a PDF: as large as their paper, every JPEG byte by byte, the same bytes every time."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from device.pages.fault import NotDone
from device.pages.messages import MOST_PAGES, Finding, Page
from device.pages.page import straighten
from device.pages.pdf import bind
from tests.device.pages.scene import blank, form, jpeg

A4_POINTS = (595.28, 841.89)


def page(data: bytes, size: tuple[int, int], dpi: float | None) -> Page:
    corners = ((0.0, 0.0), (size[0] * 1.0, 0.0), (size[0] * 1.0, size[1] * 1.0), (0.0, size[1] * 1.0))
    return Page(data, *size, dpi, Finding.WHOLE_FRAME, corners)


def bound(pdf: bytes) -> list[tuple[float, float, bytes]]:
    """Width and height in points of each page, and the one picture on it as it stands in the file."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        found = []
        for each in file.pages:
            left, lower, right, upper = (float(value) for value in each.mediabox.as_list())
            (picture,) = each.get_images().values()
            found.append((right - left, upper - lower, picture.read_raw_bytes()))
        return found


GREYS = [jpeg(Image.new("L", size, 200)) for size in ((64, 64), (100, 141), (300, 80))]
SIZES = [(64, 64), (100, 141), (300, 80)]


@settings(max_examples=40, deadline=None)
@given(
    chosen=st.lists(
        st.tuples(st.integers(0, 2), st.one_of(st.none(), st.floats(50, 1200, allow_nan=False))), min_size=1, max_size=8
    )
)
def test_a_document_has_as_many_pages_as_were_bound_each_of_its_size(chosen: list[tuple[int, float | None]]) -> None:
    pages = [page(GREYS[which], SIZES[which], dpi) for which, dpi in chosen]
    document = bind(pages)
    found = bound(document.pdf)
    assert [raw for _, _, raw in found] == [each.jpeg for each in pages]
    for each, (width, height, _) in zip(pages, found, strict=True):
        assert width / height == pytest.approx(each.width / each.height, rel=0.01)
        if each.dpi is not None:
            assert width == pytest.approx(each.width / each.dpi * 72, abs=0.01)
    assert bind(pages) == document


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_page_of_a4_is_a4_whatever_its_resolution(dpi: int) -> None:
    paper = form(dpi)
    (found,) = bound(bind([page(jpeg(paper), paper.size, dpi)]).pdf)
    assert found[:2] == pytest.approx(A4_POINTS, abs=0.3)


def test_dots_an_inch_need_not_be_whole_nor_stand_in_the_jpeg() -> None:
    data = jpeg(Image.new("L", (1835, 2595)), dpi=(72, 72))
    (found,) = bound(bind([page(data, (1835, 2595), 221.98)]).pdf)
    assert found[:2] == pytest.approx((1835 / 221.98 * 72, 2595 / 221.98 * 72), abs=0.01)


@pytest.mark.parametrize(("size", "points"), [((1240, 1754), (595, 842)), ((1754, 1240), (842, 595))])
def test_a_page_of_unknown_size_is_fitted_into_a4(size: tuple[int, int], points: tuple[int, int]) -> None:
    (found,) = bound(bind([page(jpeg(Image.new("L", size)), size, None)]).pdf)
    assert found[:2] == pytest.approx(points, abs=1)


@pytest.mark.parametrize("dpi", [1.0, 100_000.0])
def test_a_page_that_no_pdf_can_hold_is_fitted_into_a4(dpi: float) -> None:
    ((width, height, _),) = bound(bind([page(GREYS[2], SIZES[2], dpi)]).pdf)
    assert (width, height) == pytest.approx((A4_POINTS[1], A4_POINTS[1] * 80 / 300), abs=0.5)


def test_hashes_are_those_of_the_file_and_of_each_page() -> None:
    pages = [straighten(jpeg(form(50)), 50.0), straighten(jpeg(blank(50)), 50.0)]
    document = bind(pages)
    assert document.sha256 == hashlib.sha256(document.pdf).hexdigest()
    assert document.pages == tuple(hashlib.sha256(each.jpeg).hexdigest() for each in pages)


def test_a_document_bears_no_trace_of_the_moment() -> None:
    pdf = bind([page(GREYS[0], SIZES[0], 100.0)]).pdf
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert not {"/CreationDate", "/ModDate"} & set(file.docinfo)
        assert "/ID" not in file.trailer


def test_an_orientation_that_does_not_exist_is_no_hindrance() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 0
    data = jpeg(form(40), exif=exif)
    kept = straighten(data, 40.0)
    assert kept.jpeg == data
    assert [raw for _, _, raw in bound(bind([kept]).pdf)] == [data]


def test_nothing_and_too_much_are_not_bound() -> None:
    with pytest.raises(NotDone, match="no-page"):
        bind([])
    with pytest.raises(NotDone, match="too-many: 200") as many:
        bind([page(GREYS[0], SIZES[0], 100.0)] * (MOST_PAGES + 1))
    assert "200" in many.value.sentence()
