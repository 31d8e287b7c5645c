"""Accept fast: what can be seen of a statement at a glance.

This room says "surely valid, nothing to report, this level" or "not sure", and never "no". It works on plain
data, imports neither ``typing`` nor ``re`` (which take as long to load as Python does to start; only a figure
that is printed in words needs them) and makes no record. Whatever it is not sure of goes to the validator,
which knows every rule and explains. The two never disagree: ``tests/property/test_glance.py`` holds them
together.

What both need lies here as well, so that nothing is written twice: tables as bytes, printed numbers, the
sentences on levels.
"""
