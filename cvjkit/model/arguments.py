"""Whether what a function was called with is a number within its bounds."""

from __future__ import annotations

import sys
from numbers import Integral, Real
from typing import Any, TypeGuard

HIGHEST = sys.float_info.max


def is_number(value: object, least: float = -HIGHEST, most: float = HIGHEST) -> TypeGuard[float]:
    """Tell whether a value is a finite number within bounds.

    Parameters
    ----------
    value : object
    least : float
        Allowed itself.
    most : float
        Allowed itself.

    Returns
    -------
    bool
        False for True and False, and for a number in a text.

    Examples
    --------
    >>> [is_number(value, 0) for value in (2, 0.5, -1, float("nan"), 10**400, True, "2")]
    [True, True, False, False, False, False, False]
    """
    number: Any = value
    if isinstance(number, bool) or not isinstance(value, Real):
        return False
    return bool(least <= number <= most)


def is_whole(value: object, least: int, most: float = HIGHEST) -> TypeGuard[int]:
    """Tell whether a value is a whole number within bounds.

    Parameters
    ----------
    value : object
    least : int
        Allowed itself.
    most : float
        Allowed itself.

    Returns
    -------
    bool
        False for 2.0: what is counted is given as an int.

    Examples
    --------
    >>> import numpy as np
    >>> [is_whole(value, 1) for value in (1, np.int64(1), 0, 1.0, True)]
    [True, True, False, False, False]
    """
    return isinstance(value, Integral) and is_number(value, least, most)
