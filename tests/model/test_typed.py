from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from cvjkit.model.design import Design
from cvjkit.model.parts import Offer, Segment, StageNumbers, Tactic, Thresholds
from cvjkit.model.rows import ROWS
from cvjkit.model.typed import TypedField, typed_fields

PARTS = [Design, Thresholds, *ROWS.values()]
OF_THEIR_OWN = {
    "framework",
    "segments",
    "stages",
    "offers",
    "transitions",
    "referrals",
    "also_known",
    "accepted",
    "thresholds",
}
"""Fields of a design that hold parts, whose own fields are listed with them."""


def by_key(part: type[BaseModel]) -> Mapping[str, TypedField]:
    return {field.key: field for field in typed_fields(part)}


@pytest.mark.parametrize("part", PARTS)
def test_each_field_that_is_typed_says_what_it_means(part: type[BaseModel]) -> None:
    own = OF_THEIR_OWN if part is Design else set()
    assert [*by_key(part)] == [key for key in part.model_fields if key not in own]
    for field in typed_fields(part):
        assert field.label[:1].isupper() or not field.label[:1].isalpha()
        assert field.meaning.endswith(".")
        assert field.required == part.model_fields[field.key].is_required()
    labels = [field.label for field in typed_fields(part)]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("part", "key", "expected"),
    [
        (StageNumbers, "unit_cost", ("Unit cost", "currency", "amount", ())),
        (StageNumbers, "margin", ("Margin", "currency", "number", ())),
        (StageNumbers, "delay_days", ("Delay", "days", "amount", ())),
        (StageNumbers, "tactics", ("Tactics", "", "list", ())),
        (Offer, "repeat_rate", ("Repeat rate", "", "share", ())),
        (Offer, "kind", ("Whose it is", "", "choice", ("own", "joint_venture", "affiliate"))),
        (Offer, "digital", ("Digital", "", "flag", ())),
        (Segment, "counts", ("Counts", "people", "list", ())),
        (Tactic, "due", ("Due", "", "day", ())),
        (Tactic, "owner", ("Owner", "", "text", ())),
        (Design, "fixed_cost", ("Fixed cost", "currency", "amount", ())),
        (Design, "illustrative", ("Illustrative", "", "flag", ())),
    ],
)
def test_label_unit_kind_and_choices_stand_with_the_field(
    part: type[BaseModel], key: str, expected: tuple[Any, ...]
) -> None:
    field = by_key(part)[key]
    assert (field.label, field.unit, field.kind, field.choices) == expected
