"""The inputs of the formulas: declared ones as they are, missing ones from factors and policy.

Nothing is substituted in silence: every factor that is used is kept in :attr:`Resolver.used`, every
value that the author did not declare in :attr:`Resolver.substitutions`. A factor that cannot be
found is an error, never 0 and never the world's average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import CalculationError, FactorError, GreenalgoError
from greenalgo.footprint.trace import Input, Result, Trace
from greenalgo.statement import CarbonIntensity, Quantity
from greenalgo.statement.quantity import Absent

if TYPE_CHECKING:
    from greenalgo.factors import Factor, FactorSet, Policy, Processor
    from greenalgo.statement import Component, Run


#: So many unknown models of a statement get names that they may stand for: to find them takes milliseconds each.
MOST_SUGGESTIONS = 100


class NotAssessedError(GreenalgoError):
    """The author says that it was not assessed, or declares nothing that it follows from."""


class Gap(NamedTuple):
    """An input that is missing, so that something could not be computed.

    Attributes:
        message: What is missing, in a sentence.
        at: JSON pointer to where.
        hint: What to declare.
    """

    message: str
    at: str
    hint: str


class Substitution(NamedTuple):
    """A value that was put in for one that the author did not declare.

    Attributes:
        name: The field.
        at: JSON pointer to where the author would have declared it.
        factor: The factor that was used.
        status: ``looked_up`` (the author's own hardware or place) or ``default`` (anything else).
    """

    name: str
    at: str
    factor: Factor
    status: str


def declared(name: str, quantity: Quantity) -> Input:
    """Return a declared quantity as an input."""
    return Input(name, *quantity[:4], at=quantity.at, source=quantity.source)


def as_declared(name: str, quantity: Quantity) -> Result:
    """Return a declared quantity as the result that it is."""
    given = declared(name, quantity)
    trace = Trace("declared", f"{name} = declared {name}", (given,))
    return Result(given.value, given.lower, given.upper, given.status, trace)


def exact(name: str, value: float, at: str) -> Input:
    """Return a declared count as an input without an interval."""
    return Input(name, value, value, value, "declared", at)


class Resolver:
    """Finds the inputs of a statement's formulas.

    Args:
        factors: The factor set to look up in.
        policy: The defaults that apply.

    Attributes:
        used: Factors that were used, by id.
        substitutions: What was put in for the author, in the order of use.
    """

    def __init__(self, factors: FactorSet, policy: Policy) -> None:
        self.factors = factors
        self.policy = policy
        self._unknown: set[str] = set()
        self.used: dict[str, Factor] = {}
        self.substitutions: dict[Substitution, None] = {}

    def pue(self, run: Run) -> Input:
        """Return the PUE of a run: declared, or by the policy's order.

        Raises:
            NotAssessedError: The author says that it was not assessed.
            CalculationError: The policy has no default.
        """
        if isinstance(run.pue, Quantity):
            return declared("pue", run.pue)
        _refuse_absence(run.pue, "PUE")
        at = f"{run.at}/pue"
        place = run.location
        if place.facility == "personal_computer" and "pue-personal-computer" in self.policy.values:
            return self._put("pue", at, self.policy.values["pue-personal-computer"], "default")
        own = self._providers_pue(run, place.provider_region)
        if own is not None and own.status == "user":
            return self._put("pue", at, own, "looked_up")
        for step in self.policy.pue_order:
            factor = self._pue_step(step, run)
            if factor is not None:
                status = "looked_up" if step.startswith("provider") else "default"
                return self._put("pue", at, factor, status)
        raise CalculationError(
            "no PUE is declared and the policy has no default", pointer=run.at, hint="declare pue"
        )

    def _pue_step(self, step: str, run: Run) -> Factor | None:
        place = run.location
        if step == "value":
            return self.policy.values.get("pue")
        if step == "world-average":
            return self.factors.pue(year=run.factor_year or None)
        region = place.provider_region if step == "provider-region" else ""
        if step == "provider-region" and not region:
            return None
        if not self.policy.providers:
            return self._providers_pue(run, region)
        try:
            return self.policy.providers.get(self.factors.provider(place.provider))
        except FactorError:
            return None

    def _providers_pue(self, run: Run, region: str) -> Factor | None:
        provider, year = run.location.provider, run.factor_year or None
        if not provider:
            return None
        try:
            return self.factors.pue(provider=provider, provider_region=region or None, year=year)
        except FactorError:
            return None

    def intensity(self, run: Run) -> Input:
        """Return the location-based carbon intensity of a run (gCO2e/kWh).

        Raises:
            NotAssessedError: The author says that it was not assessed.
            CalculationError: It is not declared and cannot be looked up.
        """
        found = declared_intensity(run.carbon_intensity)
        if found is not None:
            return found
        at = f"{run.at}/carbon_intensity_g_per_kwh"
        place = run.location
        named = place.country or place.region or place.grid_zone or place.provider_region
        if not named:
            fallback = self.policy.values.get("carbon-intensity")
            if fallback is not None:
                return self._put("carbon_intensity_g_per_kwh", at, fallback, "default")
            raise CalculationError(
                "neither a carbon intensity nor a location is declared",
                pointer=run.at,
                hint="declare location.country, or carbon_intensity_g_per_kwh "
                "({status: not_assessed, reason: ...} says that it is left out on purpose)",
            )
        try:
            factor = self._intensity_factor(run)
        except FactorError as error:
            raise _gap(error, place.at) from error
        return self._put("carbon_intensity_g_per_kwh", at, factor, "looked_up")

    def _intensity_factor(self, run: Run) -> Factor:
        place = run.location
        own = self.policy.intensities.get(place.country)
        if own is not None:
            return own
        return self.factors.carbon_intensity(
            country=place.country or None,
            region=place.region or None,
            grid_zone=place.grid_zone or None,
            provider=place.provider or None,
            provider_region=place.provider_region or None,
            year=run.factor_year or None,
        )

    def power(self, part: Component) -> Input:
        """Return the power that one unit of a component draws (W).

        Raises:
            NotAssessedError: The author says that it was not assessed.
            CalculationError: It is not declared and the model cannot be looked up.
        """
        if isinstance(part.power_w, Quantity):
            return declared("power_w", part.power_w)
        _refuse_absence(part.power_w, f"the power of {part.model or part.kind}")
        at = f"{part.at}/power_w"
        if part.kind not in ("gpu", "cpu", "accelerator") or part.power_scope in ("node", "job"):
            raise CalculationError(
                f"the {part.kind} component has no power_w",
                pointer=part.at,
                hint="declare power_w (W), or {status: not_assessed, reason: ...}",
            )
        per_core = part.kind == "cpu" and part.power_scope == "core"
        if not part.model:
            return self._unknown_model(part, at, per_core=per_core)
        processor = self._processor(part)
        # A user's own power comes before a policy's.
        own = None if processor.grade == "U" else self.policy.processors.get(processor.id)
        cores = processor.cores
        if own is not None and per_core != (own.unit == "W/core"):
            # Where nobody knows how many cores share it, it says nothing.
            own = (
                _times(own, 1 / cores if per_core else cores, "W/core" if per_core else "W")
                if cores
                else None
            )
        if own is not None:
            return self._put("power_w", at, own, "looked_up")
        if per_core and not cores:
            raise CalculationError(
                f"the number of cores of {processor.name} is not known",
                pointer=part.at,
                hint="declare power_w (W per core)",
            )
        factor = as_factor(processor)
        if per_core:
            factor = _times(factor, 1 / cores, "W/core")
        return self._put("power_w", at, factor, "looked_up")

    def _processor(self, part: Component) -> Processor:
        try:
            return self.factors.processor(part.model, kind=part.kind)
        except FactorError as error:
            self._unknown.add(part.model)
            suggest = len(self._unknown) <= MOST_SUGGESTIONS
            otherwise = "or declare power_w (W)"
            raise _gap(error, f"{part.at}/model", otherwise, suggest=suggest) from error

    def _unknown_model(self, part: Component, at: str, *, per_core: bool) -> Input:
        key = ("cpu-w-per-core" if per_core else "cpu-w") if part.kind == "cpu" else "gpu-w"
        fallback = self.policy.values.get(key)
        if fallback is not None:
            return self._put("power_w", at, fallback, "default")
        raise CalculationError(
            f"the {part.kind} component has neither model nor power_w",
            pointer=part.at,
            hint="declare model (to look its power up) or power_w (W)",
        )

    def utilisation(self, part: Component, power: Input) -> Input | None:
        """Return the utilisation of a component, or None where the power is a mean already."""
        if isinstance(part.utilisation, Quantity):
            return declared("utilisation", part.utilisation)
        if not power.factor:
            return None
        key = "utilisation-cpu" if part.kind == "cpu" else "utilisation-gpu"
        fallback = self.policy.values.get(key)
        if fallback is None:
            return None
        return self._put("utilisation", f"{part.at}/utilisation", fallback, "default")

    def memory_power(self, part: Component) -> Input:
        """Return the power of memory (W/GB).

        Raises:
            CalculationError: The policy has no value.
        """
        factor = self.policy.values.get("memory-w-per-gb")
        if factor is None:
            raise CalculationError(
                "the policy has no power of memory", pointer=part.at, hint="declare power_w (W)"
            )
        return self._put("power_w_per_gb", f"{part.at}/power_w", factor, "looked_up")

    def peak(self, part: Component, precision: str) -> Input:
        """Return the peak rate of one device (FLOP/s) at a precision.

        Raises:
            CalculationError: It is not declared and not in the factor set.
        """
        if isinstance(part.peak_flops_per_s, Quantity):
            return declared("peak_flops_per_s", part.peak_flops_per_s)
        processor = self._processor(part)
        aliases = {"bf16": "fp16-tensor", "fp16": "fp16-tensor", "half": "fp16-tensor"}
        key = aliases.get(precision.lower(), precision.lower())
        rate = processor.peak_flops.get(key) or (
            processor.peak_flops.get("fp16", 0.0) if key == "fp16-tensor" else 0.0
        )
        if not rate:
            known = ", ".join(sorted(processor.peak_flops)) or "none"
            raise CalculationError(
                f"the peak rate of {processor.name} at precision '{precision}' is not known",
                pointer=f"{part.at}/peak_flops_per_s",
                hint=f"declare peak_flops_per_s, or work.precision (known: {known})",
            )
        factor = as_factor(processor)._replace(value=rate, lower=rate, upper=rate, unit="FLOP/s")
        return self._put("peak_flops_per_s", f"{part.at}/peak_flops_per_s", factor, "looked_up")

    def _put(self, name: str, at: str, factor: Factor, status: str) -> Input:
        self.used[
            factor.id + (" " + factor.unit if factor.unit in ("FLOP/s", "W/core") else "")
        ] = factor
        substitution = Substitution(name, at, factor, status)
        self.substitutions[substitution] = None
        return Input(name, factor.value, factor.lower, factor.upper, status, factor=factor.id)


def declared_intensity(intensity: CarbonIntensity | None) -> Input | None:
    """Return a declared carbon intensity as an input; None where nothing is declared.

    Raises:
        NotAssessedError: The author says that it was not assessed.
    """
    if intensity is None:
        return None
    if isinstance(intensity.quantity, Quantity):
        return declared("carbon_intensity_g_per_kwh", intensity.quantity)
    raise NotAssessedError(f"carbon intensity not assessed: {intensity.quantity.reason}")


def as_factor(processor: Processor) -> Factor:
    """Return a processor's power as a factor (W)."""
    from greenalgo.factors import Factor

    return Factor(
        processor.id,
        "processors",
        processor.name,
        processor.power_w,
        processor.lower,
        processor.upper,
        "W",
        processor.year,
        processor.source,
        processor.licence,
        processor.how,
        processor.note,
        processor.sha256,
    )


def _times(factor: Factor, by: float, unit: str) -> Factor:
    return factor._replace(
        value=factor.value * by, lower=factor.lower * by, upper=factor.upper * by, unit=unit
    )


def _refuse_absence(value: Quantity | Absent | None, name: str) -> None:
    if isinstance(value, Absent):
        raise NotAssessedError(f"{name} not assessed: {value.reason}")


def _gap(
    error: FactorError, at: str, otherwise: str = "", *, suggest: bool = True
) -> CalculationError:
    near = error.candidates[:5] if suggest else ()
    hint = f"did you mean {', '.join(near)}?" if near else ""
    return CalculationError(
        str(error), pointer=at, hint="; ".join(part for part in (hint, otherwise) if part)
    )
