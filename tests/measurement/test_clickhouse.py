"""The order `ordered` is what ClickHouse itself found, in thousands of small logs."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.measurement.clickhouse import ONCE, ORDERED, answers
from tests.measurement.logs import levels


@pytest.mark.parametrize("mode", [ORDERED, ONCE])
def test_ordered_is_what_clickhouse_finds(mode: str) -> None:
    found = [one for one in answers() if one[0].mode == mode]
    assert found
    for asked, people, known in found:
        ours = levels(people, asked.definition)
        wrong = (n for n, level in enumerate(known) if level != ours[n])
        assert not [(asked, people[n], known[n], ours[n]) for n in islice(wrong, 3)]


def test_the_logs_are_thousands_and_nasty() -> None:
    people = [person for _, many, _ in answers() for person in many]
    assert len(people) > 5000
    tied = [person for person in people if len({time for time, _ in person}) < len(person)]
    assert len(tied) > 1000
    assert sum(len(person) == 1 for person in people) > 100
    reached = [level for _, _, known in answers() for level in known]
    assert {0, 1, 2, 3, 4, 5, 8} <= {*reached}
