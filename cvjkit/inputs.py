"""What an analyst types: people, money and time per stage, and the ways between stages.

Every value here is frozen and has been checked by itself; what only makes sense within a
framework (stage names, lengths, sums) is checked by `cvjkit.journey.Journey`.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

AwarenessLevel = Literal["unaware", "problem", "solution", "product"]
AWARENESS_LEVELS: tuple[str, ...] = get_args(AwarenessLevel)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError("must be a number; write it without quotes or units")  # noqa: TRY004 - pydantic collects ValueError, a TypeError would escape
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("must be a finite number; leave it out if it is not known")
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
        fix = percent if 1 < number <= 100 else "write a share from 0 to 1"
        raise ValueError(f"must be between 0 and 1; {fix}")
    return number


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty; give it a name")
    return value


Number = Annotated[float, BeforeValidator(_number)]
Amount = Annotated[float, BeforeValidator(_amount)]
Count = Annotated[float, BeforeValidator(_count)]
Share = Annotated[float, BeforeValidator(_share)]
Name = Annotated[str, AfterValidator(_name)]


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
    """

    name: Name
    channel: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _named_only(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class StageNumbers(_Input):
    """Money, time and tactics at one stage, the same for every segment.

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
    """

    stage: str
    unit_cost: Amount | None = None
    fixed_cost: Amount | None = None
    margin: Number | None = None
    delay_days: Amount | None = None
    tactics: tuple[Tactic, ...] = ()


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
    """

    stage: str
    name: Name
    price: Amount | None = None
    margin: Number | None = None
    cycle_days: Amount | None = None
    repeat_rate: Share | None = None


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
    """

    source: str
    target: str
    per_person: Amount
    segment: str | None = None
