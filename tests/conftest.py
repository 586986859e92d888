"""What all tests share: how hypothesis searches."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine: where a test fails, the change is at fault and not the draw.
# `make search` looks for new ones.
settings.register_profile("repeat", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True, max_examples=1000)
settings.load_profile("repeat")
