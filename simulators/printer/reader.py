"""The printer's ear: one byte in, a command out once it is whole (ticket-printers.md §1–§5)."""

from __future__ import annotations

from collections.abc import Callable, Generator

from simulators.printer import commands as c

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D

Whole = c.Command | None
Reading = Generator[Whole, int, Whole]
"""Takes bytes by ``yield``, gives the command at its end; None when the printer ignores it."""

_CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858"}
_QR_LEVELS = {0x30: "L", 0x31: "M", 0x32: "Q", 0x33: "H"}
_CLEAR = bytes((DLE, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08))

UNPRINTABLE = "\N{WHITE SQUARE}"
"""What comes out for bytes that are no character of the two-byte font."""

LARGEST_IMAGE = 1 << 20
"""Bytes; what claims to be larger is no image."""

_IGNORED = {
    ESC: {b"M": 1, b"-": 1, b"{": 1, b" ": 1, b"R": 1, b"V": 1, b"G": 1, b"=": 1, b"c": 2, b"$": 2, b"\\": 2},
    GS: {b"B": 1, b"b": 1, b"L": 2, b"W": 2, b"P": 2, b"H": 1, b"f": 1, b"h": 1, b"w": 1},
    FS: {b"-": 1, b"S": 2},
}
"""Commands that change nothing we draw, and how many bytes follow them."""


