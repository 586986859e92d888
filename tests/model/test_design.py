from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.audit.findings import passes, rule
from cvjkit.model import design
from cvjkit.model.solver import solve
from tests.designs import sound


class Solves:
    """Counts how often a flow is worked out."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *given: Any) -> cvj.Flow:
        self.times += 1
        return solve(*given)


@pytest.fixture
def solves(monkeypatch: pytest.MonkeyPatch) -> Solves:
    counter = Solves()
    monkeypatch.setattr(design, "solve", counter)
    return counter


def test_flow_economics_and_audit_of_a_design_take_one_solve(solves: Solves) -> None:
    journey = sound()
    for _ in range(2):
        journey.flow()
        journey.economics()
        journey.economics("Ads")
        journey.through("nine")
        journey.audit()
        journey.audit(rules=cvj.rules())
    assert solves.times == 1
    assert journey.flow() is journey.flow()
    assert journey.economics() is journey.economics()
    assert journey.economics("Ads") is journey.economics("Ads")
    assert journey.audit() is journey.audit()


def test_a_changed_design_is_worked_out_anew_and_the_old_one_is_not(solves: Solves) -> None:
    shop = cvj.Journey.from_counts("five", [1000, 200, 100, 40, 10])
    changed = shop.put("stages.conversion.people", 50)
    assert (shop.economics().customers, changed.economics().customers) == (100, 50)
    assert shop.audit() is not changed.audit()
    assert solves.times == len((shop, changed))
    assert shop.put("name", "Other").flow().name == "Other"


def test_a_copy_takes_nothing_along_that_was_worked_out_from_other_values() -> None:
    shop = cvj.Journey.from_counts("five", [1000, 200, 100, 40, 10])
    segment = shop.segments[0].model_copy(update={"counts": (1000.0, 200.0, 50.0, 40.0, 10.0)})
    shop.audit()
    changed = shop.model_copy(update={"segments": (segment,)})
    assert (shop.economics().customers, changed.economics().customers) == (100, 50)
    for again in (copy.copy(shop), copy.deepcopy(shop), pickle.loads(pickle.dumps(shop))):  # noqa: S301 - our own
        assert again == shop
        assert again.economics().customers == 100


def test_what_was_worked_out_is_no_part_of_the_design() -> None:
    shop = cvj.Journey.from_counts("five", [1000, 200, 100, 40, 10])
    fresh, shown = cvj.Journey.from_document(shop.document()), repr(shop)
    shop.audit()
    assert shop == fresh
    assert hash(shop) == hash(fresh)
    assert repr(shop) == shown
    assert shop.document() == fresh.document()


def test_a_rule_of_ones_own_is_asked_each_time() -> None:
    asked = []

    @rule("X1", "I", "Whether it is asked", "Ours.", basis="model")
    def own(facts: Any) -> Any:
        asked.append(facts)
        yield passes("Asked.")

    shop = cvj.Journey.from_counts("five", [1000, 200, 100, 40, 10])
    assert shop.audit(rules=[own]) is not shop.audit(rules=[own])
    assert len(asked) == len("12")
