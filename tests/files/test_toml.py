"""A file written by hand stays as it was written."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvjkit.catalog.lookup import framework
from cvjkit.files.documents import same
from cvjkit.files.store import Origin, read, write
from cvjkit.journey import Journey, read_journey
from tests.files.shop import SCHEMA_1, SHOP, STYLES, changed, saved


@settings(max_examples=60)
@given(st.sampled_from(list(STYLES)), st.data())
def test_any_change_can_be_made_to_a_file_of_any_style(style: str, data: st.DataObject) -> None:
    def maybe(values: st.SearchStrategy[Any]) -> Any:
        return data.draw(st.none() | values)

    numbers = st.integers(0, 10**6) | st.floats(0, 1)
    stages = st.sampled_from(framework("five").keys)
    tables = st.dictionaries(stages, numbers)
    names = st.sampled_from(["Ads", "Blog", "Fair", "a.b", 'ü "x"'])
    people = st.fixed_dictionaries({"counts": tables}) | st.fixed_dictionaries(
        {"entrants": numbers | tables, "rates": tables}
    )
    segments = [
        {"name": name, **data.draw(people), **({"spend": 5} if data.draw(st.booleans()) else {})}
        for name in data.draw(st.lists(names, min_size=1, unique=True))
    ]
    tactics = st.lists(st.just("Taster") | st.just({"name": "News", "channel": "post"}))
    ways = st.fixed_dictionaries({"source": stages, "target": stages, "rate": numbers})
    drawn = {
        "fixed_cost": maybe(numbers),
        "market": maybe(numbers),
        "stages": maybe(
            st.dictionaries(
                stages,
                st.fixed_dictionaries({"unit_cost": numbers}, optional={"tactics": tactics}),
            )
        ),
        "offers": maybe(
            st.lists(st.fixed_dictionaries({"stage": stages, "name": names}), max_size=3)
        ),
        "transitions": maybe(
            st.lists(ways, max_size=3, unique_by=lambda way: (way["source"], way["target"]))
        ),
        "segments": segments,
    }
    document = {key: value for key, value in {**SHOP, **drawn}.items() if value is not None}
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), STYLES[style])
        before, origin = read(path)
        assert same(before, SHOP)
        write(path, document, origin)
        assert same(read(path)[0], document)
        write(path, SHOP, origin)
        assert same(read(path)[0], SHOP)


@pytest.mark.parametrize("style", STYLES)
def test_a_file_that_holds_the_design_is_left_alone(tmp_path: Path, style: str) -> None:
    path = saved(tmp_path, STYLES[style])
    _, origin = read(path)
    os.utime(path, (1, 1))
    write(path, SHOP, origin)
    assert path.read_bytes() == STYLES[style].encode()
    assert path.stat().st_mtime == 1


@pytest.mark.parametrize("style", STYLES)
def test_comments_and_layout_survive_a_change(tmp_path: Path, style: str) -> None:
    path = saved(tmp_path, STYLES[style])
    _, origin = read(path)
    document = changed(fixed_cost=1400)
    document["segments"][0]["counts"]["acquisition"] = 2100
    document["segments"][0]["counts"]["conversion"] = 90
    document["stages"]["conversion"]["unit_cost"] = 5.5
    write(path, document, origin)
    now, before = path.read_bytes().decode(), STYLES[style]
    assert same(read(path)[0], document)
    # tomlkit brings scattered tables of stages together.
    order = sorted if style == "scattered" else list
    assert order(re.findall(r"#.*", now)) == order(re.findall(r"#.*", before))
    changes = {
        "1_350": "1400",
        "1350": "1400",
        "2000": "2100",
        "unit_cost = 5\n": "unit_cost = 5.5\n",
    }
    expected = before.replace("\r\n", "\n").replace("unit_cost = 5 #", "unit_cost = 5.5 #")
    for old, new in changes.items():
        expected = expected.replace(old, new)
    kept = now.replace("\r\n", "\n").splitlines()
    gone = [line for line in expected.splitlines() if line not in kept]
    assert all("counts = {" in line for line in gone), gone
    assert ("\r\n" in before) == ("\r\n" in now)
    assert "\r" not in now.replace("\r\n", "")


def test_comments_go_with_what_they_stand_above(tmp_path: Path) -> None:
    path = saved(tmp_path, STYLES["tables"])
    document, origin = read(path)
    ads, blog = document["segments"]
    fair = {"name": "Fair", "counts": {"reach": 5}}
    write(path, {**document, "segments": [fair, blog, {**ads, "name": "Instagram"}]}, origin)
    text = path.read_text()
    order = ["# ---- channels", "Fair", "# unpaid", "Blog", "a guess", "# paid", "Instagram", "May"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "# Instagram" in text
    write(path, {**document, "segments": [ads]}, origin)
    text = path.read_text()
    assert "# unpaid" not in text
    assert text.index("# ---- channels") < text.index("# paid") < text.index("Ads")
    write(
        path, {**document, "segments": [ads], "stages": {"acquisition": {"unit_cost": 1}}}, origin
    )
    text = path.read_text()
    assert "# ask again in June" in text
    assert "# dear" not in text
    assert "# lapsed\n[[transitions]]" in text


def test_a_new_file_is_written_for_people(tmp_path: Path) -> None:
    write(tmp_path / "shop.toml", SHOP, Origin())
    assert (
        (tmp_path / "shop.toml").read_text()
        == """\
# A customer journey, for cvjkit: who comes, how far they get, what it costs and brings.
schema_version = 1
name = "Shop"
framework = "five"
currency = "EUR"
fixed_cost = 1350

[[segments]]
name = "Ads"
spend = 1620

[segments.counts]
reach = 10000
acquisition = 2000

[[segments]]
name = "Blog"
entrants = 500

[segments.rates]
acquisition = 0.2
conversion = 0.25

[stages.acquisition]
unit_cost = 0.5

[stages.conversion]
unit_cost = 5
tactics = ["Taster", {name = "News", channel = "mail"}]

[[offers]]
stage = "conversion"
name = "Box"
price = 6
margin = 1.5

[[transitions]]
source = "conversion"
target = "reach"
rate = 0.05

[[referrals]]
source = "loyalty"
target = "reach"
per_person = 2
"""
    )


def test_whole_numbers_are_written_without_a_point(tmp_path: Path) -> None:
    journey = Journey.from_counts("five", [10000, 2000, 100, 40, 10], market=1e15)
    text = journey.save(tmp_path / "shop.toml").read_text()
    assert "reach = 10000\n" in text
    assert tomllib.loads(text)["market"] == 1e15


def test_a_copy_takes_the_comments_along(tmp_path: Path) -> None:
    path = saved(tmp_path, STYLES["tables"])
    document, origin = read(path)
    write(tmp_path / "copy.toml", {**document, "fixed_cost": 2}, origin)
    assert "# from the log" in (tmp_path / "copy.toml").read_text()
    assert path.read_text() == STYLES["tables"]


def test_a_framework_made_by_changes_stays_written_as_changes(tmp_path: Path) -> None:
    path = Path(shutil.copy(SCHEMA_1, tmp_path))
    read_journey(path).with_terms(market=5).save()
    assert path.read_text() == SCHEMA_1.read_text().replace("market = 1e6", "market = 5")
    own = read_journey(path).framework.rename({"quiz": "Test"})
    read_journey(path).in_framework(own).save()
    assert read_journey(path).framework["quiz"].name == "Test"
