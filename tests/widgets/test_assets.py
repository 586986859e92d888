"""What of a widget's script and style sheet is in its state, and what a server has instead."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cvjkit.widgets import assets
from cvjkit.widgets.assets import SERVED_BELOW, Script, Style
from cvjkit.widgets.form import Form


def test_without_a_server_a_widget_carries_its_whole_script_and_style_sheet() -> None:
    state = Form().get_state(["_esm", "_css"])
    assert "function render(" in state["_esm"]
    assert ".cvj-" in state["_css"]


def test_where_a_server_has_them_a_widget_carries_their_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(SERVED_BELOW, "/shop/floor/voila/widgets/")
    state = Form().get_state(["_esm", "_css"])
    served = Script("form.js")
    assert f'"/shop/floor/voila/widgets/form.{served.version}.js"' in state["_esm"]
    assert len(state["_esm"]) < 300
    assert state["_css"] == ""
    assert served.text in served.served
    assert json.dumps(Style("form.css").text) in served.served


@pytest.mark.parametrize("changed", ["form.js", "dom.js", "form.css", "theme.css"])
def test_the_address_changes_with_each_file_that_is_part_of_it(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Script("form.js").version
    for file in (*assets.HERE.glob("*.js"), *assets.HERE.glob("*.css")):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(assets, "HERE", tmp_path)
    assert Script("form.js").version == before
    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("/* changed */")
    assert Script("form.js").version != before
