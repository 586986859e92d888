"""The rules of the audit, A01 to A56: each a function with its text, severity and sources.

To add one, write one more decorated function into the module it belongs to.
"""

from __future__ import annotations

from functools import cache

from cvjkit.audit.audit import Rule
from cvjkit.audit.rules import attract, numbers, order, prices, sell, voice, wow


@cache
def rules() -> tuple[Rule, ...]:
    """Give all rules of the audit, in the order of their ids.

    Examples
    --------
    >>> len(rules()), rules()[0].id, rules()[-1].id
    (56, 'A01', 'A56')
    """
    modules = (attract, order, prices, sell, numbers, voice, wow)
    found = (value for module in modules for value in vars(module).values())
    return tuple(sorted((each for each in found if isinstance(each, Rule)), key=lambda r: r.id))
