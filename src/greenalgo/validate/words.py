"""What authors write, and what they mean: the tables behind "did you mean".

A table suggests, it never decides: a document with such a word stays invalid.
"""

from __future__ import annotations

from greenalgo import units


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Read lines of ``meant [meant ...] <- written [written ...]``."""
    table: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        meant, _, written = line.partition("<-")
        table.update(dict.fromkeys(written.split(), tuple(meant.split())))
    return table


#: Keys in normal form (:func:`normal`) -> the fields that may be meant; those of the place count.
KEYS = _table("""
device_hours <- gpuhours cpuhours tpuhours corehours nodehours acceleratorhours gpuh
hours <- runtime duration walltime wallclock wallclockhours elapsed time
energy_it_kwh energy_facility_kwh energy_wh <- energy energykwh kwh energyconsumed energyconsumption
energy_it_kwh energy_facility_kwh energy_kwh <- electricity electricitykwh energymwh mwh energymj
carbon_intensity_g_per_kwh <- carbonintensity gridintensity gridcarbonintensity emissionfactor ci
co2e_operational_kg co2e_kg co2e_g <- co2 co2e co2eq co2kg co2ekg co2t co2et tco2e tco2eq emissions
co2e_operational_kg co2e_kg co2e_g <- carbon carbonemissions carbonfootprint ghg emissionskg
count device_count <- gpus ngpus numgpus numberofgpus gpucount cores ncores numcores
count device_count <- devices ndevices nodes nnodes n
count quantity value <- number
count value co2e_kg <- amount
count value <- quantity
ratio quantity <- value
power_w <- tdp tdpw watts wattage powerdraw
average_power_w power_w <- averagepower meanpower avgpower
model item unit id <- name
model <- gpu gpumodel device cpumodel processor hardwaretype
kind method <- type
kind <- devicetype devicekind
utilisation <- usage load gpuutilization usagefactor
memory_gb <- ram mem vram
pue <- powerusageeffectiveness pueratio
multiplier <- psf pragmaticscalingfactor scalingfactor
repetitions <- repeats nruns repetition nrepetitions
grid_zone <- zone biddingzone balancingarea
provider <- cloud cloudprovider vendor
provider_region site <- cloudregion availabilityzone datacenter datacentre
country <- countrycode iso countryiso countryisocode
lower <- min low lowerbound minimum cilower
upper <- max high upperbound maximum ciupper
level <- confidence confidencelevel alpha
value ratio <- mean estimate average val
source <- reference ref citation cite
note <- comment comments remark remarks description
phase <- stage step purpose
outcome <- status result
issued <- date datepublished published created
spec_version <- version schemaversion schema spec
licence <- license
name <- title label
arxiv <- arxivid
url <- homepage link website
parameters <- params nparams numparameters
id <- runid
start <- begin from startdate started
end <- until to enddate finished
model_flops_utilisation <- mfu
flops <- totalflops
hardware <- components devicelist
runs <- job jobs experiments
functional_units <- functionalunit
authors <- creators
embodied <- embodiedcarbon embodiedkg
""")

#: Keys that no field stands for, in normal form -> what to do instead.
ADVICE = dict.fromkeys(
    ("unit", "units"),
    "leave it out: the unit is in the field's name (power_w is in W, co2e_kg in kg)",
) | dict.fromkeys(
    ("tags", "custom", "metadata", "extra"),
    "fields of your own go under 'extensions', as prefix:name",
)

#: Words in normal form -> the words of the lists that they may stand for; those of the list count.
VALUES = _table("""
accelerator <- tpu npu fpga asic ipu
memory <- ram dram mem
storage <- disk ssd hdd
node it <- server machine computer host rack
gpu nvml <- graphicscard nvidiasmi
training <- pretraining train finaltraining llmtraining
fine_tuning <- posttraining adaptation rlhf
data_preparation <- preprocessing datacollection datapreprocessing
search <- hpo hyperparametersearch tuning nas
evaluation <- test testing validation benchmark eval
inference <- serving deployment prediction use
development <- debugging prototyping experimentation
reported <- success succeeded final completed ok
aborted <- cancelled canceled killed timeout
failed <- crashed error
metered counter <- measured measurement
modelled <- estimated estimate calculated computed
vendor_reported <- tdp datasheet spec manufacturer
declared <- assumed stated reported authors
not_assessed unknown <- unknown na none missing notreported
location <- locationbased grid gross
market <- marketbased contractual
lifecycle <- lca lifecycleassessment full
direct <- stack operational combustion
yearly <- annual year
personal_computer <- laptop desktop workstation pc
facility on_premises <- datacenter datacentre building
hpc <- cluster supercomputer university
tracker <- codecarbon carbontracker zeus eco2ai mlco2
nvml <- gpu
node_sensor <- ipmi bmc redfish
scheduler <- slurm sacct
wall_meter <- wattmeter plug smartplug
co2e <- emissions carbon co2
software <- app application code tool
model <- llm neuralnetwork
device accelerator <- chip processor perdevice
node <- pernode
core <- cpucore percore
included <- yes true all
excluded <- no false omitted
consumption <- consumed
withdrawal <- withdrawn
""")

#: Country names and two-letter codes in normal form -> ISO 3166-1 alpha-3, where computers mostly
#: stand and papers mostly come from. The other codes: ``greenalgo factors list carbon-intensity``.
COUNTRIES = {
    "ar": "ARG", "argentina": "ARG", "at": "AUT", "austria": "AUT", "au": "AUS", "australia": "AUS",
    "be": "BEL", "belgium": "BEL", "br": "BRA", "brazil": "BRA", "ca": "CAN", "canada": "CAN",
    "ch": "CHE", "switzerland": "CHE", "cl": "CHL", "chile": "CHL", "cn": "CHN", "china": "CHN",
    "cz": "CZE", "czechia": "CZE", "de": "DEU", "germany": "DEU", "ger": "DEU", "dk": "DNK",
    "denmark": "DNK", "ee": "EST", "estonia": "EST", "es": "ESP", "spain": "ESP", "fi": "FIN",
    "finland": "FIN", "fr": "FRA", "france": "FRA", "uk": "GBR", "gb": "GBR", "greatbritain": "GBR",
    "england": "GBR", "unitedkingdom": "GBR", "gr": "GRC", "greece": "GRC", "hk": "HKG",
    "hongkong": "HKG", "hu": "HUN", "hungary": "HUN", "id": "IDN", "indonesia": "IDN", "ie": "IRL",
    "ireland": "IRL", "il": "ISR", "israel": "ISR", "in": "IND", "india": "IND", "is": "ISL",
    "iceland": "ISL", "it": "ITA", "italy": "ITA", "jp": "JPN", "japan": "JPN", "kr": "KOR",
    "korea": "KOR", "southkorea": "KOR", "lu": "LUX", "luxembourg": "LUX", "mx": "MEX",
    "mexico": "MEX", "nl": "NLD", "netherlands": "NLD", "thenetherlands": "NLD", "no": "NOR",
    "norway": "NOR", "nz": "NZL", "newzealand": "NZL", "pl": "POL", "poland": "POL", "pt": "PRT",
    "portugal": "PRT", "qa": "QAT", "qatar": "QAT", "ro": "ROU", "romania": "ROU", "ru": "RUS",
    "russia": "RUS", "sa": "SAU", "saudiarabia": "SAU", "se": "SWE", "sweden": "SWE", "sg": "SGP",
    "singapore": "SGP", "si": "SVN", "slovenia": "SVN", "tw": "TWN", "taiwan": "TWN", "ua": "UKR",
    "ukraine": "UKR", "ae": "ARE", "unitedarabemirates": "ARE", "uae": "ARE", "us": "USA",
    "usa": "USA", "unitedstates": "USA", "unitedstatesofamerica": "USA", "za": "ZAF",
    "southafrica": "ZAF",
}  # fmt: skip

_POWER_W = {"mW": 1e-3, "W": 1.0, "watts": 1.0, "kW": 1e3, "MW": 1e6}
_MEMORY_GB = {"MB": 1e-3, "GB": 1.0, "GiB": 2**30 / 1e9, "TB": 1e3, "TiB": 2**40 / 1e9}
_COUNT = {"k": 1e3, "K": 1e3, "M": 1e6, "million": 1e6, "B": 1e9, "billion": 1e9, "T": 1e12}


def scaled(table: dict[str, float], unit: str) -> dict[str, float]:
    """Return a table of units as multiples of another of its units."""
    return {name: size / table[unit] for name, size in table.items()}


#: Ending of a field's name -> the units that its text may carry, as multiples of the field's unit.
UNITS: tuple[tuple[str, dict[str, float]], ...] = (
    (
        "_g_per_kwh",
        {"g/kWh": 1.0, "gCO2/kWh": 1.0, "gCO2e/kWh": 1.0, "gCO2eq/kWh": 1.0}
        | {"kg/kWh": 1e3, "kgCO2e/kWh": 1e3, "kgCO2eq/kWh": 1e3, "kg/MWh": 1.0, "g/MJ": 3.6},
    ),
    ("_l_per_kwh", {"L/kWh": 1.0, "l/kWh": 1.0}),
    ("_kwh", units.ENERGY_KWH),
    ("_wh", scaled(units.ENERGY_KWH, "Wh")),
    ("_j", scaled(units.ENERGY_KWH, "J")),
    ("_kg", units.MASS_KG),
    ("_g", scaled(units.MASS_KG, "g")),
    ("_ml", scaled(units.VOLUME_L, "mL")),
    ("_l", units.VOLUME_L),
    ("hours", units.TIME_H),
    ("_w", _POWER_W),
    ("_gb", _MEMORY_GB),
    ("parameters", _COUNT),
    ("tokens", _COUNT),
    ("requests", _COUNT),
)


def normal(word: str) -> str:
    """Return a word without case, spaces and punctuation, for comparison."""
    return "".join(char for char in word.casefold() if char.isalnum())


_UNIT_NAMES = {
    "g_per_kwh": "g/kWh", "kg_per_kwh": "kg/kWh", "l_per_kwh": "L/kWh", "kwh": "kWh", "mwh": "MWh",
    "gwh": "GWh", "wh": "Wh", "j": "J", "kj": "kJ", "mj": "MJ", "kg": "kg", "g": "g", "t": "t",
    "l": "L", "ml": "mL", "w": "W", "kw": "kW", "gb": "GB", "mb": "MB", "s": "s", "h": "h",
}  # fmt: skip


def split_unit(word: str) -> tuple[str, str]:
    """Return a field's name in normal form without the unit at its end, and the unit as printed."""
    name = word.casefold()
    for ending, printed in _UNIT_NAMES.items():
        stem = name.removesuffix("_" + ending)
        if stem not in (name, ""):
            return normal(stem), printed
    return normal(name), ""
