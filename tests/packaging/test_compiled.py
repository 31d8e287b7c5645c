"""The compiled wheel: the same modules, the same answers."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from distributions import ROOT, build

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.compiler, pytest.mark.slow]
#: What holds the parser against the strict reader, a glance and the compiled schema against the rules and the
#: reference validator, the canonical form against the library, and the record against the standards.
AGREEMENT = (
    "tests/unit/schemas/test_schemas_compile.py",
    "tests/property/test_glance.py",
    "tests/property/test_schemas_agree.py",
    "tests/property/test_fast_and_slow.py",
    "tests/property/test_sources_agree.py",
    "tests/unit/sources/test_source_parse.py",
    "tests/property/test_canonical.py",
    "tests/registry/test_registry_log.py",
    "tests/registry/test_registry_merkle.py",
    "tests/registry/test_registry_state.py",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the compiled package, to put before the checkout's."""
    folder = tmp_path_factory.mktemp("compiled")
    wheel = build(folder, compiled=True).wheel
    assert not wheel.name.endswith("-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_module_on_the_way_is_compiled(installed: Path) -> None:
    code = (
        "import sys, greenalgo.registry.door; print(*sorted("
        "m.__file__ for n, m in sys.modules.items() if n.startswith(("
        "'greenalgo.glance.', 'greenalgo.schemas.accept', 'greenalgo.schemas.checks', 'greenalgo.sources.fast', "
        "'greenalgo.statement.digest', 'greenalgo.registry.record.event', 'greenalgo.registry.record.merkle', "
        "'greenalgo.registry.record.state'))))"
    )
    done = run(installed, "-c", code)
    assert done.returncode == 0, done.stderr
    files = done.stdout.split()
    assert len(files) > 10
    assert all(name.startswith(str(installed)) for name in files)
    assert not [name for name in files if name.endswith(".py")]


def test_what_is_compiled_agrees_with_the_rules(installed: Path) -> None:
    done = run(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", *AGREEMENT)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout


def test_the_checkout_stays_as_it_is() -> None:
    found = [*ROOT.glob("src/**/*.so"), *ROOT.glob("src/**/*.pyd"), *ROOT.glob("src/**/*.c")]
    assert found == []
