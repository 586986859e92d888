"""Files come back as written; they are written in full or not at all, never over others' work."""

from __future__ import annotations

import copy
import io
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings

import cvjkit as cvj
from cvjkit.catalog.lookup import framework
from cvjkit.errors import InputError
from cvjkit.files import disk
from cvjkit.files.documents import same
from cvjkit.files.store import Origin, read, write
from cvjkit.journey import Journey, read_journey
from cvjkit.model.parts import Tactic
from tests.files.hostile import archive
from tests.files.shop import HOSTILE, SCHEMA_1, SHOP, STYLES, changed, refused, saved
from tests.strategies import journeys


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


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


def emptied_plan() -> Journey:
    plan = Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    return plan.put("segments[0].entrants.reach", None)


def test_a_day_may_be_in_any_year(tmp_path: Path) -> None:
    shop = Journey.from_counts("five", [900, 90, 9, 3, 1])
    for day in ("0001-01-01", "0999-12-31", "2026-03-31", "9999-12-31"):
        journey = shop.with_stage("reach", tactics=[{"name": "Quiz", "due": day}])
        for suffix in ("toml", "xlsx"):
            again = read_journey(journey.save(tmp_path / f"shop.{suffix}", overwrite=True))
            assert again == journey
            assert again.stages[0].tactics[0].due == day
    assert Tactic(name="Quiz", due=date(1, 1, 1)).due == "0001-01-01"
    assert Tactic(name="Quiz", due=datetime(1, 1, 1, 12, tzinfo=UTC)).due == "0001-01-01"


@pytest.mark.parametrize("suffix", ["toml", "csv", "xlsx"])
def test_a_plan_of_which_nobody_knows_who_comes_in_is_read_again(
    tmp_path: Path, suffix: str
) -> None:
    plan = emptied_plan()
    assert read_journey(plan.save(tmp_path / f"plan.{suffix}")) == plan
    two = plan.with_segment("Ads", counts=[900, 90, 9, 3, 1])
    assert read_journey(two.save(tmp_path / f"two.{suffix}")) == two
    assert eval(plan.code(), {"cvj": cvj}) == plan  # noqa: S307 - what code() is for


@pytest.mark.parametrize("suffix", ["toml", "csv", "xlsx"])
def test_no_file_is_written_that_could_not_be_read_again(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"shop.{suffix}"
    journey = Journey.from_counts("five", [900, 90, 9, 3, 1])
    journey.save(path)
    before = path.read_bytes()
    for text in ("half a character: \ud800", "\udfff"):
        assert "half a character" in refused(lambda text=text: journey.with_terms(name=text))
        broken = {**journey.document(), "name": text}
        said = refused(lambda broken=broken: write(path, broken, Origin(), overwrite=True))
        assert "half a character" in said
    # Whatever goes wrong in writing is found before the file is replaced.
    _, origin = read(path)
    lossy = {**journey.document(), "segments": [{"name": "Everyone", "counts": {"reach": 5}}]}
    said = refused(
        lambda: write(path, lossy, origin, means=journey.with_stage("reach", unit_cost=1).is_in)
    )
    assert "would change some of it" in said
    broken = {**journey.document(), "schema_version": 99}
    if suffix == "toml":
        said = refused(lambda: write(path, broken, origin))
        assert "could not be read again: was written by a newer cvjkit" in said
    assert path.read_bytes() == before
    assert left_over(tmp_path) == []


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


def test_each_journey_is_saved_to_its_own_file(tmp_path: Path) -> None:
    one = Journey.from_counts("five", [900, 90, 9, 3, 1])
    two, copied = one.with_terms(market=5000), copy.copy(one)
    one.save(tmp_path / "one.toml")
    assert (two.path, copied.path) == (None, None)
    assert "the design has no file yet" in refused(two.save)
    two.save(tmp_path / "two.toml")
    three = two.with_stage("reach", unit_cost=1)
    one.save()
    two.save()
    assert (one.path, two.path) == (tmp_path / "one.toml", tmp_path / "two.toml")
    assert read_journey(tmp_path / "one.toml") == one
    assert read_journey(tmp_path / "two.toml") == two
    three.save()
    assert read_journey(tmp_path / "two.toml") == three


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


def test_of_two_who_save_at_once_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, STYLES["tables"])
    document, origin = read(path)
    both_have_checked, replace = threading.Barrier(2), os.replace

    def slow_replace(source: Path, target: Path) -> None:
        # Both get here only if nothing keeps the second from checking before the first replaces.
        with suppress(threading.BrokenBarrierError):
            both_have_checked.wait(timeout=0.2)
        replace(source, target)

    def save(number: int) -> str:
        try:
            write(path, {**document, "fixed_cost": number}, Origin(path, dict(origin.digests)))
        except InputError as error:
            return str(error)
        return ""

    monkeypatch.setattr(os, "replace", slow_replace)
    with ThreadPoolExecutor(2) as savers:
        told = list(savers.map(save, [2, 3]))
    (refusal,) = filter(None, told)
    assert "was changed by somebody else during saving" in refusal
    assert read(path)[0]["fixed_cost"] == 2 + told.index("")
    assert left_over(tmp_path) == []


