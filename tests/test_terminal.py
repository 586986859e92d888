"""What the command prints does nothing to a terminal or to the log of a CI job but stand in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import cvjkit as cvj
from cvjkit.audit.report import FORMATS
from cvjkit.catalog.data import LONGEST_TEXT, harmless
from cvjkit.cli import main
from cvjkit.errors import UNPRINTABLE, Fault, InputError, printable, unforeseen
from cvjkit.number_text import money_text
from cvjkit.shown import as_html, as_text

# Forged lines, escape sequences of 7 and 8 bits, a bell, a carriage return, an end of paragraph.
EVIL = "x\n::error::forged\r\n##[error]forged\x1b[2J\x1b]0;title\x07\x9b31m\u2028\u200f\x7f"
JOURNEY = {
    "schema_version": 1,
    "name": EVIL,
    "framework": "five",
    "currency": "EUR",
    "description": EVIL,
    "segments": [{"name": EVIL, "counts": {"reach": 900, "acquisition": 950}, "channel": EVIL}],
    "accepted": [{"rule": "A46", "reason": EVIL}, {"rule": "A01", "reason": EVIL}],
}
BROKEN = {**JOURNEY, EVIL: 1, "view": EVIL, "stages": {EVIL: {EVIL: EVIL}}}


def written(folder: Path, name: str, document: object) -> Path:
    path = folder / name
    text = "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in document.items())
    path.write_text(text, encoding="utf-8")
    return path


def _toml(value: object) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    # DEL is what JSON may leave and TOML may not.
    return json.dumps(value).replace("\x7f", "\\u007f")


def is_quiet(printed: str) -> bool:
    lines = printed.split("\n")
    return not any(
        UNPRINTABLE.search(line) or line.lstrip().startswith(("::error::forged", "##["))
        for line in lines
    )


@pytest.mark.parametrize("form", [*FORMATS, "check"])
def test_what_a_file_says_forges_no_line_and_no_escape_sequence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    files = [written(tmp_path, "fine.toml", JOURNEY), written(tmp_path, "bad.toml", BROKEN)]
    what = ["check"] if form == "check" else ["audit", f"--format={form}"]
    assert main([*what, *map(str, files)]) == 1
    said = capsys.readouterr()
    assert is_quiet(said.out)
    assert is_quiet(said.err)
    assert "forged" in said.out
    if form == "json":
        named = {one["name"] for one in json.loads(said.out)}
        assert EVIL in named
    if form == "github":
        commands = [line.partition(" ")[0] for line in said.out.splitlines()]
        assert set(commands) <= {"::error", "::warning", "::notice"}
        assert {line.count("::") for line in said.out.splitlines() if "forged" not in line} <= {2}


def test_the_name_of_a_file_forges_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shop = cvj.Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop")
    names = ["::error::forged.toml", "##[error]forged.toml", "a\n::error::forged.toml"]
    for name in names:
        shop.save(name)
    for what in (["check"], ["audit"], ["audit", "--format=github"], ["audit", "--format=json"]):
        assert main([*what, *names, "\x1b[2J.toml"]) == 1
        assert is_quiet(capsys.readouterr().out)
    for name in ("./::error::forged too", "./##[x", "./a\n::error::forged too", "./\x1b[2J"):
        assert main(["new", name]) == 0
        assert main(["new", name]) == 2
        said = capsys.readouterr()
        assert is_quiet(said.out)
        assert is_quiet(said.err)
    for name in names:
        assert main(["canvas", name]) == 0
        assert main(["canvas", name]) == 2
        said = capsys.readouterr()
        assert is_quiet(said.out)
        assert is_quiet(said.err)


def test_what_is_logged_about_an_input_forges_no_line(caplog: pytest.LogCaptureFixture) -> None:
    unforeseen(EVIL, RuntimeError(EVIL))
    (line,) = caplog.messages
    assert is_quiet(line)
    assert "\n" not in line
    assert "forged" in line


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain text: 5", "plain text: 5"),
        ("Käse 🎉 👩‍👩‍👧 \u2068x\u2069", "Käse 🎉 👩‍👩‍👧 \u2068x\u2069"),
        ("אבג דה, \u2068אב\u2069: 10", "\u2068אבג דה\u2069, \u2068אב\u2069: 10"),
        ("a\tb\r\nc", "a\\tb\\r\\nc"),
        ("\x1b[31m\x9b", "\\x1b[31m\\x9b"),
        ("\u202e\ud800\u2028", "\\u202e\\ud800\\u2028"),
        ("::error::x", "\\x3a:error::x"),
        ("  ::stop-commands::x", "  \\x3a:stop-commands::x"),
        ("##[group]x", "\\x23#[group]x"),
        ("a ::b:: ##[c]", "a ::b:: ##[c]"),
    ],
)
def test_a_line_is_printed_as_text(text: str, printed: str) -> None:
    assert printable(text) == printed
    fault = Fault(text, text, text, text)
    assert is_quiet(str(InputError(text, [fault])))


# One process for all that is printed: to start one takes a second.
EACH_FORM = """
import sys
from cvjkit.cli import main
path, *forms = sys.argv[1:]
for form in forms:
    status = main(["check", path] if form == "check" else ["audit", f"--format={form}", path])
    assert status == 0, form
    print("\\f")
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_name_that_the_terminal_cannot_show_is_replaced(tmp_path: Path, encoding: str) -> None:
    shop = cvj.Journey.from_counts("five", {"Łódź 🎉": [900, 90, 9, 5, 1]}, name="Žluťoučký 語")
    path, forms = shop.save(tmp_path / "shop.toml"), [*FORMATS, "check"]
    done = subprocess.run(
        [sys.executable, "-c", EACH_FORM, str(path), *forms],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    printed = done.stdout.split(b"\f")[: len(forms)]
    for form, said in zip(forms, printed, strict=True):
        assert ("語".encode() in said) == (encoding == "utf-8"), form
        if form in {"check", "text"} and encoding != "utf-8":
            assert b"\\u8a9e" in said


@pytest.mark.parametrize(
    "text",
    ["\u202e", "\u202dx\u202c", "a\u202b", "\u2067", "a\u202c", "\u2069", "\u2067\u202c", "\ud800"],
)
def test_a_text_that_turns_what_is_beside_it_is_refused(text: str) -> None:
    shop = cvj.Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop")
    tactic = {"name": "x", "channel": text}
    own = cvj.framework("five").document() | {"key": "ours", "name": "Ours"}
    changes = (
        lambda: shop.with_terms(name=f"Shop {text}"),
        lambda: shop.with_terms(description=text),
        lambda: shop.with_terms(currency=text),
        lambda: shop.with_segment(f"Ads {text}", counts=[9, 5, 3, 2, 1]),
        lambda: shop.with_segment("Everyone", channel=text),
        lambda: shop.with_segment("Everyone", avatar=f"x{text}"),
        lambda: shop.with_stage("reach", tactics=[tactic]),
        lambda: shop.with_accepted("A01", f"x{text}"),
        lambda: cvj.Framework.from_document({**own, "note": text}),
        lambda: cvj.framework("five").rename({"reach": f"x{text}"}),
        lambda: cvj.framework("five").change({"reach": {"event": text}}),
    )
    for change in changes:
        with pytest.raises(InputError, match=r"mark that reverses|half a character|must be a code"):
            change()


@pytest.mark.parametrize(
    "text",
    ["שלום", "\u202bright to left\u202c", "a \u2067b \u202ac\u202c\u2069 d", "\u200f", "🎉", ""],
)
def test_a_text_of_another_direction_that_ends_is_fine(text: str) -> None:
    assert harmless(text) == text
    with pytest.raises(ValueError, match="is longer than 10,000 characters"):
        harmless("x" * (LONGEST_TEXT + 1))


def test_a_currency_turns_no_digits_and_has_none() -> None:
    shop = cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])
    for currency in ("", "EUR", "€", "US dollars", "د.إ", "₪", "zł"):
        assert shop.with_terms(currency=currency).currency == currency
    for currency in ("5", "EUR 1", "٣", "\u202eEUR", "a\nb", "\u200f", "x" * 21):
        with pytest.raises(InputError, match="must be a code or a sign"):
            shop.with_terms(currency=currency)
    assert money_text(-1234.5, "د.إ") == "\u2068د.إ\u2069 -1,234.50"
    assert money_text(-1234.5, "EUR") == "EUR -1,234.50"


