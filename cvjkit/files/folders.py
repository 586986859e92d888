"""The folders a journey is kept in: the one that dashboards read, and where a name leads."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER_NAMED_BY = "CVJKIT_JOURNEYS"
FOLDER = Path("data/journeys")


def dashboard_folder() -> Path:
    """Find the folder whose journeys a dashboard shows.

    Returns
    -------
    Path
        What the environment variable ``CVJKIT_JOURNEYS`` names, else ``data/journeys`` in this
        directory or the nearest above; it need not exist.
    """
    if named := os.environ.get(FOLDER_NAMED_BY):
        return Path(named)
    here = Path.cwd()
    found = (folder / FOLDER for folder in (here, *here.parents) if (folder / FOLDER).is_dir())
    return next(found, here / FOLDER)


def save_folders(path: Path | None) -> tuple[Path, ...]:
    """List the folders to save a journey in, the most likely first.

    Parameters
    ----------
    path : Path or None
        The file it belongs to.

    Returns
    -------
    tuple of Path
        Whole paths: that of its file, the one that dashboards read if it is there, the current one.
    """
    here, shown = Path.cwd(), whole_path(dashboard_folder())
    own = [] if path is None else [whole_path(path).parent]
    return tuple(dict.fromkeys([*own, *([shown] if shown.is_dir() else []), here]))


def named_file(folder: Path, name: str) -> Path:
    """Give the file that a name leads to.

    Parameters
    ----------
    folder : Path
        Where it is, unless the name says that itself.
    name : str
        As it was typed: a name without an ending is that of a TOML file.

    Returns
    -------
    Path

    Examples
    --------
    >>> named_file(Path("journeys"), "shop").as_posix()
    'journeys/shop.toml'
    >>> named_file(Path("journeys"), "other/shop.xlsx").as_posix()
    'journeys/other/shop.xlsx'
    """
    # `~` is how people name their home, and only a shell knows it.
    path = folder / os.path.expanduser(name)  # noqa: PTH111 - Path's raises where there is no home
    return path if path.suffix else Path(f"{path}.toml")


def whole_path(path: Path) -> Path:
    """Write a path from the root, without following links.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Path
    """
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve would follow links
