"""A framework is found by its key."""

from __future__ import annotations

import pytest

from cvjkit.catalog.lookup import framework
from cvjkit.errors import InputError


def test_an_unknown_framework_lists_the_choices_and_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'eight'.*five, seven.*eight:time"):
        framework("eigth")


@pytest.mark.parametrize("key", ["", "eight:", "eight:money", "../five", None, 8, ["eight"]])
def test_nothing_but_a_known_key_gives_a_framework(key):
    with pytest.raises(InputError, match="is not known"):
        framework(key)
