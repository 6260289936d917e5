"""scanimage's lists, options and statuses mean what the reference says, and nothing that it says breaks anything."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.contract import A4, Area, Colour, DeviceFault, Garbled, Gone, NotScanned, Refused, Source
from drivers.document_scanner import sane_codec, sane_options, sane_place
from drivers.document_scanner.sane import SaneScanner, SaneSettings
from drivers.document_scanner.sane_codec import Found
from drivers.document_scanner.sane_options import Option
from drivers.document_scanner.sane_place import SanePlace

VECTORS = tomllib.loads((Path(__file__).parents[2] / "vectors" / "sane.toml").read_text(encoding="utf-8"))

OFFICE = """
All options specific to device `epsonds:libusb:001:004':
    --source Flatbed|ADF Front|ADF Duplex [Flatbed]
    --mode Lineart|Gray|Color|Color Lineart [Lineart]
    --resolution 75|150|300|600dpi [75]
    -l 0..215.9mm [0]
    -t 0..297.18mm [0]
    -x 0..215.9mm [215.9]
    -y 0..297.18mm [297.18]
"""
TWO_SIDES_BY_A_SWITCH = """
    --mode Binary|24bit Color[Fast] [Binary]
    --source Flatbed|Automatic Document Feeder [Flatbed]
    --adf-mode Simplex|Duplex [Simplex]
"""


def became(fault: DeviceFault) -> str:
    if isinstance(fault, NotScanned):
        return fault.reason.keyword
    return str(fault.code) if isinstance(fault, Refused) else type(fault).__name__.lower()


@pytest.mark.parametrize("vector", VECTORS["option"], ids=lambda vector: vector["meaning"]["name"])
def test_every_option_line_means_what_the_reference_says(vector: dict[str, Any]) -> None:
    meaning = dict(vector["meaning"])
    meaning["choices"] = tuple(meaning.get("choices", ()))
    wanted = Option(**{"current": None, **meaning})
    assert sane_options.options(vector["text"]) == {wanted.name: wanted}


@pytest.mark.parametrize("vector", VECTORS["listed"], ids=lambda vector: vector["meaning"]["device"])
def test_every_listed_device_means_what_the_reference_says(vector: dict[str, Any]) -> None:
    (found,) = sane_codec.found(vector["text"])
    meaning = vector["meaning"]
    usb = tuple(meaning["usb"]) if "usb" in meaning else None
    assert (found.device, found.name, found.simulated) == (meaning["device"], meaning["name"], meaning["simulated"])
    assert found.usb_address == usb


@pytest.mark.parametrize("vector", VECTORS["status"], ids=lambda vector: str(vector["number"]))
def test_every_status_becomes_one_of_the_four(vector: dict[str, Any]) -> None:
    said = f"scanimage: sane_read: {vector['words']}\n" if vector["words"] else ""
    assert became(sane_codec.scan_fault(vector["number"], said)) == vector["becomes"]
    assert sane_codec.WORDS.get(vector["words"]) == (vector["number"] if vector["words"] else None)


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("scanimage: open of device test:9 failed: Invalid argument", "gone"),
        ("scanimage: open of device x failed: Error during device I/O", "gone"),
        ("scanimage: open of device x failed: Device busy", "scanner-busy"),
        ("scanimage: open of device x failed: Access to resource has been denied", "access-denied"),
        ("scanimage: no SANE devices found", "gone"),
    ],
)
def test_a_device_that_cannot_be_opened_says_why_in_words_alone(said: str, becomes: str) -> None:
    assert became(sane_codec.opening_fault(1, f"{said}\n")) == becomes


def test_what_it_says_of_a_status_outlives_what_it_says_of_a_signal() -> None:
    said = "scanimage: sane_read: Device busy\nscanimage: received signal 13\nscanimage: trying to stop scanner\n"
    assert str(sane_codec.scan_fault(3, said)) == "sane_read: Device busy"


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        (Source.FLATBED, ["--source=Flatbed"]),
        (Source.FEEDER, ["--source=ADF Front"]),
        (Source.DUPLEX, ["--source=ADF Duplex"]),
    ],
)
def test_a_source_is_found_in_the_back_end_s_own_words(source: Source, arguments: list[str]) -> None:
    assert sane_options.chosen_source(sane_options.options(OFFICE), source, "") == arguments


def test_duplex_may_be_a_switch_of_its_own() -> None:
    known = sane_options.options(TWO_SIDES_BY_A_SWITCH)
    wanted = ["--source=Automatic Document Feeder", "--adf-mode=Duplex"]
    assert sane_options.chosen_source(known, Source.DUPLEX, "") == wanted


def test_a_source_that_the_device_has_not_is_none_and_so_is_a_wrong_word_of_the_settings() -> None:
    known = sane_options.options("    --source Flatbed|Transparency Adapter [Flatbed]")
    assert sane_options.chosen_source(known, Source.FEEDER, "") is None
    assert sane_options.chosen_source(known, Source.FLATBED, "Glass") is None
    assert sane_options.chosen_source(known, Source.FLATBED, "Transparency Adapter") == [
        "--source=Transparency Adapter"
    ]
    assert sane_options.chosen_source({}, Source.FLATBED, "") == []
    assert sane_options.chosen_source({}, Source.FEEDER, "") is None


@pytest.mark.parametrize(
    ("colour", "arguments"),
    [
        (Colour.COLOUR, ["--mode=Color"]),
        (Colour.GREY, ["--mode=Gray"]),
        (Colour.BLACK_WHITE, ["--mode=Lineart"]),
    ],
)
def test_a_colour_is_found_in_the_back_end_s_own_words(colour: Colour, arguments: list[str]) -> None:
    assert sane_options.chosen_mode(sane_options.options(OFFICE), colour) == arguments


def test_a_mode_with_brackets_in_its_name_is_a_mode() -> None:
    known = sane_options.options("    --mode Black & White|24bit Color [24bit Color]")
    assert sane_options.chosen_mode(known, Colour.COLOUR) == ["--mode=24bit Color"]
    assert sane_options.chosen_mode(known, Colour.GREY) is None


def test_black_and_white_of_the_test_back_end_is_grey_with_one_bit() -> None:
    known = sane_options.options("    --mode Gray|Color [Gray]\n    --depth 1|8|16 [8]")
    assert sane_options.chosen_mode(known, Colour.BLACK_WHITE) == ["--mode=Gray", "--depth=1"]
    assert sane_options.chosen_mode(known, Colour.COLOUR) == ["--mode=Color", "--depth=8"]


@pytest.mark.parametrize(("dpi", "taken"), [(75, "75"), (200, "300"), (300, "300"), (1200, "600")])
def test_the_next_resolution_upwards_is_taken(dpi: int, taken: str) -> None:
    assert sane_options.chosen_resolution(sane_options.options(OFFICE), dpi) == [f"--resolution={taken}"]


def test_a_resolution_list_with_auto_in_it_is_a_list() -> None:
    known = sane_options.options("    --resolution auto||75|90|100|300dpi [75]")
    assert sane_options.chosen_resolution(known, 80) == ["--resolution=90"]


def test_the_area_is_cut_to_the_glass_before_the_back_end_clamps_it_silently() -> None:
    known = sane_options.options(OFFICE)
    assert sane_options.chosen_area(known, A4) == ["-l", "0", "-t", "0", "-x", "210", "-y", "297"]
    assert sane_options.chosen_area(known, None) == ["-l", "0", "-t", "0", "-x", "215.9", "-y", "297.18"]
    beyond = sane_options.chosen_area(known, Area(100, 400, left=150, top=10))
    assert beyond == ["-l", "150", "-t", "10", "-x", "65.9", "-y", "287.18"]
    with pytest.raises(ValueError, match="nothing of it"):
        sane_options.chosen_area(known, Area(10, 10, left=300))
    assert sane_options.chosen_area({}, A4) == []


def test_a_scanner_is_found_by_what_stays_when_it_is_plugged_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sane_place, "USB_DEVICES", tmp_path)
    for folder, number, serial in (("1-2", "4", "A1"), ("1-3.1", "7", "B2")):
        (tmp_path / folder).mkdir()
        for name, text in (("busnum", "1"), ("devnum", number), ("serial", serial)):
            (tmp_path / folder / name).write_text(f"{text}\n")
    (tmp_path / "usb1").mkdir()
    twins = [Found(f"genesys:libusb:001:00{number}", "Canon", "LiDE 210", "flatbed scanner") for number in (4, 7)]
    other = Found("epsonds:libusb:001:009", "Epson", "DS-530", "scanner")
    for text, device in (
        ("Epson DS-530", other.device),
        ("DS-530", other.device),
        ("epson", other.device),
        ("Canon LiDE 210@1-2", twins[0].device),
        ("Canon LiDE 210@1-3.1", twins[1].device),
        ("LiDE 210#B2", twins[1].device),
    ):
        assert SanePlace.of(text).choose([*twins, other]) == device
    with pytest.raises(Refused, match="several"):
        SanePlace.of("Canon LiDE 210").choose(twins)
    for gone in ("Canon LiDE 220", "LiDE 210@1-9", "LiDE 210#C3"):
        with pytest.raises(Gone):
            SanePlace.of(gone).choose([*twins, other])


def test_a_simulating_back_end_is_never_taken_for_a_scanner_of_its_name() -> None:
    listed = sane_codec.found("test:0|Noname|frontend-tester|virtual device")
    with pytest.raises(Gone, match="Noname frontend-tester"):
        SanePlace.of("Noname").choose(listed)


def test_a_name_with_a_usb_address_is_refused_with_the_form_that_lasts() -> None:
    with pytest.raises(ValueError, match="changes when the scanner is plugged in again → give sane:MAKER"):
        SaneScanner.at(SaneSettings(), "sane:genesys:libusb:001:004")
    with pytest.raises(ValueError, match="names no scanner → "):
        SaneScanner.at(SaneSettings(), "sane:")


@pytest.mark.parametrize(
    "wrong",
    [
        {"backend": "../x"},
        {"quiet_seconds": 0.0},
        {"close_seconds": 0.0},
        {"poll_seconds": 1.0},
        {"sources": {"glass": "Flatbed"}},
        {"extra": {"--mode": "Gray"}},
    ],
)
def test_a_wrong_setting_is_refused_with_its_remedy(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}.* → "):
        SaneSettings(**wrong)


@settings(max_examples=50)
@given(st.text(st.sampled_from("    --mode[]()|=.0123456789 dpi\nabc-*<>\r"), max_size=200))
def test_whatever_it_says_breaks_nothing(text: str) -> None:
    known = sane_options.options(text)
    for source in Source:
        sane_options.chosen_source(known, source, "")
    for colour in Colour:
        sane_options.chosen_mode(known, colour)
    sane_options.chosen_resolution(known, 300)
    assert sane_codec.spoken(text) is None
    assert all(found.device for found in sane_codec.found(text))
    assert isinstance(sane_codec.scan_fault(77, text), Garbled)


@settings(max_examples=50)
@given(
    st.floats(0, 500, allow_nan=False),
    st.floats(1, 500, allow_nan=False),
    st.floats(0, 5, allow_nan=False),
    st.floats(-1000, 1000, allow_nan=False),
)
@example(1.0, 1.0, 2.2e-309, 2.0)
def test_a_value_taken_lies_in_its_range(least: float, span: float, step: float, wanted: float) -> None:
    taken = Option("x", (), least, least + span, step).nearest(wanted)
    assert least <= taken <= least + span
