"""An event log as a plan would leave it: people who go through the stages one by one, drawn.

Whoever arrives at a stage takes one of its ways with the shares P of the flow, or leaves; the wait
is drawn from the law of that way. An arrival brings in a number of new people that is Poisson with
the mean R of the flow. So the means over many logs are the numbers of the flow and the timeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvjkit.errors import Fault, InputError
from cvjkit.model.arguments import is_number, is_whole
from cvjkit.model.delays import Delay
from cvjkit.model.durations import Durations
from cvjkit.model.economics import BOUGHT_AGAIN
from cvjkit.model.log_quirks import with_quirks, wrong_quirks
from cvjkit.model.parts import AWARENESS_LEVELS

if TYPE_CHECKING:
    from cvjkit.model.design import Design

LATER_ORDER = "later_order"
"""The event of an order that is no visit: one that the repeat rate of an offer adds."""

MOST_EVENTS, MOST_DAYS = 100_000_000, 1_000_000
DAY = 86_400_000_000  # microseconds
LAST = pd.Timestamp("9999-12-31", tz="UTC")  # where the dates of Python and of databases end

Ints = NDArray[np.int64]


def simulate_log(
    design: Design,
    people: int,
    seed: int = 1,
    *,
    start: str | date = "2026-01-01",
    intake_days: float | None = None,
    days: float | None = None,
    quirks: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Draw the event log of people who go through the journey as planned or counted.

    Parameters
    ----------
    design : Design
    people : int
        How many come in from outside, 1 or more, divided among segments and stages like the people
        who enter. Those whom they bring in come on top.
    seed : int
        0 or more. The same seed gives the same log.
    start : str or date
        When the first of them come in; UTC, unless it has a time zone.
    intake_days : float, optional
        For how long they come in, evenly, 0 or more [days]. By default as typed in the journey
        (`intake_days`); if nothing is, all come in at the start.
    days : float, optional
        When the log ends, after its start, more than 0 [days]. By default everybody is followed
        to the end, or to the year 9999.
    quirks : mapping of str to float, optional
        Faults to put in, each with the share of people, or of rows, that have it, 0 to 1:

        - bots: of the people; a thousand events more each, a second apart.
        - headless: of the people; their first event is missing.
        - unmapped: of the rows; followed by an event "scroll", which is that of no stage.
        - duplicates: of the rows; they occur twice.
        - rounded: of the people; their times are those of the day only, so that events tie.
        - clock_jumps: of the people; from one of their events on, not their first, their clock
          is a day slow.
        - shuffled: of the rows; they have changed places, so that they are out of order.

    Returns
    -------
    DataFrame
        A row for each event, in the order of time, each at least a microsecond after the one that
        led to it. Without quirks:

        - person (int64): from 1, in the order in which they come in.
        - time (datetime64[us, UTC])
        - event (category): key of the stage that is reached; "later_order" for an order that the
          repeat rate of an offer adds, which is no visit.
        - segment, channel, awareness (category): of the person; missing where not typed.
        - revenue (float64): price of the order [currency]; NaN where nothing is sold.
        - cost (float64): unit cost of the visit [currency]; NaN where none is typed.
        - referred_by (Int64): the person who brought this one in; missing for those from outside.

    Raises
    ------
    InputError
        If a parameter is impossible. If nobody comes in, or people never leave; if their number,
        or their orders, grow without end and `days` sets none. If there are more than 100,000,000
        events.

    Notes
    -----
    As in the timeline, a repeat takes a buying cycle, whom somebody brings in comes a day later,
    and orders whose buying cycle is not typed are left out. Unlike there, `market` is not heeded.
    What channels and stages cost whatever their size is no event.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 100, [1, 0, 0, 0])
    >>> log = plan.with_stage("acquisition", delay_days=2).simulate_log(2)
    >>> log.person.to_list(), log.event.to_list()
    ([1, 2, 1, 2], ['reach', 'reach', 'acquisition', 'acquisition'])
    >>> str(log.time[2] - log.time[0])
    '2 days 00:00:00'
    """
    whole = design.intake_days if intake_days is None else intake_days
    began = _instant(start)
    ends = is_number(days, 0, MOST_DAYS) and days > 0
    some, few = f"must be a whole number from 1 to {MOST_EVENTS:,}", f"most {MOST_DAYS:,} days"
    rules = (
        ("people", people, is_whole(people, 1, MOST_EVENTS), some, "100_000"),
        ("seed", seed, is_whole(seed, 0, 2**63), "must be a whole number, 0 or more", "1"),
        ("start", start, began is not None, "must be a date before the year 9999", "'2026-01-01'"),
        ("intake_days", whole, is_number(whole or 0, 0, MOST_DAYS), f"must be 0 to at {few}", "30"),
        ("days", days, days is None or ends, f"must be more than 0 and at {few}", "90"),
    )
    faults = [
        Fault(name, value, rule, f"write {fix}")
        for name, value, is_right, rule, fix in rules
        if not is_right
    ]
    faults += wrong_quirks({} if quirks is None else quirks)
    if began is None or faults:
        raise _error(design, *faults)
    chance, for_quirks = np.random.default_rng(seed).spawn(2)
    end = (LAST - began) // pd.Timedelta(microseconds=1)
    crowd = _Crowd(_States(design), chance, end if days is None else min(end, int(days * DAY)))
    if refused := crowd.states.refused(ends=ends):
        raise _error(design, *refused)
    crowd.enter(people, (whole or 0.0) * DAY)
    try:
        crowd.go()
    except OverflowError:
        rule = f"gives a log of more than {MOST_EVENTS:,} events"
        raise _error(design, Fault("people", people, rule, "take fewer, or fewer days")) from None
    return with_quirks(_table(crowd, began), quirks or {}, for_quirks)


