"""The pictures of docs/measure.md show what is measured."""

from __future__ import annotations

import re

import pytest

from benchmarks.definitions import IMAGES, PICTURES, drawn
from cvjkit.measurement.definition import ORDERS, REENTRIES

# Worked out by hand, from what docs/measure.md says of each.
RESULTS = {
    "ordered": ["counts at visit, lead, sale"],
    "strict_order": ["counts at visit, lead"],
    "strict_increase": ["counts at visit, lead, sale", "counts at visit, lead"],
    "any_order": ["counts at visit, lead"],
    "open": ["counts at visit, sale"],
    "optional": ["counts at visit", "counts at visit, sale"],
    "window": ["counts at visit, lead, sale", "counts at visit, lead"],
    "within": ["counts at visit, lead"],
    "reentry": ["counts at visit, lead", "counts at visit", "counts at visit (3), lead (2)"],
    "exclusion": ["counts at visit, lead, sale", "counts at visit, lead"],
    "touch": ["from Ads", "from Mail", "from Blog"],
    "hold": ["counts at visit, lead, sale", "counts at visit, lead"],
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_its_script_draws_and_says_what_a_person_works_out(name: str) -> None:
    picture = drawn(name)
    path = IMAGES / f"{name}.svg"
    assert path.read_text(encoding="utf-8") == picture, "run python -m benchmarks.definitions"
    assert re.findall(r">((?:counts at|from) [^<]+)<", picture) == RESULTS[name]


def test_the_page_shows_every_picture_and_names_every_choice() -> None:
    page = (IMAGES.parents[1] / "measure.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(images/definitions/(\w+)\.svg\)", page)
    assert shown == [*PICTURES]
    assert {path.name for path in IMAGES.iterdir()} == {f"{name}.svg" for name in PICTURES}
    for order in ORDERS:
        assert f'order="{order}"' in page
    for reentry in REENTRIES:
        assert f"`{reentry}`" in page or f'"{reentry}"' in page
