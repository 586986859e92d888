from __future__ import annotations

import re

from cvjkit.catalog.lookup import framework, published_frameworks
from cvjkit.catalog.sources import awareness_levels, disagreements
from cvjkit.catalog.spine import milestones

LINES = {"000": 36, "001": 83, "002": 37, "003": 126, "004": 39}


def test_the_ten_disagreements_are_there_with_at_least_two_positions_each():
    assert [question.id for question in disagreements()] == [f"C{n}" for n in range(1, 11)]
    for question in disagreements():
        assert len(question.positions) >= 2, question.id
        assert question.question.endswith("?")
        assert question.consequence
        assert question.stages, question.id


def test_disagreements_concern_stages_and_milestones_that_exist():
    spine = {question.key for question in milestones()}
    for question in disagreements():
        assert set(question.milestones) <= spine
        for concerned in question.stages:
            key, _, name = concerned.partition(".")
            assert question in framework(key)[name].disagreements


def test_each_awareness_level_has_its_own_first_content():
    assert {level.key: level.content for level in awareness_levels()} == {
        "unaware": "entertaining",
        "problem": "educational",
        "solution": "contrasting",
        "product": "comparing",
    }


def citations() -> list[str]:
    steps = [step for question in published_frameworks() for step in question] + list(milestones())
    cited = [source for step in steps for source in step.sources]
    cited += [
        s
        for question in disagreements()
        for position in question.positions
        for s in position.sources
    ]
    return cited + [source for level in awareness_levels() for source in level.sources]


def test_every_citation_names_lines_that_the_document_has():
    for citation in citations():
        form = re.fullmatch(r"(\d{3}):(\d+)(?:-(\d+))?", citation)
        assert form, citation
        first, last = int(form[2]), int(form[3] or form[2])
        assert 1 <= first <= last <= LINES[form[1]], citation
