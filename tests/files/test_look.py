"""The look of a client: read from its file, refused in sentences, legible on any paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.files.look import MOST_LOGO_BYTES, Look, read_look
from cvjkit.files.store import journey_files

SVG = b'<?xml version="1.0"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'
CURRENCY = "must be a code or a sign of at most 20 characters without digits"
PNG = b"\x89PNG\r\n\x1a\n"
COLORS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def look_of(folder: Path, text: str) -> Look:
    (folder / "look.toml").write_text(text, encoding="utf-8")
    return read_look(folder)


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        look_of(folder, text)
    return [str(fault) for fault in caught.value.faults]


def luminance(color: str) -> float:
    red, green, blue = (int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", color))
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (red, green, blue)
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_folder_without_the_file_looks_like_ours(tmp_path: Path) -> None:
    assert read_look(tmp_path) == Look()
    assert Look().accent_on("#ffffff") == ""


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (SVG, "svg+xml"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "webp"),
    ],
)
def test_a_logo_is_what_its_content_says_whatever_its_name(
    tmp_path: Path, content: bytes, kind: str
) -> None:
    (tmp_path / "logo.bin").write_bytes(content)
    look = look_of(tmp_path, 'name = "Ours"\nlogo = "logo.bin"\naccent = "#0AF"\ncurrency = "GBP"')
    assert look.logo.startswith(f"data:image/{kind};base64,")
    assert (look.name, look.accent) == ("Ours", "#00aaff")
    assert look.currency == "GBP"


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = 'name = ""\nlogo = "none.png"\naccent = "red"\ncurrency = "5"\ncolour = "blue"'
    assert faults_of(tmp_path, text) == [
        "name: '' must not be empty; give it a name",
        "accent: 'red' must be a colour of red, green and blue; write it like #0a5c73",
        f"currency: '5' {CURRENCY}; write it like EUR",
        "colour: 'blue' is not a known field; remove it or correct its spelling",
        "logo: 'none.png' does not exist; check the spelling and the folder",
    ]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("logo.svg", b"<html><svg></svg></html>", "is not a picture that browsers show"),
        ("logo.png", PNG + bytes(MOST_LOGO_BYTES), "has 64,008 bytes, and each page is sent"),
        ("../logo.png", PNG, "is not beside look.toml"),
        ("/etc/passwd", b"", "is not beside look.toml"),
    ],
)
def test_what_cannot_be_a_logo_is_told(
    tmp_path: Path, name: str, content: bytes, fault: str
) -> None:
    folder = tmp_path / "journeys"
    folder.mkdir()
    if not name.startswith("/"):
        (folder / name).write_bytes(content)
    (told,) = faults_of(folder, f'logo = "{name}"')
    assert fault in told


def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, 'name = "Ours"\naccent')
    assert told.startswith(("end of document", "line 2"))


@given(accent=COLORS, paper=st.sampled_from(["#ffffff", "#111111"]) | COLORS)
def test_the_accent_can_be_read_on_any_paper(accent: str, paper: str) -> None:
    shown = Look(accent=accent).accent_on(paper)
    dark, light = sorted((luminance(shown), luminance(paper)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    dark, light = sorted((luminance(accent), luminance(paper)))
    if (light + 0.05) / (dark + 0.05) >= 4.5:
        assert shown == accent


def test_it_is_not_listed_among_the_journeys(tmp_path: Path) -> None:
    look_of(tmp_path, 'name = "Ours"')
    shop = cvj.Journey.from_counts("five", [9, 3, 1, 1, 1], name="Shop")
    path = shop.save(tmp_path / "shop.toml")
    assert journey_files(tmp_path) == [path]
