from __future__ import annotations

from cvjkit.catalog.lookup import framework


def test_a_stage_knows_the_disagreements_that_concern_it():
    assert [question.id for question in framework("eight")["conversion"].disagreements] == [
        "C2",
        "C3",
    ]
    assert [question.id for question in framework("eight:time")["conversion"].disagreements] == [
        "C2",
        "C3",
    ]
    assert [question.id for question in framework("full")["engaged"].disagreements] == [
        "C4",
        "C9",
        "C10",
    ]
    assert framework("nine")["educate"].disagreements == ()
