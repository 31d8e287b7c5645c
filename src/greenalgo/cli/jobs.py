"""``greenalgo jobs``: the footprint of a batch system's jobs, from its accounting log."""

from __future__ import annotations

import os
import re
import sys
from typing import IO, TYPE_CHECKING, Any

import click

from greenalgo import api
from greenalgo.cli.factor_choice import chosen_factors
from greenalgo.cli.given import not_empty
from greenalgo.cli.output import emit, utf8
from greenalgo.cli.report.records import plural
from greenalgo.cli.report.style import safe, wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.tell import tell
from greenalgo.cli.user_files import refused
from greenalgo.cli.write import deliver_all, keep_apart, keep_what_is_there
from greenalgo.errors import CalculationError, CannotCheckError, ClusterFileError, FactorError
from greenalgo.formats.slurm_states import OUTCOMES
from greenalgo.jobs import report
from greenalgo.jobs.account import account
from greenalgo.jobs.cluster import Cluster, check_cluster, read_cluster
from greenalgo.jobs.lines import Lines
from greenalgo.jobs.records import Reading, how_many
from greenalgo.jobs.seen import Seen
from greenalgo.jobs.slurm import SlurmLog
from greenalgo.jobs.statement import Frame, statement
from greenalgo.jobs.tally import KEYS, Tally, Wanted
from greenalgo.sources.dump import to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.factors import FactorSet

_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_STATES = click.Choice(list(OUTCOMES), case_sensitive=False)


