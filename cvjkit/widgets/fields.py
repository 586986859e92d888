"""A journey as fields: for each what it shows, and what a journey becomes when it is edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.framework import Framework, Stage, frameworks, published_frameworks
from cvjkit.errors import Fault, InputError
from cvjkit.model.flow import Flow, kind_of
from cvjkit.model.parts import AWARENESS_LEVELS, Offer, Segment
from cvjkit.numbers import (
    Unit,
    days_text,
    money_text,
    people_text,
    ratio_text,
    read_number,
    share_text,
    write_number,
)
from cvjkit.widgets.form import Address, Field, Part, Row, Table

if TYPE_CHECKING:
    from cvjkit.journey import Journey
    from cvjkit.model.economics import Economics
    from cvjkit.widgets.session import Change

FIRST_PAYMENT, BOUGHT_AGAIN = "first_payment", "bought_again"
ORDERS = {FIRST_PAYMENT: "First order", BOUGHT_AGAIN: "Later orders"}
MODES = (("counted", "Counted"), ("planned", "Planned"))
KINDS = {"skip": "skips ahead", "back": "way back", "repeat": "comes again"}
OFTEN: tuple[tuple[str, str, Unit], ...] = (
    ("cycle_days", "Buying cycle", "amount"),
    ("repeat_rate", "Repeat rate", "share"),
)
REFINEMENTS = 8
ALL = "all"
OWN = "own"


@dataclass(frozen=True, slots=True)
class Once:
    """A change that is made at once or not at all: of a button or a choice."""

    change: Change


@dataclass(frozen=True, slots=True)
class Act:
    """Something that changes not the journey but what is shown of it."""

    do: Callable[[Address, str], bool | None]


def number(
    put: Callable[[Journey, float | None], Journey], unit: Unit = "amount", needed: str = ""
) -> Change:
    """Make a change of what is done with the number that is typed.

    Parameters
    ----------
    put : callable
    unit : {"people", "share", "amount"}
    needed : str
        What to say when the field is blank; by default blank means not known.
    """

    def change(journey: Journey, text: str) -> Journey:
        typed = read_number(text, unit)
        if typed is None and needed:
            raise ValueError(needed)
        return put(journey, typed)

    return change


# --- the stages -------------------------------------------------------------------------------


def stage_table(journey: Journey, shown: Flow, at: int | None) -> Table:
    """Make the table of the stages.

    Parameters
    ----------
    journey : Journey
    shown : Flow
        Of one segment or of all.
    at : int or None
        Place of the segment; None for all of them, whose people cannot be edited.
    """
    segment = None if at is None else journey.segments[at]
    late = segment is not None and any((segment.entrants or ())[1:])
    people, steps = shown.stages["people"].to_list(), shown.stages["step_rate"].to_list()
    numbers = {row.stage: row for row in journey.stages}
    rows = []
    for place, stage in enumerate(journey.framework):
        key, name = stage.key, stage.name
        reached, rate = _reached(segment, place, people[place]), _rate(segment, place, steps[place])
        fields = [
            Field("reached", f"Reached: {name}", reached, edit=_reached_change(segment, at, place)),
            Field("rate", f"Step rate: {name}", rate, edit=_rate_change(segment, at, place)),
        ]
        if late and segment is not None and at is not None:
            text = write_number((segment.entrants or ())[place], "people")
            change = number(_listed_put(at, "entrants", place), "people")
            fields.append(Field("entrants", f"Enter here: {name}", text, edit=change))
        for column, label in (("unit_cost", "Unit cost"), ("delay_days", "Delay")):
            text = write_number(getattr(numbers.get(key), column, None))
            change = number(_stage_put(key, column))
            fields.append(Field(column, f"{label}: {name}", text, edit=change))
        rows.append(Row(key, name, tuple(fields), "(reconstructed)" if stage.reconstructed else ""))
    currency = journey.currency.strip()
    headings = (
        ("stage", "Stage"),
        ("reached", "Reached"),
        ("rate", "Step rate"),
        *([("entrants", "Enter here")] if late else []),
        ("unit_cost", f"Unit cost ({currency})" if 0 < len(currency) <= 5 else "Unit cost"),
        ("delay_days", "Delay (days)"),
    )
    return Table("stages", tuple(rows), headings)


def _reached(segment: Segment | None, place: int, people: float | None) -> str:
    if segment is not None and segment.counts is not None:
        return write_number(segment.counts[place], "people")
    if segment is not None and segment.entrants is not None and place == 0:
        return write_number(segment.entrants[place], "people")
    return "" if people is None else people_text(people)


def _rate(segment: Segment | None, place: int, step: float | None) -> str:
    if segment is not None and segment.rates is not None:
        return write_number(segment.rates[place], "share")
    return "" if step is None else share_text(step)


def _reached_change(segment: Segment | None, at: int | None, place: int) -> Change | None:
    if segment is None or at is None:
        return None
    if segment.observed:
        return number(_listed_put(at, "counts", place), "people")
    if place == 0:
        return number(_listed_put(at, "entrants", place), "people")
    return number(_people_put(at, place), "people")


def _rate_change(segment: Segment | None, at: int | None, place: int) -> Change | None:
    if segment is None or at is None or place == 0:
        return None
    if segment.observed:
        return number(_share_put(at, place), "share")
    return number(_listed_put(at, "rates", place), "share")


def _stage_put(key: str, column: str) -> Callable[[Journey, float | None], Journey]:
    def put(journey: Journey, value: float | None) -> Journey:
        fields: dict[str, Any] = {column: value}
        return journey.with_stage(key, **fields)

    return put


def _listed_put(at: int, table: str, place: int) -> Callable[[Journey, float | None], Journey]:
    """Put a number at its place in a segment's counts, entrants or rates."""

    def put(journey: Journey, value: float | None) -> Journey:
        segment = journey.segments[at]
        numbers = getattr(segment, table)
        changed = [*numbers[:place], value, *numbers[place + 1 :]]
        return journey.with_segment(segment.name, **{table: changed})

    return put


