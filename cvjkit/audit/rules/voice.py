"""Rules on customers who speak for you: asked at the right time, used, and rewarded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cvjkit.audit.findings import Outcome, fires, passes, rule
from cvjkit.audit.stage_facts import MissingError
from cvjkit.model.parts import Message
from cvjkit.number_text import money_text, people_text

if TYPE_CHECKING:
    from cvjkit.audit.facts import Facts


LOYALTY = "loyalty"
REUSE = ("aware", "intrigued", "visited", "engaged", "lead", "educated", "offered", "bought_again")
"""Where a customer's story is content for awareness, for leads or for further sales (003:108)."""


@rule(
    "A35",
    "W",
    "Customers are asked for a testimonial or review",
    "Sugerman invites advocates to share. The Customer Value Journey asks for a testimonial and "
    "the story behind it.",
    *("002:20", "003:106-108"),
)
def testimonials_asked_for(facts: Facts) -> Iterator[Outcome]:
    found = facts.look_for("testimonial_request", needs="a request for a testimonial")
    if not found:
        yield fires(
            "Nobody is asked for a testimonial or a review.",
            stage=facts.key(facts.covering["advocate"]),
        )
    yield passes(f"Asked at {', '.join(facts.label(act.position) for act in found)}.")


@rule(
    "A36",
    "W",
    "Testimonials are used in content for awareness, for leads or for further sales",
    "The Customer Value Journey uses the story in content for leads, upsells and awareness.",
    "003:108",
)
def testimonials_used(facts: Facts) -> Iterator[Outcome]:
    needed = "the tactics, with those that reuse customers' stories"
    collected = {act.position for act in facts.acts_of("testimonial_request")}
    uses = {facts.covering[milestone] for milestone in REUSE} - collected
    used = [act for act in facts.acts_of("customer_story") if act.position in uses]
    if used:
        yield passes(f"Used at {', '.join(facts.label(act.position) for act in used)}.")
        return
    if not facts.look_for("testimonial_request", needs=needed):
        raise MissingError("a request for a testimonial: no stories are collected yet")
    facts.look_for("customer_story", needs=needed)
    yield fires(
        "You collect customers' stories but do not use them: put them into content for "
        "awareness, leads or upsells.",
        stage=facts.key(facts.covering["advocate"]),
    )


@rule(
    "A37",
    "W",
    "Customers are asked for referrals",
    "Mishra: the biggest secret of referrals is to ask. Fea gets customers to recommend.",
    *("001:61", "004:30"),
)
def referrals_asked_for(facts: Facts) -> Iterator[Outcome]:
    found = facts.look_for("referral_request", needs="a request for a referral")
    if not found:
        yield fires(
            "Nobody is asked for a referral.",
            stage=facts.key(facts.covering["promoter"]),
        )
    yield passes(f"Asked at {', '.join(facts.label(act.position) for act in found)}.")


@rule(
    "A38",
    "W",
    "You ask for referrals after delivery, and after a sign that the customer is happy",
    "Mishra: ask when you have established that the customer is very happy.",
    "001:61",
)
def referrals_asked_for_in_time(facts: Facts) -> Iterator[Outcome]:
    wowed, covering = facts.at("wowed"), facts.covering["wowed"]
    asks = facts.look_for("referral_request", needs="a request for a referral")
    if not asks:
        yield passes("Does not apply: nobody is asked for a referral.")
        return
    for act in asks:
        happy = act.what.after_happy_sign if isinstance(act.what, Message) else None
        if act.position < covering:
            yield fires(
                f"{act.name} comes at {facts.label(act.position)}, before delivery. Ask only when "
                "you know that the customer is very happy.",
                stage=facts.key(act.position),
            )
        elif happy is False:
            yield fires(
                f"{act.name} does not wait for a sign that the customer is happy. Ask only "
                "when you know.",
                stage=facts.key(act.position),
            )
        elif happy is None and act.position == covering and wowed is None:
            raise MissingError(
                f"whether {act.name} waits for a sign that the customer is happy, as a message"
            )
    yield passes(f"{asks[0].name} comes at {facts.label(asks[0].position)}.")


@rule(
    "A39",
    "W",
    "People who bring in others get something for it",
    "Mishra rewards referrals with an upgrade, a membership, priority support or a free month. "
    "Sugerman shares rewards with promoters and affiliates.",
    *("001:61", "002:21"),
)
def referrals_rewarded(facts: Facts) -> Iterator[Outcome]:
    referrals, promoter = facts.journey.referrals, facts.at("promoter")
    promoters = 0.0 if promoter is None else facts.people(promoter) or 0.0
    needed = "promoters, a request for a referral, or a referral with its reward"
    asking = ("referral_request", "referral_programme", "partnership")
    if not (referrals or promoters or facts.look_for(*asking, needs=needed)):
        yield passes("Does not apply: nobody brings in others.")
        return
    rewards = [
        money_text(referral.reward, facts.journey.currency)
        for referral in referrals
        if referral.reward
    ]
    if not rewards and not any(referral.reward == 0 for referral in referrals):
        acts = facts.look_for("reward", needs="the reward of a referral")
        rewards = [act.name for act in acts]
    if not rewards:
        yield fires(
            "People who bring in others get nothing. Reward them.",
            {"promoters": promoters},
            stage=facts.key(facts.covering["promoter"]),
        )
    yield passes(f"They get {', '.join(rewards)}.", {"promoters": promoters})


@rule(
    "A40",
    "I",
    "Whether there are more promoters than advocates",
    "The Customer Value Journey expects a testimonial before the promotion. Sugerman lets "
    "excited clients jump ahead.",
    *("003:116", "002:23"),
)
def promoters_and_advocates(facts: Facts) -> Iterator[Outcome]:
    promoter, advocate = facts.stage_at("promoter"), facts.stage_at("advocate")
    promoters, advocates = facts.counted(promoter, advocate)
    seen = {"promoters": promoters, "advocates": advocates}
    told = f"{people_text(promoters)} promoters, {people_text(advocates)} advocates"
    if promoters > advocates:
        yield fires(
            f"{told}: the Customer Value Journey expects a testimonial first, Sugerman lets "
            "excited clients jump ahead.",
            seen,
            stage=facts.key(promoter),
        )
    yield passes(f"{told}.", seen)


@rule(
    "A41",
    "W",
    "Loyalty counts recommendations, not repeat purchases",
    "Fea: loyalty and retention may look the same but are not. Loyalty means word of mouth.",
    "004:30",
)
def loyalty_is_word_of_mouth(facts: Facts) -> Iterator[Outcome]:
    if LOYALTY not in facts.framework:
        yield passes("Does not apply: no stage is called Loyalty.")
        return
    voice, again = facts.framework.index(LOYALTY), facts.stage_at("bought_again")
    measured = facts.journey.loyalty_measured_by
    loyal, kept = facts.people(voice), facts.people(again)
    seen = {"loyal": loyal, "retained": kept}
    told = ", ".join(
        f"{people_text(people)} at {facts.label(position)}"
        for position, people in ((voice, loyal), (again, kept))
    )
    same = bool(loyal) and loyal == kept and measured is None
    if measured == "repeat_purchase" or same:
        yield fires(
            f"{told}: loyalty means word of mouth, not repeat purchases.",
            seen,
            stage=facts.key(voice),
        )
    if measured is None:
        facts.counted(voice, again)
    yield passes(f"{told}.", seen)
