from __future__ import annotations

import copy
import io
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvjkit.catalog.framework import framework
from cvjkit.errors import InputError
from cvjkit.files import columns
from cvjkit.files.store import Origin, read, same, write
from cvjkit.journey import Journey, read_journey
from cvjkit.model.parts import (
    Accepted,
    Message,
    Offer,
    Referral,
    Segment,
    StageNumbers,
    Tactic,
    Transition,
)
from tests.strategies import journeys

HERE = Path(__file__).parents[1]
SCHEMA_1 = HERE / "journeys" / "schema_1.toml"

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
    "שלום {0} %s ${HOME} \u202eright to left\u202c",
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


def left_over(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.name.startswith(".")]


# --- what is read is what was written -----------------------------------------------------------


def test_a_file_of_schema_version_1_stays_readable() -> None:
    document, _ = read(SCHEMA_1)
    assert document["market"] == 1e6
    assert document["segments"][2]["rates"] == {"quiz": 1, "acquisition": 0.75, "conversion": 0.5}
    journey = read_journey(SCHEMA_1)
    assert journey.framework.keys == ("reach", "quiz", "acquisition", "conversion")
    assert [segment.name for segment in journey.segments] == ["Ads", "Blog", "Friends"]
    assert journey.segments[0].counts == (10000, None, 2000, 100)
    assert journey.segments[1].rates == (None, 0.3, 0.5, 0.25)
    assert journey.segments[2].entrants == (10, 0, 5, 0)
    assert [tactic.name for row in journey.stages for tactic in row.tactics] == [
        "Taster box",
        "Reminder",
    ]
    assert journey.offers[1].repeat_rate == 0.88
    assert journey.transitions[0].rate == 0.05
    assert journey.referrals[0].segment == "Friends"
    assert (journey.currency, journey.view, journey.illustrative) == ("CHF", "eight", True)
    assert journey.description == "Two\nlines"


@settings(max_examples=30)
@given(journeys(money=True, unknown=True), journeys(money=True, unknown=True))
def test_a_journey_saved_is_the_journey_read(one: Journey, other: Journey) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("toml", "xlsx"):
            path = Path(folder, f"journey.{suffix}")
            for journey in (one, other):
                again = read_journey(journey.save(path, overwrite=True))
                assert same(again.document(), journey.document())
        fresh = read_journey(one.save(Path(folder, "fresh.toml")))
        assert fresh == one


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


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("suffix", ["toml", "xlsx"])
def test_any_text_comes_back_as_it_was(tmp_path: Path, text: str, suffix: str) -> None:
    own = framework("five").rename({"reach": text}, key="ours", name=text)
    journey = Journey.from_counts(
        own, {text: [900, 90, 9, 3, 1]}, name=text, description=text, currency="EUR"
    )
    journey = journey.with_segment(text, channel=text)
    journey = journey.with_stage("reach", tactics=[{"name": text, "channel": text}, {"name": text}])
    journey = journey.with_offer("conversion", name=text, price=1)
    journey = journey.with_referral("loyalty", to="reach", per_person=0.5, segment=text)
    again = read_journey(journey.save(tmp_path / f"shop.{suffix}"))
    assert again == journey
    assert again.save(again.path) == again.path


@pytest.mark.parametrize("suffix", ["toml", "csv", "xlsx"])
def test_names_of_files_may_be_unusual(tmp_path: Path, suffix: str) -> None:
    journey = Journey.from_counts("five", [900, 90, 9, 3, 1])
    path = tmp_path / f"{'🎉 שלום' * 9} 'x' ;&.{suffix.upper()}"
    assert read_journey(journey.save(path)) == journey


# --- a file written by hand stays as it was written ----------------------------------------------


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
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
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


# --- nobody's work is overwritten ----------------------------------------------------------------


def test_a_design_may_be_saved_again_and_again(tmp_path: Path) -> None:
    one = Journey.from_counts("five", [900, 90, 9, 3, 1])
    one.save(tmp_path / "shop.toml")
    two = one.with_stage("reach", unit_cost=1)
    two.save()
    two.save(tmp_path / "plan.toml")
    one.save(tmp_path / "shop.toml")
    assert read_journey(tmp_path / "shop.toml") == one
    assert read_journey(tmp_path / "plan.toml") == two


