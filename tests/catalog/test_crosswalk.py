"""Stages cover the milestones up to the next stage's."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given

import cvjkit as cvj
from cvjkit.catalog.crosswalk import covers
from cvjkit.catalog.spine import spine
from tests.strategies import frameworks


def test_stages_cover_what_the_glossary_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    section = text.partition("## Crosswalk")[2]
    heading, _, *rows = re.findall(r"^\| *(.*?) *\|$", section, re.MULTILINE)[: 2 + len(spine())]
    _, *keys = re.split(r" *\| *", heading)
    told = {milestone: cells for milestone, *cells in (re.split(r" *\| *", row) for row in rows)}
    for at, key in enumerate(keys):
        framework = cvj.framework(key)
        found = {
            milestone: stage.name if milestone == stage.milestone else f"*in {stage.name}*"
            for stage, covered in zip(framework, covers(framework), strict=True)
            for milestone in covered
        }
        before = f"*before {framework.stages[0].name}*"
        for milestone in spine():
            outside = before if told[milestone][at] == before else "-"
            assert found.get(milestone, outside) == told[milestone][at], (key, milestone)


@given(frameworks())
def test_no_milestone_lies_in_two_stages(framework: cvj.Framework) -> None:
    covered = [milestone for stage in covers(framework) for milestone in stage]
    assert len(covered) == len({*covered})
    for stage, within in zip(framework, covers(framework), strict=True):
        assert within[:1] == ((stage.milestone,) if stage.milestone else ())
