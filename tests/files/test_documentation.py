"""What the documentation says of files is true."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from cvjkit.journey import Journey, read_journey
from tests.files import field_tables
from tests.files.shop import saved, workbook

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_tables_of_fields_are_those_of_the_fields() -> None:
    page = field_tables.PAGE.read_text("utf-8")
    assert page == field_tables.renewed(page), "renew it: python -m tests.files.field_tables"


def test_every_field_of_a_journey_is_explained() -> None:
    page = field_tables.PAGE.read_text("utf-8")
    explained = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`+[^`]+`+", page))))
    tables = set(re.findall(r"<!-- fields: (\w+) -->", page))
    assert tables == field_tables.PARTS.keys() - {"thresholds"}
    assert Journey.model_fields.keys() - explained == set()


def test_the_examples_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    (by_hand,) = blocks("docs/files.md", "toml")
    journey = read_journey(saved(tmp_path, by_hand))
    assert journey.segments[0].counts == (10000, 2000, 100, None, None)
    own, what_if = blocks("data/README.md", "toml")
    (better,) = read_journey(saved(tmp_path, by_hand + what_if)).scenarios
    assert round(better.flow().numbers("people")[2] or 0, 9) == 440
    text = by_hand.replace('framework = "five"\n', "") + own
    assert read_journey(saved(tmp_path, text)).framework.keys[:2] == ("reach", "quiz")
    (code,) = blocks("docs/files.md", "python")
    script = code.replace("shop.toml", str(tmp_path / "new.toml"))
    runpy.run_path(str(saved(tmp_path, script, "shop.py")))
    assert read_journey(tmp_path / "new.toml").stages[0].unit_cost == 4
    table = (ROOT / "docs" / "files.md").read_text().split("| stage | people |\n|---|---|\n")[1]
    rows = [row.strip("| ").split(" | ") for row in table.split("\n\n")[0].splitlines()]
    path = workbook(tmp_path / "shop.xlsx", Sheet1=[["stage", "people"], *rows])
    assert read_journey(path).segments[0].counts == (10000, 2000, 100, None, None)
