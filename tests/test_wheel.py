"""What pip installs runs by itself: no file of the source is needed, nor any of a user's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from urllib.request import ProxyHandler, build_opener
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
STARTING_SECONDS = 120
STARTERS = [*(ROOT / "dashboards").glob("*.ipynb"), *(ROOT / "data" / "journeys").glob("*.toml")]
DASHBOARDS = {path.stem for path in (ROOT / "dashboards").glob("*.ipynb")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as pip builds it from the source."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={folder}"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=STARTING_SECONDS)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bin_(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel, and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    scheme = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    # What .pth files there add to the path, such as this source, does not come along.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    python = Path(sysconfig.get_path("scripts", "venv", scheme), Path(sys.executable).name)
    install = ["--no-index", "--no-deps", "--no-compile", "--force-reinstall"]
    pip = [sys.executable, "-m", "pip", "--quiet", f"--python={python}", "install", *install]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True, timeout=STARTING_SECONDS)
    return python.parent


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "CVJKIT", "JUPYTER", "VOILA"))
    }
    # Jupyter looks for its extensions where its environment is, which is here another one.
    shared = Path(sysconfig.get_path("data"), "share", "jupyter")
    home = {"HOME": str(tmp_path / "home"), "IPYTHONDIR": str(tmp_path / "home")}
    return inherited | home | {"JUPYTER_PATH": str(shared)}


def test_the_wheel_holds_the_package_and_the_starters(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {Path(name).name for name in names} >= {path.name for path in STARTERS}
    # What a notebook reads stands where it looks for it.
    assert "cvjkit/publishing/starter_files/data/logs/coffee.csv" in names
    assert "cvjkit/publishing/starter_files/data/logs/coffee_plan.toml" in names
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "cvjkit").rglob("*.*")}
    assert {name for name in sources if "__pycache__" not in name} <= set(names)
    tops = {name.split("/")[0] for name in names}
    assert tops == {"cvjkit", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}


def test_in_an_empty_folder_it_publishes_the_starters(
    bin_: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    server = subprocess.Popen(
        [bin_ / "cvjkit", "dashboard", "--port=0", "--kernels=0"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        link = server.stdout.readline().split()[0]
        assert set(re.findall(r"render/(\w+).ipynb", get(link))) == DASHBOARDS
        for name in ("journey", "actual"):
            page = get(link.replace("?", f"voila/render/{name}.ipynb?"))
            assert "application/vnd.jupyter.widget-view+json" in page
            assert "could not be calculated" not in page
            assert "cannot be shown" not in page
    finally:
        server.terminate()
        _, said = server.communicate(timeout=STARTING_SECONDS)
    assert re.fullmatch(r"(Port .*\n)?There are no journeys in data/journeys: .*\n", said), said
    assert server.returncode == 0
    assert not list(folder.iterdir())

    # What it says is what to type.
    advice = said.strip().rpartition(": ")[2].split()
    for command in (advice, ["cvjkit", "check", "data/journeys/shop.toml"]):
        done = subprocess.run(
            [bin_ / command[0], *command[1:]],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=STARTING_SECONDS,
        )
    assert "fine: shop, eight" in done.stdout


def get(link: str) -> str:
    answer = build_opener(ProxyHandler({})).open(link, timeout=STARTING_SECONDS)
    text: str = answer.read().decode()
    return text
