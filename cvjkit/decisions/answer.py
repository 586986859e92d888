"""What a decision answers with: a table, and a sentence that says what it shows."""

from __future__ import annotations

from cvjkit.shown import Table


class Answer(Table):
    """A table that says in words what it shows.

    Its `attrs` also hold the sentence and the single numbers of the answer.
    """

    @property
    def summary(self) -> str:
        """What the table shows, in a few sentences."""
        return str(self.attrs["summary"])
