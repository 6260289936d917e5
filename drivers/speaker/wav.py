"""WAV files of the one form that is played here. Pure.

Source: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991), RIFF and WAVE.
"""

from __future__ import annotations

import struct

from drivers.speaker.sound import RATE, SAMPLE_BYTES

HEADER_BYTES = 44
_PCM, _MONO, _BITS = 1, 1, 8 * SAMPLE_BYTES
_FORM = (_PCM, _MONO, RATE, RATE * SAMPLE_BYTES, SAMPLE_BYTES, _BITS)


class NotPlayable(Exception):
    """These bytes are no such file: "what → remedy"."""


def header(data_bytes: int) -> bytes:
    """What stands before so many bytes of sound."""
    form = struct.pack("<HHIIHH", *_FORM)
    return (
        struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE")
        + struct.pack("<4sI", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", data_bytes)
    )


def encode(pcm: bytes) -> bytes:
    """The whole file of a sound."""
    return header(len(pcm)) + pcm


def decode(raw: bytes, *, piped: bool = False) -> bytes:
    """The sound in a file; ``piped``: written by a program that did not know the length yet. Raises NotPlayable."""
    if raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        raise NotPlayable("no WAV file → save it as WAV")
    at, form_known = 12, False
    while at + 8 <= len(raw):
        name, length = struct.unpack_from("<4sI", raw, at)
        at += 8
        if name == b"data":
            if not form_known:
                break
            return _data(raw[at:], length, piped=piped)
        if name == b"fmt ":
            _check_form(raw[at : at + length])
            form_known = True
        at += length + length % 2
    raise NotPlayable("it ends before its sound → copy it again")


def _data(rest: bytes, length: int, *, piped: bool) -> bytes:
    if piped:
        return rest[: len(rest) - len(rest) % SAMPLE_BYTES]
    if len(rest) < length or length % SAMPLE_BYTES:
        raise NotPlayable("it is torn → copy it again")
    return rest[:length]


def _check_form(chunk: bytes) -> None:
    if len(chunk) < 16:
        raise NotPlayable("it ends before its sound → copy it again")
    form = struct.unpack_from("<HHIIHH", chunk)
    if form != _FORM:
        _, channels, rate, _, _, bits = form
        found = f"{rate} Hz, {bits} bit, {channels} channels"
        raise NotPlayable(f"it has {found} → save it as {RATE} Hz, {_BITS} bit, 1 channel, PCM")
