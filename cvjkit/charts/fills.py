"""How polygons look: filled, dashed, hatched or hollow, as plotly draws them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cvjkit.charts.style import CLEAR, faded

Style = Mapping[str, Any]
"""Properties of a plotly scatter trace that say how a polygon looks."""


def filled(color: str, opacity: float = 1.0) -> Style:
    """Fill a polygon: what is known.

    Parameters
    ----------
    color : str
        As in "#2f7bb0".
    opacity : float
        0 to 1.

    Returns
    -------
    Style
    """
    return {"fillcolor": faded(color, opacity), "line": {"width": 0}}


def dashed(color: str, opacity: float) -> Style:
    """Fill a polygon faintly within a dashed line: links between estimates.

    Parameters
    ----------
    color : str
        As in "#2f7bb0".
    opacity : float
        Of the filling, 0 to 1.

    Returns
    -------
    Style
    """
    return {
        "fillcolor": faded(color, opacity),
        "line": {"color": faded(color, 0.8), "width": 1, "dash": "dash"},
    }


PALE = 0.55
"""Opacity of the paper over a link that is drawn out."""


def drawn_out(paper: str, color: str) -> Style:
    """Pale a polygon within a dashed line: where a link is drawn out to another scale.

    Parameters
    ----------
    paper : str
        Colour of the page.
    color : str
        Of the line.

    Returns
    -------
    Style
    """
    line = {"color": color, "width": 1, "dash": "dash"}
    return {"fillcolor": faded(paper, PALE), "line": line}


def hatched(color: str) -> Style:
    """Hatch a polygon: what is estimated.

    Parameters
    ----------
    color : str
        As in "#2f7bb0".

    Returns
    -------
    Style
    """
    faint = faded(color, 0.12)
    pattern = {"shape": "/", "size": 5, "solidity": 0.35, "fgcolor": color, "bgcolor": faint}
    line = {"color": color, "width": 1, "dash": "dash"}
    return {"fillcolor": faint, "fillpattern": pattern, "line": line}


def hollow(color: str) -> dict[str, Any]:
    """Outline a polygon with dots: what is not known.

    Parameters
    ----------
    color : str
        As in "#2f7bb0".

    Returns
    -------
    dict
        A style.
    """
    return {"fillcolor": CLEAR, "line": {"color": color, "width": 1, "dash": "dot"}}


def outlined(color: str) -> Style:
    """Outline what was, and let a pointer reach what is.

    Parameters
    ----------
    color : str
        As in "#2f7bb0".

    Returns
    -------
    Style
    """
    return hollow(color) | {"fill": "none"}
