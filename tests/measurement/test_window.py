"""Times are read as people write them, and written in the largest unit that suits."""

from __future__ import annotations

from datetime import timedelta
from string import ascii_lowercase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cvjkit.errors import InputError
from cvjkit.measurement.sensitivity import definition_text
from cvjkit.measurement.window import time_of, time_text

MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "time", "again"),
    [
        ("2w", timedelta(days=14), "14d"),
        ("30d", timedelta(days=30), "30d"),
        ("36h", timedelta(hours=36), "36h"),
        (" 1.5 h ", timedelta(minutes=90), "90min"),
        ("120s", timedelta(minutes=2), "2min"),
        ("250ms", timedelta(milliseconds=250), "250ms"),
        ("1500ms", timedelta(seconds=1.5), "1.5s"),
        ("0.25ms", timedelta(microseconds=250), "250us"),
        (" 1us", timedelta(microseconds=1), "1us"),
        ("86400.000001s", timedelta(days=1, microseconds=1), "86400.000001s"),
        ("0d", timedelta(0), "0s"),
        (None, None, "any time"),
    ],
)
def test_a_time_is_a_number_and_a_unit(
    text: str | None, time: timedelta | None, again: str
) -> None:
    assert time_of(text, "window") == time
    assert time_of(time, "window") == time
    assert time_text(time) == again


@given(
    st.one_of(st.timedeltas(timedelta(0)), st.integers(0, 10**10).map(lambda n: n * MICROSECOND))
)
@example(timedelta.max)
def test_what_is_written_is_read_as_the_same_time(time: timedelta) -> None:
    text = time_text(time)
    assert time_of(text, "window") == time
    number = text.rstrip(ascii_lowercase)
    assert definition_text(f"window {text}").startswith(f"Within {number} ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "d",
        "30",
        "30 days",
        "30D",
        "-1d",
        "1e3d",
        "\u0663d",
        f"{'9' * 400}w",
        f"{'9' * 5000}w",
        5,
        True,
    ],
)
def test_what_is_no_time_is_refused(text: object) -> None:
    rule = "must be a number and a unit: w, d, h, min, s, ms, us; write"
    with pytest.raises(InputError, match=rule):
        time_of(text, "window")
