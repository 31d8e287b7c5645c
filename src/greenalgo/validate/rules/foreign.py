"""GA6: files of other tools. The readers and writers in ``formats`` raise these; no statement does."""

from __future__ import annotations

from greenalgo.findings import Severity
from greenalgo.validate.rules.base import Rule

RULES = (
    Rule(
        "GA601",
        Severity.ERROR,
        "The format of the file is not known",
        "The content of the file has the marks of no format that greenalgo reads. The name is not looked at.",
        "A file that is read as what it is not gives numbers that nobody measured.",
        "greenalgo import results.csv",
        "See the list (greenalgo formats); where the file is of one of them, say which: --from codecarbon.",
    ),
    Rule(
        "GA602",
        Severity.ERROR,
        "The file may be of several formats",
        "The content has the marks of more than one format.",
        "The same column means another thing, in another unit, to another tool.",
        "greenalgo import merged.csv",
        "Say which it is: --from NAME.",
    ),
    Rule(
        "GA603",
        Severity.ERROR,
        "The file has not the shape of its format",
        "A column or a field that the format needs is missing, or stands there twice; or the text is no table, JSON "
        "or YAML at all.",
        "Whichever of two columns is read, the other one says something else.",
        "timestamp,duration,duration,energy_consumed",
        "Import the file as the tool wrote it; a merged or edited file may need its header mended.",
    ),
    Rule(
        "GA604",
        Severity.ERROR,
        "A row does not fit its header",
        "A row has more or fewer cells than the header, and it cannot be told which are missing. The last row alone "
        "is left out with a warning: the tool was stopped while it wrote it.",
        "Cells that stand under the wrong column are other numbers: a duration that is read as an energy.",
        "timestamp,duration,energy_consumed\n2026-11-23T09:19:12,3.0",
        "Complete the row from the tool's log, or delete it.",
    ),
    Rule(
        "GA605",
        Severity.ERROR,
        "A value cannot be",
        "A cell is no number where one belongs, or it is negative, infinite or out of any range.",
        "It would be added up with the others, in silence.",
        "duration,energy_consumed\n3.0,-0.0004",
        "Correct it from the tool's log, or delete the row.",
    ),
    Rule(
        "GA606",
        Severity.ERROR,
        "There is nothing to import",
        "The file is empty, has a header only, or no row with an energy, hours or hardware in it.",
        "A statement without a run states nothing, and zero is not what was measured.",
        "timestamp,duration,energy_consumed",
        "Import a file in which the tool has recorded a run.",
    ),
    Rule(
        "GA607",
        Severity.WARNING,
        "A part of the file was left out",
        "A row without an energy, a row that was cut when the tool was stopped, or an earlier snapshot of a run "
        "whose later figures contain it.",
        "What is left out is not in the total: the reader has to know.",
        "2024-05-31T10:45:50,codecarbon,,65.4,,,,0.02,3.0,,5.4e-07,5.2e-05,,France",
        "Nothing, where the row says nothing; else complete the row and import the file again.",
    ),
    Rule(
        "GA608",
        Severity.WARNING,
        "A row was mended",
        "A known bug of the tool displaced the cells of a row; they were put back by their shape.",
        "Readers that take columns by number alone read such rows wrongly: CodeCarbon 3.2.9 and 3.3.0 drop every "
        "empty cell of a row that they append.",
        "a row of 35 cells under a header of 38 columns",
        "Look at the run; the next version of the tool writes the row right.",
    ),
    Rule(
        "GA609",
        Severity.WARNING,
        "Something may be counted twice",
        "Runs that measured a whole machine overlap in time on what looks like one machine; or windows of a "
        "measurement lie inside one another.",
        "Eight processes that each measure the whole node report eight times its energy.",
        "eight rows, machine mode, the same minutes, the same hardware",
        "Delete the runs that count the same again, or mark them with part_of.",
    ),
    Rule(
        "GA610",
        Severity.WARNING,
        "The tool put in a default of its own",
        "A figure of the file rests on a world average, a guessed processor or another value that nobody chose.",
        "It looks like a measurement in the tool's file, and is none.",
        "CodeCarbon with a country that it does not know: 475 g/kWh, without a word",
        "Declare the country, the model or the factor yourself.",
    ),
    Rule(
        "GA611",
        Severity.ERROR,
        "The file has more runs than a statement can hold",
        "The statement would be larger than what greenalgo reads (256 KiB, 10,000 runs).",
        "A statement describes runs that a person can look through, not every job of a year.",
        "a file with 100,000 rows",
        "Add up the rows of one kind with --sum, or divide the file.",
    ),
    Rule(
        "GA612",
        Severity.WARNING,
        "A name in the file is not known",
        "A country, a processor or a stage of the file has no entry in the factor set, or fits several.",
        "What is not known is not looked up: no power, no carbon intensity.",
        "gpu_model: A100",
        "Put in the exact name (greenalgo factors search A100).",
    ),
    Rule(
        "GA613",
        Severity.ERROR,
        "The statement lacks what the other format requires",
        "The target has a required field for which the statement has nothing.",
        "A value that is put in to please a schema is read as a fact.",
        "a BoAmps report of a statement without hardware",
        "Declare the field that the message names.",
    ),
)
