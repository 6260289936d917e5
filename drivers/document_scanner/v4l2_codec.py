"""V4L2's structures as 64-bit Linux lays them out (linux/videodev2.h), and the numbers of its calls.

Proven against the header itself by tests/drivers/test_v4l2_codec.py.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

QUERYCAP = 0x80685600
ENUM_FMT = 0xC0405602
S_FMT = 0xC0D05605
REQBUFS = 0xC0145608
QUERYBUF = 0xC0585609
QBUF = 0xC058560F
DQBUF = 0xC0585611
STREAMON = 0x40045612
STREAMOFF = 0x40045613
S_CTRL = 0xC008561C
ENUM_FRAMESIZES = 0xC02C564A

CAPABILITY_SIZE, FORMAT_SIZE, FMTDESC_SIZE = 104, 208, 64
REQBUFS_SIZE, BUFFER_SIZE, FRMSIZE_SIZE = 20, 88, 44

VIDEO_CAPTURE = 1
"""V4L2_BUF_TYPE_VIDEO_CAPTURE, and V4L2_CAP_VIDEO_CAPTURE."""
CAP_STREAMING = 0x04000000
CAP_DEVICE_CAPS = 0x80000000
MEMORY_MMAP = 1
BUF_FLAG_ERROR = 0x40
FRAME_SIZE_DISCRETE = 1
MJPEG = int.from_bytes(b"MJPG", "little")
JPEG = int.from_bytes(b"JPEG", "little")
POWER_LINE_FREQUENCY, FOCUS_AUTO = 0x00980918, 0x009A090C
MAINS = {50: 1, 60: 2}
"""V4L2_CID_POWER_LINE_FREQUENCY's values."""


@dataclass(frozen=True, slots=True)
class Capability:
    """VIDIOC_QUERYCAP. ``caps``: of this node, where the driver tells them apart from the whole device's."""

    card: str
    bus: str
    caps: int

    @property
    def captures(self) -> bool:
        """Whether frames can be streamed from it: the metadata node of the same camera cannot."""
        return bool(self.caps & VIDEO_CAPTURE) and bool(self.caps & CAP_STREAMING)


@dataclass(frozen=True, slots=True)
class Format:
    """What VIDIOC_S_FMT asked for, or granted."""

    width: int
    height: int
    pixel_format: int


@dataclass(frozen=True, slots=True)
class Buffer:
    """One of the buffers that the camera fills. ``used``: bytes of the frame in it."""

    index: int
    offset: int
    length: int
    used: int
    flags: int


def capability(data: bytes) -> Capability:
    """Of struct v4l2_capability."""
    _, card, bus, _, caps, own = struct.unpack_from("=16s32s32s3I", data)
    return Capability(_text(card), _text(bus), own if caps & CAP_DEVICE_CAPS else caps)


def format_asked(index: int) -> bytearray:
    """Struct v4l2_fmtdesc that asks for the ``index``-th format."""
    return _padded(FMTDESC_SIZE, "=2I", index, VIDEO_CAPTURE)


def pixel_format(data: bytes) -> int:
    """Of struct v4l2_fmtdesc."""
    return int.from_bytes(data[44:48], "little")


def size_asked(index: int, pixel_format: int) -> bytearray:
    """Struct v4l2_frmsizeenum that asks for the ``index``-th size of a format."""
    return _padded(FRMSIZE_SIZE, "=2I", index, pixel_format)


def frame_size(data: bytes) -> tuple[int, int]:
    """Width and height of struct v4l2_frmsizeenum; of a range the largest."""
    kind, *numbers = struct.unpack_from("=I6I", data, 8)
    return (numbers[0], numbers[1]) if kind == FRAME_SIZE_DISCRETE else (numbers[1], numbers[4])


def format_set(wanted: Format) -> bytearray:
    """Struct v4l2_format."""
    return _padded(FORMAT_SIZE, "=2I3I", VIDEO_CAPTURE, 0, wanted.width, wanted.height, wanted.pixel_format)


def format_granted(data: bytes) -> Format:
    """Of struct v4l2_format."""
    return Format(*struct.unpack_from("=3I", data, 8))


def buffers_asked(count: int) -> bytearray:
    """Struct v4l2_requestbuffers; 0 gives all back."""
    return _padded(REQBUFS_SIZE, "=3I", count, VIDEO_CAPTURE, MEMORY_MMAP)


def buffers_granted(data: bytes) -> int:
    """Of struct v4l2_requestbuffers."""
    return int.from_bytes(data[:4], "little")


def buffer_asked(index: int) -> bytearray:
    """Struct v4l2_buffer."""
    data = _padded(BUFFER_SIZE, "=2I", index, VIDEO_CAPTURE)
    struct.pack_into("=I", data, 60, MEMORY_MMAP)
    return data


def buffer(data: bytes) -> Buffer:
    """Of struct v4l2_buffer."""
    index, _, used, flags = struct.unpack_from("=4I", data)
    offset, length = struct.unpack_from("=I4xI", data, 64)
    return Buffer(index, offset, length, used, flags)


def buffer_type() -> bytearray:
    """The int that VIDIOC_STREAMON and STREAMOFF take."""
    return _padded(4, "=I", VIDEO_CAPTURE)


def control(number: int, value: int) -> bytearray:
    """Struct v4l2_control."""
    return _padded(8, "=Ii", number, value)


def _padded(size: int, layout: str, *values: int) -> bytearray:
    return bytearray(struct.pack(layout, *values).ljust(size, b"\0"))


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("utf-8", "replace")
