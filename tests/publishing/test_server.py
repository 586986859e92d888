"""What a server is started with: its address, its settings, what its process inherits."""

from __future__ import annotations

import importlib
import json
import os
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from voila.voila_kernel_manager import voila_kernel_manager_factory

from cvjkit.errors import InputError
from cvjkit.publishing import server

PACKAGE = Path(server.__file__).parent


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        found = server.find_port("127.0.0.1", None, taken)
        assert taken < found < taken + server.PORTS_TRIED
        with pytest.raises(InputError):
            server.find_port("127.0.0.1", taken, taken)


def test_a_link_can_be_typed_into_a_browser() -> None:
    assert (
        server.Address("127.0.0.1", 8866).link("a b&c") == "http://127.0.0.1:8866/?token=a%20b%26c"
    )
    assert server.Address("::1", 1, "/x/").link(None, "lab") == "http://[::1]:1/x/lab"
    assert server.Address("0.0.0.0", 1).link(None) == f"http://{socket.gethostname()}:1/"  # noqa: S104 - not bound


def test_a_token_is_new_each_time_and_long_enough() -> None:
    tokens = {server.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 32


def test_servers_find_what_is_ours_and_what_the_user_has_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", "/mine")
    token = server.new_token()
    found = server.environment(token, Path("journeys"))
    assert found["JUPYTER_PATH"] == f"{PACKAGE}{os.pathsep}/mine"
    assert found["JUPYTER_TOKEN"] == token
    assert found["CVJKIT_JOURNEYS"] == str(tmp_path / "journeys")
    below = server.Address("127.0.0.1", 1, "/shop/")
    dashboard = server.environment(token, Path("journeys"), below)
    assert dashboard == found | {"CVJKIT_SCRIPTS": "/shop/voila/widgets/"}


def test_nothing_is_inherited_of_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "of another server")
    monkeypatch.setenv("CVJKIT_JOURNEYS", "elsewhere")
    monkeypatch.setenv("CVJKIT_SCRIPTS", "/of/another/server/")
    found = server.environment(None, None)
    assert not {"JUPYTER_TOKEN", "CVJKIT_JOURNEYS", "CVJKIT_SCRIPTS"} & {*found}


def test_every_setting_is_one_that_its_program_knows() -> None:
    # A misspelt one would be passed over in silence, and be missed where it protects.
    address = server.Address("127.0.0.1", 1)
    voila = server.dashboard_command(
        Path("x"), address, token=True, kernels=2, visitors=9, idle_seconds=60
    )
    given = [*voila, *server.lab_command(Path(), address)]
    names = {
        tuple(option[2:].partition("=")[0].split("."))
        for option in given
        if option.startswith("--")
    }
    file = json.loads((PACKAGE / "voila" / "voila.json").read_text(encoding="utf-8"))
    names |= {(group, name) for group, settings in file.items() for name in settings}
    assert len(names) > 30
    where = {
        "Application": "traitlets.config",
        "IdentityProvider": "jupyter_server.auth.identity",
        "KernelManager": "jupyter_client.manager",
        "KernelRestarter": "jupyter_client.restarter",
        "MappingKernelManager": "jupyter_server.services.kernels.kernelmanager",
        "ServerApp": "jupyter_server.serverapp",
        "VisitorKernels": "cvjkit.publishing.voila.visitors",
        "Voila": "voila.app",
        "VoilaConfiguration": "voila.configuration",
    }
    classes = {
        group: getattr(importlib.import_module(module), group) for group, module in where.items()
    }
    # Voila makes this one when it starts.
    made = voila_kernel_manager_factory(
        classes["VisitorKernels"], preheat_kernel=True, default_pool_size=1
    )
    classes[made.__name__] = made
    unknown = {
        (group, name)
        for group, name in names
        if name not in classes[group].class_traits(config=True)
    }
    assert not unknown


def test_the_token_does_not_stand_on_the_command_line() -> None:
    address = server.Address("127.0.0.1", 1)
    started = server.dashboard_command(
        Path("x"), address, token=True, kernels=2, visitors=9, idle_seconds=60
    )
    assert "--Voila.auto_token=True" in started
    assert not [argument for argument in started if "--Voila.token" in argument]


def test_the_browser_is_opened_without_the_token_on_its_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    server.open_in_browser("http://127.0.0.1:1/?token=secret&x=1")
    (address,) = opened
    assert "secret" not in address
    file = Path(url2pathname(urlsplit(address).path))
    assert "url=http://127.0.0.1:1/?token=secret&amp;x=1" in file.read_text(encoding="utf-8")
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_pages_name_no_other_server() -> None:
    pages = [path for path in (PACKAGE / "voila").rglob("*") if path.is_file()]
    assert {".j2", ".html", ".css", ".js", ".json"} <= {path.suffix for path in pages}
    text = {path: path.read_bytes() for path in pages if path.suffix != ".pyc"}
    assert not [path for path, content in text.items() if re.search(rb"//[\w-]+\.\w", content)]
