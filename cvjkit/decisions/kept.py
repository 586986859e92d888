"""A journey that keeps what-ifs with it, and a what-if that knows what it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import PrivateAttr

from cvjkit.decisions.difference import difference
from cvjkit.decisions.scenario import (
    Scenario,
    plain_changes,
    read_scenarios,
    started,
    with_changes,
)
from cvjkit.decisions.wording import changes_of
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.design import Design
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    import pandas as pd

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.document import Document


AnyJourney = TypeVar("AnyJourney", bound="WithScenarios")


@dataclass(frozen=True)
class WhatIf:
    """What a journey knows of the what-ifs on it, and of the one it is.

    Parameters
    ----------
    kept : tuple of Scenario
        Those kept with the journey; of a scenario, none: its base has them.
    removed : frozenset of str
        Names of those that are no longer kept, though a file may still have them.
    base : WithScenarios or None
        What the journey is a what-if on.
    given : mapping or None
        The changes as they were given; None once others were made.
    """

    kept: tuple[Scenario, ...] = ()
    removed: frozenset[str] = frozenset()
    base: WithScenarios | None = None
    given: Mapping[str, Any] | None = None


class WithScenarios(Design):
    """A design that keeps what-ifs with it.

    Parameters
    ----------
    **fields
        As in `Design`.

    Examples
    --------
    >>> shop = WithScenarios.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> shop.scenario("Better offer", {"stages.conversion.rate": 0.1}).flow().numbers("people")
    [10000.0, 2000.0, 200.0, 80.0, 20.0]
    """

    _what_if: WhatIf = PrivateAttr(default_factory=WhatIf)

    @property
    def what_if(self) -> WhatIf:
        """What it knows of the what-ifs on it, and of the one it is."""
        return self._what_if

    def _derived(self, framework: object, fields: Mapping[str, Any]) -> Self:
        made, known = super()._derived(framework, fields), self._what_if
        if made.framework != self.framework:
            kept = tuple(row.about(self.framework, made.framework) for row in known.kept)
            known = replace(known, kept=kept)
        return knowing(made, replace(known, given=None))

    def scenario(
        self,
        name: str,
        changes: Mapping[str, Any] | None = None,
        *,
        framework: str | Framework | None = None,
    ) -> Self:
        """Ask "what if": make a journey that differs from this one in some values.

        Parameters
        ----------
        name : str
        changes : mapping of str to object, optional
            Values by their paths, as in `put`; together they hold in the end. Without them, the
            scenario of this name that is kept.
        framework : str or Framework, optional
            The framework that the paths are about; by default that of the journey.

        Returns
        -------
        Self
            With this journey as its `base`. If people were counted, it starts from the plan that
            explains them (`planned`), so that all that comes after a changed rate follows. Saved,
            it is kept in the file of the journey, whose own numbers stay.

        Raises
        ------
        InputError
            With everything that is wrong; or if none of this name is kept.

        Examples
        --------
        >>> shop = WithScenarios.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
        >>> better = shop.scenario("Better offer", {"stages.conversion.rate": 0.1})
        >>> better.flow().numbers("people")
        [10000.0, 2000.0, 200.0, 80.0, 20.0]
        >>> better.base == shop, better.changes["words"].to_list()
        (True, ['Conversion 5% -> 10%'])
        """
        if changes is None:
            found = [scenario for scenario in self.scenarios if scenario.name == name]
            if not found:
                names = [row.name for row in kept_with(self)]
                raise self._error(unknown_name("scenario", name, names))
            return found[0]
        chosen = None if framework is None else self._framework_of(framework)
        row = Scenario(name, plain_changes(changes), None, chosen)
        return made_on(self, row)

    @property
    def base(self) -> Self | None:
        """The journey that a scenario stands on; None if it is no scenario."""
        base: Self | None = self._what_if.base  # type: ignore[assignment]  # it was made from one
        return base

    @property
    def scenarios(self) -> tuple[Self, ...]:
        """The scenarios that are kept with the journey.

        Returns
        -------
        tuple of Self
            Each knows its `base`. Of a scenario, those kept with its base, itself among them.

        Raises
        ------
        InputError
            If one of them is no longer possible, after a change of the journey.
        """
        return self._once("scenarios", lambda: tuple(all_on(root_of(self), kept_with(self))))

    @property
    def changes(self) -> pd.DataFrame:
        """What distinguishes a scenario from its base.

        Returns
        -------
        DataFrame
            One row per change; all columns are of dtype object. Empty if it is no scenario.

            - path (str): as in `put`.
            - before, after: the values; None where nothing is typed.
            - words (str): "Conversion 17.4% -> 22%".
        """
        import pandas as pd

        rows = [] if self.base is None else changes_of(start_of(self), changed_in(self))
        return pd.DataFrame(rows, columns=["path", "before", "after", "words"], dtype=object)

    def with_scenario(
        self,
        name: str,
        changes: Mapping[str, Any] | None = None,
        *,
        framework: str | Framework | None = None,
        rename: str | None = None,
    ) -> Self:
        """Keep a scenario with the journey, change it or give it another name.

        Parameters
        ----------
        name : str
        changes : mapping of str to object, optional
            As in `scenario`; by default those it has.
        framework : str or Framework, optional
            The framework that the changes are about; by default that of the journey.
        rename : str, optional
            Its new name.

        Returns
        -------
        Self
            The same journey; `save` writes the scenario with it.

        Raises
        ------
        InputError
            With everything that is wrong.

        Examples
        --------
        >>> shop = WithScenarios.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
        >>> shop = shop.with_scenario("Offer", {"stages.conversion.rate": 0.1})
        >>> [kept.name for kept in shop.with_scenario("Offer", rename="Better").scenarios]
        ['Better']
        """
        rows = {row.name: row for row in kept_with(self)}
        if changes is not None:
            rows[name] = row_of(self.scenario(name, changes, framework=framework))
        elif name not in rows:
            raise self._error(unknown_name("scenario", name, rows))
        if rename is None:
            return with_rows_kept(self, rows.values())
        if not rename.strip() or (rename != name and rename in rows):
            rule = "is the name of another scenario" if rename.strip() else "must not be empty"
            raise self._error(Fault("scenario", rename, rule, "choose another name"))
        renamed = (
            replace(
                row,
                name=rename if row.name == name else row.name,
                on=rename if row.on == name else row.on,
            )
            for row in rows.values()
        )
        return with_rows_kept(self, renamed)

    def without_scenario(self, name: str) -> Self:
        """Keep a scenario no longer.

        Parameters
        ----------
        name : str

        Returns
        -------
        Self

        Raises
        ------
        InputError
            If none of this name is kept, or another one stands on it.
        """
        names = [row.name for row in kept_with(self)]
        if name not in names:
            raise self._error(unknown_name("scenario", name, names))
        above = [row.name for row in kept_with(self) if row.on == name]
        if above:
            rule, fix = f"has others that stand on it: {', '.join(above)}", "remove those first"
            raise self._error(Fault("scenario", name, rule, fix))
        return with_rows_kept(self, (row for row in kept_with(self) if row.name != name))

    def with_kept_in(self, there: Self | None) -> Self:
        """Give what a file is to hold: the base with its scenarios, and those that it has.

        Parameters
        ----------
        there : WithScenarios or None
            What the file holds now; None if nothing of it is to be kept.

        Returns
        -------
        Self
            The base of a scenario, or the journey itself.

        Raises
        ------
        InputError
            If a scenario is not possible any more.
        """
        root, rows = root_of(self), list(kept_with(self))
        all_on(root, rows)
        if there is not None:
            gone = {row.name for row in rows} | root.what_if.removed
            rows += [row for row in there.what_if.kept if row.name not in gone]
        return with_rows_kept(root, rows)

    @classmethod
    def from_document(cls, document: object, subject: str = "journey") -> Self:
        """Make a journey from plain values, as a file holds them.

        Parameters
        ----------
        document : mapping
            What `document` returns.
        subject : str
            What to call it in messages, such as the file's path.

        Returns
        -------
        Self
            With its scenarios.

        Raises
        ------
        InputError
            With everything that is wrong.
        """
        if not isinstance(document, Mapping):
            return super().from_document(document, subject)
        fields = {key: value for key, value in document.items() if key != "scenarios"}
        kept, faults = read_scenarios(document.get("scenarios"))
        try:
            journey = super().from_document(fields, subject)
        except InputError as error:
            if not faults:
                raise
            raise InputError(subject, [*error.faults, *faults]) from None
        if faults:
            raise InputError(subject, faults)
        knowing(journey, WhatIf(kept))
        try:
            journey.scenarios  # noqa: B018 - those that are not possible are refused
        except InputError as error:
            raise InputError(subject, error.faults) from None
        return journey

    def document(self) -> Document:
        """Give the journey as plain values, as a file holds it, without empty fields.

        Returns
        -------
        dict
            What `from_document` takes. That of a scenario is the plan that it makes.
        """
        kept = [row.document() for row in self._what_if.kept]
        return {**super().document(), **({"scenarios": kept} if kept else {})}


def knowing(journey: AnyJourney, what_if: WhatIf) -> AnyJourney:
    """Let a new journey know of what-ifs.

    Parameters
    ----------
    journey : WithScenarios
        One that nobody has yet.
    what_if : WhatIf

    Returns
    -------
    WithScenarios
        The same.
    """
    journey._what_if = what_if  # noqa: SLF001 - nobody has it yet
    return journey


def with_rows_kept(journey: AnyJourney, rows: Iterable[Scenario]) -> AnyJourney:
    """Make the same journey with other scenarios.

    Parameters
    ----------
    journey : WithScenarios
    rows : iterable of Scenario

    Returns
    -------
    WithScenarios
    """
    kept, before = tuple(rows), journey.what_if
    names = {row.name for row in kept}
    removed = (before.removed | {row.name for row in before.kept}) - names
    return knowing(journey.model_copy(), WhatIf(kept, removed))


def made_on(base: AnyJourney, row: Scenario, *, is_kept: bool = False) -> AnyJourney:
    """Make a scenario.

    Parameters
    ----------
    base : WithScenarios
        What it stands on.
    row : Scenario
    is_kept : bool
        Whether faults name the scenario; by default they are as of `put`.

    Returns
    -------
    WithScenarios

    Raises
    ------
    InputError
        With everything that is wrong.
    """

    def named(path: str) -> str:
        return path_of(("scenarios", Title(row.name), "changes", Title(path)))

    start = started(base, row.framework, row.changes)
    made = with_changes(start, row.changes, named if is_kept else None).put("name", row.name)
    return knowing(made, WhatIf(base=base, given=dict(row.changes)))


def all_on(root: AnyJourney, rows: Sequence[Scenario]) -> list[AnyJourney]:
    """Make all scenarios of a journey.

    Parameters
    ----------
    root : WithScenarios
    rows : sequence of Scenario

    Returns
    -------
    list of WithScenarios
        In the order of the rows.

    Raises
    ------
    InputError
        With everything that is wrong in any of them.
    """
    made, refused = _each_on(root, rows)
    if refused:
        faults = [fault for row in rows if row.name in refused for fault in refused[row.name]]
        raise InputError(f"journey {root.name}", faults)
    return [made[row.name] for row in rows]


def possible_with(
    journey: AnyJourney,
) -> tuple[Mapping[str, AnyJourney], Mapping[str, Sequence[Fault]]]:
    """Make the scenarios that are kept with a journey, as far as they are possible by now.

    Parameters
    ----------
    journey : WithScenarios

    Returns
    -------
    tuple of (mapping of str to WithScenarios, mapping of str to sequence of Fault)
        By their names, those that are possible, and what is wrong with the others.
    """
    return journey._once(  # noqa: SLF001 - worked out once
        "possible", lambda: _each_on(root_of(journey), kept_with(journey))
    )


def _each_on(
    root: AnyJourney, rows: Sequence[Scenario]
) -> tuple[dict[str, AnyJourney], dict[str, Sequence[Fault]]]:
    """Make each scenario of a journey, or tell what is wrong with it."""
    made: dict[str, AnyJourney] = {}
    refused: dict[str, Sequence[Fault]] = {}
    waiting = list(rows)
    while waiting:
        row = next(row for row in waiting if row.on is None or row.on in {*made, *refused})
        waiting.remove(row)
        if row.on in refused:
            path = path_of(("scenarios", Title(row.name), "on"))
            fix = "correct that one first"
            refused[row.name] = [Fault(path, row.on, "is itself not possible", fix)]
            continue
        try:
            base = root if row.on is None else made[row.on]
            made[row.name] = made_on(base, row, is_kept=True)
        except InputError as error:
            refused[row.name] = error.faults
    return made, refused


def root_of(journey: AnyJourney) -> AnyJourney:
    """Find what a scenario stands on in the end.

    Parameters
    ----------
    journey : WithScenarios

    Returns
    -------
    WithScenarios
        The journey itself if it is no scenario.
    """
    return journey if journey.base is None else root_of(journey.base)


def kept_with(journey: WithScenarios) -> tuple[Scenario, ...]:
    """List the scenarios of the file that a journey belongs to.

    Parameters
    ----------
    journey : WithScenarios

    Returns
    -------
    tuple of Scenario
        A scenario is among them itself.
    """
    if journey.base is None:
        return journey.what_if.kept
    row = row_of(journey)
    others = kept_with(journey.base)
    if row.name in [other.name for other in others]:
        return tuple(row if other.name == row.name else other for other in others)
    return (*others, row)


def row_of(scenario: WithScenarios) -> Scenario:
    """Give a scenario as it is kept.

    Parameters
    ----------
    scenario : WithScenarios

    Returns
    -------
    Scenario
    """
    base = scenario.base
    on = None if base is None or base.base is None else base.name
    is_same = base is None or base.framework == scenario.framework
    framework = None if is_same else scenario.framework
    return Scenario(scenario.name, changed_in(scenario), on, framework)


def start_of(scenario: WithScenarios) -> WithScenarios:
    """Give what a scenario started from.

    Parameters
    ----------
    scenario : WithScenarios

    Returns
    -------
    WithScenarios
        Its base as a plan, in the scenario's framework; a journey that is no scenario itself.
    """
    base = scenario.base
    if base is None:
        return scenario
    if any(segment.observed for segment in scenario.segments):
        is_same = base.framework == scenario.framework
        return base if is_same else base.in_framework(scenario.framework)
    return scenario._once("start", lambda: started(base, scenario.framework))  # noqa: SLF001 - worked out once


def changed_in(scenario: WithScenarios) -> Mapping[str, Any]:
    """Give the changes that make a scenario.

    Parameters
    ----------
    scenario : WithScenarios

    Returns
    -------
    mapping of str to object
        Values by their paths: as they were given, or what was changed since.
    """
    given = scenario.what_if.given
    if given is not None:
        return given
    return scenario._once("changes", lambda: difference(start_of(scenario), scenario))  # noqa: SLF001 - worked out once
