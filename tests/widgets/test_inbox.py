"""Of what a visitor sends, only edits of fields that are there and can be edited arrive."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from cvjkit.widgets.fields import Field, Keep, Part, Row, Table
from cvjkit.widgets.form import Form
from cvjkit.widgets.inbox import LONGEST_LANGUAGE, LONGEST_TEXT, Edits
from tests.widgets.hand import (
    ANYTHING,
    FRAMEWORK,
    MODE,
    SHOP,
    TAB,
    Hand,
    deliver,
    shown_in_full,
)


def test_a_text_of_any_length_is_cut_and_half_characters_are_replaced() -> None:
    hand = Hand(SHOP).types("a\ud800" * LONGEST_TEXT, "head", "head", "name")
    assert hand.journey.name == "a\ufffd" * (LONGEST_TEXT // 2)


def test_an_edit_of_a_field_that_is_not_there_or_fixed_is_no_edit() -> None:
    told: list[Edits] = []
    form = Form(told.append)
    fields = (Field("fixed", "Fixed", "1"), Field("typed", "Typed", "1", edit=Keep()))
    form.show([Part("p", tables=(Table("t", (Row("r", "Row", fields),)),))])
    envelope = {"what": "type", "view": "v", "number": 1, "run": 1}
    wrong = [["t", "r", "c", "1"], ["t", "r", "fixed", "1"], ["t", "r"], "t", None]
    for edits, texts in (
        (wrong, ()),
        ([*wrong, ["t", "r", "typed", "2"]], ((("t", "r", "typed"), "2"),)),
    ):
        deliver(form, {"method": "custom", "content": {**envelope, "edits": edits}})
        assert told.pop().texts == texts


HOSTILE_LANGUAGES = [5, 0.5, True, None, ["de"], {"de": 1}, "x" * 10_000, "\ud800", "-" * 35, "_"]


@pytest.mark.parametrize("language", HOSTILE_LANGUAGES)
@pytest.mark.parametrize("what", ["type", "paste"])
def test_a_language_that_is_none_decides_nothing_and_does_no_harm(what: str, language: Any) -> None:
    cost = ("stages", "reach", "unit_cost")
    hand = Hand(SHOP).sends(what, [[*cost, "1,200"]], language=language)
    assert "could mean 1200 or 1.2" in hand.message(*cost)
    shown_in_full(hand.designer)
    hand.sends(what, [[*cost, "7"]], language=language)
    assert hand.journey == SHOP.with_stage("reach", unit_cost=7)


@given(ANYTHING)
def test_of_any_language_a_text_short_enough_to_be_one_arrives(language: Any) -> None:
    told: list[Edits] = []
    form = Form(told.append)
    envelope = {"what": "type", "view": "v", "number": 1, "run": 1, "edits": []}
    for sent in (language, "de-AT", "x" * LONGEST_LANGUAGE, "x" * (LONGEST_LANGUAGE + 1)):
        deliver(form, {"method": "custom", "content": {**envelope, "language": sent}})
    deliver(form, {"method": "custom", "content": envelope})
    anything, *others = (edits.language for edits in told)
    assert others == ["de-AT", "x" * LONGEST_LANGUAGE, "", ""]
    assert len(anything.encode("utf-8")) <= 4 * LONGEST_LANGUAGE


def test_a_choice_that_is_not_offered_is_no_choice() -> None:
    hand = Hand(SHOP)
    before = hand.designer._form.document["parts"]
    for address in (FRAMEWORK, MODE, (*TAB[:2], "begin"), ("segments", "0", "awareness")):
        hand.types("ten", *address)
    assert hand.journey is SHOP
    assert hand.designer._form.document["parts"] == before


def test_a_text_that_arrives_after_a_newer_one_of_its_field_is_overtaken() -> None:
    hand = Hand(SHOP).types("123", "stages", "conversion", "reached")
    late = {"what": "type", "view": "v", "number": hand.number - 1, "run": hand.run}
    late["edits"] = [["stages", "conversion", "reached", "12"]]
    hand.designer._form._handle_custom_msg(late, [])
    assert hand.journey.segments[0].counts[2] == 123
    other = late | {"edits": [["stages", "retention", "reached", "7"]]}
    hand.designer._form._handle_custom_msg(other, [])
    assert hand.journey.segments[0].counts[2:4] == (123, 7)
