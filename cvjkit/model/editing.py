"""What can be changed in a design, by path or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Self

from cvjkit.errors import Fault, InputError, is_one_of, unknown_name
from cvjkit.model.changes import changed_fields, numbered, renamed_back, value_at
from cvjkit.model.fields import Fields
from cvjkit.model.ways import kind_of
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from cvjkit.model.parts import Segment


class Editable(Fields):
    """Fields that can be changed: each method returns a new design.

    Parameters
    ----------
    **fields
        As in `Fields`.
    """

    get = value_at  # documented there

    def _derived(self, framework: object, fields: Mapping[str, Any]) -> Self:
        """Make the design that results from a change of this one."""
        return self._checked(f"journey {self.name}", framework, fields)

    def _with(self, **changes: Any) -> Self:
        fields = {**dict(self), **changes}
        return self._derived(fields.pop("framework"), fields)

    def put(self, path: str, value: Any) -> Self:
        """Change the value at a path.

        Parameters
        ----------
        path : str
            As in the faults of an `InputError`. Keys follow a dot, titles are in brackets; in a
            title a closing bracket is written twice.

            - ``name``, ``fixed_cost``, ``thresholds.bypass_share``, ``also_known.lead``
            - ``segments[Ads].spend``, ``segments[Ads].counts.reach``,
              ``segments[Ads].entrants.reach``, ``segments[Ads].rates.conversion``
            - ``stages.conversion.unit_cost``, ``stages.conversion.tactics[Fair].channel``
            - ``offers.conversion.price``, or the milestone: ``offers.first_payment.price``
            - ``transitions[conversion to reach].rate``, ``referrals[loyalty to reach].per_person``
            - ``accepted[A11].reason``

            A row of a list is given by its title, or by its index, counted from 0:
            ``stages.conversion.tactics[0].name``. A new stage, offer, transition or referral is
            added; so is the tactic or message after the last.

            For all segments of a plan together:

            - ``stages.conversion.rate``, the share of those at the stage before who take the step.
              The rates of all segments are multiplied by one factor; none exceeds what other ways
              leave of 1, and what is cut there goes to the other segments.
            - ``stages.conversion.people``, for which the rates of the step change in the same way,
              or at the first stage the entrants. ``segments[Ads].people.conversion`` is that of
              one segment.

            Where people are counted, ``people`` is the count of a segment, or of the only one.
        value : object
            As in the `with_` methods; None clears a field, or removes a row.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            If there is no such path (the message lists the choices), or the new design would have
            faults.

        Examples
        --------
        >>> from cvjkit.model.design import Design
        >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> plan.put("stages.conversion.rate", 0.25).segments[0].rates
        (None, 0.5, 0.25, 0.4, 0.1)
        >>> plan.put("offers.first_payment.price", 6).get("offers.conversion.price")
        6.0
        >>> two = Design.from_counts(
        ...     "five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 50, 5, 2, 1]}
        ... )
        >>> more = two.planned().put("stages.acquisition.rate", 0.21)
        >>> [round(segment.rates[1], 6) for segment in more.segments]
        [0.15, 0.75]
        """
        fields = changed_fields(self, path, value)
        try:
            return self._with(**fields)
        except InputError as error:
            raise self._error(*renamed_back(error.faults, fields, self)) from None

    def with_terms(self, **fields: Any) -> Self:
        """Change fields of the journey as a whole.

        Parameters
        ----------
        **fields
            name, currency, description, illustrative, view, intake_days, fixed_cost,
            discount_rate, second_purchase_rate, market, loyalty_measured_by, next_test_days,
            cohort_age_days, channels_overlap, thresholds, also_known: as in `Design`. None clears
            a field, {} clears also_known.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.
        """
        cleared = {
            name: field.get_default()
            for name, field in type(self).model_fields.items()
            if name in fields and fields[name] is None and not field.is_required()
        }
        return self._with(**{**fields, **cleared})

    def with_segment(self, name: str, **fields: Any) -> Self:
        """Add a segment, or change fields of the one with this name.

        Parameters
        ----------
        name : str
        **fields
            Fields of `Segment`, such as channel, awareness and spend; counts, or entrants and
            rates, as in `from_counts` and `from_rates`; rename, its new name, which its
            transitions, referrals and accepted findings use too.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.model.design import Design
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
        changes: dict[str, Any] = {
            "segments": _replaced(self.segments, "name", name, {**fields, "name": renamed})
        }
        if isinstance(renamed, str) and not _has({"name": name}, name=renamed):
            for part in ("transitions", "referrals", "accepted"):
                changes[part] = [_renamed(row, name, renamed) for row in getattr(self, part)]
        return self._with(**changes)

    def without_segment(self, name: str) -> Self:
        """Remove a segment.

        Parameters
        ----------
        name : str

        Returns
        -------
        Self

        Raises
        ------
        InputError
            If there is no such segment, or it is the only one.
        """
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
            People seen there; in a plan they set the rate of the step, as in `put`.
        rate : float, optional
            Share, 0 to 1, of the people at the stage before who reach it, for a plan.
        segment : str, optional
            The segment of `people` or `rate`; by default all segments of a plan together.
        **fields
            unit_cost, fixed_cost, margin, delay_days, tactics, messages: as in `StageNumbers`.
            None clears a number, () clears tactics or messages.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.model.design import Design
        >>> shop = Design.from_counts("five", [900, 90, 9, 5, 1])
        >>> shop.with_stage("reach", people=1000, unit_cost=0.1).segments[0].counts[0]
        1000.0
        """
        self._stage(stage)
        changes: dict[str, Any] = {}
        for name, number in (("people", people), ("rate", rate)):
            if number is not None:
                steps: tuple[str, ...] = ("stages", stage, name)
                if segment is not None:
                    steps = ("segments", Title(segment), name, stage)
                changes |= changed_fields(self, path_of(steps), number)
        if fields:
            changes["stages"] = _replaced(self.stages, "stage", stage, fields)
        return self._with(**changes)

    def with_transition(
        self, source: str, target: str, rate: float, *, segment: str | None = None
    ) -> Self:
        """Add or change a transition between two stages.

        Parameters
        ----------
        source : str
            Key of the stage it leaves.
        target : str
            Key of the stage it leads to. A later stage makes it a skip, an earlier one a way
            back, the same one a repeat; for the next one, the rate of the step is set.
        rate : float
            Share, 0 to 1, of the visits to `source` that take it; 0 removes the transition.
        segment : str, optional
            Name of the only segment whose people take it; by default those of every segment do.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong; also if the step of a counted segment is set.

        Examples
        --------
        >>> from cvjkit.model.design import Design
        >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> plan.with_transition("conversion", "acquisition", 0.5).flow().links["kind"].to_list()
        ['forward', 'forward', 'back', 'forward', 'forward']
        """
        start, end = self._stage(source), self._stage(target)
        own = None if segment is None else self._segment(segment)
        if kind_of(self.framework, start, end) == "forward":
            segments = [
                numbered(self, one, "rates", end, rate) if own is None or one is own else one
                for one in self.segments
            ]
            return self._with(segments=segments)
        way = {"source": source, "target": target, "segment": segment}
        others = [row for row in self.transitions if not _has(row, **way)]
        new = [] if _is_zero(rate) else [{**way, "rate": rate}]
        return self._with(transitions=[*others, *new])

    def with_referral(
        self,
        source: str,
        to: str,
        per_person: float,
        *,
        segment: str | None = None,
        source_segment: str | None = None,
        reward: float | None = None,
    ) -> Self:
        """Add or change a referral: people at a stage who bring in new ones.

        Parameters
        ----------
        source : str
            Key of the stage whose people recommend.
        to : str
            Key of the stage where the new people come in.
        per_person : float
            New people for each arrival at `source`, 0 or more; 0 removes the referral.
        segment : str, optional
            Name of the segment the new people belong to; by default that of who brought them.
        source_segment : str, optional
            Name of the only segment whose people bring them; by default those of every segment do.
        reward : float, optional
            What the person who recommends gets per new person [currency], 0 or more.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.model.design import Design
        >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> round(plan.with_referral("loyalty", to="acquisition", per_person=25).flow().k, 6)
        0.2
        """
        self._stage(source)
        self._stage(to)
        way = {"source": source, "target": to, "segment": segment, "source_segment": source_segment}
        others = [row for row in self.referrals if not _has(row, **way)]
        new = {**way, "per_person": per_person, "reward": reward}
        return self._with(referrals=[*others, *([] if _is_zero(per_person) else [new])])

    def with_offer(self, stage: str, **fields: Any) -> Self:
        """Add or change the offer of a stage.

        Parameters
        ----------
        stage : str
            Key of the stage, or of a milestone, where it is bought.
        **fields
            Fields of `Offer`, such as name, price, margin, cycle_days and repeat_rate.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.model.design import Design
        >>> shop = Design.from_counts("five", [900, 90, 9, 5, 1])
        >>> shop.with_offer("conversion", name="Taster box", price=6).offers[0].price
        6.0
        """
        if not any(_has(offer, stage=stage) for offer in self.offers):
            fields = {"name": "Offer", **fields}
        return self._with(offers=_replaced(self.offers, "stage", stage, fields))

    def with_accepted(
        self, rule: str, reason: str | None, *, stage: str | None = None, segment: str | None = None
    ) -> Self:
        """Accept a finding of the audit, with a reason to show beside it.

        Parameters
        ----------
        rule : str
            "A11".
        reason : str or None
            Why it is accepted; None withdraws the acceptance.
        stage : str, optional
            Key of the only stage concerned; by default all.
        segment : str, optional
            Name of the only segment concerned; by default all.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            If the rule or the reason is empty.

        Examples
        --------
        >>> from cvjkit.model.design import Design
        >>> shop = Design.from_counts("five", [900, 90, 9, 5, 1])
        >>> shop.with_accepted("A44", "We have no leads to count.").accepted[0].rule
        'A44'
        """
        finding = {"rule": rule, "stage": stage, "segment": segment}
        others = [row for row in self.accepted if not _has(row, **finding)]
        new = [] if reason is None else [{**finding, "reason": reason}]
        return self._with(accepted=[*others, *new])

    def _segment(self, name: str) -> Segment:
        names = [segment.name for segment in self.segments]
        if not is_one_of(name, names):
            raise self._error(unknown_name("segment", name, names))
        return self.segments[names.index(name)]

    def _stage(self, key: str) -> int:
        if not is_one_of(key, self.framework.keys):
            raise self._error(unknown_name("stage", key, self.framework.keys))
        return self.framework.index(key)

    def _error(self, *faults: Fault) -> InputError:
        return InputError(f"journey {self.name}", faults)


def _renamed(row: BaseModel, name: str, renamed: str) -> BaseModel:
    """Change the name of a segment wherever a row has it."""
    fields = [field for field in ("segment", "source_segment") if getattr(row, field, None) == name]
    return row.model_copy(update=dict.fromkeys(fields, renamed))


def _replaced(
    parts: Sequence[BaseModel], column: str, name: str, fields: Mapping[str, Any]
) -> list[Any]:
    """Change the fields of the part with this name; add the part if there is none."""
    found = [_has(part, **{column: name}) for part in parts]
    rows: list[Any] = [
        {**dict(part), **fields} if is_it else part
        for part, is_it in zip(parts, found, strict=True)
    ]
    return rows if any(found) else [*rows, {column: name, **fields}]


def _has(row: BaseModel | Mapping[str, Any], **names: object) -> bool:
    """Tell whether a row has these names; what is no name equals none."""
    fields = dict(row)
    return all(
        fields[column] is name or (isinstance(name, str) and fields[column] == name)
        for column, name in names.items()
    )


def _is_zero(number: object) -> bool:
    return isinstance(number, Real | Decimal) and number == 0
