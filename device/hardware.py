"""The lines and devices that a box's settings name, built and checked before anything is opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from config.box import BoxSettings, Device, Line, port_of
from config.loader import Loaded
from config.ports import CAMERA, CARDS, DATAGRAMS, ESCL, FOLDER, INPUT, IPP, ONE_DEVICE, SANE, SOUND
from config.problem import Problem, SettingsError
from device.bus import Bus
from device.cell import OPEN_SECONDS, Cell
from device.line_monitor import LineMonitor
from drivers import registry
from drivers.contract import Transport
from drivers.dialect.follow import Interpreter
from drivers.dialect.table import dialect_of
from drivers.input_port import input_port, why_not_here
from drivers.transport import transport_for
from drivers.worker import longest_call

HEADPHONE = "headphone"
"""The family of a speaker that the settings name as somebody's headphone."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """The lines and devices of a box, checked before anything is opened."""

    buses: dict[str, Bus]
    cells: list[Cell[Any]]
    monitors: list[LineMonitor] = field(default_factory=list)
    elsewhere: dict[str, Callable[[int], Any]] = field(default_factory=dict)
    """By device of a shared line: a driver of its model and options at another address."""

    def of(self, family: str, window: int | None = None) -> Cell[Any] | None:
        """The first device of a family at a window (or of the box); None where there is none."""
        return next((cell for cell in self.cells if cell.family == family and cell.window == window), None)

    def serving(self, family: str, window: int) -> Cell[Any] | None:
        """The window's own device of a family, else the box's, which its windows share."""
        return self.of(family, window) or self.of(family)

    def stuck(self, patience_s: float, threads_s: float) -> str:
        """What has not returned: a device so long past its deadline, or a driver's thread so long in one call; "".

        A thread costs its device alone, which is lost until it returns: it is waited for much longer.
        """
        for cell in self.cells:
            if cell.overdue.seconds > patience_s:
                return f"device {cell.name}"
        name, seconds = longest_call()
        return f"thread {name}" if seconds > threads_s else ""

    def all_of(self, family: str) -> list[Cell[Any]]:
        """All of a family that belong to no window, in the settings' order."""
        return [cell for cell in self.cells if cell.family == family and cell.window is None]


def build_hardware(loaded: Loaded[BoxSettings]) -> Hardware:
    """Buses and cells for every line and device. Raises SettingsError naming file, line and remedy."""
    values = loaded.values
    buses: dict[str, Bus] = {}
    cells: list[Cell[Any]] = []
    problems: list[Problem] = []
    lines = {line.name: line for line in values.line}
    for index, line in enumerate(values.line):
        if line.port.startswith(ONE_DEVICE):
            continue  # its driver reaches it by itself
        try:
            buses[line.name] = Bus(line.name, _transport(loaded, line), line.quiet_ms / 1000)
        except ValueError as wrong:
            what, _, remedy = str(wrong).partition(" → ")
            problems.append(loaded.problem(("line", index, "port"), what, remedy))
    if problems:
        raise SettingsError(problems)
    for index, device in enumerate(values.device):
        try:
            line = lines[device.line]
            private = device.name in values.headphones
            cells.append(_cell(device, line, buses.get(device.line), port_of(loaded, line), private=private))
        except registry.SettingsProblem as problem:
            path: tuple[str | int, ...] = ("device", index, "options", problem.key)
            if problem.key in ("model", "address", "line"):
                path = ("device", index, problem.key)
            problems.append(loaded.problem(path, f"{device.name}: {problem.what}", problem.remedy))
    if values.kiosk is not None and not any(cell.family == "ticket_printer" for cell in cells) and not problems:
        problems.append(loaded.problem(("kiosk",), "a kiosk without a ticket printer", "add a [[device]] that prints"))
    if problems:
        raise SettingsError(problems)
    monitors = [_monitor(loaded, lines[name], bus) for name, bus in buses.items()]
    addressed = [device for device in values.device if device.address is not None and device.line in buses]
    return Hardware(
        buses, cells, monitors, {device.name: partial(_elsewhere, device, buses[device.line]) for device in addressed}
    )


def _elsewhere(device: Device, bus: Bus, address: int) -> Any:
    driver_class = registry.driver_class(device.model)
    return driver_class(registry.settings_for(driver_class, device.options, address), bus.tap())


