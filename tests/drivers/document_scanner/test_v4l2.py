"""A V4L2 camera, played by a kernel in memory; the structures themselves are proven against linux/videodev2.h.

No device of a real kernel is behind these tests: where there is one, that is another proof.
"""

from __future__ import annotations

import errno
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.contract import (
    CompletionCode,
    DeviceFault,
    Garbled,
    Gone,
    MediaType,
    NotScanned,
    Page,
    Refused,
    ScanRequest,
    Silent,
    State,
)
from drivers.deadline import Deadline
from drivers.document_scanner import v4l2_codec as codec
from drivers.document_scanner.camera import CameraSettings, DocumentCamera
from drivers.document_scanner.v4l2_camera import V4l2Camera, Wanted
from drivers.document_scanner.v4l2_kernel import LinuxKernel
from tests.drivers.document_scanner.pictures import jpeg_of, picture
from tests.drivers.document_scanner.video import Video
from tests.drivers.vectors import Vector, vectors

LIMIT = 5.0
FRAMES = [jpeg_of(picture(20 + n, 30)) for n in range(4)]
HEADER = Path(__file__).with_name("videodev2.c")


def camera(video: Video, node: str = "/dev/null", **wanted: Any) -> DocumentCamera:
    settings = Wanted(**{"settle_frames": 0, **wanted})
    return DocumentCamera(CameraSettings(), V4l2Camera(Path(node), settings, video))


@asynccontextmanager
async def opened(video: Video, **wanted: Any) -> AsyncIterator[DocumentCamera]:
    driver = camera(video, **wanted)
    try:
        assert await driver.open(Deadline.after(LIMIT)) == State.of()
        yield driver
    finally:
        await driver.close()
        assert video.opened == set()


async def taken(driver: DocumentCamera, seconds: float = LIMIT) -> Page:
    (page,) = await driver.scan(ScanRequest(), Deadline.after(seconds))
    return page


def test_numbers_and_layouts_are_those_of_the_kernel_s_header(tmp_path: Path) -> None:
    program = tmp_path / "videodev2"
    subprocess.run(["gcc", "-o", program, HEADER], check=True, timeout=LIMIT * 4)
    told = subprocess.run([program], capture_output=True, text=True, check=True, timeout=LIMIT).stdout
    rows = dict(line.split() for line in told.splitlines())
    assert len(rows) > 30
    ours = {name: getattr(codec, name) for name in rows if name.isupper() and hasattr(codec, name)}
    assert ours == {name: int(rows[name], 0) for name in ours}
    assert len(ours) >= 20
    written = {
        "format": codec.format_set(codec.Format(2592, 1944, codec.MJPEG)),
        "fmtdesc": codec.format_asked(3),
        "frmsize": codec.size_asked(2, codec.MJPEG),
        "requestbuffers": codec.buffers_asked(4),
        "buffer": codec.buffer_asked(2),
        "control": codec.control(codec.POWER_LINE_FREQUENCY, 1),
        "type": codec.buffer_type(),
    }
    assert {name: bytes(data).hex() for name, data in written.items()} == {name: rows[name] for name in written}
    assert codec.capability(bytes.fromhex(rows["capability-told"])) == codec.Capability("Camera", "usb-1.2", 0x04200001)
    assert codec.buffer(bytes.fromhex(rows["buffer-told"])) == codec.Buffer(2, 0x20000, 0x10000, 1234, 0x40)
    assert codec.frame_size(bytes.fromhex(rows["frmsize-told"])) == (2592, 1944)
    assert codec.frame_size(bytes.fromhex(rows["frmsize-range-told"])) == (4160, 3120)
    assert codec.format_granted(bytes.fromhex(rows["format"])) == codec.Format(2592, 1944, codec.MJPEG)


def _named(vector: Vector) -> str:
    return vector.name


