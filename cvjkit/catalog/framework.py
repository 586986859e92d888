"""Milestones, stages and frameworks: published ones kept as data, and the user's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from cvjkit.errors import Fault, InputError, faults_of, unknown_name

PUBLISHED = ("five", "seven", "eight", "nine", "full")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

Document = dict[str, Any]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Step(_Frozen):
    key: str
    name: str
    phase: str = ""
    state: str = ""
    event: str = ""
    purpose: str = ""
    sources: tuple[str, ...] = ()

    @field_validator("key")
    @classmethod
    def _key_is_an_identifier(cls, key: str) -> str:
        return _well_formed(key)

    @field_validator("name")
    @classmethod
    def _name_is_legible(cls, name: str) -> str:
        return _not_blank(name)


class Milestone(_Step):
    """A point on the common spine, defined by an event that can be observed.

    Parameters
    ----------
    key, name, phase, state, event, purpose, sources
        As in :class:`Stage`.
    decided_by : {"person", "seller"}
        Who makes the step to this milestone happen. Steps a person must decide on leak more.
    after : str or None
        Key of the milestone it follows; None for the first.
    branch : {"main", "time", "habit", "voice"}
        ``time`` exists only in designs that convert people by their time before their money;
        ``habit`` and ``voice`` run beside each other after the second purchase.
    weight : float
        Share of a leak that the step to this milestone takes when only the numbers around it
        are known, relative to other steps. Our prior, kept in ``full.toml``.

    Examples
    --------
    >>> lead = next(m for m in milestones() if m.key == "lead")
    >>> lead.decided_by, lead.after, lead.weight
    ('person', 'engaged', 3.0)
    """

    decided_by: Literal["person", "seller"]
    after: str | None = None
    branch: Literal["main", "time", "habit", "voice"] = "main"
    weight: float

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Keys of the milestones before this one on its own branch, nearest first.

        Examples
        --------
        >>> next(m for m in milestones() if m.key == "advocate").ancestors[:2]
        ('bought_again', 'wowed')
        """
        return _ancestors()[self.key]


class Disagreement(_Frozen):
    """A question on which the source documents differ.

    Parameters
    ----------
    id : str
        ``C1`` to ``C10``.
    topic : str
        What it is about, in a word or two.
    question : str
        What the documents answer differently.
    positions : tuple of Position
        Who says what.
    consequence : str
        What cvjkit does about it.
    milestones : tuple of str
        Milestones it concerns.
    stages : tuple of str
        Stages it concerns, as ``"eight.conversion"``.

    Examples
    --------
    >>> print(disagreements()[0].id, disagreements()[0].topic)
    C1 Skipping stages
    """

    id: str
    topic: str
    question: str
    positions: tuple[Position, ...]
    consequence: str
    milestones: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


class Position(_Frozen):
    """What one document says about a disagreement."""

    says: str
    sources: tuple[str, ...]


class AwarenessLevel(_Frozen):
    """How much people of a channel know before they meet the seller, and what to show them first.

    Examples
    --------
    >>> [(level.key, level.content) for level in awareness_levels()][0]
    ('unaware', 'entertaining')
    """

    key: str
    name: str
    state: str
    content: str
    approach: str
    example: str
    sources: tuple[str, ...]


