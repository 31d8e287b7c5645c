"""One finding for one cause: an input that is wrong, and not every figure that follows from it.

Hours in minutes make every printed figure sixty times too low. The rules look at one place each, so that each
figure gets an error, with a hint to correct it. Here each number that the runs declare is replaced, in turn, by
what the figures mean; where that alone makes findings go and brings none, they are one finding, at that number.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.findings import Finding, Severity, pointer_parts
from greenalgo.footprint import compute
from greenalgo.glance.bounds import NOISE
from greenalgo.statement import from_document
from greenalgo.validate.compare import UNIT_SLIPS, number, size, slip
from greenalgo.validate.follow import follows, label
from greenalgo.validate.rules.figures import stated_figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from greenalgo.validate.case import Case
    from greenalgo.validate.rules.figures import Stated

    Path = tuple[str | int, ...]
    Judge = Callable[[Case], Iterable[Finding]]

#: What may follow from a wrong input: a figure, a rate, the results. An error of PUE or of offsets is a figure's own.
_FOLLOWS = frozenset({"GA201", "GA202", "GA206", "GA211", "GA214", "GA216"})
#: The numbers of a run, of its components and of its work that figures rest on, the likeliest slip first.
_RUN = (
    "hours", "device_hours", "energy_it_kwh", "energy_facility_kwh", "pue", "carbon_intensity_g_per_kwh",
    "multiplier", "repetitions",
)  # fmt: skip
_COMPONENT = (
    "count", "power_w", "energy_it_kwh", "hours", "device_hours", "memory_gb", "utilisation", "share",
)  # fmt: skip
_WORK = ("flops", "model_flops_utilisation")
_WHOLE = ("count", "repetitions")
_FACTORS = ("multiplier", "repetitions", "utilisation", "share")
#: Errors that an input makes: a count left out or applied twice, results that agree with the figures.
_OF_INPUTS = frozenset({"GA206", "GA211"})
#: Slips of time; those of a prefix are as likely in all figures at once, in the unit in which a paper prints.
_OF_TIME = tuple(
    one for one in UNIT_SLIPS if one.factor in (60.0, 1 / 60, 24.0, 1 / 24, 3600.0, 1 / 3600)
)
#: More numbers are not tried: a cause among thousands is not found by trying.
_MOST = 60
#: How close a rounded number must be to what the figures mean, to be named instead.
_CLOSE = 0.001
#: A figure whose digits tell a number less exactly than that does not tell it.
_VAGUE = 0.06
#: Larger counts are none.
_LARGEST = 1e9


class _Change(NamedTuple):
    """A number that is replaced: where it stands, what it is, what it is replaced by, and what goes then."""

    path: Path
    value: float
    meant: float
    gone: frozenset[int]

    @property
    def pointer(self) -> str:
        return "/" + "/".join(map(str, self.path))


def by_cause(case: Case, findings: tuple[Finding, ...], judge: Judge) -> tuple[Finding, ...]:
    """Return the findings with those that one wrong input explains put together, at that input.

    Args:
        case: The statement.
        findings: What the rules say of it.
        judge: Says what the rules say of another statement.
    """
    causes = list(_causes(case, findings, judge))
    if not causes:
        return findings
    gone = frozenset[int]().union(*(cause.gone for cause, _ in causes))
    kept = [found for index, found in enumerate(findings) if index not in gone]
    return (*kept, *(_said(findings, cause, others) for cause, others in causes))


def _causes(
    case: Case, findings: tuple[Finding, ...], judge: Judge
) -> Iterator[tuple[_Change, list[_Change]]]:
    """Yield each change that explains findings, with others that would explain the same ones."""
    wrong = {found.pointer for found in findings if found.code in _FOLLOWS}
    doubted = {
        found.pointer for found in findings if found.pointer.startswith("/runs/") and _bad(found)
    }
    if not wrong or (len(wrong) == 1 and not doubted):
        return
    stated = [one for one in stated_figures(case) if one.quantity.at in wrong]
    stated.sort(key=lambda one: one.half / one.quantity.value if one.quantity.value else inf)
    numbers = list(_numbers(case.statement.data))
    if not stated or len(numbers) > _MOST:
        return
    changes = [
        change
        for path, value in numbers
        if (change := _tried(case, findings, judge, stated, path, value)) is not None
        and _explains(findings, change)
    ]
    # The one that explains most comes first, then one that is doubted anyway, then a factor that would be 1.
    changes.sort(
        key=lambda one: (
            -len(one.gone),
            not _doubts(findings, one),
            one.meant != 1 or one.path[-1] not in _FACTORS,
        )
    )
    explained: set[int] = set()
    for change in changes:
        if explained.isdisjoint(change.gone):
            explained |= change.gone
            likewise = [o for o in changes if o.gone == change.gone and o is not change]
            yield change, [] if _doubts(findings, change) else likewise


def _explains(findings: tuple[Finding, ...], change: _Change) -> bool:
    """Whether a change explains several findings, one of which is of what follows from it."""
    follow = [index for index in change.gone if findings[index].code in _FOLLOWS]
    if not follow or len(change.gone) < 2:
        return False
    if _doubts(findings, change):
        return True
    # Nothing doubts the input: figures that agree among themselves may as well be what is wrong, unless
    # the size tells a slip that only an input has.
    codes = {findings[index].code for index in follow}
    ratio = change.value / change.meant if change.value else 0.0
    return len(follow) > 1 and (
        not codes.isdisjoint(_OF_INPUTS)
        or slip(ratio, _OF_TIME) is not None
        or (change.meant == 1 and change.path[-1] in _FACTORS)
    )


def _doubts(findings: tuple[Finding, ...], change: _Change) -> list[Finding]:
    """The findings at a changed number itself."""
    return [one for i in sorted(change.gone) if (one := findings[i]).pointer == change.pointer]


def _bad(found: Finding) -> bool:
    return found.severity > Severity.NOTE


def _numbers(data: dict[str, Any]) -> Iterator[tuple[Path, float]]:
    """Yield the path and value of every number of the runs that figures may rest on."""
    for index, run in enumerate(data["runs"]):
        nodes: list[tuple[Path, dict[str, Any], tuple[str, ...]]] = [
            (("runs", index), run, _RUN),
            (("runs", index, "work"), run.get("work", {}), _WORK),
        ]
        nodes += [
            (("runs", index, "hardware", line), part, _COMPONENT)
            for line, part in enumerate(run.get("hardware", ()))
        ]
        for at, node, fields in nodes:
            for field in fields:
                value = node.get(field)
                given = value.get("value") if isinstance(value, dict) else value
                if given is not None:
                    yield (*at, field), float(given)


def _tried(
    case: Case,
    findings: tuple[Finding, ...],
    judge: Judge,
    stated: list[Stated],
    path: Path,
    value: float,
) -> _Change | None:
    """Replace a number by what the first of the figures that rest on it means."""
    for one in stated:
        meant = _meant(case, one, path, value)
        if meant is None:
            continue
        after = judge(_with(case, path, meant))
        left = {(f.code, f.pointer, f.message) for f in after if _bad(f)}
        before = {(f.code, f.pointer, f.message) for f in findings if _bad(f)}
        if not left <= before:
            return None
        gone = [
            index
            for index, f in enumerate(findings)
            if _bad(f) and (f.code, f.pointer, f.message) not in left
        ]
        return _Change(path, value, meant, frozenset(gone))
    return None


def _meant(case: Case, stated: Stated, path: Path, value: float) -> float | None:
    """Return the value of a number that would give a figure; None where none would, or it rests on another one."""
    probe = 2 * value if value else 1.0
    if path[-1] in ("utilisation", "share", "model_flops_utilisation"):
        probe = value / 2 if value else 1.0
    before, after = _gives(case, stated), _gives(_with(case, path, probe), stated)
    if before is None or after is None or abs(after - before) <= NOISE * abs(before):
        return None
    given, slope = stated.quantity.value, (after - before) / (probe - value)
    if path[-1] == "model_flops_utilisation":  # hours go by its inverse
        slope = before / value if value else 0.0
    if not slope or not isfinite(slope):
        return None
    if path[-1] == "model_flops_utilisation":
        meant = value * before / given if given else 0.0
    elif before and abs(before - slope * value) <= NOISE * abs(before):
        meant = value * given / before
    else:
        meant = value + (given - before) / slope
    if not 0 < meant < inf:
        return None
    slack = stated.half / abs(slope) / meant
    if slack > _VAGUE:
        return None
    plain = [float(f"{meant:.{digits}g}") for digits in range(1, 5)]
    if path[-1] in _WHOLE:
        plain = [float(round(meant))] if meant < _LARGEST else []
    near = max(_CLOSE, slack)
    return next((one for one in plain if one and abs(one / meant - 1) <= near), None)


def _gives(case: Case, stated: Stated) -> float | None:
    options = follows(case.footprint, stated.block, stated.field, stated.run_id)
    return options[0].value if options else None


def _with(case: Case, path: Path, value: float) -> Case:
    """Return a case with one number replaced; the interval around it is scaled with it."""
    data = _replaced(case.statement.data, path, value)
    statement = from_document(data)
    return case._replace(
        statement=statement, footprint=compute(statement, case.factors, case.policy)
    )


def _replaced(node: Any, path: Path, value: float) -> Any:
    if not path:
        if not isinstance(node, dict):
            return value
        ends = {key: node[key] for key in ("lower", "upper") if key in node}
        scale = value / node["value"] if node["value"] else 0.0
        return node | {"value": value} | {key: end * scale for key, end in ends.items()}
    first, rest = path[0], path[1:]
    if isinstance(node, dict):
        return node | {first: _replaced(node[first], rest, value)}
    return [_replaced(one, rest, value) if at == first else one for at, one in enumerate(node)]


def _said(findings: tuple[Finding, ...], change: _Change, others: list[_Change]) -> Finding:
    """Return one finding for all that a change explains."""
    follow = [findings[index] for index in sorted(change.gone) if findings[index].code in _FOLLOWS]
    meant = f"{_figures(follow)} {number(change.meant)}"
    doubts = _doubts(findings, change)
    if doubts:
        first = max(doubts, key=lambda one: one.severity)
        return first._replace(
            severity=Severity.ERROR,
            message=f"{first.message}; {meant}",
            expected=number(change.meant),
        )
    known = slip(change.value / change.meant, UNIT_SLIPS)
    words = "".join(f", or {other.path[-1]} {number(other.meant)}" for other in others[:2])
    words = f": {known.words}" if known else words
    return Finding(
        "GA202" if known else "GA201",
        Severity.ERROR,
        f"{change.path[-1]} is {number(change.value)}, {meant} ({size(change.value, change.meant)}){words}",
        change.pointer,
        expected=number(change.meant),
        found=number(change.value),
        hint=f"Correct {change.path[-1]}; or, if it is right, all that follows from it.",
    )


def _figures(follow: list[Finding]) -> str:
    """Name what a changed number would make follow: ``the 3 reported figures mean``."""
    figures = [found.pointer for found in follow if found.pointer.startswith("/reported")]
    stored = len(figures) < len(follow)
    if not figures:
        return "the results mean"
    results = "the results and " if stored else ""
    if len(figures) > 1:
        return f"{results}the {len(figures)} reported figures mean"
    name = label(pointer_parts(figures[0])[-1])[0]
    return f"{results}the reported {name} {'mean' if stored or name.endswith('s') else 'means'}"
