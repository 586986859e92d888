"""The journeys of a folder: what they are called, and what is wrong with those that do not open.

The page and the terminal show the same list in the same words. Neither says where on the server
the folder is: visitors should not learn that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cvjkit.errors import InputError
from cvjkit.files.store import journey_files
from cvjkit.journey import Journey, read_journey


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that may hold a journey, as it was when it was read.

    Parameters
    ----------
    path : Path
    journey : Journey or None
        None if it cannot be opened.
    error : InputError or None
        What is wrong with it; its subject is the name of the file.
    """

    path: Path
    journey: Journey | None
    error: InputError | None = None

    @property
    def note(self) -> str:
        """What is wrong with it, in sentences that begin with its name; empty if nothing is."""
        if self.error is None:
            return ""
        more = ["There are more faults."] if self.error.more else []
        return " ".join(
            [f"{self.path.name}:", *(f"{fault}." for fault in self.error.faults), *more]
        )


def read_listed(path: Path, currency: str = "") -> Listed:
    """Read a file as it is now.

    Parameters
    ----------
    path : Path
    currency : str
        Of a journey that names none.

    Returns
    -------
    Listed
    """
    try:
        return Listed(path, in_currency(read_journey(path), currency))
    except InputError as error:
        return Listed(path, None, error.about(path.name))


def in_currency(journey: Journey, currency: str) -> Journey:
    """Give a journey that names no currency the one of the client.

    Parameters
    ----------
    journey : Journey
    currency : str
        Empty for none.

    Returns
    -------
    Journey
    """
    return journey if journey.currency or not currency else journey.put("currency", currency)


def read_folder(folder: str | Path, currency: str = "") -> dict[str, Listed]:
    """Read all files of a folder that may hold journeys.

    Parameters
    ----------
    folder : str or Path
    currency : str
        Of journeys that name none.

    Returns
    -------
    dict of str to Listed
        By the name of the file, sorted by it.
    """
    return {path.name: read_listed(path, currency) for path in journey_files(folder)}


def labels(listed: Mapping[str, Listed]) -> dict[str, str]:
    """Give each file the name under which it is listed.

    Parameters
    ----------
    listed : mapping of str to Listed

    Returns
    -------
    dict of str to str
        The name of the journey; with the name of the file where several journeys have that name,
        or where the file cannot be opened.
    """
    names = {
        file: None if one.journey is None else one.journey.name for file, one in listed.items()
    }
    times = Counter(names.values())
    return {
        file: f"{file} (cannot be opened)"
        if name is None
        else name
        if times[name] == 1
        else f"{name} ({file})"
        for file, name in names.items()
    }
