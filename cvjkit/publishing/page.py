"""Self-contained HTML pages: a template filled with values, all of them escaped here."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cvjkit.number_text import in_order

FOLDER = Path(__file__).parent


def render(name: str, **values: object) -> str:
    """Fill in a page's template.

    Parameters
    ----------
    name : str
        Of the page: it has a template (``templates/<name>.html.j2``), a style
        (``static/<name>.css``) and a script (``static/<name>.js``).
    **values : object
        What the template shows. Text among it is always escaped.

    Returns
    -------
    str
        An HTML page that needs no other file and asks no server for anything. Its policy allows
        no script but its own, whatever text it shows.
    """
    style, script = (
        (FOLDER / "static" / f"{name}.{suffix}").read_text(encoding="utf-8")
        for suffix in ("css", "js")
    )
    template = _environment().get_template(f"{name}.html.j2")
    return template.render(
        **values,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        finalize=_in_order,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _in_order(value: object) -> object:
    """Keep names in sentences from turning the order of digits; HTML is left as it is."""
    return in_order(value) if type(value) is str else value
