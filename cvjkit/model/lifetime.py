"""The lifetime value of a customer, and the time until winning one has paid off."""

from __future__ import annotations

import math

from cvjkit.model.figures import UndefinedError

ROUNDING = 1e-12
NEVER_PAID = "never: all later orders together bring less than winning them costs"


def lifetime_value(m1: float, m2: float, q: float, r: float, d: float = 0.0) -> float:
    """Sum the margins of a customer's orders: m1 + m2 q / (1 + d - r).

    Parameters
    ----------
    m1 : float
        Margin of the first order [currency].
    m2 : float
        Margin of each later order [currency].
    q : float
        Share, 0 to 1, of customers who buy a second time.
    r : float
        Share, 0 to 1, of those who then order again each buying cycle.
    d : float
        Discount per buying cycle, 0 or more.

    Returns
    -------
    float
        [currency per customer]

    Raises
    ------
    UndefinedError
        If everybody orders for ever and nothing is discounted.

    Examples
    --------
    >>> lifetime_value(15, 15, q=0.4, r=0.8)
    45.0
    >>> round(lifetime_value(15, 15, q=0.4, r=0.8, d=0.01), 6)
    43.571429
    """
    if q == 0:
        return m1
    if 1 + d - r <= 0:
        raise UndefinedError("everybody orders for ever (repeat rate 1) and nothing is discounted")
    return m1 + m2 * q / (1 + d - r)


def payback_cycles(cac: float, m1: float, m2: float, q: float, r: float) -> int:
    """Count the buying cycles until a customer's margins have paid the acquisition cost.

    Parameters
    ----------
    cac : float
        Customer acquisition cost [currency].
    m1 : float
    m2 : float
    q : float
    r : float
        All as in `lifetime_value`.

    Returns
    -------
    int
        The least n with m1 + m2 q (1 + r + ... + r^(n-1)) >= cac.

    Raises
    ------
    UndefinedError
        If the margins never reach the cac.

    Examples
    --------
    >>> payback_cycles(25, m1=15, m2=15, q=0.4, r=0.8)
    2
    """
    if cac <= m1:
        return 0
    later, needed = m2 * q, cac - m1
    if later <= 0 or needed * (1 - r) >= later * (1 - ROUNDING):
        raise UndefinedError(NEVER_PAID)
    if r == 0:
        return 1
    cycles = needed / later if r == 1 else math.log1p(-needed * (1 - r) / later) / math.log(r)
    if not math.isfinite(cycles):
        raise UndefinedError(NEVER_PAID)
    # What is exactly n cycles must not become n + 1 by a last digit.
    return max(1, math.ceil(cycles * (1 - ROUNDING)))
