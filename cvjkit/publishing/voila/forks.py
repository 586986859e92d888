"""Kernels that are copies of one process in which all that dashboards need is imported already.

Importing it takes most of the time in which a kernel of its own would start, and much of its
memory, which copies share. Python's fork server makes the copies; it has them only on Linux without
surprises, and elsewhere, or for kernels of another kind, a process is started as usual.

If the process that is copied is killed, the copies live on; it is started again for the next one.
One that does not answer is killed.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import weakref
from collections.abc import Mapping, Sequence
from multiprocessing import connection, forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

# What a kernel and the dashboards import. ipywidgets asks ipykernel how it reaches a browser.
IMPORTED = (
    "ipykernel.kernelapp",
    "cvjkit.publishing.voila.forks",
    "cvjkit.publishing.dashboards",
    "scipy.special",
)
# How Jupyter starts a kernel of this Python.
LAUNCHER = [sys.executable, "-m", "ipykernel_launcher"]
# Linux tells only the parent of a process how it ended; that it did is enough here.
ENDED = 1
# The process that is copied may have just been started, and have all to import.
PATIENCE_SECONDS = 15


def prepare() -> bool:
    """Start the process that is copied, where this is possible; it ends with this one.

    Returns
    -------
    bool
        Whether there is one.
    """
    if sys.platform != "linux":
        return False
    forkserver.set_forkserver_preload(list(IMPORTED))
    try:
        os.close(os.pidfd_open(os.getpid()))
        forkserver.ensure_running()
    except OSError:
        # An old or guarded kernel of Linux knows no such descriptors, and the directory for
        # temporary files may have a name too long for a socket.
        return False
    return True


class ForkedKernel(LocalProvisioner):
    """Starts a kernel as a copy, if it is one of this Python."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start a kernel.

        Parameters
        ----------
        cmd : list of str
            Command and arguments.
        **kwargs : object
            `env` and `cwd` are those of the kernel.

        Returns
        -------
        dict
            How to connect to it.
        """
        if cmd[: len(LAUNCHER)] != LAUNCHER:
            return await super().launch_kernel(cmd, **kwargs)
        self.cwd = kwargs.get("cwd") or str(Path.cwd())
        # Voila's names of variables are members of an enumeration; each copy would import it.
        variables = {str(name): str(value) for name, value in kwargs["env"].items()}
        process = multiprocessing.get_context("forkserver").Process(
            target=run_kernel, args=(cmd[len(LAUNCHER) :], variables, self.cwd), daemon=True
        )
        try:
            await start(process, PATIENCE_SECONDS)
        except (OSError, EOFError):
            # The process that is copied was killed while it was asked.
            return await super().launch_kernel(cmd, **kwargs)
        self.process = Fork(process)  # type: ignore[assignment] # it has all that is used of Popen
        # It leads a group of its own, if not yet then soon.
        self.pid = self.pgid = process.pid
        return self.connection_info


async def start(process: BaseProcess, patience_seconds: float) -> None:
    """Start a copy.

    Parameters
    ----------
    process : BaseProcess
    patience_seconds : float
        How long the process that is copied may take to answer; then it is killed.

    Raises
    ------
    OSError or EOFError
        If that process is killed meanwhile.
    """
    await asyncio.to_thread(forkserver.ensure_running)
    copied = copied_process()
    started = asyncio.create_task(asyncio.to_thread(process.start))
    done, _ = await asyncio.wait([started], timeout=patience_seconds)
    # Others may have waited for it, too.
    if not done and copied is not None and copied == copied_process():
        os.kill(copied, signal.SIGKILL)
    await started


def copied_process() -> int | None:
    """Give the id of the process that is copied.

    Returns
    -------
    int or None
    """
    found: int | None = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined] # noqa: SLF001 - nothing else tells
    return found


class Fork:
    """A process as Jupyter expects it: as `subprocess.Popen` would give it.

    Parameters
    ----------
    process : BaseProcess
    """

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        # The copy ends when this object does.
        self._process = process
        # `process` itself would say that the copy has ended when the process copied has.
        self._descriptor = os.pidfd_open(process.pid or 0)
        weakref.finalize(self, os.close, self._descriptor)

    @property
    def pid(self) -> int | None:
        """Its id."""
        return self._process.pid

    def poll(self) -> int | None:
        """Tell whether it has ended.

        Returns
        -------
        int or None
            `ENDED` or None.
        """
        return ENDED if connection.wait([self._descriptor], timeout=0) else None

    def wait(self) -> int:
        """Wait until it has ended.

        Returns
        -------
        int
            `ENDED`.
        """
        connection.wait([self._descriptor])
        return ENDED

    def send_signal(self, number: int) -> None:
        """Send a signal to it.

        Parameters
        ----------
        number : int
        """
        if self.poll() is None:
            signal.pidfd_send_signal(self._descriptor, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def run_kernel(arguments: Sequence[str], variables: Mapping[str, str], directory: str) -> None:
    """Run a kernel in a copy until it is asked to end.

    Parameters
    ----------
    arguments : sequence of str
        Of its command line.
    variables : mapping
        Its environment.
    directory : str
        Where its notebook is.
    """
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(variables)
    Thread(target=_end_with_server, daemon=True).start()
    # A notebook may have processes of its own, started as in any kernel.
    multiprocessing.current_process().daemon = False
    multiprocessing.set_start_method(None, force=True)
    # Python seeds its own generator in each copy.
    np.random.seed()  # noqa: NPY002 - notebooks may use the old generator
    sys.argv = [LAUNCHER[-1], *arguments]
    # Imported before there was a kernel, ipywidgets must be told that there is one.
    widgets = "--InteractiveShellApp.extra_extensions=ipywidgets"
    # It does not end with its parent, the process that it is a copy of.
    parent = "--IPKernelApp.parent_handle=1"
    IPKernelApp.launch_instance([*arguments, widgets, parent])


def _end_with_server() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        connection.wait([server.sentinel])
        os._exit(1)
