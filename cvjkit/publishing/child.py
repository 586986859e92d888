"""Runs a server that ends with the process that started it, however that one ends.

``python -m cvjkit.publishing.child MODULE ARGUMENTS`` runs a module as ``python -m`` does. Its
standard input is a pipe into which nobody writes: it ends when its other end is gone, which
happens on every system even if the owner was killed.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

STOPPING_SECONDS = 20


def main() -> None:
    """Run the module that the command line names."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    # Not through sys.stdin: Python would wait for its lock when it exits.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOPPING_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
