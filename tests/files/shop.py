"""A design of a shop, its file as people may write it, and text that must come back unchanged."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cvjkit.errors import InputError

SCHEMA_1 = Path(__file__).parents[1] / "journeys" / "schema_1.toml"


SHOP: dict[str, Any] = {
    "schema_version": 1,
    "name": "Shop",
    "framework": "five",
    "currency": "EUR",
    "fixed_cost": 1350,
    "segments": [
        {"name": "Ads", "spend": 1620, "counts": {"reach": 10000, "acquisition": 2000}},
        {"name": "Blog", "entrants": 500, "rates": {"acquisition": 0.2, "conversion": 0.25}},
    ],
    "stages": {
        "acquisition": {"unit_cost": 0.5},
        "conversion": {"unit_cost": 5, "tactics": ["Taster", {"name": "News", "channel": "mail"}]},
    },
    "offers": [{"stage": "conversion", "name": "Box", "price": 6, "margin": 1.5}],
    "transitions": [{"source": "conversion", "target": "reach", "rate": 0.05}],
    "referrals": [{"source": "loyalty", "target": "reach", "per_person": 2}],
}


# The same design as people write it: each in another style.
STYLES = {
    "tables": """\
# ours
schema_version = 1
name = "Shop" # the old one
framework = "five"
currency = "EUR"
fixed_cost = 1_350

# ---- channels ----

# paid
[[segments]]
name = "Ads" # Instagram
spend = 1.62e3

[segments.counts] # May
reach = 10_000
# from the log
acquisition = 2000

# unpaid
[[segments]]
name = "Blog"
entrants = 500
[segments.rates]
acquisition = 0.2
conversion = 0.25 # a guess

[stages.acquisition]
unit_cost = 0.5
# ask again in June

# dear
[stages.conversion]
unit_cost = 5
tactics = [
    "Taster", # since 2020
    { name = "News", channel = "mail" },
]

[[offers]]
stage = "conversion"
name = "Box"
price = 6 # with tax
margin = 1.5

# lapsed
[[transitions]]
source = "conversion"
target = "reach"
rate = 0.05

[[referrals]]
source = "loyalty"
target = "reach"
per_person = 2
# the end
""",
    "inline": """\
schema_version = 1
framework = "five"
name = 'Shop'
currency = "EUR"
fixed_cost = 1350 # rent
segments = [
  # paid
  { name = "Ads", spend = 1620, counts = { reach = 10000, acquisition = 2000 } }, # Instagram
  { name = "Blog", entrants = 500, rates = { acquisition = 0.2, conversion = 0.25 } },
] # two
offers = [{ stage = "conversion", name = "Box", price = 6, margin = 1.5 }] # one
transitions = [{ source = "conversion", target = "reach", rate = 0.05 }]
referrals = [{ source = "loyalty", target = "reach", per_person = 2 }]
stages.acquisition.unit_cost = 0.5
stages.conversion.unit_cost = 5 # dear
stages.conversion.tactics = ["Taster", { name = "News", channel = "mail" }]
""",
    "scattered": """\
schema_version = 1
currency = "EUR"

[stages.conversion] # dear
unit_cost = 5
tactics = ["Taster", { name = "News", channel = "mail" }]

[[offers]]
stage = "conversion"
name = "Box"
price = 6
margin = 1.5

  [[segments]] # paid
  name = "Ads"
  spend = 1620
  counts.reach = 10000 # a lot

  # from the log
  counts.acquisition = 2000

[[segments]]
name = "Blog"
entrants = 500
rates.acquisition = 0.2
rates.conversion = 0.25

[stages.acquisition] # cheap
unit_cost = 0.5

[[transitions]]
source = "conversion"
target = "reach"
rate = 0.05

[[referrals]]
source = "loyalty"
target = "reach"
per_person = 2
""".replace(
        'currency = "EUR"\n',
        'currency = "EUR"\nname = "Shop"\nframework = "five"\nfixed_cost = 1350\n',
    ),
}
STYLES["from Windows"] = STYLES["tables"].replace("\n", "\r\n")


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "\"quotes\" 'and' \\backslashes\\ \"\"\" ''' `ticks`",
    "a" * 500,
    "שלום {0} %s ${HOME} \u202bright to left\u202c",
    "🎉👩‍👩‍👧",
    "line\nbreak\ttab",
    '[[segments]]\nname = "x"',
    '=HYPERLINK("http://x.invalid", "click")',
    "+1",
    "-1",
    "@SUM(1)",
    "#N/A",
    "1.5",
    "  blanks around  ",
    "a: b; c, d\u2028e",
]


def changed(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(SHOP), **fields}


def saved(folder: Path, text: str | bytes, name: str = "shop.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(InputError) as error:
        action()
    return str(error.value)


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path
