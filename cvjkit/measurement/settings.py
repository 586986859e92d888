"""How people are counted, besides the definition of the steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.arguments import is_whole

if TYPE_CHECKING:
    from cvjkit.measurement.definition import Definition

MOST_EVENTS = 1_000_000
TOUCHES = ("first", "last")


@dataclass(frozen=True, slots=True)
class Settings:
    """How people are counted, besides the definition of the steps.

    Parameters
    ----------
    touch : str
        Which of a person's values is taken for the channel, the awareness and each property:

        - ``first``: that of the first event that has one.
        - ``last``: that of the last event that has one, up to the last step reached.
        - the name of a step: that of the event by which it was reached.
    hold : str, optional
        A property that is held constant: a step counts only with events that have the same value
        of it as the first. A person counts by the value with which they get furthest, of several
        by the one with which they begin first; with the reentry ``first``, by the latter; with
        ``every``, once or more for each value. An event without a value is of no step. What else
        is counted of a person, such as the channel, the money, the ways and the activity, is that
        of the events with this value.
    zone : str
        The time zone whose midnight begins a day.
    orders : tuple of str
        The steps whose events are orders, in their order. At the last of them, all events of a
        person after the first are later orders, which are no visits.
    bot_events : int
        Whoever makes more events than this within a minute is no person; 1 or more.
    counts_bots : bool
        Whether such are counted like people; if not, only the quality tells of them.

    Raises
    ------
    InputError
        With all faults.

    Examples
    --------
    >>> Settings(touch="last", zone="Europe/London").bot_events
    60
    """

    touch: str = "first"
    hold: str | None = None
    zone: str = "UTC"
    orders: tuple[str, ...] = ()
    bot_events: int = 60
    counts_bots: bool = True

    def __post_init__(self) -> None:
        faults = []
        try:
            ZoneInfo(self.zone)
        except (LookupError, OSError, ValueError, TypeError, AttributeError):
            fix = 'write one such as "Europe/London"'
            faults.append(Fault("zone", self.zone, "is no time zone", fix))
        if not is_whole(self.bot_events, 1, MOST_EVENTS):
            rule = f"must be a whole number from 1 to {MOST_EVENTS:,}"
            faults.append(Fault("bot_events", self.bot_events, rule, "write 60"))
        if faults:
            raise InputError("how people are counted", faults)

    def ordered_at(self, definition: Definition) -> tuple[int, ...]:
        """Give the indexes of the steps whose events are orders.

        Parameters
        ----------
        definition : Definition

        Returns
        -------
        tuple of int

        Raises
        ------
        InputError
            If one of them is no step.
        """
        names = [step.name for step in definition.steps]
        if faults := [
            unknown_name("orders", name, names) for name in self.orders if name not in names
        ]:
            raise InputError("how people are counted", faults)
        return tuple(map(names.index, self.orders))

    def touched_at(self, definition: Definition) -> int | str:
        """Give the index of the step whose values are taken, or "first" or "last".

        Parameters
        ----------
        definition : Definition

        Returns
        -------
        int or str

        Raises
        ------
        InputError
            If there is no such step.
        """
        names = [step.name for step in definition.steps]
        if self.touch in TOUCHES:
            return self.touch
        if self.touch not in names:
            fault = unknown_name("touch", self.touch, [*TOUCHES, *names])
            raise InputError("how people are counted", [fault])
        return names.index(self.touch)
