"""The reader of workbooks gives what openpyxl gives, and reads what other programs write."""

from __future__ import annotations

import io
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles.numbers import is_date_format

from cvjkit.files.cells import Grid
from cvjkit.files.store import read
from cvjkit.files.workbook import Workbook, read_workbook
from tests.files.hostile import RELATIONS, archive, book, parts_of, sheet
from tests.files.shop import HOSTILE, refused, saved, workbook

CASES = sorted((Path(__file__).parent / "cases").glob("[!~]*.xlsx"))
LAST_DAY = 2_900_000
DAYS = st.datetimes(datetime(1901, 1, 1), datetime(9998, 12, 31)).map(  # noqa: DTZ001 - Excel has none
    lambda moment: moment.replace(microsecond=0)
)
VALUES = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=9),
    st.sampled_from([text for text in HOSTILE if text != "#N/A"]),
    st.booleans(),
    st.none(),
    DAYS,
    DAYS.map(datetime.date),
    DAYS.map(datetime.time),
    st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
)
FORMATS = st.sampled_from(["", "", "0.00%", "0%", "#,##0.00", "yyyy-mm-dd", '0 "days"', "[h]:mm"])


def read_all(content: bytes) -> Workbook:
    return read_workbook(content, "x.xlsx", lambda _: True)


def cells(grid: Grid) -> dict[str, tuple[Any, bool]]:
    return {cell.where: (cell.value, cell.percent) for row in grid for cell in row}


def openpyxl_cells(content: bytes) -> dict[str, tuple[Any, bool]]:
    found = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {
        f"{one.title}!{cell.coordinate}": (cell.value, "%" in cell.number_format)
        for one in found.worksheets
        for row in one.iter_rows()
        for cell in row
        if cell.data_type != "e" and cell.value is not None and str(cell.value).strip()
    }


@given(st.lists(st.lists(st.tuples(VALUES, FORMATS), max_size=4), max_size=4))
def test_cells_are_those_that_openpyxl_reads(rows: list[list[tuple[Any, str]]]) -> None:
    made = openpyxl.Workbook()
    for number, row in enumerate(rows, 2):
        for column, (value, pattern) in enumerate(row, 3):
            cell = made.active.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
            is_day = not isinstance(value, int | float) or 0 <= value <= LAST_DAY
            if pattern and (is_day or not is_date_format(pattern)):
                cell.number_format = pattern
    content = io.BytesIO()
    made.save(content)
    read = read_all(content.getvalue())
    assert cells(read.grids["Sheet"]) == openpyxl_cells(content.getvalue())
    assert read.titles == ("Sheet",)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_files_of_people_are_read_as_openpyxl_reads_them(path: Path) -> None:
    if path.name == "not_a_workbook.xlsx":
        assert "is not an Excel workbook" in refused(lambda: read_all(path.read_bytes()))
        return
    read = read_all(path.read_bytes())
    found = {where: cell for grid in read.grids.values() for where, cell in cells(grid).items()}
    assert found == openpyxl_cells(path.read_bytes())


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>5</v></c>', 5),
        ("<c><v> 5 </v></c>", 5),
        # No sheet has so many rows: the cell is where it stands.
        ('<c r="A99999999"><v>5</v></c>', 5),
        ("<c><v>2.5E-1</v></c>", 0.25),
        ("<c><v>1_000</v></c>", "1_000"),
        ("<c><v>nan</v></c>", "nan"),
        ('<c t="str"><v>text</v></c>', "text"),
        ('<c t="str"><f>A2</f><v>text</v></c>', "text"),
        ("<c><f>1+1</f><v>2</v></c>", 2),
        ('<c t="s"><v>0</v></c>', "rich text"),
        ('<c t="s"><v>1</v></c>', "two\r\nlines _x000D_ ä語"),
        ('<c t="inlineStr"><is><t>within</t></is></c>', "within"),
        ('<c t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r></is></c>', "rich text"),
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="b"><v>0</v></c>', False),
        ('<c t="d"><v>2026-03-31</v></c>', datetime(2026, 3, 31)),  # noqa: DTZ001 - Excel has none
        ('<c t="d"><v>in March</v></c>', "in March"),
        ('<c s="1"><v>46112</v></c>', datetime(2026, 3, 31)),  # noqa: DTZ001 - Excel has none
        ('<c s="1"><v>0.5</v></c>', time(12)),
        ('<c s="1"><v>1E+300</v></c>', 1e300),
        ('<c s="2"><v>0.5</v></c>', 0.5),
        ('<c s="99"><v>5</v></c>', 5),
        ("<x:c xmlns:x='other'><x:v>5</x:v></x:c>", 5),
    ],
)
def test_every_kind_of_cell_is_read(cell: str, value: object) -> None:
    strings = "<si><r><t>rich </t></r><r><t>text</t></r><rPh><t>reading</t></rPh></si>"
    strings += "<si><t>two_x000D_\nlines _x005F_x000D_ ä語</t></si>"
    styles = '<cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="200"/></cellXfs>'
    styles += '<numFmts><numFmt numFmtId="200" formatCode="0.0%"/></numFmts>'
    (found,) = cells(read_all(book(f"<row>{cell}</row>", strings, styles)).grids["Stages"]).items()
    assert found == ("Stages!A1", (value, 's="2"' in cell))
    assert type(found[1][0]) is type(value)


