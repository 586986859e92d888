"""Scripts and style sheets of the widgets, each joined into the one text that anywidget takes.

The scripts are ordinary ES modules, so that editors, linters and TypeScript's checker follow their
imports. A browser gets a widget's script as text without an address, where a relative import leads
nowhere. Therefore each module that a script imports is put in front of it, once, and only the
script itself keeps its exports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import [^;]* from "\./([a-z_]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=function|const|class)", re.MULTILINE)


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
        """Give the text that a browser can load as one module.

        Returns
        -------
        str
        """
        return self._text

    @cached_property
    def _text(self) -> str:
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
        """Give the text of both.

        Returns
        -------
        str
        """
        return self._text

    @cached_property
    def _text(self) -> str:
        return f"{_read('theme.css')}\n{_read(self.name)}"


def _in_order(name: str, before: list[str]) -> list[str]:
    """List the files that a script needs, each behind those that it imports, itself last."""
    for imported in IMPORT.findall(_read(name)):
        if imported not in before:
            before = _in_order(imported, before)
    return [*before, name]


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
