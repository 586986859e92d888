"""The files around the package say the same thing, and nothing that belongs to one machine."""

from __future__ import annotations

import ast
import json
import os
import re
import tomllib
from fnmatch import fnmatch
from importlib.metadata import requires
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"duckdb": "python-duckdb", "playwright": "playwright-python"}
# What its users asked for, and below what every project has.
TOP_LEVEL = {
    *("notebooks", "cvjkit", "data", "dashboards", "tests", "environment.yml", "README.md"),
    *("benchmarks", "docs", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
    *("Makefile", "constraints.txt", "pyproject.toml"),
}


def dependencies() -> list[Requirement]:
    project = PROJECT["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for lines in lists for line in lines]


def pins() -> dict[str, Version]:
    found = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            pinned = re.fullmatch(r"([a-z0-9-]+)==([a-z0-9.]+)", line)
            assert pinned, f"constraints.txt has a line that is no plain pin: {line!r}"
            assert pinned[1] not in found, f"{pinned[1]} is pinned twice"
            found[pinned[1]] = Version(pinned[2])
    return found


def files() -> list[Path]:
    """What a clone holds: all but what .gitignore names. Without git, which may not be there."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = [".git", *(line.rstrip("/") for line in lines)]

    def kept(names: list[str]) -> list[str]:
        return [name for name in names if not any(fnmatch(name, rule) for rule in ignored)]

    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = kept(folders)
        found += [Path(folder, name) for name in kept(names)]
    return found


def test_conda_installs_what_pip_installs() -> None:
    *conda, pip = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))[
        "dependencies"
    ]
    editable, *others = pip["pip"]
    named = {line.partition(" ")[0]: line.partition(" ")[2] for line in [*conda, *others]}
    expected = {
        CONDA_NAMES.get(requirement.name, requirement.name): str(requirement.specifier)
        for requirement in dependencies()
    }
    # Of what pip does not install, Spark needs a Java.
    others = {"python": PROJECT["project"]["requires-python"], "pip": "", "openjdk": ">=17"}
    assert named == expected | others
    assert editable == "--editable ."


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    pinned = pins()
    builders = [Requirement(line) for line in PROJECT["build-system"]["requires"]]
    for requirement in [*dependencies(), *builders]:
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} has no pin; make pins"
        assert pinned[name] in requirement.specifier, f"{name}: {pinned[name]}; make pins"


def test_what_the_dependencies_depend_on_is_pinned_too() -> None:
    waiting, reached = [Requirement("cvjkit[app,measure,spark,test]")], set()
    while waiting:
        requirement = waiting.pop()
        if str(requirement) not in reached:
            reached.add(str(requirement))
            waiting += [
                needed
                for needed in map(Requirement, requires(requirement.name) or [])
                if needed.marker is None
                or any(needed.marker.evaluate({"extra": e}) for e in ["", *requirement.extras])
            ]
    names = {canonicalize_name(Requirement(text).name) for text in reached} - {"cvjkit"}
    assert names - pins().keys() == set(), "make pins"


def test_the_top_level_is_the_one_agreed_on() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in files()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def test_notebooks_hold_no_outputs_and_define_nothing() -> None:
    notebooks = [path for path in files() if path.suffix == ".ipynb"]
    assert {path.parent.name for path in notebooks} == {"notebooks", "dashboards"}
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                assert not cell["outputs"], f"{path.name}: .venv/bin/nbstripout takes outputs out"
                assert not defined(ast.parse("".join(cell["source"]))), (
                    f"{path.name}: functions and classes belong into cvjkit, where they are tested"
                )


def defined(cell: ast.Module) -> list[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node.name for node in ast.walk(cell) if isinstance(node, kinds)]


def test_nothing_committed_names_a_machine() -> None:
    paths_of_a_machine = re.compile(rb"/(?:root|tmp|work|home/\w+)/|[A-Z]:\\\\Users\\\\")
    found = {
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in files()
        if path != Path(__file__)
        for match in paths_of_a_machine.finditer(path.read_bytes())
    }
    assert not found