class Stage(_Step):
    """One step of a framework.

    Parameters
    ----------
    key : str
        Lowercase letters, digits and ``_``, beginning with a letter; unique in its framework.
    name : str
        The document's name for it, or any text.
    milestone : str, optional
        Where on the spine the stage is reached; a step of one's own may have none.
    phase : str
        The document's group of stages, if it has groups.
    state : str
        What is true of a person who has arrived.
    event : str
        What proves the arrival.
    purpose : str
        What the stage is for.
    tactics : tuple of str
        What the document suggests doing; empty if it names nothing.
    sources : tuple of str
        Citations ``"003:62"``: file 003, line 62.
    reconstructed : bool
        True where the document's own name for the stage is lost and this one is ours.
    anchor_note : str
        Why the stage stands at its milestone, where one could argue.
    alternative_milestone : str, optional
        Another defensible milestone.
    disagreement_ids : tuple of str
        Which of :func:`disagreements` concern the stage.

    Examples
    --------
    >>> framework("eight")["subscription"].milestone
    'lead'
    """

    milestone: str | None = None
    tactics: tuple[str, ...] = ()
    reconstructed: bool = False
    anchor_note: str = ""
    alternative_milestone: str | None = None
    disagreement_ids: tuple[str, ...] = ()

    @field_validator("milestone", "alternative_milestone")
    @classmethod
    def _milestone_is_known(cls, milestone: str | None) -> str | None:
        return milestone if milestone is None else _known(milestone, list(_ancestors()))

    @field_validator("disagreement_ids")
    @classmethod
    def _disagreements_are_known(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        known = [each.id for each in disagreements()]
        return tuple(_known(each, known) for each in ids)

    @property
    def anchor(self) -> str:
        """Where the stage stands: its milestone or, if it has none, its own key.

        Two stages of any frameworks are the same place in a journey if their anchors are equal.

        Examples
        --------
        >>> framework("eight")["subscription"].anchor, Stage(key="quiz", name="Quiz").anchor
        ('lead', 'quiz')
        """
        return self.milestone or self.key

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Questions about this stage that the documents answer differently.

        Examples
        --------
        >>> [each.id for each in framework("five")["acquisition"].disagreements]
        ['C9']
        """
        return tuple(each for each in disagreements() if each.id in self.disagreement_ids)

    def document(self) -> Document:
        """Give the stage as plain values, without what is empty, as a file holds it."""
        return _plain(self)


class Framework(_Frozen):
    """An ordered list of stages.

    Parameters
    ----------
    key : str
        Lowercase letters, digits and ``_``; a variant has ``:`` and its name at the end.
    name : str
        Any text.
    source : str
        The document it comes from.
    note : str
        What one should know before relying on it.
    stages : tuple of Stage
        At least one; keys unique; no milestone twice; milestones in the order of the spine
        (the habit and the voice branch are parallel: their order is free).

    Examples
    --------
    >>> eight = framework("eight")
    >>> len(eight), eight.keys[:3], eight["conversion"].name, eight.index("conversion")
    (8, ('awareness', 'engagement', 'subscription'), 'Conversion', 3)
    """

    key: str
    name: str
    source: str = ""
    note: str = ""
    stages: tuple[Stage, ...]

    @field_validator("key")
    @classmethod
    def _key_is_an_identifier(cls, key: str) -> str:
        return key if key in _choices() else _well_formed(key)

    @field_validator("name")
    @classmethod
    def _name_is_legible(cls, name: str) -> str:
        return _not_blank(name)

    @model_validator(mode="wrap")
    @classmethod
    def _all_faults_at_once(cls, data: object, handler: Callable[[object], Self]) -> Self:
        if isinstance(data, Framework):
            return handler(data)
        rows = data.get("stages") if isinstance(data, Mapping) else None
        rows = list(enumerate(rows)) if isinstance(rows, list | tuple) else None
        steps = [_label_and_milestone(place, row) for place, row in rows or ()]
        faults = [] if rows is None else _order_faults(steps)
        try:
            valid = handler(data)
        except ValidationError as error:
            faults = faults_of(error, _labels(steps)) + faults
        if faults:
            raise InputError("framework", faults)
        return valid

    def __len__(self) -> int:
        return len(self.stages)

    def __iter__(self) -> Iterator[Stage]:  # type: ignore[override]  # pydantic's gives fields
        return iter(self.stages)

    def __contains__(self, item: object) -> bool:
        return item in self.keys or item in self.stages

    def __getitem__(self, key: str) -> Stage:
        return self.stages[self.index(key)]

    def __hash__(self) -> int:
        return hash((self.key, self.name, self.keys))

    def __repr__(self) -> str:
        return f"<Framework {self.key}: {', '.join(self.keys)}>"

    __str__ = __repr__

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the stages, in order."""
        return tuple(stage.key for stage in self.stages)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.keys)}

    def index(self, key: str) -> int:
        """Give the place of a stage, counted from 0.

        Raises
        ------
        InputError
            If no stage has this key; the message lists those there are.

        Examples
        --------
        >>> framework("five").index("loyalty")
        4
        """
        try:
            return self._places[key]
        except (KeyError, TypeError):
            raise InputError(
                f"framework {self.key}", [unknown_name("stage", key, self.keys)]
            ) from None

    def anchor(self, name: str) -> str:
        """Give the anchor of a stage; any other name, such as a milestone's, is its own.

        Parameters
        ----------
        name : str
            Key of a stage, or of a milestone, as an offer names where it is bought.

        Returns
        -------
        str
            As :attr:`Stage.anchor`.

        Examples
        --------
        >>> framework("eight").anchor("ascension"), framework("five").anchor("wowed")
        ('bought_again', 'wowed')
        """
        return self[name].anchor if name in self.keys else name

    def covering(self, milestone: str) -> int | None:
        """Find the stage to whose step a milestone belongs: that at it, or the next after it.

        Parameters
        ----------
        milestone : str
            Key of a milestone, or of a stage that has none.

        Returns
        -------
        int or None
            Its place; None if no stage stands at the milestone or after it on its branch.

        Examples
        --------
        >>> five = framework("five")
        >>> [five.covering(key) for key in ("aware", "lead", "wowed", "promoter")]
        [0, 2, 3, None]
        """
        nearest, found = len(_ancestors()) + 1, None
        for place, stage in enumerate(self.stages):
            if milestone in {stage.key, stage.milestone}:
                return place
            line = _ancestors()[stage.milestone] if stage.milestone else ()
            if milestone in line and line.index(milestone) < nearest:
                nearest, found = line.index(milestone), place
        return found

    @cached_property
    def parents(self) -> tuple[int | None, ...]:
        """For each stage the place of the stage it follows; None for the first.

        A stage follows the nearest milestone before it on its own branch, so that advocates
        follow those who bought again, whether or not the habit branch stands between.

        Examples
        --------
        >>> framework("five").parents
        (None, 0, 1, 2, 3)
        >>> full = framework("full")
        >>> full.keys[full.parents[full.index("advocate")]]
        'bought_again'
        """
        parents: list[int | None] = []
        anchored: dict[str, int] = {}
        before: Stage | None = None
        for place, stage in enumerate(self.stages):
            parent = place - 1 if before else None
            if before and before.milestone and stage.milestone:
                line = _ancestors()[stage.milestone]
                parent = next((anchored[key] for key in line if key in anchored), parent)
            if stage.milestone:
                anchored[stage.milestone] = place
            parents.append(parent)
            before = stage
        return tuple(parents)

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants of a published framework, for ``framework("eight:time")``.

        Examples
        --------
        >>> framework("eight").variants, framework("five").variants
        (('time',), ())
        """
        return tuple(_data(self.key).get("variants", {})) if self.key in PUBLISHED else ()

    def document(self) -> Document:
        """Give the framework as plain values, without what is empty, as a file holds it.

        Examples
        --------
        >>> own = framework("five").rename({"reach": "Be seen"}, key="ours")
        >>> own.document()["stages"][0]["name"]
        'Be seen'
        >>> Framework.from_document(own.document()) == own
        True
        """
        return {**_plain(self), "stages": [stage.document() for stage in self]}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], subject: str = "framework") -> Framework:
        """Read a framework from plain values, whole or as changes to another one.

        Parameters
        ----------
        document : mapping
            Either ``key``, ``name``, ``stages`` (a list, and ``source``, ``note`` if wanted); or
            ``base``, the key of a published framework, with any of ``stages`` (stage key to
            changed fields), ``drop`` (stage keys) and ``insert`` (a list of stages, each with
            ``after``, the key of the stage it follows; without it, it comes first).
        subject : str
            What to call it in messages, such as the file's path.

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> reform = {"base": "five", "key": "ours", "name": "Ours", "drop": ["loyalty"]}
        >>> Framework.from_document(reform)
        <Framework ours: reach, acquisition, conversion, retention>
        """
        faults: list[Fault] = []
        whole = dict(document)
        if "base" in whole:
            base = whole.pop("base")
            if base not in _choices():
                raise InputError(subject, [unknown_name("base", base, _choices())])
            whole, faults = _changed(_published(base), whole)
        return _own(whole, subject, faults)

    def rename(
        self, names: Mapping[str, str], *, key: str | None = None, name: str | None = None
    ) -> Framework:
        """Give stages other names; their keys and milestones stay.

        Parameters
        ----------
        names : mapping of stage key to name
        key, name : str, optional
            Of the new framework; by default made from this one's.

        Examples
        --------
        >>> framework("five").rename({"reach": "Be seen"})["reach"].name
        'Be seen'
        """
        renamed = {stage: {"name": new} for stage, new in names.items()}
        return self.change(renamed, key=key, name=name)

    def change(
        self,
        stages: Mapping[str, Mapping[str, object]],
        *,
        key: str | None = None,
        name: str | None = None,
    ) -> Framework:
        """Change fields of stages, such as the milestone they stand at.

        Parameters
        ----------
        stages : mapping of stage key to changed fields
        key, name : str, optional
            Of the new framework; by default made from this one's.

        Examples
        --------
        >>> framework("five").change({"loyalty": {"milestone": "promoter"}})["loyalty"].milestone
        'promoter'
        """
        return self._derive({"stages": stages}, key, name)

    def insert(
        self,
        stage: Stage | Mapping[str, object],
        *,
        after: str | None,
        key: str | None = None,
        name: str | None = None,
    ) -> Framework:
        """Add a stage.

        Parameters
        ----------
        stage : Stage or mapping of its fields
            At least ``key`` and ``name``.
        after : str or None
            Key of the stage it follows; None to put it first.
        key, name : str, optional
            Of the new framework; by default made from this one's.

        Examples
        --------
        >>> framework("five").insert({"key": "quiz", "name": "Quiz"}, after="reach").keys
        ('reach', 'quiz', 'acquisition', 'conversion', 'retention', 'loyalty')
        """
        fields = stage.document() if isinstance(stage, Stage) else dict(stage)
        return self._derive({"insert": [{**fields, "after": after}]}, key, name)

    def drop(self, *stages: str, key: str | None = None, name: str | None = None) -> Framework:
        """Leave stages out.

        Parameters
        ----------
        *stages : str
            Stage keys.
        key, name : str, optional
            Of the new framework; by default made from this one's.

        Examples
        --------
        >>> framework("five").drop("loyalty", key="short", name="To retention")
        <Framework short: reach, acquisition, conversion, retention>
        """
        return self._derive({"drop": list(stages)}, key, name)

    def _derive(self, changes: Document, key: str | None, name: str | None) -> Framework:
        given = {
            field: value for field, value in (("key", key), ("name", name)) if value is not None
        }
        document, faults = _changed(self, {**changes, **given})
        return _own(document, f"framework {self.key}", faults)


def framework(key: str) -> Framework:
    """Give a published framework, or a variant of one.

    Parameters
    ----------
    key : str
        ``five``, ``seven``, ``eight``, ``nine`` or ``full``; ``eight:time`` and ``full:time``
        for designs in which people first commit their time, not their money.

    Raises
    ------
    InputError
        If there is none; the message lists those there are.

    Examples
    --------
    >>> framework("eight:time")["conversion"].milestone
    'educated'
    """
    choices = _choices()
    if key not in choices:
        raise InputError("framework", [unknown_name("key", key, choices)])
    return _published(key)


def frameworks() -> tuple[Framework, ...]:
    """Give the published frameworks, shortest first, the spine last.

    Examples
    --------
    >>> [(each.key, len(each)) for each in frameworks()]
    [('five', 5), ('seven', 7), ('eight', 8), ('nine', 9), ('full', 13)]
    """
    return tuple(_published(key) for key in PUBLISHED)


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
    return tuple(map(_published, _choices()))


@cache
def milestones() -> tuple[Milestone, ...]:
    """Give the milestones of the spine, in order.

    Examples
    --------
    >>> [each.key for each in milestones()][:5]
    ['aware', 'intrigued', 'visited', 'engaged', 'lead']
    """
    data = _data("full")
    return tuple(
        Milestone(weight=data["weights"][row["decided_by"]], **row) for row in data["milestones"]
    )


@cache
def disagreements() -> tuple[Disagreement, ...]:
    """Give the questions on which the source documents differ.

    Examples
    --------
    >>> len(disagreements())
    10
    """
    return tuple(Disagreement(**row) for row in _data("disagreements")["disagreements"])


@cache
def awareness_levels() -> tuple[AwarenessLevel, ...]:
    """Give the levels of awareness, from knowing nothing to knowing the product.

    Examples
    --------
    >>> [level.key for level in awareness_levels()]
    ['unaware', 'problem', 'solution', 'product']
    """
    return tuple(AwarenessLevel(**row) for row in _data("awareness")["levels"])


def read_framework(path: str | Path) -> Framework:
    r"""Read a framework of one's own from a TOML file.

    Parameters
    ----------
    path : str or Path
        The file holds what :meth:`Framework.from_document` takes.

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


