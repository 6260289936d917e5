"""eSCL's documents mean what the vectors say; driver and simulator understand each other without sharing code."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import A4, Area, Colour, Garbled, Source
from drivers.document_scanner import escl_codec
from drivers.document_scanner.escl import EsclScanner, EsclSettings
from drivers.document_scanner.escl_codec import Capabilities, InputCaps, ScanSettings
from drivers.document_scanner.escl_link import Place
from simulators.document_scanner import documents
from simulators.document_scanner.documents import Told, Wish

VECTORS = tomllib.loads((Path(__file__).parents[2] / "vectors" / "escl.toml").read_text(encoding="utf-8"))
READERS = {"ScannerCapabilities": escl_codec.capabilities, "ScannerStatus": escl_codec.status}
JOB_PATHS = st.text(st.sampled_from("abcdef0123456789-"), min_size=1, max_size=36).map("/eSCL/ScanJobs/{}".format)


def named(vector: dict[str, Any]) -> str:
    return str(vector.get("name", vector["text"]))


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [vector for vector in VECTORS["document"] if vector["kind"] == kind]


@pytest.mark.parametrize("vector", of_kind("ScannerCapabilities"), ids=named)
def test_capabilities_mean_what_the_vectors_say(vector: dict[str, Any]) -> None:
    able, meaning = escl_codec.capabilities(vector["text"].encode()), vector["meaning"]
    glass = able.inputs[Source.FLATBED]
    assert (able.model, able.serial, [*able.inputs]) == (meaning["model"], meaning["serial"], meaning["sources"])
    assert (glass.width, glass.height, [*glass.resolutions]) == (
        meaning["width"],
        meaning["height"],
        meaning["resolutions"],
    )


@pytest.mark.parametrize("vector", of_kind("ScannerStatus"), ids=named)
def test_a_status_means_what_the_vectors_say(vector: dict[str, Any]) -> None:
    status, meaning = escl_codec.status(vector["text"].encode()), vector["meaning"]
    assert status.condition().phase == meaning["phase"]
    assert status.condition().keywords() == {*meaning["keywords"]}
    if "job" in meaning:
        job = status.job(meaning["job"])
        assert job is not None
        assert job.state == meaning["job_state"]


@pytest.mark.parametrize("vector", VECTORS["settings"], ids=named)
def test_settings_are_written_as_the_vectors_say(vector: dict[str, Any]) -> None:
    assert ScanSettings(version="2.63", **vector["meaning"]).encode() == vector["text"].encode()


@pytest.mark.parametrize("vector", VECTORS["settings"], ids=named)
def test_the_simulator_reads_the_same_settings(vector: dict[str, Any]) -> None:
    assert documents.wish(vector["text"].encode()) == Wish(**vector["meaning"])


@pytest.mark.parametrize("vector", VECTORS["location"], ids=named)
def test_a_location_names_a_path_whatever_host_it_names(vector: dict[str, Any]) -> None:
    assert escl_codec.job_path(vector["text"], "/eSCL/ScanJobs") == vector["path"]


@pytest.mark.parametrize("location", ["http://[", "http://192.0.2.7", "/eSCL/ScanJobs/a b", "/eSCL/ScanJobs/\x00"])
def test_a_location_that_names_nothing_is_garbled(location: str) -> None:
    with pytest.raises(Garbled):
        escl_codec.job_path(location, "/")


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=named)
def test_what_is_no_such_document_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(Garbled):
        READERS[vector["kind"]](vector["text"].encode())


ABLE = Capabilities(
    "2.6",
    "M",
    "",
    {
        Source.FLATBED: InputCaps(2550, 3508, frozenset({"RGB24"}), frozenset({"image/jpeg"}), (75, 200, 300)),
        Source.FEEDER: InputCaps(2550, 4200, formats=frozenset({"application/pdf"}), least=75, most=600),
        Source.DUPLEX: InputCaps(2550, 4200, formats=frozenset({"image/png"}), least=75, most=600),
    },
)


def test_a_wish_is_fitted_to_what_the_scanner_can() -> None:
    asked = escl_codec.settings_for(Source.FLATBED, Colour.COLOUR, 100, A4, ABLE)
    assert asked == ScanSettings("2.6", "Platen", "RGB24", 200, 2480, 3508)
    asked = escl_codec.settings_for(Source.FLATBED, Colour.COLOUR, 600, Area(200, 200, 100, 250), ABLE)
    assert asked == ScanSettings("2.6", "Platen", "RGB24", 300, 2550 - 1181, 3508 - 2953, 1181, 2953)
    asked = escl_codec.settings_for(Source.DUPLEX, Colour.GREY, 1200, None, ABLE)
    assert asked == ScanSettings(
        "2.6", "Feeder", "Grayscale8", 600, 2550, 4200, duplex=True, document_format="image/png"
    )


def test_what_the_scanner_cannot_is_not_asked_for() -> None:
    assert escl_codec.settings_for(Source.FLATBED, Colour.GREY, 300, A4, ABLE) is None
    assert escl_codec.settings_for(Source.FEEDER, Colour.COLOUR, 300, A4, ABLE) is None  # PDF only
    assert escl_codec.settings_for(Source.FLATBED, Colour.COLOUR, 300, Area(10, 10, left=300), ABLE) is None
    assert escl_codec.settings_for(Source.FLATBED, Colour.COLOUR, 300, A4, Capabilities("", "", "", {})) is None


@settings(max_examples=40)
@given(
    st.sampled_from([("Platen", False), ("Feeder", False), ("Feeder", True)]),
    st.sampled_from(documents.MODES),
    st.sampled_from(documents.RESOLUTIONS),
    st.tuples(st.integers(1, 1000), st.integers(1, 1000), st.integers(0, 1550), st.integers(0, 2508)),
)
def test_settings_written_by_the_driver_are_read_by_the_simulator(
    place: tuple[str, bool], mode: str, dpi: int, region: tuple[int, int, int, int]
) -> None:
    asked = ScanSettings("2.63", place[0], mode, dpi, *region, duplex=place[1])
    assert documents.wish(asked.encode()) == Wish(place[0], mode, dpi, *region, place[1], "image/jpeg")


@settings(max_examples=40)
@given(
    st.sampled_from(["Idle", "Processing", "Testing", "Stopped", "Down"]),
    st.sampled_from(["", "ScannerAdfEmpty", "ScannerAdfLoaded", "ScannerAdfJam", "ScannerAdfHatchOpen", "New"]),
    st.lists(
        st.tuples(JOB_PATHS, st.sampled_from(["Processing", "Aborted"])), max_size=3, unique_by=lambda job: job[0]
    ),
)
def test_a_status_written_by_the_simulator_is_read_by_the_driver(
    state: str, adf: str, jobs: list[tuple[str, str]]
) -> None:
    status = escl_codec.status(documents.status(state, adf, [Told(path, job, "JobScanning", 0) for path, job in jobs]))
    assert (status.state, status.adf) == (state, adf)
    for path, job_state in jobs:
        job = status.job(path)
        assert job is not None
        assert (job.state, job.reasons) == (job_state, frozenset({"JobScanning"}))


@pytest.mark.parametrize("feeder", [True, False])
def test_capabilities_written_by_the_simulator_are_read_by_the_driver(feeder: bool) -> None:
    able = escl_codec.capabilities(documents.capabilities("模型 <1>", "S&1", feeder=feeder))
    assert (able.model, able.serial) == ("模型 <1>", "S&1")
    assert [*able.inputs] == ([*Source] if feeder else [Source.FLATBED])
    glass = able.inputs[Source.FLATBED]
    assert (glass.width, glass.height, glass.resolutions) == (*documents.GLASS, documents.RESOLUTIONS)
    assert glass.modes == {*documents.MODES}


@settings(max_examples=40)
@given(st.binary(max_size=200), st.sampled_from([b"", b"<ScannerStatus>", b"<ScannerCapabilities>"]))
def test_any_bytes_are_a_document_or_garbled(data: bytes, begin: bytes) -> None:
    for reader in READERS.values():
        with suppress(Garbled):
            reader(begin + data)


@settings(max_examples=40)
@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_document_with_any_byte_changed_is_read_or_garbled(at: int, value: int) -> None:
    for vector in VECTORS["document"][:4]:
        data = bytearray(vector["text"].encode())
        data[at % len(data)] = value
        with suppress(Garbled):
            READERS[vector["kind"]](bytes(data))


@pytest.mark.parametrize(
    ("url", "origin", "root"),
    [
        ("http://192.0.2.7/eSCL", "http://192.0.2.7", "/eSCL"),
        ("http://192.0.2.7:8080/eSCL/", "http://192.0.2.7:8080", "/eSCL"),
        ("http://[2001:db8::7]/rs", "http://[2001:db8::7]", "/rs"),
    ],
)
def test_a_scanner_s_address_is_taken_apart(url: str, origin: str, root: str) -> None:
    assert Place.of(url) == Place(origin, root)


@pytest.mark.parametrize(
    "url",
    [
        "http://scanner.local/eSCL",
        "http://192.0.2.7",
        "ftp://192.0.2.7/eSCL",
        "http://a:b@192.0.2.7/eSCL",
        "http://[/eSCL",
    ],
)
def test_what_is_no_address_is_refused_with_the_form(url: str) -> None:
    with pytest.raises(ValueError, match=" → give http://ADDRESS/eSCL"):
        EsclScanner.at(EsclSettings(), url)


def test_https_needs_something_that_vouches_for_the_scanner() -> None:
    with pytest.raises(ValueError, match="→ give the option certificate"):
        EsclScanner.at(EsclSettings(), "https://192.0.2.7/eSCL")


@pytest.mark.parametrize("wrong", [{"retry_ms": 0}, {"page_pause_ms": -1}, {"quiet_seconds": 0.1}], ids=str)
def test_a_wrong_setting_is_refused_with_its_remedy(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}.* → "):
        EsclSettings(**wrong)
