"""The file of a new journey can be read as it is, and whatever of it is used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.catalog.lookup import published_frameworks
from cvjkit.files.new import new_journey

KEYS = [framework.key for framework in published_frameworks()]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("used", [False, True], ids=["as it is", "all of it used"])
def test_it_opens_in_every_framework(key: str, used: bool, tmp_path: Path) -> None:
    text = new_journey("Shop", cvj.framework(key))
    if used:
        text, lines = re.subn(r"^#(?! )", "", text, flags=re.MULTILINE)
        assert lines > 15
    (tmp_path / "shop.toml").write_text(text, encoding="utf-8")
    shop = cvj.read_journey(tmp_path / "shop.toml")
    assert (shop.name, shop.framework.key, shop.illustrative) == ("Shop", key, True)
    assert used or not shop.audit().failed
    assert len(shop.referrals) == int(used)
    for stage in shop.framework:
        assert f"# {stage.name}: {stage.event}" in text


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_it_opens_with_any_name(name: str) -> None:
    assert tomllib.loads(new_journey(name, cvj.framework("five")))["name"] == name
