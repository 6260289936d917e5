"""The page /enrolment in a browser, at a real hall in a process of its own: codes for boxes, and boxes taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from device.sync.enrolment import Place, enrol
from hall.contract.enrolment import typed
from tests.hall.conftest import certificates, settings_file
from tests.hall.enrolling_box import with_ca_key
from tests.hall.guide_scene import GUIDE, PIN
from tests.screens.guide_hall import GuidedHall
from tests.screens.test_looks import weakest

__all__ = ["certificates", "settings_file"]

pytestmark = pytest.mark.browser

LIMIT_MS = 10_000
LOST_MS = 5_000


@pytest.fixture
def hall(settings_file: Path, request: pytest.FixtureRequest) -> Iterator[GuidedHall]:
    """Its one guide is a technician, unless the test says otherwise."""
    hall = GuidedHall(with_ca_key(settings_file), technician=getattr(request, "param", True))
    yield hall
    hall.close()


@pytest.fixture
def page(chromium: Browser, hall: GuidedHall) -> Iterator[Page]:
    size = {"width": 1024, "height": 700}
    with chromium.new_context(viewport=size, ignore_https_errors=True, locale="zh-CN") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        expect.set_options(timeout=LIMIT_MS)
        page.goto(f"{hall.origin}/enrolment")
        page.locator("#sign-in-view").wait_for()
        yield page


def sign_in(page: Page, pin: str = PIN) -> None:
    page.keyboard.type(GUIDE)
    page.keyboard.press("Tab")
    page.keyboard.type(pin)
    page.keyboard.press("Enter")


def test_a_technician_gets_a_code_by_keys_alone_a_machine_uses_it_and_is_taken_back(
    page: Page, hall: GuidedHall, tmp_path: Path
) -> None:
    sign_in(page)
    row = page.locator('#boxes li[data-box="counter-1"]')
    expect(row).to_have_attribute("data-state", "none")
    row.locator(".get-code").focus()
    page.keyboard.press("Enter")
    page.locator("#code-dialog").wait_for()
    told = page.locator("#code").inner_text()
    assert hall.origin in page.locator("#code-hall").inner_text()
    enrol(hall.origin, "counter-1", typed(told), Place(tmp_path / "c.pem", tmp_path / "ca.pem"))
    expect(page.locator("#code-done")).to_be_visible()
    assert weakest(page) > (4.5, "")
    page.keyboard.press("Escape")
    assert told not in page.content()
    expect(row).to_have_attribute("data-state", "enrolled")
    row.locator(".revoke").click()
    expect(page.locator("#revoke-no")).to_be_focused()
    page.locator("#revoke-yes").click()
    expect(row).to_have_attribute("data-state", "revoked")


@pytest.mark.parametrize("hall", [False], indirect=True, ids=["a guide"])
def test_who_is_no_technician_is_told_so_and_gets_nothing(page: Page) -> None:
    sign_in(page)
    expect(page.locator("#notice-not-allowed")).to_be_visible()
    assert page.locator("#boxes li").count() == 0
    status = page.evaluate(
        """async () => (await fetch("/enrolment/code", {method: "POST", headers: {"Content-Type": "application/json"},
           body: JSON.stringify({box: "counter-1"})})).status"""
    )
    assert status == 403


def test_a_hall_that_is_gone_is_missed_within_five_seconds_and_found_again(page: Page, hall: GuidedHall) -> None:
    sign_in(page)
    page.locator("#list-view").wait_for()
    hall.pause()
    expect(page.locator("#notice-lost")).to_be_visible(timeout=LOST_MS)
    hall.go_on()
    expect(page.locator("#notice-lost")).to_be_hidden()


def test_a_wrong_pin_opens_nothing(page: Page) -> None:
    sign_in(page, "0000")
    expect(page.locator("#sign-in-why")).to_be_visible()
    assert page.locator("#list-view").is_hidden()
