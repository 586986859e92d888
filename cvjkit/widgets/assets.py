"""Scripts and style sheets of the widgets, each joined into the one text that anywidget takes.

It is part of every widget's state. Where a server has the scripts, browsers can keep them, and the
state has their address only.

The scripts are ordinary ES modules, so that editors, linters and TypeScript's checker follow their
imports. A browser gets a widget's script as text without an address, where a relative import leads
nowhere. Therefore each module that a script imports is put in front of it, once, and only the
script itself keeps its exports.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import [^;]* from "\./([a-z_]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=function|const|class)", re.MULTILINE)
# The path below which the server of a page has the scripts, in the environment of its kernels.
SERVED_BELOW = "CVJKIT_SCRIPTS"
# A browser gets it as text without an address, too: the path begins at the page's server.
LOADER = """const address = new URL({path}, location.origin).href;
export default (await import(address)).default;
"""
STYLED = """document.head.append(
  Object.assign(document.createElement("style"), {{ textContent: {style} }}));
{script}"""


@dataclass(frozen=True)
class Script:
    """A script of this folder with all that it imports; read when its text is asked for.

    Parameters
    ----------
    name : str
        Name of its file.

    Examples
    --------
    >>> text = str(Script("flow_view.js"))
    >>> text.count("function html("), text.count("import {"), text.count("export ")
    (1, 0, 1)
    """

    name: str

    def __str__(self) -> str:
        """Give what a browser can load as one module: the whole, or what loads it from a server.

        Returns
        -------
        str
        """
        below = os.environ.get(SERVED_BELOW)
        return LOADER.format(path=json.dumps(below + self._address)) if below else self.text

    @cached_property
    def served(self) -> str:
        """Give what a server has: the script and, to be loaded with it, its style sheet.

        Returns
        -------
        str
        """
        style = Style(self.name.replace(".js", ".css"))
        return STYLED.format(style=json.dumps(style.text), script=self.text)

    @cached_property
    def version(self) -> str:
        """Give the hash of what a server has.

        Returns
        -------
        str
        """
        return hashlib.sha256(self.served.encode()).hexdigest()[:16]

    @property
    def _address(self) -> str:
        return self.name.replace(".js", f".{self.version}.js")

    @cached_property
    def text(self) -> str:
        """Give the whole of it.

        Returns
        -------
        str
        """
        names = _in_order(self.name, [])
        texts = {name: IMPORT.sub("", _read(name)) for name in names}
        imported = [EXPORT.sub("", texts[name]) for name in names[:-1]]
        return "\n".join([*imported, texts[self.name]])


@dataclass(frozen=True)
class Style:
    """A style sheet of this folder behind the one that all share; read when its text is asked for.

    Parameters
    ----------
    name : str
        Name of its file.
    """

    name: str

    def __str__(self) -> str:
        """Give the whole of it, or nothing where a server has it with the script.

        Returns
        -------
        str
        """
        return "" if os.environ.get(SERVED_BELOW) else self.text

    @cached_property
    def text(self) -> str:
        """Give the text of both.

        Returns
        -------
        str
        """
        return f"{_read('theme.css')}\n{_read(self.name)}"


def _in_order(name: str, before: list[str]) -> list[str]:
    """List the files that a script needs, each behind those that it imports, itself last."""
    for imported in IMPORT.findall(_read(name)):
        if imported not in before:
            before = _in_order(imported, before)
    return [*before, name]


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
