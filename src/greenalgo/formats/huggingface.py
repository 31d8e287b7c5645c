r"""``co2_eq_emissions`` in the metadata of a Hugging Face model card: grams of CO2e of the training.

The Hub's reader takes the first number that it finds with ``\d+\.\d+|\d+``: scientific notation and thousands
separators would be read wrongly, so emissions are a plain decimal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.formats.leaving import country_name, lacking, leaving, plain, report
from greenalgo.formats.records import Entry, Fate, Format, Written
from greenalgo.glance.bounds import MAKING
from greenalgo.sources.dump import to_yaml
from greenalgo.statement import devices_of
from greenalgo.units import G_PER_KG

if TYPE_CHECKING:
    from greenalgo.formats.leaving import Leaving


def write(filled: dict[str, Any]) -> Written:
    """Write the metadata of a model card.

    Args:
        filled: A statement with results.

    Raises:
        FormatError: No run is of a training, or its CO2e does not follow.
    """
    runs = [one for one in leaving(filled) if one.run["phase"] in MAKING]
    if not runs:
        raise lacking(
            "a model card is about training, and no run is of one", "/runs", "a run of phase training or fine_tuning",
            "declare the phase of the runs",
        )  # fmt: skip
    grams = 0.0
    for one in runs:
        co2e = one.value("co2e_operational_kg")
        if co2e is None:
            raise lacking(
                f"the CO2e of run '{one.run['id']}' does not follow", one.at, "co2e_operational_kg",
                "declare its location, or its carbon intensity",
            )  # fmt: skip
        grams += co2e * G_PER_KG
    results = filled["results"]
    card = {
        "source": f"{results['tool']}, factors {results['factor_set']}: operational, location-based, with PUE",
        "training_type": "fine-tuning"
        if all(one.run["phase"] == "fine_tuning" for one in runs)
        else "pre-training",
    }
    if places := _places(runs):
        card["geographical_location"] = ", ".join(places)
    if hardware := _hardware(runs):
        card["hardware_used"] = ", ".join(hardware)
    # The dump would write 1.2e-05, which the Hub reads as 1.2.
    text = to_yaml({"co2_eq_emissions": {"emissions": "EMISSIONS", **card}}).replace(
        "EMISSIONS", plain(grams)
    )
    places_ = {
        "results.totals.co2e_operational_kg": (
            "co2_eq_emissions.emissions",
            "kg -> g, runs of a training",
        ),
        "runs[].location": ("co2_eq_emissions.geographical_location", "country and region by name"),
        "runs[].hardware": ("co2_eq_emissions.hardware_used", "processors and their number"),
    }
    left_out = [one.run["id"] for one in leaving(filled) if one.run["phase"] not in MAKING]
    more = (
        [Entry(f"runs: {', '.join(left_out)}", Fate.DROPPED, "", "no training")] if left_out else []
    )
    return Written(text.encode(), report(filled, places_, more), [])


def _places(runs: list[Leaving]) -> list[str]:
    found = []
    for one in runs:
        place = one.run.get("location", {})
        words = [
            place.get("region", ""),
            country_name(place.get("country", "")),
            place.get("provider_region", ""),
        ]
        found.append(", ".join(word for word in words if word))
    return [place for place in dict.fromkeys(found) if place]


def _hardware(runs: list[Leaving]) -> list[str]:
    parts = [part for one in runs for part in one.run.get("hardware", ()) if part.get("model")]
    said = (
        f"{devices} x {part['model']}" if (devices := devices_of(part)) else str(part["model"])
        for part in parts
    )
    return list(dict.fromkeys(said))


FORMAT = Format(
    name="hf-card",
    title="Hugging Face model card, co2_eq_emissions",
    tried="the metadata reference of 2024",
    marks="",
    lost_writing="energy, PUE, carbon intensity, hours, runs that are no training, intervals: the card has one figure",
    write=write,
)
