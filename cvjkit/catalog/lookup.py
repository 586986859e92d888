"""Frameworks by their key: the published ones; and the user's own, from a file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from cvjkit.catalog.framework import Framework, published_framework
from cvjkit.catalog.published import SPINE, documented_keys, published_keys
from cvjkit.errors import Fault, InputError, is_one_of, unknown_name


def framework(key: str) -> Framework:
    """Give a published framework, or a variant of one.

    Parameters
    ----------
    key : str
        ``five``, ``seven``, ``eight``, ``nine`` or ``full``; ``eight:time`` and ``full:time``
        for designs in which people first commit their time, not their money.

    Returns
    -------
    Framework

    Raises
    ------
    InputError
        If there is none; the message lists those there are.

    Examples
    --------
    >>> framework("eight:time")["conversion"].milestone
    'educated'
    """
    if not is_one_of(key, published_keys()):
        raise InputError("framework", [unknown_name("key", key, published_keys())])
    return published_framework(key)


def frameworks() -> tuple[Framework, ...]:
    """Give the published frameworks, shortest first, the spine last.

    Returns
    -------
    tuple of Framework

    Examples
    --------
    >>> [(published.key, len(published)) for published in frameworks()]
    [('five', 5), ('seven', 7), ('eight', 8), ('nine', 9), ('full', 13)]
    """
    return (*documented_frameworks(), published_framework(SPINE))


def documented_frameworks() -> tuple[Framework, ...]:
    """Give the frameworks that a document publishes, shortest first: all but the spine.

    Returns
    -------
    tuple of Framework

    Examples
    --------
    >>> [documented.key for documented in documented_frameworks()]
    ['five', 'seven', 'eight', 'nine']
    """
    return tuple(map(published_framework, documented_keys()))


def published_frameworks() -> tuple[Framework, ...]:
    """Give the published frameworks and, after them, their variants.

    Returns
    -------
    tuple of Framework

    Examples
    --------
    >>> [published.key for published in published_frameworks()]
    ['five', 'seven', 'eight', 'nine', 'full', 'eight:time', 'full:time']
    """
    return tuple(map(published_framework, published_keys()))


def read_framework(path: str | Path) -> Framework:
    r"""Read a framework of your own from a TOML file.

    Parameters
    ----------
    path : str or Path
        The file holds what :meth:`Framework.from_document` takes.

    Returns
    -------
    Framework

    Raises
    ------
    InputError
        If the file cannot be read, is not TOML, or breaks a rule: everything at once.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "ours.toml")
    ...     _ = path.write_text('base = "five"\nkey = "ours"\ndrop = ["loyalty"]')
    ...     read_framework(path)
    <Framework ours: reach, acquisition, conversion, retention>
    """
    try:
        document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        fault = Fault("file", str(path), f"cannot be read: {why}", "check the path")
        raise InputError(str(path), [fault]) from None
    except (ValueError, RecursionError) as error:
        fault = Fault("file", str(path), f"is not TOML: {error}", "correct it there")
        raise InputError(str(path), [fault]) from None
    return Framework.from_document(document, str(path))
