"""What a definition says, done for one person by reading one event after another.

Written from the words of `Definition`, not from the kernel: slow, and meant to be obvious.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cvjkit.measurement.definition import Definition, Step


@dataclass(frozen=True)
class Event:
    """An event: its position in the log, its time, and the names of what it is an event of."""

    position: int
    time: int
    names: frozenset[str]


Attempt = dict[str, Event]
"""The event by which each step was reached."""


def in_their_order(events: Iterable[Event], definition: Definition) -> list[Event]:
    """Sort by time; at the same time by the first step, then by the last, the last but one ..."""
    names = [item.name for item in definition.steps]
    names += [item.name for item in definition.exclusions]

    def key(event: Event) -> tuple[int, int, list[int]]:
        numbers = sorted((names.index(name) for name in event.names), reverse=True)
        return event.time, numbers[-1] if numbers else -1, numbers

    return sorted(events, key=key)


def attempts_that_count(events: Iterable[Event], definition: Definition) -> list[Attempt]:
    """Find the attempts of a person."""
    events = in_their_order(events, definition)
    unordered = definition.order in ("any_order", "open")
    walk = in_any_order if unordered else in_order
    beginnings = {step.name for step in definition.steps[: None if unordered else 1]}
    attempts: list[Attempt] = []
    for index, event in enumerate(events):
        if not event.names & beginnings:
            continue
        if definition.reentry == "every" and attempts:
            last = max(events.index(taken) for taken in attempts[-1].values())
            if index <= last:
                continue
        attempts.append(walk(events[index:], definition))
    if definition.reentry == "first":
        return attempts[:1]
    if definition.reentry == "best" and attempts:
        return [max(attempts, key=lambda attempt: level(attempt, definition))]
    return attempts


def held(events: Sequence[Event], values: Mapping[int, int], definition: Definition) -> list[Event]:
    """Keep the events with the value with which a person gets furthest.

    The value of an event is at its position; -1 is none. Of equal values the smaller is kept.
    """
    best: list[Event] = []
    so_far = (-1, 0)
    for value in sorted({*values.values()} - {-1}):
        own = [event for event in events if values[event.position] == value]
        for attempt in attempts_that_count(own, definition):
            start = min(event.time for event in attempt.values())
            far = 0 if definition.reentry == "first" else level(attempt, definition)
            if not best or (far, -start) > so_far:
                best, so_far = own, (far, -start)
    return best


def level(attempt: Attempt, definition: Definition) -> int:
    """Say how far an attempt got."""
    if definition.order == "any_order":
        return len(attempt)
    return max(n for n, step in enumerate(definition.steps, 1) if step.name in attempt)


def soon(event: Event, since: Event, span: timedelta | None) -> bool:
    """Tell whether an event comes within a time after another."""
    return span is None or timedelta(microseconds=event.time - since.time) <= span


def in_any_order(events: list[Event], definition: Definition) -> Attempt:
    """Let each step take its first event that no step before it has taken."""
    attempt: Attempt = {}
    for step in definition.steps:
        for event in events:
            free = event not in attempt.values()
            if step.name in event.names and free and soon(event, events[0], definition.window):
                attempt[step.name] = event
                break
    return attempt


def in_order(events: list[Event], definition: Definition) -> Attempt:
    """Go from one required step to the next, as long as it is reached."""
    steps = definition.steps
    attempt = {steps[0].name: events[0]}
    required = [step for step in steps if not step.optional]
    for number, step in enumerate(required):
        following = required[number + 1] if step != required[-1] else None
        optional = steps[steps.index(step) + 1 : steps.index(following) if following else None]
        now = attempt[step.name]

        between, met = [], None
        for event in events[events.index(now) + 1 :]:
            if not soon(event, events[0], definition.window):
                break
            if following and following.name in event.names and is_later(event, now, definition):
                met = event
                break
            between.append(event)
            if is_end(event, step, optional, following, definition):
                break

        last = now
        for one in optional:
            for event in between[between.index(last) + 1 if last in between else 0 :]:
                in_between = is_later(event, last, definition) and (
                    met is None or is_later(met, event, definition)
                )
                if one.name in event.names and in_between and soon(event, now, one.within):
                    attempt[one.name] = last = event
                    break

        if following is None or met is None or not soon(met, now, following.within):
            break
        attempt[following.name] = met
    return attempt


def is_later(event: Event, other: Event, definition: Definition) -> bool:
    """Tell whether an event that comes after another is later, if the order wants it."""
    return definition.order != "strict_increase" or event.time > other.time


def is_end(
    event: Event,
    step: Step,
    optional: Iterable[Step],
    following: Step | None,
    definition: Definition,
) -> bool:
    """Tell whether an event between two required steps ends the attempt."""
    names = [one.name for one in definition.steps]
    index = names.index(step.name)
    for exclusion in definition.exclusions:
        is_between = names.index(exclusion.after) <= index < names.index(exclusion.before)
        if is_between and exclusion.name in event.names:
            return True
    allowed = {step.name, *(one.name for one in optional)}
    allowed |= {following.name} if following else set()
    return definition.order == "strict_order" and not event.names & allowed
