"""carbontracker's logs: the log of epochs and the log of what it printed, each alone or both together.

Powers in the log of epochs are without a PUE; energies and CO2e that carbontracker prints are multiplied by its own
constant (1.55 in 1.x, 1.58 in 2.x). Of what it prints, "actual" is measured and "predicted" is not.

1.x logs the power of each device, a list that may take several lines. 2.x logs the mean of all devices of a kind, and
takes it for their sum: what it prints is the energy of one of them.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.formats import codes
from greenalgo.formats.records import Entry, Fate, Format, Measured, Part, Reading
from greenalgo.formats.source import refusal, warn
from greenalgo.formats.table import to_number
from greenalgo.formats.times import ended
from greenalgo.sources.text import lines
from greenalgo.units import G_PER_KG, SECONDS_PER_HOUR, WH_PER_KWH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.formats.records import Source

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:,\d+)? - (.*)")
_NAME = re.compile(r"_carbontracker(?:_output|_err)?\.log$")
_DURATION = re.compile(r"(?:(\d{1,6}) days?, )?(\d{1,6}):(\d\d):(\d\d(?:\.\d+)?)")
_POWER = re.compile(r"Average power usage \(W\) for (\w+): (.*)")
#: The further lines of a list of powers.
_MORE_POWER = re.compile(r"[\d.e+\- ]+\]?")
_PLACE = re.compile(
    r"at detected location: (.*?): \[|detected location: ([^:\[]*?)(?:\. Defaulted .*|\.)?$"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
#: A number of at most so many characters is not looked at closely, and none is larger.
_LONGEST, _MOST = 12, 1e12
#: What carbontracker writes first, and what it writes wherever it prints.
_MARKS = (
    "carbontracker version ", "CarbonTracker: ", "Average power usage (W) for ",
    "Skipping intensity provider initialization", "Defaulting to global average carbon intensity",
    "CarbonIntensityThread - ", "carbontracker.exceptions.",
)  # fmt: skip
#: prefix_PID.LOGGER_DATE, where the prefix is what the author chose.
_STEM = re.compile(r"(?:(.+)_)?\d+(?:\.\d+)?_\d{4}-\d\d-\d\dT[\d:]+Z?")
_MISSING = (
    ("energy of memory and the rest of the node", "runs[].hardware", "carbontracker sees GPUs and CPUs"),
    ("how the CPU's power came about", "runs[].hardware[].energy_it_kwh.status",
     "RAPL, or half of a TDP: taken as modelled, the weakest"),
)  # fmt: skip


class _Log(NamedTuple):
    """What the files of one run say, found by their words."""

    sources: list[Source]
    said: list[tuple[Source, int, str, str]]


def recognise(source: Source) -> str:
    """Say by which words a file is carbontracker's."""
    found = [mark.strip() for mark in _MARKS if mark in source.text]
    return f"it says '{found[0]}'" if found else ""


def read(sources: list[Source]) -> Reading:
    """Read logs that carbontracker wrote; those that differ in their last word only are of one run.

    Raises:
        FormatError: There is neither an epoch nor an actual consumption in them.
    """
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(_NAME.sub("", source.name), []).append(source)
    runs: list[Measured] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    tools: dict[str, tuple[str, str]] = {}
    for those in groups.values():
        log = _Log(those, [line for source in those for line in _lines(source)])
        version = _version(log)
        tools |= {source.name: ("carbontracker", version) for source in those}
        runs.append(_run(log, version, findings))
        entries += _entries(log)
    return Reading(runs, entries, findings, tools)


def _lines(source: Source) -> Iterator[tuple[Source, int, str, str]]:
    """Yield file, line, moment and words of each line; a line without a stamp has that of the line above."""
    moment = ""
    for number, line in enumerate(lines(source.text), 1):
        found = _STAMP.match(line)
        if found:
            moment = f"{found[1]}T{found[2]}"
        words = (found[3] if found else line).strip()
        for figure in _NUMBER.finditer(words):
            if len(figure[0]) > _LONGEST or "e" in figure[0]:
                _check(source, number, line, figure[0])
        yield source, number, moment, words


def _check(source: Source, number: int, line: str, figure: str) -> None:
    """Refuse a number that no log of a training has."""
    value = to_number(figure)
    if value is None or value > _MOST:
        raise refusal(
            codes.VALUE, "a number is larger than anything that can be measured", source.name,
            (number, line.find(figure) + 1), expected=f"at most {_MOST:g}", found=figure[:40],
            hint="correct the line, or delete it",
        )  # fmt: skip


