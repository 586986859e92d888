"""Numbers at the ends of what floats hold: an audit never crashes, and says no inf or nan."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.audit.report import as_annotations, as_json, as_text
from cvjkit.cli import main

EXTREMES = st.sampled_from([0.0, 5e-324, 1e-310, 1e-200, 1e-15, 1.0, 1e8, 1e15])
PEOPLE = st.sampled_from([0, 1, 1000, 10**15])
NOT_A_NUMBER = re.compile(r"\b(?:inf|nan|infinity)\b|(?:inf|nan)x", re.IGNORECASE)


@st.composite
def extreme(draw: st.DrawFn) -> cvj.Journey:
    """Give a plan, or counts, with an offer, a cost, a time and a message at every stage."""

    def some() -> float:
        return draw(EXTREMES)

    key = draw(st.sampled_from(["five", "seven", "eight", "nine", "eight:time"]))
    framework = cvj.framework(key)
    rates = [draw(st.sampled_from([0, 1e-9, 0.5, 1])) for _ in framework.keys[1:]]
    journey = cvj.Journey.from_rates(
        framework, draw(PEOPLE), rates, fixed_cost=some(), market=some()
    )
    journey = journey.with_segment("Everyone", spend=some(), channel_kind="blog")
    other: dict[str, Any] = {"entrants": draw(PEOPLE), "rates": rates}
    if draw(st.booleans()):
        other = {"counts": [draw(PEOPLE) for _ in framework.keys]}
    journey = journey.with_segment("Ads", spend=some(), channel_kind="advertising", **other)
    for stage in framework.keys:
        message = {"kind": "delivery", "after_minutes": some(), "times_a_week": some()}
        journey = journey.with_stage(
            stage,
            unit_cost=some(),
            delay_days=some(),
            messages=[message, {**message, "kind": "ask"}],
        )
    for anchor in ("lead", "first_payment", "bought_again"):
        price = some()
        journey = journey.with_offer(
            anchor,
            name=anchor,
            price=price,
            margin=price / 2,
            cycle_days=some(),
            reorder_days=[some()],
            digital=True,
        )
    journey = journey.with_referral(
        framework.keys[-1],
        to=framework.keys[0],
        per_person=draw(st.sampled_from([0, 1e-9, 0.1])),
        reward=some(),
    )
    return journey.with_terms(cohort_age_days=some(), next_test_days=some())


def _refused(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@settings(max_examples=60, deadline=None)
@given(extreme())
def test_an_audit_of_extreme_numbers_is_json_and_says_no_inf(journey: cvj.Journey) -> None:
    audits = [("shop.toml", journey.audit())]
    json.loads(as_json(audits), parse_constant=_refused)
    for written in (as_text(audits), as_annotations(audits)):
        assert not NOT_A_NUMBER.search(written), NOT_A_NUMBER.findall(written)


def test_a_price_that_is_next_to_nothing_is_audited(tmp_path: Any, capsys: Any) -> None:
    shop = cvj.Journey.from_counts("five", [900, 90, 40, 20, 9])
    shop = shop.with_offer("conversion", name="Box", price=1e-310)
    path = shop.with_offer("retention", name="Bag", price=40).save(tmp_path / "shop.toml")
    assert main(["audit", "--format", "json", str(path)]) == 0
    (plain,) = json.loads(capsys.readouterr().out)
    (found,) = [finding for finding in plain["findings"] if finding["id"] == "A19"]
    assert found["answer"] == "fires"
    assert found["numbers"] == {"times": None, "most": 10}
    assert found["message"].startswith("Too big a step: Bag costs 40.00")
