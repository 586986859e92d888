"""A journey: a design with its file, its audit and its view through other frameworks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from pydantic import PrivateAttr

from cvjkit.audit.audit import Audit, audit
from cvjkit.audit.rules import rules as all_rules
from cvjkit.decisions.budget import Budget, budget
from cvjkit.decisions.explain import Explanation, explain
from cvjkit.decisions.explain_stage import STAGES, explain_stage
from cvjkit.decisions.goal import Goal, goal
from cvjkit.decisions.kept import WithScenarios
from cvjkit.decisions.priorities import DRAWS, SEED, fix_first
from cvjkit.decisions.segments import SegmentsTable, segments_table
from cvjkit.decisions.simulate import DRAWS as MANY_DRAWS
from cvjkit.decisions.simulate import LEVEL, simulate
from cvjkit.errors import Fault, InputError, told_as_fault
from cvjkit.files import store
from cvjkit.files.code import expression
from cvjkit.files.documents import alike, same
from cvjkit.lens.estimate import Known
from cvjkit.lens.lens import Lens, see
from cvjkit.lens.people import HABIT_ORDERS, Made, brought_by_ways
from cvjkit.model.document import EVERYONE
from cvjkit.model.timeline import DAYS, timeline
from cvjkit.shown import Shown, listed

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from cvjkit.audit.findings import Rule
    from cvjkit.catalog.framework import Framework
    from cvjkit.decisions.aims import Lift
    from cvjkit.decisions.priorities import FixFirst, Measure
    from cvjkit.decisions.responses import Response
    from cvjkit.decisions.simulate import Simulation
    from cvjkit.files.documents import Document
    from cvjkit.model.timeline import Timeline


class Journey(Shown, WithScenarios):
    """A design that can be read, saved, audited and seen through other frameworks.

    Build one with `from_counts`, `from_rates` or `read_journey`, and change it with `put` and
    the `with_` methods; each returns a new journey, which belongs to the file of the one before.

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
        return f"{self.name}{brings}.\nIn {framework.name}, {len(framework)} stages; from {names}."

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
        flow = self.flow()
        flow = flow if segment is None else flow.only(self._segment(segment).name)
        chosen = self.segments if segment is None else (self._segment(segment),)
        made: dict[frozenset[bool], Made] = {
            frozenset({True}): "counted",
            frozenset({False}): "planned",
        }
        return Known(
            flow,
            offers=self.offers,
            market=self.market,
            also_known=self.also_known if segment is None else {},
            weights=weights,
            habit_orders=habit_orders,
            brought=brought_by_ways(self, flow),
            made=made.get(frozenset(one.observed for one in chosen), "counted or planned"),
            loyalty_measured_by=self.loyalty_measured_by,
        )

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
        return see(known, chosen, self.economics(segment), self.stages)

    def fix_first(
        self,
        targets: Mapping[str, float] | None = None,
        costs: Mapping[str, float] | None = None,
        *,
        by: Measure | None = None,
        lift: Lift = "tenth",
        draws: int = DRAWS,
        seed: int = SEED,
    ) -> FixFirst:
        """Work out what a better rate is worth at each step, and which step to improve first.

        Parameters
        ----------
        targets : mapping of stage key to float, optional
            What the rate into a stage could become, 0 to 1, all segments together.
        costs : mapping of stage key to float, optional
            What improving the step into a stage would cost [currency], 0 or more.
        by : {"profit", "customers"}, optional
            What to rank by: profit, if it is known.
        lift : {"tenth", "point", "best"}
            What a step without a target is judged by: ten percent more, the same lift at every
            step; one point more; or the rate of the best segment (for one segment, a rate worth
            testing).
        draws : int
            How often rates are drawn for `p_best`, 1 or more.
        seed : int
            0 or more. The same seed gives the same draws.

        Returns
        -------
        FixFirst
            A DataFrame with a row for each stage, the best on top, indexed by stage key. All
            columns but best_segment and basis have dtype float64; NaN where not known, and where
            no step leads to the stage. `summary` says what it shows. A change of a rate takes the
            people from those who leave, so it is never larger than they are.

            - rate: share, 0 to 1, of the visits to the stage before that go on to this one.
            - dropped: people who leave instead.
            - profit_per_point, customers_per_point: gain if the rate rises by 0.01 in every
              segment [currency, people].
            - profit_per_tenth, customers_per_tenth: gain if it rises by a tenth of itself.
            - best_rate, best_segment (str): the segment with the highest rate.
            - profit_at_best, customers_at_best: gain if every segment had that rate.
            - target, profit_at_target, customers_at_target: what was typed, and what it gains;
              the rates of all segments rise by the same factor.
            - cost: what was typed [currency].
            - basis (str): what the step is judged by: "your target", "best segment", "worth
              testing" (the rate that a counted one exceeds with a probability of 10%), "ten
              percent more" or "one point more".
            - aim: the rate that is, all segments together; ``changes[stage]`` has it for each
              segment, to try out: ``journey.scenario("Try", first.changes[stage])``.
            - score: gain by that, less the cost [currency, or people].
            - value_to_go: money that one more person at the stage still brings, the most one may
              pay for one [currency per person].
            - p_best: probability that the step has the highest score; steps that tie share it.

        Raises
        ------
        InputError
            If a stage is not known or a number is impossible.

        Examples
        --------
        >>> shop = Journey.from_counts("five", [10000, 2000, 100, 40, 10])
        >>> shop = shop.with_offer("conversion", name="Box", price=40, margin=15)
        >>> first = shop.fix_first(targets={"conversion": 0.06}, costs={"conversion": 100})
        >>> first.best, first.loc["conversion", ["profit_at_target", "score"]].to_list()
        ('conversion', [300.0, 200.0])
        """
        return fix_first(self, targets, costs, by=by, lift=lift, draws=draws, seed=seed)

    def simulate(
        self,
        draws: int = MANY_DRAWS,
        seed: int = SEED,
        *,
        level: float = LEVEL,
        design_effect: float = 1.0,
    ) -> Simulation:
        """Find how sure the figures are: draw the rates at random, work the figures out anew.

        Parameters
        ----------
        draws : int
            How often, 1 or more.
        seed : int
            0 or more. The same seed gives the same draws; and journeys with the same seed draw
            alike what they share, so that they can be compared draw by draw.
        level : float
            Probability with which a number lies in its band, between 0 and 1.
        design_effect : float
            By how much fewer people, chosen by chance, would tell as much as those counted; 1 or
            more. People of one campaign resemble one another: see what 2 does to the bands.

        Returns
        -------
        Simulation
            `interval("profit", 0.9)`, `probability("ltv_net > cac")`; tables `figures`, `stages`
            and `draws`; `against` and `beats` for another journey's simulation; `thin` and
            `summary` in words.

        Raises
        ------
        InputError
            If a parameter is impossible.

        Notes
        -----
        After s of n people went on, a rate is Beta(s + 1/2, n - s + 1/2); the ways out of one
        stage together are Dirichlet(counts + 1/2). A typed rate p is Beta(n p, n (1 - p)), as sure
        as n = 20 cases. Costs, margins and the people who come in are taken as typed.

        Examples
        --------
        >>> shop = Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
        >>> shop = shop.with_stage("acquisition", unit_cost=1.5)
        >>> shop = shop.with_offer("conversion", price=40, margin=15)
        >>> shop = shop.with_offer("retention", price=40, margin=15, repeat_rate=0.6)
        >>> simulation = shop.simulate(draws=10_000)
        >>> [round(bound) for bound in simulation.interval("customers")]
        [84, 117]
        >>> simulation.probability("ltv_net > cac"), simulation.probability("customers >= 110")
        (0.53, 0.17)
        """
        return simulate(self, draws, seed, level=level, design_effect=design_effect)

    def goal(
        self,
        figure: str,
        target: float,
        *,
        levers: Mapping[str, float] | None = None,
        spend_grows: bool = True,
    ) -> Goal:
        """Work out what it takes to reach a goal.

        Parameters
        ----------
        figure : str
            Key of a figure, such as customers, profit, cac or payback_days; or of a stage, whose
            people are meant.
        target : float
            What it is to be: at least, or at most where less is better.
        levers : mapping of str to float, optional
            Several that are to share the change, with their limits: the highest rate by stage key,
            and the most people by "entrants".
        spend_grows : bool
            Whether the spend on channels grows with the people who enter.

        Returns
        -------
        Goal
            The entrants, exact and with 80% and 95% confidence; a plan in whole people; one rate
            alone; the same lift of all rates; the levers; what is impossible has its reason.

        Raises
        ------
        InputError
            If there is no such figure, stage or lever, or a number is impossible.

        Examples
        --------
        >>> plan = Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        >>> goal = plan.goal("customers", 150)
        >>> goal.entrants, goal.entrants_95, goal.plan["acquisition"]
        (1500, 1696, 750)
        >>> round(goal.rates["conversion"].rate, 3), round(goal.equal_lift, 4)
        (0.3, 1.2247)
        """
        return goal(self, figure, target, levers=levers, spend_grows=spend_grows)

    def segments_table(self) -> SegmentsTable:
        """Put the segments side by side.

        Returns
        -------
        SegmentsTable
            A DataFrame with a row for each segment, indexed by its name; all columns but
            could_be_chance have dtype float64, NaN where not known. `average` has the figures of
            all segments together, `summary` says what the table shows.

            - people: at the first stage.
            - customers: first payers; rate: their share of the people.
            - cac, ltv_net, profit [currency]; ltv_to_cac; payback_days [days]: as in `economics`,
              a segment bearing fixed costs by its customers.
            - rate_to_average, cac_to_average, ltv_net_to_average, ltv_to_cac_to_average: the
              segment's figure / that of all segments together.
            - p_value: probability, if all rates were equal, that the segment's differs from that of
              the other counted segments by so much (Fisher's exact test).
            - could_be_chance (bool): whether the difference may be chance; Holm's procedure holds
              false alarms at 5% for the whole table. None for a segment that was not counted.

        Examples
        --------
        >>> counts = {"Ads": [4000, 400, 40, 10, 2], "Blog": [1000, 300, 60, 30, 3]}
        >>> shop = Journey.from_counts("five", counts).with_stage("reach", unit_cost=0.1)
        >>> shop.segments_table()[["people", "cac", "could_be_chance"]].values.tolist()
        [[4000.0, 10.0, False], [1000.0, 1.6666666666666667, False]]
        """
        return segments_table(self)

    def budget(
        self,
        money: float,
        responses: Mapping[str, Sequence[float] | Response],
        *,
        stage: str | None = None,
    ) -> Budget:
        """Divide a budget among channels whose returns diminish.

        Parameters
        ----------
        money : float
            What there is to spend at most [currency].
        responses : mapping of segment name to Response or pair of float
            How many people a channel brings for its spend: (A, theta) for
            A x (1 - exp(-spend / theta)), or a `Saturating`, `Power` or `SCurve` of
            `cvjkit.decisions.responses`.
        stage : str, optional
            Key of the stage at which these people come in; by default the first.

        Returns
        -------
        Budget
            A DataFrame with a row for each channel, indexed by segment; all columns but s_shaped
            have dtype float64. `left` is the money unspent, `lam` what the last unit of money
            returns, `summary` says it in words.

            - spend [currency]; people: brought by it.
            - worth: money that a person still brings, before the channel's own spend [currency].
            - value: of all these people [currency].
            - marginal: what the last unit of money returns there; of a channel that gets nothing,
              what its first unit would. NaN where that has no limit.
            - s_shaped (bool): whether small spends bring little: there may be several peaks.

        Raises
        ------
        InputError
            If a segment or stage is not known, a number is impossible, or what people are worth is
            not known.

        Examples
        --------
        >>> plan = Journey.from_rates("five", 1000, [0.5, 0.1, 0.4, 0.1])
        >>> plan = plan.with_offer("conversion", name="Box", margin=10)
        >>> division = plan.budget(2000, {"Everyone": (8000, 1000)})
        >>> division.spend.round(2).to_list(), round(division.left, 2), division.lam
        ([1386.29], 613.71, 1.0)
        """
        return budget(self, money, responses, stage=stage)

    def explain(self, figure: str, segment: str | None = None) -> Explanation:
        """Explain a figure: its formula, the numbers put in, and where each comes from.

        Parameters
        ----------
        figure : str
            Key of a figure of `economics`, such as "cac"; or a number of a stage,
            "stages.conversion.people", "stages.conversion.rate" or
            "stages.conversion.cost_per_person".
        segment : str, optional
            Only this segment's people.

        Returns
        -------
        Explanation
            `formula`, `put_in` (the formula with numbers), `inputs` (each typed, counted, derived
            or estimated, with its path), `parts` (the figures among them, explained in turn). Its
            repr is words.

        Raises
        ------
        InputError
            If there is no such figure or segment.

        Examples
        --------
        >>> shop = Journey.from_counts("five", [10000, 2000, 100, 40, 10])
        >>> shop.with_stage("conversion", unit_cost=25).explain("cac").put_in
        '2,500.00 / 100'
        """
        if figure.startswith(f"{STAGES}."):
            return explain_stage(self, figure, segment)
        return explain(self, figure, segment)

    def timeline(
        self, days: int = DAYS, *, arrivals: float | Iterable[float] | None = None
    ) -> Timeline:
        """Follow the people day by day: who stands where, and when the money comes back.

        Parameters
        ----------
        days : int
            The last day, 1 to 3,650; the first is 0.
        arrivals : float or iterable of float, optional
            People who come in from outside on each day, divided among segments and stages like the
            people who enter; a list has one number a day, and its last one holds on. By default
            the people who enter come evenly over `intake_days`; if that is not typed, on day 0.

        Returns
        -------
        Timeline
            `stages` (day and stage: arrivals, reached, standing, dropped, finished ...); `money`
            (day: cost, margin, cash); `break_even_day`; `cohort`, how far people have come some
            days after they came in; `steady`, where they stand in the long run; `summary`.

        Raises
        ------
        InputError
            If a parameter is impossible.

        Notes
        -----
        Those who leave do so as late as those who pass on. A repeat takes a buying cycle; whom
        somebody brings in comes the next day. Totals do not depend on delays. If `market` is
        typed, no more people than that come in.

        Examples
        --------
        >>> plan = Journey.from_rates("five", 100, [0.1, 0.25, 0.2, 0.8])
        >>> plan = plan.with_stage("acquisition", delay_days=1).with_stage(
        ...     "conversion", delay_days=2
        ... )
        >>> stages = plan.timeline(days=20, arrivals=100).stages
        >>> stages.loc[(20, "acquisition"), ["reached", "standing", "dropped"]].to_list()
        [200.0, 20.0, 135.0]
        """
        return timeline(self, days, arrivals=arrivals)

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
        self._origin = self._origin.at(written)
        return written

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
    def understood(self) -> tuple[str, ...]:
        """What was understood of a file that is not written as cvjkit writes it, in sentences."""
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
        return expression(self.document(), EVERYONE)


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
    journey._origin = origin  # noqa: SLF001 - reading is the journey's own business
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