class RealTimeEar:
    """Hears DLE requests in the stream as it arrives, also inside image data, as real heads do."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def listening(self) -> bool:
        """Whether the last bytes may become a request."""
        return bool(self._held)

    def hear(self, byte: int) -> c.RealTime | None:
        """A request once its last byte has come."""
        held = self._held + bytes((byte,))
        self._held = b""
        if len(held) == 3 and held[1] == 0x04 and 1 <= byte <= 5:
            return c.StatusRequest(byte)
        if len(held) == 3 and held[1] == 0x05 and byte in (1, 2):
            return c.Recover(clear=byte == 2)
        if held == _CLEAR:
            return c.ClearBuffers()
        if held in (b"\x10", b"\x10\x04", b"\x10\x05") or _CLEAR.startswith(held):
            self._held = held
        elif byte == DLE:
            self._held = b"\x10"
        return None


class Reader:
    """The state machine over buffered bytes. Keeps Chinese mode, code page and the stored QR code.

    ``taken`` counts the bytes of jobs: all but real-time requests.
    """

    def __init__(self) -> None:
        self.taken = 0
        self.reset_modes()
        self.restart()

    def reset_modes(self) -> None:
        """Power-on mode of a mainland model: Chinese mode on."""
        self.chinese = True
        self.code_page = "cp437"
        self._qr = c.QrCode(b"", 3, "L")
        self._graphics: c.Raster | None = None

    def restart(self) -> None:
        """Forget a command that is only half here; modes stay."""
        self._reading = self._read()
        next(self._reading)

    def feed(self, byte: int) -> Whole:
        """Take one byte; a command when that was its last."""
        self.taken += 1
        return self._reading.send(byte)

    def _read(self) -> Generator[Whole, int, None]:
        whole: Whole = None
        while True:
            byte = yield whole
            match byte:
                case 0x1B:
                    whole = yield from self._esc()
                case 0x1C:
                    whole = yield from self._fs()
                case 0x1D:
                    whole = yield from self._gs()
                case 0x10:
                    whole = yield from self._skip_real_time()
                case 0x0A:
                    whole = c.LineFeed()
                case _:
                    whole = (yield from self._letter(byte)) if byte >= 0x20 else None

    def _letter(self, byte: int) -> Reading:
        if byte < 0x80:
            return c.Letter(chr(byte))
        if not self.chinese:
            return c.Letter(bytes((byte,)).decode(self.code_page, "replace"))
        if byte in (0x80, 0xFF):
            return c.Letter(UNPRINTABLE)
        pair = bytes((byte, (yield None)))
        # A head's "GB18030" holds the two-byte zones only: a four-byte sequence comes out as garbage, pair by pair.
        return c.Letter(pair.decode("gb18030", "replace")[0].replace("\ufffd", UNPRINTABLE), hanzi=True)

    def _esc(self) -> Reading:
        byte = yield None
        match bytes((byte,)):
            case b"@":
                self.reset_modes()
                return c.Initialize()
            case b"2":
                return c.LineSpacing(None)
            case b"D":
                while (yield None):
                    pass
                return None
            case b"t":
                self.code_page = _CODE_PAGES.get((yield None), "cp437")
                return None
            case b"*":
                mode, low, high = yield from _take(3)
                yield from _take((low + 256 * high) * (3 if mode in (32, 33) else 1))
                return None
            case b"p":
                pin, on, off = yield from _take(3)
                return c.Drawer(pin % 48, on * 2, off * 2)
            case b"B":
                times, length = yield from _take(2)
                return c.Buzzer(times, length)
        if then := _ESC_BYTE.get(byte):
            return then((yield None))
        return (yield from _skip(ESC, byte))

    def _fs(self) -> Reading:
        byte = yield None
        match bytes((byte,)):
            case b"&" | b".":
                self.chinese = byte == ord("&")
                return c.ChineseMode(self.chinese)
            case b"!":
                n = yield None
                return c.HanziSize(2 if n & 0x04 else 1, 2 if n & 0x08 else 1)
            case b"C":
                return c.CodeSystem((yield None))
            case b"W":
                times = 2 if (yield None) & 1 else 1
                return c.HanziSize(times, times)
        return (yield from _skip(FS, byte))

    def _gs(self) -> Reading:
        byte = yield None
        match bytes((byte,)):
            case b"v":
                return (yield from _raster())
            case b"(":
                return (yield from self._extended())
            case b"V":
                return (yield from _cut())
            case b"\x0c":
                return c.BlackMark()
            case b"k":
                yield from _skip_barcode()
                return None
        if then := _GS_BYTE.get(byte):
            return then((yield None))
        return (yield from _skip(GS, byte))

    def _skip_real_time(self) -> Reading:
        """Already heard by the RealTimeEar when it arrived."""
        kind = yield None
        if kind in (0x04, 0x05):
            yield None
            self.taken -= 3
        elif kind == 0x14:
            more = {0x01: 2, 0x08: 7}.get((yield None), 2)
            yield from _take(more)
            self.taken -= 3 + more
        return None

    def _extended(self) -> Reading:
        """GS ( X: a letter, a length, so many bytes."""
        letter, low, high = yield from _take(3)
        data = yield from _take(low + 256 * high)
        match bytes((letter,)), data[:2]:
            case b"k", _:
                return self._qr_function(data)
            case b"H", b"00" if len(data) == 6 and all(0x20 <= byte <= 0x7E for byte in data[2:]):
                return c.PrintCompleteRequest(data[2:])
            case b"H", b"10" if len(data) == 3:
                return c.OfflineNotice(data[2] % 48)
            case b"L", b"0p":
                self._graphics = _graphics(data)
            case b"L", b"02":
                printed, self._graphics = self._graphics, None
                return printed
        return None

    def _qr_function(self, data: bytes) -> Whole:
        code = self._qr
        match data[:2], data[2:]:
            case b"1C", n if n:
                self._qr = c.QrCode(code.data, max(1, min(n[0], 16)), code.level)
            case b"1E", n if n:
                self._qr = c.QrCode(code.data, code.module, _QR_LEVELS.get(n[0], "L"))
            case b"1P", stored if stored:
                self._qr = c.QrCode(stored[1:], code.module, code.level)
            case b"1Q", _ if code.data:
                return code
        return None


def _take(count: int) -> Generator[None, int, bytes]:
    taken = bytearray()
    while len(taken) < count:
        taken.append((yield None))
    return bytes(taken)


def _skip(prefix: int, byte: int) -> Reading:
    yield from _take(_IGNORED[prefix].get(bytes((byte,)), 0))
    return None


def _skip_barcode() -> Generator[None, int, None]:
    if (yield None) > 6:
        yield from _take((yield None))
    else:
        while (yield None):
            pass


def _raster() -> Reading:
    _, mode, xl, xh, yl, yh = yield from _take(6)
    width_bytes, rows = xl + 256 * xh, yl + 256 * yh
    if not 0 < width_bytes * rows <= LARGEST_IMAGE:
        return None
    return c.Raster(mode & 3, width_bytes, rows, (yield from _take(width_bytes * rows)))


def _graphics(data: bytes) -> c.Raster | None:
    """GS ( L function 112: tone, times, colour, width and height in dots."""
    if len(data) < 10:
        return None
    _, _, _, x_times, y_times, _, xl, xh, yl, yh = data[:10]
    width_bytes, rows = (xl + 256 * xh + 7) // 8, yl + 256 * yh
    if not 0 < width_bytes * rows == len(data) - 10:
        return None
    return c.Raster((x_times == 2) | (y_times == 2) << 1, width_bytes, rows, data[10:])


def _cut() -> Reading:
    m = yield None
    full = m in (0, 48, 65, 97, 103)
    return c.Cut(full, (yield None) if m >= 65 else None)


def _print_mode(n: int) -> c.Command:
    return c.LetterSize(2 if n & 0x20 else 1, 2 if n & 0x10 else 1)


_ESC_BYTE: dict[int, Callable[[int], c.Command]] = {
    ord("!"): _print_mode,
    ord("3"): c.LineSpacing,
    ord("E"): lambda n: c.Bold(bool(n & 1)),
    ord("J"): c.FeedDots,
    ord("a"): lambda n: c.Align(n % 48 % 3),
    ord("d"): c.Feed,
}
_GS_BYTE: dict[int, Callable[[int], c.Command]] = {
    ord("!"): lambda n: c.LetterSize((n >> 4 & 7) + 1, (n & 7) + 1),
    ord("I"): c.InfoRequest,
    ord("a"): c.AutomaticStatus,
    ord("r"): lambda n: c.PaperRequest(n % 48),
}
