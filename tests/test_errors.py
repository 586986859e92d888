from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from cvjkit.errors import SHOWN_CHARACTERS, Fault, InputError, faults_of, shown, unknown_name


def test_a_fault_says_where_what_which_rule_and_what_to_do() -> None:
    fault = Fault("rates.conversion", 25, "must be between 0 and 1", "write 0.25")
    assert str(fault) == "rates.conversion: 25 must be between 0 and 1; write 0.25"


def test_an_error_lists_all_faults_and_is_a_value_error() -> None:
    one = Fault("a", 1, "is wrong", "correct it")
    two = Fault("b", None, "is required", "add it")
    error = InputError("shop.toml", iter([one, two]))
    assert error.faults == (one, two)
    assert error.subject == "shop.toml"
    assert isinstance(error, ValueError)
    assert str(error).splitlines() == [
        "shop.toml: 2 faults",
        "  a: 1 is wrong; correct it",
        "  b is required; add it",
    ]
    assert str(InputError("x", [one])).startswith("x: 1 fault\n")


def test_faults_are_equal_by_what_they_say_and_frozen() -> None:
    fault = Fault("a", 1, "is wrong", "correct it")
    assert fault == Fault("a", 1, "is wrong", "correct it")
    with pytest.raises(AttributeError):
        fault.value = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        ("abc", "'abc'"),
        ("it's", '"it\'s"'),
        (0.5, "0.5"),
        (True, "True"),
        ("\n\x1b[31m", "'\\n\\x1b[31m'"),
    ],
)
def test_a_value_is_shown_so_that_its_type_can_be_seen(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_long_value_is_shortened() -> None:
    text = shown("x" * 500)
    assert len(text) == SHOWN_CHARACTERS
    assert text.endswith("…")


def test_a_misspelt_name_is_met_with_the_one_that_was_meant() -> None:
    fault = unknown_name("stage", "convertion", ["reach", "conversion"])
    assert fault.fix == "did you mean 'conversion'? Choose from reach, conversion"
    assert fault.rule == "is not known"


def test_a_name_like_no_other_is_met_with_those_allowed() -> None:
    assert unknown_name("stage", "zzz", iter(["a", "b"])).fix == "choose from a, b"
    assert unknown_name("stage", None, ["a"]).fix == "choose from a"
    assert unknown_name("stage", "zzz", []).fix == "there is none to choose"


def _checked(value: object) -> object:
    if value == "own":
        raise InputError("inner", [Fault("inner.field", 5, "is wrong", "correct it")])
    if value == "short":
        raise ValueError("must be short")
    return value


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    level: Literal["low", "high"] = "low"
    parts: tuple[bool, ...] = ()
    table: dict[str, float] = {}
    own: Annotated[str, BeforeValidator(_checked)] = ""


class _Sheet(BaseModel):
    rows: list[_Row]


def _found(row: object, names: dict[tuple[object, ...], str] | None = None) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        _Sheet.model_validate({"rows": [row]})
    return [str(fault) for fault in faults_of(refused.value, names or {})]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, "rows[0].name is required; add it"),
        ({"name": 3}, "rows[0].name: 3 must be text; put it in quotes"),
        (
            {"name": "a", "colour": 1},
            "rows[0].colour: 1 is not a known field; remove it or correct its spelling",
        ),
        (
            {"name": "a", "level": "mid"},
            "rows[0].level: 'mid' is not one of the choices; choose 'low' or 'high'",
        ),
        ({"name": "a", "parts": 3}, "rows[0].parts: 3 must be a list; write it in [ ]"),
        ({"name": "a", "table": 3}, "rows[0].table: 3 must be a table; give it named fields"),
        (3, "rows[0]: 3 must be a table; give it named fields"),
        ({"name": "a", "own": "short"}, "rows[0].own: 'short' must be short; correct it"),
        ({"name": "a", "own": "own"}, "inner.field: 5 is wrong; correct it"),
    ],
)
def test_what_pydantic_finds_is_said_for_a_person(row: object, expected: str) -> None:
    assert _found(row) == [expected]


def test_rows_are_called_by_their_names_where_they_have_one() -> None:
    found = _found({"name": 3, "colour": 1}, {("rows", 0): "Ads"})
    assert [fault.split(":")[0] for fault in found] == ["rows[Ads].name", "rows[Ads].colour"]


def test_what_has_no_words_of_its_own_keeps_pydantics() -> None:
    (fault,) = _found({"name": "a", "table": {"x": "y"}})
    assert fault.startswith("rows[0].table.x: 'y' input should be a valid number")