@pytest.mark.parametrize("suffix", ["toml", "csv", "xlsx"])
def test_what_somebody_else_changed_is_not_overwritten(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"shop.{suffix}"
    journey = Journey.from_counts("five", [900, 90, 9, 3, 1])
    journey.save(path)
    mine, theirs = read_journey(path), read_journey(path)
    theirs.with_stage("reach", unit_cost=1).save()
    left = path.read_bytes()
    message = refused(lambda: mine.with_stage("reach", unit_cost=2).save())
    assert "changed by somebody else" in message
    assert "read it again" in message
    assert "overwrite=True" in message
    assert path.read_bytes() == left
    assert left_over(tmp_path) == []
    mine.with_stage("reach", unit_cost=2).save(overwrite=True)
    assert read_journey(path).stages[0].unit_cost == 2
    mine.with_stage("reach", unit_cost=3).save()


def test_two_who_made_the_same_change_are_no_conflict(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    Journey.from_counts("five", [900, 90, 9, 3, 1]).save(path)
    mine, theirs = read_journey(path), read_journey(path)
    theirs.with_stage("reach", unit_cost=1).save()
    mine.with_stage("reach", unit_cost=1).save()
    mine.with_stage("reach", unit_cost=2).save()
    assert read_journey(path).stages[0].unit_cost == 2


def test_a_file_that_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    path = saved(tmp_path, "not even a journey")
    message = refused(lambda: write(path, SHOP, Origin()))
    assert "already exists" in message
    assert path.read_text() == "not even a journey"
    write(path, SHOP, Origin(), overwrite=True)
    assert same(read(path)[0], SHOP)


def test_a_file_taken_away_is_written_anew(tmp_path: Path) -> None:
    path = saved(tmp_path, STYLES["tables"])
    document, origin = read(path)
    path.unlink()
    write(path, document, origin)
    assert same(read(path)[0], SHOP)


def test_a_change_in_the_last_moment_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, STYLES["tables"])
    _, origin = read(path)
    sync = os.fsync

    def slow_disk(descriptor: int) -> None:
        sync(descriptor)
        path.write_text("theirs")

    monkeypatch.setattr(os, "fsync", slow_disk)
    message = refused(lambda: write(path, changed(fixed_cost=2), origin))
    assert "changed by somebody else during saving" in message
    assert path.read_text() == "theirs"
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("add", "named"),
    [
        (lambda book: book.create_sheet("Notes").append(["ask Ann"]), "the sheet 'Notes'"),
        (lambda book: book["Stages"].append(["Reach", "=1+1"]), "formulas"),
    ],
)
def test_what_else_a_workbook_holds_is_not_lost(
    tmp_path: Path, add: Callable[[Any], None], named: str
) -> None:
    path = tmp_path / "shop.xlsx"
    _, origin = read(write(path, SHOP, Origin()))
    book = openpyxl.load_workbook(path)
    add(book)
    book.save(path)
    origin.note(path, path.read_bytes())
    assert named in refused(lambda: write(path, changed(fixed_cost=2), origin))
    write(path, changed(fixed_cost=2), origin, overwrite=True)
    assert read(path)[0]["fixed_cost"] == 2


# --- whole or not at all -------------------------------------------------------------------------

KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from cvjkit.files.store import Origin, read, write

path = Path(sys.argv[1])
texts = dict.fromkeys(["a", "b"])
document = {
    "name": "", "framework": "five", "currency": "EUR",
    "segments": [{"name": str(n), "counts": {"reach": n}} for n in range(60)],
}
for text in texts:
    write(path, {**document, "name": text}, Origin(), overwrite=True)
    texts[text] = path.read_bytes()
seen = {"a": 0, "b": 0}
choose = random.Random(1)
for _ in range(int(sys.argv[2])):
    saved, report = os.pipe()
    child = os.fork()
    if child == 0:
        while True:
            for text in texts:
                origin = read(path)[1]
                write(path, {**document, "name": text}, origin)
                os.write(report, b".")
    # Killed in the midst of one of its first saves, however long they take here.
    for _ in range(choose.randint(1, 4)):
        os.read(saved, 1)
    time.sleep(choose.uniform(0, 0.01))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(saved)
    os.close(report)
    content = path.read_bytes()
    whole = [text for text in texts if content == texts[text]]
    assert whole, content[-200:]
    seen[whole[0]] += 1
