from __future__ import annotations

import math

import pytest

import cvjkit as cvj
from cvjkit.charts.chance import bands, distribution, funnel_bands
from cvjkit.charts.text import inert
from cvjkit.errors import InputError
from tests.model.test_economics import shop


def test_the_funnel_has_the_bands_of_the_table() -> None:
    simulation = shop().simulate(500)
    figure = funnel_bands(simulation)
    (trace,) = figure.data
    stages = simulation.stages
    # It is drawn from end to end, thick enough to see, on an axis on which 10 of 10,000 show.
    assert (trace.error_x.symmetric, figure.layout.xaxis.type) == (False, "log")
    assert trace.error_x.thickness >= 4
    assert list(trace.x) == stages.people.to_list()
    ends = [there + more for there, more in zip(trace.x, trace.error_x.array, strict=True)]
    assert ends == pytest.approx(stages.people_high.to_list())
    ends = [there - less for there, less in zip(trace.x, trace.error_x.arrayminus, strict=True)]
    assert ends == pytest.approx(stages.people_low.to_list())
    assert trace.text[0] == "10,000"


def test_a_name_of_a_stage_is_no_markup() -> None:
    own = cvj.framework("five").drop("loyalty", key="ours")
    own = own.insert({"key": "quiz", "name": "<b>Quiz</b>"}, after="retention")
    simulation = cvj.Journey.from_counts(own, [100, 50, 20, 10, 5]).simulate(100)
    names = list(funnel_bands(simulation).data[0].y)
    assert "&lt;b&gt;Quiz&lt;/b&gt;" in names


def test_a_band_is_seen_against_the_figure() -> None:
    simulation = shop().simulate(500)
    (trace,) = bands(simulation).data
    low, high = simulation.interval("profit")
    profit, at = simulation.design.economics().profit, list(trace.y).index("Profit")
    assert low is not None
    assert high is not None
    assert profit is not None
    assert trace.error_x.array[at] == pytest.approx(high / profit - 1)
    assert trace.error_x.arrayminus[at] == pytest.approx(1 - low / profit)


def test_a_payback_that_may_never_come_is_drawn_without_an_end() -> None:
    simulation = shop().with_stage("conversion", unit_cost=20).simulate(2000)
    (trace,) = bands(simulation).data
    assert "to never" in trace.text[list(trace.y).index("Payback")]
    assert all(map(math.isfinite, trace.error_x.array))


def test_losses_have_the_colour_of_losses() -> None:
    simulation = shop(fixed_cost=1700).simulate(5000)
    figure = distribution(simulation)
    (bars,) = figure.data
    colours = dict(zip(bars.x, bars.marker.color, strict=True))
    assert len(set(colours.values())) == 2
    assert len({colour for value, colour in colours.items() if value < 0}) == 1
    assert sum(bars.y) == pytest.approx(0.99, abs=0.002)
    below = sum(share for value, share in zip(bars.x, bars.y, strict=True) if value < 0)
    assert below == pytest.approx(simulation.probability("profit < 0"), abs=0.03)


def test_what_is_not_known_or_certain_is_drawn_all_the_same() -> None:
    few = cvj.Journey.from_counts("five", [100, 50, None, 0, 0]).simulate(100)
    (trace,) = funnel_bands(few).data
    low, high = few.stages.loc["acquisition", ["people_low", "people_high"]]
    # Who is not known is no row, and nobody is a mark at half a person: 0 has no logarithm.
    assert list(trace.x) == [100, 50, 0.5, 0.5]
    assert trace.text[:2] == ("100", inert(f"50 ({low:.0f} to {high:.0f})"))
    unknown = cvj.Journey.from_counts("five", [None] * 5).simulate(100)
    assert "not known" in distribution(unknown).layout.meta["summary"]
    assert funnel_bands(unknown).layout.meta["summary"]
    assert bands(unknown).layout.meta["summary"]
    sure = cvj.Journey.from_rates("five", 100, [1, 1, 1, 1]).simulate(100)
    assert sum(distribution(sure, "customers").data[0].y) == 1
    with pytest.raises(InputError, match="did you mean 'profit'"):
        distribution(sure, "profitt")