@dataclass(frozen=True, slots=True)
class _Way:
    """What happens after an arrival, and when."""

    target: int
    rate: float
    waits: tuple[Delay, ...]


class _States:
    """The stages of each segment, then the later orders of each; and the ways between them.

    Parameters
    ----------
    design : Design
    """

    def __init__(self, design: Design) -> None:
        self.design, self.flow = design, design.flow()
        segments, size = self.flow.entered.shape
        keys = design.framework.keys
        self.count = segments * size + segments
        self.segment = np.append(np.repeat(np.arange(segments), size), np.arange(segments))
        self.stage = np.append(np.tile(np.arange(size), segments), np.full(segments, size))
        self.ways: list[list[_Way]] = [[] for _ in range(self.count)]
        self.births: list[list[_Way]] = [[] for _ in range(self.count)]
        self.orders: list[list[_Way]] = [[] for _ in range(self.count)]
        durations = Durations(design, 1)
        for segment, source, target in np.argwhere(self.flow.shares).tolist():
            rate = float(self.flow.shares[segment, source, target])
            way = _Way(segment * size + target, rate, durations.waits(source, target))
            self.ways[segment * size + source].append(way)
        next_day = (Delay(1.0),)
        for segment, source, into, target in np.argwhere(self.flow.births).tolist():
            number = float(self.flow.births[segment, source, into, target])
            birth = _Way(into * size + target, number, next_day)
            self.births[segment * size + source].append(birth)
        anchors = [stage.anchor for stage in design.framework]
        offers = {design.framework.anchor(offer.stage): offer for offer in design.offers}
        again = offers.get(BOUGHT_AGAIN)
        if again is not None and again.repeat_rate and again.cycle_days is not None:
            for segment in range(segments):
                order = segments * size + segment
                way = _Way(order, again.repeat_rate, (Delay(again.cycle_days),))
                for stage in (order, *(segment * size + i for i in self._at(BOUGHT_AGAIN))):
                    self.orders[stage].append(way)
        self.price = [getattr(offers.get(anchor), "price", None) for anchor in anchors]
        self.price.append(None if again is None else again.price)
        costs = {row.stage: row.unit_cost for row in design.stages}
        self.cost = [*(costs.get(key) for key in keys), None]

    def _at(self, anchor: str) -> list[int]:
        stages = enumerate(self.design.framework)
        return [position for position, stage in stages if stage.anchor == anchor]

    def refused(self, *, ends: bool) -> list[Fault]:
        # Why nobody, or people without end, would go through the states.
        faults = [
            Fault(flag.stage, None, f"has no exit: {flag.message}", "let some of them leave")
            for flag in self.flow.flags
            if flag.id == "A47"
        ]
        if not self.flow.entered.any():
            faults.append(Fault("people", None, "come in nowhere", "give a stage entrants"))
        if not ends:
            without = "set the end of the log, such as days=90"
            faults += [
                Fault("referrals", None, f"have no end: {flag.message}", without)
                for flag in self.flow.flags
                if flag.id == "A48"
            ][:1]
            if any(way.rate >= 1 for ways in self.orders for way in ways):
                rule = "is 100%, so that orders have no end"
                faults.append(Fault("repeat_rate", None, rule, without))
        return faults


