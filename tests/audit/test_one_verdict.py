"""One verdict: each surface shows the same audit of a journey, and says as what it was made."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.audit.audit import Audit
from cvjkit.cli import main
from cvjkit.errors import InputError
from cvjkit.publishing import dashboards
from cvjkit.publishing.canvas import canvas
from cvjkit.widgets.session import Session
from tests.designs import sound, tactics
from tests.widgets.hand import FRAMEWORK, Hand

FOLDER = Path(__file__).parents[2] / "data" / "journeys"
STARTERS = sorted(path.stem for path in FOLDER.glob("*.toml"))
ANNOTATION = re.compile(r"^::\w+ file=[^,]+,title=(A\d\d)[^:]*::(.*)$", re.MULTILINE)
BADGE = re.compile(r'<span class="badge \w" title="Rule (A\d\d)">\w+</span> <bdi>(.*?)</bdi>')
LINE = re.compile(r"^  (A\d\d) (?!needs )(?:\[.*?\] )?(.*)$", re.MULTILINE)

Verdict = set[tuple[str, str]]


def verdict(audit: Audit) -> Verdict:
    """Give rule and message of all that was found and not accepted."""
    return {(found.id, found.message) for found in audit.fired if found.accepted is None}


def of_text(told: str, audit: Audit) -> Verdict:
    accepted = {found.message for found in audit.fired if found.accepted is not None}
    return {(rule, message) for rule, message in LINE.findall(told) if message not in accepted}


def of_json(told: str) -> Verdict:
    findings = json.loads(told)[0]["findings"]
    fired = (found for found in findings if found["answer"] == "fires")
    return {(found["id"], found["message"]) for found in fired if found["accepted"] is None}


def of_panel(form: Any) -> tuple[Verdict, str]:
    (part,) = (part for part in form.document["parts"] if part["id"] == "audit")
    (table,) = (table for table in part["tables"] if table["id"] == "found")
    rules = [re.search(r"A\d\d", row["note"]) for row in table["rows"]]
    found = zip(rules, table["rows"], strict=True)
    return {(rule[0], row["name"]) for rule, row in found if rule}, " ".join(part["notes"])


def shown_everywhere(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, tuple[Verdict, str]]:
    """Give the verdict on each surface, and the text that says as what the journey was audited."""
    audit = cvj.read_journey(path).audit()
    told = {}
    for form in ("text", "json", "github"):
        main(["audit", "--format", form, str(path)])
        told[form] = capsys.readouterr().out
    as_json = json.loads(told["json"])[0]
    page = html.unescape(canvas(path))
    reasons = {found.accepted for found in audit.fired}
    badges = {(rule, text) for rule, text in BADGE.findall(page) if text not in reasons}
    shown: Any = dashboards.journey(path.parent)
    annotated = ANNOTATION.findall(told["github"])
    return {
        "text": (of_text(told["text"], audit), told["text"]),
        "json": (of_json(told["json"]), f"audited as {as_json['audited_as']}"),
        "github": ({(rule, text.replace("%25", "%")) for rule, text in annotated}, told["github"]),
        "canvas": (badges, page),
        "designer": of_panel(Hand(path).designer._form),
        "dashboard": of_panel(shown._designer._form),
    }


@pytest.mark.parametrize("view", [None, "five", "eight"])
@pytest.mark.parametrize("name", STARTERS)
def test_every_surface_shows_the_same_verdict_and_says_as_what(
    name: str, view: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journey = cvj.read_journey(FOLDER / f"{name}.toml")
    journey = journey if view is None else journey.with_terms(view=view)
    path = journey.save(tmp_path / "shown.toml")
    expected = verdict(journey.audit())
    as_what = cvj.framework(view or journey.view or "").name
    assert expected
    for surface, (found, said) in shown_everywhere(path, capsys).items():
        assert found == expected, surface
        assert f"udited as {as_what}" in said, surface


def test_a_journey_that_does_not_say_how_to_be_shown_is_audited_as_its_own_framework(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tactics(sound(), "engaged", "Upsell").save(tmp_path / "own.toml")
    for surface, (found, said) in shown_everywhere(path, capsys).items():
        assert [rule for rule, _ in found] == ["A03"], surface
        assert "udited as Full spine" in said, surface


def test_one_may_ask_for_the_audit_in_another_framework(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journey = cvj.Journey.from_counts("eight", [900, 90, 40, 20, 9, 5, 3, 0], view="five")
    path = journey.save(tmp_path / "shop.toml")
    assert journey.audit().audited_as == "Five-step customer life cycle"
    eight = journey.audit("eight")
    assert eight.framework == journey.framework
    assert journey.audit(cvj.framework("eight"))["A01"] == eight["A01"]
    assert eight["A01"][0].stage == "promotion"
    assert main(["audit", "--framework", "eight", str(path)]) == 1
    assert "audited as Eight-stop Customer Value Journey: " in capsys.readouterr().out
    with pytest.raises(InputError, match="did you mean 'eight'"):
        journey.audit("eigth")
    assert main(["audit", "--framework", "eigth", str(path)]) == 2
    assert "did you mean 'eight'" in capsys.readouterr().err


def test_an_acceptance_holds_in_every_framework_that_has_its_stage(tmp_path: Path) -> None:
    shop = cvj.Journey.from_counts("eight", [900, 90, 40, 20, 9, 5, 3, 1])
    shop = shop.with_stage("awareness", tactics=["Upsell"])
    accepted = shop.with_accepted("A03", "At the fair.", stage="awareness")
    for framework in ("five", "seven", "full", None):
        (found,) = accepted.audit(framework)["A03"]
        assert found.accepted == "At the fair.", framework
    for framework in ("nine", "five"):
        there = shop.with_accepted("A03", "At the fair.", stage="subscription").audit(framework)
        assert [row.stage for row in there.unmatched] == ["subscription"]
        assert [found.accepted for found in there["A03"]] == [None]


def test_what_is_accepted_in_the_designer_is_accepted_in_the_file(tmp_path: Path) -> None:
    """The audit speaks of stages of the framework the journey is shown in, the file of its own."""
    shop = tactics(sound(), "bought_again", "Hook").with_terms(view="five")
    hand = Hand(shop.save(tmp_path / "shop.toml"))
    (finding,) = [found for found in shop.audit().fired if found.id == "A03"]
    assert finding.stage == "retention"
    hand.types("A03/retention//1", "accepting", "new", "finding")
    hand.types("We hook them twice.", "accepting", "new", "reason")
    hand.presses("accepting", "new", "add")
    (row,) = hand.journey.accepted
    assert (row.rule, row.stage) == ("A03", "bought_again")
    assert hand.journey.audit()["A03"][0].accepted == "We hook them twice."
    assert ("A03", finding.message) not in of_panel(hand.designer._form)[0]


def test_who_looks_at_another_framework_in_the_designer_sees_what_is_found_there(
    tmp_path: Path,
) -> None:
    hand = Hand(FOLDER / "coffee_subscription.toml")
    assert of_panel(hand.designer._form)[1] == "Audited as Five-step customer life cycle."
    hand.types("eight", *FRAMEWORK)
    found, said = of_panel(hand.designer._form)
    assert said == "Audited as Eight-stop Customer Value Journey."
    assert found == verdict(cvj.read_journey(FOLDER / "coffee_subscription.toml").audit("eight"))


def test_who_opens_a_journey_in_another_framework_sees_what_is_found_there() -> None:
    coffee = cvj.read_journey(FOLDER / "coffee_subscription.toml")
    hand = Hand(coffee, view="nine")
    found, said = of_panel(hand.designer._form)
    assert said == "Audited as Nine-step Perfect Customer Lifecycle."
    assert found == verdict(coffee.audit("nine"))


@pytest.mark.parametrize("name", STARTERS)
def test_the_audit_of_a_what_if_follows_what_is_typed(name: str) -> None:
    hand = Hand()
    session = Session(cvj.read_journey(FOLDER / f"{name}.toml"), "nine")
    session.begin_what_if()
    hand.designer.load(session)
    verdicts = []
    for text in ("5", "50000"):
        found, said = of_panel(hand.types(text, "stages", "target", "reached").designer._form)
        assert said == "Audited as Nine-step Perfect Customer Lifecycle."
        assert found == verdict(hand.journey.audit("nine"))
        verdicts.append(found)
    assert verdicts[0] != verdicts[1]
