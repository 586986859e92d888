"""What the tests install on a machine that lacks it is told on stderr; stdout is for its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def root() -> list[str] | None:
    """How to do what only root may do: [] as root, sudo where it asks for no password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    return [sudo, "-n"] if sudo and run([sudo, "-n", "true"]) else None


def run(command: list[str], **more: str) -> bool:
    """Run a command, with more in its environment; tell whether it did what it should."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=os.environ | more, check=False
        )
    except OSError as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return False
    return done.returncode == 0
