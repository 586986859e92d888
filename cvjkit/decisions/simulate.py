"""The rates of a journey drawn at random, its figures worked out again in each draw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cvjkit.decisions.drawn_flow import DrawnFlow
from cvjkit.decisions.evidence import referrals_of, repeat_cases, ways_of
from cvjkit.decisions.sampling import drawn_rates, drawn_referrals, drawn_shares
from cvjkit.decisions.sampling_parameters import DRAWS, LEVEL, SEED, wrong_parameters
from cvjkit.decisions.simulation import Simulation
from cvjkit.errors import InputError
from cvjkit.model.economics import FIRST_PAYMENT, StageColumns

if TYPE_CHECKING:
    from collections.abc import Callable

    from cvjkit.model.design import Design
    from cvjkit.model.parts import Offer


def simulate(
    design: Design,
    draws: int = DRAWS,
    seed: int = SEED,
    *,
    level: float = LEVEL,
    design_effect: float = 1.0,
) -> Simulation:
    """Find how sure the figures are: draw the rates at random and work the figures out again.

    Parameters
    ----------
    design : Design
    draws : int
        How often, 1 or more.
    seed : int
        0 or more. The same seed gives the same draws; and what journeys share is drawn alike with
        the same seed, so they can be compared draw by draw.
    level : float
        Probability with which a number lies in its band, between 0 and 1.
    design_effect : float
        How many times fewer people, chosen at random, would tell as much as those counted; 1 or
        more. People of one campaign resemble one another: try 2, and see how the bands widen.

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
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> shop = shop.with_stage("acquisition", unit_cost=1.5)
    >>> shop = shop.with_offer("conversion", price=40, margin=15)
    >>> shop = shop.with_offer("retention", price=40, margin=15, repeat_rate=0.6)
    >>> simulation = shop.simulate(draws=10_000)
    >>> [round(bound) for bound in simulation.interval("customers")]
    [84, 117]
    >>> simulation.probability("ltv_net > cac"), simulation.probability("customers >= 110")
    (0.53, 0.17)
    """
    faults = wrong_parameters(draws, seed, level, design_effect)
    if faults:
        raise InputError("simulation", faults)
    ways, referrals = ways_of(design, design_effect), referrals_of(design, design_effect)
    flow = DrawnFlow.of(
        design,
        drawn_shares(design, ways, draws, seed),
        drawn_referrals(design, referrals, draws, seed),
    )
    again = partial(_again, design, draws=draws, seed=seed, design_effect=design_effect)
    formulas = StageColumns.of(
        design,
        flow=flow,
        offers=_offers(design, again),
        typed_second_purchase_rate=again(FIRST_PAYMENT, design.second_purchase_rate),
    )
    return Simulation(design, draws, seed, float(level), ways, flow, formulas)


def _again(
    design: Design,
    anchor: str,
    typed: float | None,
    *,
    draws: int,
    seed: int,
    design_effect: float,
) -> Any:
    """Draw the share of the customers at a milestone who order again; None if none is typed."""
    if typed is None:
        return None
    anchors = [stage.anchor for stage in design.framework]
    cases = repeat_cases(design, typed, anchors.index(anchor) if anchor in anchors else None)
    beta = (cases / design_effect * typed, cases / design_effect * (1 - typed))
    return drawn_rates([("order again", anchor)], [beta], draws, seed)[0]


def _offers(design: Design, again: Callable[[str, float | None], Any]) -> dict[str, Offer]:
    """Give the offers with their repeat rates drawn."""
    offers: dict[str, Offer] = {}
    for offer in design.offers:
        anchor = design.framework.anchor(offer.stage)
        rate = again(anchor, offer.repeat_rate)
        # A copy is not checked: the draws stand where the rate stood.
        drawn = offer.model_copy(update={"repeat_rate": rate})
        offers[anchor] = offer if rate is None else drawn
    return offers
