"""Text as GB 18030-2022 reads it, though Python's codec is older."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import gb18030


@pytest.mark.parametrize(
    ("raw", "text"),
    [("D5 C5 C8 FD", "张三"), ("FE 9F", "䶮"), ("A6 D9", "\ufe10"), ("FE 59", "\u9fb4"), ("FE 51", "\U00020087")],
)
def test_characters_have_their_own_code_points(raw: str, text: str) -> None:
    assert gb18030.decode(bytes.fromhex(raw)) == text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from("𠅤㛃·A")))
def test_hanzi_survive(text: str) -> None:
    assert gb18030.decode(text.encode("gb18030")) == text


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused(raw: bytes) -> None:
    with suppress(ValueError):
        gb18030.decode(raw)


def test_what_is_refused_is_not_told() -> None:
    with pytest.raises(ValueError, match="no GB 18030 text") as refused:
        gb18030.decode(b"A\xff")
    assert str(refused.value) == "no GB 18030 text"
    assert refused.value.__suppress_context__


def test_a_character_cut_by_the_end_is_left_out_only_when_asked() -> None:
    cut = "曼𠅤".encode("gb18030")[:4]
    assert gb18030.decode(cut, cut=True) == "曼"
    with pytest.raises(ValueError, match="no GB 18030 text"):
        gb18030.decode(cut)
