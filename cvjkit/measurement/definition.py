"""When a step counts as reached: by which events, in which order, within which time.

An attempt begins at an event of the first step and takes, for each next step, the first event of
that step after the one taken last. So one event never stands for two steps. The definition says
what ends an attempt, and which of a person's attempts count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from types import MappingProxyType

from cvjkit.errors import Fault, InputError, is_one_of, unknown_name

ORDERS: Mapping[str, str] = MappingProxyType(
    {
        "ordered": "The steps in their order; anything may happen in between.",
        "strict_order": "The steps in their order, and nothing else in between.",
        "strict_increase": "The steps in their order, each later than the one before.",
        "any_order": "The steps in any order; what counts is how many.",
        "open": "Each step by itself, whatever came before.",
    }
)
"""The orders in which steps may have to be reached, and what each means."""

REENTRIES: Mapping[str, str] = MappingProxyType(
    {
        "best": "The attempt that gets furthest; of several such, the earliest.",
        "first": "The earliest attempt.",
        "every": "All attempts, one after another.",
    }
)
"""Which attempts of a person may count, and what each word means."""

WITHOUT_ORDER = ("any_order", "open")
MOST = 63
"""How many steps and exclusions there may be together: in a mask, each is a bit of an int64."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked of one step.

    Parameters
    ----------
    name : str
        The key of its stage.
    optional : bool
        Whether the step may be left out. It then never decides whether a later step is reached. It
        is reached if it has an event between those of the required steps around it, and after that
        of an optional step before it. The first step is never optional.
    within : timedelta, optional
        How long after the required step before it the step may be reached; the end is included. If
        its first event comes later, the attempt ends.

    Examples
    --------
    >>> Step("lead", within=timedelta(days=7))
    Step(name='lead', optional=False, within=datetime.timedelta(days=7))
    """

    name: str
    _: KW_ONLY
    optional: bool = False
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An event that ends an attempt if it comes between two steps.

    Parameters
    ----------
    name : str
        What it is called; no step has this name.
    after, before : str
        Two steps in their order, both required. The event ends an attempt that has reached `after`
        and not yet `before`. At the same time as a step, it comes after that step.

    Examples
    --------
    >>> Exclusion("refund", after="lead", before="sale")
    Exclusion(name='refund', after='lead', before='sale')
    """

    name: str
    _: KW_ONLY
    after: str
    before: str


