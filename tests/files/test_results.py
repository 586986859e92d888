"""Tables of results as files: the same values again, nothing that runs, nothing lost."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cvjkit.errors import InputError
from cvjkit.files.results import KINDS, save_results
from tests.files.shop import HOSTILE

TABLE = pd.DataFrame(
    {
        "person": ["ann, a", "", "007"],
        "time": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"], utc=True),
        "people": [1.0, None, 0.25],
    }
)


def read_again(path: Path) -> pd.DataFrame:
    """Read a table as it would be read elsewhere, all as text."""
    read = pd.read_csv if path.suffix == ".csv" else pd.read_excel
    found: pd.DataFrame = read(path, dtype=str, keep_default_na=False)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_read_again_as_it_was(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"people{kind}"
    save_results(path, TABLE)
    found = read_again(path)
    assert list(found) == list(TABLE)
    assert found["person"].tolist() == TABLE["person"].tolist()
    assert pd.to_datetime(found["time"], utc=True).tolist() == TABLE["time"].tolist()
    assert found["people"].map(lambda text: float(text or "nan")).equals(TABLE["people"])
    save_results(path, TABLE.head(0), overwrite=True)
    assert list(read_again(path)) == list(TABLE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"people{kind}"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="already exists; choose another name"):
        save_results(path, TABLE)
    assert path.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text[0] in "=+-@#"])
def test_nothing_in_a_file_runs_as_a_formula(tmp_path: Path, text: str) -> None:
    table = pd.DataFrame({"person": [text, "bob"]})
    save_results(tmp_path / "people.xlsx", table)
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "people.xlsx").read_bytes()))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    if text[0] != "#":
        with pytest.raises(InputError, match=r"begins like a formula.*; save it as \.xlsx"):
            save_results(tmp_path / "people.csv", table)
        assert not (tmp_path / "people.csv").exists()


def test_what_a_workbook_cannot_hold_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no workbook can hold; save it as \.csv"):
        save_results(tmp_path / "people.xlsx", pd.DataFrame({"person": ["a\x01b"]}))
    assert list(tmp_path.iterdir()) == []
