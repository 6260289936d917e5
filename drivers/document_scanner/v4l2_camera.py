"""A UVC camera by V4L2: one still frame, MJPG as the camera made it (protocols/document-scanners.md §1).

Opening and starting may block in the kernel, so that everything is done in a thread of its own, each with a deadline.
"""

from __future__ import annotations

import errno
import mmap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from drivers.contract import CompletionCode, DeviceFault, Garbled, Gone, Refused, Remedy, Silent
from drivers.contract.document_scanner import access_denied, busy
from drivers.deadline import Deadline
from drivers.document_scanner import jpeg
from drivers.document_scanner import v4l2_codec as codec
from drivers.document_scanner.cancelling import before
from drivers.document_scanner.v4l2_kernel import Kernel, LinuxKernel
from drivers.worker import Worker

T = TypeVar("T")
BUFFERS = 4
SLICE_SECONDS = 0.1
"""How long the thread waits for a frame in one call: so long it cannot be called off."""
END_SECONDS = 0.5
MOST_FORMATS = 64
_TAKEN = (errno.EBUSY, errno.ENOSPC)
_DENIED = (errno.EACCES, errno.EPERM)
_NOT_THAT = (errno.EINVAL, errno.ENOTTY)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the camera is asked for; see CameraSettings."""

    width: int = 0
    height: int = 0
    settle_frames: int = 10
    mains_hz: int = 50
    autofocus: bool | None = None


class V4l2Camera:
    """A drivers.document_scanner.frame_source.FrameSource.

    ``path``: of the node, or what its nodes' names begin with (without ``-video-index0``): the one that captures is
    found then.
    """

    def __init__(self, path: Path, wanted: Wanted, kernel: Kernel | None = None) -> None:
        self._path = path
        self._wanted = wanted
        self._kernel = kernel or LinuxKernel()
        self._session = _Session(path, wanted, self._kernel)
        self._worker: Worker | None = None
        self._stuck: Worker | None = None

    async def open(self, deadline: Deadline) -> None:
        """Find the node that captures. Raises Gone, Silent, Refused."""
        await self.close()
        if self._stuck is not None and self._stuck.alive:
            raise Silent(f"an earlier call to {self._path} has not returned yet")
        self._session = _Session(self._path, self._wanted, self._kernel)  # the last thread still closes its own
        self._worker = Worker(f"v4l2 {self._path.name}", self._session.close)
        try:
            await self._do(self._session.open, deadline)
        except BaseException:
            await self.close()
            raise

    async def check(self, deadline: Deadline) -> None:
        """Ask who it is. Raises Gone, Silent, Refused."""
        await self._do(self._session.check, deadline)

    async def still(self, deadline: Deadline) -> bytes:
        """The first whole frame after the settling ones. Raises one of the four."""
        stop, until = threading.Event(), time.monotonic() + before(deadline, END_SECONDS).left()
        try:
            return await self._do(lambda: self._session.still(until, stop), deadline)
        finally:
            stop.set()

    async def close(self) -> None:
        """Let go of the node. Never raises."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        try:
            await worker.do_surely(self._session.close, Deadline.after(END_SECONDS), "it does not let go")
        except DeviceFault:
            self._stuck = worker  # it ends by itself once the kernel answers
        finally:
            worker.end()

    async def _do(self, job: Callable[[], T], deadline: Deadline) -> T:
        if self._worker is None:
            raise Gone(f"{self._path} is not open")
        return await self._worker.do(job, deadline, f"{self._path} does not answer")


