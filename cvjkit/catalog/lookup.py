"""Frameworks by their key: the published ones and their variants."""

from __future__ import annotations

from cvjkit.catalog.framework import Framework, published_framework
from cvjkit.catalog.published import SPINE, documented_keys, published_keys
from cvjkit.errors import InputError, is_one_of, unknown_name


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
