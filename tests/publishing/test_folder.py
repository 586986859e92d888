"""The list of a folder's journeys: the same for the page and the terminal, whatever is in it."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.cli import main
from cvjkit.cli.dashboard import tell_broken
from cvjkit.errors import InputError
from cvjkit.publishing import dashboards
from cvjkit.publishing.folder import labels, read_folder
from tests.files.hostile import HOSTILE_FILES

SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
SOME = ("cut in half.xlsx", "last row.xlsx", "bad rows.csv", "deep key.toml", "keys.toml")


def page_of(folder: Path) -> str:
    return str(dashboards.journey(folder)._chooser.document)


def test_hostile_files_are_listed_with_their_faults_and_the_others_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SHOP.save(tmp_path / "SHOP.CSV")
    for name in SOME:
        content = HOSTILE_FILES[name][0]()
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "~$shop.xlsx").write_bytes(b"lock")
    tell_broken(tmp_path)
    terminal, page = capsys.readouterr().err, page_of(tmp_path)
    listed = read_folder(tmp_path)
    assert listed.keys() == {*SOME, "SHOP.CSV"}
    for name in SOME:
        error = listed[name].error
        assert error is not None
        assert HOSTILE_FILES[name][1] in f"{error}"
        for fault in map(str, error.faults):
            assert fault in terminal
            assert repr(fault)[1:-1].replace("\\'", "'") in page.replace("\\'", "'")
    assert terminal.count("There are more") == 0
    assert page.count("There are more faults.") == terminal.count("more than 100 faults") == 2
    assert terminal.endswith("cvjkit: the other journeys (1) open.\n")
    assert "~$" not in terminal + page
    assert str(tmp_path) not in terminal + page


def test_journeys_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    SHOP.save(tmp_path / "a.toml")
    SHOP.save(tmp_path / "b.toml")
    SHOP.with_terms(name="Other").save(tmp_path / "c.toml")
    (tmp_path / "d.toml").write_text("x")
    assert labels(read_folder(tmp_path)) == {
        "a.toml": "Shop (a.toml)",
        "b.toml": "Shop (b.toml)",
        "c.toml": "Other",
        "d.toml": "d.toml (cannot be opened)",
    }
    assert "'Shop (b.toml)'" in page_of(tmp_path)


def test_what_nobody_expected_of_a_file_is_logged_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    SHOP.save(tmp_path / "a.csv")
    SHOP.save(tmp_path / "b.toml")

    def fails(_: str) -> None:
        raise KeyError("a secret")

    monkeypatch.setattr(tomllib, "loads", fails)
    with caplog.at_level(logging.ERROR), pytest.raises(InputError, match=r"b\.toml.*1 fault"):
        cvj.read_journey(tmp_path / "b.toml")
    assert "a secret" in caplog.text
    page = page_of(tmp_path)
    assert "'b.toml' led to an error in cvjkit (KeyError); tell its authors" in page
    assert "secret" not in page
    assert "a.csv" in page


def test_a_journey_that_cannot_be_shown_leaves_the_page_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    SHOP.with_terms(name="First").save(tmp_path / "a.toml")
    SHOP.save(tmp_path / "b.toml")
    load = dashboards._JourneyPage._loaded

    def loads(page: Any, journey: cvj.Journey) -> object:
        if journey.name == "First":
            raise ZeroDivisionError
        return load(page, journey)

    monkeypatch.setattr(dashboards._JourneyPage, "_loaded", loads)
    page = dashboards.journey(tmp_path)
    assert page._designer.journey.base == SHOP
    assert "a.toml: file: 'a.toml' led to an error in cvjkit (ZeroDivisionError)" in str(
        page._chooser.document
    )
    assert "ZeroDivisionError" in caplog.text


def test_what_was_understood_of_an_export_is_told_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Step,Users,Rate of exit\n1. Reach,9,50%\n2. Acquisition,5,\n")
    told = cvj.read_journey(path).understood
    assert told[:2] == ("Read 'Step' as stage, 'Users' as people.", "Left out 'Rate of exit'.")
    assert main(["check", str(path)]) == 0
    printed = capsys.readouterr().out
    page, designer = dashboards.journey(tmp_path), cvj.Designer(path)
    for sentence in told:
        assert f"\n  {sentence}" in printed
        assert sentence in page._chooser.document["parts"][0]["notes"]
        assert sentence in designer._session.note
    cvj.read_journey(path).save(tmp_path / "ours.csv")
    assert cvj.read_journey(tmp_path / "ours.csv").understood == ()


def test_a_journey_that_names_no_currency_is_shown_in_the_clients(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SHOP.with_stage("conversion", unit_cost=25).save(tmp_path / "shop.toml")
    (tmp_path / "look.toml").write_text('currency = "GBP"\ncolour = "red"')
    page = dashboards.journey(tmp_path)
    assert "look.toml: colour: 'red' is not a known field" in page_of(tmp_path)
    assert page._shown.journey.currency == ""
    tell_broken(tmp_path)
    assert "colour: 'red' is not a known field" in capsys.readouterr().err
    (tmp_path / "look.toml").write_text('currency = "GBP"\nname = "<b>Ours"\naccent = "#f5b301"')
    page = dashboards.journey(tmp_path)
    assert page._shown.journey.currency == "GBP"
    printed = cvj.canvas(tmp_path / "shop.toml")
    assert "&lt;b&gt;Ours" in printed
    assert "GBP 25.00" in printed
    assert "--accent: #986f01" in printed
    assert cvj.read_journey(tmp_path / "shop.toml").currency == ""
