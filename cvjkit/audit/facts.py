"""What a rule of the audit can ask about a journey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cvjkit.audit.stage_facts import MissingError, StageFacts
from cvjkit.catalog.spine import milestones
from cvjkit.catalog.tactics import TacticKind, tactic_kind, tactic_kinds
from cvjkit.model.parts import Message, Tactic

if TYPE_CHECKING:
    from cvjkit.model.parts import Offer


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
class Facts(StageFacts):
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
            name = next(one.name for one in milestones() if one.key == milestone)
            raise MissingError(f"the offer bought at {name}")
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
        legs = [position, *self.framework.before(position)][:-1]
        needs = (f"how many days it takes to get to {self.label(leg)}" for leg in legs)
        days = (self.numbers(leg).mean_delay for leg in legs)
        return sum(self.typed(*zip(needs, days, strict=True)))


def _is_one_of(kind: TacticKind, names: Iterable[str]) -> bool:
    return any(name == kind.key or name in kind.roles for name in names)
