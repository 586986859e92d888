"""The audit as a whole: answers, acceptance, rules of one's own, and what the worksheet keeps."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.audit.rules import rules
from cvjkit.catalog.lookup import frameworks
from cvjkit.catalog.sources import awareness_levels
from cvjkit.catalog.spine import milestones
from cvjkit.catalog.tactics import channel_kinds, tactic_kind, tactic_kinds
from cvjkit.errors import InputError
from cvjkit.journey import Journey, read_journey
from cvjkit.model.parts import Accepted, ChannelKind, ContentType, Segment, Tactic, Thresholds
from tests.designs import sound, tactics
from tests.strategies import journeys

DOCS = Path(__file__).parents[2] / "docs" / "audit.md"
SEEDS = ("000", "001", "002", "003", "004")


def shop() -> Journey:
    return Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")


# --- answers ------------------------------------------------------------------------------------


def test_a_design_with_all_in_place_has_every_answer_and_no_finding() -> None:
    audit = sound().audit()
    assert audit.completeness == 1
    assert (audit.fired, audit.failed, audit.unanswered) == ((), (), ())
    assert len(audit) == len(rules()) == 56


def test_completeness_is_the_share_of_rules_with_an_answer() -> None:
    audit = shop().audit()
    unanswered = {finding.id for finding in audit if finding.answer == "cannot tell"}
    assert audit.completeness == pytest.approx(1 - len(unanswered) / 56)
    assert 0 < audit.completeness < 0.5


def test_findings_come_gravest_first_and_failures_are_e_and_f() -> None:
    journey = Journey.from_counts("eight", [900, 90, 100, 20, 20, 5, 3, 0]).with_stage(
        "engagement", tactics=["Upsell"]
    )
    order = [finding.severity for finding in journey.audit().fired]
    assert order == sorted(order, key="EFWMI".index)
    assert {"E", "F", "W"} <= set(order)
    assert [finding.id for finding in journey.audit().failed] == ["A46", "A01", "A03", "A05", "A06"]


def test_what_one_rule_says_is_asked_by_its_id() -> None:
    audit = shop().audit()
    assert [finding.answer for finding in audit["A44"]] == ["fires"]
    with pytest.raises(KeyError, match=r"'Z9' is not a rule of this audit, which has A01, A02"):
        audit["Z9"]


def test_the_table_has_a_row_for_each_finding() -> None:
    audit = shop().audit()
    table = audit.table
    assert list(table.id) == [finding.id for finding in audit]
    row = table.set_index("id").loc["A51"]
    assert (row.severity, row.answer, row.stage, row.basis) == ("I", "fires", "loyalty", "model")
    assert row.numbers["people"] == 40
    assert audit.table.loc[audit.table.answer == "cannot tell", "needs"].map(len).min() > 0


def test_the_document_is_fit_for_json_and_says_the_same() -> None:
    audit = sound().with_stage("wowed", unit_cost=9).audit()
    plain = json.loads(json.dumps(audit.document(), allow_nan=False))
    assert plain["completeness"] == 1
    assert [finding["id"] for finding in plain["findings"]] == [finding.id for finding in audit]
    (found,) = [finding for finding in plain["findings"] if finding["id"] == "A28"]
    assert found["numbers"]["cost_per_person"] == 9
    assert found["sources"] == ["002:18"]


@settings(max_examples=60, deadline=None)
@given(journeys(money=True, unknown=True))
def test_any_design_can_be_audited(journey: Journey) -> None:
    audit = journey.audit()
    assert list(dict.fromkeys(finding.id for finding in audit)) == [entry.id for entry in rules()]
    assert 0 < audit.completeness <= 1
    json.dumps(audit.document(), allow_nan=False)
    for finding in audit:
        assert finding.message
        assert finding.stage in (None, *journey.framework.keys)
        assert bool(finding.needs) == (finding.answer == "cannot tell")


@settings(max_examples=30, deadline=None)
@given(journeys(money=True, unknown=True), st.sampled_from([kind.key for kind in tactic_kinds()]))
def test_any_design_with_a_worksheet_can_be_audited(journey: Journey, kind: str) -> None:
    for key in journey.framework.keys:
        journey = journey.with_stage(
            key, tactics=[{"name": "Do it", "kind": kind}], messages=[{"kind": kind}]
        )
    assert journey.audit().completeness > 0


def test_a_nine_stage_design_is_audited_in_less_than_20_ms() -> None:
    nine = sound().in_framework("nine")
    nine.audit()
    taken = []
    for _ in range(20):
        start = time.process_time()
        nine.audit()
        taken.append(time.process_time() - start)
    assert min(taken) < 0.02


# --- acceptance ---------------------------------------------------------------------------------


def test_an_accepted_finding_is_still_shown_and_fails_no_more() -> None:
    journey = tactics(sound(), "engaged", "Upsell")
    assert [finding.id for finding in journey.audit().failed] == ["A03"]
    accepted = journey.with_accepted("A03", "We sell at the fair.").audit()
    assert accepted.failed == ()
    (finding,) = accepted["A03"]
    assert (finding.answer, finding.accepted) == ("fires", "We sell at the fair.")
    assert str(finding).endswith("Accepted: We sell at the fair.")
    assert accepted.unmatched == ()


def test_an_acceptance_may_be_for_one_stage_or_segment_only() -> None:
    journey = tactics(tactics(sound(), "engaged", "Upsell"), "visited", "Upsell")
    accepted = journey.with_accepted("A03", "Yes.", stage="visited").audit()
    assert [finding.stage for finding in accepted.failed] == ["engaged"]
    unknown = sound().with_segment("Ads", intent=None).with_segment("Clips", intent=None)
    findings = unknown.with_accepted("A08", "Yes.", segment="Ads").audit()["A08"]
    assert {finding.segment: finding.accepted for finding in findings} == {
        "Clips": None,
        "Ads": "Yes.",
    }


def test_what_is_accepted_and_not_found_is_told() -> None:
    audit = sound().with_accepted("A16", "Cheap.").with_accepted("A99", "No such rule.").audit()
    assert [accepted.rule for accepted in audit.unmatched] == ["A16", "A99"]


def test_an_acceptance_is_taken_back_and_given_anew() -> None:
    journey = shop().with_accepted("A44", "One.").with_accepted("A44", "Two.")
    assert [accepted.reason for accepted in journey.accepted] == ["Two."]
    assert journey.with_accepted("A44", None).accepted == ()
    with pytest.raises(InputError, match=r"accepted\[0\]\.reason: '' must not be empty"):
        shop().with_accepted("A44", "")


def test_acceptances_follow_their_stage_into_another_framework() -> None:
    journey = (
        Journey.from_counts("eight", [9, 8, 7, 6, 5, 4, 3, 2])
        .with_accepted("A01", "One.", stage="conversion")
        .with_accepted("A01", "Two.", stage="excitement")
        .with_accepted("A44", "Three.")
    )
    moved = journey.in_framework("nine").accepted
    assert [(accepted.rule, accepted.stage) for accepted in moved] == [
        ("A01", "close"),
        ("A01", "deliver_and_wow"),
        ("A44", None),
    ]
    assert [accepted.stage for accepted in journey.in_framework("five").accepted] == [
        "conversion",
        None,
    ]


# --- rules --------------------------------------------------------------------------------------


def test_the_documentation_lists_every_rule_as_it_is() -> None:
    rows = re.findall(
        r"^\| (A\d\d) \| (\w) \| (.+) \| (.+) \|$", DOCS.read_text("utf-8"), re.MULTILINE
    )
    assert rows == [
        (entry.id, entry.severity, entry.checked, ", ".join(entry.sources) or "ours")
        for entry in rules()
    ]


def test_the_documentation_lists_every_threshold_as_it_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", DOCS.read_text("utf-8"), re.MULTILINE)
    fields = Thresholds.model_fields
    assert [(name, float(value)) for name, value in rows] == [
        (name, field.default) for name, field in fields.items()
    ]


def test_the_examples_of_the_documentation_do_what_it_says(tmp_path: Path) -> None:
    text = DOCS.read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "shop.toml"
    path.write_text(f'schema_version = 1\nname = "Shop"\nframework = "five"\n{example}', "utf-8")
    audit = read_journey(path).audit()
    named = set(re.findall(r"A\d\d", example))
    needy = {finding.id for finding in audit.unanswered}
    # What is left to type for these are numbers: delays, spend, how soon it is delivered.
    assert named & needy == {"A11", "A52"}
    snippet = re.search(r"```python\n(from cvjkit.audit.findings.*?)```", text, re.DOTALL)
    assert snippet is not None
    journey = shop().with_stage("reach", tactics=["Fair"])
    names = {"journey": journey}
    exec(snippet[1].replace("journey.audit", "audit = journey.audit"), names)  # noqa: S102 - ours
    assert [str(finding) for finding in names["audit"]["X1"]] == ["X1 W reach: Nobody owns Fair."]


# --- the lexicon --------------------------------------------------------------------------------


def test_every_tactic_of_a_framework_is_known_and_at_home_at_its_stage() -> None:
    variants = ["eight:time", "full:time"]
    for framework in [*frameworks(), *map(cvj.framework, variants)]:
        for stage in framework:
            for name in stage.tactics:
                kind = tactic_kind(None, name)
                assert kind is not None, name
                assert not kind.homes or stage.milestone in kind.homes, (framework.key, name)


def test_every_framework_with_its_own_tactics_has_each_at_its_step() -> None:
    for key in ("five", "seven", "eight", "nine", "full", "eight:time", "full:time"):
        framework = cvj.framework(key)
        journey = Journey.from_counts(key, list(range(len(framework), 0, -1)))
        for stage in framework:
            journey = journey.with_stage(stage.key, tactics=list(stage.tactics))
        assert [finding.answer for finding in journey.audit()["A03"]] == ["passes"], key


def test_the_lexicon_names_milestones_and_sources_there_are() -> None:
    known = {milestone.key for milestone in milestones()}
    names = [name.casefold() for kind in tactic_kinds() for name in (kind.name, *kind.names)]
    assert len(names) == len(set(names))
    for kind in tactic_kinds():
        assert set(kind.homes) <= known
        assert kind.sources
        assert all(source[:3] in SEEDS for source in kind.sources)


def test_choices_of_the_worksheet_are_those_of_the_data() -> None:
    assert [level.content for level in awareness_levels()] == list(ContentType.__args__)
    assert [*channel_kinds(), "other"] == list(ChannelKind.__args__)


def test_a_tactic_is_what_its_kind_says_or_else_its_name() -> None:
    assert tactic_kind(None, " thank-you MAIL ").key == "thank_you"  # type: ignore[union-attr]  # is there
    assert tactic_kind("gift", "Thank-you mail").key == "gift"  # type: ignore[union-attr]  # is there
    assert tactic_kind(None, "Thank you, mailman") is None


# --- the worksheet is kept ----------------------------------------------------------------------


def filled_in() -> Journey:
    tactic = {"name": "Guide", "kind": "lead_magnet", "channel": "email", "promise": "a = 'b'"}
    tactic |= {"owner": "Ann", "cost": 12.5, "due": "2026-03-31", "example": "x", "solution": "y"}
    return (
        sound()
        .with_stage("lead", tactics=[tactic, "Quiz"])
        .with_offer("bought_again", kind="affiliate", reorder_days=[30, 90], risk_reducer="None")
        .with_terms(thresholds={"price_jump": 20}, loyalty_measured_by="recommendation")
        .with_accepted("A16", 'It "sells".', stage="first_payment")
    )


def test_the_worksheet_makes_the_same_journey_again() -> None:
    journey = filled_in()
    assert Journey.from_document(journey.document()) == journey
    assert eval(journey.code(), {"cvj": cvj}) == journey  # noqa: S307 - our own expression
    assert journey.planned().document()["stages"] == journey.document()["stages"]


def test_the_worksheet_is_saved_and_read(tmp_path: Path) -> None:
    journey = filled_in()
    path = journey.save(tmp_path / "shop.toml")
    assert read_journey(path) == journey
    again = read_journey(path).with_terms(next_test_days=3)
    assert read_journey(again.save()).next_test_days == 3
    assert "price_jump = 20" in path.read_text("utf-8")


def test_a_worksheet_written_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(
        """
