"""A build hook of hatchling: compile with mypyc what every file meets.

Asked for with `HATCH_BUILD_HOOKS_ENABLE=1`; without it, and where nobody compiles, the same modules
run as Python. Nothing is written beside the sources, where an editable install would find it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What a valid file meets, below `src/`: what the parser's answer is held against, schema, rules; on its way into a
#: registry, the canonical form, and the event that goes into the log and its tree.
COMPILED = (
    "greenalgo/sources/fast.py",
    "greenalgo/schemas/accept_*.py",
    "greenalgo/schemas/checks.py",
    "greenalgo/glance/*.py",
    "greenalgo/statement/digest.py",
    "greenalgo/registry/record/event.py",
    "greenalgo/registry/record/merkle.py",
    "greenalgo/registry/record/state.py",
)
#: One library calls its own functions: exported, each could be another's, so none would be inlined or called directly.
#: On Windows nothing is exported that is not named.
FLAGS = [] if sys.platform == "win32" else ["-fvisibility=hidden"]


class CompileHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the extension modules to a wheel, and says for which Python and machine it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        from mypyc.build import mypycify
        from setuptools import Distribution

        source = Path(self.root, "src")
        self.folder = tempfile.TemporaryDirectory()
        built = Path(self.folder.name)
        modules = [
            str(path)
            for pattern in COMPILED
            for path in sorted(source.glob(pattern))
            if path.name != "__init__.py"
        ]
        # Level 3 compiles for 21 s, level 1 for 13 s; a glance then takes a tenth less time.
        extensions = mypycify(modules, opt_level="3", debug_level="0", target_dir=str(built / "c"))
        for extension in extensions:
            extension.extra_compile_args += FLAGS
        distribution = Distribution({"name": "greenalgo", "ext_modules": extensions})
        command = distribution.get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(built / "lib"), str(built / "objects")
        command.ensure_finalized()
        command.run()
        for path in (built / "lib").rglob("*"):
            if path.is_file():
                build_data["force_include"][str(path)] = str(path.relative_to(built / "lib"))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if version != "editable":
            self.folder.cleanup()
