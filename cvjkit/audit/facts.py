"""What a rule of the audit can ask about a journey."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from cvjkit.catalog.lookup import framework
from cvjkit.catalog.spine import milestones
from cvjkit.catalog.tactics import TacticKind, tactic_kind, tactic_kinds
from cvjkit.model.parts import Message, StageNumbers, Tactic

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.design import Design
    from cvjkit.model.economics import Economics
    from cvjkit.model.flow import Flow
    from cvjkit.model.parts import Offer, Thresholds

Known = TypeVar("Known")


def exceeds(value: float, limit: float) -> bool:
    """Tell whether a number exceeds a limit by more than rounding.

    Parameters
    ----------
    value : float
    limit : float
        In the unit of `value`.

    Returns
    -------
    bool

    Examples
    --------
    >>> exceeds(0.3, 0.1 + 0.2), exceeds(0.1 + 0.2, 0.3), exceeds(0.31, 0.3)
    (False, False, True)
    """
    return value > limit and not math.isclose(value, limit, rel_tol=1e-9)


class MissingError(LookupError):
    """A rule cannot tell, because something it needs is missing.

    Parameters
    ----------
    *needs : str
        Everything it needs, in words: "the price of the first order".
    """

    def __init__(self, *needs: str) -> None:
        self.needs = needs
        super().__init__(", ".join(needs))


@dataclass(frozen=True, slots=True)
class Act:
    """A tactic or message, and its stage.

    Parameters
    ----------
    position : int
        Position of its stage, counted from 0.
    kind : TacticKind or None
        None if neither its kind nor its name is a known one.
    what : Tactic or Message
    """

    position: int
    kind: TacticKind | None
    what: Tactic | Message

    @property
    def name(self) -> str:
        """Its name, or the name of its kind."""
        return self.what.name or (self.kind.name if self.kind else "")


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a journey. Stages are given by their position, counted from 0.

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
    def shown_in(self) -> Framework:
        """The framework the journey is shown in first."""
        view = self.journey.view
        return self.framework if view in (None, self.framework.key) else framework(view)

    @property
    def thresholds(self) -> Thresholds:
        """The limits that findings depend on."""
        return self.journey.thresholds

    @property
    def flow(self) -> Flow:
        """Where people go."""
        return self.journey.flow()

    @property
    def economics(self) -> Economics:
        """What the journey costs and brings."""
        return self.journey.economics()

    # --- the stages -----------------------------------------------------------------------------

    @cached_property
    def covering(self) -> Mapping[str, int]:
        """The stage in which each milestone lies.

        Returns
        -------
        mapping of milestone key to int
            Position of the stage at the milestone, or else of the nearest before it; 0 if there
            is none.
        """
        return {
            milestone.key: self.at(milestone.key, *milestone.ancestors) or 0
            for milestone in milestones()
        }

    def at(self, *names: str) -> int | None:
        """Find the stage at a milestone.

        Parameters
        ----------
        *names : str
            Keys of milestones; the first that has a stage counts.

        Returns
        -------
        int or None
            Position of the stage; None if there is none.
        """
        anchored = self.framework.by_milestone
        return next((anchored[name] for name in names if name in anchored), None)

    def stage_at(self, *names: str) -> int:
        """Find the stage at a milestone that a rule needs.

        Parameters
        ----------
        *names : str
            As in `at`.

        Returns
        -------
        int
            Position of the stage.

        Raises
        ------
        MissingError
            If no stage is there.
        """
        position = self.at(*names)
        if position is None:
            raise MissingError(f"a stage at {' or '.join(names)}: {self.framework.key} has none")
        return position

    def before(self, position: int) -> list[int]:
        """List the stages on the way to a stage.

        Parameters
        ----------
        position : int

        Returns
        -------
        list of int
            Their positions, the nearest first.
        """
        way, stage = list[int](), self.framework.parents[position]
        while stage is not None:
            way.append(stage)
            stage = self.framework.parents[stage]
        return way

    def label(self, position: int) -> str:
        """Give a stage's name.

        Parameters
        ----------
        position : int

        Returns
        -------
        str
        """
        return self.framework.stages[position].name

    def key(self, position: int) -> str:
        """Give a stage's key.

        Parameters
        ----------
        position : int

        Returns
        -------
        str
        """
        return self.framework.keys[position]

    def numbers(self, position: int) -> StageNumbers:
        """Give the costs, margin, delay, tactics and messages of a stage.

        Parameters
        ----------
        position : int

        Returns
        -------
        StageNumbers
            Empty if nothing was typed.
        """
        return self._numbers[position]

    @cached_property
    def _numbers(self) -> list[StageNumbers]:
        typed = {numbers.stage: numbers for numbers in self.journey.stages}
        return [typed.get(key) or StageNumbers(stage=key) for key in self.framework.keys]

    # --- the people -----------------------------------------------------------------------------

    @cached_property
    def _people(self) -> list[float | None]:
        return self.flow.numbers("people")

    def people(self, position: int) -> float | None:
        """Give the number of people who reach a stage.

        Parameters
        ----------
        position : int

        Returns
        -------
        float or None
            None if it is not known.
        """
        return self._people[position]

    def counted(self, *positions: int) -> list[float]:
        """Give the numbers of people at stages that a rule needs.

        Parameters
        ----------
        *positions : int

        Returns
        -------
        list of float

        Raises
        ------
        MissingError
            With the stages whose people are not known.
        """
        return self.typed(
            *(
                (f"the people at {self.label(position)}", self._people[position])
                for position in positions
            )
        )

    # --- tactics and messages -------------------------------------------------------------------

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """All tactics and messages.

        Returns
        -------
        tuple of Act
            In the order of their stages.
        """
        return tuple(
            Act(position, tactic_kind(what.kind, what.name or ""), what)
            for position, numbers in enumerate(self._numbers)
            for what in list[Tactic | Message]([*numbers.tactics, *numbers.messages])
        )

    @property
    def begun(self) -> bool:
        """Whether any tactic or message is typed; only then does a missing one mean something."""
        return bool(self.acts)

    def must_begin(self, *needs: str) -> None:
        """Require that some tactic or message is typed.

        Parameters
        ----------
        *needs : str
            What the rule needs, in words.

        Raises
        ------
        MissingError
            With `needs`, if none is typed.
        """
        if not self.begun:
            raise MissingError(*needs)

    def acts_of(self, *kinds: str, first: int = 0, last: int | None = None) -> list[Act]:
        """Find tactics and messages by their kind or role.

        Parameters
        ----------
        *kinds : str
            Keys of kinds, or roles.
        first : int
            Position of the first stage to look at.
        last : int, optional
            Position of the last stage to look at; by default the last there is.

        Returns
        -------
        list of Act
        """
        return [
            act
            for act in self._acts_between(first, last)
            if act.kind is not None and _is_one_of(act.kind, kinds)
        ]

    def look_for(
        self, *kinds: str, needs: str, first: int = 0, last: int | None = None
    ) -> list[Act]:
        """Find tactics and messages as `acts_of` does, and return none only if that is certain.

        Parameters
        ----------
        *kinds : str
            Keys of kinds, or roles.
        needs : str
            What the rule needs, in words.
        first : int
            Position of the first stage to look at.
        last : int, optional
            Position of the last stage to look at; by default the last there is.

        Returns
        -------
        list of Act

        Raises
        ------
        MissingError
            With `needs`, if no tactic or message is typed; with the tactics of unknown kind that
            could be of these kinds.
        """
        found = self.acts_of(*kinds, first=first, last=last)
        if not found:
            self.must_begin(needs)
            homes = self._homes(kinds)
            unsure = [
                f"the kind of {act.name}"
                for act in self._acts_between(first, last)
                if act.kind is None and act.position in homes
            ]
            if unsure:
                raise MissingError(*unsure)
        return found

    def _acts_between(self, first: int, last: int | None) -> list[Act]:
        end = len(self.framework) - 1 if last is None else last
        return [act for act in self.acts if first <= act.position <= end]

    def _homes(self, kinds: Iterable[str]) -> set[int]:
        """Find the stages where tactics of these kinds or roles belong."""
        every = set(range(len(self.framework)))
        meant = [kind for kind in tactic_kinds() if _is_one_of(kind, kinds)]
        return set().union(
            *({self.covering[home] for home in kind.homes} or every for kind in meant)
        )

    # --- money and time -------------------------------------------------------------------------

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """Offers by where they are bought.

        Returns
        -------
        mapping of str to Offer
            By the key of the milestone, or of a stage without one, in the order of the stages.
        """
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
        """Give the offer at a milestone that a rule needs.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        Offer

        Raises
        ------
        MissingError
            If there is no offer there.
        """
        if milestone not in self.offers:
            raise MissingError(f"the offer bought at {milestone}")
        return self.offers[milestone]

    def margin(self, milestone: str) -> float | None:
        """Give the margin of an order at a milestone.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        float or None
            Typed at the stage or with the offer [currency]; None if at neither.
        """
        position = self.at(milestone)
        margin = None if position is None else self.numbers(position).margin
        if margin is None and milestone in self.offers:
            return self.offers[milestone].margin
        return margin

    def days_to(self, position: int) -> float:
        """Sum the mean times from the first stage to a stage.

        Parameters
        ----------
        position : int

        Returns
        -------
        float
            [days]

        Raises
        ------
        MissingError
            With the stages whose delay is not typed.
        """
        legs = [position, *self.before(position)][:-1]
        return sum(
            self.typed(
                *(
                    (
                        f"how many days it takes to get to {self.label(leg)}",
                        self.numbers(leg).delay_days,
                    )
                    for leg in legs
                )
            )
        )

    @staticmethod
    def typed(*values: tuple[str, Known | None]) -> list[Known]:
        """Give values that a rule needs.

        Parameters
        ----------
        *values : tuple of (str, object or None)
            The name of each value, and the value; None if it is not known.

        Returns
        -------
        list
            The values.

        Raises
        ------
        MissingError
            With the names of those not known.

        Examples
        --------
        >>> Facts.typed(("the price", 6.0), ("the margin", 1.5))
        [6.0, 1.5]
        """
        missing = [name for name, value in values if value is None]
        if missing:
            raise MissingError(*missing)
        return [value for _, value in values if value is not None]


def _is_one_of(kind: TacticKind, names: Iterable[str]) -> bool:
    return any(name == kind.key or name in kind.roles for name in names)
