from __future__ import annotations

import math

import cvjkit as cvj
from cvjkit.charts.over_time import cash_curve, standing
from cvjkit.charts.style import BODY
from cvjkit.charts.text import text_width
from cvjkit.number_text import money_text
from tests.model.test_economics import shop
from tests.model.test_timeline import x8


def test_the_cash_curve_is_the_cash_and_marks_when_it_has_come_back() -> None:
    timeline = shop(discount_rate=0).timeline(365)
    line, mark = cash_curve(timeline).data
    assert list(line.y) == timeline.money.cash.to_list()
    assert list(mark.x) == [timeline.break_even_day]
    short = shop(discount_rate=0, fixed_cost=10**6).timeline(50)
    assert len(cash_curve(short).data) == 1
    assert "EUR" not in short.summary
    assert "short" in short.summary


def test_the_cash_of_a_day_is_written_as_money() -> None:
    timeline = shop(discount_rate=0, currency="\u05e9 <b>").timeline(365)
    line, mark = cash_curve(timeline).data
    assert "%{customdata}" in line.hovertemplate
    assert "%{y" not in line.hovertemplate
    written = [money_text(cash, "\u05e9 <b>").replace("<b>", "&lt;b&gt;") for cash in line.y]
    assert list(line.customdata) == written
    assert mark.hoverinfo == "name"
    axis = cash_curve(timeline).layout.yaxis
    assert axis.separatethousands
    assert axis.title.text == "Cash [\u2068\u05e9 &lt;b&gt;\u2069]"


def test_the_areas_are_the_people_who_stand_at_each_stage() -> None:
    timeline = x8().timeline(40, arrivals=100)
    figure = standing(timeline)
    there = timeline.stages.standing.unstack("stage")
    names = {stage.name: stage.key for stage in timeline.design.framework}
    assert len(figure.data) == 7
    for trace in figure.data:
        assert list(trace.y) == there[names[trace.name]].to_list()


def test_stages_that_share_a_colour_are_told_apart() -> None:
    plan = cvj.Journey.from_rates("nine", 1000, [0.9] * 8)
    for key in plan.framework.keys[1:]:
        plan = plan.with_stage(key, delay_days=3)
    looks = [
        (trace.line.color, trace.fillpattern.shape) for trace in standing(plan.timeline(60)).data
    ]
    assert len(looks) == len(set(looks)) == 8


def test_nobody_standing_is_drawn_all_the_same() -> None:
    nobody = cvj.Journey.from_counts("five", [None] * 5).timeline(5)
    for draw in (cash_curve, standing):
        assert draw(nobody).layout.meta["summary"] == nobody.summary


def test_the_names_of_many_stages_have_as_many_rows_above_as_they_take_on_a_phone() -> None:
    for framework in ("five", "nine", "full"):
        stages = len(cvj.framework(framework).stages)
        plan = cvj.Journey.from_counts(framework, [2 ** (20 - at) for at in range(stages)])
        for key in plan.framework.keys[1:]:
            plan = plan.with_stage(key, delay_days=3)
        figure = standing(plan.timeline(60), shape="narrow")
        layout, names = figure.layout, [trace.name for trace in figure.data]
        # Plotly gives all columns the width of the widest name, after 45 px of line and gaps.
        widest = 45 + max(text_width(name, BODY) for name in names)
        columns = int((390 - layout.margin.l - layout.margin.r) / widest)
        heading = 30 + 22 * len(layout.title.text.split("<br>"))
        assert layout.margin.t - heading == 24 * math.ceil(len(names) / max(1, columns)) > 24