def test_no_sentence_lets_a_name_turn_the_digits_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, other = "שלום עולם", "مرحبا"
    counts = {name: [900, 950, 9, 5, 1], other: [90, 9, 5, 3, 1]}
    shop = cvj.Journey.from_counts("five", counts, name=name, currency="د.إ")
    shop = shop.with_stage("conversion", unit_cost=5, margin=9)
    path = shop.save(tmp_path / "shop.toml")
    assert main(["audit", str(path)]) == 1
    assert main(["audit", "--format=github", str(path)]) == 1
    assert main(["check", str(path)]) == 0
    with pytest.raises(InputError) as refused:
        shop.put(f"segments[{name}].counts.reach", -5)
    said = [
        capsys.readouterr().out,
        str(refused.value),
        str(cvj.canvas(shop)),
        repr(shop.economics()),
        *(str(finding) for finding in shop.audit().fired),
    ]
    together = cvj.compare([shop, shop.with_terms(name=other)])
    for shown in (shop, shop.audit(), shop.flow(), shop.economics(), together):
        said += [repr(shown), shown._repr_html_()]
    offers = pd.DataFrame({f"{other}: 5": [f"{name}: 10"]}, pd.Index([f"{name}: 20"], name="Offer"))
    said += [as_text(f"{name}: 10", offers), as_html(f"{name}: 10", offers)]
    assert sum(f"\u2068{name}" in text for text in said) > 9
    for text in said:
        apart = re.sub("\u2068[^\u2066-\u2069]*\u2069", "", text)
        beside = re.search(f".{{0,30}}({name}|{other}|د.إ).{{0,30}}", apart)
        assert beside is None, beside
