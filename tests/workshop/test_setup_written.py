"""What setup writes is what the loader, the simulators and udev read."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box
from config.hall import load_hall
from workshop.probe.finding import Device, Finding
from workshop.setup import simulated
from workshop.setup.answers import Bind
from workshop.setup.draft import BoxDraft, LineDraft, settings_of, toml
from workshop.setup.found import answered, drafts_of, parts_of, silent_lines
from workshop.setup.places import Places
from workshop.setup.rules import rules_of
from workshop.setup.touch import Part

BY_PATH = "/dev/serial/by-path/pci-0000:00:14.0-usb-0:3:1.0-port0"


def draft(**more: object) -> BoxDraft:
    plain = BoxDraft("counter-1", "live", 8630, "https://10.0.0.2:8610", "/data", "/proof", windows=(1, 2))
    return BoxDraft(**{**{name: getattr(plain, name) for name in plain.__slots__}, **more})


def test_the_settings_of_what_was_found_pass_the_loader(tmp_path: Path) -> None:
    parts = [
        Part(BY_PATH, "onbon-bx5k", 9600, 1, 1),
        Part(BY_PATH, "onbon-bx5k", 9600, 2, 2),
        Part("/dev/ttyS0", "ff68-keypad", 9600, 129, 1),
        Part("input:phys:usb-0000:00:14.0-2.3", "usb-keypad", window=2),
        Part("usb:0400:c35a@1-2", "sdt-reader", window=0),
    ]
    lines, devices = drafts_of(parts)
    file = tmp_path / "box.toml"
    file.write_text(settings_of(draft(lines=lines, devices=devices), 'a "remark"'), encoding="utf-8")
    box = load_box(file).values
    assert [device.name for device in box.device] == ["display-1", "display-2", "pad-1", "pad-2", "id-card"]
    assert [device.window for device in box.device] == [1, 2, 1, 2, None]
    assert [(line.port, line.baud) for line in box.line][:2] == [(BY_PATH, 9600), ("/dev/ttyS0", 9600)]
    assert box.device[3].options["mapping"]["5"] == "very-satisfied"
    assert box.hall.certificate == box.hall.key == Path("/proof/counter-1.pem")


def test_two_devices_of_one_kind_have_names_of_their_own() -> None:
    _, devices = drafts_of([Part("/dev/ttyS0", "escpos", window=0), Part("/dev/ttyS1", "escpos", window=0)])
    assert [device.name for device in devices] == ["ticket-printer", "ticket-printer-no2"]


@pytest.mark.parametrize("value", ["", '"', "\\", "\n", "一窗\u007f", 7, True, [1, 2], {"1": "x"}, {"a b": {"c": 1}}])
def test_every_value_comes_back_as_it_was(value: object) -> None:
    import tomllib

    assert tomllib.loads(f"key = {toml(value)}")["key"] == value


def test_each_port_is_given_to_the_devices_group_by_its_socket() -> None:
    lines = [
        LineDraft("line-1", BY_PATH),
        LineDraft("line-2", "/dev/ttyS0"),
        LineDraft("line-3", "input:phys:usb-0000:00:14.0-2.3"),
        LineDraft("line-4", "usb:0400:c35a@1-2.3"),
        LineDraft("line-5", "input:/dev/input/by-path/pci-0000:00:14.0-usb-0:4:1.0-event-kbd"),
        LineDraft("line-6", "pcsc:ACS ACR39U"),
        LineDraft("line-7", "tcp:192.0.2.7:9100"),
        LineDraft("line-8", "/dev/pts/3", simulated=True),
    ]
    given = 'GROUP="yichuang-devices", MODE="0660"'
    typed = 'ENV{LIBINPUT_IGNORE_DEVICE}="1"'
    assert rules_of(lines).splitlines()[1:] == [
        'SUBSYSTEM=="tty", ENV{ID_PATH}=="pci-0000:00:14.0-usb-0:3:1.0", SUBSYSTEMS=="usb-serial", '
        f'ATTRS{{port_number}}=="0", {given}, SYMLINK+="yichuang/line-1"',
        f'SUBSYSTEM=="tty", KERNEL=="ttyS0", {given}, SYMLINK+="yichuang/line-2"',
        'SUBSYSTEM=="input", KERNEL=="event*", ATTRS{phys}=="usb-0000:00:14.0-2.3/*", '
        f'{given}, {typed}, SYMLINK+="yichuang/line-3"',
        f'SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", KERNEL=="1-2.3", {given}',
        'SUBSYSTEM=="input", KERNEL=="event*", ENV{ID_PATH}=="pci-0000:00:14.0-usb-0:4:1.0", '
        f'{given}, {typed}, SYMLINK+="yichuang/line-5"',
    ]


@pytest.mark.parametrize("port", ['/dev/x", RUN+="true', "/dev/a b", "usb:1:2@$(x)", "/dev/一"])
def test_nothing_that_is_no_socket_s_name_gets_into_a_rule(port: str) -> None:
    with pytest.raises(ValueError, match="no name of a socket"):
        rules_of([LineDraft("line-1", port)])


def test_a_demo_s_settings_and_hall_pass_their_loaders(tmp_path: Path) -> None:
    places = Places(tmp_path)
    (tmp_path / "catalogue.toml").write_text("", encoding="utf-8")
    places.etc.mkdir(parents=True)
    (places.etc / "catalogue.toml").write_text(simulated.example_catalogue(), encoding="utf-8")
    places.hall.write_text(simulated.hall_settings(places, 8610, "kiosk-1", [1, 2, 3]), encoding="utf-8")
    hall, _ = load_hall(places.hall)
    assert hall.values.hall.mode == "demo"
    assert hall.values.guide[0].technician
    places.box.write_text(settings_of(simulated.with_simulators(draft(), places), "demo"), encoding="utf-8")
    box = load_box(places.box).values
    assert (box.box.mode, box.kiosk is not None, len(box.device)) == ("demo", True, 7)
    assert all(line.simulated for line in box.line)


FOUND = [
    Finding(BY_PATH, "serial", "answered", (Device("onbon-bx5k", 1), Device("onbon-bx5k", 2)), 9600),
    Finding("/dev/ttyS0", "serial", "silent"),
    Finding("/dev/ttyS1", "serial", "taken"),
    Finding("input:phys:usb-1", "input", "present", (Device("usb-keypad"),)),
    Finding("pcsc:ACS", "cards", "present", (Device("pcsc-reader"),)),
]


def test_what_answered_is_a_part_a_keyboard_is_none_until_it_is_pressed() -> None:
    assert [part.place for part in parts_of(FOUND)] == [(BY_PATH, 1), (BY_PATH, 2), ("pcsc:ACS", None)]
    assert silent_lines(FOUND) == ["/dev/ttyS0"]


def test_answers_bind_leave_out_and_add_what_cannot_be_asked() -> None:
    told = [
        Bind(port=BY_PATH, address=1, window=3, options={"width": 128}),
        Bind(port="pcsc:ACS", skip=True),
        Bind(port="/dev/ttyS0", address=129, window=3, model="ff68-keypad", baud=9600),
    ]
    parts = answered(parts_of(FOUND), told)
    assert [(part.model, part.address, part.window) for part in parts] == [
        ("onbon-bx5k", 1, 3),
        ("onbon-bx5k", 2, None),
        ("ff68-keypad", 129, 3),
    ]
    assert dict(parts[0].options) == {"width": 128}
