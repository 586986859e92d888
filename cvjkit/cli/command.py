"""What a command is: its name, its help, its arguments, and what it does."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple


class Command(NamedTuple):
    """A command.

    Parameters
    ----------
    name : str
    help : str
        What it does, in the list of all commands.
    description : str
        What it does, at the top of its own help.
    add_arguments : callable
        Adds its arguments to its parser.
    run : callable
        Takes what was written for the arguments; returns the exit code.
    """

    name: str
    help: str
    description: str
    add_arguments: Callable[[argparse.ArgumentParser], object]
    run: Callable[[argparse.Namespace], int]
