"""Who may see a dashboard, and how long the kernel of a visitor is kept. Voila loads it."""

from __future__ import annotations

import asyncio
import secrets
import weakref
from asyncio import Task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.kernelmanager import (
    AsyncMappingKernelManager,
    ServerKernelManager,
)
from jupyter_server.utils import url_path_join
from traitlets import Bool, Instance, Int, Set, Unicode, default

from cvjkit.publishing.voila.forks import ForkedKernel, prepare

# How long a page may be in the making before its visitor's browser has connected.
MAKING = timedelta(minutes=10)


class LinkHolder(IdentityProvider):
    """Lets in who has the token, for as long as the server runs.

    Voila's default also takes a password, lets everybody who has the token set a new one, and
    looks for its login page under the wrong address if there is a base URL.
    """

    @property
    def auth_enabled(self) -> bool:
        """Whether there is a token: ``cvjkit dashboard --no-token`` sets none."""
        return bool(self.token)

    def get_handlers(self) -> list[tuple[str, object]]:
        """Give the handler of the page for visitors without the token.

        Returns
        -------
        list of (str, type)
            A pattern of URLs, and the handler that serves them.
        """
        base_url = getattr(self.parent, "server_url", "/")
        return [(url_path_join(base_url, "login"), LinkWithoutToken)]


class LinkWithoutToken(JupyterHandler):
    """The page that asks for the token that the link lacks."""

    @allow_unauthenticated
    def get(self) -> None:
        """Refuse, with a page."""
        self.set_status(403)
        template = self.settings["voila_jinja2_env"].get_template("login.html")
        self.finish(template.render(base_url=self.base_url))


class VisitorKernel(ServerKernelManager):
    """A kernel whose id is not on its command line, which every user of a machine can read.

    Parameters
    ----------
    connection_file : str
        Only its directory is used.
    **settings : object
        Those of `ServerKernelManager`.
    """

    came = Instance(datetime, allow_none=True, help="When its visitor asked for the page.")
    connected = Bool(help="Whether a browser has ever connected to it.")
    comms = Set(Unicode(), help="Ids of the channels to its widgets that its visitor has opened.")

    def __init__(self, *, connection_file: str, **settings: Any) -> None:
        unrelated = Path(connection_file).with_name(f"{secrets.token_hex(8)}.json")
        super().__init__(connection_file=str(unrelated), **settings)
        # Of a page, or of what waits in a pool. It is not kept: its result is a whole page.
        self._maker = weakref.ref(cast("Task[Any]", asyncio.current_task()))

    @property
    def made_for(self) -> object:
        """What it was started for: a task, or itself once nobody has that any more."""
        return self._maker() or self

    async def start_kernel(self, **settings: Any) -> None:  # type: ignore[override] # it is awaited
        """Start it as a copy of a process that has imported all it needs, if there is one.

        Parameters
        ----------
        **settings : object
            Those of `ServerKernelManager.start_kernel`.
        """
        chosen = self.kernel_spec and "kernel_provisioner" in self.kernel_spec.metadata
        kernels = cast("VisitorKernels", self.parent)
        if self.provisioner is None and not chosen and kernels.forks:
            self.provisioner = ForkedKernel(kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**settings)

    @property
    def in_the_making(self) -> bool:
        """Whether its notebook is still being executed for a visitor."""
        lately = self.came is not None and datetime.now(UTC) < self.came + MAKING
        return lately and not self.connected and self.execution_state == "busy"


