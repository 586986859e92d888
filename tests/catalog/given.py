"""What the tests of the catalog share: all published frameworks, documents to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import published_frameworks
from cvjkit.errors import InputError

OF_ALL = pytest.mark.parametrize(
    "published", published_frameworks(), ids=lambda published: published.key
)


def stage(key: str, milestone: str | None = None) -> dict[str, object]:
    return {"key": key, "name": key.title()} | ({"milestone": milestone} if milestone else {})


def faults(document: dict[str, object]) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        Framework.from_document(document)
    return {fault.field: f"{fault.rule}; {fault.fix}" for fault in caught.value.faults}


def glossary_table(heading: str) -> list[list[str]]:
    glossary = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    section = glossary.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]
