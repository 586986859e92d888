"""Rules on winning attention: the right people, the right content, something free first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from cvjkit.audit.audit import Outcome, fires, passes, rule
from cvjkit.audit.facts import Facts, MissingError, exceeds
from cvjkit.catalog.sources import awareness_levels
from cvjkit.catalog.tactics import channel_kinds
from cvjkit.model.parts import Tactic
from cvjkit.numbers import days_text, share_text


@rule(
    "A08",
    "W",
    "Each source has an avatar and an intent, and the traffic is targeted",
    "001 asks where traffic comes from and what it intends, and wants only targeted visitors who "
    "mean to solve a problem; 000 speaks of your avatar, 004 of selecting and targeting.",
    *("001:18", "000:12", "004:6"),
    basis="threshold",
)
def unknown_traffic(facts: Facts) -> Iterator[Outcome]:
    needs = []
    for segment in facts.journey.segments:
        missing = [name for name in ("avatar", "intent") if getattr(segment, name) is None]
        if missing and (facts.begun or segment.channel):
            yield fires(
                f"Who comes from {segment.name}, and what problem do they want solved? "
                f"Not written down: {' and '.join(missing)}.",
                segment=segment.name,
            )
        needs += [f"the {name} of {segment.name}" for name in missing]
        if segment.targeted is None:
            needs.append(f"whether {segment.name} is targeted")
    came = facts.flow.entered.sum(axis=1)
    untargeted = [segment.targeted is False for segment in facts.journey.segments]
    share = float(came[untargeted].sum() / came.sum()) if came.sum() else 0.0
    most = facts.thresholds.untargeted_share
    if exceeds(share, most):
        yield fires(
            f"{share_text(share)} of the traffic is untargeted.", {"share": share, "most": most}
        )
    if needs:
        raise MissingError(*needs)
    yield passes(
        f"{share_text(share)} of the traffic is untargeted.", {"share": share, "most": most}
    )


@rule(
    "A09",
    "W",
    "Each channel has an awareness level and a reason why the audience is there",
    "003 sorts people by what they know when you meet them, and picks channels because the "
    "audience uses them.",
    "003:21-32",
)
def unexplained_channel(facts: Facts) -> Iterator[Outcome]:
    needs = []
    for segment in facts.journey.segments:
        missing = [
            what
            for what, value in (
                ("the awareness level", segment.awareness),
                ("why_there", segment.why_there),
            )
            if value is None
        ]
        if missing and (facts.begun or segment.channel):
            yield fires(
                f"Set {' and '.join(missing)} of {segment.channel or segment.name}: what the "
                "audience knows, and why it is there.",
                segment=segment.name,
            )
        needs += [f"{what} of {segment.name}" for what in missing]
    if needs:
        raise MissingError(*needs)
    yield passes("Each channel has both.")


@rule(
    "A10",
    "W",
    "The content each source is shown first suits its awareness level",
    "003 gives each level its content: entertaining, educational, against the usual remedy, "
    "better than the competition.",
    "003:40-56",
)
def unsuitable_content(facts: Facts) -> Iterator[Outcome]:
    suits = {level.key: level for level in awareness_levels()}
    needs = []
    for segment in facts.journey.segments:
        if segment.awareness is None or segment.content is None:
            needs.append(f"the awareness level and the content of {segment.name}")
        elif segment.content != suits[segment.awareness].content:
            level = suits[segment.awareness]
            yield fires(
                f"{level.name} audiences need {level.content} content: {segment.name} gets "
                f"{segment.content}.",
                segment=segment.name,
            )
    if needs:
        raise MissingError(*needs)
    yield passes("All content suits its level.")


@rule(
    "A11",
    "I",
    "What it costs to be known to one person, from word of mouth to advertising",
    "002 lists the ways to be known in order of expense: word of mouth, social media, blogs, "
    "events, advertising.",
    "002:14",
)
def reversed_costs(facts: Facts) -> Iterator[Outcome]:
    aware = facts.stage_at("aware")
    spent: dict[str, list[float]] = {}
    needs = []
    for place, segment in enumerate(facts.journey.segments):
        if segment.channel_kind == "other":
            continue
        if segment.channel_kind is None:
            needs.append(f"the channel_kind of {segment.name}")
        elif segment.spend is None:
            needs.append(f"the spend of {segment.name}")
        elif facts.flow.undefined[place, aware]:
            needs.append(f"the people of {segment.name} at {facts.label(aware)}")
        else:
            money, people = spent.setdefault(segment.channel_kind, [0.0, 0.0])
            spent[segment.channel_kind] = [
                money + segment.spend,
                people + float(facts.flow.people[place, aware]),
            ]
    costs = {
        kind: spent[kind][0] / spent[kind][1]
        for kind in channel_kinds()
        if kind in spent and spent[kind][1] > 0
    }
    for (cheap, less), (dear, more) in pairwise(costs.items()):
        if exceeds(less, more):
            yield fires(
                f"002 expects {_words(cheap)} cheaper than {_words(dear)}; yours is reversed: "
                f"{_cost(facts, less)} against {_cost(facts, more)} per person.",
                {cheap: less, dear: more},
                stage=facts.key(aware),
            )
    if len(costs) < 2:
        needs = needs or ["a second kind of channel with its spend"]
    if needs:
        raise MissingError(*needs)
    yield passes("From the cheapest to the dearest they follow the order of 002.", costs)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _cost(facts: Facts, cost: float) -> str:
    return f"{facts.journey.currency} {cost:.3g}"


@rule(
    "A12",
    "W",
    "Curiosity is woken at the outset: soon, and by a hook",
    "000 wants people intrigued at the outset or very early on; 001 wakes curiosity at once, with "
    "a headline or a story of one's own.",
    *("000:15", "001:23"),
    basis="threshold",
)
def late_curiosity(facts: Facts) -> Iterator[Outcome]:
    intrigued, most = facts.at("intrigued"), facts.thresholds.intrigue_days
    days = None if intrigued is None else facts.delay(intrigued)
    if intrigued is not None and days is not None and exceeds(days, most):
        yield fires(
            f"Curiosity must come at the outset: it takes {days_text(days)} here.",
            {"days": days, "most": most},
            stage=facts.key(intrigued),
        )
    engaged = facts.covering["engaged"]
    needed = "a hook: an intriguing headline, a story of your own"
    hooks = facts.look_for("hook", last=engaged, needs=needed)
    if not hooks:
        yield fires(
            "Nothing hooks those who come: curiosity must come at the outset.",
            stage=facts.key(engaged),
        )
    if intrigued is not None:
        facts.typed((f"delay_days of {facts.label(intrigued)}", days))
    names = ", ".join(act.name for act in hooks)
    yield passes(f"They are hooked by {names}.", {"days": days, "most": most})


@rule(
    "A13",
    "W",
    "Each lead magnet promises, shows or solves something",
    "003: a lead magnet makes a promise, gives an example or offers a solution; 002: it solves a "
    "problem or answers a burning question.",
    *("003:66", "002:16"),
)
def mute_magnet(facts: Facts) -> Iterator[Outcome]:
    magnets = [act for act in facts.acts_of("magnet") if isinstance(act.what, Tactic)]
    if not magnets:
        raise MissingError("a tactic that is a lead magnet")
    for act in magnets:
        tactic = act.what
        if isinstance(tactic, Tactic) and not (tactic.promise or tactic.example or tactic.solution):
            yield fires(
                f"What does the free thing promise, show or solve? {act.name} says nothing.",
                stage=facts.key(act.place),
            )
    yield passes(f"{', '.join(act.name for act in magnets)}: each says what it is good for.")


@rule(
    "A14",
    "W",
    "Something free comes before the first payment",
    "000 gives before it sells, so that people can test the value; 003 trades a piece of value "
    "for contact details.",
    *("000:21", "003:64"),
)
def nothing_free(facts: Facts) -> Iterator[Outcome]:
    payment = facts.stage_at("first_payment")
    needed = "the tactics and messages before the first payment"
    free = facts.look_for("free", last=payment - 1, needs=needed)
    if not free:
        yield fires(
            "The ask for money comes before any giving: nothing free precedes the first payment.",
            stage=facts.key(payment),
        )
    yield passes(f"Free before the first payment: {', '.join(act.name for act in free)}.")


@rule(
    "A15",
    "W",
    "Leads get something of value without paying",
    "001 collects contacts to help for free and to sell later.",
    "001:28",
)
def silent_leads(facts: Facts) -> Iterator[Outcome]:
    lead, payment = facts.covering["lead"], facts.stage_at("first_payment")
    needed = "a message of kind free_value for leads"
    found = facts.look_for("free_value", first=lead, last=payment - 1, needs=needed)
    if not found:
        yield fires(
            "Leads are collected, then silence: no message of free value is scheduled for them.",
            stage=facts.key(lead),
        )
    yield passes(
        f"{', '.join(act.name for act in found)} for leads.", {"messages": float(len(found))}
    )
