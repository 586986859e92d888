"""Rules on the order of the stages: none left out, none jumped over, each act at its step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.audit.findings import Outcome, Severity, fires, passes, rule
from cvjkit.audit.stage_facts import MissingError, exceeds
from cvjkit.catalog.lookup import documented_frameworks
from cvjkit.catalog.spine import VOICE, milestones
from cvjkit.number_text import people_text, share_text

if TYPE_CHECKING:
    from cvjkit.audit.facts import Facts

SKIPPED: Mapping[str, Severity] = MappingProxyType(
    {"failure": "F", "discouraged": "W", "allowed": "I"}
)
"""How severe an empty stage is, by what skipping means in the framework."""
DELIGHTS = (
    *("wow", "delivery", "immediate_access", "sales_contact"),
    *("personal_attention", "customer_service"),
)
"""Roles and kinds of what delights at the stage for it (001:53, 002:18, 004:26)."""
BY_TIME = "eight:time"
TIME_GIVEN = ("webinar", "demo")
"""What 003:78 counts as a conversion by time; 002:16 puts a webinar at Subscription (C2)."""


@rule(
    "A01",
    "F",
    "Each stage has people, or something is done there",
    "The Customer Value Journey calls leaving out a single step failure; Mishra asks for as many "
    "steps as you can manage; Fea lets you change the steps. So it is a failure in a journey of "
    "eight stages, a warning in one of nine, and elsewhere only worth knowing.",
    *("003:13", "001:63", "004:10"),
)
def no_empty_stage(facts: Facts) -> Iterator[Outcome]:
    severity = SKIPPED[facts.framework.skipping]
    offered = {offer.stage for offer in facts.journey.offers}
    done = {facts.key(act.position) for act in facts.acts} | offered
    idle = [position for position in range(len(facts.framework)) if facts.key(position) not in done]
    for position in idle:
        if facts.people(position) == 0 or (facts.people(position) is None and facts.begun):
            yield fires(
                f"{facts.label(position)} is empty: nobody gets there and nothing is done there. "
                "The Customer Value Journey calls skipping a step failure; Mishra asks for as "
                "many steps as you can manage.",
                {"people": facts.people(position)},
                stage=facts.key(position),
                severity=severity,
            )
    facts.counted(*idle)
    yield passes("Each stage has people, tactics, messages or an offer.")


@rule(
    "A02",
    "F",
    "How many people bypass a stage, by skipping it or by coming in after it",
    "The Customer Value Journey calls skipping a step failure. Sugerman lets an excited client "
    "go straight to promoting, so that is not counted, and neither are people who come by "
    "referral.",
    *("003:13", "002:23"),
    basis="threshold",
)
def few_bypass_a_stage(facts: Facts) -> Iterator[Outcome]:
    most, largest = facts.thresholds.bypass_share, 0.0
    for position, jumpers in enumerate(_jumpers(facts)):
        people = facts.people(position)
        share = jumpers / (jumpers + people) if jumpers and people is not None else 0.0
        largest = max(largest, share)
        if exceeds(share, most):
            yield fires(
                f"{share_text(share)} of those who get that far bypass {facts.label(position)} "
                f"({people_text(jumpers)} of them).",
                {"share": share, "jumped": jumpers, "most": most},
                stage=facts.key(position),
            )
    facts.counted(*range(len(facts.framework)))
    yield passes(f"At most {share_text(largest)} bypass a stage.", {"share": largest, "most": most})


def _jumpers(facts: Facts) -> list[float]:
    """Count, for each stage, those who had to pass it and skip it or come in after it."""
    jumpers = [0.0] * len(facts.framework)
    wowed, promoter = facts.at("wowed"), facts.at("promoter")
    links = facts.flow.links
    skips = links[links.kind == "skip"]
    ways: list[tuple[int | None, int, float]] = [
        (facts.framework.index(source), facts.framework.index(target), people)
        for source, target, people in zip(skips.source, skips.target, skips.people, strict=True)
    ]
    entered = facts.entered.sum(axis=0).tolist()
    ways += [(None, position, people) for position, people in enumerate(entered)]
    for source, target, people in ways:
        if source is not None and (source, target) == (wowed, promoter):
            continue
        been = [] if source is None else [source, *facts.framework.before(source)]
        over = facts.framework.required[target]
        while over is not None:
            jumpers[over] += 0.0 if over in been else people
            over = facts.framework.required[over]
    return jumpers


@rule(
    "A03",
    "F",
    "Each tactic and message is at a stage where a document puts its kind",
    "The Customer Value Journey: the right thing at the wrong step fails just like a step left "
    "out. Where the documents name different steps, any of them is accepted.",
    *("003:13", "003:78", "003:94"),
)
def tactics_at_their_stages(facts: Facts) -> Iterator[Outcome]:
    facts.must_begin("tactics or messages, each with its kind")
    branch = {milestone.key: milestone.branch for milestone in milestones()}
    branches = {"main", *(branch[key] for key in facts.framework.by_milestone)}
    for act in facts.acts:
        homes = act.kind.homes if act.kind else ()
        # What is done where a framework has no stage is held by the stage before.
        allowed = {facts.covering[home] for home in homes if branch[home] in {*branches, VOICE}}
        if all(branch[home] not in branches for home in homes):
            continue
        stage = facts.framework.stages[act.position]
        if stage.milestone is None or act.position in allowed:
            continue
        # The Conversion of 002 and 004.
        by_money = stage.key == "conversion" and stage.milestone == "first_payment"
        if by_money and act.kind and act.kind.key in TIME_GIVEN:
            yield fires(
                f"{act.name} at {stage.name}: people who take part give time, not money, and the "
                "Customer Value Journey calls that a conversion too. If that is what you mean, "
                f"show the journey in {BY_TIME}.",
                stage=stage.key,
                severity="I",
            )
        else:
            there = " or ".join(map(facts.label, sorted(allowed)))
            yield fires(
                f"{act.name} belongs to {there}, not to {stage.name}: "
                "the right thing at the wrong step.",
                stage=stage.key,
            )
    unknown = [f"the kind of {act.name}" for act in facts.acts if act.kind is None]
    if unknown:
        raise MissingError(*unknown)
    yield passes("Each is at the right step.", {"acts": float(len(facts.acts))})


@rule(
    "A04",
    "F",
    "You can contact first-time buyers again, because they were leads before",
    "Mishra calls it a trap to sell to visitors you never hear from again. The five-step life "
    "cycle has no stage for leads, so there it is only worth knowing.",
    "001:28",
    basis="threshold",
)
def buyers_were_leads(facts: Facts) -> Iterator[Outcome]:
    known_blind = any(spot.milestone == "lead" for spot in facts.framework.blind_spots)
    severity: Severity = "I" if known_blind else "F"
    lead, payment = facts.at("lead"), facts.stage_at("first_payment")
    if lead is None:
        captured = facts.acts_of("capture", last=payment)
        if captured:
            yield passes(f"{captured[0].name} takes contact details.")
        else:
            yield fires(
                f"{facts.framework.name} has no stage for leads, and no tactic takes contact "
                "details. Can you ever contact those who do not buy?",
                severity=severity,
            )
        return
    most, share = facts.thresholds.never_lead_share, _share_without(facts, payment, lead)
    seen = {"share": share, "most": most}
    if exceeds(share, most):
        yield fires(
            f"{share_text(share)} of first-time buyers were never leads, so you cannot contact "
            "them again.",
            seen,
            stage=facts.key(payment),
            severity=severity,
        )
    yield passes(f"{share_text(share)} of first-time buyers were never leads.", seen)


def _share_without(facts: Facts, position: int, through: int) -> float:
    """Give the share, 0 to 1, of the people at a stage who reached it without passing another."""
    facts.counted(through)
    (people,) = facts.counted(position)
    if people == 0:
        raise MissingError(f"somebody who gets to {facts.label(position)}")
    flow = facts.flow
    ways, start = flow.shares.copy(), facts.entered + flow.referred
    ways[:, through, :] = ways[:, :, through] = start[:, through] = 0
    visits = np.linalg.inv(np.eye(len(facts.framework)) - ways)
    reach = visits[:, :, position] / visits[:, position, position][:, None]
    return min(1.0, float((start * reach).sum()) / people)


@rule(
    "A05",
    "F",
    "There is something after the first payment",
    "The Customer Value Journey and Mishra: success does not stop at the first sale. Most of a "
    "customer's value comes later.",
    *("003:1", "003:5", "001:3"),
)
def something_after_payment(facts: Facts) -> Iterator[Outcome]:
    payment = facts.stage_at("first_payment")
    later = range(payment + 1, len(facts.framework))
    keys = {facts.key(position) for position in later}
    done = {facts.key(act.position) for act in facts.acts}
    done |= {referral.source for referral in facts.journey.referrals}
    done |= {way.source for way in facts.journey.transitions}
    names = [facts.framework[key].name for key in facts.framework.keys if key in keys & done]
    names += [offer.name for offer in facts.later_offers]
    people = [facts.people(position) for position in later]
    if not names:
        if not facts.begun:
            facts.counted(*later)
            if any(people):
                raise MissingError("a tactic, a message or an offer after the first payment")
        yield fires("The journey stops at the first sale.", stage=facts.key(payment))
    yield passes(f"After the first payment: {', '.join(names)}.", {"designed": float(len(names))})


@rule(
    "A06",
    "F",
    "Something delights new customers",
    "Mishra calls skipping the Wow phase a beginner's mistake; the Customer Value Journey says "
    "customers must be excited before they will go on.",
    *("001:49", "003:84"),
)
def new_customers_delighted(facts: Facts) -> Iterator[Outcome]:
    position = facts.at("wowed", "early_win")
    needed = "a tactic or message that delights: a thank-you note, a gift, a little victory"
    if position is None:
        found = facts.acts_of("wow", first=facts.stage_at("first_payment"))
        if not found:
            raise MissingError(
                f"{needed} (or a stage for delighting customers, which "
                "the eight- and nine-stage frameworks have)"
            )
        yield passes(f"{found[0].name} at {facts.label(found[0].position)}.")
        return
    needed = f"{needed}, at {facts.label(position)}"
    done = facts.look_for(*DELIGHTS, first=position, last=position, needs=needed)
    if not done:
        yield fires(
            "Nothing delights new customers: no tactic or message at "
            f"{facts.label(position)} does.",
            {"acts": 0.0},
            stage=facts.key(position),
        )
    names = ", ".join(act.name for act in done)
    yield passes(f"{names} at {facts.label(position)}.", {"acts": float(len(done))})


@rule(
    "A07",
    "W",
    "People learn something before you make an offer",
    "Mishra educates first, to lead people from the need to the solution, and makes the offer "
    "then.",
    *("001:37", "001:41"),
    basis="threshold",
)
def educated_before_offer(facts: Facts) -> Iterator[Outcome]:
    educated, offered = facts.at("educated"), facts.at("offered")
    most = facts.thresholds.uneducated_share
    if educated is None or offered is None:
        position = facts.covering["offered"]
        needed = f"a tactic that educates, no later than {facts.label(position)}"
        found = facts.look_for("education", last=position, needs=needed)
        if not found:
            yield fires(
                f"The offer comes before education: nothing educates people up to "
                f"{facts.label(position)}.",
                stage=facts.key(position),
            )
        yield passes(f"{', '.join(act.name for act in found)}: before or with the offer.")
        return
    share = _share_without(facts, offered, educated)
    seen = {"share": share, "most": most}
    if exceeds(share, most):
        yield fires(
            f"The offer comes before education for {share_text(share)} of those who get one.",
            seen,
            stage=facts.key(offered),
        )
    yield passes(f"{share_text(share)} get an offer without education.", seen)


@rule(
    "A43",
    "I",
    "What Conversion means: money or time",
    "The Customer Value Journey lets people convert by giving their time and puts the real sale "
    "at Ascend. Sugerman and Fea mean the first payment.",
    *("003:74", "003:78", "003:94"),
)
def conversion_by_time(facts: Facts) -> Iterator[Outcome]:
    named = [
        position
        for position, stage in enumerate(facts.framework)
        if "conversion" in (stage.key, stage.name.casefold())
        and stage.milestone not in (None, "first_payment")
    ]
    by_time = facts.at("early_win") is not None
    position = next(iter(named), facts.at("educated") if by_time else None)
    payment = facts.at("first_payment")
    if position is not None:
        where = "where money is first paid" if payment is None else facts.label(payment)
        people = facts.people(position)
        yield fires(
            f"{facts.label(position)} counts time given, not money. Paying customers start at "
            f"{where}; CAC uses that.",
            {"gave_time": people, "paid": None if payment is None else facts.people(payment)},
            stage=facts.key(position),
        )
    yield passes("No stage counts time as money.")


@rule(
    "A44",
    "I",
    "What the chosen framework leaves out",
    "Seven Steps to Heaven ends with the client for life and has no step for referrals. Fea "
    "invites you to change its five steps, which have none for leads and none for delighting "
    "customers.",
    *("000:31", "004:10"),
)
def blind_spots(facts: Facts) -> Iterator[Outcome]:
    framework = facts.framework
    if framework.blind_spots:
        missing = " and none for ".join(spot.name for spot in framework.blind_spots)
        others = [other.name for other in documented_frameworks() if not other.blind_spots]
        yield fires(
            f"{framework.name} has no stage for {missing}. Look at the journey in "
            f"{' or '.join(others)} too."
        )
    yield passes(f"It is shown in {framework.name}.")
