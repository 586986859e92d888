"""A journey: a design with its file, its audit and its view through other frameworks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from pydantic import PrivateAttr

from cvjkit.audit.audit import Audit, audit
from cvjkit.audit.rules import rules as all_rules
from cvjkit.decisions.budget import budget
from cvjkit.decisions.explain_figure import explain
from cvjkit.decisions.goal import goal
from cvjkit.decisions.kept import WithScenarios
from cvjkit.decisions.priorities import fix_first
from cvjkit.decisions.segments import segments_table
from cvjkit.decisions.simulate import simulate
from cvjkit.errors import Fault, InputError, told_as_fault
from cvjkit.files import store
from cvjkit.files.code import expression
from cvjkit.files.documents import alike, same
from cvjkit.lens.estimate import Known
from cvjkit.lens.lens import Lens, see
from cvjkit.lens.people import HABIT_ORDERS
from cvjkit.model.simulated_log import simulate_log
from cvjkit.model.timeline import timeline
from cvjkit.number_text import count_text
from cvjkit.shown import Shown, listed

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from cvjkit.audit.findings import Rule
    from cvjkit.catalog.framework import Framework
    from cvjkit.files.documents import Document


class Journey(Shown, WithScenarios):
    """A design that can be read, saved, audited and seen through other frameworks.

    Build one with `from_counts`, `from_rates` or `read_journey`, and change it with `put` and
    the `with_` methods; each returns a new journey, which belongs to the same file.

    Parameters
    ----------
    **fields
        As in `Design`.

    Examples
    --------
    >>> shop = Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> shop.with_stage("conversion", unit_cost=5).stages[0].unit_cost
    5.0
    """

    _origin: store.Origin = PrivateAttr(default_factory=store.Origin)

    # What is worked out from a design alone: each is documented where it is worked out.
    budget = budget
    explain = explain
    fix_first = fix_first
    goal = goal
    segments_table = segments_table
    simulate = simulate
    simulate_log = simulate_log
    timeline = timeline

    def _derived(self, framework: object, fields: Mapping[str, Any]) -> Self:
        journey = super()._derived(framework, fields)
        journey._origin = self._origin  # noqa: SLF001 - of a journey made from this one
        return journey

    @property
    def summary(self) -> str:
        """What it brings, the framework it is in, and where people come from."""
        economics, framework = self.economics(), self.framework
        names = listed([segment.name for segment in self.segments])
        brings = f": {economics.summary}" if economics.summary else ""
        stages = count_text(len(framework), "stage")
        return f"{self.name}{brings}.\nIn {framework.name}, {stages}; from {names}."

    @property
    def shown(self) -> pd.DataFrame:
        """The people at each stage, as people read it.

        Returns
        -------
        DataFrame
            All columns are text.
        """
        return self.flow().shown

    def in_view(self) -> Self:
        """Give the journey in the framework it asks to be shown in.

        Returns
        -------
        Self
            In its own framework if it asks for none, or does not fit the one it asks for.
        """
        return self._once("in view", self._in_view)

    def _in_view(self) -> Self:
        try:
            return self if self.view is None else self._shown_in(self.view)
        except InputError:
            return self

    def _shown_in(self, framework: str | Framework) -> Self:
        if isinstance(framework, str) and framework == self.framework.key:
            return self
        chosen = self._framework_of(framework)
        return self if chosen == self.framework else self.in_framework(chosen)

    def audit(
        self,
        framework: str | Framework | None = None,
        *,
        rules: Iterable[Rule] | None = None,
    ) -> Audit:
        """Check the design against rules, in the framework in which it is shown.

        Parameters
        ----------
        framework : str or Framework, optional
            By default the one it asks to be shown in (`view`), else its own.
        rules : iterable of Rule, optional
            By default all of `cvjkit.audit.rules`; add your own with ``[*cvj.rules(), mine]``.

        Returns
        -------
        Audit
            Its findings name stages of that framework; `audited_as` says which it is.

        Raises
        ------
        InputError
            If there is no such framework, or the design does not fit it.

        Examples
        --------
        >>> shop = Journey.from_counts("five", [10000, 2000, 100, 40, 10])
        >>> [finding.id for finding in shop.audit().fired]
        ['A04', 'A44', 'A51']
        >>> shop.audit("eight").audited_as
        'Eight-stop Customer Value Journey'
        """
        if framework is None and rules is None:
            return self._once("audit", lambda: audit(self.in_view(), all_rules(), self))
        shown = self.in_view() if framework is None else self._shown_in(framework)
        return audit(shown, all_rules() if rules is None else rules, self)

    def known(
        self,
        segment: str | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        habit_orders: int = HABIT_ORDERS,
    ) -> Known:
        """Gather what is known of the people at all milestones.

        Parameters
        ----------
        segment : str, optional
            Only this segment's people.
        weights : mapping of str to float, optional
        habit_orders : int
            Both as in `Known`.

        Returns
        -------
        Known

        Raises
        ------
        InputError
            If there is no such segment.
        """
        if segment is not None:
            self._segment(segment)
        return Known(self, segment, weights, habit_orders)

    def through(
        self,
        framework: str | Framework,
        segment: str | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        habit_orders: int = HABIT_ORDERS,
    ) -> Lens:
        """See the journey through another framework.

        Parameters
        ----------
        framework : str or Framework
            A published one or one of your own.
        segment : str, optional
            Only this segment's people. Estimates for segments do not add up to those for all.
        weights : mapping of str to float, optional
        habit_orders : int
            How estimates are made: both as in `Known`.

        Returns
        -------
        Lens
            Each number is exact, estimated with an interval, or unknown.

        Raises
        ------
        InputError
            If there is no such framework or segment.

        Examples
        --------
        >>> shop = Journey.from_counts("five", [210600, 5766, 302, 161, 41])
        >>> lens = shop.through("nine")
        >>> lens["close"].people, lens["close"].status
        (302.0, 'exact')
        >>> round(lens["educate"].people), lens["educate"].status, lens["referral"].people
        (1320, 'estimated', None)
        """
        chosen = self._framework_of(framework)
        known = self.known(segment, weights=weights, habit_orders=habit_orders)
        return see(known, chosen)

    def save(self, path: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Write the journey to a file: TOML, CSV or XLSX, by its suffix.

        Parameters
        ----------
        path : str or Path, optional
            By default the file it came from.
        overwrite : bool
            Whether to replace a file that the journey did not come from, or that somebody else
            has changed since it was read.

        Returns
        -------
        Path
            Of the file written. An interrupted save leaves the old file.

        Raises
        ------
        InputError
            If there is no path, if it would overwrite somebody else's work, or if the format
            cannot hold the design.
        """
        target = path or self._origin.path
        if target is None:
            fix = 'name one: journey.save("shop.toml")'
            raise self._error(Fault("path", None, "is needed: the design has no file yet", fix))
        there = None if overwrite else self._in_file(target)
        whole = self.with_kept_in(there)
        if there is not None and self.base is not None and not whole.is_same(there):
            rule = "holds other numbers than the base of this scenario"
            fix = "save the base first (scenario.base.save()), or pass overwrite=True"
            raise self._error(Fault("path", str(target), rule, fix))
        written = store.write(
            target, whole.document(), self._origin, overwrite=overwrite, means=whole.is_in
        )
        self._belong_to(self._origin.at(written))
        return written

    def _belong_to(self, origin: store.Origin) -> None:
        self._origin = origin
        # The scenarios that are kept belong to the same file, and take it from here.
        for made in ("scenarios", "possible"):
            self._results.pop(made, None)

    def _in_file(self, target: str | Path) -> Journey | None:
        """Read what a file holds that this journey may replace; None if there is no such."""
        try:
            document, origin = store.read(target)
            known = origin.digests.items() <= self._origin.digests.items()
            return Journey.from_document(document) if known else None
        except InputError:
            return None

    def is_in(self, document: Document) -> bool:
        """Tell whether a document makes this journey, to the precision of a spreadsheet.

        Parameters
        ----------
        document : mapping

        Returns
        -------
        bool
        """
        try:
            other = Journey.from_document(document)
        except InputError:
            return False
        kept = [[row.document() for row in one.what_if.kept] for one in (self, other)]
        return self.is_same(other) and same(*kept)

    def is_same(self, other: Journey) -> bool:
        """Tell whether another journey has the same values, to the precision of a spreadsheet.

        Parameters
        ----------
        other : Journey

        Returns
        -------
        bool
        """
        return alike(other.model_dump(), self.model_dump())

    @property
    def path(self) -> Path | None:
        """The file the journey came from or was last saved to; None if there is none."""
        return self._origin.path

    @property
    def measurement(self) -> object:
        """What was measured besides the counts; None unless they come from an event log."""
        return None

    @property
    def understood(self) -> tuple[str, ...]:
        """What was understood of a file that cvjkit did not write, in sentences."""
        return self._origin.understood

    def code(self) -> str:
        """Write the design as a Python expression.

        Returns
        -------
        str

        Examples
        --------
        >>> shop = Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop")
        >>> print(shop.with_stage("reach", unit_cost=0.5).code())  # doctest: +NORMALIZE_WHITESPACE
        cvj.Journey.from_counts('five', {'reach': 900, 'acquisition': 90, 'conversion': 9,
        'retention': 5, 'loyalty': 1}, name='Shop').with_stage('reach', unit_cost=0.5)
        """
        return expression(self.document())


def read_journey(path: str | Path) -> Journey:
    """Read a journey from a file: TOML, CSV or XLSX, by its suffix.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Journey
        Its `save` writes to the same file, unless somebody else changed that meanwhile.

    Raises
    ------
    InputError
        With everything that is wrong in the file, whatever it is.
    """
    with told_as_fault(str(path)):
        document, origin = store.read(path)
        journey = Journey.from_document(document, str(path))
    journey._belong_to(origin)  # noqa: SLF001 - reading is the journey's own business
    return journey


def as_journey(journey: Journey | str | Path) -> Journey:
    """Take a journey, or read it from the path of its file.

    Parameters
    ----------
    journey : Journey, str or Path

    Returns
    -------
    Journey
    """
    return journey if isinstance(journey, Journey) else read_journey(journey)
