"""The worksheet as fields: what is done at each stage, what is sent, offered, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from cvjkit.catalog.framework import awareness_levels
from cvjkit.catalog.tactics import tactic_kind, tactic_kinds
from cvjkit.model.parts import ChannelKind, ContentType, CountedIn
from cvjkit.numbers import write_number
from cvjkit.widgets.fields import Act, Once, number
from cvjkit.widgets.form import Address, Field, Part, Row, Table
from cvjkit.widgets.panels.guide import cited

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Stage
    from cvjkit.journey import Journey
    from cvjkit.model.parts import Segment
    from cvjkit.widgets.session import Change

Choices = tuple[tuple[str, str], ...]
Put = Callable[["Journey", str, Any], "Journey"]
Column = tuple[str, str, Literal["text", "name", "amount", "flag", "kind"] | Choices]

NOT_SAID = ("", "not said")
FLAGS = (NOT_SAID, ("yes", "yes"), ("no", "no"))
TRUTH = {"yes": True, "no": False, "": None}


def _spelled(values: Sequence[str]) -> Choices:
    return (NOT_SAID, *((value, value.replace("_", " ")) for value in values))


TACTIC: tuple[Column, ...] = (
    ("name", "Tactic", "name"),
    ("kind", "Kind", "kind"),
    ("channel", "Channel", "text"),
    ("promise", "Promise", "text"),
    ("owner", "Owner", "text"),
    ("cost", "Cost", "amount"),
    ("due", "Due", "text"),
)
MESSAGE: tuple[Column, ...] = (
    ("name", "Message", "text"),
    ("kind", "Kind", "kind"),
    ("channel", "Channel", "text"),
    ("after_minutes", "After (minutes)", "amount"),
    ("times_a_week", "Times a week", "amount"),
    ("solicited", "Asked for", "flag"),
    ("opt_out", "Can be stopped", "flag"),
)
OFFER: tuple[Column, ...] = (
    ("value", "Value beyond its price", "text"),
    ("risk_reducer", "What takes the risk", "text"),
    ("kind", "Whose it is", _spelled(("own", "joint_venture", "affiliate"))),
    ("based_on", "Why this one", _spelled(("bought_together", "stated_need"))),
    ("easy_payment", "Easy to pay", "flag"),
    ("digital", "Digital", "flag"),
    ("immediate_access", "Access at once", "flag"),
)
SEGMENT: tuple[Column, ...] = (
    ("avatar", "Who they are", "text"),
    ("intent", "What they want solved", "text"),
    ("why_there", "Why they are there", "text"),
    ("content", "Content shown first", _spelled(get_args(ContentType))),
    ("channel_kind", "Kind of channel", _spelled(get_args(ChannelKind))),
    ("targeted", "Chosen", "flag"),
    ("counted_in", "Counted in", _spelled(get_args(CountedIn))),
)
PLAN: tuple[Column, ...] = (
    ("next_test_days", "Days until the next test", "amount"),
    ("cohort_age_days", "Days since those counted came in", "amount"),
    ("channels_overlap", "One person in several segments", "flag"),
    (
        "loyalty_measured_by",
        "Loyalty is counted by",
        _spelled(("recommendation", "repeat_purchase")),
    ),
)


def worksheet_parts(journey: Journey, entries: Mapping[Address, str], typed: Act) -> list[Part]:
    """Make the sections of the worksheet: a stage each, the offers, the segments, the tests.

    Parameters
    ----------
    journey : Journey
    entries : mapping of address to str
        What stands in the fields of a tactic or a message that is not yet added.
    typed : Act
        What typing there does.
    """
    plan = tuple(_field(column, getattr(journey, column[0]), "", _term_put) for column in PLAN)
    parts = [_stage_part(journey, stage, entries, typed) for stage in journey.framework]
    return [
        *parts,
        *([_offers_part(journey)] if journey.offers else []),
        _people_part(journey),
        Part("plan", "Tests and counts", (Table("plan", (Row("plan", "", plan),)),), fold="open"),
    ]


# --- a stage ----------------------------------------------------------------------------------


def _stage_part(journey: Journey, stage: Stage, entries: Mapping[Address, str], typed: Act) -> Part:
    numbers = next((each for each in journey.stages if each.stage == stage.key), None)
    tactics, messages = (numbers.tactics, numbers.messages) if numbers else ((), ())
    kinds = _kinds(stage.milestone)
    used = {tactic.name.strip().casefold() for tactic in tactics}
    suggested = [name for name in stage.tactics if name.casefold() not in used]
    key = stage.key
    name = entries.get((f"tactic-{key}", "new", "name"), "")
    kind = entries.get((f"message-{key}", "new", "kind"), "")
    tactic_line = (
        Field("name", f"New tactic: {stage.name}", name, "text", edit=typed),
        Field("add", f"Add tactic: {stage.name}", "Add", "button", edit=Once(_tactic(key, name))),
        *(
            Field(
                f"suggested-{place}",
                f"Add to {stage.name}: {each}",
                f"+ {each}",
                "button",
                edit=Once(_tactic(key, each)),
            )
            for place, each in enumerate(stage.tactics)
            if each in suggested
        ),
    )
    message_line = (
        Field(
            "kind",
            f"New message: {stage.name}",
            kind,
            "choice",
            choices=(("", "choose its kind"), *kinds[1:]),
            edit=typed,
        ),
        Field("add", f"Add message: {stage.name}", "Add", "button", edit=Once(_message(key, kind))),
    )
    tables = (
        _list_table("tactics", stage, tactics, TACTIC, kinds),
        Table(f"tactic-{key}", (Row("new", "", tactic_line),)),
        _list_table("messages", stage, messages, MESSAGE, kinds),
        Table(f"message-{key}", (Row("new", "", message_line),)),
    )
    source = f"The documents suggest what stands behind +{cited(stage.sources)}."
    notes = (stage.purpose, source if suggested else "")
    return Part(f"stage-{key}", stage.name, tables, tuple(filter(None, notes)), fold="open")


def _list_table(
    what: Literal["tactics", "messages"],
    stage: Stage,
    listed: Sequence[Any],
    columns: Sequence[Column],
    kinds: Choices,
) -> Table:
    rows = []
    for place, each in enumerate(listed):
        title = f"{stage.name} {place + 1}"
        put = _listed_put(stage.key, what, place)
        fields = [_field(column, _value(each, column[0]), title, put, kinds) for column in columns]
        remove = f"Remove {what[:-1]}: {title}"
        change = Once(_removed(stage.key, what, place))
        fields.append(Field("remove", remove, "Remove", "button", edit=change))
        rows.append(Row(str(place), str(place + 1), tuple(fields)))
    headings = (("place", ""), *((key, label) for key, label, _ in columns), ("remove", ""))
    return Table(f"{what}-{stage.key}", tuple(rows), headings)


def _value(listed: Any, column: str) -> Any:
    """Give what is typed; of a tactic whose kind its name says, that kind."""
    value = getattr(listed, column)
    if column == "kind" and value is None:
        kind = tactic_kind(None, listed.name or "")
        return kind.key if kind else None
    return value


@cache
def _kinds(milestone: str | None) -> Choices:
    """List the kinds of tactics and messages, those at home at a milestone first."""
    homely = [kind for kind in tactic_kinds() if milestone in kind.homes]
    others = [kind for kind in tactic_kinds() if milestone not in kind.homes]
    return (
        NOT_SAID,
        *((kind.key, kind.name) for kind in homely),
        *((kind.key, f"{kind.name} (elsewhere)" if homely else kind.name) for kind in others),
    )


def _rows(journey: Journey, stage: str, what: str) -> list[Any]:
    return [row for each in journey.stages if each.stage == stage for row in getattr(each, what)]


def _with_rows(journey: Journey, stage: str, what: str, rows: list[Any]) -> Journey:
    fields: dict[str, Any] = {what: rows}
    return journey.with_stage(stage, **fields)


def _listed_put(stage: str, what: str, place: int) -> Put:
    def put(journey: Journey, column: str, value: Any) -> Journey:
        rows = _rows(journey, stage, what)
        rows[place] = {**dict(rows[place]), column: value}
        return _with_rows(journey, stage, what, rows)

    return put


def _removed(stage: str, what: str, place: int) -> Change:
    def change(journey: Journey, _: str) -> Journey:
        rows = _rows(journey, stage, what)
        return _with_rows(journey, stage, what, [*rows[:place], *rows[place + 1 :]])

    return change


def _tactic(stage: str, name: str) -> Change:
    def change(journey: Journey, _: str) -> Journey:
        if not name.strip():
            raise ValueError("write what you do, or take a suggestion")
        rows = [*_rows(journey, stage, "tactics"), {"name": name.strip()}]
        return _with_rows(journey, stage, "tactics", rows)

    return change


def _message(stage: str, kind: str) -> Change:
    def change(journey: Journey, _: str) -> Journey:
        if not kind:
            raise ValueError("choose what kind of message it is")
        rows = [*_rows(journey, stage, "messages"), {"kind": kind}]
        return _with_rows(journey, stage, "messages", rows)

    return change


# --- offers, segments, plan -------------------------------------------------------------------


def _offers_part(journey: Journey) -> Part:
    rows = []
    for offer in journey.offers:
        fields = [
            _field(column, getattr(offer, column[0]), offer.name, _offer_put(offer.stage))
            for column in OFFER
        ]
        stages = journey.framework
        where = stages[offer.stage].name if offer.stage in stages.keys else offer.stage
        rows.append(Row(offer.stage, offer.name, tuple(fields), where))
    headings = (("offer", "Offer"), *((key, label) for key, label, _ in OFFER))
    return Part("worth", "Offers", (Table("worth", tuple(rows), headings),), fold="open")


def _offer_put(stage: str) -> Put:
    return lambda journey, column, value: journey.with_offer(stage, **{column: value})


def _people_part(journey: Journey) -> Part:
    rows = []
    for place, segment in enumerate(journey.segments):
        put = _segment_put(place)
        fields = [
            _field(column, getattr(segment, column[0]), segment.name, put) for column in SEGMENT
        ]
        fields += _suited(segment, put)
        rows.append(Row(str(place), segment.name, tuple(fields), _advice(segment)))
    headings = (("name", "Segment"), *((key, label) for key, label, _ in SEGMENT), ("take", ""))
    return Part("avatars", "Who comes", (Table("avatars", tuple(rows), headings),), fold="open")


def _advice(segment: Segment) -> str:
    """Say what to show people of a level of awareness first, and who says so."""
    for level in awareness_levels():
        if level.key == segment.awareness:
            return f"{level.name}: {level.content} content. {level.approach}{cited(level.sources)}"
    return "Say how aware they are, with the numbers: it decides what to show them first."


def _suited(segment: Segment, put: Put) -> Iterator[Field]:
    for level in awareness_levels():
        if level.key == segment.awareness and level.content != segment.content:
            label = f"Show {segment.name} {level.content} content first"
            change = Once(_taken(put, level.content))
            yield Field("take", label, f"+ {level.content.capitalize()}", "button", edit=change)


def _taken(put: Put, content: str) -> Change:
    return lambda journey, _: put(journey, "content", content)


def _segment_put(place: int) -> Put:
    def put(journey: Journey, column: str, value: Any) -> Journey:
        rows: list[Any] = list(journey.segments)
        rows[place] = {**dict(rows[place]), column: value}
        return journey.with_terms(segments=rows)

    return put


def _term_put(journey: Journey, column: str, value: Any) -> Journey:
    return journey.with_terms(**{column: value})


# --- a field ----------------------------------------------------------------------------------


def _field(column: Column, value: Any, what: str, put: Put, kinds: Choices = ()) -> Field:
    key, title, form = column
    label = f"{title}: {what}" if what else title
    if form == "amount":
        change = number(lambda journey, typed: put(journey, key, typed))
        return Field(key, label, write_number(value), edit=change)
    if form == "flag":
        text = {True: "yes", False: "no", None: ""}[value]
        flagged = Once(lambda journey, text: put(journey, key, TRUTH[text]))
        return Field(key, label, text, "choice", choices=FLAGS, edit=flagged)
    if form in {"text", "name"}:
        # A name is needed: an empty one is for the journey to refuse.
        change = _text_change(key, put, needed=form == "name")
        return Field(key, label, value or "", "text", edit=change)
    choices = kinds if form == "kind" else form
    chosen = Once(lambda journey, text: put(journey, key, text or None))
    return Field(key, label, value or "", "choice", choices=choices, edit=chosen)  # type: ignore[arg-type]  # a form that is no word is its choices


def _text_change(key: str, put: Put, *, needed: bool) -> Change:
    blank = "" if needed else None
    return lambda journey, text: put(journey, key, text if text.strip() else blank)
