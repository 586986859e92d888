"""A definition that cannot be meant is refused with every fault."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta

import pytest

from cvjkit.errors import InputError, unknown_name
from cvjkit.measurement.definition import ORDERS, REENTRIES, Definition, Exclusion, Step
from tests.measurement.logs import definition

DAY = timedelta(days=1)


def faults(*steps: Step, **how: object) -> list[str]:
    with pytest.raises(InputError) as refused:
        Definition(steps, **how)  # type: ignore[arg-type]
    return [str(fault) for fault in refused.value.faults]


def test_every_fault_of_a_definition_is_told_at_once() -> None:
    told = faults(
        Step("a", optional=True, within=DAY),
        Step("b", within=-DAY),
        Step("b"),
        order="orderly",
        reentry="all",
        window=-DAY,
        exclusions=(Exclusion("b", after="c", before="b"),),
    )
    assert told == [
        "steps: 'b' names two things; give each step and exclusion a name of its own",
        str(unknown_name("order", "orderly", ORDERS)),
        str(unknown_name("reentry", "all", REENTRIES)),
        str(unknown_name("exclusions[b].after", "c", ["b", "b"])),
        "window: datetime.timedelta(days=-1) must not be negative; give 0 or more",
        "steps[b].within: datetime.timedelta(days=-1) must not be negative; give 0 or more",
        "steps[a].optional must not be set, since attempts begin there; make the step required",
        "steps[a].within must not be set, since no step is before it; remove it",
    ]


def test_there_is_at_least_one_step_and_no_more_than_bits() -> None:
    assert faults() == ["steps must not be empty; give at least one"]
    assert Definition(tuple(Step(str(number)) for number in range(63))).bits["62"] == 2**62
    [fault] = faults(*(Step(str(number)) for number in range(64)))
    assert fault == "steps: 64 must be at most 63, exclusions included; leave some out"


def test_an_exclusion_is_between_two_required_steps_in_their_order() -> None:
    steps = (Step("a"), Step("b", optional=True), Step("c"))

    def told(after: str, before: str) -> list[str]:
        return faults(*steps, exclusions=(Exclusion("x", after=after, before=before),))

    assert told("a", "b") == [str(unknown_name("exclusions[x].before", "b", ["a", "c"]))]
    for after, before in ("ca", "cc"):
        [fault] = told(after, before)
        assert fault.endswith(f"{before!r} must be a step after 'c'; name a later one")


@pytest.mark.parametrize("order", ["any_order", "open"])
def test_what_needs_an_order_is_refused_without_one(order: str) -> None:
    steps = (Step("a"), Step("b", optional=True, within=DAY), Step("c"))
    exclusions = (Exclusion("x", after="a", before="c"),)
    rest = f"has no meaning in the order {order}; remove it, or choose another order"
    assert faults(*steps, order=order, exclusions=exclusions) == [
        f"steps[b].optional {rest}",
        f"steps[b].within {rest}",
        f"exclusions[x] {rest}",
    ]


def test_a_definition_is_a_value_that_travels() -> None:
    what = replace(definition(), exclusions=(Exclusion("x", after="a", before="c"),))
    assert pickle.loads(pickle.dumps(what)) == what  # noqa: S301 - just written
    assert hash(what) == hash(replace(what))


def test_the_words_explain_every_choice() -> None:
    words = Definition.__doc__ or ""
    assert all(f"``{name}``:" in words for name in (*ORDERS, *REENTRIES))
