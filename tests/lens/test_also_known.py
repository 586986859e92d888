from __future__ import annotations

import doctest
import math
from pathlib import Path

import pytest

import cvjkit as cvj
from cvjkit.errors import InputError
from tests.lens.given import starter


def test_also_known_reads_as_it_was_written(tmp_path: Path) -> None:
    coffee = starter("coffee").with_terms(also_known={"lead": 1346})
    path = coffee.save(tmp_path / "coffee.toml")
    assert "[also_known]\nlead = 1346" in path.read_text(encoding="utf-8")
    assert cvj.read_journey(path) == coffee
    assert eval(coffee.code(), {"cvj": cvj}) == coffee  # noqa: S307 - what code() is for


def test_also_known_is_kept_in_a_workbook_too(tmp_path: Path) -> None:
    coffee = starter("coffee").with_terms(also_known={"lead": 1346, "promoter": 0.5})
    assert cvj.read_journey(coffee.save(tmp_path / "coffee.xlsx")).also_known == coffee.also_known


def test_a_journey_refuses_what_it_cannot_also_know() -> None:
    with pytest.raises(InputError) as error:
        starter("coffee").with_terms(also_known={"leed": 5, "lead": -1, "visited": math.nan})
    assert "also_known.leed: 'leed' is not known; did you mean 'lead'" in str(error.value)
    assert "also_known.lead: -1 must not be negative" in str(error.value)
    assert "also_known.visited: nan must be" in str(error.value)
    with pytest.raises(InputError, match=r"also_known\.engaged: 5000 is counted already, at Acq"):
        starter("coffee").with_terms(also_known={"engaged": 5000})
    gap = cvj.Journey.from_counts("five", [900, None, 30, 10, 2], also_known={"engaged": 90})
    assert gap.through("five")["acquisition"].people == 90


def test_also_known_is_of_all_segments_together() -> None:
    shop = cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [99, 80, 60, 9, 9]})
    known = shop.with_terms(also_known={"lead": 50})
    assert known.through("nine")["collect_leads"].people == 50
    ads = shop.through("nine", "Ads")["collect_leads"]
    assert known.through("nine", "Ads")["collect_leads"] == ads


def test_a_number_known_besides_shows_the_leak_inside_a_stage() -> None:
    known = starter("band").with_terms(also_known={"educated": 831})
    seen = cvj.compare(known, "seven").hides.set_index(["stage", "measure"]).loc["give"]
    assert seen.loc["share", ["start", "end"]].to_list() == ["educated", "first_payment"]
    assert seen.loc["people", ["start", "end"]].to_list() == ["lead", "educated"]


def test_the_examples_of_the_documentation_hold() -> None:
    path = Path(__file__).parents[2] / "docs" / "lenses.md"
    result = doctest.testfile(str(path), module_relative=False)
    assert result.failed == 0
    assert result.attempted > 10
