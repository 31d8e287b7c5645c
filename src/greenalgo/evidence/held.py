"""A statement against the files that it was made from: are these the files, and do they give its figures?

The files are imported anew, and both sides are computed in the same way. A run of the statement is held against the run
of the files with the same id. Runs that were renamed or merged are held against each other as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.findings import Finding, Severity
from greenalgo.footprint import Result
from greenalgo.formats import codes
from greenalgo.statement import Quantity
from greenalgo.validate.compare import how_far, number, numbers, within
from greenalgo.validate.levels import measured_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.footprint import RunFootprint
    from greenalgo.statement import Run
    from greenalgo.validate.case import Case

_ENERGY = "energy_it_kwh"
#: What is held against each other, in words.
_WORDS = {_ENERGY: "kWh of IT energy", "hours": "h", "device_hours": "device-hours"}

_IDS = "give the runs the ids that they have in the files: then each is held against its own"


class Held(NamedTuple):
    """What came of holding a statement against files.

    Attributes:
        findings: Where they differ, with JSON pointers into the statement.
        runs: Ids of the statement's runs that stand in the files, or may.
        energy: Ids of those among them whose IT energy the files give.
        others: Ids of its other runs: no file that was given says anything of them.
        left_out: Ids of the files' runs that the statement has not.
        files: Name and SHA-256 of the files that were given and that the statement names.
        measured_share: Share of the files' IT energy that an instrument has read.
    """

    findings: list[Finding]
    runs: list[str]
    energy: list[str]
    others: list[str]
    left_out: list[str]
    files: list[tuple[str, str]]
    measured_share: float

    @property
    def follows(self) -> bool:
        """The statement follows from the files: nothing that was found is an error."""
        return all(finding.severity != Severity.ERROR for finding in self.findings)


def hold(stated: Case, files: Case) -> Held:
    """Hold a statement against the files that it was made from.

    Args:
        stated: The statement.
        files: The statement that the files give (:attr:`greenalgo.formats.Imported.data`).
    """
    here, there = stated.footprint, files.footprint
    findings = [*_files(stated.statement.data, files.statement.data)]
    met = [run_id for run_id in here.by_id if run_id in there.by_id]
    energy = []
    for run_id in met:
        gives, says = _figures([there.by_id[run_id]], read=True), _figures([here.by_id[run_id]])
        run = here.by_id[run_id].run
        findings += _differences(stated, f"run '{run_id}'", "", run, gives, says)
        energy += [run_id] if _ENERGY in gives and _ENERGY in says else []
    extra = [one for one in there.counted if one.run.id not in here.by_id]
    own = [one for one in here.counted if one.run.id not in there.by_id]
    left = [one.run.id for one in own]
    if extra and own:
        gives, says = _figures(extra, read=True), _figures(own)
        findings += _differences(
            stated, _named(extra), f" for {_named(own)}", own[0].run, gives, says
        )
        energy += left if _ENERGY in gives and _ENERGY in says else []
    elif extra:
        findings.append(
            Finding(
                codes.LEFT_ASIDE, Severity.WARNING, f"the files have {_named(extra)}, the statement has not", "/runs",
                expected=_named(extra), found="no such run",
                hint="put in what belongs to the work, failed attempts too; if it was imported with --sum, give --sum",
            )
        )  # fmt: skip
    return Held(
        findings,
        runs=met + left if extra else met,
        energy=energy,
        others=[] if extra else left,
        left_out=[] if own else [one.run.id for one in extra],
        files=_named_files(stated.statement.data, files.statement.data),
        measured_share=measured_share(files),
    )


def _named_files(data: dict[str, Any], files: dict[str, Any]) -> list[tuple[str, str]]:
    """Return name and SHA-256 of the files that the statement names with this hash."""
    named = {one.get("sha256") for one in data.get("provenance", {}).get("files", ())}
    given = files["provenance"]["files"]
    return [(one["path"], one["sha256"]) for one in given if one["sha256"] in named]


def _files(data: dict[str, Any], files: dict[str, Any]) -> Iterator[Finding]:
    """Compare names and hashes of the files that were given with those that the statement names."""
    named = list(enumerate(data.get("provenance", {}).get("files", ())))
    at = "/provenance/files" if named else ""
    left = dict(named)
    for file in files["provenance"]["files"]:
        name, digest = file["path"], file["sha256"]
        same = next((i for i, one in left.items() if one.get("sha256") == digest), None)
        if same is None:
            same = next((i for i, one in left.items() if _base(one["path"]) == name), None)
        if same is None:
            yield Finding(
                codes.NOT_NAMED, Severity.WARNING, f"the statement does not name '{name}'", at,
                expected="its path and SHA-256 in provenance.files", found="no such file",
                hint=f"add {{path: {name}, sha256: {digest}}}",
            )  # fmt: skip
            continue
        hashed = left.pop(same).get("sha256")
        if not hashed:
            yield Finding(
                codes.NOT_NAMED, Severity.WARNING, f"the statement names '{name}' without a hash", f"{at}/{same}",
                expected="sha256", found="nothing", hint=f"add sha256: {digest}",
            )  # fmt: skip
        elif hashed != digest:
            yield Finding(
                codes.OTHER_FILE, Severity.ERROR, f"'{name}' is not the file that the statement was made from",
                f"{at}/{same}/sha256", expected=f"the file with the SHA-256 {hashed}", found=digest,
                hint="give the file that was imported, or import this one and take its figures over",
            )  # fmt: skip
    for i, one in left.items():
        yield Finding(
            codes.NOT_NAMED, Severity.WARNING, f"'{one['path']}' was not given: nothing is known of it", f"{at}/{i}",
            expected="every file that the statement names", found="not given", hint="give it as well",
        )  # fmt: skip


def _base(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _figures(footprints: list[RunFootprint], *, read: bool = False) -> dict[str, float]:
    """Add up the figures that every one of some runs has: IT energy in kWh, hours and device-hours in h.

    Args:
        footprints: The runs.
        read: Only energies that a file has, not those of hardware that may have drawn its maker's watts.
    """
    each = [_of_run(footprint, read=read) for footprint in footprints]
    return {
        name: sum(one[name] for one in each) for name in _WORDS if all(name in one for one in each)
    }


def _of_run(footprint: RunFootprint, *, read: bool) -> dict[str, float]:
    run = footprint.run
    figures = {
        name: outcome.value
        for name in (_ENERGY, "device_hours")
        if isinstance(outcome := footprint.outcomes.get(name), Result)
    }
    if read and not _is_read(run):
        figures.pop(_ENERGY, None)
    if isinstance(run.multiplier, Quantity):  # for what was done beyond the files
        figures = {name: value / run.multiplier.value for name, value in figures.items()}
    if isinstance(run.hours, Quantity):
        figures["hours"] = run.hours.value * run.repetitions
    return figures


def _is_read(run: Run) -> bool:
    parts = (part.energy_it_kwh or part.power_w for part in run.hardware)
    return isinstance(run.energy_it_kwh, Quantity) or all(
        isinstance(one, Quantity) for one in parts
    )


def _differences(
    case: Case, there: str, here: str, run: Run, gives: dict[str, float], says: dict[str, float]
) -> Iterator[Finding]:  # fmt: skip
    both = [name for name in gives if name in says]
    if "hours" in both and "device_hours" in both:
        both.remove("device_hours")  # they follow from the hours
    for name in both or list(gives)[:1]:
        stated, follows = says.get(name), gives[name]
        if stated is not None and within(stated, follows):
            continue
        texts = ("nothing", number(follows)) if stated is None else numbers(stated, follows)
        far = "" if stated is None else f" {how_far(stated, follows)}"
        yield Finding(
            codes.DRIFTED, Severity.ERROR,
            f"the files give {texts[1]} {_WORDS[name]} for {there}, the statement {texts[0]}{here}{far}",
            f"{run.at}/{name}" if name in case.node(run) else run.at, expected=texts[1], found=texts[0],
            hint=_IDS if here else "put the files' figure in, or declare what was added as a run of its own",
        )  # fmt: skip


def _named(footprints: list[RunFootprint]) -> str:
    ids = [f"'{footprint.run.id}'" for footprint in footprints]
    more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
    return f"run{'s' if len(ids) > 1 else ''} {', '.join(ids[:3])}{more}"
