"""What is known of the file of a design while it is edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cvjkit.errors import InputError
from cvjkit.files.folders import named_file

if TYPE_CHECKING:
    from cvjkit.journey import Journey

OR_OVERWRITE = "pass overwrite=True"


@dataclass(frozen=True, slots=True)
class Saved:
    """A file, what it holds, and why it does not hold what it was to.

    Parameters
    ----------
    path : Path or None
        The file a design came from or was last saved to.
    journey : Journey or None
        What it holds.
    refusal : str
        Why it was not saved; empty if it was.
    overwritable : str
        The file that would have to be overwritten.
    """

    path: Path | None = None
    journey: Journey | None = None
    refusal: str = ""
    overwritable: str = ""

    def holds(self, journey: Journey) -> bool:
        """Tell whether a design is in the file as it is.

        Parameters
        ----------
        journey : Journey

        Returns
        -------
        bool
        """
        held = self.journey
        return held is not None and (journey, journey.what_if.kept) == (held, held.what_if.kept)

    def retried(self) -> Saved:
        """Forget why it was not saved.

        Returns
        -------
        Saved
        """
        return replace(self, refusal="", overwritable="")


def saved_as(
    saved: Saved,
    journey: Journey,
    name: str | None,
    folder: Path | None = None,
    *,
    overwrite: bool = False,
) -> Saved:
    """Save a design; `refusal` says why it could not be.

    Parameters
    ----------
    saved : Saved
        Until now.
    journey : Journey
    name : str or None
        As it was typed, .toml unless it says otherwise; None for the file it came from.
    folder : Path, optional
        Where it is, unless the name says that; by default the current one.
    overwrite : bool
        Whether to replace a file that holds something else.

    Returns
    -------
    Saved
    """
    saved = replace(saved, overwritable="")
    if name == "":
        return replace(saved, refusal="Write the name of a file first, such as shop.")
    # After an undo the journey may be one that was never in this file.
    target = saved.path if name is None else named_file(folder or Path.cwd(), name)
    try:
        written = journey.save(target, overwrite=overwrite)
    except InputError as error:
        said = " ".join(f"{fault.value} {fault.rule}; {fault.fix}." for fault in error.faults)
        overwritable = str(target) if OR_OVERWRITE in said else ""
        said = said.replace(OR_OVERWRITE, "press Overwrite")
        return replace(saved, refusal=f"Not saved: {said}", overwritable=overwritable)
    except ValueError as error:
        return replace(saved, refusal=f"Not saved: {error}.")
    return Saved(written, journey)
