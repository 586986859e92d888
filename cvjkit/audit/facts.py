"""What a rule of the audit can ask about a journey; what is not known is asked for by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cvjkit.catalog.framework import framework
from cvjkit.catalog.spine import milestones
from cvjkit.catalog.tactics import TacticKind, tactic_kind, tactic_kinds
from cvjkit.model.parts import Message, Tactic

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.design import Design
    from cvjkit.model.economics import Economics
    from cvjkit.model.flow import Flow
    from cvjkit.model.parts import Offer, StageNumbers, Thresholds

Known = TypeVar("Known")


def exceeds(value: float, limit: float) -> bool:
    """Tell whether a number is over a line, and not just by what floats lose.

    Examples
    --------
    >>> exceeds(0.3, 0.1 + 0.2), exceeds(0.1 + 0.2, 0.3), exceeds(0.31, 0.3)
    (False, False, True)
    """
    return value > limit and not math.isclose(value, limit, rel_tol=1e-9)


class MissingError(LookupError):
    """A rule cannot tell: what it needs is not typed.

    Parameters
    ----------
    *needs : str
        Each thing it needs, as a person would look for it.
    """

    def __init__(self, *needs: str) -> None:
        self.needs = needs
        super().__init__(", ".join(needs))


@dataclass(frozen=True, slots=True)
class Act:
    """A tactic or a message, where it stands and what it is.

    Attributes
    ----------
    place : int
        Position of its stage.
    kind : TacticKind or None
        None if neither its kind nor its name says what it is.
    what : Tactic or Message
    """

    place: int
    kind: TacticKind | None
    what: Tactic | Message

    @property
    def name(self) -> str:
        """What it is called."""
        return self.what.name or (self.kind.name if self.kind else "")

    def is_one_of(self, kinds: Iterable[str]) -> bool:
        """Tell whether it is of one of these kinds, or has one of these roles."""
        return self.kind is not None and any(
            name == self.kind.key or name in self.kind.roles for name in kinds
        )


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a journey, for rules to ask. Stages are given by position.

    Parameters
    ----------
    journey : Design

    Examples
    --------
    >>> import cvjkit as cvj
    >>> facts = Facts(cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10]))
    >>> facts.stage_at("first_payment"), facts.people(2), facts.begun
    (2, 100.0, False)
    """

    journey: Design

    @property
    def framework(self) -> Framework:
        """The journey's framework."""
        return self.journey.framework

    @property
    def thresholds(self) -> Thresholds:
        """Where the audit draws its lines."""
        return self.journey.thresholds

    @property
    def shown_in(self) -> Framework:
        """The framework the journey is meant in: the one it is shown in first."""
        view = self.journey.view
        return self.framework if view in (None, self.framework.key) else framework(view)

    @cached_property
    def flow(self) -> Flow:
        """Where people go."""
        return self.journey.flow()

    @cached_property
    def economics(self) -> Economics:
        """What the journey costs and brings."""
        return self.journey.economics()

    # --- the stages -----------------------------------------------------------------------------

    @cached_property
    def _anchored(self) -> dict[str, int]:
        return {
            stage.milestone: position
            for position, stage in enumerate(self.framework)
            if stage.milestone is not None
        }

    @cached_property
    def branches(self) -> frozenset[str]:
        """Branches of the spine on which a stage stands, the main one always."""
        stands = (one.branch for one in milestones() if one.key in self._anchored)
        return frozenset({"main", *stands})

    @cached_property
    def covering(self) -> Mapping[str, int]:
        """Position of the stage in which each milestone lies; those before the first, in it."""
        return {
            milestone.key: next(
                (
                    self._anchored[key]
                    for key in (milestone.key, *milestone.ancestors)
                    if key in self._anchored
                ),
                0,
            )
            for milestone in milestones()
        }

    def at(self, *names: str) -> int | None:
        """Find the stage that stands at a milestone, the first named that has one."""
        return next((self._anchored[name] for name in names if name in self._anchored), None)

    def stage_at(self, *names: str) -> int:
        """Find the stage that stands at a milestone, or say that there must be one."""
        position = self.at(*names)
        if position is None:
            raise MissingError(f"a stage at {' or '.join(names)}: {self.framework.key} has none")
        return position

    def before(self, position: int) -> list[int]:
        """Give the stages that lie before a stage on its way, the nearest first."""
        way, stage = list[int](), self.framework.parents[position]
        while stage is not None:
            way.append(stage)
            stage = self.framework.parents[stage]
        return way

    def label(self, position: int) -> str:
        """Give a stage's name."""
        return self.framework.stages[position].name

    def key(self, position: int) -> str:
        """Give a stage's key."""
        return self.framework.keys[position]

    def numbers(self, position: int) -> StageNumbers | None:
        """Give what was typed for a stage."""
        key = self.key(position)
        return next((row for row in self.journey.stages if row.stage == key), None)

    # --- the people -----------------------------------------------------------------------------

    @cached_property
    def _people(self) -> Sequence[float | None]:
        return self.flow.numbers("people")

    def people(self, position: int) -> float | None:
        """Count the people who reach a stage; None if not known."""
        return self._people[position]

    def counted(self, *positions: int) -> list[float]:
        """Count the people who reach stages, or say which are not known."""
        return self.typed(
            *(
                (f"the people at {self.label(position)}", self._people[position])
                for position in positions
            )
        )

    def share_without(self, position: int, through: int) -> float:
        """Share of the people at a stage who never were at another one before it."""
        self.counted(through)
        (people,) = self.counted(position)
        if people == 0:
            raise MissingError(f"somebody who gets to {self.label(position)}")
        ways, start = self.flow.shares.copy(), self.flow.entered + self.flow.referred
        ways[:, through, :] = ways[:, :, through] = start[:, through] = 0
        visits = np.linalg.inv(np.eye(len(self.framework)) - ways)
        reach = visits[:, :, position] / visits[:, position, position][:, None]
        return min(1.0, float((start * reach).sum()) / people)

    # --- what is done ---------------------------------------------------------------------------

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """All tactics and messages, along the stages."""
        return tuple(
            Act(position, tactic_kind(what.kind, what.name or ""), what)
            for position in range(len(self.framework))
            if (numbers := self.numbers(position)) is not None
            for what in list[Tactic | Message]([*numbers.tactics, *numbers.messages])
        )

    @property
    def begun(self) -> bool:
        """Whether any tactic or message is typed; only then does a missing one mean something."""
        return bool(self.acts)

    def acts_of(self, *kinds: str, first: int = 0, last: int | None = None) -> list[Act]:
        """Find tactics and messages of these kinds or roles, from one stage to another."""
        end = len(self.framework) - 1 if last is None else last
        return [act for act in self.acts if first <= act.place <= end and act.is_one_of(kinds)]

    def look_for(
        self, *kinds: str, needs: str, first: int = 0, last: int | None = None
    ) -> list[Act]:
        """Find them like `acts_of`; give none only where it is certain that there are none.

        Raises
        ------
        MissingError
            With `needs`, as long as no tactic or message is typed; with the tactics whose kind
            is not known, where one of them may be what is looked for.
        """
        found = self.acts_of(*kinds, first=first, last=last)
        if not found:
            self.must_begin(needs)
            positions = self._homes(kinds)
            end = len(self.framework) - 1 if last is None else last
            unsure = [
                f"the kind of {act.name}"
                for act in self.acts
                if act.kind is None and first <= act.place <= end and act.place in positions
            ]
            if unsure:
                raise MissingError(*unsure)
        return found

    def _homes(self, kinds: Sequence[str]) -> set[int]:
        """Find the stages at which tactics of these kinds or roles are at home."""
        every = set(range(len(self.framework)))
        meant = [kind for kind in tactic_kinds() if {kind.key, *kind.roles} & {*kinds}]
        return set().union(
            *({self.covering[home] for home in kind.homes} or every for kind in meant)
        )

    def must_begin(self, *needs: str) -> None:
        """Say what is needed, as long as no tactic or message is typed."""
        if not self.begun:
            raise MissingError(*needs)

    # --- money and time -------------------------------------------------------------------------

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """Offers by the milestone (or key of the stage) where they are bought, along the way."""
        order = {key: position + 0.5 for key, position in self.covering.items()}
        order |= {key: float(position) for position, key in enumerate(self.framework.keys)}
        return {
            self.framework.anchor(offer.stage): offer
            for offer in sorted(self.journey.offers, key=lambda offer: order[offer.stage])
        }

    @property
    def later_offers(self) -> list[Offer]:
        """Offers bought after the first payment."""
        later = {one.key for one in milestones() if "first_payment" in one.ancestors}
        payment = self.at("first_payment")
        later |= set() if payment is None else set(self.framework.keys[payment + 1 :])
        return [offer for anchor, offer in self.offers.items() if anchor in later]

    def offer_at(self, milestone: str) -> Offer:
        """Give the offer bought at a milestone, or say that it is needed."""
        if milestone not in self.offers:
            raise MissingError(f"the offer bought at {milestone}")
        return self.offers[milestone]

    def margin(self, milestone: str) -> float | None:
        """Give the margin of an order at a milestone."""
        position = self.at(milestone)
        numbers = None if position is None else self.numbers(position)
        if numbers is not None and numbers.margin is not None:
            return numbers.margin
        return self.offers[milestone].margin if milestone in self.offers else None

    def delay(self, position: int) -> float | None:
        """Give the time from the stage before to this one [days]."""
        numbers = self.numbers(position)
        return None if numbers is None else numbers.delay_days

    def days_to(self, position: int) -> float:
        """Sum the time from the first stage to this one [days], or say what is not typed."""
        legs = [position, *self.before(position)][:-1]
        return sum(
            self.typed(
                *(
                    (f"how many days it takes to get to {self.label(leg)}", self.delay(leg))
                    for leg in legs
                )
            )
        )

    @staticmethod
    def typed(*values: tuple[str, Known | None]) -> list[Known]:
        """Give values that must be known, or say which are not.

        Parameters
        ----------
        *values : tuple of (name, value)

        Examples
        --------
        >>> Facts.typed(("the price", 6.0), ("the margin", 1.5))
        [6.0, 1.5]
        """
        missing = [name for name, value in values if value is None]
        if missing:
            raise MissingError(*missing)
        return [value for _, value in values if value is not None]