def _monitor(loaded: Loaded[BoxSettings], line: Line, bus: Bus) -> LineMonitor:
    """What lets a technician read along on this line, masked by those who speak there."""
    devices = [device for device in loaded.values.device if device.line == line.name]
    dialects = [dialect_of(device.model, device.options) for device in devices]
    header = {
        "line": line.name,
        "port": port_of(loaded, line),
        "baud": line.baud,
        "devices": [{"model": device.model, "options": device.options} for device in devices],
    }
    folder = loaded.beside(loaded.values.box.data) / "run"
    return LineMonitor(bus, folder, header, partial(Interpreter, dialects))


def _cell(device: Device, line: Line, bus: Bus | None, port: str, *, private: bool) -> Cell[Any]:
    """``private``: a speaker for one person's ears is of a family of its own, so that nobody calls aloud with it."""
    driver_class = registry.driver_class(device.model)
    _must_fit(driver_class, device.model, line)
    settings = registry.settings_for(driver_class, device.options, device.address)
    tap = None if bus is None else bus.tap()
    place = port.removeprefix(CARDS).removeprefix(SOUND)
    driver = driver_class(settings, tap) if tap else _at(driver_class, settings, place)
    listens = driver_class.family in ("caller", "rating_keypad", "access_keypad")
    return Cell(
        device.name,
        device.model,
        driver,
        family=HEADPHONE if private else driver_class.family,
        window=device.window,
        simulated=line.simulated,
        open_seconds=getattr(driver_class, "open_seconds", OPEN_SECONDS),
        listen=(lambda source: source.next_press()) if listens else None,
        turn=tap.turn if tap else nullcontext,
        poll_turn=tap.patient_turn if tap else None,
        heard_at=(lambda: tap.heard_at) if tap else lambda: None,
    )


def _at(driver_class: Any, settings: Any, port: str) -> Any:
    """The driver of the device at its port. Raises registry.SettingsProblem."""
    try:
        return driver_class.at(settings, port)
    except ValueError as wrong:
        what, _, remedy = str(wrong).partition(" → ")
        raise registry.SettingsProblem("line", what, remedy) from None


def _transport(loaded: Loaded[BoxSettings], line: Line) -> Callable[[], Transport]:
    """What reaches the devices of a line. Raises ValueError, "what → remedy"."""
    port = port_of(loaded, line)
    if not port.startswith(INPUT):
        return transport_for(port, line.baud)
    if not line.simulated and (why := why_not_here()) is not None:
        raise ValueError(f"{port}: {why}")
    return partial(input_port, port.removeprefix(INPUT), line.simulated, _any_keys(loaded, line))


def _any_keys(loaded: Loaded[BoxSettings], line: Line) -> bool:
    """Whether what types on this line need have no digits; a model that nobody knows is refused elsewhere."""
    models = [device.model for device in loaded.values.device if device.line == line.name]
    known = registry.models()
    return any(getattr(registry.driver_class(model), "any_keys", False) for model in models if model in known)


def _must_fit(driver_class: Any, model: str, line: Line) -> None:
    """Raises registry.SettingsProblem when the line carries something else than what the model reads."""
    reads = "cards" if driver_class.family == "smart_card" else getattr(driver_class, "reads", "bytes")
    offers = next((kind for begins, kind in _OFFERS.items() if line.port.startswith(begins)), "bytes")
    if offers == "datagrams" and getattr(driver_class, "by_datagram", False):
        return
    if reads != offers:
        what = f"{model} cannot be on line {line.name}, whose port is {line.port}"
        raise registry.SettingsProblem("line", what, _REMEDY[reads])


_OFFERS = {
    DATAGRAMS: "datagrams",
    CARDS: "cards",
    INPUT: "input",
    SOUND: "sound",
    **dict.fromkeys(IPP, "ipp"),
    SANE: "sane",
    **dict.fromkeys(ESCL, "escl"),
    FOLDER: "camera",
    CAMERA: "camera",
}
"""What lines carry that carry no bytes."""

_REMEDY = {
    "cards": f'give its line port = "{CARDS}NAME"',
    "sound": f'give its line port = "{SOUND}default", or another ALSA device',
    "input": f'a keypad that types needs a line of its own with port = "{INPUT}…"',
    "ipp": 'give its line port = "ipp://ADDRESS:631/ipp/print"',
    "sane": f'give its line port = "{SANE}MAKER MODEL"',
    "escl": 'give its line port = "http://ADDRESS/eSCL"',
    "camera": f'give its line port = "{CAMERA}/dev/v4l/by-path/…" or "{FOLDER}PATH"',
    "bytes": "name a line of a serial port, a network address or USB",
}
