"""The rule book, a file a family."""
