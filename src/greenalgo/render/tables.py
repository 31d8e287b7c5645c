"""The statement's tables: runs as rows, or one record; the inputs; the quoted figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import RenderError
from greenalgo.render import numbers
from greenalgo.render.amounts import Amount, unit_of
from greenalgo.render.context import words
from greenalgo.render.layout import Column, Row, Table, fit
from greenalgo.render.types import Name, Number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from greenalgo.render.context import Part, Run, View
    from greenalgo.render.layout import Lines
    from greenalgo.render.numbers import Unit


class _Kind(NamedTuple):
    """What a column shows: an amount of a run, or text about it."""

    title: Lines
    quantity: str = ""
    rank: int = 0
    shortest: float = 0.0


_KINDS: Mapping[str, _Kind] = {
    "run": _Kind(("Run",), shortest=6.5),
    "phase": _Kind(("Phase",), rank=7, shortest=5.0),
    "outcome": _Kind(("Outcome",), rank=9, shortest=5.0),
    "hardware": _Kind(("Hardware",), rank=6, shortest=8.0),
    "location": _Kind(("Location",), rank=10, shortest=6.0),
    "device_hours": _Kind(("Device-", "hours"), "time", rank=3),
    "pue": _Kind(("PUE",), "ratio", rank=5),
    "carbon_intensity": _Kind(("Intensity", "(g/kWh)"), "intensity", rank=4),
    "energy_it": _Kind(("IT energy",), "energy", rank=8),
    "energy": _Kind(("Energy",), "energy"),
    "co2e": _Kind(("CO₂e",), "co2e"),
    "co2e_market": _Kind(("Market", "CO₂e"), "co2e", rank=8),
    "co2e_net": _Kind(("Net", "CO₂e"), "co2e", rank=9),
    "embodied": _Kind(("Embodied", "CO₂e"), "co2e", rank=7),
    "water": _Kind(("Water",), "water", rank=8),
}
#: Keys that ``--columns`` takes.
COLUMNS = tuple(_KINDS)
_SUMMED = frozenset(
    {"device_hours", "energy_it", "energy", "co2e", "co2e_market", "co2e_net", "embodied", "water"}
)
#: What a power is of, after its watts.
_PER = {"device": "each", "core": "a core", "node": "a node", "job": "for the job"}
_DEFAULT = ("hardware", "device_hours", "pue", "carbon_intensity", "energy", "co2e")


def statement_table(
    view: View, width: float, *, columns: Sequence[str] = (), layout: str = "auto"
) -> Table:
    """Make the statement's table.

    Args:
        view: The statement.
        width: Room in em.
        columns: Keys of :data:`COLUMNS`; empty for what fits.
        layout: ``rows`` (a row a run), ``record`` (a row a quantity) or ``auto``: a record for one run.

    Raises:
        RenderError: A column is unknown, or those that were named do not fit.
    """
    unknown = [key for key in columns if key not in _KINDS]
    if unknown:
        raise RenderError(
            f"there is no column '{unknown[0]}'", hint=f"columns are: {', '.join(COLUMNS)}"
        )
    if not view.assessed:
        return quoted_table(view, width)
    if layout == "record" or (layout == "auto" and len(view.runs) == 1 and not columns):
        return record_table(view, width)
    keys = tuple(columns) or _default_columns(view)
    fixed = bool(columns)
    return _rows_table(view, keys, width, fixed=fixed)


def inputs_table(view: View, width: float) -> Table:
    """Make the table of what every run was computed from: hardware, hours, PUE, intensity, place."""
    keys = [
        "run",
        "phase",
        "outcome",
        "hardware",
        "location",
        "device_hours",
        "pue",
        "carbon_intensity",
    ]
    if all(run.outcome == "reported" for run in view.runs):
        keys.remove("outcome")
    return _rows_table(view, _told(view, keys), width, total=False, keep=True)


def _default_columns(view: View) -> tuple[str, ...]:
    extra = [
        key
        for key in ("co2e_market", "co2e_net", "embodied", "water")
        if getattr(view.totals, key).assessed
    ]
    failed = any(run.outcome != "reported" for run in view.runs)
    return ("run", "phase", *(("outcome",) if failed else ()), *_told(view, _DEFAULT), *extra)


def _told(view: View, keys: Sequence[str]) -> list[str]:
    """Leave out the inputs of which no run says anything; energy and CO2e stay, as not assessed."""

    def said(run: Run, key: str) -> bool:
        found = getattr(run, key)
        return bool(found.assessed if isinstance(found, Amount) else found)

    always = ("run", "energy", "co2e")
    return [key for key in keys if key in always or any(said(run, key) for run in view.runs)]


def _rows_table(
    view: View,
    keys: Sequence[str],
    width: float,
    *,
    fixed: bool = False,
    total: bool = True,
    keep: bool = False,
) -> Table:
    units = {key: _unit(view, key) for key in keys if _KINDS[key].quantity}
    columns = [_column(key, units.get(key)) for key in keys]
    rows = [Row(tuple(_cell(run, key, units.get(key)) for key in keys)) for run in view.runs]
    if total and len(view.runs) > 1:
        sums = tuple(_total(view, key, units.get(key)) for key in keys)
        rows.append(Row(sums, "total"))
    return fit(columns, rows, width, fixed=fixed, keep=keep)


def _unit(view: View, key: str) -> Unit | None:
    quantity = _KINDS[key].quantity
    if quantity not in {"energy", "co2e", "water"}:
        return None
    # One unit for a kind of quantity, so that two columns of CO2e can be compared at a glance.
    alike = [name for name, kind in _KINDS.items() if kind.quantity == quantity]
    return unit_of((getattr(run, name) for run in view.runs for name in alike), quantity)


def _column(key: str, unit: Unit | None) -> Column:
    kind = _KINDS[key]
    header = (*kind.title, f"({unit.name})") if unit else kind.title
    if key == "run":
        return Column(key, header, "l", 0, kind.shortest)
    return Column(key, header, "r" if kind.quantity else "l", kind.rank, kind.shortest)


def _cell(run: Run, key: str, unit: Unit | None) -> Lines:
    texts: Mapping[str, Callable[[], Lines]] = {
        "run": lambda: (run.name,),
        "phase": lambda: (words(run.phase),),
        "outcome": lambda: (words(run.outcome),),
        "location": lambda: (Name(run.location or "–", pointer=run.name.pointer),),
        "hardware": lambda: tuple(hardware_name(part) for part in run.hardware) or ("–",),
    }
    if key in texts:
        return texts[key]()
    amount: Amount = getattr(run, key)
    return amount.cell(unit)


def _total(view: View, key: str, unit: Unit | None) -> Lines:
    if key == "run":
        return ("Total",)
    if key not in _SUMMED:
        return ("",)
    amount: Amount = getattr(view.totals, key)
    return amount.cell(unit)


def hardware_name(part: Part) -> Name:
    """Write a hardware line: ``384 × NVIDIA A100-SXM4-80GB``, ``12 cores of AMD EPYC 7742``, ``512 GB memory``."""
    if part.kind == "memory" and part.memory_gb.assessed:
        size = f"{part.memory_gb.digits()} GB"
        return Name(f"{size} {part.model}", pointer=part.model.pointer)
    if part.number < 2:
        return part.model
    times = f"{part.number}\u00a0{'cores of' if part.power_scope == 'core' else '×'} "
    latex = times + part.model.latex if part.model.latex else ""
    return Name(times + part.model, latex, part.model.pointer)


def power_of(part: Part) -> str:
    """Write the power of a hardware line with what it is the power of: ``400 W each``."""
    return f"{part.power_w.text(ends=False)} {_PER[part.power_scope]}"


def hardware_names(view: View) -> list[Name]:
    """Return the devices of all runs as :func:`hardware_name` writes them, each once."""
    return list(dict.fromkeys(hardware_name(part) for run in view.runs for part in run.hardware))


def record_table(view: View, width: float) -> Table:
    """Make a table with a row for each quantity: for one run, or for the totals of many."""
    rows: list[Row] = []

    def add(label: str, value: str, basis: str = "") -> None:
        rows.append(Row(((label,), (value,), (basis,))))

    single = view.runs[0] if len(view.runs) == 1 else None
    if single:
        for part in single.parts:
            basis = power_of(part) if part.power_w.assessed else ""
            add(
                words(part.kind)[:1].upper() + words(part.kind)[1:],
                "not declared"
                if part.model == words(part.kind) and part.kind != "memory"
                else hardware_name(part),
                basis,
            )
        if single.location:
            add("Location", Name(single.location, pointer="/runs/0/location"))
    if view.run_count > 1:
        add("Runs", numbers.show(view.run_count))
    source = single or view.totals
    rows.append(_amount_row("Device-hours", source.device_hours))
    if single:
        rows.append(_amount_row("PUE", single.pue))
        rows.append(_amount_row("Carbon intensity", single.carbon_intensity))
    rows.append(_amount_row("IT energy", source.energy_it))
    rows.append(_amount_row("Facility energy", source.energy))
    rows.append(_amount_row("Operational CO₂e", source.co2e))
    for label, extra in (
        ("Market-based CO₂e", source.co2e_market), ("Net CO₂e", source.co2e_net),
        ("Embodied CO₂e", source.embodied), ("Water", source.water),
    ):  # fmt: skip
        if extra.assessed:
            rows.append(_amount_row(label, extra))
    for unit in view.per_unit:
        energy = ("Energy", unit.energy) if unit.energy.assessed else ("IT energy", unit.energy_it)
        for what, amount in (energy, ("CO₂e", unit.co2e), ("Water", unit.water)):
            if amount.assessed:
                rows.append(
                    _amount_row(Name(f"{what} per {unit.unit}", pointer=unit.unit.pointer), amount)
                )
    columns = [
        Column("quantity", ("Quantity",), "l", 0, 8.0),
        Column("value", ("Value",), "l", 0, 9.0),
        Column("basis", ("Basis",), "l", 5, 5.0),
    ]
    return fit(columns, [row for row in rows if row.cells[1] != ("",)], width)


def _amount_row(label: str, amount: Amount) -> Row:
    value = amount.text(ends=False)
    ends = amount.range(amount.unit())
    lines: Lines = (value, Number(f"({ends})")) if ends else (value,)
    return Row(
        ((label,), lines, (amount.status_words if amount.assessed else Name(amount.reason),))
    )


def quoted_table(view: View, width: float) -> Table:
    """Make the table of a statement that only quotes figures (level L0): as printed, nothing derived."""
    figures = view.quoted.figures
    rows = [
        Row(
            (
                (_upper(figure.of) if figure.of else "Whole",),
                (figure.what,),
                (figure.amount.text(),),
                (figure.printed or "–",),
            )
        )
        for figure in figures
    ]
    if not rows:
        rows = [
            Row(
                (
                    (run.name,),
                    ("Energy",),
                    (Number("not assessed"),),
                    (Name(run.energy_it.reason or "–"),),
                )
            )
            for run in view.runs
        ]
    columns = [
        Column("of", ("Of",), "l", 0, 6.0),
        Column("what", ("Quantity",), "l", 0, 5.0),
        Column("value", ("Value",), "l", 0, 0.0),
        Column("printed", ("As printed",), "l", 4, 5.0),
    ]
    return fit(columns, rows, width)


def _upper(name: Name) -> Name:
    return Name(name[:1].upper() + name[1:], pointer=name.pointer)
