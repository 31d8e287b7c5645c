"""Other tools' files and standards: read, write, or both, with a report of what was lost.

A reader turns files into :class:`~greenalgo.formats.records.Measured` runs; :mod:`~greenalgo.formats.draft` makes a
statement of them. A writer takes a filled statement. ``validate`` knows nothing of this room.
"""

from greenalgo.formats.catalogue import FORMATS, detect, named
from greenalgo.formats.draft import INTENSITIES, Wanted
from greenalgo.formats.records import Entry, Fate, Format, Written
from greenalgo.formats.source import of_bytes, open_source
from greenalgo.formats.transfer import Imported, export_statement, import_sources

__all__ = [
    "FORMATS",
    "INTENSITIES",
    "Entry",
    "Fate",
    "Format",
    "Imported",
    "Wanted",
    "Written",
    "detect",
    "export_statement",
    "import_sources",
    "named",
    "of_bytes",
    "open_source",
]
