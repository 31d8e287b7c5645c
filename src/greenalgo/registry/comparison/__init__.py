"""Compare statements: rows of facts, a key that says what may be ranked together, families.

``parts`` turns a statement into ``rows`` of flat facts, ``filters`` chooses among them, ``key`` says what two
rows must share to be ranked, ``table`` makes a frame and ranks inside one key, ``cautions`` says what ranks
leave open, ``family`` puts statements about one artefact side by side, ``omissions`` counts what papers leave
out.
"""
