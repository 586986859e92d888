"""The command: what it says, what it refuses, what it starts."""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cvjkit.cli import main
from cvjkit.errors import UNPRINTABLE
from cvjkit.journey import read_journey
from cvjkit.publishing import server
from cvjkit.publishing.starters import starters

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CVJKIT_JOURNEYS", raising=False)
    (tmp_path / "shop.toml").write_text(
        'schema_version = 1\nname = "Shop"\nframework = "five"\n'
        '[[segments]]\nname = "Ads"\ncounts = { reach = 100, acquisition = 50 }\n'
        '[[segments]]\nname = "Press"\ncounts = { reach = 10, acquisition = 5 }\n',
        encoding="utf-8",
    )
    (tmp_path / "bad.toml").write_text(
        'schema_version = 1\nname = "Bad"\nframework = "five"\ncolour = "red"\n'
        '[[segments]]\nname = "Ads"\ncounts = { reach = -100 }\n',
        encoding="utf-8",
    )
    (tmp_path / "page.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    return tmp_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def command(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cvjkit", *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """What the command says on stderr, line by line, when it refuses its arguments."""
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    assert not said.out
    return said.err.splitlines()


def test_the_module_is_the_command_and_knows_its_version(project: Path) -> None:
    told = command("--version", directory=project)
    assert (told.returncode, told.stderr) == (0, "")
    assert re.fullmatch(r"cvjkit \d+\.\d+\.\d+\n", told.stdout)


def test_help_names_every_command_and_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    told = capsys.readouterr().out
    for name, purpose in {
        "dashboard": "publish a notebook with Voila",
        "lab": "open JupyterLab",
        "new": "write the file of a new journey",
        "check": "check journey files",
    }.items():
        assert re.search(rf"\n +{name}\s+{purpose}\n", told)


def test_the_command_starts_without_what_only_servers_and_widgets_need() -> None:
    heavy = "{'voila', 'jupyterlab', 'tornado', 'ipywidgets', 'anywidget', 'plotly'}"
    code = f"import sys, cvjkit.cli; print(*({heavy} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "\n"


def test_a_good_file_is_called_fine(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "shop.toml"]) == 0
    assert capsys.readouterr().out == "shop.toml: fine: Shop, five, 2 segments\n"


def test_every_fault_of_every_file_is_told(project: Path) -> None:
    told = command("check", "bad.toml", "shop.toml", "none.toml", directory=project)
    assert (told.returncode, told.stderr) == (1, "")
    assert "bad.toml: 2 faults\n" in told.stdout
    assert re.search(r"^  .*colour.*red", told.stdout, re.MULTILINE)
    assert re.search(r"^  .*reach.*-100 must not be negative; write 0", told.stdout, re.MULTILINE)
    assert "shop.toml: fine" in told.stdout
    assert re.search(r"^none.toml: 1 fault\n  .*does not exist", told.stdout, re.MULTILINE)


def test_a_directory_or_a_binary_file_is_a_sentence(project: Path) -> None:
    (project / "noise.toml").write_bytes(bytes(range(256)))
    told = command("check", ".", "noise.toml", directory=project)
    assert told.returncode == 1
    assert "Traceback" not in told.stdout + told.stderr
    assert told.stdout.count("1 fault\n") == 2


READS, AUDITS = "cvjkit.files.store.from_toml", "cvjkit.journey.Journey.audit"


@pytest.mark.parametrize(
    ("what", "culprit"),
    [
        ("check shop.toml good.csv", READS),
        ("audit shop.toml good.csv", READS),
        ("audit shop.toml good.csv", AUDITS),
        ("canvas shop.toml", READS),
        ("canvas shop.toml", AUDITS),
        ("dashboard --journeys=. --port=0 page.ipynb", READS),
    ],
)
def test_an_error_of_our_own_shows_no_traceback_unless_asked_for(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    what: str,
    culprit: str,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("in\n::error::forged\x1b[2J")

    (project / "bad.toml").unlink()
    read_journey("shop.toml").save("good.csv")
    monkeypatch.setattr(culprit, fails)
    monkeypatch.setattr(server, "run", lambda *_: None)
    for verbose in (False, True):
        code = main([*what.split(), *(["--verbose"] if verbose else [])])
        assert bool(code) == ("dashboard" not in what)
        told = capsys.readouterr()
        assert ("Traceback" in told.err) == verbose
        assert ("shop.toml: unforeseen; --verbose shows where" in told.err) != verbose
        printed = told.out + told.err
        assert "Traceback" not in told.out
        assert not any(map(UNPRINTABLE.search, printed.split("\n")))
        assert not re.search(r"^\s*::error::forged", printed, re.MULTILINE)
        assert "'shop.toml' led to an error in cvjkit (RuntimeError); tell its authors" in printed
        # The work on other files is not lost.
        assert ("good.csv" in told.out) == ("good.csv" in what)
    assert not logging.getLogger("cvjkit").handlers


def test_a_command_that_fails_by_itself_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("cvjkit.cli.new.new_journey", fails)
    told = refused(capsys, "new", "bakery")
    assert told[-1].startswith("cvjkit: command: 'cvjkit new' led to an error in cvjkit (ZeroDivi")
    assert not any("Traceback" in line for line in told)


class Started(NamedTuple):
    """What a command would have started."""

    published: Path
    journeys: str | None
    said: str


@pytest.fixture
def started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Started]:
    """Give what ``cvjkit dashboard`` would start; other tests start it."""

    def start(*arguments: str) -> Started:
        given: list[Any] = []
        monkeypatch.setattr(server, "run", lambda *what: given.extend(what))
        assert main(["dashboard", "--port=0", *arguments]) == 0
        (_, published, *_), variables, *_ = given
        return Started(Path(published), variables.get("CVJKIT_JOURNEYS"), capsys.readouterr().err)

    return start


