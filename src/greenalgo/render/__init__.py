"""From a filled statement to what a paper needs: tables, figures, macros, prose, bibliography.

Everything here is pure: :func:`greenalgo.render.bundle.render_paper` takes a dict and returns bytes.
Only :mod:`greenalgo.render.tex`, which runs a TeX engine for previews, touches a disk.
"""
