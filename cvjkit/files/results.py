"""Tables of results as files, for a spreadsheet or a CRM: written in full or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvjkit.errors import Fault, InputError, refusal
from cvjkit.files.disk import content_of, replace
from cvjkit.files.table_writing import FORMULA_SIGNS, sheets_to_xlsx

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".csv", ".xlsx")


def save_results(path: Path, table: pd.DataFrame, *, overwrite: bool = False) -> None:
    """Write a table to a file: CSV or XLSX, by its suffix.

    Parameters
    ----------
    path : Path
        Ends in .csv or .xlsx.
    table : DataFrame
        Its index is left out. Moments are written as text, what is not known is empty.
    overwrite : bool
        Whether to replace a file that is there.

    Raises
    ------
    InputError
        If there is such a file, or the disk refuses, which leaves the file as it was; if a text
        begins like a formula and the file is CSV, which cannot mark it as text; if a text has a
        character that a workbook cannot hold.
    """
    before = content_of(path)
    if before is not None and not overwrite:
        raise refusal(path, "already exists", "choose another name")
    content = _csv(path, table) if path.suffix.lower() == ".csv" else _xlsx(path, table)
    replace(path, content, before, overwrite=overwrite)


def _csv(path: Path, table: pd.DataFrame) -> bytes:
    rule, fix = "begins like a formula, and Excel would run it", "save it as .xlsx"
    faults = [
        Fault(str(column), value, rule, fix)
        for column, values in table.items()
        for value in values
        if isinstance(value, str) and value.startswith(FORMULA_SIGNS)
    ]
    if faults:
        raise InputError(str(path), faults[:1])
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _xlsx(path: Path, table: pd.DataFrame) -> bytes:
    columns = [[_cell(value) for value in table[column].tolist()] for column in table]
    rows = [list(table.columns), *map(list, zip(*columns, strict=True))]
    return sheets_to_xlsx({"Results": rows}, str(path), "save it as .csv")


def _cell(value: Any) -> Any:
    if value != value:  # noqa: PLR0124 - NaN, whatever the type
        return None
    return value if isinstance(value, int | float | str) else str(value)