def test_a_saver_waits_for_another_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, STYLES["tables"])
    document, origin = read(path)
    monkeypatch.setattr(disk, "MOST_SECONDS_WAITED", 0.05)
    with disk._alone(path):
        said = refused(lambda: write(path, {**document, "fixed_cost": 2}, origin))
    assert "is being saved by somebody else; try again" in said
    assert path.read_text() == STYLES["tables"]
    write(path, {**document, "fixed_cost": 2}, origin)
    assert left_over(tmp_path) == []


def with_formula(path: Path) -> bytes:
    """A workbook in which a number is the result of a formula, as Excel saves it."""
    parts = {}
    with zipfile.ZipFile(path) as file:
        for name in file.namelist():
            parts[name] = file.read(name)
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"<v>10000</v>" in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v>10000</v>", b"<f>5000*2</f><v>10000</v>")
    return archive(parts)


def with_sheet(path: Path) -> bytes:
    book, content = openpyxl.load_workbook(path), io.BytesIO()
    book.create_sheet("Notes").append(["ask Ann"])
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("add", "named"), [(with_sheet, "the sheet 'Notes'"), (with_formula, "formulas")]
)
def test_what_else_a_workbook_holds_is_not_lost(
    tmp_path: Path, add: Callable[[Path], bytes], named: str
) -> None:
    path = write(tmp_path / "shop.xlsx", SHOP, Origin())
    path.write_bytes(add(path))
    document, origin = read(path)
    assert same(document, SHOP)
    assert named in refused(lambda: write(path, changed(fixed_cost=2), origin))
    write(path, changed(fixed_cost=2), origin, overwrite=True)
    assert read(path)[0]["fixed_cost"] == 2


def test_what_else_a_table_holds_is_not_lost(tmp_path: Path) -> None:
    text = "Report\nStep,Users,Completion rate\n1. Reach,9,50%\n2. Acquisition,5,\n"
    path = saved(tmp_path, text, "report.csv")
    journey = read_journey(path)
    assert journey.save() == path
    said = refused(journey.with_stage("reach", unit_cost=1).save)
    assert "would not write again: what is above the table, the column 'Completion rate'" in said
    assert path.read_text() == text


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
from cvjkit.widgets.session import Session
from cvjkit.journey import read_journey

session = Session(read_journey(sys.argv[1]))
session.change(lambda journey: journey.with_terms(description="x" * 1000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
session.save(None)
print(session.saved.refusal)
print(session.saved.journey == session.journey)
"""


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        ("toml", "shop.toml cannot be written: file too large"),
        ("xlsx", "cannot be written: the folder of temporary files fails (file too large)"),
    ],
)
def test_a_disk_without_room_leaves_the_old_file_and_the_design_unsaved(
    tmp_path: Path, suffix: str, said: str
) -> None:
    shop = changed(transitions=[], referrals=[])
    path = write(tmp_path / f"shop.{suffix}", shop, Origin())
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    not_saved, is_saved = done.stdout.splitlines()
    assert not_saved.startswith("Not saved: ")
    assert said in not_saved
    assert (is_saved, done.stderr) == ("False", "")
    assert path.read_bytes() == before
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


def test_owner_group_mode_and_attributes_stay(tmp_path: Path) -> None:
    path = saved(tmp_path, STYLES["tables"])
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
    path.chmod(0o2664)
    attributes = {"user.project": b"shop"}
    try:
        os.setxattr(path, "user.project", attributes["user.project"])
    except (AttributeError, OSError):
        attributes = {}  # not every system or disk has them
    os.utime(path, (1, 1))
    before = path.stat()
    document, origin = read(path)
    write(path, {**document, "fixed_cost": 2}, origin)
    after = path.stat()
    assert after.st_ino != before.st_ino
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert after.st_mode == before.st_mode
    assert after.st_mode & 0o7777 == 0o2664
    assert after.st_mtime > 1
    assert {name: os.getxattr(path, name) for name in attributes} == attributes


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
        ("", "schema_version is required; write schema_version = 1"),
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
