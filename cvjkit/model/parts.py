"""What an analyst types: people, money and time per stage, and the ways between stages.

Every value here is frozen and has been checked by itself; what only makes sense within a
framework (stage names, lengths, sums) is checked by `cvjkit.journey.Journey`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import (
    StrictBool,
    model_validator,
)

from cvjkit.catalog.data import Plain, Record
from cvjkit.errors import MOST_FAULTS, InputError, unknown_name
from cvjkit.model.scalars import (
    Amount,
    Count,
    Day,
    Kind,
    Name,
    Number,
    Share,
    ShareRange,
    StageKey,
    Text,
)
from cvjkit.model.typed import typed

AwarenessLevel = Literal["unaware", "problem", "solution", "product"]
AWARENESS_LEVELS: tuple[str, ...] = get_args(AwarenessLevel)
ContentType = Literal["entertaining", "educational", "contrasting", "comparing"]
ChannelKind = Literal["word_of_mouth", "social_media", "blog", "event", "advertising", "other"]
CountedIn = Literal["people", "visits", "impressions", "mixed"]


class Segment(Record):
    """Where people come from: a channel at one level of awareness, fixed for a person's life.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Segment)``.

    Notes
    -----
    Either `counts` (observed) or `entrants` and `rates` (planned), never both.
    """

    name: Annotated[Name, typed("Unique within the journey.", label="Segment", default=...)]
    channel: Plain | None = typed('Where they met you: "Search ads".')
    # 003:23-26
    awareness: AwarenessLevel | None = typed("What they know when they meet you.")
    spend: Amount | None = typed(
        "Money spent on the channel in the period, 0 or more.", unit="currency"
    )
    counts: tuple[Count | None, ...] | None = typed(
        "People seen at each stage of the framework, whole numbers; None where not known.",
        unit="people",
    )
    entrants: tuple[Amount | None, ...] | None = typed(
        "People who come in from outside, at each stage; goes with `rates`.", unit="people"
    )
    rates: tuple[Share | None, ...] | None = typed(
        "Share, 0 to 1, of the people at the stage it follows who reach each stage; the first "
        "stage has none."
    )
    # 000:12
    avatar: Text | None = typed("Who they are.", label="Who they are")
    # 001:18
    intent: Text | None = typed("What problem they want solved.", label="What they want solved")
    # 001:18
    targeted: StrictBool | None = typed(
        "Whether they were chosen, rather than anyone who comes by.", label="Chosen"
    )
    channel_kind: ChannelKind | None = typed("What kind of channel it is.", label="Kind of channel")
    # 003:30-32
    why_there: Text | None = typed(
        "Why this audience is in the channel.", label="Why they are there"
    )
    # 003:42-56
    content: ContentType | None = typed(
        "What they are shown first: contrasting with the usual remedy, comparing with "
        "the competition.",
        label="Content shown first",
    )
    counted_in: CountedIn | None = typed("What its numbers count.")

    @model_validator(mode="after")
    def _counted_or_planned(self) -> Segment:
        planned = self.entrants is not None or self.rates is not None
        if self.counts is not None and planned:
            raise ValueError("must have either counts, or entrants with rates; keep one of the two")
        if self.counts is None and not planned:
            raise ValueError("has no numbers; give it counts, or entrants with rates")
        if planned and (self.entrants is None or self.rates is None):
            raise ValueError("needs entrants and rates together; add the one that is missing")
        return self

    @property
    def observed(self) -> bool:
        """Whether the people were counted (True) or planned by rates (False)."""
        return self.counts is not None


class Tactic(Record):
    """Something done at a stage to move people on.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Tactic)``.
    """

    name: Annotated[Name, typed("What it is called.", label="Tactic", default=...)]
    channel: Plain | None = typed('Where it reaches people: "email".')
    kind: Kind | None = typed(
        'One of `cvjkit.catalog.tactics.tactic_kinds`; a name that says it, such as "Upsell", '
        "will do."
    )
    # 003:66
    promise: Text | None = typed(
        "What it promises. A lead magnet promises, shows or solves something."
    )
    # 003:66
    example: Text | None = typed("What it shows, as an example.")
    # 003:66
    solution: Text | None = typed("What problem it solves.")
    owner: Text | None = typed("Who does it.")
    cost: Amount | None = typed(
        "Planned cost in the period, 0 or more. For planning only: the economics use what is "
        "typed at the stage.",
        unit="currency",
    )
    due: Day | None = typed('Day by which it is done: "2026-03-31".')

    @model_validator(mode="before")
    @classmethod
    def _named_only(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Message(Record):
    """Something sent or said to people at a stage, and when.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Message)``.
    """

    kind: Annotated[
        Kind,
        typed(
            "One of `cvjkit.catalog.tactics.tactic_kinds`: free_value, ask, delivery, thank_you, "
            "follow_up,...",
            default=...,
        ),
    ]
    name: Text | None = typed("What it is called.", label="Message")
    channel: Text | None = typed('Where it reaches people: "email".')
    after_minutes: Amount | None = typed(
        "Time after arriving at the stage.", unit="minutes", label="After"
    )
    after_opening_minutes: Amount | None = typed(
        "Time after the start of the next working day, for what a person does.",
        unit="minutes",
        label="After opening",
    )
    times_a_week: Amount | None = typed("How often; once, if left out.")
    solicited: StrictBool | None = typed("Whether they asked for it.", label="Asked for")
    opt_out: StrictBool | None = typed("Whether they can stop it.", label="Can be stopped")
    # 001:61
    after_happy_sign: StrictBool | None = typed("Whether it waits for a sign that they are happy.")


class StageNumbers(Record):
    """Money, time, tactics and messages at one stage, the same for every segment.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(StageNumbers)``.
    """

    stage: Annotated[StageKey, typed("Key of the stage.", default=...)]
    unit_cost: Amount | None = typed(
        "Cost of each arrival at the stage, 0 or more.", unit="currency"
    )
    fixed_cost: Amount | None = typed(
        "Cost of having the stage in the period, 0 or more.", unit="currency"
    )
    margin: Number | None = typed(
        "Contribution of each arrival at the stage; may be negative.", unit="currency"
    )
    delay_days: Amount | None = typed(
        "Mean time from the stage before to this one, 0 or more.", unit="days", label="Delay"
    )
    delay_law: Literal["fixed", "exponential", "gamma"] | None = typed(
        "How the delay differs between people: not at all, unless chosen; a constant share of "
        "those left arrives each day; around the mean.",
        label="Kind of delay",
    )
    delay_spread_days: Amount | None = typed(
        "Standard deviation of a gamma delay, 0 or more; as long as the delay if left out.",
        unit="days",
        label="Spread of the delay",
    )
    delay_waits: tuple[Amount, ...] = typed(
        "Times measured from the stage before to this one, instead of the delay.",
        unit="days",
        label="Measured waits",
        default=(),
    )
    rate_range: ShareRange | None = typed(
        "Where the typed rate into the stage lies with a probability of 90%: 4-6%. Where people "
        "were counted, they say how sure the rate is.",
        label="Range of the rate",
    )
    rate_cases: Amount | None = typed(
        "How many cases the typed rate into the stage is as sure as, instead of a range; more "
        "than 0.",
        unit="people",
        label="Rate as sure as",
    )
    tactics: tuple[Tactic, ...] = typed("What is done there.", default=())
    messages: tuple[Message, ...] = typed("What is sent there.", default=())

    @model_validator(mode="after")
    def _one_delay(self) -> StageNumbers:
        if self.delay_waits and self.delay_days is not None:
            raise ValueError("has a delay and measured waits; keep one of the two")
        return self

    @model_validator(mode="after")
    def _one_evidence(self) -> StageNumbers:
        if self.rate_cases == 0:
            raise ValueError(
                "says that its rate is as sure as 0 cases; write more, or leave it out"
            )
        if self.rate_cases is not None and self.rate_range is not None:
            raise ValueError("says how sure its rate is as a range and in cases; keep one of them")
        return self

    @property
    def mean_delay(self) -> float | None:
        """Mean time from the stage before to this one [days]; None if it is not known."""
        if self.delay_waits:
            return sum(self.delay_waits) / len(self.delay_waits)
        return self.delay_days


class Offer(Record):
    """What is sold at a stage.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Offer)``.
    """

    stage: Annotated[StageKey, typed("Key of the stage where it is bought.", default=...)]
    name: Annotated[Name, typed("What is sold.", label="Offer", default=...)]
    price: Amount | None = typed("Revenue of one order, 0 or more.", unit="currency")
    margin: Number | None = typed(
        "Contribution of one order: price less what the order itself costs.", unit="currency"
    )
    # 004:8
    cycle_days: Amount | None = typed(
        "Time from one order to the next, 0 or more.", unit="days", label="Buying cycle"
    )
    repeat_rate: Share | None = typed(
        "Share, 0 to 1, of those who bought again that order once more each cycle."
    )
    # 003:100
    kind: Literal["own", "joint_venture", "affiliate"] | None = typed(
        "Whose it is.", label="Whose it is"
    )
    value: Text | None = typed("What it is worth beyond its price.", label="Value beyond its price")
    risk_reducer: Text | None = typed(
        "What takes the risk off the buyer: a guarantee, a trial.", label="What takes the risk"
    )
    # 001:45
    easy_payment: StrictBool | None = typed("Whether paying is easy.", label="Easy to pay")
    digital: StrictBool | None = typed("Whether it is delivered as a download or access.")
    # 001:45
    immediate_access: StrictBool | None = typed(
        "Whether it can be used right after paying.", label="Access at once"
    )
    # 001:57
    based_on: Literal["bought_together", "stated_need"] | None = typed(
        "Why it is offered to this customer.", label="Why this one"
    )
    # 004:8
    reorder_days: tuple[Amount, ...] = typed(
        "Time until each of the products in it is bought again, where they differ.",
        unit="days",
        label="Re-order times",
        default=(),
    )


class Transition(Record):
    """A way between two stages besides the step from each stage to the next.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Transition)``.

    Notes
    -----
    Where the target stands decides the kind: later is a skip, earlier a way back (re-engagement,
    002:23), the same stage a repeat.
    """

    source: Annotated[StageKey, typed("Key of the stage it leaves.", default=...)]
    target: Annotated[StageKey, typed("Key of the stage it leads to.", default=...)]
    rate: Annotated[
        Share, typed("Share, 0 to 1, of the visits to `source` that take this way.", default=...)
    ]
    segment: str | None = typed(
        "Name of the only segment whose people take it; by default those of every segment do.",
        label="Taken by",
    )


class Referral(Record):
    """New people brought in by people at a stage.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Referral)``.
    """

    source: Annotated[StageKey, typed("Key of the stage whose people recommend.", default=...)]
    target: Annotated[
        StageKey, typed("Key of the stage where those they bring come in.", default=...)
    ]
    per_person: Annotated[
        Amount,
        typed(
            "New people for each arrival at `source`, 0 or more.",
            label="New people each",
            default=...,
        ),
    ]
    segment: str | None = typed(
        "Name of the segment the new people belong to; by default that of who brought them.",
        label="Into segment",
    )
    source_segment: str | None = typed(
        "Name of the only segment whose people bring them; by default those of every segment do.",
        label="Brought by",
    )
    reward: Amount | None = typed(
        "What the one who recommends gets for each person brought, 0 or more. The economics use "
        "what is typed at the stage.",
        unit="currency",
    )


class Accepted(Record):
    """A finding of the audit that you have decided to accept, and why.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Accepted)``.
    """

    rule: Annotated[Name, typed('"A11".', default=...)]
    reason: Annotated[Text, typed("Why; shown with the finding.", default=...)]
    stage: StageKey | None = typed("Only the finding there; by default all findings of the rule.")
    segment: Plain | None = typed("Only the finding there; by default all findings of the rule.")


class Thresholds(Record):
    """Limits that the audit uses where no document gives one: ours, yours to change.

    Parameters
    ----------
    **fields
        With meanings and units in `data/README.md`, and from
        ``cvjkit.model.typed.typed_fields(Thresholds)``.

    Examples
    --------
    >>> Thresholds(price_jump=20).price_jump
    20.0
    """

    bypass_share: Share = typed("A02: share of people who may jump over a stage.", default=0.10)
    never_lead_share: Share = typed(
        "A04: share of first-time buyers who may never have been leads.", default=0.20
    )
    uneducated_share: Share = typed(
        "A07: share of those offered something who may not have been educated.", default=0.20
    )
    untargeted_share: Share = typed("A08: share of people who may come untargeted.", default=0.20)
    intrigue_days: Amount = typed(
        "A12: longest mean time from aware to intrigued.", unit="days", default=1
    )
    entry_price_share: Share = typed(
        "A16: most the first offer may cost, as a share of the next one's price.", default=0.35
    )
    cover_low: Amount = typed(
        "A18: least that the first margins may be, as a multiple of the cost from lead to "
        "customer.",
        default=1,
    )
    cover_high: Amount = typed(
        "A18: most that the first margins may be, as a multiple of the cost from lead to customer.",
        default=2,
    )
    price_jump: Amount = typed(
        "A19: most that a price may be a multiple of the one before.", default=10
    )
    session_minutes: Amount = typed(
        "A20: how long a first session lasts.", unit="minutes", default=30
    )
    leg_days: Amount = typed(
        "A21: a slow step takes more days than this.",
        unit="days",
        default=30,
    )
    leg_medians: Amount = typed(
        "A21: a slow step takes more than this many times the median step.",
        default=3,
    )
    leg_cycles: Amount = typed("A21: a slow step takes more buying cycles than this.", default=1)
    messages_a_week: Amount = typed("A22: unsolicited messages before payment.", default=3)
    opening_minutes: Amount = typed(
        'A25: "first thing next morning", after the start of the working day.',
        unit="minutes",
        default=60,
    )
    wow_cost_share: Share = typed(
        "A28: cost of delighting a customer, as a share of the core margin.", default=0.20
    )
    reorder_times: Amount = typed(
        "A33: most that a product's re-order time may be a multiple of the offer's cycle.",
        default=1.5,
    )
    thin_people: Amount = typed(
        "A51: fewest people a rate should rest on.", unit="people", default=30
    )
    thin_width: Amount = typed("A51: widest half interval, as a share of the rate.", default=0.5)
    age_delays: Amount = typed(
        "A52: least age of a cohort, as a multiple of the delays it takes to get there.", default=2
    )
    ltv_to_cac: Amount = typed(
        "A54: what a customer should bring, as a multiple of what winning them costs.", default=3
    )
    payback_days: Amount = typed("A54: longest payback.", unit="days", default=365)

    @model_validator(mode="before")
    @classmethod
    def _known_ones(cls, value: object) -> object:
        if isinstance(value, Mapping):
            names = list(cls.model_fields)
            unknown = [name for name in value if name not in names]
            if unknown:
                told = unknown[: MOST_FAULTS + 1]
                faults = [unknown_name("thresholds", name, names) for name in told]
                raise InputError("thresholds", faults)
        return value
