"""Journeys as plotly figures: the Sankey of the flow, its summary and its table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from cvjkit.charts.fills import drawn_out, filled, hollow, outlined
from cvjkit.charts.labels import Labels
from cvjkit.charts.page import Page, check_choice
from cvjkit.charts.polygons import box, ribbon
from cvjkit.charts.sankey import sankey_picture
from cvjkit.charts.sections import SCALES
from cvjkit.charts.style import INK
from cvjkit.decisions.leaks import leaks_of_design
from cvjkit.errors import Fault, InputError
from cvjkit.journey import Journey, read_journey
from cvjkit.model.design import Design
from cvjkit.model.flow import Flow

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cvjkit.charts.layout import Layout, Orientation
    from cvjkit.charts.nodes import Link, Node
    from cvjkit.charts.sankey import Picture
    from cvjkit.charts.sections import Scale
    from cvjkit.charts.style import Theme
    from cvjkit.decisions.leaks import Leaks

ORIENTATIONS = ("h", "v")
PAGE, MARGIN = {"h": 900.0, "v": 390.0}, {"h": 24.0, "v": 16.0}  # [px] widths
WORTH_MOST = 0.8  # opacity of the link of the leak worth most
ABBREVIATIONS = "% step: of the stage before. % all: of all who start."
NODE_COLORS = {"returned": "back", "again": "repeat", "referred": "referral"}


class HasFlow(Protocol):
    """Anything a flow follows from, such as a journey."""

    def flow(self) -> Flow:
        """Work out where people go.

        Returns
        -------
        Flow
        """
        ...


Subject = HasFlow | Flow | str | Path
"""A journey, its flow, or the path of its file."""


def sankey(
    subject: Subject,
    *,
    segment: str | None = None,
    start: str | None = None,
    scale: Scale = "magnified",
    orientation: Orientation = "h",
    theme: Theme = "light",
) -> go.Figure:
    """Draw where people go and where they are lost.

    Parameters
    ----------
    subject : Journey, Flow or path
        A journey is drawn in the framework it asks to be shown in (`view`), a flow in its own. The
        base of a scenario is outlined where it was visibly thicker or thinner.
    segment : str, optional
        Name of the only segment to show; all together by default.
    start : str, optional
        Key of the stage to begin with: the people who arrive there are drawn as the whole, so that
        thin later stages become visible.
    scale : {"magnified", "true", "steps"}
        How thick people are drawn: later stages magnified where marked ("× 37"), all at one scale,
        or each stage as large as the first.
    orientation : {"h", "v"}
        "h" runs to the right and needs a width of 900 px, "v" runs down and needs 390 px.
    theme : {"light", "dark"}
        Displayed in a dark notebook, a light figure turns dark with it.

    Returns
    -------
    plotly.graph_objects.Figure
        Polygons: a scatter trace for each link, then those drawn out where a section is magnified,
        then one for each node, then the legend. The
        numbers are in the figure twice, so that nobody needs to measure polygons:

        - `layout.meta` has "summary" (str: what the figure shows), "worth_most" (str: id of the
          node of the leak worth most, drawn darker; may be empty), "nodes" and "links" (lists of
          dict). A node has id, kind, stage and people; a link source, target (ids of nodes), kind
          and people. At every stage, the people of the links in and of the links out each add up
          to the people of the node, who are visits; people are None where not known.
        - The `meta` of each trace has "mark" ("link", "magnified", "node", "was" or "legend") and
          the same entries; "was" has none.

    Raises
    ------
    InputError
        If there is no such segment, stage, scale, orientation or theme, or the file has faults.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> figure = sankey(shop)
    >>> figure.layout.title.text, figure.layout.meta["links"][1]
    ('Shop', {'source': 'reach', 'target': 'acquisition', 'kind': 'forward', 'people': 2000.0})
    """
    check_choice("orientation", orientation, ORIENTATIONS)
    check_choice("theme", theme, INK)
    check_choice("scale", scale, [known for known, _ in SCALES])
    flow, leaks = shown(subject, segment)
    base = _base(subject, flow, segment)
    return drawn(sankey_picture(flow, start, scale, leaks, base), orientation, theme)


def drawn(picture: Picture, orientation: Orientation = "h", theme: Theme = "light") -> go.Figure:
    """Draw a picture of a flow.

    Parameters
    ----------
    picture : Picture
    orientation : {"h", "v"}
    theme : {"light", "dark"}
        Both as in :func:`sankey`.

    Returns
    -------
    plotly.graph_objects.Figure
        As of :func:`sankey`.
    """
    layout = picture.layouts[orientation]
    labels = Labels.fitted(picture, layout, page_width(orientation))
    page = Page(theme, labels.width, MARGIN[orientation], layout.width)
    _draw(page, picture, layout, theme)
    labels.write(page)
    before = outlined(page.ink["ink"])
    legend = [
        (kind, words, before if kind == "was" else filled(page.colors[kind]))
        for kind, words in picture.legend
    ]
    words = [picture.summary, *(f"• {warning}" for warning in picture.warnings)]
    if labels.tight:
        words.insert(0, ABBREVIATIONS)
    meta = {
        "summary": picture.summary,
        "worth_most": picture.worth_most,
        "nodes": [_node_meta(node) for node in picture.nodes if node.kind != "note"],
        "links": [_link_meta(link) for link in picture.links],
    }
    return page.figure(
        page.legend(legend, layout.height + 16),
        picture.title,
        words,
        meta,
        subtitle=picture.subtitle,
        stretches=orientation == "h" and labels.width <= page_width("h"),
    )


def summary(subject: Subject, *, segment: str | None = None, start: str | None = None) -> str:
    """Say in a sentence or two what the Sankey shows: for captions, mails and screen readers.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment : str, optional
        As in :func:`sankey`.
    start : str, optional
        As in :func:`sankey`.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If there is no such segment or stage, or the file has faults.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> print(summary(cvj.Journey.from_counts("five", [10, 5, 2, 1, 0], name="Shop")))
    Shop: 10 people enter; 2 reach Conversion (20%) and 1 Retention (10%). The biggest leak is
    after Reach, where 5 people leave (50%); ten percent more at each of the 2 steps to Conversion
    brings the same, <1 more customer.
    """
    flow, leaks = shown(subject, segment)
    return sankey_picture(flow, start, leaks=leaks).summary


def table(
    subject: Subject, *, segment: str | None = None, start: str | None = None
) -> pd.DataFrame:
    """Give the numbers of the Sankey as a table, formatted for reading.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment : str, optional
        As in :func:`sankey`.
    start : str, optional
        As in :func:`sankey`.

    Returns
    -------
    DataFrame
        One row per stage, indexed by its name; all columns are text. Columns without content
        are left out. The numbers themselves are in `Flow.stages`.

    Raises
    ------
    InputError
        If there is no such segment or stage, or the file has faults.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> table(cvj.Journey.from_counts("five", [10, 5, 2, 1, 0])).loc["Reach", "Leave"]
    '5 (50%)'
    """
    picture = sankey_picture(shown(subject, segment)[0], start)
    rows = pd.DataFrame(picture.rows, columns=list(picture.columns), dtype=object)
    return rows.set_index("Stage")


def shown(subject: Subject, segment: str | None) -> tuple[Flow, Leaks | None]:
    """Give the flow to draw, and what its leaks are worth where money may be known.

    A journey is drawn in the framework it asks to be shown in.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment : str or None
        Name of the only segment to show.

    Returns
    -------
    flow : Flow
    leaks : Leaks or None

    Raises
    ------
    InputError
        If there is no such segment, or the file has faults.
    """
    if isinstance(subject, str | Path):
        subject = read_journey(subject)
    if isinstance(subject, Journey):
        subject = subject.in_view()
    flow = _flow(subject, segment)
    return flow, leaks_of_design(subject, segment) if isinstance(subject, Design) else None


def _flow(subject: HasFlow | Flow, segment: str | None) -> Flow:
    if isinstance(subject, Flow):
        flow = subject
    elif callable(getattr(subject, "flow", None)):
        flow = subject.flow()
    else:
        fix = "give one of these three"
        raise InputError(
            "chart",
            [Fault("subject", subject, "is not a journey, a flow or the path of a file", fix)],
        )
    if segment is None:
        return flow
    check_choice("segment", segment, flow.segments)
    return flow.only(segment)


def _base(subject: Subject, flow: Flow, segment: str | None) -> Flow | None:
    """Give the flow of what a scenario stands on, as far as it can be shown in the same stages."""
    base = subject.base if isinstance(subject, Journey) else None
    if base is None:
        return None
    try:
        if base.framework != flow.framework:
            base = base.in_framework(flow.framework)
        return _flow(base, segment)
    except InputError:
        return None


def page_width(orientation: Orientation) -> float:
    """Give the width for which figures are laid out.

    Parameters
    ----------
    orientation : {"h", "v"}

    Returns
    -------
    float
        Without margins [px].
    """
    return PAGE[orientation] - 2 * MARGIN[orientation]


def _draw(page: Page, picture: Picture, layout: Layout, theme: Theme) -> None:
    """Draw links, above them nodes, and lead from the labels of stages to their nodes."""
    upright, lighter = layout.orientation == "v", 0.0 if theme == "light" else 0.1
    for link, edges in zip(picture.links, layout.ribbons, strict=True):
        opacity = 0.3 if link.kind in ("entry", "drop") else 0.45
        if link.target == picture.worth_most:
            opacity = WORTH_MOST
        style = filled(page.colors[link.kind], opacity + lighter)
        meta = {"mark": "link"} | _link_meta(link)
        page.draw(ribbon(edges, upright=upright), style, link.text, meta)
    for mark in layout.breaks:
        for edges in mark.ribbons:
            style = drawn_out(page.ink["paper"], page.colors["forward"])
            page.draw(ribbon(edges, upright=upright), style, mark.text, {"mark": "magnified"})
        page.tag(mark.x, mark.y, mark.text)
    for node in picture.nodes:
        if node.id not in layout.boxes:
            continue
        at = layout.boxes[node.id]
        color = page.colors[NODE_COLORS.get(node.kind, node.kind)]
        style = hollow(page.ink["soft"]) if node.people is None else filled(color)
        outline = box(at.left, at.top, at.width, at.height)
        page.draw(outline, style, node.text, {"mark": "node"} | _node_meta(node))
        if node.kind == "stage" and not upright and at.top - layout.header > 16:
            page.guide(at.left, layout.header, at.top - 3)
    for edges in layout.was:
        page.draw(ribbon(edges, upright=upright), outlined(page.ink["ink"]), "", {"mark": "was"})


def _node_meta(node: Node) -> dict[str, Any]:
    return {"id": node.id, "kind": node.kind, "stage": node.stage, "people": node.people}


def _link_meta(link: Link) -> dict[str, Any]:
    ends = {"source": link.source, "target": link.target}
    return ends | {"kind": link.kind, "people": link.people}