@dataclass(frozen=True, slots=True)
class Definition:
    """When steps count as reached, and which attempts count.

    What ClickHouse's `windowFunnel` calls the same, or what it does otherwise, is in parentheses.

    Parameters
    ----------
    steps : tuple of Step
        In their order, at least one.
    order : {"ordered", "strict_order", "strict_increase", "any_order", "open"}
        - ``ordered``: in their order, whatever happens in between. Steps may be reached at the same
          time. (The default mode of ``windowFunnel``; where events are of several steps, its
          ``strict_once``, except for such events at the same time.)
        - ``strict_order``: in their order, and between two steps nothing but events of these two,
          or of optional steps between them; anything else ends the attempt. (ClickHouse's
          ``strict_order`` judges the first attempt only, and lets earlier steps pass.)
        - ``strict_increase``: as ``ordered``, but each step is reached later than the one before,
          never at the same time. (ClickHouse's ``strict_increase`` finds fewer: there, an event of
          a step at the time of the next makes earlier ones forgotten.)
        - ``any_order``: in any order. An attempt begins at an event of any step, each step takes
          its first event since then that no step before it has taken, and the level is the number
          of steps reached.
        - ``open``: as ``any_order``, but the level is that of the furthest step reached.
    window : timedelta, optional
        How long after its first event an attempt may reach a step; the end is included.
    reentry : {"best", "first", "every"}
        - ``best``: the attempt of a person that gets furthest; of several such, the earliest.
        - ``first``: the earliest attempt, though a later one may get further.
        - ``every``: all attempts, one after another: the next begins after the last event that the
          one before it took, so no event belongs to two.
    exclusions : tuple of Exclusion
        What else ends an attempt.

    Raises
    ------
    InputError
        With all faults, if there is no step, too many or two of one name; if a choice or a name is
        not known; if a time is negative; if the first step is optional, or an exclusion is not
        between two required steps; or if `any_order` or `open` is asked for together with what has
        no meaning without an order: an optional step, a time for one step, an exclusion.

    Examples
    --------
    >>> month = Definition((Step("visit"), Step("sale")), window=timedelta(days=30))
    >>> dict(month.bits)
    {'visit': 1, 'sale': 2}
    >>> Definition((Step("visit"), Step("sale", within=timedelta(-1))), order="open")
    Traceback (most recent call last):
    cvjkit.errors.InputError: the definition of what to count: 2 faults
      steps[sale].within: datetime.timedelta(days=-1) must not be negative; give 0 or more
      steps[sale].within has no meaning in the order open; remove it, or choose another order
    """

    steps: tuple[Step, ...]
    _: KW_ONLY
    order: str = "ordered"
    window: timedelta | None = None
    reentry: str = "best"
    exclusions: tuple[Exclusion, ...] = ()

    def __post_init__(self) -> None:
        if faults := [*self._faults_of_names(), *self._faults_of_values()]:
            raise InputError("the definition of what to count", faults)

    @property
    def bits(self) -> Mapping[str, int]:
        """The bit that each name has in the mask of an event.

        Returns
        -------
        mapping of str to int
            By the names of the steps and the exclusions: 1, 2, 4 and so on. The mask of an event is
            the sum of the bits of all that it is an event of; 0 for an event of none of them.
        """
        return MappingProxyType({name: 1 << index for index, name in enumerate(self._names)})

    @property
    def required(self) -> tuple[int, ...]:
        """The indexes of the steps that are not optional."""
        return tuple(index for index, step in enumerate(self.steps) if not step.optional)

    @property
    def _names(self) -> list[str]:
        steps, exclusions = self.steps, self.exclusions
        return [step.name for step in steps] + [exclusion.name for exclusion in exclusions]

    def _faults_of_names(self) -> Iterator[Fault]:
        if not self.steps:
            yield Fault("steps", None, "must not be empty", "give at least one")
        names = Counter(self._names)
        if len(names) > MOST:
            rule = f"must be at most {MOST}, exclusions included"
            yield Fault("steps", len(names), rule, "leave some out")
        fix = "give each step and exclusion a name of its own"
        for name in (name for name, times in names.items() if times > 1):
            yield Fault("steps", name, "names two things", fix)
        if not is_one_of(self.order, ORDERS):
            yield unknown_name("order", self.order, ORDERS)
        if not is_one_of(self.reentry, REENTRIES):
            yield unknown_name("reentry", self.reentry, REENTRIES)
        required = [self.steps[index].name for index in self.required]
        for exclusion in self.exclusions:
            field = f"exclusions[{exclusion.name}]"
            ends = {"after": exclusion.after, "before": exclusion.before}
            strange = [end for end, name in ends.items() if not is_one_of(name, required)]
            yield from (unknown_name(f"{field}.{end}", ends[end], required) for end in strange)
            if not strange and required.index(exclusion.after) >= required.index(exclusion.before):
                rule = f"must be a step after {exclusion.after!r}"
                yield Fault(f"{field}.before", exclusion.before, rule, "name a later one")

    def _faults_of_values(self) -> Iterator[Fault]:
        spans = [(f"steps[{step.name}].within", step.within) for step in self.steps]
        for field, span in [("window", self.window), *spans]:
            if span is not None and span < timedelta(0):
                yield Fault(field, span, "must not be negative", "give 0 or more")
        for step in self.steps[:1]:
            field = f"steps[{step.name}]"
            if step.optional:
                rule = "must not be set, since attempts begin there"
                yield Fault(f"{field}.optional", None, rule, "make the step required")
            if step.within is not None:
                rule = "must not be set, since no step is before it"
                yield Fault(f"{field}.within", None, rule, "remove it")
        if self.order in WITHOUT_ORDER:
            optional = [f"steps[{step.name}].optional" for step in self.steps if step.optional]
            within = [field for field, span in spans if span is not None]
            exclusions = [f"exclusions[{exclusion.name}]" for exclusion in self.exclusions]
            rule = f"has no meaning in the order {self.order}"
            for field in (*optional, *within, *exclusions):
                yield Fault(field, None, rule, "remove it, or choose another order")
