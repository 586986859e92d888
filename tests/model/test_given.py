"""What is given as numbers: every kind works or is refused with what is expected."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cvjkit as cvj

KEYS = ("reach", "acquisition", "conversion", "retention", "loyalty")
COUNTS = [900, 90, 9, 5, 1]
BY_STAGE = dict(zip(KEYS, COUNTS, strict=True))
ROW = pd.DataFrame([COUNTS], columns=KEYS)
BOTH = pd.DataFrame([COUNTS, COUNTS], columns=KEYS, index=["Ads", "Blog"])


@pytest.mark.parametrize(
    "counts",
    [
        tuple(COUNTS),
        range(9, 4, -1),
        deque(COUNTS),
        BY_STAGE,
        MappingProxyType(BY_STAGE),
        BY_STAGE.values(),
        np.array(COUNTS),
        np.array(COUNTS, dtype=np.float32),
        pd.Series(COUNTS),
        pd.Series(COUNTS, index=KEYS)[::-1],
        pd.Index(COUNTS),
        [Decimal(900), *COUNTS[1:]],
        ROW,
        ROW.T,
        ROW[["loyalty", *KEYS[:-1]]],
        {"Everyone": np.array(COUNTS)},
    ],
)
def test_any_kind_of_list_or_table_of_counts_is_read(counts: Any) -> None:
    expected = tuple(range(9, 4, -1)) if isinstance(counts, range) else tuple(COUNTS)
    (segment,) = cvj.Journey.from_counts("five", counts).segments
    assert (segment.name, segment.counts) == ("Everyone", expected)


def test_what_is_counted_out_one_by_one_is_read_once() -> None:
    assert cvj.Journey.from_counts("five", (count for count in COUNTS)).segments[0].counts == (
        *COUNTS,
    )
    by_name = {"Ads": iter(COUNTS), "Blog": map(int, COUNTS)}
    segments = cvj.Journey.from_counts("five", by_name).segments
    assert [(one.name, one.counts) for one in segments] == [
        ("Ads", (*COUNTS,)),
        ("Blog", (*COUNTS,)),
    ]


@pytest.mark.parametrize("table", [BOTH, BOTH.T, BOTH.T[::-1]], ids=["rows", "columns", "turned"])
def test_a_table_has_a_row_or_a_column_for_each_segment(table: pd.DataFrame) -> None:
    segments = cvj.Journey.from_counts("five", table).segments
    assert [(one.name, one.counts) for one in segments] == [
        ("Ads", (*COUNTS,)),
        ("Blog", (*COUNTS,)),
    ]


@pytest.mark.parametrize(
    "counts",
    [
        [900, pd.NA, 9, 5, 1],
        {**BY_STAGE, "acquisition": pd.NA},
        pd.array([900, None, 9, 5, 1], dtype="Int64"),
        pd.Series([900, None, 9, 5, 1], index=KEYS),
        pd.Series([900, None, 9, 5, 1], dtype="Int64"),
        pd.DataFrame([[900, None, 9, 5, 1]], columns=KEYS),
        np.ma.array(COUNTS, mask=[0, 1, 0, 0, 0]),
        np.array([900, None, 9, 5, 1], dtype=object),
    ],
)
def test_what_a_table_has_not_is_not_known(counts: Any) -> None:
    shop = cvj.Journey.from_counts("five", counts)
    assert shop.segments[0].counts == (900, None, 9, 5, 1)


def test_missing_values_of_pandas_are_not_known_wherever_they_are_given() -> None:
    plan = cvj.Journey.from_rates("five", {"reach": pd.NA}, [0.5, pd.NA, 0.4, 0.1])
    assert (plan.segments[0].entrants, plan.segments[0].rates) == (
        (None, 0, 0, 0, 0),
        (None, 0.5, None, 0.4, 0.1),
    )
    shop = cvj.Journey.from_counts("five", COUNTS).with_stage("reach", unit_cost=2)
    assert shop.with_stage("reach", unit_cost=pd.NA).stages == ()
    assert shop.with_terms(fixed_cost=pd.NA).fixed_cost is None
    assert shop.with_offer("conversion", price=pd.NA).offers[0].price is None


REFUSED = {
    "a number": (5, "counts: 5 must be a list; write it in [ ], with a number for each of reach"),
    "text": ("9 8 7 6 5", "counts: '9 8 7 6 5' must be a list"),
    "nothing": (None, "'Everyone' has no numbers; give it counts, or entrants with rates"),
    "a set": (set(COUNTS), "has no order; write it in [ ]"),
    "too few": ([1, 2], "counts: [1, 2] must have 5 numbers, it has 2"),
    "two rows of an array": (np.array([COUNTS, COUNTS]), "must have 5 numbers, it has 2"),
    "rows below rows": ([[1, 2], 3, 4, 5, 6], "counts.reach: [1, 2] must be a number"),
    "no number": ([900, float("nan"), 9, 5, 1], "acquisition: nan must be a finite number"),
    "no time": ([900, pd.NaT, 9, 5, 1], "acquisition: NaT must be a number"),
    "texts": (list("98765"), "reach: '9' must be a number; write it without quotes"),
    "half a person": ([2319.5, 90, 9, 5, 1], "2319.5 must be a whole number of people"),
    "other labels": (
        pd.Series(COUNTS, index=list("abcde")),
        "counts: 'a' is not known; choose from",
    ),
    "a table of rows": (
        pd.DataFrame({"stage": KEYS, "people": COUNTS}),
        "['stage', 'people'] must be a table with the stages as its columns, or as its index",
    ),
    "an empty table": (pd.DataFrame(), "must be a table with the stages as its columns"),
    "a label twice": (
        pd.DataFrame([[*COUNTS, 7]], columns=[*KEYS, "loyalty"]),
        "['loyalty'] are labels of more than one number; keep one of each",
    ),
    "a segment twice": (
        pd.DataFrame([COUNTS, COUNTS], columns=KEYS, index=["Ads", "Ads"]),
        "'Ads' is listed more than once",
    ),
    "a segment without a list": ({"Ads": COUNTS, "Blog": 5}, "segments[Blog].counts: 5 must be"),
    "a journey": (cvj.Journey.from_counts("five", COUNTS), "must be a list"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_with_what_is_expected(kind: str) -> None:
    counts, expected = REFUSED[kind]
    with pytest.raises(cvj.InputError) as refused:
        cvj.Journey.from_counts("five", counts)
    assert expected in str(refused.value)


def test_the_dust_of_a_spreadsheet_is_no_part_of_a_person() -> None:
    noisy = [2319.9999999999995, 90.00000000000001, 9, 5, 1]
    assert cvj.Journey.from_counts("five", noisy).segments[0].counts == (2320, 90, 9, 5, 1)


ANYTHING: dict[str, Any] = {
    "a table": ROW,
    "a table by rows": pd.DataFrame({"stage": KEYS, "people": COUNTS}),
    "an empty table": pd.DataFrame(),
    "a series": pd.Series(COUNTS, index=KEYS),
    "an array": np.array([COUNTS, COUNTS]),
    "numbers of pandas": pd.array([900, None], dtype="Int64"),
    "one number of numpy": np.float64(3.5),
    "a flag of numpy": np.bool_(True),
    "missing": pd.NA,
    "no time": pd.NaT,
    "no number": float("nan"),
    "endless": float("inf"),
    "very large": 10**400,
    "complex": 1j,
    "decimal": Decimal("0.5"),
    "text": "loyalty",
    "no text": "",
    "half a character": "\ud800",
    "bytes": b"reach",
    "a set": {"reach"},
    "a tuple": ("reach",),
    "a list of nothing": [None],
    "deep": {"a": {"b": [1]}},
    "a mapping of numbers": {0: 5},
    "a class": int,
    "an object": object(),
    "a journey": cvj.Journey.from_counts("five", COUNTS),
}
TWO = cvj.Journey.from_counts("five", {"Ads": COUNTS, "Blog": COUNTS})
PLAN = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
Call = Callable[..., Any]
CALLS: list[tuple[Call, dict[str, Any], tuple[str, ...]]] = [
    (
        cvj.Journey.from_counts,
        {"framework": "five", "counts": COUNTS, "name": "Shop"},
        ("framework", "counts", "name", "segments", "offers", "view"),
    ),
    (
        cvj.Journey.from_rates,
        {"framework": "five", "entrants": 5, "rates": [0.1] * 4},
        ("framework", "entrants", "rates"),
    ),
    (cvj.Journey.from_document, {}, ("document",)),
    *(
        row
        for journey in (TWO, PLAN)
        for row in (
            (
                journey.with_stage,
                {"stage": "reach"},
                (
                    "stage",
                    "people",
                    "rate",
                    "segment",
                    "unit_cost",
                    "margin",
                    "tactics",
                    "messages",
                ),
            ),
            (
                journey.with_transition,
                {"source": "loyalty", "target": "reach", "rate": 0.1},
                ("source", "target", "rate", "segment"),
            ),
            (
                journey.with_referral,
                {"source": "loyalty", "to": "reach", "per_person": 0.1},
                ("source", "to", "per_person", "segment", "source_segment", "reward"),
            ),
            (
                journey.with_offer,
                {"stage": "conversion"},
                ("stage", "name", "price", "margin", "repeat_rate", "kind", "digital"),
            ),
            (
                journey.with_segment,
                {"name": "Ads"},
                ("name", "rename", "counts", "entrants", "rates", "spend", "awareness"),
            ),
            (
                journey.with_terms,
                {},
                (
                    *("name", "currency", "illustrative", "view", "fixed_cost", "discount_rate"),
                    *("market", "also_known", "accepted", "thresholds", "segments", "stages"),
                    *("offers", "transitions", "referrals", "framework"),
                ),
            ),
            (
                journey.with_accepted,
                {"rule": "A11", "reason": "So it is."},
                ("rule", "reason", "stage", "segment"),
            ),
            (journey.put, {"path": "fixed_cost", "value": 1}, ("path", "value")),
            (journey.get, {}, ("path",)),
            (journey.without_segment, {}, ("name",)),
            (journey.in_framework, {}, ("other",)),
            (journey.through, {}, ("framework",)),
            (journey.audit, {}, ("framework",)),
            (journey.economics, {}, ("segment",)),
        )
    ),
]


@pytest.mark.parametrize(
    ("call", "given", "names"),
    CALLS,
    ids=[f"{index} {call.__name__}" for index, (call, _, _) in enumerate(CALLS)],
)
def test_whatever_is_given_works_or_is_refused_in_words(
    call: Call, given: dict[str, Any], names: tuple[str, ...]
) -> None:
    said: list[str] = []
    for name in names:
        for kind, value in ANYTHING.items():
            try:
                call(**{**given, name: value})
            except cvj.InputError as refused:
                said.append(str(refused))
            except Exception as error:  # noqa: BLE001 - any other kind is what must not be
                pytest.fail(f"{name} given {kind}: {error!r}")
    assert all(said)
