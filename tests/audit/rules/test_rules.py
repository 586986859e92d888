"""What holds for all rules of the audit."""

from __future__ import annotations

import pytest

import cvjkit as cvj
from cvjkit.audit.audit import refused
from cvjkit.audit.rules import rules
from cvjkit.errors import InputError
from cvjkit.model.parts import Thresholds
from tests.audit.rules import (
    test_attract,
    test_numbers,
    test_order,
    test_prices,
    test_sell,
    test_voice,
    test_wow,
)
from tests.audit.rules.cases import eight, say
from tests.designs import COUNTS, messages, sound, tactics

MODULES = (
    test_attract,
    test_order,
    test_prices,
    test_sell,
    test_numbers,
    test_voice,
    test_wow,
)


@pytest.mark.parametrize("rule", [rule.id for rule in rules()])
def test_a_rule_finds_nothing_in_a_sound_design(rule: str) -> None:
    (finding,) = say(sound(), rule)
    assert finding.answer == "passes"
    assert finding.message
    assert finding.message != "Nothing to find."


def test_impossible_numbers_are_findings_of_a_file() -> None:
    with pytest.raises(InputError) as error:
        cvj.Journey.from_rates("five", -5, [1.5, 0.2, 0.4, 0.1])
    audit = refused(error.value, rules())
    assert [finding.severity for finding in audit["A45"]] == ["E", "E"]
    assert [finding.numbers["value"] for finding in audit["A45"]] == [-5, 1.5]
    assert "rates.acquisition: 1.5 must be between 0 and 1" in audit["A45"][1].message
    assert {finding.answer for finding in audit if finding.id != "A45"} == {"cannot tell"}


def test_every_rule_has_a_case_that_fires() -> None:
    fired = {case.rule for module in MODULES for case in module.FIRES} | {"A45"}
    assert fired == {rule.id for rule in rules()} == {f"A{number:02}" for number in range(1, 57)}


ANSWERED_BY_COUNTS = ["A01", "A02", "A04", "A41", "A43", "A44", "A45", "A46", "A47", "A48"]
ANSWERED_BY_COUNTS += ["A49", "A50", "A51"]


def test_five_counts_answer_what_counts_can_and_the_rest_says_what_it_needs() -> None:
    audit = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10]).audit()
    answered = [finding.id for finding in audit if finding.answer != "cannot tell"]
    assert answered == ANSWERED_BY_COUNTS
    for finding in audit.unanswered:
        assert finding.needs
        assert finding.message == f"Cannot tell: needs {'; '.join(finding.needs)}."
    assert [finding.id for finding in audit.fired] == ["A04", "A44", "A51"]
    assert {finding.severity for finding in audit.fired} == {"I"}


def test_what_is_not_listed_is_not_missing_while_a_tactic_may_be_it() -> None:
    parrot = tactics(messages(sound(), "promoter"), "promoter", "A parrot")
    assert say(parrot, "A37")[0].needs == ("the kind of A parrot",)
    elsewhere = tactics(messages(tactics(sound(), "aware", "A parrot"), "promoter"), "promoter")
    assert say(elsewhere, "A37")[0].answer == "fires"


def test_every_threshold_is_used() -> None:
    used = [name for module in MODULES for name, *_ in getattr(module, "STRICT", ())]
    assert sorted(used) == sorted(Thresholds.model_fields)


# --- where the documents differ -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "journey"),
    [
        ("A01", cvj.Journey.from_counts("five", [900, 90, 40, 30, 0])),
        ("A01", cvj.Journey.from_counts("seven", [900, 90, 40, 30, 9, 5, 0])),
        ("A04", cvj.Journey.from_counts("five", [900, 90, 40, 30, 0])),
        ("A40", eight(900, 90, 40, 20, 9, 5, 3, 4)),
        ("A43", cvj.Journey.from_counts("eight:time", [900, 90, 40, 20, 9, 5, 3, 1])),
        ("A43", cvj.Journey.from_counts("full:time", [9] * 14)),
        ("A44", cvj.Journey.from_counts("five", [900, 90, 40, 30, 0])),
        ("A44", cvj.Journey.from_counts("seven", [900, 90, 40, 30, 9, 5, 0])),
        ("A44", cvj.Journey.from_counts("full", list(COUNTS), view="five")),
    ],
)
def test_where_the_documents_differ_it_is_only_worth_knowing(
    rule: str, journey: cvj.Journey
) -> None:
    assert [(finding.answer, finding.severity) for finding in say(journey, rule)] == [
        ("fires", "I")
    ]


def test_the_framework_it_is_shown_in_decides_how_grave_an_empty_stage_is() -> None:
    spine = cvj.Journey.from_counts("full", [*COUNTS[:9], 0, 0, 0, 0])
    for view, stage, severity in (
        ("eight", "ascension", "F"),
        ("nine", "offer_more", "W"),
        ("five", "retention", "I"),
        ("full", "bought_again", "I"),
    ):
        found = say(spine.with_terms(view=view), "A01")
        assert (found[0].stage, found[0].severity) == (stage, severity)
