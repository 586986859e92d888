from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.paths import Title, path_of, steps_of

STEPS = st.lists(st.text() | st.text().map(Title) | st.from_regex(r"[a-z_]+", fullmatch=True))


@given(STEPS.filter(bool))
def test_steps_written_as_a_path_are_read_as_the_same_steps(steps: list[str]) -> None:
    assert list(steps_of(path_of(steps))) == steps


@given(STEPS.filter(bool))
def test_a_path_read_and_written_is_the_same_path(steps: list[str]) -> None:
    path = path_of(steps)
    assert path_of(steps_of(path)) == path


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("name", ["name"]),
        ("segments[Ads].counts.conversion", ["segments", "Ads", "counts", "conversion"]),
        ("segments[a.b [c]]].spend", ["segments", "a.b [c]", "spend"]),
        ("segments[]]]", ["segments", "]"]),
        ("segments[].spend", ["segments", "", "spend"]),
        ("offers.first_payment.reorder_days[0]", ["offers", "first_payment", "reorder_days", "0"]),
        ("framework", ["framework"]),
    ],
)
def test_titles_stand_in_brackets_and_hold_any_text(path: str, steps: list[str]) -> None:
    assert list(steps_of(path)) == steps


@pytest.mark.parametrize(
    "path", ["", ".", ".name", "a.", "a..b", "a[", "a[b", "a]b", "a b", "a[b]c"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"is empty|is not a path from"):
        steps_of(path)
