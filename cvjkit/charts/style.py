"""The look of every picture: colours, font and type scale, for figures and widgets alike."""

from __future__ import annotations

from typing import Literal

Theme = Literal["light", "dark"]

COLORS = {
    "light": {
        "stage": "#33475b",
        "forward": "#2f7bb0",
        "skip": "#8cc4e6",
        "inferred": "#8f86c9",
        "back": "#e0a03c",
        "repeat": "#2f9e82",
        "referral": "#b577a0",
        "entry": "#94a3b1",
        "finish": "#5c7285",
        "drop": "#dd8a63",
        "unknown": "#b9bfc6",
    },
    "dark": {
        "stage": "#c9d6e2",
        "forward": "#5aa9da",
        "skip": "#a5d5f0",
        "inferred": "#b0a7e6",
        "back": "#edb458",
        "repeat": "#46b898",
        "referral": "#cf96bb",
        "entry": "#8796a5",
        "finish": "#9fb3c4",
        "drop": "#d97f58",
        "unknown": "#7d858e",
    },
}
"""Stages and kinds of links: Okabe and Ito's colours (2008), muted; colour-blind readers can tell
them apart."""

INK = {
    "light": {
        "ink": "#1d2b38",
        "soft": "#5b6b7a",
        "line": "#e3e8ed",
        "tint": "#f1f4f6",
        "paper": "#ffffff",
        "focus": "#0072b2",
    },
    "dark": {
        "ink": "#e8edf2",
        "soft": "#a3b1be",
        "line": "#33414e",
        "tint": "#212c37",
        "paper": "#17202a",
        "focus": "#56b4e9",
    },
}
"""Text, secondary text, rules, shaded cells, background and the outline of what has the focus."""

CLEAR = "rgba(0,0,0,0)"

FONT = "system-ui, Segoe UI, Roboto, Helvetica, Arial, sans-serif"

# The type scale [px].
TITLE, LARGE, MEDIUM, BODY = 17, 15, 13, 12
LINE = 1.3  # [font sizes] height of a line, as plotly sets it


def faded(color: str, opacity: float) -> str:
    """Make a colour see-through.

    Parameters
    ----------
    color : str
        As in "#2f7bb0".
    opacity : float
        0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> faded("#2f7bb0", 0.5)
    'rgba(47,123,176,0.5)'
    """
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
