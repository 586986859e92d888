"""What an engine hands over: the events of some people, in order, as arrays; and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cvjkit.measurement.conditions import parts_of

if TYPE_CHECKING:
    from cvjkit.measurement.log import Bools, Ints

Floats = NDArray[np.float64]

OF_EVENTS = ("times", "names", "channel", "awareness", "revenue", "cost", "held", "rows")


@dataclass(frozen=True, slots=True)
class Labels:
    """What the codes of all batches of a log mean: a code is an index of one of these lists.

    Parameters
    ----------
    names : tuple of str
        Of the events: those of most events first, equal ones by their names.
    channel, awareness : tuple of str
        Empty where the log has no such column.
    properties : mapping of str to tuple of str
        The values of other columns, by the name of the column.
    are_joined : bool
        Whether `names` are of an event and the conditions that its row meets.

    Examples
    --------
    >>> Labels(("view", "buy"), channel=("Ads", "Blog")).channel[1]
    'Blog'
    """

    names: tuple[str, ...]
    channel: tuple[str, ...] = ()
    awareness: tuple[str, ...] = ()
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    are_joined: bool = False

    @property
    def meanings(self) -> tuple[tuple[str, ...], ...]:
        """What the events of each name are called: by their own name, and by conditions.

        Returns
        -------
        tuple of tuple of str
        """
        return tuple(parts_of(name) if self.are_joined else (name,) for name in self.names)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The events of some people: all events of each of them.

    Parameters
    ----------
    people : ndarray, shape (people,)
        By what the engine tells them apart; `OpenLog.identified` says who they are. Nobody is in
        two batches.
    offsets : ndarray of int64, shape (people + 1,)
        Where the events of each person begin, and last where they end.
    times : ndarray of int64, shape (events,)
        When each happened [microseconds since 1970-01-01 UTC]. The events of a person are
        together, and in the order of time.
    names : ndarray of int, shape (events,)
        Code of the event's name.
    channel, awareness : ndarray of int, shape (events,), optional
        Code of the value; -1 where it is missing.
    revenue, cost : ndarray of float64, shape (events,), optional
        [currency] NaN where it is missing.
    properties : mapping of str to ndarray of int, shape (events,)
        Codes of the values of other columns, as those of `channel`.
    held : ndarray of int, shape (events,), optional
        A number for the value that is held constant, as in `Settings`; -1 where it is missing.
    rows : ndarray of int64, shape (events,), optional
        In which order the rows of each person are in the log, if it has an order; to find clocks
        that jump.
    referred : ndarray of bool, shape (people,), optional
        Whether somebody else brought each person.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> two = Batch(
    ...     people=np.array(["ann", "bob"], dtype=object),
    ...     offsets=np.array([0, 2, 3]),
    ...     times=np.array([0, 5, 3]),
    ...     names=np.array([0, 1, 0], dtype=np.int32),
    ... )
    >>> two.names[two.offsets[1] : two.offsets[2]]
    array([0], dtype=int32)
    """

    people: NDArray[Any]
    offsets: Ints
    times: Ints
    names: Ints
    channel: Ints | None = None
    awareness: Ints | None = None
    revenue: Floats | None = None
    cost: Floats | None = None
    properties: Mapping[str, Ints] = field(default_factory=dict)
    held: Ints | None = None
    rows: Ints | None = None
    referred: Bools | None = None

    def __post_init__(self) -> None:
        if not len(self.offsets) or self.offsets[0] != 0:
            msg = "offsets must begin with 0"
            raise ValueError(msg)
        people, events = len(self.offsets) - 1, int(self.offsets[-1])
        of_people = {"people": self.people, "referred": self.referred}
        of_events = {name: getattr(self, name) for name in OF_EVENTS}
        of_events |= {f"properties[{name}]": array for name, array in self.properties.items()}
        for length, arrays in ((people, of_people), (events, of_events)):
            for name, array in arrays.items():
                if array is not None and array.shape != (length,):
                    msg = f"{name} has the shape {array.shape}, not ({length},)"
                    raise ValueError(msg)

    def of_people(self, chosen: Bools) -> Batch:
        """Give the events of some of the people.

        Parameters
        ----------
        chosen : ndarray of bool, shape (people,)

        Returns
        -------
        Batch
        """
        lengths = np.diff(self.offsets)
        offsets = np.append(0, np.cumsum(lengths[chosen]))
        return self.taken(chosen, np.repeat(chosen, lengths), offsets)

    def taken(self, people: Ints | Bools, events: Ints | Bools, offsets: Ints) -> Batch:
        """Give some of the events, in an order of their own.

        Parameters
        ----------
        people : ndarray of int or bool
            Whose they are.
        events : ndarray of int or bool
            Their positions here.
        offsets : ndarray of int64, shape (people + 1,)
            Where those of each person begin, and last where they end.

        Returns
        -------
        Batch
        """
        arrays = {name: getattr(self, name) for name in OF_EVENTS}
        return replace(
            self,
            people=self.people[people],
            offsets=offsets,
            referred=None if self.referred is None else self.referred[people],
            properties={name: codes[events] for name, codes in self.properties.items()},
            **{name: array[events] for name, array in arrays.items() if array is not None},
        )
