"""Exact constants, and nothing else: a conversion is a multiplication by one of them.

Energy: 1 kWh = 3.6e6 J by definition (SI Brochure, 9th edition, table 8: 1 h = 3600 s).
Mass: 1 lb = 0.45359237 kg exactly (International Yard and Pound Agreement, 1959).
"""

from __future__ import annotations

#: Joules in a kilowatt-hour (exact).
J_PER_KWH = 3.6e6
#: Watt-hours in a kilowatt-hour (exact).
WH_PER_KWH = 1e3
#: Grams in a kilogram (exact).
G_PER_KG = 1e3
#: Kilograms in a pound (exact).
KG_PER_LB = 0.45359237
#: Kilograms in a US short ton, 2000 lb (exact).
KG_PER_SHORT_TON = 907.18474
#: Hours in a day (exact).
HOURS_PER_DAY = 24.0
#: Seconds in an hour (exact).
SECONDS_PER_HOUR = 3600.0
#: Millilitres in a litre (exact).
ML_PER_L = 1e3
#: Litres in a US gallon, 231 cubic inches (exact).
L_PER_US_GALLON = 3.785411784

#: Kilowatt-hours in one of each unit of energy that papers print.
ENERGY_KWH = {
    "nJ": 1e-9 / J_PER_KWH, "uJ": 1e-6 / J_PER_KWH, "mJ": 1e-3 / J_PER_KWH, "J": 1 / J_PER_KWH,
    "kJ": 1e3 / J_PER_KWH, "MJ": 1e6 / J_PER_KWH, "GJ": 1e9 / J_PER_KWH, "TJ": 1e12 / J_PER_KWH,
    "uWh": 1e-9, "mWh": 1e-6, "Wh": 1e-3, "kWh": 1.0, "MWh": 1e3, "GWh": 1e6, "TWh": 1e9,
}  # fmt: skip
#: Kilograms in one of each unit of mass that papers print ("t" and "tonne" are metric).
MASS_KG = {
    "ug": 1e-9, "mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3, "tonne": 1e3, "tonnes": 1e3, "kt": 1e6, "Mt": 1e9,
    "lb": KG_PER_LB, "lbs": KG_PER_LB, "pounds": KG_PER_LB, "short tons": KG_PER_SHORT_TON,
}  # fmt: skip
#: Litres in one of each unit of volume that papers print.
VOLUME_L = {
    "uL": 1e-6, "mL": 1e-3, "ml": 1e-3, "L": 1.0, "l": 1.0, "kL": 1e3, "kl": 1e3, "ML": 1e6, "m3": 1e3,
    "gal": L_PER_US_GALLON, "gallons": L_PER_US_GALLON,
}  # fmt: skip
#: Hours in one of each unit of time that papers print.
TIME_H = {
    "s": 1 / SECONDS_PER_HOUR, "min": 1 / 60, "h": 1.0, "hours": 1.0, "GPU-hours": 1.0, "GPU hours": 1.0,
    "TPU-hours": 1.0, "CPU-h": 1.0, "days": HOURS_PER_DAY, "d": HOURS_PER_DAY,
}  # fmt: skip