class VisitorKernels(AsyncMappingKernelManager):
    """Bounds how many visitors there are, and how long their kernels are kept.

    The idle time of a kernel counts from when its visitor came, or was last connected.

    A kernel that waited, its notebook executed, has been idle ever since. Voila spares it only as
    long as it waits: a visitor on a slow line would lose it before the page is there. A page that
    was only read for an hour would be lost with the first interruption of its connection.

    Parameters
    ----------
    **settings : object
        Those of `AsyncMappingKernelManager`.
    """

    most_visitors = Int(50, config=True, help="How many visitors have a kernel at the same time.")
    forks = Bool(help="Whether there is a process of which kernels are copies.")

    @property
    def full(self) -> bool:
        """Whether there are as many visitors as there may be."""
        waiting = {task for pool in self.pools.values() for task in pool}
        # Who got a page that waited is not counted twice.
        coming = {page if first in waiting else first for page, first in self._coming.items()}
        kernels = {kernel.made_for for kernel in self._kernels.values()}
        return len((coming | kernels) - waiting) >= self.most_visitors

    @property
    def pools(self) -> dict[str | None, list[Task[dict[str, Any]]]]:
        """The pages that wait or are going to, by their notebooks."""
        return getattr(self, "_pools", {})

    @asynccontextmanager
    async def page_for_visitor(self, notebook: str | None) -> AsyncIterator[None]:
        """Count a visitor while the page is sent; none of those that failed waits any more.

        Parameters
        ----------
        notebook : str or None
            Its path.

        Yields
        ------
        None
            Before Voila waits for anything, it takes the first page that waits.
        """
        page = cast("Task[Any]", asyncio.current_task())
        self._coming[page] = page
        try:
            await self.make_failed_anew(notebook)
            self._coming[page] = next(iter(self.pools.get(notebook, ())), page)
            yield
        finally:
            del self._coming[page]

    def __init__(self, **settings: Any) -> None:
        self.forks = prepare()
        self._coming: dict[Task[Any], Task[Any]] = {}
        super().__init__(**settings)  # type: ignore[no-untyped-call] # no types

    @default("kernel_manager_class")
    def _visitors(self) -> str:
        return f"{__name__}.{VisitorKernel.__name__}"

    def notify_connect(self, kernel_id: str) -> None:
        """Take note of a connection.

        Parameters
        ----------
        kernel_id : str
        """
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call] # no types
        if kernel_id in self:
            self._kernel(kernel_id).connected = True

    def notify_disconnect(self, kernel_id: str) -> None:
        """Take note that a connection has ended.

        Parameters
        ----------
        kernel_id : str
        """
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call] # no types
        if kernel_id in self:
            self._kernel(kernel_id).last_activity = datetime.now(UTC)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Shut down a kernel whose visitor has gone; Voila does not ask about one that waits.

        Parameters
        ----------
        kernel_id : str
        """
        kernel = self._kernel(kernel_id)
        if kernel.came is None:
            kernel.came = kernel.last_activity = datetime.now(UTC)
        if not kernel.in_the_making:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call] # no types

    async def make_failed_anew(self, notebook: str | None) -> None:
        """Replace the waiting pages of a notebook that failed, or whose kernels died.

        What was wrong, such as a file that was not there, may be right by now.

        Parameters
        ----------
        notebook : str or None
            Its path.
        """
        pools = self.pools
        if notebook not in pools:
            return
        for pool in pools.values():
            # To end any kernel, Voila asks each for its own: one that could not be read has none.
            pool[:] = [one for one in pool if not one.done() or one.exception() is None]
        pool = pools[notebook]
        for waiting in tuple(pool):
            # Another visitor may have come meanwhile.
            if waiting.done() and await self._failed(waiting) and waiting in pool:
                pool.remove(waiting)
                if waiting.result()["kernel_id"] in self:
                    await self.shutdown_kernel(waiting.result()["kernel_id"], now=True)  # type: ignore[no-untyped-call] # no types
        # Of the class that Voila derives from this one.
        self.fill_if_needed(delay=0, notebook_name=notebook)  # type: ignore[attr-defined]

    async def _failed(self, waiting: Task[dict[str, Any]]) -> bool:
        kernel_id, page = waiting.result()["kernel_id"], waiting.result()["task"]
        if kernel_id not in self or not await self._kernel(kernel_id).is_alive():
            return True
        if not page.done():
            return False
        if page.exception() is not None:
            return True
        cells = waiting.result()["renderer"].executor.nb.cells
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        return any(output.output_type == "error" for output in outputs)

    def _kernel(self, kernel_id: str) -> VisitorKernel:
        return cast("VisitorKernel", self.get_kernel(kernel_id))
