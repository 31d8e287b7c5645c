"""Compare statements: rows of facts, a key that says what may be ranked together, families.

``rows`` turns a statement into flat facts, ``table`` makes a frame of them and ranks inside one key,
``family`` puts statements about one artefact side by side, ``omissions`` counts what papers leave out.
"""