def _run(log: _Log, version: str, findings: list[Finding]) -> Measured:
    parts, hours, means = _parts(log, findings)
    printed, at, printed_hours = _actual(log)
    if not parts and not printed:
        raise refusal(
            codes.NOTHING, "there is neither an epoch with its power nor an actual consumption",
            log.sources[0].name, expected="'Average power usage (W)', or 'Actual consumption'", found="neither",
            hint="import the log of epochs (..._carbontracker.log) and that of the output together",
        )  # fmt: skip
    note = ""
    if printed and means:
        note = f"carbontracker prints {printed['energy_facility_kwh']:.6g} kWh: the mean of its devices for their sum."
        printed = {}
    elif not parts and any(len(names) > 1 for names in _devices(log).values()):
        findings.append(
            warn(
                codes.FALLBACK, "there were several devices, and carbontracker 2 prints the energy of one of them",
                log.sources[0].name, found=f"{printed['energy_facility_kwh']:g} kWh",
                hint="import the log of epochs (..._carbontracker.log) together with this one",
            )
        )  # fmt: skip
    moments = [moment for _, _, moment, _ in log.said if moment]
    place, guessed = _place(log)
    intensity = _intensity(log)
    if intensity and guessed:
        findings.append(
            warn(
                codes.FALLBACK, f"carbontracker did not know where it was, and took {intensity:.4g} g/kWh, an average "
                "over the world or Europe", log.sources[0].name, hint="declare the country: fill looks its factor up",
            )
        )  # fmt: skip
    if pue := _number(_first(log, "multiplied by a PUE coefficient of ")):
        printed |= {"pue": pue} if printed else {}
        findings.append(
            warn(
                codes.FALLBACK, f"carbontracker multiplied its figures by a PUE of {pue}, the same for everybody",
                log.sources[0].name, hint="declare the PUE of where it ran",
            )
        )  # fmt: skip
    if printed and intensity:
        printed["carbon_intensity_g_per_kwh"] = intensity
    more: dict[str, Any] = {}
    if not parts:
        more["energy_facility_kwh"] = {
            "value": printed["energy_facility_kwh"], "status": "modelled", "source": f"carbontracker {version}".strip(),
        }  # fmt: skip
    if epochs := sum(1 for _, _, _, words in log.said if words.startswith("Duration:")):
        more["work"] = {"epochs": epochs}
    source, line = at or (log.sources[0], 0)
    hours = hours or printed_hours
    end = max(moments, default="")
    # The log of the output begins when the first epoch has ended.
    before = ended(end, hours * SECONDS_PER_HOUR)[0]
    label = _NAME.sub("", os.path.basename(log.sources[0].name))
    stem = _STEM.fullmatch(label)
    return Measured(
        name=(stem[1] or "training") if stem else label, label=label, source=source, line=line, phase="training",
        start=min([*moments, before], default="") if before else "", end=end, hours=hours, parts=parts,
        place=place, intensity=intensity, printed=printed,
        intensity_source="" if guessed else f"carbontracker {version}, average over the training".replace(" ,", ","),
        measurement={
            "method": "tracker", "instrument": "carbontracker", "version": version,
            "covers": sorted({part.kind for part in parts}), "pue_included": not parts,
        },
        more=more, note=note,
    )  # fmt: skip


def _parts(log: _Log, findings: list[Finding]) -> tuple[tuple[Part, ...], float, bool]:
    """Return the components with their energy (power x duration, summed over epochs), the hours, and if means are in.

    A mean is the power of one of several devices.
    """
    energy: dict[str, float] = {}
    powers: dict[str, list[str]] = {}
    hours, seconds, kind = 0.0, 0.0, ""
    for _, _, _, words in log.said:
        if words.startswith("Duration:"):
            seconds = _seconds(words)
            hours += seconds / SECONDS_PER_HOUR
        if found := _POWER.match(words):
            kind, text = found[1], found[2]
            powers.setdefault(kind, []).append(text)
        elif kind and _MORE_POWER.fullmatch(words):
            text = words
        else:
            kind = ""
            continue
        watts = sum(float(number) for number in _NUMBER.findall(text))
        energy[kind] = energy.get(kind, 0.0) + watts * seconds / SECONDS_PER_HOUR / WH_PER_KWH
    devices = _devices(log)
    parts, means = [], False
    for kind, kwh in energy.items():
        names = devices.get(kind, [])
        same = len(set(names)) == 1
        steady = kind == "cpu" and len(set(powers[kind])) == 1
        times = len(names) if _is_mean(names, powers[kind]) else 1
        if times > 1:
            means = True
            findings.append(
                warn(
                    codes.MENDED, f"the log has the mean power of {times} devices ({kind}): it is taken {times} times",
                    log.sources[0].name, found=powers[kind][0][:40],
                    hint="nothing: carbontracker 2 takes the mean for the sum, so what it prints itself is left out",
                )
            )  # fmt: skip
        if unread := sum(not _NUMBER.search(text) for text in powers[kind]):
            findings.append(
                warn(
                    codes.LEFT_OUT, f"{unread} of {len(powers[kind])} epochs have no power ({kind}): their energy is "
                    "left out", log.sources[0].name, found="None", hint="declare the energy of the run, if you know it",
                )
            )  # fmt: skip
        parts.append(
            Part(
                kind if kind in ("cpu", "gpu") else "accelerator", names[0] if same else "", len(names) or None,
                energy_kwh=kwh * times, status="counter" if kind == "gpu" else "modelled",
                note="The same power in every epoch: a constant, not a reading." if steady
                else "" if same else ", ".join(names),
            )
        )  # fmt: skip
    return tuple(parts), hours, means


