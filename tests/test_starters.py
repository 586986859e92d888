"""The five starter journeys say what they were designed to say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cvjkit.catalog.lookup import framework
from cvjkit.journey import Journey, read_journey

FOLDER = Path(__file__).parent.parent / "data" / "journeys"

# Worked out by hand before there was a program: people at each milestone of the spine, then
# cac, ltv_net, ltv_to_cac, payback_days, all to the digits given, and k of all channels pooled.
EXPECTED = {
    "coffee_subscription": (
        "210600 29610 9508 5766 1346 1063 779 302 281 161 125 41 20",
        (21.51, 33.17, 1.54, 221, 0.02972),
    ),
    "contact_lenses": (
        "76200 24060 6942 4428 1214 1022 889 465 445 286 192 27 11",
        (24.92, 47.06, 1.89, 274, 0.01359),
    ),
    "cleaning_company": (
        "163200 26220 6999 4396 1340 990 662 233 213 75 47 17 7",
        (66.86, 102.43, 1.53, 373, 0.01045),
    ),
    "dating_coach": (
        "452000 52640 9424 5467 1509 622 386 521 81 74 29 6 6 2",
        (199.71, 324.00, 1.62, 66, 0.00199),
    ),
    "touring_band": (
        "386000 42600 7740 4752 1487 831 689 218 195 94 45 30 15",
        (21.48, 23.46, 1.09, 503, 0.06531),
    ),
}

# What each channel costs and brings: cac, ltv_net, payback_days.
BY_CHANNEL = {
    "coffee_subscription": {
        "Instagram ads": (23.56, 30.89, 281),
        "Brewing blog / search": (16.56, 32.99, 161),
        "Farmers' market tasting": (23.37, 35.20, 221),
    },
    "contact_lenses": {
        "Search ads": (26.11, 43.88, 364),
        "Optician partners": (24.53, 49.87, 274),
        "Comparison articles": (22.39, 41.44, 364),
    },
    "cleaning_company": {
        "Facebook: carpet-mould guide": (58.52, 98.24, 283),
        "Local search": (55.82, 106.67, 283),
        "Door hangers": (154.23, 92.90, None),
    },
    "dating_coach": {
        "Podcast guest spots": (167.85, 314.15, 66),
        "Short video": (284.59, 328.17, 111),
        "Search ads": (208.38, 334.27, 66),
    },
    "touring_band": {
        "Opening-slot audiences": (19.21, 24.32, 383),
        "Music blogs & local radio": (21.51, 22.50, 623),
        "Short video": (34.46, 20.78, None),
    },
}
VIEWS = {
    "coffee_subscription": "five",
    "contact_lenses": "nine",
    "cleaning_company": "eight",
    "dating_coach": "eight:time",
    "touring_band": "seven",
}
OF_EACH = pytest.mark.parametrize("name", EXPECTED)


def starter(name: str) -> Journey:
    return read_journey(FOLDER / f"{name}.toml")


def test_these_are_the_starters() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.toml" for name in EXPECTED}


@OF_EACH
def test_a_starter_says_that_it_is_made_up(name: str) -> None:
    journey = starter(name)
    assert journey.illustrative
    assert len(journey.description) > 100
    first = (FOLDER / f"{name}.toml").read_text().splitlines()[0]
    assert first.startswith("# Illustrative, not real figures")


@OF_EACH
def test_people_are_those_counted_and_nobody_enters_halfway(name: str) -> None:
    journey, flow = starter(name), starter(name).flow()
    counts = [int(count) for count in EXPECTED[name][0].split()]
    assert flow.stages["people"].to_list() == pytest.approx(counts, rel=1e-12)
    for segment in journey.segments:
        people = flow.only(segment.name).stages["people"].to_list()
        assert people == pytest.approx(list(segment.counts or ()), rel=1e-12)
    assert flow.stages["entered"].to_list()[1:] == [0] * (len(counts) - 1)
    assert flow.flags == ()


@OF_EACH
def test_figures_are_those_worked_out_by_hand(name: str) -> None:
    journey = starter(name)
    figures = journey.economics()
    cac, ltv_net, ltv_to_cac, payback_days, pooled_k = EXPECTED[name][1]
    assert figures.cac == pytest.approx(cac, abs=0.005)
    assert figures.ltv_net == pytest.approx(ltv_net, abs=0.005)
    assert figures.ltv_to_cac == pytest.approx(ltv_to_cac, abs=0.005)
    assert figures.payback_days == payback_days
    counts = [int(count) for count in EXPECTED[name][0].split()]
    pooled = Journey.from_counts(journey.framework, counts)
    for way in journey.transitions:
        pooled = pooled.with_transition(way.source, way.target, way.rate)
    for row in journey.referrals:
        pooled = pooled.with_referral(row.source, to=row.target, per_person=row.per_person)
    assert pooled.flow().k == pytest.approx(pooled_k, abs=0.000005)


@OF_EACH
def test_each_channel_costs_and_brings_what_was_worked_out_by_hand(name: str) -> None:
    journey = starter(name)
    assert [segment.name for segment in journey.segments] == list(BY_CHANNEL[name])
    for channel, (cac, ltv_net, payback_days) in BY_CHANNEL[name].items():
        figures = journey.economics(channel)
        assert figures.cac == pytest.approx(cac, abs=0.005)
        assert figures.ltv_net == pytest.approx(ltv_net, abs=0.005)
        assert figures.payback_days == payback_days


@OF_EACH
def test_a_starter_has_something_at_every_stage_and_a_view_to_begin_with(name: str) -> None:
    journey = starter(name)
    assert journey.view == VIEWS[name]
    assert {row.stage for row in journey.stages if row.tactics} == set(journey.framework.keys)
    milestones = [stage.milestone for stage in journey.framework]
    assert {stage.milestone for stage in framework(VIEWS[name])} <= set(milestones)
    assert all(segment.channel and segment.awareness for segment in journey.segments)
    legs = [row.delay_days for row in journey.stages]
    assert legs.count(None) == 1


@OF_EACH
def test_a_starter_stays_as_it_was_written_and_fits_a_workbook(name: str, tmp_path: Path) -> None:
    path = Path(shutil.copy(FOLDER / f"{name}.toml", tmp_path))
    before, journey = path.read_bytes(), read_journey(path)
    journey.save()
    assert path.read_bytes() == before
    assert read_journey(journey.save(tmp_path / "x.xlsx")) == journey
