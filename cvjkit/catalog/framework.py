"""A framework: an ordered list of stages, and how to derive another one from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Literal, Self

from pydantic import ValidationError, field_validator, model_validator

from cvjkit.catalog.data import Document, Name, Record, identifier
from cvjkit.catalog.derive import changed
from cvjkit.catalog.order import labelled, order_faults
from cvjkit.catalog.published import (
    SPINE,
    documented_keys,
    published_document,
    published_keys,
    variants,
)
from cvjkit.catalog.spine import spine
from cvjkit.catalog.stage import BlindSpot, Stage
from cvjkit.errors import Fault, InputError, faults_of, unknown_name


class Framework(Record):
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
    blind_spots : tuple of BlindSpot
        What it has no stage for and others have. A framework derived from a published one starts
        without them.
    skipping : {"failure", "discouraged", "allowed"}
        What it means to leave a stage out: the document calls it failure; it asks for as many
        stages as one can manage; it lets one adapt the stages, or says nothing. A framework
        derived from a published one starts with "allowed".

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> eight = framework("eight")
    >>> len(eight), eight.keys[:3], eight["conversion"].name, eight.index("conversion")
    (8, ('awareness', 'engagement', 'subscription'), 'Conversion', 3)
    """

    key: str
    name: Name
    source: str = ""
    note: str = ""
    blind_spots: tuple[BlindSpot, ...] = ()
    skipping: Literal["failure", "discouraged", "allowed"] = "allowed"
    stages: tuple[Stage, ...]

    @field_validator("key")
    @classmethod
    def _key_is_well_formed(cls, key: str) -> str:
        return key if key in published_keys() else identifier(key)

    @model_validator(mode="wrap")
    @classmethod
    def _all_faults_at_once(cls, data: object, handler: Callable[[object], Self]) -> Self:
        if isinstance(data, Framework):
            return handler(data)
        stages = labelled(data.get("stages")) if isinstance(data, Mapping) else None
        faults = [] if stages is None else order_faults(stages)
        try:
            valid = handler(data)
        except ValidationError as error:
            labels: dict[tuple[object, ...], str]
            labels = {("stages", index): label for index, (label, _) in enumerate(stages or ())}
            faults = faults_of(error, labels) + faults
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
        """Keys of the stages, in order.

        Returns
        -------
        tuple of str
        """
        return tuple(stage.key for stage in self.stages)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {key: index for index, key in enumerate(self.keys)}

    @cached_property
    def by_milestone(self) -> Mapping[str, int]:
        """Index of the stage at each milestone that has one, in the order of the stages.

        Returns
        -------
        mapping of str to int
            Keys of milestones to positions, counted from 0.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("five").by_milestone["first_payment"]
        2
        """
        stages = enumerate(self.stages)
        return {stage.milestone: index for index, stage in stages if stage.milestone}

    def index(self, key: str) -> int:
        """Give the position of a stage.

        Parameters
        ----------
        key : str
            Of the stage.

        Returns
        -------
        int
            Counted from 0.

        Raises
        ------
        InputError
            If no stage has this key; the message lists those there are.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("five").index("loyalty")
        4
        """
        try:
            return self._index[key]
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
        >>> from cvjkit.catalog.lookup import framework
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
            Index of the stage; None if none stands at the milestone or after it on its branch.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> five = framework("five")
        >>> [five.covering(key) for key in ("aware", "lead", "wowed", "promoter")]
        [0, 2, 3, None]
        """
        distances = {}
        for index, stage in enumerate(self.stages):
            if milestone in {stage.key, stage.milestone}:
                return index
            line = spine()[stage.milestone].ancestors if stage.milestone else ()
            if milestone in line:
                distances[index] = line.index(milestone)
        return min(distances, key=distances.__getitem__, default=None)

    @cached_property
    def parents(self) -> tuple[int | None, ...]:
        """For each stage the index of the stage it follows; None for the first.

        A stage follows the nearest milestone before it on its own branch, so that advocates
        follow those who bought again, whether or not the habit branch stands between.

        Returns
        -------
        tuple of int or None
            One for each stage.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("five").parents
        (None, 0, 1, 2, 3)
        >>> full = framework("full")
        >>> full.keys[full.parents[full.index("advocate")]]
        'bought_again'
        """
        parents: list[int | None] = []
        for index, stage in enumerate(self.stages):
            parent = index - 1 if index else None
            if parent is not None and stage.milestone and self.stages[parent].milestone:
                line = spine()[stage.milestone].ancestors
                earlier = (self.by_milestone[key] for key in line if key in self.by_milestone)
                parent = next(earlier, parent)
            parents.append(parent)
        return tuple(parents)

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants of a published framework, for ``framework("eight:time")``.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("eight").variants, framework("five").variants
        (('time',), ())
        """
        return variants(self.key) if self.key in (*documented_keys(), SPINE) else ()

    def document(self) -> Document:
        """Give the framework as plain values, without what is empty, as a file holds it.

        Returns
        -------
        dict
            Fit for :meth:`from_document`.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> own = framework("five").rename({"reach": "Be seen"}, key="ours")
        >>> own.document()["stages"][0]["name"]
        'Be seen'
        >>> Framework.from_document(own.document()) == own
        True
        """
        return self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], subject: str = "framework") -> Framework:
        """Read a framework from plain values, whole or as changes to another one.

        Parameters
        ----------
        document : mapping
            Either the parameters of a framework; or ``base``, the key of a published one, with any
            of ``stages`` (stage key to changed fields), ``drop`` (stage keys) and ``insert`` (a
            list of stages, each with ``after``, the key of the stage it follows; without it, it
            comes first).
        subject : str
            What to call it in messages, such as the file's path.

        Returns
        -------
        Framework

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
            if base not in published_keys():
                raise InputError(subject, [unknown_name("base", base, published_keys())])
            whole, faults = _derived(published_framework(base), whole)
        return _own(whole, subject, faults)

    def rename(
        self, names: Mapping[str, str], *, key: str | None = None, name: str | None = None
    ) -> Framework:
        """Give stages other names; their keys and milestones stay.

        Parameters
        ----------
        names : mapping of stage key to name
            The stages to rename.
        key : str, optional
            Of the new framework; by default made from this one's.
        name : str, optional
            Of the new framework; by default made from this one's.

        Returns
        -------
        Framework

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
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
        stages : mapping of stage key to mapping
            Their changed fields.
        key : str, optional
            Of the new framework; by default made from this one's.
        name : str, optional
            Of the new framework; by default made from this one's.

        Returns
        -------
        Framework

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
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
        key : str, optional
            Of the new framework; by default made from this one's.
        name : str, optional
            Of the new framework; by default made from this one's.

        Returns
        -------
        Framework

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
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
        key : str, optional
            Of the new framework; by default made from this one's.
        name : str, optional
            Of the new framework; by default made from this one's.

        Returns
        -------
        Framework

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("five").drop("loyalty", key="short", name="To retention")
        <Framework short: reach, acquisition, conversion, retention>
        """
        return self._derive({"drop": list(stages)}, key, name)

    def _derive(self, changes: Document, key: str | None, name: str | None) -> Framework:
        given = {
            field: value for field, value in (("key", key), ("name", name)) if value is not None
        }
        document, faults = _derived(self, {**changes, **given})
        return _own(document, f"framework {self.key}", faults)


@cache
def published_framework(key: str) -> Framework:
    """Give the published framework, or variant of one, with a key that is known.

    Parameters
    ----------
    key : str
        One of :func:`cvjkit.catalog.published.published_keys`.

    Returns
    -------
    Framework

    Examples
    --------
    >>> published_framework("five")
    <Framework five: reach, acquisition, conversion, retention, loyalty>
    """
    return Framework(**published_document(key))


def _derived(base: Framework, changes: Mapping[str, Any]) -> tuple[Document, list[Fault]]:
    """Change a framework; a published one gets a key of its own first.

    What a document says about leaving stages out holds for its own stages only.
    """
    document = base.document()
    if base.key in published_keys():
        document = {
            field: value
            for field, value in document.items()
            if field not in {"blind_spots", "skipping"}
        }
        document["key"] = f"{base.key.replace(':', '_')}_own"
        document["name"] = f"{base.name} (own)"
    return changed(document, changes)


def _own(document: Mapping[str, Any], subject: str, faults: Sequence[Fault] = ()) -> Framework:
    found = list(faults)
    own = None
    try:
        own = Framework.model_validate(document)
    except ValidationError as error:
        found += faults_of(error, {})
    key = document.get("key")
    if key in published_keys() and own != published_framework(key):
        rule = "is the key of a published framework, which this is not"
        found.append(Fault("key", key, rule, "choose another, such as 'ours'"))
    if own is None or found:
        raise InputError(subject, found)
    return own
