"""How Voila and JupyterLab are started: their arguments, a free port, a clean end."""

from __future__ import annotations

import atexit
import errno
import html
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

from cvjkit.errors import Fault, InputError
from cvjkit.widgets.assets import SERVED_BELOW

PACKAGE = Path(__file__).parent
LOCALHOST = "127.0.0.1"
VOILA_PORT = 8866
LAB_PORT = 8888
PORTS_TRIED = 100
STARTING_SECONDS = 60
STOPPING_SECONDS = 10

# Where a dashboard's server has the scripts of the widgets, below its base URL.
SCRIPTS = "voila/widgets/"
# What is run instead of a program.
CHILD = "cvjkit.publishing.child"
MODULES = {"voila": "cvjkit.publishing.voila"}

# Without the first no widget appears. Every further one is loaded by every visitor.
LAB_EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
)

# A kernel's socket is a file whose path may have 103 characters on macOS, 107 on Linux; Voila's
# directory and the kernel's id take 66 of them.
LONGEST_SOCKET_ROOT = 37


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens.

    Parameters
    ----------
    host : str
        Name or address of the network interface; ``127.0.0.1`` is this machine only.
    port : int
    base_url : str
        The path under which everything is served, with a slash at both ends.
    """

    host: str
    port: int
    base_url: str = "/"

    def link(self, token: str | None, path: str = "") -> str:
        """Give the link to type into a browser.

        Parameters
        ----------
        token : str or None
            Added to the link if there is one.
        path : str
            Below the base URL, without a slash at the beginning.

        Returns
        -------
        str
            A URL. A server that listens on all interfaces is named by this machine's name.

        Examples
        --------
        >>> Address("127.0.0.1", 8866).link("secret")
        'http://127.0.0.1:8866/?token=secret'
        """
        host = socket.gethostname() if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        host = f"[{host}]" if ":" in host else host
        query = f"?token={quote(token, safe='')}" if token else ""
        return f"http://{host}:{self.port}{self.base_url}{path}{query}"

    def answers(self) -> bool:
        """Tell whether a web server answers there, whatever it says.

        Returns
        -------
        bool
        """
        host = {"0.0.0.0": LOCALHOST, "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        connection = http.client.HTTPConnection(host, self.port, timeout=1)
        try:
            # Not the dashboard itself: every look at that takes a kernel.
            connection.request("HEAD", f"{self.base_url}api")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


def new_token() -> str:
    """Make a token nobody can guess.

    Returns
    -------
    str
        Letters, digits, ``-`` and ``_``: 192 random bits.
    """
    return secrets.token_urlsafe(24)


def find_port(host: str, wanted: int | None, first: int) -> int:
    """Find the port to listen on.

    Parameters
    ----------
    host : str
    wanted : int or None
        The only port to try; 0 is any free port. None tries `PORTS_TRIED` ports from `first` on.
    first : int

    Returns
    -------
    int
        A port that is free now.

    Raises
    ------
    InputError
        When the wanted port is taken, is not a port, or may not be used.
    """
    for port in range(first, first + PORTS_TRIED) if wanted is None else [wanted]:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return int(probe.getsockname()[1])
            except OverflowError:
                fault = Fault("--port", port, "is not a port", "choose one from 1024 to 65535")
            except PermissionError:
                fault = Fault("--port", port, "is reserved", "choose one from 1024 to 65535")
            except socket.gaierror:
                fault = Fault("--host", host, "is not a name of this machine", "try 127.0.0.1")
                break
            except OSError as error:
                taken = error.errno == errno.EADDRINUSE
                reason = "is taken by another program" if taken else f"fails: {error.strerror}"
                fix = "choose another one, or leave --port out to get the next free one"
                fault = Fault("--port", port, reason, fix)
    raise InputError("address", [fault])


def dashboard_command(
    path: Path,
    address: Address,
    *,
    token: bool,
    kernels: int,
    visitors: int,
    idle_seconds: int,
    extensions: Sequence[str] = (),
) -> list[str]:
    """Make the command that publishes a notebook, or a directory of notebooks, with Voila.

    Parameters
    ----------
    path : Path
    address : Address
    token : bool
        Whether visitors need the token, which Voila reads from the environment.
    kernels : int
        How many kernels wait for each notebook, having executed it; 0 for none.
    visitors : int
        How many may have a page of their own at the same time.
    idle_seconds : int
        How long an idle kernel of a visitor is kept [s].
    extensions : sequence of str
        JupyterLab extensions the notebook needs besides `LAB_EXTENSIONS`.

    Returns
    -------
    list of str
        Name of the program to run, and its arguments, for :func:`run`.
    """
    settings = {
        # What is the same for every dashboard is in voila.json there.
        "Voila.config_file_paths": PACKAGE / "voila",
        "Voila.ip": address.host,
        "Voila.port": address.port,
        "Voila.base_url": address.base_url,
        "Voila.auto_token": token,
        "Voila.connection_dir_root": _socket_root(),
        "VoilaConfiguration.extension_allowlist": [*LAB_EXTENSIONS, *extensions],
        "VoilaConfiguration.preheat_kernel": kernels > 0,
        "VoilaConfiguration.default_pool_size": kernels,
        "VisitorKernels.most_visitors": visitors,
        "MappingKernelManager.cull_idle_timeout": idle_seconds,
        "MappingKernelManager.cull_interval": max(1, min(idle_seconds // 4, 10)),
    }
    if os.name == "posix":
        # Many kernels that start at once can collide on a TCP port.
        settings["KernelManager.transport"] = "ipc"
    return ["voila", str(path), *_arguments(settings)]


def lab_command(directory: Path, address: Address) -> list[str]:
    """Make the command that opens a directory in JupyterLab; its token is in the environment.

    Parameters
    ----------
    directory : Path
        The root of what JupyterLab shows.
    address : Address

    Returns
    -------
    list of str
        Name of the program to run, and its arguments, for :func:`run`.
    """
    settings = {
        "ServerApp.ip": address.host,
        "ServerApp.port": address.port,
        "ServerApp.port_retries": 0,
        "ServerApp.base_url": address.base_url,
        "ServerApp.open_browser": False,
        "ServerApp.root_dir": directory.absolute(),
        # Without it Jupyter refuses to start as root, which is who one is in a container.
        "ServerApp.allow_root": True,
        "Application.log_level": "ERROR",
    }
    return ["jupyterlab", *_arguments(settings)]


def environment(
    token: str | None, journeys: Path | None, dashboard: Address | None = None
) -> dict[str, str]:
    """Make the environment of a server and of its kernels.

    Parameters
    ----------
    token : str or None
        In the environment and not on the command line, which every user of a machine can read.
    journeys : Path or None
        Directory of the journeys' files, ``CVJKIT_JOURNEYS`` in the kernels.
    dashboard : Address, optional
        Of a server that has the scripts of the widgets.

    Returns
    -------
    dict of str to str
        This process's environment with these changes.
    """
    changes = {
        # Voila's template is in <one of these>/voila/templates,
        "JUPYTER_PATH": _before("JUPYTER_PATH", PACKAGE),
        # what keeps JupyterLab from asking for news in <one of these>/labconfig.
        "JUPYTER_CONFIG_PATH": _before("JUPYTER_CONFIG_PATH", PACKAGE / "lab"),
        "JUPYTER_TOKEN": token,
        "CVJKIT_JOURNEYS": str(journeys.absolute()) if journeys else None,
        SERVED_BELOW: f"{dashboard.base_url}{SCRIPTS}" if dashboard else None,
    }
    merged = {**os.environ, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def run(
    command: Sequence[str],
    variables: Mapping[str, str],
    address: Address,
    ready: Callable[[], object],
) -> None:
    """Start a server and wait until it is ended with Ctrl-C or a signal; its kernels end with it.

    Parameters
    ----------
    command : sequence of str
        Name of the program to run, and its arguments.
    variables : mapping
        Its environment.
    address : Address
    ready : callable
        Called as soon as the server answers.

    Raises
    ------
    InputError
        When the server's program is not installed.
    ChildProcessError
        When it ended by itself, or did not answer in time.
    """
    program = command[0]
    if find_spec(program) is None:
        fix = 'type: pip install "cvjkit[app]"'
        raise InputError(program, [Fault("command", program, "is not installed here", fix)])
    signals: list[int] = []
    handlers = {number: signal.signal(number, _recorder(signals)) for number in _endings()}
    try:
        _run(command, variables, address, ready, signals)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def open_in_browser(link: str) -> None:
    """Open a link in a browser, and let nobody else read it.

    Every user of a machine can read a browser's command line, and the link has the token in it:
    it gets the name of a file that leads there.

    Parameters
    ----------
    link : str
    """
    descriptor, name = tempfile.mkstemp(prefix="cvjkit-", suffix=".html")
    atexit.register(Path(name).unlink, missing_ok=True)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f'<meta http-equiv="refresh" content="0; url={html.escape(link)}">')
    webbrowser.open(Path(name).as_uri())


def _run(
    command: Sequence[str],
    variables: Mapping[str, str],
    address: Address,
    ready: Callable[[], object],
    signals: Sequence[int],
) -> None:
    program, *arguments = command
    # In a session of its own it does not get the terminal's Ctrl-C, to which it and its kernels
    # would respond with questions and tracebacks; we end it. If we are killed, its input ends.
    child = subprocess.Popen(  # noqa: S603 - of commands that the functions above make
        [sys.executable, "-m", CHILD, MODULES.get(program, program), *arguments],
        env=variables,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    running, held, answers = threading.Event(), list[str](), False
    relay = threading.Thread(target=_relay, args=(child.stderr, running, held), daemon=True)
    relay.start()
    try:
        until = time.monotonic() + STARTING_SECONDS
        while not (answers or signals) and child.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
            answers = address.answers()
        if answers:
            running.set()
            ready()
        while answers and not signals and child.poll() is None:
            time.sleep(0.1)
        if not signals:
            fate = "did not answer in time" if child.poll() is None else "has ended by itself"
            relay.join(timeout=1)
            raise ChildProcessError("".join([*held, f"{program} {fate}"]))
    finally:
        running.clear()
        _end(child, gently=answers)


def _before(name: str, path: Path) -> str:
    return os.pathsep.join(filter(None, [str(path), os.environ.get(name)]))


def _arguments(settings: Mapping[str, object]) -> list[str]:
    lists = {
        name: value if isinstance(value, list) else [value] for name, value in settings.items()
    }
    return [f"--{name}={value}" for name, values in lists.items() for value in values]


def _socket_root() -> str:
    root = tempfile.gettempdir()
    return root if len(root) <= LONGEST_SOCKET_ROOT or os.name != "posix" else "/tmp"  # noqa: S108 - Voila makes a private directory in it


def _endings() -> list[signal.Signals]:
    # Windows has no SIGHUP.
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]


def _recorder(signals: list[int]) -> Callable[[int, object], None]:
    # A handler that raised might do so after a server has started but before `try` ends it.
    def record(number: int, _: object) -> None:
        signals.append(number)

    return record


def _relay(said: IO[bytes], running: threading.Event, held: list[str]) -> None:
    # What Jupyter says while it starts matters only if it fails to start. Errors of kernels that
    # are ended while they start do not matter.
    for line in said:
        tell = sys.stderr.write if running.is_set() else held.append
        tell(line.decode(errors="replace"))


def _end(child: subprocess.Popen[bytes], *, gently: bool) -> None:
    # A server that does not answer yet has no handler for the signal. It leaves no kernels behind:
    # a kernel ends when its server is gone.
    if gently:
        child.terminate()
        try:
            child.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            gently = False
    if not gently:
        child.kill()
        child.wait()