def test_without_a_notebook_the_dashboards_of_cvjkit_are_published(
    project: Path, started: Callable[..., Started]
) -> None:
    shown = started()
    assert shown.published == starters("dashboards")
    assert Path(shown.journeys or "") == starters("journeys")
    assert "There are no journeys in data/journeys: " in shown.said
    # Also where the directory has been made and is still empty.
    (project / "data" / "journeys").mkdir(parents=True)
    assert started()[:2] == shown[:2]
    (project / "shop.toml").rename(project / "data" / "journeys" / "shop.toml")
    assert started() == (starters("dashboards"), str(project / "data" / "journeys"), "")


def test_the_notebook_of_this_folder_goes_first(
    project: Path, started: Callable[..., Started]
) -> None:
    (project / "dashboards").mkdir()
    (project / "page.ipynb").rename(project / "dashboards" / "journey.ipynb")
    assert started().published == Path("dashboards/journey.ipynb")


def test_a_new_journey_is_written_where_the_dashboard_looks(
    project: Path, capsys: pytest.CaptureFixture[str], started: Callable[..., Started]
) -> None:
    assert main(["new", "shop", "--framework", "eight"]) == 0
    path = project / "data" / "journeys" / "shop.toml"
    assert capsys.readouterr().out.startswith("data/journeys/shop.toml: ")
    assert read_journey(path).framework.key == "eight"
    assert started().journeys == str(path.parent)
    for names, where in (
        (["v1.2"], "data/journeys/v1.2.toml"),
        (["shop.toml", "--journeys=plans"], "plans/shop.toml"),
        (["there/shop", "--journeys=plans"], "there/shop.toml"),
    ):
        assert main(["new", *names]) == 0
        assert read_journey(project / where).name == Path(where).stem


def test_a_new_journey_replaces_nothing_and_has_a_name_that_is_listed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project / "shop.toml").read_bytes()
    (line,) = refused(capsys, "new", "./shop.toml")
    assert "NAME: 'shop.toml' cannot be written (File exists)" in line
    assert (project / "shop.toml").read_bytes() == before
    for name in ("", " ", ".", "..", ".hidden", "~$shop", "shop.csv"):
        (line,) = refused(capsys, "new", name)
        assert line.startswith(f"cvjkit: NAME: '{name}' ")
    name, framework = refused(capsys, "new", "", "--framework=ten")
    assert "NAME" in name
    assert re.match(r"cvjkit: --framework: 'ten' is not known; .*five", framework)
    assert not (project / "data").exists()


def test_what_is_no_notebook_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "text.ipynb").write_text("hello", encoding="utf-8")
    (project / "list.ipynb").write_text("[]", encoding="utf-8")
    (project / "empty").mkdir()
    for name in ("shop.toml", "text.ipynb", "list.ipynb"):
        (line,) = refused(capsys, "dashboard", name)
        assert f"'{name}' is not a notebook" in line
    (line,) = refused(capsys, "dashboard", "empty")
    assert "'empty' contains no notebook" in line


def test_everything_wrong_with_the_arguments_is_told_at_once(
    project: Path, capsys: pytest.CaptureFixture[str], taken: int
) -> None:
    wrong = ["none.ipynb", "--journeys=nowhere", f"--port={taken}", "--kernels=-1", "--visitors=0"]
    wrong.append("--idle=0")
    lines = refused(capsys, "dashboard", *wrong, "--token=")
    assert {re.match(r"cvjkit: (\S+):", line)[1] for line in lines} == {  # type: ignore[index] # every line matches
        *("NOTEBOOK_OR_DIR", "--journeys", "--port", "--kernels", "--visitors", "--idle"),
        "--token",
    }


@pytest.mark.parametrize("name", ["dashboard", "lab"])
def test_a_taken_port_is_named_with_what_to_do(
    name: str, project: Path, capsys: pytest.CaptureFixture[str], taken: int
) -> None:
    what = "page.ipynb" if name == "dashboard" else "."
    (line,) = refused(capsys, name, what, f"--port={taken}")
    assert f"--port: {taken} is taken by another program; choose another one" in line


@pytest.mark.parametrize("name", ["dashboard", "lab"])
def test_what_is_refused_is_refused_alike_where_the_usual_port_is_taken(
    name: str,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    taken: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for usual in ("VOILA_PORT", "LAB_PORT"):
        monkeypatch.setattr(server, usual, taken)
    (line,) = refused(capsys, name, "nowhere")
    assert "'nowhere' does not exist" in line


def test_what_is_no_port_and_no_host_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = refused(capsys, "dashboard", "page.ipynb", "--port=99999")
    assert "--port: 99999 is not a port; choose one from 1024 to 65535" in line
    (line,) = refused(capsys, "dashboard", "page.ipynb", "--host=no such host")
    assert "--host: 'no such host' is not a name of this machine" in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.5", "'1.5' is not a whole number"),
        ("1,000", "could mean 1000 or 1"),
        ("two", "'two' must be a number"),
    ],
)
def test_a_number_on_the_command_line_is_read_as_everywhere(
    text: str, said: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["dashboard", "page.ipynb", f"--kernels={text}"])
    assert said in capsys.readouterr().err
    (line,) = refused(capsys, "dashboard", "nowhere", "--idle= 1 000 ", "--kernels=+2")
    assert "'nowhere' does not exist" in line
