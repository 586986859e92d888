"""The audit in the Designer, on values: what it finds is shown, accepted, and taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.catalog.sources import cited
from cvjkit.widgets import later
from tests.widgets.hand import MONEY, REDO, SHOP, TWO, UNDO, Hand

JOURNEYS = Path(__file__).parents[3] / "data" / "journeys"
FINDING, REASON = ("accepting", "new", "finding"), ("accepting", "new", "reason")
ACCEPT, TAKE_BACK = ("accepting", "new", "add"), ("accepted", "0", "remove")
EVIL = "<img src=x onerror=alert(1)>"


def rows(hand: Hand, part: str, table: str) -> list[dict[str, Any]]:
    tables = {table["id"]: table for table in hand.part(part)["tables"]}
    found: list[dict[str, Any]] = tables[table]["rows"]
    return found


def names(hand: Hand, part: str, table: str) -> list[str]:
    return [row["name"] for row in rows(hand, part, table)]


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.toml")), ids=lambda path: path.stem)
def test_all_that_the_audit_finds_is_shown_with_its_severity_place_and_sources(path: Path) -> None:
    hand, audit = Hand(path), cvj.read_journey(path).audit()
    found = [finding for finding in audit.fired if finding.accepted is None]
    assert names(hand, "audit", "found") == [finding.message for finding in found]
    words = {"E": "Error", "F": "Failure", "W": "Warning", "M": "Money", "I": "Note"}
    for row, finding in zip(rows(hand, "audit", "found"), found, strict=True):
        assert row["note"].startswith(words[finding.severity])
        assert finding.id in row["note"]
        assert finding.because in row["note"]
        assert cited(finding.sources) in row["note"]
        if finding.stage:
            assert audit.framework is not None
            assert audit.framework[finding.stage].name in row["note"]
        assert (row["tone"] == "grave") == finding.failed
    accepted = {finding.accepted for finding in audit.fired} - {None}
    notes = " ".join(row["note"] for row in rows(hand, "audit", "accepted"))
    assert all(f"Accepted: {reason}" in notes for reason in accepted)
    assert len(rows(hand, "audit", "accepted")) == len(hand.journey.accepted)


def test_it_says_how_complete_the_design_is_and_what_it_would_need() -> None:
    hand, audit = Hand(SHOP), SHOP.audit()
    answered = 56 - len(audit.unanswered)
    assert hand.part("audit")["brief"] == (
        f"{answered} of 56 rules answered, 0 failures, 0 warnings"
    )
    assert hand.part("audit")["fold"] == "closed"
    assert hand.part("unanswered")["fold"] == "closed"
    needs = {row["id"]: row["note"] for row in rows(hand, "unanswered", "unanswered")}
    assert needs == {
        finding.id: f"Needs {'; '.join(finding.needs)}. Rule {finding.id}."
        for finding in audit.unanswered
    }


def test_the_findings_follow_what_is_typed() -> None:
    hand = Hand(MONEY)
    assert not any("Each customer costs" in name for name in names(hand, "audit", "found"))
    hand.types("2", "stages", "reach", "unit_cost")
    assert any("Each customer costs EUR 200" in name for name in names(hand, "audit", "found"))


def test_a_finding_is_accepted_with_a_reason_and_taken_back() -> None:
    hand = Hand(SHOP)
    key, message = next(
        (row["id"], row["name"]) for row in rows(hand, "audit", "found") if "A44" in row["note"]
    )
    hand.types(key, *FINDING).types(" We have no leads. ", *REASON).presses(*ACCEPT)
    (finding,) = hand.journey.audit()["A44"]
    assert finding.accepted == "We have no leads."
    expected = SHOP.with_accepted("A44", "We have no leads.", stage=finding.stage)
    assert hand.journey == expected
    assert message not in names(hand, "audit", "found")
    assert names(hand, "audit", "accepted") == [message]
    assert rows(hand, "audit", "accepted")[0]["note"].endswith("Accepted: We have no leads.")
    assert (hand.text(*FINDING), hand.text(*REASON)) == ("", "")
    hand.presses(*UNDO)
    assert hand.journey == SHOP
    hand.presses(*REDO).presses(*TAKE_BACK)
    assert hand.journey == SHOP
    assert message in names(hand, "audit", "found")


def test_without_a_finding_or_a_reason_nothing_is_accepted() -> None:
    hand = Hand(SHOP).presses(*ACCEPT)
    assert hand.message(*ACCEPT) == "choose a finding first"
    hand.types(rows(hand, "audit", "found")[0]["id"], *FINDING).types("  ", *REASON)
    assert hand.presses(*ACCEPT).message(*ACCEPT) == ("write the reason why you accept it")
    assert hand.journey == SHOP


def test_what_was_accepted_and_is_not_found_can_be_taken_back() -> None:
    hand = Hand(SHOP.with_accepted("A01", "So be it."))
    assert names(hand, "audit", "accepted") == ["The audit does not find this now."]
    assert hand.presses(*TAKE_BACK).journey == SHOP


def test_each_of_several_findings_of_a_rule_at_a_place_is_shown() -> None:
    misplaced = SHOP.with_stage("reach", tactics=["Upsell", "Thank-you note", "Referral reward"])
    hand = Hand(misplaced)
    shown = [row for row in rows(hand, "audit", "found") if "A03" in row["note"]]
    assert len(shown) == len(misplaced.audit()["A03"]) == 3
    assert len({row["id"] for row in shown}) == 3


def test_names_are_data_in_what_is_found_too() -> None:
    named = TWO.with_segment("Ads", rename=EVIL).with_terms(channels_overlap=True)
    hand = Hand(named)
    for row in rows(hand, "audit", "found"):
        hand.types(row["id"], *FINDING)
        assert hand.text(*FINDING) == row["id"]


def test_in_a_notebook_the_picture_goes_first_and_the_audit_when_its_typist_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(later, "get_ipython", object)
    monkeypatch.setattr(later, "PAUSE_SECONDS", 0.0)
    order: list[str] = []

    async def typed() -> None:
        hand = Hand(MONEY)
        await answered(hand)
        hand.designer._view.observe(lambda _: order.append("picture"), "picture")
        before = hand.part("audit")
        for text in ("1", "2", "3"):
            hand.types(text, "stages", "reach", "unit_cost")
            assert hand.part("audit") == before
            assert hand.figure("CAC")[0] == f"EUR {float(text) * 100:,.2f}"
        monkeypatch.setattr(cvj.Journey, "audit", counted(cvj.Journey.audit, order))
        await answered(hand)
        assert "EUR 300" in str(hand.part("audit"))

    asyncio.run(typed())
    assert order[-1] == "audit"
    assert order.count("audit") == 1


async def answered(hand: Hand) -> None:
    """Let what waits for a pause be done."""
    while hand.designer._later._waiting is not None:
        await asyncio.sleep(0)


def counted(function: Any, order: list[str]) -> Any:
    def call(*given: Any) -> Any:
        order.append("audit")
        return function(*given)

    return call
