"""A document camera, a folder of pictures in its place: newest, next, coming, and never one that is half written."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from drivers.contract import (
    Colour,
    CompletionCode,
    Garbled,
    Gone,
    MediaType,
    NotScanned,
    Page,
    Refused,
    ScanRequest,
    Source,
    State,
)
from drivers.deadline import Deadline
from drivers.document_scanner.camera import CameraSettings, DocumentCamera
from tests.drivers.document_scanner.pictures import jpeg_of, picture, png_of
from tests.virtual_time import virtual

LIMIT = 5.0


def camera(folder: Path, take: Any = "newest") -> DocumentCamera:
    return DocumentCamera.at(CameraSettings(take=take), f"folder:{folder}")


def put(folder: Path, name: str, data: bytes, at: int) -> bytes:
    """A picture written at so many seconds."""
    (folder / name).write_bytes(data)
    os.utime(folder / name, (at, at))
    return data


async def taken(driver: DocumentCamera, **how: Any) -> Page:
    (page,) = await driver.scan(ScanRequest(**how), Deadline.after(LIMIT))
    return page


@virtual
async def test_the_newest_picture_is_the_page_byte_for_byte_and_has_no_dpi(tmp_path: Path) -> None:
    put(tmp_path, "b.jpg", jpeg_of(picture(10, 10)), 1)
    newest = put(tmp_path, "a.JPG", jpeg_of(picture(40, 60), dpi=(300, 300)), 2)
    put(tmp_path, "notes.txt", b"", 3)
    driver = camera(tmp_path)
    assert await driver.open(Deadline.after(LIMIT)) == State.of()
    page = await taken(driver)
    assert page == Page(1, MediaType.JPEG, newest, 40, 60, None)
    assert newest[:3].hex() not in repr(page)
    assert await driver.poll(Deadline.after(LIMIT)) == State.of()
    await driver.close()


@virtual
async def test_the_next_picture_is_the_next_by_name_and_behind_the_last_the_first(tmp_path: Path) -> None:
    pictures = [put(tmp_path, f"{n}.png", png_of(picture(10, 10 + n)), 9 - n) for n in range(3)]
    driver = camera(tmp_path, "next")
    assert [(await taken(driver)).image for _ in range(4)] == [*pictures, pictures[0]]


@virtual
async def test_a_picture_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    whole = jpeg_of(picture(100, 100, noise=True))
    for cut in range(0, len(whole), 301):
        put(tmp_path, "a.jpg", whole[:cut], 1)
        asyncio.get_running_loop().call_later(0.5, put, tmp_path, "a.jpg", whole, 2)
        assert (await taken(camera(tmp_path))).image == whole


@virtual
async def test_a_picture_that_never_becomes_whole_is_garbled_by_the_deadline(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", jpeg_of(picture())[:-2], 1)
    deadline = Deadline.after(LIMIT)
    with pytest.raises(Garbled):
        await camera(tmp_path).scan(ScanRequest(), deadline)
    assert deadline.left() >= 0


@virtual
async def test_a_coming_picture_is_one_that_came_after_it_was_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "old.jpg", jpeg_of(picture(9, 9)), 5)
    new = jpeg_of(picture(8, 8))
    asyncio.get_running_loop().call_later(1, put, tmp_path, "new.jpg", new, 3)
    assert (await taken(camera(tmp_path, "coming"))).image == new
    again = jpeg_of(picture(7, 7))
    asyncio.get_running_loop().call_later(1, put, tmp_path, "old.jpg", again, 6)
    assert (await taken(camera(tmp_path, "coming"))).image == again


@virtual
async def test_without_a_picture_there_is_no_page(tmp_path: Path) -> None:
    for take in ("newest", "next", "coming"):
        with pytest.raises(Refused) as refusal:
            await taken(camera(tmp_path, take))
        assert refusal.value.code is CompletionCode.USER_ERROR


@virtual
async def test_a_folder_that_goes_is_a_camera_unplugged(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    with pytest.raises(Gone):
        await camera(folder).open(Deadline.after(LIMIT))
    folder.mkdir()
    put(folder, "a.jpg", jpeg_of(picture()), 1)
    driver = camera(folder)
    await driver.open(Deadline.after(LIMIT))
    await taken(driver)
    shutil.rmtree(folder)
    with pytest.raises(Gone):
        await driver.poll(Deadline.after(LIMIT))
    with pytest.raises(Gone):
        await taken(driver)


@virtual
async def test_a_camera_has_no_feeder_and_no_other_colours(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", jpeg_of(picture()), 1)
    asked: list[dict[str, Any]] = [{"source": Source.FEEDER}, {"source": Source.DUPLEX}, {"colour": Colour.GREY}]
    for how in asked:
        with pytest.raises(Refused) as refusal:
            await taken(camera(tmp_path), **how)
        assert refusal.value.code is CompletionCode.UNSUPPORTED_COMMAND


@virtual
async def test_waiting_for_a_picture_can_be_called_off(tmp_path: Path) -> None:
    driver = camera(tmp_path, "coming")
    asyncio.get_running_loop().call_later(1, driver.cancel)
    with pytest.raises(NotScanned) as canceled:
        await taken(driver)
    assert canceled.value.code is CompletionCode.CANCELED
    async with asyncio.timeout(1):  # the owner's own cancellation is another thing
        asyncio.get_running_loop().call_later(0.5, driver.cancel)
        with pytest.raises(NotScanned):
            await taken(driver)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await taken(driver)


@virtual
async def test_a_cancel_by_who_is_told_of_the_page_is_heard(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", jpeg_of(picture()), 1)
    driver = camera(tmp_path)
    with pytest.raises(NotScanned):
        await driver.scan(ScanRequest(), Deadline.after(LIMIT), lambda _: driver.cancel())
    assert await taken(driver)


@pytest.mark.parametrize("port", ["folder:pictures", "v4l2:0", "usb:0000:0000", "v4l2:"])
def test_what_is_no_camera_is_refused_with_the_form(port: str) -> None:
    with pytest.raises(ValueError, match="is no camera → give v4l2:/dev"):
        DocumentCamera.at(CameraSettings(), port)


@pytest.mark.parametrize("wrong", [{"width": 9}, {"height": -1, "width": -1}, {"settle_frames": 101}, {"mains_hz": 55}])
def test_a_wrong_setting_is_refused_with_its_remedy(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}.* → "):
        CameraSettings(**wrong)
