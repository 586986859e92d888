"""The tables of fields in data/README.md; `python -m tests.files.field_tables` renews them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cvjkit.model.fields import Fields
from cvjkit.model.parts import Thresholds
from cvjkit.model.rows import ROWS
from cvjkit.model.typed import TypedField, typed_fields

if TYPE_CHECKING:
    from pydantic import BaseModel

PAGE = Path(__file__).parents[2] / "data" / "README.md"
PARTS: dict[str, type[BaseModel]] = {"journey": Fields, **ROWS, "thresholds": Thresholds}
HOLDS = {
    "number": "number",
    "amount": "number, 0 or more",
    "count": "whole number",
    "share": "share",
    "text": "text",
    "stage": "key of a stage",
    "day": "day",
    "flag": "`true` or `false`",
    "list": "list",
}
TABLE = re.compile(r"(<!-- fields: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)


def table(part: type[BaseModel]) -> str:
    """Render the fields of a part as a table in Markdown."""
    rows = [
        f"| `{field.key}` | {_holds(field)} | {field.meaning} |" for field in typed_fields(part)
    ]
    return "\n".join(["", "| field | holds | meaning |", "|---|---|---|", *rows, "", ""])


def renewed(page: str) -> str:
    """Render all tables of a page anew."""
    return TABLE.sub(lambda found: found[1] + table(PARTS[found[2]]), page)


def _holds(field: TypedField) -> str:
    held = HOLDS.get(field.kind) or ", ".join(f'`"{choice}"`' for choice in field.choices)
    unit = f" [{field.unit}]" if field.unit else ""
    return f"{held}{unit}{'; required' if field.required else ''}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