@click.command()
@click.argument("logs", metavar="LOG...", nargs=-1, required=True)
@click.option("--cpu", metavar="MODEL", help="The CPU model: gives the power of a core.")
@click.option(
    "--cpu-power", metavar="W", type=click.FloatRange(min=0), help="Power of one core, in W, instead."
)  # fmt: skip
@click.option("--gpu", metavar="MODEL", help="The GPU model: gives the power of a GPU.")
@click.option(
    "--gpu-power",
    metavar="W",
    type=click.FloatRange(min=0),
    help="Power of one GPU, in W, instead.",
)
@click.option(
    "--threads-per-core", metavar="N", type=click.IntRange(1, 8),
    help="How many CPUs of Slurm are a core: 2 where it counts hardware threads.",
)  # fmt: skip
@click.option(
    "--place",
    metavar="PLACE",
    help="Where it stands: a country, a region (US-CA), a grid zone, provider/region.",
)
@click.option(
    "--pue", metavar="RATIO", type=click.FloatRange(1, 10), help="Power usage effectiveness."
)
@click.option(
    "--carbon-intensity", metavar="G", type=click.FloatRange(0, 5000),
    help="Carbon intensity in gCO2e/kWh; that of the place and the year if not given.",
)  # fmt: skip
@click.option(
    "--cluster", "cluster_file", metavar="FILE", help="A file with all of this, by partition."
)
@click.option(
    "--by", "by", metavar="KEY", type=click.Choice(list(KEYS)), multiple=True,
    help=f"Group jobs by {', '.join(KEYS)}; may be given several times.",
)  # fmt: skip
@click.option(
    "--since",
    metavar="DAY",
    default="",
    callback=not_empty,
    help="Jobs that ended then or later: 2026, 2026-01, 2026-01-31.",
)
@click.option(
    "--until",
    metavar="DAY",
    default="",
    callback=not_empty,
    help="Jobs that ended then or earlier; the whole of it counts.",
)
@click.option("--user", "users", metavar="NAME", multiple=True, help="Jobs of this user.")
@click.option("--account", "accounts", metavar="NAME", multiple=True, help="Jobs of this account.")
@click.option(
    "--partition", "partitions", metavar="NAME", multiple=True, help="Jobs of this partition."
)
@click.option(
    "--state",
    "states",
    metavar="STATE",
    type=_STATES,
    multiple=True,
    help="Jobs that ended in this state.",
)
@click.option(
    "--success", "successes", metavar="STATE", type=_STATES, multiple=True,
    help="A state that counts as completed too, such as TIMEOUT.",
)  # fmt: skip
@click.option(
    "--energy", type=click.Choice(["model", "counters"]), default="model", show_default=True,
    help="counters: take ConsumedEnergyRaw where a job has it. It is of whole nodes.",
)  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(list(report.FORMATS)), default="text", show_default=True, help="How to print."
)  # fmt: skip
@click.option(
    "-o", "--output", metavar="OUT", help="Write the report here instead of to standard output."
)
@click.option(
    "--statement", "statement_file", metavar="OUT", help="Write a statement of the jobs here."
)
@click.option("--title", default="", help="Title of the statement.")
@click.option("--force", is_flag=True, help="Overwrite the file of --statement.")
@click.option(
    "--policy", metavar="P", help="Whose defaults apply; the factor set's own if not given."
)
@click.option("--factors", "factor_set", metavar="SET|FILE", help="As for greenalgo fill.")
@click.pass_context
def jobs(
    ctx: click.Context, /, logs: tuple[str, ...], cluster_file: str | None, by: tuple[str, ...],
    successes: tuple[str, ...], energy: str, form: str, output: str | None, statement_file: str | None, title: str,
    force: bool, policy: str | None,  # noqa: FBT001 - a flag of the command line
    factor_set: str | None, **options: Any,
) -> None:  # fmt: skip
    """Compute the footprint of the jobs in accounting logs of Slurm.

    LOG is what `sacct --parsable2` (with its header) or `sacct --json` writes; - is standard input. Steps are not
    added to their jobs, a job that stands in two logs counts once, and one that has not ended does not count. CPU
    time, GPUs and memory are weighed as Green Algorithms does; what stands behind a partition is told by options, or
    by a cluster file.

    \b
    Exit codes:
      0  every row was read
      1  a log is not sacct's, or rows could not be read (the others are counted,
         and the report is printed), or no job is left for --statement
      2  the command was called wrongly, or does not say enough about the hardware
      4  a file could not be read or written

    \b
    Example:
      greenalgo jobs march.txt --cpu 'AMD EPYC 7763' --place DEU --by account
      greenalgo jobs *.txt --cluster cluster.yaml --by month --format csv
      greenalgo jobs march.txt --cluster cluster.yaml --statement footprint.yaml
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    keep_apart((*logs, cluster_file, factor_set), output, statement_file)
    keep_what_is_there(statement_file, force=force)
    if logs.count("-") > 1:
        raise click.UsageError("standard input can be read once only")
    wanted = _wanted(options)
    factors = chosen_factors(factor_set)
    try:
        rules = factors.policy(policy)
    except FactorError as error:
        raise click.BadParameter(str(error), param_hint="--policy") from error
    cluster = _cluster(cluster_file, options, factors)
    reading, tally = Reading(), Tally(cluster, by, wanted, successes)
    _read(logs, reading, tally)
    try:
        counted = account(tally, cluster, factors, rules, counters=energy == "counters")
    except CalculationError as error:
        hint = "say --cpu MODEL, --gpu MODEL, --place PLACE and so on, or --cluster FILE"
        raise click.UsageError(f"the hardware is not told: {error}\n{hint}") from error
    told = report.Told(counted, reading, cluster, tally.others, factors.name, rules.id)
    content = report.FORMATS[form](told)
    made: list[tuple[bytes, str | None]] = []
    if form == "text" and output in (None, "-"):
        emit(content)
    else:
        made.append((utf8(content), output))
    drafted = b""
    if statement_file and counted.total.jobs:
        lost = {"failed", "aborted"} & set(counted.outcomes)
        failed = "" if wanted.states else "included" if lost else "none"
        left_out = "; ".join(how_many(times, words) for words, times in reading.counts.items())
        frame = Frame(title, "greenalgo jobs", failed, left_out)
        document = statement(
            tally.total(), cluster, reading.logs, frame, counters=energy == "counters"
        )
        drafted = to_yaml(document).encode()
        made.append((drafted, statement_file))
    deliver_all(made)
    if drafted and statement_file:
        _judge(statement_file, drafted)
    if reading.broken_rows:
        emit(findings_text(reading.broken, b"", colour=wants_colour(sys.stderr)), sys.stderr)
        emit(
            f"Error: {plural(reading.broken_rows, 'row')} could not be read: not in the figures\n",
            sys.stderr,
        )
    if statement_file and not drafted:
        emit(f"Error: no job is counted: {safe(statement_file)} is not written\n", sys.stderr)
    if reading.broken_rows or (statement_file and not drafted):
        ctx.exit(1)


def _wanted(options: dict[str, Any]) -> Wanted:
    for name in ("since", "until"):
        if options[name] and not _DAY.fullmatch(options[name]):
            raise click.BadParameter(
                f"'{options[name]}' is no year, month or day, such as 2026, 2026-01 or 2026-01-31",
                param_hint=f"--{name}",
            )
    return Wanted(*(options[name] for name in Wanted._fields))


def _cluster(path: str | None, options: dict[str, Any], factors: FactorSet) -> Cluster:
    """Return what stands behind the partitions, from a file or from options.

    Raises:
        BadParameter: The file, a model or a place cannot be used.
        UsageError: Both are given.
    """
    given = {
        "cpu": {"model": options["cpu"], "power_w": options["cpu_power"]},
        "gpu": {"model": options["gpu"], "power_w": options["gpu_power"]},
        "threads_per_core": options["threads_per_core"], "place": options["place"], "pue": options["pue"],
        "carbon_intensity_g_per_kwh": options["carbon_intensity"],
    }  # fmt: skip
    given = {name: _without_none(value) for name, value in given.items()}
    told = {name: value for name, value in given.items() if value not in (None, {})}
    if path is None:
        try:
            return read_cluster(told, factors, "command line")
        except ClusterFileError as error:
            lines = (f"--{pointer.strip('/')}: {words}" for pointer, words in error.problems)
            raise click.UsageError("\n".join(lines)) from error
    if told:
        names = ", ".join(f"--{name.replace('_g_per_kwh', '').replace('_', '-')}" for name in told)
        raise click.UsageError(f"--cluster FILE says what {names} would say: give one of the two")
    document = api.load(path)
    try:
        check_cluster(document.data)
        return read_cluster(document.data, factors, os.path.basename(path))
    except ClusterFileError as error:
        raise refused(document, error.problems, "--cluster") from error


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if each is not None}
    return value


def _read(logs: Iterable[str], reading: Reading, tally: Tally) -> None:
    """Add up the jobs of every log.

    Raises:
        CannotCheckError: A log cannot be read.
        FormatError: One is not sacct's.
    """
    seen = Seen()
    for name in logs:
        if name == "-":
            if sys.stdin is None:
                raise CannotCheckError(
                    "standard input is closed", hint="give a file's name instead of '-'"
                )
            _add(sys.stdin.buffer, name, reading, seen, tally)
        else:
            with open(name, "rb") as stream:
                _add(stream, name, reading, seen, tally)


def _add(stream: IO[bytes], name: str, reading: Reading, seen: Seen, tally: Tally) -> None:
    for job in SlurmLog(Lines(stream, name), name, reading, seen).jobs():
        tally.add(job)


def _judge(path: str, content: bytes) -> None:
    """Say what the validator says of a statement that was written."""
    document = api.loads(content, path)
    verdict = api.judge(document.data)
    if not verdict.level:
        tell(document, verdict.findings)
    told = f"valid, {verdict.level}" if verdict.level else "invalid"
    emit(f"{safe(path)}: {told} (more: greenalgo validate {safe(path)})\n", sys.stderr)
