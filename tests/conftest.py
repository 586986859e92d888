"""What all tests share: how hypothesis searches."""

from __future__ import annotations

import os

from hypothesis import settings

# CI tries the same examples each time: a failure there is of the change, not of the draw.
settings.register_profile("search", deadline=None, print_blob=True)
settings.register_profile("repeat", settings.get_profile("search"), derandomize=True)
settings.load_profile("repeat" if os.environ.get("CI") else "search")
