"""The footprint of one run: every quantity attempted by itself."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import CalculationError
from greenalgo.footprint import carbon, energy, water
from greenalgo.footprint.embodied import embodied
from greenalgo.footprint.hours import device_hours
from greenalgo.footprint.resolve import Gap, NotAssessedError, as_declared, declared_intensity
from greenalgo.footprint.trace import Missing, Outcome, Result, Trace, weakest
from greenalgo.statement import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.footprint.resolve import Resolver
    from greenalgo.footprint.trace import Input
    from greenalgo.statement import Run

#: The quantities of a run and of the totals, in the order in which they are written.
QUANTITIES = (
    "energy_it_kwh",
    "energy_facility_kwh",
    "co2e_operational_kg",
    "co2e_market_kg",
    "co2e_net_kg",
    "co2e_embodied_kg",
    "water_onsite_l",
    "water_offsite_l",
    "water_l",
    "device_hours",
)


class RunFootprint(NamedTuple):
    """The footprint of a run.

    Attributes:
        run: The run.
        outcomes: Result or absence by quantity; a quantity that nobody asks for is not there.
        components: IT energy of each component (kWh), in the order of the hardware; empty where the energy
            of the run was declared as a whole.
    """

    run: Run
    outcomes: dict[str, Outcome]
    components: tuple[Outcome, ...]


def footprint_of_run(run: Run, resolver: Resolver, gaps: dict[Gap, None]) -> RunFootprint:
    """Compute what can be computed of a run.

    Args:
        run: The run.
        resolver: Finds what the author left out.
        gaps: Takes the inputs that are missing. One costs the quantities that follow from it, and no more.
    """
    return _Steps(run, resolver, gaps).take()


class _Steps:
    """The steps from a run's inputs to its quantities."""

    def __init__(self, run: Run, resolver: Resolver, gaps: dict[Gap, None]) -> None:
        self._run = run
        self._resolver = resolver
        self._gaps = gaps
        self._at = f"/results/runs/{run.id}"
        self._scale = energy.scale_inputs(run)
        self._components: tuple[Outcome, ...] = ()

    def take(self) -> RunFootprint:
        """Take every step, in the order in which they follow from each other."""
        run = self._run
        it_energy = self._attempt(self._it_energy) or Missing("")
        facility = self._attempt(lambda: self._facility_energy(it_energy)) or Missing("")

        def operational(field: str, intensity: Callable[[], Input | None]) -> Outcome | None:
            return self._attempt(lambda: self._operational(field, facility, intensity))

        found: dict[str, Outcome | None] = {
            "energy_it_kwh": it_energy,
            "energy_facility_kwh": facility,
            "co2e_operational_kg": operational(
                "co2e_operational_kg", lambda: self._resolver.intensity(run)
            ),
            "co2e_embodied_kg": self._attempt(lambda: embodied(run, self._resolver, self._scale)),
        }
        for field, beside in (
            ("co2e_market_kg", run.carbon_intensity_market),
            ("co2e_net_kg", run.carbon_intensity_net),
        ):
            if beside is not None:
                found[field] = operational(field, partial(declared_intensity, beside))
        used = water.water(run, it_energy, facility, self._scale, self._at)
        found |= {name: self._finite(outcome) for name, outcome in used.items()}
        # No devices, or no hours: the energy says so if it matters.
        with suppress(CalculationError, NotAssessedError):
            found["device_hours"] = self._finite(self._device_hours())
        ordered = {name: found.get(name) for name in QUANTITIES}
        outcomes = {name: outcome for name, outcome in ordered.items() if outcome}
        return RunFootprint(run, outcomes, self._components)

    def _attempt(self, step: Callable[[], Outcome | None]) -> Outcome | None:
        try:
            outcome = step()
            return outcome and self._finite(outcome)
        except NotAssessedError as absence:
            return Missing(str(absence))
        except CalculationError as error:
            self._gaps[Gap(str(error), error.pointer, error.hint)] = None
            return Missing(str(error))

    def _finite(self, outcome: Outcome) -> Outcome:
        return finite(outcome, self._run.at, self._gaps)

    def _it_energy(self) -> Outcome:
        result, components = energy.it_energy(self._run, self._resolver)
        self._components = tuple(map(self._finite, components))
        return result

    def _facility_energy(self, it_energy: Outcome) -> Outcome:
        metered = self._run.energy_facility_kwh
        if isinstance(metered, Quantity):
            return energy.scaled(as_declared("energy_facility_kwh", metered), self._scale)
        if isinstance(it_energy, Missing):
            return it_energy
        pue = self._resolver.pue(self._run)
        return energy.facility_energy(it_energy, pue, f"{self._at}/energy_it_kwh")

    def _operational(
        self, field: str, facility: Outcome, intensity: Callable[[], Input | None]
    ) -> Outcome | None:
        if isinstance(facility, Missing):
            return facility
        found = intensity()
        if found is None:
            return None
        return carbon.operational(facility, found, field, f"{self._at}/energy_facility_kwh")

    def _device_hours(self) -> Outcome:
        found = device_hours(self._run, self._resolver)
        trace = Trace("device_hours", f"device_hours = {found.formula}", found.inputs)
        status = weakest([given.status for given in found.inputs])
        return energy.scaled(Result(*found[:3], status, trace), self._scale)


def finite(found: Outcome, at: str, gaps: dict[Gap, None]) -> Outcome:
    """Return an outcome, or an absence where it is larger than a number can be: JSON has no infinity.

    Args:
        found: The outcome.
        at: JSON pointer to what its inputs belong to.
        gaps: Takes that there is no number.
    """
    # All three: where an author's interval is upside down, the upper end is not the largest.
    if isinstance(found, Missing) or all(map(isfinite, found[:3])):
        return found
    message = "the product of the inputs is larger than any number"
    gaps[Gap(message, at, "check the size and the unit of every input")] = None
    return Missing(message)