def _share_put(at: int, place: int) -> Callable[[Journey, float | None], Journey]:
    """Set the people counted at a stage to a share of those at the stage it follows."""

    def put(journey: Journey, share: float | None) -> Journey:
        before = (journey.segments[at].counts or ())[journey.framework.parents[place] or 0]
        if share is not None and not 0 <= share <= 1:
            rule, fix = "must be between 0 and 1", "write a share, such as 25% or 0.25"
            raise InputError(journey.name, [Fault("rate", share, rule, fix)])
        if before is None:
            raise ValueError(
                f"{_before(journey, place)} is not known: type how many reach it first"
            )
        people = None if share is None else float(round(share * before))
        return _listed_put(at, "counts", place)(journey, people)

    return put


def _people_put(at: int, place: int) -> Callable[[Journey, float | None], Journey]:
    """Find the rate at which so many people reach a stage of a plan.

    It is what the people at the stage before do not yet explain, as a share of them. Ways back
    make that too much: the people at a stage are linear in the rate of the step to it, so the
    next try is exact; with referrals it comes close in a few.
    """
    rate_put = _listed_put(at, "rates", place)

    def reached(journey: Journey, rate: float, where: int) -> float | None:
        tried = rate_put(journey, rate)
        people = tried.flow().only(tried.segments[at].name).stages["people"].iloc[where]
        return None if people is None else float(people)

    def put(journey: Journey, people: float | None) -> Journey:
        if people is None:
            return rate_put(journey, None)
        if not 0 <= people < float("inf"):
            rule = "must be a number of people, 0 or more"
            raise InputError(journey.name, [Fault("reached", people, rule, "correct it")])
        name, least = journey.framework.stages[place].name, reached(journey, 0.0, place)
        before = reached(journey, 0.0, journey.framework.parents[place] or 0)
        if not before or least is None:
            raise ValueError(f"nobody is known to reach {_before(journey, place)}: type that first")
        if not least <= people <= least + before:
            bound = (
                f"at least {least:,.12g}" if people < least else f"at most {least + before:,.12g}"
            )
            raise ValueError(f"{bound} can reach {name}: change {_before(journey, place)} first")
        rate = (people - least) / before
        for _ in range(REFINEMENTS if journey.transitions or journey.referrals else 0):
            found = reached(journey, rate, place)
            if found is None or found <= least:
                break
            rate *= (people - least) / (found - least)
        return rate_put(journey, rate)

    return put


def _before(journey: Journey, place: int) -> str:
    """Name the stage that a stage follows."""
    return journey.framework.stages[journey.framework.parents[place] or 0].name