@pytest.mark.parametrize("vector", vectors("v4l2", "to-device"), ids=_named)
def test_what_is_asked_is_written_as_the_vectors_say(vector: Vector) -> None:
    asked: dict[str, Any] = dict(vector.meaning)
    match asked.pop("struct"):
        case "v4l2_format":
            written = codec.format_set(codec.Format(asked["width"], asked["height"], codec.MJPEG))
        case "v4l2_requestbuffers":
            written = codec.buffers_asked(asked["count"])
        case "v4l2_control":
            written = codec.control(asked["id"], asked["value"])
        case _:
            written = codec.buffer_asked(asked["index"])
    assert bytes(written) == vector.data


@pytest.mark.parametrize("vector", vectors("v4l2", "from-device"), ids=_named)
def test_what_is_told_is_read_as_the_vectors_say(vector: Vector) -> None:
    told: dict[str, Any] = dict(vector.meaning)
    if told.pop("struct") == "v4l2_capability":
        capability = codec.capability(vector.data)
        assert (capability.card, capability.captures) == (told["card"], told["captures"])
    else:
        assert codec.buffer(vector.data) == codec.Buffer(**told)


async def test_the_frame_after_the_settling_ones_is_the_page_byte_for_byte() -> None:
    video = Video(*FRAMES)
    async with opened(video, settle_frames=2) as driver:
        assert await taken(driver) == Page(1, MediaType.JPEG, FRAMES[2], 22, 30, None)
        assert not video.streaming


async def test_the_largest_size_is_asked_for_as_mjpg_before_a_buffer_is() -> None:
    video = Video(*FRAMES)
    async with opened(video) as driver:
        await taken(driver)
    assert video.granted == (2592, 1944, codec.MJPEG)
    order = [call for call in video.calls if call in ("S_FMT", "REQBUFS", "STREAMON", "DQBUF", "STREAMOFF")]
    assert order == ["S_FMT", "REQBUFS", "STREAMON", "DQBUF", "STREAMOFF", "REQBUFS"]


async def test_lamps_at_50_hz_make_no_stripes_and_a_camera_without_such_a_control_is_fine() -> None:
    video = Video(*FRAMES, *FRAMES)
    async with opened(video, autofocus=True) as driver:
        await taken(driver)
        assert video.controls == {codec.POWER_LINE_FREQUENCY: 1, codec.FOCUS_AUTO: 1}
        video.fails["S_CTRL"] = errno.EINVAL
        assert await taken(driver)


async def test_of_a_camera_s_two_nodes_the_one_that_captures_is_taken(tmp_path: Path) -> None:
    for index in (0, 1):
        (tmp_path / f"pci-usb-0:2:1.0-video-index{index}").touch()
    video = Video(*FRAMES)
    for swapped in (False, True):
        video.metadata = frozenset({"0"}) if swapped else frozenset({"1"})
        driver = camera(video, f"{tmp_path}/pci-usb-0:2:1.0")
        await driver.open(Deadline.after(LIMIT))
        assert len(video.opened) == 1
        await driver.close()
    with pytest.raises(Refused, match="no node that captures"):
        await camera(video, f"{tmp_path}/pci-usb-0:2:1.0-video-index0").open(Deadline.after(LIMIT))
    with pytest.raises(Gone):
        await camera(video, f"{tmp_path}/pci-usb-0:9").open(Deadline.after(LIMIT))
    assert video.opened == set()


async def test_broken_and_cut_frames_are_passed_over() -> None:
    video = Video()
    video.frames.extend([(FRAMES[0], True), (FRAMES[1][:-9], False), (b"", False), (FRAMES[3], False)])
    async with opened(video) as driver:
        assert (await taken(driver)).image == FRAMES[3]


async def test_frames_none_of_which_is_whole_are_garbled() -> None:
    video = Video(*[FRAMES[0][:-9]] * 3)
    async with opened(video) as driver:
        with pytest.raises(Garbled):
            await taken(driver, 0.5)


async def test_a_camera_without_frames_is_silent_by_the_deadline() -> None:
    async with opened(Video()) as driver:
        with pytest.raises(Silent):
            await taken(driver, 0.3)
        assert (await driver.poll(Deadline.after(LIMIT))).accepting