@cache
def _data(name: str) -> Document:
    text = (files("cvjkit.catalog") / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _choices() -> tuple[str, ...]:
    variants = [f"{key}:{name}" for key in PUBLISHED for name in _data(key).get("variants", {})]
    return (*PUBLISHED, *variants)


@cache
def _published(key: str) -> Framework:
    base, _, variant = key.partition(":")
    data = dict(_data(base))
    changes = data.pop("variants", {}).get(variant, {})
    if base == "full":
        data = {field: data[field] for field in ("key", "name", "source", "note")}
        standing = [
            each for each in milestones() if each.branch in ("main", "habit", "voice", variant)
        ]
        data["stages"] = [_as_stage(each) for each in standing]
    else:
        data["stages"] = [
            {**row, "disagreement_ids": _concerning(f"{base}.{row['key']}")}
            for row in data["stages"]
        ]
    published = Framework(**data)
    if not variant:
        return published
    document, _ = _changed(published, {**changes, "key": key})
    return Framework(**document)


def _concerning(stage: str) -> list[str]:
    return [each.id for each in disagreements() if stage in each.stages]


def _as_stage(milestone: Milestone) -> Document:
    stages = (
        stage for key in _choices() if not key.startswith("full") for stage in _published(key)
    )
    tactics = [
        tactic for each in stages if each.milestone == milestone.key for tactic in each.tactics
    ]
    return {
        **milestone.model_dump(include=set(_Step.model_fields)),
        "milestone": milestone.key,
        "tactics": list(dict.fromkeys(tactics)),
        "disagreement_ids": [e.id for e in disagreements() if milestone.key in e.milestones],
    }


@cache
def _ancestors() -> dict[str, tuple[str, ...]]:
    lines: dict[str, tuple[str, ...]] = {}
    for milestone in milestones():
        lines[milestone.key] = (milestone.after, *lines[milestone.after]) if milestone.after else ()
    return lines


class _Changes(_Frozen):
    key: str | None = None
    name: str | None = None
    source: str | None = None
    note: str | None = None
    stages: dict[str, dict[str, Any]] = {}
    drop: tuple[str, ...] = ()
    insert: tuple[dict[str, Any], ...] = ()


def _changed(base: Framework, changes: Mapping[str, Any]) -> tuple[Document, list[Fault]]:
    """Apply changes to a framework's document; what cannot be applied becomes a fault."""
    faults: list[Fault] = []
    try:
        wanted = _Changes.model_validate(changes)
    except ValidationError as error:
        faults = faults_of(error, {})
        broken = {item["loc"][0] for item in error.errors()}
        wanted = _Changes(**{field: changes[field] for field in changes if field not in broken})
    rows = {stage.key: stage.document() for stage in base}
    for key, fields in wanted.stages.items():
        if key in rows:
            rows[key] |= fields
        else:
            faults.append(unknown_name("stages", key, rows))
    for key in wanted.drop:
        if rows.pop(key, None) is None:
            faults.append(unknown_name("drop", key, rows))
    order = list(rows.items())
    for place, row in enumerate(wanted.insert):
        fields = dict(row)
        after, keys = fields.pop("after", None), [key for key, _ in order]
        if after is None or after in keys:
            order.insert(keys.index(after) + 1 if after else 0, (str(fields.get("key")), fields))
        else:
            faults.append(
                unknown_name(f"insert[{_label(place, fields.get('key'))}].after", after, keys)
            )
    own = base.key not in _choices()
    document = {
        "key": base.key if own else f"{base.key.replace(':', '_')}_own",
        "name": base.name if own else f"{base.name} (own)",
        "source": base.source,
        "note": base.note,
        **wanted.model_dump(include={"key", "name", "source", "note"}, exclude_none=True),
        "stages": [row for _, row in order],
    }
    return document, faults


def _own(document: Mapping[str, Any], subject: str, faults: Sequence[Fault] = ()) -> Framework:
    found = list(faults)
    own = None
    try:
        own = Framework.model_validate(document)
    except ValidationError as error:
        found += faults_of(error, {})
    key = document.get("key")
    if key in _choices() and own != _published(key):
        rule = "is the key of a published framework, which this is not"
        found.append(Fault("key", key, rule, "choose another, such as 'ours'"))
    if own is None or found:
        raise InputError(subject, found)
    return own


def _label_and_milestone(place: int, row: object) -> tuple[str, str | None]:
    """Read what the order depends on, even from a row that breaks other rules."""
    fields = row.model_dump() if isinstance(row, Stage) else row
    fields = fields if isinstance(fields, Mapping) else {}
    milestone = fields.get("milestone")
    known = milestone if milestone in list(_ancestors()) else None
    return _label(place, fields.get("key")), known


def _label(place: int, key: object) -> str:
    """Name a row by its key in messages, if that is fit to be shown, else by its place."""
    return key if isinstance(key, str) and IDENTIFIER.fullmatch(key) else str(place)


def _labels(steps: Sequence[tuple[str, str | None]]) -> dict[tuple[object, ...], str]:
    return {("stages", place): label for place, (label, _) in enumerate(steps)}


def _order_faults(steps: Sequence[tuple[str, str | None]]) -> list[Fault]:
    if not steps:
        return [Fault("stages", [], "must hold at least one stage", "add one")]
    faults = []
    labels: set[str] = set()
    anchored: dict[str, str] = {}
    for label, milestone in steps:
        if label in labels:
            rule = "is the key of another stage too"
            faults.append(Fault(f"stages[{label}].key", label, rule, "give each stage its own"))
        labels.add(label)
        if milestone is None:
            continue
        field = f"stages[{label}].milestone"
        late = next((m for m in anchored if milestone in _ancestors()[m]), None)
        if milestone in anchored:
            rule = f"is the milestone of stage {anchored[milestone]} too"
            faults.append(Fault(field, milestone, rule, "choose another, or leave it out"))
        elif late:
            rule = f"comes before {late!r}, where stage {anchored[late]} stands"
            fix = f"move it before stage {anchored[late]} or choose a later milestone"
            faults.append(Fault(field, milestone, rule, fix))
        anchored.setdefault(milestone, label)
    return faults


def _plain(step: Stage | Framework) -> Document:
    return {
        field: value
        for field, value in step.model_dump(mode="json").items()
        if value not in ("", None, [], False)
    }


def _well_formed(key: str) -> str:
    if not IDENTIFIER.fullmatch(key):
        raise ValueError("must be lowercase letters, digits and _; write it like first_order")
    return key


def _not_blank(name: str) -> str:
    if not name.strip():
        raise ValueError("must not be blank; write a name")
    return name


def _known(value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        fault = unknown_name("", value, choices)
        raise ValueError(f"{fault.rule}; {fault.fix}")
    return value
