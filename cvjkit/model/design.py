"""The design of a customer journey: one frozen value, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import BaseModel, PrivateAttr

from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.carry import Restaging
from cvjkit.model.changes import changed_fields, numbered, renamed_back, value_at
from cvjkit.model.checks import framework_of
from cvjkit.model.economics import BOUGHT_AGAIN, Economics, appraise
from cvjkit.model.fields import Fields
from cvjkit.model.flow import Flow, kind_of
from cvjkit.model.plan import planned
from cvjkit.model.solver import solve, unknown_stages

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.parts import Segment

Result = TypeVar("Result")


class _Results(dict[str, Any]):
    """What was worked out from one design; a copy of the design, or a pickle, starts afresh."""

    def __copy__(self) -> _Results:
        return _Results()

    def __deepcopy__(self, memo: object) -> _Results:
        return _Results()

    def __reduce__(self) -> tuple[type[_Results], tuple[()]]:
        return _Results, ()


class Design(Fields):
    """A framework with numbers: who comes, how far they get, what it costs and brings.

    It knows no file, and nothing that is made of it but its flow and its economics; what people
    use is `cvjkit.journey.Journey`, which adds these. Methods that change it return a new one.

    Parameters
    ----------
    **fields
        As in `Fields`.

    Examples
    --------
    >>> shop = Design.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> shop.with_stage("conversion", unit_cost=5).stages[0].unit_cost
    5.0
    """

    _results: _Results = PrivateAttr(default_factory=_Results)

    def _derived(self, framework: object, fields: Mapping[str, Any]) -> Self:
        """Make the design that a change of this one gives."""
        return self._checked(f"journey {self.name}", framework, fields)

    def _with(self, **changes: Any) -> Self:
        fields = {**dict(self), **changes}
        return self._derived(fields.pop("framework"), fields)

    def put(self, path: str, value: Any) -> Self:
        """Change the value at a path.

        Parameters
        ----------
        path : str
            Where it stands, as in the faults of an `InputError`. Keys follow a dot, titles are in
            brackets; in a title a closing bracket is written twice.

            - ``name``, ``fixed_cost``, ``thresholds.bypass_share``, ``also_known.lead``
            - ``segments[Ads].spend``, ``segments[Ads].counts.reach``,
              ``segments[Ads].entrants.reach``, ``segments[Ads].rates.conversion``
            - ``stages.conversion.unit_cost``, ``stages.conversion.tactics[Fair].channel``
            - ``offers.conversion.price``, or the milestone: ``offers.first_payment.price``
            - ``transitions[conversion to reach].rate``, ``referrals[loyalty to reach].per_person``
            - ``accepted[A11].reason``

            A row of a list is given by its title, or by its index, counted from 0:
            ``stages.conversion.tactics[0].name``. Of the one segment there is,
            ``stages.conversion.people`` are its counts and ``stages.conversion.rate`` is its rate.
            A stage, an offer, a transition or a referral that is not there yet is added; so is the
            tactic or message after the last.
        value : object
            As the `with_` methods take it; None clears a field, or removes a row.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            If there is no such path (the choices are listed where it goes wrong), or the design
            would not hold together.

        Examples
        --------
        >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> plan.put("stages.conversion.rate", 0.25).segments[0].rates
        (None, 0.5, 0.25, 0.4, 0.1)
        >>> plan.put("offers.first_payment.price", 6).get("offers.conversion.price")
        6.0
        """
        fields = changed_fields(self, path, value)
        try:
            return self._with(**fields)
        except InputError as error:
            raise self._error(*renamed_back(error.faults, fields, self)) from None

    def get(self, path: str) -> Any:
        """Look up the value at a path.

        Parameters
        ----------
        path : str
            As in `put`.

        Returns
        -------
        object
            None where nothing is typed.

        Raises
        ------
        InputError
            If there is no such path.

        Examples
        --------
        >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> plan.get("stages.conversion.rate"), plan.get("stages.conversion.unit_cost")
        (0.2, None)
        """
        return value_at(self, path)

    def with_terms(self, **fields: Any) -> Self:
        """Change what holds for the journey as a whole.

        Parameters
        ----------
        **fields
            name, currency, description, illustrative, view, intake_days, fixed_cost,
            discount_rate, second_purchase_rate, market, loyalty_measured_by, next_test_days,
            cohort_age_days, channels_overlap, thresholds, also_known: as in `Design`. None
            clears one, {} the last of them.
        """
        return self._with(**fields)

    def with_segment(self, name: str, **fields: Any) -> Self:
        """Add a segment, or change fields of the one with this name.

        Parameters
        ----------
        name : str
        **fields
            channel, awareness, spend and what else a `Segment` has; and counts, or entrants and
            rates, as in `from_counts` and `from_rates`; `rename` gives it another name.

        Examples
        --------
        >>> shop = Design.from_counts("five", {"Ads": [900, 90, 9, 5, 1]})
        >>> shop = shop.with_segment("Blog", counts=[100, 50, 20, 9, 3], awareness="solution")
        >>> shop.flow().stages["people"].to_list()
        [1000.0, 140.0, 29.0, 14.0, 4.0]
        """
        if "counts" in fields:
            fields = {"entrants": None, "rates": None, **fields}
        elif "rates" in fields:
            fields = {"counts": None, **fields}
        renamed = fields.pop("rename", name)
        return self._with(
            segments=_replaced(self.segments, "name", name, {**fields, "name": renamed})
        )

    def without_segment(self, name: str) -> Self:
        """Leave a segment out."""
        self._segment(name)
        return self._with(segments=[segment for segment in self.segments if segment.name != name])

    def with_stage(
        self,
        stage: str,
        *,
        people: float | None = None,
        rate: float | None = None,
        segment: str | None = None,
        **fields: Any,
    ) -> Self:
        """Change the numbers of one stage.

        Parameters
        ----------
        stage : str
            Its key.
        people : float, optional
            People seen there, in a counted segment.
        rate : float, optional
            Share, 0 to 1, of the stage before, in a planned segment.
        segment : str, optional
            Whose people or rate; not needed if there is only one segment.
        **fields
            unit_cost, fixed_cost, margin, delay_days, tactics, messages: as in `StageNumbers`.
            None clears a number, () tactics and messages.

        Examples
        --------
        >>> shop = Design.from_counts("five", [900, 90, 9, 5, 1])
        >>> shop.with_stage("reach", people=1000, unit_cost=0.1).segments[0].counts[0]
        1000.0
        """
        at, changes = self._stage(stage), {}
        for table, number in (("counts", people), ("rates", rate)):
            if number is not None:
                chosen = self._only_segment() if segment is None else self._segment(segment)
                changes["segments"] = [
                    numbered(self, one, table, at, number) if one is chosen else one
                    for one in self.segments
                ]
        if fields:
            changes["stages"] = _replaced(self.stages, "stage", stage, fields)
        return self._with(**changes)

    def _only_segment(self) -> Segment:
        if len(self.segments) > 1:
            raise self._error(unknown_name("segment", None, [one.name for one in self.segments]))
        return self.segments[0]

    def with_transition(self, source: str, target: str, rate: float) -> Self:
        """Add or change a way between two stages.

        Parameters
        ----------
        source, target : str
            Stage keys. A later target is a skip, an earlier one a way back, the same a repeat;
            the next one is the step itself and sets its rate in every planned segment.
        rate : float
            Share, 0 to 1, of the visits to `source` that take it; 0 removes the way.

        Examples
        --------
        >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> plan.with_transition("conversion", "acquisition", 0.5).flow().links["kind"].to_list()
        ['forward', 'forward', 'back', 'forward', 'forward']
        """
        start, end = self._stage(source), self._stage(target)
        if kind_of(self.framework, start, end) == "forward":
            return self._with(
                segments=[numbered(self, one, "rates", end, rate) for one in self.segments]
            )
        others = [way for way in self.transitions if (way.source, way.target) != (source, target)]
        new = [] if rate == 0 else [{"source": source, "target": target, "rate": rate}]
        return self._with(transitions=[*others, *new])

    def with_referral(
        self,
        source: str,
        to: str,
        per_person: float,
        *,
        segment: str | None = None,
        reward: float | None = None,
    ) -> Self:
        """Let the people at a stage bring in new ones.

        Parameters
        ----------
        source : str
            Key of the stage whose people recommend.
        to : str
            Key of the stage where those they bring come in.
        per_person : float
            New people for each arrival at `source`, 0 or more; 0 removes the referral.
        segment : str, optional
            Name of the segment the new people belong to; by default that of who brought them.
        reward : float, optional
            What the one who recommends gets for each of them [currency], 0 or more.

        Examples
        --------
        >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> round(plan.with_referral("loyalty", to="acquisition", per_person=25).flow().k, 6)
        0.2
        """
        self._stage(source)
        self._stage(to)
        way = (source, to, segment)
        others = [row for row in self.referrals if (row.source, row.target, row.segment) != way]
        new = {"source": source, "target": to, "per_person": per_person}
        new |= {"segment": segment, "reward": reward}
        return self._with(referrals=[*others, *([new] if per_person != 0 else [])])

    def with_offer(self, stage: str, **fields: Any) -> Self:
        """Add the offer of a stage, or change it.

        Parameters
        ----------
        stage : str
            Key of the stage, or of a milestone, where it is bought.
        **fields
            name, price, margin, cycle_days, repeat_rate and what else an `Offer` has.

        Examples
        --------
        >>> shop = Design.from_counts("five", [900, 90, 9, 5, 1])
        >>> shop.with_offer("conversion", name="Taster box", price=6).offers[0].price
        6.0
        """
        if not any(offer.stage == stage for offer in self.offers):
            fields = {"name": "Offer", **fields}
        return self._with(offers=_replaced(self.offers, "stage", stage, fields))

    def with_accepted(
        self, rule: str, reason: str | None, *, stage: str | None = None, segment: str | None = None
    ) -> Self:
        """Accept a finding of the audit, with the reason that is shown from then on.

        Parameters
        ----------
        rule : str
            "A11".
        reason : str or None
            Why one can live with it; None takes the acceptance back.
        stage, segment : str, optional
            Only the finding there; by default all findings of the rule.

        Examples
        --------
        >>> shop = Design.from_counts("five", [900, 90, 9, 5, 1])
        >>> shop.with_accepted("A44", "We have no leads to count.").accepted[0].rule
        'A44'
        """
        finding = (rule, stage, segment)
        others = [row for row in self.accepted if (row.rule, row.stage, row.segment) != finding]
        new = {"rule": rule, "reason": reason, "stage": stage, "segment": segment}
        return self._with(accepted=[*others, *([] if reason is None else [new])])

    def in_framework(self, other: str | Framework) -> Self:
        """Carry over what stands at the milestones both frameworks have; the rest is unknown.

        Parameters
        ----------
        other : str or Framework

        Returns
        -------
        Self
            People at shared milestones are the same; others are not known. Costs and delays of
            milestones that are not there belong to the next stage that is, those after the last
            to that one, so the totals agree. Ways and referrals through stages that are not
            there lead on to the next ones that are.

        Examples
        --------
        >>> eight = Design.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
        >>> eight.in_framework("five").segments[0].counts
        (9000.0, 900.0, 50.0, 20.0, 9.0)
        """
        target = self._framework_of(other)
        move = Restaging(self.flow(), target)
        segments = move.segments(self.segments)
        unknown = {key for segment in segments for key in unknown_stages(target, segment)}
        ways, referrals = move.ways(self.transitions), move.referrals(self.referrals)
        moved = {
            "segments": segments,
            "stages": move.numbers(self.stages),
            "offers": move.offers(self.offers),
            "transitions": [way for way in ways if not {way.source, way.target} & unknown],
            "referrals": [way for way in referrals if not {way.source, way.target} & unknown],
            "accepted": move.accepted(self.accepted),
            "second_purchase_rate": self._second_purchase_rate_in(target),
        }
        return self._derived(target, {**dict(self), **moved})

    def _second_purchase_rate_in(self, target: Framework) -> float | None:
        """Keep the share who buy again where that is no stage any more, and only there."""
        if any(stage.milestone == BOUGHT_AGAIN for stage in target):
            return None
        rate = self.economics().second_purchase_rate
        return rate if rate is None or rate <= 1 else None

    def planned(self) -> Self:
        """Turn what was counted into a plan: entrants and the rates that explain the counts.

        Returns
        -------
        Self
            With the same flow; its rates can be changed one by one.

        Raises
        ------
        InputError
            If people are known after a stage where they are not: no rate could say that.

        Examples
        --------
        >>> Design.from_counts("five", [900, 90, 9, 3, 1]).planned().segments[0].rates[1:3]
        (0.1, 0.1)
        """
        segments, faults = planned(self.framework, self.segments, self.flow())
        if faults:
            raise self._error(*faults)
        return self._with(segments=segments)

    def flow(self) -> Flow:
        """Follow the people through the stages; worked out once.

        Returns
        -------
        Flow
        """
        return self._once("flow", self._solved)

    def _solved(self) -> Flow:
        return solve(self.name, self.framework, self.segments, self.transitions, self.referrals)

    def economics(self, segment: str | None = None) -> Economics:
        """Work out what the journey costs and brings; worked out once.

        Parameters
        ----------
        segment : str, optional
            Only this segment's people; fixed costs are shared out by customers.

        Returns
        -------
        Economics
        """
        if segment is None:
            return self._once("economics", self._whole_economics)
        self._segment(segment)
        return self._once(f"economics of {segment}", lambda: self._economics_of(segment))

    def _whole_economics(self) -> Economics:
        spends = [segment.spend for segment in self.segments if segment.spend is not None]
        return self._appraised(self.flow(), sum(spends) if spends else None)

    def _economics_of(self, name: str) -> Economics:
        spend, part, total = self._segment(name).spend, self.flow().only(name), self.economics()
        alone = self._appraised(part, spend)
        share = (alone.customers or 0) / total.customers if total.customers else 0.0
        return self._appraised(part, spend, share)

    def _appraised(self, part: Flow, spend: float | None, fixed_share: float = 1.0) -> Economics:
        return appraise(
            part,
            self.stages,
            self.offers,
            spend=spend,
            fixed_cost=self.fixed_cost,
            discount_rate=self.discount_rate,
            second_purchase_rate=self.second_purchase_rate,
            fixed_share=fixed_share,
        )

    def _once(self, name: str, work: Callable[[], Result]) -> Result:
        """Work something out that depends on nothing but the design, the first time only."""
        if name not in self._results:
            self._results[name] = work()
        result: Result = self._results[name]
        return result

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the design as pydantic does, without what was worked out from the old values.

        Parameters
        ----------
        update : mapping, optional
            Fields that change, not checked.
        deep : bool
            Whether to copy the values too.

        Returns
        -------
        Self
        """
        copied = super().model_copy(update=update, deep=deep)
        copied._results = _Results()  # noqa: SLF001 - of the class's own new instance
        return copied

    def _segment(self, name: str) -> Segment:
        for segment in self.segments:
            if segment.name == name:
                return segment
        names = [segment.name for segment in self.segments]
        raise self._error(unknown_name("segment", name, names))

    def _framework_of(self, framework: str | Framework) -> Framework:
        try:
            return framework_of(framework)
        except InputError as error:
            raise self._error(*error.faults) from None

    def _stage(self, key: str) -> int:
        if key not in self.framework.keys:
            raise self._error(unknown_name("stage", key, self.framework.keys))
        return self.framework.index(key)

    def _error(self, *faults: Fault) -> InputError:
        return InputError(f"journey {self.name}", faults)


def _replaced(
    parts: Iterable[BaseModel], column: str, name: str, fields: Mapping[str, Any]
) -> list[Any]:
    """Change the fields of the part with this name; add the part if there is none."""
    rows: list[Any] = [
        {**dict(part), **fields} if getattr(part, column) == name else part for part in parts
    ]
    if not any(getattr(part, column) == name for part in parts):
        rows.append({column: name, **fields})
    return rows
