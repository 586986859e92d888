"""A widget that explains what it shows, to who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

from cvjkit.widgets.fields import Article
from cvjkit.widgets.guard import told

if TYPE_CHECKING:
    from cvjkit.widgets.fields import Explain


class Explaining(traitlets.HasTraits):
    """Mixed into a widget: it answers questions that `cvjkit.widgets.inbox.question_in` reads.

    Attributes
    ----------
    explanation : dict
        What somebody wanted to know last: an `Article`, and for which question.
    """

    explanation = traitlets.Dict().tag(sync=True)

    def explain(self, view: str, number: int, explain: Explain) -> None:
        """Answer a question.

        Parameters
        ----------
        view : str
            The page it comes from.
        number : int
            The question's.
        explain : callable
            Gives what explains it.
        """
        article = Article("", "This could not be explained.")
        with told(lambda: None):
            article = explain()
        words = {"title": article.title, "note": article.note, "lines": article.lines}
        self.explanation = {"view": view, "number": number, **words}
