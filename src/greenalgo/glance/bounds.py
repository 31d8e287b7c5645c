"""The bounds of the rules and the fields that they look at: for a glance and for the rules alike."""

from __future__ import annotations

from greenalgo.units import G_PER_KG, J_PER_KWH, ML_PER_L, WH_PER_KWH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: A figure follows from its inputs if it is this close (DESIGN section 7, level L1).
TOLERANCE: Final = 0.01
#: What arithmetic adds to two figures that are exactly as far apart as their digits allow, relative to them.
NOISE: Final = 1e-9
#: Highest carbon intensity that any grid reaches, g/kWh (IPCC AR5 WGIII annex III: coal up to 910
#: direct, 1001 life-cycle at the median; lignite above), with room.
MAX_INTENSITY: Final = 1500.0
#: A carbon intensity below that stands in kg/kWh (g/kWh).
IN_KG: Final = 1.0
#: Lowest carbon intensity of a grid over its life cycle, g/kWh (Lesotho 2017, hydropower: 18.5, Ember 2026), with
#: room. What is emitted at the stack alone can be less (Quebec 2022: 1.2, Canada's National Inventory Report 2024).
MIN_INTENSITY: Final = 15.0
#: Least power of a processor that is switched on, as a fraction of its most: data-centre GPUs idle at a
#: tenth to a fifth (NVIDIA A100: 50 of 400 W), phone and edge chips at a few hundredths.
IDLE: Final = 0.02
#: Most power over the most that is known of a model: of a run, whose energy may be that of whole servers, and of a
#: GPU alone, whose firmware caps it, with room for boards that a vendor or an owner overclocks.
MOST_DRAW: Final = 3.0
MOST_DRAW_OF_GPU: Final = 1.5
#: World averages that calculators insert: 432 and 436 (ML CO2 Impact), 445 (carbontracker 2.4), 475
#: (IEA 2019: Green Algorithms, CodeCarbon), 480 (Ember 2023: Green Algorithms v3.1).
DEFAULTS: Final = frozenset((432.0, 436.0, 445.0, 475.0, 480.0))
#: Years between factor and run from which a warning is given.
YEARS_APART: Final = 3
#: The figures of a block for the whole or a run, and of one for a functional unit (a test holds them
#: against the schema).
FIGURE_FIELDS: Final = frozenset(
    (
        "energy_kwh", "energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg", "co2e_market_kg",
        "co2e_net_kg", "co2e_embodied_kg", "co2e_total_kg", "water_l", "water_onsite_l", "water_offsite_l",
        "hours", "device_hours", "average_power_w", "pue", "carbon_intensity_g_per_kwh", "device_count",
    )
)  # fmt: skip
#: Field of a figure for one functional unit -> quantity, factor to its unit (kWh, kg, L), which has the first field.
PER_UNIT: Final = {
    "energy_kwh": ("energy", 1.0),
    "energy_wh": ("energy", 1 / WH_PER_KWH),
    "energy_j": ("energy", 1 / J_PER_KWH),
    "co2e_kg": ("co2e", 1.0),
    "co2e_g": ("co2e", 1 / G_PER_KG),
    "water_l": ("water", 1.0),
    "water_ml": ("water", 1 / ML_PER_L),
}
UNIT_FIELDS: Final = frozenset(PER_UNIT)
#: Beginnings of the fields whose figures of the runs add up to that of the whole.
ADDED: Final = ("energy", "co2e", "water", "device_hours")
#: Keys of a block of printed figures that are not figures.
NOT_FIGURES: Final = frozenset(
    {"boundary", "as_printed", "source", "note", "runs", "per_functional_unit", "claims"}
    | {"device_count", "unit", "quantity", "run", "co2e_basis"}
)
#: Printed energies, of whatever boundary.
ENERGIES: Final = ("energy_kwh", "energy_it_kwh", "energy_facility_kwh")
#: The highest PUE that is taken for one: room where the boundary of two figures may differ.
MAX_PUE: Final = 3.0
#: Whole computers draw at most so many times what their accelerators draw.
HOST: Final = 4.0
#: What no device sold so far draws (W), by kind: NVIDIA GB300 1400 W, Intel Xeon 6 and AMD EPYC 500 W.
LIMITS: Final = {"gpu": 2000.0, "cpu": 1000.0}
#: What a whole computer draws at most besides that, for each of its devices (W): two processors of 500 W,
#: memory, fans and network beside a single small accelerator.
HOST_W: Final = 3000.0
#: Power of memory (W/GB): a quarter of the least and five times the most that the factor set has (0.08 to
#: 0.392). Idle modules of low power, counted by RAPL, come to 0.03.
LEAST_MEMORY: Final = 0.02
MOST_MEMORY: Final = 2.0
#: Less of a component than that is nobody's share of it.
LEAST_SHARE: Final = 1e-6
#: Useful over peak operations below which a training's numbers cannot be right.
LEAST_MFU: Final = 1e-3
#: Most on-site and off-site water that is taken for consumption (L/kWh). On-site: the heat of evaporation
#: allows 1.5 L per kWh of heat, and the highest annual WUE in the factor set is 2.85. Off-site: the highest
#: country in the factor set has 18.6; single reservoirs reach 68 (Macknick et al. 2012,
#: doi:10.1088/1748-9326/7/4/045802, table 1: 18,000 gal/MWh).
MOST_WATER: Final = (("wue_l_per_kwh", 15.0), ("ewif_l_per_kwh", 100.0))
#: Shortest and longest lifetime of hardware (h): six weeks, and the fifty years of a building.
LEAST_LIFETIME: Final = 1000.0
MOST_LIFETIME: Final = 50 * 8766.0
#: Longest wall-clock time (h): ten years.
MOST_HOURS: Final = 10 * 8766.0
#: Most power of one run (W).
MOST_POWER: Final = 2e9
#: Phases in which runs fail and are tried out.
MAKING: Final = ("training", "fine_tuning", "search", "development")
#: Keys of the boundary, and the outcomes of runs that they are about.
OUTCOMES: Final = {"failed_runs": ("failed", "aborted"), "exploratory_runs": ("exploratory",)}
#: How a factor was chosen where a narrower place has none: the place may well be far from its country.
OF_COUNTRY: Final = "country of the region"
#: An interval from less than a tenth to more than ten times its value bounds nothing.
WIDE: Final = 10.0
#: From so many times above or below the median on, a rate among its siblings is an outlier.
APART: Final = 100.0
#: Statuses of what an instrument has read.
READ: Final = ("metered", "counter")