@pytest.mark.parametrize("text", ["_x0041_", "_x005F_", "_x005F_x0041_", "a_xD83D_b", "_x41_"])
def test_text_that_looks_like_an_escape_comes_back(tmp_path: Path, text: str) -> None:
    import cvjkit as cvj

    shop = cvj.Journey.from_counts("five", {text: [900, 90, 9, 5, 1]}, name=text)
    assert cvj.read_journey(shop.save(tmp_path / "shop.xlsx")) == shop


def test_a_formula_without_a_result_is_a_fault_and_an_empty_result_is_none() -> None:
    rows = '<row><c t="str"><f>A2</f><v></v></c><c><f>1+1</f></c><c t="str"><f>B2</f></c></row>'
    found = read_all(book(rows))
    assert found.formulas
    assert cells(found.grids["Stages"]) == {}
    (fault,) = found.faults
    assert str(fault).startswith("Stages!B1: '=1+1' has not been calculated")


def test_other_sheets_are_not_opened(tmp_path: Path) -> None:
    parts = parts_of(sheet("<row/>"))
    table = '<row><c t="str"><v>stage</v></c><c t="str"><v>people</v></c></row>'
    table += '<row><c t="str"><v>Reach</v></c><c><v>9</v></c></row>'
    orders = sheet("<row><c><v>5</v></c></row>" * 200_000)
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="Orders" r:id="orders"/></sheets>'
    )
    another = f'<Relationship Id="orders" Type="{RELATIONS}/worksheet" Target="orders.xml"/>'
    links = str(parts["xl/_rels/workbook.xml.rels"])
    parts["xl/_rels/workbook.xml.rels"] = links.replace("</", f"{another}</")
    parts["xl/orders.xml"] = orders
    for stages, other, read_sheet in (
        (table, orders, "Stages"),
        ("<row/>", sheet(table), "Orders"),
    ):
        parts |= {"xl/sheet.xml": sheet(stages), "xl/orders.xml": other}
        found = read_workbook(archive(parts), "x.xlsx", lambda title: title == "Stages")
        assert found.titles == ("Stages", "Orders")
        assert len(found.grids[read_sheet]) == 2
    document, _ = read(saved(tmp_path, archive(parts), "shop.xlsx"))
    assert document["segments"] == [{"name": "Everyone", "counts": {"reach": 9}}]


def test_hidden_rows_count_as_all_others(tmp_path: Path) -> None:
    path = workbook(tmp_path / "shop.xlsx", Stages=[["stage", "people"], ["Reach", 9]])
    made = openpyxl.load_workbook(path)
    made["Stages"].row_dimensions[2].hidden = True
    made["Stages"].append(["Acquisition", 5])
    made.save(path)
    document, _ = read(path)
    assert document["segments"][0]["counts"] == {"reach": 9, "acquisition": 5}


def test_days_since_1904_are_read() -> None:
    parts = parts_of(
        sheet('<row><c s="0"><v>44650</v></c></row>'),
        styles='<cellXfs><xf numFmtId="14"/></cellXfs>',
    )
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace(
        "<sheets>", '<workbookPr date1904="1"/><sheets>'
    )
    found = cells(read_all(archive(parts)).grids["Stages"])
    assert found == {"Stages!A1": (datetime(2026, 3, 31), False)}  # noqa: DTZ001 - Excel has none
