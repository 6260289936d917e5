"""Every sentence stands once in config/wording: none in a template, a script, or the code of box and hall."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.pages import screens

ROOT = screens().parent
TEMPLATES = sorted([*(screens() / "templates").glob("*.html"), *(ROOT / "hall" / "pages").glob("*.html")])
SCRIPTS = sorted((screens() / "static").rglob("*.js"))
CODE = [
    file
    for package in ("config", "device", "drivers", "hall", "simulators", "workshop", "yichuang")
    for file in sorted((ROOT / package).rglob("*.py"))
]
DATA = {
    "drivers/speaker/pinyin.py": "readings of surnames",
    "drivers/speaker/reading.py": "which characters are Chinese",
    "drivers/id_card/sdt_text.py": "what stands on a card, by its codes",
    "config/catalogue.py": "the very word that a settings file needs",
    "simulators/id_card_reader/cards.py": "cards of made-up people",
    "simulators/smart_card/deck.py": "cards of made-up people",
    "simulators/smart_card/social_security.py": "what stands in a card",
    "simulators/document_scanner/sheets.py": "what stands on a sheet",
    "simulators/demo/settings.py": "a made-up hall",
    "simulators/drill/settings.py": "a made-up hall",
    "simulators/bench/settings.py": "a made-up hall",
    "simulators/bench/full_hall.py": "a made-up hall",
    "workshop/setup/simulated.py": "a made-up hall",
}
"""Where Chinese in the code is no sentence to a reader."""

CHINESE = re.compile(r"[㐀-鿿]")
LETTERS = re.compile(r"[㐀-鿿]|[^\W\d_]{2,}")
FILLED_IN = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|\$\w+", re.DOTALL)
TAGS = re.compile(r"""<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>|\s[\w-]+="[^"]*\"""", re.DOTALL)
READ_OUT = re.compile(r"""(?:title|aria-label|aria-description|placeholder|alt)="([^"]*)\"""")
COMMENTS = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
WRITTEN = re.compile(r"""(?:textContent|innerText|title|placeholder|ariaLabel)\s*[=:]\s*(["'`])((?:(?!\1).)*)\1""")
IN_ANY_LANGUAGE = {"Esc", "Enter", "Space", "openapi", "json"}
"""What stands on a key, and the name of a file."""


def in_template(html: str) -> Iterator[str]:
    """Words of the template's own that somebody would read or hear."""
    bare = FILLED_IN.sub("", html)
    yield from (word for words in READ_OUT.findall(bare) for word in LETTERS.findall(words))
    yield from LETTERS.findall(TAGS.sub(" ", bare))


def in_script(script: str) -> Iterator[str]:
    """Sentences that a script writes by itself: Chinese anywhere, words given to an element's text."""
    bare = COMMENTS.sub("", script)
    yield from (line.strip() for line in bare.splitlines() if CHINESE.search(line))
    yield from (word for _, text in WRITTEN.findall(bare) for word in LETTERS.findall(re.sub(r"\${.*?}", "", text)))


def in_code(code: str) -> Iterator[str]:
    """Chinese in a string that is no docstring."""
    tree = ast.parse(code)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield from [node.value] if CHINESE.search(node.value) else []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_has_no_words_of_its_own(file: Path) -> None:
    assert {*in_template(file.read_text(encoding="utf-8"))} <= IN_ANY_LANGUAGE


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_has_no_words_of_its_own(file: Path) -> None:
    assert {*in_script(file.read_text(encoding="utf-8"))} <= IN_ANY_LANGUAGE


def test_the_code_speaks_no_chinese_of_its_own() -> None:
    found = {
        file.relative_to(ROOT).as_posix(): text
        for file in CODE
        for text in in_code(file.read_text(encoding="utf-8"))
        if file.relative_to(ROOT).as_posix() not in DATA
    }
    assert found == {}


@pytest.mark.parametrize(
    "html",
    ["<p>取号</p>", "<p>Take</p>", '<button aria-label="Close">{{ both("x") }}</button>', '<img alt="纸">'],
)
def test_a_word_in_a_template_is_found(html: str) -> None:
    assert [*in_template(html)]


@pytest.mark.parametrize(
    "script",
    [
        'button.textContent = "Close";',
        'make("p", { title: "Close" })',
        'say("x"); const t = "取号";',
        "p.innerText = `Go ${n}`",
    ],
)
def test_a_word_in_a_script_is_found(script: str) -> None:
    assert [*in_script(script)]


def test_markup_keys_and_comments_are_no_words() -> None:
    assert not [*in_template('<p id="title" class="a b">{{ both("take") }} {# 取号 #}</p><!-- note -->')]
    assert not [*in_script('// 取号\nbyId("title").textContent = `${n}`; /* Take */ fetch("http://x/y");')]
