"""What a log is said to be is checked before anything is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cvjkit.errors import InputError
from cvjkit.measurement.conditions import where
from cvjkit.measurement.event_log import EventLog

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"person": None}, "person must be the name of a column; write it as text"),
    ({"time": None}, "time must be the name of a column; write it as text"),
    ({"channel": 3}, "channel: 3 must be the name of a column; write it as text"),
    ({"revenue": ["a"]}, "revenue: ['a'] must be the name of a column; write it as text"),
    ({"event": 5}, 'event: 5 must be a column, or columns by event; write "event", or'),
    ({"event": {}}, "event: {} must be a column, or columns by event; write"),
    (
        {"event": {"lead": "on"}, "revenue": "paid"},
        'revenue: \'paid\' must say which event it belongs to; write {"lead": "paid"}',
    ),
    ({"event": {"lead": "on"}, "cost": {"led": "paid"}}, "cost: 'led' is not known; did you mean"),
    (
        {"event": {"lead": "on"}, "conditions": {"a": where("b", "==", 1)}},
        "conditions have no meaning with one row for each person; leave them out",
    ),
    ({"properties": "country"}, "properties: 'country' must be a tuple of columns; write"),
    (
        {"properties": ("a", "a")},
        "properties: ('a', 'a') must be different columns; name each once",
    ),
    ({"conditions": {"a": "b == 1"}}, "conditions: {'a': 'b == 1'} must map names to conditions;"),
    ({"conditions": {"": where("b", "==", 1)}}, "conditions: {'': Condition("),
    ({"conditions": {"\ud800": where("b", "==", 1)}}, "conditions: {'\\ud800': Condition("),
    ({"time_unit": "seconds"}, "time_unit: 'seconds' is not known; choose from s, ms, us, ns"),
    ({"time_zone": "Berlin"}, "time_zone: 'Berlin' is not known; write one such as"),
    (
        {"time_zone": "Europe/Berlim"},
        "time_zone: 'Europe/Berlim' is not known; write one such as 'Europe/London'",
    ),
]


@pytest.mark.parametrize(("given", "fault"), WRONG)
def test_each_fault_of_a_log_is_said(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError) as error:
        EventLog("log.csv", **given)
    assert str(error.value).split("\n  ")[1].startswith(fault)


def test_all_faults_of_a_log_are_said_at_once() -> None:
    with pytest.raises(InputError) as error:
        EventLog("log.csv", person=1, channel=2, time_zone="x", time_unit="y")  # type: ignore[arg-type]
    assert len(error.value.faults) == 4


@pytest.mark.parametrize(
    ("operator", "value", "fault"),
    [
        ("=", 1, "operator: '=' is not known"),
        ("==", None, "value must be text, a finite number, True or False"),
        ("==", float("nan"), "value: nan must be text, a finite number, True or False"),
        ("==", 10**400, "value: 1000000000"),
        ("==", "a\ud800", "value: 'a\\ud800' must be text, a finite number, True or False"),
        ("in", ["a", "\udfff"], "value: ['a', '\\udfff'] must be text, a finite number"),
        ("in", "abc", "value: 'abc' must be a list that is not empty"),
        ("in", [], "value: [] must be a list that is not empty"),
        ("in", [True, 1], "value: [True, 1] must be all texts or all numbers"),
        ("in", ["a", 1], "value: ['a', 1] must be all texts or all numbers"),
        ("like", 5, "value: 5 must be text"),
    ],
)
def test_each_fault_of_a_condition_is_said(operator: str, value: object, fault: str) -> None:
    with pytest.raises(InputError) as error:
        where("page", operator, value)
    assert str(error.value).split("\n  ")[1].startswith(fault)


def test_a_column_of_a_condition_is_text_and_a_list_is_of_any_kind() -> None:
    with pytest.raises(
        InputError, match="column: 3 must be the name of a column; write it as text"
    ):
        where(3, "==", 1)  # type: ignore[arg-type]  # no text
    for several in ([5], (5,), {5}, frozenset([5]), np.array([5])):
        (comparison,) = where("page", "in", several).comparisons
        assert comparison.value == (5,)


def test_a_column_of_several_roles_is_read_once_and_a_log_is_called_by_what_it_is() -> None:
    log = EventLog(pd.DataFrame(), channel="from", hold="from", properties=("from", "event"))
    assert log.columns == ("person", "time", "event", "from")
    assert log.subject == "the DataFrame"
    assert EventLog("a/b.csv").subject == "a/b.csv"
