"""What a lookup returns: a factor, a processor, a policy."""

from __future__ import annotations

from typing import NamedTuple


class Factor(NamedTuple):
    """One row of a factor table, and how it was chosen.

    Attributes:
        id: The row's id; never reused for another fact.
        table: The table it stands in, such as ``carbon-intensity``.
        name: What it is about, in words.
        value: The value, in :attr:`unit`.
        lower: Lower bound of the interval (about 95 %), in :attr:`unit`.
        upper: Upper bound of the interval, in :attr:`unit`.
        unit: The unit, as text: ``g/kWh``, ``W/GB``, ``L/kWh``, ``1``.
        year: The year that the value is about; 0 where it has none.
        source: BibTeX key of the source.
        licence: SPDX expression of the licence under which the row is passed on.
        how: How the row was chosen: ``exact``, ``alias``, ``country of the region``, ``nearest year (2023 for
            2024)``, ``default of the policy`` and so on; several are joined by ``; ``.
        note: What a reader must know about the row, in a sentence; often empty.
        sha256: SHA-256 of the row's canonical JSON (see :func:`greenalgo.factors.table.row_hash`).
        status: ``final``, ``provisional``, ``proxy``, ``derived``, ``superseded``, ``second-hand``,
            ``estimate`` or ``default``.
        boundary: For carbon intensity: ``lifecycle`` or ``direct``.
        basis: For carbon intensity: ``production`` or ``consumption``.
    """

    id: str
    table: str
    name: str
    value: float
    lower: float
    upper: float
    unit: str
    year: int
    source: str
    licence: str
    how: str
    note: str
    sha256: str
    status: str = ""
    boundary: str = ""
    basis: str = ""


class Processor(NamedTuple):
    """One processor: a CPU, a GPU or another accelerator.

    Attributes:
        id: The row's id, such as ``gpu:nvidia:a100-sxm4-80gb``.
        kind: ``cpu``, ``gpu`` or ``accelerator``.
        vendor: Who makes it.
        name: Its name.
        power_w: Power of the whole device in watts; :attr:`power_kind` says of which kind.
        lower: Lower bound of the power that it draws under sustained full load, in watts.
        upper: Upper bound of that power, in watts.
        power_kind: ``tdp``, ``board`` (a card's or module's limit), ``chip-mean`` (measured mean), ``max`` or
            ``estimate``.
        cores: Physical cores; 0 where the number means nothing or is not known.
        memory_gb: Memory on the device in GB; 0 where not known.
        peak_flops: Peak operations per second by precision (``fp64``, ``fp32``, ``tf32``, ``fp16``,
            ``fp16-tensor``, ``fp8``, ``fp4``, ``int8``, ``int4``), without sparsity.
        year: Year of release; 0 where not known.
        source: BibTeX key of the source.
        licence: SPDX expression of the licence under which the row is passed on.
        how: ``exact`` (the row's name or id) or ``alias``; a row of grade C says so here.
        note: What a reader must know about the row; conflicts between sources stand here.
        sha256: SHA-256 of the row's canonical JSON.
        grade: ``A`` the vendor's own figure, ``B`` two sources agree, ``C`` one collection or an estimate.
        idle_w: Power when idle in watts; 0 where not known.
        die_mm2: Die area in square millimetres; 0 where not known.
    """

    id: str
    kind: str
    vendor: str
    name: str
    power_w: float
    lower: float
    upper: float
    power_kind: str
    cores: int
    memory_gb: float
    peak_flops: dict[str, float]
    year: int
    source: str
    licence: str
    how: str
    note: str
    sha256: str
    grade: str = ""
    idle_w: float = 0.0
    die_mm2: float = 0.0


class Instance(NamedTuple):
    """One instance type of a cloud provider, as a share of a host.

    Attributes:
        id: The row's id, such as ``instance:aws:p4d.24xlarge``.
        provider: The provider's id.
        name: The provider's name of the type.
        vcpus: Virtual CPUs (hardware threads); 0 where not known, 0.5 for half of one.
        memory_gb: Memory in GB; 0 where not known.
        cpu: Id of the host's processor; empty where the provider does not name it.
        cpu_name: What the provider calls it.
        accelerator: Id of its accelerator; empty where it has none.
        accelerators: How many boards of it; 0.5 where it has one of a board's two GPUs.
        share: Share of the host, by vCPU; 0 where not known.
        host_embodied_kg: Embodied emissions of the whole host in kg CO2e; 0 where not known.
        source: BibTeX key of the source.
        licence: SPDX expression of the licence under which the row is passed on.
        how: ``exact`` or ``alias``.
        note: What a reader must know about the row.
        sha256: SHA-256 of the row's canonical JSON.
    """

    id: str
    provider: str
    name: str
    vcpus: float
    memory_gb: float
    cpu: str
    cpu_name: str
    accelerator: str
    accelerators: float
    share: float
    host_embodied_kg: float
    source: str
    licence: str
    how: str
    note: str
    sha256: str


class Policy(NamedTuple):
    """The defaults that a calculator applies where a statement is silent; a document, not code.

    Attributes:
        id: Name and version, such as ``greenalgo-2026.11``.
        title: What it is, in a sentence.
        cites: BibTeX keys of what it comes from.
        boundary: The boundary of carbon intensity: ``lifecycle``, ``direct`` or ``any`` (as its table has it).
        pue_order: Where an undeclared PUE comes from, in this order: ``provider-region``, ``provider``,
            ``value`` (the policy's own ``pue``), ``world-average``.
        values: Values by key, each a :class:`Factor` whose ``how`` is ``default of the policy``. Keys:
            ``utilisation-cpu``, ``utilisation-gpu``, ``memory-w-per-gb``, ``pue``, ``pue-personal-computer``,
            ``cpu-w-per-core``, ``cpu-w``, ``gpu-w``, ``carbon-intensity``. A key that is absent has no default:
            the calculator refuses, it does not guess.
        intensities: Carbon intensity in g/kWh by location id, where the policy brings its own table.
        processors: Watts by processor id, where the policy brings its own table; ``unit`` is ``W/core`` for CPUs
            and ``W`` for other devices.
        providers: PUE by provider, where the policy brings its own table.
        sha256: SHA-256 of the policy's file.
    """

    id: str
    title: str
    cites: tuple[str, ...]
    boundary: str
    pue_order: tuple[str, ...]
    values: dict[str, Factor]
    intensities: dict[str, Factor]
    processors: dict[str, Factor]
    providers: dict[str, Factor]
    sha256: str
