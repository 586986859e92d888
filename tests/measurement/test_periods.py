"""A day is that of the calendar where the people are, of however many events it is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from cvjkit.measurement.periods import days_of
from tests.measurement.tally_reference import EPOCH, day_of

# Where clocks change by half an hour, at a minute past midnight, by a day, by 44 min 30 s.
CHANGES = {
    "Europe/London": "2025-03-30 01:00",
    "Australia/Lord_Howe": "2025-04-05 15:00",
    "America/St_Johns": "2008-11-02 02:31",
    "America/Sao_Paulo": "2018-02-18 02:00",
    "Pacific/Apia": "2011-12-30 10:00",
    "Africa/Monrovia": "1972-01-07 00:44:30",
}


@pytest.mark.parametrize("zone", CHANGES)
def test_a_day_is_that_of_the_clocks_there_before_and_after_they_change(zone: str) -> None:
    change = datetime.fromisoformat(CHANGES[zone]).replace(tzinfo=UTC)
    apart = np.random.default_rng(1).integers(-2 * 86_400, 2 * 86_400, 400)
    seconds = np.append([-1, 0, 1], apart) + int((change - EPOCH).total_seconds())
    times = seconds * 1_000_000
    expected = [(day_of(time, zone) - EPOCH.date()).days for time in times.tolist()]
    assert days_of(times, zone).tolist() == expected
    alone = [days_of(times[at : at + 1], zone).item() for at in range(3)]
    assert alone == expected[:3]
