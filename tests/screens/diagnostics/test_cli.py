"""What the command line says when it cannot begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.diagnostics.cli import diagnostics

BOX = """\
[box]
name = "counter-3"
port = 8630
data = "data"

[hall]
url = "https://127.0.0.1:9"
ca = "ca.pem"
certificate = "box.pem"
key = "box.key"

[[window]]
number = 7
"""


@pytest.fixture
def box(tmp_path: Path) -> Path:
    file = tmp_path / "box.toml"
    file.write_text(BOX, encoding="utf-8")
    return file


def said(argv: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert diagnostics(argv) == 2
    return capsys.readouterr().err


def test_no_settings_names_the_file_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(["--settings", str(tmp_path / "none.toml")], capsys)
    assert "none.toml: no such file" in told
    assert "→ give the path of an existing settings file" in told


def test_another_box_needs_the_hall_s_ca(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--url" in said(["kiosk-1", "--settings", str(box)], capsys)


def test_the_hall_needs_a_technician_s_certificate(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (box.parent / "ca.pem").write_text("", encoding="utf-8")
    told = said(["--hall", "--settings", str(box), "--certificate", "none.pem", "--key", "none.key"], capsys)
    assert "none.pem" in told
    assert "技术人员证书" in told
    assert "technician's certificate" in told


def test_a_file_that_is_no_certificate_is_named(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ca.pem", "wu.pem", "wu.key"):
        (box.parent / name).write_text("nothing", encoding="utf-8")
    files = ["--certificate", str(box.parent / "wu.pem"), "--key", str(box.parent / "wu.key")]
    assert "wu.pem is no usable certificate" in said(["--hall", "--settings", str(box), *files], capsys)
