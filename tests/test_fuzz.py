"""A slice of the fuzzing: `python -m tests.fuzz` does more of it."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz import Fuzz


def test_random_input_is_refused_or_understood(tmp_path: Path) -> None:
    fuzz = Fuzz(0, tmp_path)
    failed = list(fuzz.run(900))
    assert not failed, "\n\n".join(failed)
    assert min(fuzz.outcomes[name] for name in ("refused", "understood", "number read")) > 10
