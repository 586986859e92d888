"""From a log to a journey, by the one verb that does it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from runpy import run_path

import pandas as pd
import pytest

import cvjkit as cvj
from cvjkit.comparison.gap import Gap
from cvjkit.measurement import look
from cvjkit.measurement.engine import Stopped
from cvjkit.measurement.event_log import EventLog
from cvjkit.measurement.options import Columns, Options

LOGS = Path(__file__).parents[2] / "data" / "logs"
EVENTS = {
    "ad_seen": "awareness",
    "article_read": "engagement",
    "newsletter_joined": "subscription",
    "taster_ordered": "first_payment",
    "taster_praised": "excitement",
    "bag_*": "ascension",
    "review_written": "advocation",
    "friend_invited": "promotion",
}
ROWS = [
    ("ann", "2026-01-01", "view", "Ads"),
    ("ann", "2026-01-02", "buy", "Ads"),
    ("ann", "2026-01-03", "refund", "Ads"),
    ("ann", "2026-01-04", "buy again", "Ads"),
    ("bob", "2026-01-01", "view", "Blog"),
    ("bob", "2026-03-01", "buy", "Blog"),
    ("cat", "2026-01-01", "buy", "Blog"),
    ("dan", "2026-01-01", "view", "Ads"),
]
LOG = pd.DataFrame(ROWS, columns=["who", "at", "what", "from"]).assign(
    at=lambda log: pd.to_datetime(log["at"], utc=True)
)
NAMED: Columns = {"person": "who", "time": "at", "event": "what"}
measured = partial(cvj.measure, LOG, "five", **NAMED)
compared = partial(cvj.sensitivity, LOG, "five", **NAMED)
STAGES = {"view": "reach", "buy": "conversion", "buy again": "retention"}


def counts(journey: cvj.Journey) -> dict[str, tuple[float | None, ...] | None]:
    return {segment.name: segment.counts for segment in journey.segments}


def test_people_are_counted_at_the_stages_that_their_events_are_mapped_to() -> None:
    found = measured(STAGES, channel="from", window="30d", name="Shop")
    assert found.name == "Shop"
    assert counts(found) == {"Ads": (2, None, 1, 1, None), "Blog": (1, None, 0, 0, None)}
    later = measured(STAGES, channel="from")
    assert counts(later)["Blog"] == (1, None, 1, 0, None)


def test_events_are_given_by_pattern_by_expression_and_by_milestone() -> None:
    events = {"vi*": "aware", re.compile("^buy$"): "first_payment", "buy again": ["retention"]}
    assert counts(measured(events)) == {"Everyone": (3, None, 2, 1, None)}


def test_an_exclusion_ends_an_attempt_also_if_it_is_an_event_of_a_stage() -> None:
    ends = {"refund": ("conversion", "retention")}
    found = measured(STAGES, exclusions=ends)
    assert counts(found) == {"Everyone": (3, None, 2, 0, None)}
    stages = STAGES | {"refund": "loyalty"}
    found = measured(stages, exclusions=ends)
    assert counts(found) == {"Everyone": (3, None, 2, 0, 0)}


def test_stages_may_be_left_out_and_have_a_time_of_their_own() -> None:
    for written in (["conversion"], "conversion"):
        optional = measured(STAGES, order="ordered", optional=written)
        assert counts(optional) == {"Everyone": (3, None, 2, 1, None)}
    soon = measured(STAGES, within={"conversion": "7d"})
    assert counts(soon) == {"Everyone": (3, None, 1, 1, None)}


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("within", ["conversion"], "must map stages to times; write"),
        ("exclusions", ["refund"], "must map events to pairs of stages; write"),
        ("exclusions", {"refund": "conversion"}, "must map events to pairs of stages; write"),
        ("exclusions", {"refund": ("reach",)}, "must map events to pairs of stages; write"),
        ("optional", 3, "must be stages; write"),
        ("counts_bots", "no", "must be True or False; write one"),
        ("engine", 3, "must be an engine; write"),
        ("progress", 3, "must be a function; give one that takes a share"),
        ("stop", 3, "must be an event of threading; give threading.Event()"),
    ],
)
def test_an_option_of_another_kind_is_refused_in_a_sentence(
    option: str, value: object, rule: str
) -> None:
    with pytest.raises(cvj.InputError) as error:
        measured(STAGES, **{option: value})  # type: ignore[arg-type]  # of another kind
    (fault,) = error.value.faults
    assert (fault.field, fault.value) == (option, value)
    assert f"{fault.rule}; {fault.fix}".startswith(rule)


@pytest.mark.parametrize(
    ("option", "written"),
    [
        ("optional", lambda stage: [stage("conversion")]),
        ("within", lambda stage: {stage("conversion"): "7d"}),
        ("exclusions", lambda stage: {"refund": (stage("conversion"), stage("retention"))}),
        ("touch", lambda stage: stage("retention")),
        ("referred_at", lambda stage: stage("reach")),
    ],
)
def test_each_option_names_a_stage_by_its_key_or_its_milestone(
    option: str, written: Callable[[Callable[[str], str]], object]
) -> None:
    log = pd.concat([LOG, LOG.iloc[[0, 3]].assign(who="eve")], ignore_index=True)
    log["by"] = log["who"].map({"dan": "ann"})
    log.loc[3, "from"] = "Blog"
    ours = partial(cvj.measure, log, "five", STAGES, **NAMED, channel="from", referred_by="by")
    milestone = {stage.key: stage.milestone for stage in cvj.framework("five")}
    by_key, by_milestone = (
        ours(**{option: written(named)})  # type: ignore[arg-type]  # of many kinds
        for named in (str, lambda key: str(milestone[key]))
    )
    assert by_key != ours()
    assert by_milestone == by_key
    assert by_key.measurement is not None
    assert by_milestone.measurement is not None
    assert by_milestone.measurement.definition == by_key.measurement.definition
    with pytest.raises(cvj.InputError) as error:
        ours(**{option: written(lambda key: f"{key}s")})  # type: ignore[arg-type]
    for fault in error.value.faults:
        assert fault.field.startswith(option)
        assert fault.rule == "is not known"
        start = "first, last, " if option == "touch" else ""
        stages = "reach, conversion, retention, aware, first_payment, bought_again"
        assert fault.fix == f"did you mean {str(fault.value)[:-1]!r}? Choose from {start}{stages}"


def test_what_names_no_stage_or_one_twice_is_said_all_at_once() -> None:
    with pytest.raises(cvj.InputError) as error:
        measured(
            STAGES,
            optional=["loyalty"],
            within={"conversion": "7d", "first_payment": "8d"},
            touch="middle",
            referred_at="loyal",
        )
    assert [(fault.field, fault.value) for fault in error.value.faults] == [
        ("optional", "loyalty"),
        ("within", "first_payment"),
        ("touch", "middle"),
        ("referred_at", "loyal"),
    ]


SESSIONS = pd.DataFrame(
    [
        # Goes further in her second session, and comes from Ads in that one.
        ("ann", "2026-01-01 10:00", "view", "s1", "Blog"),
        ("ann", "2026-01-02 10:00", "view", "s2", "Ads"),
        ("ann", "2026-01-02 10:05", "view", "s1", "Blog"),
        ("ann", "2026-01-02 10:10", "buy", "s2", "Ads"),
        # Buys in another session than the one of the view.
        ("bob", "2026-01-01 10:00", "view", "s3", "Blog"),
        ("bob", "2026-01-02 10:00", "buy", "s4", "Blog"),
        # As far in two sessions: the earlier counts.
        ("cat", "2026-01-03 10:00", "view", "s9", "Ads"),
        ("cat", "2026-01-03 10:01", "view", "s5", "Blog"),
        # An event without a session is of no step, nor is one of none with another of none.
        ("dan", "2026-01-01 10:00", "view", "s6", "Blog"),
        ("dan", "2026-01-01 10:05", "buy", None, "Blog"),
        ("eve", "2026-01-01 10:00", "view", None, "Blog"),
        ("eve", "2026-01-01 10:05", "buy", None, "Blog"),
    ],
    columns=["person", "time", "event", "session", "from"],
)


@pytest.mark.parametrize(
    ("reentry", "people"),
    [
        ("best", {"Ads": (2, None, 1, None, None), "Blog": (2, None, 0, None, None)}),
        ("first", {"Ads": (1, None, 0, None, None), "Blog": (3, None, 0, None, None)}),
        ("every", {"Ads": (2, None, 1, None, None), "Blog": (5, None, 0, None, None)}),
    ],
)
def test_a_stage_counts_with_events_of_one_value_of_a_property_that_is_held(
    reentry: str, people: dict[str, tuple[float | None, ...]]
) -> None:
    events = {"view": "reach", "buy": "conversion"}
    options: Options = {"hold": "session", "channel": "from", "reentry": reentry}
    found = cvj.measure(SESSIONS, "five", events, **options)
    assert counts(found) == people
    assert found.measurement is not None
    # The log is looked at as a whole: what is held is about the stages.
    assert found.measurement.quality.loc[["events", "people"], "count"].tolist() == [12, 5]
    ways = found.measurement.transitions.set_index(["source", "target"])["people"]
    assert ways.get(("reach", "conversion"), 0) == sum(own[2] or 0 for own in people.values())


def test_what_is_held_may_be_any_column_that_the_log_has(monkeypatch: pytest.MonkeyPatch) -> None:
    events = {"view": "reach", "buy": "conversion"}
    by_channel = cvj.measure(SESSIONS, "five", events, hold="from", channel="from")
    assert counts(by_channel) == {
        "Blog": (3, None, 3, None, None),
        "Ads": (2, None, 1, None, None),
    }
    both = cvj.measure(SESSIONS, "five", events, hold="from", properties=("from", "session"))
    assert both.measurement is not None
    assert [*both.measurement.labels.properties] == ["from", "session"]
    # A session is one of millions: there is no list of them.
    monkeypatch.setattr(look, "MOST_VALUES", 5)
    assert cvj.measure(SESSIONS, "five", events, hold="session").segments[0].counts[0] == 4
    with pytest.raises(cvj.InputError, match="'session' has more than 5 different values"):
        cvj.measure(SESSIONS, "five", events, properties=("session",))
    with pytest.raises(cvj.InputError, match="hold: 'sesion' is not known; did you mean 'session'"):
        cvj.measure(SESSIONS, "five", events, hold="sesion")
    with pytest.raises(cvj.InputError, match="hold: 3 must be the name of a column"):
        cvj.measure(SESSIONS, "five", events, hold=3)  # type: ignore[arg-type]  # no text


def test_what_meets_a_condition_is_one_event_of_its_own_name_and_of_that_of_the_condition() -> None:
    pages = [
        ("ann", "view", "/home"),
        ("ann", "view", "/pricing"),
        ("bob", "view", "/pricing"),  # one event, which is never of two stages
        ("cat", "view", "/pricing"),
        ("cat", "a + b", "/pricing?plan=C++"),
        ("dan", "view + pricing", "/home"),  # called like a view of the prices
        ("eve", None, "/pricing"),
        ("eve", None, "/pricing"),
        ("fay", None, "/home"),  # no event
    ]
    log = pd.DataFrame(pages, columns=["person", "event", "page"])
    log["time"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(log.index, "min")
    conditions = {
        "pricing": cvj.where("page", "like", "/pricing%"),
        "C++": cvj.where("page", "like", "%C++"),
    }
    events = {"view": "reach", "pricing": "acquisition", "a + b": "conversion", "C++": "retention"}
    found = cvj.measure(log, "five", events, conditions=conditions)
    assert counts(found) == {"Everyone": (3, 2, 0, 0, None)}
    anywhere = cvj.measure(log, "five", events, conditions=conditions, order="open")
    assert counts(anywhere) == {"Everyone": (3, 3, 0, 0, None)}
    assert found.measurement is not None
    assert found.measurement.events.to_dict("index") == {
        "view + pricing": {"events": 3, "stages": "reach, acquisition"},
        "pricing": {"events": 2, "stages": "acquisition"},
        "a ++ b + pricing + C++++": {"events": 1, "stages": "acquisition, conversion, retention"},
        "view": {"events": 1, "stages": "reach"},
        "view ++ pricing": {"events": 1, "stages": ""},
    }
    assert found.measurement.quality["count"]["left_out"] == 1
    with pytest.raises(cvj.InputError, match="'price' is not known; did you mean 'pricing'"):
        cvj.measure(log, "five", {"price": "reach"}, conditions=conditions)


def test_a_table_with_a_column_of_dates_for_each_event_is_a_log() -> None:
    deals = pd.DataFrame(
        {
            "id": [1, 2, 3],
            "Lead on": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"], utc=True),
            "Won on": pd.to_datetime(["2026-02-01", "", "2026-01-02"], utc=True),
        }
    )
    event = {"lead": "Lead on", "won": "Won on"}
    found = cvj.measure(
        deals, "five", {"lead": "reach", "won": "conversion"}, person="id", event=event
    )
    assert counts(found) == {"Everyone": (3, None, 1, None, None)}


def test_who_is_too_fast_for_a_person_is_left_out_if_asked_for() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.5, 0.5])
    log = plan.simulate_log(200, quirks={"bots": 0.1})
    clean = plan.simulate_log(200)
    bots = cvj.measure(log, "five").measurement
    assert bots is not None
    many = int(bots.quality.loc["bots", "count"])
    assert many > 5
    without = cvj.measure(log, "five", counts_bots=False)
    assert without.measurement is not None
    assert without.measurement.quality.loc["bots", "count"] == many
    kept = cvj.measure(clean, "five").flow().numbers("people")[0]
    assert without.flow().numbers("people")[0] == (kept or 0) - many
    assert not without.transitions


def test_a_plan_and_what_was_measured_are_compared_as_such() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.5, 0.5], name="Plan")
    found = cvj.measure(plan.simulate_log(1000), "five")
    gap = cvj.compare([plan, found])
    assert isinstance(gap, Gap)
    assert gap.summary.endswith("All of it could be chance.")
    assert str(cvj.compare([found, plan])) == gap.summary
    # Once somebody types other counts over it, it is measured no longer.
    typed = found.put("segments[0].counts.conversion", 400)
    assert typed.measurement is None
    assert not isinstance(cvj.compare([plan, typed]), Gap)


def test_all_that_is_wrong_is_said_in_one_sentence_each() -> None:
    with pytest.raises(cvj.InputError, match="events must say which events are those of which"):
        measured()
    with pytest.raises(
        cvj.InputError, match="option: 'windows' is not known; did you mean 'window'"
    ):
        measured(STAGES, windows="30d")  # type: ignore[call-arg]  # no such option
    with pytest.raises(cvj.InputError, match="window: '30' must be a number and a unit"):
        measured(STAGES, window="30")
    with pytest.raises(cvj.InputError, match=r"optional: 'wow' is not known; choose from reach"):
        measured(STAGES, optional=["wow"])
    with pytest.raises(cvj.InputError, match="person: 'who' is given by the log; leave it out"):
        cvj.measure(EventLog(LOG, **NAMED), "five", STAGES, person="who")
    with pytest.raises(cvj.InputError, match="engine: 'hive' is not known; choose from duckdb"):
        measured(STAGES, engine="hive")


def test_it_tells_how_far_it_is_and_can_be_stopped() -> None:
    told: list[float] = []
    measured(STAGES, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        measured(STAGES, stop=stop)


def test_one_log_is_counted_under_several_definitions_side_by_side() -> None:
    found = compared(STAGES, windows=["7d", None])
    table = found.table.pivot_table("people", "definition", "key")
    assert table.loc["as asked for"].dropna().to_dict() == {
        "reach": 3,
        "conversion": 2,
        "retention": 1,
    }
    assert table.loc["order open"].dropna().to_dict() == {
        "reach": 3,
        "conversion": 3,
        "retention": 1,
    }
    assert table.loc["order strict_order", "retention"] == 0
    assert table.loc["window 7d", "conversion"] == 1
    assert "window any time" not in table.index
    change = found.table.set_index(["definition", "key"])["change"]
    assert change["window 7d", "conversion"] == -1
    bars = [trace.meta for trace in found.figure().data if trace.meta["mark"] == "bar"]
    shown = {(bar["definition"], bar["key"]): bar["people"] for bar in bars}
    assert shown["window 7d", "conversion"] == 1
    assert shown["as asked for", "conversion"] == 2
    assert list(found.shown.columns) == [
        "Reach",
        "Acquisition",
        "Conversion",
        "Retention",
        "Loyalty",
    ]


def test_orders_without_a_meaning_are_left_out_where_a_stage_is_optional() -> None:
    found = compared(STAGES, optional=["conversion"])
    assert "order strict_order" in found.others
    assert "order open" not in found.others


def test_the_log_in_data_is_drawn_from_a_truth_that_differs_from_the_plan_in_one_step() -> None:
    drawn = run_path(str(LOGS / "draw.py"))["draw"]()
    assert drawn.to_csv(index=False) == (LOGS / "coffee.csv").read_text(encoding="utf-8")
    plan = cvj.read_journey(LOGS / "coffee_plan.toml")
    found = cvj.measure(
        LOGS / "coffee.csv",
        "eight",
        EVENTS,
        channel="channel",
        awareness="awareness",
        revenue="revenue",
        cost="cost",
        counts_bots=False,
    )
    gap = cvj.compare([plan, found])
    assert isinstance(gap, Gap)
    sure = gap.table[~gap.table["could_be_chance"].fillna(True)]
    assert {*sure["key"]} == {"conversion"}
    assert "Instagram" in {*sure["segment"]}