print(seen)
assert min(seen.values()) > 0, seen
"""


def test_a_writer_killed_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "shop.toml"), "80"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


FULL_DISK = """
import resource, signal, sys
from cvjkit.files.store import Origin, read, write
from cvjkit.errors import InputError

document, origin = read(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
try:
    write(sys.argv[1], {**document, "description": "x" * 1000}, origin)
except InputError as error:
    print(error)
"""


def test_a_disk_without_room_leaves_the_old_file(tmp_path: Path) -> None:
    path = saved(tmp_path, STYLES["tables"])
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "cannot be written: file too large" in done.stdout, done.stderr
    assert path.read_text() == STYLES["tables"]
    assert left_over(tmp_path) == []


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    real = saved(tmp_path, STYLES["tables"], "real.toml")
    real.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    document, origin = read(link)
    write(link, {**document, "fixed_cost": 2}, origin)
    assert link.is_symlink()
    assert read(real)[0]["fixed_cost"] == 2
    assert real.stat().st_mode & 0o777 == 0o640
    write(real, {**document, "fixed_cost": 3}, origin)


def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    path = saved(tmp_path, STYLES["tables"])
    path.chmod(0o444)
    document, origin = read(path)
    message = refused(lambda: write(path, {**document, "fixed_cost": 2}, origin))
    assert "write-protected" in message
    assert left_over(tmp_path) == []


def test_places_where_nothing_can_be_written_are_named(tmp_path: Path) -> None:
    saved(tmp_path, "", "file")
    (tmp_path / "folder.toml").mkdir()
    for path, why in {
        "nowhere/shop.toml": "in a folder that does not exist",
        "file/shop.toml": "not a directory",
        "folder.toml": "is a folder",
        "shop.json": "use a name that ends in one of .toml, .csv, .xlsx",
        f"{'x' * 300}.toml": "file name too long",
    }.items():
        message = refused(lambda path=path: write(tmp_path / path, SHOP, Origin()))
        assert why in message, path
        assert str(tmp_path / path) in message


# --- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('schema_version = 1\nname "Shop"', "line 2, column 6: 'name \"Shop\"' is not TOML"),
        ("schema_version = 1\nname = 1\nname = 2", "'name = 2' repeats a key or a table"),
        ("schema_version = 1\n[a]\n[a]", "line 3, column 3: '[a]' repeats a key or a table"),
        ('schema_version = 1\nname = "x', "end of document"),
        ("schema_version = 1\nx = " + "[" * 9999, "nested too deeply"),
        ("schema_version = 1\nx = " + "1" * 5000, "is not TOML"),
        (b"schema_version = 1\n\xff", "is not UTF-8 text: see line 2"),
        ("", "schema_version: nothing is required; write schema_version = 1"),
        ("schema_version = 2", "2 was written by a newer cvjkit"),
        ("schema_version = 0", "0 is not a known version"),
        ("schema_version = true", "True is not a known version"),
        ("schema_version = '1'", "'1' is not a known version"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    tmp_path: Path, text: str | bytes, why: str
) -> None:
    path = saved(tmp_path, text)
    message = refused(lambda: read(path))
    assert message.startswith(f"{path}: 1 fault")
    assert why in message


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "folder.toml").mkdir()
    for name, why in {
        "nowhere.toml": "does not exist; check the spelling",
        "folder.toml": "is a folder",
        "pipe.toml": "is not a regular file",
        "loop.toml": "too many levels of symbolic links",
        "shop": "use a name that ends in one of .toml, .csv, .xlsx",
        "shop.xls": "use a name that ends in one of .toml, .csv, .xlsx",
    }.items():
        assert why in refused(lambda name=name: read(tmp_path / name)), name


def test_everything_wrong_in_a_design_is_said_at_once(tmp_path: Path) -> None:
    text = STYLES["tables"].replace("reach = 10_000", "reach = -1\nreech = 5")
    text = text.replace('currency = "EUR"', "currency = 5\ncolour = 'red'").replace("0.25", "25")
    message = refused(lambda: read_journey(saved(tmp_path, text)))
    for fault in ("segments[Ads].counts", "'reech'", "-1", "currency", "colour", "25"):
        assert fault in message


# --- a table somebody made -----------------------------------------------------------------------

FIVE = ["reach", "acquisition", "conversion", "retention", "loyalty"]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("stage,people\nReach,10000\nAcquisition,2000\n", [10000, 2000]),
        ('\ufeffStage, People \n REACH ,"10,000"\nacquisition,"2,000"\n', [10000, 2000]),
        ("stage;people;unit cost\nReach;10.000;0,5\nAcquisition;2.000;1,25\n", [10000, 2000]),
        ("stage\tpeople\nReach\t10 000\nAcquisition\t2\u202f000\n", [10000, 2000]),
        ("people,stage\n10'000,reach\n,conversion\n-,loyalty\n2000,acquisition", [10000, 2000]),
        ("My plan,,\n,,\nstage,people,\nReach,1e4,\n,,\nAcquisition,2000.0,\n", [10000, 2000]),
        ("stage;people\nReach;10.000\nAcquisition;2.000\n", [10000, 2000]),
        ("stage\tpeople\nReach\t10,000\nAcquisition\t2,000\n", [10000, 2000]),
        ("stage,people,framework\nReach,10000,five\nAcquisition,2000,\n", [10000, 2000]),
    ],
)
def test_a_table_is_read_as_people_write_it(tmp_path: Path, text: str, counts: list[int]) -> None:
    document, _ = read(saved(tmp_path, text, "My shop.csv"))
    assert document["name"] == "My shop"
    assert document["framework"] == "five"
    read_counts = document["segments"][0]["counts"]
    assert read_counts == dict(zip(FIVE, counts, strict=False))
    assert all(isinstance(number, int) for number in read_counts.values())
    assert read_journey(tmp_path / "My shop.csv").flow().stages.people["reach"] == 10000


def test_a_table_may_have_several_channels_costs_and_a_plan(tmp_path: Path) -> None:
    text = (
        "Stage;People: Ads;Entrants: Blog;Rate: Blog;Unit Cost;Delay (days);Margin\n"
        "Awareness;4.000;6.000;;0,10;;\n"
        "Engagement;400;;15%;0,5;1;\n"
        "First order;;;;;;\n"
        "Conversion;;;0,125;5;2;-1.250,5\n"
    ).replace("First order", "Subscription")
    document, _ = read(saved(tmp_path, text, "shop.csv"))
    assert document["framework"] == "eight"
    assert document["segments"] == [
        {"name": "Ads", "counts": {"awareness": 4000, "engagement": 400}},
        {"name": "Blog", "entrants": 6000, "rates": {"engagement": 0.15, "conversion": 0.125}},
    ]
    assert document["stages"] == {
        "awareness": {"unit_cost": 0.1},
        "engagement": {"unit_cost": 0.5, "delay_days": 1},
        "conversion": {"unit_cost": 5, "delay_days": 2, "margin": -1250.5},
    }


def test_everything_wrong_in_a_table_is_said_at_once_with_its_cell(tmp_path: Path) -> None:
    text = (
        "stage;people: Ads;rate: Ads;unit cost;colour;unit cost\n"
        "Reach;many;;1.250;red;\n"
        "Convertion;20%;;TRUE;;;x\n"
        "Reach;5;;;;\n"
        ";7;;;;\n"
    )
    message = refused(lambda: read(saved(tmp_path, text, "shop.csv")))
    for fault in (
        "B2: 'many' must be a number",
        "D2: '1.250' could mean 1250 or 1.25",
        "E1: 'colour' is not known; Allowed: stage, people: SEGMENT",
        "F1: 'unit cost' is also the heading of another column",
        "A3: 'Convertion' is not known; did you mean 'Conversion'?",
        "B3: '20%' is a percentage",
        "D3: 'TRUE' must be a number",
        "G3: 'x' has no heading",
        "A4: 'Reach' has more than one row",
        "B5: '7' is in a row without a stage",
        "C1: 'rate: Ads' and another column give 'Ads' both",
    ):
        assert fault in message
    assert "11 faults" in message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,people\nReach,5", "headings: 'name, people' do not include 'stage'"),
        ("", "do not include 'stage'"),
        ("stage,people\nAlpha,5\nBeta,3", "add a column 'framework' with one of these keys (five:"),
        ("stage,people\nConversion,5", "the stages do not tell which one it is"),
        ("stage,people,framework\nReach,5,six", "'six' is not known"),
        ("stage,people,framework\nReach,5,five\nLoyalty,5,nine", "C3: 'nine' differs from 'five'"),
        ("stage,people,people: Ads\nReach,5,5", "B1: 'people' does not name its segment"),
        ("stage,people: Ads,people: Ads \nReach,5,5", "also the heading of another column"),
        ('stage,people\nReach,"5', "is not a table"),
        (b"stage,people: \xc4\nReach,5", "is not UTF-8 text: see line 1; save it as UTF-8"),
    ],
)
def test_what_makes_no_sense_as_a_table_is_refused(
    tmp_path: Path, text: str | bytes, why: str
) -> None:
    assert why in refused(lambda: read(saved(tmp_path, text, "shop.csv")))


def test_csv_says_what_it_cannot_hold(tmp_path: Path) -> None:
    message = refused(lambda: write(tmp_path / "shop.csv", SHOP, Origin()))
    for part in ("fixed cost", "offers", "transitions", "referrals", "spend of Ads", "tactics"):
        assert part in message
    assert "save it as .toml or .xlsx" in message
    assert not (tmp_path / "shop.csv").exists()
    own = Journey.from_counts(framework("five").rename({"reach": "Seen"}), [9, 5, 3, 2, 1])
    assert "a framework of your own" in refused(lambda: own.save(tmp_path / "shop.csv"))


def test_csv_round_trips_what_it_can_hold(tmp_path: Path) -> None:
    journey = Journey.from_counts(
        "eight:time",
        {"Ads": [9, 8, None, 6, 5, 4, 3, 2], '=1, "two"': [1] * 8},
        name="Shop; über, alles",
        currency="$",
    ).with_stage("conversion", unit_cost=0.1, fixed_cost=5, margin=-2.5, delay_days=3)
    assert read_journey(journey.save(tmp_path / "x.csv")) == journey
    plan = Journey.from_rates("five", {"reach": 10, "acquisition": 2}, [0.5, 0.25, 1, 0])
    assert read_journey(plan.save(tmp_path / "y.csv")) == plan


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x"])
def test_no_cell_of_a_csv_file_runs_as_a_formula(tmp_path: Path, name: str) -> None:
    journey = Journey.from_counts("five", {name: [9, 5, 3, 2, 1], "x": [1] * 5}, name=name)
    message = refused(lambda: journey.save(tmp_path / "shop.csv"))
    assert "begins like a formula" in message
    text = journey.with_terms(name="Shop").save(tmp_path / "shop.csv").read_text("utf-8-sig")
    cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(",")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == []


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def calculated(path: Path, formula: str, result: str) -> Path:
    """Give a formula its result, as Excel does when it saves."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    empty = re.compile(rf"(<f>{re.escape(formula)}</f>)<v ?/>|<v></v>".encode())
    with zipfile.ZipFile(path, "w") as new:
        for name, part in parts.items():
            new.writestr(name, empty.sub(rf"\1<v>{result}</v>".encode(), part))
    return path


def test_a_workbook_is_read_as_people_make_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "shop.xlsx",
        Tabelle1=[
            ["My plan for May"],
            [],
            ["Stage", " People ", "Unit cost", None],
            ["Reach", 10000, 0.1],
            ["Acquisition", "2 000", "0,5"],
            ["Conversion", "=B5/20", None],
            [],
            ["LOYALTY", "n/a", None],
        ],
    )
    document, _ = read(calculated(path, "B5/20", "100"))
    assert document["framework"] == "five"
    assert document["segments"] == [
        {"name": "Everyone", "counts": {"reach": 10000, "acquisition": 2000, "conversion": 100}}
    ]
    assert document["stages"] == {"reach": {"unit_cost": 0.1}, "acquisition": {"unit_cost": 0.5}}