# --- money ------------------------------------------------------------------------------------


def money_part(journey: Journey) -> Part:
    """Make the fields of what is bought, and of the money of the journey as a whole."""
    headings = (
        ("order", "Order"),
        ("name", "Offer"),
        ("price", "Price"),
        ("margin", "Margin"),
        ("cycle_days", "Buying cycle (days)"),
        ("repeat_rate", "Repeat rate"),
    )
    offers = {journey.framework.anchor(offer.stage): offer for offer in journey.offers}
    anchors = dict.fromkeys([*ORDERS, *offers])
    rows = [_offer_row(journey, anchor, offers.get(anchor)) for anchor in anchors]
    terms = [
        Field("currency", "Currency", journey.currency, "text", edit=_term_text("currency")),
        _term("fixed_cost", "Fixed cost", journey.fixed_cost),
        _term("discount_rate", "Discount rate a year", journey.discount_rate, "share"),
    ]
    anchored = {stage.milestone for stage in journey.framework}
    if BOUGHT_AGAIN not in anchored or journey.second_purchase_rate is not None:
        second = journey.second_purchase_rate
        terms.append(_term("second_purchase_rate", "Customers who buy again", second, "share"))
    return Part(
        "money",
        "Money",
        (
            Table("offers", tuple(rows), headings),
            Table("terms", (Row("terms", "", tuple(terms)),)),
        ),
        fold="open",
    )


def _offer_row(journey: Journey, anchor: str, offer: Offer | None) -> Row:
    stage = next((each for each in journey.framework if each.anchor == anchor), None)
    title = ORDERS.get(anchor) or (stage.name if stage else anchor)
    numbers = {row.stage: row for row in journey.stages}
    at_stage = numbers.get(stage.key) if stage is not None else None
    margin = getattr(offer, "margin", None)
    margin_put = _offer_put(anchor, "margin")
    if stage is not None and at_stage is not None and at_stage.margin is not None:
        margin, margin_put = at_stage.margin, _stage_put(stage.key, "margin")

    def named(journey: Journey, text: str) -> Journey:
        return _with_offer(journey, anchor, {"name": text})

    fields = [
        Field("name", f"Offer: {title}", offer.name if offer else "", "text", edit=named),
        Field(
            "price",
            f"Price: {title}",
            write_number(getattr(offer, "price", None)),
            edit=number(_offer_put(anchor, "price")),
        ),
        Field("margin", f"Margin: {title}", write_number(margin), edit=number(margin_put)),
    ]
    for column, label, unit in OFTEN:
        value = getattr(offer, column, None)
        if anchor != FIRST_PAYMENT or value is not None:
            change = number(_offer_put(anchor, column), unit)
            fields.append(
                Field(column, f"{label}: {title}", write_number(value, unit), edit=change)
            )
    return Row(anchor, title, tuple(fields), stage.name if stage and anchor in ORDERS else "")


def _offer_put(anchor: str, column: str) -> Callable[[Journey, float | None], Journey]:
    return lambda journey, value: _with_offer(journey, anchor, {column: value})


def _with_offer(journey: Journey, anchor: str, fields: Mapping[str, Any]) -> Journey:
    for offer in journey.offers:
        if journey.framework.anchor(offer.stage) == anchor:
            return journey.with_offer(offer.stage, **fields)
    if not any(fields.values()):
        return journey
    keys = [stage.key for stage in journey.framework if stage.anchor == anchor]
    return journey.with_offer(keys[0] if keys else anchor, **{"name": ORDERS[anchor], **fields})


def _term(column: str, label: str, value: float | None, unit: Unit = "amount") -> Field:
    change = number(lambda journey, typed: journey.with_terms(**{column: typed}), unit)
    return Field(column, label, write_number(value, unit), edit=change)


def _term_text(column: str) -> Change:
    return lambda journey, text: journey.with_terms(**{column: text})


# --- the ways ---------------------------------------------------------------------------------


