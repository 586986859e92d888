"""A framework of your own, from its file."""

from __future__ import annotations

from pathlib import Path

from cvjkit.catalog.framework import Framework
from cvjkit.errors import told_as_fault
from cvjkit.files.disk import existing_content, text_of
from cvjkit.files.limits import MOST_BYTES
from cvjkit.files.toml import from_toml


def read_framework(path: str | Path) -> Framework:
    r"""Read a framework of your own from a TOML file.

    Parameters
    ----------
    path : str or Path
        The file holds what :meth:`Framework.from_document` takes. It may be as large and as deep as
        the TOML file of a journey.

    Returns
    -------
    Framework

    Raises
    ------
    InputError
        If the file cannot be read, is not TOML, holds more than is read, or breaks a rule:
        everything at once.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "ours.toml")
    ...     _ = path.write_text('base = "five"\nkey = "ours"\ndrop = ["loyalty"]')
    ...     read_framework(path)
    <Framework ours: reach, acquisition, conversion, retention>
    """
    path = Path(path)
    with told_as_fault(str(path)):
        text = text_of(path, existing_content(path, MOST_BYTES[".toml"]))
        return Framework.from_document(from_toml(text, str(path)), str(path))
