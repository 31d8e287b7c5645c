"""The command line: one file a command, and what they share.

``main`` is the group, ``checking/`` finds and checks what ``validate`` is given, without click where it can,
``report/`` is how findings are printed. The library returns findings; here alone they become exit codes: 0 valid,
1 invalid, 2 usage, 3 unsupported version, 4 could not check.
"""