def ways_part(journey: Journey, entries: Mapping[Address, str], typed: Act) -> Part:
    """Make the fields of the ways besides the steps, and of the referrals.

    Parameters
    ----------
    journey : Journey
    entries : mapping of address to str
        What stands in the fields of a way or a referral that is not yet added.
    typed : Act
        What typing there does.
    """
    stages = journey.framework
    choices = tuple((stage.key, stage.name) for stage in stages)

    def entry(table: str, column: str, default: str = "") -> str:
        return entries.get((table, "new", column), default)

    def end(table: str, column: str, label: str, default: str) -> Field:
        chosen = entry(table, column)
        chosen = chosen if chosen in stages.keys else default
        return Field(column, label, chosen, "choice", choices=choices, edit=typed)

    ways = [
        Row(
            str(place),
            f"{stages[way.source].name} → {stages[way.target].name}",
            (
                Field(
                    "rate",
                    f"Rate: {stages[way.source].name} → {stages[way.target].name}",
                    write_number(way.rate, "share"),
                    edit=number(
                        _positive_put("transitions", place, "rate"), "share", "write a rate"
                    ),
                ),
                _remover("transitions", place, "way"),
            ),
            KINDS[kind_of(stages, stages.index(way.source), stages.index(way.target))],
        )
        for place, way in enumerate(journey.transitions)
    ]
    referrals = [
        Row(
            str(place),
            f"{stages[row.source].name} brings new people to {stages[row.target].name}",
            (
                Field(
                    "per_person",
                    f"New people each: {stages[row.source].name} → {stages[row.target].name}",
                    write_number(row.per_person),
                    edit=number(
                        _positive_put("referrals", place, "per_person"), needed="write a number"
                    ),
                ),
                _remover("referrals", place, "referral"),
            ),
            f"into {row.segment}" if row.segment else "",
        )
        for place, row in enumerate(journey.referrals)
    ]
    last, first = stages.keys[-1], stages.keys[0]
    way = [
        end("way", "source", "Way from", last),
        end("way", "target", "Way to", first),
        Field("rate", "Share who take it", entry("way", "rate"), edit=typed),
    ]
    way.append(Field("add", "Add way", kind="button", edit=Once(_added_way([f.text for f in way]))))
    referral = [
        end("referral", "source", "Referral from", last),
        end("referral", "target", "Referral to", first),
        Field("per_person", "New people each", entry("referral", "per_person"), edit=typed),
    ]
    if len(journey.segments) > 1:
        names = (("", "the same segment"), *((each.name, each.name) for each in journey.segments))
        into = entry("referral", "segment")
        into = into if into in dict(names) else ""
        referral.append(Field("segment", "Into segment", into, "choice", choices=names, edit=typed))
    texts = [field.text for field in referral]
    referral.append(Field("add", "Add referral", kind="button", edit=Once(_added_referral(texts))))
    share = (("way", "Way"), ("rate", "Share who take it"), ("remove", ""))
    brought = (("referral", "Referral"), ("per_person", "New people each"), ("remove", ""))
    return Part(
        "ways",
        "Skips, ways back and referrals",
        (
            Table("transitions", tuple(ways), share),
            Table("way", (Row("new", "", tuple(way)),)),
            Table("referrals", tuple(referrals), brought),
            Table("referral", (Row("new", "", tuple(referral)),)),
        ),
        fold="open" if ways or referrals else "closed",
    )


def _added_way(texts: Sequence[str]) -> Change:
    def change(journey: Journey, _: str) -> Journey:
        source, target, typed = texts
        stages = journey.framework
        if kind_of(stages, stages.index(source), stages.index(target)) == "forward":
            raise ValueError(
                f"{stages[source].name} → {stages[target].name} is the step itself: "
                "type its step rate in the table of the stages"
            )
        rate = read_number(typed, "share")
        if not rate:
            raise ValueError("write the share who take it, such as 5%")
        return journey.with_transition(source, target, rate)

    return change


def _added_referral(texts: Sequence[str]) -> Change:
    def change(journey: Journey, _: str) -> Journey:
        source, target, typed, *into = texts
        per_person = read_number(typed)
        if not per_person:
            raise ValueError("write how many new people each brings, such as 0.2")
        segment = into[0] if into and into[0] else None
        return journey.with_referral(source, to=target, per_person=per_person, segment=segment)

    return change


def _row_put(part: str, place: int, column: str) -> Callable[[Journey, float | None], Journey]:
    def put(journey: Journey, value: float | None) -> Journey:
        rows: list[Any] = list(getattr(journey, part))
        rows[place] = {**dict(rows[place]), column: value}
        return journey.with_terms(**{part: rows})

    return put


