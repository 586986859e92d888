"""Times are read as people write them, and written in the largest unit that suits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cvjkit.errors import InputError
from cvjkit.measurement.window import time_of, time_text


@pytest.mark.parametrize(
    ("text", "time", "again"),
    [
        ("2w", timedelta(days=14), "14d"),
        ("30d", timedelta(days=30), "30d"),
        ("36h", timedelta(hours=36), "36h"),
        (" 1.5 h ", timedelta(minutes=90), "90min"),
        ("120s", timedelta(minutes=2), "2min"),
        ("250ms", timedelta(milliseconds=250), "250ms"),
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


@pytest.mark.parametrize(
    "text", ["", "d", "30", "30 days", "30D", "-1d", "1e3d", "\u0663d", f"{'9' * 400}w", 5, True]
)
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(InputError, match="must be a number and a unit: w, d, h, min, s, ms; write"):
        time_of(text, "window")
