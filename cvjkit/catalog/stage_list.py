"""An ordered list of stages: found by key, by milestone, and by what they follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Annotated, Literal, Self, overload

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from cvjkit.catalog.data import MOST_STAGES, Name, Plain, Record, identifier, label
from cvjkit.catalog.published import published_keys
from cvjkit.catalog.spine import passed, spine
from cvjkit.catalog.stage import BlindSpot, Stage
from cvjkit.errors import Fault, InputError, faults_of, unknown_name

Labelled = Sequence[tuple[str, str | None]]
"""Label of each stage, and its milestone: None where there is none, or none that is known."""


class StageList(Record):
    """The stages of a framework, in order, and what is said about them.

    Parameters
    ----------
    **fields
        As in :class:`cvjkit.catalog.framework.Framework`.
    """

    key: str
    name: Name
    source: Plain = ""
    note: Plain = ""
    blind_spots: tuple[BlindSpot, ...] = ()
    skipping: Literal["failure", "discouraged", "allowed"] = "allowed"
    stages: Annotated[tuple[Stage, ...], Field(max_length=MOST_STAGES)]

    @field_validator("key")
    @classmethod
    def _key_is_well_formed(cls, key: str) -> str:
        return key if key in published_keys() else identifier(key)

    @model_validator(mode="wrap")
    @classmethod
    def _all_faults_at_once(cls, data: object, handler: Callable[[object], Self]) -> Self:
        if isinstance(data, StageList):
            return handler(data)
        stages = _labelled(data.get("stages")) if isinstance(data, Mapping) else None
        faults = [] if stages is None else _order_faults(stages)
        try:
            valid = handler(data)
        except ValidationError as error:
            labels: dict[tuple[object, ...], str]
            labels = {("stages", index): name for index, (name, _) in enumerate(stages or ())}
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

    @overload
    def __getitem__(self, key: str | int) -> Stage: ...

    @overload
    def __getitem__(self, key: slice) -> tuple[Stage, ...]: ...

    def __getitem__(self, key: str | int | slice) -> Stage | tuple[Stage, ...]:
        """Look a stage up by its key or its position, or several by a slice of positions.

        Parameters
        ----------
        key : str, int or slice

        Returns
        -------
        Stage or tuple of Stage

        Raises
        ------
        InputError
            If there is no such stage; the message lists those there are.
        IndexError
            If there are not so many stages.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> five = framework("five")
        >>> five["loyalty"].name, five[-1].name, [stage.name for stage in five[:2]]
        ('Loyalty', 'Loyalty', ['Reach', 'Acquisition'])
        """
        return self.stages[key if isinstance(key, int | slice) else self.index(key)]

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

    def nearest(self, anchor: str, side: Literal["before", "after"]) -> int | None:
        """Find the stage at a milestone, or else the nearest one before or after it.

        Parameters
        ----------
        anchor : str
            Key of a milestone, or of a stage that has none.
        side : {"before", "after"}
            Side of the milestone: the stages before it are passed on the way to it.

        Returns
        -------
        int or None
            Index of the stage; None if there is none on that side.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> five, keys = framework("five"), ("aware", "lead", "wowed", "promoter")
        >>> [five.nearest(key, "after") for key in keys]
        [0, 2, 3, None]
        >>> [five.nearest(key, "before") for key in keys]
        [0, 1, 2, 4]
        """
        at = {stage.anchor: index for index, stage in enumerate(self.stages)}
        if anchor in at or anchor not in spine():
            return at.get(anchor)
        if side == "before":
            return next((at[key] for key in spine()[anchor].ancestors if key in at), None)
        passed = {key: spine()[key].ancestors for key in self.by_milestone}
        later = [key for key, line in passed.items() if anchor in line]
        return at[min(later, key=lambda key: passed[key].index(anchor))] if later else None

    @cached_property
    def parents(self) -> tuple[int | None, ...]:
        """For each stage the index of the stage it follows; None for the first.

        A stage follows the nearest milestone before it on its own branch, so that advocates
        follow those who bought again, whether or not the habit branch stands between. A stage
        without a milestone follows the one before it, and is passed on the way to whatever follows
        that one.

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
            line = spine()[stage.milestone].ancestors if stage.milestone else ()
            found = (self.by_milestone[key] for key in line if key in self.by_milestone)
            earlier = next(found, None)
            if earlier is not None:
                own = takewhile(lambda other: not other.milestone, self.stages[earlier + 1 : index])
                parent = earlier + len(list(own))
            parents.append(parent)
        return tuple(parents)

    def before(self, index: int) -> tuple[int, ...]:
        """List the stages on the way to a stage.

        Parameters
        ----------
        index : int
            Of the stage.

        Returns
        -------
        tuple of int
            Their indices, the nearest first.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("five").before(3)
        (2, 1, 0)
        """
        parent = self.parents[index]
        return () if parent is None else (parent, *self.before(parent))

    @cached_property
    def required(self) -> tuple[int | None, ...]:
        """For each stage the index of the nearest one that everybody there must have passed.

        An early win is not required, and who has bought once may recommend. A stage without a
        milestone requires the one before it, and so does the stage that follows it.

        Returns
        -------
        tuple of int or None
            One for each stage; None where nothing that is required has a stage.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("five").parents, framework("five").required
        ((None, 0, 1, 2, 3), (None, 0, 1, 2, 2))
        """
        required = list[int | None]()
        for stage, parent in zip(self.stages, self.parents, strict=True):
            nearest = parent
            if parent is not None and stage.milestone and self.stages[parent].milestone:
                known = (key for key in passed(stage.milestone) if key in self.by_milestone)
                nearest = next((self.by_milestone[key] for key in known), None)
            required.append(nearest)
        return tuple(required)


def _labelled(rows: object) -> Labelled | None:
    """Read what the order depends on, even from rows that break other rules; None if too many."""
    if not isinstance(rows, list | tuple) or len(rows) > MOST_STAGES:
        return None
    found = []
    for index, row in enumerate(rows):
        given = row.model_dump() if isinstance(row, BaseModel) else row
        fields = given if isinstance(given, Mapping) else {}
        milestone = fields.get("milestone")
        known = milestone if milestone in list(spine()) else None
        found.append((label(index, fields.get("key")), known))
    return found


def _order_faults(stages: Labelled) -> list[Fault]:
    """Find keys used twice, milestones used twice, milestones after one they must precede."""
    if not stages:
        return [Fault("stages", [], "must hold at least one stage", "add one")]
    faults = []
    labels: set[str] = set()
    taken: dict[str, str] = {}
    for stage, milestone in stages:
        if stage in labels:
            rule = "is the key of another stage too"
            faults.append(Fault(f"stages[{stage}].key", stage, rule, "give each stage its own"))
        labels.add(stage)
        if milestone is None:
            continue
        field = f"stages[{stage}].milestone"
        later = next(
            (earlier for earlier in taken if milestone in spine()[earlier].ancestors), None
        )
        if milestone in taken:
            rule = f"is the milestone of stage {taken[milestone]} too"
            faults.append(Fault(field, milestone, rule, "choose another, or leave it out"))
        elif later:
            rule = f"comes before {later!r}, where stage {taken[later]} stands"
            fix = f"move it before stage {taken[later]} or choose a later milestone"
            faults.append(Fault(field, milestone, rule, fix))
        taken.setdefault(milestone, stage)
    return faults
