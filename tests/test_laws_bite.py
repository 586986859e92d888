"""Each law, tried on a model broken on purpose: it must fail, or it would guard nothing.

A line of the model is changed in memory, and the law is tried on the same journeys as in its own
test until one contradicts it.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cvjkit.files import code
from cvjkit.model import (
    counts,
    document,
    economics,
    flow,
    flow_tables,
    fold,
    formulas,
    lifetime,
    money,
    plan,
    planned,
    pooled,
    solver,
    ways,
)
from tests import laws
from tests.strategies import amounts, frameworks, journeys, shares

STAGE = st.integers(1, 13)
TENTHS = st.integers(0, 10).map(lambda tenths: tenths / 10)
PLAN, COUNTED = journeys(counted=False), journeys(counted=True)
PAYING = journeys(money=True)


@dataclass
class Break:
    """A law, what it is tried on, and a line of the model that is changed."""

    law: Callable[..., None]
    drawn: tuple[st.SearchStrategy[Any], ...]
    where: object
    line: str
    instead: str

    def __str__(self) -> str:
        return f"{self.law.__name__}: {self.instead}"


BREAKS = [
    Break(
        laws.people_are_conserved,
        (PLAN,),
        solver.solve,
        "found.entered + referred, fundamental",
        "found.entered, fundamental",
    ),
    Break(
        laws.people_are_conserved,
        (COUNTED,),
        flow_tables.stage_columns,
        "np.tril(flow.shares)",
        "flow.shares",
    ),
    Break(
        laws.counts_are_explained,
        (COUNTED,),
        counts.Counted._by_visits,
        "self.planned.births * taken",
        "self.planned.births",
    ),
    Break(
        laws.nobody_is_lost_twice,
        (journeys(unknown=True),),
        flow_tables.stage_columns,
        "np.clip(1 - flow.shares.sum(axis=2), 0, 1)",
        "(0.9 - flow.shares.sum(axis=2))",
    ),
    Break(
        laws.a_plain_funnel_never_widens,
        (PLAN,),
        solver.solve,
        "people = visits / often",
        "people = visits * np.arange(1, visits.shape[1] + 1) / often",
    ),
    Break(
        laws.everything_scales,
        (PAYING, st.integers(2, 9)),
        solver.solve,
        "[people or 0 for people in",
        "[(people or 0) ** 0.5 for people in",
    ),
    Break(
        laws.everything_scales,
        (PAYING, st.integers(2, 9)),
        formulas.Formulas.profit,
        "return brought - spent",
        "return brought - spent - 7",
    ),
    Break(
        laws.more_never_means_fewer,
        (PLAN, STAGE, shares()),
        pooled.Pooled._with,
        "table[self.stage] = number",
        "table[self.stage] = number * 0.9 if number else number",
    ),
    Break(
        laws.segments_add_up,
        (PAYING,),
        flow_tables._rates,
        "standing @ reach[:, before, stage] / standing.sum()",
        "reach[:, before, stage].mean()",
    ),
    Break(
        laws.segments_add_up,
        (PAYING,),
        money._customers,
        "first = flow",
        "return 1.0; first = flow",
    ),
    Break(
        laws.a_segment_does_not_depend_on_another,
        (journeys(),),
        solver.solve,
        "stuck = without_exit(shares)",
        "shares[:] = shares.mean(axis=0); stuck = without_exit(shares)",
    ),
    Break(
        laws.referrals_only_add,
        (PLAN,),
        ways.typed_births,
        "+= referral.per_person",
        "-= referral.per_person",
    ),
    Break(
        laws.the_walk_agrees,
        (PLAN,),
        planned.Planned.visits,
        "if not self.births.any():",
        "if not self._reach[1].any():",
    ),
    Break(
        laws.visits_count_returns,
        (journeys(),),
        solver.solve,
        "people = visits / often",
        "people = visits * often",
    ),
    Break(
        laws.visits_count_returns,
        (journeys(),),
        solver.solve,
        "people = visits / often",
        "people = visits",
    ),
    Break(
        laws.the_walk_agrees,
        (PLAN,),
        ways.typed_shares,
        "+= way.rate",
        "+= way.rate / 2",
    ),
    Break(
        laws.the_walk_agrees,
        (PLAN,),
        ways.typed_shares,
        "slice(None) if way.segment is None else names.index(way.segment)",
        "slice(None)",
    ),
    Break(
        laws.counts_are_explained,
        (COUNTED,),
        counts.Counted._by_visits,
        'brought += np.einsum("si,sitj->tj", visits, self.planned.births)',
        "pass",
    ),
    Break(
        laws.counts_are_explained,
        (COUNTED,),
        counts.Counted._spread,
        "rest if rest > small else 0",
        "0",
    ),
    Break(
        laws.counts_are_explained,
        (COUNTED,),
        counts.Counted._spread,
        "for source in origins.sources[stage]:",
        "for source in origins.sources[stage][:1]:",
    ),
    Break(
        laws.counts_are_explained,
        (COUNTED,),
        counts.Counted.explained,
        "for _ in range(ROUNDS):",
        "for _ in range(1):",
    ),
    Break(
        laws.plan_of_counts_is_the_same,
        (COUNTED,),
        plan.planned,
        "float(shares[parent, stage])",
        "float(shares[parent, stage]) * 0.99",
    ),
    Break(
        laws.plan_of_counts_is_the_same,
        (COUNTED,),
        plan._transitions,
        "wanted[index] = flow.shares[index, source, target]",
        "pass",
    ),
    Break(
        laws.plan_of_counts_is_the_same,
        (COUNTED,),
        plan._referrals,
        "float(brought[by, into]) if into in changed else row.per_person",
        "row.per_person",
    ),
    Break(
        laws.value_to_go_is_the_profit_of_the_entrants,
        (PAYING,),
        flow.Flow.value_to_go,
        "stacked(self.shares) + self.births.reshape(size, size)",
        "stacked(self.shares)",
    ),
    Break(
        laws.value_to_go_is_the_profit_of_the_entrants,
        (PAYING,),
        economics.StageColumns._gains,
        'self._margins - np.nan_to_num(self._typed("unit_cost"))',
        "self._margins",
    ),
    Break(
        laws.profit_is_customers_times_margin_over_cost,
        (PAYING,),
        formulas.Formulas._margins,
        "buyers * self._later_margin",
        "0 * self._later_margin",
    ),
    Break(
        laws.profit_is_customers_times_margin_over_cost,
        (PAYING,),
        formulas.Formulas.ltv_net,
        "self._first + 1",
        "self._first",
    ),
    Break(
        laws.halfway_changes_nothing,
        (journeys(counted=False, money=True), STAGE, TENTHS),
        ways.step_shares,
        "= segment.rates[stage]",
        "= segment.rates[stage] * 0.99",
    ),
    Break(
        laws.another_framework_keeps_the_people,
        (PLAN, frameworks()),
        fold.fold,
        "+ brought[out] @ everyone",
        "+ 0",
    ),
    Break(
        laws.another_framework_keeps_the_people,
        (PLAN, frameworks()),
        fold.fold,
        "+ moves[out] @ others",
        "",
    ),
    Break(
        laws.another_framework_keeps_the_people,
        (PLAN, frameworks()),
        ways.by_segment,
        "if np.ptp(rates) == 0:",
        "if True:",
    ),
    Break(
        laws.more_is_worth_more,
        (amounts(), amounts(), shares(), shares(0.95), shares(), amounts(1)),
        lifetime.lifetime_value,
        "divisor(1 + d - r, never)",
        "divisor(1 + d + r, never)",
    ),
    Break(
        laws.it_is_paid_back_then_and_not_before,
        (amounts(), amounts(), amounts(), shares(), shares()),
        lifetime.payback_cycles,
        "np.ceil(",
        "np.floor(",
    ),
    Break(
        laws.it_is_paid_back_then_and_not_before,
        (amounts(), amounts(), amounts(), shares(), shares()),
        lifetime.payback_cycles,
        "np.ceil(",
        "1 + np.ceil(",
    ),
    Break(
        laws.document_and_code_make_it_again,
        (PAYING,),
        code._literal,
        "str(int(value))",
        "str(int(value) + 1)",
    ),
    Break(
        laws.document_and_code_make_it_again,
        (PAYING,),
        document.document_of,
        '"framework", "segments"',
        '"framework", "discount_rate", "segments"',
    ),
]


@pytest.mark.parametrize("broken", BREAKS, ids=str)
def test_a_broken_model_breaks_the_law(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    function = _function(broken.where)
    monkeypatch.setattr(function, "__code__", _changed(function, broken.line, broken.instead))
    tried = settings(
        max_examples=1000,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )(given(st.tuples(*broken.drawn))(_taking(broken)))
    with pytest.raises(AssertionError):
        tried()


def _taking(broken: Break) -> Callable[..., None]:
    """Give the law a signature hypothesis can fill whatever it is called with."""
    law = broken.law

    def once(drawn: tuple[Any, ...]) -> None:
        law(*drawn)

    return once


def _function(where: object) -> FunctionType:
    if isinstance(where, cached_property):
        where = where.func
    if isinstance(where, property):
        where = where.fget
    assert isinstance(where, FunctionType)
    return where


def _changed(function: FunctionType, line: str, instead: str) -> Any:
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(line) == 1, f"{line!r} is not a line of {function.__qualname__} any more"
    names = dict(function.__globals__)
    exec(f"from __future__ import annotations\n{source.replace(line, instead)}", names)  # noqa: S102
    return _function(names[function.__name__]).__code__
