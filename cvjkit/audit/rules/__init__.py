"""The rules of the audit, A01 to A56, by subject: attract, order, prices, sell, numbers ...

To add one, write a function into the module of its subject and decorate it with `rule`: id,
severity, what is checked, what the documents say, their citations. The function asks `Facts` and
yields `fires` and `passes`, and `lacks` with what it needs to tell; where it cannot go on, it
raises `MissingError`. Nothing else changes here: :func:`rules` finds it. Its test is one `Case` in
``tests/audit/rules/test_<module>.py``, its line in ``docs/audit.md`` one row.
"""

from __future__ import annotations

from functools import cache

from cvjkit.audit.findings import Rule
from cvjkit.audit.rules import attract, numbers, order, prices, sell, voice, wow


@cache
def rules() -> tuple[Rule, ...]:
    """Give all rules of the audit, in the order of their ids.

    Returns
    -------
    tuple of Rule

    Examples
    --------
    >>> len(rules()), rules()[0].id, rules()[-1].id
    (56, 'A01', 'A56')
    """
    modules = (attract, order, prices, sell, numbers, voice, wow)
    found = (value for module in modules for value in vars(module).values())
    return tuple(
        sorted((value for value in found if isinstance(value, Rule)), key=lambda one: one.id)
    )