def _positive_put(part: str, place: int, column: str) -> Callable[[Journey, float | None], Journey]:
    put = _row_put(part, place, column)

    def put_positive(journey: Journey, value: float | None) -> Journey:
        if value == 0:
            # A way that nobody takes is none; it would vanish while 0.5 is being typed.
            raise ValueError("write more than 0, or press Remove")
        return put(journey, value)

    return put_positive


def _remover(part: str, place: int, what: str) -> Field:
    def change(journey: Journey, _: str) -> Journey:
        rows = getattr(journey, part)
        return journey.with_terms(**{part: [*rows[:place], *rows[place + 1 :]]})

    return Field("remove", f"Remove {what} {place + 1}", "Remove", "button", edit=Once(change))


# --- the segments -----------------------------------------------------------------------------


def segments_part(journey: Journey) -> Part:
    """Make the fields that say where people come from."""
    levels = (("", "not set"), *((level, f"{level} aware") for level in AWARENESS_LEVELS[1:]))
    levels = (*levels[:1], (AWARENESS_LEVELS[0], AWARENESS_LEVELS[0]), *levels[1:])
    rows = []
    for place, segment in enumerate(journey.segments):
        name = segment.name
        fields = [
            Field("name", f"Name: segment {place + 1}", name, "text", edit=_renamed(place)),
            Field(
                "channel",
                f"Channel: {name}",
                segment.channel or "",
                "text",
                edit=_segment_text(place, "channel"),
            ),
            Field(
                "awareness",
                f"Awareness: {name}",
                segment.awareness or "",
                "choice",
                choices=levels,
                edit=_segment_text(place, "awareness"),
            ),
            Field(
                "spend",
                f"Spend: {name}",
                write_number(segment.spend),
                edit=number(_row_put("segments", place, "spend")),
            ),
        ]
        if len(journey.segments) > 1:
            fields.append(_remover("segments", place, "segment"))
        rows.append(Row(str(place), str(place + 1), tuple(fields)))
    headings = (
        ("place", ""),
        ("name", "Segment"),
        ("channel", "Channel"),
        ("awareness", "Awareness"),
        ("spend", "Spend"),
        *([("remove", "")] if len(rows) > 1 else []),
    )
    add = Field("add", "Add segment", kind="button", edit=Once(_added_segment))
    return Part(
        "segments",
        "Segments: where people come from",
        (Table("segments", tuple(rows), headings), Table("segment", (Row("new", "", (add,)),))),
        fold="open" if len(rows) > 1 else "closed",
    )


def _segment_text(place: int, column: str) -> Change:
    put = _row_put("segments", place, column)
    return lambda journey, text: put(journey, text or None)  # type: ignore[arg-type]  # a text


def _renamed(place: int) -> Change:
    def change(journey: Journey, text: str) -> Journey:
        before = journey.segments[place].name
        segments: list[Any] = list(journey.segments)
        segments[place] = {**dict(segments[place]), "name": text}
        referrals = [
            {**dict(row), "segment": text} if row.segment == before else row
            for row in journey.referrals
        ]
        return journey.with_terms(segments=segments, referrals=referrals)

    return change


def _added_segment(journey: Journey, _: str) -> Journey:
    names, last = {segment.name for segment in journey.segments}, journey.segments[-1]
    count = len(names) + 1
    while f"Segment {count}" in names:
        count += 1
    nobody = [0.0] * len(journey.framework)
    if last.observed:
        return journey.with_segment(f"Segment {count}", counts=nobody)
    return journey.with_segment(f"Segment {count}", entrants=nobody, rates=last.rates)


def mode_field(journey: Journey, at: int) -> Field:
    """Make the choice whether a segment's people are counted or planned by rates."""
    segment = journey.segments[at]

    def change(journey: Journey, mode: str) -> Journey:
        segments = list(journey.segments)
        if mode == "planned":
            segments[at] = journey.planned().segments[at]
        elif not segments[at].observed:
            people = journey.flow().only(segments[at].name).stages["people"].to_list()
            counts = tuple(None if number is None else float(round(number)) for number in people)
            changes = {"counts": counts, "entrants": None, "rates": None}
            segments[at] = segments[at].model_copy(update=changes)
        return journey.with_terms(segments=segments)

    mode = "counted" if segment.observed else "planned"
    return Field("mode", "Numbers", mode, "tabs", choices=MODES, edit=Once(change))


# --- what follows -----------------------------------------------------------------------------


