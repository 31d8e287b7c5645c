"""The wheel and the sdist hold exactly what they should, and the wheel works where it is installed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import venv
from email import message_from_string
from pathlib import Path

import pytest
from distributions import ROOT, Distributions, build, tracked

import greenalgo

#: Where a tree of the checkout lies in the wheel.
RENAMED = {
    "src/greenalgo/": "greenalgo/",
    "schema/": "greenalgo/_data/schema/",
    "templates/": "greenalgo/_data/templates/",
    "registry/web/": "greenalgo/_data/web/",
}
#: Top-level names that the sdist leaves out: they serve the repository, not its source.
NOT_IN_SDIST = {".ci", ".github", ".pre-commit-config.yaml"}
STATEMENT = (
    ROOT / "schema" / "statement" / "1.0" / "examples" / "pass" / "bloom-final-training.yaml"
)
#: Prints each file of the data trees with its digest, as the installed package finds them.
LIST = """
import hashlib, json, os
from greenalgo import resources
found = {}
for kind in ("schema", "templates"):
    top = resources.root(kind)
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            key = kind + "/" + os.path.relpath(path, top).replace(os.sep, "/")
            found[key] = hashlib.sha256(open(path, "rb").read()).hexdigest()
print(json.dumps([os.path.dirname(resources.__file__), found]))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """The wheel and the sdist of this checkout."""
    return build(tmp_path_factory.mktemp("dist"))


def expected_in_wheel() -> set[str]:
    return {
        new + name.removeprefix(old)
        for name in tracked()
        for old, new in RENAMED.items()
        if name.startswith(old)
    }


def test_the_wheel_holds_the_package_and_the_data_trees_and_nothing_else(
    made: Distributions,
) -> None:
    assert made.in_wheel() == expected_in_wheel()


@pytest.mark.parametrize(
    "path",
    [
        "greenalgo/py.typed",
        "greenalgo/_data/schema/statement/1.0/statement.schema.json",
        "greenalgo/_data/schema/statement/1.0/SHA256SUMS",
        "greenalgo/_data/templates/latex/table.tex.j2",
        "greenalgo/factors/sets/2026.11/manifest.json",
        "greenalgo/factors/sets/2026.11/carbon_intensity.csv",
    ],
)
def test_the_wheel_holds_what_the_commands_read(made: Distributions, path: str) -> None:
    assert path in made.in_wheel()


def test_the_wheel_holds_no_test_no_document_no_statement(made: Distributions) -> None:
    tops = {name.split("/")[0] for name in made.in_wheel()}
    assert tops == {"greenalgo"}
    assert not [
        name for name in made.in_wheel() if "/tests/" in name or "registry/statements" in name
    ]


def test_the_sdist_holds_every_tracked_file(made: Distributions) -> None:
    belongs = {name for name in tracked() if name.split("/")[0] not in NOT_IN_SDIST}
    assert made.in_sdist() - {"PKG-INFO"} == belongs


def test_the_metadata_names_version_licence_and_python(made: Distributions) -> None:
    metadata = message_from_string(made.metadata("METADATA"))
    assert metadata["Version"] == greenalgo.__version__
    # The latter two are those of the scripts that the registry's pages use.
    licences = "Apache-2.0 AND CC-BY-4.0 AND BSD-3-Clause AND 0BSD"
    assert metadata["License-Expression"] == licences
    assert metadata["Requires-Python"] == ">=3.11"
    vendored = (ROOT / "registry" / "web" / "static" / "vendor").glob("*/LICENSE")
    named = {str(path.relative_to(ROOT)) for path in vendored}
    assert len(named) == 4
    expected = {"LICENSE", "LICENSES/CC-BY-4.0.txt", *named}
    assert set(metadata.get_all("License-File", [])) == expected


def test_the_command_is_an_entry_point(made: Distributions) -> None:
    assert "greenalgo = greenalgo.__main__:main" in made.metadata("entry_points.txt")


def test_the_licence_is_apache_2_in_full() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert "Creative Commons Attribution 4.0 International Public License" in (
        ROOT / "LICENSES" / "CC-BY-4.0.txt"
    ).read_text("utf-8")


class Installed:
    """The wheel in a virtual environment that borrows this one's libraries."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder / "has a space"
        venv.create(self.folder, with_pip=False)
        self.python = self.folder / "bin" / "python"
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python"]
        command += [str(self.python), "install", "--no-deps", "--no-index", "--quiet", str(wheel)]
        subprocess.run(command, check=True, capture_output=True)
        borrowed = Path(sysconfig.get_path("purelib"))
        own = Path(sysconfig.get_path("purelib", vars={"base": str(self.folder)}))
        # After the environment's own packages, so that greenalgo is the wheel's; a plain path line
        # does not run the .pth of the editable install.
        (own / "borrowed.pth").write_text(f"{borrowed}\n", "utf-8")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, outside of the checkout, without its settings."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        return subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def installed(made: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"), made.wheel)


def test_the_installed_command_validates(installed: Installed) -> None:
    done = installed.run("greenalgo", "validate", str(STATEMENT))
    assert (done.returncode, done.stderr) == (0, "")
    assert "valid, L1" in done.stdout


def test_the_installed_command_refuses(installed: Installed, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        STATEMENT.read_text("utf-8").replace(
            "carbon_intensity_g_per_kwh:", "carbon_intensity_per_kwh:"
        ),
        "utf-8",
    )
    done = installed.run("greenalgo", "validate", str(wrong))
    assert done.returncode == 1
    assert "did you mean" in done.stdout


@pytest.mark.slow
def test_the_installed_command_fills_and_typesets(installed: Installed, tmp_path: Path) -> None:
    filled = installed.run("greenalgo", "fill", str(STATEMENT), "--format", "json")
    assert filled.returncode == 0, filled.stderr
    total = json.loads(filled.stdout)["results"]["totals"]["energy_it_kwh"]["value"]
    assert total == pytest.approx(433196, rel=1e-9)
    paper = installed.run("greenalgo", "paper", str(STATEMENT), "-o", str(tmp_path / "paper"))
    assert paper.returncode == 0, paper.stderr
    assert (tmp_path / "paper" / "appendix.tex").stat().st_size > 0


def test_wheel_and_checkout_find_the_same_bytes(installed: Installed) -> None:
    done = installed.run("python", "-c", LIST)
    assert done.returncode == 0, done.stderr
    package, found = json.loads(done.stdout)
    assert Path(package).is_relative_to(installed.folder)
    checkout = {
        f"{kind}/{path.relative_to(ROOT / kind).as_posix()}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for kind in ("schema", "templates")
        for path in (ROOT / kind).rglob("*")
        if path.is_file()
    }
    assert found == checkout


def test_both_ways_to_call_it_print_the_version(installed: Installed) -> None:
    for command in (("greenalgo", "--version"), ("python", "-m", "greenalgo", "--version")):
        done = installed.run(*command)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"greenalgo {greenalgo.__version__}\n")
