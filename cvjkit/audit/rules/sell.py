"""Rules on selling: not rushed, not slow, without friction, and tested."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from cvjkit.audit.findings import Outcome, fires, lacks, passes, rule
from cvjkit.audit.stage_facts import MissingError, exceeds
from cvjkit.model.parts import Message
from cvjkit.number_text import count_text, days_text

if TYPE_CHECKING:
    from cvjkit.audit.facts import Facts
    from cvjkit.model.parts import Offer

MINUTES_A_DAY = 24 * 60
DELIVERY_MINUTES, CONTACT_MINUTES, TEST_DAYS = 10, 20, 7
"""The only three times a document gives (001:53, 001:45)."""


@rule(
    "A20",
    "W",
    "Nobody who hardly knows you is asked for money in the first session",
    "Seven Steps to Heaven compares it with dating: if you rush, people feel pursued and run.",
    "000:33",
    basis="threshold",
)
def not_asked_too_soon(facts: Facts) -> Iterator[Outcome]:
    segments = facts.journey.segments
    facts.typed(
        *((f"the awareness level of {segment.name}", segment.awareness) for segment in segments)
    )
    unready = [segment for segment in segments if segment.awareness in ("unaware", "problem")]
    payment = facts.stage_at("first_payment")
    if not unready:
        yield passes("Does not apply: everybody knows of a solution when they come.")
        return
    needed = "the tactics and messages before the first payment"
    free = facts.look_for("free", last=payment - 1, needs=needed)
    if free:
        yield passes(f"{free[0].name} comes first.")
        return
    offered = facts.at("offered")
    asks = [facts.days_to(payment if offered is None else offered) * MINUTES_A_DAY]
    asks += [
        facts.days_to(act.position) * MINUTES_A_DAY + (act.what.after_minutes or 0)
        for act in facts.acts_of("ask", last=payment)
        if isinstance(act.what, Message)
    ]
    soonest, session = min(asks), facts.thresholds.session_minutes
    seen = {"minutes": soonest, "session": session}
    for segment in unready:
        if not exceeds(soonest, session):
            yield fires(
                f"Too soon: {segment.name} ({segment.awareness}) is asked for money after "
                f"{count_text(f'{soonest:.3g}', 'minute')}, with nothing free before.",
                seen,
                segment=segment.name,
            )
    yield passes(f"You ask for money after {count_text(f'{soonest:.3g}', 'minute')}.", seen)


@rule(
    "A21",
    "W",
    "No step takes longer than it needs to",
    "Seven Steps to Heaven: as fast as possible, but no faster. Buying again may take one buying "
    "cycle, and a habit several.",
    "000:33",
    basis="threshold",
)
def no_slow_step(facts: Facts) -> Iterator[Outcome]:
    again, habit = facts.at("bought_again"), facts.at("habitual")
    legs = [
        position
        for position, parent in enumerate(facts.framework.parents)
        if parent is not None and position != habit
    ]
    days = {
        position: delay
        for position in legs
        if (delay := facts.numbers(position).mean_delay) is not None
    }
    typical = median(days.values()) if days else 0.0
    limits, cycle = facts.thresholds, _cycle_days(facts)
    for position, delay in days.items():
        slow = exceeds(delay, max(limits.leg_days, limits.leg_medians * typical))
        late = cycle is not None and exceeds(delay, limits.leg_cycles * cycle)
        if late or (slow and position != again):
            yield fires(
                f"It takes {days_text(delay)} to get to {facts.label(position)}: is that "
                "slower than it needs to be?",
                {"days": delay, "median_days": typical, "cycle_days": cycle},
                stage=facts.key(position),
            )
    needs = (f"how many days it takes to get to {facts.label(position)}" for position in legs)
    delays = (facts.numbers(position).mean_delay for position in legs)
    facts.typed(*zip(needs, delays, strict=True), ("the buying cycle of an offer", cycle))
    slowest = max(days.values(), default=0.0)
    yield passes(
        f"The slowest step takes {days_text(slowest)}.", {"days": slowest, "cycle_days": cycle}
    )


def _cycle_days(facts: Facts) -> float | None:
    offers = (facts.offers.get(anchor) for anchor in ("bought_again", "first_payment"))
    cycles = (offer.cycle_days for offer in offers if offer is not None)
    return next((cycle for cycle in cycles if cycle is not None), None)


@rule(
    "A22",
    "I",
    "People stay in control: few unsolicited messages before payment, and a way to stop them",
    "Seven Steps to Heaven: people must always feel in control; the Customer Value Journey: "
    "guide them seamlessly and subtly.",
    *("000:33", "003:15"),
    basis="threshold",
)
def people_stay_in_control(facts: Facts) -> Iterator[Outcome]:
    payment = facts.stage_at("first_payment")
    sent = [
        (act, act.what)
        for act in facts.acts
        if isinstance(act.what, Message) and act.position < payment
    ]
    if not sent:
        raise MissingError("the messages before the first payment")
    most = facts.thresholds.messages_a_week
    unasked = sum(message.times_a_week or 0 for _, message in sent if message.solicited is False)
    unsure = sum(message.times_a_week or 0 for _, message in sent if message.solicited is None)
    told, seen = (
        f"{unasked:.3g} unsolicited messages a week",
        {"times_a_week": unasked, "most": most},
    )
    if exceeds(unasked, most):
        yield fires(f"{told} before payment. Are people still in control?", seen)
    for act, message in sent:
        if message.opt_out is False:
            yield fires(
                f"{act.name} cannot be stopped. Are people still in control?",
                stage=facts.key(act.position),
            )
    can_stop = (act.name for act, message in sent if message.opt_out is None)
    yield lacks(*(f"whether people can stop {name}" for name in can_stop))
    if exceeds(unasked + unsure, most):
        asked = (act.name for act, message in sent if message.solicited is None)
        yield lacks(*(f"whether people asked for {name}" for name in asked))
    yield passes(f"{told}.", seen)


@rule(
    "A23",
    "W",
    "Paying is easy, and digital products are there at once",
    "Mishra closes the sale with easy payment, immediate downloads and whatever else makes it "
    "quick.",
    "001:45",
)
def easy_to_buy(facts: Facts) -> Iterator[Outcome]:
    offer = facts.offer_at("first_payment")
    position = facts.covering["first_payment"]
    if offer.easy_payment is False:
        yield fires(f"{offer.name} is not easy to pay for.", stage=facts.key(position))
    if offer.digital and offer.immediate_access is False:
        yield fires(f"{offer.name} is digital and not there at once.", stage=facts.key(position))
    facts.typed(
        (f"whether {offer.name} is easy to pay for", offer.easy_payment),
        (f"whether {offer.name} is digital", offer.digital),
        (
            f"whether {offer.name} is there at once",
            offer.immediate_access or not offer.digital or None,
        ),
    )
    yield passes(f"{offer.name} is easy to pay for, and there at once if it is digital.")


@rule(
    "A24",
    "W",
    "A digital product is delivered within 10 minutes",
    "Mishra: the link to a download arrives within the next 10 minutes.",
    "001:53",
)
def quick_delivery(facts: Facts) -> Iterator[Outcome]:
    sold = _sold_at(facts)
    facts.typed(("an offer", sold or None))
    offers = [offer for together in sold.values() for offer in together]
    unsure = (offer.name for offer in offers if offer.digital is None)
    yield lacks(*(f"whether {name} is digital" for name in unsure))
    sent = [(act, act.what) for act in facts.acts_of("delivery") if isinstance(act.what, Message)]
    taken = list[float]()
    for position, together in sold.items():
        digital = [offer for offer in together if offer.digital]
        following = min((at for at in sold if at > position), default=len(facts.framework))
        known = sorted(
            (message.after_minutes, act.position)
            for act, message in sent
            if position <= act.position < following and message.after_minutes is not None
        )
        if digital and not known:
            names = " and ".join(offer.name for offer in digital)
            yield lacks(f"after how many minutes the delivery message of {names} is sent")
        # Where something else is sold too, the slower messages may be about that.
        for after, at in known if digital == together else known[: len(digital)]:
            taken.append(after)
            if after > DELIVERY_MINUTES:
                yield fires(
                    f"The link must arrive within {DELIVERY_MINUTES} minutes; yours takes "
                    f"{after:.4g}.",
                    {"minutes": after, "most": float(DELIVERY_MINUTES)},
                    stage=facts.key(at),
                )
    slowest = max(taken, default=None)
    told = "Does not apply: no offer is digital." if slowest is None else ""
    yield passes(
        told or f"Delivered after {count_text(f'{slowest:.3g}', 'minute')}.",
        {"minutes": slowest, "most": float(DELIVERY_MINUTES)},
    )


def _sold_at(facts: Facts) -> dict[int, list[Offer]]:
    """List the offers by the position of the stage in which they are bought."""
    sold: dict[int, list[Offer]] = {}
    for anchor, offer in facts.offers.items():
        at = facts.covering.get(anchor)
        sold.setdefault(facts.framework.index(anchor) if at is None else at, []).append(offer)
    return sold


@rule(
    "A25",
    "W",
    "A sales contact comes within 20 minutes, or first thing next morning",
    "Mishra: somebody from the team calls within the next 20 minutes or first thing next "
    "morning. Until when it is first thing is our threshold.",
    "001:53",
)
def quick_sales_contact(facts: Facts) -> Iterator[Outcome]:
    needed = "the messages, with the sales contact if there is one"
    calls = facts.look_for("sales_contact", needs=needed)
    if not calls:
        yield passes("Does not apply: no sales contact is scheduled.")
        return
    morning = facts.thresholds.opening_minutes
    for act in calls:
        call = act.what if isinstance(act.what, Message) else None
        minutes = None if call is None else call.after_minutes
        opening = None if call is None else call.after_opening_minutes
        if minutes is None and opening is None:
            raise MissingError(
                f"after how many minutes {act.name} comes, or how long after opening time, as a "
                "message"
            )
        soon = minutes is not None and minutes <= CONTACT_MINUTES
        if not soon and (opening is None or opening > morning):
            taken = "longer" if minutes is None else count_text(f"{minutes:.4g}", "minute")
            yield fires(
                f"Call within {CONTACT_MINUTES} minutes or first thing next morning; yours takes "
                f"{taken}.",
                {"minutes": minutes, "opening_minutes": opening, "most": float(CONTACT_MINUTES)},
                stage=facts.key(act.position),
            )
    yield passes("Soon enough.", {"most": float(CONTACT_MINUTES)})


@rule(
    "A42",
    "W",
    "Something is tested within a week",
    "Mishra: keep testing, tracking and improving every week.",
    *("001:45", "001:63"),
)
def tested_weekly(facts: Facts) -> Iterator[Outcome]:
    days, weekly = facts.journey.next_test_days, facts.acts_of("test")
    if days is None and not weekly:
        facts.must_begin("in how many days the next test is planned")
        yield fires("No test is planned: test and improve every week.")
    if days is not None and days > TEST_DAYS:
        yield fires(
            f"The next test is planned in {days_text(days)}: test and improve every week.",
            {"days": days, "most": float(TEST_DAYS)},
        )
    when = "each week" if days is None else f"in {days_text(days)}"
    yield passes(f"A test is planned {when}.", {"days": days, "most": float(TEST_DAYS)})
