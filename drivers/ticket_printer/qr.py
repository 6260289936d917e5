"""How large a QR code comes out, and its dots for heads that cannot draw one themselves."""

from __future__ import annotations

from bisect import bisect_left

from drivers.dots import Raster

# fmt: off
_CAPACITY = {
    "L": (17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858, 929, 1003,
          1091, 1171, 1273, 1367, 1465, 1528, 1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953),
    "M": (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779,
          857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331),
    "Q": (11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292, 322, 364, 394, 442, 482, 509, 565,
          611, 661, 715, 751, 805, 868, 908, 982, 1030, 1112, 1168, 1228, 1283, 1351, 1423, 1499, 1579, 1663),
    "H": (7, 14, 24, 34, 44, 58, 64, 84, 98, 119, 137, 155, 177, 194, 220, 250, 280, 310, 338, 382, 403, 439, 461,
          511, 535, 593, 625, 658, 698, 742, 790, 842, 898, 958, 983, 1051, 1093, 1139, 1219, 1273),
}
# fmt: on
"""Bytes that versions 1 to 40 hold in byte mode (ISO/IEC 18004, table 7); a printer's own choice is never larger."""

SMALLEST_MODULE = 3
"""Dots, 0.375 mm at 203 dpi: below this a phone loses the code on thermal paper."""


def side(count: int, level: str) -> int:
    """Modules along one side of a code of ``count`` bytes; 0 when no code holds them."""
    version = bisect_left(_CAPACITY[level], count) + 1
    return 17 + 4 * version if version <= 40 else 0


def module_that_fits(count: int, level: str, wanted: int, dots: int) -> int:
    """Dots of a module, ``wanted`` or fewer, so that the code fits on ``dots``; 0 when none does, and for no code."""
    modules = side(count, level)
    fits = min(wanted, dots // modules) if count and modules else 0
    return fits if fits >= min(wanted, SMALLEST_MODULE) else 0


def dots_of(data: bytes, module: int, level: str, left: int) -> Raster:
    """The code as dots, ``left`` dots from the edge. segno is imported at the first use only."""
    import segno

    matrix = segno.make_qr(data, error=level, mode="byte", boost_error=False).matrix
    width_bytes = -(-(left + len(matrix) * module) // 8)
    rows = bytearray()
    for line in matrix:
        bits = 0
        for dark in line:
            bits = bits << module | ((1 << module) - 1) * (dark & 1)
        free = width_bytes * 8 - left - len(line) * module
        rows += (bits << free).to_bytes(width_bytes, "big") * module
    return Raster(width_bytes, len(matrix) * module, bytes(rows))
