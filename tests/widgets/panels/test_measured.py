"""The page on what was measured, on its values: what it says beside the plan, and of the log."""

from __future__ import annotations

import pytest

import cvjkit as cvj
from cvjkit.comparison.gap import gap
from cvjkit.measurement.measured import MeasuredJourney
from cvjkit.measurement.sensitivity import Sensitivity
from cvjkit.widgets.fields import Part
from cvjkit.widgets.panels.measured import (
    gap_part,
    goal_of,
    measurement_of,
    quality_part,
    sensitivity_part,
    trend_part,
)

PLAN = cvj.Journey.from_rates("five", 1000, [0.5, 0.4, 0.5, 0.5], name="Plan", currency="EUR")
PLAN = PLAN.with_offer("conversion", name="Box", price=40, margin=15)


def log(days: int = 70, conversions: int = 50) -> list[tuple[str, str, str]]:
    """A hundred people within some days: half go on, and some of these buy nine days later."""
    import pandas as pd

    rows = []
    for person in range(100):
        began = pd.Timestamp("2026-01-05") + pd.Timedelta(days=days) * person / 100
        rows.append((f"p{person}", began.isoformat(), "reach"))
        if person % 2 == 0:
            rows.append((f"p{person}", (began + pd.Timedelta(hours=1)).isoformat(), "acquisition"))
        if person % 2 == 0 and person < 2 * conversions:
            bought = began + pd.Timedelta(days=9)
            rows.append((f"p{person}", bought.isoformat(), "conversion"))
    return rows


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    return counted()


def counted(**options: int) -> Sensitivity:
    import pandas as pd

    events = pd.DataFrame(log(**options), columns=["person", "time", "event"])
    return cvj.sensitivity(events, "five")


def texts(part: Part, table: str) -> dict[str, list[str]]:
    (rows,) = (one.rows for one in part.tables if one.id == table)
    return {row.name: [field.text for field in row.fields] for row in rows}


def test_each_stage_stands_beside_its_plan_with_what_is_due_to_it(found: Sensitivity) -> None:
    shown = texts(gap_part(gap(PLAN, found.base)), "gap")
    # 100 instead of 1,000 come in; each is worth 0.5 x 0.4 x 15 by the plan.
    reach = ["100", "1,000", "-900", "–", "–", "-900", "EUR -2,700.00", "no"]
    assert shown["Reach"] == reach
    assert shown["Acquisition"][-3:] == ["0", "EUR 0.00", "could be"]
    # 50 came so far, of whom 20 would have bought by the plan.
    bought = ["50", "200", "-150", "100%", "40%", "+30", "EUR 450.00", "no"]
    assert shown["Conversion"] == bought
    assert shown["Loyalty"][0] == "–"
    assert shown["Loyalty"][-1] == "–"


def test_segments_add_no_rows() -> None:
    two = {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 80, 9, 6, 2]}
    plan, actual = (cvj.Journey.from_counts("five", two) for _ in range(2))
    (table,) = gap_part(gap(plan, actual)).tables
    assert [row.name for row in table.rows] == [stage.name for stage in plan.framework]
    assert [row.fields[0].text for row in table.rows] == ["1,000", "170", "18", "11", "3"]


@pytest.mark.parametrize(
    ("days", "first"),
    [(5, "5 Jan 2026"), (70, "week of 5 Jan 2026"), (400, "January 2026")],
)
def test_a_trend_is_by_day_week_or_month_and_says_which_periods_are_young(
    days: int, first: str
) -> None:
    journey = counted(days=days).base
    part = trend_part(journey, "conversion")
    rows = texts(part, "trend")
    assert next(iter(rows)) == first
    assert sum(int(came) for came, *_ in rows.values()) == 100
    assert sum(int(reached) for _, reached, *_ in rows.values()) == 50
    # Who began in the last period had no nine days.
    assert [*rows.values()][-1][-1] == "young: may rise"
    assert "young: not all who began have had the time" in part.notes[0]
    for chart in part.charts:
        assert chart.mark
        assert chart.mark[2] == "young from here"
        assert chart.days[-1] == chart.day_ticks[-1][0]
        assert len(chart.lines[0].values) == len(chart.days) == len(rows)


def test_a_trend_without_young_periods_has_no_remarks() -> None:
    first_stage = trend_part(counted().base, "reach")
    assert "young" not in first_stage.notes[0]
    assert all(len(row) == 3 for row in texts(first_stage, "trend").values())
    assert all(chart.mark is None for chart in first_stage.charts)


def test_a_change_from_the_first_period_to_the_last_is_said_to_be_chance_where_it_could() -> None:
    steady, wavers, falls = (
        trend_part(counted(conversions=number).base, "conversion").notes[0]
        for number in (50, 38, 25)
    )
    assert "from 50% in the first week to 50% in the last that is not young. " in steady
    assert "to 30% in the last that is not young, which could be chance. " in wavers
    assert "to 0% in the last that is not young. " in falls


def test_one_period_alone_has_no_chart() -> None:
    assert trend_part(counted(days=0).base, "conversion").charts == ()


def test_all_ways_of_counting_are_named_without_a_code(found: Sensitivity) -> None:
    part = sensitivity_part(found, "conversion")
    shown = texts(part, "definitions")
    assert shown["As measured"] == ["100", "50", "50"]
    assert shown["Within 7 days of the first stage"] == ["100", "50", "0"]
    assert len(shown) == len(found.others) + 1
    assert not any("_" in name for name in shown)
    assert part.brief == (
        "50 at Conversion as measured; 0 if counted “Within 1 day of the first stage”."
    )


def test_what_is_wrong_with_the_log_is_said_and_what_is_not_is_left_out(
    found: Sensitivity,
) -> None:
    part = quality_part(found.base)
    assert part.brief == "The log has 200 events of 100 people."
    assert part.notes == ("200: Events whose times say no time zone; they are read as UTC.",)


def test_a_measurement_is_judged_by_who_pays_else_by_its_last_stage(found: Sensitivity) -> None:
    # Who pays is before the last stage with events.
    assert goal_of(cvj.measure(PLAN.simulate_log(100), "five")) == "conversion"
    assert goal_of(found.base) == "conversion"
    assert goal_of(counted(conversions=0).base) == "acquisition"
    changed = found.base.put("segments.0.counts", [1, 1, 1, None, None])
    assert isinstance(changed, MeasuredJourney)
    with pytest.raises(ValueError, match="changed since"):
        measurement_of(changed)
