"""Text is measured in the widest common font, broken where it fits, and stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.charts.text import inert, text_lines, text_width

SIZE = 100


def test_digits_and_words_are_as_wide_as_in_dejavu_sans():
    # hmtx, of 2048: 0 is 1303, bold 1425; comma 651, bold 778; M 1767.
    assert text_width("000,000", SIZE, bold=True) == pytest.approx(
        SIZE * (6 * 1425 + 778) / 2048, rel=0.002
    )
    assert text_width("MMMM", SIZE) == pytest.approx(SIZE * 4 * 1767 / 2048, rel=0.002)


def test_narrow_letters_are_as_wide_as_in_a_monospace_font():
    # DejaVu Sans Mono: 1233 of 2048, every character.
    assert text_width("illicit", SIZE) == pytest.approx(SIZE * 7 * 1233 / 2048, rel=0.002)


def test_an_accent_takes_no_room_an_ideograph_two_columns_and_an_emoji_more():
    assert text_width("é", SIZE) == text_width("e\N{COMBINING ACUTE ACCENT}", SIZE)
    assert text_width("é", SIZE) == text_width("e", SIZE)
    assert text_width("漢", SIZE) == pytest.approx(SIZE * 1.204)
    assert text_width("🎉", SIZE) == pytest.approx(SIZE * 1.3)


@given(st.text(max_size=80), st.floats(20, 400), st.integers(1, 4))
def test_no_line_is_wider_than_its_room_and_none_too_many(text, room, most):
    lines = text_lines(text, room, most, 12)
    assert len(lines) <= most
    for line in lines:
        assert text_width(line, 12) <= room or len(line) == 1


@given(st.lists(st.sampled_from(["Deliver", "and", "wow", "re-engage", "x" * 40]), max_size=12))
def test_what_fits_is_whole(words):
    text = " ".join(words)
    lines = text_lines(text, 120, 100, 12)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_lines_break_at_spaces_and_after_hyphens():
    assert text_lines("Client-for-Life and more", 60, 5, 12) == ["Client-", "for-Life", "and more"]


def test_what_is_left_over_ends_in_an_ellipsis():
    # Monospace, 12 px: 11 characters are 79.5 px wide.
    assert text_lines("one two three four", 80, 2, 12) == ["one two", "three four"]
    assert text_lines("one two three four five", 80, 2, 12) == ["one two", "three four…"]
    assert text_lines("one two three 4 fives", 80, 2, 12) == ["one two", "three 4…"]
    assert text_lines("", 80, 2, 12) == []


def test_markup_and_formulas_are_text():
    assert inert("a<b>&$x$") == "a&lt;b&gt;&amp;&#36;x&#36;"