class _Session:
    """The open node; belongs to one thread."""

    def __init__(self, path: Path, wanted: Wanted, kernel: Kernel) -> None:
        self._path = path
        self._wanted = wanted
        self._kernel = kernel
        self._fd = -1

    def open(self) -> None:
        """Raises Gone, Refused."""
        self.close()
        with self._told():
            for node in self._nodes():
                self._fd = self._kernel.open(node)
                if self._capability().captures:
                    return
                self.close()
        what = f"{self._path} is no node that captures"
        raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)

    def check(self) -> None:
        """Raises Gone, Refused."""
        with self._told():
            self._capability()

    def still(self, until: float, stop: threading.Event) -> bytes:
        """Raises one of the four."""
        with self._told(), self._streaming() as buffers:
            dropped, broken = 0, False
            while not stop.is_set() and time.monotonic() < until:
                if not self._kernel.wait(self._fd, SLICE_SECONDS):
                    continue
                frame = self._dequeued(buffers)
                if frame is None:
                    continue
                if dropped < self._wanted.settle_frames:
                    dropped += 1
                elif _is_whole(frame):
                    return frame
                else:
                    broken = True
        raise Garbled("the camera sends frames, but none is whole") if broken else Silent("the camera sends no frame")

    def close(self) -> None:
        """Never raises."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            self._kernel.close(fd)

    def _nodes(self) -> list[Path]:
        if self._path.exists():
            return [self._path]
        nodes = sorted(self._path.parent.glob(f"{self._path.name}-video-index*"))
        if not nodes:
            raise Gone(f"there is no {self._path}")
        return nodes

    def _capability(self) -> codec.Capability:
        return codec.capability(self._ioctl(codec.QUERYCAP, bytearray(codec.CAPABILITY_SIZE)))

    def _ioctl(self, request: int, data: bytearray) -> bytes:
        self._kernel.ioctl(self._fd, request, data)
        return bytes(data)

    @contextmanager
    def _streaming(self) -> Iterator[dict[int, mmap.mmap]]:
        """Every buffer queued and the camera running; afterwards it stands still and all is given back."""
        self._set_up()
        buffers: dict[int, mmap.mmap] = {}
        try:
            count = codec.buffers_granted(self._ioctl(codec.REQBUFS, codec.buffers_asked(BUFFERS)))
            for index in range(count):
                about = codec.buffer(self._ioctl(codec.QUERYBUF, codec.buffer_asked(index)))
                buffers[index] = self._kernel.map(self._fd, about.length, about.offset)
                self._ioctl(codec.QBUF, codec.buffer_asked(index))
            self._ioctl(codec.STREAMON, codec.buffer_type())
            yield buffers
        finally:
            with suppress(OSError):  # it may have been unplugged
                self._ioctl(codec.STREAMOFF, codec.buffer_type())
            for mapped in buffers.values():
                mapped.close()
            with suppress(OSError):
                self._ioctl(codec.REQBUFS, codec.buffers_asked(0))

    def _set_up(self) -> None:
        """MJPG first and the size then, as one call; controls that a camera has not are left."""
        formats = set(self._listed(codec.ENUM_FMT, codec.format_asked, codec.pixel_format))
        pixel_format = next((one for one in (codec.MJPEG, codec.JPEG) if one in formats), None)
        if pixel_format is None:
            raise Refused("the camera has no MJPG", CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION)
        size = (self._wanted.width, self._wanted.height)
        if not all(size):
            asked = self._listed(codec.ENUM_FRAMESIZES, lambda i: codec.size_asked(i, pixel_format), codec.frame_size)
            size = max(asked, key=lambda each: each[0] * each[1], default=(0, 0))
        granted = codec.format_granted(self._ioctl(codec.S_FMT, codec.format_set(codec.Format(*size, pixel_format))))
        if granted.pixel_format != pixel_format or (all(size) and (granted.width, granted.height) != size):
            what = f"the camera does not give {size[0]} x {size[1]} as MJPG, but {granted.width} x {granted.height}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        controls = {codec.POWER_LINE_FREQUENCY: codec.MAINS.get(self._wanted.mains_hz)}
        if self._wanted.autofocus is not None:
            controls[codec.FOCUS_AUTO] = int(self._wanted.autofocus)
        for number, value in controls.items():
            if value is not None:
                with _where_there_is_one():
                    self._ioctl(codec.S_CTRL, codec.control(number, value))

    def _listed(self, request: int, asked: Callable[[int], bytearray], told: Callable[[bytes], T]) -> list[T]:
        """All of an enumeration, which ends with EINVAL."""
        found: list[T] = []
        for index in range(MOST_FORMATS):
            try:
                found.append(told(self._ioctl(request, asked(index))))
            except OSError as failure:
                if failure.errno not in _NOT_THAT:
                    raise
                break
        return found

    def _dequeued(self, buffers: dict[int, mmap.mmap]) -> bytes | None:
        """The next frame, its buffer queued again; None when there is none, or one that the driver calls broken."""
        try:
            got = codec.buffer(self._ioctl(codec.DQBUF, codec.buffer_asked(0)))
        except BlockingIOError:
            return None
        if got.index not in buffers or got.used > len(buffers[got.index]):
            raise Garbled("a frame in a buffer that there is not")
        frame = buffers[got.index][: got.used]
        self._ioctl(codec.QBUF, codec.buffer_asked(got.index))
        return None if got.flags & codec.BUF_FLAG_ERROR else frame

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The kernel's errors in the four's words."""
        try:
            yield
        except OSError as failure:
            raise self._fault(failure) from None

    def _fault(self, failure: OSError) -> DeviceFault:
        what = f"{self._path}: {failure.strerror}"
        if failure.errno in _TAKEN:
            return busy(what)
        if failure.errno in _DENIED:
            return access_denied(what)
        if failure.errno in _NOT_THAT:
            return Refused(what, CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION)
        return Gone(what)


@contextmanager
def _where_there_is_one() -> Iterator[None]:
    """A control that the camera has not, or has switched off, is no fault."""
    try:
        yield
    except OSError as failure:
        if failure.errno not in (*_NOT_THAT, errno.EACCES, errno.ERANGE, errno.EBUSY):
            raise


def _is_whole(frame: bytes) -> bool:
    try:
        jpeg.measure(frame)
    except Garbled:
        return False
    return True
