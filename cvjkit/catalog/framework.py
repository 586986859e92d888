"""A framework, and how to derive another one from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from cvjkit.catalog.derive import changed
from cvjkit.catalog.published import (
    SPINE,
    documented_keys,
    published_document,
    published_keys,
    variants,
)
from cvjkit.catalog.stage import Stage
from cvjkit.catalog.stage_list import StageList
from cvjkit.errors import Fault, InputError, faults_of, unknown_name

if TYPE_CHECKING:
    from cvjkit.catalog.data import Document


class Framework(StageList):
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
        What to know before relying on it.
    stages : tuple of Stage
        At least one; keys unique; no milestone twice; milestones in the order of the spine
        (the habit and the voice branch are parallel: their order is free).
    blind_spots : tuple of BlindSpot
        What others have a stage for and this one does not. A framework derived from a published one
        starts without them.
    skipping : {"failure", "discouraged", "allowed"}
        What it means to leave a stage out: the document calls it failure; it asks for as many
        stages as you can manage; it lets you adapt the stages, or says nothing. A framework derived
        from a published one starts with "allowed".

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> eight = framework("eight")
    >>> len(eight), eight.keys[:3], eight["conversion"].name, eight.index("conversion")
    (8, ('awareness', 'engagement', 'subscription'), 'Conversion', 3)
    """

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
        rule = "is the key of a published framework, and this is another one"
        found.append(Fault("key", key, rule, "choose another, such as 'ours'"))
    if own is None or found:
        raise InputError(subject, found)
    return own