def test_sheets_may_be_added_by_hand(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "shop.xlsx",
        Stages=[
            ["Stage", "People: Ads", "Rate: Blog", "Entrants: Blog"],
            ["Awareness", 9000, None, 10],
            ["Engagement", 900, 0.25, None],
        ],
        journey=[["Name", "Shop"], ["Discount rate", "10%"], ["Illustrative", "Yes"]],
        Segments=[["Name", "Spend", "Awareness"], ["Blog", None, "solution"], ["Ads", 1620, None]],
        Offers=[["stage", "name", "price", "repeat rate"], ["Conversion", "Box", 6, "88%"]],
        Tactics=[["stage", "name"], ["engagement", "Quiz"]],
        Transitions=[["source", "target", "rate"], ["Engagement", "Awareness", 0.05]],
        Notes=[["ask Ann"]],
    )
    document, _ = read(path)
    assert same(
        document,
        {
            "schema_version": 1,
            "name": "Shop",
            "discount_rate": 0.1,
            "illustrative": True,
            "framework": "eight",
            "segments": [
                {
                    "name": "Blog",
                    "awareness": "solution",
                    "entrants": 10,
                    "rates": {"engagement": 0.25},
                },
                {"name": "Ads", "spend": 1620, "counts": {"awareness": 9000, "engagement": 900}},
            ],
            "stages": {"engagement": {"tactics": ["Quiz"]}},
            "offers": [{"stage": "conversion", "name": "Box", "price": 6, "repeat_rate": 0.88}],
            "transitions": [{"source": "engagement", "target": "awareness", "rate": 0.05}],
        },
    )