schema_version = 1
name = "Shop"
framework = "five"

[[segments]]
name = "Ads"
avatar = "Cooks"
targeted = true
counts = { reach = 900, acquisition = 90, conversion = 9, retention = 5, loyalty = 1 }

[stages.acquisition]
tactics = ["Download", { name = "Quiz", kind = "lead_magnet", due = 2026-03-31 }]

[[stages.acquisition.messages]]
kind = "free_value"
times_a_week = 2

[[accepted]]
rule = "A44"
reason = "Five will do."

[thresholds]
price_jump = 20
""",
        encoding="utf-8",
    )
    journey = read_journey(path)
    assert journey.stages[0].tactics[1].due == "2026-03-31"
    assert journey.stages[0].messages[0].times_a_week == 2
    assert journey.audit()["A44"][0].accepted == "Five will do."
    assert journey.thresholds.price_jump == 20
    assert read_journey(journey.with_terms(next_test_days=5).save()).accepted == journey.accepted


def test_a_workbook_keeps_the_worksheet_and_a_table_refuses_it(tmp_path: Path) -> None:
    assert read_journey(filled_in().save(tmp_path / "shop.xlsx")) == filled_in()
    with pytest.raises(InputError, match=r"save it as \.toml"):
        filled_in().save(tmp_path / "shop.csv")
    assert not (tmp_path / "shop.csv").exists()


def test_nothing_of_the_worksheet_is_written_where_there_is_none() -> None:
    assert shop().document().keys() == {
        *("schema_version", "name", "framework", "segments", "stages")
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda: tactics(shop(), "reach", {"name": "A", "kind": "upsel"}),
            r"stages\.reach\.tactics\[0\]\.kind: 'upsel' is not known; did you mean 'upsell'\?",
        ),
        (
            lambda: tactics(shop(), "reach", {"name": "A", "due": "soon"}),
            "due: 'soon' must be a day; write it like 2026-03-31",
        ),
        (
            lambda: tactics(shop(), "reach", {"name": "A", "cost": -1}),
            "cost: -1 must not be negative",
        ),
        (
            lambda: shop().with_stage("reach", messages=[{"kind": "ask", "opt_out": "yes"}]),
            r"messages\[0\]\.opt_out: 'yes' must be true or false",
        ),
        (
            lambda: shop().with_terms(thresholds={"price_jum": 2}),
            "thresholds: 'price_jum' is not known; did you mean 'price_jump'",
        ),
        (
            lambda: shop().with_terms(thresholds={"bypass_share": 10}),
            r"thresholds\.bypass_share: 10 must be between 0 and 1; write 0\.1 if you mean 10%",
        ),
        (
            lambda: shop().with_segment("Everyone", content="funny"),
            r"content: 'funny' is not one of the choices",
        ),
        (
            lambda: shop().with_terms(accepted=[{"rule": "A01"}]),
            r"accepted\[0\]\.reason is required",
        ),
    ],
)
def test_what_cannot_stand_in_a_worksheet_is_refused(change, told: str) -> None:  # type: ignore[no-untyped-def]  # a lambda
    with pytest.raises(InputError, match=told):
        change()


def test_parts_of_the_worksheet_are_frozen() -> None:
    for part in (Tactic(name="A"), Accepted(rule="A01", reason="B"), Thresholds(), Segment):
        assert part.model_config["frozen"]
        assert part.model_config["extra"] == "forbid"
