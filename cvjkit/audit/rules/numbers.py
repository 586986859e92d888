"""Rules on the numbers: can they be computed, can they be trusted, do they pay. All ours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cvjkit.audit.findings import Outcome, fires, lacks, passes, rule
from cvjkit.audit.stage_facts import MissingError, exceeds
from cvjkit.catalog.spine import VOICE, spine
from cvjkit.model.chance import Counted, beyond_chance, chance
from cvjkit.model.economics import BOUGHT_AGAIN, FIGURES
from cvjkit.model.flags import TOLERANCE
from cvjkit.model.intervals import rate_interval
from cvjkit.model.lifetime import NEVER_PAID
from cvjkit.number_text import (
    count_text,
    days_text,
    money_text,
    people_text,
    plain_text,
    share_text,
)

if TYPE_CHECKING:
    from cvjkit.audit.facts import Facts


@rule(
    "A45",
    "E",
    "All numbers are possible",
    "With a rate outside 0 to 1, more people leaving a stage than are there, more people than the "
    "market has, a margin above the price, or a negative or infinite number, nothing can be "
    "calculated.",
    basis="model",
)
def numbers_possible(facts: Facts) -> Iterator[Outcome]:
    # Other numbers that cannot be are refused before there are facts.
    rate = facts.journey.discount_rate
    if rate is not None and rate > 1:
        meant = f" Write {rate / 100:g} if you mean {rate:g}%." if rate <= 100 else ""
        yield fires(
            f"Is the discount rate {share_text(rate)} a year?{meant}",
            {"discount_rate": rate},
            severity="W",
        )
    for anchor, offer in facts.offers.items():
        margin = facts.margin(anchor)
        if margin is not None and offer.price is not None and exceeds(margin, offer.price):
            currency, at = facts.journey.currency, facts.covering.get(anchor)
            yield fires(
                f"The margin of {offer.name}, {money_text(margin, currency)}, exceeds its price of "
                f"{money_text(offer.price, currency)}.",
                {"margin": margin, "price": offer.price},
                stage=anchor if at is None else facts.key(at),
            )
    yield from _more_than_the_market(facts)
    yield passes("All numbers are possible. Impossible ones are refused when they are entered.")


def _more_than_the_market(facts: Facts) -> Iterator[Outcome]:
    """Find the first stage with more people than there are to reach."""
    journey, market = facts.journey, facts.journey.market
    counted = {segment.counted_in for segment in journey.segments} <= {None, "people"}
    if market is None or not counted or journey.channels_overlap:
        return
    for position, stage in enumerate(facts.framework):
        people = facts.people(position)
        if people is not None and people > market + TOLERANCE:
            yield fires(
                f"{count_text(people_text(people), 'person', 'people')} at {stage.name}: more than "
                f"the {people_text(market)} there are to reach.",
                {"people": people, "market": market},
                stage=stage.key,
            )
            return


@rule(
    "A46",
    "E",
    "No count rises from one stage to the next",
    "People at a stage come from the stage before, by referral or from outside. The excess is "
    "counted as entering there; accept the finding with the reason if that is so.",
    basis="model",
)
def no_rising_count(facts: Facts) -> Iterator[Outcome]:
    yield from _flagged(facts, "A46")
    facts.counted(*range(len(facts.framework)))
    yield passes("No count rises.")


@rule(
    "A47",
    "E",
    "Every loop has an exit",
    "Where nobody ever leaves, the number of visits has no end.",
    basis="model",
)
def loops_have_an_exit(facts: Facts) -> Iterator[Outcome]:
    yield from _flagged(facts, "A47")
    yield passes("People leave every stage.")


@rule(
    "A48",
    "E",
    "Each person brings in fewer than one other",
    "If each person brings in one or more others, the numbers grow without end and have no total.",
    basis="model",
)
def growth_has_an_end(facts: Facts) -> Iterator[Outcome]:
    yield from _flagged(facts, "A48")
    k = facts.flow.k
    told = "No referrals are entered." if k is None else f"Each person brings {plain_text(k)}."
    told = told if k is None or k < 1 else "Nobody enters who would start growth without end."
    yield passes(told, {"k": k})


@rule(
    "A49",
    "E",
    "Word of mouth is entered once: as a channel or as a referral",
    "People who come by recommendation are already in the counts of the channel.",
    basis="model",
)
def word_of_mouth_once(facts: Facts) -> Iterator[Outcome]:
    brought = [referral for referral in facts.journey.referrals if referral.per_person > 0]
    if not brought:
        yield passes("No referrals are entered.")
        return
    for index, segment in enumerate(facts.journey.segments):
        if segment.channel_kind is None:
            yield lacks(f"the kind of channel of {segment.name}")
        if segment.channel_kind != "word_of_mouth":
            continue
        # A segment that only takes in those who are referred counts nobody twice.
        own = float(facts.flow.entered[index].sum())
        if own > 0:
            yield fires(
                f"Referrals are counted twice: as the channel {segment.name}, by which "
                f"{people_text(own)} come, and as what people at "
                f"{facts.framework[brought[0].source].name} bring.",
                {"per_person": brought[0].per_person, "own": own},
                segment=segment.name,
            )
        elif facts.flow.undefined[index].any():
            yield lacks(f"how many people of {segment.name} come on their own")
    yield passes("Word of mouth is not a channel here.", {"per_person": brought[0].per_person})


@rule(
    "A50",
    "I",
    "Transitions and referrals agree with the counts",
    "Numbers entered twice may differ by rounding only.",
    basis="model",
)
def transitions_agree_with_counts(facts: Facts) -> Iterator[Outcome]:
    yield from _flagged(facts, "A50")
    yield passes("They agree.")


@rule(
    "A51",
    "I",
    "How many people each rate is based on, and how exact that makes it",
    "A rate counted from few people may be off by half. 95% interval from Jeffreys' prior.",
    basis="model",
)
def rates_based_on_enough_people(facts: Facts) -> Iterator[Outcome]:
    fewest, widest = facts.thresholds.thin_people, facts.thresholds.thin_width
    legs = _counted_legs(facts)
    for position, parts in legs:
        came = sum(part.counted.came for part in parts)
        went = min(came, sum(part.counted.went for part in parts))
        low, high = rate_interval(went, came)
        if came < fewest or exceeds(high - low, 2 * widest * went / came):
            of = f"of {people_text(came)}"
            go = count_text(people_text(went), f"{of} goes", f"{of} go")
            yield fires(
                f"Few people: {go} on to {facts.label(position)}, so the rate may be anything from "
                f"{share_text(low)} to {share_text(high)}.",
                {"people": came, "rate": went / came, "low": low, "high": high},
                stage=facts.key(position),
            )
    yield passes("Each rate is based on enough people.", {"rates": float(len(legs))})


@rule(
    "A52",
    "I",
    "The people counted have had time to get through",
    "People who came yesterday cannot have bought again yet: soon after they come, late stages "
    "look worse than they are.",
    basis="model",
)
def time_to_get_through(facts: Facts) -> Iterator[Outcome]:
    if not any(segment.observed for segment in facts.journey.segments):
        yield passes("Does not apply: the people are planned, not counted.")
        return
    (age,) = facts.typed(
        ("how many days ago the people counted came in", facts.journey.cohort_age_days)
    )
    for position, parent in enumerate(facts.framework.parents):
        if parent is None:
            continue
        try:
            days = facts.days_to(position)
        except MissingError as missing:
            yield lacks(*missing.needs)
            continue
        if exceeds(facts.thresholds.age_delays * days, age):
            yield fires(
                f"Too early to tell: people came {days_text(age)} ago, and it takes "
                f"{days_text(days)} to get to {facts.label(position)}. Late stages look worse than "
                "they are.",
                {"age_days": age, "days": days},
                stage=facts.key(position),
            )
    yield passes(f"People came {days_text(age)} ago: long enough.", {"age_days": age})


@rule(
    "A53",
    "I",
    "All numbers count people, each of them once",
    "Impressions, visits and people are different things, and one person may come by two channels.",
    basis="model",
)
def all_numbers_count_people(facts: Facts) -> Iterator[Outcome]:
    segments = facts.journey.segments
    units = sorted({segment.counted_in for segment in segments if segment.counted_in is not None})
    if len(units) > 1 or "mixed" in units:
        listed = ", ".join(units)
        yield fires(
            f"Is the same person counted twice? The numbers count different things: {listed}."
        )
    if facts.journey.channels_overlap:
        yield fires("Is the same person counted twice? The channels overlap.")
    overlap = facts.journey.channels_overlap if len(segments) > 1 else False
    facts.typed(
        *(
            (f"what the numbers of {segment.name} count", segment.counted_in)
            for segment in segments
        ),
        ("whether one person may be in two segments", overlap),
    )
    yield passes(f"All numbers count {units[0]}.")


@rule(
    "A54",
    "M",
    "A customer brings in more than it costs to win them, and soon enough",
    "If LTV is below CAC, each customer loses money. Many aim for three times CAC within a year.",
    basis="model",
)
def customers_pay(facts: Facts) -> Iterator[Outcome]:
    money, limits = facts.economics, facts.thresholds
    cac, value, days = money.cac, money.ltv_net, money.payback_days
    if cac is not None and value is not None and exceeds(limits.ltv_to_cac * cac, value):
        told = (
            f"Each customer costs {money_text(cac, facts.journey.currency)} and brings "
            f"{money_text(value, facts.journey.currency)} ({money.horizon})."
        )
        yield fires(told, {"cac": cac, "ltv_net": value}, severity="F" if value < cac else "I")
    never = money.reasons.get("payback_days") == NEVER_PAID
    if never or (days is not None and days > limits.payback_days):
        told = (
            "A customer never brings in what it cost to win them."
            if days is None
            else f"It takes {days_text(days)} until a customer has brought in what it "
            f"cost to win them{money.delays}."
        )
        yield fires(told, {"payback_days": days}, severity="I")
    figures = {"cac": cac, "ltv_net": value, "payback_days": days}
    facts.typed(
        *(
            (f"{FIGURES[name].title} ({money.reasons.get(name)})", value)
            for name, value in figures.items()
        )
    )
    yield passes("A customer brings enough, soon enough.", figures)


@rule(
    "A55",
    "M",
    "What one more person at a stage costs, against what that person still brings",
    "One more person is worth at most what they will still bring in, before the cost of the "
    "stage itself. A reward should not exceed what the person brought in is worth.",
    basis="model",
)
def people_worth_their_cost(facts: Facts) -> Iterator[Outcome]:
    costs = {
        position: cost
        for position in range(len(facts.framework))
        if (cost := facts.numbers(position).unit_cost)
    }
    rewards = [referral for referral in facts.journey.referrals if referral.reward is not None]
    if not costs and not rewards:
        raise MissingError("unit costs, or the reward of a referral")
    to_go = facts.economics.numbers("value_to_go")
    currency = facts.journey.currency
    for position, cost in costs.items():
        more = to_go[position]
        if more is None:
            yield lacks(f"what a person at {facts.label(position)} still brings in")
        elif _speaks_unheard(facts, position):
            yield lacks(
                f"what people at {facts.label(position)} bring in by recommending you: a referral"
            )
        elif exceeds(cost, more + cost):
            yield fires(
                f"You pay {money_text(cost, currency)} at {facts.label(position)} for something "
                f"worth {money_text(more + cost, currency)}.",
                {"cost": cost, "worth": more + cost},
                stage=facts.key(position),
            )
    for referral in rewards:
        worth, reward = to_go[facts.framework.index(referral.target)], referral.reward or 0.0
        if worth is None:
            target = facts.framework[referral.target].name
            yield lacks(f"what a person brought to {target} is worth")
        elif exceeds(reward, worth):
            yield fires(
                f"You pay a reward of {money_text(reward, currency)} for a person worth "
                f"{money_text(worth, currency)}.",
                {"cost": reward, "worth": worth},
                stage=referral.source,
            )
    yield passes("Everybody is worth what they cost.", {"stages": float(len(costs))})


@rule(
    "A56",
    "M",
    "Whether the rates of the segments differ by more than chance",
    "Where two segments differ, their average describes neither. Fisher's exact test of each pair "
    "at each step; Holm's procedure holds the false alarms of the whole table at 5%.",
    basis="model",
)
def segments_alike(facts: Facts) -> Iterator[Outcome]:
    if len(facts.journey.segments) < 2:
        raise MissingError("two segments with people counted")
    pairs = [
        (position, less, more)
        for position, parts in _counted_legs(facts)
        for less, more in map(_by_rate, combinations(parts, 2))
    ]
    if not pairs:
        raise MissingError("two segments with people counted")
    chances = [chance(less.counted, more.counted) for _, less, more in pairs]
    found = [
        (likely, less.rate - more.rate, position, less, more)
        for (position, less, more), likely, differs in zip(
            pairs, chances, beyond_chance(chances), strict=True
        )
        if differs
    ]
    steps = len({position for position, _, _ in pairs})
    if found:
        _, _, position, less, more = min(found)
        differing = len({at for _, _, at, _, _ in found})
        yield fires(
            f"The average hides a difference: {share_text(more.rate)} of {more.name} go on to "
            f"{facts.label(position)}, and {share_text(less.rate)} of {less.name}. "
            f"They differ by more than chance at {differing} of {count_text(steps, 'step')}: look "
            "at each segment.",
            {"high": more.rate, "low": less.rate, "steps": float(differing)},
            stage=facts.key(position),
        )
    yield passes("No step differs between segments by more than chance.", {"steps": float(steps)})


class _Part(NamedTuple):
    """A segment's people at a step."""

    name: str
    counted: Counted

    @property
    def rate(self) -> float:
        return self.counted.went / self.counted.came


