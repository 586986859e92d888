"""How the rules of the audit are tested: a design that is sound, and one thing changed in it.

All begin with a design in which nothing is found (`tests.designs.sound`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

import cvjkit as cvj
from cvjkit.audit.findings import Finding
from tests.designs import messages, sound, tactics

Change = Callable[[cvj.Journey], cvj.Journey]


@dataclass(frozen=True)
class Case:
    """A change to the sound design, or a design of its own, and what is found then."""

    rule: str
    change: Change
    severity: str
    says: str
    stage: str | None = None
    segment: str | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    times: int = 1

    def __str__(self) -> str:
        return f"{self.rule} {self.says}"


def own(journey: cvj.Journey) -> Change:
    """Take this design in place of the sound one."""
    return lambda _: journey


def counts(journey: cvj.Journey, **changed: int) -> cvj.Journey:
    """Change people of the first segment."""
    for stage, people in changed.items():
        journey = journey.with_stage(stage, people=people, segment="Clips")
    return journey


def plan(**entrants: float) -> cvj.Journey:
    """A plan in which half goes on at each of nine stages, with these people from outside."""
    return cvj.Journey.from_rates("nine", {"target": 1000, **entrants}, [0.5] * 8)


def eight(*people: int) -> cvj.Journey:
    return cvj.Journey.from_counts("eight", people)


def unready(journey: cvj.Journey, minutes: float) -> cvj.Journey:
    """People who know nothing, asked to pay after so many minutes, with nothing free before."""
    journey = journey.with_segment("Ads", awareness="unaware", content="entertaining")
    journey = messages(tactics(journey, "lead", "Request for contact details"), "lead")
    for key in journey.framework.keys[1:7]:
        journey = journey.with_stage(key, delay_days=0)
    return journey.with_stage("offered", delay_days=minutes / 24 / 60)


def without_core(journey: cvj.Journey) -> cvj.Journey:
    document = journey.document()
    first, _ = document["offers"]
    return cvj.Journey.from_document({**document, "offers": [first]})


def five(**fields: float) -> cvj.Journey:
    """A plan in five stages."""
    return cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1], **fields)


def by_time(**tactics_at: str) -> cvj.Journey:
    """A design in which people give time before money, with one tactic at some stages."""
    journey = cvj.Journey.from_counts("eight:time", [900, 90, 40, 20, 9, 5, 3, 1])
    for stage, tactic in tactics_at.items():
        journey = journey.with_stage(stage, tactics=[tactic])
    return journey


def say(journey: cvj.Journey, rule: str) -> tuple[Finding, ...]:
    return journey.audit()[rule]


class RuleTests:
    """The tests of a module that lists FIRES, PASSES and NEEDS; its conftest hands them out."""

    def test_a_rule_finds_it_and_says_where_and_by_which_numbers(self, fires: Case) -> None:
        found = say(fires.change(sound()), fires.rule)
        assert {finding.answer for finding in found} == {"fires"}
        assert len(found) == fires.times
        (finding,) = [one for one in found if fires.says in one.message]
        assert (finding.severity, finding.stage, finding.segment) == (
            fires.severity,
            fires.stage,
            fires.segment,
        )
        for name, number in fires.numbers.items():
            assert finding.numbers[name] == pytest.approx(number), name

    def test_a_rule_passes_what_lies_on_the_line_or_is_solved_otherwise(
        self, passes: tuple[str, str, Change, str]
    ) -> None:
        rule, _, change, says = passes
        (finding,) = say(change(sound()), rule)
        assert finding.answer == "passes"
        assert says in finding.message

    def test_a_rule_that_lacks_something_says_what(self, needs: tuple[str, Change, str]) -> None:
        rule, change, need = needs
        (finding,) = say(change(sound()), rule)
        assert finding.answer == "cannot tell"
        assert any(need in asked for asked in finding.needs), finding.needs


class RuleAndLineTests(RuleTests):
    """Those of a module that lists STRICT, too: thresholds with another value."""

    def test_a_line_drawn_elsewhere_changes_what_is_found(
        self, strict: tuple[str, str, float, Change]
    ) -> None:
        name, rule, value, change = strict
        journey = change(sound())
        assert {finding.answer for finding in say(journey, rule)} == {"passes"}
        stricter = journey.with_terms(thresholds={name: value})
        assert {finding.answer for finding in say(stricter, rule)} == {"fires"}
