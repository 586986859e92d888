"""The cells of a workbook, and what is not a workbook."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from cvjkit.files.store import read
from tests.files.shop import refused, saved, workbook


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


@pytest.mark.parametrize("content", [b"", b"stage,people", b"PK\x05\x06" + b"\0" * 18, None])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is None:
        content = workbook(tmp_path / "whole.xlsx", Stages=[["stage"]]).read_bytes()[:-500]
    message = refused(lambda: read(saved(tmp_path, content, "shop.xlsx")))
    assert "is not an Excel workbook" in message
