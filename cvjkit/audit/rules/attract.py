"""Rules on winning attention: the right people, the right content, something free first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from cvjkit.audit.findings import Outcome, fires, lacks, passes, rule
from cvjkit.audit.stage_facts import MissingError, exceeds
from cvjkit.catalog.sources import awareness_levels
from cvjkit.catalog.tactics import channel_kinds
from cvjkit.model.parts import Message, Tactic
from cvjkit.number_text import days_text, money_text, share_text

if TYPE_CHECKING:
    from cvjkit.audit.facts import Act, Facts


@rule(
    "A08",
    "W",
    "For each source you know who comes and why, and the traffic is targeted",
    "Mishra asks where traffic comes from and what it intends, and wants only targeted visitors "
    "who want to solve a problem; Seven Steps to Heaven speaks of your avatar, Fea of selecting "
    "and targeting.",
    *("001:18", "000:12", "004:6"),
    basis="threshold",
)
def sources_described(facts: Facts) -> Iterator[Outcome]:
    for segment in facts.journey.segments:
        missing = [name for name in ("avatar", "intent") if getattr(segment, name) is None]
        if missing and (facts.begun or segment.channel):
            yield fires(
                f"Who comes from {segment.name}, and what problem do they want solved? "
                f"Not written down: {' and '.join(missing)}.",
                segment=segment.name,
            )
        yield lacks(*(f"the {name} of {segment.name}" for name in missing))
        if segment.targeted is None:
            yield lacks(f"whether {segment.name} is targeted")
    came = facts.flow.entered.sum(axis=1)
    untargeted = [segment.targeted is False for segment in facts.journey.segments]
    share = float(came[untargeted].sum() / came.sum()) if came.sum() else 0.0
    told = f"{share_text(share)} of the traffic is untargeted."
    seen = {"share": share, "most": facts.thresholds.untargeted_share}
    if exceeds(share, seen["most"]):
        yield fires(told, seen)
    yield passes(told, seen)


@rule(
    "A09",
    "W",
    "For each channel you know how aware the audience is and why it is there",
    "The Customer Value Journey sorts people by what they know when you meet them, and chooses "
    "the channels they use.",
    "003:21-32",
)
def channels_described(facts: Facts) -> Iterator[Outcome]:
    for segment in facts.journey.segments:
        missing = [
            what
            for what, value in (
                ("the awareness level", segment.awareness),
                ("why people are there", segment.why_there),
            )
            if value is None
        ]
        if missing and (facts.begun or segment.channel):
            yield fires(
                f"Enter {' and '.join(missing)} for {segment.channel or segment.name}: what the "
                "audience knows, and why it uses this channel.",
                segment=segment.name,
            )
        yield lacks(*(f"{what} for {segment.name}" for what in missing))
    yield passes("For each channel it is known how aware people are and why they are there.")


@rule(
    "A10",
    "W",
    "The first content people see suits their awareness level",
    "The Customer Value Journey has content for each level: entertaining, educational, arguing "
    "against the usual remedy, better than the competition.",
    "003:40-56",
)
def content_suits_awareness(facts: Facts) -> Iterator[Outcome]:
    suits = {level.key: level for level in awareness_levels()}
    for segment in facts.journey.segments:
        if segment.awareness is None or segment.content is None:
            yield lacks(f"the awareness level and the content of {segment.name}")
        elif segment.content != suits[segment.awareness].content:
            level = suits[segment.awareness]
            yield fires(
                f"{level.name} audiences need {level.content} content: {segment.name} gets "
                f"{segment.content}.",
                segment=segment.name,
            )
    yield passes("All content suits its level.")


@rule(
    "A11",
    "I",
    "What it costs to reach one person, from word of mouth to advertising",
    "Sugerman lists channels from cheap to expensive: word of mouth, social media, blogs, "
    "events, advertising.",
    "002:14",
)
def channel_costs_in_order(facts: Facts) -> Iterator[Outcome]:
    aware = facts.stage_at("aware")
    spent: dict[str, list[tuple[float, float]]] = {}
    unknown = []
    for index, segment in enumerate(facts.journey.segments):
        if segment.channel_kind == "other":
            continue
        if segment.channel_kind is None:
            unknown.append(f"the kind of channel of {segment.name}")
        elif segment.spend is None:
            unknown.append(f"the spend of {segment.name}")
        elif facts.flow.undefined[index, aware]:
            unknown.append(f"the people of {segment.name} at {facts.label(aware)}")
        else:
            people = float(facts.flow.people[index, aware])
            spent.setdefault(segment.channel_kind, []).append((segment.spend, people))
    totals = {kind: [*map(sum, zip(*spent[kind], strict=True))] for kind in spent}
    costs = {
        kind: totals[kind][0] / totals[kind][1]
        for kind in channel_kinds()
        if kind in totals and totals[kind][1] > 0
    }
    for (cheap, less), (dear, more) in pairwise(costs.items()):
        if exceeds(less, more):
            yield fires(
                f"{_words(cheap).capitalize()} should cost less than {_words(dear)}, but costs "
                f"more: {money_text(less, facts.journey.currency)} against "
                f"{money_text(more, facts.journey.currency)} per person.",
                {cheap: less, dear: more},
                stage=facts.key(aware),
            )
    if len(costs) < 2 and not unknown:
        unknown = ["a second kind of channel with its spend"]
    yield lacks(*unknown)
    yield passes("The costs rise from word of mouth to advertising, as they should.", costs)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


@rule(
    "A12",
    "W",
    "People become curious at once, and something makes them so",
    "Seven Steps to Heaven wants people intrigued at the outset or very early on. Mishra makes "
    "them curious at once, with a headline or your own story.",
    *("000:15", "001:23"),
    basis="threshold",
)
def curious_at_once(facts: Facts) -> Iterator[Outcome]:
    intrigued, most = facts.at("intrigued"), facts.thresholds.intrigue_days
    days = None if intrigued is None else facts.numbers(intrigued).mean_delay
    if intrigued is not None and days is not None and exceeds(days, most):
        yield fires(
            f"People should become curious at once. Here it takes {days_text(days)}.",
            {"days": days, "most": most},
            stage=facts.key(intrigued),
        )
    engaged = facts.covering["engaged"]
    needed = "an intriguing headline or your own story"
    hooks = facts.look_for("hook", last=engaged, needs=needed)
    if not hooks:
        yield fires(
            "Nothing makes people curious when they come.",
            stage=facts.key(engaged),
        )
    if intrigued is not None:
        facts.typed((f"how many days it takes to get to {facts.label(intrigued)}", days))
    names = ", ".join(act.name for act in hooks)
    yield passes(f"What makes people curious: {names}.", {"days": days, "most": most})


@rule(
    "A13",
    "W",
    "Each lead magnet promises, shows or solves something",
    "The Customer Value Journey: a lead magnet makes a promise, gives an example or offers a "
    "solution. Sugerman: it solves a problem or answers an urgent question.",
    *("003:66", "002:16"),
)
def lead_magnet_described(facts: Facts) -> Iterator[Outcome]:
    magnets = [act for act in facts.acts_of("magnet") if isinstance(act.what, Tactic)]
    if not magnets:
        raise MissingError("a tactic that is a lead magnet")
    for act in magnets:
        tactic = act.what
        if isinstance(tactic, Tactic) and not (tactic.promise or tactic.example or tactic.solution):
            yield fires(
                f"Enter what {act.name} promises, shows or solves.",
                stage=facts.key(act.position),
            )
    yield passes(
        f"{', '.join(act.name for act in magnets)}: each promises, shows or solves something."
    )


@rule(
    "A14",
    "W",
    "Something free comes before the first payment",
    "Seven Steps to Heaven gives before it sells, so that people can test the value. The "
    "Customer Value Journey gives something of value in exchange for contact details.",
    *("000:21", "003:64"),
)
def free_before_payment(facts: Facts) -> Iterator[Outcome]:
    payment = facts.stage_at("first_payment")
    needed = "the tactics and messages before the first payment"
    free = facts.look_for("free", last=payment - 1, needs=needed)
    if not free:
        yield fires(
            "You ask for money before you give anything: nothing free comes before the first "
            "payment.",
            stage=facts.key(payment),
        )
    yield passes(f"Free before the first payment: {', '.join(act.name for act in free)}.")


@rule(
    "A15",
    "W",
    "Leads get something of value without paying",
    "Mishra collects contacts to help for free and to sell later.",
    "001:28",
)
def leads_get_value(facts: Facts) -> Iterator[Outcome]:
    lead, payment = facts.covering["lead"], facts.stage_at("first_payment")
    needed = "a message to leads that gives free value"
    found = [
        act
        for act in facts.acts_of("free_value", "free", "event", first=lead, last=payment - 1)
        if _gives_leads_value(act)
    ]
    if not found:
        facts.look_for("free_value", first=lead, last=payment - 1, needs=needed)
        yield fires(
            "Leads hear nothing from you: no message gives them something of value for free.",
            stage=facts.key(lead),
        )
    yield passes(
        f"{', '.join(act.name for act in found)} for leads.", {"messages": float(len(found))}
    )


def _gives_leads_value(act: Act) -> bool:
    """Tell whether leads get something, and go on getting it: free value, or a recurring event."""
    often = act.what.times_a_week if isinstance(act.what, Message) else None
    return often != 0 if act.kind and act.kind.key == "free_value" else bool(often)
