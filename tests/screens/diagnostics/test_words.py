"""Every sentence of the terminal stands in both languages, and every one that is asked for is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from config.wording import LANGUAGES, room
from hall.contract.maintenance import Level, Severity
from hall.contract.words import ClockTrust
from screens.diagnostics import columns
from screens.diagnostics.columns import cell_len, wrap
from screens.diagnostics.sight import SEEN
from screens.diagnostics.tongue import Tongue, date_of, full_date_of, time_of

SOURCES = Path(columns.__file__).parent
ASKED = re.compile(r'\b(?:say|first_of)\(\s*"([a-z-]+)"')
FAMILIES = (
    "ticket_printer",
    "office_printer",
    "window_display",
    "speaker",
    "headphone",
    "document_scanner",
    "caller",
    "rating_keypad",
    "access_keypad",
    "smart_card",
    "id_card",
)


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    chinese, english = (room("diagnostics", language) for language in LANGUAGES)
    assert list(chinese) == list(english)
    for key, text in chinese.items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english[key])), key


def test_every_sentence_that_a_screen_asks_for_is_there() -> None:
    asked = {key for file in SOURCES.glob("*.py") for key in ASKED.findall(file.read_text(encoding="utf-8"))}
    assert len(asked) > 80
    assert asked - {"reason"} <= set(room("diagnostics", "en"))


def test_every_value_that_the_contract_may_bring_has_its_words() -> None:
    keys = {f"severity-{each}" for each in get_args(Severity)} | {f"clock-{each}" for each in get_args(ClockTrust)}
    keys |= {f"key-check-{each}" for each in get_args(Level)} | {f"does-{each}" for each in get_args(Level)}
    keys |= {f"link-{each}" for each in ("up", "reached", "down")} | {f"mode-{each}" for each in ("demo", "drill")}
    keys |= {f"does-{each}" for each in ("kiosk", "windows", "voice", "board")}
    keys |= {f"phase-{each}" for each in ("idle", "processing", "stopped")}
    keys |= {f"key-seen-{seen}" for _, seen in SEEN} | {f"family-{family}" for family in FAMILIES}
    assert keys <= set(room("diagnostics", "en"))


def test_whoever_takes_part_in_a_check_is_led_in_the_words_of_that_device() -> None:
    led = set(FAMILIES)
    assert {f"lead-{family}" for family in led} <= set(room("diagnostics", "en"))


def test_lines_break_between_chinese_characters_and_no_mark_begins_or_opens_at_an_end() -> None:
    text = "设备做一个动作，请您在旁边配合。期间它停用，工作人员的页面显示“维护中”。Look at the display: is it whole?"
    for width in range(12, 60):
        lines = wrap(text, width)
        assert max(map(cell_len, lines)) <= width
        assert not [line for line in lines if line[:1] in set("，。：？”")], (width, lines)
        assert not [line for line in lines if line.endswith("“")], (width, lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_times_are_the_hall_s_and_ages_are_said_as_one_says_them() -> None:
    midnight = 1_795_276_800_000
    assert (full_date_of(midnight), time_of(midnight)) == ("2026-11-22", "00:00:00")
    assert (date_of(midnight - 1), time_of(midnight - 1, seconds=False)) == ("11-21", "23:59")
    tongue = Tongue("en")
    ages = [tongue.age(ms) for ms in (None, 0, 1_999, 119_000, 120_000, 7_199_000, 7_200_000, 172_800_000)]
    assert ages == ["–", "0 s", "1 s", "119 s", "2 min", "119 min", "2 h", "2 days"]
    assert [tongue.share(size) for size in (0, 999, 1_500, 18_700_000, 21_400_000_000)] == [
        "0 B",
        "999 B",
        "1.5 kB",
        "18.7 MB",
        "21.4 GB",
    ]
