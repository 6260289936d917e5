"""Bad settings are refused with file, line and remedy; good ones are read whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.box import load_box, port_of
from config.hall import load_hall
from config.problem import Problem, SettingsError

BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = 8630
data = "data"

[hall]
url = "https://127.0.0.1:8610"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 1

[[line]]
name = "displays"
port = "/dev/ttyS0"

[[device]]
name = "display-1"
model = "onbon-bx5k"
line = "displays"
address = 1
window = 1
"""

HALL = """\
[hall]
name = "演示县政务服务中心"
name_en = "Demo County Service Hall"
port = 8610
data = "data"
catalogue = "catalogue.toml"
ca = "ca.pem"
certificate = "hall.pem"
key = "hall.key"

[[box]]
name = "kiosk-1"
digit = 1

[[box]]
name = "counter-1"
windows = [1]
"""

CATALOGUE = """\
[[service]]
code = "1"
name = "社会保障"
name_en = "Social security"

[[window]]
number = 1
name = "社保窗口"
name_en = "Social security"
services = ["1"]
"""


def refused_box(tmp_path: Path, text: str) -> Problem:
    file = tmp_path / "box.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        load_box(file)
    (problem,) = refusal.value.problems
    assert problem.file == file
    assert problem.remedy
    return problem


def refused_hall(tmp_path: Path, hall: str, catalogue: str) -> Problem:
    (tmp_path / "hall.toml").write_text(hall, encoding="utf-8")
    (tmp_path / "catalogue.toml").write_text(catalogue, encoding="utf-8")
    with pytest.raises(SettingsError) as refusal:
        load_hall(tmp_path / "hall.toml")
    (problem,) = refusal.value.problems
    assert problem.remedy
    return problem


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_good_box_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX, encoding="utf-8")
    loaded = load_box(file)
    assert loaded.values.device[0].address == 1
    assert loaded.beside(loaded.values.hall.ca) == tmp_path / "ca.pem"


def test_a_good_hall_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text(HALL, encoding="utf-8")
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    settings, catalogue = load_hall(tmp_path / "hall.toml")
    assert [box.name for box in settings.values.box] == ["kiosk-1", "counter-1"]
    assert catalogue.values.service[0].name == "社会保障"


def test_an_unknown_key_is_refused_at_its_line(tmp_path: Path) -> None:
    text = BOX.replace('port = "/dev/ttyS0"', 'port = "/dev/ttyS0"\nbuad = 9600')
    problem = refused_box(tmp_path, text)
    assert problem.line == line_with(text, "buad")
    assert "buad" in problem.what


def test_a_line_without_a_port_is_refused_at_its_table(tmp_path: Path) -> None:
    text = BOX.replace('port = "/dev/ttyS0"\n', "")
    problem = refused_box(tmp_path, text)
    assert problem.line == line_with(text, "[[line]]")
    assert "port is missing" in problem.what


def test_two_devices_with_one_address_are_refused_at_the_second(tmp_path: Path) -> None:
    second = '\n[[device]]\nname = "display-2"\nmodel = "onbon-bx5k"\nline = "displays"\naddress = 1\n'
    problem = refused_box(tmp_path, BOX + second)
    assert problem.line == len(BOX.splitlines()) + 6
    assert "display-1" in problem.what
    assert "display-2" in problem.what


def test_a_simulators_address_is_refused_unless_it_is_called_simulated(tmp_path: Path) -> None:
    text = BOX.replace("/dev/ttyS0", "/dev/pts/0")
    problem = refused_box(tmp_path, text)
    assert problem.line == line_with(text, "/dev/pts/0")
    assert "simulated = true" in problem.remedy


def test_a_link_to_a_simulator_is_a_simulators_address_too(tmp_path: Path) -> None:
    (tmp_path / "tty").symlink_to("/dev/pts/0")
    problem = refused_box(tmp_path, BOX.replace("/dev/ttyS0", "tty"))
    assert "simulated = true" in problem.remedy


def test_a_live_box_has_no_simulated_line(tmp_path: Path) -> None:
    text = BOX.replace('mode = "demo"\n', "").replace('"/dev/ttyS0"', '"/dev/pts/0"\nsimulated = true')
    problem = refused_box(tmp_path, text)
    assert problem.line == line_with(text, "simulated = true")


def test_a_device_on_the_network_is_a_line_too(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX.replace("/dev/ttyS0", "tcp:192.0.2.7:9100"), encoding="utf-8")
    loaded = load_box(file)
    assert port_of(loaded, loaded.values.line[0]) == "tcp:192.0.2.7:9100"


@pytest.mark.parametrize("port", ["tcp:127.0.0.1:9100", "tcp:127.3.0.1:9100", "tcp:[::1]:9100", "udp:127.0.0.1:5007"])
def test_a_device_on_this_very_machine_is_a_simulator(tmp_path: Path, port: str) -> None:
    problem = refused_box(tmp_path, BOX.replace("/dev/ttyS0", port))
    assert problem.line == line_with(BOX, "/dev/ttyS0")
    assert "simulated = true" in problem.remedy


def test_a_reader_of_cards_is_a_line_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX.replace("/dev/ttyS0", "pcsc:ACS ACR38U 00 00"), encoding="utf-8")
    loaded = load_box(file)
    assert port_of(loaded, loaded.values.line[0]) == "pcsc:ACS ACR38U 00 00"


def test_the_virtual_reader_of_cards_is_a_simulators_address(tmp_path: Path) -> None:
    problem = refused_box(tmp_path, BOX.replace("/dev/ttyS0", "pcsc:Virtual PCD 00 00"))
    assert problem.line == line_with(BOX, "/dev/ttyS0")
    assert "simulated = true" in problem.remedy


