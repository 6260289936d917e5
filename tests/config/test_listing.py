"""Every setting can be explained: what it is, what it means, where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from config.box import BoxSettings, load_box
from config.listing import Listed, as_toml, listing
from config.loader import Section
from config.meaning import meaning_of, type_of
from tests.config.test_drop_ins import loaded


def sections(model: type[Section]) -> Iterator[type[Section]]:
    yield model
    for field in model.model_fields.values():
        inside = (field.annotation, *get_args(field.annotation))
        for kind in inside:
            if isinstance(kind, type) and issubclass(kind, Section):
                yield from sections(kind)


FIELDS = [
    (section, name)
    for section in dict.fromkeys(sections(BoxSettings))
    for name, field in section.model_fields.items()
    if not (isinstance(field.annotation, type) and issubclass(field.annotation, Section))
]


@pytest.mark.parametrize(("section", "name"), FIELDS, ids=lambda part: getattr(part, "__name__", part))
def test_every_setting_of_a_box_says_what_it_means(section: type[Section], name: str) -> None:
    assert meaning_of(section, name)


def found(tmp_path: Path, key: str, **drop_ins: str) -> Listed:
    return next(listed for listed in listing(loaded(tmp_path, **drop_ins)) if listed.key == key)


def test_a_setting_tells_its_value_its_file_and_line_and_who_else_set_it(tmp_path: Path) -> None:
    port = found(tmp_path, "box.port", site="[box]\nport = 8700\n")
    assert port.value == 8700
    assert port.origin == f"{tmp_path / 'box.toml.d' / 'site.toml'}:2"
    assert [(place.file.name, place.value) for place in port.places[:-1]] == [("box.toml", 8630)]


def test_a_setting_that_nobody_wrote_is_a_default(tmp_path: Path) -> None:
    seconds = found(tmp_path, "missed.seconds")
    assert (seconds.value, seconds.default, seconds.origin) == (20, 20, "default")


def test_a_device_is_listed_under_its_name_and_a_window_under_its_number(tmp_path: Path) -> None:
    assert found(tmp_path, "device.display-1.address").value == 1
    assert found(tmp_path, "window.1.number").value == 1


def test_an_option_of_a_driver_is_listed_with_its_line(tmp_path: Path) -> None:
    option = found(tmp_path, "device.display-1.options.width", a='[[device]]\nname = "display-1"\noptions.width = 96\n')
    assert (option.value, option.origin.rpartition("/")[2]) == (96, "a.toml:3")


def test_what_is_written_comes_first_in_the_order_of_the_file(tmp_path: Path) -> None:
    listed = listing(loaded(tmp_path))
    written = [each.places[0].line for each in listed if each.places]
    assert written == sorted(written)
    assert [bool(each.places) for each in listed] == sorted((bool(each.places) for each in listed), reverse=True)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (7, "7"),
        ('a"b', '"a\\"b"'),
        (Path("a/b"), '"a/b"'),
        ([1, "x"], '[1, "x"]'),
        ({"a": {}}, "{ a = {} }"),
    ],
)
def test_values_are_written_as_toml(value: object, written: str) -> None:
    assert as_toml(value) == written


def test_a_secret_and_who_logs_in_are_masked(tmp_path: Path) -> None:
    code = f"scrypt:{'ab' * 16}:{'cd' * 32}"
    kiosk = f'[kiosk]\nsigning_key = "slip.key"\nstaff_code = "{code}"\n'
    line = '[[line]]\nname = "office"\nport = "ipp://clerk:hunter2@192.0.2.7:631/ipp/print"\n'
    options = '[[device]]\nname = "display-1"\noptions = { password = "hunter3" }\n'
    told = "\n".join(listed.written(listed.value) for listed in listing(loaded(tmp_path, site=kiosk + line + options)))
    assert "abab" not in told
    assert "hunter" not in told
    assert told.count("•••") == 3


def test_a_type_is_told_in_words_with_its_bounds() -> None:
    fields = load_box(Path("config/examples/counter.toml").resolve()).values.box.__class__.model_fields
    assert type_of(fields["port"]) == "int from 1 to 65535"
    assert type_of(fields["mode"]) == "live or demo or drill"
    assert type_of(fields["mark"]) == "path or nothing"
