"""A hall may lay further languages beside the product's own; what is wrong with one is said with its line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from config.pages import languages_css, languages_of, render
from config.problem import SettingsError
from config.wording.packs import load_packs


def lay(folder: Path, tag: str, description: str = 'name = "言"', **rooms: str) -> Path:
    (folder / tag).mkdir(parents=True)
    (folder / tag / "pack.toml").write_text(description, encoding="utf-8")
    for name, text in rooms.items():
        (folder / tag / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(SettingsError) as error:
        load_packs(folder)
    return [(problem.file.name, problem.line, problem.what, problem.remedy) for problem in error.value.problems]


def test_a_page_knows_what_each_pack_says_and_what_stands_beside_it(tmp_path: Path) -> None:
    lay(tmp_path, "zh-TW", 'name = "繁體中文"', kiosk='title = "取號"')
    lay(tmp_path, "ko", 'name = "한국어"\nbeside = "en"', kiosk='title = "번호표"')
    ko, tw = languages_of("kiosk", load_packs(tmp_path))[2:]
    assert (tw.name, tw.beside, tw.words) == ("繁體中文", "zh-CN", {"title": "取號"})
    assert (ko.name, ko.beside, ko.words) == ("한국어", "en", {"title": "번호표"})


def test_a_page_carries_the_packs_and_asks_for_their_style_only_when_there_are_some(tmp_path: Path) -> None:
    packs = load_packs(lay(tmp_path, "ug", 'name = "ئۇيغۇرچە"\ndirection = "rtl"', kiosk='done = "تامام"'))
    with_packs, without = (render("kiosk", mode="live", packs=each) for each in (packs, []))
    assert '<span lang="ug" dir="rtl">تامام</span>' in with_packs
    assert "/languages.css" in with_packs
    assert "/languages.css" not in without


def test_the_style_shows_the_chosen_language_and_the_one_beside_it(tmp_path: Path) -> None:
    packs = load_packs(lay(tmp_path, "mn-Mong", 'name = "ᠮᠣᠩᠭᠣᠯ"\nwriting = "vertical"\nfont = "Noto Sans Mongolian"'))
    css = languages_css(packs)
    assert '[data-language="mn-Mong"] .both > [lang="zh-CN"] { display: block; }' in css
    assert 'font-family: "Noto Sans Mongolian", var(--font);' in css
    assert "writing-mode: vertical-lr" in css
    assert languages_css([]) == ""


@pytest.mark.parametrize(
    ("text", "line", "what", "remedy"),
    [
        ('\nchose = "x"', 2, "no sentence chose", "remove it, or correct its spelling"),
        ('title = ""', 1, "title says nothing", "write the sentence, or remove the line"),
        ("title = 3", 1, "title says nothing", "write the sentence, or remove the line"),
        ('waiting = "等候"', 1, "waiting has other fields than 等候 {count} 人", "it needs: {count}"),
        ('waiting = "{count"', 1, "waiting has other fields than 等候 {count} 人", "it needs: {count}"),
        ('title = "{x}"', 1, "title has other fields than 取号", "it needs: none"),
    ],
)
def test_a_sentence_that_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, what: str, remedy: str
) -> None:
    assert refused(lay(tmp_path, "zh-TW", kiosk=text)) == [("kiosk.toml", line, what, remedy)]


def test_every_fault_of_every_pack_is_told_at_once(tmp_path: Path) -> None:
    lay(tmp_path, "zh-TW", kitchen='a = "b"')
    lay(tmp_path, "ug", 'name = "x"\ndirection = "up"')
    lay(tmp_path, "en")
    lay(tmp_path, "my language")
    assert [what for _, _, what, _ in refused(tmp_path)] == [
        "en is no tag of a further language",
        "my language is no tag of a further language",
        "direction: Input should be 'ltr' or 'rtl' (got 'up')",
        "no room kitchen",
    ]


def test_a_folder_that_is_not_there_and_a_pack_without_description_are_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "none")[0][2] == "no such folder"
    (tmp_path / "ug").mkdir()
    assert refused(tmp_path)[0][:3] == ("pack.toml", 0, "no such file")


def test_the_example_says_everything_that_a_citizen_s_page_says() -> None:
    (pack,) = load_packs(Path(str(files("config") / "examples" / "packs")))
    assert (pack.tag, pack.description.name) == ("zh-TW", "繁體中文")
    for page in ("kiosk", "board", "entrance", "query", "customer"):
        said = {language.tag: language.words for language in languages_of(page, [pack])}
        assert {key for key in said["zh-CN"] if not key.startswith("care.")} <= said["zh-TW"].keys(), page
