from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.decisions.statement import Comparison, read_statement
from cvjkit.errors import InputError
from cvjkit.number_text import Unit

UNITS: dict[str, Unit] = {
    "customers": "people",
    "cac": "amount",
    "ltv_net": "amount",
    "second_purchase_rate": "share",
    "stages.conversion.rate": "share",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ltv_net > cac", ("ltv_net", ">", "cac")),
        ("customers>=1.2k", ("customers", ">=", 1200)),
        ("cac <= EUR 5", ("cac", "<=", 5)),
        ("5 < cac", (5, "<", "cac")),
        ("cac < -3", ("cac", "<", -3)),
        ("second_purchase_rate > 40", ("second_purchase_rate", ">", 0.4)),
        ("stages.conversion.rate < 5%", ("stages.conversion.rate", "<", 0.05)),
    ],
)
def test_a_comparison_is_read_in_the_unit_of_its_figure(
    text: str, expected: tuple[str | float, str, str | float]
) -> None:
    assert read_statement(text, UNITS) == (Comparison(*expected),)


def test_comparisons_may_follow_one_another() -> None:
    assert read_statement("500 <= customers < 1,000", UNITS) == (
        Comparison(500, "<=", "customers"),
        Comparison("customers", "<", 1000),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cac == 3", "compare with <, <=, > or >="),
        ("cac = 3", "compare with <, <=, > or >="),
        ("cac != 3", "compare with <, <=, > or >="),
        ("profitt > 0", "'profitt' is not known"),
        ("cac < ltv", "did you mean 'ltv_net'?"),
        ("cac < 1.250", "could mean 1250 or 1.25"),
        ("cac", "is not a comparison"),
        ("cac >", "is not a comparison"),
        ("", "is not a comparison"),
        (None, "is not a comparison"),
        (3, "is not a comparison"),
        ("3 > 2", "names no figure"),
        ("cac > n/a", "is neither a figure nor a number"),
        ("customers > 5%", "is a percentage"),
        ("__import__('os').getcwd() > cac", "must be a number"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_write(text: object, told: str) -> None:
    with pytest.raises(InputError) as raised:
        read_statement(text, UNITS)
    assert told in str(raised.value)


@given(st.text(alphabet="ac<>=! .5%k_()x'customers", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        comparisons = read_statement(text, UNITS)
    except InputError:
        return
    for left, _, right in comparisons:
        assert all(isinstance(side, float) or side in UNITS for side in (left, right))
