"""The command audit: what it says, in which form, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cvjkit.cli import main
from tests.designs import sound, tactics


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    sound().save("sound.toml")
    tactics(sound(), "engaged", "Upsell").save("wrong.toml")
    tactics(sound(), "engaged", "Upsell").with_accepted("A03", "At the fair.").save("known.toml")
    Path("broken.toml").write_text(
        'schema_version = 1\nname = "Bad"\nframework = "five"\n'
        '[[segments]]\nname = "Ads"\ncounts = { reach = -100, acquisition = 5 }\n',
        encoding="utf-8",
    )
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["audit", *arguments])
    said = capsys.readouterr()
    assert not said.err
    return code, said.out


def test_a_sound_design_ends_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "sound.toml")
    assert code == 0
    assert said.splitlines() == [
        "sound.toml: Roastery, audited as Full spine: no findings.",
        "",
        "100% of the rules have an answer.",
    ]


def test_a_failure_ends_with_1_and_says_where_and_who_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = told(capsys, "sound.toml", "wrong.toml")
    assert code == 1
    assert "wrong.toml: Roastery, audited as Full spine: 1 finding, 1 of them a failure." in said
    heading = "Failure: a document calls it a mistake or a trap"
    assert f"{heading}\n  A03 [engaged] Upsell belongs to Offered" in said
    assert "The Customer Value Journey: the right thing at the wrong step fails" in said
    assert "[the Customer Value Journey, lines 13, 78, 94]" in said


def test_an_accepted_failure_is_shown_with_its_reason_and_ends_with_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = told(capsys, "known.toml")
    assert code == 0
    assert "Upsell belongs to" in said
    assert "Accepted: At the fair." in said


def test_only_failures_end_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound().with_terms(next_test_days=9).save("untested.toml")
    code, said = told(capsys, "untested.toml")
    assert (code, said.count("A42")) == (0, 1)


def test_faults_of_a_file_are_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "broken.toml", "nowhere.toml")
    assert code == 1
    assert "A45 segments[Ads].counts.reach: -100 must not be negative; write 0 or more." in said
    assert "A45 file: 'nowhere.toml' does not exist" in said
    assert said.count("A01 needs a design without faults") == 2


def test_a_bare_design_says_what_it_would_need(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bare.csv").write_text("stage,people\nReach,900\nAcquisition,90\n", encoding="utf-8")
    code, said = told(capsys, "bare.csv")
    assert code == 0
    assert re.search(r"A16 needs the price of the first offer; the price of the second", said)
    assert re.search(
        r"A21 needs how many days it takes to get to Acquisition; .*; .*; 2 more\n", said
    )


def test_json_holds_all_of_it_for_each_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = told(capsys, "--format", "json", "sound.toml", "wrong.toml", "broken.toml")
    assert code == 1
    plain = json.loads(said)
    assert [(audit["file"], audit["failed"]) for audit in plain] == [
        ("sound.toml", 0),
        ("wrong.toml", 1),
        ("broken.toml", 1),
    ]
    assert [len(audit["findings"]) for audit in plain] == [56, 56, 56]


def test_github_gets_an_annotation_for_each_finding_not_accepted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tricky = {"name": "100%: now,\nor never", "kind": "upsell"}
    tactics(sound(), "engaged", tricky).with_terms(next_test_days=9).save("a,b.toml")
    code, said = told(capsys, "--format", "github", "a,b.toml", "known.toml")
    assert code == 1
    audited, error, warning, known = said.splitlines()
    assert audited == "::notice file=a%2Cb.toml,title=Audit::Roastery, audited as Full spine."
    assert known == "::notice file=known.toml,title=Audit::Roastery, audited as Full spine."
    assert error.startswith(
        "::error file=a%2Cb.toml,title=A03 engaged::100%25: now,\\nor never belongs to Offered or "
    )
    assert warning == (
        "::warning file=a%2Cb.toml,title=A42::The next test is planned in 9 days: test and "
        "improve every week."
    )


def test_a_form_there_is_not_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["audit", "--format", "xml", "sound.toml"])
    assert "invalid choice: 'xml'" in capsys.readouterr().err