def _by_rate(pair: tuple[_Part, _Part]) -> list[_Part]:
    return sorted(pair, key=lambda part: part.rate)


def _speaks_unheard(facts: Facts, position: int) -> bool:
    """Tell whether what people at a stage bring is their word, and it is not known how much.

    That is so without a referral, and where the cost may be that of a second order, which is
    earned elsewhere.
    """
    framework, sources = facts.framework, {row.source for row in facts.journey.referrals}
    milestone = framework.stages[position].milestone
    if milestone is None or spine()[milestone].branch != VOICE:
        return False
    typed = any(key in sources for key in framework.keys[position:])
    return not typed or facts.at(BOUGHT_AGAIN) is None


def _flagged(facts: Facts, rule_id: str) -> Iterator[Outcome]:
    for flag in facts.flow.flags:
        if flag.id == rule_id:
            position = facts.framework.index(flag.stage)
            entered = float(facts.flow.entered[:, position].sum())
            yield fires(
                flag.message,
                {"people": facts.people(position), "entered": entered, "k": facts.flow.k},
                stage=flag.stage,
            )


def _counted_legs(facts: Facts) -> list[tuple[int, list[_Part]]]:
    """Count, for each step and segment, who could have gone on and who did."""
    flow, legs = facts.flow, list[tuple[int, list[_Part]]]()
    if not any(segment.observed for segment in facts.journey.segments):
        raise MissingError("people counted: these are planned")
    reach = flow.fundamental / np.einsum("sjj->sj", flow.fundamental)[:, None, :]
    for position, parent in enumerate(facts.framework.parents):
        if parent is None or flow.inferred_rates[parent, position]:
            continue
        parts = [
            _Part(segment.name, Counted(came, min(came, came * float(reach[at, parent, position]))))
            for at, segment in enumerate(facts.journey.segments)
            if segment.observed and not flow.undefined[at, [parent, position]].any()
            and (came := float(flow.people[at, parent])) > 0
        ]  # fmt: skip
        if parts:
            legs.append((position, parts))
    return legs
