"""The registry: statements that a paper can cite, kept for ever, compared like with like.

Imports inside point down only, as the contracts in ``pyproject.toml`` say: from ``record`` (events, log, Merkle
tree, receipts; no disk) and ``store`` up to ``service`` and ``client``. The command line calls them all.
"""
