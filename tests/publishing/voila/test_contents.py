from __future__ import annotations

from pathlib import Path

import pytest

from cvjkit.publishing.voila.contents import About, about
from tests.browser.conftest import notebook


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            ["# What if?\n\nType *other*\nnumbers.\n\nMore.", "1"],
            About("What if?", "Type other numbers."),
        ),
        (["# Only a title", "1"], About("Only a title", "")),
        (["## Not the first level", "1"], About("shop", "")),
        (["1"], About("shop", "")),
        ([], About("shop", "")),
    ],
)
def test_a_notebook_says_first_what_it_is_about(
    tmp_path: Path, cells: list[str], expected: About
) -> None:
    assert about(notebook(tmp_path / "shop.ipynb", *cells)) == expected


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 1}', '{"cells": [{"source": 7}]}', "\udcff"])
def test_a_file_that_is_no_notebook_goes_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shop.ipynb"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert about(path) == About("shop", "")
