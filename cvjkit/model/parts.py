"""What an analyst types: people, money and time per stage, and the ways between stages.

Every value here is frozen and has been checked by itself; what only makes sense within a
framework (stage names, lengths, sums) is checked by `cvjkit.journey.Journey`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from numbers import Real
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    model_validator,
)

from cvjkit.catalog.tactics import tactic_kinds
from cvjkit.errors import InputError, unknown_name

AwarenessLevel = Literal["unaware", "problem", "solution", "product"]
AWARENESS_LEVELS: tuple[str, ...] = get_args(AwarenessLevel)
ContentType = Literal["entertaining", "educational", "contrasting", "comparing"]
ChannelKind = Literal["word_of_mouth", "social_media", "blog", "event", "advertising", "other"]
CountedIn = Literal["people", "visits", "impressions", "mixed"]


LARGEST = 1e15  # beyond it whole numbers are no longer told apart, and sums overflow


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError("must be a number; write it without quotes or units")  # noqa: TRY004 - pydantic collects ValueError, a TypeError would escape
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("must be a finite number; leave it out if it is not known")
    if abs(number) > LARGEST:
        raise ValueError(f"must be at most {LARGEST:g}; check its unit")
    return number


def _amount(value: object) -> float:
    number = _number(value)
    if number < 0:
        raise ValueError("must not be negative; write 0 or more")
    return number


def _count(value: object) -> float:
    number = _amount(value)
    if number != math.floor(number):
        raise ValueError(
            "must be a whole number of people; round it, or plan with entrants and rates"
        )
    return number


def _share(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        percent = f"write {number / 100:g} if you mean {number:g}%"
        fix = percent if 2 <= number <= 100 else "write a share from 0 to 1"
        raise ValueError(f"must be between 0 and 1; {fix}")
    return number


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty; give it a name")
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty; write it, or leave it out")
    return value


def _day(value: object) -> object:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("must be a day; write it like 2026-03-31") from None
    return f"{day:%Y-%m-%d}"


def _kind(value: str) -> str:
    known = [kind.key for kind in tactic_kinds()]
    if value not in known:
        fault = unknown_name("kind", value, known)
        raise ValueError(f"{fault.rule}; {fault.fix}")
    return value


Number = Annotated[float, BeforeValidator(_number)]
Amount = Annotated[float, BeforeValidator(_amount)]
Count = Annotated[float, BeforeValidator(_count)]
Share = Annotated[float, BeforeValidator(_share)]
Name = Annotated[str, AfterValidator(_name)]
Text = Annotated[str, AfterValidator(_text)]
Day = Annotated[str, BeforeValidator(_day)]
Kind = Annotated[str, AfterValidator(_kind)]


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Segment(_Input):
    """Where people come from: a channel at one level of awareness, fixed for a person's life.

    Parameters
    ----------
    name : str
        Unique within the journey.
    channel : str, optional
        Where they met you: "Search ads".
    awareness : {"unaware", "problem", "solution", "product"}, optional
        What they know when they meet you [003:23-26].
    spend : float, optional
        Money spent on the channel in the period [currency], 0 or more.
    counts : tuple of float or None, optional
        People seen at each stage of the framework, whole numbers; None where not known.
    entrants : tuple of float or None, optional
        People who come in from outside, at each stage; goes with `rates`.
    rates : tuple of float or None, optional
        Share, 0 to 1, of the people at the stage it follows who reach each stage; the first
        stage has none.
    avatar : str, optional
        Who they are [000:12].
    intent : str, optional
        What problem they want solved [001:18].
    targeted : bool, optional
        Whether they were chosen, rather than whoever comes by [001:18].
    channel_kind : str, optional
        word_of_mouth, social_media, blog, event, advertising or other.
    why_there : str, optional
        Why this audience is in the channel [003:30-32].
    content : {"entertaining", "educational", "contrasting", "comparing"}, optional
        What they are shown first [003:42-56].
    counted_in : {"people", "visits", "impressions", "mixed"}, optional
        What its numbers count.

    Notes
    -----
    Either `counts` (observed) or `entrants` and `rates` (planned), never both.
    """

    name: Name
    channel: str | None = None
    awareness: AwarenessLevel | None = None
    spend: Amount | None = None
    counts: tuple[Count | None, ...] | None = None
    entrants: tuple[Amount | None, ...] | None = None
    rates: tuple[Share | None, ...] | None = None
    avatar: Text | None = None
    intent: Text | None = None
    targeted: StrictBool | None = None
    channel_kind: ChannelKind | None = None
    why_there: Text | None = None
    content: ContentType | None = None
    counted_in: CountedIn | None = None

    @model_validator(mode="after")
    def _counted_or_planned(self) -> Segment:
        planned = self.entrants is not None or self.rates is not None
        if (self.counts is not None) == planned:
            raise ValueError("must have either counts, or entrants with rates; keep one of the two")
        if planned and (self.entrants is None or self.rates is None):
            raise ValueError("needs entrants and rates together; add the one that is missing")
        return self

    @property
    def observed(self) -> bool:
        """Whether the people were counted (True) or planned by rates (False)."""
        return self.counts is not None


class Tactic(_Input):
    """Something done at a stage to move people on.

    Parameters
    ----------
    name : str
    channel : str, optional
        Where it reaches people: "email".
    kind : str, optional
        One of `cvjkit.catalog.tactics.tactic_kinds`; a name that says it, such as "Upsell",
        will do.
    promise, example, solution : str, optional
        What it promises, shows, answers. A lead magnet needs one of them [003:66].
    owner : str, optional
        Who does it.
    cost : float, optional
        Planned cost in the period [currency], 0 or more. For the plan on the wall: the economics
        take what is typed at the stage.
    due : str, optional
        Day by which it is done: "2026-03-31".
    """

    name: Name
    channel: str | None = None
    kind: Kind | None = None
    promise: Text | None = None
    example: Text | None = None
    solution: Text | None = None
    owner: Text | None = None
    cost: Amount | None = None
    due: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _named_only(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Message(_Input):
    """Something sent or said to people at a stage, and when.

    Parameters
    ----------
    kind : str
        One of `cvjkit.catalog.tactics.tactic_kinds`: free_value, ask, delivery, thank_you,
        follow_up, ...
    name : str, optional
    channel : str, optional
    after_minutes : float, optional
        Time after arriving at the stage [minutes].
    after_opening_minutes : float, optional
        Time after the start of the next working day [minutes], for what a person does.
    times_a_week : float, optional
        How often; once, if left out.
    solicited : bool, optional
        Whether they asked for it.
    opt_out : bool, optional
        Whether they can stop it.
    after_happy_sign : bool, optional
        Whether it waits for a sign that they are happy [001:61].
    """

    kind: Kind
    name: Text | None = None
    channel: Text | None = None
    after_minutes: Amount | None = None
    after_opening_minutes: Amount | None = None
    times_a_week: Amount | None = None
    solicited: StrictBool | None = None
    opt_out: StrictBool | None = None
    after_happy_sign: StrictBool | None = None


class StageNumbers(_Input):
    """Money, time, tactics and messages at one stage, the same for every segment.

    Parameters
    ----------
    stage : str
        Key of the stage.
    unit_cost : float, optional
        Cost of each arrival at the stage [currency per visit], 0 or more.
    fixed_cost : float, optional
        Cost of having the stage in the period [currency], 0 or more.
    margin : float, optional
        Contribution of each arrival at the stage [currency per visit]; may be negative.
    delay_days : float, optional
        Mean time from the stage before to this one [days], 0 or more.
    tactics : tuple of Tactic
        What is done there.
    messages : tuple of Message
        What is sent there.
    """

    stage: str
    unit_cost: Amount | None = None
    fixed_cost: Amount | None = None
    margin: Number | None = None
    delay_days: Amount | None = None
    tactics: tuple[Tactic, ...] = ()
    messages: tuple[Message, ...] = ()


class Offer(_Input):
    """What is sold at a stage.

    Parameters
    ----------
    stage : str
        Key of the stage where it is bought.
    name : str
    price : float, optional
        Revenue of one order [currency], 0 or more.
    margin : float, optional
        Contribution of one order [currency]: price less what the order itself costs.
    cycle_days : float, optional
        Time from one order to the next [days], 0 or more [004:8].
    repeat_rate : float, optional
        Share, 0 to 1, of those who bought again that order once more each cycle.
    kind : {"own", "joint_venture", "affiliate"}, optional
        Whose it is [003:100].
    value : str, optional
        What it is worth beyond its price.
    risk_reducer : str, optional
        What takes the risk off the buyer: a guarantee, a trial.
    easy_payment : bool, optional
        Whether paying is easy [001:45].
    digital : bool, optional
        Whether it is delivered as a download or access.
    immediate_access : bool, optional
        Whether it can be used right after paying [001:45].
    based_on : {"bought_together", "stated_need"}, optional
        Why it is offered to this customer [001:57].
    reorder_days : tuple of float
        Time until each of the products in it is bought again [days], where they differ [004:8].
    """

    stage: str
    name: Name
    price: Amount | None = None
    margin: Number | None = None
    cycle_days: Amount | None = None
    repeat_rate: Share | None = None
    kind: Literal["own", "joint_venture", "affiliate"] | None = None
    value: Text | None = None
    risk_reducer: Text | None = None
    easy_payment: StrictBool | None = None
    digital: StrictBool | None = None
    immediate_access: StrictBool | None = None
    based_on: Literal["bought_together", "stated_need"] | None = None
    reorder_days: tuple[Amount, ...] = ()


class Transition(_Input):
    """A way between two stages besides the step from each stage to the next.

    Parameters
    ----------
    source, target : str
        Stage keys. Where the target stands decides the kind: later is a skip, earlier a way
        back (re-engagement, 002:23), the same stage a repeat.
    rate : float
        Share, 0 to 1, of the visits to `source` that take this way.
    """

    source: str
    target: str
    rate: Share


class Referral(_Input):
    """New people brought in by people at a stage.

    Parameters
    ----------
    source : str
        Key of the stage whose people recommend.
    target : str
        Key of the stage where those they bring come in.
    per_person : float
        New people for each arrival at `source`, 0 or more.
    segment : str, optional
        Name of the segment the new people belong to; by default that of who brought them.
    reward : float, optional
        What the one who recommends gets for each person brought [currency], 0 or more. The
        economics take what is typed at the stage.
    """

    source: str
    target: str
    per_person: Amount
    segment: str | None = None
    reward: Amount | None = None


class Accepted(_Input):
    """A finding of the audit that one has decided to live with.

    Parameters
    ----------
    rule : str
        "A11".
    reason : str
        Why; shown with the finding.
    stage, segment : str, optional
        Only the finding there; by default all findings of the rule.
    """

    rule: Name
    reason: Text
    stage: str | None = None
    segment: str | None = None


class Thresholds(_Input):
    """Where the audit draws its lines, where no document does: ours, yours to change.

    Parameters
    ----------
    bypass_share : float
        A02: share of people who may jump over a stage.
    never_lead_share : float
        A04: share of first payers who may never have been leads.
    uneducated_share : float
        A07: share of those offered something who may not have been educated.
    untargeted_share : float
        A08: share of people who may come untargeted.
    intrigue_days : float
        A12: longest mean time from aware to intrigued [days].
    entry_price_share : float
        A16: most the first offer may cost, as a share of the next one's price.
    cover_low, cover_high : float
        A18: least and most that the first margins may be, as a multiple of the cost from lead to
        customer.
    price_jump : float
        A19: most that a price may be a multiple of the one before.
    session_minutes : float
        A20: how long a first session lasts [minutes].
    leg_days, leg_medians : float
        A21: a slow leg takes more days than this, and more than so many times the median leg.
    leg_cycles : float
        A21: a slow leg takes more buying cycles than this.
    messages_a_week : float
        A22: unsolicited messages before payment.
    opening_minutes : float
        A25: "first thing next morning" [minutes after the start of the working day].
    wow_cost_share : float
        A28: cost of delighting a customer, as a share of the core margin.
    reorder_times : float
        A33: most that a product's re-order time may be a multiple of the offer's cycle.
    thin_people : float
        A51: fewest people a rate should rest on.
    thin_width : float
        A51: widest half interval, as a share of the rate.
    age_delays : float
        A52: least age of a cohort, as a multiple of the delays it takes to get there.
    ltv_to_cac : float
        A54: what a customer should bring, as a multiple of what winning them costs.
    payback_days : float
        A54: longest payback [days].

    Examples
    --------
    >>> Thresholds(price_jump=20).price_jump
    20.0
    """

    bypass_share: Share = 0.10
    never_lead_share: Share = 0.20
    uneducated_share: Share = 0.20
    untargeted_share: Share = 0.20
    intrigue_days: Amount = 1
    entry_price_share: Share = 0.35
    cover_low: Amount = 1
    cover_high: Amount = 2
    price_jump: Amount = 10
    session_minutes: Amount = 30
    leg_days: Amount = 30
    leg_medians: Amount = 3
    leg_cycles: Amount = 1
    messages_a_week: Amount = 3
    opening_minutes: Amount = 60
    wow_cost_share: Share = 0.20
    reorder_times: Amount = 1.5
    thin_people: Amount = 30
    thin_width: Amount = 0.5
    age_delays: Amount = 2
    ltv_to_cac: Amount = 3
    payback_days: Amount = 365

    @model_validator(mode="before")
    @classmethod
    def _known_ones(cls, value: object) -> object:
        if isinstance(value, Mapping):
            names = list(cls.model_fields)
            unknown = [name for name in value if name not in names]
            if unknown:
                faults = [unknown_name("thresholds", name, names) for name in unknown]
                raise InputError("thresholds", faults)
        return value
