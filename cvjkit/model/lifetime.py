"""The lifetime value of a customer, and the time until winning one has paid off."""

from __future__ import annotations

from typing import Any

import numpy as np

from cvjkit.model.figures import UndefinedError, divisor, is_none

ROUNDING = 1e-12
NEVER_PAID = "never: all later orders together bring in less than winning a customer costs"


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
    if is_none(q):
        return m1
    never = "everybody orders for ever (repeat rate 1) and nothing is discounted"
    return m1 + m2 * q / divisor(1 + d - r, never)


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
    int, or ndarray of float
        The least n with m1 + m2 q (1 + r + ... + r^(n-1)) >= cac. If the numbers are arrays with an
        entry for each draw: infinite in draws in which there is none.

    Raises
    ------
    UndefinedError
        If the margins never reach the cac.

    Examples
    --------
    >>> payback_cycles(25, m1=15, m2=15, q=0.4, r=0.8)
    2
    """
    later, needed = m2 * q, np.maximum(cac - m1, 0.0)
    with np.errstate(all="ignore"):
        slowly = np.log1p(-needed * (1 - r) / later) / np.log(r)
        cycles = np.where(r == 0, 1.0, np.where(r == 1, needed / later, slowly))
        # What is exactly n cycles must not become n + 1 by a last digit.
        whole = np.maximum(1.0, np.ceil(cycles * (1 - ROUNDING)))
        never = (later <= 0) | (needed * (1 - r) >= later * (1 - ROUNDING)) | np.isinf(cycles)
    result: Any = np.where(needed == 0, 0.0, np.where(never, np.inf, whole))
    if np.isinf(result).all():
        raise UndefinedError(NEVER_PAID)
    return result if result.ndim else int(result)


def days_of(cycles: float, cycle_days: float) -> float:
    """Work out how long buying cycles last.

    Parameters
    ----------
    cycles : float, or ndarray of float
        0 or more, infinite for never.
    cycle_days : float
        Days from one order to the next, 0 or more.

    Returns
    -------
    float, or ndarray of float
        [days]

    Examples
    --------
    >>> days_of(2, 30.0), list(map(float, days_of(np.array([1.0, np.inf]), 0.0)))
    (60.0, [0.0, inf])
    """
    ends = np.isinf(cycles)
    days: Any = np.where(ends, np.inf, np.where(ends, 0.0, cycles) * cycle_days)
    return days if days.ndim else float(days)
