"""Settings that a hall signs for one box (Ed25519): this box's name, a growing number, the text.

As a file: the TOML below one comment line that holds the rest.
"""

from __future__ import annotations

import base64
import re
from binascii import Error as NoBase64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # 8 MB, which a box without signed settings does not need
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LARGEST_TEXT = 65_536
"""Characters: a hundred times the largest box."""

_HEAD = re.compile(
    r"# yichuang settings box=([a-z0-9-]{1,32}) number=([0-9]{1,18}) signature=([A-Za-z0-9+/]{85}[AQgw]==)\n"
)


class NotOurs(Exception):
    """Signed settings are refused. ``keyword`` of the wording room *settings*."""

    def __init__(self, keyword: str) -> None:
        super().__init__(keyword)
        self.keyword = keyword


@dataclass(frozen=True, slots=True)
class Signed:
    """``signature`` in base64, over all the rest."""

    box: str
    number: int
    signature: str
    text: str

    def as_file(self) -> str:
        """What the box keeps."""
        return f"# yichuang settings box={self.box} number={self.number} signature={self.signature}\n{self.text}"


def from_file(written: str) -> Signed:
    """Raises NotOurs for a text that nobody has signed."""
    head = _HEAD.match(written)
    if head is None or len(written) > LARGEST_TEXT:
        raise NotOurs("not-signed")
    return Signed(head[1], int(head[2]), head[3], written[head.end() :])


def sign(key: Ed25519PrivateKey, box: str, number: int, text: str) -> Signed:
    """Sign ``text`` for this box."""
    signature = key.sign(_message(box, number, text))
    return Signed(box, number, base64.b64encode(signature).decode(), text)


def check(signed: Signed, settings_key: str, box: str) -> None:
    """Whether the hall has signed this for this box. Raises NotOurs.

    ``settings_key``: the public key, 32 bytes in base64; "" for a box that trusts none.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not settings_key:
        raise NotOurs("no-settings-key")
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(settings_key, validate=True))
        public.verify(base64.b64decode(signed.signature), _message(signed.box, signed.number, signed.text))
    except (InvalidSignature, NoBase64, ValueError):
        raise NotOurs("not-the-hall") from None
    if signed.box != box:
        raise NotOurs("other-box")


def private_key(file: Path) -> Ed25519PrivateKey:
    """The hall's key to sign with. Raises FileNotFoundError, ValueError for a file that holds none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{file} holds no Ed25519 key")  # noqa: TRY004 - the file is wrong, no caller
    return key


def settings_key(key: Ed25519PrivateKey) -> str:
    """Its public part, as a box's settings have it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _message(box: str, number: int, text: str) -> bytes:
    return b"yichuang settings\0%s\0%d\0%s" % (box.encode(), number, text.encode())
