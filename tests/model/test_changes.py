from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import cvjkit as cvj
from cvjkit.model.design import Design
from cvjkit.model.rows import TABLES, step_to
from cvjkit.paths import Title, path_of, steps_of
from tests.designs import sound
from tests.strategies import journeys


def shop() -> cvj.Journey:
    return cvj.Journey.from_counts("five", [1000, 200, 100, 40, 10], name="Shop")


def plan() -> cvj.Journey:
    return cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1], name="Plan")


def two() -> cvj.Journey:
    return plan().with_segment("Blog", entrants=10, rates=[0.5] * 4)


def fault(journey: cvj.Journey, path: str, value: Any) -> str:
    with pytest.raises(cvj.InputError) as refused:
        journey.put(path, value)
    (only,) = refused.value.faults
    return str(only)


def paths(design: Design) -> Iterator[str]:
    """All paths of a design that lead to a value."""
    for name, value in dict(design).items():
        if name != "framework":
            yield from map(path_of, below(design, value, (name,)))


def below(design: Design, node: object, steps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(node, BaseModel | dict):
        for name, value in dict(node).items():
            yield from below(design, value, (*steps, name))
    elif isinstance(node, tuple) and steps[-1] in TABLES:
        for key, number in zip(design.framework.keys, node, strict=True):
            yield from below(design, number, (*steps, key))
    elif isinstance(node, tuple):
        for index, row in enumerate(node):
            # Faults name the rows of a row by their index.
            step = step_to(steps[-1], node, index) if len(steps) == 1 else Title(index)
            yield from below(design, row, (*steps, step))
    elif node is not None:
        yield steps


DRAWN = journeys(money=True, unknown=True) | st.just(sound())


@given(DRAWN, st.data())
def test_what_is_found_at_a_path_put_there_changes_nothing(
    journey: cvj.Journey, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(list(paths(journey))))
    assert journey.get(path) is not None
    assert journey.put(path, journey.get(path)) == journey


@given(DRAWN, st.data())
def test_a_fault_names_the_path_where_the_right_value_mends_it(
    journey: cvj.Journey, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(list(paths(journey))))
    value = data.draw(st.sampled_from([-1, 1.5e300, "", " ", [], {"x": 1}, object, float("nan")]))
    try:
        changed = journey.put(path, value)
    except cvj.InputError as refused:
        fields = [found.field for found in refused.faults]
        assert fields
        for field in fields:
            steps = steps_of(field)
            assert path_of(steps) == field
            assert journey.put(field, journey.get(field)) == journey
        assert any(path == field or path.startswith(field) for field in fields)
    else:
        assert changed.put(path, journey.get(path)) == journey


def test_every_kind_of_value_is_put_and_found() -> None:
    for path, value in (
        ("name", "Other"),
        ("fixed_cost", 20.0),
        ("thresholds.bypass_share", 0.2),
        ("also_known.lead", 300.0),
        ("segments[Everyone].spend", 5.0),
        ("segments[Everyone].counts.conversion", 90.0),
        ("stages.conversion.people", 90.0),
        ("stages.conversion.unit_cost", 4.0),
        ("stages.conversion.tactics[0].name", "Fair"),
        ("offers.conversion.price", 6.0),
        ("offers.wowed.name", "Box"),
        ("transitions[conversion to reach].rate", 0.1),
        ("referrals[loyalty to reach].per_person", 2.0),
        ("view", "nine"),
    ):
        assert shop().put(path, value).get(path) == value, path


def test_none_clears_a_value_and_removes_a_row() -> None:
    full = sound()
    for path in (
        "next_test_days",
        "segments[Ads].spend",
        "stages.lead.delay_days",
        "offers.first_payment.value",
        "offers.first_payment",
        "referrals[promoter to lead].per_person",
        "referrals[promoter to lead]",
    ):
        assert full.get(path) is not None
        assert full.put(path, None).get(path) is None, path
    assert len(full.put("segments[Ads]", None).segments) == 1
    assert full.put("stages.aware.tactics[Ads]", None).get("stages.aware.tactics[0].kind")
    assert full.put("thresholds.price_jump", 20).put("thresholds.price_jump", None) == full
    assert full.put("currency", None).currency == ""


def test_an_offer_is_found_by_its_stage_its_milestone_and_its_name() -> None:
    offered = shop().with_offer("conversion", name="Taster box", price=6)
    for row in (".conversion", ".first_payment", "[Taster box]", "[0]"):
        assert offered.put(f"offers{row}.price", 7).offers[0].price == 7


def test_counts_put_into_a_plan_make_it_counted_and_rates_with_entrants_a_plan() -> None:
    counted = plan().put("segments[Everyone].counts", [9, 8, 7, 6, 5])
    assert counted.segments[0].counts == (9, 8, 7, 6, 5)
    assert fault(counted, "segments[Everyone].rates", [0.5] * 4).startswith("segments[Everyone]: ")
    assert fault(shop(), "stages.conversion.rate", 0.5) == (
        "segments[Everyone].rates.conversion: 0.5 cannot be set: the segment is counted; "
        "give people, or make it a what-if"
    )


def test_a_segment_is_renamed_in_its_place() -> None:
    assert [row.name for row in two().put("segments[Everyone].name", "Ads").segments] == [
        "Ads",
        "Blog",
    ]


def test_nobody_enters_where_entrants_are_cleared() -> None:
    path = "segments[Everyone].entrants.conversion"
    assert plan().put(path, 5).put(path, None).get(path) == 0


STAGES = "reach, acquisition, conversion, retention, loyalty"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nmae", "nmae: 'nmae' is not known; did you mean 'name'? Choose from name, framework, "),
        ("stages.convertion.unit_cost", "stages.convertion: 'convertion' is not known; did you"),
        ("stages.convertion.rate", "stages.convertion: 'convertion' is not known; did you mean "),
        ("stages.reach.unit_costs", "stages.reach.unit_costs: 'unit_costs' is not known; did you"),
        (
            "stages.reach.tactics[1].name",
            "stages.reach.tactics[1]: '1' is not known; choose from 0",
        ),
        ("segments[Blag].spend", "segments[Blag]: 'Blag' is not known; did you mean 'Blog'? "),
        (
            "segments[Blog].rates.reech",
            "segments[Blog].rates.reech: 'reech' is not known; choose from",
        ),
        ("segments[Blog].rates.reach.x", "segments[Blog].rates.reach.x: 'x' leads nowhere; stop a"),
        ("offers.frist_payment.price", "offers.frist_payment: 'frist_payment' is not known; did "),
        ("transitions[a to reach].rate", "transitions[a to reach]: 'a to reach' is not known; "),
        (
            "also_known.leed",
            "also_known.leed: 'leed' is not known; did you mean 'lead'? Choose from ",
        ),
        ("thresholds.price", "thresholds.price: 'price' is not known; did you mean 'price_jump'?"),
        ("name.first", "name.first: 'first' leads nowhere; stop at name"),
        ("name..first", "path: 'name..first' is not a path from '..first' on; write it like "),
        ("", "path: '' is empty; write it like segments[Ads].counts.conversion"),
        ("accepted[A11].reason", "accepted[A11]: 'A11' is not known; there is none to choose"),
    ],
)
def test_an_unknown_path_lists_the_choices_where_it_goes_wrong(path: str, said: str) -> None:
    assert fault(two(), path, 1).startswith(said)
    if not path.startswith("name"):
        with pytest.raises(cvj.InputError):
            two().get(path)


def test_the_framework_is_not_put() -> None:
    assert fault(shop(), "framework", "eight").endswith("carry the design over with in_framework")


def test_rows_of_one_title_are_told_apart_by_their_index() -> None:
    twice = shop().with_stage("reach", tactics=["Fair", "Fair", "2"])
    assert [step_to("tactics", twice.stages[0].tactics, index) for index in range(3)] == [
        "0",
        "1",
        "2",
    ]
    assert isinstance(step_to("tactics", twice.stages[0].tactics, 2), Title)
    changed = twice.put("stages.reach.tactics[1].channel", "email")
    assert [tactic.channel for tactic in changed.stages[0].tactics] == [None, "email", None]


@pytest.mark.parametrize("key", ["[", "a b", "[x]", "\x1b[31m", "", "."])
def test_a_key_that_is_no_key_of_a_path_is_refused_by_its_path(key: str) -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    for path, value in {
        "stages.acquisition": {key: 1},
        "segments[0]": {key: 1},
        "also_known": {key: 1},
        "thresholds": {key: 1},
    }.items():
        with pytest.raises(cvj.InputError) as refused:
            plan.put(path, value)
        for fault in refused.value.faults:
            assert steps_of(fault.field)
