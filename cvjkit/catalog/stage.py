"""One step of a framework, and what a framework has no step for."""

from __future__ import annotations

from pydantic import field_validator

from cvjkit.catalog.data import Document, Name, Plain, Record, one_of
from cvjkit.catalog.sources import Disagreement, disagreements
from cvjkit.catalog.spine import MilestoneKey, Step


class Stage(Step):
    """One step of a framework.

    Parameters
    ----------
    key, name, phase, state, event, purpose, sources
        As in :class:`cvjkit.catalog.spine.Step`; the key is unique in its framework.
    milestone : str, optional
        Where on the spine the stage is reached; a stage of your own may have none.
    tactics : tuple of str
        What the document suggests doing; empty if it names nothing.
    reconstructed : bool
        True where the document's own name for the stage is lost and this one is ours.
    anchor_note : str
        Why the stage has this milestone, where that is open to argument.
    alternative_milestone : str, optional
        Another defensible milestone.
    disagreement_ids : tuple of str
        Which of :func:`cvjkit.catalog.sources.disagreements` concern the stage.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> framework("eight")["subscription"].milestone
    'lead'
    """

    milestone: MilestoneKey | None = None
    tactics: tuple[Plain, ...] = ()
    reconstructed: bool = False
    anchor_note: Plain = ""
    alternative_milestone: MilestoneKey | None = None
    disagreement_ids: tuple[str, ...] = ()

    @field_validator("disagreement_ids")
    @classmethod
    def _disagreements_are_known(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        known = [disagreement.id for disagreement in disagreements()]
        return tuple(one_of(id_, known) for id_ in ids)

    @property
    def anchor(self) -> str:
        """The point the stage marks: its milestone or, if it has none, its own key.

        Stages of two frameworks are the same point in a journey if their anchors are equal.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> framework("eight")["subscription"].anchor, Stage(key="quiz", name="Quiz").anchor
        ('lead', 'quiz')
        """
        return self.milestone or self.key

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Questions about this stage that the documents answer differently.

        Examples
        --------
        >>> from cvjkit.catalog.lookup import framework
        >>> [disagreement.id for disagreement in framework("five")["acquisition"].disagreements]
        ['C9']
        """
        return tuple(found for found in disagreements() if found.id in self.disagreement_ids)

    def document(self) -> Document:
        """Give the stage as plain values, without what is empty, as a file holds it.

        Returns
        -------
        dict
        """
        return self.model_dump(mode="json", exclude_defaults=True)


class BlindSpot(Record):
    """Something that happens to customers and for which a framework has no stage.

    Parameters
    ----------
    milestone : str
        Where on the spine it happens.
    name : str
        What it is, as a noun: ``referrals``.
    """

    milestone: MilestoneKey
    name: Name
