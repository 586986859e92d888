"""A rule says what it found, or what it needs; each rule says what it checks and why."""

from __future__ import annotations

import re

from cvjkit.audit.facts import Facts
from cvjkit.audit.findings import BASES, SEVERITIES, Rule, fires, passes, rule
from cvjkit.audit.rules import rules
from cvjkit.audit.stage_facts import MissingError
from cvjkit.catalog.sources import DOCUMENTS
from cvjkit.journey import Journey


def shop() -> Journey:
    return Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")


def test_a_rule_that_finds_something_and_lacks_something_says_what_it_found() -> None:
    @rule("X1", "W", "Both", "Ours.", basis="model")
    def both(facts: Facts):  # type: ignore[no-untyped-def]  # as a user would write it
        yield fires("Found.", {"people": facts.people(0)})
        raise MissingError("the rest")

    (finding,) = shop().audit(rules=[both])
    assert (finding.answer, finding.message, finding.numbers) == (
        "fires",
        "Found.",
        {"people": 1e4},
    )


def test_a_rule_of_ones_own_stands_beside_the_others() -> None:
    @rule("X1", "F", "The number of customers", "Ours: a shop of one is none.", basis="model")
    def too_few(facts: Facts):  # type: ignore[no-untyped-def]  # as a user would write it
        (customers,) = facts.counted(facts.stage_at("first_payment"))
        if customers < 1000:
            yield fires("Too few customers.", {"customers": customers})
        yield passes("Enough.")

    audit = shop().audit(rules=[*rules(), too_few])
    assert [finding.id for finding in audit.failed] == ["X1"]
    assert audit["X1"][0].numbers == {"customers": 100}
    assert [finding.id for finding in shop().audit().failed] == []


def test_every_rule_says_what_it_checks_why_and_who_says_so() -> None:
    for entry in rules():
        assert isinstance(entry, Rule)
        assert entry.severity in SEVERITIES
        assert entry.basis in BASES
        assert entry.checked
        assert entry.because
        assert bool(entry.sources) == (entry.basis != "model")
        for source in entry.sources:
            assert re.fullmatch(r"00[0-4]:\d+(-\d+)?", source)
        for source in entry.sources:
            assert DOCUMENTS[source[:3]].lower() in entry.because.lower(), entry.id