class _Crowd:
    """People on their way. Whoever arrives at a state waits there until its turn comes.

    Parameters
    ----------
    states : _States
    chance : Generator
    end : int
        When the log ends [microseconds].
    """

    def __init__(self, states: _States, chance: np.random.Generator, end: int) -> None:
        self.states, self.chance, self.end = states, chance, end
        self.waiting: list[list[tuple[Ints, Ints]]] = [[] for _ in range(states.count)]
        nobody = np.zeros(0, dtype=np.int64)
        self.seen: list[tuple[int, Ints, Ints]] = [(0, nobody, nobody)]
        self.parents: list[Ints] = [nobody]
        self.people = self.events = 0

    def enter(self, people: int, intake: float) -> None:
        entered = self.states.flow.entered.ravel()
        numbers = self.chance.multinomial(people, entered / entered.sum())
        for state in numbers.nonzero()[0].tolist():
            number = int(numbers[state])
            times = self.chance.random(number) * intake
            within = times[times <= self.end].astype(np.int64)
            self._come(state, within, np.full(len(within), -1))

    def go(self) -> None:
        # All at a state together, until nobody waits.
        while any(self.waiting):
            for state, arrived in enumerate(self.waiting):
                if arrived:
                    self.waiting[state] = []
                    people, times = (
                        np.concatenate(arrays) for arrays in zip(*arrived, strict=True)
                    )
                    self._visit(state, people, times)

    def _visit(self, state: int, people: Ints, times: Ints) -> None:
        self.events += self._room_for(len(people))
        self.seen.append((state, people, times))
        for birth in self.states.births[state]:
            self._room_for(birth.rate * len(people))
            brought = self.chance.poisson(birth.rate, len(people))
            parents, later = self._later(
                birth, np.repeat(people, brought), np.repeat(times, brought)
            )
            self._come(birth.target, later, parents)
        for order in self.states.orders[state]:
            chosen = self.chance.random(len(people)) < order.rate
            self._move(order, people[chosen], times[chosen])
        ways = self.states.ways[state]
        if ways:
            ends = np.cumsum([way.rate for way in ways])
            taken = np.searchsorted(ends, self.chance.random(len(people)), side="right")
            for index, way in enumerate(ways):
                chosen = taken == index
                self._move(way, people[chosen], times[chosen])

    def _come(self, state: int, times: Ints, parents: Ints) -> None:
        if len(times):
            people = np.arange(self.people, self.people + len(times))
            self.people += len(times)
            self.parents.append(parents)
            self.waiting[state].append((people, times))

    def _move(self, way: _Way, people: Ints, times: Ints) -> None:
        people, times = self._later(way, people, times)
        if len(people):
            self.waiting[way.target].append((people, times))

    def _later(self, way: _Way, people: Ints, times: Ints) -> tuple[Ints, Ints]:
        # Those whose wait lasts longer than the log are left out.
        waits = sum((wait.drawn(self.chance, len(people)) for wait in way.waits), np.zeros(1))
        # A microsecond at least, so that the log says what came first.
        waits = np.maximum(np.rint(waits * DAY), 1)
        kept = waits <= self.end - times
        return people[kept], times[kept] + waits[kept].astype(np.int64)

    def _room_for(self, more: float) -> int:
        if self.events + more > MOST_EVENTS:
            raise OverflowError
        return int(more)


def _table(crowd: _Crowd, began: pd.Timestamp) -> pd.DataFrame:
    states, design = crowd.states, crowd.states.design
    state = np.repeat([one for one, _, _ in crowd.seen], [len(who) for _, who, _ in crowd.seen])
    people = np.concatenate([who for _, who, _ in crowd.seen])
    times = np.concatenate([when for _, _, when in crowd.seen])
    # The visits of a person were noted in the order in which they were made.
    order = np.argsort(times, kind="stable")
    state, people, times = state[order], people[order], times[order]
    codes, appeared = pd.factorize(people)
    number = np.zeros(crowd.people + 1, dtype=np.int64)
    number[appeared] = np.arange(1, len(appeared) + 1)
    # Nobody is the last of these, and has the number 0.
    parent = number[np.concatenate(crowd.parents)[people]]
    segment, stage = states.segment[state], states.stage[state]
    keys = [*design.framework.keys, LATER_ORDER]
    moments = began.tz_localize(None).to_datetime64().astype("datetime64[us]") + times

    def of_person(choices: Iterable[str | None], own: Sequence[str | None]) -> pd.Series[Any]:
        known = pd.Index([choice for choice in dict.fromkeys(choices) if choice is not None])
        return pd.Series(
            pd.Categorical.from_codes(known.get_indexer(pd.Index(own))[segment], known)
        )

    channels, levels = zip(*((one.channel, one.awareness) for one in design.segments), strict=True)
    events = keys if any(states.orders) else keys[:-1]
    return pd.DataFrame(
        {
            "person": codes.astype(np.int64) + 1,
            "time": pd.Series(moments).dt.tz_localize("UTC"),
            "event": pd.Categorical.from_codes(stage, pd.Index(events)),
            "segment": of_person(states.flow.segments, states.flow.segments),
            "channel": of_person(channels, channels),
            "awareness": of_person(AWARENESS_LEVELS, levels),
            "revenue": np.array(states.price, dtype=float)[stage],
            "cost": np.array(states.cost, dtype=float)[stage],
            "referred_by": pd.Series(parent, dtype="Int64").mask(parent == 0),
        }
    )


def _instant(start: object) -> pd.Timestamp | None:
    if isinstance(start, str):
        try:
            start = datetime.fromisoformat(start)
        except ValueError:
            return None
    if not isinstance(start, date) or start.year >= LAST.year or pd.isna(start):
        return None
    began = pd.Timestamp(start)
    return began.tz_localize("UTC") if began.tzinfo is None else began.tz_convert("UTC")


def _error(design: Design, *faults: Fault) -> InputError:
    return InputError(f"log of {design.name}", faults)
