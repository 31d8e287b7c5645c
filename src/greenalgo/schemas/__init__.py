"""The schema versions, and the compiled check of each."""
