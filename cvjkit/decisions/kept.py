"""A journey that keeps what-ifs with it, and a what-if that knows what it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from pydantic import PrivateAttr

from cvjkit.decisions.bases import WhatIf, changed_in, kept_with, root_of, row_of, start_of
from cvjkit.decisions.made import all_on, knowing, made_on, with_rows_kept
from cvjkit.decisions.scenario import Scenario, plain_changes, read_scenarios
from cvjkit.decisions.wording import changes_of
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.design import Design

if TYPE_CHECKING:
    import pandas as pd

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.document import Document


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
        """The what-ifs kept with it, and its own if it is one."""
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
            Values by their paths, as in `put`; it is their combination that must be possible.
            Without them, the scenario of this name that is kept.
        framework : str or Framework, optional
            The framework that the paths are about; by default that of the journey.

        Returns
        -------
        Self
            With this journey as its `base`. If people were counted, it starts from the plan that
            explains them (`planned`), so that everything after a changed rate follows. Saved,
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
        (True, ['Conversion from 5% to 10%'])
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
        """The journey that a scenario is based on; None if this is not a scenario."""
        base: Self | None = self._what_if.base  # type: ignore[assignment]  # it was made from one
        return base

    @property
    def scenarios(self) -> tuple[Self, ...]:
        """The scenarios that are kept with the journey.

        Returns
        -------
        tuple of Self
            Each knows its `base`. For a scenario: those kept with its base, including itself.

        Raises
        ------
        InputError
            If one of them is no longer possible, after a change to the journey.
        """
        return self._once("scenarios", lambda: tuple(all_on(root_of(self), kept_with(self))))

    @property
    def changes(self) -> pd.DataFrame:
        """What distinguishes a scenario from its base.

        Returns
        -------
        DataFrame
            One row per change; all columns are of dtype object. Empty if this is not a scenario.

            - path (str): as in `put`.
            - before, after: the values; None where nothing is typed.
            - words (str): "Conversion from 17.4% to 22%".
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
        """Remove a scenario that is kept with the journey.

        Parameters
        ----------
        name : str

        Returns
        -------
        Self

        Raises
        ------
        InputError
            If none of this name is kept, or another one is based on it.
        """
        names = [row.name for row in kept_with(self)]
        if name not in names:
            raise self._error(unknown_name("scenario", name, names))
        above = [row.name for row in kept_with(self) if row.on == name]
        if above:
            rule, fix = (
                f"is the base of other scenarios: {', '.join(above)}",
                "remove those first",
            )
            raise self._error(Fault("scenario", name, rule, fix))
        return with_rows_kept(self, (row for row in kept_with(self) if row.name != name))

    def with_kept_in(self, there: Self | None) -> Self:
        """Give what to write to a file: the base with its scenarios, and those kept there.

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
            What `from_document` takes; of a scenario, the plan that it makes.
        """
        kept = [row.document() for row in self._what_if.kept]
        return {**super().document(), **({"scenarios": kept} if kept else {})}