@pytest.mark.parametrize("call", ["S_FMT", "REQBUFS", "STREAMON"])
@pytest.mark.parametrize("number", [errno.EBUSY, errno.ENOSPC])
async def test_a_camera_that_another_program_has_is_busy(call: str, number: int) -> None:
    video = Video(*FRAMES)
    async with opened(video) as driver:
        video.fails[call] = number
        with pytest.raises(NotScanned) as refusal:
            await taken(driver)
        assert refusal.value.reason.keyword == "scanner-busy"
        video.fails.clear()
        assert await taken(driver)


@pytest.mark.parametrize("call", ["QUERYCAP", "ENUM_FMT", "S_FMT", "REQBUFS", "QUERYBUF", "QBUF", "STREAMON", "DQBUF"])
async def test_unplugged_at_any_call_it_is_gone_and_well_when_it_is_back(call: str) -> None:
    video = Video(*FRAMES)
    async with opened(video) as driver:
        video.fails[call] = errno.ENODEV
        with pytest.raises(Gone):
            await (driver.poll(Deadline.after(LIMIT)) if call == "QUERYCAP" else taken(driver))
        await driver.close()
        video.fails.clear()
        await driver.open(Deadline.after(LIMIT))
        assert await taken(driver)


@pytest.mark.parametrize(
    ("number", "fault", "code"),
    [
        (errno.EACCES, NotScanned, CompletionCode.DEVICE_NOT_READY),
        (errno.ENOTTY, Refused, CompletionCode.UNSUPPORTED_COMMAND),
    ],
)
async def test_a_node_that_is_not_for_us_is_refused(number: int, fault: type[Refused], code: CompletionCode) -> None:
    video = Video()
    video.fails["open" if number == errno.EACCES else "QUERYCAP"] = number
    driver = camera(video)
    with pytest.raises(fault) as refusal:
        await driver.open(Deadline.after(LIMIT))
    assert refusal.value.code is code
    assert video.opened == set()


async def test_a_camera_without_mjpg_or_without_the_size_is_a_matter_of_configuration() -> None:
    async with opened(Video(formats=(b"YUYV",))) as driver:
        with pytest.raises(Refused, match="no MJPG"):
            await taken(driver)
    async with opened(Video(*FRAMES), width=4160, height=3120) as driver:
        with pytest.raises(Refused, match="but 640 x 480"):
            await taken(driver)


async def test_a_kernel_that_does_not_return_is_silent_and_gathers_no_threads() -> None:
    video, stuck = Video(*FRAMES), threading.Event()

    def before(call: str) -> None:
        if call == "STREAMON":
            stuck.wait(LIMIT)

    video.before = before
    driver = camera(video)
    await driver.open(Deadline.after(LIMIT))
    threads = threading.active_count()
    try:
        for _ in range(2):
            with pytest.raises(DeviceFault):
                await taken(driver, 0.1)
            await driver.close()
            with pytest.raises(Silent, match="has not returned"):
                await driver.open(Deadline.after(LIMIT))
        assert threading.active_count() == threads
    finally:
        stuck.set()


async def test_a_thread_that_ends_late_closes_nothing_of_the_next_one() -> None:
    """Closing is done twice, by the verb and by the thread at its end: the second time another node may be open."""
    video = Video(*FRAMES * 20)
    driver = camera(video)
    for _ in range(5):
        await driver.open(Deadline.after(LIMIT))
        first = driver._source._session  # type: ignore[attr-defined]
        await driver.close()
        await driver.open(Deadline.after(LIMIT))
        first.close()
        assert await taken(driver)
        await driver.close()
    assert video.opened == set()


async def test_the_real_kernel_s_calls_fail_in_the_four_s_words(tmp_path: Path) -> None:
    """A file is no camera: the ioctl goes to the kernel all the same."""
    (tmp_path / "video0").touch()
    for path, fault in ((tmp_path / "video0", Refused), (tmp_path / "none", Gone)):
        with pytest.raises(fault):
            await V4l2Camera(path, Wanted(), LinuxKernel()).open(Deadline.after(LIMIT))
