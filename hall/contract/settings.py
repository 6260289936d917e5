"""Settings that the hall sends to a box: signed on the hall's side, checked and kept by the box.

POST /device/settings with AskSettings, after each welcome and once a minute; the answer is SettingsOffer.
"""

from __future__ import annotations

from hall.contract.words import Strict, Struct, Whole


class AskSettings(Strict, frozen=True, kw_only=True):
    """``number`` of those that the box has, ``runs`` of those that it was started with; 0 for none.

    ``refused``: the number of those that it has refused, ``keyword`` (wording room *settings*) and ``why``: the reason.
    """

    number: Whole
    runs: Whole
    refused: Whole = 0
    keyword: str = ""
    why: str = ""


class SignedSettings(Struct, frozen=True, kw_only=True):
    """As config.signed has it. ``box``: for whom; ``text``: TOML; ``signature``: base64, Ed25519."""

    box: str
    number: int
    signature: str
    text: str


class SettingsOffer(Struct, frozen=True, kw_only=True):
    """``settings`` None: the hall has no newer ones for this box."""

    settings: SignedSettings | None = None
