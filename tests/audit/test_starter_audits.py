"""What the audit finds in the five starter journeys: each tells the story it was made for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import cvjkit as cvj
from cvjkit.audit.audit import Audit
from cvjkit.audit.findings import Finding

FOLDER = Path(__file__).parents[2] / "data" / "journeys"


class Story(NamedTuple):
    """Rules by id: all that find something, what is accepted of them, what one should learn."""

    found: str
    accepted: str
    lessons: str


STORIES = {
    # Dear to be known is not dear to win; the taster is not cheap; five knows no leads.
    "coffee_subscription": Story("A11 A16 A21 A44 A54 A56", "A21", "A11 A16 A44"),
    # Lenses and their fluid have cycles of their own; opticians' patients are other people.
    "contact_lenses": Story("A18 A21 A33 A51 A54 A56", "A18 A21", "A33 A56"),
    # A loss leader, on purpose; its payback is slow.
    "cleaning_company": Story("A18 A51 A54 A56", "A18", "A18 A54"),
    # Conversion here is time given; customers pay later.
    "dating_coach": Story("A18 A21 A43 A51 A54 A55 A56", "A18 A21", "A43"),
    # Thin margins and money that comes late; seven has no place for those who bring friends.
    "touring_band": Story("A08 A18 A44 A52 A54 A56", "A08 A18", "A44 A52 A54"),
}
OF_EACH = pytest.mark.parametrize("name", STORIES)


def starter(name: str) -> cvj.Journey:
    return cvj.read_journey(FOLDER / f"{name}.toml")


def audited(name: str) -> Audit:
    return starter(name).audit()


def ids(findings: tuple[Finding, ...]) -> list[str]:
    return sorted({finding.id for finding in findings})


def test_every_starter_has_a_story() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(STORIES)


@OF_EACH
def test_the_audit_of_a_starter_finds_what_it_is_meant_to_teach_and_nothing_else(
    name: str,
) -> None:
    story = STORIES[name]
    assert ids(audited(name).fired) == story.found.split()
    assert set(story.lessons.split()) <= set(story.found.split())


@OF_EACH
def test_the_readme_tells_of_a_starter_what_its_audit_finds(name: str) -> None:
    lines = (FOLDER.parent / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"| `{name}.toml` |"))
    told = set(re.findall(r"A\d\d", line))
    assert set(STORIES[name].lessons.split()) <= told <= set(STORIES[name].found.split())


@OF_EACH
def test_what_a_starter_accepts_is_found_and_has_a_reason(name: str) -> None:
    audit = audited(name)
    accepted = tuple(finding for finding in audit.fired if finding.accepted is not None)
    assert ids(accepted) == STORIES[name].accepted.split()
    assert audit.unmatched == ()


@OF_EACH
def test_the_worksheet_of_a_starter_answers_every_rule_and_leaves_no_failure(name: str) -> None:
    audit = audited(name)
    needs = [need for finding in audit.unanswered for need in finding.needs]
    assert [need for need in needs if not need.endswith(" lacks")] == []
    assert [str(finding) for finding in audit.failed] == []


@OF_EACH
def test_every_stage_of_a_starter_says_what_is_done_there(name: str) -> None:
    journey = starter(name)
    done = {numbers.stage for numbers in journey.stages if numbers.tactics}
    assert done == set(journey.framework.keys)


def test_the_coffee_taster_costs_more_than_a_third_of_the_bag() -> None:
    (finding,) = audited("coffee_subscription")["A16"]
    assert dict(finding.numbers) == {"entry_price": 6, "core_price": 16, "most": 0.35}


def test_the_market_stall_is_dearer_than_the_ads_and_brings_more_for_its_money() -> None:
    reversed_costs = [dict(finding.numbers) for finding in audited("coffee_subscription")["A11"]]
    assert pytest.approx({"event": 0.55, "advertising": 0.009}) in reversed_costs
    stall, ads = (
        starter("coffee_subscription").economics(segment).ltv_to_cac or 0
        for segment in ("Farmers' market tasting", "Instagram ads")
    )
    assert stall > ads


def test_to_subscribe_is_not_to_take_the_monthly_bag() -> None:
    subscription = cvj.framework("eight")["subscription"]
    assert "C9" in subscription.disagreement_ids
    counted = starter("coffee_subscription").in_framework("eight").flow().stages["people"]
    assert counted["subscription"] == 1346
    assert counted["ascension"] == 161


def test_the_fluid_of_the_lenses_is_empty_before_the_pack_is() -> None:
    (finding,) = audited("contact_lenses")["A33"]
    assert dict(finding.numbers) == {"cycle_days": 90, "shortest": 45, "longest": 90}


def test_opticians_cost_many_times_a_search_ad_and_bring_the_most_for_it() -> None:
    journey = starter("contact_lenses")
    (finding,) = journey.audit()["A56"]
    assert "Optician partners" in finding.message
    by_name = {segment.name: journey.economics(segment.name) for segment in journey.segments}
    cost = {name: money.stages["cost_per_person"]["aware"] for name, money in by_name.items()}
    assert cost["Optician partners"] / cost["Search ads"] == pytest.approx(17, abs=0.5)
    ratio = {name: money.ltv_to_cac or 0 for name, money in by_name.items()}
    assert max(ratio, key=lambda name: ratio[name]) == "Optician partners"


def test_the_cheap_room_covers_half_of_what_a_customer_costs_from_the_lead_on() -> None:
    (finding,) = audited("cleaning_company")["A18"]
    assert finding.numbers["cover"] == pytest.approx(0.53, abs=0.005)


def test_door_hangers_lose_money_even_with_nothing_of_the_fixed_cost() -> None:
    alone = starter("cleaning_company").with_terms(fixed_cost=None)
    for segment in alone.segments:
        if segment.name != "Door hangers":
            alone = alone.without_segment(segment.name)
    assert "A54" in ids(alone.audit().failed)


def test_conversion_of_the_dating_coach_counts_time_and_customers_start_later() -> None:
    (finding,) = audited("dating_coach")["A43"]
    assert dict(finding.numbers) == {"gave_time": 622, "paid": 81}
    assert "C3" in cvj.framework("eight:time")["conversion"].disagreement_ids


def test_the_band_earns_little_and_late() -> None:
    together = [finding for finding in audited("touring_band")["A54"] if finding.segment is None]
    little, late = together
    assert little.numbers["ltv_net"] / little.numbers["cac"] == pytest.approx(1.09, abs=0.005)
    assert late.numbers["payback_days"] == pytest.approx(503, abs=0.5)
