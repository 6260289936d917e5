"""The settings of a box as setup writes them: TOML for people, every port named by its socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from config.box import Mode


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One port."""

    name: str
    port: str
    baud: int | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class DeviceDraft:
    """One device on it; ``options`` the driver's own."""

    name: str
    model: str
    line: str
    address: int | None = None
    window: int | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoxDraft:
    """A whole box."""

    name: str
    mode: Mode
    port: int
    url: str
    data: str
    proof: str
    kiosk: bool = False
    board: bool = False
    entrance: bool = False
    windows: tuple[int, ...] = ()
    lines: tuple[LineDraft, ...] = ()
    devices: tuple[DeviceDraft, ...] = ()

    @property
    def pages(self) -> list[str]:
        """Where its screens are opened."""
        return self._public + [f"{self._here}/window/{number}" for number in self.windows]

    @property
    def screen(self) -> str:
        """What the machine's own screen shows; "" for one that faces nobody but a clerk."""
        return next(iter(self._public), "")

    @property
    def _here(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _public(self) -> list[str]:
        named = [("kiosk", self.kiosk), ("board", self.board), ("entrance", self.entrance)]
        return [f"{self._here}/{page}" for page, has in named if has]


def settings_of(draft: BoxDraft, remark: str) -> str:
    """The file; ``remark`` stands at its head."""
    return "\n".join(_parts(draft, remark)) + "\n"


def _parts(draft: BoxDraft, remark: str) -> Iterator[str]:
    yield f"# {remark}"
    yield _table("[box]", name=draft.name, mode=draft.mode, port=draft.port, data=draft.data)
    own = f"{draft.proof}/{draft.name}.pem"
    yield _table("[hall]", url=draft.url, ca=f"{draft.proof}/ca.pem", certificate=own, key=own)
    if draft.kiosk:
        yield _table("[kiosk]", signing_key=f"{draft.proof}/slip.key")
    for page, has in (("board", draft.board), ("entrance", draft.entrance)):
        if has:
            yield f"\n[{page}]"
    for number in draft.windows:
        yield _table("[[window]]", number=number)
    for line in draft.lines:
        yield _table("[[line]]", name=line.name, port=line.port, baud=line.baud, simulated=line.simulated or None)
    for device in draft.devices:
        plain = {"address": device.address, "window": device.window, "options": device.options or None}
        yield _table("[[device]]", name=device.name, model=device.model, line=device.line, **plain)


def _table(header: str, **values: Any) -> str:
    return "\n".join([f"\n{header}", *(f"{key} = {toml(value)}" for key, value in values.items() if value is not None)])


def toml(value: Any) -> str:
    """A value as TOML writes it; JSON's strings are among TOML's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