def test_everything_wrong_in_a_workbook_is_said_at_once_with_its_cell(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "shop.xlsx",
        Stages=[
            ["stage", "people: Ads", "unit cost"],
            ["Reach", date(2026, 3, 4), "=1+1"],
            ["Acquisition", True, "1.250"],
            ["Conversion", "#DIV/0!", "5 apples"],
        ],
        Journey=[["colour", "red"], ["name", "A"], ["name", "B"], ["market", 5, "people"]],
        Offers=[["stage", "cost"], ["Conversion", 5, 6]],
        Segments=[["name"], ["Blog"]],
    )
    message = refused(lambda: read(path))
    for fault in (
        "Stages!B2: 2026-03-04 must be a number",
        "Stages!C2: '=1+1' has not been calculated; open the file in Excel",
        "Stages!B3: True must be a number",
        "Stages!C3: '1.250' could mean 1250 or 1.25",
        "Stages!B4: '#DIV/0!' is an error",
        "Stages!C4: '5 apples' must be a number",
        "Stages!B1: 'Ads' is not known; Allowed: Blog",
        "Journey!A1: 'colour' is not known; Allowed: schema version, name",
        "Journey!A3: 'name' is listed twice",
        "Journey!C4: 'people' is one cell too many for a field and its value",
        "Offers!B1: 'cost' is not known; Allowed: stage, name, price",
        "Offers!C2: 6 has no heading",
    ):
        assert fault in message


