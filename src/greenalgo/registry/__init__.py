"""The registry: statements that a paper can cite, kept for ever, compared like with like.

Floors inside (imports point down only): ``record`` (events, log, Merkle tree, receipts; no disk) <
``store`` (a directory in git, SQLite) < ``door``, ``audit``, ``snapshot`` and ``comparison`` <
``identity`` < ``service``. The command line calls them all.
"""
