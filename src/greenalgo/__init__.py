"""Report what a computation cost the planet, so that a stranger can recompute it.

The package is a set of rooms; imports point down only (``docs/explanation/architecture.md``).
Nothing is imported here, so that ``greenalgo validate`` starts as fast as Python does: use
``from greenalgo import api``.
"""

#: The version of the tool (semantic versioning of the command line and of :mod:`greenalgo.api`).
__version__ = "0.1.0"

#: The newest version of the statement's schema that this tool writes.
SPEC_VERSION = "1.0"
