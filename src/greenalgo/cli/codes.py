"""The exit codes (docs/reference/exit-codes.md); 0 and 1 are the verdicts, and 2 is click's own."""

from __future__ import annotations

USAGE = 2
UNSUPPORTED = 3
#: A file cannot be read, a registry not be reached, or the output not be written.
COULD_NOT_CHECK = 4
#: A bug of greenalgo.
INTERNAL = 70
#: What a shell reports for a program that Ctrl-C, a reader that has gone, or SIGTERM ended.
INTERRUPTED, CLOSED_PIPE, TERMINATED = 130, 141, 143
