"""What a tactic or a message can be: its kind, where that is at home, who says so."""

from __future__ import annotations

from functools import cache

from cvjkit.catalog.data import Record, read_data


class TacticKind(Record):
    """A kind of tactic or message.

    Parameters
    ----------
    key, name : str
        What it is called in files, and on screens.
    names : tuple of str
        What else it may be called.
    homes : tuple of str
        Milestones where a document puts it; none means at home everywhere.
    roles : tuple of str
        What it counts as: free, magnet, capture, hook, education, second_offer, based, wow,
        retention, reward, test.
    sources : tuple of str
        Citations ``"003:62"``: file 003, line 62.

    Examples
    --------
    >>> [kind.homes for kind in tactic_kinds() if kind.key == "upsell"]
    [('offered', 'first_payment', 'bought_again')]
    """

    key: str
    name: str
    names: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    sources: tuple[str, ...]


@cache
def tactic_kinds() -> tuple[TacticKind, ...]:
    """Give the kinds of tactics the documents name, along the spine.

    Returns
    -------
    tuple of TacticKind
    """
    return tuple(TacticKind(**row) for row in read_data("tactics")["kinds"])


@cache
def channel_kinds() -> tuple[str, ...]:
    """Give the kinds of channels, the one that 002:14 expects to be cheapest first.

    Returns
    -------
    tuple of str
        Their keys.
    """
    return tuple(read_data("tactics")["channel_kinds"])


def tactic_kind(key: str | None, name: str) -> TacticKind | None:
    """Find what a tactic is: by its kind, or by a name that says it.

    Parameters
    ----------
    key : str or None
        Of its kind, if that was typed.
    name : str
        Of the tactic.

    Returns
    -------
    TacticKind or None
        None if neither says what it is.

    Examples
    --------
    >>> tactic_kind(None, "Thank-you email").key, tactic_kind("gift", "Mug").key
    ('thank_you', 'gift')
    >>> tactic_kind(None, "Mug") is None
    True
    """
    return _by_key().get(key) if key is not None else _by_name().get(name.strip().casefold())


@cache
def _by_key() -> dict[str, TacticKind]:
    return {kind.key: kind for kind in tactic_kinds()}


@cache
def _by_name() -> dict[str, TacticKind]:
    return {
        name.casefold(): kind
        for kind in tactic_kinds()
        for name in (kind.key, kind.name, *kind.names)
    }
