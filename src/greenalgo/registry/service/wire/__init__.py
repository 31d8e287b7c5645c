"""HTTP itself: what holds for every request, whoever answers it.

``frame`` stands around everything (headers, log, the last resort), ``callers`` says who asks, ``limits``
how often and how much, ``work`` where blocking work is done, ``problems`` what is said of errors.
"""