def _is_mean(names: list[str], powers: list[str]) -> bool:
    """Say whether powers are means over several devices: 1.x lists them."""
    return len(names) > 1 and not any("[" in text for text in powers)


def _devices(log: _Log) -> dict[str, list[str]]:
    """Return the names of the devices of each kind, one for each device."""
    text = _first(log, "The following components were found: ")
    found = re.split(r"(?:^|\s)(\w+) with device\(s\) ", text)
    return {
        kind.lower(): [
            name.strip() for name in names.strip().rstrip(".").split(",") if name.strip()
        ]
        for kind, names in zip(found[1::2], found[2::2], strict=True)
    }


def _actual(log: _Log) -> tuple[dict[str, Any], tuple[Source, int] | None, float]:
    """Return what carbontracker printed as the actual consumption, where, and its hours."""
    printed: dict[str, Any] = {}
    at: tuple[Source, int] | None = None
    hours, inside = 0.0, False
    for source, line, _, words in log.said:
        if words.startswith(("Actual consumption", "Predicted consumption")):
            inside = words.startswith("Actual")
            at = (source, line) if inside else at
        elif inside and words.startswith("Time:"):
            hours = _seconds(words) / SECONDS_PER_HOUR
        elif inside and words.startswith("Energy:"):
            printed |= {
                "boundary": "facility",
                "energy_facility_kwh": _number(words.partition(":")[2]),
            }
        elif inside and words.startswith("CO2eq:"):
            printed["co2e_operational_kg"] = (_number(words.partition(":")[2]) or 0.0) / G_PER_KG
    return (printed, at, hours) if printed.get("energy_facility_kwh") else ({}, None, 0.0)


def _place(log: _Log) -> tuple[dict[str, str], bool]:
    """Return the country where carbontracker was, and whether it did not know."""
    for _, _, _, words in log.said:
        found = _PLACE.search(words)
        name = (found[1] or found[2] or "").strip() if found else ""
        if name and name not in ("Unknown", "UNDETECTED"):
            city, *region, country = (
                [part.strip() for part in name.split(",")] if "," in name else ["", name]
            )
            return {"country": country, "region": region[0] if region and city else ""}, False
    return {}, True


def _intensity(log: _Log) -> float | None:
    return _number(_first(log, "Average carbon intensity during training was "))


def _first(log: _Log, before: str) -> str:
    """Return what follows some words the first time that they are said; empty where they are not."""
    return next(
        (words.partition(before)[2].strip() for _, _, _, words in log.said if before in words), ""
    )


def _version(log: _Log) -> str:
    found = re.match(r"[\w.+-]{1,50}", _first(log, "carbontracker version "))
    return found[0] if found else ""


def _number(words: str) -> float | None:
    found = _NUMBER.search(words)
    return float(found[0].rstrip(".")) if found else None


def _seconds(words: str) -> float:
    found = _DURATION.search(words)
    days, hours, minutes, seconds = found.groups() if found else ("0", "0", "0", "0")
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _entries(log: _Log) -> list[Entry]:
    file = log.sources[0].name
    fates = (
        ("Epoch", Fate.CONVERTED, "runs[].work.epochs", "counted"),
        ("Duration", Fate.CONVERTED, "runs[].hours", "added up, h:mm:ss -> h"),
        (
            "Average power usage",
            Fate.CONVERTED,
            "runs[].hardware[].energy_it_kwh",
            "W x duration, added up -> kWh",
        ),
        (
            "components were found",
            Fate.KEPT,
            "runs[].hardware[].model",
            "by the factor set's name where it has one",
        ),
        ("Actual consumption", Fate.KEPT, "reported.runs[]", "kWh with the PUE, and CO2e: g -> kg"),
        (
            "Predicted consumption",
            Fate.DROPPED,
            "",
            "an extrapolation from the first epochs, not what was used",
        ),
        (
            "carbon intensity during",
            Fate.KEPT,
            "reported.runs[].carbon_intensity_g_per_kwh",
            "gCO2eq/kWh",
        ),
        ("travelled by car", Fate.DROPPED, "", "a picture, not a measurement"),
    )
    found = []
    for words, fate, to, note in fates:
        first = next(((s, n) for s, n, _, said in log.said if words in said), None)
        if first:
            found.append(Entry(words, fate, to, note, first[0].name, first[1], 1))
    if not _first(log, "carbontracker version "):
        found.append(
            Entry(
                "PUE",
                Fate.MISSING,
                "runs[].pue",
                "inside the printed figures; the log of epochs has it",
                file,
            )
        )
    return found + [Entry(what, Fate.MISSING, to, note, file) for what, to, note in _MISSING]


FORMAT = Format(
    name="carbontracker",
    title="carbontracker logs",
    tried="1.1.7, 1.2.5, 2.4.7",
    marks="the words 'carbontracker version' or 'CarbonTracker:'",
    measures="GPU power is read from the device (counter); CPU power is modelled: RAPL and a TDP look alike",
    lost_reading="predictions, power by epoch, equivalents",
    recognise=recognise,
    read=read,
)