def test_a_workbook_without_a_table_of_stages_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "shop.xlsx", May=[["stage"]], June=[["stage"]])
    assert "sheets: 'May, June' include none called 'Stages'" in refused(lambda: read(path))


@pytest.mark.parametrize("content", [b"", b"stage,people", b"PK\x05\x06" + b"\0" * 18, None])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        content = workbook(tmp_path / "whole.xlsx", Stages=[["stage"]]).read_bytes()[:-500]
    message = refused(lambda: read(saved(tmp_path, content, "shop.xlsx")))
    assert "is not an Excel workbook" in message


@pytest.mark.parametrize("text", [each for each in HOSTILE if each[0] in "=+-@#"])
def test_no_cell_of_a_workbook_runs_as_a_formula(tmp_path: Path, text: str) -> None:
    document = changed(name=text, description=text)
    document["segments"][0] |= {"name": text, "channel": text}
    path = write(tmp_path / "shop.xlsx", document, Origin())
    cells = [
        cell
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells if cell.value == text] == [text[0] != "#"] * 4


def test_characters_no_workbook_can_hold_are_refused(tmp_path: Path) -> None:
    message = refused(lambda: write(tmp_path / "x.xlsx", changed(name="bell\a"), Origin()))
    assert "'bell\\x07' has a character no workbook can hold; save it as .toml" in message
    message = refused(lambda: write(tmp_path / "x.xlsx", changed(name="one\rtwo"), Origin()))
    assert "would change some text in it; save it as .toml" in message
    message = refused(lambda: write(tmp_path / "x.xlsx", changed(name="x" * 40000), Origin()))
    assert "would change some text in it" in message
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_has_a_place_for_every_field() -> None:
    sheets = {"framework", "segments", "stages", "thresholds", "also_known", *columns.LISTS}
    assert Journey.model_fields.keys() <= sheets | columns.TERMS.keys()


