"""What a command is: its name, its help, its arguments, and what it does."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NamedTuple

Argument = Callable[[argparse._ActionsContainer], object]  # noqa: SLF001 - a parser or a group


class Command(NamedTuple):
    """A command.

    Parameters
    ----------
    name : str
    help : str
        What it does, in the list of all commands.
    description : str
        What it does, at the top of its own help.
    arguments : tuple of Argument
    run : callable
        Takes what was written for the arguments; returns the exit code.
    """

    name: str
    help: str
    description: str
    arguments: tuple[Argument, ...]
    run: Callable[[argparse.Namespace], int]


def argument(*names: str, **options: Any) -> Argument:
    """Describe an argument.

    Parameters
    ----------
    *names : str
    **options
        Both as in `argparse.ArgumentParser.add_argument`.

    Returns
    -------
    Argument
        Adds it to a parser.
    """
    return lambda parser: parser.add_argument(*names, **options)


def one_of(*arguments: Argument) -> Argument:
    """Allow at most one of several arguments.

    Parameters
    ----------
    *arguments : Argument

    Returns
    -------
    Argument
        Adds them to a parser.
    """

    def add(parser: argparse._ActionsContainer) -> None:
        group = parser.add_mutually_exclusive_group()
        for argument in arguments:
            argument(group)

    return add
