from __future__ import annotations

import pytest
from hypothesis import given

import cvjkit as cvj
from cvjkit.widgets.panels.over_time import over_time_part
from tests.strategies import journeys
from tests.widgets.panels.answered import PLAN, asked, fields, texts

SLOW = PLAN.with_stage("conversion", delay_days=10)


def test_money_goes_out_and_comes_back_on_a_day() -> None:
    cash, standing = over_time_part(asked(SLOW)).charts
    (line,) = cash.lines
    # 1,000 are spent on day 0; 100 customers bring 15 each on day 10.
    assert dict(zip(cash.days, line.values, strict=True))[5] == -1000
    assert line.values[-1] == 500
    assert cash.mark == (10, 500, "back on day 10")
    assert [name.name for name in standing.lines] == ["Acquisition"]


def test_those_who_still_wait_at_the_first_stage_do_not_hide_the_others() -> None:
    (_, standing) = over_time_part(asked(SLOW.with_stage("acquisition", delay_days=5))).charts
    assert standing.title == "Where people are after Reach"
    assert [line.name for line in standing.lines] == ["Acquisition"]
    assert standing.summary == (
        "People who will still pass on or leave: at most 2,000 at once; at Reach itself, 10,000."
    )


def test_who_has_reached_a_stage_is_listed_by_day() -> None:
    part = over_time_part(asked(SLOW, time_time_days="90"))
    assert texts(part, "reached-by", "0")["conversion"] == "0"
    assert texts(part, "reached-by", "22")["conversion"] == "100"
    assert fields(part, "time", "days")["time"].text == "90"


def test_those_who_came_in_together_are_followed_from_the_day_each_came_in() -> None:
    late = SLOW.with_terms(intake_days=30)
    part = over_time_part(asked(late, time_time_days="90", time_time_view="cohort"))
    # 1% of 10,000 buy, 10 days after they came in, however long people keep coming.
    assert texts(part, "reached-by", "7")["conversion"] == "0%"
    assert texts(part, "reached-by", "22")["conversion"] == "1%"
    assert texts(part, "reached-by", "22")["reach"] == "100%"
    assert dict(part.tables[1].headings)["22"] == "22 days"
    by_day = over_time_part(asked(late, time_time_days="90"))
    assert (
        texts(by_day, "reached-by", "22")["conversion"]
        != texts(by_day, "reached-by", "90")["conversion"]
    )


def test_without_delays_it_says_that_all_happens_at_once_and_draws_no_people() -> None:
    part = over_time_part(asked(PLAN))
    assert "No delay is typed" in part.notes[0]
    assert [chart.id for chart in part.charts] == ["cash"]


def test_without_money_no_money_is_drawn() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.2, 0.05, 0.4, 0.25])
    part = over_time_part(asked(plan.with_stage("reach", delay_days=1)))
    assert "cash" not in [chart.id for chart in part.charts]


@given(journeys(ways=True))
def test_whatever_the_journey_each_line_has_a_point_for_each_day(journey: cvj.Journey) -> None:
    part = over_time_part(asked(journey, time_time_days="90"))
    for chart in part.charts:
        assert chart.days[0] == 0
        assert chart.days[-1] == 90
        assert chart.low == pytest.approx(chart.ticks[0][0])
        for line in chart.lines:
            assert len(line.values) == len(chart.days)
            assert all(chart.low <= value * (1 - 1e-9) or value <= 0 for value in line.values)
            assert all(value <= chart.high * (1 + 1e-3) + 1e-9 for value in line.values)
