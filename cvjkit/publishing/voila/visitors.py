"""Who may see a dashboard, and how long the kernel of a visitor is kept. Voila loads it."""

from __future__ import annotations

from datetime import UTC, datetime

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from traitlets import Set, Unicode


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


class VisitorKernels(AsyncMappingKernelManager):
    """Counts a kernel's idle time from when its visitor came.

    A kernel that waited, its notebook executed, has been idle ever since. Voila spares it only as
    long as it waits: a visitor on a slow line would lose it before the page is there.
    """

    visited = Set(Unicode(), help="Ids of the kernels that have, or had, a visitor.")

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Shut down a kernel whose visitor has gone; Voila does not ask about one that waits.

        Parameters
        ----------
        kernel_id : str
        """
        if kernel_id not in self.visited:
            self.visited = {kernel_id, *self.visited.intersection(self.list_kernel_ids())}
            kernel = self.get_kernel(kernel_id)
            kernel.last_activity = datetime.now(UTC)  # type: ignore[attr-defined] # Jupyter adds it
        await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call] # no types