def test_a_workbook_holds_what_the_audit_asks_for(tmp_path: Path) -> None:
    document = changed(
        channels_overlap=False,
        next_test_days=7,
        accepted=[{"rule": "A11", "reason": "so"}],
        thresholds={"leg_days": 50, "bypass_share": 0.2},
    )
    document["segments"][0] |= {"avatar": "x", "targeted": False, "counted_in": "visits"}
    document["offers"][0] |= {"kind": "own", "reorder_days": [30, 60.5], "digital": True}
    tactic = {"name": "Quiz", "kind": "upsell", "cost": 5, "due": "2026-03-31"}
    message = {"kind": "thank_you", "after_minutes": 5, "opt_out": True}
    document["stages"]["reach"] = {
        "tactics": [tactic, "Post"],
        "messages": [message, {"kind": "thank_you"}],
    }
    path = write(tmp_path / "shop.xlsx", document, Origin())
    assert same(read(path)[0], document)
    book = openpyxl.load_workbook(path)
    book["Tactics"]["F4"] = date(2026, 4, 30)
    book["Offers"]["G2"] = "30; 1 000"
    assert [book[sheet][cell].value for sheet, cell in (("Tactics", "F1"), ("Offers", "G1"))] == [
        "due",
        "reorder days",
    ]
    book.save(path)
    again, _ = read(path)
    assert again["stages"]["reach"]["tactics"][0]["due"] == "2026-04-30"
    assert again["offers"][0]["reorder_days"] == [30, 1000]
    assert again["thresholds"] == {"leg_days": 50, "bypass_share": 0.2}


def test_a_workbook_says_everything_the_toml_file_says(tmp_path: Path) -> None:
    journey = read_journey(SCHEMA_1)
    assert same(read_journey(journey.save(tmp_path / "x.xlsx")).document(), journey.document())
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "x.xlsx").read_bytes()))
    assert [cell.value for cell in book["Stages"][1]][:4] == [
        "stage",
        "people: Ads",
        "entrants: Blog",
        "rate: Blog",
    ]
    assert book["Stages"]["A2"].value == "Be seen"


# --- what the documentation says -----------------------------------------------------------------


def blocks(page: str, language: str) -> list[str]:
    text = (HERE.parent / page).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_every_field_is_explained() -> None:
    text = (HERE.parent / "data" / "README.md").read_text()
    explained = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`+[^`]+`+", text))))
    models = [
        Journey,
        Accepted,
        Message,
        Offer,
        Referral,
        Segment,
        StageNumbers,
        Tactic,
        Transition,
    ]
    assert {name for model in models for name in model.model_fields} - explained == set()


def test_the_examples_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    (by_hand,) = blocks("docs/files.md", "toml")
    journey = read_journey(saved(tmp_path, by_hand))
    assert journey.segments[0].counts == (10000, 2000, 100, None, None)
    (own,) = blocks("data/README.md", "toml")
    text = by_hand.replace('framework = "five"\n', "") + own
    assert read_journey(saved(tmp_path, text)).framework.keys[:2] == ("reach", "quiz")
    (code,) = blocks("docs/files.md", "python")
    script = code.replace("shop.toml", str(tmp_path / "new.toml"))
    runpy.run_path(str(saved(tmp_path, script, "shop.py")))
    assert read_journey(tmp_path / "new.toml").stages[0].unit_cost == 4
    table = (
        (HERE.parent / "docs" / "files.md").read_text().split("| stage | people |\n|---|---|\n")[1]
    )
    rows = [row.strip("| ").split(" | ") for row in table.split("\n\n")[0].splitlines()]
    path = workbook(tmp_path / "shop.xlsx", Sheet1=[["stage", "people"], *rows])
    assert read_journey(path).segments[0].counts == (10000, 2000, 100, None, None)