def test_a_reader_of_cards_has_no_speed(tmp_path: Path) -> None:
    text = BOX.replace('"/dev/ttyS0"', '"pcsc:0"\nbaud = 9600')
    assert refused_box(tmp_path, text).line == line_with(text, "baud")


def test_a_connection_has_no_speed(tmp_path: Path) -> None:
    text = BOX.replace('"/dev/ttyS0"', '"tcp:192.0.2.7:9100"\nbaud = 9600')
    assert refused_box(tmp_path, text).line == line_with(text, "baud")


def test_two_lines_do_not_share_one_address(tmp_path: Path) -> None:
    text = BOX.replace("/dev/ttyS0", "tcp:192.0.2.7:9100")
    second = '\n[[line]]\nname = "printer"\nport = "tcp:192.0.2.7:9100"\n'
    assert "already line displays" in refused_box(tmp_path, text + second).what


def test_a_device_on_a_line_that_is_not_there_is_told_which_there_are(tmp_path: Path) -> None:
    text = BOX.replace('line = "displays"', 'line = "display"')
    problem = refused_box(tmp_path, text)
    assert problem.line == line_with(text, 'line = "display"')
    assert "displays" in problem.remedy


def test_a_box_that_serves_nobody_is_refused(tmp_path: Path) -> None:
    text = BOX.replace("[[window]]\nnumber = 1\n", "").replace("window = 1\n", "")
    assert "[kiosk]" in refused_box(tmp_path, text).remedy


def test_a_folder_of_photos_that_is_not_there_is_refused_at_its_line(tmp_path: Path) -> None:
    text = BOX + '\n[counter]\nphotos = "photos"\n'
    problem = refused_box(tmp_path, text)
    assert problem.line == line_with(text, 'photos = "photos"')
    (tmp_path / "photos").mkdir()
    (tmp_path / "box.toml").write_text(text, encoding="utf-8")
    assert load_box(tmp_path / "box.toml").values.counter.photos == Path("photos")


def test_the_hall_s_own_phrases_for_the_customer_screen_are_short(tmp_path: Path) -> None:
    phrase = '\n[[counter.phrase]]\nzh = "{}"\n'
    (tmp_path / "box.toml").write_text(BOX + phrase.format("请到三楼"), encoding="utf-8")
    assert [said.zh for said in load_box(tmp_path / "box.toml").values.counter.phrase] == ["请到三楼"]
    assert "60" in refused_box(tmp_path, BOX + phrase.format("长" * 61)).what


def test_a_clerk_of_a_unit_that_nobody_can_look_up_is_refused(tmp_path: Path) -> None:
    clerk = f'\n[[clerk]]\nname = "林一帆"\nstaff_no = "1"\npin = "scrypt:{"0" * 32}:{"0" * 64}"\nunit = "tax"\n'
    assert "no unit tax" in refused_hall(tmp_path, HALL + clerk, CATALOGUE).what


@pytest.mark.parametrize(
    ("second", "languages"), [("none", ("zh-CN",)), ("en", ("zh-CN", "en")), ("yue", ("zh-CN", "yue"))]
)
def test_calls_are_spoken_in_mandarin_and_then_in_the_second_language(
    tmp_path: Path, second: str, languages: tuple[str, ...]
) -> None:
    file = tmp_path / "box.toml"
    file.write_text(BOX, encoding="utf-8")
    assert load_box(file).values.voice.languages == ("zh-CN", "en")
    file.write_text(f'{BOX}\n[voice]\nsecond = "{second}"\n', encoding="utf-8")
    assert load_box(file).values.voice.languages == languages


@pytest.mark.parametrize("second", ["fr", "zh-CN", ""])
def test_a_second_language_that_nobody_speaks_is_refused_with_those_there_are(tmp_path: Path, second: str) -> None:
    text = f'{BOX}\n[voice]\nsecond = "{second}"\n'
    problem = refused_box(tmp_path, text)
    assert (problem.line, problem.remedy) == (
        line_with(text, "second ="),
        "give one of none, en, yue; Mandarin always comes first",
    )


def test_broken_toml_is_refused_at_its_line(tmp_path: Path) -> None:
    assert refused_box(tmp_path, BOX.replace("port = 8630", "port = ")).line == 4


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_box(tmp_path / "nowhere.toml")


def test_a_service_without_a_code_is_refused_at_its_table(tmp_path: Path) -> None:
    catalogue = CATALOGUE.replace('code = "1"\n', "")
    problem = refused_hall(tmp_path, HALL, catalogue)
    assert problem.file.name == "catalogue.toml"
    assert problem.line == line_with(catalogue, "[[service]]")
    assert "code is missing" in problem.what


@pytest.mark.parametrize(
    ("hall", "catalogue", "part"),
    [
        (HALL, CATALOGUE + '\n[[service]]\ncode = "12"\nname = "税务"\nname_en = "Tax"\n', "length"),
        (HALL, CATALOGUE + '\n[[service]]\ncode = "1"\nname = "税务"\nname_en = "Tax"\n', "second service"),
        (HALL, CATALOGUE.replace('services = ["1"]', 'services = ["2"]'), "no service 2"),
        (HALL + '\n[[box]]\nname = "kiosk-2"\ndigit = 1\n', CATALOGUE, "share the digit"),
        (HALL + '\n[[box]]\nname = "counter-2"\nwindows = [1]\n', CATALOGUE, "already of counter-1"),
        (HALL.replace("windows = [1]", "windows = [7]"), CATALOGUE, "no window 7"),
    ],
)
def test_a_catalogue_in_which_numbers_could_collide_is_refused(
    tmp_path: Path, hall: str, catalogue: str, part: str
) -> None:
    assert part in refused_hall(tmp_path, hall, catalogue).what
