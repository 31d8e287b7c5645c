"""Compiles a factor set from upstream tables and curated facts; see scripts/compile_factors.py."""
