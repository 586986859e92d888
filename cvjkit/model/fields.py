"""The fields of a design, and its constructors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from cvjkit.catalog.data import Plain
from cvjkit.catalog.framework import Framework
from cvjkit.errors import Fault, InputError, faults_of
from cvjkit.model.checks import checked_parts, framework_of
from cvjkit.model.document import EVERYONE, document_of
from cvjkit.model.given import by_segment, known
from cvjkit.model.parts import (
    Accepted,
    Offer,
    Referral,
    Segment,
    StageNumbers,
    Thresholds,
    Transition,
)
from cvjkit.model.rows import PARTS
from cvjkit.model.scalars import Amount, Currency, Name, Rate, Share
from cvjkit.model.typed import typed

if TYPE_CHECKING:
    import pandas as pd


class Fields(BaseModel):
    """What a design holds.

    Parameters
    ----------
    framework : Framework
    segments : tuple of Segment
        At least one; names unique.
    stages : tuple of StageNumbers
        Costs, margins, delays and tactics, for the stages that have any.
    offers : tuple of Offer
        At most one a stage. The stage may be a milestone that is no stage of the framework.
    transitions : tuple of Transition
        Skips, ways back and repeats.
    referrals : tuple of Referral
    also_known : mapping of milestone key to float
        People at milestones where the framework has no stage, or no number was typed: they turn
        estimates of `through` into exact numbers.
    accepted : tuple of Accepted
        Findings of the audit that were accepted, each with a reason.
    thresholds : Thresholds
        The limits that findings of the audit depend on.
    **fields
        As `typed_fields(Fields)` lists them.

    Raises
    ------
    InputError
        From every constructor, with all faults at once.

    Examples
    --------
    >>> shop = Fields.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> shop.segments[0].counts[2]
    100.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[Name, typed("What the journey is called.", default=...)]
    framework: Framework
    segments: Annotated[tuple[Segment, ...], Field(min_length=1)]
    stages: tuple[StageNumbers, ...] = ()
    offers: tuple[Offer, ...] = ()
    transitions: tuple[Transition, ...] = ()
    referrals: tuple[Referral, ...] = ()
    currency: Currency = typed("Code or sign shown with amounts; none if left out.", default="")
    description: Plain = typed("What it is about.", default="")
    illustrative: bool = typed("Whether the numbers are made up for teaching.", default=False)
    view: str | None = typed("Key of the framework to show it in first.")
    intake_days: Amount | None = typed(
        "Length of the period in which the people came in.", unit="days", label="Intake period"
    )
    fixed_cost: Amount | None = typed(
        "Cost of the journey in that period, whatever its size.", unit="currency"
    )
    discount_rate: Rate | None = typed(
        "Yearly rate at which later money counts less: 0.1 is 10% a year.",
        label="Discount rate a year",
    )
    second_purchase_rate: Share | None = typed(
        "Share, 0 to 1, of customers who buy again, where that is no stage of the framework.",
        label="Customers who buy again",
    )
    market: Amount | None = typed("People there are to reach.", unit="people")
    also_known: dict[str, Amount] = {}
    loyalty_measured_by: Literal["recommendation", "repeat_purchase"] | None = typed(
        "What the people of a stage such as Loyalty were counted by."
    )
    next_test_days: Amount | None = typed(
        "Time until the next planned test of something on the way.",
        unit="days",
        label="Time until the next test",
    )
    cohort_age_days: Amount | None = typed(
        "Time since the people counted came in.",
        unit="days",
        label="Time since those counted came in",
    )
    channels_overlap: StrictBool | None = typed(
        "Whether one person may be counted in several segments.",
        label="One person in several segments",
    )
    accepted: tuple[Accepted, ...] = ()
    thresholds: Thresholds = Thresholds()

    document = document_of  # documented there

    def __eq__(self, other: object) -> bool:
        """Compare the fields, not the files the designs came from.

        Parameters
        ----------
        other : object

        Returns
        -------
        bool
        """
        return isinstance(other, Fields) and dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash((self.name, self.framework, self.segments))

    @classmethod
    def from_counts(
        cls,
        framework: str | Framework,
        counts: Iterable[float | None] | Mapping[str, Any] | pd.DataFrame,
        *,
        name: str = "Journey",
        **fields: Any,
    ) -> Self:
        """Make a design from the people counted at each stage.

        Parameters
        ----------
        framework : str or Framework
            Its key, or the framework.
        counts : sequence of int or None, or mapping
            A whole number of people for each stage, 0 or more, None where not known; or a mapping
            of stage keys to these numbers; or a mapping of segment names to either; or a table of
            pandas with the stages as its columns, a row for each segment, or the other way round.
        name : str
        **fields
            Any other parameter of `Design`.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> shop = Fields.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100] * 5})
        >>> [segment.name for segment in shop.segments]
        ['Ads', 'Blog']
        """
        keys: tuple[str, ...] = ()
        with suppress(InputError):  # told with all other faults
            keys = framework_of(framework).keys
        rows = by_segment(counts, keys, EVERYONE)
        segments = [{"name": segment, "counts": row} for segment, row in rows]
        return cls._checked(
            f"journey {name}", framework, {"name": name, "segments": segments, **fields}
        )

    @classmethod
    def from_rates(
        cls,
        framework: str | Framework,
        entrants: float | Mapping[str, float],
        rates: Iterable[float | None] | Mapping[str, float],
        *,
        name: str = "Journey",
        **fields: Any,
    ) -> Self:
        """Make a design from a plan: the people who enter, and the rate of each step.

        Parameters
        ----------
        framework : str or Framework
            Its key, or the framework.
        entrants : float or mapping of stage key to float
            People who enter at the first stage, or at each stage named; 0 or more.
        rates : sequence of float or None, or mapping of stage key to float
            For each stage after the first, the share, 0 to 1, of the people at the stage before
            who reach it; None where not known.
        name : str
        **fields
            Any other parameter of `Design`.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> plan = Fields.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> plan.segments[0].rates
        (None, 0.5, 0.2, 0.4, 0.1)
        """
        segments = [{"name": EVERYONE, "entrants": entrants, "rates": rates}]
        return cls._checked(
            f"journey {name}", framework, {"name": name, "segments": segments, **fields}
        )

    @classmethod
    def from_document(
        cls,
        document: object,
        subject: str = "journey",
    ) -> Self:
        """Make a design from plain values, as a file holds them.

        Parameters
        ----------
        document : mapping
            What `document` returns.
        subject : str
            What to call it in messages, such as the file's path.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            With everything that is wrong.
        """
        if not isinstance(document, Mapping):
            fault = Fault("document", document, "must be a table", "give it named fields")
            raise InputError(subject, [fault])
        fields = {key: value for key, value in document.items() if key != "schema_version"}
        stages = fields.get("stages")
        if isinstance(stages, Mapping):
            fields["stages"] = [
                {"stage": stage, **row} if isinstance(row, Mapping) else row
                for stage, row in stages.items()
            ]
        return cls._checked(subject, fields.pop("framework", None), fields)

    @classmethod
    def _checked(cls, subject: str, framework: object, fields: Mapping[str, Any]) -> Self:
        """Make a design, or raise all its faults at once."""
        fields = {name: known(value) for name, value in fields.items()}
        stages, parts, faults = checked_parts(framework, fields)
        top = {key: value for key, value in fields.items() if key not in PARTS}
        top |= parts | ({} if stages is None else {"framework": stages})
        segments = fields.get("segments")
        none = segments is None or (isinstance(segments, list | tuple) and not segments)
        explained = set() if none else {"segments"}
        explained |= {"framework"} if stages is None else set()
        try:
            design = cls.model_validate(top)
        except ValidationError as error:
            found = faults_of(error, {})
            faults = [*(fault for fault in found if fault.field not in explained), *faults]
        if faults:
            raise InputError(subject, faults)
        return design
