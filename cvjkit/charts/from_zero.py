"""Bars to both sides of a line where nothing differs, each with its value written beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cvjkit.charts.polygons import box
from cvjkit.charts.style import BODY
from cvjkit.charts.text import text_width

if TYPE_CHECKING:
    from cvjkit.charts.fills import Style
    from cvjkit.charts.page import Page

BESIDE = 4.0  # [px] between a bar and its text


class BarsFromZero:
    """Where bars are that begin at zero, all on one scale.

    Parameters
    ----------
    page : Page
    left : float
        Where the room for bars and their texts begins; it ends with the page [px].
    values : sequence of float
        NaN where a value is not known: it has no bar.
    texts : sequence of str
        What may be written beside the bars.

    Attributes
    ----------
    zero : float
        Where the bars begin [px].
    pixels : float
        Length of a bar of 1 [px].
    """

    def __init__(
        self, page: Page, left: float, values: Sequence[float], texts: Sequence[str]
    ) -> None:
        known = [value for value in values if math.isfinite(value)]
        low, high = min([0.0, *known]), max([0.0, *known])
        room = max([text_width(text, BODY) for text in texts], default=0.0) + 2 * BESIDE
        start = left + (room if low < 0 else 0.0)
        end = page.width - (room if high > 0 or low == 0 else 0.0)
        self.page = page
        self.pixels = (end - start) / (high - low) if high > low else 0.0
        self.zero = start - low * self.pixels

    def draw(
        self,
        value: float,
        text: str,
        across: tuple[float, float],
        style: Style,
        *,
        said: str,
        meta: Mapping[str, Any],
    ) -> None:
        """Draw a bar and write its text at its end.

        Parameters
        ----------
        value : float
            NaN or 0 for a text without a bar.
        text : str
        across : (float, float)
            Where the bar begins from above, and its width [px].
        style : Style
        said : str
            Shown on hover.
        meta : mapping
            What the bar represents.
        """
        top, width = across
        length = value * self.pixels if math.isfinite(value) else 0.0
        if length:
            outline = box(min(self.zero, self.zero + length), top, abs(length), width)
            self.page.draw(outline, style, said, {"mark": "bar", **meta})
        self.page.write(
            self.zero + length + (BESIDE if length >= 0 else -BESIDE),
            top + width / 2,
            [self.page.soft(text, BODY)],
            BODY,
            xanchor="left" if length >= 0 else "right",
            yanchor="middle",
        )

    def line(self, foot: float) -> None:
        """Draw the line of zero, from the top of the page.

        Parameters
        ----------
        foot : float
            Where it ends [px].
        """
        self.page.guide(self.zero, 0, foot)
