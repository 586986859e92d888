"""Whatever fails half way leaves all of a session as it was."""

from __future__ import annotations

from copy import deepcopy

import pytest

from cvjkit.widgets.edits import take
from cvjkit.widgets.inbox import Edits
from cvjkit.widgets.session import FAILED_NOTE
from tests.widgets.hand import FRAMEWORK, MODE, SHOP, UNDO, Hand

LOYALTY, COST = ("stages", "loyalty", "reached"), ("stages", "reach", "unit_cost")
FILE_NAME, SAVE_AS = ("file", "file", "path"), ("file", "file", "save_as")


@pytest.mark.parametrize(
    ("what", "address", "text"),
    [
        ("type", LOYALTY, "13"),
        ("type", LOYALTY, "many"),
        ("paste", COST, "-5"),
        ("restore", LOYALTY, ""),
        ("reset", LOYALTY, ""),
        ("type", FILE_NAME, "other"),
        ("type", SAVE_AS, ""),
        ("type", UNDO, ""),
        ("type", FRAMEWORK, "eight"),
        ("type", MODE, "what_if"),
    ],
)
def test_what_fails_after_an_edit_leaves_all_of_the_session_as_it_was(
    what: str, address: tuple[str, str, str], text: str
) -> None:
    hand = Hand(SHOP).types("7", *COST).types("", *FILE_NAME).presses(*SAVE_AS)
    hand.types("9999999", *LOYALTY)
    hand.types("x", *COST)
    session, fields = hand.designer._session, hand.designer._form.fields
    before = deepcopy(vars(session))
    edits = Edits(((address, text),), ("v", 99), what)

    def fail() -> None:
        with session.undone_if_it_fails():
            take(session, edits, fields)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert vars(session) == before | {"note": FAILED_NOTE}
