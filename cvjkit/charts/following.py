"""A figure that follows the notebook in which it is displayed, light or dark.

Plotly takes a colour as a value, not as a variable of the page; only in markup does it hand one on.
So all text is put into markup that asks the page for its colour, the paper becomes clear, and the
few marks that would vanish on dark or on light paper get a colour that both show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cvjkit.charts.fills import PALE
from cvjkit.charts.style import CLEAR, COLORS, INK, faded

LIGHT = INK["light"]
# The first that a page has: JupyterLab's, then that of VS Code; elsewhere pages are light.
TEXT = {
    LIGHT["ink"]: f"var(--jp-content-font-color0, var(--vscode-foreground, {LIGHT['ink']}))",
    LIGHT["soft"]: f"var(--jp-content-font-color2, var(--vscode-foreground, {LIGHT['soft']}))",
}
# At least 3 : 1 on white and on JupyterLab's #111.
STAGE, RULE = "#64809a", "rgba(128,140,152,0.35)"
MARKS = {
    COLORS["light"]["stage"]: STAGE,
    LIGHT["line"]: RULE,
    LIGHT["tint"]: RULE,
    # Paper of another colour than the page's would hide the link beneath it.
    faded(LIGHT["paper"], PALE): CLEAR,
    "rgba(51,71,91,": "rgba(100,128,154,",
}
MARK = re.compile("|".join(map(re.escape, MARKS)))
SPAN = re.compile("color:({})".format("|".join(TEXT)))
Dictionary = Mapping[str, Any]


def following(figure: Dictionary) -> dict[str, Any]:
    """Let a light figure take the colours of the page that shows it.

    Parameters
    ----------
    figure : dict
        As JSON has it. One on other paper than ours, or of a table, keeps its colours.

    Returns
    -------
    dict

    Examples
    --------
    >>> page = {"data": [], "layout": {"paper_bgcolor": "#ffffff", "title": {"text": "Shop"}}}
    >>> following(page)["layout"]["paper_bgcolor"]
    'rgba(0,0,0,0)'
    """
    layout, traces = figure["layout"], figure["data"]
    is_ours = layout.get("paper_bgcolor") == LIGHT["paper"]
    if not is_ours or any(trace.get("type") == "table" for trace in traces):
        return dict(figure)
    named = layout.get("showlegend", False)
    marks = [_seen(trace) for trace in traces]
    return {
        **figure,
        "data": [_written(trace, named=named) for trace in marks],
        "layout": {
            **{key: _axis(part) if "axis" in key else part for key, part in layout.items()},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "title": _inked_in(layout.get("title", {}), "text"),
            "annotations": [_note(note) for note in layout.get("annotations", ())],
            "shapes": _seen(layout.get("shapes", ())),
        },
    }


def _inked(text: str) -> str:
    """Ask the page for the colour of a text."""
    ours = SPAN.sub(lambda found: f"color:{TEXT[found[1]]}", text)
    return f'<span style="color:{TEXT[LIGHT["ink"]]}">{ours}</span>' if text else text


def _inked_in(part: Dictionary, *names: str) -> dict[str, Any]:
    texts = {name: _inked_all(part[name]) for name in names if part.get(name)}
    return {**part, **texts}


def _inked_all(texts: str | Iterable[str]) -> str | list[str]:
    return _inked(texts) if isinstance(texts, str) else list(map(_inked, texts))


def _note(note: Dictionary) -> dict[str, Any]:
    clear = {"bgcolor": CLEAR} if "bgcolor" in note else {}
    return _inked_in(note, "text") | clear


def _axis(axis: Dictionary) -> dict[str, Any]:
    seen = _seen(axis)
    title = {"title": _inked_in(seen["title"], "text")} if "title" in seen else {}
    if "ticktext" in seen:
        return _inked_in(seen, "ticktext") | title
    open_, close = _inked("|").split("|")
    ends = open_ + seen.get("tickprefix", ""), seen.get("ticksuffix", "") + close
    return {**seen, **title, "tickprefix": ends[0], "ticksuffix": ends[1]}


def _written(trace: Dictionary, *, named: bool) -> dict[str, Any]:
    """Ink what a trace writes on the paper, and not on its own marks."""
    drawn = _inked_in(trace, "name") if named else dict(trace)
    at = trace.get("textposition")
    if trace.get("type") == "scatter":
        return _inked_in(drawn, "text") if "text" in trace.get("mode", "") else drawn
    if isinstance(at, (list, tuple)):
        texts = zip(trace["text"], at, strict=True)
        return drawn | {"text": [_inked(text) if on == "outside" else text for text, on in texts]}
    return _inked_in(drawn, "text") if at == "outside" else drawn


def _seen(part: Any) -> Any:
    """Replace the colours that only light paper shows."""
    if isinstance(part, str):
        return MARK.sub(lambda found: MARKS[found[0]], part)
    if isinstance(part, Mapping):
        return {key: _seen(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [_seen(value) for value in part]
    return part