def figures_part(economics: Economics, currency: str) -> Part:
    """Show the figures that matter; what is not known is a dash with the reason."""

    def figure(name: str, title: str, text: str, remark: str = "") -> tuple[str, str, str]:
        return title, text, economics.reasons.get(name, remark)

    def money(value: float | None) -> str:
        return money_text(value, currency)

    cycles = economics.payback_cycles
    return Part(
        "figures",
        "What it brings",
        figures=(
            figure("customers", "Customers", people_text(economics.customers)),
            figure(
                "cac",
                "CAC",
                money(economics.cac),
                f"{money(economics.acquisition_cost)} to win {people_text(economics.customers)}",
            ),
            figure("ltv", "LTV", money(economics.ltv), economics.horizon),
            figure(
                "ltv_to_cac",
                "LTV to CAC",
                ratio_text(economics.ltv_to_cac),
                f"{money(economics.ltv_net)} after later costs",
            ),
            figure(
                "payback_days",
                "Payback",
                days_text(economics.payback_days),
                f"{cycles:,.0f} buying cycles" if cycles else "with the first order",
            ),
            figure(
                "profit",
                "Profit",
                money(economics.profit),
                f"after {money(economics.total_cost)} of costs",
            ),
        ),
    )


def findings_part(flow: Flow) -> Part:
    """Show what a reader must know before believing the numbers."""
    notes = [f"{flow.framework[flag.stage].name}: {flag.message}" for flag in flow.flags]
    return Part("findings", "Findings" if notes else "", notes=tuple(dict.fromkeys(notes)))


# --- frameworks -------------------------------------------------------------------------------


def framework_choices(own: Framework | None) -> tuple[tuple[str, str], ...]:
    """List the published frameworks, their variants, and one's own."""
    bases = [base.key for base in frameworks()]
    published = sorted(
        published_frameworks(), key=lambda listed: bases.index(listed.key.partition(":")[0])
    )
    listed = tuple((each.key, each.name) for each in published)
    return listed if own is None else (*listed, (OWN, own.name))


def is_published(stages: Framework) -> bool:
    """Tell whether a framework is one of the published ones or a variant."""
    return stages in published_frameworks()


def carried_over(before: Journey, after: Journey) -> str:
    """Say what of a journey another framework could not take, and what is not known there."""
    known = {stage.anchor: stage.name for stage in _known(before)}
    arrived = {stage.anchor for stage in _known(after)}
    lost = [name for milestone, name in known.items() if milestone not in arrived]
    unknown = [stage.name for stage in after.framework if stage.anchor not in arrived]
    said = []
    if lost:
        said.append(f"Left out: the people at {_and(lost)}.")
    for what, rows, left in (
        ("skips and ways back", before.transitions, after.transitions),
        ("referrals", before.referrals, after.referrals),
    ):
        if len(left) < len(rows):
            said.append(f"Left out: {len(rows) - len(left)} of {len(rows)} {what}.")
    if unknown:
        said.append(f"Not known yet: {_and(unknown)}.")
    title = f"{before.name} in {after.framework.name}"
    return f"{title}: {' '.join(said) if said else 'everything was carried over.'}"


def _known(journey: Journey) -> list[Stage]:
    people = journey.flow().stages["people"].to_list()
    return [
        stage for stage, number in zip(journey.framework, people, strict=True) if number is not None
    ]


def _and(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


# --- messages ---------------------------------------------------------------------------------


def marked(parts: Iterable[Part], said: Mapping[Address, tuple[str, str]]) -> Iterator[Part]:
    """Put what is typed wrong back into its fields, with what is wrong about it.

    Parameters
    ----------
    parts : iterable of Part
    said : mapping of address to (text, message)
    """
    for part in parts:
        tables = [
            replace(
                table,
                rows=tuple(
                    replace(row, fields=tuple(_marked(table.id, row.id, row.fields, said)))
                    for row in table.rows
                ),
            )
            if any(address[0] == table.id for address in said)
            else table
            for table in part.tables
        ]
        yield replace(part, tables=tuple(tables))


def _marked(
    table: str, row: str, fields: Iterable[Field], said: Mapping[Address, tuple[str, str]]
) -> Iterator[Field]:
    for field in fields:
        text, message = said.get((table, row, field.column), (field.text, ""))
        yield replace(field, text=text, message=message)
