"""The fuzz targets of scanners and office printers: what they say in IPP and XML, what scanimage and the kernel say."""

from __future__ import annotations

from functools import partial

from drivers.contract import DeviceFault, Garbled
from drivers.document_scanner import escl_codec as escl
from drivers.document_scanner import sane_codec as sane
from drivers.document_scanner import v4l2_codec as v4l2
from drivers.office_printer import ipp_codec as ipp
from tests.fuzz.oracles import tried

_STRUCTURE = 256
"""Larger than each of V4L2's structures that are read."""
XML = (
    b'<scan:ScannerStatus xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'
    b' xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">'
    b"<pwg:State>Idle</pwg:State><scan:AdfState>ScannerAdfLoaded</scan:AdfState></scan:ScannerStatus>"
)
LISTED = b"test:0|Noname|frontend-tester|virtual device\nlibusb:001:004|CANON|LiDE 400|flatbed scanner\n"


def check_ipp(data: bytes) -> None:
    """A message, which is written and read as the same again, or Garbled."""
    message, _ = tried(partial(ipp.decode, data), Garbled)
    if message is not None:
        written, _ = tried(partial(ipp.encode, message), ValueError)
        assert written is None or ipp.decode(written) == message, "a message does not survive"


def check_escl(data: bytes) -> None:
    """A status or capabilities, or Garbled."""
    status, _ = tried(partial(escl.status, data), Garbled)
    if status is not None:
        assert status.state
    tried(partial(escl.capabilities, data), Garbled)
    tried(partial(escl.job_path, data.decode("latin-1"), "/eSCL/ScanJobs"), Garbled)


def check_sane(data: bytes) -> None:
    """Whatever a back-end prints: devices, none, or one of the four faults."""
    text = data.decode("utf-8", "replace")
    for device in sane.found(text):
        sane.usb_address(device.device)
    for code in (1, 6, 139, -11):
        assert isinstance(sane.opening_fault(code, text), DeviceFault)
        assert isinstance(sane.scan_fault(code, text), DeviceFault)


def check_v4l2(data: bytes) -> None:
    """Whatever the kernel fills into a structure is read."""
    structure = data.ljust(_STRUCTURE, b"\0")
    for read in (v4l2.capability, v4l2.pixel_format, v4l2.frame_size, v4l2.format_granted, v4l2.buffers_granted):
        read(structure)
    assert v4l2.buffer(structure).used >= 0
